"""Flavors: create, show, list, update, delete, and the flavor of a queue."""

import pytest

from harness.api import check, next_link, query_of, refused
from harness.pools import details, register
from harness.metadata import DEFAULTS, add, remove
from harness.threads import at_once


def path_of(flavor):
    return f"/v2/flavors/{flavor}"


def create(api, flavor, **document):
    response = api.put(path_of(flavor), json=document)
    check(response, 201)
    return response


def show(api, flavor):
    return check(api.get(path_of(flavor)), 200)


def flavor_of(api, pool):
    return check(api.get(f"/v2/pools/{pool}"), 200)["flavor"] or None


@pytest.fixture
def pooled(own):
    """A server with three more pools of no flavor that take no queues by themselves."""
    for name in ("p1", "p2", "p3"):
        register(own, name, 1)
    check(own.patch("/v2/pools/embedded", json={"weight": 1000000}), 200)
    return own


# Create


@pytest.mark.feature("F173")
def test_a_flavor_is_created_from_pools_and_marks_them(pooled):
    for _ in range(2):
        response = create(pooled, "gold", pool_list=["p1", "p2"])
        assert response.headers["Location"] == "/v2/flavors/gold"
    assert [flavor_of(pooled, pool) for pool in ("p1", "p2", "p3")] == ["gold", "gold", None]
    assert sorted(show(pooled, "gold")["pool_list"]) == ["p1", "p2"]


@pytest.mark.feature("F173")
def test_creating_a_flavor_again_does_not_detach_pools_left_out(pooled):
    create(pooled, "gold", pool_list=["p1"])
    create(pooled, "gold", pool_list=["p2"])
    assert sorted(show(pooled, "gold")["pool_list"]) == ["p1", "p2"]


@pytest.mark.feature("F173")
def test_a_pool_belongs_to_one_flavor_and_is_moved_by_listing_it_elsewhere(pooled):
    create(pooled, "gold", pool_list=["p1", "p2"])
    create(pooled, "silver", pool_list=["p2"])
    assert flavor_of(pooled, "p2") == "silver"
    assert show(pooled, "gold")["pool_list"] == ["p1"] and show(pooled, "silver")["pool_list"] == ["p2"]


@pytest.mark.feature("F173")
@pytest.mark.parametrize(
    "document, title",
    [
        ({"pool_list": []}, "Unable to create"),
        ({"pool_list": ["none"]}, "Unable to create"),
        ({"pool_list": ["p1", "none"]}, "Unable to create"),
        ({}, "Invalid request body"),
        ({"pool_list": "p1"}, "Invalid request body"),
        ({"pool_list": [5]}, "Invalid request body"),
        ({"pool_list": None}, "Invalid request body"),
        ({"pool_list": ["p1"], "pool_group": "g"}, "Invalid request body"),
        ({"pool_list": ["p1"], "pool": "p1"}, "Invalid request body"),
        ({"pool_list": ["p1"], "capabilities": 5}, "Invalid request body"),
        ({"pool_list": ["p1"], "capabilities": "FIFO"}, "Invalid request body"),
        ({"pool_list": ["p1"], "capabilities": [5]}, "Invalid request body"),
        ({"pool_list": ["p1"], "capabilities": ["SPEED"]}, None),
        ([], "Invalid request body"),
    ],
    ids=str,
)
def test_a_flavor_that_cannot_be_is_refused(pooled, document, title):
    refused(pooled.put("/v2/flavors/gold", json=document), 400, title)
    refused(pooled.get("/v2/flavors/gold"), 404, "Not found")
    assert flavor_of(pooled, "p1") is None


@pytest.mark.feature("F173", "F163")
def test_a_pool_that_lacks_a_required_capability_is_named(pooled):
    for capabilities in (["HIGH_THROUGHPUT"], {"FIFO": True, "HIGH_THROUGHPUT": {}}):
        error = refused(
            pooled.put("/v2/flavors/fast", json={"pool_list": ["p1"], "capabilities": capabilities}), 400
        )
        assert "p1" in error["description"] and "HIGH_THROUGHPUT" in error["description"]
    refused(pooled.get("/v2/flavors/fast"), 404, "Not found")
    assert flavor_of(pooled, "p1") is None


