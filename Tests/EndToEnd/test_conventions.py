"""The order of checks, error bodies, JSON rules and query parameters."""

import socket
import uuid

import pytest
import requests

from harness.api import check, refused, unique

IDENTIFIER = uuid.UUID("3381af92-2b9e-4d3f-b191-71861300734c")


# Order of checks


@pytest.mark.feature("F019")
@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/v2/nowhere",
        "/v2/queues/q/nowhere",
        "/v2/ping/x",
        "/v2/queues/q/messages/m/x",
        "/v2/queues/q/claims/c/x",
        "/v4/",
    ],
)
def test_an_unknown_route_is_404_before_anything_else(server, path):
    bare = requests.post(
        server.url + path,
        data="a=b",
        timeout=60,
        headers={"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"},
    )
    refused(bare, 404, "404 Not Found")


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HTML = {"Accept": "text/html"}
NO_CLIENT = {"Client-ID": None}
BAD_CLIENT = {"Client-ID": "x"}
NO_PROJECT = {"X-Project-ID": None}


@pytest.mark.feature("F019", "F020")
@pytest.mark.parametrize(
    "headers, path, status, title",
    [
        ({**FORM, **HTML, **NO_CLIENT, **NO_PROJECT}, "/v2/queues/!", 400, "Invalid Content-Type"),
        ({**HTML, **NO_CLIENT, **NO_PROJECT}, "/v2/queues/!", 406, None),
        ({**NO_CLIENT, **NO_PROJECT}, "/v2/queues/!", 400, "Missing header value"),
        ({**BAD_CLIENT, **NO_PROJECT}, "/v2/queues/!", 400, "Wrong UUID value"),
        (NO_PROJECT, "/v2/queues/!", 400, "Project-Id Missing"),
        ({}, "/v2/queues/!", 400, "Invalid queue identification"),
        ({}, "/v2/queues/q", 405, "405 Method Not Allowed"),
    ],
)
def test_the_first_failing_check_wins(api, headers, path, status, title):
    response = api.post(path, data="not json", headers=headers)
    assert response.status_code == status, response.text
    if title:
        refused(response, status, title)


@pytest.mark.feature("F019")
def test_size_is_checked_before_syntax_and_syntax_before_values(api, queue):
    path = f"/v2/queues/{queue}/messages"
    refused(api.post(path, data=b"{" * 262145), 400, "Invalid API request")
    refused(api.post(path, data=b'{"messages": [{"body": 1, "ttl": 1}'), 400, "Invalid request body")
    refused(api.post(path, json={"messages": [{"body": 1, "ttl": 1}]}), 400, "Invalid API request")


@pytest.mark.feature("F019")
@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("POST", "/v2/queues", {"GET"}),
        ("DELETE", "/v2/queues", {"GET"}),
        ("POST", "/v2/queues/q", {"GET", "PUT", "PATCH", "DELETE"}),
        ("PUT", "/v2/queues/q/messages", {"GET", "POST", "DELETE"}),
        ("POST", "/v2/queues/q/messages/m", {"GET", "DELETE"}),
        ("GET", "/v2/queues/q/claims", {"POST"}),
        ("PUT", "/v2/queues/q/claims/c", {"GET", "PATCH", "DELETE"}),
        ("POST", "/v2/queues/q/stats", {"GET"}),
        ("GET", "/v2/queues/q/purge", {"POST"}),
        ("POST", "/v2/ping", {"GET", "HEAD"}),
        ("POST", "/v2/health", {"GET"}),
        ("POST", "/v2/pools", {"GET"}),
        ("POST", "/v2/pools/p", {"GET", "PUT", "PATCH", "DELETE"}),
        ("POST", "/v2/flavors", {"GET"}),
        ("POST", "/v2/flavors/f", {"GET", "PUT", "PATCH", "DELETE"}),
    ],
)
def test_a_wrong_method_is_405_with_the_allowed_ones(api, method, path, allowed):
    response = api.request(method, path)
    refused(response, 405, "405 Method Not Allowed")
    listed = {name.strip() for name in response.headers["Allow"].split(",")}
    assert allowed | {"OPTIONS"} <= listed and method not in listed


@pytest.mark.feature("F019")
@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/*",
        "application/json",
        "text/html, application/json;q=0.5",
        "text/html, */*;q=0.1",
    ],
)
def test_an_accept_that_admits_json_is_fine(api, accept):
    check(api.get("/v2/queues", headers={"Accept": accept}), 200)


@pytest.mark.feature("F019")
@pytest.mark.parametrize("accept", ["text/html", "application/xml", "text/*", "image/png, text/plain"])
def test_any_other_accept_is_406(api, accept):
    response = api.get("/v2/queues", headers={"Accept": accept})
    assert response.status_code == 406
    assert response.content == b"" or response.json()["title"] == "406 Not Acceptable"


# Error bodies and content types


