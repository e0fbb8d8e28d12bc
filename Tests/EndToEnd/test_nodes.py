"""Several nodes on one catalog act as one service."""

import contextlib
import os
import signal
import socket
import time

import pytest

from harness.api import Api, check, describe, next_link, unique
from harness.migrations import reach, start
from harness.pools import details, path_of, register
from harness.server import run, running
from harness.stores import Redis, ReplicaSet, wait_until
from harness.threads import at_once

#: Queues that are created through all nodes at once; a longer run sets more.
QUEUES = int(os.environ.get("WEIR_NODE_QUEUES", "3000"))

pytestmark = pytest.mark.timeout(120 + QUEUES / 50)


@contextlib.contextmanager
def stored(kind, directory):
    """A store of this kind for the length of a `with` block."""
    store = Redis(directory) if kind == "redis" else ReplicaSet(directory, members=1)
    store.start()
    try:
        yield store
    finally:
        store.stop()


@pytest.fixture(scope="module", params=["redis", "mongodb"])
def kind(request):
    """What the catalog is in."""
    return request.param


@pytest.fixture(scope="module")
def site(kind, tmp_path_factory):
    """Three nodes with one pool."""
    directory = tmp_path_factory.mktemp("site")
    with contextlib.ExitStack() as stack:
        catalog = stack.enter_context(stored(kind, directory / "catalog"))
        pool = stack.enter_context(stored("redis", directory / "pool"))
        settings = {"arguments": ["--catalog", catalog.patient_uri]}
        servers = [stack.enter_context(running(directory / f"node-{number}", **settings)) for number in range(3)]
        register(Api(servers[0].url), "shared", uri=pool.uri)
        yield servers


@pytest.fixture
def nodes(site):
    """Clients, of a project of their own, of three nodes with one pool. Other tests use these nodes as well: so
    nothing is frozen, paused or killed, `shared` stays as it is, and other pools are in `stores`."""
    project = unique("project")
    return [Api(server.url, project) for server in site]


@pytest.fixture
def stores(nodes, tmp_path):
    """Two stores for messages that a pool of `nodes` may change between."""
    with stored("redis", tmp_path / "store-0") as one, stored("redis", tmp_path / "store-1") as other:
        yield [one, other]
        clear(nodes[0])


def clear(api):
    """Takes away what a test has made, so that the next one finds one pool."""
    for what in ("queues", "flavors"):
        while found := check(api.get(f"/v2/{what}"), 200)[what]:
            for each in found:
                check(api.delete(f"/v2/{what}/{each['name']}"), 204)
    for pool in check(api.get("/v2/pools"), 200)["pools"]:
        if pool["name"] != "shared":
            wait_until(lambda: api.delete(path_of(pool["name"])).status_code == 204)


@pytest.fixture
def catalog(kind, tmp_path):
    """The store that nodes of a test's own share."""
    with stored(kind, tmp_path / "catalog") as store:
        yield store


@pytest.fixture
def pool(request, tmp_path):
    """A store for messages that all of them reach: a Redis, unless a test asks for a MongoDB."""
    with stored(getattr(request, "param", "redis"), tmp_path / "pool") as store:
        yield store


@pytest.fixture
def start_nodes(pool, start_server):
    """Starts three nodes on a catalog that nobody else uses; returns clients of one project."""

    def start(catalog, **members):
        project = unique("project")
        found = []
        for _ in range(3):
            server = start_server(arguments=["--catalog", catalog])
            api = Api(server.url, project)
            api.server = server
            found.append(api)
        register(found[0], "shared", uri=pool.uri, **members)
        return found

    return start


@pytest.fixture
def own_nodes(catalog, start_nodes):
    """Nodes that may be frozen or killed."""
    return start_nodes(catalog.patient_uri)


def test_a_shared_catalog_registers_no_embedded_pool(nodes):
    assert [pool["name"] for pool in check(nodes[1].get("/v2/pools"), 200)["pools"]] == ["shared"]
    response = nodes[0].put("/v2/pools/mine", json={"uri": "sqlite:mine", "weight": 1})
    assert "shared" in check(response, 400)["description"]


