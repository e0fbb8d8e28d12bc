"""Version 1 of the API, row by row where it differs from the others."""

import uuid

import pytest
import requests

from harness.api import Api, check, refused, unique
from harness.older import OlderApi, only_link
from harness.stores import Redis, wait_until


@pytest.fixture(scope="module")
def server(module_server):
    return module_server(env={"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1"})


@pytest.fixture
def old(server):
    return OlderApi(server.url, "v1")


@pytest.fixture
def redis(tmp_path):
    store = Redis(tmp_path / "redis", appendonly="no")
    store.start()
    yield store
    store.kill()


@pytest.fixture
def queue(old):
    return old.create()


def empty(response, status):
    assert response.status_code == status and response.content == b"", response.text
    return response


# Headers and projects


@pytest.mark.feature("F017", "F028")
def test_callers_that_name_no_project_share_one_that_nobody_can_name(old):
    queue = unique()
    anonymous = {"X-Project-ID": None, "Client-ID": None}
    empty(old.put(f"/queues/{queue}", headers=anonymous), 201)
    empty(old.get(f"/queues/{queue}", headers=anonymous), 204)
    empty(old.get(f"/queues/{queue}"), 404)
    names = [entry["name"] for entry in check(old.get("/queues?limit=20", headers=anonymous), 200)["queues"]]
    assert queue in names
    refused(old.get("/queues", headers={"X-Project-ID": ""}), 400, "Empty project header not allowed")
    messages = f"/queues/{queue}/messages"
    check(old.post(messages, json=[{"ttl": 60, "body": 1}], headers={"X-Project-ID": None}), 201)
    found = check(old.get(messages + "?echo=true", headers={"X-Project-ID": None}), 200)
    assert [message["body"] for message in found["messages"]] == [1]
    empty(old.delete(f"/queues/{queue}", headers=anonymous), 204)


@pytest.mark.feature("F013", "F014")
def test_a_client_id_is_needed_for_posting_and_listing_only(old, queue):
    nobody = {"Client-ID": None}
    for path in ("/", f"/queues/{queue}/stats"):
        check(old.get(path, headers=nobody), 200)
    refused(old.get(f"/queues/{queue}/messages", headers=nobody), 400, "Missing header value")
    refused(old.post(f"/queues/{queue}/messages", json=[], headers=nobody), 400, "Missing header value")
    refused(old.get("/queues", headers={"Client-ID": "me"}), 400, "Wrong UUID value")


@pytest.mark.feature("F018", "F019", "F020", "F021", "F026", "F027")
def test_refusals_are_those_of_the_other_versions(old, queue):
    refused(old.get("/nothing"), 404, "404 Not Found")
    response = old.request("PATCH", f"/queues/{queue}")
    assert response.status_code == 405 and response.headers["Allow"] == "GET, HEAD, PUT, DELETE, OPTIONS"
    assert old.get("/queues", headers={"Accept": "text/html"}).status_code == 406
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(old.put(f"/queues/{queue}", data="", headers=form), 400, "Invalid Content-Type")
    refused(old.put("/queues/" + "x" * 65), 400, "Invalid queue identification")
    refused(old.put("/queues/b%C3%A4d"), 400, "Invalid queue identification")
    large = f'[{{"ttl": 60, "body": {2**63}}}]'
    refused(old.post(f"/queues/{queue}/messages", data=large), 400, "Invalid request body")


@pytest.mark.feature("F008")
@pytest.mark.parametrize(
    "path", ["/ping", "/flavors", "/queues/q/purge", "/queues/q/share", "/queues/q/subscriptions", "/topics"]
)
def test_what_came_later_is_not_there(old, path):
    refused(old.get(path), 404, "404 Not Found")


# Service documents


