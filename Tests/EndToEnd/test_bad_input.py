"""Broken requests to every endpoint: always 4xx with a reason, nothing changed, and the server goes on."""

import json

import pytest
import requests

from harness import raw
from harness.api import JSON_PATCH, Api, check, refused, unique
from harness.broken import BODIES, DEEP, ENDPOINTS

PROJECT = "bad-input"
every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)


def state(api):
    """All that a request could have changed."""

    def members(pool):
        return {key: value for key, value in pool.items() if key != "probe"}

    return json.dumps(
        [
            check(api.get("/v2/queues?limit=20&detailed=true"), 200),
            [{**message, "age": 0} for message in api.everything("target")],
            [members(pool) for pool in check(api.get("/v2/pools?detailed=true"), 200)["pools"]],
            check(api.get("/v2/flavors?detailed=true"), 200),
        ],
        sort_keys=True,
    )


@pytest.fixture(scope="module")
def site(module_server):
    """A server with one queue, a claimed message, a free one and a flavor, for all refusals to share."""
    server = module_server()
    api = Api(server.url, PROJECT)
    api.create("target", team="a")
    api.send("target", "claimed", "free")
    claim = api.claim("target", limit=1, ttl=43200)
    check(api.put("/v2/flavors/capable", json={"capabilities": ["FIFO"]}), 201)
    api.port, api.claim_id, api.before = server.port, claim.id, None
    api.before = state(api)
    return api


@pytest.fixture(autouse=True)
def unharmed(site):
    """After every test: nothing has changed, and the server answers."""
    yield
    assert site.get("/v2/ping").status_code == 204
    before, site.before = site.before, state(site)
    assert site.before == before


def send(site, endpoint, body, headers=()):
    media = JSON_PATCH if endpoint.name == "update queue" else "application/json"
    return site.request(
        endpoint.method,
        endpoint.path.format(claim=site.claim_id),
        data=body,
        headers={"Content-Type": media, **dict(headers)},
    )


def reason(answer):
    """A raw answer that is 4xx with a title, and a description if it is 400."""
    assert answer.status_code and 400 <= answer.status_code < 500, answer
    body = answer.json()
    assert body["title"], answer
    if answer.status_code == 400:
        assert body["description"], answer
    return body


# Bodies


@every_endpoint
@pytest.mark.parametrize("kind", BODIES)
def test_a_body_that_is_no_json_document_is_refused(site, endpoint, kind):
    sound = json.dumps(endpoint.sound).encode()
    body = {"truncated": sound[:-1], "trailing text": sound + b" x"}.get(kind, BODIES[kind])
    refused(send(site, endpoint, body), 400)


@every_endpoint
@pytest.mark.parametrize("kind", ["nested arrays", "huge integer", "not UTF-8", "4,000 digits"])
def test_a_sound_document_with_one_broken_value_is_refused(site, endpoint, kind):
    broken = {
        "nested arrays": DEEP,
        "huge integer": b"9223372036854775808",
        "not UTF-8": b'"\xff"',
        "4,000 digits": b"1" * 4000,
    }[kind]
    if isinstance(endpoint.sound, list):
        body = b'[{"op": "add", "path": "/metadata/a", "value": ' + broken + b"}]"
    elif endpoint.name == "post":
        body = b'{"messages": [{"body": ' + broken + b"}]}"
    else:
        body = json.dumps(endpoint.sound).encode()[:-1] + b', "extra": ' + broken + b"}"
    refused(send(site, endpoint, body), 400)


@every_endpoint
def test_a_missing_body_is_refused_where_one_is_needed(site, endpoint):
    if not endpoint.optional:
        refused(send(site, endpoint, b""), 400)


@every_endpoint
def test_a_document_of_the_wrong_shape_is_refused(site, endpoint):
    wrong = b"{}" if isinstance(endpoint.sound, list) else b"[]"
    refused(send(site, endpoint, wrong), 400)
    refused(send(site, endpoint, b"[[]]"), 400)


