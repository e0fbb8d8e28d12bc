"""A move is cut off at each of its points: the node is killed, frozen for five seconds, or one of the stores is killed.
Nothing may be lost or doubled, the queue must be writable again at once, the move must end by itself, and nothing of it
may be left.

`WEIR_CRASH_CASES=all` runs every point with every fault; otherwise a part of them.
"""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from harness.api import Api, unique
from harness.applications import Applications
from harness.migrations import show, start
from harness.pools import register
from harness.server import REPOSITORY, binary, environment
from harness.stores import Redis, wait_until

POINTS = re.findall(r'case \w+ = "(\w+)"|case (verified|fenced|drained|finalised|ended|undone)\b',
                    (REPOSITORY / "Sources/WeirMigration/MovePoint.swift").read_text())
POINTS = [one or other for one, other in POINTS]
FAULTS = ("node killed", "node frozen", "source killed", "target killed")
#: Reached only after a cutover was given up, or by a migration that is cancelled.
RARE = {"cutover_aborted", "fence_lifted", "undone"}
CASES = [(point, fault) for point in POINTS if point not in RARE for fault in FAULTS]
MESSAGES = 400

pytestmark = pytest.mark.timeout(240)


def chosen():
    """All cases, or every eleventh: other points with each fault."""
    return CASES if os.environ.get("WEIR_CRASH_CASES") == "all" else CASES[::11]


def is_stopped(process):
    """Whether a signal has stopped it."""
    return Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


@pytest.fixture
def stores(tmp_path):
    """The catalog's store, the source and the target."""
    found = [Redis(tmp_path / name) for name in ("catalog", "source", "target")]
    for store in found:
        store.start()
    yield found
    for store in found:
        if store.process.poll() is None:
            store.kill()


@pytest.mark.parametrize("point, fault", chosen(), ids=lambda value: value.replace(" ", "-"))
def test_a_move_survives(point, fault, stores, start_server):
    catalog, source, target = stores
    moving = start_server(arguments=["--catalog", catalog.uri], env={"WEIR_TEST_STOP_AT": point})
    calm = start_server(arguments=["--catalog", catalog.uri], env={"WEIR_MIGRATION_ENABLED": "false"})
    api = Api(calm.url, unique("project"))
    register(api, "source", uri=source.uri, weight=100, options={})
    register(api, "target", uri=target.uri, weight=0, options={})
    queue = api.create()
    old = [f"old-{number}" for number in range(MESSAGES)]
    for begin in range(0, MESSAGES, 20):
        api.send(queue, *old[begin : begin + 20], ttl=3600)
    with Applications(api, queue) as applications:
        migration = start(api, queue=queue, to="target", keep_source_seconds=0)
        wait_until(lambda: is_stopped(moving.process), timeout=60)
        cause(fault, moving, source, target)
        # Only a store that is away may keep writers waiting.
        since = 0.0 if fault.startswith("node") else time.monotonic()
        wait_until(lambda: show(api, migration)["state"] in ("done", "cancelled"), timeout=90)
        applications.work_on()
    ended = show(api, migration)
    applications.check([message["body"] for message in api.everything(queue)], old=old)
    gap = applications.longest_gap(since)
    print(f"the longest time without a post: {gap:.2f} s")
    assert gap < 2.5
    assert ended["state"] == "done", ended
    assert api.route(queue)["pool"] == "target"
    wait_until(lambda: findings(calm) == [], timeout=60)
    if moving.process is not None and is_stopped(moving.process):
        moving.process.send_signal(signal.SIGCONT)


def cause(fault, moving, source, target):
    """Does it to the node, which is stopped at the point; a store that was killed comes back."""
    if fault == "node killed":
        moving.kill()
        moving.env = {}
        moving.start()
    elif fault == "node frozen":
        time.sleep(5)
        moving.process.send_signal(signal.SIGCONT)
    else:
        store = source if fault == "source killed" else target
        store.kill()
        moving.process.send_signal(signal.SIGCONT)
        time.sleep(1)
        store.start()


def findings(server):
    """What `weir verify` finds."""
    answer = subprocess.run(
        [binary(), "verify", "--json", "--endpoint", server.url], capture_output=True, text=True, env=environment()
    )
    return json.loads(answer.stdout)["findings"]
