"""Queues move from pool to pool while they are used: one by one, out of a pool, between pools, with their flavor."""

import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.api import Api, check, refused
from harness.command_line import Line, table
from harness.migrations import FIELDS, PATH, every, may_refuse, order, reach, show, start
from harness.pools import details, register
from harness.stores import Redis, ReplicaSet, wait_until


@pytest.fixture
def site(own):
    """A server with a second pool that takes no queues by itself."""
    register(own, "second", weight=0)
    return own


@pytest.fixture(params=["sqlite", "redis", "mongodb"])
def target(request, own, tmp_path):
    """A pool `second` of each kind, on the server of `own`."""
    if request.param == "sqlite":
        register(own, "second", weight=0)
        yield own
        return
    store = Redis(tmp_path / "store") if request.param == "redis" else ReplicaSet(tmp_path / "store", members=1)
    store.start()
    register(own, "second", uri=store.uri, weight=0)
    yield own
    own.server.stop()
    store.stop()


def plan(api, status=200, **request):
    return check(api.post(PATH, json={"dry_run": True, **request}), status)


def clean(message):
    """A message without what passes with time."""
    return {name: value for name, value in message.items() if name != "age"}


# One queue


def test_a_queue_moves_with_all_it_holds(target):
    queue = target.create(team="a")
    posted = target.send(queue, *range(30), ttl=3600)
    target.send(queue, "late", ttl=3600, delay=600)
    claim = target.claim(queue, limit=5, ttl=600, grace=60)
    before = [clean(message) for message in target.everything(queue)]
    route = target.route(queue)
    migration = start(target, queue=queue, to="second", keep_source_seconds=0)
    assert set(migration) == FIELDS and isinstance(migration["id"], str)
    assert migration["queue"] == queue and migration["project"] == target.project
    assert (migration["from"], migration["to"], migration["state"]) == ("embedded", "second", "planned")

    ended = reach(target, migration, "done", "failed")
    assert ended["state"] == "done" and ended["verified"] and ended["error"] is None, ended
    assert ended["copied"] == ended["total"] == 31 and ended["stall_ms"] >= 0 and ended["dirty"] == 0
    assert [event["state"] for event in ended["history"]][0] == "planned"
    assert ended["history"][0]["actor"] == target.project and ended["history"][-1]["state"] == "done"
    after = target.route(queue)
    assert after == {"pool": "second", "epoch": route["epoch"] + 1, "flavor": None, "migration": None}

    assert [clean(message) for message in target.everything(queue)] == before
    assert target.metadata(queue)["team"] == "a"
    assert target.stats(queue)["claimed"] == 5 and target.stats(queue)["total"] == 31
    shown = check(target.get(claim.href), 200)
    assert [message["id"] for message in shown["messages"]] == posted[:5]
    check(target.patch(claim.href, json={"ttl": 900, "grace": 60}), 204)
    check(target.delete(claim.messages[0]["href"]), 204)
    check(target.delete(claim.href), 204)
    (new,) = target.send(queue, "new")
    assert target.everything(queue)[-1]["id"] == new
    assert [message["id"] for message in target.claim(queue, limit=20).messages] == posted[1:21]
    counts = {pool: details(target, pool)["queues"] for pool in ("embedded", "second")}
    assert counts == {"embedded": 0, "second": 1}


def test_a_queue_moves_back_and_forth(target):
    queue = target.create()
    posted = target.send(queue, 1, 2, 3)
    for pool in ("second", "embedded", "second"):
        migration = start(target, queue=queue, to=pool, keep_source_seconds=0)
        assert reach(target, migration, "done", "failed")["state"] == "done"
        assert target.route(queue)["pool"] == pool
    assert [message["id"] for message in target.everything(queue)] == posted


def test_posting_and_claiming_go_on_while_a_queue_moves(target):
    # A cutover that takes a busy machine over a second may refuse: so one of three moves has to go unnoticed.
    assert any(moves_while_it_is_posted_to(target) for _ in range(3))


