"""The queue API over WebSocket (websocket contract, sections 1 to 4, 6 and 7)."""

import json
import socket
import struct

import msgpack
import pytest
import requests
import websocket

from harness.api import check, unique
from harness.sockets import Socket

BODIES = [
    {"a": 1, "b": [True, False, None, {}], "c": {}},
    9223372036854775807,
    -9223372036854775808,
    0.1,
    1e300,
    -2.5,
    'é 語 😀 " \\ \n \u0000',
    "",
    [],
    None,
]


@pytest.fixture(params=[False, True], ids=["json", "msgpack"])
def ws(server, request):
    """A connection with a project of its own, in each of the two formats."""
    with Socket(server.url, unique("project"), packed=request.param) as connection:
        yield connection


@pytest.fixture
def text(server):
    with Socket(server.url, unique("project")) as connection:
        yield connection


@pytest.fixture
def same(server, ws):
    """The same project over HTTP, as another client."""
    from harness.api import Api

    return Api(server.url, ws.project)


# Envelopes


@pytest.mark.feature("F140", "F141")
def test_a_reply_repeats_the_request_and_comes_in_its_kind(ws):
    reply = ws.ask("queue_list")
    assert reply["body"] == {"queues": []} and reply["headers"] == {"status": 200}
    headers = {"X-Auth-Token": "secret", "More": [1, {"a": None}]}
    assert ws.ask("queue_list", {"limit": 5, "more": 1.5}, headers)["headers"]["status"] == 200


@pytest.mark.feature("F140", "F141")
def test_one_connection_speaks_both_formats(text):
    text.send("jobs", {"n": 1})
    text.packed = True
    assert text.call("message_list", queue_name="jobs", echo=True)["messages"][0]["body"] == {"n": 1}
    text.packed = False
    assert text.call("queue_get", queue_name="jobs") == {}


@pytest.mark.feature("F140")
def test_the_text_of_a_request_is_repeated_as_it_came(text):
    body = '{"queue_name": "jobs",  "messages": [{"ttl":60, "body":{"x":1.50,"y":"\\u00e9"}}]}'
    headers = f'{{"Client-ID":"{text.client_id}", "X-Project-ID":"{text.project}"}}'
    text.ws.send(f'{{"body": {body}, "headers": {headers}, "action": "message_post"}}')
    answer = text.ws.recv()
    assert f'"body":{body}' in answer and f'"headers":{headers}' in answer
    page = text.ask("message_list", {"queue_name": "jobs", "echo": True})
    assert page["body"]["messages"][0]["body"] == {"x": 1.5, "y": "é"}


@pytest.mark.feature("F140", "F141", "F145")
@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_bodies_survive_in_either_format(ws, same, body):
    (identifier,) = ws.send("jobs", body)
    assert ws.call("message_get", queue_name="jobs", message_id=identifier)["messages"]["body"] == body
    assert check(same.get(f"/v2/queues/jobs/messages/{identifier}"), 200)["body"] == body
    other = Socket(same.url, ws.project, packed=not ws.packed)
    with other:
        assert other.call("message_list", queue_name="jobs")["messages"][0]["body"] == body


@pytest.mark.feature("F140")
def test_the_text_of_a_message_body_is_kept_to_the_byte(text, server):
    raw = '{"n":  1.500, "big":12345678901234567, "dup":1, "dup":2, "half":"\\ud800"}'
    message = f'{{"action": "message_post", "headers": {{"Client-ID": "{text.client_id}", "X-Project-ID": "{text.project}"}}, '
    text.ws.send(message + f'"body": {{"queue_name": "jobs", "messages": [{{"body": {raw}}}]}}}}')
    identifier = json.loads(text.ws.recv())["body"]["message_ids"][0]
    headers = {"Client-ID": text.client_id, "X-Project-ID": text.project}
    shown = requests.get(f"{server.url}/v2/queues/jobs/messages/{identifier}", headers=headers, timeout=60)
    assert raw in shown.text


@pytest.mark.feature("F141")
def test_binary_data_count_as_text_if_they_are_text(text):
    text.packed = True
    request = {
        b"action": b"queue_list",
        "headers": {"Client-ID": text.client_id.encode(), "X-Project-ID": text.project},
    }
    text.ws.send_binary(msgpack.packb(request))
    assert text.reply()["headers"]["status"] == 200
    request["headers"]["X-Project-ID"] = b"\xff"
    text.ws.send_binary(msgpack.packb(request))
    assert text.reply()["headers"]["status"] == 400


