"""Requests that wait for messages: `Prefer: wait=N` on claims and listings."""

import contextlib
import re
import selectors
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.api import Api, check, refused, unique
from harness.older import OlderApi
from harness.pools import register
from harness.stores import Redis, wait_until


def patient(api, seconds):
    """The same client, on a connection of its own, that waits when it claims or lists."""
    return PatientApi(api, seconds)


class PatientApi:
    def __init__(self, api, seconds):
        self.api = api.with_client(api.client_id)
        self.headers = {"Prefer": f"wait={seconds}"}

    def claim(self, queue, limit=10):
        return self.api.post(f"/v2/queues/{queue}/claims?limit={limit}", headers=self.headers)

    def list(self, queue, query="echo=true"):
        return self.api.get(f"/v2/queues/{queue}/messages?{query}", headers=self.headers)


def waiting(url):
    metrics = Api(url).get("/metrics").text
    return int(re.search(r"^weir_waiting_requests (\d+)$", metrics, re.MULTILINE)[1])


@contextlib.contextmanager
def waiters(url, *works):
    """Begins these in threads, each once the one before it waits; yields their futures."""
    before = waiting(url)
    with ThreadPoolExecutor(max(1, len(works))) as pool:
        futures = []
        for work in works:
            futures.append(pool.submit(work))
            wait_until(lambda: waiting(url) >= before + len(futures))
        yield futures


@pytest.fixture(scope="module")
def server(module_server):
    return module_server(env={"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1"})


# Answers


def test_a_claim_waits_for_a_message_and_gets_it_at_once(server, api, queue):
    begun = time.monotonic()
    with waiters(server.url, lambda: patient(api, 20).claim(queue)) as (answer,):
        (identifier,) = api.send(queue, {"late": True})
        response = answer.result(20)
    messages = check(response, 201)["messages"]
    assert [message["id"] for message in messages] == [identifier]
    assert response.headers["Preference-Applied"] == "wait=20"
    assert time.monotonic() - begun < 15


def test_a_claim_waits_for_a_queue_that_is_not_there_yet(server, api):
    queue = unique()
    with waiters(server.url, lambda: patient(api, 20).claim(queue)) as (answer,):
        api.send(queue, 1)
        assert len(check(answer.result(30), 201)["messages"]) == 1


def test_a_listing_waits_for_a_message_and_shows_it(server, api, queue):
    works = [lambda: patient(api, 20).list(queue) for _ in range(3)]
    with waiters(server.url, *works) as answers:
        api.send(queue, 1)
        for answer in answers:
            assert [message["body"] for message in check(answer.result(30), 200)["messages"]] == [1]


def test_a_listing_waits_for_what_comes_after_its_marker_and_not_for_its_own(server, api, queue):
    (first,) = api.send(queue, 1)
    other = api.with_client()
    works = [
        lambda: patient(api, 20).list(queue, f"echo=true&marker={first}"),
        lambda: patient(api, 20).list(queue, "limit=5"),
    ]
    with waiters(server.url, *works) as (after, foreign):
        api.send(queue, 2)
        assert [message["body"] for message in check(after.result(30), 200)["messages"]] == [2]
        assert not foreign.done()
        other.send(queue, 3)
        assert [message["body"] for message in check(foreign.result(30), 200)["messages"]] == [3]


def test_without_messages_the_answer_is_as_empty_as_ever_once_the_time_is_over(api, queue):
    begun = time.monotonic()
    response = patient(api, 1).claim(queue)
    assert response.status_code == 204 and response.content == b""
    assert time.monotonic() - begun >= 0.99
    assert check(patient(api, 1).list(queue), 200) == {"messages": [], "links": []}
    assert time.monotonic() - begun >= 1.98


def test_nobody_waits_where_there_is_something(api, queue):
    api.send(queue, 1, 2)
    response = patient(api, 100).list(queue)
    assert len(check(response, 200)["messages"]) == 2
    assert response.headers["Preference-Applied"] == "wait=20"
    assert len(check(patient(api, 20).claim(queue), 201)["messages"]) == 2


