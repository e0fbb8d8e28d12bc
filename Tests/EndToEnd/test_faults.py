"""Faults: the server or a store is killed while `weir bench --verify` runs. No acknowledged message may be lost, none
doubled without a reason, none out of order, and no two claims may hold one message.

A message whose claim broke off comes back when the claim ends, after a minute: these tests take that long.
`WEIR_FAULT_MESSAGES` sets another number of messages, for longer runs.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pymongo
import pytest

from harness.api import check, unique
from harness.pools import register
from harness.server import REPOSITORY, binary, environment, free_port

MESSAGES = int(os.environ.get("WEIR_FAULT_MESSAGES", "60000"))
KILLS = 5
#: Between a start and the next kill, and between a kill and the next start.
UP_SECONDS, DOWN_SECONDS = 1.5, 0.5
END_SECONDS = 240 + MESSAGES / 200

pytestmark = pytest.mark.timeout(END_SECONDS + 60)


class Verification:
    """`weir bench --verify` on a running server, as a process beside the test."""

    def __init__(self, server, *arguments, messages=MESSAGES):
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


@pytest.fixture
def verify():
    """Starts verifications: `verify(server, "--flavor", "f")`; none outlives the test."""
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **settings: stack.enter_context(
            contextlib.closing(Verification(*arguments, **settings))
        )


def kill_during(verification, victim):
    """Kills and restarts five times while the load goes on. `victim` has `kill()` and `start()`."""
    for _ in range(KILLS):
        time.sleep(UP_SECONDS)
        assert verification.is_running(), "the load ended before the last kill: more messages are needed"
        victim.kill()
        time.sleep(DOWN_SECONDS)
        victim.start()


def assert_good(verification, messages=MESSAGES):
    """All was consumed, nothing was wrong, and the kills really hit requests."""
    found, code = verification.result()
    assert code == 0 and found["ok"], found
    assert found["acknowledged"] == messages and found["consumed"] >= messages, found
    assert found["unknown_posts"] + found["unknown_claims"] + found["unknown_deletes"] >= KILLS, found


# The server


def test_nothing_is_lost_or_doubled_when_the_server_is_killed(own, verify):
    verification = verify(own.server)
    kill_during(verification, own.server)
    assert_good(verification)


def test_the_check_fails_when_messages_are_taken_behind_its_back(own, verify):
    project = own.with_project(unique("project"))
    verification = verify(own.server, "--project", project.project, "--queues", "4", messages=5000)
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


# Redis


class Redis:
    """A `redis-server` that writes each change to disk before it answers."""

    def __init__(self, directory):
        self.directory = directory
        self.port = free_port()
        self.uri = f"redis://127.0.0.1:{self.port}"
        self.process = None
        directory.mkdir()

    def start(self):
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--dir",
            str(self.directory),
        ]
        log = self.directory / "redis.log"
        self.process = subprocess.Popen(
            [*command, "--logfile", str(log), "--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        )
        wait_until(self.answers, OSError, log)

    def answers(self):
        """Not while it reads what it wrote before."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")

    def kill(self):
        self.process.kill()
        self.process.wait()


# MongoDB


def mongod():
    """`WEIR_TEST_MONGOD`, `mongod` on the path, or the one that deploy/test fetches."""
    path = os.environ.get("WEIR_TEST_MONGOD") or shutil.which("mongod") or REPOSITORY / ".build/mongod/mongod"
    assert Path(path).is_file(), f"there is no {path}: set WEIR_TEST_MONGOD"
    return str(path)


class Mongod:
    """One node of a replica set."""

    def __init__(self, directory, replica_set):
        self.directory = directory
        self.replica_set = replica_set
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.process = None
        directory.mkdir(parents=True)

    def start(self):
        log = self.directory / "mongod.log"
        command = [
            mongod(),
            "--port",
            str(self.port),
            "--bind_ip",
            "127.0.0.1",
            "--dbpath",
            str(self.directory),
        ]
        small = ["--wiredTigerCacheSizeGB", "0.25", "--setParameter", "diagnosticDataCollectionEnabled=false"]
        self.process = subprocess.Popen(
            [*command, *small, "--replSet", self.replica_set, "--logpath", str(log), "--logappend"],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self.hello, pymongo.errors.PyMongoError, log)

    def command(self, *arguments):
        with pymongo.MongoClient(
            "127.0.0.1", self.port, directConnection=True, serverSelectionTimeoutMS=1000
        ) as client:
            return client.admin.command(*arguments)

    def hello(self):
        return self.command("hello")

    def is_primary(self):
        try:
            return self.process.poll() is None and self.hello()["isWritablePrimary"]
        except pymongo.errors.PyMongoError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()


class ReplicaSet:
    """Three nodes; `kill` takes the primary of the moment, `start` brings all back and waits for a primary."""

    def __init__(self, directory):
        self.nodes = [Mongod(directory / f"node-{index}", directory.name) for index in range(3)]
        self.uri = f"mongodb://{','.join(node.address for node in self.nodes)}/?replicaSet={directory.name}"
        self.is_initiated = False

    def start(self):
        for node in self.nodes:
            if node.process is None or node.process.poll() is not None:
                node.start()
        if not self.is_initiated:
            members = [{"_id": index, "host": node.address} for index, node in enumerate(self.nodes)]
            self.nodes[0].command("replSetInitiate", {"_id": self.nodes[0].replica_set, "members": members})
            self.is_initiated = True
        wait_until(self.primary)

    def primary(self):
        return next((node for node in self.nodes if node.is_primary()), None)

    def kill(self):
        wait_until(self.primary)
        self.primary().kill()

    def stop(self):
        for node in self.nodes:
            if node.process is not None:
                node.kill()


def wait_until(holds, errors=(), log=None, timeout=60):
    """Waits until `holds()` is true; the errors named count as not yet."""
    deadline = time.monotonic() + timeout
    while True:
        with contextlib.suppress(errors):
            if holds():
                return
        tail = log.read_text(errors="replace")[-2000:] if log and log.exists() else ""
        assert time.monotonic() < deadline, f"not within {timeout} s\n{tail}"
        time.sleep(0.1)


# Pools in other processes


@pytest.fixture
def store(request, tmp_path):
    """A store of its own, running: `redis` or `mongodb`."""
    if request.param == "redis":
        store, stop = (found := Redis(tmp_path / "redis")), found.kill
    else:
        store, stop = (found := ReplicaSet(tmp_path / "replicas")), found.stop
    try:
        store.start()
        yield store
    finally:
        stop()


def serve_from(store, api, flavor):
    """Makes the store the only pool of a flavor in the project of `api`."""
    register(api, "remote", uri=store.uri)
    check(api.put(f"/v2/flavors/{flavor}", json={"pool_list": ["remote"]}), 201)


@pytest.mark.parametrize("store", ["redis", "mongodb"], indirect=True)
def test_nothing_is_lost_or_doubled_when_a_store_is_killed(own, store, verify):
    serve_from(store, own, "killed")
    verification = verify(own.server, "--project", own.project, "--flavor", "killed")
    kill_during(verification, store)
    assert_good(verification)


@pytest.mark.parametrize("store", ["redis"], indirect=True)
def test_nothing_is_lost_or_doubled_when_the_server_of_a_store_is_killed(own, store, verify):
    serve_from(store, own, "kept")
    verification = verify(own.server, "--project", own.project, "--flavor", "kept")
    kill_during(verification, own.server)
    assert_good(verification)
