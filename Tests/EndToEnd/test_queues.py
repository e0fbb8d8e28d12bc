"""Queues: create, show, list, delete, stats and purge."""

import re

import pytest

from harness.api import check, next_link, query_of, refused, unique
from harness.metadata import DEFAULTS, add

# Create


@pytest.mark.feature("F029")
def test_creating_a_queue_is_201_and_creating_it_again_204(api):
    queue = unique()
    for status in (201, 204, 204):
        response = api.put(f"/v2/queues/{queue}")
        assert response.status_code == status and response.content == b""
        assert response.headers["Location"] == f"/v2/queues/{queue}"


@pytest.mark.feature("F030", "F033")
def test_a_queue_is_created_with_metadata(api):
    metadata = {"team": "a", "n": 5, "list": [1, {"x": None}], "_default_message_ttl": 300, "é": "世"}
    queue = api.create(**metadata)
    assert api.metadata(queue) == {**DEFAULTS, **metadata}


@pytest.mark.feature("F030")
@pytest.mark.parametrize("text", ["[]", '["a"]', "5", "{", '"x"', "null"])
def test_metadata_must_be_an_object(api, text):
    queue = unique()
    refused(api.put(f"/v2/queues/{queue}", data=text), 400, "Invalid request body")
    assert not api.exists(queue)


@pytest.mark.feature("F030")
def test_an_empty_object_is_no_metadata(api):
    queue = unique()
    check(api.put(f"/v2/queues/{queue}", data="{}"), 201)
    assert api.metadata(queue) == DEFAULTS


@pytest.mark.feature("F031")
def test_creating_a_queue_again_changes_neither_metadata_nor_messages(api):
    queue = api.create(team="a", _default_message_ttl=100)
    api.send(queue, 1)
    route = api.route(queue)
    check(api.put(f"/v2/queues/{queue}", json={"team": "b", "new": 1}), 204)
    check(api.put(f"/v2/queues/{queue}"), 204)
    assert api.metadata(queue) == {**DEFAULTS, "team": "a", "_default_message_ttl": 100}
    assert api.bodies(queue) == [1] and api.route(queue) == route


@pytest.mark.feature("F031", "F064")
def test_creating_a_queue_again_still_validates(api, queue):
    refused(api.put(f"/v2/queues/{queue}", json={"_default_message_ttl": 1}), 400, "Invalid API request")
    refused(api.put(f"/v2/queues/{queue}", data="[]"), 400, "Invalid request body")


@pytest.mark.feature("F032")
def test_metadata_has_at_most_64_kib(api):
    def document(size):
        return b'{"a": "' + b"x" * (size - 9) + b'"}'

    fitting, large = unique(), unique()
    assert len(document(65536)) == 65536
    check(api.put(f"/v2/queues/{fitting}", data=document(65536)), 201)
    assert len(api.metadata(fitting)["a"]) == 65527
    refused(api.put(f"/v2/queues/{large}", data=document(65537)), 400, "Invalid API request")
    refused(api.put(f"/v2/queues/{large}", data=b"{" * 65537), 400, "Invalid API request")
    assert not api.exists(large)


@pytest.mark.feature("F032")
def test_a_patch_cannot_grow_metadata_beyond_the_limit(api, queue):
    check(api.update(queue, add("a", "x" * 40000)), 200)
    refused(api.update(queue, add("b", "x" * 40000)), 400, "Invalid request body")
    refused(api.update(queue, add("b", "x" * 70000)), 400, "Invalid request body")
    assert "b" not in api.metadata(queue)


# Show


@pytest.mark.feature("F033")
def test_a_queue_shows_all_reserved_defaults(api, queue):
    assert api.metadata(queue) == DEFAULTS


@pytest.mark.feature("F033")
def test_an_empty_stored_value_shows_the_default(api):
    queue = api.create(_default_message_ttl=None, _max_messages_post_size=None, _default_message_delay=0)
    assert api.metadata(queue) == DEFAULTS