def moves_while_it_is_posted_to(api):
    """Moves a queue to `second`, with all that is posted meanwhile; whether no post was refused."""
    queue, done, failures, posted, refusals = api.create(), threading.Event(), [], [], []
    first = [identifier for _ in range(5) for identifier in api.send(queue, *range(20))]

    def post():
        client, messages = api.with_client(), {"messages": [{"body": number} for number in range(5)]}
        try:
            while not done.is_set():
                answer = client.post(f"/v2/queues/{queue}/messages", json=messages)
                if answer.status_code == 503:
                    refusals.append(answer)
                    continue
                posted.extend(href.rpartition("/")[2] for href in check(answer, 201)["resources"])
        except BaseException as failure:
            failures.append(failure)

    writer = threading.Thread(target=post)
    writer.start()
    migration = start(api, queue=queue, to="second", keep_source_seconds=0)
    ended = reach(api, migration, "done", "failed")
    more = len(posted)
    wait_until(lambda: failures or len(posted) > more)
    done.set()
    writer.join()
    assert failures == [] and ended["state"] == "done", ended
    kept, known = [message["id"] for message in api.everything(queue)], set(first + posted)
    assert len(kept) == len(set(kept)) <= len(known) + 5 * len(refusals), "what was refused may have been stored"
    assert [identifier for identifier in kept if identifier in known] == first + posted
    assert not refusals or may_refuse(ended), ended
    return not refusals


def test_an_empty_queue_moves_too(site):
    queue = site.create()
    assert reach(site, start(site, queue=queue, to="second", keep_source_seconds=0), "done")["total"] == 0
    assert site.route(queue)["pool"] == "second"


def test_another_project_s_queue_is_moved_by_name(site):
    other = site.with_project()
    queue = other.create()
    refused(site.post(PATH, json={"queue": queue, "to": "second"}), 404, "Not found", mentions=(queue,))
    migration = start(site, queue=queue, to="second", project=other.project, keep_source_seconds=0)
    assert migration["project"] == other.project
    reach(site, migration, "done")
    assert other.route(queue)["pool"] == "second"


def test_a_queue_that_is_deleted_while_it_moves_is_gone(site):
    queue = site.create()
    site.send(queue, 1, 2)
    migration = start(site, queue=queue, to="second", postpone=True)
    reach(site, migration, "ready")
    check(site.delete(f"/v2/queues/{queue}"), 204)
    assert reach(site, migration, "cancelled")["state"] == "cancelled"
    assert not site.exists(queue)
    check(site.delete("/v2/pools/second"), 204)


# Plans and refusals


def test_a_dry_run_plans_and_does_nothing(site):
    queue = site.create()
    answer = plan(site, queue=queue, to="second")
    entry = {"project": site.project, "queue": queue, "from": "embedded", "to": "second"}
    assert answer == {"plan": [entry], "queues": 1, "refusals": [], "refused": 0}
    route = site.route(queue)
    assert every(site) == [] and (route["pool"], route["migration"]) == ("embedded", None)


def test_what_rests_ends_when_its_queue_is_deleted(site):
    paused, kept = site.create(), site.create()
    waiting = start(site, queue=paused, to="second", postpone=True)
    reach(site, waiting, "ready")
    order(site, waiting, "pause")
    switched = start(site, queue=kept, to="second", keep_source_seconds=86400)
    reach(site, switched, "switched")
    for queue in (paused, kept):
        check(site.delete(f"/v2/queues/{queue}"), 204)
    assert reach(site, waiting, "cancelled")["history"][-2]["reason"] == "the queue was deleted"
    reach(site, switched, "done")
    check(site.delete("/v2/pools/second"), 204)


def test_a_move_whose_pool_is_away_leaves_its_place_to_others(start_server, tmp_path):
    server = start_server(env={"WEIR_MIGRATION_CONCURRENCY": "1"})
    api = Api(server.url)
    store = Redis(tmp_path / "store")
    store.start()
    register(api, "remote", uri=store.uri, weight=0, options={})
    register(api, "second", weight=0)
    queue, other = api.create(), api.create()
    waiting = start(api, queue=queue, to="remote", postpone=True, keep_source_seconds=0)
    reach(api, waiting, "ready")
    store.kill()
    api.send(queue, "meanwhile")
    wait_until(lambda: show(api, waiting)["error"])
    reach(api, start(api, queue=other, to="second", keep_source_seconds=0), "done")
    assert "remote" in show(api, waiting)["error"] and api.route(queue)["pool"] == "embedded"
    store.start()
    order(api, waiting, "cutover")
    assert reach(api, waiting, "done", "failed")["state"] == "done"
    assert api.route(queue)["pool"] == "remote" and api.bodies(queue) == ["meanwhile"]
    server.stop()
    store.stop()


