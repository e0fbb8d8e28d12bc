"""Version 1.1 of the API, row by row where it differs from the present one."""

import uuid

import pytest
import requests

from harness.api import check, refused, unique
from harness.older import OlderApi, only_link


@pytest.fixture(scope="module")
def server(module_server):
    return module_server(env={"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1,1.1"})


@pytest.fixture
def old(server):
    return OlderApi(server.url, "v1.1")


@pytest.fixture
def queue(old):
    return old.create()


# Versions


@pytest.mark.feature("F001", "F008")
def test_versions_that_are_switched_on_are_listed_in_order(server):
    versions = check(requests.get(server.url + "/", timeout=60), 300)["versions"]
    assert [(version["id"], version["status"]) for version in versions] == [
        ("1", "DEPRECATED"),
        ("1.1", "DEPRECATED"),
        ("2", "CURRENT"),
    ]
    assert versions[1] == {
        "id": "1.1",
        "status": "DEPRECATED",
        "updated": "2016-7-29T02:22:47Z",
        "media-types": [
            {"base": "application/json", "type": "application/vnd.openstack.messaging-v1_1+json"}
        ],
        "links": [{"href": "/v1.1/", "rel": "self"}],
    }


@pytest.mark.feature("F008")
@pytest.mark.parametrize("text", ["1", "1.1"])
def test_each_older_version_is_switched_on_by_itself(start_server, tmp_path, text):
    file = tmp_path / "weir.yaml"
    file.write_text(f"enable_deprecated_api_versions: [{text}]\n", encoding="utf-8")
    url = start_server(arguments=["--config", str(file)]).url
    statuses = {version: OlderApi(url, version).get("/queues").status_code for version in ("v1", "v1.1")}
    assert statuses == {"v1": 204 if text == "1" else 404, "v1.1": 200 if text == "1.1" else 404}
    versions = check(requests.get(url + "/", timeout=60), 300)["versions"]
    assert [version["id"] for version in versions] == [text, "2"]


@pytest.mark.feature("F002", "F003")
def test_home_document(old):
    response = old.get("/")
    resources = check(response, 200)["resources"]
    assert response.headers["Content-Type"].split(";")[0] == "application/json-home"
    assert response.headers["Cache-Control"] == "max-age=86400"
    names = {
        *("queues", "queue", "queue_stats", "messages", "post_messages", "messages_delete", "message_delete"),
        *("claim", "post_claim", "patch_claim", "delete_claim", "ping"),
        *("pools", "pool", "flavors", "flavor", "health"),
    }
    assert set(resources) == {f"rel/{name}" for name in names}
    for resource in resources.values():
        assert resource.get("href", resource.get("href-template")).startswith("/v1.1/")
    assert resources["rel/queue"]["hints"]["allow"] == ["PUT", "DELETE"]


@pytest.mark.feature("F008")
@pytest.mark.parametrize(
    "path",
    [
        *("/queues/q/purge", "/queues/q/share", "/queues/q/subscriptions", "/queues/q/route", "/topics"),
        *("/topics/t", "/migrations", "/capabilities", "/audit", "/queues/q/metadata"),
    ],
)
def test_what_came_later_is_not_there(old, path):
    refused(old.get(path), 404, "404 Not Found")


@pytest.mark.feature("F008", "F019")
@pytest.mark.parametrize("method", ["PATCH", "HEAD", "POST"])
def test_a_queue_takes_no_other_methods(old, queue, method):
    response = old.request(method, f"/queues/{queue}")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, PUT, DELETE, OPTIONS"


# Conventions


@pytest.mark.feature("F013", "F014", "F016")
def test_headers_are_required_as_in_the_present_version(old):
    refused(old.get("/queues", headers={"Client-ID": None}), 400, "Missing header value")
    refused(old.get("/queues", headers={"Client-ID": "me"}), 400, "Wrong UUID value")
    refused(old.get("/queues", headers={"X-Project-ID": None}), 400, "Project-Id Missing")
    refused(old.get("/queues", headers={"X-Project-ID": ""}), 400, "Empty project header not allowed")


@pytest.mark.feature("F018", "F019", "F020", "F021", "F026", "F027")
def test_refusals_are_those_of_the_present_version(old, queue):
    refused(old.get("/nothing"), 404, "404 Not Found")
    assert old.get("/queues", headers={"Accept": "text/html"}).status_code == 406
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(old.put(f"/queues/{queue}", data="", headers=form), 400, "Invalid Content-Type")
    refused(old.put("/queues/b%C3%A4d"), 400, "Invalid queue identification")
    check(old.put(f"/queues/{unique('dot.')}"), 201)
    large = f'{{"messages": [{{"ttl": 60, "body": {2**63}}}]}}'
    refused(old.post(f"/queues/{queue}/messages", data=large), 400, "Invalid request body")