@pytest.mark.feature("F173")
@pytest.mark.parametrize(
    "capabilities", [["FIFO", "DURABILITY"], {"FIFO": True, "DURABILITY": {}}, [], {}], ids=str
)
def test_required_capabilities_are_an_array_of_names_or_an_object(pooled, capabilities):
    create(pooled, "gold", pool_list=["p1"], capabilities=capabilities)
    assert show(pooled, "gold")["pool_list"] == ["p1"]


@pytest.mark.feature("F173", "F062")
def test_a_flavor_without_pools_is_served_by_every_pool_that_satisfies_it(pooled):
    # All the weight there is but for a little: no other pool takes a queue of no flavor.
    check(pooled.patch("/v2/pools/embedded", json={"weight": 1}), 200)
    register(pooled, "soft", 1000000000, options={"synchronous": "normal"})
    create(pooled, "safe", capabilities=["DURABILITY", "FIFO"])
    for _ in range(20):
        queue = pooled.create(_flavor="safe")
        assert pooled.route(queue)["pool"] != "soft" and pooled.route(queue)["flavor"] == "safe"
    assert pooled.route(pooled.create())["pool"] == "soft"


# Show and list


@pytest.mark.feature("F174")
def test_a_flavor_shows_its_capabilities_as_names_and_its_pools(pooled):
    create(pooled, "gold", pool_list=["p1"])
    shown = show(pooled, "gold")
    assert set(shown) == {"name", "capabilities", "pool_list", "href"}
    assert shown["name"] == "gold" and shown["href"] == "/v2/flavors/gold" and shown["pool_list"] == ["p1"]
    assert set(shown["capabilities"]) == {"FIFO", "CLAIMS", "DURABILITY", "AOD"}
    refused(pooled.get("/v2/flavors/none"), 404, "Not found")


@pytest.mark.feature("F175")
def test_flavors_are_listed_with_capabilities_only_in_detail(pooled):
    create(pooled, "silver", pool_list=["p2"])
    create(pooled, "gold", pool_list=["p1"])
    page = check(pooled.get("/v2/flavors"), 200)
    assert page["flavors"] == [
        {"name": "gold", "href": "/v2/flavors/gold", "pool_list": ["p1"]},
        {"name": "silver", "href": "/v2/flavors/silver", "pool_list": ["p2"]},
    ]
    detailed = check(pooled.get("/v2/flavors?detailed=true"), 200)["flavors"]
    assert set(detailed[0]) == {"name", "href", "pool_list", "capabilities"}
    assert "DURABILITY" in detailed[0]["capabilities"]
    assert check(pooled.with_project().get("/v2/flavors"), 200) == {"flavors": [], "links": []}


@pytest.mark.feature("F175", "F024")
@pytest.mark.parametrize("detailed", ["true", "false"])
def test_following_links_visits_every_flavor_once(pooled, detailed):
    for number, pool in enumerate(("p1", "p2", "p3")):
        create(pooled, f"f{number}", pool_list=[pool])
    href, seen, links = f"/v2/flavors?limit=1&detailed={detailed}", [], []
    while href:
        page = check(pooled.get(href), 200)
        seen += [flavor["name"] for flavor in page["flavors"]]
        href = next_link(page)
        links += [query_of(href)] if href else []
    # The marker keeps the place that it has in the order of the parameters, once the client sends one.
    assert links[0] == [("limit", "1"), ("marker", "f0"), ("detailed", detailed)]
    assert links[1] == [("marker", "f1"), ("limit", "1"), ("detailed", detailed)]
    assert seen == ["f0", "f1", "f2"]


# Update and delete


@pytest.mark.feature("F176")
def test_patch_replaces_the_pools_and_detaches_the_others(pooled):
    create(pooled, "gold", pool_list=["p1", "p2"])
    shown = check(pooled.patch("/v2/flavors/gold", json={"pool_list": ["p2", "p3"], "unknown": 1}), 200)
    assert sorted(shown["pool_list"]) == ["p2", "p3"] and shown["name"] == "gold"
    assert "FIFO" in shown["capabilities"] and shown["href"] == "/v2/flavors/gold"
    assert [flavor_of(pooled, pool) for pool in ("p1", "p2", "p3")] == [None, "gold", "gold"]


