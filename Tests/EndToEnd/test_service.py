"""The version list, the home document, ping, health, CORS and the request id."""

import re
import uuid

import pytest
import requests

from harness.api import Api, check, refused, unique

REQUEST_ID = re.compile(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

#: rel -> (template, methods)
HOME = {
    "rel/queues": ("/v2/queues{?marker,limit,detailed}", {"GET"}),
    "rel/queue": ("/v2/queues/{queue_name}", {"GET", "PUT", "DELETE", "PATCH"}),
    "rel/queue_stats": ("/v2/queues/{queue_name}/stats", {"GET"}),
    "rel/queue_purge": ("/v2/queues/{queue_name}/purge", {"POST"}),
    "rel/messages": ("/v2/queues/{queue_name}/messages{?marker,limit,echo,include_claimed}", {"GET"}),
    "rel/post_messages": ("/v2/queues/{queue_name}/messages", {"POST"}),
    "rel/messages_delete": ("/v2/queues/{queue_name}/messages{?ids,pop}", {"DELETE"}),
    "rel/message_delete": ("/v2/queues/{queue_name}/messages/{message_id}{?claim}", {"DELETE"}),
    "rel/message_get": ("/v2/queues/{queue_name}/messages/{message_id}", {"GET"}),
    "rel/claim": ("/v2/queues/{queue_name}/claims/{claim_id}", {"GET"}),
    "rel/post_claim": ("/v2/queues/{queue_name}/claims{?limit}", {"POST"}),
    "rel/patch_claim": ("/v2/queues/{queue_name}/claims/{claim_id}", {"PATCH"}),
    "rel/delete_claim": ("/v2/queues/{queue_name}/claims/{claim_id}", {"DELETE"}),
    "rel/ping": ("/v2/ping", {"GET"}),
}
ADMIN_HOME = {
    "rel/pools": ("/v2/pools{?detailed,limit,marker}", {"GET"}),
    "rel/pool": ("/v2/pools/{pool_name}", {"GET", "PUT", "PATCH", "DELETE"}),
    "rel/flavors": ("/v2/flavors{?detailed,limit,marker}", {"GET"}),
    "rel/flavor": ("/v2/flavors/{flavor_name}", {"GET", "PUT", "PATCH", "DELETE"}),
    "rel/health": ("/v2/health", {"GET"}),
}
OPERATIONS = [
    "create_queue",
    "post_messages",
    "claim_messages",
    "list_messages",
    "delete_messages",
    "delete_claim",
    "bulk_delete_messages",
    "delete_queue",
]


def target(resource):
    return resource.get("href-template", resource.get("href"))


# Versions


@pytest.mark.feature("F001")
def test_versions_are_listed_with_300_and_without_any_header(server):
    response = requests.get(server.url + "/", timeout=60)
    versions = check(response, 300)["versions"]
    assert versions[-1] == {
        "id": "2",
        "status": "CURRENT",
        "updated": "2014-9-24T04:06:47Z",
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.messaging-v2+json"}],
        "links": [{"href": "/v2/", "rel": "self"}],
    }
    for older in versions[:-1]:
        assert older["id"] in ("1", "1.1") and older["status"] == "DEPRECATED"


@pytest.mark.feature("F001", "F019")
@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "PATCH"])
def test_the_version_list_can_only_be_read(server, method):
    response = requests.request(method, server.url + "/", timeout=60)
    check(response, 405) if method != "HEAD" else None
    assert response.status_code == 405 and "GET" in response.headers["Allow"]


@pytest.mark.feature("F001", "F019")
def test_the_version_list_checks_accept(server):
    assert requests.get(server.url + "/", headers={"Accept": "text/html"}, timeout=60).status_code == 406


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/",
        "/v1/queues",
        "/v1/health",
        "/v1.1",
        "/v1.1/",
        "/v1.1/queues",
        "/v1.1/queues/q",
        "/v1.1/ping",
        "/v3/queues",
    ],
)
def test_versions_that_are_not_switched_on_are_not_there(api, path):
    refused(api.get(path), 404, "404 Not Found")


# Home document


