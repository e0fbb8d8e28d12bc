"""`weir verify`: what it finds is planted in the stores themselves; what happens while it walks is no finding."""

import json
import random
import socket
import sqlite3
import threading
import time

import pytest

from harness.api import Api, check, refused, unique
from harness.command_line import Line, table
from harness.migrations import order, reach, start
from harness.pools import register
from harness.stores import Redis, ReplicaSet, wait_until

PATH = "/v2/verify"


@pytest.fixture
def redis(tmp_path):
    store = Redis(tmp_path / "redis", appendonly="no")
    store.start()
    yield store
    store.kill()


@pytest.fixture
def site(start_server, redis):
    """A server with a Redis pool beside its own, which takes no queues by itself; nothing moves or is swept."""
    server = start_server(env={"WEIR_MIGRATION_ENABLED": "false"})
    api = Api(server.url)
    api.server, api.redis = server, redis
    register(api, "redis", uri=redis.uri, weight=0)
    return api


def told(store, *words):
    """Sends a command to a Redis, as it stands."""
    parts = [str(word).encode() for word in words]
    with socket.create_connection(("127.0.0.1", store.port), 5) as connection:
        request = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        connection.sendall(b"*%d\r\n%s" % (len(parts), request))
        answer = connection.recv(65536)
    assert not answer.startswith(b"-"), answer
    return answer


def plant(store, life, header="S1", **notes):
    """A queue in a Redis pool that no node has put there."""
    told(store, "SET", f"weir:{{{life}}}:header", header)
    told(store, "SET", f"weir:{{{life}}}:last", 0)
    told(store, "ZADD", "weir:lives", 0, f"{life:019}")
    if notes:
        told(store, "HSET", f"weir:{{{life}}}:move", *[word for pair in notes.items() for word in pair])


def minted(seconds_ago):
    """A life as a node would have minted it that long ago."""
    return int((time.time() - seconds_ago) * 1000) << 21 | random.randrange(1 << 21)


def lives(api):
    """The life of each queue, by its name: what the catalog's file says."""
    with sqlite3.connect(api.server.data / "catalog.db") as file:
        return dict(file.execute("SELECT name, life FROM queues"))


def tamper(api, *statements):
    """Changes the file of the server's own pool, while the server is away."""
    api.server.stop()
    with sqlite3.connect(api.server.data / "pools" / "embedded.db") as file:
        for statement in statements:
            file.execute(*statement)
    file.close()
    api.server.start()


def verify(api, **request):
    """All steps of a verification: its findings, and how much was looked at."""
    findings, checked = [], {"queues": 0, "lives": 0}
    while True:
        answer = check(api.post(PATH, json=request or None), 200)
        assert set(answer) == {"findings", "checked", "cursor"}
        findings += answer["findings"]
        for name in checked:
            checked[name] += answer["checked"][name]
        if answer["cursor"] is None:
            return findings, checked
        request["cursor"] = answer["cursor"]


def found(api, **request):
    """Kind, pool, queue and whether it is repaired, of each finding."""
    findings = verify(api, **request)[0]
    assert all(finding["detail"] for finding in findings)
    return [
        (finding["kind"], finding["pool"], finding.get("queue"), finding["repaired"]) for finding in findings
    ]


def test_nothing_is_found_where_nothing_is_wrong(site):
    assert Line(site).ok("verify") == "0 findings\n"
    assert Line(site).json("verify") == {"findings": []}
    for team in (site, site.with_project()):
        for _ in range(12):
            queue = team.create()
            team.send(queue, 1, 2, 3)
            team.claim(queue, limit=2)
    site.create()
    gone = site.create()
    site.send(gone, 1)
    check(site.delete(f"/v2/queues/{gone}"), 204)
    findings, checked = verify(site)
    assert findings == [] and checked == {"queues": 25, "lives": 24}
    assert Line(site).ok("verify", "--repair") == "0 findings\n"


def test_an_orphan_is_found_and_removed_and_nothing_else(site):
    orphan, young = minted(3600), minted(5)
    plant(site.redis, orphan)
    plant(site.redis, young)
    kept = site.create()
    site.send(kept, 1)
    assert found(site) == [("orphan", "redis", None, False)]
    line = Line(site)
    result = line.refused(1, "verify", mentions=("1 finding",))
    (row,) = table(result.stdout)
    assert (row["KIND"], row["POOL"], row["LIFE"], row["REPAIRED"]) == ("orphan", "redis", str(orphan), "false")
    (finding,) = json.loads(line.run("verify", "--json").stdout)["findings"]
    assert finding["life"] == str(orphan) and finding["repaired"] is False
    line.refused(1, "verify", "--repair", mentions=("1 finding", "1 of them repaired"))
    assert line.ok("verify") == "0 findings\n"
    assert told(site.redis, "ZCARD", "weir:lives") == b":1\r\n"
    assert told(site.redis, "EXISTS", f"weir:{{{young}}}:header") == b":1\r\n"
    assert site.bodies(kept) == [1]


