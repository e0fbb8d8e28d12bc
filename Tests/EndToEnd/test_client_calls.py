"""Every public call of the released clients, unmodified: what is not called here is named as missing.

How the calls behave in detail is looked at in test_clients.py, test_websocket_clients.py and test_signed_urls.py.
"""

import json

import pytest
from openstack import exceptions
from openstack.message.v2 import _proxy
from zaqarclient import errors as client_errors
from zaqarclient import transport
from zaqarclient.queues import client as versions
from zaqarclient.queues.v2 import claim, client, core, flavor, iterator, message, pool, queues, subscription
from zaqarclient.transport import errors, request

from harness.api import Api, check, unique
from harness.calls import watched
from harness.sdk import create_claim, messaging

HOOK = "http://hooks.example/"
KEY = "a key that only this file has"
#: What the client's lower level has and cannot send: its own table of operations does not know them.
UNKNOWN_TO_THE_CLIENT = {"queue_get_metadata": ("q",), "queue_set_metadata": ("q", {})}


@pytest.fixture(scope="module")
def signing(module_server):
    return module_server(env={"WEIR_SIGNED_URL_SECRET_KEY": KEY})


@pytest.fixture
def project():
    return unique("project")


def zaqar(url, project, backend="noauth", **options):
    conf = {"auth_opts": {"backend": backend, "options": {"os_project_id": project, **options}}}
    return versions.Client(url, 2, conf)


@pytest.fixture
def cli(signing, project):
    return zaqar(signing.url, project)


def call(cli, name, *arguments, **settings):
    """A function of the lower level, which takes a transport and a request first."""
    request, transport = cli._request_and_transport()
    try:
        return getattr(core, name)(transport, request, *arguments, **settings)
    finally:
        # Only the one for WebSocket has something to close, and nobody else does.
        getattr(transport, "cleanup", lambda: None)()


# python-zaqarclient over HTTP


def use_the_service(cli):
    assert cli.ping() is True and cli.health()["catalog_reachable"] is True
    assert "rel/queues" in cli.homedoc()["resources"]
    # The call leaves the options out, but it is one.
    assert cli.transport().options is None


def use_queues(cli):
    queue = cli.queue("jobs", force_create=True)
    queue.ensure_exists(force_create=True)
    assert queue.exists() and (queue.name, queue.href) == ("jobs", None)
    assert queue.metadata(new_meta={"a": 1})["a"] == 1 and queue.metadata_dict["a"] == 1
    (listed,), _ = (list(each) if each else each for each in cli.queues(limit=1))
    assert (listed.name, listed.href) == ("jobs", "/v2/queues/jobs")
    assert cli.follow("/v2/queues/jobs/stats")["messages"]["total"] == queue.stats["messages"]["total"] == 0
    assert queue.signed_url(paths=["messages"], ttl_seconds=60, methods=["GET"])["methods"] == ["GET"]
    queue.purge(resource_types=["messages"])
    call(cli, "queue_update", "jobs", [{"op": "add", "path": "/metadata/b", "value": 2}])
    assert call(cli, "queue_get", "jobs")["b"] == 2
    return queue


def use_messages(queue):
    ids = [
        href.rpartition("/")[2]
        for href in queue.post([{"body": n, "ttl": 300} for n in range(8)])["resources"]
    ]
    assert queue.message(ids[0]).body == 0
    listed = queue.messages(limit=3, echo=True, include_claimed=True, include_delayed=True).stream()
    assert [each.body for each in listed] == list(range(8))
    page = queue.messages(*ids[:2])
    first = next(page)
    assert (first.id, first.claim_id, first.claim_count, first.checksum) == (ids[0], None, 0, None)
    assert page.next().id == ids[1] and first.href == f"/v2/queues/jobs/messages/{ids[0]}"
    first.delete()
    queue.delete_messages(ids[1])
    assert [each.body for each in queue.pop(2)] == [2, 3]
    assert [each.body for each in queue.messages(echo=True)] == [4, 5, 6, 7]


def use_claims(queue):
    made = queue.claim(ttl=100, grace=60, limit=2)
    assert [each.body for each in made] == [4, 5] and made.age >= 0
    again = queue.claim(id=made.id)
    assert again.ttl == 100
    again.update(ttl=300, grace=90)
    assert queue.claim(id=made.id).ttl == 300
    made.delete()
    with pytest.raises(errors.ResourceNotFound):
        queue.claim(id=made.id).ttl


