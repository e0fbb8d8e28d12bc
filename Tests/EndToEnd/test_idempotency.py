"""Posts that a client may send again: `Idempotency-Key`."""

import concurrent.futures
import uuid

import pytest

from harness.api import Api, check, refused
from harness.migrations import may_refuse, reach, start
from harness.pools import register
from harness.stores import Redis, ReplicaSet


def post(api, queue, key, *bodies, status=201, place="v2/queues", **members):
    messages = {"messages": [{"body": body, **members} for body in bodies]}
    answer = api.post(f"/{place}/{queue}/messages", json=messages, headers={"Idempotency-Key": key})
    return check(answer, status), answer.headers.get("Location")


def fresh():
    return str(uuid.uuid4())


@pytest.mark.feature("F065")
def test_the_same_post_again_gets_the_first_answer_and_stores_nothing(api, queue):
    key = fresh()
    first = post(api, queue, key, "a", "b")
    assert post(api, queue, key, "a", "b") == first
    assert api.bodies(queue) == ["a", "b"]
    assert len(check(api.delete(f"/v2/queues/{queue}/messages?pop=2"), 200)["messages"]) == 2
    assert post(api, queue, key, "a", "b") == first
    assert post(api.with_client(), queue, key, "a", "b") == first
    assert api.bodies(queue) == []


@pytest.mark.parametrize("change", [{"bodies": ["b"]}, {"bodies": ["a", "a"]}, {"ttl": 301}], ids=str)
def test_something_else_under_the_same_key_is_refused(api, queue, change):
    key = fresh()
    post(api, queue, key, "a", ttl=300)
    messages = [{"body": body, "ttl": change.get("ttl", 300)} for body in change.get("bodies", ["a"])]
    answer = api.post(
        f"/v2/queues/{queue}/messages", json={"messages": messages}, headers={"Idempotency-Key": key}
    )
    refused(answer, 400, "Invalid API request", ["Idempotency-Key"])
    assert api.bodies(queue) == ["a"]


@pytest.mark.feature("F028")
def test_a_key_is_one_of_its_queue_and_project(api, queue):
    key, other = fresh(), api.create()
    stranger = api.with_project()
    answers = [post(api, queue, key, 1), post(api, other, key, 1), post(stranger, queue, key, 1)]
    assert len({location for _, location in answers}) == 3
    check(api.delete(f"/v2/queues/{queue}"), 204)
    post(api, queue, key, 1)
    assert api.bodies(queue) == [1] == stranger.bodies(queue)
    post(api, queue, key.upper(), 1)
    assert api.bodies(queue) == [1, 1]


@pytest.mark.feature("F106")
def test_messages_of_one_key_in_two_queues_are_two_even_when_they_meet(api):
    key, grave = fresh(), api.create()
    for queue in [api.create(_max_claim_count=1, _dead_letter_queue=grave) for _ in range(2)]:
        post(api, queue, key, "dead")
        check(api.delete(api.claim(queue).href), 204)
        assert api.claim(queue) is None
    assert api.bodies(grave) == ["dead", "dead"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_a_key_that_is_none_is_refused(api, queue, key):
    answer = api.post(
        f"/v2/queues/{queue}/messages", json={"messages": [{"body": 1}]}, headers={"Idempotency-Key": key}
    )
    refused(answer, 400, "Invalid API request", ["Idempotency-Key", "255"])
    assert api.bodies(queue) == []


@pytest.mark.feature("F051")
def test_the_receipt_of_a_post_is_no_claim(api, queue):
    post(api, queue, fresh(), 1)
    assert api.stats(queue)["claimed"] == 0
    assert len(api.claim(queue).messages) == 1


def race_during_a_move(api):
    """Many post the same while their queue moves to `second`, and one stores it. The queue, if none was refused."""
    queue, key = api.create(), fresh()
    body = {"messages": [{"body": "a"}, {"body": "b"}]}

    def attempt(client):
        return client.post(f"/v2/queues/{queue}/messages", json=body, headers={"Idempotency-Key": key})

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        racing = [pool.submit(attempt, Api(api.url, api.project)) for _ in range(12)]
        moving = start(api, queue=queue, to="second", keep_source_seconds=0)
        answers = [each.result() for each in racing]
    ended = reach(api, moving, "done", "failed")
    assert ended["state"] == "done"
    first = post(api, queue, key, "a", "b")
    taken = [answer for answer in answers if answer.status_code != 503]
    assert all((check(answer, 201), answer.headers.get("Location")) == first for answer in taken)
    assert api.bodies(queue) == ["a", "b"]
    assert taken == answers or may_refuse(ended), ended
    return queue if taken == answers else None


@pytest.mark.parametrize("kind", ["sqlite", "redis", "mongodb"])
def test_of_many_that_race_one_stores_wherever_the_queue_is(own, tmp_path, kind):
    store = None
    if kind != "sqlite":
        store = Redis(tmp_path / "store") if kind == "redis" else ReplicaSet(tmp_path / "store", members=1)
        store.start()
    try:
        register(own, "second", weight=0, uri=store.uri if store else None)
        # A cutover that takes a busy machine over a second may refuse: so one of three moves has to go unnoticed.
        queue = next(queue for queue in (race_during_a_move(own) for _ in range(3)) if queue)
        other = fresh()
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            racing = [pool.submit(post, Api(own.url, own.project), queue, other, "c") for _ in range(12)]
            assert len({each.result()[1] for each in racing}) == 1
        assert own.bodies(queue) == ["a", "b", "c"]
    finally:
        own.server.stop()
        if store:
            store.stop()


def test_a_killed_node_knows_what_it_had_stored(own):
    queue, key = own.create(), fresh()
    first = post(own, queue, key, "a")
    own.server.kill()
    own.server.start()
    assert post(own, queue, key, "a") == first
    assert own.bodies(queue) == ["a"]


@pytest.mark.feature("F065", "F091")
def test_older_versions_and_encrypted_queues_have_it_too(start_server):
    settings = {
        "WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1.1",
        "WEIR_LIMITS_MESSAGE_ENCRYPTION_KEY": "a key of these tests that nobody else has",
    }
    api = Api(start_server(env=settings).url)
    queue, key = api.create(_enable_encrypt_messages=True), fresh()
    first = post(api, queue, key, "a", place="v1.1/queues")
    assert post(api, queue, key, "a", place="v1.1/queues") == first
    assert api.bodies(queue) == ["a"]


@pytest.mark.feature("F158")
def test_topics_have_it_too_and_share_no_keys_with_queues(api, queue):
    key = fresh()
    check(api.put(f"/v2/topics/{queue}"), 201)
    first = post(api, queue, key, "a", "b", place="v2/topics")
    assert first[1].startswith(f"/v2/topics/{queue}/messages?ids=")
    assert post(api, queue, key, "a", "b", place="v2/topics") == first
    listed = check(api.get(f"/v2/topics/{queue}/messages?echo=true"), 200)["messages"]
    assert [message["body"] for message in listed] == ["a", "b"]
    post(api, queue, key, "c")
    assert api.bodies(queue) == ["c"]
    messages = {"messages": [{"body": "d"}]}
    other = api.post(f"/v2/topics/{queue}/messages", json=messages, headers={"Idempotency-Key": key})
    refused(other, 400, "Invalid API request", ["Idempotency-Key"])