def test_a_wrong_count_and_a_claim_without_record_are_found_and_mended(site):
    queue, other = site.create(), site.create()
    site.send(queue, *range(10))
    site.send(other, 1)
    site.claim(queue, limit=3, ttl=3600)
    tamper(site, ["DELETE FROM claims"], ["UPDATE queues SET messages = messages + 7 WHERE claimed > 0"])
    kinds = {("wrong_count", "embedded", queue), ("claim_without_record", "embedded", queue)}
    assert {finding[:3] for finding in found(site)} == kinds
    mended = found(site, repair=True)
    assert {finding[:3] for finding in mended} == kinds and all(finding[3] for finding in mended)
    assert found(site) == []
    stats = site.stats(queue)
    assert (stats["claimed"], stats["free"]) == (0, 10)
    assert len(site.claim(queue, limit=20).messages) == 10


def test_a_damaged_redis_is_mended_too(site, redis):
    check(site.patch("/v2/pools/redis", json={"weight": 100}), 200)
    check(site.patch("/v2/pools/embedded", json={"weight": 0}), 200)
    queue = site.create()
    for number in (1, 2, 3):
        site.send(queue, number)
    told(redis, "ZREM", f"weir:{{{lives(site)[queue]}}}:free", 2)
    assert found(site) == [("wrong_index", "redis", queue, False)]
    assert found(site, repair=True) == [("wrong_index", "redis", queue, True)]
    assert found(site) == []
    assert len(site.claim(queue).messages) == 3


# Routes


def test_a_queue_that_two_pools_serve_is_told_and_left_alone(site):
    queue = site.create()
    site.send(queue, 1)
    plant(site.redis, lives(site)[queue], "S7")
    for repair in (False, True):
        (finding,) = verify(site, repair=repair)[0]
        assert finding["kind"] == "double_mapping" and not finding["repaired"]
        assert "'embedded' (epoch 1)" in finding["detail"] and "'redis' (epoch 7)" in finding["detail"]
    assert site.bodies(queue) == [1]
    assert told(site.redis, "ZCARD", "weir:lives") == b":1\r\n"


def test_routes_that_lead_to_nothing_are_told(site):
    later, refused_queue, elsewhere, fine = (site.create() for _ in range(4))
    for queue in (later, refused_queue, elsewhere, fine):
        site.send(queue, 1)
    known = lives(site)
    tamper(
        site,
        ["UPDATE queues SET epoch = 9 WHERE life = ?", [known[later]]],
        ["UPDATE queues SET role = 1, retired_at = 9000000000000 WHERE life = ?", [known[refused_queue]]],
        ["DELETE FROM messages WHERE life = ?", [known[elsewhere]]],
        ["DELETE FROM queues WHERE life = ?", [known[elsewhere]]],
    )
    plant(site.redis, known[elsewhere], "S1")
    wanted = {
        ("wrong_epoch", "embedded", later, False),
        ("not_served", "embedded", refused_queue, False),
        ("wrong_pool", "embedded", elsewhere, False),
    }
    assert set(found(site)) == set(found(site, repair=True)) == wanted
    assert site.bodies(fine) == [1]


def test_a_pool_that_is_away_is_told_once_and_the_others_are_looked_at(site):
    check(site.patch("/v2/pools/redis", json={"weight": 1000000}), 200)
    queues = [site.create() for _ in range(30)]
    for queue in queues:
        site.send(queue, 1)
    pools = {queue: site.route(queue)["pool"] for queue in queues}
    check(site.patch("/v2/pools/redis", json={"weight": 0, "options": {}}), 200)
    local = site.create()
    site.send(local, 1)
    assert "redis" in pools.values() and site.route(local)["pool"] == "embedded"
    tamper(site, ["UPDATE queues SET messages = messages + 1 WHERE life = ?", [lives(site)[local]]])
    site.redis.kill()
    assert sorted(finding[:3] for finding in found(site)) == [
        ("unreachable", "redis", None),
        ("wrong_count", "embedded", local),
    ]
    site.redis.start()


# Migrations