def use_subscriptions(cli, queue):
    made = cli.subscription("jobs", subscriber=HOOK, ttl=100, options={"a": 1})
    made.ensure_exists()
    made.update({"ttl": 200})
    listed = list(queue.subscriptions(limit=5))
    assert [(each.id, each.subscriber, each.ttl) for each in listed] == [(made.id, HOOK, 200)]
    assert [each.id for each in cli.subscriptions("jobs", limit=1).stream()] == [made.id]
    made.delete()
    assert list(queue.subscriptions()) == []


def use_pools_and_flavors(cli):
    made = cli.pool("second", weight=1, uri="sqlite:second")
    made.ensure_exists()
    made.update({"weight": 2})
    assert made.get()["weight"] == 2 and "second" in [each.name for each in cli.pools(detailed=True)]
    gold = cli.flavor("gold", pool_list=["second"])
    gold.ensure_exists()
    gold.update({"pool_list": ["second"]})
    assert gold.get()["pool_list"] == ["second"] and [each.name for each in cli.flavors(detailed=True)] == [
        "gold"
    ]
    gold.delete()
    made.delete()
    assert "second" not in [each.name for each in cli.pools()]


@pytest.mark.feature("F200")
def test_every_call_of_zaqarclient_is_served(cli, signing):
    owners = (client.Client, queues.Queue, message.Message, claim.Claim, subscription.Subscription, pool.Pool)
    with watched(
        *owners, flavor.Flavor, iterator._Iterator, core, queues, message, subscription, pool, flavor
    ) as calls:
        use_the_service(cli)
        queue = use_queues(cli)
        use_messages(queue)
        use_claims(queue)
        use_subscriptions(cli, queue)
        use_pools_and_flavors(cli)
        for name, arguments in UNKNOWN_TO_THE_CLIENT.items():
            with pytest.raises(client_errors.InvalidOperation, match=name):
                call(cli, name, *arguments)
        queue.delete()
    assert calls.missing == set()
    # What they were made for, the metadata of version 1, is no resource of version 2.
    check(Api(signing.url).get("/v2/queues/q/metadata"), 404)


@pytest.mark.feature("F200")
@pytest.mark.parametrize("version", [1, 1.1])
def test_zaqarclient_speaks_no_older_version(version):
    """It gives up before it sends anything; test_v1.py and test_v1_1.py send what older releases sent."""
    with pytest.raises(client_errors.ZaqarError, match="Unknown client version"):
        versions.Client("http://127.0.0.1:9", version)


# Its signed-url backend

#: Calls of the lower level that no signature can be for.
NEVER_SIGNED = {
    "queue_create": ("q",),
    "queue_update": ("q", []),
    "queue_get": ("q",),
    "queue_get_stats": ("q",),
    "queue_delete": ("q",),
    "queue_list": (),
    "queue_purge": ("q",),
    "signed_url_create": ("q",),
    "pool_get": ("p",),
    "pool_create": ("p", {"uri": "sqlite:p", "weight": 1}),
    "pool_update": ("p", {"weight": 1}),
    "pool_list": (),
    "pool_delete": ("p",),
    "flavor_create": ("f", {"pool_list": []}),
    "flavor_get": ("f",),
    "flavor_update": ("f", {"pool_list": []}),
    "flavor_list": (),
    "flavor_delete": ("f",),
    "health": (),
    "homedoc": (),
}