@pytest.mark.feature("F004", "F005")
def test_ping(old):
    assert old.get("/ping").status_code == 204
    assert old.head("/ping").status_code == 204


@pytest.mark.feature("F007", "F009", "F010")
def test_health_report(old):
    report = check(old.get("/health"), 200)
    assert report["catalog_reachable"] is True
    assert report["embedded"]["storage_reachable"] is True
    assert {"create_queue", "delete_queue"} <= set(report["embedded"]["operation_status"])
    assert set(report["embedded"]["message_volume"]) == {"free", "claimed", "total"}


@pytest.mark.feature("F195")
def test_no_operators_resources_without_admin_mode(start_server):
    server = start_server(env={"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1,1.1", "WEIR_ADMIN_MODE": "false"})
    for version, paths in {"v1.1": ["/health", "/pools", "/flavors"], "v1": ["/pools"]}.items():
        for path in paths:
            refused(OlderApi(server.url, version).get(path), 404, "404 Not Found")
    assert requests.get(server.url + "/v1/health", timeout=60).status_code == 204


# Queues


@pytest.mark.feature("F029", "F030", "F031", "F034")
def test_a_queue_shows_just_the_metadata_it_was_made_with(old):
    queue = unique()
    assert check(old.get(f"/queues/{queue}"), 200) == {}
    response = old.put(f"/queues/{queue}", json={"team": "a", "_default_message_ttl": 100})
    assert response.status_code == 201 and response.headers["Location"] == f"/v1.1/queues/{queue}"
    assert old.put(f"/queues/{queue}", json={"team": "b"}).status_code == 204
    assert check(old.get(f"/queues/{queue}"), 200) == {"team": "a", "_default_message_ttl": 100}
    assert check(old.get(f"/queues/{old.create()}"), 200) == {}


@pytest.mark.feature("F032", "F064")
def test_metadata_are_checked(old):
    queue = unique()
    for metadata in ({"_default_message_ttl": 1}, {"_max_messages_post_size": "x"}, {"long": "x" * 70_000}):
        refused(old.put(f"/queues/{queue}", json=metadata), 400, "Invalid API request")
    refused(old.put(f"/queues/{queue}", json=[]), 400, "Invalid request body")
    assert not old.present().exists(queue)


@pytest.mark.feature("F037", "F052", "F028")
def test_deleting_a_queue(old, queue):
    old.send(queue, 1)
    other = old.other_project()
    assert check(other.get(f"/queues/{queue}/messages?echo=true"), 200)["messages"] == []
    for _ in range(2):
        assert old.delete(f"/queues/{queue}").status_code == 204
    assert check(old.get(f"/queues/{queue}/stats"), 200) == {
        "messages": {"claimed": 0, "free": 0, "total": 0}
    }


@pytest.mark.feature("F023", "F024", "F038", "F039", "F040", "F025")
def test_listing_queues(old):
    assert check(old.get("/queues"), 200) == {"queues": [], "links": []}
    names = [old.create(f"q{index}", n=index) for index in range(3)]
    page = check(old.get("/queues?detailed=true&limit=2&name=zzz&with_count=true&n=9"), 200)
    assert set(page) == {"queues", "links"}
    assert page["queues"] == [
        {"name": name, "href": f"/v1.1/queues/{name}", "metadata": {"n": index}}
        for index, name in enumerate(names[:2])
    ]
    href = only_link(page, "/v1.1")
    assert href == "/v1.1/queues?limit=2&detailed=true&marker=q1"
    last = check(old.get(href), 200)
    assert [queue["name"] for queue in last["queues"]] == names[2:]
    assert check(old.get(only_link(last, "/v1.1")), 200) == {"queues": [], "links": []}
    refused(old.get("/queues?limit=21"), 400, "Invalid API request")


@pytest.mark.feature("F051")
def test_stats(old, queue):
    first, last = old.send(queue, 1, 2)
    stats = check(old.get(f"/queues/{queue}/stats"), 200)["messages"]
    assert (stats["claimed"], stats["free"], stats["total"]) == (0, 2, 2)
    assert (stats["oldest"]["href"], stats["newest"]["href"]) == (first, last)
    assert set(stats["oldest"]) == {"href", "age", "created"}