@pytest.mark.feature("F001", "F002", "F003")
def test_home_document(old):
    response = old.get("/")
    resources = check(response, 200)["resources"]
    assert response.headers["Content-Type"].split(";")[0] == "application/json-home"
    names = ("queues", "queue", "queue-metadata", "queue-stats", "messages", "post-messages", "claim")
    assert list(resources) == [f"rel/{name}" for name in names]
    assert resources["rel/queue"]["hints"]["allow"] == ["GET", "HEAD", "PUT", "DELETE"]
    assert all(resource["href-template"].startswith("/v1/") for resource in resources.values())


@pytest.mark.feature("F006")
def test_health_is_public(server):
    for method in ("GET", "HEAD"):
        empty(requests.request(method, server.url + "/v1/health", timeout=60), 204)
    assert requests.post(server.url + "/v1/health", timeout=60).status_code == 405


@pytest.mark.feature("F006")
def test_health_is_503_when_no_pool_answers(start_server, redis):
    server = start_server(env={"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1"})
    api = Api(server.url)
    check(api.put("/v2/pools/redis", json={"uri": redis.uri, "weight": 1}), 201)
    check(api.delete("/v2/pools/embedded"), 204)
    empty(requests.get(server.url + "/v1/health", timeout=60), 204)
    redis.kill()
    wait_until(lambda: requests.get(server.url + "/v1/health", timeout=30).status_code == 503)
    for method in ("GET", "HEAD"):
        empty(requests.request(method, server.url + "/v1/health", timeout=30), 503)


# Queues


@pytest.mark.feature("F029", "F035", "F037", "F023")
def test_queues_exist_or_not(old):
    queue = unique()
    for method in ("HEAD", "GET"):
        assert old.request(method, f"/queues/{queue}").headers["Content-Location"] == f"/v1/queues/{queue}"
        empty(old.request(method, f"/queues/{queue}"), 404)
    response = empty(old.put(f"/queues/{queue}", data="not even JSON"), 201)
    assert response.headers["Location"] == f"/v1/queues/{queue}"
    empty(old.put(f"/queues/{queue}", json={"_default_message_ttl": 1}), 204)
    for method in ("HEAD", "GET"):
        response = empty(old.request(method, f"/queues/{queue}"), 204)
        assert response.headers["Content-Location"] == f"/v1/queues/{queue}"
    for _ in range(2):
        empty(old.delete(f"/queues/{queue}"), 204)
    empty(old.get(f"/queues/{queue}"), 404)


@pytest.mark.feature("F036")
def test_replaced_metadata_keep_the_reserved_keys_that_the_present_version_set(server):
    api = Api(server.url)
    name = api.create(unique(), team="a", _default_message_ttl=120)
    path = f"/v1/queues/{name}/metadata"
    empty(requests.put(server.url + path, json={"team": "b"}, headers={"X-Project-ID": api.project}), 204)
    shown = api.get(f"/v2/queues/{name}").json()
    assert (shown["team"], shown["_default_message_ttl"]) == ("b", 120)


@pytest.mark.feature("F036", "F032")
def test_metadata_are_a_resource_of_their_own(old, queue):
    path = f"/queues/{queue}/metadata"
    response = old.get(path)
    assert check(response, 200) == {} and response.headers["Content-Location"] == f"/v1{path}"
    response = empty(old.put(path, json={"team": "a", "n": 1}), 204)
    assert response.headers["Location"] == f"/v1{path}"
    empty(old.put(path, json={"team": "b"}), 204)
    assert check(old.get(path), 200) == {"team": "b"}
    refused(old.put(path, json={"_default_message_ttl": 100}), 400, "Invalid API request")
    refused(old.put(path, json={"long": "x" * 65_536}), 400, "Invalid API request")
    refused(old.put(path, json=[]), 400, "Invalid request body")
    refused(old.put(path), 400, "Invalid request body")
    assert check(old.get(path), 200) == {"team": "b"}
    missing = f"/queues/{unique()}/metadata"
    refused(old.get(missing), 404, "Not found")
    refused(old.put(missing, json={}), 404, "Not found")