@pytest.mark.feature("F200", "F137", "F139")
def test_every_call_of_zaqarclient_that_can_be_signed_is_admitted_and_no_other(cli, signing):
    grant = cli.queue("q").signed_url(
        paths=["messages", "claims", "subscriptions"],
        methods=["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD"],
    )
    members = {name: grant[name] for name in ("signature", "expires", "methods", "paths")}
    stranger = zaqar(signing.url, grant["project"], "signed-url", **members)
    with watched(core) as calls:
        queue = stranger.queue("q", auto_create=False)
        ids = [href.rpartition("/")[2] for href in queue.post([{"body": n} for n in range(9)])["resources"]]
        assert queue.message(ids[0]).body == 0 and len(list(queue.messages(*ids[:2]))) == 2
        assert [each.body for each in queue.messages(echo=True, limit=4).stream()] == list(range(9))
        queue.message(ids[0]).delete()
        queue.delete_messages(ids[1])
        assert [each.body for each in queue.pop(2)] == [2, 3]
        made = queue.claim(ttl=100, grace=60, limit=2)
        next(iter(made)).delete()
        made.update(ttl=200)
        assert [each.body for each in queue.claim(id=made.id)] == [5] and made.age >= 0
        made.delete()
        told = stranger.subscription("q", subscriber=HOOK, ttl=100)
        told.update({"ttl": 200})
        assert [each.ttl for each in queue.subscriptions()] == [200]
        told.delete()
        with pytest.raises(errors.ResourceNotFound):
            stranger.subscription("q", id=told.id)
        for name, arguments in NEVER_SIGNED.items():
            with pytest.raises(errors.ResourceNotFound):
                call(stranger, name, *arguments)
        # These two take every failure for a no.
        assert call(stranger, "queue_exists", "q") is False and stranger.ping() is False
        for name, arguments in UNKNOWN_TO_THE_CLIENT.items():
            with pytest.raises(client_errors.InvalidOperation):
                call(stranger, name, *arguments)
    assert calls.missing == set()
    assert [each.body for each in cli.queue("q").messages(echo=True)] == [5, 6, 7, 8]


# Its WebSocket transport

#: Calls whose requests lack the name of the queue: the transport sends no parameters, and says so in its log.
NAMELESS = {
    "queue_create": ("q", {"a": 1}),
    "queue_get": ("q",),
    "queue_get_stats": ("q",),
    "queue_delete": ("q",),
    "queue_purge": ("q", ["messages"]),
    "message_list": ("q",),
    "message_post": ("q", {"messages": [{"body": 1}]}),
    "message_get": ("q", "m"),
    "message_get_many": ("q", ["m"]),
    "message_delete": ("q", "m"),
    "message_delete_many": ("q", ["m"]),
    "message_pop": ("q", 1),
    "claim_create": ("q",),
    "claim_get": ("q", "c"),
    "claim_update": ("q", "c"),
    "claim_delete": ("q", "c"),
    "subscription_create": ("q", {"subscriber": HOOK}),
    "subscription_get": ("q", "s"),
    "subscription_delete": ("q", "s"),
    "subscription_list": ("q",),
}
#: Calls for which there is no action.
NO_ACTION = {
    **UNKNOWN_TO_THE_CLIENT,
    "queue_exists": ("q",),
    "queue_update": ("q", []),
    "subscription_update": ("q", "s", {"ttl": 60}),
    **{
        name: NEVER_SIGNED[name]
        for name in NEVER_SIGNED
        if name.split("_")[0] in ("pool", "flavor", "signed")
    },
    "health": (),
    "homedoc": (),
}


@pytest.mark.feature("F200", "F153")
def test_every_call_of_zaqarclient_over_websocket_gets_a_clean_answer(signing, project):
    """Only one of them can work (see NAMELESS); test_websocket_clients.py uses the transport as its authors mean it."""
    cli = zaqar(signing.url.replace("http", "ws", 1), project, os_auth_token="any")
    with watched(core) as calls:
        assert call(cli, "queue_list") == {"queues": []}
        assert call(cli, "ping") is False
        for name, arguments in NAMELESS.items():
            with pytest.raises(errors.MalformedRequest, match="Schema validation failed"):
                call(cli, name, *arguments)
        for name, arguments in NO_ACTION.items():
            with pytest.raises(errors.MalformedRequest, match=f"{name} is not a valid action"):
                call(cli, name, *arguments)
    assert calls.missing == set()


@pytest.fixture
def send(signing, project):
    """Sends a request through the client's transport, which authenticates by itself first."""
    endpoint = signing.url.replace("http", "ws", 1)
    options = {"auth_opts": {"options": {"os_auth_token": "any", "os_project_id": project}}}
    with transport.get_transport_for(endpoint, version=2, options=options) as connection:

        def send(action, headers=None, **body):
            asked = request.Request(endpoint, action, content=json.dumps(body), headers=headers)
            return connection.send(asked).deserialized_content

        send.connection = connection
        yield send