@pytest.mark.feature("F176")
@pytest.mark.parametrize(
    "document, title",
    [
        ({}, "Invalid request body"),
        ({"pool_list": []}, "Unable to create"),
        ({"pool_list": ["none"]}, "updatefail"),
        ({"pool_list": "p1"}, "Invalid request body"),
        ({"pool_list": [5]}, "Invalid request body"),
        ([], None),
    ],
    ids=str,
)
def test_a_bad_patch_of_a_flavor_is_refused_and_changes_nothing(pooled, document, title):
    create(pooled, "gold", pool_list=["p1"])
    refused(pooled.patch("/v2/flavors/gold", json=document), 400, title)
    assert show(pooled, "gold")["pool_list"] == ["p1"] and flavor_of(pooled, "p1") == "gold"


@pytest.mark.feature("F176")
def test_a_patch_of_capabilities_alone_is_held_against_the_pools_of_the_flavor(pooled):
    create(pooled, "held", pool_list=["p1", "p2"])
    before = show(pooled, "held")
    response = pooled.patch(path_of("held"), json={"capabilities": ["HIGH_THROUGHPUT"]})
    refused(response, 400, mentions=("capabilities", "'p1'", "HIGH_THROUGHPUT"))
    assert show(pooled, "held") == before
    check(pooled.patch(path_of("held"), json={"capabilities": ["FIFO"]}), 200)


@pytest.mark.feature("F176")
def test_changes_at_the_same_time_add_up_and_never_bring_a_flavor_back(pooled):
    for _ in range(10):
        create(pooled, "busy", pool_list=["p1"])
        at_once(
            lambda: check(pooled.patch(path_of("busy"), json={"capabilities": ["DURABILITY"]}), 200),
            lambda: check(pooled.patch(path_of("busy"), json={"pool_list": ["p1", "p2"]}), 200),
        )
        found = show(pooled, "busy")
        assert set(found["capabilities"]) == {"DURABILITY"} and set(found["pool_list"]) == {"p1", "p2"}
        at_once(
            lambda: check(pooled.delete(path_of("busy")), 204),
            lambda: pooled.patch(path_of("busy"), json={"capabilities": ["FIFO"]}),
        )
        assert pooled.get(path_of("busy")).status_code == 404


@pytest.mark.feature("F176")
def test_patch_of_a_missing_flavor_is_404(pooled):
    refused(pooled.patch("/v2/flavors/none", json={"pool_list": ["p1"]}), 404, "Not found")
    assert flavor_of(pooled, "p1") is None


@pytest.mark.feature("F177")
def test_deleting_a_flavor_detaches_its_pools_and_leaves_its_queues(pooled):
    create(pooled, "gold", pool_list=["p1"])
    queue = pooled.create(_flavor="gold")
    pooled.send(queue, 1)
    for _ in range(2):
        response = pooled.delete("/v2/flavors/gold")
        assert response.status_code == 204 and response.content == b""
    refused(pooled.get("/v2/flavors/gold"), 404, "Not found")
    assert flavor_of(pooled, "p1") is None
    assert pooled.route(queue)["pool"] == "p1" and pooled.bodies(queue) == [1]
    pooled.send(queue, 2)
    assert pooled.bodies(queue) == [1, 2]


@pytest.mark.feature("F178")
def test_flavors_belong_to_a_project(pooled):
    stranger = pooled.with_project()
    create(pooled, "gold", pool_list=["p1"])
    refused(stranger.get("/v2/flavors/gold"), 404, "Not found")
    refused(stranger.put("/v2/queues/q", json={"_flavor": "gold"}), 400, "Invalid API request")
    refused(stranger.patch("/v2/flavors/gold", json={"pool_list": ["p2"]}), 404, "Not found")
    check(stranger.delete("/v2/flavors/gold"), 204)
    assert show(pooled, "gold")["pool_list"] == ["p1"]


# Pools of a flavor


@pytest.mark.feature("F062", "F169")
def test_queues_of_a_flavor_are_spread_over_its_pools_by_weight(pooled):
    check(pooled.patch("/v2/pools/p2", json={"weight": 3}), 200)
    create(pooled, "gold", pool_list=["p1", "p2"])
    placed = [pooled.route(pooled.create(_flavor="gold"))["pool"] for _ in range(100)]
    # 25 expected, standard deviation 4.3.
    assert 5 <= placed.count("p1") <= 47 and placed.count("p1") + placed.count("p2") == 100


