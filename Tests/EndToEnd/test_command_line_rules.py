"""The admin command line: what all commands have in common."""

import http.server
import json
import os
import pty
import re
import shlex
import socket
import subprocess
import threading

import pytest

from harness.api import Api, unique
from harness.command_line import Line, on_a_terminal
from harness.pools import register
from harness.server import REPOSITORY, binary, environment, free_port, run


# Exit status 3


@pytest.mark.parametrize(
    "arguments",
    [
        "pool show none",
        "pool update none --weight 1",
        "pool delete none --yes",
        "pool probe none",
        "pool drain none --yes",
        "flavor show none",
        "flavor update none --capability FIFO",
        "flavor delete none --yes",
        "queue show none",
        "queue update none --metadata {}",
        "queue delete none --yes",
        "queue purge none --yes",
        "queue route none",
        "queue move none --to embedded",
        "message list none",
        "message show none none",
        "message delete none none --yes",
        "claim create none",
        "claim show none none",
        "claim update none none",
        "claim delete none none --yes",
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_what_does_not_exist_exits_with_3(line, arguments, form):
    result = line.refused(3, *arguments.split(), *form)
    assert result.stdout == "" and "none" in result.stderr.lower()
    assert line.json("queue", "list") == []


def test_what_else_is_named_must_exist_too(own_line):
    queue = own_line.api.create()
    for arguments in (
        ["queue", "move", queue, "--to", "nope"],
        ["queue", "move", queue, "--to", "nope", "--dry-run"],
        ["pool", "rebalance", "--flavor", "nope", "--yes"],
        ["pool", "rebalance", "--flavor", "nope", "--dry-run"],
        ["queue", "create", "new", "--flavor", "nope"],
        ["queue", "create", "new", "--metadata", '{"_flavor": "nope"}'],
        ["queue", "update", queue, "--flavor", "nope"],
    ):
        assert own_line.refused(3, *arguments, mentions=["nope"]).stdout == ""
    assert not own_line.api.exists("new")
    # What is wrong beside is told if the flavor is there.
    own_line.ok("flavor", "create", "gold", "--capability", "FIFO")
    own_line.refused(1, "queue", "create", "no/name", "--flavor", "gold", mentions=["queue name"])


def test_without_the_admin_api_nobody_is_told_that_there_is_no_flavor(start_server):
    line = Line(Api(start_server(arguments=["--admin-mode", "false"]).url))
    line.refused(1, "queue", "create", "q", "--flavor", "nope", mentions=["_flavor"])


def test_a_missing_message_or_claim_of_a_queue_exits_with_3(line, queue):
    for kind in ("message", "claim"):
        line.refused(3, kind, "show", queue, "none")
        line.refused(3, kind, "delete", queue, "none", "--yes")


# Exit status 2


@pytest.mark.parametrize(
    "arguments",
    [
        "pool create",
        "pool create p --uri sqlite:p",
        "pool create p --uri sqlite:p --weight x",
        "pool create p --uri sqlite:p --weight 1 --option novalue",
        "pool update p",
        "flavor create f",
        "flavor update f",
        "queue create q --metadata [1]",
        "queue create q --metadata {",
        "queue update q",
        "queue list --limit 0",
        "queue move q",
        "message post q",
        "message post q nojson",
        "pool list --endpoint nowhere",
        "pool list --endpoint https://127.0.0.1",
        "pool show",
        "pool show a b",
        "apply",
        "doctor extra",
    ],
)
def test_bad_usage_exits_with_2(line, arguments):
    assert line.refused(2, *arguments.split()).stdout == ""
    assert line.json("queue", "list") == []


@pytest.mark.parametrize(
    "arguments, suggestion",
    [
        ("pool lst", "list"),
        ("queue craete q", "create"),
        ("migration pase 1", "pause"),
        ("pool list --jsn", "--json"),
        ("queue list --projet x", "--project"),
        ("pool delete p --yess", "--yes"),
    ],
)
def test_a_typo_suggests_the_right_word(line, arguments, suggestion):
    line.refused(2, *arguments.split(), mentions=[f"'{suggestion}'"])


def test_https_is_refused_with_a_sentence(line):
    line.refused(2, "pool", "list", "--endpoint", "https://h", mentions=["https is not supported"])


# Options


def test_the_common_options_stand_anywhere_after_the_verb(api, queue):
    places = [
        ["queue", "show", "--json", "--project", api.project, "--endpoint", api.url, queue],
        ["queue", "show", queue, "--endpoint", api.url, "--json", "--project", api.project],
        ["queue", "show", f"--endpoint={api.url}", queue, f"--project={api.project}", "--json"],
    ]
    answers = [run(*arguments) for arguments in places]
    assert [answer.returncode for answer in answers] == [0, 0, 0], answers
    assert {json.loads(answer.stdout)["name"] for answer in answers} == {queue}


def test_an_option_beats_its_variable(api, queue):
    env = {"WEIR_ENDPOINT": "http://127.0.0.1:1", "WEIR_PROJECT": "another"}
    options = ["--endpoint", api.url, "--project", api.project]
    assert run("queue", "show", queue, *options, env=env).returncode == 0
    assert run("queue", "show", queue, "--endpoint", api.url, env=env).returncode == 3


def test_projects_do_not_see_each_other(line):
    queue = line.api.create()
    assert line.json("queue", "list", "--project", unique()) == []
    assert [item["name"] for item in line.json("queue", "list")] == [queue]


# No server


def test_a_server_that_is_not_there_is_one_line(line):
    endpoint = f"127.0.0.1:{free_port()}"
    line.refused(
        1, "pool", "list", "--endpoint", f"http://{endpoint}", mentions=[endpoint, "Connection refused"]
    )


def test_a_name_that_does_not_resolve_is_one_line(line):
    endpoint = "http://no-such-host.invalid"
    line.refused(1, "pool", "list", "--endpoint", endpoint, mentions=["no-such-host"], timeout=60)


def test_a_server_that_hangs_up_is_one_line(line):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = subprocess.Popen(
            [binary(), "pool", "list", "--endpoint", f"http://127.0.0.1:{listener.getsockname()[1]}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.close()
        out, err = command.communicate(timeout=60)
    assert command.returncode == 1 and out == "" and "closed the connection" in err
    assert len(err.splitlines()) == 1


# Another server


class Stranger(http.server.BaseHTTPRequestHandler):
    """Answers everything with 200 and an object, or with a redirect if it is asked for."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(307 if self.headers["X-Project-ID"] == "elsewhere" else 200)
        self.send_header("Location", "http://elsewhere.example/x")
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"{}")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def stranger():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


TO_A_STRANGER = [
    "pool list",
    "pool show p",
    "pool create p --uri sqlite:p --weight 1",
    "pool update p --weight 1",
    "pool delete p --yes",
    "pool probe p",
    "pool drain p --yes",
    "pool rebalance --yes",
    "flavor list",
    "flavor show f",
    "flavor create f --capability FIFO",
    "flavor update f --capability FIFO",
    "flavor delete f --yes",
    "queue list",
    "queue show q",
    "queue create q",
    "queue update q --metadata {}",
    "queue delete q --yes",
    "queue purge q --yes",
    "queue route q",
    "queue move q --to p",
    "queue sign q",
    "message list q",
    "message show q m",
    "message post q 1",
    "message delete q m --yes",
    "claim create q",
    "claim show q c",
    "claim update q c",
    "claim delete q c --yes",
    "subscription list q",
    "subscription show q s",
    "subscription create q http://reader.example",
    "subscription update q s --ttl 100",
    "subscription failures q s",
    "subscription redrive q s",
    "subscription delete q s --yes",
    "migration list",
    "migration show 1",
    "migration watch 1",
    "migration pause 1",
    "migration throttle 1 --messages 1",
    "verify",
    "verify --repair",
]


@pytest.mark.parametrize("command", TO_A_STRANGER)
def test_another_server_has_done_nothing(stranger, command):
    for form in ([], ["--json"]):
        result = run(*command.split(), *form, "--endpoint", stranger)
        assert (result.returncode, result.stdout) == (1, ""), result
        assert "address of the service" in result.stderr
    result = run(*command.split(), "--endpoint", stranger, "--project", "elsewhere")
    assert (result.returncode, result.stdout) == (1, ""), result
    (reason,) = result.stderr.splitlines()
    assert "with a redirect to http://elsewhere.example/x" in reason


# Output that cannot be written


OUTPUTS = [
    ["settings"],
    ["queue", "list"],
    ["queue", "show", "{queue}"],
    ["message", "post", "{queue}", "1"],
    ["queue", "purge", "{queue}", "--yes", "--json"],
    ["bench", "--scenario", "post-1", "--requests", "1", "--warmup", "0", "--connections", "1"],
]


@pytest.mark.parametrize("command", OUTPUTS, ids=" ".join)
def test_output_that_cannot_be_written_is_a_failure(line, queue, command):
    arguments = [binary(), *[word.format(queue=queue) for word in command]]
    settings = {"stderr": subprocess.PIPE, "text": True, "env": environment(line.env), "timeout": 60}
    with open("/dev/full", "w") as full:
        result = subprocess.run(arguments, stdout=full, **settings)
    assert result.returncode == 1
    assert result.stderr == "weir: cannot write to standard output: No space left on device\n"
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(arguments, stdout=writer, **settings)
    os.close(writer)
    assert (result.returncode, result.stderr) == (1, ""), "whoever has read enough needs no complaint"


def test_what_was_asked_is_done_though_it_cannot_be_told(own_line, tmp_path):
    pools = [{"name": name, "uri": f"sqlite:{name}", "weight": 1} for name in "ab"]
    (tmp_path / "pools.yaml").write_text(json.dumps({"pools": pools}))
    arguments = [binary(), "apply", "-f", str(tmp_path)]
    with open("/dev/full", "w") as full:
        result = subprocess.run(arguments, stdout=full, stderr=full, env=environment(own_line.env))
    assert result.returncode == 1
    assert [pool["name"] for pool in own_line.json("pool", "list")] == ["a", "b", "embedded"]


# Watching


def test_a_watch_says_which_order_is_waited_for_and_goes_on(own_line):
    register(own_line.api, "second")
    queue = own_line.api.create()
    pool = next(name for name in ("embedded", "second") if name != own_line.api.route(queue)["pool"])
    arguments = ["--to", pool, "--postpone", "--keep-source", "0"]
    migration = own_line.json("queue", "move", queue, *arguments)[0]["id"]
    watch = subprocess.Popen(
        [binary(), "migration", "watch", migration],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(own_line.env),
    )
    seen = []
    while not seen or "weir migration cutover" not in seen[-1]:
        seen.append(watch.stdout.readline())
        assert seen[-1], watch.communicate()
    own_line.ok("migration", "cutover", migration)
    out, err = watch.communicate(timeout=60)
    assert watch.returncode == 0 and err == "" and "weir migration cutover" not in out
    assert own_line.api.route(queue)["pool"] == pool


# Destructive verbs


DESTRUCTIVE = [
    "pool delete spare",
    "pool drain spare",
    "flavor delete gold",
    "queue delete q",
    "queue purge q",
    "message delete q {message}",
    "claim delete q {claim}",
]


@pytest.fixture(scope="module")
def stocked(module_server):
    """A server with one of everything that can be destroyed."""
    line = Line(Api(module_server().url))
    register(line.api, "spare", weight=0)
    line.ok("flavor", "create", "gold", "--capability", "FIFO")
    line.api.create("q")
    message = line.api.send("q", "held", "free")[1]
    line.names = {"message": message, "claim": line.api.claim("q", limit=1).id}
    line.picture = lambda: [
        [pool["name"] for pool in line.json("pool", "list")],
        line.json("flavor", "list"),
        [queue["name"] for queue in line.json("queue", "list")],
        [entry["id"] for entry in line.json("message", "list", "q")],
        len(line.json("claim", "show", "q", line.names["claim"])["messages"]),
    ]
    return line


@pytest.mark.parametrize("command", DESTRUCTIVE)
def test_without_a_terminal_and_yes_nothing_is_done(stocked, command):
    before = stocked.picture()
    arguments = command.format(**stocked.names).split()
    result = stocked.refused(1, *arguments, mentions=["--yes"])
    assert result.stdout == "" and stocked.picture() == before


@pytest.mark.parametrize("command", DESTRUCTIVE)
@pytest.mark.parametrize("answer", ["n", "", "later"])
def test_on_a_terminal_it_asks_and_takes_no_for_an_answer(stocked, command, answer):
    before = stocked.picture()
    arguments = command.format(**stocked.names).split()
    code, out, err, asked = on_a_terminal(stocked, arguments, answer)
    assert (code, out, err) == (1, "", "weir: nothing was done\n")
    assert arguments[2] in asked and stocked.picture() == before


def test_on_a_terminal_it_does_what_was_agreed(line, queue):
    code, out, err, asked = on_a_terminal(line, ["queue", "delete", queue, "--json"], "y")
    assert (code, err) == (0, "") and json.loads(out) == {"name": queue, "deleted": True}
    assert f"delete queue '{queue}'" in asked and not line.api.exists(queue)


def test_what_does_not_exist_is_not_asked_about(line):
    ours, theirs = pty.openpty()
    result = subprocess.run(
        [binary(), "queue", "delete", "none"], stdin=theirs, capture_output=True, env=environment(line.env)
    )
    assert result.returncode == 3
    os.close(ours)
    os.close(theirs)


# Help, completion, documentation


GROUPS = {
    "pool": "list show create update delete probe drain rebalance",
    "flavor": "list show create update delete",
    "queue": "list show create update delete purge route move",
    "message": "list show post delete",
    "claim": "create show update delete",
    "subscription": "list show create update delete failures redrive",
    "migration": "list show watch pause resume cancel cutover reverse finish throttle",
}
COMMANDS = [[group, verb] for group, verbs in GROUPS.items() for verb in verbs.split()] + [
    ["apply"],
    ["doctor"],
    ["verify"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_and_the_common_options(command):
    result = run(*command, "--help")
    assert result.returncode == 0 and result.stderr == "", result
    assert result.stdout.startswith("OVERVIEW: ")
    for option in ("--endpoint", "--project", "--json"):
        assert option in result.stdout
    lines = result.stdout.splitlines()
    for number, text in enumerate(lines):
        if re.match(r"  (<|-)", text):
            # What it means stands beside it or, if it is long, below it.
            assert re.search(r"\S +[A-Z]", text) or re.match(r" {26}\S", lines[number + 1]), text


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_shows_its_commands(group):
    for arguments in ([group], [group, "--help"], ["help", group]):
        result = run(*arguments)
        assert result.returncode == 0, result
        for verb in GROUPS[group].split():
            assert re.search(rf"^  {verb}\b", result.stdout, re.M), verb


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_know_the_commands(shell, tmp_path):
    result = run("--generate-completion-script", shell)
    assert result.returncode == 0 and "migration" in result.stdout and "cutover" in result.stdout
    if shell == "bash":
        script = tmp_path / "weir.bash"
        script.write_text(result.stdout)
        assert subprocess.run(["bash", "-n", str(script)]).returncode == 0


def examples():
    """The commands of docs/command-line.md, as (heading, words)."""
    heading, inside = None, False
    for text in (REPOSITORY / "docs" / "command-line.md").read_text().splitlines():
        if text.startswith("## "):
            heading = text[3:]
        elif text.startswith("```"):
            inside = text == "```sh"
        elif inside:
            words = shlex.split(text, comments=True)
            assert words[0] == "weir", text
            yield heading, words[1:]


def test_the_documented_commands_do_what_they_say(start_server):
    server = start_server(env={"WEIR_SIGNED_URL_SECRET_KEY": "a key that is long enough to sign with"})
    api = Api(server.url)
    api.server = server
    own_line = Line(api)
    names = {f"http://node-{number}:8888": own_line.api.url for number in (1, 2)}
    for heading, words in examples():
        if heading in ("Moving queues", "Completion"):
            continue
        if "MESSAGE" in words:
            names["MESSAGE"] = names.get("MESSAGE") or own_line.json("message", "list", "jobs")[0]["id"]
        words = [names.get(word, word) for word in words]
        if words[:2] == ["claim", "create"]:
            names["CLAIM"] = own_line.json(*words)["id"]
        elif words[:2] == ["subscription", "create"]:
            names["SUBSCRIPTION"] = own_line.json(*words)["id"]
        else:
            own_line.ok(*words, cwd=REPOSITORY)


def test_every_command_is_documented():
    documented = {tuple(words[:2]) for _, words in examples()} | {(words[0],) for _, words in examples()}
    assert {tuple(command) for command in COMMANDS} <= documented


def test_the_documented_moves_are_good_usage(line):
    for heading, words in examples():
        if heading == "Moving queues":
            assert line.run(*words).returncode in (0, 1, 3), words