# Errors


@pytest.mark.feature("F140")
@pytest.mark.parametrize(
    "frame", ["", "{", "nonsense", '{"action": "queue_list", "action": "queue_list"}', "[1]", "5", '"x"']
)
def test_what_cannot_be_read_is_refused_and_nothing_of_it_repeated(text, frame):
    text.ws.send(frame)
    reply = text.reply()
    assert reply["request"] == {"action": None, "body": {}, "headers": {}, "api": "v2"}
    assert reply["headers"] == {"status": 400} and set(reply["body"]) == {"error"}
    text.call("queue_list")


@pytest.mark.feature("F141")
@pytest.mark.parametrize(
    "frame", [b"", b"\xc1", b"\x81", b"\x81\x01\x02", b"\x93\x01\x02\x03", b"\xd4\x01\x00", b"\x80\x80"]
)
def test_broken_messagepack_is_refused_in_messagepack(text, frame):
    text.ws.send_binary(frame)
    opcode, data = text.ws.recv_data()
    assert opcode == websocket.ABNF.OPCODE_BINARY
    reply = msgpack.unpackb(data)
    assert reply["headers"] == {"status": 400} and set(reply["body"]) == {"error"}
    text.call("queue_list")


UNIMPLEMENTED = ["get_home_doc", "check_node_health", "ping_node"] + [
    f"{thing}_{verb}"
    for thing in ("pool", "flavor")
    for verb in ("list", "create", "get", "update", "delete")
]


@pytest.mark.feature("F153", "F140")
@pytest.mark.parametrize("action", ["nonsense", "", "QUEUE_LIST", None, 5, {"a": 1}, *UNIMPLEMENTED])
def test_an_unknown_action_is_refused_and_the_connection_lives_on(ws, action):
    reply = ws.ask(action)
    assert reply["headers"] == {"status": 400}
    assert reply["body"]["error"].endswith(" is not a valid action")
    ws.call("queue_list")


@pytest.mark.feature("F140")
@pytest.mark.parametrize(
    "action, body, headers, mentions",
    [
        ("queue_list", {}, {"Client-ID": None}, "Client-ID"),
        ("queue_list", {}, {"X-Project-ID": None}, "X-Project-ID"),
        ("queue_list", {}, {"X-Project-ID": 5}, "X-Project-ID"),
        ("queue_list", {}, {"X-Auth-Token": 5}, "X-Auth-Token"),
        ("queue_list", {"limit": "5"}, {}, "limit"),
        ("queue_list", {"limit": 5.0}, {}, "limit"),
        ("queue_list", {"detailed": 1}, {}, "detailed"),
        ("queue_list", {"marker": None}, {}, "marker"),
        ("queue_list", [], {}, "body"),
        ("queue_get", None, {}, "queue_name"),
        ("queue_get", {}, {}, "queue_name"),
        ("queue_create", {"queue_name": 5}, {}, "queue_name"),
        ("queue_create", {"queue_name": "q", "metadata": []}, {}, "metadata"),
        ("message_post", {"queue_name": "q"}, {}, "messages"),
        ("message_post", {"queue_name": "q", "messages": {}}, {}, "messages"),
        ("message_post", {"queue_name": "q", "messages": [{"ttl": 60}]}, {}, "messages[0]"),
        ("message_get", {"queue_name": "q"}, {}, "message_id"),
        ("message_get_many", {"queue_name": "q", "message_ids": "x"}, {}, "message_ids"),
        ("message_delete_many", {"queue_name": "q", "message_ids": [5]}, {}, "message_ids"),
        ("claim_get", {"queue_name": "q"}, {}, "claim_id"),
        ("claim_create", {"queue_name": "q", "ttl": None}, {}, "ttl"),
    ],
)
def test_what_is_missing_or_of_the_wrong_type_fails_the_schema(ws, action, body, headers, mentions):
    reply = ws.ask(action, body, headers)
    assert reply["headers"] == {"status": 400}, reply
    assert reply["body"]["error"] == "Schema validation failed."
    assert mentions in reply["body"]["exception"]


