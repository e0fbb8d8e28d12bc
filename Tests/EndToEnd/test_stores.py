"""Stores that change, hang and come back: capabilities are what the live store has, and one bad store harms no other."""

import threading
import uuid

import pytest

from harness.api import Api, check, next_link, refused
from harness.pools import details, register
from harness.stores import Redis, ReplicaSet, wait_until
from harness.threads import at_once


@pytest.fixture
def redis(tmp_path):
    """A running Redis that writes nothing to disk."""
    store = Redis(tmp_path / "redis", appendonly="no")
    store.start()
    yield store
    store.kill()


def probe(api, pool):
    return check(api.post(f"/v2/pools/{pool}/probe"), 200)


# Capabilities


def test_a_redis_that_keeps_nothing_lacks_durability_until_it_is_told_to(own, redis):
    check(own.put("/v2/flavors/durable", json={"capabilities": ["DURABILITY", "FIFO"]}), 201)
    register(own, "memory", uri=redis.uri)
    found = details(own, "memory")
    assert found["driver"] == "redis" and found["state"] == "open"
    assert found["capabilities"] == ["FIFO", "CLAIMS", "AOD", "HIGH_THROUGHPUT"]
    assert "CONFIG SET" in found["probe"]["missing"]["DURABILITY"]
    assert found["probe"]["facts"]["appendonly"] == "no" and "redis_version" in found["probe"]["facts"]
    refused(
        own.put("/v2/flavors/solid", json={"pool_list": ["memory"], "capabilities": ["DURABILITY"]}),
        400,
        mentions=("memory", "DURABILITY"),
    )
    refused(
        own.put("/v2/pools/again", json={"uri": redis.uri + "/1", "weight": 1, "flavor": "durable"}),
        400,
        mentions=("again", "DURABILITY"),
    )
    redis.configure("appendonly", "yes")
    redis.configure("appendfsync", "always")
    wait_until(lambda: "DURABILITY" in probe(own, "memory")["capabilities"])
    wait_until(lambda: own.server.log.read_text().count('"event":"pool gained capabilities"') == 1)
    check(own.put("/v2/flavors/solid", json={"pool_list": ["memory"], "capabilities": ["DURABILITY"]}), 201)
    queue = own.create(_flavor="solid")
    own.send(queue, "kept")
    assert own.route(queue)["pool"] == "memory" and own.bodies(queue) == ["kept"]


def test_a_pool_that_loses_what_its_flavor_requires_takes_no_new_queues_and_says_so(start_server, redis):
    server = start_server(env={"WEIR_POOLS_PROBE_INTERVAL": 1})
    api = Api(server.url)
    redis.configure("appendonly", "yes")
    redis.configure("appendfsync", "always")
    register(api, "disk", uri=redis.uri)
    wait_until(lambda: "DURABILITY" in probe(api, "disk")["capabilities"])
    check(api.put("/v2/flavors/solid", json={"pool_list": ["disk"], "capabilities": ["DURABILITY"]}), 201)
    old = api.create(_flavor="solid")
    api.send(old, 1)
    redis.configure("appendfsync", "everysec")
    wait_until(lambda: details(api, "disk")["flavor_missing"] == ["DURABILITY"])
    check(api.put("/v2/queues/new", json={"_flavor": "solid"}), 503)
    metrics = api.get("/metrics").text
    assert 'weir_pool_satisfies_flavor{pool="disk",flavor="solid"} 0' in metrics
    assert 'weir_pool_capability{pool="disk",capability="DURABILITY"} 0' in metrics
    wait_until(lambda: "no longer satisfies its flavor" in server.log.read_text())
    api.send(old, 2)
    assert api.bodies(old) == [1, 2]
    redis.configure("appendfsync", "always")
    wait_until(lambda: details(api, "disk")["flavor_missing"] == [])
    check(api.put("/v2/queues/new", json={"_flavor": "solid"}), 201)


# Stores that hang or are away


def two_queues(api, redis, **members):
    """A queue in the Redis and one in the embedded pool, each with a message."""
    register(api, "remote", uri=redis.uri, **members)
    check(api.put("/v2/flavors/remote", json={"pool_list": ["remote"]}), 201)
    far, near = api.create(_flavor="remote"), api.create()
    for queue in (far, near):
        api.send(queue, "before")
    assert api.route(far)["pool"] == "remote" and api.route(near)["pool"] == "embedded"
    return far, near


def post(api, queue):
    return api.post(f"/v2/queues/{queue}/messages", json={"messages": [{"body": "during"}]})