# Messages


@pytest.mark.feature("F054", "F065", "F067")
def test_posting_creates_the_queue_once_the_messages_are_found_good(old):
    queue = unique()
    refused(old.post(f"/queues/{queue}/messages", json={"messages": [{"ttl": 60}]}), 400)
    refused(old.post(f"/queues/{queue}/messages", json={"messages": [{"ttl": 1, "body": 1}]}), 400)
    refused(old.post(f"/queues/{queue}/messages", json=[{"ttl": 60, "body": 1}]), 400, "Invalid request body")
    assert not old.present().exists(queue)
    response = old.post(f"/queues/{queue}/messages", json={"messages": [{"body": 1}, {"body": 2, "ttl": 60}]})
    answer = check(response, 201)
    assert set(answer) == {"resources"}
    ids = [href.removeprefix(f"/v1.1/queues/{queue}/messages/") for href in answer["resources"]]
    assert response.headers["Location"] == f"/v1.1/queues/{queue}/messages?ids={','.join(ids)}"
    messages = check(old.get(f"/queues/{queue}/messages?echo=true"), 200)["messages"]
    assert [message["body"] for message in messages] == [1, 2]


@pytest.mark.feature("F068", "F069", "F071", "F072", "F073")
def test_the_queue_has_no_say_in_posts(old):
    queue = old.create(_default_message_ttl=100, _default_message_delay=300, _max_messages_post_size=50)
    body = {"messages": [{"body": {"text": "x" * 100}, "delay": 600, "what": "ever"}, {"body": None}]}
    check(old.post(f"/queues/{queue}/messages", json=body), 201)
    messages = check(old.get(f"/queues/{queue}/messages?echo=true"), 200)["messages"]
    assert [(message["ttl"], message["body"]) for message in messages] == [
        (3600, {"text": "x" * 100}),
        (3600, None),
    ]
    large = {"messages": [{"body": "x" * 262_144}]}
    refused(old.post(f"/queues/{queue}/messages", json=large), 400, "Invalid API request")
    mixed = {"messages": [{"body": 1}, {"body": 2, "ttl": 1_209_601}]}
    refused(old.post(f"/queues/{queue}/messages", json=mixed), 400, "Invalid API request")
    assert check(old.get(f"/queues/{queue}/stats"), 200)["messages"]["total"] == 2


@pytest.mark.feature("F074", "F075", "F076", "F078", "F079", "F082", "F083")
def test_listing_messages(old, queue):
    resources = old.send(queue, 1, 2, 3)
    assert check(old.get(f"/queues/{queue}/messages"), 200) == {"messages": [], "links": []}
    assert check(old.get(f"/queues/{unique()}/messages"), 200) == {"messages": [], "links": []}
    page = check(old.other_client().get(f"/queues/{queue}/messages?limit=2"), 200)
    assert [message["href"] for message in page["messages"]] == resources[:2]
    assert set(page["messages"][0]) == {"id", "href", "ttl", "age", "body"}
    rest = check(old.other_client().get(only_link(page, "/v1.1")), 200)
    assert [message["body"] for message in rest["messages"]] == [3]
    bad = check(old.get(f"/queues/{queue}/messages?echo=true&marker=nonsense"), 200)
    assert bad == {"messages": [], "links": []}
    claim = old.claim(queue, limit=1)
    hidden = check(old.get(f"/queues/{queue}/messages?echo=true"), 200)["messages"]
    assert [message["body"] for message in hidden] == [2, 3]
    path = f"/queues/{queue}/messages?echo=true&include_claimed=true&include_delayed=maybe"
    page = check(old.get(path), 200)
    assert page["messages"][0]["href"] == f"{resources[0]}?claim_id={claim.id}"
    assert "include_delayed" not in only_link(page, "/v1.1")


@pytest.mark.feature("F077")
def test_delayed_messages_are_never_shown(old):
    queue = old.create(_default_message_delay=300)
    old.present().send(queue, 1)
    page = check(old.get(f"/queues/{queue}/messages?echo=true&include_delayed=true"), 200)
    assert page["messages"] == []