@pytest.mark.feature("F140")
@pytest.mark.parametrize(
    "action, body, mentions",
    [
        ("queue_list", {"limit": 0}, ["limit", "20"]),
        ("queue_create", {"queue_name": "not a name"}, ["queue_name", "64"]),
        (
            "queue_create",
            {"queue_name": "q", "metadata": {"_default_message_ttl": 1}},
            ["_default_message_ttl"],
        ),
        ("queue_purge", {"queue_name": "q", "resource_types": ["pools"]}, ["resource_types"]),
        ("message_post", {"queue_name": "q", "messages": []}, ["messages"]),
        ("message_post", {"queue_name": "q", "messages": [{"body": 1, "ttl": 1}]}, ["messages[0].ttl", "60"]),
        ("message_post", {"queue_name": "q", "messages": [{"body": "x" * 262_140}]}, ["messages", "262144"]),
        ("message_get_many", {"queue_name": "q", "message_ids": []}, ["message_ids"]),
        ("message_get_many", {"queue_name": "q", "message_ids": ["x"] * 21}, ["20"]),
        ("message_delete_many", {"queue_name": "q"}, ["message_ids", "pop"]),
        ("message_delete_many", {"queue_name": "q", "message_ids": ["x"], "pop": 1}, ["message_ids", "pop"]),
        ("message_delete_many", {"queue_name": "q", "pop": 21}, ["pop", "20"]),
        ("claim_create", {"queue_name": "q", "ttl": 1}, ["ttl", "60"]),
        ("claim_create", {"queue_name": "q", "limit": 0}, ["limit", "20"]),
    ],
)
def test_values_out_of_range_are_refused_with_field_and_limit(ws, action, body, mentions):
    ws.refused(action, 400, mentions, **body)


@pytest.mark.feature("F140")
def test_client_ids_and_projects_are_checked_as_over_http(ws):
    ws.refused("queue_list", 400, ["Client-ID"], headers={"Client-ID": "nobody"})
    for project in ("", "p" * 257, "\u0001topics:p1"):
        ws.refused("queue_list", 400, ["X-Project-ID"], headers={"X-Project-ID": project})
    ws.call("queue_list", headers={"Client-ID": ws.client_id.replace("-", "").upper()})


# Queues


@pytest.mark.feature("F144")
def test_queues_are_created_shown_listed_and_deleted(ws, same):
    assert (
        ws.call("queue_create", 201, queue_name="jobs", metadata={"team": "a", "n": 1.5})
        == "Queue jobs created."
    )
    assert ws.call("queue_create", 204, queue_name="jobs", metadata={"team": "b"}) == "Queue jobs created."
    assert ws.call("queue_get", queue_name="jobs") == {"team": "a", "n": 1.5}
    assert same.metadata("jobs")["team"] == "a"
    assert ws.call("queue_get", queue_name="none") == {}
    same.create("other")
    assert ws.call("queue_list") == {"queues": [{"name": "jobs"}, {"name": "other"}]}
    detailed = ws.call("queue_list", detailed=True, limit=1)
    assert detailed == {"queues": [{"name": "jobs", "metadata": {"team": "a", "n": 1.5}}]}
    assert ws.call("queue_list", marker="jobs") == {"queues": [{"name": "other"}]}
    assert ws.call("queue_delete", 204, queue_name="jobs") == "Queue jobs removed."
    assert not same.exists("jobs")
    ws.call("queue_delete", 204, queue_name="jobs")


@pytest.mark.feature("F144")
def test_stats_and_purge(ws):
    zeros = {"messages": {"claimed": 0, "free": 0, "total": 0}}
    assert ws.call("queue_get_stats", 404, queue_name="jobs") == zeros
    first, *_, last = ws.send("jobs", *range(5))
    ws.call("claim_create", 201, queue_name="jobs", limit=2)
    stats = ws.call("queue_get_stats", queue_name="jobs")["messages"]
    assert (stats["claimed"], stats["free"], stats["total"]) == (2, 3, 5)
    assert set(stats["oldest"]) == {"id", "age", "created"}
    assert (stats["oldest"]["id"], stats["newest"]["id"]) == (first, last)
    assert ws.call("queue_purge", 204, queue_name="jobs", resource_types=["subscriptions"]) == {}
    assert ws.call("queue_get_stats", queue_name="jobs")["messages"]["free"] == 3
    assert ws.call("queue_purge", 204, queue_name="jobs") == {}
    assert ws.call("queue_get_stats", queue_name="jobs")["messages"]["free"] == 0


