"""Messages: post and get."""

import time
import uuid

import pytest

from harness.api import Api, check, refused, unique


def path_of(queue, message=""):
    return f"/v2/queues/{queue}/messages" + (f"/{message}" if message else "")


def post(api, queue, document):
    return api.post(path_of(queue), json=document)


# Post


@pytest.mark.feature("F065", "F067")
def test_posting_a_batch_returns_ids_in_request_order(api, queue):
    response = post(api, queue, {"messages": [{"body": number, "ttl": 300} for number in range(5)]})
    resources = check(response, 201)["resources"]
    assert set(response.json()) == {"resources"}
    ids = [href.rpartition("/")[2] for href in resources]
    assert resources == [path_of(queue, identifier) for identifier in ids]
    assert response.headers["Location"] == f"{path_of(queue)}?ids={','.join(ids)}"
    assert [message["id"] for message in api.messages(queue)] == ids
    assert api.bodies(queue) == [0, 1, 2, 3, 4]
    for number, identifier in enumerate(ids):
        assert check(api.get(path_of(queue, identifier)), 200)["body"] == number


@pytest.mark.feature("F065")
def test_the_location_of_a_post_can_be_followed(api, queue):
    response = post(api, queue, {"messages": [{"body": "a"}, {"body": "b"}]})
    found = check(api.get(response.headers["Location"]), 200)["messages"]
    assert sorted(message["body"] for message in found) == ["a", "b"]


@pytest.mark.feature("F065")
def test_the_number_of_messages_in_a_post_is_not_limited(api, queue):
    assert len(api.send(queue, *range(1000))) == 1000
    assert api.stats(queue)["total"] == 1000


@pytest.mark.feature("F065")
def test_the_location_of_many_messages_is_short_enough_for_every_client(api, queue):
    response = post(api, queue, {"messages": [{"body": number} for number in range(5000)]})
    assert len(check(response, 201)["resources"]) == 5000
    assert response.headers["Location"] == path_of(queue)


@pytest.mark.feature("F065", "F072")
@pytest.mark.parametrize(
    "document, title",
    [
        ({}, "Invalid API request"),
        ({"messages": []}, "Invalid API request"),
        ({"messages": {}}, "Invalid request body"),
        ({"messages": 5}, "Invalid request body"),
        ({"messages": "x"}, "Invalid request body"),
        ({"messages": None}, None),
        ([{"body": 1, "ttl": 60}], None),
        ({"messages": [1]}, "Invalid request body"),
        ({"messages": [None]}, "Invalid request body"),
        ({"messages": [[]]}, "Invalid request body"),
        ({"messages": [{}]}, "Invalid request body"),
        ({"messages": [{"ttl": 60}]}, "Invalid request body"),
        ({"messages": [{"body": 1, "ttl": "60"}]}, "Invalid request body"),
        ({"messages": [{"body": 1, "ttl": 60.5}]}, "Invalid request body"),
        ({"messages": [{"body": 1, "ttl": 59}]}, "Invalid API request"),
    ],
)
def test_a_malformed_post_is_refused(api, queue, document, title):
    refused(post(api, queue, document), 400, title)
    assert api.stats(queue)["total"] == 0


@pytest.mark.feature("F072")
@pytest.mark.parametrize("bad", [{"body": 1, "ttl": 59}, {"ttl": 60}, {"body": 1, "ttl": "x"}, 5])
@pytest.mark.parametrize("place", [0, 5, 10])
def test_one_bad_message_rejects_the_batch(api, queue, bad, place):
    messages = [{"body": number} for number in range(10)]
    messages.insert(place, bad)
    refused(post(api, queue, {"messages": messages}), 400)
    assert api.stats(queue)["total"] == 0 and api.everything(queue) == []


@pytest.mark.feature("F068")
def test_a_message_without_ttl_gets_the_default_of_the_server(api, queue):
    api.send(queue, 1)
    assert api.messages(queue)[0]["ttl"] == 3600


