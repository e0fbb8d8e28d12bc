"""Where queues are placed: weights, flavors of pools, the virtual pool, driver options and the catalog."""

import pytest

from harness.api import Api, check, refused, unique
from harness.pools import details, register

# Flavor attribute and placement


@pytest.mark.feature("F168")
def test_a_queue_without_flavor_goes_only_to_pools_without_one(own):
    register(own, "flavored", 4294967295, flavor="gold")
    for _ in range(20):
        assert own.route(own.create())["pool"] == "embedded"
    check(own.patch("/v2/pools/flavored", json={"flavor": ""}), 200)
    assert own.route(own.create())["pool"] == "flavored"


@pytest.mark.feature("F169")
def test_new_queues_are_spread_by_weight(own):
    check(own.patch("/v2/pools/embedded", json={"weight": 1}), 200)
    register(own, "three", 3)
    register(own, "none", 0)
    placed = [own.route(own.create())["pool"] for _ in range(200)]
    # 50 expected, standard deviation 6.1: five of them either way.
    assert 20 <= placed.count("embedded") <= 80
    assert placed.count("embedded") + placed.count("three") == 200
    assert details(own, "three")["queues"] == placed.count("three") and details(own, "none")["queues"] == 0


@pytest.mark.feature("F169")
def test_weight_zero_takes_no_new_queues_but_serves_the_old_ones(own):
    old = own.create()
    register(own, "second")
    check(own.patch("/v2/pools/embedded", json={"weight": 0}), 200)
    assert all(own.route(own.create())["pool"] == "second" for _ in range(20))
    own.send(old, 1)
    assert own.bodies(old) == [1] and own.route(old)["pool"] == "embedded"
    check(own.put(f"/v2/queues/{old}"), 204)
    assert own.route(old)["pool"] == "embedded"


@pytest.mark.feature("F170")
def test_without_any_pool_a_queue_cannot_be_created(own):
    check(own.delete("/v2/pools/embedded"), 204)
    queue = unique()
    refused(own.put(f"/v2/queues/{queue}"), 503, "Service temporarily unavailable")
    answer = own.post(f"/v2/queues/{queue}/messages", json={"messages": [{"body": 1}]})
    assert answer.status_code in (400, 503) and answer.json()["title"]
    assert not own.exists(queue) and own.messages(queue) == [] and own.claim(queue) is None
    register(own, "late")
    own.send(queue, 1)
    assert own.bodies(queue) == [1]


@pytest.mark.feature("F170")
def test_only_pools_of_weight_zero_are_like_no_pool(own):
    check(own.patch("/v2/pools/embedded", json={"weight": 0}), 200)
    refused(own.put("/v2/queues/q"), 503, "Service temporarily unavailable")
    assert not own.exists("q")


@pytest.mark.feature("F170")
def test_a_virtual_pool_takes_queues_that_no_pool_takes(start_server):
    server = start_server(env={"WEIR_POOLING_CATALOG_ENABLE_VIRTUAL_POOL": "true"})
    api = Api(server.url)
    check(api.delete("/v2/pools/embedded"), 204)
    queue = api.create(team="a")
    first, second = api.send(queue, 1, 2)
    claim = api.claim(queue, limit=1)
    check(api.delete(f"/v2/queues/{queue}/messages/{first}?claim_id={claim.id}"), 204)
    server.restart()
    assert [message["id"] for message in api.everything(queue)] == [second]
    assert api.metadata(queue)["team"] == "a"
    refused(api.put("/v2/queues/other", json={"_flavor": "none"}), 400, "Invalid API request")


@pytest.mark.feature("F170")
def test_a_virtual_pool_that_is_switched_off_takes_no_more_queues_and_keeps_those_it_holds(start_server):
    server = start_server(env={"WEIR_POOLING_CATALOG_ENABLE_VIRTUAL_POOL": "true"})
    api = Api(server.url)
    check(api.delete("/v2/pools/embedded"), 204)
    queue = api.create()
    api.send(queue, 1)
    for wanted, status in (("false", 503), ("true", 201)):
        server.env["WEIR_POOLING_CATALOG_ENABLE_VIRTUAL_POOL"] = wanted
        server.restart()
        assert api.put(f"/v2/queues/{wanted}").status_code == status
        assert api.bodies(queue) == [1]
    register(api, "real")
    assert api.route(api.create())["pool"] == "real"


# Options


@pytest.mark.feature("F171")
def test_an_option_of_the_driver_changes_what_the_pool_offers(own):
    register(own, "soft", options={"synchronous": "normal"})
    shown = details(own, "soft")
    assert "DURABILITY" not in shown["capabilities"] and {"FIFO", "CLAIMS", "AOD"} <= set(
        shown["capabilities"]
    )
    assert shown["options"] == {"synchronous": "normal"}
    assert "DURABILITY" in str(shown["probe"]["missing"])
    check(own.patch("/v2/pools/soft", json={"options": {}}), 200)
    assert "DURABILITY" in details(own, "soft")["capabilities"]


@pytest.mark.feature("F171")
@pytest.mark.parametrize(
    "options",
    [
        {"colour": "red"},
        {"synchronous": "sometimes"},
        {"synchronous": 5},
        {"synchronous": "full", "Synchronous": "full"},
    ],
    ids=str,
)
def test_an_unknown_option_or_value_is_refused(own_pools, options):
    refused(own_pools.put("/v2/pools/odd", json={"uri": "sqlite:odd", "weight": 1, "options": options}), 400)
    refused(own_pools.get("/v2/pools/odd"), 404, "Not found")


# Catalog


@pytest.mark.feature("F172")
def test_all_messages_of_a_queue_are_in_one_pool_and_stay_there(own):
    register(own, "second")
    placed = {}
    for number in range(20):
        queue = own.create()
        own.send(queue, number)
        placed[queue] = own.route(queue)
    assert {route["pool"] for route in placed.values()} == {"embedded", "second"}
    register(own, "third", 100000)
    own.server.restart()
    for number, (queue, route) in enumerate(placed.items()):
        check(own.put(f"/v2/queues/{queue}"), 204)
        own.send(queue, number)
        assert own.route(queue) == route and own.bodies(queue) == [number, number]
    for pool in ("embedded", "second"):
        assert details(own, pool)["queues"] == sum(route["pool"] == pool for route in placed.values())