@pytest.mark.feature("F034")
def test_a_missing_queue_shows_the_defaults_and_is_not_created(api):
    queue = unique()
    assert api.metadata(queue) == DEFAULTS
    assert not api.exists(queue)


def test_head_tells_whether_a_queue_exists(api, queue):
    assert api.head(f"/v2/queues/{queue}").status_code == 204
    assert api.head(f"/v2/queues/{unique()}").status_code == 404


# Delete


@pytest.mark.feature("F037")
def test_deleting_a_queue_removes_it_with_messages_claims_and_metadata(api):
    queue = api.create(team="a")
    message, other = api.send(queue, 1, 2)
    claim = api.claim(queue, limit=1)
    check(api.delete(f"/v2/queues/{queue}"), 204)
    assert not api.exists(queue) and api.metadata(queue) == DEFAULTS
    assert check(api.get("/v2/queues"), 200)["queues"] == []
    assert api.bodies(queue) == [] and api.stats(queue)["total"] == 0
    for again in (1, 2):
        refused(api.get(f"/v2/queues/{queue}/messages/{message}"), 404, "Not found")
        refused(api.get(f"/v2/queues/{queue}/messages?ids={message},{other}"), 404, "Not found")
        refused(api.get(claim.href), 404, "Not found")
        if again == 1:
            api.create(queue)
    assert api.bodies(queue, include_claimed="true") == []
    api.send(queue, "fresh")
    assert api.bodies(queue) == ["fresh"]


@pytest.mark.feature("F037")
def test_deleting_a_missing_queue_is_204(api, queue):
    for name in (queue, queue, unique()):
        response = api.delete(f"/v2/queues/{name}")
        assert response.status_code == 204 and response.content == b""


# List


@pytest.mark.feature("F038")
def test_queues_are_listed_by_name_in_byte_order(api):
    names = ["b", "a", "B", "A.b", "a-b", "_x", "0", "a.b", "a0", "ab"]
    for name in names:
        api.create(name)
    page = check(api.get("/v2/queues"), 200)
    assert [entry["name"] for entry in page["queues"]] == sorted(names)
    assert all(
        entry == {"name": entry["name"], "href": f"/v2/queues/{entry['name']}"} for entry in page["queues"]
    )


@pytest.mark.feature("F038")
def test_no_queues_are_an_empty_page_with_200(api):
    assert check(api.get("/v2/queues"), 200) == {"queues": [], "links": []}


@pytest.mark.feature("F039")
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_following_links_visits_every_queue_once(api, limit):
    names = sorted(api.create(f"q{number}") for number in range(7))
    href, seen = f"/v2/queues?limit={limit}", []
    while href:
        page = check(api.get(href), 200)
        assert len(page["queues"]) <= limit
        seen += [entry["name"] for entry in page["queues"]]
        href = next_link(page)
    assert seen == names


@pytest.mark.feature("F039")
def test_a_page_begins_strictly_after_the_marker_even_if_that_queue_is_gone(api):
    for name in ("a", "b", "c"):
        api.create(name)
    check(api.delete("/v2/queues/b"), 204)
    for marker, expected in (("a", ["c"]), ("b", ["c"]), ("c", []), ("zzz", []), ("0", ["a", "c"])):
        page = check(api.get(f"/v2/queues?marker={marker}"), 200)
        assert [entry["name"] for entry in page["queues"]] == expected, marker


@pytest.mark.feature("F040")
def test_a_detailed_list_has_metadata_with_defaults(api):
    api.create("a", team="x")
    api.create("b", _default_message_ttl=100)
    page = check(api.get("/v2/queues?detailed=true"), 200)
    assert page["queues"] == [
        {"name": "a", "href": "/v2/queues/a", "metadata": {**DEFAULTS, "team": "x"}},
        {"name": "b", "href": "/v2/queues/b", "metadata": {**DEFAULTS, "_default_message_ttl": 100}},
    ]
    assert next_link(page) == "/v2/queues?detailed=true&marker=b"


