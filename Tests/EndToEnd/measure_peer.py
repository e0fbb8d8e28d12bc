"""Measures Weir against a peer that speaks the same API, in turns in one run; prints each round and the median ratios.

    python Tests/EndToEnd/measure_peer.py --store redis --peer http://127.0.0.1:27110 [--wrk SCRIPT] [--rounds 3] [--seconds 5]
    python Tests/EndToEnd/measure_peer.py --store redis --bare .build/release/BareServer --raw
    python Tests/EndToEnd/measure_peer.py --store sqlite

`--store` is what Weir's queues are in: a Redis without append-only file, a MongoDB replica set of one (majority, journal)
or SQLite (`FULL`), each of its own. `--peer` is a service that runs already. The load is that of `weir bench`, which takes
little of the machine; `--wrk` names a script that is called as `SCRIPT URL --scenarios post1,… --seconds N` and prints
lines with `req/s=` and `msg/s=`: the same load by another generator. `--bare` starts a server of the HTTP library
that answers all requests alike; `--raw` sends the store one pipelined stream of the transaction that stores ten messages.
"""

import argparse
import contextlib
import json
import os
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from harness.api import Api, check, unique
from harness.pools import register
from harness.server import Server, environment, binary, free_port
from harness.stores import Redis, ReplicaSet

SCENARIOS = ("post-1", "post-10", "list", "claim-delete", "cycle")
WRK_SCENARIOS = ("post1", "post10", "list", "cycle")
#: What is counted: requests, or messages where a request has many.
UNITS = {"post-10": "messages", "claim-delete": "messages", "cycle": "messages"}
WRK_UNITS = {"post10": "msg/s", "cycle": "msg/s"}
BODY = "x" * 1022
BATCH = json.dumps({"messages": [{"body": BODY, "ttl": 3600}] * 10})


