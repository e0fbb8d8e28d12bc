"""Messages: delete one or many, and pop."""

import uuid

import pytest

from harness.api import Api, check, refused, unique
from harness.sockets import Socket


def path_of(queue, message=""):
    return f"/v2/queues/{queue}/messages" + (f"/{message}" if message else "")


# Delete


@pytest.mark.feature("F085")
def test_deleting_a_message_is_204_whether_or_not_it_is_there(api, queue):
    first, second = api.send(queue, 1, 2)
    for _ in range(2):
        response = api.delete(path_of(queue, first))
        assert response.status_code == 204 and response.content == b""
    assert [message["id"] for message in api.messages(queue)] == [second]
    for identifier in (str(uuid.uuid4()), "none"):
        check(api.delete(path_of(queue, identifier)), 204)
        check(api.delete(path_of(unique(), identifier)), 204)
    assert api.stats(queue)["total"] == 1


@pytest.mark.feature("F086")
def test_a_claimed_message_is_deleted_only_with_its_claim(api, queue):
    first, second, third = api.send(queue, 1, 2, 3)
    claim = api.claim(queue, limit=1)
    other = api.claim(queue, limit=1)
    refused(api.delete(path_of(queue, first)), 403, "Unable to delete")
    for wrong in ("none", str(uuid.uuid4())):
        refused(api.delete(path_of(queue, first) + f"?claim_id={wrong}"), 400, "Unable to delete")
    refused(api.delete(path_of(queue, first) + f"?claim_id={other.id}"), 403, "Unable to delete")
    refused(api.delete(path_of(queue, third) + f"?claim_id={claim.id}"), 400, "Unable to delete")
    assert api.stats(queue)["total"] == 3
    check(api.delete(path_of(queue, first) + f"?claim_id={claim.id}"), 204)
    check(api.delete(path_of(queue, first) + f"?claim_id={claim.id}"), 204)
    check(api.delete(path_of(queue, third)), 204)
    assert [message["id"] for message in api.everything(queue)] == [second]


@pytest.mark.feature("F086")
def test_a_released_claim_no_longer_deletes(api, queue):
    (identifier,) = api.send(queue, 1)
    claim = api.claim(queue)
    check(api.delete(claim.href), 204)
    refused(api.delete(path_of(queue, identifier) + f"?claim_id={claim.id}"), 400, "Unable to delete")
    assert api.bodies(queue) == [1]


@pytest.mark.feature("F087")
def test_bulk_delete_removes_the_named_messages_even_claimed_ones(api, queue):
    ids = api.send(queue, *range(5))
    claim = api.claim(queue, limit=2)
    response = api.delete(f"{path_of(queue)}?ids={ids[0]},{ids[2]},none,{uuid.uuid4()}")
    assert response.status_code == 204 and response.content == b""
    assert [message["body"] for message in api.everything(queue)] == [1, 3, 4]
    assert [message["id"] for message in check(api.get(claim.href), 200)["messages"]] == [ids[1]]
    check(api.delete(f"{path_of(queue)}?ids={ids[0]}"), 204)
    check(api.delete(f"{path_of(unique())}?ids={ids[0]}"), 204)


@pytest.mark.feature("F087")
def test_bulk_delete_takes_one_to_twenty_ids(api, queue):
    ids = api.send(queue, *range(21))
    refused(api.delete(f"{path_of(queue)}?ids={','.join(ids)}"), 400)
    assert api.stats(queue)["total"] == 21
    check(api.delete(f"{path_of(queue)}?ids={','.join(ids[:20])}"), 204)
    assert api.stats(queue)["total"] == 1


@pytest.mark.feature("F087", "F089")
@pytest.mark.parametrize("query", ["", "?ids=", "?pop=", "?ids={id}&pop=1", "?limit=1", "?claim_ids=x"])
def test_bulk_delete_wants_either_ids_or_pop(api, queue, query):
    (identifier,) = api.send(queue, 1)
    refused(api.delete(path_of(queue) + query.replace("{id}", identifier)), 400)
    assert api.bodies(queue) == [1]


@pytest.fixture(scope="module")
def guarded(module_server):
    return Api(module_server(env={"WEIR_LIMITS_MESSAGE_DELETE_WITH_CLAIM_ID": "true"}).url)


