"""Several nodes tell subscribers as one: each outbox is served by the node that has its lease."""

import contextlib
import itertools
import json
import re
import threading
import time

import pytest
import requests

from harness.api import Api, check, unique
from harness.pools import register
from harness.receiver import receiving, until
from harness.server import Server
from harness.stores import Redis, ReplicaSet

#: A lease ends ten seconds after it was last renewed; the rest is for a machine that is busy.
LEASE_AND_MORE = 90
SETTINGS = {"WEIR_NOTIFICATION_ALLOW": "127.0.0.0/8"}


class Site:
    """Two nodes, `one` and `two`, on one catalog, with one pool that both reach, and a receiver of webhooks."""

    def __init__(self, folder, stack, kind):
        store = Redis if kind == "redis" else lambda directory: ReplicaSet(directory, members=1)
        # A MongoDB holds both; they do not meet in it.
        self.stores = [store(folder / name) for name in ("catalog", "pool")[: 2 if kind == "redis" else 1]]
        for each in self.stores:
            each.start()
            stack.callback(each.stop)
        self.receiver = stack.enter_context(receiving())
        self.project = unique("project")
        self.nodes = []
        for name in ("one", "two"):
            server = Server(folder / name, env=SETTINGS, arguments=["--catalog", self.stores[0].patient_uri])
            server.start()
            stack.callback(server.stop)
            self.nodes.append(self.client(server))
        register(self.nodes[0], "shared", uri=self.stores[-1].uri)

    def client(self, server):
        api = Api(server.url, self.project)
        api.server = server
        return api

    def subscribed(self):
        """A queue with a subscriber, and the path at the receiver that is told of its messages."""
        queue = self.nodes[0].create()
        # With a secret, so that deliveries carry the ids of what they deliver.
        body = {"subscriber": self.receiver.url(f"/{queue}"), "ttl": 3600, "options": {"secret": "any"}}
        check(self.nodes[0].post(f"/v2/queues/{queue}/subscriptions", json=body), 201)
        return queue, f"/{queue}"

    def roles(self):
        """The node that serves the outbox, and the other one."""
        queue, path = self.subscribed()
        before = [delivered(api) for api in self.nodes]
        self.nodes[0].send(queue, "who is it")
        until(lambda: self.receiver.at(path))
        found = until(lambda: [delivered(api) for api in self.nodes] != before and self.nodes)
        one_has_it = delivered(self.nodes[0]) > before[0]
        return found if one_has_it else found[::-1]


def lease_taken(api):
    """What had become of the lease that the node took last, as its log says a moment later."""
    taken = [line["lease"] for line in api.server.events() if line["event"] == "outbox served"]
    return taken[-1] if taken else None


def delivered(api):
    text = requests.get(api.url + "/metrics", timeout=60).text
    return int(re.search(r'^weir_deliveries_total\{outcome="delivered"\} (\d+)', text, re.MULTILINE)[1])


@pytest.fixture(scope="module", params=["redis", "mongodb"])
def site(request, tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield Site(tmp_path_factory.mktemp(request.param), stack, request.param)


@pytest.fixture(scope="module")
def redis_site(tmp_path_factory):
    """Who ends a lease, or lets it end, is the same with every store, and waiting for it takes its time."""
    with contextlib.ExitStack() as stack:
        yield Site(tmp_path_factory.mktemp("redis"), stack, "redis")


@contextlib.contextmanager
def posting(one, two, queue):
    """Posts through both nodes at once for the length of a `with` block; gives what was acknowledged so far."""
    acknowledged, is_over = [], threading.Event()

    def post(api):
        for number in itertools.count():
            if is_over.is_set():
                return
            try:
                api.send(queue, f"{number} through {api.url}")
            except requests.RequestException:
                return  # It was killed. What became of this one nobody knows.
            acknowledged.append(f"{number} through {api.url}")

    threads = [threading.Thread(target=post, args=(Api(api.url, api.project),)) for api in (one, two)]
    for thread in threads:
        thread.start()
    try:
        yield acknowledged
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def identifiers(deliveries):
    """Those of the deliveries of each message, by its body."""
    found = {}
    for delivery in deliveries:
        found.setdefault(json.loads(delivery.body)["body"], set()).add(delivery.headers["webhook-id"])
    return found


@pytest.mark.feature("F119")
def test_while_both_nodes_live_each_message_is_delivered_once_and_in_order(site):
    queue, path = site.subscribed()
    for number in range(40):
        site.nodes[number % 2].send(queue, number)
        # So that the lease is renewed meanwhile.
        time.sleep(0.08)
    until(lambda: len(site.receiver.at(path)) >= 40)
    for number in (40, 41):
        site.nodes[number % 2].send(queue, number)
    until(lambda: len(site.receiver.at(path)) >= 42)
    assert site.receiver.bodies(path) == list(range(42))


@pytest.mark.feature("F119")
def test_a_node_that_is_stopped_hands_its_outbox_over(site):
    """Whoever takes it says in its log whether it was released or had to be waited for."""
    holder, other = site.roles()
    queue, path = site.subscribed()
    for number in range(20):
        other.send(queue, number)
    holder.server.stop()
    try:
        for number in range(20, 40):
            other.send(queue, number)
        until(lambda: set(site.receiver.bodies(path)) == set(range(40)))
        until(lambda: lease_taken(other) == "released")
        assert all(len(each) == 1 for each in identifiers(site.receiver.at(path)).values())
    finally:
        holder.server.start()


@pytest.mark.feature("F119")
@pytest.mark.timeout(180)
def test_what_was_acknowledged_is_delivered_by_the_other_node_when_one_is_killed(redis_site):
    site = redis_site
    holder, other = site.roles()
    queue, path = site.subscribed()
    with posting(holder, other, queue) as acknowledged:
        until(lambda: len(site.receiver.at(path)) >= 40)
        holder.server.kill()
        before = len(acknowledged)
        until(lambda: len(acknowledged) >= before + 40)
    try:
        until(lambda: set(site.receiver.bodies(path)) >= set(acknowledged), seconds=LEASE_AND_MORE)
        until(lambda: lease_taken(other) == "ended")
        # What comes twice can be told by its id.
        assert all(len(each) == 1 for each in identifiers(site.receiver.at(path)).values())
    finally:
        holder.server.start()
    assert site.roles()[0] is other, "the node that is back leaves the outbox to the one that serves it"
