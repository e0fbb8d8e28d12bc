"""Topics: what queues are, under `/v2/topics`, for publishers and subscribers alone."""

import pytest

from harness.api import JSON_PATCH, check, next_link, query_of, refused, unique
from harness.metadata import DEFAULTS, add, remove

HOOK = "http://127.0.0.1:9/hook"
SHOWN = ("_max_messages_post_size", "_default_message_ttl", "_default_message_delay")
TOPIC_DEFAULTS = {name: DEFAULTS[name] for name in SHOWN}


def path_of(topic, *rest):
    return "/".join((f"/v2/topics/{topic}", *rest))


def create(api, **metadata):
    topic = unique("t")
    response = api.put(path_of(topic), json=metadata or None)
    check(response, 201)
    assert response.headers["Location"] == path_of(topic)
    return topic


@pytest.fixture
def topic(api):
    return create(api)


def metadata_of(api, topic):
    return check(api.get(path_of(topic)), 200)


def update(api, topic, *operations):
    return api.patch(path_of(topic), json=list(operations), headers={"Content-Type": JSON_PATCH})


def publish(api, topic, *bodies, **members):
    messages = [{"body": body, **members} for body in bodies]
    response = api.post(path_of(topic, "messages"), json={"messages": messages})
    hrefs = check(response, 201)["resources"]
    prefix = path_of(topic, "messages") + "/"
    assert all(href.startswith(prefix) for href in hrefs), hrefs
    assert response.headers["Location"].startswith(path_of(topic, "messages") + "?ids=")
    return [href.removeprefix(prefix) for href in hrefs]


def bodies(api, topic, **params):
    page = check(api.get(path_of(topic, "messages"), params={"echo": "true", **params}), 200)
    return [message["body"] for message in page["messages"]]


# The topics themselves


@pytest.mark.feature("F154")
def test_topics_are_created_shown_and_deleted(api):
    topic = create(api, team="a", _default_message_ttl=300)
    assert metadata_of(api, topic) == {**TOPIC_DEFAULTS, "team": "a", "_default_message_ttl": 300}
    check(api.put(path_of(topic), json={"team": "b"}), 204)
    assert metadata_of(api, topic)["team"] == "a"
    for _ in range(2):
        check(api.delete(path_of(topic)), 204)
        assert metadata_of(api, topic) == TOPIC_DEFAULTS


@pytest.mark.feature("F154")
def test_topics_and_queues_of_one_name_are_different(api):
    name = create(api, kind="topic")
    assert not api.exists(name) and check(api.get("/v2/queues"), 200)["queues"] == []
    api.create(name, kind="queue")
    publish(api, name, "to the topic")
    api.send(name, "to the queue")
    assert bodies(api, name) == ["to the topic"] and api.bodies(name) == ["to the queue"]
    check(api.delete(f"/v2/queues/{name}"), 204)
    assert metadata_of(api, name)["kind"] == "topic" and bodies(api, name) == ["to the topic"]
    assert metadata_of(api.with_project(), name) == TOPIC_DEFAULTS


@pytest.mark.feature("F154")
@pytest.mark.parametrize("limit", [1, 3, 20])
def test_topics_are_listed_page_by_page(api, limit):
    names = sorted(create(api, number=number) for number in range(4))
    href, seen = f"/v2/topics?limit={limit}", []
    while href:
        page = check(api.get(href), 200)
        assert set(page) == {"topics", "links"}
        seen += page["topics"]
        href = next_link(page)
        assert href is None or href.startswith("/v2/topics?")
    assert seen == [{"name": name, "href": path_of(name)} for name in names]


@pytest.mark.feature("F154")
def test_a_detailed_listing_has_the_metadata_of_topics(api):
    topic = create(api, team="a")
    page = check(api.get("/v2/topics?detailed=true&team=a&name=t-"), 200)
    assert page["topics"] == [
        {"name": topic, "href": path_of(topic), "metadata": {**TOPIC_DEFAULTS, "team": "a"}}
    ]
    assert ("detailed", "true") in query_of(next_link(page))
    assert check(api.get("/v2/topics?team=b"), 200) == {"topics": [], "links": []}


