"""A client of an older version of the API. Where the versions agree it has the same verbs as `Api`."""

from .api import Api, Claim, check, describe, unique


class OlderApi(Api):
    """Paths are given without their version: `get("/queues")` asks for `/v1.1/queues`."""

    def __init__(self, url, version, project=None, client_id=None):
        super().__init__(url, project, client_id)
        self.version = version
        self.root = f"/{version}"

    def request(self, method, path, **arguments):
        inner = path if path.startswith(self.root + "/") else self.root + path
        return super().request(method, inner, **arguments)

    def present(self):
        """The same client in the present version."""
        return Api(self.url, self.project, self.client_id)

    def other_project(self):
        return OlderApi(self.url, self.version, None, self.client_id)

    def other_client(self):
        return OlderApi(self.url, self.version, self.project)

    def create(self, queue=None, **metadata):
        queue = queue or unique()
        check(self.put(f"/queues/{queue}", json=metadata or None), 201)
        return queue

    def send(self, queue, *bodies, ttl=300):
        """Posts one message a body, in one request, and returns their addresses."""
        messages = [{"body": body, "ttl": ttl} for body in bodies]
        document = messages if self.version == "v1" else {"messages": messages}
        return check(self.post(f"/queues/{queue}/messages", json=document), 201)["resources"]

    def claim(self, queue, limit=None, ttl=300, grace=60):
        path = f"/queues/{queue}/claims" + (f"?limit={limit}" if limit else "")
        response = self.post(path, json={"ttl": ttl, "grace": grace})
        if response.status_code == 204:
            assert response.content == b"" and "Location" not in response.headers, describe(response)
            return None
        answer = check(response, 201)
        href = response.headers["Location"]
        assert href.startswith(f"{self.root}/queues/{queue}/claims/"), href
        return Claim(href.rpartition("/")[2], href, answer if self.version == "v1" else answer["messages"])


def only_link(page, root):
    """The one `next` href of a page, or None; asserts the shape of `links`."""
    assert isinstance(page["links"], list) and len(page["links"]) <= 1, page["links"]
    for link in page["links"]:
        assert set(link) == {"rel", "href"} and link["rel"] == "next", link
        assert link["href"].startswith(root + "/"), link
        return link["href"]
    return None
