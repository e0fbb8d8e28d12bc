"""`openstack messaging …`: the plug-in of python-zaqarclient for the released openstack command, unmodified."""

import contextlib
import io
import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from openstackclient import shell

from harness.api import Api
from harness.keystone import Keystone

CLIENT = "3381af92-2b9e-4d3f-b191-71861300734c"
HOOK = "http://hooks.example/"


class OpenStack:
    """The command as it is installed, run in this process: a process of its own takes a second to load its plug-ins."""

    def __init__(self, server, keystone):
        self.api = Api(server.url, "demo")
        self.options = ["--os-auth-url", keystone.url, "--os-username", "u", "--os-password", "p"]
        self.options += ["--os-user-domain-id", "default", "--os-project-id", self.api.project]
        self.used = set()

    def run(self, *words):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = shell.OpenStackShell().run([*self.options, "messaging", *words])
        return code, out.getvalue(), err.getvalue()

    def ok(self, command, *words):
        self.used.add(command)
        code, out, err = self.run(*command.split(), *words)
        assert code == 0 and err == "", (command, words, code, err)
        return out

    def json(self, command, *words):
        return json.loads(self.ok(command, *words, "-f", "json"))

    def refused(self, command, *words, mentions):
        self.used.add(command)
        code, out, err = self.run(*command.split(), *words)
        assert code != 0 and mentions in err, (command, words, code, out, err)


@pytest.fixture(scope="module")
def openstack(module_server):
    server = module_server(env={"WEIR_SIGNED_URL_SECRET_KEY": "a key that only this file has"})
    keystone = Keystone(server.url)
    yield OpenStack(server, keystone)
    keystone.close()


def use_queues(openstack):
    assert openstack.json("queue create", "jobs") == {"Name": "jobs"}
    assert openstack.json("queue list", "--limit", "5") == [{"Name": "jobs"}]
    assert openstack.ok("queue set metadata", "jobs", '{"team": "a", "_default_message_ttl": 300}') == ""
    (listed,) = openstack.json("queue list", "--detailed", "--with_count", "--marker", "a")
    assert listed["Metadata_Dict"]["team"] == "a" and listed["Href"] == "/v2/queues/jobs"
    assert openstack.json("queue get metadata", "jobs")["Metadata"]["_default_message_ttl"] == 300
    assert openstack.json("queue stats", "jobs")["Stats"]["messages"]["total"] == 0
    grant = openstack.json(
        "queue signed url",
        "jobs",
        "--paths",
        "messages,claims",
        "--methods",
        "GET,POST",
        "--ttl-seconds",
        "60",
    )
    assert (grant["Methods"], grant["Project ID"]) == ("GET,POST", "demo")
    assert grant["Paths"] == "/v2/queues/jobs/claims,/v2/queues/jobs/messages"
    openstack.refused("queue set metadata", "jobs", '{"_default_message_ttl": 1}', mentions="60")


def use_messages_and_claims(openstack):
    bodies = json.dumps([{"body": {"n": n}, "ttl": 300} for n in range(3)])
    assert openstack.ok("message post", "jobs", bodies, "--client-id", CLIENT) == ""
    mine = ["--client-id", CLIENT]
    assert openstack.json("message list", "jobs", *mine) == []
    listed = openstack.json("message list", "jobs", "--echo", "--limit", "5", *mine)
    assert [(each["Body"], each["TTL"], each["Claim ID"]) for each in listed] == [
        ({"n": n}, 300, None) for n in range(3)
    ]
    some = openstack.json(
        "message list", "jobs", "--message-ids", f"{listed[0]['ID']},{listed[2]['ID']}", *mine
    )
    assert [each["Body"] for each in some] == [{"n": 0}, {"n": 2}]
    claimed = openstack.json("claim create", "jobs", "--ttl", "100", "--grace", "60", "--limit", "2")
    assert [each["Messages"] for each in claimed] == [{"n": 0}, {"n": 1}]
    claim = claimed[0]["Claim_ID"]
    assert [each["Body"] for each in openstack.json("message list", "jobs", "--echo", *mine)] == [{"n": 2}]
    everything = openstack.json(
        "message list", "jobs", "--echo", "--include-claimed", "--include-delayed", *mine
    )
    assert [each["Claim ID"] for each in everything] == [claim, claim, None]
    assert [each["Message"] for each in openstack.json("claim query", "jobs", claim)] == [{"n": 0}, {"n": 1}]
    renewed = openstack.json("claim renew", "jobs", claim, "--ttl", "200", "--grace", "90")
    assert [each["Message"] for each in renewed] == [{"n": 0}, {"n": 1}]
    assert openstack.ok("claim release", "jobs", claim) == ""
    openstack.refused("claim query", "jobs", claim, mentions="404")