@pytest.mark.feature("F024", "F025", "F038", "F039", "F040")
def test_listing_queues(old):
    empty(old.get("/queues"), 204)
    names = [old.create(f"q{index}") for index in range(3)]
    empty(old.put("/queues/q0/metadata", json={"n": 0}), 204)
    response = old.get("/queues?detailed=true&limit=2")
    page = check(response, 200)
    assert response.headers["Content-Location"] == "/v1/queues?detailed=true&limit=2"
    assert page["queues"] == [
        {"name": "q0", "href": "/v1/queues/q0", "metadata": {"n": 0}},
        {"name": "q1", "href": "/v1/queues/q1", "metadata": {}},
    ]
    rest = check(old.get(only_link(page, "/v1")), 200)
    assert [queue["name"] for queue in rest["queues"]] == names[2:]
    empty(old.get(only_link(rest, "/v1")), 204)


@pytest.mark.feature("F051")
def test_stats(old, queue):
    response = old.get(f"/queues/{queue}/stats")
    assert check(response, 200) == {"messages": {"claimed": 0, "free": 0, "total": 0}}
    assert response.headers["Content-Location"] == f"/v1/queues/{queue}/stats"
    first, last = old.send(queue, 1, 2)
    stats = check(old.get(f"/queues/{queue}/stats"), 200)["messages"]
    assert (stats["oldest"]["href"], stats["newest"]["href"]) == (first, last)
    refused(old.get(f"/queues/{unique()}/stats"), 404, "Not found")


# Messages


@pytest.mark.feature("F066", "F067", "F068", "F069", "F072")
def test_posting_takes_a_bare_array_to_a_queue_that_exists(old, queue):
    path = f"/queues/{queue}/messages"
    response = old.post(path, json=[{"ttl": 60, "body": 1, "what": "ever"}, {"ttl": 90, "body": None}])
    answer = check(response, 201)
    ids = [href.removeprefix(f"/v1/queues/{queue}/messages/") for href in answer["resources"]]
    assert answer == {"resources": [f"/v1/queues/{queue}/messages/{each}" for each in ids], "partial": False}
    assert response.headers["Location"] == f"/v1/queues/{queue}/messages?ids={','.join(ids)}"
    for body in (
        {"messages": [{"ttl": 60, "body": 1}]},
        [{"body": 1}],
        [{"ttl": 60}],
        [1],
        [{"ttl": "60", "body": 1}],
    ):
        refused(old.post(path, json=body), 400, "Invalid request body")
    for body in ([], [{"ttl": 60, "body": 1}, {"ttl": 59, "body": 2}], [{"ttl": 1_209_601, "body": 1}]):
        refused(old.post(path, json=body), 400, "Invalid API request")
    refused(old.post(path), 400)
    messages = check(old.get(path + "?echo=true"), 200)["messages"]
    assert [(message["ttl"], message["body"]) for message in messages] == [(60, 1), (90, None)]
    missing = unique()
    refused(old.post(f"/queues/{missing}/messages", json=[{"ttl": 60, "body": 1}]), 404, "Not found")
    empty(old.get(f"/queues/{missing}"), 404)


@pytest.mark.feature("F071", "F073")
def test_any_body_within_the_size_limit(old, queue):
    body = {"text": "é", "deep": [[1.5, True]]}
    (href,) = old.send(queue, body)
    assert check(old.get(href), 200)["body"] == body
    refused(
        old.post(f"/queues/{queue}/messages", json=[{"ttl": 60, "body": "x" * 262_144}]),
        400,
        "Invalid API request",
    )


