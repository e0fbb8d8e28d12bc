"""What a connection does beyond one request at a time: requests sent ahead, closing, and clients that do not read."""

import contextlib
import json
import re
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from harness.api import Api
from harness.server import binary, environment, free_port
from harness.stores import wait_until

CLIENT = "3381af92-2b9e-11e3-b191-71861300734c"


@contextlib.contextmanager
def connected(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        yield connection, connection.makefile("rb")


def request(method, path, body=b"", *headers, version="1.1", project="connections"):
    lines = [
        f"{method} {path} HTTP/{version}",
        "Host: x",
        f"Client-ID: {CLIENT}",
        f"X-Project-ID: {project}",
        *headers,
    ]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def posting(queue, text, *headers, **options):
    body = json.dumps({"messages": [{"body": text}]}).encode()
    return request("POST", f"/v2/queues/{queue}/messages", body, *headers, **options)


def answer(stream):
    """Status, headers and body of the next answer; None at the end of the connection."""
    line = stream.readline()
    if not line:
        return None
    headers = {}
    while (field := stream.readline()) not in (b"\r\n", b""):
        name, _, value = field.decode().partition(":")
        headers[name.lower()] = value.strip()
    return int(line.split()[1]), headers, stream.read(int(headers.get("content-length", 0)))


def test_requests_sent_ahead_are_answered_in_their_order(server):
    api = Api(server.url)
    queue = api.create()
    sent = b"".join(
        posting(queue, number, project=api.project) + request("GET", f"/v2/queues/{queue}/missing-{number}")
        for number in range(100)
    )
    with connected(server.port) as (connection, stream):
        threading.Thread(target=connection.sendall, args=(sent,), daemon=True).start()
        for _ in range(100):
            assert answer(stream)[0] == 201
            assert answer(stream)[0] == 404
    bodies, marker = [], None
    while page := api.get(
        f"/v2/queues/{queue}/messages?echo=true&limit=20" + (f"&marker={marker}" if marker else "")
    ).json():
        if not page["messages"]:
            break
        bodies += [message["body"] for message in page["messages"]]
        marker = page["links"][0]["href"].rpartition("marker=")[2].partition("&")[0]
    assert bodies == list(range(100))


def test_a_client_that_has_closed_its_side_is_answered(server):
    with connected(server.port) as (connection, stream):
        connection.sendall(request("GET", "/v2/ping") + posting("half-closed", "x"))
        connection.shutdown(socket.SHUT_WR)
        assert answer(stream)[0] == 204
        assert answer(stream)[0] == 201
        assert answer(stream) is None


@pytest.mark.parametrize(
    "version, header, stays",
    [("1.1", None, True), ("1.1", "close", False), ("1.0", None, False), ("1.0", "keep-alive", True)],
)
def test_a_connection_stays_as_long_as_the_client_wants(server, version, header, stays):
    headers = [f"Connection: {header}"] if header else []
    with connected(server.port) as (connection, stream):
        connection.sendall(request("GET", "/v2/ping", b"", *headers, version=version))
        status, fields, _ = answer(stream)
        assert status == 204
        if stays:
            connection.sendall(request("GET", "/v2/ping", b"", *headers, version=version))
            assert answer(stream)[0] == 204
        else:
            assert fields["connection"] == "close"
            assert answer(stream) is None


def test_a_client_that_asks_whether_to_send_its_body_is_told_to(server):
    head, _, body = posting("expecting", "x", "Expect: 100-continue").partition(b"\r\n\r\n")
    with connected(server.port) as (connection, stream):
        connection.sendall(head + b"\r\n\r\n")
        assert answer(stream)[0] == 100
        connection.sendall(body)
        assert answer(stream)[0] == 201


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(server):
    head = posting("expecting", "x" * 5_000_000, "Expect: 100-continue").partition(b"\r\n\r\n")[0]
    with connected(server.port) as (connection, stream):
        connection.sendall(head + b"\r\n\r\n")
        assert answer(stream)[0] == 400


def test_what_was_sent_before_nonsense_is_answered_and_then_the_connection_ends(server):
    with connected(server.port) as (connection, stream):
        connection.sendall(posting("before-nonsense", "x") + b"\x00\x01 no request\r\n\r\n" + b"more" * 1000)
        assert answer(stream)[0] == 201
        status, headers, body = answer(stream)
        assert (status, headers["connection"]) == (400, "close")
        assert json.loads(body)["title"] == "400 Bad Request"
        assert headers["x-openstack-request-id"].startswith("req-")
        assert answer(stream) is None


@pytest.mark.parametrize("version, body", [("1.0", "x"), ("1.1", "")], ids=["1.0", "no-body"])
def test_only_who_waits_with_a_body_is_told_to_send_it(server, version, body):
    with connected(server.port) as (connection, stream):
        connection.sendall(request("GET", "/v2/ping", body.encode(), "Expect: 100-continue", version=version))
        assert answer(stream)[0] == 204


def test_what_follows_the_last_request_is_nobody_s(server):
    with connected(server.port) as (connection, stream):
        connection.sendall(posting("last", "x", "Connection: close") + b"junk\r\n")
        status, headers, _ = answer(stream)
        assert (status, headers["connection"]) == (201, "close")
        assert answer(stream) is None


@pytest.mark.parametrize(
    "method, target, headers",
    [
        ("CONNECT", "other.example:443", []),
        ("GET", "/v2/queues/waited-for/messages", ["Prefer: wait=2", "Connection: upgrade", "Upgrade: h2c"]),
    ],
    ids=["connect", "upgrade"],
)
def test_what_is_sent_behind_a_request_for_another_protocol_is_not_gathered(start_server, method, target, headers):
    server = start_server()
    with connected(server.port) as (connection, stream):
        before = resident_bytes(server)
        connection.sendall(request(method, target, b"", *headers))
        connection.settimeout(10)
        with contextlib.suppress(OSError):
            for _ in range(200):
                connection.sendall(b"x" * 1_000_000)
        assert resident_bytes(server) - before < 50_000_000


def resident_bytes(server):
    pages = int(open(f"/proc/{server.process.pid}/statm").read().split()[1])
    return pages * 4096


def test_a_client_that_does_not_read_stops_being_read(start_server):
    server = start_server()
    api = Api(server.url)
    queue = api.create()
    for _ in range(10):
        api.send(queue, "x" * 40_000)
    listing = request("GET", f"/v2/queues/{queue}/messages?echo=true", project=api.project)
    api.get(f"/v2/queues/{queue}/messages?echo=true")
    count = 400
    with connected(server.port) as (connection, stream):
        sender = threading.Thread(target=connection.sendall, args=(listing * count,), daemon=True)
        before = resident_bytes(server)
        sender.start()
        grown, over = 0, time.monotonic() + 2
        while time.monotonic() < over:
            grown = max(grown, resident_bytes(server) - before)
            time.sleep(0.05)
        assert grown < 64 << 20, "all the answers together have 160 MB"
        assert api.get("/v2/ping").status_code == 204
        for _ in range(count):
            status, _, body = answer(stream)
            assert status == 200 and len(body) > 400_000


def test_connections_beyond_the_limit_wait_and_the_log_says_so_once(start_server):
    server = start_server(env={"WEIR_SERVER_MAX_CONNECTIONS": 3})

    def said():
        return [event for event in server.events() if event["event"] == "connection limit reached"]

    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(connected(server.port)) for _ in range(5)]
        for connection, _ in streams:
            connection.sendall(request("GET", "/v2/ping"))
        for _, stream in streams[:3]:
            assert answer(stream)[0] == 204
        wait_until(said)
        (event,) = said()
        assert event["level"] == "warning" and event["server.max_connections"] == "3"
        for served in range(2):
            streams[served][0].close()
            streams[served][1].close()
        for _, stream in streams[3:]:
            assert answer(stream)[0] == 204
    assert len(said()) == 1


@contextlib.contextmanager
def limited(directory, ulimit):
    """A server that was started under a limit of open files; its process and its lines up to that it listens."""
    command = [binary(), "serve", "--listen", f"127.0.0.1:{free_port()}", "--data", str(directory / "data")]
    shell = ["sh", "-c", f'ulimit {ulimit} && exec "$@"', "sh"]
    process = subprocess.Popen(shell + command, stderr=subprocess.PIPE, text=True, env=environment())
    try:
        events = []
        while not events or events[-1]["event"] != "listening":
            events.append(json.loads(process.stderr.readline()))
        yield process, events
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_server_makes_room_for_its_connections(tmp_path):
    with limited(tmp_path, "-Sn 300") as (process, events):
        assert not [event for event in events if event["event"] == "too few open files"]
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        assert re.search(r"^Max open files +4608 ", limits, re.MULTILINE)


def test_a_server_that_may_have_too_few_files_open_says_so(tmp_path):
    with limited(tmp_path, "-n 300") as (_, events):
        (event,) = [event for event in events if event["event"] == "too few open files"]
        assert event["level"] == "warning"
        assert "300 files" in event["reason"] and "it wants 4608" in event["reason"]
