"""Names, hrefs, paging and the isolation of projects."""

import json

import pytest

from harness import raw
from harness.api import Api, check, next_link, query_of, refused, unique

# Names and hrefs


@pytest.mark.feature("F026")
@pytest.mark.parametrize(
    "name", ["a", "A" * 64, "a.b", "under_score", "dash-ed", "0", ".", "..", "-", "_x.Y-9"]
)
def test_legal_queue_names(api, name):
    if set(name) == {"."}:
        # HTTP libraries fold dot segments, so these go as bytes.
        answer = raw.request(
            int(api.url.rpartition(":")[2]), "PUT", f"/v2/queues/{name}", project=api.project, body=b""
        )
        assert answer.status_code == 201, answer
        return
    response = api.put(f"/v2/queues/{name}")
    check(response, 201)
    assert response.headers["Location"] == f"/v2/queues/{name}"
    api.send(name, 1)
    assert api.bodies(name) == [1]
    assert [entry["name"] for entry in check(api.get("/v2/queues"), 200)["queues"]] == [name]


@pytest.mark.feature("F026", "F027")
@pytest.mark.parametrize(
    "name",
    [
        "a" * 65,
        "a%20b",
        "a!b",
        "a:b",
        "a%2Bb",
        "%E2%82%AC",
        "caf%C3%A9",
        "a%00b",
        "a@b",
        "a*",
        "~a",
        "a,b",
        "%C3%28",
    ],
)
@pytest.mark.parametrize(
    "method, suffix", [("PUT", ""), ("GET", ""), ("GET", "/messages"), ("POST", "/claims")]
)
def test_illegal_queue_names(api, name, method, suffix):
    refused(api.request(method, f"/v2/queues/{name}{suffix}"), 400, "Invalid queue identification")


@pytest.mark.feature("F026")
def test_a_trailing_slash_is_a_queue_without_a_name(api):
    refused(api.get("/v2/queues/"), 400, "Invalid queue identification")


@pytest.mark.feature("F023")
def test_every_href_and_location_begins_with_the_version(own):
    queue = unique()
    created = own.put(f"/v2/queues/{queue}")
    assert created.headers["Location"] == f"/v2/queues/{queue}"
    posted = own.post(f"/v2/queues/{queue}/messages", json={"messages": [{"body": 1}, {"body": 2}]})
    claimed = own.post(f"/v2/queues/{queue}/claims?limit=1")
    pool = own.put("/v2/pools/p", json={"uri": "sqlite:p", "weight": 1})
    flavor = own.put("/v2/flavors/f", json={"pool_list": ["p"]})
    assert pool.headers["Location"] == "/v2/pools/p" and flavor.headers["Location"] == "/v2/flavors/f"
    answers = [
        posted,
        claimed,
        own.get("/v2/queues?limit=1"),
        own.get(f"/v2/queues/{queue}/stats"),
        own.get(f"/v2/queues/{queue}/messages?echo=true"),
        own.get("/v2/pools"),
        own.get("/v2/flavors"),
        own.get(claimed.headers["Location"]),
    ]
    hrefs = [answer.headers["Location"] for answer in answers if "Location" in answer.headers]
    hrefs += list(posted.json()["resources"])

    def collect(value):
        if isinstance(value, dict):
            hrefs.extend(value[key] for key in value if key == "href")
            [collect(item) for item in value.values()]
        elif isinstance(value, list):
            [collect(item) for item in value]

    [collect(answer.json()) for answer in answers]
    assert len(hrefs) >= 12 and all(href.startswith("/v2/") for href in hrefs), hrefs


# Paging


@pytest.mark.feature("F024")
def test_a_link_stands_on_every_page_with_entries_and_on_none_without(api):
    names = sorted(api.create(f"q{number}") for number in range(3))
    for limit in range(1, 5):
        href, seen = f"/v2/queues?limit={limit}", []
        while (page := check(api.get(href), 200))["queues"]:
            seen += [entry["name"] for entry in page["queues"]]
            href = next_link(page)
            assert sorted(query_of(href)) == [("limit", str(limit)), ("marker", seen[-1])]
        assert page == {"queues": [], "links": []} and seen == names
    assert check(api.with_project().get("/v2/queues"), 200) == {"queues": [], "links": []}


@pytest.mark.feature("F024")
@pytest.mark.parametrize(
    "query, expected",
    [
        ("", "marker=b"),
        ("?limit=2", "limit=2&marker=b"),
        ("?detailed=1&limit=2", "limit=2&detailed=true&marker=b"),
        ("?detailed=no", "detailed=false&marker=b"),
        ("?limit=1&marker=a", "marker=b&limit=1"),
        ("?detailed=yes&marker=a", "marker=b&detailed=true"),
        ("?with_count=on&limit=2", "limit=2&with_count=true&marker=b"),
    ],
)
def test_a_link_repeats_the_known_parameters_in_the_order_of_the_endpoint(api, query, expected):
    api.create("a")
    api.create("b")
    assert next_link(check(api.get("/v2/queues" + query), 200)) == "/v2/queues?" + expected