@pytest.mark.feature("F154")
@pytest.mark.parametrize("name", ["", "a%20b", "é", "x" * 65])
@pytest.mark.parametrize("rest", ["", "/messages", "/subscriptions", "/stats"])
def test_bad_names_are_refused(api, name, rest):
    refused(api.get(f"/v2/topics/{name}{rest}"), 400, "Invalid topic identification", ["64"])


@pytest.mark.feature("F154")
def test_topics_have_no_claims_no_route_and_no_signatures(api, topic):
    for part in ("claims", "claims/x", "route", "share"):
        refused(api.post(path_of(topic, part)), 404, "404 Not Found")
    response = api.head(path_of(topic))
    assert response.status_code == 405 and response.headers["Allow"] == "GET, PUT, DELETE, PATCH, OPTIONS"


@pytest.mark.feature("F155")
def test_a_patch_changes_the_metadata_of_a_topic(api):
    topic = create(api, team="a", old=1)
    answer = check(update(api, topic, add("team", "b"), remove("old"), add("_default_message_ttl", 90)), 200)
    assert answer == {**TOPIC_DEFAULTS, "team": "b", "_default_message_ttl": 90} == metadata_of(api, topic)
    refused(update(api, topic, remove("old")), 409, "Resource conflict")
    refused(update(api, topic, add("_default_message_ttl", 5)), 400, "Invalid request body")
    refused(update(api, unique(), add("a", 1)), 404, "Not found")
    refused(api.patch(path_of(topic), json=[add("a", 1)]), 415)
    refused(api.put(path_of(unique()), json={"_default_message_ttl": 5}), 400, "Invalid API request")


# Their messages


@pytest.mark.feature("F156")
def test_stats_count_all_messages(api, topic):
    def stats(name):
        return check(api.get(path_of(name, "stats")), 200)["messages"]

    assert stats(unique()) == {"oldest": 0, "newest": 0, "total": 0}
    assert stats(topic) == {"total": 0}
    first, _, last = publish(api, topic, 1, 2, 3)
    found = stats(topic)
    assert set(found) == {"oldest", "newest", "total"} and found["total"] == 3
    assert found["oldest"]["href"] == path_of(topic, "messages", first)
    assert found["newest"]["href"] == path_of(topic, "messages", last)
    assert set(found["oldest"]) == {"href", "age", "created"}


@pytest.mark.feature("F158")
def test_messages_are_published_listed_and_deleted(api, topic):
    ids = publish(api, topic, *range(5), ttl=100)
    page = check(api.get(path_of(topic, "messages"), params={"echo": "true", "limit": 2}), 200)
    assert [message["href"] for message in page["messages"]] == [
        path_of(topic, "messages", each) for each in ids[:2]
    ]
    assert [message["ttl"] for message in page["messages"]] == [100, 100]
    rest = check(api.get(next_link(page)), 200)
    assert next_link(page).startswith(path_of(topic, "messages?")) and [
        m["body"] for m in rest["messages"]
    ] == [2, 3]
    assert bodies(api, topic, echo="false") == [] and bodies(api.with_client(), topic, echo="false") == list(
        range(5)
    )

    one = check(api.get(path_of(topic, "messages", ids[1])), 200)
    assert one["body"] == 1 and one["href"] == path_of(topic, "messages", ids[1])
    found = check(api.get(path_of(topic, "messages"), params={"ids": f"{ids[0]},{ids[4]}"}), 200)["messages"]
    assert [message["body"] for message in found] == [0, 4]

    check(api.delete(path_of(topic, "messages", ids[1])), 204)
    refused(api.get(path_of(topic, "messages", ids[1])), 404, "Not found")
    check(api.delete(path_of(topic, "messages") + f"?ids={ids[0]}"), 204)
    popped = check(api.delete(path_of(topic, "messages") + "?pop=1"), 200)["messages"]
    assert [message["body"] for message in popped] == [2] and bodies(api, topic) == [3, 4]