@pytest.mark.feature("F074", "F075", "F076", "F079")
def test_listing_messages(old, queue):
    path = f"/queues/{queue}/messages"
    empty(old.get(path), 204)
    resources = old.send(queue, 1, 2, 3)
    empty(old.get(path), 204)
    empty(old.get(f"/queues/{unique()}/messages"), 204)
    empty(old.get(path + "?echo=true&marker=nonsense"), 204)
    page = check(old.other_client().get(path + "?limit=2"), 200)
    assert set(page) == {"messages", "links"}
    assert [message["href"] for message in page["messages"]] == resources[:2]
    assert set(page["messages"][0]) == {"href", "ttl", "age", "body"}
    rest = check(old.other_client().get(only_link(page, "/v1")), 200)
    assert [message["body"] for message in rest["messages"]] == [3]
    empty(old.other_client().get(only_link(rest, "/v1")), 204)
    old.claim(queue, limit=1)
    visible = check(old.get(path + "?echo=true"), 200)["messages"]
    assert [message["body"] for message in visible] == [2, 3]
    everything = check(old.get(path + "?echo=true&include_claimed=true"), 200)["messages"]
    assert [message["href"] for message in everything] == resources


@pytest.mark.feature("F022", "F080", "F081")
def test_getting_messages_by_id(old, queue):
    resources = old.send(queue, 1, 2)
    ids = [href.rpartition("/")[2] for href in resources]
    found = check(old.get(f"/queues/{queue}/messages?ids={','.join(ids)}"), 200)
    assert [(message["href"], message["body"]) for message in found] == [(resources[0], 1), (resources[1], 2)]
    empty(old.get(f"/queues/{queue}/messages?ids={uuid.uuid4()}"), 204)
    refused(old.get(f"/queues/{queue}/messages?ids={','.join(ids * 11)}"), 400, "Invalid API request")
    response = old.get(resources[0])
    assert set(check(response, 200)) == {"href", "ttl", "age", "body"}
    assert response.headers["Content-Location"] == resources[0]
    refused(old.get(f"/queues/{queue}/messages/{uuid.uuid4()}"), 404, "Not found")


@pytest.mark.feature("F085", "F086", "F087")
def test_deleting_messages(old, queue):
    first, second, third = old.send(queue, 1, 2, 3)
    empty(old.delete(third), 204)
    claim = old.claim(queue, limit=1)
    refused(old.delete(first), 403, "Unable to delete")
    refused(old.delete(f"{first}?claim_id={uuid.uuid4()}"), 400, "Unable to delete")
    empty(old.delete(claim.messages[0]["href"]), 204)
    refused(old.delete(f"/queues/{queue}/messages"), 400, "Invalid API request")
    refused(old.delete(f"/queues/{queue}/messages?pop=1"), 400, "Invalid API request")
    empty(old.delete(f"/queues/{queue}/messages?ids={second.rpartition('/')[2]}"), 204)
    assert check(old.get(f"/queues/{queue}/stats"), 200)["messages"]["total"] == 0


@pytest.mark.feature("F086", "F087")
def test_bulk_deletion_never_asks_for_claims(start_server):
    """`message_delete_with_claim_id` is an option of version 2: this one has no parameter that could name a claim."""
    env = {"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1", "WEIR_LIMITS_MESSAGE_DELETE_WITH_CLAIM_ID": "true"}
    old = OlderApi(start_server(env=env).url, "v1")
    queue = old.create()
    hrefs = old.send(queue, 1, 2, 3)
    old.claim(queue, limit=1)
    ids = ",".join(href.rpartition("/")[2] for href in hrefs[:2])
    refused(old.present().delete(f"/v2/queues/{queue}/messages?ids={ids}"), 400, mentions=["claim_ids"])
    refused(old.delete(hrefs[0]), 403, "Unable to delete")
    empty(old.delete(f"/queues/{queue}/messages?ids={ids}"), 204)
    assert check(old.get(f"/queues/{queue}/stats"), 200)["messages"]["total"] == 1


# Claims