@pytest.mark.feature("F002")
def test_home_document_names_every_resource(api):
    response = api.get("/v2/")
    resources = check(response, 200)["resources"]
    assert response.headers["Content-Type"].split(";")[0] == "application/json-home"
    assert response.headers["Cache-Control"] == "max-age=86400"
    for rel, (template, methods) in HOME.items():
        assert target(resources[rel]) == template, rel
        assert set(resources[rel]["hints"]["allow"]) == methods, rel
        assert resources[rel]["hints"]["formats"] == {"application/json": {}}, rel
        if "POST" in methods:
            assert resources[rel]["hints"]["accept-post"] == ["application/json"], rel


@pytest.mark.feature("F002")
def test_home_document_explains_every_variable_of_its_templates(api):
    for rel, resource in check(api.get("/v2/"), 200)["resources"].items():
        expected = set(re.findall(r"\w+", " ".join(re.findall(r"\{\??([\w,]+)\}", target(resource)))))
        variables = resource.get("href-vars", {})
        assert set(variables) == expected, rel
        assert all(value.startswith("param/") for value in variables.values()), rel


@pytest.mark.feature("F002")
def test_home_document_wants_the_headers_and_the_slash(api):
    refused(api.get("/v2/", headers={"Client-ID": None}), 400, "Missing header value")
    refused(api.get("/v2/", headers={"X-Project-ID": None}), 400, "Project-Id Missing")
    refused(api.get("/v2"), 404, "404 Not Found")


@pytest.mark.feature("F003")
def test_home_document_lists_pools_flavors_and_health_in_admin_mode(api):
    resources = check(api.get("/v2/"), 200)["resources"]
    for rel, (template, methods) in ADMIN_HOME.items():
        assert target(resources[rel]) == template, rel
        assert set(resources[rel]["hints"]["allow"]) == methods, rel
    assert resources["rel/health"]["href"] == "/v2/health"


@pytest.mark.feature("F003", "F195")
def test_without_admin_mode_there_are_no_admin_resources(start_server):
    api = Api(start_server(env={"WEIR_ADMIN_MODE": "false"}).url)
    resources = check(api.get("/v2/"), 200)["resources"]
    assert not set(ADMIN_HOME) & set(resources)
    assert set(HOME) <= set(resources)
    for path in ("/v2/pools", "/v2/pools/embedded", "/v2/flavors", "/v2/flavors/f", "/v2/health"):
        refused(api.get(path), 404, "404 Not Found")
    refused(api.put("/v2/pools/p", json={"uri": "sqlite:p", "weight": 1}), 404, "404 Not Found")
    queue = api.create()
    assert api.send(queue, 1) and api.claim(queue)


# Ping and health


@pytest.mark.feature("F004")
def test_get_ping_answers_204(api):
    response = api.get("/v2/ping")
    assert response.status_code == 204 and response.content == b""


@pytest.mark.feature("F005")
def test_head_ping_answers_204(api):
    assert api.head("/v2/ping").status_code == 204


@pytest.mark.feature("F004", "F013", "F016")
def test_ping_wants_both_headers(api):
    refused(api.get("/v2/ping", headers={"Client-ID": None}), 400, "Missing header value")
    refused(api.get("/v2/ping", headers={"X-Project-ID": None}), 400, "Project-Id Missing")


@pytest.mark.feature("F004", "F009")
def test_ping_and_health_count_no_pool_at_all_as_alive(own):
    check(own.delete("/v2/pools/embedded"), 204)
    assert own.get("/v2/ping").status_code == 204
    assert check(own.get("/v2/health"), 200) == {"catalog_reachable": True}


@pytest.mark.feature("F007")
def test_health_reports_eight_timed_operations_of_a_pool(own):
    report = check(own.get("/v2/health"), 200)["embedded"]
    assert report["storage_reachable"] is True
    assert list(report["operation_status"]) == OPERATIONS
    for name, status in report["operation_status"].items():
        assert set(status) == {"succeeded", "seconds", "ref"}, name
        assert status["succeeded"] is True and status["ref"] is None, name
        assert isinstance(status["seconds"], (int, float)) and 0 <= status["seconds"] < 60, name


@pytest.mark.feature("F009")
def test_health_reports_the_catalog_and_each_pool(own):
    check(own.put("/v2/pools/second", json={"uri": "sqlite:second", "weight": 0}), 201)
    report = check(own.get("/v2/health"), 200)
    assert set(report) == {"catalog_reachable", "embedded", "second"}
    assert report["catalog_reachable"] is True
    assert all(report[pool]["storage_reachable"] is True for pool in ("embedded", "second"))


