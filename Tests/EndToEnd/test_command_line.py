"""The admin command line: what can be done to pools, flavors, queues, messages, claims and subscriptions."""

import json
import re

import pytest

from harness.command_line import Line, table
from harness.pools import details, register
from harness.receiver import until


# Pools


def test_the_life_of_a_pool(own_line):
    arguments = ["--weight", "5", "--option", "synchronous=normal", "--option", "cache_kib=4096"]
    made = own_line.json("pool", "create", "p1", "--uri", "sqlite:p1", *arguments)
    assert made == details(own_line.api, "p1")
    assert (made["weight"], made["options"]) == (5, {"synchronous": "normal", "cache_kib": 4096})
    assert own_line.json("pool", "update", "p1", "--weight", "7")["weight"] == 7
    shown = own_line.json("pool", "show", "p1")
    assert shown["uri"] == "sqlite:p1" and shown["state"] == "open" and "FIFO" in shown["capabilities"]
    probed = own_line.json("pool", "probe", "p1")
    assert probed["name"] == "p1" and set(probed["probe"]) >= {"at", "facts", "missing"}
    text = own_line.ok("pool", "show", "p1")
    assert re.search(r"^weight +7$", text, re.M) and re.search(r"^options.synchronous +normal$", text, re.M)
    assert own_line.json("pool", "delete", "p1", "--yes") == {"name": "p1", "deleted": True}
    assert [pool["name"] for pool in own_line.json("pool", "list")] == ["embedded"]


def test_a_pool_changes_its_flavor_and_loses_it(own_line):
    register(own_line.api, "p1")
    assert own_line.json("pool", "update", "p1", "--flavor", "gold")["flavor"] == "gold"
    assert not own_line.json("pool", "update", "p1", "--flavor", "")["flavor"]
    assert own_line.json("pool", "update", "p1", "--state", "draining")["state"] == "draining"
    assert own_line.json("pool", "update", "p1", "--state", "open")["state"] == "open"
    own_line.refused(2, "pool", "update", "p1", "--state", "gone", mentions=["--state", "draining"])


def test_pools_are_listed_with_the_shares_they_want_and_hold(own_line):
    register(own_line.api, "large", weight=300)
    for _ in range(4):
        own_line.api.create()
    pools = {pool["name"]: pool for pool in own_line.json("pool", "list")}
    assert pools["large"]["share_wanted"] == 0.75 and pools["embedded"]["share_wanted"] == 0.25
    assert sum(pool["queues"] for pool in pools.values()) == 4
    for pool in pools.values():
        assert pool["share_held"] == pool["queues"] / 4
        assert {"name", "driver", "uri", "weight", "flavor", "state", "queues"} <= set(pool)
    rows = {row["NAME"]: row for row in table(own_line.ok("pool", "list"))}
    assert rows["large"]["SHARE WANTED"] == "75.0 %" and rows["large"]["DRIVER"] == "sqlite"
    assert rows["large"]["STATE"] == "open" and rows["large"]["URI"] == "sqlite:large"


def test_every_page_of_pools_is_listed(own_line):
    names = [f"p{number:02}" for number in range(23)]
    for name in names:
        register(own_line.api, name, weight=0)
    assert [pool["name"] for pool in own_line.json("pool", "list")] == ["embedded", *names]


def test_a_pool_with_a_strange_name(own_line):
    own_line.ok("pool", "create", "a b?ü%", "--uri", "sqlite:strange", "--weight", "0")
    assert own_line.json("pool", "show", "a b?ü%")["name"] == "a b?ü%"
    own_line.ok("pool", "delete", "a b?ü%", "--yes")


def test_what_the_server_refuses_is_said_and_exits_with_1(own_line):
    own_line.refused(1, "pool", "create", "p", "--uri", "nothing:x", "--weight", "1", mentions=["nothing"])
    own_line.refused(1, "pool", "update", "embedded", "--weight", "4294967296", mentions=["weight"])
    own_line.api.create()
    own_line.refused(1, "pool", "delete", "embedded", "--yes", mentions=["1 queue"])
    own_line.refused(1, "flavor", "create", "f", "--pool", "none", mentions=["none"])
    own_line.refused(1, "flavor", "create", "f", "--capability", "SPEED", mentions=["SPEED"])
    own_line.refused(1, "queue", "create", "no/name", mentions=["queue name"])
    own_line.refused(1, "queue", "show", "no name", mentions=["queue name"])
    own_line.refused(1, "message", "post", "q", "1", "--ttl", "1", mentions=["ttl"])


# Flavors