@contextlib.contextmanager
def weir(kind):
    """A server with its queues in a store of this kind; and the store."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weir-peer-")))
        server = Server(directory / "server")
        server.start()
        stack.callback(server.stop)
        api, store = Api(server.url, unique("project")), None
        if kind != "sqlite":
            store = (
                Redis(directory / kind, appendonly="no")
                if kind == "redis"
                else ReplicaSet(directory / kind, members=1, cache_gb=1)
            )
            store.start()
            stack.callback(store.stop)
            register(api, "measured", uri=store.uri, options={})
            check(api.patch("/v2/pools/embedded", json={"weight": 0}), 200)
        yield api, store


@contextlib.contextmanager
def bare(path):
    port = free_port()
    process = subprocess.Popen([path, str(port)])
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def bench(url, scenario, options):
    """Requests or messages a second."""
    command = [
        binary(),
        "bench",
        "--json",
        "--endpoint",
        url,
        "--project",
        unique("bench"),
        "--scenario",
        scenario,
    ]
    size = ["--connections", "32", "--queues", "64", "--seconds", str(options.seconds)]
    done = subprocess.run([*command, *size], env=environment(), capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)[0]
    assert not found["errors"], found
    return found[f"{UNITS.get(scenario, 'requests')}_per_second"]


def wrk(url, scenario, options):
    command = [options.wrk, url, "--scenarios", scenario, "--seconds", str(options.seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "bad=0 " in done.stdout, done.stdout
    return float(re.search(rf"{WRK_UNITS.get(scenario, 'req/s')}=([\d.]+)", done.stdout)[1])


def stored_commands(api, store):
    """The commands of the transaction that stores ten messages, as the store saw them."""
    queue = api.create()
    with socket.create_connection(("127.0.0.1", store.port), 10) as connection:
        connection.sendall(b"MONITOR\r\n")
        lines = connection.makefile("rb")
        assert lines.readline().startswith(b"+OK")
        # The first post opens the queue.
        for _ in range(2):
            check(api.post(f"/v2/queues/{queue}/messages", data=BATCH), 201)
        transactions = []
        while len(transactions) < 2 or b'"EXEC"' not in line:
            line = lines.readline()
            if b'"MULTI"' in line:
                transactions.append([])
            if transactions and b" lua]" not in line:
                words = re.findall(rb'"((?:[^"\\]|\\.)*)"', line)
                transactions[-1].append([word.decode("unicode_escape").encode("latin-1") for word in words])
    assert [command[0] for command in transactions[-1]] == [b"MULTI", b"HSET", b"EVALSHA", b"EXEC"]
    return transactions[-1]


def encoded(words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def raw(store, commands, options):
    """Messages a second that the store itself takes, ten a transaction, in one pipelined stream."""
    count = 4000 * options.seconds
    transaction, name = b"".join(map(encoded, commands)), commands[1][2]
    assert transaction.count(name) == 2, "the bodies, and the parcel that leads to them"
    chunks = [
        b"".join(transaction.replace(name, os.urandom(len(name))) for _ in range(16)) for _ in range(count // 16)
    ]
    last = commands[2][3] + b"last"
    with socket.create_connection(("127.0.0.1", store.port), 30) as connection:
        lines = connection.makefile("rb")
        before = stored_number(connection, lines, last)
        sender = threading.Thread(target=lambda: [connection.sendall(chunk) for chunk in chunks])
        started = time.monotonic()
        sender.start()
        # MULTI, two commands that are queued, and EXEC with what each of them did.
        left = len(chunks) * 16 * 6
        while left > 0:
            left -= connection.recv(1 << 16).count(b"\n")
        seconds = time.monotonic() - started
        sender.join()
        stored = stored_number(connection, lines, last) - before
    assert stored == len(chunks) * 160, stored
    return stored / seconds


def stored_number(connection, lines, key):
    connection.sendall(encoded([b"GET", key]))
    lines.readline()
    return int(lines.readline())


def turns(measurements, rounds):
    """Runs the measurements in turns, every other round backwards, and prints the medians of their ratios to the first."""
    ratios = {}
    for number in range(rounds):
        found = {}
        for name, measure in list(measurements.items())[:: -1 if number % 2 else 1]:
            found[name] = measure()
        first = found["weir"]
        print(", ".join(f"{name} {found[name]:,.0f}" for name in measurements), flush=True)
        for name in found:
            ratios.setdefault(name, []).append((first / found[name], found[name]))
    for name, seen in ratios.items():
        rate = statistics.median(rate for _, rate in seen)
        print(
            f"  {name}: median {rate:,.0f}, weir is {statistics.median(ratio for ratio, _ in seen):.2f} of it",
            flush=True,
        )


def main(options):
    with contextlib.ExitStack() as stack:
        api, store = stack.enter_context(weir(options.store))
        plain = stack.enter_context(bare(options.bare)) if options.bare else None
        commands = stored_commands(api, store) if options.raw else None
        for scenario in options.scenarios.split(","):
            measurements = {"weir": lambda scenario=scenario: bench(api.url, scenario, options)}
            if options.peer:
                measurements["peer"] = lambda scenario=scenario: bench(options.peer, scenario, options)
            if plain and scenario == "post-1":
                measurements["bare"] = lambda: bench_bare(plain, options)
            if commands and scenario == "post-10":
                measurements["raw"] = lambda: raw(store, commands, options)
            print(
                f"{options.store}, weir bench, {scenario}, {UNITS.get(scenario, 'requests')}/s:", flush=True
            )
            turns(measurements, options.rounds)
        for scenario in WRK_SCENARIOS if options.wrk else ():
            print(
                f"{options.store}, {Path(options.wrk).name}, {scenario}, {WRK_UNITS.get(scenario, 'req/s')}:",
                flush=True,
            )
            services = {"weir": api.url, **({"peer": options.peer} if options.peer else {})}
            turns(
                {
                    name: lambda url=url, scenario=scenario: wrk(url, scenario, options)
                    for name, url in services.items()
                },
                options.rounds,
            )


def bench_bare(url, options):
    """It has no queues, so none is made."""
    command = [binary(), "bench", "--json", "--endpoint", url, "--scenario", "post-1", "--queue", "bench-0"]
    size = ["--connections", "32", "--seconds", str(options.seconds)]
    done = subprocess.run([*command, *size], env=environment(), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)[0]["requests_per_second"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=("redis", "mongodb", "sqlite"), default="redis")
    parser.add_argument("--peer")
    parser.add_argument("--wrk")
    parser.add_argument("--bare")
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--scenarios", default=",".join(SCENARIOS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    main(parser.parse_args())