def test_what_a_migration_left_is_found_and_removed(site):
    queue, other = site.create(), site.create()
    site.send(queue, 1)
    turn = 12 << 20 | 1
    plant(site.redis, lives(site)[queue], "I2", turn=turn)
    plant(site.redis, lives(site)[other], "M2", turn=turn, moved=int(time.time() * 1000))
    tamper(site, ["UPDATE queues SET capture = 13 WHERE life = ?", [lives(site)[queue]]])
    leftovers = {("leftover", "redis"), ("leftover", "embedded")}
    assert {finding[:2] for finding in found(site)} == leftovers and len(found(site)) == 3
    mended = found(site, repair=True)
    assert len(mended) == 3 and all(finding[3] for finding in mended)
    assert found(site) == []
    assert site.bodies(queue) == [1]


def test_what_a_migration_left_goes_by_itself(site):
    queue = site.create()
    site.send(queue, 1)
    plant(site.redis, lives(site)[queue], "I2", turn=12 << 20 | 1)
    tamper(site, ["UPDATE queues SET capture = 13 WHERE life = ?", [lives(site)[queue]]])
    assert len(found(site)) == 2
    site.server.stop()
    site.server.env["WEIR_MIGRATION_ENABLED"] = "true"
    site.server.start()
    wait_until(lambda: found(site) == [])
    assert site.bodies(queue) == [1]


@pytest.mark.parametrize("kind", ["redis", "mongodb"])
def test_moves_that_are_under_way_or_over_are_no_findings(own, tmp_path, kind):
    store = Redis(tmp_path / "store") if kind == "redis" else ReplicaSet(tmp_path / "store", members=1)
    store.start()
    try:
        register(own, "second", uri=store.uri, weight=0)
        moving, kept, moved, back = (own.create() for _ in range(4))
        for queue in (moving, kept, moved, back):
            own.send(queue, *range(5))
            own.claim(queue, limit=1, ttl=600)
        reach(own, start(own, queue=moving, to="second", postpone=True), "ready")
        reach(own, start(own, queue=kept, to="second"), "switched")
        reach(own, start(own, queue=moved, to="second", keep_source_seconds=0), "done")
        migration = start(own, queue=back, to="second")
        reach(own, migration, "switched")
        order(own, migration, "reverse")
        reach(own, migration, "reversed")
        assert found(own, repair=True) == []
        for queue in (moving, kept, moved, back):
            assert own.stats(queue)["total"] == 5
    finally:
        own.server.stop()
        store.stop()


@pytest.mark.timeout(400)
def test_what_happens_meanwhile_is_no_finding(own, redis):
    register(own, "redis", uri=redis.uri)
    done, failures, moved = threading.Event(), [], []

    def work(client):
        try:
            while not done.is_set():
                queue = client.create(unique())
                client.send(queue, 1, 2, 3)
                client.claim(queue, limit=1)
                target = "embedded" if client.route(queue)["pool"] == "redis" else "redis"
                migration = start(client, queue=queue, to=target, keep_source_seconds=0)
                client.send(queue, 4)
                if random.random() < 0.5:
                    check(client.delete(f"/v2/queues/{queue}"), 204)
                moved.append(reach(client, migration, "done", "cancelled")["state"])
        except BaseException as failure:
            failures.append(failure)

    workers = [threading.Thread(target=work, args=[own.with_project()]) for _ in range(3)]
    for worker in workers:
        worker.start()
    try:
        while len(moved) < 60 and not failures:
            assert found(own, repair=True) == []
    finally:
        done.set()
        for worker in workers:
            worker.join()
    assert failures == []


# The API


def test_steps_go_on_where_a_cursor_says(site):
    queues = sorted(site.create() for _ in range(5))
    for queue in queues:
        site.send(queue, 1)
    place = {"away": [], "page": None, "project": site.project, "name": queues[1]}
    assert verify(site, cursor=json.dumps(place))[1] == {"queues": 3, "lives": 5}
    assert verify(site, cursor=json.dumps({**place, "away": ["embedded"]}))[1] == {"queues": 0, "lives": 0}
    last = sorted(lives(site).values())[2]
    assert verify(site, cursor=json.dumps({"away": [], "life": last}))[1] == {"queues": 0, "lives": 2}


def test_what_is_no_verification_is_refused(site):
    for body in ({"cursor": "x"}, {"cursor": 1}, {"cursor": "{}"}, {"repair": "yes"}, {"more": 1}, []):
        refused(site.post(PATH, json=body), 400, "Invalid request body")
    refused(site.get(PATH), 405)
    assert verify(site, cursor=None, repair=False)[0] == []


def test_it_belongs_to_the_admin_api(start_server):
    api = Api(start_server(env={"WEIR_ADMIN_MODE": "false"}).url)
    refused(api.post(PATH), 404)
    Line(api).refused(1, "verify")
