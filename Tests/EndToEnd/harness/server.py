"""A real `weir serve` process."""

import contextlib
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path

import requests

REPOSITORY = Path(__file__).resolve().parents[3]
STOP_SECONDS = 30
#: Every server of this run, so that a failing test can show their logs.
started = []


def binary():
    """`WEIR_BIN`, or the release build of this checkout. Missing is a failure, never a skip."""
    path = Path(os.environ.get("WEIR_BIN") or REPOSITORY / ".build/release/weir")
    assert path.is_file(), f"there is no {path}: build it with swift build -c release --product weir"
    return str(path)


def environment(extra=None):
    """The caller's environment without any WEIR_ setting, plus `extra`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("WEIR_")}
    return {**clean, **{key: str(value) for key, value in (extra or {}).items()}}


#: Below the ports that Linux gives to outgoing connections (`ip_local_port_range`, from 32,768 unless set otherwise).
PORTS = range(12_000, 32_000)
places = itertools.count(random.randrange(len(PORTS)))


def free_port():
    """One that was free a moment ago, never the same twice. No outgoing connection takes it: neither before the server
    starts nor while it is down."""
    for _ in PORTS:
        port = PORTS[next(places) % len(PORTS)]
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"no port of {PORTS} is free")


class Server:
    """One data directory and port, and the process that serves them at the moment."""

    def __init__(self, directory, env=None, arguments=(), port=None, data=None, host="127.0.0.1"):
        self.directory = Path(directory)
        self.data = Path(data) if data else self.directory / "data"
        self.port = port or free_port()
        self.host = host
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = env or {}
        self.arguments = list(arguments)
        self.log = self.directory / "server.log"
        self.process = None

    def start(self, timeout=60):
        """Starts the process and returns, in seconds, how long it took until ping answered 204."""
        self.directory.mkdir(parents=True, exist_ok=True)
        command = [binary(), "serve", "--listen", f"{self.host}:{self.port}", "--data", str(self.data)]
        begun = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command + self.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=environment(self.env),
            )
        if self not in started:
            started.append(self)
        while not self.answers():
            assert self.process.poll() is None, f"exit code {self.process.returncode}\n{self.tail()}"
            assert time.monotonic() - begun < timeout, f"no answer to ping within {timeout} s\n{self.tail()}"
            time.sleep(0.01)
        return time.monotonic() - begun

    def answers(self):
        headers = {"Client-ID": "3381af92-2b9e-11e3-b191-71861300734c", "X-Project-ID": "ping"}
        try:
            return requests.get(self.url + "/v2/ping", headers=headers, timeout=5).status_code == 204
        except requests.RequestException:
            return False

    def stop(self):
        """SIGTERM; asserts that the process ends with 0 in time."""
        if self.process is None:
            return
        process, self.process = self.process, None
        assert process.poll() is None, f"ended by itself with {process.returncode}\n{self.tail()}"
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"still running {STOP_SECONDS} s after SIGTERM\n{self.tail()}") from None
        assert code == 0, f"exit code {code} after SIGTERM\n{self.tail()}"

    def kill(self):
        """kill -9."""
        process, self.process = self.process, None
        process.kill()
        process.wait()

    def restart(self):
        self.stop()
        self.start()

    def events(self):
        """The lines of the log, but for one that is still being written."""
        return [json.loads(line) for line in self.log.read_text().rpartition("\n")[0].splitlines()]

    def tail(self, lines=40):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


@contextlib.contextmanager
def running(directory, **settings):
    """A server for the length of a `with` block; stopped with its assertions even if the block fails."""
    server = Server(directory, **settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def run(*arguments, env=None, cwd=None, timeout=90):
    """Runs `weir` to its end: for starts that must fail."""
    return subprocess.run(
        [binary(), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(env),
        cwd=cwd,
        timeout=timeout,
    )
