"""The page of docs/websocket.md in a real browser."""

import contextlib
import functools
import http.server
import json
import re
import threading
from urllib.parse import urlencode

import pytest

from harness.api import Api
from harness.browser import browsing
from harness.server import REPOSITORY


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def site(directory):
    """The files of the directory on a port of its own; yields the origin."""
    handler = functools.partial(Quiet, directory=str(directory))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def page_of_the_docs():
    text = (REPOSITORY / "docs" / "websocket.md").read_text()
    (page,) = re.findall(r"```html\n(.*?)```", text, re.DOTALL)
    return page


def address(origin, server, api, queue):
    parameters = {"weir": server.url.replace("http", "ws", 1) + "/", "queue": queue, "project": api.project}
    return f"{origin}/jobs.html?{urlencode(parameters)}"


@pytest.mark.timeout(300)
@pytest.mark.feature("F148", "F140")
def test_the_page_of_the_docs_posts_and_shows_messages(start_server, tmp_path):
    (tmp_path / "jobs.html").write_text(page_of_the_docs())
    with site(tmp_path) as origin:
        server = start_server(env={"WEIR_CORS_ALLOWED_ORIGIN": origin})
        api = Api(server.url)
        with browsing(address(origin, server, api, "jobs"), tmp_path) as page:
            page.wait_for("document.querySelector('#state')?.textContent == 'subscription_create: done'")
            api.send("jobs", *({"n": number, "text": "é <b>"} for number in range(5)))
            page.wait_for("document.querySelectorAll('li').length == 5")
            page.evaluate(
                "document.querySelector('input').value = 'water the plants', document.querySelector('button').click()"
            )
            page.wait_for("document.querySelectorAll('li').length == 6")
            lines = page.evaluate("[...document.querySelectorAll('li')].map((line) => line.textContent)")
            bodies = [json.loads(line) for line in lines]
            assert bodies == [{"n": n, "text": "é <b>"} for n in range(5)] + [{"task": "water the plants"}]
            assert api.bodies("jobs")[-1] == {"task": "water the plants"}


@pytest.mark.timeout(300)
@pytest.mark.feature("F140")
def test_a_page_of_another_site_is_refused(server, api, tmp_path):
    (tmp_path / "jobs.html").write_text(page_of_the_docs())
    with site(tmp_path) as origin, browsing(address(origin, server, api, "jobs"), tmp_path) as page:
        page.wait_for("document.querySelector('#state')?.textContent.startsWith('closed: 1006')")
        assert not api.exists("jobs")