def test_every_refusal_of_one_queue_has_its_reason(site):
    queue = site.create()
    register(site, "soft", weight=0, options={"synchronous": "normal"})
    check(site.put("/v2/flavors/safe", json={"capabilities": ["DURABILITY"]}), 201)
    safe = site.create(_flavor="safe")
    register(site, "closed", weight=1, state="draining")
    expected = [
        ("none", "second", 404, ("none",)),
        (queue, "nowhere", 400, ("to", "nowhere")),
        (queue, "embedded", 400, ("embedded", "already")),
        (safe, "soft", 400, ("soft", "DURABILITY", "safe")),
        (queue, "closed", 409, ("closed", "drained")),
    ]
    for name, pool, status, words in expected:
        refused(site.post(PATH, json={"queue": name, "to": pool}), status, mentions=words)
    for name, pool, status, words in expected[2:]:
        answer = plan(site, queue=name, to=pool)
        (refusal,) = answer["refusals"]
        assert answer["plan"] == [] and (refusal["queue"], refusal["to"]) == (name, pool)
        assert all(word in refusal["reason"] for word in words), refusal
    migration = start(site, queue=queue, to="second", postpone=True)
    reach(site, migration, "ready")
    assert site.route(queue)["migration"] == migration["id"]
    refused(site.post(PATH, json={"queue": queue, "to": "second"}), 409, mentions=(migration["id"],))
    assert len(every(site)) == 1


def test_a_pool_that_is_away_is_no_target(own, tmp_path):
    store = Redis(tmp_path / "store")
    store.start()
    register(own, "remote", uri=store.uri, weight=0, options={})
    queue = own.create()
    store.kill()
    wait_until(lambda: details(own, "remote")["state"] == "unreachable")
    refused(own.post(PATH, json={"queue": queue, "to": "remote"}), 409, mentions=("remote", "reached"))


@pytest.mark.parametrize(
    "body, words",
    [
        ({}, ("queue", "from", "rebalance")),
        ({"queue": "q", "from": "embedded"}, ("Exactly one",)),
        ({"queue": "q"}, ("to",)),
        ({"from": "embedded", "to": "second"}, ("to",)),
        ({"queue": "no/name", "to": "second"}, ("queue",)),
        ({"queue": 5, "to": "second"}, ("queue", "string")),
        ({"queue": "q", "to": 5}, ("to", "string")),
        ({"queue": "q", "to": "second", "colour": 1}, ("colour",)),
        ({"queue": "q", "to": "second", "dry_run": "yes"}, ("dry_run", "true or false")),
        ({"queue": "q", "to": "second", "postpone": 1}, ("postpone",)),
        ({"queue": "q", "to": "second", "keep_source_seconds": -1}, ("keep_source_seconds", "0 to 86400")),
        ({"queue": "q", "to": "second", "keep_source_seconds": 86401}, ("keep_source_seconds", "86400")),
        ({"queue": "q", "to": "second", "keep_source_seconds": "5"}, ("keep_source_seconds", "integer")),
        ({"queue": "q", "to": "second", "messages_per_second": 0}, ("messages_per_second", "1 to")),
        ({"queue": "q", "to": "second", "bytes_per_second": 1.5}, ("bytes_per_second", "integer")),
        ({"queue": "q", "to": "second", "project": ""}, ("project",)),
        ({"from": "nowhere", "dry_run": False}, ("from", "nowhere")),
        ({"rebalance": "none"}, ("rebalance", "none")),
        ({"rebalance": 5}, ("rebalance", "string")),
        ([], ()),
    ],
    ids=str,
)
def test_a_bad_request_is_refused_with_field_and_limit(own_pools, body, words):
    refused(own_pools.post(PATH, json=body), 400, "Invalid request body", mentions=words)
    assert every(own_pools) == []


