"""Measures moves of queues on this machine, with stores and a server of its own; prints one line a measurement.

    python Tests/EndToEnd/measure_moves.py stalls [--pairs redis-redis,…|all] [--moves 100] [--messages 1000] [--rate 1000]
    python Tests/EndToEnd/measure_moves.py copy [--pairs …] [--messages 200000]
    python Tests/EndToEnd/measure_moves.py neighbours [--messages 500000] [--rounds 3]
    python Tests/EndToEnd/measure_moves.py drain [--pairs …] [--queues 5000]

`stalls`: clients post, claim and delete at a steady rate while the queue goes to and fro; the stall of a move is the
longest that one of their requests took that was under way around the cutover. `copy`: how fast an idle queue is copied without throttle.
`neighbours`: what the other queues of the same two pools notice of a move with default settings; load with and without
one, in turns. `drain`: how fast many queues with nothing in them leave a pool.
"""

import argparse
import contextlib
import http.client
import json
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from harness.api import Api, check, unique
from harness.migrations import show, start
from harness.pools import details, register
from harness.server import Server, binary, environment
from harness.stores import Redis, ReplicaSet

KINDS = ("sqlite", "redis", "mongodb")
CONNECTIONS = 16
BODY = "x" * 1022
UNTHROTTLED = {
    "WEIR_MIGRATION_MESSAGES_PER_SECOND": "0",
    "WEIR_MIGRATION_BYTES_PER_SECOND": "0",
    "WEIR_MIGRATION_CONSIDERATE": "false",
}