@pytest.mark.feature("F022", "F080", "F081")
def test_getting_messages_by_id(old, queue):
    first, second = old.send(queue, 1, 2)
    ids = [href.rpartition("/")[2] for href in (first, second)]
    for query in (f"ids={ids[0]},{ids[1]}", f"ids={ids[0]}&ids={ids[1]}"):
        found = check(old.get(f"/queues/{queue}/messages?{query}"), 200)
        assert set(found) == {"messages"} and [message["id"] for message in found["messages"]] == ids
    refused(old.get(f"/queues/{queue}/messages?ids={uuid.uuid4()}"), 404, "Not found")
    refused(old.get(f"/queues/{queue}/messages?ids={','.join(ids * 11)}"), 400, "Invalid API request")
    assert check(old.get(first), 200)["body"] == 1
    refused(old.get(f"/queues/{queue}/messages/{uuid.uuid4()}"), 404, "Not found")


@pytest.mark.feature("F085", "F086", "F087")
def test_deleting_messages(old, queue):
    first, second, third = old.send(queue, 1, 2, 3)
    assert old.delete(third).status_code == 204 and old.delete(third).status_code == 204
    claim = old.claim(queue, limit=1)
    refused(old.delete(first), 403, "Unable to delete")
    refused(old.delete(f"{first}?claim_id={uuid.uuid4()}"), 400, "Unable to delete")
    assert old.delete(f"{first}?claim_id={claim.id}").status_code == 204
    identifier = second.rpartition("/")[2]
    assert old.delete(f"/queues/{queue}/messages?ids={identifier}").status_code == 204
    refused(old.delete(f"/queues/{queue}/messages"), 400, "Invalid API request")
    assert check(old.get(f"/queues/{queue}/stats"), 200)["messages"]["total"] == 0


@pytest.mark.feature("F087")
def test_bulk_deletion_never_asks_for_claims(start_server):
    server = start_server(
        env={"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1.1", "WEIR_LIMITS_MESSAGE_DELETE_WITH_CLAIM_ID": "true"}
    )
    old = OlderApi(server.url, "v1.1")
    queue = old.create()
    hrefs = old.send(queue, 1, 2, 3)
    old.claim(queue, limit=1)
    ids = ",".join(href.rpartition("/")[2] for href in hrefs[:2])
    refused(old.present().delete(f"/v2/queues/{queue}/messages?ids={ids}"), 400, mentions=["claim_ids"])
    refused(old.delete(hrefs[0]), 403, "Unable to delete")
    # Claims that are named all the same say nothing, next to a pop as well.
    assert old.delete(f"/queues/{queue}/messages?ids={ids}&claim_ids=x").status_code == 204
    assert len(check(old.delete(f"/queues/{queue}/messages?pop=1&claim_ids=x"), 200)["messages"]) == 1
    assert check(old.get(f"/queues/{queue}/stats"), 200)["messages"]["total"] == 0


@pytest.mark.feature("F089")
def test_popping_messages(old, queue):
    old.send(queue, 1, 2, 3)
    popped = check(old.delete(f"/queues/{queue}/messages?pop=2"), 200)["messages"]
    assert [message["body"] for message in popped] == [1, 2] and "href" not in popped[0]
    refused(old.delete(f"/queues/{queue}/messages?pop=21"), 400, "Invalid API request")
    refused(old.delete(f"/queues/{queue}/messages?pop=1&ids=x"), 400, "Invalid API request")


@pytest.mark.feature("F084")
def test_checksums(start_server):
    server = start_server(
        env={"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1,1.1", "WEIR_ENABLE_CHECKSUM": "true"}
    )
    old, oldest = (OlderApi(server.url, version) for version in ("v1.1", "v1"))
    queue = old.create()
    (href,) = old.send(queue, {"a": 1})
    assert check(old.get(href), 200)["checksum"] == "MD5:42b7b4f2921788ea14dac5566e6f06d0"
    oldest.project = old.project
    assert set(check(oldest.get(href.replace("v1.1", "v1")), 200)) == {"href", "ttl", "age", "body"}


# Claims


@pytest.mark.feature("F092", "F093", "F094", "F095", "F096", "F097", "F098")
def test_claiming(old, queue):
    assert old.claim(unique()) is None
    assert old.claim(queue) is None
    resources = old.send(queue, *range(12), ttl=60)
    response = old.post(f"/queues/{queue}/claims")
    claimed = check(response, 201)["messages"]
    claim = response.headers["Location"].rpartition("/")[2]
    assert [message["href"] for message in claimed] == [f"{href}?claim_id={claim}" for href in resources[:10]]
    assert {message["ttl"] for message in claimed} == {360}
    assert check(old.get(response.headers["Location"]), 200)["ttl"] == 300
    assert len(old.claim(queue, limit=20).messages) == 2
    for terms in ({"ttl": 59}, {"ttl": 43_201}, {"grace": 59}, {"grace": 43_201}):
        refused(old.post(f"/queues/{queue}/claims", json=terms), 400, "Invalid API request")
    refused(old.post(f"/queues/{queue}/claims?limit=21"), 400, "Invalid API request")