def test_what_does_not_exist_is_404(own_pools):
    for name in ("1", "0", "-1", "x", "9" * 30):
        refused(own_pools.get(f"{PATH}/{name}"), 404, "Not found")
        refused(own_pools.post(f"{PATH}/{name}/pause"), 404, "Not found")
        refused(own_pools.post(f"{PATH}/{name}/throttle", json={"messages_per_second": 1}), 404, "Not found")
    check(own_pools.post(f"{PATH}/1/dance"), 404)
    check(own_pools.get(f"{PATH}/1/pause"), 405)
    refused(own_pools.get(f"{PATH}?state=gone"), 400, mentions=("state", "copying"))


def test_migrations_are_for_operators_only(start_server):
    api = Api(start_server(env={"WEIR_ADMIN_MODE": "false"}).url)
    for path in (PATH, f"{PATH}/1", f"{PATH}/1/pause"):
        check(api.get(path), 404)


# Orders


def test_a_postponed_cutover_waits_for_its_order(site):
    queue = site.create()
    site.send(queue, 1)
    migration = start(site, queue=queue, to="second", postpone=True, keep_source_seconds=0)
    ready = reach(site, migration, "ready")
    assert ready["postpone"] and "order" in ready["phase"] and site.route(queue)["pool"] == "embedded"
    site.send(queue, 2)
    assert order(site, migration, "cutover")["id"] == migration["id"]
    assert reach(site, migration, "done")["state"] == "done"
    assert site.route(queue)["pool"] == "second" and site.bodies(queue) == [1, 2]
    refused(site.post(f"{PATH}/{migration['id']}/cutover"), 409, mentions=("over",))


def test_a_migration_is_paused_and_resumed(site):
    queue = site.create()
    migration = start(site, queue=queue, to="second", postpone=True, keep_source_seconds=0)
    reach(site, migration, "ready")
    refused(site.post(f"{PATH}/{migration['id']}/resume"), 409, mentions=("not paused",))
    assert order(site, migration, "pause")["state"] == "paused"
    assert order(site, migration, "pause")["state"] == "paused"
    site.send(queue, "meanwhile")
    order(site, migration, "cutover")
    assert show(site, migration)["state"] == "paused" and site.route(queue)["pool"] == "embedded"
    order(site, migration, "resume")
    assert reach(site, migration, "done")["state"] == "done" and site.bodies(queue) == ["meanwhile"]


def test_a_cancelled_migration_leaves_nothing_behind(site):
    queue = site.create()
    posted = site.send(queue, *range(10))
    migration = start(site, queue=queue, to="second", postpone=True)
    reach(site, migration, "ready")
    order(site, migration, "cancel")
    assert reach(site, migration, "cancelled")["state"] == "cancelled"
    assert site.route(queue)["pool"] == "embedded" and site.route(queue)["migration"] is None
    assert [message["id"] for message in site.everything(queue)] == posted
    refused(site.post(f"{PATH}/{migration['id']}/cancel"), 409)
    again = start(site, queue=queue, to="second", keep_source_seconds=0)
    reach(site, again, "done")
    assert [message["id"] for message in site.everything(queue)] == posted


def test_a_switched_queue_is_brought_back_with_what_happened_since(site):
    queue = site.create()
    posted = site.send(queue, "kept", "deleted")
    migration = start(site, queue=queue, to="second")
    switched = reach(site, migration, "switched")
    assert "embedded is kept until" in switched["phase"] and site.route(queue)["pool"] == "second"
    refused(site.post(f"{PATH}/{migration['id']}/cancel"), 409, mentions=("reverse",))
    check(site.delete(f"/v2/queues/{queue}/messages/{posted[1]}"), 204)
    new = site.send(queue, "new")
    order(site, migration, "reverse")
    assert reach(site, migration, "reversed", "failed")["state"] == "reversed"
    assert site.route(queue)["pool"] == "embedded" and site.route(queue)["epoch"] == 3
    assert [message["id"] for message in site.everything(queue)] == [posted[0], *new]