@pytest.mark.parametrize(
    "name, body",
    [
        ("create queue", b'{"a": 1, "b": 2, "a": 3}'),
        ("post", b'{"messages": [], "messages": [{"body": 1}]}'),
        ("post", b'{"messages": [{"body": 1, "body": 2}]}'),
        ("post", b'{"messages": [{"body": 1, "ttl": 60, "ttl": 61}]}'),
        ("claim", b'{"ttl": 60, "ttl": 61}'),
        ("renew", b'{"ttl": 60, "grace": 60, "ttl": 61}'),
        ("purge", b'{"resource_types": ["messages"], "resource_types": []}'),
        ("update queue", b'[{"op": "add", "path": "/metadata/a", "value": 1, "value": 2}]'),
        ("create pool", b'{"uri": "sqlite:x", "weight": 1, "weight": 2}'),
        ("update pool", b'{"weight": 1, "weight": 2}'),
        ("create flavor", b'{"pool_list": ["embedded"], "pool_list": []}'),
        ("update flavor", b'{"pool_list": ["embedded"], "pool_list": ["embedded"]}'),
        ("post", b'{"messages": [{"body": 1, "b\\u006fdy": 2}]}'),
    ],
)
def test_a_repeated_member_of_the_envelope_is_refused(site, name, body):
    endpoint = next(entry for entry in ENDPOINTS if entry.name == name)
    refused(send(site, endpoint, body), 400)


@every_endpoint
@pytest.mark.parametrize("length", [True, False], ids=["with its length", "chunked"])
def test_a_body_of_ten_megabytes_is_refused(site, endpoint, length):
    body = b'{"a": "' + b"x" * 10_000_000 + b'"}'
    media = JSON_PATCH if endpoint.name == "update queue" else "application/json"
    headers = [f"Content-Type: {media}"]
    if not length:
        headers.append("Transfer-Encoding: chunked")
        body = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    answer = raw.request(
        site.port,
        endpoint.method,
        endpoint.path.format(claim=site.claim_id),
        headers,
        body,
        project=PROJECT,
        length=length,
    )
    assert answer.status_code in (400, 413), answer
    assert reason(answer)


def test_ordinary_clients_can_read_the_refusal_of_a_large_body(site):
    for _ in range(3):
        refused(site.post("/v2/queues/target/messages", data=b"x" * 1_000_000), 400, "Invalid API request")


