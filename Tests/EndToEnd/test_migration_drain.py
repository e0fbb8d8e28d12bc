"""A pool with many queues, some of them busy, is drained while the node is killed twice, and then removed.

`WEIR_DRAIN_QUEUES` sets how many queues it has, one in twenty of them busy.
"""

import os

import pytest

from harness.api import check, unique
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