# Messages


@pytest.mark.feature("F145")
def test_messages_are_posted_listed_and_read(ws, same):
    ids = ws.send("jobs", *range(5), ttl=300)
    assert ws.call("message_list", queue_name="jobs") == {"messages": []}
    messages = ws.call("message_list", queue_name="jobs", echo=True)["messages"]
    assert [message["body"] for message in messages] == list(range(5))
    assert all(set(message) == {"id", "claim_id", "ttl", "age", "body"} for message in messages)
    assert all(message["claim_id"] is None and message["ttl"] == 300 for message in messages)
    assert [message["id"] for message in same.messages("jobs")] == ids
    page = ws.call("message_list", queue_name="jobs", echo=True, limit=2, marker=ids[1])["messages"]
    assert [message["body"] for message in page] == [2, 3]
    again = ws.call("message_get", queue_name="jobs", message_id=ids[2])["messages"]
    # Its age goes on from one answer to the next.
    assert again.pop("age") >= messages[2].pop("age") and again == messages[2]
    many = ws.call("message_get_many", queue_name="jobs", message_ids=[ids[3], "no-such-id", ids[1]])[
        "messages"
    ]
    assert sorted(message["body"] for message in many) == [1, 3]
    assert ws.call("message_get_many", queue_name="jobs", message_ids=["no-such-id"]) == {"messages": []}
    ws.refused("message_get", 404, ["no-such-id"], queue_name="jobs", message_id="no-such-id")
    ws.refused("message_list", 404, ["none"], queue_name="none")


@pytest.mark.feature("F145")
def test_other_clients_see_what_is_posted_over_http(ws, same):
    same.send("jobs", "over http")
    (message,) = ws.call("message_list", queue_name="jobs")["messages"]
    assert message["body"] == "over http"
    with Socket(same.url, ws.project, client_id=same.client_id) as twin:
        assert twin.call("message_list", queue_name="jobs") == {"messages": []}


@pytest.mark.feature("F145")
def test_delayed_messages_are_listed_on_demand(ws, same):
    same.create("jobs", _default_message_delay=600)
    ws.send("jobs", "later")
    assert ws.call("message_list", queue_name="jobs", echo=True) == {"messages": []}
    assert len(ws.call("message_list", queue_name="jobs", echo=True, include_delayed=True)["messages"]) == 1


@pytest.mark.feature("F145")
def test_messages_are_deleted_and_popped(ws):
    ids = ws.send("jobs", *range(8))
    assert ws.call("message_delete", 204, queue_name="jobs", message_id=ids[0]) == {}
    assert ws.call("message_delete_many", 204, queue_name="jobs", message_ids=[ids[1], "unknown"]) == {}
    popped = ws.call("message_delete_many", queue_name="jobs", pop=2)["messages"]
    assert [message["body"] for message in popped] == [2, 3]
    assert {"id", "age", "ttl", "body", "claim_id", "claim_count"} <= set(popped[0])
    claim = ws.call("claim_create", 201, queue_name="jobs", limit=1)
    ws.refused("message_delete", 403, queue_name="jobs", message_id=ids[4])
    ws.refused("message_delete", 400, queue_name="jobs", message_id=ids[5], claim_id=claim["claim_id"])
    ws.call("message_delete", 204, queue_name="jobs", message_id=ids[4], claim_id=claim["claim_id"])
    left = ws.call("message_list", queue_name="jobs", echo=True)["messages"]
    assert [message["body"] for message in left] == [5, 6, 7]


# Claims