def assert_unavailable(response):
    body = refused(response, 503)
    assert int(response.headers["Retry-After"]) >= 1
    assert "remote" not in response.text and "redis" not in response.text.lower(), body


def test_a_store_that_hangs_gives_503s_to_its_own_queues_and_nothing_to_others(own, redis):
    far, near = two_queues(own, redis, options={})
    redis.pause()
    try:
        answers = []
        callers = [
            threading.Thread(target=lambda: answers.append(post(Api(own.url, own.project), far)))
            for _ in range(16)
        ]
        for caller in callers:
            caller.start()
        for _ in range(50):
            check(post(own, near), 201)
        for caller in callers:
            caller.join()
        for answer in answers:
            assert_unavailable(answer)
        assert len(answers) == 16 and max(answer.elapsed.total_seconds() for answer in answers) < 15
        wait_until(lambda: details(own, "remote")["state"] == "unreachable")
        ready = check(own.get("/readyz"), 200)
        assert ready["ready"] and ready["pools"] == {"remote": "unreachable"}
        assert 'weir_pool_up{pool="remote"} 0' in own.get("/metrics").text
        health = check(own.get("/v2/health"), 200)
        assert not health["remote"]["storage_reachable"] and health["embedded"]["storage_reachable"]
        reference = next(step["ref"] for step in health["remote"]["operation_status"].values() if not step["succeeded"])
        assert str(uuid.UUID(reference)) == reference
        wait_until(lambda: reference in own.server.log.read_text())
        assert_unavailable(post(own, far))
        wait_until(lambda: own.server.log.read_text().count('"event":"pool unreachable"') == 1)
    finally:
        redis.resume()
    wait_until(lambda: post(own, far).status_code == 201)
    # The log is written a moment later.
    wait_until(lambda: own.server.log.read_text().count('"event":"pool is back"') == 1)
    assert details(own, "remote")["state"] == "open"
    bodies = own.bodies(far)
    assert bodies[0] == "before" and 2 <= len(bodies) <= 20
    assert check(own.get("/readyz"), 200)["pools"] == {}


def test_a_store_that_dies_is_missed_and_found_again(own, redis):
    far, near = two_queues(own, redis, options={})
    redis.kill()
    assert_unavailable(post(own, far))
    check(post(own, near), 201)
    wait_until(lambda: details(own, "remote")["state"] == "unreachable")
    redis.start()
    wait_until(lambda: post(own, far).status_code in (201,))
    # It kept nothing, and the service goes on with what there is. A post that was answered 503 may have been stored.
    assert set(own.bodies(far)) == {"during"} and own.bodies(near)[0] == "before"


@pytest.mark.parametrize("kind", ["redis", "mongodb"])
def test_a_store_that_was_emptied_is_named_in_the_log_and_goes_on(own, tmp_path, kind):
    store = Redis(tmp_path / "store") if kind == "redis" else ReplicaSet(tmp_path / "store", members=1)
    store.start()
    try:
        register(own, "store", uri=store.uri)
        check(own.patch("/v2/pools/embedded", json={"weight": 0}), 200)
        queue = own.create()
        own.send(queue, "lost")
        store.clear()
        probe(own, "store")
        wait_until(lambda: '"event":"pool has another store, or an emptied one"' in own.server.log.read_text())
        own.send(queue, "kept")
        assert own.bodies(queue) == ["kept"] and own.claim(queue).messages[0]["body"] == "kept"
    finally:
        store.stop()


def test_the_service_starts_without_a_store_and_finds_it_later(own, redis):
    far, near = two_queues(own, redis, options={})
    own.server.stop()
    redis.kill()
    own.server.start()
    check(post(own, near), 201)
    assert_unavailable(post(own, far))
    assert check(own.get("/readyz"), 200)["pools"] == {"remote": "unreachable"}
    redis.start()
    wait_until(lambda: post(own, far).status_code == 201)


def test_a_pool_stays_until_it_was_told_of_the_queues_that_were_deleted(own, redis):
    far, _ = two_queues(own, redis, options={})
    check(own.delete("/v2/flavors/remote"), 204)
    redis.pause()
    try:
        wait_until(lambda: details(own, "remote")["state"] == "unreachable")
        check(own.delete(f"/v2/queues/{far}"), 204)
        refused(own.delete("/v2/pools/remote"), 403, "Unable to delete", mentions=("remote", "deleted"))
        check(own.get("/v2/pools/remote"), 200)
    finally:
        redis.resume()
    wait_until(lambda: own.delete("/v2/pools/remote").status_code == 204)


