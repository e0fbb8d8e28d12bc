"""Messages that are encrypted before a pool gets them, and are read on every path."""

import pytest

from harness.api import Api, check, refused
from harness.migrations import reach, start
from harness.pools import register
from harness.server import run
from harness.sockets import Socket
from harness.stores import Redis, ReplicaSet

KEY = "a key of these tests that nobody else has"
SECRET = "only the bearer may read this"
BODY = {"text": SECRET, "more": [1, None, "é"]}


def with_key(key=KEY, previous=""):
    return {
        "WEIR_LIMITS_MESSAGE_ENCRYPTION_KEY": key,
        "WEIR_LIMITS_MESSAGE_ENCRYPTION_PREVIOUS_KEYS": previous,
        "WEIR_ENABLE_CHECKSUM": "true",
    }


@pytest.fixture
def site(start_server):
    """A server with a key, and its API."""
    server = start_server(env=with_key())
    api = Api(server.url)
    api.server = server
    return api


@pytest.fixture
def bare(api):
    """A client of a server without a key."""
    return api


def flag(value, op="add"):
    return {"op": op, "path": "/metadata/_enable_encrypt_messages", "value": value}


def stored(server):
    """All that the server has written to its directory, logs included."""
    return b"".join(path.read_bytes() for path in sorted(server.directory.rglob("*")) if path.is_file())


@pytest.mark.feature("F061", "F091")
def test_every_path_reads_what_was_posted_and_nothing_of_it_is_stored(site):
    queue = site.create(_enable_encrypt_messages=True)
    assert site.metadata(queue)["_enable_encrypt_messages"] is True
    ids = site.send(queue, *[{**BODY, "number": number} for number in range(6)])
    expected = [{**BODY, "number": number} for number in range(6)]
    listed = site.messages(queue)
    assert [message["body"] for message in listed] == expected
    path = f"/v2/queues/{queue}/messages"
    one = check(site.get(f"{path}/{ids[2]}"), 200)
    assert one["body"] == expected[2] and one["checksum"] == listed[2]["checksum"]
    some = check(site.get(f"{path}?ids={ids[4]},{ids[1]}"), 200)["messages"]
    assert [message["body"] for message in some] == [expected[4], expected[1]]
    claim = site.claim(queue, limit=2)
    assert [message["body"] for message in claim.messages] == expected[:2]
    assert [message["body"] for message in check(site.get(claim.href), 200)["messages"]] == expected[:2]
    popped = check(site.delete(f"{path}?pop=2"), 200)["messages"]
    assert [message["body"] for message in popped] == expected[2:4]
    site.server.stop()
    assert SECRET.encode() not in stored(site.server)


@pytest.mark.feature("F091")
@pytest.mark.parametrize("packed", [False, True], ids=["json", "msgpack"])
def test_over_websocket_too_every_path_reads_what_was_posted(site, packed):
    queue = site.create(_enable_encrypt_messages=True)
    with Socket(site.url, site.project, packed=packed) as ws:
        ws.call("subscription_create", 201, queue_name=queue)
        ids = ws.send(queue, *[{**BODY, "number": number} for number in range(5)])
        assert [ws.push()["body"]["number"] for _ in range(5)] == list(range(5))
        listed = ws.call("message_list", queue_name=queue, echo=True)["messages"]
        assert [message["body"] for message in listed] == [{**BODY, "number": number} for number in range(5)]
        one = ws.call("message_get", queue_name=queue, message_id=ids[1])["messages"]
        (same,) = ws.call("message_get_many", queue_name=queue, message_ids=[ids[1]])["messages"]
        assert one["body"] == same["body"] == {**BODY, "number": 1}
        claim = ws.call("claim_create", 201, queue_name=queue, ttl=60, grace=60, limit=2)
        shown = ws.call("claim_get", queue_name=queue, claim_id=claim["claim_id"])
        for messages in (claim["messages"], shown["messages"]):
            assert [message["body"]["number"] for message in messages] == [0, 1]
        popped = ws.call("message_delete_many", queue_name=queue, pop=2)["messages"]
        assert [message["body"]["text"] for message in popped] == [SECRET] * 2
    site.server.stop()
    assert SECRET.encode() not in stored(site.server)


@pytest.mark.feature("F091")
def test_the_search_finds_what_is_not_encrypted(site):
    """Otherwise the search of the test above would prove nothing."""
    site.send(site.create(), BODY)
    site.server.stop()
    assert SECRET.encode() in stored(site.server)


@pytest.mark.feature("F061", "F091")
def test_the_flag_can_be_turned_on_and_off_at_any_time(site):
    queue = site.create()
    site.send(queue, "plain")
    assert check(site.update(queue, flag(True)), 200)["_enable_encrypt_messages"] is True
    site.send(queue, "sealed")
    check(site.update(queue, flag(False, "replace")), 200)
    site.send(queue, "plain again")
    assert site.bodies(queue) == ["plain", "sealed", "plain again"]
    claimed = [message["body"] for message in site.claim(queue, limit=2).messages]
    assert claimed == ["plain", "sealed"]
    site.server.restart()
    assert site.bodies(queue, include_claimed="true") == ["plain", "sealed", "plain again"]