@pytest.mark.feature("F068")
def test_the_default_ttl_of_the_server_is_configurable(start_server):
    api = Api(
        start_server(env={"WEIR_LIMITS_DEFAULT_MESSAGE_TTL": 120, "WEIR_LIMITS_MAX_MESSAGE_TTL": 600}).url
    )
    queue = api.create()
    api.send(queue, 1)
    assert api.messages(queue)[0]["ttl"] == 120 and api.metadata(queue)["_default_message_ttl"] == 120
    refused(post(api, queue, {"messages": [{"body": 1, "ttl": 601}]}), 400, "Invalid API request")
    api.send(queue, 2, ttl=600)


@pytest.mark.feature("F069")
@pytest.mark.parametrize(
    "ttl, status",
    [(60, 201), (1209600, 201), (59, 400), (1209601, 400), (0, 400), (-60, 400), (2**63 - 1, 400)],
)
def test_the_range_of_a_message_ttl(api, queue, ttl, status):
    response = post(api, queue, {"messages": [{"body": 1, "ttl": ttl}]})
    if status == 201:
        check(response, 201)
        assert api.messages(queue)[0]["ttl"] == ttl
    else:
        refused(response, 400, "Invalid API request", mentions=["ttl"])


@pytest.mark.feature("F070")
def test_a_delay_is_honoured_on_a_delayed_queue_only(api, queue):
    api.send(queue, "at once", delay=900)
    assert api.bodies(queue) == ["at once"]
    delayed = api.create(_default_message_delay=900)
    api.send(delayed, "short", delay=1)
    api.send(delayed, "none", delay=0)
    api.send(delayed, "default")
    time.sleep(1.2)
    assert api.bodies(delayed) == ["short", "none"]
    assert [message["body"] for message in api.claim(delayed).messages] == ["short", "none"]


@pytest.mark.feature("F070")
@pytest.mark.parametrize(
    "delay, title",
    [
        (-1, "Invalid API request"),
        (901, "Invalid API request"),
        ("1", "Invalid request body"),
        (1.5, "Invalid request body"),
        (None, "Invalid request body"),
    ],
)
def test_the_range_of_a_delay_on_a_delayed_queue(api, delay, title):
    queue = api.create(_default_message_delay=1)
    refused(post(api, queue, {"messages": [{"body": 1, "delay": delay}]}), 400, title)
    api.send(queue, 1, delay=900)


@pytest.mark.feature("F071")
def test_a_post_has_at_most_256_kib_and_is_measured_before_it_is_read(api, queue):
    def document(size):
        head, tail = b'{"messages": [{"body": "', b'"}]}'
        return head + b"x" * (size - len(head) - len(tail)) + tail

    check(api.post(path_of(queue), data=document(262144)), 201)
    refused(api.post(path_of(queue), data=document(262145)), 400, "Invalid API request", mentions=["262144"])
    refused(api.post(path_of(queue), data=b"}" * 262145), 400, "Invalid API request")
    assert api.stats(queue)["total"] == 1


BODIES = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    "",
    "text",
    "ünï 世界 🐟 \u2028",
    [],
    {},
    [1, [2, [3]]],
    {"a": {"b": {"c": None}}},
    2**63 - 1,
    -(2**63),
    1e-7,
    1e300,
    '\\"/\b\f\n\r\t\u0001',
    {"": 1, "a b": 2, "\u00e9": 3},
    [None, "x", 0.1],
    {"messages": [{"body": 1}]},
    "x" * 10000,
]


@pytest.mark.feature("F073")
def test_any_json_value_is_a_body_and_comes_back_equal_on_every_way(api, queue):
    ids = api.send(queue, *BODIES)
    assert [message["body"] for message in api.everything(queue)] == BODIES
    for identifier, body in zip(ids, BODIES):
        assert check(api.get(path_of(queue, identifier)), 200)["body"] == body
    found = check(api.get(f"{path_of(queue)}?ids={','.join(ids[:20])}"), 200)["messages"]
    assert {message["id"]: message["body"] for message in found} == dict(zip(ids[:20], BODIES))
    claim = api.claim(queue, limit=11)
    assert [message["body"] for message in claim.messages] == BODIES[:11]
    assert [message["body"] for message in check(api.get(claim.href), 200)["messages"]] == BODIES[:11]
    popped = check(api.delete(f"{path_of(queue)}?pop=20"), 200)["messages"]
    assert [message["body"] for message in popped] == BODIES[11:]