@pytest.mark.feature("F041")
def test_queues_are_filtered_by_a_part_of_their_name(api):
    for name in ("jobs", "old-jobs", "job.s", "mail", "Jobs"):
        api.create(name)

    def names(query):
        return [entry["name"] for entry in check(api.get("/v2/queues?" + query), 200)["queues"]]

    assert names("name=jobs") == ["jobs", "old-jobs"]
    assert names("name=b.s") == ["job.s"]
    assert names("name=%5Ejobs") == [] and names("name=.*") == []
    assert names("name=absent") == []


@pytest.mark.feature("F041", "F042")
def test_filters_come_before_the_limit_and_stay_in_the_link(api):
    for number in range(30):
        api.create(f"q{number:02}", shade="dark" if number % 5 == 0 else "light")
    href, seen = "/v2/queues?limit=2&shade=dark&name=q", []
    while href:
        page = check(api.get(href), 200)
        seen += [entry["name"] for entry in page["queues"]]
        href = next_link(page)
        if href:
            assert len(page["queues"]) == 2
            pairs = query_of(href)
            assert ("shade", "dark") in pairs and ("name", "q") in pairs and ("limit", "2") in pairs
    assert seen == ["q00", "q05", "q10", "q15", "q20", "q25"]


@pytest.mark.feature("F042")
def test_unknown_parameters_filter_by_metadata(api):
    api.create("a", team="x", level=5)
    api.create("b", team="x", level=6)
    api.create("c", team="y", level=5)
    api.create("d", level="5")
    api.create("e")

    def names(query):
        return [entry["name"] for entry in check(api.get("/v2/queues?" + query), 200)["queues"]]

    assert names("team=x") == ["a", "b"]
    assert names("level=5") == ["a", "c"]
    assert names("team=x&level=5") == ["a"]
    assert names("team=x&limit=1") == ["a"]
    assert names("team=z") == [] and names("absent=1") == []
    assert names("team=x&team=y") == ["c"]


@pytest.mark.feature("F043")
def test_with_count_tells_the_number_of_all_queues(api):
    assert "count" not in check(api.get("/v2/queues?with_count=true"), 200)
    for name in ("a", "b", "c"):
        api.create(name, letter=name)
    assert check(api.get("/v2/queues?with_count=true"), 200)["count"] == 3
    assert check(api.get("/v2/queues?with_count=true&limit=1&marker=a"), 200)["count"] == 3
    assert check(api.get("/v2/queues?with_count=true&name=a&letter=a"), 200)["count"] == 3
    assert "count" not in check(api.get("/v2/queues"), 200)
    assert "count" not in check(api.get("/v2/queues?with_count=false"), 200)
    api.with_project().create()
    check(api.delete("/v2/queues/a"), 204)
    assert check(api.get("/v2/queues?with_count=true"), 200)["count"] == 2


# Stats


@pytest.mark.feature("F051")
def test_stats_count_messages_and_describe_the_ends(api, queue):
    ids = api.send(queue, *range(4))
    api.claim(queue, limit=1)
    stats = api.stats(queue)
    assert set(stats) == {"claimed", "free", "total", "oldest", "newest"}
    assert (stats["claimed"], stats["free"], stats["total"]) == (1, 3, 4)
    for end, message in (("oldest", ids[0]), ("newest", ids[3])):
        assert set(stats[end]) == {"href", "age", "created"}
        assert stats[end]["href"].split("?")[0] == f"/v2/queues/{queue}/messages/{message}"
        assert type(stats[end]["age"]) is int and 0 <= stats[end]["age"] < 60
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stats[end]["created"])