@pytest.mark.feature("F091")
def test_dead_letters_stay_encrypted_and_can_be_read(start_server):
    server = start_server(env=with_key())
    api = Api(server.url)
    grave = api.create()
    queue = api.create(_enable_encrypt_messages=True, _max_claim_count=1, _dead_letter_queue=grave)
    (identifier,) = api.send(queue, BODY)
    check(api.delete(api.claim(queue).href), 204)
    assert api.claim(queue) is None
    (dead,) = api.everything(grave)
    assert dead["id"] == identifier and dead["body"] == BODY
    assert check(api.delete(f"/v2/queues/{grave}/messages?pop=1"), 200)["messages"][0]["body"] == BODY
    server.stop()
    assert SECRET.encode() not in stored(server)


@pytest.mark.feature("F091")
def test_what_dies_into_an_encrypted_queue_is_encrypted_there(site):
    grave = site.create(_enable_encrypt_messages=True)
    queue = site.create(_max_claim_count=1, _dead_letter_queue=grave)
    site.send(queue, "was plain")
    check(site.delete(site.claim(queue).href), 204)
    assert site.claim(queue) is None
    assert site.bodies(grave) == ["was plain"]
    site.server.stop()
    site.server.env = with_key("another key")
    site.server.start()
    refused(site.get(f"/v2/queues/{grave}/messages?echo=true"), 500, "Internal server error")


@pytest.mark.feature("F091")
@pytest.mark.parametrize("kind", ["redis", "mongodb"])
def test_moves_carry_what_is_encrypted_through_every_kind_of_pool(site, tmp_path, kind):
    store = Redis(tmp_path / "store") if kind == "redis" else ReplicaSet(tmp_path / "store", members=1)
    store.start()
    try:
        register(site, "second", uri=store.uri, weight=0)
        queue = site.create(_enable_encrypt_messages=True)
        site.send(queue, *range(50))
        ended = reach(site, start(site, queue=queue, to="second", keep_source_seconds=0), "done", "failed")
        assert ended["state"] == "done", ended
        site.send(queue, *range(50, 60))
        assert [message["body"] for message in site.everything(queue)] == list(range(60))
        assert [message["body"] for message in site.claim(queue, limit=20).messages] == list(range(20))
    finally:
        site.server.stop()
        store.stop()


@pytest.mark.feature("F091")
def test_older_versions_of_the_api_encrypt_too(start_server):
    server = start_server(env={**with_key(), "WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1.1"})
    api = Api(server.url)
    queue = api.create(_enable_encrypt_messages=True)
    check(api.post(f"/v1.1/queues/{queue}/messages", json={"messages": [{"body": SECRET}]}), 201)
    (found,) = check(api.get(f"/v1.1/queues/{queue}/messages?echo=true"), 200)["messages"]
    assert found["body"] == SECRET
    server.stop()
    assert SECRET.encode() not in stored(server)


# Keys


@pytest.mark.feature("F197")
def test_keys_are_replaced_while_their_messages_live(site):
    queue = site.create(_enable_encrypt_messages=True)
    site.send(queue, "old")
    site.server.stop()
    site.server.env = with_key("the next key", KEY)
    site.server.start()
    (new,) = site.send(queue, "new")
    assert site.bodies(queue) == ["old", "new"]
    site.server.stop()
    site.server.env = with_key("the next key")
    site.server.start()
    path = f"/v2/queues/{queue}/messages"
    assert check(site.get(f"{path}/{new}"), 200)["body"] == "new"
    words = ["limits.message_encryption_previous_keys", "cannot be decrypted"]
    refused(site.get(f"{path}?echo=true"), 500, "Internal server error", words)


@pytest.mark.feature("F091", "F197")
def test_what_cannot_be_read_is_neither_lost_nor_in_the_way(site):
    queue = site.create(_enable_encrypt_messages=True)
    (closed,) = site.send(queue, "closed")
    site.server.stop()
    site.server.env = with_key("the next key")
    site.server.start()
    path = f"/v2/queues/{queue}/messages"
    refused(site.get(f"{path}/{closed}"), 500, "Internal server error", [closed])
    refused(site.post(f"/v2/queues/{queue}/claims"), 500, "Internal server error", [closed])
    assert site.stats(queue)["claimed"] == 0
    refused(site.delete(f"{path}?pop=1"), 500, "Internal server error", [closed])
    site.send(queue, "one", "two", "three")
    # Whoever reads on behind it names it as the marker.
    assert [m["body"] for m in site.messages(queue, marker=closed)] == ["one", "two", "three"]
    assert [m["body"] for m in check(site.delete(f"{path}?pop=2"), 200)["messages"]] == ["one", "two"]
    assert [m["body"] for m in site.claim(queue, limit=20).messages] == ["three"]
    site.server.stop()
    site.server.env = with_key(previous="the next key")
    site.server.start()
    assert check(site.get(f"{path}/{closed}"), 200)["body"] == "closed"


