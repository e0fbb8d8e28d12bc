"""Measures what a stopped pool does to the queues of another one; prints one line a round and the medians.

    python Tests/EndToEnd/measure_outage.py [--pairs redis-redis,…] [--rounds 6] [--seconds 10]

A pair names the kind of the pool that is stopped with SIGSTOP and that of the other. `weir bench` posts to queues of the
other pool as fast as it can, in turns with the first pool stopped from the second second on, and with it running. All the
while clients post at a steady rate to queues of the first pool; told to come again later they do as `Retry-After` says.
"""

import argparse
import contextlib
import http.client
import json
import signal
import statistics
import tempfile
import threading
import time
from pathlib import Path

from harness.api import Api, check, unique
from harness.pools import register
from harness.server import Server
from harness.stores import Redis, ReplicaSet
from measure_moves import bench

CLIENTS = 8
PAUSE_SECONDS = 0.05
BODY = json.dumps({"messages": [{"body": "x" * 1022, "ttl": 3600}]})


class OneMongo(ReplicaSet):
    """A replica set of one."""

    def __init__(self, directory):
        super().__init__(directory, members=1)

    def pause(self):
        self.nodes[0].process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.nodes[0].process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def site(stopped, other):
    """A server with queues in the pool `first`, whose new queues go to the pool `second`; and the store of the first."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weir-outage-")))
        server = Server(directory / "server", env={"WEIR_LOG_LEVEL": "warning"})
        server.start()
        stack.callback(server.stop)
        api = Api(server.url, unique("project"))
        check(api.patch("/v2/pools/embedded", json={"weight": 0}), 200)
        stores = {}
        for name, kind in (("first", stopped), ("second", other)):
            uri = f"sqlite:{name}"
            if kind != "sqlite":
                # A Redis that does not wait for the disk, which all pools would share.
                path = directory / name
                stores[name] = store = Redis(path, appendonly="no") if kind == "redis" else OneMongo(path)
                store.start()
                stack.callback(store.stop)
                uri = store.uri
            register(api, name, uri=uri, weight=100 if name == "first" else 0, options={})
        queues = [api.create() for _ in range(CLIENTS)]
        check(api.patch("/v2/pools/first", json={"weight": 0}), 200)
        check(api.patch("/v2/pools/second", json={"weight": 100}), 200)
        yield api, stores["first"], queues


class Client(threading.Thread):
    """Posts at a steady rate and notes each answer: when it was asked, how long it took, and its status."""

    def __init__(self, api, queue, is_over):
        super().__init__(daemon=True)
        self.api, self.path, self.is_over = api, f"/v2/queues/{queue}/messages", is_over
        self.answers, self.failure = [], None
        self.connection = http.client.HTTPConnection("127.0.0.1", int(api.url.rsplit(":", 1)[1]))

    def run(self):
        headers = {"Client-ID": "3381af92-2b9e-11e3-b191-71861300734c", "X-Project-ID": self.api.project}
        try:
            while not self.is_over.is_set():
                asked = time.monotonic()
                self.connection.request(
                    "POST", self.path, BODY, {**headers, "Content-Type": "application/json"}
                )
                response = self.connection.getresponse()
                response.read()
                self.answers.append((asked, time.monotonic() - asked, response.status))
                assert response.status in (201, 503), response.status
                wait = int(response.headers["Retry-After"]) if response.status == 503 else PAUSE_SECONDS
                self.is_over.wait(wait)
        except BaseException as failure:
            self.failure = failure


def measure(api, options):
    return bench(
        api,
        "--scenario",
        "post-1",
        "--queues",
        16,
        "--connections",
        16,
        "--seconds",
        options.seconds,
        "--project",
        "other",
    )[0]


def with_stop(api, store, clients, options):
    """The figures of the other pool with this one stopped, what its own clients saw, and how soon it was back."""
    begun = time.monotonic()
    timer = threading.Timer(2, store.pause)
    timer.start()
    found = measure(api, options)
    timer.join()
    resumed = time.monotonic()
    store.resume()
    while not all(
        client.answers and client.answers[-1][0] > resumed and client.answers[-1][2] == 201
        for client in clients
    ):
        assert time.monotonic() < resumed + 60, "the pool does not come back"
        time.sleep(0.01)
    back = time.monotonic() - resumed
    seen = [
        answer for client in clients for answer in client.answers if begun + 2 <= answer[0] < resumed - 0.1
    ]
    refused = [took for _, took, status in seen if status == 503]
    return found, max(took for _, took, _ in seen), len(refused), back


def rounds(stopped, other, options):
    with site(stopped, other) as (api, store, queues):
        is_over = threading.Event()
        clients = [Client(api, queue, is_over) for queue in queues]
        for client in clients:
            client.start()
        throughput, latency = [], []
        for number in range(options.rounds):
            found = {}
            for stopping in (False, True) if number % 2 else (True, False):
                if stopping:
                    found[True], longest, refused, back = with_stop(api, store, clients, options)
                else:
                    found[False] = measure(api, options)
            assert not found[True]["errors"] and not found[False]["errors"], found
            throughput.append(found[True]["requests_per_second"] / found[False]["requests_per_second"])
            latency.append(found[True]["p99_ms"] / found[False]["p99_ms"])
            print(
                f"{stopped} stopped, posts to {other}: {found[True]['requests_per_second']:.0f}/s of "
                f"{found[False]['requests_per_second']:.0f} ({throughput[-1]:.2f}), p99 ms {found[True]['p99_ms']:.1f} of "
                f"{found[False]['p99_ms']:.1f} ({latency[-1]:.2f}); of the stopped one {refused} refused, the longest answer "
                f"after {longest:.2f} s, all well {back:.2f} s after it went on",
                flush=True,
            )
        is_over.set()
        for client in clients:
            client.join()
            assert client.failure is None, client.failure
        print(
            f"{stopped} stopped, posts to {other}: throughput {statistics.median(throughput):.2f}, p99 {statistics.median(latency):.2f} of "
            f"that without (medians of {options.rounds})",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", default="redis-redis")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    for pair in options.pairs.split(","):
        rounds(*pair.split("-"), options)