@pytest.mark.feature("F010")
def test_health_reports_the_message_volume_of_each_pool(own):
    queue = own.create()
    own.send(queue, 1, 2, 3)
    own.claim(queue, limit=1)
    volume = check(own.get("/v2/health"), 200)["embedded"]["message_volume"]
    assert set(volume) == {"free", "claimed", "total"}
    # What is left of the check's own messages.
    assert volume == {"free": 0, "claimed": 0, "total": 0}


@pytest.mark.feature("F007")
def test_the_health_check_leaves_nothing_behind(own):
    queue = own.create()
    own.send(queue, 1)
    before = check(own.get("/v2/pools/embedded?detailed=true"), 200)["queues"]
    check(own.get("/v2/health"), 200)
    assert check(own.get("/v2/pools/embedded?detailed=true"), 200)["queues"] == before
    assert own.bodies(queue) == [1]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_of_orchestrators_need_no_headers(server, path):
    assert requests.get(server.url + path, timeout=60).status_code in (200, 204)


# Request id


@pytest.mark.feature("F011")
@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/", 300),
        ("GET", "/v2/", 200),
        ("GET", "/v2/ping", 204),
        ("GET", "/nowhere", 404),
        ("GET", "/v2/queues/a!b", 400),
        ("POST", "/v2/queues", 405),
        ("OPTIONS", "/v2/queues", 200),
        ("GET", "/v2/queues/q/messages/none", 404),
    ],
)
def test_every_response_carries_its_own_request_id(api, method, path, status):
    seen = set()
    for _ in range(2):
        response = api.request(method, path)
        assert response.status_code == status
        assert REQUEST_ID.fullmatch(response.headers["X-OpenStack-Request-ID"])
        seen.add(response.headers["X-OpenStack-Request-ID"])
    assert len(seen) == 2


# OPTIONS and CORS


@pytest.mark.feature("F019")
def test_options_answers_200_and_says_what_is_allowed_only_with_the_headers(api):
    full = api.options(f"/v2/queues/{unique()}")
    assert full.status_code == 200 and full.content == b""
    allowed = {method.strip() for method in full.headers["Allow"].split(",")}
    assert {"GET", "PUT", "DELETE", "PATCH"} <= allowed and "POST" not in allowed
    for missing in ("Client-ID", "X-Project-ID"):
        bare = api.options("/v2/queues", headers={missing: None})
        assert bare.status_code == 200 and bare.content == b"" and "Allow" not in bare.headers


def cors_headers(response):
    return {name for name in response.headers if name.lower().startswith("access-control-")}


@pytest.mark.feature("F012")
def test_without_configuration_there_are_no_cors_headers(api):
    origin = {"Origin": "https://console.example"}
    assert not cors_headers(api.get("/v2/queues", headers=origin))
    assert not cors_headers(
        api.options("/v2/queues", headers={**origin, "Access-Control-Request-Method": "GET"})
    )


@pytest.fixture(scope="module")
def cors(module_server):
    return Api(module_server(env={"WEIR_CORS_ALLOWED_ORIGIN": "https://console.example"}).url)


@pytest.mark.feature("F012")
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"])
def test_a_preflight_of_the_allowed_origin_is_granted(cors, method):
    response = requests.options(
        cors.url + "/v2/queues/q",
        timeout=60,
        headers={
            "Origin": "https://console.example",
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "client-id, x-auth-token",
        },
    )
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "https://console.example"
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert response.headers["Access-Control-Max-Age"] == "3600"
    assert method in response.headers["Access-Control-Allow-Methods"]
    allowed = response.headers["Access-Control-Allow-Headers"].lower()
    assert "client-id" in allowed and "x-auth-token" in allowed


