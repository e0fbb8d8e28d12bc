"""Subscriptions over WebSocket, and messages that are pushed to connections (websocket contract, section 5)."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from harness.api import Api, check, unique
from harness.pools import register
from harness.server import environment
from harness.sockets import Socket
from harness.stores import Redis

HERE = Path(__file__).parent
#: Clients of the run with many; a tenth of them is half open.
CLIENTS = int(os.environ.get("WEIR_SOCKETS", "1000"))
DEADLINE = 120


@pytest.fixture(params=[False, True], ids=["json", "msgpack"])
def ws(server, request):
    with Socket(server.url, unique("project"), packed=request.param) as connection:
        yield connection


@pytest.fixture
def same(server, ws):
    return Api(server.url, ws.project)


def subscribe(connection, queue, **members):
    answer = connection.call("subscription_create", 201, queue_name=queue, **members)
    assert answer["message"] == f"Subscription to {queue} created."
    return answer["subscription_id"]


def eventually(condition, deadline=DEADLINE):
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


# Actions


@pytest.mark.feature("F147")
def test_subscriptions_with_a_subscriber_are_those_of_http(ws, same):
    hook = "http://hooks.example/jobs"
    identifier = subscribe(ws, "jobs", subscriber=hook, ttl=300, options={"a": 1})
    shown = ws.call("subscription_get", queue_name="jobs", subscription_id=identifier)
    assert (shown["id"], shown["subscriber"], shown["ttl"], shown["options"]) == (
        identifier,
        hook,
        300,
        {"a": 1},
    )
    (listed,) = ws.call("subscription_list", queue_name="jobs")["subscriptions"]
    # Its age goes on from one answer to the next.
    assert listed.pop("age") >= shown.pop("age") and listed == shown
    assert check(same.get(f"/v2/queues/jobs/subscriptions/{identifier}"), 200)["subscriber"] == hook
    again = ws.call("subscription_create", 409, queue_name="jobs", subscriber=hook)
    assert isinstance(again, str) and "jobs" in again
    named = {"queue_name": "jobs", "subscription_id": identifier}
    assert ws.call("subscription_delete", 204, **named) == f"Subscription {identifier} removed."
    ws.refused("subscription_get", 404, [identifier], **named)
    assert ws.call("subscription_list", queue_name="jobs") == {"subscriptions": []}
    ws.call("subscription_delete", 204, **named)


@pytest.mark.feature("F147")
@pytest.mark.parametrize(
    "members, mentions",
    [
        ({"subscriber": "gopher://hooks.example"}, ["subscriber"]),
        ({"subscriber": "websocket:stolen"}, ["subscriber"]),
        ({"subscriber": "http://hooks.example", "ttl": 59}, ["ttl", "60"]),
        ({"ttl": 59}, ["ttl", "60"]),
        ({"ttl": "60"}, ["ttl"]),
        ({"subscriber": 5}, ["subscriber"]),
        ({"options": []}, ["options"]),
    ],
)
def test_wrong_subscriptions_are_refused(ws, members, mentions):
    ws.refused("subscription_create", 400, mentions, queue_name="jobs", **members)


@pytest.mark.feature("F147")
def test_a_purge_ends_subscriptions(ws):
    subscribe(ws, "jobs", subscriber="http://hooks.example/")
    subscribe(ws, "jobs")
    ws.call("queue_purge", 204, queue_name="jobs", resource_types=["messages"])
    assert len(ws.call("subscription_list", queue_name="jobs")["subscriptions"]) == 2
    ws.call("queue_purge", 204, queue_name="jobs")
    assert ws.call("subscription_list", queue_name="jobs") == {"subscriptions": []}


# Pushes


@pytest.mark.feature("F148", "F149")
def test_a_subscribed_connection_gets_each_message_once_and_in_order(ws, same):
    same.send("jobs", "before")
    subscribe(ws, "jobs", ttl=300)
    bodies = [{"n": number, "text": "é 😀", "float": 0.5, "big": 9007199254740993} for number in range(50)]
    for start in range(0, 50, 5):
        same.send("jobs", *bodies[start : start + 5], ttl=300)
    pushes = [ws.push() for _ in bodies]
    assert pushes[0] == {"ttl": 300, "body": bodies[0], "Message_Type": "Notification", "queue_name": "jobs"}
    assert [push["body"] for push in pushes] == bodies
    ws.call("queue_list")
    assert ws.pushes == []


@pytest.mark.feature("F148")
def test_one_connection_follows_several_queues_and_its_own_posts(ws):
    subscribe(ws, "one")
    subscribe(ws, "two")
    ws.send("one", 1)
    ws.send("two", 2)
    ws.send("three", 3)
    found = {push["queue_name"]: push["body"] for push in (ws.push(), ws.push())}
    assert found == {"one": 1, "two": 2}


@pytest.mark.feature("F148")
def test_delayed_queues_say_so(ws, same):
    same.create("jobs", _default_message_delay=600)
    subscribe(ws, "jobs")
    same.send("jobs", 1, ttl=300)
    assert ws.push() == {
        "ttl": 300,
        "body": 1,
        "delay": 600,
        "Message_Type": "Notification",
        "queue_name": "jobs",
    }


@pytest.mark.feature("F149")
def test_pushes_take_the_form_of_the_last_subscription(server):
    with Socket(server.url, unique("project")) as ws:
        api = Api(server.url, ws.project)
        subscribe(ws, "one")
        ws.packed = True
        subscribe(ws, "two")
        ws.packed = False
        ws.call("queue_list")
        api.send("one", 1)
        opcode, _ = ws.ws.recv_data()
        assert opcode == 2
        ws.refused("subscription_create", 400, ["ttl"], queue_name="three", ttl=1)
        api.send("two", 2)
        opcode, _ = ws.ws.recv_data()
        assert opcode == 2
        subscribe(ws, "three")
        api.send("one", 3)
        opcode, data = ws.ws.recv_data()
        assert opcode == 1 and json.loads(data)["body"] == 3


@pytest.mark.feature("F148")
def test_a_connection_subscribes_to_a_queue_once(ws):
    subscribe(ws, "jobs")
    assert isinstance(ws.call("subscription_create", 409, queue_name="jobs"), str)
    for number in range(63):
        subscribe(ws, f"queue-{number}")
    ws.refused("subscription_create", 400, ["64"], queue_name="one-more")


@pytest.mark.feature("F147", "F148")
def test_a_deleted_subscription_pushes_no_more(ws, same):
    first = subscribe(ws, "jobs")
    subscribe(ws, "other")
    ws.call("subscription_delete", 204, queue_name="jobs", subscription_id=first)
    same.send("jobs", "nobody wants it")
    same.send("other", "wanted")
    assert ws.push()["body"] == "wanted"


@pytest.mark.feature("F148")
def test_one_post_of_many_messages_reaches_a_connection_that_reads(ws, same):
    subscribe(ws, "jobs")
    same.send("jobs", *range(5000))
    assert [ws.push()["body"] for _ in range(5000)] == list(range(5000))


@pytest.mark.feature("F147", "F148")
@pytest.mark.parametrize("end", ["http", "purge"])
def test_who_subscribes_again_gets_each_message_once(ws, same, end):
    first = subscribe(ws, "jobs")
    if end == "http":
        check(same.delete(f"/v2/queues/jobs/subscriptions/{first}"), 204)
    else:
        ws.call("queue_purge", 204, queue_name="jobs")
    subscribe(ws, "jobs")
    same.send("jobs", 1, 2)
    assert [ws.push()["body"] for _ in range(2)] == [1, 2]
    ws.call("queue_list")
    assert ws.pushes == []


@pytest.mark.feature("F147")
def test_subscriptions_that_were_deleted_elsewhere_take_no_room(ws, same):
    for number in range(64):
        identifier = subscribe(ws, f"queue-{number}")
        check(same.delete(f"/v2/queues/queue-{number}/subscriptions/{identifier}"), 204)
    subscribe(ws, "one-more")


@pytest.mark.feature("F147", "F148")
def test_a_deletion_from_another_queue_ends_nothing(ws, same):
    identifier = subscribe(ws, "jobs")
    ws.call("subscription_delete", 204, queue_name="other", subscription_id=identifier)
    same.send("jobs", "still wanted")
    assert ws.push()["body"] == "still wanted"


# Whose they are


@pytest.mark.feature("F151", "F147")
def test_listings_show_the_connection_and_its_end_removes_it(server, ws, same):
    hook = subscribe(ws, "jobs", subscriber="http://hooks.example/")
    with Socket(server.url, ws.project) as other:
        identifier = subscribe(other, "jobs", ttl=300)
        listed = check(same.get("/v2/queues/jobs/subscriptions"), 200)["subscriptions"]
        (mine,) = [each for each in listed if each["id"] == identifier]
        assert mine["subscriber"].startswith("websocket:") and mine["ttl"] == 300 and mine["source"] == "jobs"
    path = f"/v2/queues/jobs/subscriptions/{identifier}"
    eventually(lambda: same.get(path).status_code == 404)
    assert ws.call("subscription_get", queue_name="jobs", subscription_id=hook)["id"] == hook


@pytest.mark.feature("F151")
def test_a_stopped_server_leaves_no_subscriptions(start_server):
    server = start_server()
    api = Api(server.url)
    # Held, since a socket that Python lets go of is closed, and takes its subscription with it.
    connections = [Socket(server.url, api.project) for _ in range(5)]
    for connection in connections:
        subscribe(connection, "jobs")
    assert len(check(api.get("/v2/queues/jobs/subscriptions"), 200)["subscriptions"]) == 5
    server.restart()
    for connection in connections:
        connection.close()
    assert check(api.get("/v2/queues/jobs/subscriptions"), 200)["subscriptions"] == []


# Several nodes


@pytest.mark.feature("F150", "F148")
def test_messages_of_all_nodes_reach_a_connection_of_one(start_server, tmp_path):
    with contextlib.ExitStack() as stack:
        catalog, pool = Redis(tmp_path / "catalog"), Redis(tmp_path / "pool")
        for store in (catalog, pool):
            store.start()
            stack.callback(store.stop)
        project = unique("project")
        nodes = [Api(start_server(arguments=["--catalog", catalog.uri]).url, project) for _ in range(2)]
        register(nodes[0], "shared", uri=pool.uri)
        with Socket(nodes[0].url, project) as near, Socket(nodes[1].url, project, packed=True) as far:
            subscribe(near, "jobs")
            subscribe(far, "jobs")
            for number in range(60):
                nodes[number % 2].send("jobs", number)
            for connection in (near, far):
                assert [connection.push()["body"] for _ in range(60)] == list(range(60))
            listed = check(nodes[1].get("/v2/queues/jobs/subscriptions"), 200)["subscriptions"]
            assert len({each["subscriber"] for each in listed}) == 2
            near.call("queue_list")
            far.call("queue_list")
            assert near.pushes == far.pushes == []


def places_of(store, text):
    """In how many keys of a Redis the text stands."""
    script = (
        "local n = 0 for _, key in ipairs(redis.call('KEYS', '*')) do "
        "if string.find(redis.call('DUMP', key), ARGV[1], 1, true) then n = n + 1 end end return n"
    )
    command = ["redis-cli", "-p", str(store.port), "EVAL", script, "0", text]
    return int(subprocess.check_output(command, text=True))


@pytest.mark.feature("F150", "F148")
def test_a_node_that_was_away_too_long_ends_its_connections(start_server, tmp_path):
    with contextlib.ExitStack() as stack:
        catalog, pool = Redis(tmp_path / "catalog"), Redis(tmp_path / "pool")
        for store in (catalog, pool):
            store.start()
            stack.callback(store.stop)
        pool.configure("rdbcompression", "no")
        project = unique("project")
        frozen, other = (start_server(arguments=["--catalog", catalog.uri]) for _ in range(2))
        register(Api(other.url, project), "shared", uri=pool.uri)
        api = Api(other.url, project)
        with Socket(frozen.url, project) as ws:
            subscribe(ws, "jobs")
            api.send("jobs", "before")
            assert ws.push()["body"] == "before"
            frozen.process.send_signal(signal.SIGSTOP)
            stack.callback(frozen.process.send_signal, signal.SIGCONT)
            api.send("jobs", "missed")
            # What was delivered goes from the outbox after five seconds.
            assert places_of(pool, "missed") == 2
            eventually(lambda: places_of(pool, "missed") == 1)
            frozen.process.send_signal(signal.SIGCONT)
            assert ws.closing() == 1013


# Many


@contextlib.contextmanager
def crowd(server, project, queues, clients, messages):
    """A process with many connections; it has subscribed when the block begins."""
    terms = {
        "url": server.url,
        "project": project,
        "queues": queues,
        "clients": clients,
        "messages": messages,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.crowd", json.dumps(terms)],
        cwd=HERE,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def connections(server):
    metrics = requests.get(server.url + "/metrics", timeout=60).text
    (line,) = [line for line in metrics.splitlines() if line.startswith("weir_websocket_connections ")]
    return int(line.split()[1])


def memory(server):
    """The most that the server ever had in memory, in MiB."""
    (line,) = [line for line in open(f"/proc/{server.process.pid}/status") if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


@pytest.mark.timeout(600)
@pytest.mark.feature("F148")
def test_many_clients_get_each_message_once_and_half_open_ones_are_cut(start_server):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    settings = {"WEIR_WEBSOCKET_PING_INTERVAL_SECONDS": 3, "WEIR_WEBSOCKET_PONG_TIMEOUT_SECONDS": 20}
    server = start_server(env=settings)
    api = Api(server.url)
    before = descriptors(server)
    queues = [f"queue-{number}" for number in range(10)]
    half_open = CLIENTS // 10
    # Two processes, so that neither is too busy with what it gets to answer pings in time.
    counts = [CLIENTS // 2, CLIENTS - CLIENTS // 2 - half_open]
    with contextlib.ExitStack() as stack:
        awake = [stack.enter_context(crowd(server, api.project, queues, count, 100)) for count in counts]
        with crowd(server, api.project, queues, half_open, 100) as asleep:
            assert connections(server) == CLIENTS
            asleep.send_signal(signal.SIGSTOP)
            for start in range(0, 100, 10):
                for queue in queues:
                    api.send(queue, *range(start, start + 10))
            for process, count in zip(awake, counts):
                assert json.loads(process.stdout.readline()) == [list(range(100))] * count
            eventually(lambda: connections(server) == CLIENTS - half_open)
            assert check(api.get("/v2/queues/queue-0/stats"), 200)["messages"]["total"] == 100
            peak = memory(server)
            print(f"{CLIENTS} clients, {half_open} of them half open: at most {peak:.0f} MiB")
            assert peak < 300
        for process, count in zip(awake, counts):
            process.stdin.close()
            assert json.loads(process.stdout.readline()) == [100] * count
    # The client of this test keeps its connection.
    eventually(lambda: descriptors(server) <= before + 4)
    for queue in queues:
        path = f"/v2/queues/{queue}/subscriptions"
        eventually(lambda path=path: check(api.get(path), 200)["subscriptions"] == [])