@pytest.mark.feature("F018")
def test_errors_say_title_and_description_and_never_a_code(api, queue):
    for response, status, title in [
        (api.get("/v2/queues?limit=0"), 400, "Invalid API request"),
        (api.get("/v2/queues?limit=x"), 400, "Invalid parameter"),
        (api.post(f"/v2/queues/{queue}/messages", data="{"), 400, "Invalid request body"),
        (api.get("/v2/queues/a!"), 400, "Invalid queue identification"),
        (api.get(f"/v2/queues/{queue}/messages/none"), 404, "Not found"),
        (api.update(queue, {"op": "remove", "path": "/metadata/none"}), 409, "Resource conflict"),
        (api.get("/nowhere"), 404, "404 Not Found"),
    ]:
        body = refused(response, status, title)
        assert set(body) <= {"title", "description"}


@pytest.mark.feature("F018")
def test_an_error_names_the_field_and_its_limit(api, queue):
    error = refused(api.post(f"/v2/queues/{queue}/claims", json={"ttl": 59}), 400, "Invalid API request")
    assert "ttl" in error["description"].lower()
    assert "60" in error["description"] and "43200" in error["description"].replace(",", "")
    error = refused(api.get("/v2/queues?limit=x"), 400, "Invalid parameter")
    assert "limit" in error["description"]


@pytest.mark.feature("F020")
@pytest.mark.parametrize("value", ["application/x-www-form-urlencoded", "Application/X-WWW-Form-UrlEncoded"])
def test_form_encoded_bodies_are_refused(api, queue, value):
    headers = {"Content-Type": value}
    refused(
        api.post(f"/v2/queues/{queue}/messages", data=b'{"messages": [{"body": 1}]}', headers=headers),
        400,
        "Invalid Content-Type",
    )
    empty = api.put(f"/v2/queues/{unique()}", data=b"", headers={**headers, "Content-Length": "0"})
    refused(empty, 400, "Invalid Content-Type")


@pytest.mark.feature("F020")
@pytest.mark.parametrize(
    "value",
    [
        None,
        "text/plain",
        "application/json; charset=utf-8",
        "application/octet-stream",
        "application/x-www-form-urlencoded; charset=utf-8",
    ],
)
def test_any_other_content_type_is_taken_as_json(api, queue, value):
    response = api.post(
        f"/v2/queues/{queue}/messages", data=b'{"messages": [{"body": "x"}]}', headers={"Content-Type": value}
    )
    check(response, 201)
    assert api.bodies(queue) == ["x"]


def test_a_chunked_body_is_counted_as_it_comes(api, queue):
    path = f"/v2/queues/{queue}/messages"
    check(api.post(path, data=iter([b'{"messages": [{"bo', b'dy": "chunked"}]}'])), 201)
    assert api.bodies(queue) == ["chunked"]
    refused(api.post(path, data=iter([b" " * 65536] * 5)), 400, "Invalid API request")
    created = unique()
    check(api.put(f"/v2/queues/{created}", data=iter([b'{"team": ', b'"a"}'])), 201)
    assert api.metadata(created)["team"] == "a"
    api.send(queue, "second")
    claim = api.post(f"/v2/queues/{queue}/claims", data=iter([b'{"ttl": 100}']))
    assert check(api.get(check_location(claim)), 200)["ttl"] == 100


def check_location(response):
    check(response, 201)
    return response.headers["Location"]


# JSON rules


@pytest.mark.feature("F021")
@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
@pytest.mark.parametrize(
    "shape",
    [
        '{"messages": [{"body": %d}]}',
        '{"messages": [{"body": {"deep": [{"er": %d}]}}]}',
        '{"messages": [{"body": 1, "unknown": %d}]}',
        '{"messages": [{"body": 1, "ttl": %d}]}',
    ],
)
def test_integers_beyond_64_bits_are_refused_anywhere(api, queue, number, shape):
    response = api.post(f"/v2/queues/{queue}/messages", data=shape % number)
    refused(response, 400, "Invalid request body")
    assert api.bodies(queue) == []


@pytest.mark.feature("F021")
def test_integers_beyond_64_bits_are_refused_in_metadata_too(api):
    queue = unique()
    refused(
        api.put(f"/v2/queues/{queue}", data='{"a": {"b": 9223372036854775808}}'), 400, "Invalid request body"
    )
    assert not api.exists(queue)


@pytest.mark.feature("F021", "F073")
def test_the_64_bit_edges_come_back_exactly(api, queue):
    edges = [2**63 - 1, -(2**63), {"n": 2**63 - 1}, 2**53 + 1]
    api.send(queue, *edges)
    assert api.bodies(queue) == edges


@pytest.mark.parametrize("value", [None, 1.5, "100", [], {}, True])
def test_typed_integers_refuse_other_types_and_null(api, queue, value):
    response = api.post(f"/v2/queues/{queue}/claims", json={"ttl": value})
    refused(response, 400, None if value is True else "Invalid request body")
    response = api.post(f"/v2/queues/{queue}/messages", json={"messages": [{"body": 1, "ttl": value}]})
    refused(response, 400, None if value is True else "Invalid request body")


@pytest.mark.parametrize("text", ["1", '"text"', "true", "null", "1.5", " ", "{} {}", "{'a': 1}"])
def test_only_objects_and_arrays_are_documents(api, queue, text):
    refused(api.post(f"/v2/queues/{queue}/messages", data=text), 400, "Invalid request body")
    refused(api.post(f"/v2/queues/{queue}/claims", data=text), 400, "Invalid request body")