@pytest.mark.parametrize(
    "prefer", ["wait=0", "wait=-1", "wait=1.5", "wait=soon", "wait", "respond-async", '""']
)
def test_other_preferences_are_not_waited_for(api, queue, prefer):
    response = api.post(f"/v2/queues/{queue}/claims", headers={"Prefer": prefer})
    assert response.status_code == 204
    assert ("Preference-Applied" in response.headers) == (prefer == "wait=0")


@pytest.mark.parametrize("prefer", ['respond-async, WAIT="1"', "wait=1;x=y, wait=20"])
def test_the_header_is_read_as_its_standard_says(api, queue, prefer):
    response = api.post(f"/v2/queues/{queue}/claims", headers={"Prefer": prefer})
    assert response.status_code == 204 and response.headers["Preference-Applied"] == "wait=1"


def test_bad_requests_are_refused_before_any_wait(api, queue):
    headers = {"Prefer": "wait=20"}
    for path, body in (("claims?limit=21", None), ("claims", {"ttl": 1}), ("claims", {"grace": 1})):
        refused(
            api.post(f"/v2/queues/{queue}/{path}", json=body, headers=headers), 400, "Invalid API request"
        )
    refused(api.get(f"/v2/queues/{queue}/messages?limit=21", headers=headers), 400, "Invalid API request")
    bad = api.get(f"/v2/queues/{queue}/messages?marker=nonsense", headers=headers)
    assert check(bad, 200)["messages"] == []


# What wakes


def test_a_release_wakes_those_that_wait(server, api, queue):
    api.send(queue, 1)
    claim = api.claim(queue)
    works = [lambda: patient(api, 20).claim(queue), lambda: patient(api, 20).list(queue)]
    with waiters(server.url, works[1]) as (listing,):
        with waiters(server.url, works[0]) as (answer,):
            check(api.delete(claim.href), 204)
            assert len(check(answer.result(30), 201)["messages"]) == 1
        api.send(queue, 2)
        assert listing.result(30).status_code == 200


def test_the_end_of_a_delay_is_noticed(api):
    queue = api.create(_default_message_delay=2)
    begun = time.monotonic()
    api.send(queue, 1)
    assert len(check(patient(api, 20).list(queue), 200)["messages"]) == 1
    assert time.monotonic() - begun >= 1.9
    api.send(queue, 2)
    assert len(check(patient(api, 20).claim(queue), 201)["messages"]) >= 1


def test_of_many_that_wait_for_one_message_each_the_first_come_are_the_first_served(server, api, queue):
    works = [lambda: patient(api, 20).claim(queue, limit=1) for _ in range(10)]
    with waiters(server.url, *works) as answers:
        for index in range(3):
            api.send(queue, index)
            (message,) = check(answers[index].result(30), 201)["messages"]
            assert message["body"] == index
        assert not any(answer.done() for answer in answers[3:])
        api.send(queue, *range(3, 10))
        rest = [check(answer.result(30), 201)["messages"] for answer in answers[3:]]
    assert sorted(message["body"] for (message,) in rest) == list(range(3, 10))


def test_version_1_waits_too(server, api, queue):
    old = OlderApi(server.url, "v1", api.project)
    path = f"/queues/{queue}/messages?echo=true"
    headers = {"Prefer": "wait=20"}
    with waiters(server.url, lambda: old.get(path, headers=headers)) as (listing,):
        api.send(queue, 1)
        assert len(check(listing.result(30), 200)["messages"]) == 1
    terms = {"ttl": 60, "grace": 60}
    check(old.post(f"/queues/{queue}/claims", json=terms, headers=headers), 201)
    response = old.post(f"/queues/{queue}/claims", json=terms, headers={"Prefer": "wait=1"})
    assert response.status_code == 204 and response.headers["Preference-Applied"] == "wait=1"


def test_a_topic_is_waited_for_too(server, api):
    path = f"/v2/topics/{unique()}/messages"
    headers = {"Prefer": "wait=20"}
    reader = api.with_client()
    with waiters(server.url, lambda: reader.get(path, headers=headers)) as (listing,):
        check(api.post(path, json={"messages": [{"body": "news"}]}), 201)
        (message,) = check(listing.result(30), 200)["messages"]
    assert message["body"] == "news" and message["href"].startswith(path + "/")


# Ends