@pytest.mark.feature("F073")
def test_a_body_with_repeated_members_or_deep_nesting_is_no_concern_of_the_server(api, queue):
    text = '{"messages": [{"body": {"a": 1, "a": 2}}, {"body": ' + "[" * 100 + "]" * 100 + "}]}"
    check(api.post(path_of(queue), data=text), 201)
    assert api.messages(queue)[0]["body"]["a"] == 2


# Get


@pytest.mark.feature("F080")
def test_messages_are_fetched_by_ids_whoever_posted_or_claimed_them(api, queue):
    ids = api.send(queue, "a", "b", "c")
    claim = api.claim(queue, limit=1)
    page = check(api.get(f"{path_of(queue)}?ids={ids[0]},{ids[2]},none,{uuid.uuid4()}"), 200)
    assert set(page) == {"messages"}
    found = {message["id"]: message for message in page["messages"]}
    assert set(found) == {ids[0], ids[2]}
    assert all(set(message) == {"id", "href", "ttl", "age", "body"} for message in found.values())
    assert found[ids[0]]["href"] == f"{path_of(queue, ids[0])}?claim_id={claim.id}"


@pytest.mark.feature("F080")
def test_ids_that_are_all_unknown_are_404(api, queue):
    api.send(queue, 1)
    refused(api.get(f"{path_of(queue)}?ids=none,{uuid.uuid4()}"), 404, "Not found")
    refused(api.get(f"{path_of(unique())}?ids={uuid.uuid4()}"), 404, "Not found")


@pytest.mark.feature("F080")
def test_at_most_twenty_ids_are_fetched(api, queue):
    ids = api.send(queue, *range(21))
    assert len(check(api.get(f"{path_of(queue)}?ids={','.join(ids[:20])}"), 200)["messages"]) == 20
    refused(api.get(f"{path_of(queue)}?ids={','.join(ids)}"), 400)


@pytest.mark.feature("F081")
def test_one_message_is_fetched_unwrapped(api, queue):
    (identifier,) = api.send(queue, {"a": 1}, ttl=300)
    message = check(api.get(path_of(queue, identifier)), 200)
    assert 0 <= message.pop("age") < 60
    assert message == {"id": identifier, "href": path_of(queue, identifier), "ttl": 300, "body": {"a": 1}}


@pytest.mark.feature("F081")
@pytest.mark.parametrize(
    "identifier", ["none", "00000000-0000-0000-0000-000000000000", "5f0f3a2b9c8d7e6f5a4b3c2d", "1"]
)
def test_a_message_that_is_not_there_is_404(api, queue, identifier):
    api.send(queue, 1)
    refused(api.get(path_of(queue, identifier)), 404, "Not found")
    refused(api.get(path_of(unique(), identifier)), 404, "Not found")


@pytest.mark.feature("F083")
def test_the_href_of_a_claimed_message_carries_the_claim_id_and_nothing_else(api, queue):
    (identifier,) = api.send(queue, 1)
    claim = api.claim(queue)
    href = f"{path_of(queue, identifier)}?claim_id={claim.id}"
    assert claim.messages[0]["href"] == href and href.split("=")[-1] == claim.id
    assert api.messages(queue, include_claimed="true")[0]["href"] == href
    assert check(api.get(path_of(queue, identifier)), 200)["href"] == href
    assert check(api.get(href), 200)["id"] == identifier
    check(api.delete(claim.href), 204)
    assert api.messages(queue)[0]["href"] == path_of(queue, identifier)