def test_a_way_back_is_given_up_when_that_is_ordered(site):
    queue = site.create()
    posted = site.send(queue, "kept")
    migration = start(site, queue=queue, to="second", postpone=True)
    reach(site, migration, "ready")
    order(site, migration, "finish", status=409)
    order(site, migration, "cutover")
    reach(site, migration, "switched")
    move = {"queue": queue, "to": "embedded"}
    refused(site.post(PATH, json=move), 409, mentions=(f"'{migration['id']}'", "finish"))
    order(site, migration, "finish")
    reach(site, migration, "done")
    order(site, migration, "finish", status=409)
    assert [message["id"] for message in site.everything(queue)] == posted
    reach(site, start(site, **move), "switched")


def test_a_migration_gets_bounds_of_its_own(site):
    queue = site.create()
    request = {"queue": queue, "to": "second", "postpone": True}
    migration = start(site, **request, messages_per_second=7, bytes_per_second=8)
    assert (migration["messages_per_second"], migration["bytes_per_second"]) == (7, 8)
    path = f"{PATH}/{migration['id']}/throttle"
    changed = check(site.post(path, json={"messages_per_second": None}), 202)
    assert (changed["messages_per_second"], changed["bytes_per_second"]) == (None, 8)
    changed = check(site.post(path, json={"messages_per_second": 5, "bytes_per_second": 6}), 202)
    assert (changed["messages_per_second"], changed["bytes_per_second"]) == (5, 6)
    assert "5 messages/s" in changed["history"][-1]["reason"]
    for body in ({}, {"messages_per_second": 0}, {"bytes_per_second": "5"}, {"colour": 1}):
        refused(site.post(path, json=body), 400)
    order(site, migration, "cancel")
    reach(site, migration, "cancelled")
    refused(site.post(path, json={"messages_per_second": 1}), 409)


# Listings


def test_migrations_are_listed_by_state_queue_and_pool(site):
    register(site, "third", weight=0)
    queues = [site.create() for _ in range(5)]
    started = [start(site, queue=queue, to="second", keep_source_seconds=0) for queue in queues[:4]]
    started.append(start(site, queue=queues[4], to="third", postpone=True))
    for migration in started[:4]:
        reach(site, migration, "done")
    reach(site, started[4], "ready")
    ids = [migration["id"] for migration in started]
    assert [migration["id"] for migration in every(site)] == ids
    assert [migration["id"] for migration in every(site, state="done")] == ids[:4]
    assert [migration["id"] for migration in every(site, queue=queues[1])] == ids[1:2]
    assert [migration["id"] for migration in every(site, pool="third")] == ids[4:]
    assert every(site.with_project(), queue=queues[1]) == []
    assert set(every(site)[0]) == FIELDS


def audit(api):
    """The whole audit log."""
    found, href = [], "/v2/audit?limit=100"
    while href:
        page = check(api.get(href), 200)
        found += page["entries"]
        href = page["links"][0]["href"] if page["links"] else None
    return found


def test_what_is_started_is_in_the_audit_log(site):
    queue = site.create()
    start(site, queue=queue, to="second")
    entry = audit(site)[-1]
    assert (entry["action"], entry["subject"], entry["actor"]) == ("migration.begin", queue, site.project)
    assert entry["before"] is None
    assert entry["after"]["to"] == "second" and entry["after"]["from"] == "embedded"