def use_subscriptions(openstack):
    made = openstack.json("subscription create", "jobs", HOOK, "600", "--options", '{"a": 1}')
    assert (made["Subscriber"], made["TTL"], made["Options"]) == (HOOK, 600, {"a": 1})
    openstack.ok(
        "subscription update",
        "jobs",
        made["ID"],
        "--subscriber",
        HOOK + "2",
        "--ttl",
        "700",
        "--options",
        '{"b": 2}',
    )
    shown = openstack.json("subscription show", "jobs", made["ID"])
    assert (shown["Subscriber"], shown["TTL"], shown["Options"]) == (HOOK + "2", 700, {"b": 2})
    openstack.ok("subscription update", "jobs", made["ID"], "--ttl", "800", "--options", '{"b": 2}')
    shown = openstack.json("subscription show", "jobs", made["ID"])
    assert (shown["Subscriber"], shown["TTL"], shown["Options"]) == (HOOK + "2", 800, {"b": 2})
    (listed,) = openstack.json("subscription list", "jobs", "--limit", "5", "--marker", "0")
    # Its age goes on from one answer to the next.
    assert listed.pop("Age") >= shown.pop("Age") and listed == shown
    assert openstack.ok("subscription delete", "jobs", made["ID"]) == ""
    assert openstack.json("subscription list", "jobs") == []


def use_pools_and_flavors(openstack):
    made = openstack.json(
        "pool create", "second", "sqlite:second", "1", "--pool_options", '{"synchronous": "full"}'
    )
    assert (made["URI"], made["Weight"]) == ("sqlite:second", 1)
    assert openstack.json("pool update", "second", "--pool_weight", "7")["Weight"] == 7
    assert openstack.json("pool show", "second")["Weight"] == 7
    listed = openstack.json("pool list", "--detailed", "--limit", "5", "--marker", "embedded")
    assert [(each["Name"], each["Options"]) for each in listed] == [("second", {"synchronous": "full"})]
    assert openstack.json("flavor create", "gold", "--pool_list", "second")["Name"] == "gold"
    assert openstack.json("flavor show", "gold")["Pool list"] == ["second"]
    assert openstack.json("flavor update", "gold", "--pool_list", "embedded")["Pool_list"] == ["embedded"]
    (flavor,) = openstack.json("flavor list", "--detailed", "--limit", "5")
    assert flavor["Name"] == "gold" and "CLAIMS" in flavor["Capabilities"]
    # The plug-in reads the text of --capabilities as JSON twice, and never sends it.
    openstack.refused(
        "flavor update", "gold", "--capabilities", '{"FIFO": {}}', "--pool_list", "second", mentions="JSON"
    )
    for command in ("flavor delete", "pool delete"):
        assert openstack.ok(command, "gold" if "flavor" in command else "second") == ""
    openstack.refused("pool show", "second", mentions="404")


@pytest.mark.feature("F200")
def test_every_command_of_the_plug_in_is_served(openstack):
    assert openstack.json("ping") == {"Pingable": True}
    assert json.loads(openstack.ok("health"))["catalog_reachable"] is True
    assert "rel/queues" in json.loads(openstack.ok("homedoc"))["resources"]
    use_queues(openstack)
    use_messages_and_claims(openstack)
    use_subscriptions(openstack)
    use_pools_and_flavors(openstack)
    assert openstack.api.stats("jobs")["total"] == 3
    assert openstack.ok("queue purge", "jobs", "--resource_types", "messages") == ""
    assert openstack.api.stats("jobs")["total"] == 0
    assert openstack.ok("queue delete", "jobs") == ""
    assert not openstack.api.exists("jobs")
    names = (each.name.removeprefix("messaging_") for each in entry_points(group="openstack.messaging.v2"))
    assert openstack.used == {name.replace("_", " ") for name in names}


@pytest.mark.feature("F200")
def test_the_installed_command_is_the_same(openstack):
    command = [
        Path(sys.executable).with_name("openstack"),
        *openstack.options,
        "messaging",
        "ping",
        "-f",
        "value",
    ]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "True\n"