def test_unknown_members_are_ignored_in_messages_and_claims(api, queue):
    check(
        api.post(
            f"/v2/queues/{queue}/messages", json={"messages": [{"body": 1, "colour": "red"}], "more": {}}
        ),
        201,
    )
    check(api.post(f"/v2/queues/{queue}/claims", json={"colour": "red", "ttl": 60}), 201)


def test_output_is_utf8_without_escapes(api, queue):
    text = '{"messages": [{"body": "Grüße, 世界 🐟"}]}'
    check(api.post(f"/v2/queues/{queue}/messages", data=text.encode()), 201)
    response = api.get(f"/v2/queues/{queue}/messages?echo=true")
    assert "Grüße, 世界 🐟".encode() in response.content
    assert response.headers["Content-Type"].split(";")[0] == "application/json"
    api.create("named", **{"größe": "世界"})
    assert '"größe":"世界"'.encode() in api.get("/v2/queues/named").content.replace(b": ", b":")


# Query parameters


@pytest.mark.parametrize("value", ["true", "True", "t", "yes", "y", "1", "on"])
def test_words_for_true(api, queue, value):
    api.send(queue, 1)
    assert len(check(api.get(f"/v2/queues/{queue}/messages?echo={value}"), 200)["messages"]) == 1


@pytest.mark.parametrize("value", ["false", "False", "f", "no", "n", "0", "off"])
def test_words_for_false(api, queue, value):
    api.send(queue, 1)
    assert check(api.get(f"/v2/queues/{queue}/messages?echo={value}"), 200)["messages"] == []


@pytest.mark.parametrize(
    "path, name",
    [
        ("/v2/queues?detailed=maybe", "detailed"),
        ("/v2/queues?with_count=2", "with_count"),
        ("/v2/queues/q/messages?echo=TRUE!", "echo"),
        ("/v2/queues/q/messages?include_claimed=x", "include_claimed"),
        ("/v2/queues/q/messages?include_delayed=x", "include_delayed"),
        ("/v2/queues?limit=1.5", "limit"),
        ("/v2/queues/q/messages?limit=ten", "limit"),
        ("/v2/pools?detailed=x", "detailed"),
        ("/v2/flavors?limit=x", "limit"),
        ("/v2/pools/embedded?detailed=x", "detailed"),
    ],
)
def test_a_parameter_of_the_wrong_type_is_named(api, path, name):
    refused(api.get(path), 400, "Invalid parameter", mentions=[name])


@pytest.mark.feature("F022")
def test_list_parameters_may_be_comma_separated_and_repeated(api, queue):
    ids = api.send(queue, 1, 2, 3)
    for query in (
        f"ids={ids[0]},{ids[1]},{ids[2]}",
        f"ids={ids[0]}&ids={ids[1]}&ids={ids[2]}",
        f"ids={ids[0]},{ids[1]}&ids={ids[2]}",
    ):
        found = check(api.get(f"/v2/queues/{queue}/messages?{query}"), 200)["messages"]
        assert sorted(message["id"] for message in found) == sorted(ids)
    check(api.delete(f"/v2/queues/{queue}/messages?ids={ids[0]}&ids={ids[1]},{ids[2]}"), 204)
    assert api.bodies(queue) == []


def test_a_blank_parameter_counts_as_absent(api, queue):
    api.send(queue, 1)
    page = check(api.get(f"/v2/queues/{queue}/messages?ids=&echo=true&limit=&marker=&include_claimed="), 200)
    assert len(page["messages"]) == 1 and "links" in page
    assert "metadata" not in check(api.get("/v2/queues?detailed="), 200)["queues"][0]
    refused(api.delete(f"/v2/queues/{queue}/messages?ids=&pop="), 400)


def test_of_a_repeated_scalar_the_last_one_wins(api, queue):
    api.send(queue, 1, 2, 3)
    page = check(api.get(f"/v2/queues/{queue}/messages?limit=3&limit=2&echo=false&echo=true"), 200)
    assert len(page["messages"]) == 2


@pytest.mark.parametrize("name", ["X-Project-ID", "Client-ID", "X-Tenant-ID"])
def test_headers_that_are_not_utf_8_are_refused(server, name):
    """Read as text all such bytes are one character, so that projects would share their queues."""
    headers = {"Client-ID": str(uuid.uuid4()), "X-Project-ID": "p", name: b"\xe9"}
    if name == "X-Tenant-ID":
        del headers["X-Project-ID"]
    refused(requests.get(server.url + "/v2/queues", headers=headers, timeout=60), 400)
    assert requests.get(server.url + "/v2/queues", headers={**headers, name: "é".encode()}, timeout=60).status_code == (
        400 if name == "Client-ID" else 200
    )


def test_a_target_with_scheme_and_host_is_taken(server):
    lines = "GET http://elsewhere/healthz HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 60) as connection:
        connection.sendall(lines.encode())
        assert connection.recv(64).startswith(b"HTTP/1.1 204")