@pytest.mark.feature("F146")
def test_claims_are_made_shown_renewed_and_released(ws):
    nothing = ws.call("claim_create", 204, queue_name="jobs")
    ws.refused("claim_get", 404, [nothing["claim_id"]], queue_name="jobs", claim_id=nothing["claim_id"])
    ids = ws.send("jobs", *range(3), ttl=600)
    claim = ws.call("claim_create", 201, queue_name="jobs", ttl=100, grace=60, limit=2)
    assert [message["id"] for message in claim["messages"]] == ids[:2]
    assert all(message["claim_id"] == claim["claim_id"] for message in claim["messages"])
    named = {"queue_name": "jobs", "claim_id": claim["claim_id"]}
    shown = ws.call("claim_get", **named)
    assert set(shown) == {"age", "ttl", "messages"} and shown["ttl"] == 100
    assert [message["body"] for message in shown["messages"]] == [0, 1]
    listed = ws.call("message_list", queue_name="jobs", echo=True, include_claimed=True)["messages"]
    assert [message["claim_id"] for message in listed] == [None] * 3
    assert ws.call("claim_update", 204, ttl=200, grace=60, **named) == f"Claim {claim['claim_id']} updated."
    assert ws.call("claim_get", **named)["ttl"] == 200
    ws.refused("claim_update", 400, ["ttl"], ttl=1, **named)
    assert ws.call("claim_delete", 204, **named) == f"Claim {claim['claim_id']} deleted."
    ws.refused("claim_get", 404, **named)
    ws.refused("claim_update", 404, ttl=100, **named)
    assert len(ws.call("message_list", queue_name="jobs", echo=True)["messages"]) == 3


# Who may do what


@pytest.mark.feature("F140")
def test_authenticate_is_welcome_where_nobody_has_to(ws):
    assert ws.call("authenticate", headers={"X-Auth-Token": "any"}) == {"message": "Authentified."}
    assert ws.call("authenticate", headers={"Client-ID": None}) == {"message": "Authentified."}
    ws.call("queue_list")


@pytest.fixture(scope="module")
def signing(module_server):
    return module_server(env={"WEIR_SIGNED_URL_SECRET_KEY": "0123456789abcdef0123456789abcdef"})


@pytest.mark.feature("F152")
def test_a_signature_allows_its_queue_and_its_methods_and_no_other(signing):
    from harness.api import Api

    api = Api(signing.url)
    for queue in ("jobs", "other", "jobs2"):
        api.create(queue)
    share = {"paths": ["messages"], "methods": ["GET", "POST"]}
    signed = check(api.post("/v2/queues/jobs/share", json=share), 200)
    headers = {
        "URL-Signature": signed["signature"],
        "URL-Expires": signed["expires"],
        "URL-Methods": signed["methods"],
        "URL-Paths": signed["paths"],
    }
    with Socket(signing.url, api.project) as ws:
        message = [{"body": 1}]
        (identifier,) = ws.call("message_post", 201, headers, queue_name="jobs", messages=message)[
            "message_ids"
        ]
        ws.call("message_list", 200, headers, queue_name="jobs")
        ws.call("message_get", 200, headers, queue_name="jobs", message_id=identifier)
        ws.call("message_get_many", 200, headers, queue_name="jobs", message_ids=[identifier])
        refused = [
            ("message_post", {"queue_name": "other", "messages": message}),
            ("message_post", {"queue_name": "jobs2", "messages": message}),
            ("message_list", {"queue_name": "other"}),
            ("message_delete", {"queue_name": "jobs", "message_id": identifier}),
            ("message_delete_many", {"queue_name": "jobs", "pop": 1}),
            ("queue_get", {"queue_name": "jobs"}),
            ("queue_list", {}),
            ("claim_create", {"queue_name": "jobs"}),
        ]
        for action, body in refused:
            ws.refused(action, 403, headers=headers, **body)
        changes = [
            {"URL-Signature": signed["signature"][::-1]},
            {"URL-Signature": None},
            {"URL-Expires": "2999-01-01T00:00:00"},
            {"URL-Methods": ["GET", "POST", "DELETE"]},
            {"URL-Paths": ["/v2/queues/jobs/messages", "/v2/queues/other/messages"]},
            {"X-Project-ID": unique("project")},
        ]
        for change in changes:
            ws.refused("message_list", 403, headers={**headers, **change}, queue_name="jobs")
        for change in ({"URL-Signature": 5}, {"URL-Paths": "/v2/queues/jobs/messages"}):
            ws.refused("message_list", 400, [*change], headers={**headers, **change}, queue_name="jobs")
        assert api.stats("jobs")["total"] == 1 and api.stats("other")["total"] == 0


