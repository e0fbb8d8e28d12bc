"""Pre-signed access: share, the four headers, and all the ways in which a signature is not good enough."""

import datetime
import hashlib
import hmac
import json
import random
import shlex
import subprocess
import uuid

import pytest
import requests
from zaqarclient.queues import client as zaqar

from harness.api import Api, check, refused, unique
from harness.command_line import Line

KEY = "sekret"


@pytest.fixture(scope="module")
def signing(module_server):
    return module_server(
        env={"WEIR_SIGNED_URL_SECRET_KEY": KEY, "WEIR_SIGNED_URL_PREVIOUS_KEYS": "older,oldest"}
    )


@pytest.fixture
def owner(signing):
    return Api(signing.url)


def in_seconds(seconds):
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)).strftime(
        "%Y-%m-%dT%H:%M:%S"
    )


def share(api, queue, **members):
    return check(api.post(f"/v2/queues/{queue}/share", json=members), 200)


def headers_of(grant):
    return {
        "URL-Signature": grant["signature"],
        "URL-Expires": grant["expires"],
        "URL-Methods": ",".join(grant["methods"]),
        "URL-Paths": ",".join(grant["paths"]),
        "X-Project-ID": grant["project"],
    }


def sign(key, paths, methods, project, expires):
    """What any holder of the key can make without asking the service."""
    text = r"\n".join([",".join(sorted(paths)), ",".join(sorted(methods)), project, expires])
    code = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    return dict(paths=paths, methods=methods, project=project, expires=expires, signature=code)


def stranger(signing, grant, **changes):
    """A client that knows nothing but the grant."""
    api = Api(signing.url, project=grant["project"])
    api.session.headers.update({**headers_of(grant), **changes})
    return api


# Creating


@pytest.mark.feature("F134", "F135")
def test_share_answers_the_signature_of_the_literal_separators(owner):
    queue, end = unique(), in_seconds(3600)
    grant = share(owner, queue, paths=["messages", "claims"], methods=["POST", "GET"], expires=end)
    paths = [f"/v2/queues/{queue}/claims", f"/v2/queues/{queue}/messages"]
    assert grant == sign(KEY, paths, ["GET", "POST"], owner.project, end)
    assert not owner.exists(queue)


@pytest.mark.feature("F134", "F136")
def test_the_defaults_are_to_read_messages_for_a_day(owner):
    for members in ({}, {"methods": []}):
        before, grant, after = in_seconds(86_399), share(owner, "q", **members), in_seconds(86_401)
        assert grant["paths"] == ["/v2/queues/q/messages"] and grant["methods"] == ["GET"]
        assert before <= grant["expires"] <= after