def test_orders_are_in_the_audit_log_with_who_gave_them_before_and_after(site):
    migration = start(site, queue=site.create(), to="second", postpone=True, keep_source_seconds=900)
    reach(site, migration, "ready")
    operator = site.with_project()
    order(operator, migration, "throttle", messages_per_second=500)
    order(operator, migration, "throttle", messages_per_second=500)
    order(operator, migration, "pause")
    order(operator, migration, "reverse", status=409)
    order(operator, migration, "resume")
    order(operator, migration, "cutover")
    reach(site, migration, "switched")
    order(operator, migration, "reverse")
    reach(site, migration, "reversed")
    other = start(site, queue=site.create(), to="second", postpone=True)
    order(operator, other, "cancel")

    entries = [entry for entry in audit(site) if entry["actor"] == operator.project]
    assert [entry["action"] for entry in entries] == [
        f"migration.{verb}" for verb in ("throttle", "pause", "resume", "cutover", "reverse", "cancel")
    ], "what is refused or changes nothing is not there"
    assert [(entry["subject"], entry["after"]["id"]) for entry in entries] == [
        (moved["queue"], moved["id"]) for moved in [migration] * 5 + [other]
    ]

    def changes(member):
        return [(entry["before"][member], entry["after"][member]) for entry in entries]

    assert changes("messages_per_second")[:2] == [(None, 500), (500, 500)]
    assert changes("state")[1] == ("ready", "paused") and changes("state")[2][0] == "paused"
    assert changes("postpone")[3] == (True, False)
    assert changes("state")[4] == ("switched", "reversing") and changes("state")[5][1] == "cleaning"


def test_the_metrics_tell_of_moves(site):
    queue = site.create()
    site.send(queue, *range(3))
    reach(site, start(site, queue=queue, to="second", keep_source_seconds=0), "done")
    reach(site, start(site, queue=site.create(), to="second", postpone=True), "ready")
    # As the node saw them last, a moment ago.
    wait_until(lambda: 'weir_migrations{state="ready"} 1' in site.get("/metrics").text.splitlines())
    lines = site.get("/metrics").text.splitlines()
    for line in (
        'weir_migrations{state="copying"} 0',
        'weir_migration_stall_seconds_bucket{le="+Inf"} 1',
        "weir_migration_stall_seconds_count 1",
        "weir_migration_aborts_total 0",
        "weir_migration_mismatches_total 0",
        "weir_migration_copied_messages_total 3",
    ):
        assert line in lines, line


# Drains and rebalances


def test_a_drained_pool_is_left_by_all_queues_and_can_be_removed(own):
    register(own, "a")
    register(own, "b")
    other = own.with_project()
    queues = [own.create() for _ in range(12)]
    strange = [other.create() for _ in range(12)]
    there = [queue for queue in queues if own.route(queue)["pool"] == "a"]
    there += [queue for queue in strange if other.route(queue)["pool"] == "a"]
    for queue in queues:
        own.send(queue, queue)
    answer = check(own.post(PATH, json={"from": "a"}), 200)
    assert sorted(move["queue"] for move in answer["plan"]) == sorted(there)
    assert all(move["to"] in ("embedded", "b") for move in answer["plan"]) and answer["refusals"] == []
    assert details(own, "a")["state"] == "open" and every(own) == []

    answer = check(own.post(PATH, json={"from": "a", "dry_run": False}), 202)
    assert answer["queues"] == len(there) and answer["refusals"] == [] and details(own, "a")["state"] == "draining"
    for migration in answer["migrations"]:
        assert reach(own, migration, "done", "failed")["state"] == "done"
    assert details(own, "a")["queues"] == 0
    assert all(own.bodies(queue) == [queue] for queue in queues)
    actions = [entry["action"] for entry in check(own.get("/v2/audit?limit=100"), 200)["entries"]]
    assert actions == ["pool.put"] * 3 + ["migration.begin"] * len(there)
    check(own.delete("/v2/pools/a"), 204)


def test_a_drain_begins_with_the_smallest_and_names_what_cannot_leave(site):
    here = [site.create() for _ in range(5)]
    for count, queue in enumerate(here):
        site.send(queue, *range(15 - 3 * count))
    check(site.patch("/v2/pools/second", json={"weight": 1}), 200)
    check(site.put("/v2/flavors/tied", json={"pool_list": ["embedded"]}), 201)
    tied = site.create(_flavor="tied")
    answer = plan(site, **{"from": "embedded"})
    assert [move["queue"] for move in answer["plan"]] == list(reversed(here))
    (refusal,) = answer["refusals"]
    assert refusal["queue"] == tied and "tied" in refusal["reason"] and "to" not in refusal


def test_a_drain_names_queues_that_are_on_their_way_in(site):
    queue = site.create()
    migration = start(site, queue=queue, to="second", postpone=True)
    answer = check(site.post(PATH, json={"from": "second", "dry_run": False}), 202)
    (refusal,) = answer["refusals"]
    assert (refusal["queue"], refusal["to"]) == (queue, "second") and migration["id"] in refusal["reason"]


