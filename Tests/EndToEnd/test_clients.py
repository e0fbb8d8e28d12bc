"""The released clients, unmodified: what the calls of python-zaqarclient and openstacksdk do over HTTP.

test_client_calls.py makes sure that none is left out.
"""

import pytest
from openstack import exceptions
from zaqarclient.queues import client
from zaqarclient.queues.v2 import core
from zaqarclient.transport import errors

from harness.api import check, unique
from harness.sdk import create_claim, messaging


def zaqar(url, project, client_id=None):
    conf = {"auth_opts": {"backend": "noauth", "options": {"os_project_id": project}}}
    if client_id:
        conf["client_uuid"] = client_id
    return client.Client(url, version=2, conf=conf)


@pytest.fixture
def cli(api):
    return zaqar(api.url, api.project)


@pytest.fixture
def admin(own):
    return zaqar(own.url, own.project)


def bodies(messages):
    return [message.body for message in messages]


# python-zaqarclient: service and queues


@pytest.mark.feature("F004", "F007", "F002")
def test_zaqarclient_reads_ping_health_and_the_home_document(cli):
    assert cli.ping() is True
    assert cli.health()["catalog_reachable"] is True
    assert "rel/queues" in cli.homedoc()["resources"]


@pytest.mark.feature("F029", "F037")
def test_zaqarclient_creates_and_deletes_queues(cli, api):
    queue = cli.queue("jobs", force_create=True)
    assert api.exists("jobs") and queue.exists() is True and queue.name == "jobs"
    queue.delete()
    assert not api.exists("jobs") and queue.exists() is False
    lazy = cli.queue("lazy")
    assert not lazy.exists()
    lazy.post({"body": 1})
    assert lazy.exists()


@pytest.mark.feature("F033", "F044", "F045", "F046", "F049")
def test_zaqarclient_replaces_metadata_by_patches(cli, api):
    queue = cli.queue("jobs", force_create=True)
    assert queue.metadata()["_default_message_ttl"] == 3600
    shown = queue.metadata(new_meta={"team": "a", "level": 5, "_default_message_ttl": 300})
    assert (shown["team"], shown["level"], shown["_default_message_ttl"]) == ("a", 5, 300)
    # A new set drops the keys left out, reserved ones that were never set among them.
    shown = queue.metadata(new_meta={"team": "b"})
    assert shown["team"] == "b" and "level" not in shown and shown["_default_message_ttl"] == 3600
    assert shown == queue.metadata(force_reload=True) == queue.metadata_dict == api.metadata("jobs")
    with pytest.raises(errors.MalformedRequest):
        queue.metadata(new_meta={"_default_message_ttl": 1})


@pytest.mark.feature("F039", "F040", "F043")
def test_zaqarclient_lists_queues_page_by_page(cli):
    names = [f"q{number:02}" for number in range(23)]
    for name in names:
        cli.queue(name, force_create=True).metadata(new_meta={"of": name})
    listed, count = cli.queues(limit=5, detailed=True, with_count=True)
    assert count == 23
    found = {queue.name: queue.metadata() for queue in listed.stream()}
    assert list(found) == names and found["q07"]["of"] == "q07"
    assert [queue.name for queue in cli.queues(marker="q20")[0]] == ["q21", "q22"]
    assert list(zaqar(cli.api_url, unique()).queues()[0]) == []


@pytest.mark.feature("F051", "F053")
def test_zaqarclient_reads_stats_and_purges(cli):
    queue = cli.queue("jobs")
    assert queue.stats["messages"]["total"] == 0
    queue.post([{"body": number, "ttl": 300} for number in range(5)])
    assert queue.stats["messages"]["free"] == 5 and "created" in queue.stats["messages"]["oldest"]
    queue.purge(resource_types=["subscriptions"])
    assert queue.stats["messages"]["total"] == 5
    queue.purge()
    assert queue.stats["messages"]["total"] == 0


# python-zaqarclient: messages and claims


