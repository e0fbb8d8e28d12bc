"""Pools: register, show, list, update and delete."""

import contextlib
import re
import sqlite3

import pytest

from harness.api import check, next_link, refused
from harness.pools import details, register


def names(api, query=""):
    return [entry["name"] for entry in check(api.get("/v2/pools" + query), 200)["pools"]]


# Register


def test_a_server_without_configuration_has_one_embedded_pool(own):
    pool = check(own.get("/v2/pools/embedded"), 200)
    assert pool["name"] == "embedded" and pool["weight"] == 100 and not pool["flavor"]
    assert pool["uri"].startswith("sqlite:") and pool["href"] == "/v2/pools/embedded"
    assert names(own) == ["embedded"]


@pytest.mark.feature("F160")
def test_registering_and_replacing_a_pool_is_201_with_its_location(own):
    for weight in (10, 20):
        response = register(own, "second", weight)
        assert response.headers["Location"] == "/v2/pools/second" and response.content == b""
        assert check(own.get("/v2/pools/second"), 200)["weight"] == weight
    assert names(own) == ["embedded", "second"]
    check(own.delete("/v2/pools/embedded"), 204)
    queue = own.create()
    own.send(queue, 1)
    assert own.bodies(queue) == [1] and own.route(queue)["pool"] == "second"


@pytest.mark.feature("F160")
def test_a_pool_may_be_a_file_anywhere(own, tmp_path):
    uri = f"sqlite://{tmp_path}/elsewhere.db"
    register(own, "far", uri=uri)
    assert check(own.get("/v2/pools/far"), 200)["uri"] == uri
    check(own.patch("/v2/pools/embedded", json={"weight": 0}), 200)
    queue = own.create()
    own.send(queue, 1)
    assert own.route(queue)["pool"] == "far" and (tmp_path / "elsewhere.db").stat().st_size > 0


@pytest.mark.feature("F160")
def test_the_name_of_a_pool_is_free_text(own):
    response = own.put("/v2/pools/pool%20n%C2%B01%20%28fast%29", json={"uri": "sqlite:fast", "weight": 1})
    check(response, 201)
    assert (
        response.headers["Location"].lower() == "/v2/pools/pool%20n%c2%b01%20%28fast%29"
        or response.headers["Location"] == "/v2/pools/pool%20n%C2%B01%20(fast)"
    )
    assert check(own.get("/v2/pools/pool%20n%C2%B01%20%28fast%29"), 200)["name"] == "pool n°1 (fast)"
    assert "pool n°1 (fast)" in names(own)


SOUND = {"uri": "sqlite:schema", "weight": 1}