@pytest.mark.feature("F136")
@pytest.mark.parametrize("zone, hours", [("", 0), ("Z", 0), (".654321", 0), ("+02:00", 2), ("-0330", -3.5)])
def test_an_end_in_iso_8601_is_normalised_to_utc_without_a_fraction(owner, zone, hours):
    end = datetime.datetime.now(datetime.UTC).replace(microsecond=0) + datetime.timedelta(days=2)
    grant = share(owner, "q", expires=end.strftime("%Y-%m-%dT%H:%M:%S") + zone)
    assert grant["expires"] == (end - datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.feature("F134", "F136")
@pytest.mark.parametrize(
    "members, title, word",
    [
        ({"expires": "2020-01-01T00:00:00"}, "Invalid API request", "expires"),
        ({"expires": "9000-01-01T00:00:00"}, "Invalid API request", "31536000"),
        ({"expires": 1_900_000_000}, "Invalid API request", "expires"),
        ({"expires": "1900000000"}, "Invalid API request", "expires"),
        ({"expires": "tomorrow"}, "Invalid API request", "expires"),
        ({"expires": None}, "Invalid API request", "expires"),
        ({"paths": []}, "Invalid API request", "paths"),
        ({"paths": "messages"}, "Invalid API request", "paths"),
        ({"paths": ["stats"]}, "Invalid API request", "paths"),
        ({"paths": ["messages/../stats"]}, "Invalid API request", "paths"),
        ({"paths": ["messages"] * 17}, "Invalid API request", "16"),
        ({"paths": [1]}, "Invalid request body", "paths"),
        ({"methods": "GET"}, "Invalid API request", "methods"),
        ({"methods": ["GET,POST"]}, "Invalid API request", "methods"),
        ({"methods": ["GET"] * 17}, "Invalid API request", "16"),
        ({"methods": [1]}, "Invalid request body", "methods"),
        ({"project": "p"}, "Invalid API request", "project"),
    ],
)
def test_what_cannot_be_shared_is_refused_by_name(owner, members, title, word):
    refused(owner.post("/v2/queues/q/share", json=members), 400, title, [word])


@pytest.mark.feature("F134")
@pytest.mark.parametrize("body", ["", "[]", "1", "{"])
def test_share_wants_an_object(owner, body):
    refused(owner.post("/v2/queues/q/share", data=body), 400, "Invalid request body")


@pytest.mark.feature("F134", "F138")
def test_without_a_key_nothing_is_shared_and_no_signature_is_good(server):
    api = Api(server.url)
    refused(api.post("/v2/queues/q/share", json={}), 400, "Invalid API request", ["secret_key"])
    grant = sign(KEY, ["/v2/queues/q/messages"], ["GET"], api.project, in_seconds(60))
    refused(stranger(server, grant).get("/v2/queues/q/messages"), 404, "404 Not Found")


def test_a_project_with_a_backslash_shares_nothing(owner):
    other = owner.with_project(r"X\nvictim")
    refused(other.post("/v2/queues/q/share", json={}), 400, "Invalid API request", ["backslash"])


# Using


@pytest.mark.feature("F137", "F139")
def test_a_grant_gives_its_methods_on_its_paths_and_below_them(signing, owner):
    queue = owner.create()
    kept = owner.send(queue, "kept")[0]
    api = stranger(signing, share(owner, queue, paths=["messages", "claims"], methods=["GET", "POST"]))
    assert api.bodies(queue) == ["kept"]
    assert check(api.get(f"/v2/queues/{queue}/messages/{kept}"), 200)["body"] == "kept"
    added = api.send(queue, "added")[0]
    claim = api.claim(queue, limit=2)
    assert [message["body"] for message in claim.messages] == ["kept", "added"]
    check(api.get(claim.href), 200)
    for method, path in [
        ("DELETE", f"/v2/queues/{queue}/messages/{added}"),
        ("DELETE", f"/v2/queues/{queue}/messages?ids={added}"),
        ("DELETE", claim.href),
        ("PATCH", claim.href),
        ("GET", f"/v2/queues/{queue}"),
        ("GET", f"/v2/queues/{queue}/stats"),
        ("GET", "/v2/queues"),
        ("POST", f"/v2/queues/{queue}/purge"),
        ("POST", f"/v2/queues/{queue}/share"),
        ("GET", f"/v2/queues/{queue}x/messages"),
        ("GET", "/v2/ping"),
        ("GET", "/"),
        ("OPTIONS", f"/v2/queues/{queue}/messages"),
    ]:
        refused(api.request(method, path, json={}), 404, "404 Not Found")
    assert len(owner.everything(queue)) == 2


@pytest.mark.feature("F138", "F139")
@pytest.mark.parametrize(
    "path", ["/v2/queues", "/v2/pools", "/v2/queues/q", "/v2/queues/q/stats", "/v2/queues/q/share", "/"]
)
def test_even_the_key_grants_nothing_but_what_a_queue_holds(signing, owner, path):
    grant = sign(KEY, [path], ["GET", "POST"], owner.project, in_seconds(60))
    refused(stranger(signing, grant).request("GET", path), 404, "404 Not Found")


@pytest.mark.feature("F137", "F139")
def test_the_failures_of_a_subscription_are_for_its_owner(signing, owner):
    """They hold messages of which the grant says nothing, and a redrive sends them."""
    queue = owner.create()
    body = {"subscriber": "http://hooks.example/"}
    path = f"/v2/queues/{queue}/subscriptions"
    path += "/" + check(owner.post(path, json=body), 201)["subscription_id"]
    api = stranger(signing, share(owner, queue, paths=["subscriptions"], methods=["GET", "POST"]))
    check(api.get(path), 200)
    exact = sign(
        KEY, [path + "/failures", path + "/failures/redrive"], ["GET", "POST"], owner.project, in_seconds(60)
    )
    for other in (api, stranger(signing, exact)):
        refused(other.get(path + "/failures"), 404, "404 Not Found")
        refused(other.post(path + "/failures/redrive"), 404, "404 Not Found")
    check(owner.get(path + "/failures"), 200)


@pytest.mark.feature("F137", "F138", "F158")
def test_what_is_signed_for_a_topic_is_not_for_the_queue_of_its_name(signing, owner):
    """Topics share nothing by themselves; their subscribers confirm by a signature, and the key can sign as much."""
    name = owner.create()
    check(owner.put(f"/v2/topics/{name}"), 201)
    paths = [f"/v2/{kind}/{name}/messages" for kind in ("topics", "queues")]
    for own, other in (paths, paths[::-1]):
        grant = sign(KEY, [own], ["GET", "POST", "DELETE"], owner.project, in_seconds(60))
        api = stranger(signing, grant)
        hrefs = check(api.post(own, json={"messages": [{"body": own}]}), 201)["resources"]
        assert check(api.get(hrefs[0]), 200)["body"] == own
        assert [each["body"] for each in check(api.get(own + "?echo=true"), 200)["messages"]] == [own]
        refused(api.get(other), 404, "404 Not Found")
        refused(api.get(hrefs[0].replace(own, other)), 404, "404 Not Found")
        check(api.delete(hrefs[0]), 204)
    api = stranger(
        signing, sign(KEY, [f"/v2/topics/{name}"], ["GET", "PUT", "POST"], owner.project, in_seconds(60))
    )
    for rest in ("", "/stats", "/purge"):
        refused(api.get(f"/v2/topics/{name}{rest}"), 404, "404 Not Found")
    check(api.get(f"/v2/topics/{name}/messages"), 200)


@pytest.mark.feature("F137")
def test_signatures_of_previous_keys_are_good(signing, owner):
    for key, status in [("older", 200), ("oldest", 200), ("gone", 404)]:
        grant = sign(key, ["/v2/queues/q/messages"], ["GET"], owner.project, in_seconds(60))
        check(stranger(signing, grant).get("/v2/queues/q/messages"), status)


@pytest.mark.feature("F137")
def test_lists_have_no_order(signing, owner):
    grant = share(owner, "q", paths=["claims", "messages"], methods=["GET", "POST"])
    for key in ("paths", "methods"):
        grant[key].reverse()
    check(stranger(signing, grant).get("/v2/queues/q/messages"), 200)


@pytest.mark.feature("F137")
def test_the_client_id_is_still_required(signing, owner):
    api = stranger(signing, share(owner, "q"))
    refused(api.get("/v2/queues/q/messages", headers={"Client-ID": None}), 400, "Missing header value")


# Not good enough


@pytest.mark.feature("F137", "F138")
@pytest.mark.parametrize(
    "changes",
    [
        {"URL-Signature": ""},
        {"URL-Expires": None},
        {"URL-Methods": None},
        {"URL-Paths": None},
        {"URL-Methods": "GET,DELETE"},
        {"URL-Paths": "/v2/queues/q/messages,/v2/queues/q/claims"},
        {"URL-Paths": "/v2"},
        {"URL-Paths": "/"},
        {"URL-Paths": ".*"},
        {"X-Project-ID": "another"},
        {"X-Project-ID": None},
    ],
    ids=lambda changes: "-".join(f"{name}={value}" for name, value in changes.items()),
)
def test_every_failure_is_the_same_404_before_anything_else_is_looked_at(signing, owner, changes):
    headers = {**headers_of(share(owner, "q")), "Accept": "text/html", "Client-ID": "x", **changes}
    answer = owner.get("/v2/queues/q/messages", headers=headers)
    assert check(answer, 404) == {"title": "404 Not Found"}


@pytest.mark.feature("F138")
def test_headers_without_a_signature_present_none(signing, owner):
    headers = {**headers_of(share(owner, "q", methods=["POST"])), "URL-Signature": None}
    check(owner.get("/v2/queues/q/messages", headers=headers), 200)


def as_it_is(api, url):
    """GET of a URL that no library puts in order."""
    request = api.session.prepare_request(requests.Request("GET", url, headers={"Client-ID": api.client_id}))
    request.url = url
    return api.session.send(request, timeout=60)


@pytest.mark.feature("F138")
@pytest.mark.parametrize(
    "path",
    [
        "/v2/queues/a.b/messagesX",
        "/v2/queues/aXb/messages",
        "/v2/queues/a.b/stats",
        "/v2/queues/a.b/messages/../stats",
        "/v2/queues/a.b%2Fmessages",
        "/v2/queues/other/claims/%2Fv2%2Fqueues%2Fa.b%2Fmessages",
        "/v2/queues/other/messages?x=/v2/queues/a.b/messages",
        "/v2//queues/a.b/messages",
        "//v2/queues/a.b/messages",
    ],
)
def test_no_spelling_of_another_path_is_covered(signing, owner, path):
    api = stranger(signing, share(owner, "a.b"))
    refused(as_it_is(api, signing.url + path), 404, "404 Not Found")


@pytest.mark.feature("F138")
def test_another_spelling_of_the_same_path_is_covered(signing, owner):
    api = stranger(signing, share(owner, "a.b"))
    check(as_it_is(api, signing.url + "/v2/queues/a%2Eb/%6Dessages"), 200)


@pytest.mark.feature("F138")
def test_a_signature_that_is_over_is_not_good(signing, owner):
    for end, status in [(in_seconds(-1), 404), (in_seconds(3600), 200), (in_seconds(40_000_000), 404)]:
        grant = sign(KEY, ["/v2/queues/q/messages"], ["GET"], owner.project, end)
        check(stranger(signing, grant).get("/v2/queues/q/messages"), status)


@pytest.mark.feature("F138")
def test_of_300_changes_of_one_header_none_is_admitted(signing, owner):
    """A sample, over the wire, of what the Swift tests do by the thousand."""
    original = headers_of(share(owner, "q", methods=["GET", "POST"], paths=["messages", "claims"]))
    generator, api = random.Random(20261128), Api(signing.url)
    check(api.get("/v2/queues/q/messages", headers=original), 200)
    tried = 0
    while tried < 300:
        name = generator.choice(sorted(original))
        text = list(original[name])
        place = generator.randrange(len(text))
        match generator.randrange(4):
            case 0:
                text[place] = generator.choice("abcdef0123456789GETPOS/.-_:,*")
            case 1:
                text.insert(place, generator.choice("abcdef0123456789GETPOS/.-_:,*"))
            case 2:
                del text[place]
            case 3:
                text[place:place] = text[place:]
        changed = "".join(text)
        if sorted(changed.split(",")) == sorted(original[name].split(",")) or not changed:
            continue
        tried += 1
        answer = api.get("/v2/queues/q/messages", headers={**original, name: changed})
        assert answer.status_code == 404, (name, changed)


@pytest.mark.feature("F138")
@pytest.mark.parametrize("name", ["URL-Paths", "URL-Methods", "URL-Signature", "URL-Expires"])
@pytest.mark.parametrize(
    "text", ["," * 60_000, "(a+)+$" * 10_000, "/v2/queues/q/messages," * 2_500, "\\n" * 30_000]
)
def test_hostile_headers_are_refused_like_all_others(signing, owner, name, text):
    api = stranger(signing, share(owner, "q"), **{name: text})
    refused(api.get("/v2/queues/q/messages"), 404, "404 Not Found")


@pytest.mark.feature("F138")
@pytest.mark.parametrize("name", ["URL-Paths", "URL-Methods", "URL-Signature", "URL-Expires"])
def test_a_header_that_is_there_twice_is_no_signature(signing, owner, name):
    grant = share(owner, "q")
    lines = [f"{key}: {value}" for key, value in headers_of(grant).items()]
    lines += [f"Client-ID: {uuid.uuid4()}", f"{name}: {headers_of(grant)[name]}"]
    arguments = [part for line in lines for part in ("-H", line)]
    command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *arguments]
    answer = subprocess.run(
        [*command, f"{signing.url}/v2/queues/q/messages"], capture_output=True, check=True
    )
    assert answer.stdout == b"404"