@pytest.mark.feature("F065", "F080", "F081", "F085", "F087")
def test_zaqarclient_posts_reads_and_deletes_messages(cli):
    queue = cli.queue("jobs")
    answer = queue.post([{"body": {"n": number}, "ttl": 300} for number in range(5)])
    ids = [href.rpartition("/")[2] for href in answer["resources"]]
    message = queue.message(ids[0])
    assert (message.body, message.ttl, message.id, message.claim_id) == ({"n": 0}, 300, ids[0], None)
    assert sorted(message.id for message in queue.messages(*ids[:3])) == sorted(ids[:3])
    message.delete()
    with pytest.raises(errors.ResourceNotFound):
        queue.message(ids[0])
    queue.delete_messages(*ids[1:3])
    assert [message.id for message in queue.messages(echo=True)] == ids[3:]
    with pytest.raises(errors.MalformedRequest):
        queue.post({"body": 1, "ttl": 1})


@pytest.mark.feature("F075", "F079")
def test_zaqarclient_lists_messages_page_by_page(cli, api):
    queue = cli.queue("jobs")
    queue.post([{"body": number} for number in range(23)])
    assert list(queue.messages()) == []
    assert bodies(queue.messages(limit=4, echo=True).stream()) == list(range(23))
    other = zaqar(api.url, api.project).queue("jobs")
    assert bodies(other.messages(limit=20).stream()) == list(range(23))
    queue.claim(limit=3, ttl=60, grace=60)
    assert bodies(queue.messages(echo=True, limit=2)) == [3, 4]
    assert bodies(queue.messages(echo=True, include_claimed=True, limit=2)) == [0, 1]


@pytest.mark.feature("F089")
def test_zaqarclient_pops_messages(cli):
    queue = cli.queue("jobs")
    queue.post([{"body": number} for number in range(5)])
    assert bodies(queue.pop()) == [0] and bodies(queue.pop(3)) == [1, 2, 3]
    assert bodies(queue.pop(20)) == [4] and bodies(queue.pop(20)) == []


@pytest.mark.feature("F092", "F093", "F100", "F102", "F103", "F086")
def test_zaqarclient_claims_renews_and_releases(cli, api):
    queue = cli.queue("jobs")
    assert list(queue.claim(ttl=60, grace=60)) == []
    queue.post([{"body": number} for number in range(5)])
    claim = queue.claim(ttl=100, grace=60, limit=2)
    messages = list(claim)
    assert bodies(messages) == [0, 1] and all(message.claim_id == claim.id for message in messages)
    again = queue.claim(id=claim.id)
    assert again.ttl == 100 and again.age >= 0 and bodies(again) == [0, 1]
    claim.update(ttl=200, grace=60)
    assert check(api.get(f"/v2/queues/jobs/claims/{claim.id}"), 200)["ttl"] == 200
    with pytest.raises(errors.ForbiddenError):
        core.message_delete(*reversed(cli._request_and_transport()), "jobs", messages[0].id)
    messages[0].delete()
    claim.delete()
    assert bodies(queue.messages(echo=True)) == [1, 2, 3, 4]
    with pytest.raises(errors.ResourceNotFound):
        list(queue.claim(id=claim.id))


@pytest.mark.feature("F096")
def test_zaqarclient_sends_null_terms_when_it_is_given_none(cli):
    queue = cli.queue("jobs")
    queue.post({"body": 1})
    with pytest.raises(errors.MalformedRequest):
        queue.claim()


# python-zaqarclient: pools and flavors