def test_the_life_of_a_flavor(own_line):
    register(own_line.api, "p1")
    made = own_line.json(
        "flavor", "create", "gold", "--pool", "p1", "--capability", "fifo", "--capability", "CLAIMS"
    )
    assert (made["name"], made["pool_list"], made["capabilities"]) == ("gold", ["p1"], ["FIFO", "CLAIMS"])
    assert own_line.json("flavor", "show", "gold") == made
    assert own_line.json("flavor", "update", "gold", "--capability", "AOD")["capabilities"] == ["AOD"]
    assert own_line.json("flavor", "update", "gold", "--pool", "embedded")["pool_list"] == ["embedded"]
    (listed,) = own_line.json("flavor", "list")
    assert listed["name"] == "gold" and listed["pool_list"] == ["embedded"]
    assert table(own_line.ok("flavor", "list")) == [
        {"NAME": "gold", "CAPABILITIES": "AOD", "POOLS": "embedded"}
    ]
    assert own_line.json("flavor", "delete", "gold", "--yes") == {"name": "gold", "deleted": True}
    assert own_line.json("flavor", "list") == [] and own_line.ok("flavor", "list") == "no flavors\n"


# Queues


def test_the_life_of_a_queue(line):
    metadata = {"team": "a", "a/b~c": [1, 2], "_default_message_ttl": 300}
    made = line.json("queue", "create", "jobs", "--metadata", json.dumps(metadata))
    assert made["name"] == "jobs" and metadata.items() <= made["metadata"].items()
    assert made["messages"] == {"claimed": 0, "free": 0, "total": 0}
    assert line.json("queue", "show", "jobs") == made
    changed = line.json("queue", "update", "jobs", "--metadata", '{"team": "b"}', "--remove", "a/b~c")[
        "metadata"
    ]
    assert changed["team"] == "b" and "a/b~c" not in changed and changed["_default_message_ttl"] == 300
    assert line.json("queue", "route", "jobs") == line.api.route("jobs")
    line.api.send("jobs", 1, 2)
    assert line.json("queue", "purge", "jobs", "--yes") == {"name": "jobs", "purged": True}
    assert line.api.bodies("jobs") == []
    assert line.json("queue", "delete", "jobs", "--yes") == {"name": "jobs", "deleted": True}
    assert not line.api.exists("jobs")


def test_creating_a_queue_again_leaves_it_as_it_is(line):
    assert "is created" in line.ok("queue", "create", "q", "--metadata", '{"a": 1}')
    assert "exists already" in line.ok("queue", "create", "q", "--metadata", '{"a": 2}')
    assert line.json("queue", "show", "q")["metadata"]["a"] == 1


def test_a_queue_of_a_flavor(own_line):
    register(own_line.api, "p1")
    own_line.ok("flavor", "create", "gold", "--pool", "p1")
    assert own_line.json("queue", "create", "q", "--flavor", "gold")["metadata"]["_flavor"] == "gold"
    assert own_line.json("queue", "route", "q")["pool"] == "p1"
    assert table(own_line.ok("queue", "list"))[0]["FLAVOR"] == "gold"


def test_queues_are_listed_whatever_their_number(line):
    names = [f"q{number:02}" for number in range(25)]
    for name in names:
        line.api.create(name, number=name)
    listed = line.json("queue", "list")
    assert [queue["name"] for queue in listed] == names and listed[3]["metadata"]["number"] == "q03"
    assert [queue["name"] for queue in line.json("queue", "list", "--limit", "12")] == names[:12]
    assert [queue["name"] for queue in line.json("queue", "list", "--name", "q1")] == names[10:20]
    rows = table(line.ok("queue", "list"))
    assert [row["NAME"] for row in rows] == names and rows[7]["METADATA"] == '{"number":"q07"}'


def test_empty_listings(line):
    assert line.json("queue", "list") == [] and line.ok("queue", "list") == "no queues\n"
    queue = line.api.create()
    assert line.json("message", "list", queue) == [] and line.ok("message", "list", queue) == "no messages\n"


# Messages and claims


def test_the_life_of_a_message(line, queue):
    bodies = [{"a": [1, None]}, "text", 5, None, -1.5]
    posted = line.json("message", "post", queue, "--ttl", "100", "--", *map(json.dumps, bodies))
    assert len(posted["ids"]) == len(posted["resources"]) == 5
    assert line.api.bodies(queue) == bodies
    listed = line.json("message", "list", queue)
    assert [message["body"] for message in listed] == bodies
    assert [message["id"] for message in listed] == posted["ids"] and listed[0]["ttl"] == 100
    first = line.json("message", "show", queue, posted["ids"][0])
    assert first["body"] == bodies[0] and first["id"] == posted["ids"][0]
    gone = line.json("message", "delete", queue, posted["ids"][0], "--yes")
    assert gone == {"queue": queue, "id": posted["ids"][0], "deleted": True}
    assert line.api.bodies(queue) == bodies[1:]
    assert [message["body"] for message in line.json("message", "list", queue, "--limit", "2")] == bodies[1:3]


