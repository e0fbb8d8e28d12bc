"""Queues move between all kinds of pools while producers and claimers work on them: `weir bench --verify` checks what they
see. Messages that are delayed, claimed, about to expire and deleted go along as they are.

`WEIR_MOVE_MESSAGES` sets how many messages the queue holds besides, for longer runs.
"""

import contextlib
import os
import re
import threading
import time

import pytest
import requests

from harness.api import Api, check, next_link, unique
from harness.migrations import show, start
from harness.pools import register
from harness.stores import Redis, ReplicaSet, wait_until
from test_faults import Verification

HELD = int(os.environ.get("WEIR_MOVE_MESSAGES", "2000"))
#: What producers post while the queue moves.
POSTED = max(4000, HELD // 4)
KINDS = ("sqlite", "redis", "mongodb")
BODY = "x" * 1000

pytestmark = pytest.mark.timeout(300 + HELD / 50)


@contextlib.contextmanager
def store_of(kind, directory, name):
    """The uri of a pool of this kind, and its Redis if it is one."""
    if kind == "sqlite":
        yield f"sqlite:{name}", None
        return
    store = Redis(directory) if kind == "redis" else ReplicaSet(directory, members=1)
    store.start()
    try:
        yield store.uri, store if kind == "redis" else None
    finally:
        store.stop()


@pytest.fixture
def pools(request, own, tmp_path):
    """A server with pools `source` and `target` of two kinds, and a flavor that has both."""
    source, target = request.param
    with contextlib.ExitStack() as stack:
        stores = {}
        for name, kind, weight in (("source", source, 100), ("target", target, 0)):
            uri, redis = stack.enter_context(store_of(kind, tmp_path / name, name))
            register(own, name, uri=uri, weight=weight)
            stores[name] = redis
        check(own.put("/v2/flavors/moving", json={"pool_list": ["source", "target"]}), 201)
        yield own, stores
        own.server.stop()


def fill(api, queue, count):
    """Messages that nobody takes while the test runs."""
    for begin in range(0, count, 20):
        bodies = [f"{number}-{BODY}" for number in range(begin, min(count, begin + 20))]
        api.send(queue, *bodies, ttl=7200, delay=900)


def held(api, queue):
    """What was filled in, by id, without the age."""
    found, href = {}, f"/v2/queues/{queue}/messages?limit=20&echo=true&include_claimed=true&include_delayed=true"
    while href:
        page = check(api.get(href), 200)
        for message in page["messages"]:
            body = message["body"]
            if isinstance(body, str) and body.endswith(BODY) and body.split("-")[0].isdigit():
                found[message["id"]] = (body, message["ttl"], message["href"], message.get("claim_count"))
        href = next_link(page)
    return found


def status_counts(server):
    """How many answers of each class of status the server gave."""
    text = requests.get(server.url + "/metrics", timeout=10).text
    found = re.findall(r'^weir_http_requests_total\{[^}]*"(\dxx)"[^}]*\} (\d+)', text, re.MULTILINE)
    assert found, "no counts of answers in /metrics"
    return {status: int(count) for status, count in found}


@pytest.mark.parametrize(
    "pools", [(source, target) for source in KINDS for target in KINDS], indirect=True, ids=lambda pair: "-".join(pair)
)
def test_a_busy_queue_moves_and_nobody_notices(pools):
    api, stores = pools
    arguments = ("--project", api.project, "--flavor", "moving", "--queues", "1", "--keep")
    load = ("--producers", "8", "--claimers", "8", "--body-bytes", "1024")
    with contextlib.closing(Verification(api.server, *arguments, *load, messages=POSTED)) as verification:
        wait_until(lambda: check(api.get("/v2/queues"), 200)["queues"], timeout=20)
        queue = check(api.get("/v2/queues"), 200)["queues"][0]["name"]
        assert api.route(queue)["pool"] == "source"
        fill(Api(api.url, api.project), queue, HELD)
        doomed = api.send(queue, *range(5), ttl=7200, delay=900)
        short = api.send(queue, "short", ttl=60, delay=900)
        before = held(api, queue)
        assert len(before) == HELD
        marker = api.page(queue, limit=5, include_delayed="true", include_claimed="true")
        ages = {message["id"]: (message["age"], time.time()) for message in marker["messages"]}
        migration = start(api, queue=queue, to="target", keep_source_seconds=0)
        deleted = threading.Thread(target=lambda: [api.delete(f"/v2/queues/{queue}/messages/{id}") for id in doomed])
        deleted.start()
        wait_until(lambda: show(api, migration)["state"] in ("done", "failed", "cancelled"), timeout=240)
        deleted.join()
        ended = show(api, migration)
        assert ended["state"] == "done" and ended["verified"], ended
        assert api.route(queue)["pool"] == "target"
        after = held(api, queue)
        assert after == before
        for id in doomed:
            assert api.get(f"/v2/queues/{queue}/messages/{id}").status_code == 404
        assert check(api.get(f"/v2/queues/{queue}/messages/{short[0]}"), 200)["ttl"] == 60
        # A marker that was held across the switch leads on.
        rest = check(api.get(next_link(marker)), 200)["messages"]
        assert not {message["id"] for message in rest} & {message["id"] for message in marker["messages"]}
        for id, (age, then) in ages.items():
            response = api.get(f"/v2/queues/{queue}/messages/{id}")
            if response.status_code == 200:
                assert abs(response.json()["age"] - age - (time.time() - then)) <= 2
        found, code = verification.result()
    assert code == 0 and found["ok"] and found["acknowledged"] == POSTED, found
    assert found["unknown_posts"] == found["unknown_claims"] == found["unknown_deletes"] == 0, found
    assert status_counts(api.server).get("5xx", 0) == 0
    if stores["source"] is not None:
        assert keys_of_queues(stores["source"]) == []


def keys_of_queues(redis):
    """Keys of a Redis that belong to a queue, but for the header that says that it has moved."""
    import socket

    with socket.create_connection(("127.0.0.1", redis.port), 5) as connection:
        connection.sendall(b"KEYS weir:{*\r\n")
        time.sleep(0.2)
        answer = connection.recv(1 << 20).decode()
    keys = [line for line in answer.split("\r\n") if line.startswith("weir:{")]
    return [key for key in keys if not key.endswith((":header", ":move"))]