def test_new_options_of_a_store_cost_its_clients_nothing(own, redis):
    far, _ = two_queues(own, redis)
    sent = []

    def change():
        for number in range(10):
            check(own.patch("/v2/pools/remote", json={"options": {"timeout_ms": 20_900 + number}}), 200)
        sent.append(None)

    def send():
        api = Api(own.url, own.project)
        while not sent:
            api.send(far, "during")

    at_once(change, send, send)


# Operators


def test_a_draining_pool_takes_no_new_queues(own):
    register(own, "second")
    check(own.patch("/v2/pools/second", json={"state": "draining"}), 200)
    assert details(own, "second")["state"] == "draining"
    for _ in range(20):
        assert own.route(own.create())["pool"] == "embedded"
    refused(own.patch("/v2/pools/second", json={"state": "gone"}), 400, mentions=("state", "open", "draining"))
    check(own.patch("/v2/pools/second", json={"state": "open"}), 200)
    assert {own.route(own.create())["pool"] for _ in range(40)} == {"embedded", "second"}


def test_a_pool_that_holds_queues_gets_a_new_password(own, redis):
    far, _ = two_queues(own, redis)
    check(post(own, far), 201)
    redis.configure("requirepass", "sesame")

    def change(uri):
        return own.patch("/v2/pools/remote", json={"uri": uri})

    at = f"127.0.0.1:{redis.port}"
    refused(change(f"redis://:wrong@{at}"), 400, mentions=("WRONGPASS",))
    refused(change(f"redis://:sesame@{at}/1"), 409, mentions=("uri", "user and password", "holds 1"))
    refused(own.put("/v2/pools/twin", json={"uri": f"redis://:sesame@{at}", "weight": 1}), 409, mentions=("remote",))
    check(post(own, far), 201)
    check(change(f"redis://:sesame@{at}"), 200)
    assert details(own, "remote")["uri"] == f"redis://:***@{at}"
    check(post(own, far), 201)
    own.server.stop()
    own.server.start()
    assert len(check(own.get(f"/v2/queues/{far}/messages?echo=true"), 200)["messages"]) == 4


def test_a_store_is_one_pool_however_its_uri_is_spelled(own, redis):
    register(own, "remote", uri=f"redis://127.0.0.1:{redis.port}")
    for uri in (f"redis://localhost:{redis.port}", f"redis://127.0.0.1:{redis.port}/0", f"redis://127.0.0.1:{redis.port}?db=0"):
        refused(own.put("/v2/pools/twin", json={"uri": uri, "weight": 1}), 409, mentions=("uri", "remote"))
    register(own, "other", uri=f"redis://127.0.0.1:{redis.port}/1")
    check(own.delete("/v2/pools/remote"), 204)
    register(own, "twin", uri=f"redis://localhost:{redis.port}")


def test_what_operators_change_is_written_down(own, redis):
    redis.configure("requirepass", "sesame")
    register(own, "remote", 7, uri=f"redis://:sesame@127.0.0.1:{redis.port}")
    refused(own.put("/v2/pools/refused", json={"uri": "sqlite:a/b", "weight": 1}), 400)
    check(own.patch("/v2/pools/remote", json={"weight": 9}), 200)
    check(own.put("/v2/flavors/gold", json={"pool_list": ["remote"], "capabilities": ["FIFO"]}), 201)
    check(own.delete("/v2/flavors/gold"), 204)
    check(own.delete("/v2/pools/remote"), 204)
    check(own.delete("/v2/pools/remote"), 204)
    answer = own.get("/v2/audit")
    entries = check(answer, 200)["entries"]
    assert [(entry["action"], entry["subject"]) for entry in entries] == [
        ("pool.put", "remote"),
        ("pool.put", "remote"),
        ("flavor.put", "gold"),
        ("flavor.remove", "gold"),
        ("pool.remove", "remote"),
    ]
    assert all(entry["actor"] == own.project and entry["at"].endswith("Z") for entry in entries)
    assert entries[0]["before"] is None and entries[0]["after"]["weight"] == 7
    assert entries[1]["before"]["weight"] == 7 and entries[1]["after"]["weight"] == 9
    assert entries[2]["after"] == {"capabilities": ["FIFO"], "pool_list": ["remote"]}
    assert entries[4]["before"]["weight"] == 9 and entries[4]["after"] is None
    assert "sesame" not in answer.text and "***" in answer.text
    first = check(own.get("/v2/audit?limit=2"), 200)
    rest = check(own.get(next_link(first)), 200)
    assert first["entries"] + rest["entries"] == entries[:4]
    refused(own.get("/v2/audit?limit=0"), 400)
    refused(own.get("/v2/audit?marker=x"), 400)