@pytest.mark.parametrize(
    "lines, body",
    [
        (["Transfer-Encoding: chunked"], b"zz\r\n{}\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        (["Content-Length: -1"], b"{}"),
        (["Content-Length: abc"], b"{}"),
        (["Content-Length: 99999999999999999999999"], b"{}"),
        (["Content-Length: 2", "Content-Length: 3"], b"{}x"),
    ],
    ids=str,
)
def test_broken_framing_is_refused(site, lines, body):
    answer = raw.request(site.port, "POST", "/v2/queues/target/messages", lines, body, PROJECT, length=False)
    assert answer.status_code is None or 400 <= answer.status_code < 500, answer


def test_a_body_that_ends_early_has_no_effect(site):
    head = (
        f"POST /v2/queues/target/messages HTTP/1.1\r\nHost: x\r\nX-Project-ID: {PROJECT}\r\n"
        "Client-ID: 3381af92-2b9e-11e3-b191-71861300734c\r\nContent-Length: 100\r\n\r\n"
    )
    import socket

    for fragment in (b"", b'{"messages": [{"body": 1}]}'):
        with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
            connection.sendall(head.encode() + fragment)


# Types, missing fields and bounds: one request each, all others are in the files of their areas


@pytest.mark.parametrize(
    "method, path, document",
    [
        ("PUT", "/v2/queues/fresh", {"_default_message_ttl": "60"}),
        ("PUT", "/v2/queues/fresh", {"_max_claim_count": ["1"]}),
        ("PUT", "/v2/queues/fresh", {"_flavor": "no such flavor"}),
        ("POST", "/v2/queues/target/messages", {}),
        ("POST", "/v2/queues/target/messages", {"messages": {}}),
        ("POST", "/v2/queues/target/messages", {"messages": [{}]}),
        ("POST", "/v2/queues/target/messages", {"messages": [{"body": 1, "ttl": 59}]}),
        ("POST", "/v2/queues/target/messages", {"messages": [{"body": 1, "ttl": 1209601}]}),
        ("POST", "/v2/queues/target/messages", {"messages": [{"body": 1}, {"body": 1, "ttl": []}]}),
        ("POST", "/v2/queues/target/claims", {"ttl": 59}),
        ("POST", "/v2/queues/target/claims", {"grace": 43201}),
        ("POST", "/v2/queues/target/claims", {"limit": 21}),
        ("POST", "/v2/queues/target/claims", {"limit": "x"}),
        ("POST", "/v2/queues/target/claims?limit=21", {}),
        ("POST", "/v2/queues/target/claims?limit=x", {}),
        ("PATCH", "/v2/queues/target/claims/{claim}", {"ttl": 43201}),
        ("POST", "/v2/queues/target/purge", {"resource_types": [{}]}),
        ("PUT", "/v2/pools/fresh", {"uri": "sqlite:x"}),
        ("PUT", "/v2/pools/fresh", {"uri": "sqlite:x", "weight": -1}),
        ("PUT", "/v2/pools/fresh", {"uri": "sqlite:x", "weight": 2**32}),
        ("PUT", "/v2/pools/fresh", {"uri": "sqlite:../../outside", "weight": 1}),
        ("PUT", "/v2/pools/fresh", {"uri": "sqlite:a\x00b", "weight": 1}),
        ("PUT", "/v2/pools/fresh", {"uri": "sqlite:", "weight": 1}),
        ("PATCH", "/v2/pools/embedded", {"weight": 2**32}),
        ("PATCH", "/v2/pools/embedded", {"options": {"x": 1}}),
        ("PUT", "/v2/flavors/fresh", {"pool_list": [None]}),
        ("PUT", "/v2/flavors/fresh", {"capabilities": {"NONE": 1}}),
        ("PATCH", "/v2/flavors/capable", {"pool_list": {}}),
        ("GET", "/v2/queues?limit=21", None),
        ("GET", "/v2/queues?limit=-1", None),
        ("GET", "/v2/queues?limit=99999999999999999999", None),
        ("GET", "/v2/queues?detailed=2", None),
        ("GET", "/v2/queues/target/messages?limit=0", None),
        ("GET", "/v2/queues/target/messages?echo=x", None),
        ("GET", "/v2/queues/target/messages?ids=" + ",".join("abcdefghijklmnopqrstu"), None),
        ("DELETE", "/v2/queues/target/messages", None),
        ("DELETE", "/v2/queues/target/messages?pop=21", None),
        ("DELETE", "/v2/queues/target/messages?pop=1&ids=a", None),
        ("DELETE", "/v2/queues/target/messages?ids=" + ",".join("abcdefghijklmnopqrstu"), None),
        ("GET", "/v2/pools?limit=21", None),
        ("GET", "/v2/flavors?limit=0", None),
    ],
    ids=str,
)
def test_a_value_of_the_wrong_type_or_just_out_of_bounds_is_refused(site, method, path, document):
    refused(site.request(method, path.format(claim=site.claim_id), json=document), 400)


# Targets

NAMES = [
    "%00",
    "a%00b",
    "a%2Fb",
    "%2F",
    "%2e%2e%2fx",
    "%C3%28",
    "%FF",
    "%zz",
    "%",
    "a%4",
    "%E2%82%AC",
    "a" * 65,
    "a%0d%0aX-Evil:%201",
    "%20",
    "a%20b",
    "a%25b",
    "a;b",
    "a'b",
    "a%22b",
    "%3Cb%3E",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "method, suffix",
    [
        ("GET", ""),
        ("PUT", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("HEAD", ""),
        ("GET", "/messages"),
        ("POST", "/messages"),
        ("DELETE", "/messages?pop=1"),
        ("POST", "/claims"),
        ("GET", "/stats"),
        ("POST", "/purge"),
    ],
)
def test_a_bad_queue_name_is_refused_by_every_route(site, name, method, suffix):
    body = b'{"messages": [{"body": 1}]}' if method == "POST" and suffix == "/messages" else None
    answer = raw.request(site.port, method, f"/v2/queues/{name}{suffix}", body=body, project=PROJECT)
    assert answer.status_code and 400 <= answer.status_code < 500, answer
    if method != "HEAD":
        reason(answer)
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize("name", ["%00", "a%00b", "%zz", "%", "%FF", "%C3%28", "p" * 5000])
@pytest.mark.parametrize(
    "kind, document",
    [("pools", {"uri": "sqlite:bad-name", "weight": 0}), ("flavors", {"capabilities": ["FIFO"]})],
)
def test_a_bad_pool_or_flavor_name_is_refused(site, name, kind, document):
    if kind == "pools":
        document = {**document, "uri": f"sqlite:{unique()}"}
    body = json.dumps(document).encode()
    reason(raw.request(site.port, "PUT", f"/v2/{kind}/{name}", body=body, project=PROJECT))
    for method in ("GET", "DELETE"):
        answer = raw.request(site.port, method, f"/v2/{kind}/{name}", project=PROJECT)
        assert (method == "DELETE" and answer.status_code == 204) or reason(answer)


@pytest.mark.parametrize(
    "identifier", ["%00", "a%2Fb", "%FF", "%zz", "x" * 5000, "..%2f..", "'%20or%201=1", "%0a"]
)
def test_a_bad_message_or_claim_id_is_nothing_that_exists(site, identifier):
    for kind in ("messages", "claims"):
        path = f"/v2/queues/target/{kind}/{identifier}"
        reason(raw.request(site.port, "GET", path, project=PROJECT))
        answer = raw.request(site.port, "DELETE", path, project=PROJECT)
        assert answer.status_code == 204 or reason(answer)
    path = f"/v2/queues/target/claims/{identifier}"
    reason(raw.request(site.port, "PATCH", path, body=b'{"ttl": 60}', project=PROJECT))


@pytest.mark.parametrize(
    "query",
    [
        "marker=%00",
        "marker=%FF",
        "marker=%zz",
        "marker=-1",
        "marker=" + "9" * 400,
        "marker='",
        "marker=" + "m" * 4000,
        "marker=%2e%2e%2f",
        "&&&",
        "=",
        "marker",
        "limit=5&" * 500,
    ],
)
@pytest.mark.parametrize("path", ["/v2/queues", "/v2/queues/target/messages", "/v2/pools", "/v2/flavors"])
def test_a_bad_marker_or_query_is_never_a_fault_of_the_server(site, path, query):
    answer = raw.request(site.port, "GET", f"{path}?{query}", project=PROJECT)
    assert answer.status_code == 200 or reason(answer)
    if path.endswith("messages") and answer.status_code == 200 and query.startswith("marker="):
        assert answer.json() == {"messages": [], "links": []}


@pytest.mark.parametrize(
    "line",
    [
        "GET",
        "GET /v2/ping",
        "GET  HTTP/1.1",
        "G\x00T /v2/ping HTTP/1.1",
        "GET /v2/ping HTTP/9.9",
        "\x16\x03\x01\x02",
        "GET http://[::1 HTTP/1.1",
        "GET /v2/queues/" + "q" * 200000 + " HTTP/1.1",
    ],
    ids=lambda line: repr(line[:30]),
)
def test_a_broken_request_line_does_no_harm(site, line):
    answer = raw.exchange(site.port, line.encode("latin-1") + b"\r\nConnection: close\r\n\r\n", timeout=60)
    assert answer.status_code is None or 400 <= answer.status_code < 500 or answer.status_code == 505, answer


# Headers


@pytest.mark.parametrize(
    "method, path",
    [(endpoint.method, endpoint.path) for endpoint in ENDPOINTS]
    + [
        ("GET", "/v2/queues"),
        ("GET", "/v2/queues/target"),
        ("DELETE", "/v2/queues/target"),
        ("GET", "/v2/queues/target/stats"),
        ("GET", "/v2/queues/target/messages"),
        ("DELETE", "/v2/queues/target/messages?pop=1"),
        ("DELETE", "/v2/queues/target/claims/{claim}"),
        ("GET", "/v2/queues/target/route"),
        ("DELETE", "/v2/pools/embedded"),
        ("DELETE", "/v2/flavors/capable"),
    ],
)
def test_no_route_works_without_its_headers(site, method, path):
    path = path.format(claim=site.claim_id)
    for headers, title in [
        ({"Client-ID": None}, "Missing header value"),
        ({"Client-ID": "x"}, "Wrong UUID value"),
        ({"X-Project-ID": None}, "Project-Id Missing"),
        ({"X-Project-ID": ""}, "Empty project header not allowed"),
    ]:
        refused(site.request(method, path, headers=headers), 400, title)


@pytest.mark.parametrize("name", ["X-Project-ID", "Client-ID", "X-Anything", "Accept"])
@pytest.mark.parametrize("size", [20_000, 1_000_000])
def test_a_huge_header_is_refused_or_ignored(site, name, size):
    answer = raw.request(site.port, "GET", "/v2/queues/target", [f"{name}: {'x' * size}"], project=PROJECT)
    if name == "X-Anything" and size < 100_000:
        assert answer.status_code == 200 or 400 <= answer.status_code < 500, answer
    else:
        assert answer.status_code and 400 <= answer.status_code < 500, answer


def test_header_values_with_odd_bytes_are_refused_or_taken_as_names(site):
    for value in ("caf\u00e9", "a\tb", "x" * 300):
        answer = raw.request(site.port, "GET", "/v2/queues/target/messages", project=value)
        assert answer.status_code < 500, answer
        assert answer.status_code != 200 or answer.json()["messages"] == []


def test_many_headers_are_refused_or_ignored(site):
    answer = raw.request(site.port, "GET", "/v2/ping", [f"X-{number}: y" for number in range(5000)])
    assert answer.status_code == 204 or 400 <= answer.status_code < 500, answer


def test_connections_that_say_nothing_do_not_stop_others(site):
    import socket

    silent = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(200)]
    try:
        assert requests.get(site.url + "/", timeout=60).status_code == 300
    finally:
        for connection in silent:
            connection.close()