@pytest.mark.feature("F025")
@pytest.mark.parametrize("path, key", [("/v2/queues", "queues"), ("/v2/queues/full/messages", "messages")])
def test_a_page_has_ten_entries_by_default_and_twenty_at_most(api, path, key):
    for number in range(22):
        api.create(f"q{number:02}")
    api.with_client().send("full", *range(22))
    assert len(check(api.get(path), 200)[key]) == 10
    assert len(check(api.get(path + "?limit=20"), 200)[key]) == 20
    assert len(check(api.get(path + "?limit=1"), 200)[key]) == 1
    for limit in (0, -1, 21, 10**12):
        refused(api.get(f"{path}?limit={limit}"), 400, "Invalid API request")


@pytest.mark.feature("F025")
@pytest.mark.parametrize("path", ["/v2/pools", "/v2/flavors"])
def test_pools_and_flavors_have_the_same_page_limits(api, path):
    check(api.get(path + "?limit=20"), 200)
    for limit in (0, -1, 21):
        refused(api.get(f"{path}?limit={limit}"), 400)


@pytest.mark.feature("F025")
def test_the_largest_page_is_configurable(start_server):
    api = Api(
        start_server(
            env={
                "WEIR_LIMITS_MAX_QUEUES_PER_PAGE": 30,
                "WEIR_LIMITS_MAX_MESSAGES_PER_PAGE": 5,
                "WEIR_LIMITS_MAX_MESSAGES_PER_CLAIM_OR_POP": 3,
            }
        ).url
    )
    queue = api.create()
    check(api.get("/v2/queues?limit=30"), 200)
    refused(api.get("/v2/queues?limit=31"), 400, "Invalid API request")
    check(api.get(f"/v2/queues/{queue}/messages?limit=5"), 200)
    refused(api.get(f"/v2/queues/{queue}/messages?limit=6"), 400, "Invalid API request")
    refused(api.post(f"/v2/queues/{queue}/claims?limit=4"), 400, "Invalid API request")
    refused(api.delete(f"/v2/queues/{queue}/messages?pop=4"), 400, "Invalid API request")


# Isolation


@pytest.mark.feature("F028")
def test_projects_do_not_see_each_others_queues(api):
    stranger = api.with_project()
    api.create("same", owner="a")
    check(stranger.put("/v2/queues/same", json={"owner": "b"}), 201)
    assert api.metadata("same")["owner"] == "a" and stranger.metadata("same")["owner"] == "b"
    api.send("same", "a's")
    stranger.send("same", "b's")
    assert api.bodies("same") == ["a's"] and stranger.bodies("same") == ["b's"]
    check(stranger.delete("/v2/queues/same"), 204)
    assert api.bodies("same") == ["a's"] and not stranger.exists("same")
    assert check(stranger.get("/v2/queues"), 200)["queues"] == []


@pytest.mark.feature("F028")
def test_projects_cannot_reach_each_others_messages_and_claims_by_id(api):
    stranger = api.with_project()
    api.create("same")
    stranger.create("same")
    stranger.send("same", "bait")
    mine, other = api.send("same", "secret", "secret too")
    claim = api.claim("same", limit=1)
    path = "/v2/queues/same"
    refused(stranger.get(f"{path}/messages/{mine}"), 404, "Not found")
    refused(stranger.get(f"{path}/messages?ids={mine},{other}"), 404, "Not found")
    refused(stranger.get(claim.href), 404, "Not found")
    refused(stranger.patch(claim.href, json={"ttl": 60}), 404, "Not found")
    check(stranger.delete(claim.href), 204)
    check(stranger.delete(f"{path}/messages/{other}"), 204)
    check(stranger.delete(f"{path}/messages?ids={mine},{other}"), 204)
    check(stranger.post(f"{path}/purge"), 204)
    assert [message["id"] for message in api.everything("same")] == [mine, other]
    assert len(check(api.get(claim.href), 200)["messages"]) == 1
    assert api.stats("same")["claimed"] == 1


@pytest.mark.feature("F028")
def test_queues_of_one_project_do_not_share_messages_and_claims(api):
    first, second = api.create(), api.create()
    (message,) = api.send(first, 1)
    claim = api.claim(first)
    refused(api.get(f"/v2/queues/{second}/messages/{message}"), 404, "Not found")
    refused(api.get(f"/v2/queues/{second}/claims/{claim.id}"), 404, "Not found")
    check(api.delete(f"/v2/queues/{second}/messages?ids={message}"), 204)
    check(api.delete(f"/v2/queues/{second}/claims/{claim.id}"), 204)
    assert api.stats(first)["claimed"] == 1


@pytest.mark.feature("F028")
def test_dots_in_names_do_not_mix_projects_and_queues(api):
    base = unique("p")
    one, two = api.with_project(f"{base}.a"), api.with_project(base)
    one.create("b.c")
    one.send("b.c", 1)
    assert not two.exists("a.b.c") and two.bodies("a.b.c") == []
    two.create("a.b.c")
    two.send("a.b.c", 2)
    assert one.bodies("b.c") == [1] and two.bodies("a.b.c") == [2]
    assert json.dumps(check(two.get("/v2/queues"), 200)["queues"]).count('"name"') == 1