def test_planned_moves_go_on_after_a_restart(own):
    register(own, "a", weight=4294967295)
    queues = [own.create() for _ in range(8)]
    answer = check(own.post(PATH, json={"from": "a", "dry_run": False}), 202)
    own.server.kill()
    own.server.start()
    for migration in answer["migrations"]:
        assert reach(own, migration, "done", "failed")["state"] == "done"
    assert {own.route(queue)["pool"] for queue in queues} == {"embedded"}


def test_rebalancing_moves_as_few_queues_as_bring_the_shares_about(own):
    queues = [own.create() for _ in range(20)]
    register(own, "b", weight=300)
    answer = check(own.post(PATH, json={"rebalance": None}), 200)
    assert answer["queues"] == 15 and {(move["from"], move["to"]) for move in answer["plan"]} == {("embedded", "b")}
    answer = check(own.post(PATH, json={"rebalance": None, "dry_run": False}), 202)
    for migration in answer["migrations"]:
        reach(own, migration, "done")
    assert [details(own, pool)["queues"] for pool in ("embedded", "b")] == [5, 15]
    assert Counter(own.route(queue)["pool"] for queue in queues) == {"embedded": 5, "b": 15}
    assert check(own.post(PATH, json={"rebalance": None}), 200)["queues"] == 0
    # Those that have moved rest: only the others can bring the new shares about.
    check(own.patch("/v2/pools/b", json={"weight": 0}), 200)
    assert check(own.post(PATH, json={"rebalance": None}), 200)["queues"] == 0
    check(own.patch("/v2/pools/embedded", json={"weight": 0}), 200)
    check(own.patch("/v2/pools/b", json={"weight": 1}), 200)
    assert check(own.post(PATH, json={"rebalance": None}), 200)["queues"] == 5


def test_there_is_no_rebalancing_while_a_pool_is_drained(own):
    register(own, "b", state="draining")
    refused(own.post(PATH, json={"rebalance": None}), 409, mentions=("b", "drained"))


# Flavors


def flavored(api, queue, flavor):
    return api.update(queue, {"op": "add", "path": "/metadata/_flavor", "value": flavor})


@pytest.mark.feature("F179")
def test_a_queue_that_gets_another_flavor_is_moved_to_a_pool_of_it(own):
    register(own, "gold-1")
    check(own.put("/v2/flavors/gold", json={"pool_list": ["gold-1"]}), 201)
    queue = own.create(team="a")
    while own.route(queue)["pool"] != "embedded":
        queue = own.create(team="a")
    posted = own.send(queue, 1, 2)
    assert check(flavored(own, queue, "gold"), 200)["_flavor"] == "gold"
    wait_until(lambda: own.route(queue)["pool"] == "gold-1")
    wait_until(lambda: own.route(queue)["migration"] is None)
    assert own.metadata(queue)["_flavor"] == "gold" and own.metadata(queue)["team"] == "a"
    assert [message["id"] for message in own.everything(queue)] == posted
    (migration,) = every(own)
    assert (migration["state"], migration["to"], migration["keep_source_seconds"]) == ("done", "gold-1", 0)


@pytest.mark.feature("F179")
def test_a_flavor_that_no_other_pool_serves_or_during_a_move_is_refused(site):
    check(site.put("/v2/flavors/gold", json={"pool_list": ["second"]}), 201)
    queue = site.create()
    refused(flavored(site, queue, "gold"), 409, mentions=("_flavor", "gold"))
    assert "_flavor" not in site.metadata(queue) and every(site) == []
    check(site.patch("/v2/pools/second", json={"weight": 1}), 200)
    migration = start(site, queue=queue, to="second", postpone=True)
    refused(flavored(site, queue, "gold"), 409, mentions=("_flavor", migration["id"]))
    assert "_flavor" not in site.metadata(queue) and len(every(site)) == 1