@pytest.mark.feature("F107", "F108", "F112", "F113", "F114", "F115")
def test_zaqarclient_subscribes(cli, api):
    hook = "http://127.0.0.1:9/hook"
    made = cli.subscription("jobs", subscriber=hook, ttl=120, options={"a": 1})
    assert (made.subscriber, made.ttl, made.options, made.confirmed) == (hook, 120, {"a": 1}, False)
    assert cli.subscription("jobs", subscriber=hook).id == made.id
    cli.subscription("jobs", id=made.id).update({"subscriber": "mailto:a@b", "ttl": 240})
    found = cli.subscription("jobs", id=made.id)
    assert (found.subscriber, found.ttl, found.options) == ("mailto:a@b", 240, {"a": 1})
    ids = {cli.subscription("jobs", subscriber=f"http://a/{number}").id for number in range(12)} | {made.id}
    listed = list(cli.subscriptions("jobs", limit=5).stream())
    assert {each.id for each in listed} == ids and len(listed) == 13
    for each in listed:
        each.delete()
    assert list(cli.subscriptions("jobs")) == []
    with pytest.raises(errors.ResourceNotFound):
        cli.subscription("jobs", id=made.id)


@pytest.mark.feature("F160", "F165", "F166", "F167")
def test_zaqarclient_manages_pools(admin):
    pool = admin.pool("second", weight=5, uri="sqlite:second", options={"synchronous": "full"})
    shown = pool.get()
    assert (shown["name"], shown["weight"], shown["uri"]) == ("second", 5, "sqlite:second")
    pool.update({"weight": 7})
    assert pool.get()["weight"] == 7 and pool.weight == 7
    flavored = admin.pool("third", weight=1, uri="sqlite:third", flavor="gold")
    assert flavored.get()["flavor"] == "gold"
    assert [entry.name for entry in admin.pools()] == ["embedded", "second", "third"]
    assert [entry.name for entry in admin.pools(limit=1).stream()] == ["embedded", "second", "third"]
    detailed = {entry.name: entry.options for entry in admin.pools(detailed=True)}
    assert detailed["second"] == {"synchronous": "full"}
    with pytest.raises(errors.ConflictError):
        admin.pool("fourth", weight=1, uri="sqlite:second")
    with pytest.raises(errors.ForbiddenError):
        flavored.delete()
    pool.delete()
    with pytest.raises(errors.ResourceNotFound):
        pool.get()


@pytest.mark.feature("F173", "F174", "F175", "F176", "F177")
def test_zaqarclient_manages_flavors(admin):
    for name in ("second", "third"):
        admin.pool(name, weight=1, uri=f"sqlite:{name}")
    flavor = admin.flavor("gold", pool_list=["second"])
    shown = flavor.get()
    assert shown["pool_list"] == ["second"] and "FIFO" in shown["capabilities"]
    flavor.update({"pool_list": ["third"]})
    assert flavor.get()["pool_list"] == ["third"]
    admin.flavor("silver", pool_list=["second"])
    assert [entry.name for entry in admin.flavors()] == ["gold", "silver"]
    assert [entry.name for entry in admin.flavors(limit=1, detailed=True).stream()] == ["gold", "silver"]
    detailed = {entry.name: entry.capabilities for entry in admin.flavors(detailed=True)}
    assert "CLAIMS" in detailed["gold"]
    with pytest.raises(errors.MalformedRequest):
        admin.flavor("none", pool_list=["none"])
    flavor.delete()
    with pytest.raises(errors.ResourceNotFound):
        flavor.get()


# openstacksdk


@pytest.fixture
def sdk(api):
    return messaging(api.url, api.project)


@pytest.mark.feature("F001")
def test_openstacksdk_finds_version_2_from_the_root(sdk, api):
    assert sdk.get_endpoint() == api.url + "/v2/"


@pytest.mark.feature("F029", "F033", "F037")
def test_openstacksdk_creates_shows_and_deletes_queues(sdk, api):
    created = sdk.create_queue(name="jobs", default_message_ttl=300, description="for work")
    assert created.id == "jobs"
    shown = sdk.get_queue("jobs")
    assert shown.default_message_ttl == 300 and shown.max_messages_post_size == 262144
    assert shown.description == "for work"
    sdk.delete_queue("jobs")
    assert not api.exists("jobs")
    sdk.delete_queue("jobs")


@pytest.mark.feature("F039")
@pytest.mark.parametrize("limit", [1, 5, 20, None])
@pytest.mark.timeout(60)
def test_openstacksdk_lists_queues_to_the_end(sdk, api, limit):
    names = sorted(api.create(f"q{number:02}") for number in range(23))
    assert [queue.name for queue in sdk.queues(**({"limit": limit} if limit else {}))] == names


