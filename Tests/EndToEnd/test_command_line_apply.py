"""`weir apply`."""

import json

import pytest

from harness.api import Api
from harness.command_line import Line
from harness.pools import register
from harness.server import REPOSITORY, free_port


# Apply


POOLS = """
pools:
  - {name: fast-1, uri: "sqlite:fast-1", weight: 50, flavor: quick, options: {synchronous: normal, readers: 1}}
  - {name: safe-1, uri: "sqlite:safe-1", weight: 10}
"""
FLAVORS = """
flavors:
  - name: quick
    capabilities: [FIFO]
    description: Not for ledgers.
  - name: safe
    pool_list: [safe-1]
    capabilities: [DURABILITY, FIFO]
"""


@pytest.fixture
def files(tmp_path):
    """Writes declarations and returns the directory."""

    def write(**texts):
        folder = tmp_path / "declared"
        folder.mkdir(exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.yaml").write_text(text)
        return str(folder)

    return write


def test_apply_brings_pools_and_flavors_to_the_declared_state(own_line, files):
    folder = files(pools=POOLS, flavors=FLAVORS)
    before = own_line.json("pool", "list"), own_line.json("flavor", "list")
    dry = own_line.json("apply", "-f", folder, "--dry-run")
    assert dry["dry_run"] is True
    assert [(change["action"], change["kind"], change["name"]) for change in dry["changes"]] == [
        ("create", "pool", "fast-1"),
        ("create", "pool", "safe-1"),
        ("create", "flavor", "quick"),
        ("create", "flavor", "safe"),
    ]
    assert (own_line.json("pool", "list"), own_line.json("flavor", "list")) == before
    text = own_line.ok("apply", "--file", folder)
    assert "+ pool 'fast-1'" in text and "+ flavor 'safe'" in text
    fast, safe = own_line.json("pool", "show", "fast-1"), own_line.json("pool", "show", "safe-1")
    assert fast["options"] == {"synchronous": "normal", "readers": 1} and fast["flavor"] == "quick"
    assert (fast["weight"], safe["weight"], safe["flavor"]) == (50, 10, "safe")
    assert own_line.json("flavor", "show", "safe")["capabilities"] == ["FIFO", "DURABILITY"]
    assert own_line.json("flavor", "show", "safe")["pool_list"] == ["safe-1"]
    assert set(own_line.json("flavor", "show", "quick")["pool_list"]) == {"embedded", "fast-1", "safe-1"}


def test_a_dry_run_shows_no_secret(own_line, files):
    uris = ["redis://u:hush/x@127.0.0.1:1", "mongodb://127.0.0.1:1/x?tlsCertificateKeyFilePassword=hush&w=1"]
    pools = [{"name": f"p{number}", "uri": uri, "weight": 1} for number, uri in enumerate(uris)]
    folder = files(pools=json.dumps({"pools": pools}))
    for form in [], ["--json"]:
        text = own_line.ok("apply", "-f", folder, "--dry-run", *form)
        assert "hush" not in text and "u:***@127.0.0.1:1" in text and "Password=***&w=1" in text, text


def test_a_file_that_is_no_yaml_is_not_shown(line, files):
    folder = files(pools="pools:\n- {name: a, uri: redis://u:hush@h, weight: 1\n- {}\n")
    result = line.refused(2, "apply", "-f", folder, mentions=["pools.yaml", "not YAML in line 3"])
    assert "hush" not in result.stderr


def test_applying_twice_is_like_applying_once(own_line, files):
    folder = files(pools=POOLS, flavors=FLAVORS)
    own_line.ok("apply", "-f", folder)
    for options in ([], ["--dry-run"]):
        assert own_line.ok("apply", "-f", folder, *options) == "no differences\n"
        assert own_line.json("apply", "-f", folder, *options)["changes"] == []


def test_apply_changes_only_what_differs(own_line, files):
    own_line.ok("apply", "-f", files(pools=POOLS, flavors=FLAVORS))
    folder = files(
        pools=POOLS.replace("weight: 10", "weight: 20"), flavors=FLAVORS.replace("[FIFO]", "[FIFO, CLAIMS]")
    )
    changes = own_line.json("apply", "-f", folder)["changes"]
    assert changes == [
        {
            "action": "update",
            "kind": "pool",
            "name": "safe-1",
            "changes": {"weight": {"before": 10, "after": 20}},
        },
        {
            "action": "update",
            "kind": "flavor",
            "name": "quick",
            "changes": {"capabilities": {"before": ["FIFO"], "after": ["FIFO", "CLAIMS"]}},
        },
    ]
    assert own_line.ok("apply", "-f", folder) == "no differences\n"


def test_apply_gives_a_flavor_other_pools_and_none(own_line, files):
    own_line.ok("apply", "-f", files(pools=POOLS, flavors=FLAVORS))
    folder = files(
        pools=POOLS, flavors="flavors: [{name: safe, pool_list: [embedded], capabilities: [FIFO]}]"
    )
    own_line.ok("apply", "-f", folder)
    assert own_line.json("flavor", "show", "safe")["pool_list"] == ["embedded"]
    assert not own_line.json("pool", "show", "safe-1")["flavor"]
    assert own_line.ok("apply", "-f", folder) == "no differences\n"
    folder = files(pools=POOLS, flavors="flavors: [{name: safe, capabilities: [FIFO]}]")
    own_line.ok("apply", "-f", folder)
    assert len(own_line.json("flavor", "show", "safe")["pool_list"]) == 3
    assert own_line.ok("apply", "-f", folder) == "no differences\n"


def test_changes_that_wait_for_each_other_are_made_in_one_go(own_line, files):
    declared = """
pools: [{name: p, uri: "sqlite:p", weight: 1, options: {synchronous: SYNC}}]
flavors: [{name: f, pool_list: [p], capabilities: [NEEDED]}]
"""
    safe = declared.replace("SYNC", "full").replace("NEEDED", "DURABILITY, FIFO")
    loose = declared.replace("SYNC", "normal").replace("NEEDED", "FIFO")
    for text in (safe, loose, safe):
        own_line.ok("apply", "-f", files(all=text))
        assert own_line.ok("apply", "-f", files(all=text)) == "no differences\n"
    assert own_line.json("pool", "show", "p")["options"] == {"synchronous": "full"}


def test_a_new_pool_and_its_flavor_that_wait_for_each_other_are_made(own_line, files):
    own_line.ok("flavor", "create", "f", "--capability", "HIGH_THROUGHPUT", "--capability", "DURABILITY")
    folder = files(all="""
pools: [{name: p, uri: "sqlite:p", weight: 3, flavor: f}]
flavors: [{name: f, pool_list: [p], capabilities: [DURABILITY]}]
""")
    assert own_line.ok("apply", "-f", folder).splitlines()[0] == "+ pool 'p': uri sqlite:p"
    pool = own_line.json("pool", "show", "p")
    assert (pool["weight"], pool["flavor"]) == (3, "f")
    assert own_line.json("flavor", "show", "f")["pool_list"] == ["p"]
    assert own_line.ok("apply", "-f", folder) == "no differences\n"


def test_a_pool_that_lacks_what_its_flavor_requires_is_not_made(own_line, files):
    own_line.ok("flavor", "create", "f", "--capability", "HIGH_THROUGHPUT")
    folder = files(all='pools: [{name: p, uri: "sqlite:p", weight: 1, flavor: f}]')
    own_line.refused(1, "apply", "-f", folder, mentions=["pool 'p'", "HIGH_THROUGHPUT"])
    assert [pool["name"] for pool in own_line.json("pool", "list")] == ["embedded"]


def test_what_cannot_be_applied_is_said_and_the_rest_is_done(own_line, files):
    folder = files(all="""
pools: [{name: p, uri: "sqlite:p", weight: 1}, {name: bad, uri: "nothing:x", weight: 1}]
flavors: [{name: f, pool_list: [p], capabilities: [HIGH_THROUGHPUT]}]
""")
    result = own_line.refused(
        1, "apply", "-f", folder, mentions=["pool 'bad'", "flavor 'f'", "HIGH_THROUGHPUT"]
    )
    assert result.stdout.splitlines() == ["+ pool 'p': uri sqlite:p; weight 1"]
    assert own_line.json("flavor", "list") == []


@pytest.mark.parametrize(
    "text, words",
    [
        ("pools: [{name: p, uri: 'sqlite:p', wieght: 1}]", ["wieght", "weight", "line 1"]),
        ("pool: []", ["pool", "pools"]),
        ("pools:\n  - {name: p, uri: 'sqlite:p', weight: many}", ["weight", "line 2"]),
        ("pools: [{name: p, uri: 'sqlite:p'}]", ["weight", "required"]),
        ("pools: [{name: p, uri: 'sqlite:p', weight: -1}]", ["weight"]),
        ("pools: [{name: a/b, uri: 'sqlite:p', weight: 1}]", ["name"]),
        ("pools: [{name: p, uri: 'sqlite:p', weight: 1, options: {a: [1]}}]", ["options"]),
        ("pools: {name: p}", ["pools", "list"]),
        ("flavors: [{name: f}]", ["pool_list", "capabilities"]),
        ("flavors: [{name: f, capabilities: [SPEED]}]", ["SPEED", "FIFO"]),
        ("flavors: [{name: f, pool_list: []}]", ["pool_list"]),
        ("flavors: [{name: f, capabilities: [FIFO]}, {name: f, capabilities: [FIFO]}]", ["twice"]),
        ("pools: [", ["not YAML"]),
        ("- a", ["mapping"]),
    ],
)
def test_a_bad_file_is_refused_before_anything_is_done(line, files, text, words):
    folder = files(first="flavors: [{name: good, capabilities: [FIFO]}]", second=text)
    line.refused(2, "apply", "-f", folder, mentions=["second.yaml", *words])
    assert line.json("flavor", "list") == []


def test_contradictions_are_refused(line, files):
    two = "flavors: [{name: f, pool_list: [embedded]}, {name: g, pool_list: [embedded]}]"
    line.refused(2, "apply", "-f", files(all=two), mentions=["embedded", "'f'", "'g'"])
    other = (
        "pools: [{name: p, uri: 'sqlite:p', weight: 1, flavor: f}]\n"
        "flavors: [{name: f, pool_list: [embedded]}]"
    )
    line.refused(2, "apply", "-f", files(all=other), mentions=["'p'", "leaves it out"])


def test_apply_needs_files(line, tmp_path):
    line.refused(2, "apply", "-f", str(tmp_path / "none.yaml"), mentions=["none.yaml"])
    line.refused(2, "apply", "-f", str(tmp_path), mentions=[".yaml"])


def test_the_shipped_flavors_can_be_applied(line):
    shipped = str(REPOSITORY / "flavors")
    line.ok("apply", "-f", shipped)
    names = {flavor["name"] for flavor in line.json("flavor", "list")}
    assert names == {"durable-fifo", "fast", "standard"}
    assert line.json("flavor", "show", "durable-fifo")["pool_list"] == ["embedded"]
    assert line.ok("apply", "-f", shipped) == "no differences\n"