# Clients


@pytest.mark.feature("F134", "F137")
def test_zaqarclient_shares_a_queue_and_uses_it_by_its_signature(signing):
    owner = zaqar.Client(
        signing.url,
        2,
        conf={"auth_opts": {"backend": "noauth", "options": {"os_project_id": unique("project")}}},
    )
    queue = owner.queue(unique())
    grant = queue.signed_url(paths=["messages", "claims"], ttl_seconds=600, methods=["GET", "POST"])
    options = {
        "os_project_id": grant["project"],
        "signature": grant["signature"],
        "expires": grant["expires"],
        "methods": grant["methods"],
        "paths": grant["paths"],
    }
    other = zaqar.Client(signing.url, 2, conf={"auth_opts": {"backend": "signed-url", "options": options}})
    shared = other.queue(queue.name, auto_create=False)
    shared.post([{"body": {"from": "a stranger"}, "ttl": 300}])
    assert [message.body for message in shared.messages(echo=True)] == [{"from": "a stranger"}]
    assert [message.body for message in shared.claim(ttl=300, grace=60)] == [{"from": "a stranger"}]
    assert [message.body for message in queue.messages(include_claimed=True, echo=True)] == [
        {"from": "a stranger"}
    ]


def shell(curl):
    return subprocess.run([*shlex.split(curl), "-s"], capture_output=True, check=True, text=True).stdout


@pytest.mark.feature("F134", "F137")
def test_the_command_line_prints_curl_lines_that_work(owner):
    queue, line = owner.create(), Line(owner)
    posted = shell(line.ok("queue", "sign", queue, "--path", "messages", "--method", "post"))
    assert list(json.loads(posted)) == ["resources"]
    read = shell(line.ok("queue", "sign", queue))
    assert [message["body"] for message in json.loads(read)["messages"]] == ["hello"]
    end = in_seconds(100)
    grant = line.json("queue", "sign", queue, "--path", "claims", "--path", "messages", "--expires", end)
    assert grant["expires"] == end and grant["curl"].split("/")[-1] == "claims'" and len(grant["paths"]) == 2


@pytest.mark.feature("F134")
def test_the_command_line_says_what_cannot_be_signed(owner):
    line = Line(owner)
    line.refused(1, "queue", "sign", "q", "--path", "stats", mentions=["paths", "stats"])
    line.refused(1, "queue", "sign", "q", "--expires", "2020-01-01", mentions=["expires"])
