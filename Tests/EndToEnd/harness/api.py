"""A client of one project: plain requests with the two headers, and a few verbs that tests use often."""

import uuid
from collections import namedtuple
from urllib.parse import parse_qsl, urlsplit

import requests

Claim = namedtuple("Claim", "id href messages")
JSON_PATCH = "application/openstack-messaging-v2.0-json-patch"


def unique(prefix="q"):
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def describe(response):
    request = response.request
    return f"{request.method} {request.path_url} -> {response.status_code} {response.text[:500]}"


def check(response, status):
    """Asserts the status; returns the parsed body, or None if there is none."""
    assert response.status_code == status, describe(response)
    return response.json() if response.content else None


def refused(response, status, title=None, mentions=()):
    """Asserts a well-formed error: JSON with a title, and for most statuses a description."""
    body = check(response, status)
    assert response.headers["Content-Type"].split(";")[0] == "application/json", describe(response)
    assert isinstance(body, dict) and isinstance(body.get("title"), str) and body["title"], describe(response)
    if title:
        assert body["title"] == title, describe(response)
    if status in (400, 403, 409) or title == "Not found":
        assert isinstance(body.get("description"), str) and body["description"], describe(response)
    for word in mentions:
        assert word in body["description"], describe(response)
    return body


def query_of(href):
    """The query of an href as an ordered list of pairs."""
    return parse_qsl(urlsplit(href).query, keep_blank_values=True)


def next_link(page):
    """The one `next` href of a page, or None; asserts the shape of `links`."""
    assert isinstance(page["links"], list) and len(page["links"]) <= 1, page["links"]
    for link in page["links"]:
        assert set(link) == {"rel", "href"} and link["rel"] == "next", link
        assert link["href"].startswith("/v2/"), link
        return link["href"]
    return None


class Api:
    """One client of one project. Headers given as None are left out of a request."""

    def __init__(self, url, project=None, client_id=None):
        self.url = url
        self.project = project or unique("project")
        self.client_id = client_id or str(uuid.uuid4())
        self.session = requests.Session()
        self.session.trust_env = False

    def with_client(self, client_id=None):
        """The same project as another client."""
        return Api(self.url, self.project, client_id)

    def with_project(self, project=None):
        """The same client in another project."""
        return Api(self.url, project, self.client_id)

    def request(self, method, path, headers=None, timeout=60, **arguments):
        every = {"Client-ID": self.client_id, "X-Project-ID": self.project, **(headers or {})}
        return self.session.request(
            method, self.url + path, headers=every, timeout=timeout, allow_redirects=False, **arguments
        )

    def get(self, path, **arguments):
        return self.request("GET", path, **arguments)

    def head(self, path, **arguments):
        return self.request("HEAD", path, **arguments)

    def options(self, path, **arguments):
        return self.request("OPTIONS", path, **arguments)

    def put(self, path, json=None, **arguments):
        return self.request("PUT", path, json=json, **arguments)

    def post(self, path, json=None, **arguments):
        return self.request("POST", path, json=json, **arguments)

    def patch(self, path, json=None, **arguments):
        return self.request("PATCH", path, json=json, **arguments)

    def delete(self, path, **arguments):
        return self.request("DELETE", path, **arguments)

    # Queues

    def create(self, queue=None, **metadata):
        """Creates a queue and returns its name."""
        queue = queue or unique()
        check(self.put(f"/v2/queues/{queue}", json=metadata or None), 201)
        return queue

    def metadata(self, queue):
        return check(self.get(f"/v2/queues/{queue}"), 200)

    def update(self, queue, *operations, content_type=JSON_PATCH):
        """PATCHes the metadata; returns the response."""
        return self.patch(
            f"/v2/queues/{queue}", json=list(operations), headers={"Content-Type": content_type}
        )

    def exists(self, queue):
        status = self.head(f"/v2/queues/{queue}").status_code
        assert status in (204, 404), status
        return status == 204

    def stats(self, queue):
        return check(self.get(f"/v2/queues/{queue}/stats"), 200)["messages"]

    def route(self, queue):
        return check(self.get(f"/v2/queues/{queue}/route"), 200)

    # Messages

    def send(self, queue, *bodies, **members):
        """Posts one message a body, in one request, and returns their ids."""
        messages = [{"body": body, **members} for body in bodies]
        answer = check(self.post(f"/v2/queues/{queue}/messages", json={"messages": messages}), 201)
        prefix = f"/v2/queues/{queue}/messages/"
        assert all(href.startswith(prefix) for href in answer["resources"]), answer
        return [href.removeprefix(prefix) for href in answer["resources"]]

    def page(self, queue, **params):
        """A page of messages, one's own included unless echo says otherwise."""
        params = {"echo": "true", **params}
        return check(self.get(f"/v2/queues/{queue}/messages", params=params), 200)

    def messages(self, queue, **params):
        return self.page(queue, **params)["messages"]

    def bodies(self, queue, **params):
        return [message["body"] for message in self.messages(queue, limit=20, **params)]

    def everything(self, queue):
        """Every message of the queue, claimed and delayed ones too, by following links to the empty page."""
        found = []
        href = f"/v2/queues/{queue}/messages?limit=20&echo=true&include_claimed=true&include_delayed=true"
        while href:
            page = check(self.get(href), 200)
            found += page["messages"]
            href = next_link(page)
        return found

    # Claims

    def claim(self, queue, limit=None, **members):
        """A claim, or None if there is nothing to claim."""
        path = f"/v2/queues/{queue}/claims" + (f"?limit={limit}" if limit else "")
        response = self.post(path, json=members or None)
        if response.status_code == 204:
            assert response.content == b"" and "Location" not in response.headers, describe(response)
            return None
        messages = check(response, 201)["messages"]
        href = response.headers["Location"]
        assert href.startswith(f"/v2/queues/{queue}/claims/"), href
        return Claim(href.rpartition("/")[2], href, messages)