@pytest.mark.feature("F161")
@pytest.mark.parametrize(
    "document",
    [
        {},
        {"uri": "sqlite:a"},
        {"weight": 1},
        {**SOUND, "uri": 5},
        {**SOUND, "uri": None},
        {**SOUND, "uri": ""},
        {**SOUND, "weight": "1"},
        {**SOUND, "weight": 1.5},
        {**SOUND, "weight": None},
        {**SOUND, "weight": -1},
        {**SOUND, "weight": 4294967296},
        {**SOUND, "weight": True},
        {**SOUND, "options": []},
        {**SOUND, "options": "x"},
        {**SOUND, "flavor": 5},
        {**SOUND, "flavor": "f" * 256},
        {**SOUND, "group": "g"},
        {**SOUND, "name": "x"},
        {**SOUND, "uri": "sqlite:" + "u" * 2042},
        [],
        [SOUND],
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_pool_outside_the_schema_is_refused(own_pools, document):
    refused(own_pools.put("/v2/pools/schema", json=document), 400, "Invalid request body")
    refused(own_pools.get("/v2/pools/schema"), 404, "Not found")


@pytest.mark.feature("F161")
@pytest.mark.parametrize("text", ["", "{", "5", "null"])
def test_a_pool_without_a_document_is_refused(own_pools, text):
    refused(own_pools.put("/v2/pools/schema", data=text), 400, "Invalid request body")
    refused(own_pools.patch("/v2/pools/embedded", data=text), 400)


@pytest.mark.feature("F161")
def test_weights_and_uris_at_their_bounds(own):
    register(own, "heaviest", 4294967295)
    register(own, "lightest", 0)
    register(own, "flavored", 1, flavor="f" * 255)
    assert check(own.get("/v2/pools/heaviest"), 200)["weight"] == 4294967295


@pytest.mark.feature("F162")
@pytest.mark.parametrize(
    "uri", ["nosuchstore://localhost/1", "http://localhost", "sqlite", "no uri at all", "://"]
)
def test_a_uri_of_no_known_store_is_refused(own_pools, uri):
    error = refused(
        own_pools.put("/v2/pools/wrong", json={"uri": uri, "weight": 1}), 400, "Invalid request body"
    )
    assert "uri" in error["description"] or "scheme" in error["description"]
    refused(own_pools.get("/v2/pools/wrong"), 404, "Not found")
    refused(own_pools.patch("/v2/pools/embedded", json={"uri": uri}), 400)


@pytest.mark.feature("F162")
def test_a_store_that_cannot_be_reached_is_refused(own_pools, tmp_path):
    before = check(own_pools.get("/v2/pools/embedded"), 200)
    (tmp_path / "file").write_text("no directory")
    (tmp_path / "garbage.db").write_bytes(b"this is no database at all" * 1000)
    for place in ("file/pool.db", "garbage.db", ""):
        uri = f"sqlite://{tmp_path}/{place}"
        refused(own_pools.put("/v2/pools/wrong", json={"uri": uri, "weight": 1}), 400, "Invalid request body")
        refused(own_pools.get("/v2/pools/wrong"), 404, "Not found")
        refused(own_pools.patch("/v2/pools/embedded", json={"uri": uri}), 400)
    assert check(own_pools.get("/v2/pools/embedded"), 200) == before
    assert (tmp_path / "garbage.db").read_bytes() == b"this is no database at all" * 1000


@pytest.mark.feature("F163")
def test_a_refused_pool_leaves_no_files_and_touches_no_database_of_others(own, tmp_path):
    check(own.put("/v2/flavors/fast", json={"capabilities": ["HIGH_THROUGHPUT"]}), 201)
    theirs = tmp_path / "theirs" / "app.db"
    theirs.parent.mkdir()
    with contextlib.closing(sqlite3.connect(theirs)) as database:
        database.execute("CREATE TABLE theirs(x)")
    before = theirs.read_bytes()
    pools = own.server.data / "pools"
    present = sorted(path.name for path in pools.iterdir())
    for document in ({"uri": "sqlite:slow", "flavor": "fast"}, {"uri": f"sqlite://{theirs}"}):
        refused(own.put("/v2/pools/slow", json={"weight": 1, **document}), 400)
    assert theirs.read_bytes() == before and [path.name for path in theirs.parent.iterdir()] == ["app.db"]
    assert sorted(path.name for path in pools.iterdir()) == present


@pytest.mark.feature("F163")
def test_a_pool_must_offer_what_its_flavor_requires(own):
    register(own, "durable")
    check(own.put("/v2/flavors/safe", json={"pool_list": ["durable"], "capabilities": ["DURABILITY"]}), 201)
    register(own, "soft", options={"synchronous": "normal"})
    error = refused(
        own.put("/v2/flavors/safe", json={"pool_list": ["durable", "soft"], "capabilities": ["DURABILITY"]}),
        400,
    )
    assert "soft" in error["description"] and "DURABILITY" in error["description"]
    assert check(own.get("/v2/flavors/safe"), 200)["pool_list"] == ["durable"]


@pytest.mark.feature("F164")
def test_two_pools_cannot_share_a_uri(own, tmp_path):
    uri = f"sqlite://{tmp_path}/shared.db"
    register(own, "first", uri=uri)
    refused(own.put("/v2/pools/second", json={"uri": uri, "weight": 1}), 409, "Resource conflict")
    refused(own.get("/v2/pools/second"), 404, "Not found")
    register(own, "second")
    refused(own.patch("/v2/pools/second", json={"uri": uri}), 409, "Resource conflict")
    assert check(own.get("/v2/pools/second"), 200)["uri"] == "sqlite:second"
    register(own, "first", 5, uri=uri)
    (tmp_path / "link.db").symlink_to(tmp_path / "shared.db")
    refused(own.put("/v2/pools/second", json={"uri": f"sqlite://{tmp_path}/link.db", "weight": 1}), 400)


# Show and list


@pytest.mark.feature("F165")
def test_a_pool_is_shown_with_options_only_in_detail(own):
    register(own, "plain", 7, flavor="gold", options={"synchronous": "full"})
    members = {
        "name": "plain",
        "uri": "sqlite:plain",
        "weight": 7,
        "flavor": "gold",
        "href": "/v2/pools/plain",
    }
    assert check(own.get("/v2/pools/plain"), 200) == members
    assert check(own.get("/v2/pools/plain?detailed=false"), 200) == members
    shown = details(own, "plain")
    assert {key: shown[key] for key in members} == members
    assert shown["options"] == {"synchronous": "full"}
    refused(own.get("/v2/pools/none"), 404, "Not found")


@pytest.mark.feature("F165")
def test_a_pool_in_detail_tells_what_its_probe_found(own):
    for _ in range(3):
        own.create()
    shown = details(own, "embedded")
    assert shown["driver"] == "sqlite" and shown["state"] == "open" and shown["queues"] == 3
    assert {"FIFO", "CLAIMS", "DURABILITY", "AOD"} <= set(shown["capabilities"])
    assert "HIGH_THROUGHPUT" not in shown["capabilities"]
    assert {"at", "facts", "missing"} <= set(shown["probe"])
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", shown["probe"]["at"])


@pytest.mark.feature("F165")
def test_pools_are_listed_by_name_with_a_content_location(own):
    for name in ("zeta", "alpha", "beta"):
        register(own, name, 1, options={"synchronous": "full"})
    response = own.get("/v2/pools")
    page = check(response, 200)
    assert response.headers["Content-Location"] == "/v2/pools"
    assert [pool["name"] for pool in page["pools"]] == ["alpha", "beta", "embedded", "zeta"]
    assert all(set(pool) == {"name", "uri", "weight", "flavor", "href"} for pool in page["pools"])
    assert next_link(page) == "/v2/pools?marker=zeta"
    detailed = own.get("/v2/pools?detailed=true")
    assert detailed.headers["Content-Location"] == "/v2/pools?detailed=true"
    assert check(detailed, 200)["pools"][0]["options"] == {"synchronous": "full"}


@pytest.mark.feature("F165", "F024")
def test_following_links_visits_every_pool_once(own):
    for number in range(4):
        register(own, f"p{number}", 0)
    href, seen = "/v2/pools?limit=2&detailed=true", []
    while href:
        page = check(own.get(href), 200)
        seen += [pool["name"] for pool in page["pools"]]
        href = next_link(page)
        if len(seen) == 2:
            assert href == "/v2/pools?limit=2&detailed=true&marker=p0"
    assert seen == ["embedded", "p0", "p1", "p2", "p3"]


# Update


@pytest.mark.feature("F166")
def test_patch_changes_what_is_named_and_returns_the_pool(own):
    register(own, "second", 7)
    shown = check(own.patch("/v2/pools/second", json={"weight": 8, "unknown": 1}), 200)
    assert shown == {
        "name": "second",
        "uri": "sqlite:second",
        "weight": 8,
        "flavor": None,
        "href": "/v2/pools/second",
    }
    assert check(own.patch("/v2/pools/second", json={"flavor": "gold"}), 200)["flavor"] == "gold"
    assert check(own.patch("/v2/pools/second", json={"uri": "sqlite:moved"}), 200)["uri"] == "sqlite:moved"
    check(own.patch("/v2/pools/second", json={"options": {"synchronous": "normal"}}), 200)
    shown = details(own, "second")
    assert (shown["weight"], shown["flavor"], shown["uri"]) == (8, "gold", "sqlite:moved")
    assert shown["options"] == {"synchronous": "normal"}
    assert not check(own.patch("/v2/pools/second", json={"flavor": None}), 200)["flavor"]
    assert details(own, "second")["weight"] == 8
    check(own.put("/v2/pools/second", json={"uri": "sqlite:moved", "weight": 8, "flavor": None}), 201)
    assert details(own, "second")["flavor"] is None


@pytest.mark.feature("F166")
@pytest.mark.parametrize(
    "document",
    [
        {},
        {"unknown": 1},
        {"weight": -1},
        {"weight": "1"},
        {"weight": 4294967296},
        {"uri": 5},
        {"flavor": 5},
        {"options": []},
        {"options": {"colour": "red"}},
        [],
    ],
    ids=str,
)
def test_a_bad_patch_of_a_pool_is_refused_and_changes_nothing(own_pools, document):
    before = details(own_pools, "embedded")
    refused(own_pools.patch("/v2/pools/embedded", json=document), 400)
    after = details(own_pools, "embedded")
    assert all(after[name] == before[name] for name in ("uri", "weight", "flavor", "options"))


@pytest.mark.feature("F166")
def test_a_new_uri_never_strands_the_queues_of_a_pool(own):
    queue = own.create()
    own.send(queue, 1)
    for answer in (
        own.patch("/v2/pools/embedded", json={"uri": "sqlite:elsewhere"}),
        own.put("/v2/pools/embedded", json={"uri": "sqlite:elsewhere", "weight": 1}),
    ):
        assert 400 <= answer.status_code < 500 and own.bodies(queue) == [1]


@pytest.mark.feature("F166")
def test_patch_of_a_missing_pool_is_404(own_pools):
    refused(own_pools.patch("/v2/pools/none", json={"weight": 1}), 404, "Not found")


# Delete


@pytest.mark.feature("F167")
def test_deleting_a_pool_is_204_whether_or_not_it_is_there(own):
    register(own, "second")
    for _ in range(2):
        response = own.delete("/v2/pools/second")
        assert response.status_code == 204 and response.content == b""
    refused(own.get("/v2/pools/second"), 404, "Not found")
    assert names(own) == ["embedded"]


@pytest.mark.feature("F167")
def test_a_pool_that_holds_queues_is_not_deleted(own):
    queues = [own.create() for _ in range(3)]
    own.send(queues[0], 1)
    refused(own.delete("/v2/pools/embedded"), 403, "Unable to delete", mentions=["3"])
    assert own.bodies(queues[0]) == [1] and names(own) == ["embedded"]
    for queue in queues:
        check(own.delete(f"/v2/queues/{queue}"), 204)
    check(own.delete("/v2/pools/embedded"), 204)


@pytest.mark.feature("F167", "F168")
def test_the_last_pool_that_names_a_flavor_is_not_deleted(own):
    register(own, "one", flavor="gold")
    register(own, "two", flavor="gold")
    check(own.delete("/v2/pools/one"), 204)
    refused(own.delete("/v2/pools/two"), 403, "Unable to delete")
    assert not check(own.patch("/v2/pools/two", json={"flavor": ""}), 200)["flavor"]
    check(own.delete("/v2/pools/two"), 204)