@pytest.mark.feature("F012")
def test_answers_to_the_allowed_origin_expose_the_request_id(cors):
    response = cors.get("/v2/queues", headers={"Origin": "https://console.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "https://console.example"
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "x-openstack-request-id" in response.headers["Access-Control-Expose-Headers"].lower()
    failed = cors.get("/v2/queues?limit=0", headers={"Origin": "https://console.example"})
    assert failed.status_code == 400
    assert failed.headers["Access-Control-Allow-Origin"] == "https://console.example"


@pytest.mark.feature("F012")
@pytest.mark.parametrize("origin", ["https://evil.example", "https://console.example.evil", "null"])
def test_other_origins_get_no_cors_headers(cors, origin):
    assert not cors_headers(cors.get("/v2/queues", headers={"Origin": origin}))
    preflight = requests.options(
        cors.url + "/v2/queues",
        timeout=60,
        headers={"Origin": origin, "Access-Control-Request-Method": "GET"},
    )
    assert not cors_headers(preflight)
    assert uuid.UUID(preflight.headers["X-OpenStack-Request-ID"].removeprefix("req-"))


@pytest.mark.feature("F012")
def test_pages_may_send_and_read_what_the_api_needs(cors):
    origin = {"Origin": "https://console.example"}
    asked = {
        **origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-project-id",
    }
    preflight = requests.options(cors.url + "/v2/queues/q/messages", timeout=60, headers=asked)
    names = preflight.headers["Access-Control-Allow-Headers"].lower().split(",")
    assert {"content-type", "client-id", "x-project-id", "url-signature"} <= set(names)
    assert len(set(names)) == len(names)
    assert "Access-Control-Expose-Headers" not in preflight.headers
    answer = cors.get("/v2/queues", headers=origin)
    assert "location" in answer.headers["Access-Control-Expose-Headers"].lower().split(",")


@pytest.mark.feature("F012")
def test_only_options_is_a_preflight(cors):
    headers = {"Origin": "https://console.example", "Access-Control-Request-Method": "GET"}
    answer = cors.get("/v2/queues", headers=headers)
    assert "Access-Control-Allow-Methods" not in answer.headers
    assert "Access-Control-Expose-Headers" in answer.headers


@pytest.mark.feature("F012")
def test_caches_are_told_that_answers_differ_by_origin(cors):
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "https://console.example"}):
        assert cors.get("/v2/queues", headers=headers).headers["Vary"] == "Origin"


@pytest.mark.feature("F012")
def test_if_all_origins_are_allowed_none_gets_credentials_but_those_that_are_named(module_server):
    url = module_server(env={"WEIR_CORS_ALLOWED_ORIGIN": "*,https://console.example"}).url
    other = Api(url).get("/v2/queues", headers={"Origin": "https://other.example"})
    assert other.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in other.headers
    named = Api(url).get("/v2/queues", headers={"Origin": "https://console.example"})
    assert named.headers["Access-Control-Allow-Origin"] == "https://console.example"
    assert named.headers["Access-Control-Allow-Credentials"] == "true"


@pytest.mark.feature("F012")
def test_each_part_of_what_is_granted_has_a_default_and_can_be_set(cors, module_server):
    origin = "https://console.example"

    def grant(url):
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        preflight = requests.options(url + "/v2/queues", timeout=60, headers=asked)
        found = {}
        for answer in (preflight, Api(url).get("/v2/queues", headers={"Origin": origin})):
            for name in cors_headers(answer):
                found[name.lower().removeprefix("access-control-")] = answer.headers[name]
        return found

    usual = grant(cors.url)
    assert usual["max-age"] == "3600" and usual["allow-credentials"] == "true"
    assert set(usual["allow-methods"].split(",")) == {"GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"}
    assert {"x-auth-token", "client-id"} <= set(usual["allow-headers"].lower().split(","))
    settings = {
        "WEIR_CORS_ALLOWED_ORIGIN": origin,
        "WEIR_CORS_ALLOW_METHODS": "GET,POST",
        "WEIR_CORS_ALLOW_HEADERS": "Client-ID,X-Own",
        "WEIR_CORS_EXPOSE_HEADERS": "X-Other",
        "WEIR_CORS_ALLOW_CREDENTIALS": "false",
        "WEIR_CORS_MAX_AGE": "5",
    }
    own = grant(module_server(env=settings).url)
    # Without some headers no page could use the API, so these are always among them.
    assert own.pop("allow-headers").startswith("Client-ID,X-Own,")
    assert own.pop("expose-headers").startswith("X-Other,")
    assert own == {"allow-origin": origin, "allow-methods": "GET,POST", "max-age": "5"}