def test_where_the_operator_wants_it_a_flavor_moves_no_queue(start_server):
    api = Api(start_server(env={"WEIR_MIGRATION_ON_FLAVOR_CHANGE": "refuse"}).url)
    register(api, "gold-1")
    check(api.put("/v2/flavors/gold", json={"pool_list": ["gold-1"]}), 201)
    queue = api.create()
    refused(flavored(api, queue, "gold"), 409, mentions=("gold", "/v2/migrations"))
    assert "_flavor" not in api.metadata(queue) and every(api) == []


# Nodes


def test_a_node_that_is_told_not_to_moves_no_queues(start_server):
    api = Api(start_server(env={"WEIR_MIGRATION_ENABLED": "false"}).url)
    register(api, "second", weight=0)
    queue = api.create()
    migration = start(api, queue=queue, to="second")
    assert "turn" in show(api, migration)["phase"]
    order(api, migration, "cancel")
    assert show(api, migration)["state"] == "cleaning"


def test_a_node_that_freezes_at_the_cutover_goes_on_when_it_thaws(start_server):
    server = start_server(env={"WEIR_TEST_STOP_AT": "fenced"})
    api = Api(server.url)
    register(api, "second", weight=0)
    queue = api.create()
    posted = api.send(queue, 1, 2)
    state = Path(f"/proc/{server.process.pid}/stat")
    with ThreadPoolExecutor(1) as pool:
        # It may freeze before this is answered.
        starting = pool.submit(start, api, queue=queue, to="second", keep_source_seconds=0)
        wait_until(lambda: state.read_text().rpartition(")")[2].split()[0] == "T")
        assert "WEIR_TEST_STOP_AT" not in server.log.read_text()
        server.process.send_signal(signal.SIGCONT)
        migration = starting.result()
    assert reach(api, migration, "done", "failed")["state"] == "done"
    assert [message["id"] for message in api.everything(queue)] == posted


# Command line


def test_the_command_line_moves_a_queue(site):
    line = Line(site)
    queue = site.create()
    site.send(queue, 1)
    assert table(line.ok("queue", "move", queue, "--to", "second", "--dry-run"))[0]["TO"] == "second"
    output = line.ok("queue", "move", queue, "--to", "second", "--watch", "--keep-source", "60")
    assert "1/1 messages" in output and site.route(queue)["pool"] == "second"
    (listed,) = line.json("migration", "list", "--queue", queue)
    assert line.json("migration", "show", listed["id"])["state"] == "switched"
    assert table(line.ok("migration", "list"))[0]["QUEUE"] == queue
    line.refused(1, "migration", "pause", listed["id"], mentions=["switched"])
    line.refused(3, "migration", "show", "77")
    line.ok("migration", "reverse", listed["id"])
    assert "reversed" in line.ok("migration", "watch", listed["id"])
    assert site.route(queue)["pool"] == "embedded"


def test_the_command_line_drains_and_rebalances(own):
    line = Line(own)
    queues = [own.create() for _ in range(4)]
    line.refused(1, "pool", "drain", "embedded", "--yes", mentions=["4 queues are not moved", "No other pool"])
    check(own.patch("/v2/pools/embedded", json={"state": "open"}), 200)
    line.ok("pool", "create", "b", "--uri", "sqlite:b", "--weight", "100")
    rows = table(line.ok("pool", "rebalance", "--dry-run"))
    assert [row["TO"] for row in rows] == ["b", "b"]
    line.refused(1, "pool", "rebalance", mentions=["--yes"])
    line.ok("pool", "rebalance", "--yes", "--watch")
    assert [details(own, pool)["queues"] for pool in ("embedded", "b")] == [2, 2]
    line.ok("pool", "drain", "b", "--yes", "--watch")
    assert all(own.route(queue)["pool"] == "embedded" for queue in queues)
    wait_until(lambda: own.delete("/v2/pools/b").status_code == 204)


def test_the_command_line_throttles(site):
    line = Line(site)
    (migration,) = line.json("queue", "move", site.create(), "--to", "second", "--postpone", "--messages", "9")
    assert migration["messages_per_second"] == 9
    shown = line.json("migration", "throttle", migration["id"], "--messages", "0", "--bytes", "5000")
    assert (shown["messages_per_second"], shown["bytes_per_second"]) == (None, 5000)
