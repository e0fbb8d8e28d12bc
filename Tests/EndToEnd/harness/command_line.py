"""The admin command line as a person or a script uses it."""

import json
import os
import pty
import re
import subprocess

from .server import binary, environment, run


class Line:
    """The command line of one project. `ok` and `refused` check the exit status and what goes to standard error."""

    def __init__(self, api):
        self.api = api
        self.env = {"WEIR_ENDPOINT": api.url, "WEIR_PROJECT": api.project}

    def run(self, *arguments, **options):
        return run(*arguments, env=self.env, **options)

    def ok(self, *arguments, **options):
        result = self.run(*arguments, **options)
        assert result.returncode == 0 and result.stderr == "", result
        assert result.stdout.endswith("\n"), result
        return result.stdout

    def json(self, *arguments, **options):
        place = arguments.index("--") if "--" in arguments else len(arguments)
        return json.loads(self.ok(*arguments[:place], "--json", *arguments[place:], **options))

    def refused(self, status, *arguments, mentions=(), **options):
        result = self.run(*arguments, **options)
        assert result.returncode == status, result
        lines = result.stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("weir: "), result
        for word in mentions:
            assert word in lines[0], result
        return result


def table(text):
    """A table as a list of dicts; cells may hold single blanks."""
    heading, *rows = [re.split(r"  +", row.strip()) for row in text.splitlines()]
    return [dict(zip(heading, row)) for row in rows]


def on_a_terminal(line, arguments, answer):
    """Runs a command whose input is a terminal; returns its exit status, both outputs and what it asked."""
    ours, theirs = pty.openpty()
    command = subprocess.Popen(
        [binary(), *arguments],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(line.env),
    )
    os.close(theirs)
    asked = b""
    while not asked.endswith(b"[y/N] "):
        asked += os.read(ours, 1024)
    os.write(ours, answer.encode() + b"\n")
    out, err = command.communicate(timeout=60)
    os.close(ours)
    return command.returncode, out, err, asked.decode()