@pytest.mark.feature("F092", "F093", "F094", "F096", "F097", "F098")
def test_claiming_demands_both_terms_and_answers_a_bare_array(old, queue):
    path = f"/queues/{queue}/claims"
    assert old.claim(unique()) is None and old.claim(queue) is None
    resources = old.send(queue, 1, 2, 3, ttl=60)
    for body in (None, {}, {"ttl": 300}, {"grace": 60}, []):
        refused(old.post(path, json=body), 400, "Invalid request body")
    for terms in ({"ttl": 59, "grace": 60}, {"ttl": 60, "grace": 43_201}):
        refused(old.post(path, json=terms), 400, "Invalid API request")
    refused(old.post(path + "?limit=21", json={"ttl": 60, "grace": 60}), 400, "Invalid API request")
    claim = old.claim(queue, limit=2)
    assert [message["href"] for message in claim.messages] == [
        f"{href}?claim_id={claim.id}" for href in resources[:2]
    ]
    assert set(claim.messages[0]) == {"href", "ttl", "age", "body"} and claim.messages[0]["ttl"] == 360
    assert [message["body"] for message in old.claim(queue).messages] == [3]
    assert old.claim(queue) is None


@pytest.mark.feature("F100", "F101", "F102", "F103")
def test_the_life_of_a_claim(old, queue):
    old.send(queue, 1)
    claim = old.claim(queue)
    response = old.get(claim.href)
    shown = check(response, 200)
    assert set(shown) == {"age", "ttl", "href", "messages"} and shown["href"] == claim.href
    assert response.headers["Content-Location"] == claim.href
    assert [message["href"] for message in shown["messages"]] == [claim.messages[0]["href"]]
    refused(old.patch(claim.href, json={"grace": 60}), 400, "Invalid request body")
    empty(old.patch(claim.href, json={"ttl": 5000}), 204)
    renewed = check(old.get(claim.href), 200)
    # Without a grace the message lives just as long as the claim.
    assert renewed["ttl"] == 5000 and renewed["messages"][0]["ttl"] == 5000
    empty(old.delete(claim.href), 204)
    refused(old.get(claim.href), 404, "Not found")
    assert len(old.claim(queue).messages) == 1


# Pools


@pytest.mark.feature("F160", "F161", "F162", "F164", "F165", "F166", "F171", "F195")
def test_pools(start_server):
    server = start_server(env={"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1"})
    old, api = OlderApi(server.url, "v1"), Api(server.url)
    response = empty(old.put("/pools/two", json={"uri": "sqlite:two", "weight": 5}), 201)
    assert response.headers["Location"] == "/v1/pools/two"
    response = empty(old.patch("/pools/two", json={"weight": 7}), 200)
    shown = check(old.get("/pools/two?detailed=true"), 200)
    assert shown == {"name": "two", "uri": "sqlite:two", "weight": 7, "href": "/v1/pools/two", "options": {}}
    refused(old.put("/pools/x", json={"uri": "sqlite:two", "weight": 1}), 409, "Resource conflict")
    refused(old.put("/pools/x", json={"uri": "nope://", "weight": 1}), 400, "Invalid request body")
    refused(old.put("/pools/x", json={"weight": 1}), 400, "Invalid request body")
    response = old.get("/pools?limit=1")
    page = check(response, 200)
    assert response.headers["Content-Location"] == "/v1/pools?limit=1"
    rest = check(old.get(only_link(page, "/v1")), 200)
    assert [pool["name"] for pool in rest["pools"]] == ["two"]
    last = check(old.get(only_link(rest, "/v1")), 200)
    assert last["pools"] == [] and only_link(last, "/v1") == "/v1/pools?marker=two&limit=1"
    check(api.put("/v2/flavors/f", json={"pool_list": ["two"]}), 201)
    refused(api.delete("/v2/pools/two"), 403, "Unable to delete")
    empty(old.delete("/pools/two"), 204)
    refused(old.get("/pools/two"), 404, "Not found")