@contextlib.contextmanager
def site(source, target, **settings):
    """A server whose queues go to the pool `source`, beside a pool `target`."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weir-moves-")))
        server = Server(directory / "server", env={"WEIR_LOG_LEVEL": "warning", **settings})
        server.start()
        stack.callback(server.stop)
        api = Api(server.url, unique("project"))
        for name, kind, weight in (("source", source, 100), ("target", target, 0)):
            uri = f"sqlite:{name}"
            if kind != "sqlite":
                store = Redis(directory / name) if kind == "redis" else ReplicaSet(directory / name, members=1)
                store.start()
                stack.callback(store.stop)
                uri = store.uri
            register(api, name, uri=uri, weight=weight, options={})
        check(api.patch("/v2/pools/embedded", json={"weight": 0}), 200)
        yield api


def bench(api, *arguments):
    command = [binary(), "bench", "--json", "--endpoint", api.url, "--project", api.project, *map(str, arguments)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def fill(api, queue, messages):
    if messages:
        count = ("--requests", max(1, messages // 10), "--warmup", 0)
        bench(api, "--scenario", "post-10", "--queue", queue, "--connections", 16, *count)


def move(api, queue, pool):
    """Moves the queue to its end: the migration, and when its cutover had not begun and when it was over."""
    migration = start(api, queue=queue, to=pool, keep_source_seconds=0)
    before = after = None
    while True:
        asked, seen = time.monotonic(), show(api, migration)
        if seen["state"] in ("planned", "copying", "catching_up", "ready"):
            before = asked
        elif after is None and seen["state"] != "cutover":
            after = time.monotonic()
        if seen["state"] in ("done", "failed", "cancelled"):
            assert seen["state"] == "done", seen
            return seen, before, after
        time.sleep(0.02)


class Client(threading.Thread):
    """A connection that posts, claims and deletes in turn at a steady rate, and notes when each began and ended."""

    def __init__(self, api, queue, pause, is_over):
        super().__init__()
        self.api, self.queue, self.pause, self.is_over = api, queue, pause, is_over
        self.times, self.failure = [], None
        self.connection = http.client.HTTPConnection("127.0.0.1", int(api.url.rsplit(":", 1)[1]))

    def run(self):
        self.due = time.monotonic()
        try:
            while not self.is_over.is_set():
                self.ask("POST", f"/v2/queues/{self.queue}/messages", {"messages": [{"body": BODY, "ttl": 3600}]})
                claim = self.ask("POST", f"/v2/queues/{self.queue}/claims?limit=1", {"ttl": 600, "grace": 60})
                for message in json.loads(claim)["messages"] if claim else []:
                    self.ask("DELETE", message["href"])
        except BaseException as failure:
            self.failure = failure

    def ask(self, method, path, body=None):
        time.sleep(max(0, self.due - time.monotonic()))
        headers = {"Client-ID": "3381af92-2b9e-11e3-b191-71861300734c", "X-Project-ID": self.api.project}
        begun = time.monotonic()
        self.connection.request(method, path, body and json.dumps(body), {**headers, "Content-Type": "application/json"})
        response = self.connection.getresponse()
        text = response.read()
        self.times.append((begun, time.monotonic()))
        assert response.status < 300, (response.status, text)
        self.due = max(self.due + self.pause, begun)
        return text


@contextlib.contextmanager
def clients(api, queue, rate):
    """Clients for the length of a `with` block; afterwards their times are what was yielded."""
    is_over, times = threading.Event(), []
    working = [Client(api, queue, CONNECTIONS / rate, is_over) for _ in range(CONNECTIONS)]
    for client in working:
        client.start()
    yield times
    is_over.set()
    for client in working:
        client.join()
        assert client.failure is None, client.failure
        times += client.times


def stalls(options):
    for source, target in options.pairs:
        with site(source, target, **UNTHROTTLED) as api:
            queue = api.create()
            fill(api, queue, options.messages)
            with clients(api, queue, options.rate) as times:
                time.sleep(2)
                begun = time.monotonic()
                moves = [move(api, queue, ("target", "source")[number % 2]) for number in range(options.moves)]
                ended = time.monotonic()
            longest = [
                max(end - begin for begin, end in times if end >= before and begin <= after)
                for _, before, after in moves
            ]
            overall = max(end - begin for begin, end in times if begun <= begin <= ended)
            calm = statistics.quantiles([end - begin for begin, end in times if end < begun], n=100)[98]
            ways = {f"{source} to {target}": longest[::2], f"{target} to {source}": longest[1::2]}
            if source == target:
                ways = {f"{source} to {target}": longest}
            rate = sum(begun <= begin <= ended for begin, _ in times) / (ended - begun)
            for way, found in ways.items():
                print(
                    f"{way}: {len(found)} moves of {options.messages} messages at {rate:.0f} operations/s: "
                    f"stall ms p50 {1000 * statistics.median(found):.0f}, p99 {1000 * percentile(found, 99):.0f}, "
                    f"longest {1000 * max(found):.0f}; p99 of a request before {1000 * calm:.0f}, longest of all "
                    f"{1000 * overall:.0f}; as the workers saw it {max(seen['stall_ms'] for seen, _, _ in moves)}",
                    flush=True,
                )


def percentile(values, percent):
    """The smallest of the values that so many per cent of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, -(-len(ordered) * percent // 100) - 1)]


def copy(options):
    for source, target in options.pairs:
        with site(source, target, **UNTHROTTLED) as api:
            queue = api.create()
            fill(api, queue, options.messages)
            ended, _, _ = move(api, queue, "target")
            at = {event["state"]: event["at"] for event in ended["history"]}
            print(f"{source} to {target}: {ended['copied']} messages, {at}", flush=True)


def neighbours(options):
    for source, target in options.pairs:
        with site(source, target) as api:
            queue = api.create()
            fill(api, queue, options.messages)
            for number in range(options.rounds):
                for moving in (False, True) if number % 2 else (True, False):
                    # What came before, as the clearing of a copy, is over for the stores too.
                    time.sleep(5)
                    migration = start(api, queue=queue, to="target", postpone=True) if moving else None
                    found = bench(api, "--scenario", "post-1", "--queues", 16, "--connections", 16, "--seconds", 10)[0]
                    print(f"{source} to {target}, moving {moving}: {json.dumps(found)}", flush=True)
                    if migration:
                        print("copied meanwhile", show(api, migration)["copied"], show(api, migration)["state"])
                        check(api.post(f"/v2/migrations/{migration['id']}/cancel"), 202)
                        while not show(api, migration)["state"] == "cancelled":
                            time.sleep(0.1)


def drain(options):
    for source, target in options.pairs:
        with site(source, target) as api:
            for number in range(options.queues):
                api.create(f"queue-{number}")
            check(api.patch("/v2/pools/target", json={"weight": 100}), 200)
            begun = time.monotonic()
            check(api.post("/v2/migrations", json={"from": "source", "dry_run": False, "keep_source_seconds": 0}), 202)
            while details(api, "source")["queues"]:
                time.sleep(0.5)
            took = time.monotonic() - begun
            rate = options.queues / took
            print(f"{source} to {target}: {options.queues} queues, {rate:.0f} a second", flush=True)


def pairs(text):
    if text == "all":
        return [(source, target) for source in KINDS for target in KINDS]
    return [tuple(pair.split("-")) for pair in text.split(",")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("stalls", "copy", "neighbours", "drain"))
    parser.add_argument("--pairs", type=pairs, default="redis-redis")
    parser.add_argument("--moves", type=int, default=100)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--queues", type=int, default=5000)
    options = parser.parse_args()
    {"stalls": stalls, "copy": copy, "neighbours": neighbours, "drain": drain}[options.what](options)