@pytest.mark.feature("F091", "F197")
def test_claims_pass_by_what_cannot_be_read_and_do_not_count_it(site):
    queue = site.create(_enable_encrypt_messages=True, _max_claim_count=2, _dead_letter_queue="grave")
    closed = site.send(queue, *(f"closed {number}" for number in range(30)))
    site.server.stop()
    site.server.env = with_key("the next key")
    site.server.start()
    path = f"/v2/queues/{queue}"
    for _ in range(4):
        refused(site.post(f"{path}/claims"), 500, "Internal server error", [closed[0]])
    site.send(queue, "open 1", "open 2")
    site.server.stop()
    site.server.env = with_key()
    site.server.start()
    site.send(queue, "closed in between")
    site.server.stop()
    site.server.env = with_key("the next key")
    site.server.start()
    site.send(queue, "open 3")
    first = site.claim(queue, limit=3)
    assert [m["body"] for m in first.messages] == ["open 1", "open 2"]
    shown = check(site.get(first.href), 200)
    assert [m["body"] for m in shown["messages"]] == ["open 1", "open 2"]
    assert [m["body"] for m in site.claim(queue, limit=3).messages] == ["open 3"]
    refused(site.post(f"{path}/claims"), 500, "Internal server error", [closed[0]])
    assert site.stats(queue) | {"oldest": None, "newest": None} == {
        **{"claimed": 3, "free": 31, "total": 34},
        **{"oldest": None, "newest": None},
    }
    site.server.stop()
    site.server.env = with_key(previous="the next key")
    site.server.start()
    found = []
    while len(found) < 31:
        popped = check(site.delete(f"{path}/messages?pop=20"), 200)["messages"]
        found += [(m["body"], m["claim_count"]) for m in popped]
    assert found == [(f"closed {number}", 0) for number in range(30)] + [("closed in between", 0)]


@pytest.mark.feature("F091", "F197")
def test_a_pop_that_meets_what_cannot_be_read_loses_nothing_in_a_full_store(site, tmp_path):
    store = Redis(tmp_path / "store")
    store.start()
    register(site, "small", uri=store.uri, weight=100, options={})
    check(site.patch("/v2/pools/embedded", json={"weight": 0}), 200)
    queue = site.create(_enable_encrypt_messages=True)
    site.send(queue, "closed 1", "closed 2")
    site.server.stop()
    site.server.env = with_key("the next key")
    site.server.start()
    site.send(queue, "open")
    store.configure("maxmemory", "1")
    answer = site.delete(f"/v2/queues/{queue}/messages?pop=5")
    assert answer.status_code in (200, 503)
    taken = [m["body"] for m in answer.json().get("messages", [])]
    assert taken in ([], ["open"]) and site.stats(queue)["total"] == 3 - len(taken)
    site.server.stop()
    store.stop()


@pytest.mark.feature("F091", "F197")
def test_without_any_key_nothing_is_taken_out_of_an_encrypted_queue(site):
    queue = site.create(_enable_encrypt_messages=True, _max_claim_count=1, _dead_letter_queue="grave")
    site.send(queue, "sealed")
    site.server.stop()
    site.server.env = {}
    site.server.start()
    path = f"/v2/queues/{queue}"
    for answer in (
        site.delete(f"{path}/messages?pop=1"),
        site.post(f"{path}/claims"),
        site.post(f"{path}/claims"),
        site.post(f"{path}/messages", json={"messages": [{"body": 1}]}),
    ):
        refused(answer, 500, "Internal server error", ["limits.message_encryption_key"])
    check(site.update(queue, {"op": "add", "path": "/metadata/team", "value": "a"}), 200)
    site.server.stop()
    site.server.env = with_key()
    site.server.start()
    assert [m["body"] for m in site.claim(queue).messages] == ["sealed"]


@pytest.mark.feature("F061", "F197")
def test_without_a_key_no_queue_can_ask_for_it(bare):
    words = ["_enable_encrypt_messages", "limits.message_encryption_key"]
    refused(
        bare.put("/v2/queues/q", json={"_enable_encrypt_messages": True}), 400, "Invalid API request", words
    )
    assert not bare.exists("q")
    queue = bare.create(_enable_encrypt_messages=False)
    refused(bare.update(queue, flag(True)), 400, "Invalid request body", words)
    assert bare.metadata(queue)["_enable_encrypt_messages"] is False


@pytest.mark.feature("F197")
@pytest.mark.parametrize(
    "name, value",
    [
        ("WEIR_LIMITS_MESSAGE_ENCRYPTION_KEY", "AES256"),
        ("WEIR_LIMITS_MESSAGE_ENCRYPTION_KEY", "replace-this-with-32-random-characters"),
        ("WEIR_LIMITS_MESSAGE_ENCRYPTION_PREVIOUS_KEYS", "mine,AES256"),
        ("WEIR_LIMITS_MESSAGE_ENCRYPTION_ALGORITHMS", "RSA"),
    ],
)
def test_a_start_with_a_key_that_everybody_knows_is_refused(tmp_path, name, value):
    result = run("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"), env={name: value})
    assert result.returncode == 2 and len(result.stderr.splitlines()) == 1, result
    assert name in result.stderr and (value == "RSA" or value not in result.stderr), result.stderr