def test_posting_creates_a_missing_queue_as_the_api_does(line):
    (identifier,) = line.ok("message", "create", "new", '"x"').split()
    assert line.json("message", "show", "new", identifier)["body"] == "x"


def test_a_delay_is_passed_on(line):
    queue = line.api.create(_default_message_delay=60)
    line.ok("message", "post", queue, "1", "--delay", "900")
    assert line.api.claim(queue) is None
    assert len(line.json("message", "list", queue)) == 1


def test_the_life_of_a_claim(line, queue):
    ids = line.api.send(queue, "a", "b", "c", ttl=3600)
    made = line.json("claim", "create", queue, "--limit", "2", "--ttl", "100", "--grace", "60")
    assert [message["id"] for message in made["messages"]] == ids[:2]
    assert made["href"] == f"/v2/queues/{queue}/claims/{made['id']}"
    shown = line.json("claim", "show", queue, made["id"])
    assert shown["ttl"] == 100 and [message["body"] for message in shown["messages"]] == ["a", "b"]
    assert line.json("claim", "update", queue, made["id"], "--ttl", "500")["ttl"] == 500
    line.refused(1, "message", "delete", queue, ids[0], "--yes")
    line.ok("message", "delete", queue, ids[0], "--claim", made["id"], "--yes")
    line.ok("claim", "delete", queue, made["id"], "--yes")
    assert [message["id"] for message in line.json("claim", "create", queue)["messages"]] == ids[1:]


def test_a_claim_of_nothing(line, queue):
    assert line.json("claim", "create", queue) == {"id": None, "messages": []}
    assert line.ok("claim", "create", queue) == "nothing to claim\n"


def test_a_claim_shows_its_messages_to_people(line, queue):
    line.api.send(queue, "look at me")
    assert "look at me" in line.ok("claim", "create", queue)


def test_the_life_of_a_subscription(line, queue):
    made = line.json("subscription", "create", queue, "http://203.0.113.9/a", "--ttl", "100")
    assert (made["subscriber"], made["ttl"], made["source"]) == ("http://203.0.113.9/a", 100, queue)
    other = line.json("subscription", "create", queue, "mailto:a@reader.example")
    assert {each["id"] for each in line.json("subscription", "list", queue)} == {made["id"], other["id"]}
    assert len(line.json("subscription", "list", queue, "--limit", "1")) == 1
    assert line.json("subscription", "show", queue, made["id"])["ttl"] == 100
    options = '{"post_headers": {"X-A": "b"}}'
    changed = line.json("subscription", "update", queue, made["id"], "--ttl", "500", "--subscription-options", options)
    assert changed["ttl"] == 500 and changed["options"]["post_headers"] == {"X-A": "b"}
    line.refused(1, "subscription", "create", queue, "ftp://203.0.113.9/a")
    line.refused(2, "subscription", "update", queue, made["id"])
    line.refused(2, "subscription", "update", queue, made["id"], "--subscription-options", "[]")
    gone = line.json("subscription", "delete", queue, made["id"], "--yes")
    assert gone == {"queue": queue, "id": made["id"], "deleted": True}
    for verb in ("show", "failures", "redrive"):
        line.refused(3, "subscription", verb, queue, made["id"])
    line.refused(3, "subscription", "list", "nowhere")


def test_deliveries_that_were_given_up_are_listed_and_driven_again(line, queue):
    made = line.json("subscription", "create", queue, "http://127.0.0.1:9/")["id"]
    line.api.send(queue, {"a": 1}, "b")
    failed = until(lambda: (found := line.json("subscription", "failures", queue, made))[1:] and found)
    assert [each["message"]["body"] for each in failed] == [{"a": 1}, "b"]
    text = line.ok("subscription", "failures", queue, made)
    assert failed[0]["id"] in text and failed[0]["reason"][:40] in text and '"a"' in text
    assert line.json("subscription", "redrive", queue, made) == {"queue": queue, "id": made, "redriven": 2}
    # They are given up again, as other failures.
    before = {each["id"] for each in failed}
    again = until(lambda: (found := line.json("subscription", "failures", queue, made))[1:] and found)
    assert not before & {each["id"] for each in again}


def test_a_message_cannot_command_the_terminal(line, queue):
    line.api.send(queue, "\x1b[2J\u202e\u009bx")
    for arguments in (["list", queue], ["show", queue, line.json("message", "list", queue)[0]["id"]]):
        text = line.ok("message", *arguments)
        assert not {"\x1b", "\u202e", "\u009b"} & set(text), text