@pytest.mark.feature("F152")
@pytest.mark.parametrize("packed", [False, True], ids=["json", "msgpack"])
def test_a_signature_for_deletion_deletes_and_pops_and_reads_nothing(signing, packed):
    from harness.api import Api

    api = Api(signing.url)
    queue = api.create()
    ids = api.send(queue, *range(5))
    share = {"paths": ["messages"], "methods": ["DELETE"]}
    signed = check(api.post(f"/v2/queues/{queue}/share", json=share), 200)
    lists = {"URL-Methods": signed["methods"], "URL-Paths": signed["paths"]}
    headers = {"URL-Signature": signed["signature"], "URL-Expires": signed["expires"], **lists}
    named = {"headers": headers, "queue_name": queue}
    with Socket(signing.url, api.project, packed=packed) as ws:
        ws.call("message_delete", 204, message_id=ids[0], **named)
        ws.call("message_delete_many", 204, message_ids=ids[1:3], **named)
        popped = ws.call("message_delete_many", pop=1, **named)["messages"]
        assert [message["body"] for message in popped] == [3]
        for action, members in [
            ("message_list", {}),
            ("message_get", {"message_id": ids[4]}),
            ("message_get_many", {"message_ids": ids[4:]}),
            ("message_post", {"messages": [{"body": 1}]}),
        ]:
            ws.refused(action, 403, **members, **named)
    assert api.bodies(queue) == [4]


# Connections