@pytest.mark.feature("F100", "F101", "F102", "F103")
def test_the_life_of_a_claim(old, queue):
    old.send(queue, 1)
    claim = old.claim(queue)
    shown = check(old.get(claim.href), 200)
    assert set(shown) == {"age", "ttl", "href", "messages"} and shown["href"] == claim.href
    assert old.patch(claim.href, json={}).status_code == 204
    assert old.patch(claim.href, json={"ttl": 100, "grace": 1}).status_code == 204
    assert check(old.get(claim.href), 200)["ttl"] == 100
    refused(old.patch(claim.href, json={"ttl": 59}), 400, "Invalid API request")
    for _ in range(2):
        assert old.delete(claim.href).status_code == 204
    refused(old.get(claim.href), 404, "Not found")
    refused(old.patch(claim.href, json={}), 404, "Not found")
    assert len(old.claim(queue).messages) == 1


# Pools and flavors


@pytest.mark.feature("F160", "F161", "F162", "F164", "F165", "F166", "F167", "F171")
def test_pools(start_server):
    server = start_server(env={"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1.1"})
    old = OlderApi(server.url, "v1.1")
    response = old.put("/pools/two", json={"uri": "sqlite:two", "weight": 5, "flavor": "ignored"})
    assert response.status_code == 201 and response.headers["Location"] == "/v1.1/pools/two"
    assert check(old.get("/pools/two"), 200) == {
        "name": "two",
        "uri": "sqlite:two",
        "weight": 5,
        "href": "/v1.1/pools/two",
    }
    response = old.patch("/pools/two", json={"weight": 7, "options": {"readers": 1}})
    assert response.status_code == 200 and response.content == b""
    shown = check(old.get("/pools/two?detailed=true"), 200)
    assert shown["weight"] == 7 and shown["options"] == {"readers": 1}
    assert set(shown) == {"name", "uri", "weight", "href", "options"}
    for body in ({}, {"flavor": "f"}, {"state": "draining"}):
        refused(old.patch("/pools/two", json=body), 400, "Invalid request body")
    for body in ({"uri": "sqlite:x"}, {"uri": "sqlite:x", "weight": -1}, {"uri": "nope://", "weight": 1}):
        refused(old.put("/pools/x", json=body), 400, "Invalid request body")
    refused(old.put("/pools/x", json={"uri": "sqlite:two", "weight": 1}), 409, "Resource conflict")
    for limit in (0, -5, 1000):
        page = check(old.get(f"/pools?limit={limit}"), 200)
        assert page["pools"][0]["name"] == "embedded"
    assert old.delete("/pools/two").status_code == 204
    refused(old.get("/pools/two"), 404, "Not found")


@pytest.mark.feature("F163", "F167", "F175", "F178", "F180")
def test_flavors(start_server):
    server = start_server(env={"WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1.1"})
    old = OlderApi(server.url, "v1.1")
    response = old.put("/flavors/fifo", json={"capabilities": {"FIFO": True}, "pool_group": "g"})
    assert response.status_code == 201 and response.headers["Location"] == "/v1.1/flavors/fifo"
    assert check(old.get("/flavors/fifo"), 200) == {"name": "fifo", "href": "/v1.1/flavors/fifo"}
    detailed = {"name": "fifo", "href": "/v1.1/flavors/fifo", "capabilities": ["FIFO"]}
    assert check(old.get("/flavors/fifo?detailed=true"), 200) == detailed
    page = check(old.get("/flavors?detailed=true&limit=1000"), 200)
    assert page["flavors"] == [detailed]
    assert only_link(page, "/v1.1").startswith("/v1.1/flavors?")
    refused(old.put("/flavors/other", json={}), 400, "Invalid request body")
    refused(old.put("/flavors/other", json={"capabilities": {"FLYING": 1}}), 400, "Invalid request body")
    refused(old.other_project().get("/flavors/fifo"), 404, "Not found")
    check(old.put("/queues/q", json={"_flavor": "fifo"}), 201)
    assert old.present().route("q")["flavor"] == "fifo"
    assert old.delete("/flavors/fifo").status_code == 204
    refused(old.get("/flavors/fifo"), 404, "Not found")
