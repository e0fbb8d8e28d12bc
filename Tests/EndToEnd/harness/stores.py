"""Real stores beside the server: a Redis, one MongoDB, a MongoDB replica set of three."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pymongo

from .server import REPOSITORY, free_port


class Redis:
    """A `redis-server` that writes each change to disk before it answers, unless told otherwise."""

    def __init__(self, directory, appendonly="yes"):
        self.directory = directory
        self.appendonly = appendonly
        self.port = free_port()
        self.uri = f"redis://127.0.0.1:{self.port}"
        #: No uri says how long a catalog in a Redis may take.
        self.patient_uri = self.uri
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
            [*command, "--logfile", str(log), "--appendonly", self.appendonly, "--appendfsync", "always", "--save", ""]
        )
        wait_until(self.answers, OSError, log)

    def answers(self):
        """Not while it reads what it wrote before."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")

    def configure(self, name, value):
        self.order(f"CONFIG SET {name} {value}")

    def clear(self):
        """Takes all that it holds away."""
        self.order("FLUSHALL")

    def order(self, command):
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            connection.sendall(f"{command}\r\n".encode())
            assert connection.recv(64).startswith(b"+OK")

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.kill()


def mongod():
    """`WEIR_TEST_MONGOD`, `mongod` on the path, or the one that deploy/test fetches."""
    path = os.environ.get("WEIR_TEST_MONGOD") or shutil.which("mongod") or REPOSITORY / ".build/mongod/mongod"
    assert Path(path).is_file(), f"there is no {path}: set WEIR_TEST_MONGOD"
    return str(path)


class Mongod:
    """One `mongod`: a node of a replica set if that is named. Tests run several at once: so its cache is small."""

    def __init__(self, directory, replica_set=None, cache_gb=0.25):
        self.directory = directory
        self.cache_gb = cache_gb
        self.replica_set = replica_set
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.uri = f"mongodb://{self.address}/"
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
        small = ["--wiredTigerCacheSizeGB", str(self.cache_gb), "--setParameter", "diagnosticDataCollectionEnabled=false"]
        replicas = ["--replSet", self.replica_set] if self.replica_set else []
        self.process = subprocess.Popen(
            [*command, *small, *replicas, "--logpath", str(log), "--logappend"],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self.hello, pymongo.errors.PyMongoError, log)

    def command(self, *arguments, patience_ms=30_000):
        with pymongo.MongoClient(
            "127.0.0.1", self.port, directConnection=True, serverSelectionTimeoutMS=patience_ms
        ) as client:
            return client.admin.command(*arguments)

    def hello(self):
        """Asked again and again: that there is no answer yet must be known soon."""
        return self.command("hello", patience_ms=1_000)

    def is_primary(self):
        try:
            return self.process.poll() is None and self.hello()["isWritablePrimary"]
        except pymongo.errors.PyMongoError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()


class ReplicaSet:
    """Three nodes unless told otherwise; `kill` takes the primary of the moment, `start` brings all back and waits for
    a primary that all others follow."""

    def __init__(self, directory, members=3, cache_gb=0.25):
        self.nodes = [
            Mongod(directory / f"node-{index}", directory.name, cache_gb) for index in range(members)
        ]
        self.uri = f"mongodb://{','.join(node.address for node in self.nodes)}/?replicaSet={directory.name}"
        #: For a catalog that nobody takes away: one that a busy machine keeps waiting is there.
        times = ("socketTimeoutMS", "connectTimeoutMS", "serverSelectionTimeoutMS")
        self.patient_uri = self.uri + "".join(f"&{name}=20000" for name in times)
        self.is_initiated = False

    def start(self):
        for node in self.nodes:
            if node.process is None or node.process.poll() is not None:
                node.start()
        if not self.is_initiated:
            members = [{"_id": index, "host": node.address} for index, node in enumerate(self.nodes)]
            # A primary that was killed is replaced sooner than after the usual ten seconds.
            settings = {"electionTimeoutMillis": 2000}
            configuration = {"_id": self.nodes[0].replica_set, "members": members, "settings": settings}
            self.nodes[0].command("replSetInitiate", configuration)
            self.is_initiated = True
        wait_until(lambda: self.primary() and self.is_complete(), pymongo.errors.PyMongoError)

    def primary(self):
        return next((node for node in self.nodes if node.is_primary()), None)

    def is_complete(self):
        """Whether each node could go on from what the primary has: else there may be nobody to take its place."""
        states = [node.hello() for node in self.nodes]
        return all(state["isWritablePrimary"] or state["secondary"] for state in states)

    def clear(self):
        """Takes all that it holds away."""
        with pymongo.MongoClient(self.uri) as client:
            for name in set(client.list_database_names()) - {"admin", "config", "local"}:
                client.drop_database(name)

    def kill(self):
        wait_until(self.primary).kill()

    def pause(self):
        for node in self.nodes:
            node.process.send_signal(signal.SIGSTOP)

    def resume(self):
        for node in self.nodes:
            node.process.send_signal(signal.SIGCONT)

    def stop(self):
        for node in self.nodes:
            if node.process is not None:
                node.kill()


def wait_until(holds, errors=(), log=None, timeout=60):
    """Waits until `holds()` is true, and returns what it gave; the errors named count as not yet."""
    deadline = time.monotonic() + timeout
    while True:
        with contextlib.suppress(errors):
            if found := holds():
                return found
        tail = log.read_text(errors="replace")[-2000:] if log and log.exists() else ""
        assert time.monotonic() < deadline, f"not within {timeout} s\n{tail}"
        time.sleep(0.1)