@pytest.mark.feature("F158")
def test_publishing_makes_the_topic_and_obeys_its_metadata(api):
    topic = unique("t")
    publish(api, topic, 1)
    assert [each["name"] for each in check(api.get("/v2/topics"), 200)["topics"]] == [topic]
    small = create(api, _max_messages_post_size=100, _default_message_ttl=77)
    (identifier,) = publish(api, small, "a")
    assert check(api.get(path_of(small, "messages", identifier)), 200)["ttl"] == 77
    body = {"messages": [{"body": "x" * 100}]}
    refused(api.post(path_of(small, "messages"), json=body), 400, "Invalid API request", ["100"])


@pytest.mark.feature("F058", "F070", "F158")
def test_what_is_published_may_be_delayed_as_the_topic_says(api, topic):
    late = create(api, _default_message_delay=600)
    publish(api, late, "later")
    publish(api, late, "now", delay=0)
    publish(api, topic, "no delay here", delay=600)
    assert bodies(api, late) == ["now"] and bodies(api, topic) == ["no delay here"]
    assert bodies(api, late, include_delayed="true") == ["later", "now"]


@pytest.mark.feature("F157")
def test_a_purge_of_a_topic(api, topic):
    publish(api, topic, 1, 2)
    check(api.post(path_of(topic, "subscriptions"), json={"subscriber": HOOK}), 201)
    check(api.post(path_of(topic, "purge"), json={"resource_types": ["messages"]}), 204)
    assert bodies(api, topic) == []
    assert len(check(api.get(path_of(topic, "subscriptions")), 200)["subscriptions"]) == 1
    publish(api, topic, 3)
    check(api.post(path_of(topic, "purge")), 204)
    assert bodies(api, topic) == []
    assert check(api.get(path_of(topic, "subscriptions")), 200)["subscriptions"] == []
    refused(
        api.post(path_of(topic, "purge"), json={"resource_types": ["claims"]}), 400, "Invalid API request"
    )
    check(api.post(path_of(unique(), "purge")), 204)


# Their subscriptions


@pytest.mark.feature("F159")
def test_subscriptions_of_a_topic_are_its_own(api):
    name = unique("t")
    response = api.post(path_of(name, "subscriptions"), json={"subscriber": HOOK, "ttl": 100})
    identifier = check(response, 201)["subscription_id"]
    assert response.headers["Location"] == path_of(name, "subscriptions")
    assert metadata_of(api, name) == TOPIC_DEFAULTS and not api.exists(name)
    assert check(api.get("/v2/topics"), 200)["topics"] == [{"name": name, "href": path_of(name)}]

    one = path_of(name, "subscriptions", identifier)
    shown = check(api.get(one), 200)
    assert (shown["source"], shown["subscriber"], shown["ttl"], shown["confirmed"]) == (
        name,
        HOOK,
        100,
        False,
    )
    page = check(api.get(path_of(name, "subscriptions") + "?limit=1"), 200)
    assert [each["id"] for each in page["subscriptions"]] == [identifier]
    assert next_link(page) == f"{path_of(name, 'subscriptions')}?limit=1&marker={identifier}"

    for response in (api.patch(one, json={"ttl": 200}), api.put(one + "/confirm", json={"confirmed": True})):
        check(response, 204)
        assert response.headers["Location"] == response.request.path_url
    shown = check(api.get(one), 200)
    assert (shown["ttl"], shown["confirmed"]) == (200, True)
    refused(api.post(path_of(name, "subscriptions"), json={"subscriber": HOOK}), 409, "Resource conflict")

    # The queue of the same name knows nothing of it.
    queue = f"/v2/queues/{name}/subscriptions"
    assert check(api.get(queue), 200)["subscriptions"] == []
    refused(api.get(f"{queue}/{identifier}"), 404, "Not found")
    check(api.delete(f"{queue}/{identifier}"), 204)
    assert check(api.get(one), 200)["id"] == identifier
    check(api.delete(one), 204)
    refused(api.get(one), 404, "Not found")