@pytest.mark.feature("F062", "F170")
def test_a_flavor_whose_pools_all_have_weight_zero_takes_no_queues(pooled):
    create(pooled, "gold", pool_list=["p1"])
    check(pooled.patch("/v2/pools/p1", json={"weight": 0}), 200)
    answer = pooled.put("/v2/queues/q", json={"_flavor": "gold"})
    refused(answer, 503, "Service temporarily unavailable", ["no pool of flavor 'gold'"])
    assert not pooled.exists("q")


@pytest.mark.feature("F168", "F170")
def test_queues_without_flavor_have_no_place_when_all_pools_have_one(pooled):
    create(pooled, "gold", pool_list=["embedded", "p1", "p2", "p3"])
    refused(pooled.put("/v2/queues/q"), 503, "Service temporarily unavailable")
    pooled.create("q", _flavor="gold")


# Changing the flavor of a queue


@pytest.mark.feature("F179")
def test_a_flavor_that_the_present_pool_satisfies_changes_metadata_only(pooled):
    create(pooled, "ordered", capabilities=["FIFO"])
    queue = pooled.create(team="a")
    ids = pooled.send(queue, 1, 2, 3)
    claim = pooled.claim(queue, limit=1)
    before = pooled.route(queue)
    answer = check(pooled.update(queue, add("_flavor", "ordered")), 200)
    assert answer == {**DEFAULTS, "team": "a", "_flavor": "ordered"} == pooled.metadata(queue)
    after = pooled.route(queue)
    assert after["pool"] == before["pool"] and after["flavor"] == "ordered"
    assert [message["id"] for message in pooled.everything(queue)] == ids
    assert len(check(pooled.get(claim.href), 200)["messages"]) == 1


@pytest.mark.feature("F179")
def test_a_flavor_that_no_pool_can_take_the_queue_for_is_a_conflict_and_touches_nothing(pooled):
    register(pooled, "soft", 1, options={"synchronous": "normal"})
    create(pooled, "quick", pool_list=["soft"], capabilities=["FIFO"])
    create(pooled, "safe", pool_list=["p1"], capabilities=["DURABILITY"])
    check(pooled.patch("/v2/pools/p1", json={"weight": 0}), 200)
    queue = pooled.create(_flavor="quick", team="a")
    ids = pooled.send(queue, 1, 2, 3)
    before = pooled.route(queue)
    assert before["pool"] == "soft"
    refused(pooled.update(queue, add("team", "b"), add("_flavor", "safe")), 409)
    assert pooled.route(queue) == before
    assert pooled.metadata(queue) == {**DEFAULTS, "_flavor": "quick", "team": "a"}
    assert [message["id"] for message in pooled.messages(queue)] == ids


@pytest.mark.feature("F179")
def test_an_unknown_flavor_is_404_and_touches_nothing(pooled):
    queue = pooled.create(team="a")
    pooled.send(queue, 1)
    before = pooled.route(queue)
    refused(pooled.update(queue, add("team", "b"), add("_flavor", "none")), 404)
    assert pooled.route(queue) == before and pooled.bodies(queue) == [1]
    assert pooled.metadata(queue) == {**DEFAULTS, "team": "a"}
    pooled.send(queue, 2)
    assert pooled.bodies(queue) == [1, 2]


@pytest.mark.feature("F031", "F179")
def test_creating_a_queue_of_a_flavor_again_never_moves_it(pooled):
    create(pooled, "gold", pool_list=["p1"])
    queue = pooled.create(_flavor="gold")
    pooled.send(queue, 1)
    before = pooled.route(queue)
    for document in (None, {"_flavor": "gold"}, {}):
        check(pooled.put(f"/v2/queues/{queue}", json=document), 204)
        assert pooled.route(queue) == before and pooled.bodies(queue) == [1]
    # Neither does a patch that has nothing to do with the flavor, nor a pool that changes sides.
    check(pooled.update(queue, add("team", "a")), 200)
    create(pooled, "silver", pool_list=["p1"])
    check(pooled.update(queue, remove("team")), 200)
    assert pooled.route(queue)["pool"] == "p1" and pooled.bodies(queue) == [1]
    assert details(pooled, "p1")["queues"] == 1