def handshake(server, *lines):
    """What the server answers to a request with these headers, up to the end of its head."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        request = ["GET /any HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *lines, "", ""]
        connection.sendall("\r\n".join(request).encode())
        data = b""
        while b"\r\n\r\n" not in data:
            part = connection.recv(65536)
            assert part, data
            data += part
        return int(data.split(b" ")[1]), data.decode("latin-1").lower()


UPGRADE = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")


@pytest.mark.feature("F140")
def test_upgrades_are_made_on_any_path_and_refused_by_name(server):
    status, head = handshake(server, *UPGRADE, "Sec-WebSocket-Version: 13")
    assert status == 101 and "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head
    status, head = handshake(server, *UPGRADE, "Sec-WebSocket-Version: 8")
    assert status == 426 and "sec-websocket-version: 13" in head
    assert handshake(server, *UPGRADE[:2], "Sec-WebSocket-Version: 13")[0] == 400
    assert handshake(server, UPGRADE[0], UPGRADE[2], "Sec-WebSocket-Version: 13")[0] == 400
    assert handshake(server, *UPGRADE, "Sec-WebSocket-Version: 13", "Origin: http://evil.example")[0] == 403
    assert (
        handshake(server, *UPGRADE, "Sec-WebSocket-Version: 13", f"Origin: http://127.0.0.1:{server.port}")[0]
        == 101
    )


@pytest.mark.feature("F140")
def test_other_upgrades_are_served_as_plain_http(server):
    status, head = handshake(
        server, "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk"
    )
    assert status == 404 and "connection: close" in head
    session = requests.Session()
    for _ in range(2):
        headers = {"Upgrade": "h2c", "Connection": "Upgrade"}
        assert session.get(server.url + "/healthz", headers=headers, timeout=60).status_code == 204


@pytest.mark.feature("F140")
def test_a_connection_may_speak_http_before_it_is_upgraded(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        host = f"Host: 127.0.0.1:{server.port}"
        connection.sendall(f"GET /healthz HTTP/1.1\r\n{host}\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 204")
        lines = "\r\n".join([f"GET / HTTP/1.1", host, *UPGRADE, "Sec-WebSocket-Version: 13", "", ""])
        connection.sendall(lines.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 101")
        connection.sendall(b"\x89\x81\x00\x00\x00\x00x")
        assert connection.recv(65536) == b"\x8a\x01x"


@pytest.mark.feature("F140")
def test_requests_sent_ahead_are_answered_in_their_order(text):
    headers = {"Client-ID": text.client_id, "X-Project-ID": text.project}
    for number in range(200):
        body = {"queue_name": "jobs", "messages": [{"body": number}]}
        text.write({"action": "message_post", "headers": headers, "body": body})
    for number in range(200):
        assert text.reply()["request"]["body"]["messages"] == [{"body": number}]
    found = []
    while len(found) < 200:
        body = {"marker": found[-1]["id"]} if found else {}
        found += text.call("message_list", queue_name="jobs", echo=True, limit=20, **body)["messages"]
    assert [message["body"] for message in found] == list(range(200))


@pytest.mark.feature("F140")
def test_messages_come_in_fragments_with_pings_between_them(text):
    request = {"action": "queue_list", "headers": {"Client-ID": text.client_id, "X-Project-ID": text.project}}
    data = json.dumps(request)
    frame = websocket.ABNF.create_frame
    text.ws.send_frame(frame(data[:5], websocket.ABNF.OPCODE_TEXT, fin=0))
    text.ws.ping("still there")
    text.ws.send_frame(frame(data[5:], websocket.ABNF.OPCODE_CONT, fin=1))
    opcode, payload = text.ws.recv_data(control_frame=True)
    assert (opcode, payload) == (websocket.ABNF.OPCODE_PONG, b"still there")
    assert text.reply()["headers"]["status"] == 200


def raw_frame(first, payload, masked=True):
    flag = 0x80 if masked else 0
    if len(payload) < 126:
        head = bytes([first, flag | len(payload)])
    else:
        head = bytes([first, flag | 127]) + struct.pack(">Q", len(payload))
    return head + (bytes(4) if masked else b"") + payload


@pytest.mark.feature("F140")
@pytest.mark.parametrize(
    "frame, code",
    [
        (raw_frame(0x81, b"{}", masked=False), 1002),
        (raw_frame(0xC1, b"{}"), 1002),
        (raw_frame(0x83, b"{}"), 1002),
        (raw_frame(0x80, b"{}"), 1002),
        (raw_frame(0x81, b'"\xff"'), 1007),
        (raw_frame(0x81, b" " * 400_000), 1009),
        (b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 1009),
        (raw_frame(0x88, b"\x03\xe8bye"), 1000),
    ],
)
def test_connections_end_with_the_code_that_says_why(text, frame, code):
    text.ws.sock.sendall(frame)
    assert text.closing() == code


@pytest.mark.feature("F140")
def test_a_post_as_large_as_http_takes_fits(ws, same):
    body = "x" * (262_144 - len('{"messages":[{"body":""}]}'))
    (identifier,) = ws.send("jobs", body)
    assert check(same.get(f"/v2/queues/jobs/messages/{identifier}"), 200)["body"] == body


@pytest.mark.feature("F140")
def test_a_stopping_server_says_goodbye(start_server):
    server = start_server()
    first, second = (Socket(server.url, unique("project")) for _ in range(2))
    first.send("jobs", 1)
    process = server.process
    process.terminate()
    assert first.closing() == 1001 and second.closing() == 1001
    for connection in (first, second):
        connection.ws.shutdown()
    assert process.wait(60) == 0
    server.process = None
    server.start()


@pytest.mark.feature("F140")
def test_a_second_port_speaks_websocket_alone(start_server):
    from harness.server import free_port

    port = free_port()
    server = start_server(env={"WEIR_DRIVERS_TRANSPORT_WEBSOCKET_PORT": port})
    other = f"http://127.0.0.1:{port}"
    project = unique("project")
    with Socket(other, project) as ws:
        ws.send("jobs", "by the second port")
    with Socket(server.url, project) as ws:
        assert ws.call("message_list", queue_name="jobs")["messages"][0]["body"] == "by the second port"
    answer = requests.get(other + "/v2/ping", timeout=60)
    assert answer.status_code == 426 and answer.headers["Upgrade"] == "websocket"


@pytest.mark.feature("F140")
def test_silent_and_idle_connections_do_not_stay(silence):
    # It answers pings while it reads, and is let go because it asks for nothing.
    assert silence.code.result() == 1000
    # It never read, so it answered none.
    with pytest.raises((websocket.WebSocketConnectionClosedException, OSError)):
        while True:
            silence.deaf.ws.recv_data()
    metrics = requests.get(silence.server.url + "/metrics", timeout=60).text
    assert 'weir_websocket_cuts_total{reason="half_open"} 1' in metrics


@pytest.mark.feature("F140")
def test_a_client_that_reads_nothing_is_cut_off(start_server):
    server = start_server(env={"WEIR_WEBSOCKET_SEND_TIMEOUT_SECONDS": 1})
    with Socket(server.url, unique("project")) as ws:
        ws.send("jobs", *["x" * 100_000] * 2)
        headers = {"Client-ID": ws.client_id, "X-Project-ID": ws.project}
        request = {"action": "message_list", "headers": headers, "body": {"queue_name": "jobs", "echo": True}}
        with pytest.raises((websocket.WebSocketException, OSError)):
            while True:
                ws.write(request)
    metrics = requests.get(server.url + "/metrics", timeout=60).text
    assert 'weir_websocket_cuts_total{reason="slow_reader"} 1' in metrics
