"""A headless Chromium, driven over its debugging protocol."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import requests
import websocket

TIMEOUT = 120


class Page:
    """One page of a running browser."""

    def __init__(self, address):
        # Without an Origin, which the browser would refuse.
        self.ws = websocket.create_connection(address, timeout=TIMEOUT, suppress_origin=True)
        self.calls = 0

    def evaluate(self, expression, is_loading=False):
        """The value of a JavaScript expression in the page; None where a page that is loading has nobody to ask yet."""
        self.calls += 1
        call = {"id": self.calls, "method": "Runtime.evaluate"}
        call["params"] = {"expression": expression, "returnByValue": True}
        self.ws.send(json.dumps(call))
        while True:
            answer = json.loads(self.ws.recv())
            if answer.get("id") == self.calls:
                if is_loading and "error" in answer:
                    return None
                assert "exceptionDetails" not in answer["result"], answer
                return answer["result"]["result"].get("value")

    def wait_for(self, expression):
        """Waits until the expression is true."""
        end = time.monotonic() + TIMEOUT
        while not self.evaluate(expression, is_loading=True):
            assert time.monotonic() < end, (expression, self.evaluate("document.documentElement.outerHTML"))
            time.sleep(0.05)


@contextlib.contextmanager
def browsing(url, directory):
    """A browser that shows this page, for the length of a `with` block."""
    program = shutil.which("chromium")
    assert program, "there is no chromium: install Debian's package"
    profile = Path(directory) / "profile"
    command = [
        program,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
    ]
    command += [
        "--disable-background-networking",
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        url,
    ]
    with open(Path(directory) / "chromium.log", "wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield Page(_address(profile / "DevToolsActivePort", process, url))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _address(file, process, url):
    """Where the page is debugged: the browser writes its port into a file once it has one."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        assert process.poll() is None, f"chromium ended with {process.returncode}"
        with contextlib.suppress(OSError, IndexError, requests.RequestException):
            port = file.read_text().splitlines()[0]
            for target in requests.get(f"http://127.0.0.1:{port}/json", timeout=TIMEOUT).json():
                if target["type"] == "page" and target["url"] == url:
                    return target["webSocketDebuggerUrl"]
        time.sleep(0.05)
    raise AssertionError(f"chromium did not show {url}")