def test_no_name_is_mapped_twice_and_every_node_serves_every_queue(nodes):
    names = [f"queue-{number}" for number in range(QUEUES)]
    before = details(nodes[2], "shared")["queues"]

    def create(api, mine):
        client = Api(api.url, api.project)
        return [client.put(f"/v2/queues/{name}").status_code for name in mine]

    # Each name through all nodes, from different ends.
    orders = (names, names[::-1], names[QUEUES // 2 :] + names[: QUEUES // 2])
    answers = at_once(*(lambda api=api, mine=mine: create(api, mine) for api, mine in zip(nodes, orders)))
    created = {}
    for order, statuses in zip(orders, answers):
        assert set(statuses) <= {201, 204}
        for name, status in zip(order, statuses):
            created[name] = created.get(name, 0) + (status == 201)
    assert set(created) == set(names) and set(created.values()) == {1}
    for number, name in enumerate(names[:: max(1, QUEUES // 60)]):
        nodes[number % 3].send(name, number)
        assert nodes[(number + 1) % 3].bodies(name) == [number]
    assert details(nodes[2], "shared")["queues"] == before + QUEUES


def test_messages_and_claims_are_the_same_through_every_node(nodes):
    one, two, three = nodes
    queue = one.create()
    two.send(queue, *range(10))
    claim = three.claim(queue, limit=4)
    assert [message["body"] for message in claim.messages] == [0, 1, 2, 3]
    assert one.bodies(queue) == [4, 5, 6, 7, 8, 9]
    check(two.delete(claim.messages[0]["href"]), 204)
    check(one.delete(claim.href), 204)
    assert three.bodies(queue) == list(range(1, 10))
    check(two.delete(f"/v2/queues/{queue}"), 204)
    assert not three.exists(queue) and three.bodies(queue) == []


def test_what_one_node_changes_the_others_follow(nodes, stores):
    one, two, three = nodes
    queue = one.create(_default_message_ttl=600)
    two.send(queue, 1)
    three.send(queue, 2)
    check(one.update(queue, {"op": "replace", "path": "/metadata/_default_message_ttl", "value": 900}), 200)
    for api in (two, three):
        check(api.delete(f"/v2/queues/{queue}/messages?pop=20"), 200)

        def follows(api=api):
            [sent] = api.send(queue, 3)
            return check(api.get(f"/v2/queues/{queue}/messages/{sent}"), 200)["ttl"] == 900

        wait_until(follows)
    pool = unique("second")
    register(one, pool, uri=stores[0].uri)
    check(two.get(path_of(pool)), 200)
    check(three.patch(path_of(pool), json={"state": "draining"}), 200)
    wait_until(lambda: details(one, pool)["state"] == "draining")
    assert {one.route(one.create())["pool"] for _ in range(20)} == {"shared"}
    check(two.delete(path_of(pool)), 204)
    wait_until(lambda: one.get(path_of(pool)).status_code == 404)
    told = [entry["action"] for entry in audit(three) if entry["subject"] == pool]
    assert told == ["pool.put", "pool.put", "pool.remove"]


def audit(api):
    """The whole audit log."""
    found, href = [], "/v2/audit?limit=100"
    while href:
        page = check(api.get(href), 200)
        found += page["entries"]
        href = next_link(page)
    return found


def test_a_node_that_dies_takes_nothing_from_the_others(own_nodes):
    one, two, three = own_nodes
    queue = one.create()
    one.send(queue, "before")
    one.server.kill()
    for number in range(50):
        two.send(queue, number)
        assert three.exists(queue)
    assert three.bodies(queue)[:2] == ["before", 0]
    one.server.start()
    assert one.bodies(queue)[0] == "before"


def test_without_its_catalog_a_node_goes_on_with_the_routes_it_knows(catalog, start_nodes):
    one, two, _ = start_nodes(catalog.uri)
    known, unknown = one.create(), two.create()
    one.send(known, 1)
    two.send(unknown, 1)
    catalog.pause()
    try:
        wait_until(lambda: one.get("/readyz").status_code == 503)
        assert one.get("/readyz").json()["catalog"] == "unreachable"
        one.send(known, 2)
        assert one.bodies(known) == [1, 2]
        response = one.get(f"/v2/queues/{unknown}/messages")
        assert response.status_code == 503 and int(response.headers["Retry-After"]) >= 1
    finally:
        catalog.resume()
    wait_until(lambda: one.get("/readyz").status_code == 200)
    wait_until(lambda: one.get(f"/v2/queues/{unknown}/messages").status_code == 200)
    assert one.bodies(unknown) == [1]


def is_taken(api, queue, body):
    """Whether a post came through. The stores of a node that was frozen may have to be connected to anew."""
    answer = api.post(f"/v2/queues/{queue}/messages", json={"messages": [{"body": body}]})
    assert answer.status_code in (201, 503), describe(answer)
    return answer.status_code == 201


def assert_followed(queue, nodes):
    """What was posted to the queue as it is now is there through each node; of the older one is nothing."""
    found, *others = (api.bodies(queue) for api in nodes)
    # A post that was answered 503 may have been stored.
    assert found[0] == "new" and set(found[1:]) == {"newer"}
    assert all(other == found for other in others)


def test_a_frozen_node_learns_that_a_queue_was_made_anew(own_nodes):
    """Its route is of a life that is over: the pool refuses it, and the node finds the present one."""
    one, two, _ = own_nodes
    queue = one.create()
    one.send(queue, "old")
    one.server.process.send_signal(signal.SIGSTOP)
    try:
        check(two.delete(f"/v2/queues/{queue}"), 204)
        two.create(queue)
        two.send(queue, "new")
    finally:
        one.server.process.send_signal(signal.SIGCONT)
    wait_until(lambda: is_taken(one, queue, "newer"))
    assert_followed(queue, own_nodes[:2])


@pytest.mark.parametrize("kept", [0, 900], ids=["cleared", "kept"])
@pytest.mark.parametrize("pool", ["redis", "mongodb"], indirect=True)
def test_a_frozen_node_does_not_write_to_the_pool_that_a_queue_has_left(own_nodes, catalog, tmp_path, kept):
    """Whether what the old pool held is still there or not: that pool refuses, and the node finds the new one."""
    one, two, _ = own_nodes
    other = Redis(tmp_path / "other")
    other.start()
    try:
        register(two, "other", uri=other.uri, weight=0)
        queue = one.create()
        old = one.send(queue, "old")
        claim = one.claim(queue)
        one.server.process.send_signal(signal.SIGSTOP)
        try:
            migration = start(two, queue=queue, to="other", keep_source_seconds=kept)
            reach(two, migration, "switched" if kept else "done")
            two.send(queue, "new")
            # Or the node might read of the change before the request comes, and nobody would have to refuse.
            catalog.pause()
        finally:
            one.server.process.send_signal(signal.SIGCONT)
        at_once(lambda: wait_until(lambda: is_taken(one, queue, "newer")), lambda: resume_soon(catalog))
        for api in (one, two):
            wait_until(lambda: api.get("/readyz").status_code == 200)
        assert_followed(queue, own_nodes[:2])
        check(one.delete(claim.messages[0]["href"]), 204)
        assert two.get(f"/v2/queues/{queue}/messages/{old[0]}").status_code == 404
        assert one.route(queue)["pool"] == two.route(queue)["pool"] == "other"
    finally:
        for api in own_nodes:
            api.server.stop()
        other.kill()


def resume_soon(catalog):
    """Long after a pool has answered, and before anybody gives the catalog up."""
    time.sleep(0.4)
    catalog.resume()


@pytest.mark.parametrize(
    "uri, code, words",
    [
        ("redis://:sesame@127.0.0.1:1", 1, "Connection refused"),
        ("postgres://u:sesame@x", 2, "not supported"),
        ("redis://:sesame@127.0.0.1:port", 2, "catalog"),
        ("redis://:sesame/x@127.0.0.1:1", 2, "catalog"),
        ("mongodb://u:sesame@", 2, "catalog"),
        ("mongodb://u:sesame@127.0.0.1:1/?w=1", 2, "majority"),
    ],
)
def test_a_catalog_that_cannot_be_used_stops_the_start(tmp_path, uri, code, words):
    ended = run("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"), "--catalog", uri)
    assert ended.returncode == code and ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1 and words in ended.stderr and "sesame" not in ended.stderr


def lives(store, database=0):
    """How many queues a Redis holds anything of."""
    with socket.create_connection(("127.0.0.1", store.port), 10) as connection:
        connection.sendall(f"SELECT {database}\r\nZCARD weir:lives\r\n".encode())
        lines = connection.makefile("rb")
        assert lines.readline() == b"+OK\r\n"
        return int(lines.readline()[1:])


def test_no_node_posts_to_the_former_store_of_a_pool(nodes, stores):
    """The others read of a new uri a moment later."""
    one, two, _ = nodes
    pool = unique("other")
    register(one, pool, uri=stores[0].uri)
    check(one.put("/v2/flavors/there", json={"pool_list": [pool]}), 201)
    wait_until(lambda: details(two, pool)["flavor"] == "there")
    check(one.patch(path_of(pool), json={"uri": stores[1].uri}), 200)
    queue = one.create(_flavor="there")
    two.send(queue, "posted")
    assert [lives(store) for store in stores] == [0, 1]
    assert one.bodies(queue) == two.bodies(queue) == ["posted"]


def test_no_queue_is_moved_into_the_former_store_of_a_pool(nodes, stores):
    """Four at once, of pools in databases of their own: most of the time passes until all nodes have read of a pool."""

    def move_to(number):
        apis = [Api(nodes[(number + place) % 3].url, nodes[0].project) for place in range(3)]
        pool, (one, two, _) = unique("other"), apis
        register(one, pool, uri=f"{stores[0].uri}/{number}", weight=0)
        queue = two.create()
        two.send(queue, *range(5))
        wait_until(lambda: all(api.get(path_of(pool)).status_code == 200 for api in apis))
        check(one.patch(path_of(pool), json={"uri": f"{stores[1].uri}/{number}"}), 200)
        reach(two, start(two, queue=queue, to=pool, keep_source_seconds=0), "done")
        assert [lives(store, number) for store in stores] == [0, 1]
        assert one.bodies(queue) == two.bodies(queue) == [0, 1, 2, 3, 4]

    at_once(*(lambda number=number: move_to(number) for number in range(4)))


def test_changes_of_a_pool_through_different_nodes_add_up(nodes, stores):
    one, two, _ = nodes
    pool = unique("other")
    register(one, pool, uri=stores[0].uri)
    for number in range(5):
        check(one.patch(path_of(pool), json={"weight": 10 + number}), 200)
        check(two.patch(path_of(pool), json={"options": {"timeout_ms": 20_900 + number}}), 200)
        found = details(two, pool)
        assert (found["weight"], found["options"]) == (10 + number, {"timeout_ms": 20_900 + number})
    at_once(
        lambda: check(one.patch(path_of(pool), json={"weight": 7}), 200),
        lambda: check(one.patch(path_of(pool), json={"state": "draining"}), 200),
    )
    assert (details(one, pool)["weight"], details(one, pool)["state"]) == (7, "draining")
    check(two.put(path_of(pool), json={"uri": stores[0].uri, "weight": 8}), 201)
    assert (details(two, pool)["weight"], details(two, pool)["state"]) == (8, "draining")


def test_a_pool_that_was_deleted_stays_so_whoever_changes_it(nodes, stores):
    one, two, three = nodes
    pool = unique("other")
    for number in range(3):
        register(one, pool, uri=f"{stores[0].uri}/{number}")
        check(two.get(path_of(pool)), 200)
        check(one.delete(path_of(pool)), 204)
        assert two.patch(path_of(pool), json={"weight": 77}).status_code == 404
        for api in nodes:
            wait_until(lambda api=api: api.get(path_of(pool)).status_code == 404)
    register(three, pool, uri=f"{stores[0].uri}/0")
    at_once(
        lambda: check(one.delete(path_of(pool)), 204),
        lambda: two.patch(path_of(pool), json={"weight": 77}),
        lambda: three.patch(path_of(pool), json={"options": {"timeout_ms": 20_900}}),
    )
    for api in nodes:
        wait_until(lambda api=api: api.get(path_of(pool)).status_code == 404)


def test_what_is_done_to_a_pool_that_is_being_opened_stays(nodes, stores):
    """It takes no queues until all nodes have read of it; meanwhile another node changes or deletes it."""
    one, two, _ = nodes
    pool, uri = unique("other"), stores[0].uri

    def act_while_it_opens(act):
        """Whether it was seen opening, which takes a moment: a machine may be too busy to look in time."""

        def watch():
            state = wait_until(lambda: two.get(path_of(pool) + "?detailed=true").json().get("state"))
            return state == "opening" and act()

        return at_once(lambda: register(one, pool, uri=uri, weight=10), watch)[1]

    def change():
        check(two.patch(path_of(pool), json={"weight": 55}), 200)
        return True

    def delete():
        check(two.delete(path_of(pool)), 204)
        return True

    def remove():
        """For another round."""
        check(one.delete(path_of(pool)), 204)
        for api in nodes:
            wait_until(lambda: api.get(path_of(pool)).status_code == 404)

    assert any(act_while_it_opens(change) or remove() for _ in range(5))
    wait_until(lambda: details(one, pool)["state"] == "open")
    assert details(one, pool)["weight"] == details(two, pool)["weight"] == 55
    remove()
    assert any(act_while_it_opens(delete) or remove() for _ in range(5))
    for api in nodes:
        wait_until(lambda: api.get(path_of(pool)).status_code == 404)


def test_a_pool_whose_node_dies_while_it_is_opened_is_opened_by_the_others(own_nodes, pool):
    one, two, three = own_nodes

    def kill():
        wait_until(lambda: two.get("/v2/pools/other").status_code == 200)
        one.server.kill()

    def put():
        try:
            one.put("/v2/pools/other", json={"uri": pool.uri + "/1", "weight": 10})
        except OSError:
            pass

    at_once(put, kill)
    wait_until(lambda: details(two, "other")["state"] == details(three, "other")["state"] == "open")
    check(two.put("/v2/pools/other", json={"uri": pool.uri + "/1", "weight": 10}), 201)
    assert details(two, "other")["state"] == "open"


def test_changes_of_a_flavor_through_different_nodes_add_up(nodes, stores):
    one, two, _ = nodes
    pools = [unique("other") for _ in stores]
    for pool, store in zip(pools, stores):
        register(one, pool, uri=store.uri)
    check(one.put("/v2/flavors/gold", json={"pool_list": pools[:1]}), 201)
    for wanted in (["FIFO"], ["CLAIMS"], ["FIFO", "CLAIMS"]) * 3:
        at_once(
            lambda: check(one.patch("/v2/flavors/gold", json={"capabilities": wanted}), 200),
            lambda: check(two.patch("/v2/flavors/gold", json={"pool_list": pools}), 200),
        )
        found = check(two.get("/v2/flavors/gold?detailed=true"), 200)
        assert set(found["capabilities"]) == set(wanted) and set(found["pool_list"]) == set(pools)


def test_nothing_is_lost_in_a_queue_that_was_deleted_while_its_pool_was_away(catalog, pool, start_nodes):
    """A node that has not heard of it would post to what is about to go."""
    one, two, _ = start_nodes(catalog.patient_uri, options={})
    queues = [one.create() for _ in range(3)]
    for queue in queues:
        one.send(queue, "old")
        pool.pause()
        try:
            wait_until(lambda: details(two, "shared")["state"] == "unreachable")
            check(two.delete(f"/v2/queues/{queue}"), 204)
        finally:
            pool.resume()
        post = {"messages": [{"body": "new"}]}
        wait_until(lambda: two.put(f"/v2/queues/{queue}").status_code in (201, 204))
        wait_until(lambda: one.post(f"/v2/queues/{queue}/messages", json=post).status_code == 201)
    # Longer than what goes takes to go.
    time.sleep(2)
    for queue in queues:
        assert set(one.bodies(queue)) == {"new"}