@pytest.mark.feature("F088")
def test_with_the_option_bulk_delete_wants_the_claims(guarded):
    queue = guarded.create()
    ids = guarded.send(queue, *range(6))
    first, second = guarded.claim(queue, limit=2), guarded.claim(queue, limit=2)
    path = path_of(queue)
    refused(guarded.delete(f"{path}?ids={ids[0]}"), 400)
    refused(guarded.delete(f"{path}?pop=1&claim_ids={first.id}"), 400)
    for wrong in (
        f"ids={ids[0]}&claim_ids={second.id}",
        f"ids={ids[0]},{ids[4]}&claim_ids={first.id}",
        f"ids={ids[0]}&claim_ids={uuid.uuid4()}",
    ):
        response = guarded.delete(f"{path}?{wrong}")
        assert response.status_code in (400, 403), response.text
        refused(response, response.status_code, "Unable to delete")
    many = ",".join(str(uuid.uuid4()) for _ in range(21))
    refused(guarded.delete(f"{path}?ids={ids[0]}&claim_ids={many}"), 400, mentions=["claim_ids", "20"])
    assert guarded.stats(queue)["total"] == 6
    check(guarded.delete(f"{path}?ids={ids[0]},{ids[2]}&claim_ids={first.id},{second.id}"), 204)
    check(guarded.delete(f"{path}?ids={ids[1]}&claim_ids={first.id}"), 204)
    assert [message["body"] for message in guarded.everything(queue)] == [3, 4, 5]
    assert len(check(guarded.delete(f"{path}?pop=5"), 200)["messages"]) == 2


@pytest.mark.feature("F088", "F145")
@pytest.mark.parametrize("packed", [False, True], ids=["json", "msgpack"])
def test_with_the_option_bulk_delete_wants_the_claims_over_websocket_too(guarded, packed):
    with Socket(guarded.url, guarded.project, packed=packed) as ws:
        queue = unique()
        ids = ws.send(queue, *range(4))
        claims = [ws.call("claim_create", 201, queue_name=queue, limit=1)["claim_id"] for _ in range(2)]
        delete = {"action": "message_delete_many", "queue_name": queue}
        ws.refused(**delete, status=400, mentions=["claim_ids"], message_ids=ids[:1])
        ws.refused(**delete, status=400, mentions=["claim_ids"], pop=1, claim_ids=claims)
        for messages, named in [(ids[:1], claims[1:]), (ids[:3], claims), (ids[:1], [str(uuid.uuid4())])]:
            ws.refused(**delete, status=403, message_ids=messages, claim_ids=named)
        assert ws.call("queue_get_stats", queue_name=queue)["messages"]["total"] == 4
        ws.call(**delete, status=204, message_ids=ids[:2], claim_ids=claims)
        popped = ws.call(**delete, pop=5)["messages"]
        assert [message["body"] for message in popped] == [2, 3]


# Pop


@pytest.mark.feature("F089")
def test_pop_removes_and_returns_the_oldest_free_messages(api, queue):
    ids = api.send(queue, *range(5), ttl=300)
    api.claim(queue, limit=1)
    popped = check(api.delete(f"{path_of(queue)}?pop=2"), 200)
    assert set(popped) == {"messages"}
    assert [message["id"] for message in popped["messages"]] == ids[1:3]
    for message in popped["messages"]:
        assert set(message) == {"id", "age", "ttl", "body", "claim_id", "claim_count"}
        assert message["ttl"] == 300 and message["claim_count"] == 0
    assert [message["body"] for message in api.everything(queue)] == [0, 3, 4]
    assert len(check(api.delete(f"{path_of(queue)}?pop=20"), 200)["messages"]) == 2
    assert check(api.delete(f"{path_of(queue)}?pop=20"), 200) == {"messages": []}
    assert check(api.delete(f"{path_of(unique())}?pop=1"), 200) == {"messages": []}


@pytest.mark.feature("F089")
@pytest.mark.parametrize("count", ["0", "21", "-1", "x", "1.5", "99999999999999999999"])
def test_pop_takes_one_to_twenty(api, queue, count):
    api.send(queue, 1)
    refused(api.delete(f"{path_of(queue)}?pop={count}"), 400)
    assert api.bodies(queue) == [1]


@pytest.mark.feature("F089")
def test_pop_takes_twenty_at_once(api, queue):
    api.send(queue, *range(21))
    popped = check(api.delete(f"{path_of(queue)}?pop=20"), 200)["messages"]
    assert [message["body"] for message in popped] == list(range(20))
