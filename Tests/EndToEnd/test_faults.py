"""Faults: the server or a store is killed while `weir bench --verify` runs. No acknowledged message may be lost, none
doubled without a reason, none out of order, and no two claims may hold one message.

A message whose claim broke off comes back when the claim ends, after a minute. So the loads of all these tests, each
with its kills, begin one after the other before the first test of this file, and the others look at the outcome of theirs
at the end of the run (see conftest.py): the minute passes for all of them at once, and while other files run.
`WEIR_FAULT_MESSAGES` sets another number of messages, for longer runs.
"""

import contextlib
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from harness.api import Api, check, unique
from harness.pools import register
from harness.server import binary, environment, running
from harness.stores import Redis, ReplicaSet

MESSAGES = int(os.environ.get("WEIR_FAULT_MESSAGES", "60000"))
KILLS = 5
#: Between a start and the next kill, and between a kill and the next start.
UP_SECONDS, DOWN_SECONDS = 1.5, 0.5
END_SECONDS = 240 + MESSAGES / 200

pytestmark = pytest.mark.timeout(END_SECONDS + 60)


class Verification:
    """`weir bench --verify` on a running server, as a process beside the test."""

    def __init__(self, server, *arguments, messages=MESSAGES):
        self.messages = messages
        command = [binary(), "bench", "--verify", "--json", "--endpoint", server.url, *arguments]
        self.process = subprocess.Popen(
            [*command, "--messages", str(messages)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )

    def is_running(self):
        return self.process.poll() is None

    def result(self):
        """The counts and the exit code, once it has come to its end."""
        output, errors = self.process.communicate(timeout=END_SECONDS)
        assert output, f"exit code {self.process.returncode}: {errors}"
        return json.loads(output), self.process.returncode

    def close(self):
        self.process.kill()
        self.process.communicate()


def kill_during(verification, victim):
    """Kills and restarts five times; whether the load went on so long. `victim` has `kill()` and `start()`."""
    for _ in range(KILLS):
        time.sleep(UP_SECONDS)
        if not verification.is_running():
            return False
        victim.kill()
        time.sleep(DOWN_SECONDS)
        victim.start()
    return True


def assert_sound(verification):
    """All was consumed, and nothing was wrong."""
    found, code = verification.result()
    assert code == 0 and found["ok"], found
    assert found["acknowledged"] == verification.messages and found["consumed"] >= verification.messages, found
    return found


def assert_good(verification):
    """And the kills really hit requests."""
    found = assert_sound(verification)
    assert found["unknown_posts"] + found["unknown_claims"] + found["unknown_deletes"] >= KILLS, found


# What runs


def serve_from(store, api, flavor):
    """Makes the store the only pool of a flavor in the project of `api`."""
    register(api, "remote", uri=store.uri, options={})
    check(api.put(f"/v2/flavors/{flavor}", json={"pool_list": ["remote"]}), 201)


def begin(directory, stack, kind, victim):
    """Starts a server, a store of this kind and the load, and kills the server or the store: whatever is `victim`."""
    server = stack.enter_context(running(directory / "server"))
    api = Api(server.url, unique("project"))
    arguments = ["--project", api.project]
    store = None
    if kind != "sqlite":
        store = Redis(directory / kind) if kind == "redis" else ReplicaSet(directory / kind)
        stack.callback(store.stop)
        store.start()
        serve_from(store, api, "remote")
        arguments += ["--flavor", "remote"]
    for messages in (MESSAGES, 2 * MESSAGES, 4 * MESSAGES):
        load = Verification(server, *arguments, messages=messages)
        verification = stack.enter_context(contextlib.closing(load))
        if kill_during(verification, server if victim == "server" else store):
            return verification
        assert_sound(verification)
    raise AssertionError("the load ended before the last kill: more messages are needed")


#: What the tests of these names look at, that with the longest load first.
LOADS = {
    "test_nothing_is_lost_or_doubled_when_a_store_is_killed[mongodb]": ("mongodb", "store"),
    "test_nothing_is_lost_or_doubled_when_a_store_is_killed[redis]": ("redis", "store"),
    "test_nothing_is_lost_or_doubled_when_the_server_of_a_store_is_killed[redis]": ("redis", "server"),
    "test_nothing_is_lost_or_doubled_when_the_server_is_killed": ("sqlite", "server"),
}


@pytest.fixture(scope="session")
def begun(request, tmp_path_factory):
    """For each test that was selected its verification, with all kills behind it, or why it could not be begun."""
    selected = {item.name for item in request.session.items if item.path == Path(__file__)}
    with contextlib.ExitStack() as stack:
        found = {}
        for name, load in LOADS.items():
            if name not in selected:
                continue
            try:
                found[name] = begin(tmp_path_factory.mktemp("fault"), stack, *load)
            except Exception as problem:  # That of one test is none of the others'.
                found[name] = problem
        yield found


@pytest.fixture
def load(request, begun):
    """The verification of this test."""
    found = begun[request.node.name]
    if isinstance(found, Exception):
        raise found
    return found


# The server


def test_the_check_fails_when_messages_are_taken_behind_its_back(begun, own):
    project = own.with_project(unique("project"))
    # Few claim, so that there is something to take before they have it.
    arguments = ("--project", project.project, "--queues", "4", "--claimers", "2")
    with contextlib.closing(Verification(own.server, *arguments, messages=5000)) as verification:
        taken = 0
        while taken < 20:
            assert verification.is_running(), verification.result()
            for queue in check(project.get("/v2/queues"), 200)["queues"]:
                path = f"/v2/queues/{queue['name']}/messages?pop=5"
                taken += len(check(project.delete(path), 200)["messages"])
        found, code = verification.result()
    assert code == 1 and not found["ok"], found
    # A message that was posted but not yet acknowledged may be among those taken; it is then acknowledged.
    assert found["lost"] == taken and found["acknowledged"] == 5000, found
    assert found["unexplained_duplicates"] == found["order_violations"] == found["phantoms"] == 0, found


def test_nothing_is_lost_or_doubled_when_the_server_is_killed(load):
    assert_good(load)


# Pools in other processes


@pytest.mark.parametrize("store", ["redis", "mongodb"])
def test_nothing_is_lost_or_doubled_when_a_store_is_killed(store, load):
    assert_good(load)


@pytest.mark.parametrize("store", ["redis"])
def test_nothing_is_lost_or_doubled_when_the_server_of_a_store_is_killed(store, load):
    assert_good(load)
