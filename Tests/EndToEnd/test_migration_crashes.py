"""A move is cut off at each of its points: the node is killed, frozen for five seconds, or one of the stores is killed.
Nothing may be lost or doubled, the queue must be writable again at once, the move must end by itself, and nothing of it
may be left.

`WEIR_CRASH_CASES=all` runs every point with every fault; otherwise a part of them, another one each day.
"""

import datetime
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from harness.api import Api, check, unique
from harness.migrations import order, show, start
from harness.pools import register
from harness.server import REPOSITORY
from harness.stores import Redis, ReplicaSet, wait_until

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
    """All cases, or every eleventh from one that the day names."""
    if os.environ.get("WEIR_CRASH_CASES") == "all":
        return CASES
    day = datetime.date.today().toordinal()
    return CASES[day % 11 :: 11]


def is_stopped(process):
    """Whether a signal has stopped it."""
    return Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


class Applications:
    """Producers and consumers of one queue, through a node that nobody disturbs."""

    def __init__(self, api, queue):
        self.api, self.queue = api, queue
        self.posted, self.deleted, self.unknown = set(), [], set()
        self.refused = 0
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.last_answer = time.monotonic()
        self.longest = 0.0
        self.threads = [threading.Thread(target=self.produce, args=(name,)) for name in ("a", "b")]
        self.threads += [threading.Thread(target=self.consume) for _ in range(2)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *failure):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def answered(self):
        with self.lock:
            now = time.monotonic()
            self.longest = max(self.longest, now - self.last_answer)
            self.last_answer = now

    def produce(self, name):
        api, number = Api(self.api.url, self.api.project), 0
        while not self.is_over.is_set():
            number += 1
            body = f"{name}-{number}"
            response = api.post(f"/v2/queues/{self.queue}/messages", json={"messages": [{"body": body, "ttl": 3600}]})
            with self.lock:
                if response.status_code == 201:
                    self.posted.add(body)
                else:
                    assert response.status_code == 503, response.text
                    self.unknown.add(body)
                    self.refused += 1
            if response.status_code == 201:
                self.answered()
            else:
                time.sleep(0.05)

    def consume(self):
        api = Api(self.api.url, self.api.project)
        while not self.is_over.is_set():
            response = api.post(f"/v2/queues/{self.queue}/claims?limit=5", json={"ttl": 60, "grace": 60})
            if response.status_code == 503:
                self.refused += 1
            if response.status_code != 201:
                time.sleep(0.02)
                continue
            for message in response.json()["messages"]:
                answer = api.delete(message["href"])
                with self.lock:
                    if answer.status_code == 204:
                        self.deleted.append(message["body"])
                    else:
                        # The deletion may have happened, or the message comes back when its claim ends.
                        self.unknown.add(message["body"])


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
    register(api, "source", uri=source.uri, weight=100)
    register(api, "target", uri=target.uri, weight=0)
    queue = api.create()
    api.send(queue, *(f"old-{number}" for number in range(MESSAGES)), ttl=3600)
    time.sleep(1.5)  # Until the moving node knows of the pools.
    with Applications(api, queue) as applications:
        migration = start(api, queue=queue, to="target", keep_source_seconds=0)
        wait_until(lambda: is_stopped(moving.process), timeout=60)
        cause(fault, moving, calm, start_server, source, target)
        wait_until(lambda: show(api, migration)["state"] in ("done", "cancelled"), timeout=90)
        time.sleep(0.3)
    ended = show(api, migration)
    check_all_came(applications, api, queue)
    assert applications.longest < (8 if "killed" in fault and "node" not in fault else 2.5), applications.longest
    assert ended["state"] == "done", ended
    assert api.route(queue)["pool"] == "target"
    wait_until(lambda: findings(calm) == [], timeout=60)
    if moving.process is not None and is_stopped(moving.process):
        moving.process.send_signal(signal.SIGCONT)


def cause(fault, moving, calm, start_server, source, target):
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


def check_all_came(applications, api, queue):
    """What was acknowledged was consumed once or is there; nothing is there that was deleted."""
    left = [message["body"] for message in api.everything(queue)]
    assert len(left) == len(set(left))
    old = {f"old-{number}" for number in range(MESSAGES)}
    consumed = applications.deleted
    assert len(consumed) == len(set(consumed)), "consumed twice"
    assert not set(left) & set(consumed), "came back after its deletion"
    missing = (applications.posted | old) - set(left) - set(consumed) - applications.unknown
    assert not missing, f"lost {sorted(missing)[:5]}"
    strange = set(left) - applications.posted - old - applications.unknown
    assert not strange, f"never posted {sorted(strange)[:5]}"


def findings(server):
    """What `weir verify` finds."""
    from harness.server import binary, environment
    import json

    answer = subprocess.run(
        [binary(), "verify", "--json", "--endpoint", server.url], capture_output=True, text=True, env=environment()
    )
    return json.loads(answer.stdout)["findings"]