@pytest.mark.feature("F147", "F148", "F200")
def test_zaqarclient_subscribes_over_websocket_and_is_told(cli, send):
    hook = send("subscription_create", queue_name="jobs", subscriber=HOOK, ttl=100, options={"a": 1})[
        "subscription_id"
    ]
    shown = send("subscription_get", queue_name="jobs", subscription_id=hook)
    assert (shown["subscriber"], shown["ttl"], shown["options"]) == (HOOK, 100, {"a": 1})
    with pytest.raises(errors.ConflictError):
        send("subscription_create", queue_name="jobs", subscriber=HOOK)
    own = send("subscription_create", queue_name="jobs")["subscription_id"]
    listed = send("subscription_list", queue_name="jobs", limit=5)["subscriptions"]
    assert {each["id"] for each in listed} == {hook, own}
    # Over HTTP: a push may come before the reply to a post on this connection, and the client takes it for the reply.
    cli.queue("jobs").post([{"body": {"n": n}, "ttl": 300} for n in range(3)])
    assert [send.connection.recv()["body"] for _ in range(3)] == [{"n": n} for n in range(3)]
    for each in (hook, own):
        send("subscription_delete", queue_name="jobs", subscription_id=each)
    assert send("subscription_list", queue_name="jobs") == {"subscriptions": []}


@pytest.mark.feature("F152", "F200")
def test_zaqarclient_presents_signatures_over_websocket(cli, send, project):
    cli.queue("jobs").post({"body": "for the bearer"})
    grant = cli.queue("jobs").signed_url(paths=["messages"], methods=["GET"])
    lists = {"URL-Methods": grant["methods"], "URL-Paths": grant["paths"]}
    headers = {"URL-Signature": grant["signature"], "URL-Expires": grant["expires"], **lists}
    listed = send("message_list", headers, queue_name="jobs", echo=True)["messages"]
    assert [each["body"] for each in listed] == ["for the bearer"]
    for action, body in [
        ("message_post", {"queue_name": "jobs", "messages": [{"body": 1}]}),
        ("message_list", {"queue_name": "other"}),
        ("queue_list", {}),
    ]:
        with pytest.raises(errors.ForbiddenError):
            send(action, headers, **body)
    # As the signed-url backend writes them for HTTP: a text is no list here.
    texts = {name: ",".join(value) for name, value in lists.items()}
    with pytest.raises(errors.MalformedRequest, match="Schema validation failed"):
        send("message_list", {**headers, **texts}, queue_name="jobs")


# openstacksdk


@pytest.mark.feature("F200")
def test_every_call_of_openstacksdk_is_served(signing, project):
    sdk = messaging(signing.url, project)
    with watched(_proxy.Proxy) as calls:
        queue = sdk.create_queue(name="jobs")
        assert [each.name for each in sdk.queues()] == [sdk.get_queue(queue).name] == ["jobs"]
        hrefs = sdk.post_message("jobs", [{"body": n, "ttl": 300} for n in range(3)])
        ids = [href.rpartition("/")[2] for href in hrefs]
        assert sdk.get_message("jobs", ids[0]).body == 0 and len(list(sdk.messages("jobs", echo=True))) == 3
        sdk.delete_message("jobs", ids[0])
        # Weir answers 201 with the Location; the SDK then reads its own `location`, which is no text.
        with pytest.raises(AttributeError):
            sdk.create_claim("jobs", ttl=100, grace=60, limit=1)
        made = create_claim(sdk, "jobs", ttl=100, grace=60, limit=1)
        assert [each["id"] for each in made.messages] == ids[2:]
        assert sdk.get_claim("jobs", made).ttl == 100
        sdk.update_claim("jobs", made.id, ttl=200, grace=60)
        assert sdk.get_claim("jobs", made.id).ttl == 200
        sdk.delete_claim("jobs", made.id)
        told = sdk.create_subscription("jobs", subscriber=HOOK, ttl=100)
        assert [each.id for each in sdk.subscriptions("jobs")] == [sdk.get_subscription("jobs", told.id).id]
        # No resource of messaging has a status to wait for.
        with pytest.raises((AttributeError, exceptions.ResourceFailure)):
            sdk.wait_for_status(queue, "ACTIVE", wait=5)
        sdk.delete_subscription("jobs", told.id)
        assert sdk.wait_for_delete(told, interval=0.1, wait=5).id == told.id
        sdk.delete_queue(queue)
    assert calls.missing == set()