@pytest.mark.feature("F051")
def test_stats_follow_deletes_releases_and_delays(api):
    queue = api.create(_default_message_delay=900)
    ids = api.send(queue, 1, 2, 3, delay=0)
    api.send(queue, "delayed", delay=800)
    claim = api.claim(queue)
    assert [api.stats(queue)[name] for name in ("claimed", "free", "total")] == [3, 1, 4]
    check(api.delete(f"/v2/queues/{queue}/messages/{ids[0]}?claim_id={claim.id}"), 204)
    assert [api.stats(queue)[name] for name in ("claimed", "free", "total")] == [2, 1, 3]
    assert ids[1] in api.stats(queue)["oldest"]["href"]
    check(api.delete(claim.href), 204)
    assert [api.stats(queue)[name] for name in ("claimed", "free", "total")] == [0, 3, 3]


@pytest.mark.feature("F052")
def test_stats_of_a_missing_and_of_an_empty_queue_are_zeros(api, queue):
    for name in (queue, unique()):
        assert api.stats(name) == {"claimed": 0, "free": 0, "total": 0}


# Purge


@pytest.mark.feature("F053")
@pytest.mark.parametrize(
    "body", [None, {"resource_types": ["messages", "subscriptions"]}, {"resource_types": ["messages"]}]
)
def test_purge_removes_all_but_claimed_messages(api, body):
    queue = api.create(team="a")
    for _ in range(15):
        api.send(queue, *range(20))
    claim = api.claim(queue, limit=2)
    response = api.post(f"/v2/queues/{queue}/purge", json=body)
    assert response.status_code == 204 and response.content == b""
    assert [message["id"] for message in api.everything(queue)] == [
        message["id"] for message in claim.messages
    ]
    check(api.delete(claim.href), 204)
    assert len(api.messages(queue)) == 2
    assert api.metadata(queue)["team"] == "a"


@pytest.mark.feature("F053")
@pytest.mark.parametrize("types", [[], ["subscriptions"]])
def test_purge_removes_only_what_is_named(api, queue, types):
    api.send(queue, 1)
    check(api.post(f"/v2/queues/{queue}/purge", json={"resource_types": types}), 204)
    assert api.bodies(queue) == [1]


@pytest.mark.feature("F053")
@pytest.mark.parametrize(
    "text",
    [
        '{"resource_types": ["claims"]}',
        '{"resource_types": ["messages", "x"]}',
        "{}",
        '{"resource_types": 5}',
        '{"resource_types": "messages"}',
        "[]",
        "5",
        "{",
        '{"resource_types": [5]}',
        '{"resource_types": null}',
    ],
)
def test_purge_refuses_anything_else(api, queue, text):
    api.send(queue, 1)
    refused(api.post(f"/v2/queues/{queue}/purge", data=text), 400)
    assert api.bodies(queue) == [1]


@pytest.mark.feature("F053")
def test_purge_of_a_missing_queue_is_204_and_creates_nothing(api):
    queue = unique()
    check(api.post(f"/v2/queues/{queue}/purge"), 204)
    assert not api.exists(queue)


# Lazy creation


@pytest.mark.feature("F054")
def test_posting_creates_a_missing_queue(api):
    queue = unique()
    api.send(queue, 1)
    assert api.exists(queue) and api.metadata(queue) == DEFAULTS and api.bodies(queue) == [1]


@pytest.mark.feature("F054")
def test_even_a_refused_post_creates_the_queue(api):
    queue = unique()
    refused(api.post(f"/v2/queues/{queue}/messages", json={"messages": []}), 400)
    assert api.exists(queue)


def test_the_route_of_a_queue_names_pool_epoch_and_flavor(api, queue):
    route = api.route(queue)
    assert set(route) == {"pool", "epoch", "flavor", "migration"}
    assert (route["pool"], route["flavor"], route["migration"]) == ("embedded", None, None)
    assert type(route["epoch"]) is int
    refused(api.get(f"/v2/queues/{unique()}/route"), 404, "Not found")