@pytest.mark.feature("F065", "F081", "F085")
def test_openstacksdk_posts_shows_and_deletes_messages(sdk, api):
    hrefs = sdk.post_message("jobs", [{"body": {"n": 1}, "ttl": 300}, {"body": "two", "ttl": 400}])
    ids = [href.rpartition("/")[2] for href in hrefs]
    message = sdk.get_message("jobs", ids[0])
    assert (message.id, message.body, message.ttl) == (ids[0], {"n": 1}, 300)
    sdk.delete_message("jobs", ids[0])
    with pytest.raises(exceptions.NotFoundException):
        sdk.get_message("jobs", ids[0])
    assert api.bodies("jobs") == ["two"]


@pytest.mark.feature("F079")
@pytest.mark.parametrize("limit", [1, 4, 20, None])
@pytest.mark.timeout(60)
def test_openstacksdk_lists_messages_to_the_end(sdk, api, limit):
    queue = api.create()
    api.send(queue, *range(23))
    query = {"limit": limit} if limit else {}
    assert [message.body for message in sdk.messages(queue, **query)] == list(range(23))
    api.claim(queue, limit=20)
    assert [message.body for message in sdk.messages(queue, echo=True, **query)] == [20, 21, 22]
    found = [message.body for message in sdk.messages(queue, include_claimed=True, **query)]
    assert found == list(range(23))


@pytest.mark.feature("F092", "F094", "F100", "F102", "F103", "F086")
def test_openstacksdk_claims_renews_and_releases(sdk, api):
    queue = api.create()
    ids = api.send(queue, *range(5))
    claim = create_claim(sdk, queue, ttl=100, grace=60, limit=2)
    assert [message["id"] for message in claim.messages] == ids[:2]
    assert claim.messages[0]["href"].endswith(f"claim_id={claim.id}")
    shown = sdk.get_claim(queue, claim.id)
    assert shown.ttl == 100 and len(shown.messages) == 2
    sdk.update_claim(queue, claim.id, ttl=200, grace=60)
    assert sdk.get_claim(queue, claim.id).ttl == 200
    with pytest.raises(exceptions.ForbiddenException):
        sdk.delete_message(queue, ids[0])
    sdk.delete_message(queue, ids[0], claim=claim.id)
    sdk.delete_claim(queue, claim.id)
    assert api.bodies(queue) == [1, 2, 3, 4]
    with pytest.raises(exceptions.NotFoundException):
        sdk.get_claim(queue, claim.id)
    empty = create_claim(sdk, unique(), ttl=60, grace=60)
    assert empty.id is None and not empty.messages


@pytest.mark.feature("F107", "F112", "F113", "F115")
@pytest.mark.timeout(60)
def test_openstacksdk_subscribes(sdk):
    hook = "http://127.0.0.1:9/hook"
    made = sdk.create_subscription("jobs", subscriber=hook, ttl=120, options={"a": 1})
    found = sdk.get_subscription("jobs", made.id)
    assert (found.subscriber, found.ttl, found.options, found.source) == (hook, 120, {"a": 1}, "jobs")
    ids = {sdk.create_subscription("jobs", subscriber=f"http://a/{number}").id for number in range(12)}
    assert {each.id for each in sdk.subscriptions("jobs")} == ids | {made.id}
    sdk.delete_subscription("jobs", made.id)
    with pytest.raises(exceptions.NotFoundException):
        sdk.get_subscription("jobs", made.id)


@pytest.mark.feature("F028")
def test_clients_of_different_projects_do_not_meet(sdk, cli, api):
    sdk.create_queue(name="shared")
    cli.queue("shared").post({"body": "from zaqarclient"})
    assert [message.body for message in sdk.messages("shared")] == ["from zaqarclient"]
    stranger = messaging(api.url, unique())
    assert list(stranger.queues()) == [] and list(stranger.messages("shared")) == []
