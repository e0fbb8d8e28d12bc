"""A pool with many queues, some of them busy, is drained while the node is killed twice, and then removed.

`WEIR_DRAIN_QUEUES` sets how many queues it has, one in twenty of them busy.
"""

import os

import pytest

from harness.api import Api, check, refused, unique
from harness.applications import Applications
from harness.command_line import Line
from harness.migrations import PATH, every
from harness.pools import details, register
from harness.stores import Redis, wait_until

QUEUES = int(os.environ.get("WEIR_DRAIN_QUEUES", "200"))

pytestmark = pytest.mark.timeout(300 + QUEUES)


@pytest.fixture
def stores(tmp_path):
    found = [Redis(tmp_path / name) for name in ("leaving", "staying")]
    for store in found:
        store.start()
    yield found
    for store in found:
        store.stop()


def test_a_drain_runs_to_its_end_though_the_node_is_killed(own, stores):
    leaving, staying = stores
    register(own, "leaving", uri=leaving.uri)
    check(own.patch("/v2/pools/embedded", json={"weight": 0}), 200)
    queues = [own.create(unique()) for _ in range(QUEUES)]
    busy, calm = queues[: QUEUES // 20], queues[QUEUES // 20 :]
    for queue in calm:
        own.send(queue, f"{queue}-1", f"{queue}-2")
    register(own, "staying", uri=staying.uri)
    with Applications(own, *busy, producers=4, consumers=4, vanishes=True) as applications:
        applications.work_on()
        answer = check(own.post(PATH, json={"from": "leaving", "dry_run": False}), 202)
        assert answer["queues"] == QUEUES and answer["refusals"] == []
        for thirds in (2, 1):
            wait_until(lambda: details(own, "leaving")["queues"] < QUEUES * thirds / 3, timeout=QUEUES)
            own.server.kill()
            own.server.start()
        wait_until(lambda: details(own, "leaving")["queues"] == 0, timeout=QUEUES)
        wait_until(lambda: all(move["state"] == "done" for move in every(own)), timeout=QUEUES)
        applications.work_on()
    line = Line(own)
    line.ok("pool", "delete", "leaving", "--yes")
    wait_until(lambda: line.json("verify")["findings"] == [])
    applications.check(*([message["body"] for message in own.everything(queue)] for queue in busy))
    for queue in calm:
        assert own.bodies(queue) == [f"{queue}-1", f"{queue}-2"]


@pytest.fixture
def flavored(start_server, stores):
    """A queue in the pool that is to go, where all pools carry its flavor."""
    api = Api(start_server().url)
    for name, store in zip(("leaving", "staying"), stores):
        register(api, name, uri=store.uri)
    check(api.put("/v2/flavors/f", json={"pool_list": ["leaving", "staying"]}), 201)
    check(api.delete("/v2/pools/embedded"), 204)
    check(api.patch("/v2/pools/staying", json={"weight": 0}), 200)
    queue = api.create(_flavor="f")
    check(api.patch("/v2/pools/staying", json={"weight": 100}), 200)
    assert api.route(queue)["pool"] == "leaving"
    return api, queue


def subscribe(api, queue):
    check(api.post(f"/v2/queues/{queue}/subscriptions", json={"subscriber": "http://127.0.0.1:1/"}), 201)


def test_a_queue_with_subscribers_takes_messages_though_its_pool_is_drained(flavored):
    api, queue = flavored
    check(api.patch("/v2/pools/leaving", json={"state": "draining"}), 200)
    subscribe(api, queue)
    api.send(queue, "told")
    assert api.bodies(queue) == ["told"] and details(api, "staying")["queues"] > 0


def test_a_message_of_which_no_word_can_be_left_is_not_stored(flavored):
    api, queue = flavored
    subscribe(api, queue)
    for pool in ("leaving", "staying"):
        check(api.patch(f"/v2/pools/{pool}", json={"weight": 0}), 200)
    refused(api.post(f"/v2/queues/{queue}/messages", json={"messages": [{"body": 1}]}), 503)
    assert api.bodies(queue) == []


def test_what_the_service_keeps_leaves_a_pool_that_is_drained_though_all_others_have_a_flavor(flavored):
    api, queue = flavored
    subscribe(api, queue)
    api.send(queue, "told")
    assert details(api, "leaving")["queues"] > 1
    answer = check(api.post(PATH, json={"from": "leaving", "dry_run": False, "keep_source_seconds": 0}), 202)
    assert answer["refusals"] == []
    wait_until(lambda: all(move["state"] == "done" for move in every(api)))
    check(api.delete("/v2/pools/leaving"), 204)
    api.send(queue, "told as well")
    assert api.bodies(queue) == ["told", "told as well"]