def test_a_caller_that_hangs_up_waits_no_longer_and_takes_nothing(server, api, queue):
    request = (
        f"POST /v2/queues/{queue}/claims HTTP/1.1\r\nHost: x\r\nClient-ID: {api.client_id}\r\n"
        f"X-Project-ID: {api.project}\r\nPrefer: wait=20\r\nContent-Length: 0\r\n\r\n"
    )
    before = waiting(server.url)
    for ending in (lambda connection: connection.shutdown(socket.SHUT_WR), lambda connection: None):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(request.encode())
            wait_until(lambda: waiting(server.url) == before + 1)
            ending(connection)
        wait_until(lambda: waiting(server.url) == before, timeout=15)
    api.send(queue, 1)
    assert len(check(patient(api, 20).claim(queue), 201)["messages"]) == 1


def test_more_than_may_wait_are_told_to_come_back(start_server):
    server = start_server(env={"WEIR_LOG_LEVEL": "warning"})
    api = Api(server.url)
    queue = api.create()
    head = (
        f"GET /v2/queues/{queue}/messages HTTP/1.1\r\nHost: x\r\nClient-ID: {api.client_id}\r\n"
        f"X-Project-ID: {api.project}\r\nPrefer: wait=20\r\n\r\n"
    ).encode()

    def connect(_):
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 30))
        connection.sendall(head)
        selector.register(connection, selectors.EVENT_READ)

    def are_all_there():
        # Those that have waited to their end before the last one came begin anew.
        for key, _ in selector.select(0):
            if key.fileobj.recv(65536).startswith(b"HTTP/1.1 200"):
                key.fileobj.sendall(head)
        return waiting(server.url) == 1000

    with contextlib.ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        # Several at once: the last one must be there before the first one has waited to its end.
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(connect, range(1000)))
        wait_until(are_all_there)
        response = patient(api, 20).claim(queue)
        refused(response, 503, "Service temporarily unavailable")
        assert response.headers["Retry-After"] == "1"
        api.send(queue, 1)
        assert len(check(patient(api, 20).claim(queue), 201)["messages"]) == 1


def test_a_node_that_stops_answers_those_that_wait(start_server):
    # Longer than a server may take to stop: one that only let them wait would not end in time.
    server = start_server(env={"WEIR_SERVER_SHUTDOWN_GRACE_SECONDS": 300})
    api = Api(server.url)
    queue = api.create()
    works = [
        lambda: patient(api, 20).claim(queue),
        lambda: patient(api, 20).list(queue),
        lambda: patient(api, 20).claim(unique()),
    ]
    begun = time.monotonic()
    with waiters(server.url, *works) as (claim, listing, other):
        server.stop()
        assert claim.result(30).status_code == 204 and other.result(30).status_code == 204
        assert check(listing.result(30), 200)["messages"] == []
    assert time.monotonic() - begun < 20


# Several nodes


@pytest.fixture
def redis(tmp_path):
    store = Redis(tmp_path / "redis", appendonly="no")
    store.start()
    yield store
    store.kill()


def test_what_comes_through_another_node_is_found(start_server, redis, tmp_path):
    catalog = Redis(tmp_path / "catalog", appendonly="no")
    catalog.start()
    try:
        project = unique("project")
        one, two = (Api(start_server(arguments=["--catalog", catalog.uri]).url, project) for _ in range(2))
        register(one, "shared", uri=redis.uri)
        wait_until(lambda: two.get("/v2/pools/shared").status_code == 200)
        queue = one.create()
        works = [lambda: patient(two, 20).claim(queue), lambda: patient(two, 20).list(queue)]
        with waiters(two.url, works[1]) as (listing,):
            one.send(queue, 1)
            assert len(check(listing.result(30), 200)["messages"]) == 1
        check(one.delete(f"/v2/queues/{queue}/messages?pop=1"), 200)
        with waiters(two.url, works[0]) as (answer,):
            one.send(queue, 2)
            (message,) = check(answer.result(30), 201)["messages"]
        assert message["body"] == 2
        with waiters(two.url, works[1]) as (listing,):
            check(one.delete(f"/v2/queues/{queue}/claims/{message['href'].rpartition('=')[2]}"), 204)
            assert len(check(listing.result(30), 200)["messages"]) == 1
    finally:
        catalog.kill()
