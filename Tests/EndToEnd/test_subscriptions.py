"""Subscriptions: who is told of a queue's messages. What they are told is another matter."""

import sqlite3
import threading
import uuid

import pytest

from harness.api import Api, check, describe, next_link, query_of, refused, unique
from harness.metadata import DEFAULTS, add
from harness.threads import at_once

HOOK = "http://127.0.0.1:9/hook"
HUNDRED_YEARS = 3_153_600_000


def path_of(queue, *rest):
    return "/".join((f"/v2/queues/{queue}/subscriptions", *rest))


def subscribe(api, queue, subscriber=HOOK, **members):
    """Subscribes and returns the id."""
    answer = check(api.post(path_of(queue), json={"subscriber": subscriber, **members}), 201)
    assert set(answer) == {"subscription_id"}
    return answer["subscription_id"]


def show(api, queue, identifier):
    return check(api.get(path_of(queue, identifier)), 200)


def everything(api, queue, limit=20):
    """All subscriptions, by following links to the empty page."""
    found, href = [], f"{path_of(queue)}?limit={limit}"
    while href:
        page = check(api.get(href), 200)
        assert set(page) == {"subscriptions", "links"} and len(page["subscriptions"]) <= limit
        found += page["subscriptions"]
        href = next_link(page)
    return found


# Creating


@pytest.mark.feature("F107", "F113")
def test_a_subscription_is_created_and_shown(api, queue):
    response = api.post(path_of(queue), json={"subscriber": HOOK, "ttl": 120, "options": {"a": [1, 2.50]}})
    identifier = check(response, 201)["subscription_id"]
    assert response.headers["Location"] == path_of(queue)
    assert str(uuid.UUID(identifier)) == identifier
    shown = show(api, queue, identifier)
    assert shown.pop("age") in range(0, 60)
    assert shown == {
        "id": identifier,
        "source": queue,
        "subscriber": HOOK,
        "ttl": 120,
        "options": {"a": [1, 2.50]},
        "confirmed": False,
    }


@pytest.mark.feature("F110", "F111")
def test_ttl_and_options_have_defaults(api, queue):
    shown = show(api, queue, subscribe(api, queue, unknown="member"))
    assert (shown["ttl"], shown["options"]) == (3600, {})


@pytest.mark.feature("F110")
@pytest.mark.parametrize("ttl", [60, 2**31, HUNDRED_YEARS, 250_000_000_000])
def test_a_ttl_may_be_long(api, queue, ttl):
    assert show(api, queue, subscribe(api, queue, ttl=ttl))["ttl"] == ttl


@pytest.mark.feature("F110")
@pytest.mark.parametrize("ttl", [59, 0, -1, 250_000_000_001, 2**63 - 1])
def test_a_ttl_out_of_range_is_refused_with_its_bounds(api, queue, ttl):
    response = api.post(path_of(queue), json={"subscriber": HOOK, "ttl": ttl})
    refused(response, 400, "Invalid API request", ["ttl", "60"])
    assert everything(api, queue) == []


@pytest.mark.feature("F055")
def test_subscribing_creates_the_queue_even_if_the_request_is_refused(api):
    for body in ({"subscriber": HOOK}, {"subscriber": "ftp://x/"}):
        queue = unique()
        api.post(path_of(queue), json=body)
        assert api.exists(queue) and api.metadata(queue) == DEFAULTS


@pytest.mark.feature("F107", "F110", "F111")
@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "subscriber"),
        ([], "object"),
        ({"subscriber": None}, "subscriber"),
        ({"subscriber": ""}, "subscriber"),
        ({"subscriber": 5}, "subscriber"),
        ({"subscriber": {"a": 1}}, "subscriber"),
        ({"subscriber": HOOK, "ttl": None}, "ttl"),
        ({"subscriber": HOOK, "ttl": "60"}, "ttl"),
        ({"subscriber": HOOK, "ttl": 60.0}, "ttl"),
        ({"subscriber": HOOK, "ttl": True}, "ttl"),
        ({"subscriber": HOOK, "options": None}, "options"),
        ({"subscriber": HOOK, "options": []}, "options"),
        ({"subscriber": HOOK, "options": "x"}, "options"),
    ],
)
def test_a_request_of_the_wrong_shape_is_refused(api, queue, body, field):
    refused(api.post(path_of(queue), json=body), 400, "Invalid request body", [field])
    assert everything(api, queue) == []


@pytest.mark.feature("F107")
def test_a_request_without_a_body_is_refused(api, queue):
    refused(api.post(path_of(queue)), 400, "Invalid request body")
    refused(api.post(path_of(queue), data="{"), 400, "Invalid request body")


@pytest.mark.feature("F111")
@pytest.mark.parametrize(
    "options, field",
    [
        ({"_retry_policy": {"minimum_delay": 30, "maximum_delay": 35}}, "options._retry_policy"),
        ({"_retry_policy": "often"}, "options._retry_policy"),
        ({"post_headers": ["a"]}, "options.post_headers"),
        ({"post_headers": {"a": 1}}, "options.post_headers"),
        ({"post_data": {"a": 1}}, "options.post_data"),
        ({"post_headers": {"Host": "a"}}, "options.post_headers"),
        ({"post_headers": {"X-A": "ä"}}, "options.post_headers"),
        ({"post_headers": {f"X-{number}": "" for number in range(33)}}, "options.post_headers: 33"),
        ({"from": 5}, "options.from"),
        ({"from": "a"}, "options.from"),
        ({"subject": "a\nb"}, "options.subject"),
        ({"subject": "a" * 1025}, "1024"),
        ({"secret": 12345}, "options.secret"),
        ({"secret": ["a"]}, "options.secret"),
        ({"secret": "whsec_ab$c"}, "options.secret"),
        ({"secret": "whsec_"}, "options.secret"),
        ({"large": "x" * 65_536}, "65536"),
    ],
)
def test_options_that_cannot_be_obeyed_are_refused(api, queue, options, field):
    body = {"subscriber": HOOK, "options": options}
    refused(api.post(path_of(queue), json=body), 400, "Invalid API request", [field])
    identifier = subscribe(api, queue)
    refused(
        api.patch(path_of(queue, identifier), json={"options": options}), 400, "Invalid API request", [field]
    )
    assert show(api, queue, identifier)["options"] == {}


# Subscribers


@pytest.mark.feature("F109")
@pytest.mark.parametrize(
    "subscriber",
    [
        "http://a/",
        "https://a:1/b?c=d#e",
        "HTTP://a",
        "mailto:a@b.org",
        "mailto:a@b.org?subject=Two%20words",
        "http://[::1]/%C3%A9",
    ],
)
def test_subscribers_of_known_schemes_are_taken_as_they_are(api, queue, subscriber):
    assert show(api, queue, subscribe(api, queue, subscriber))["subscriber"] == subscriber


@pytest.mark.feature("F109")
@pytest.mark.parametrize(
    "subscriber",
    [
        "ftp://a/",
        "a",
        "://a",
        "http",
        "http:/a",
        "http:///a",
        "http://?a",
        "mailto:",
        "mailto:?subject=a",
        "http://a/ b",
        "http://a/é",
        "http://user:password@a/",
        "http://a:0/",
        "https://2130706433/",
        "mailto:a@b.org,c@d.org",
        "mailto:a@b.org?subject=x%0D%0ABcc:%20c@d.org",
        "http://a/\r\nHost: b",
        "http://a/" + "x" * 2048,
    ],
)
def test_other_subscribers_are_refused(api, queue, subscriber):
    response = api.post(path_of(queue), json={"subscriber": subscriber})
    refused(response, 400, "Invalid API request", ["subscriber"])
    identifier = subscribe(api, queue)
    response = api.patch(path_of(queue, identifier), json={"subscriber": subscriber})
    refused(response, 400, "Invalid API request", ["subscriber"])
    assert [each["subscriber"] for each in everything(api, queue)] == [HOOK]


@pytest.mark.feature("F109")
@pytest.mark.parametrize("scheme", ["trust+http", "trust+https"])
def test_trust_subscribers_need_an_identity_service(api, queue, scheme):
    body = {"subscriber": f"{scheme}://a/"}
    refused(api.post(path_of(queue), json=body), 503, "Service temporarily unavailable")
    assert everything(api, queue) == []


@pytest.mark.feature("F109", "F112", "F110")
def test_schemes_pages_and_ttl_are_the_operators_choice(start_server):
    env = {
        "WEIR_LIMITS_SUBSCRIBER_TYPES": "https,mailto",
        "WEIR_LIMITS_MAX_SUBSCRIPTIONS_PER_PAGE": "2",
        "WEIR_LIMITS_DEFAULT_SUBSCRIPTION_TTL": "77",
    }
    api = Api(start_server(env=env).url)
    refused(api.post(path_of("q"), json={"subscriber": HOOK}), 400, mentions=["https:, mailto:"])
    assert show(api, "q", subscribe(api, "q", "https://a/"))["ttl"] == 77
    refused(api.get(path_of("q") + "?limit=3"), 400, "Invalid API request", ["limit", "2"])


# One subscription a subscriber


@pytest.mark.feature("F108")
def test_a_subscriber_that_has_not_confirmed_keeps_its_subscription(api, queue):
    first = subscribe(api, queue, ttl=100, options={"a": 1})
    assert subscribe(api, queue, ttl=200) == first
    (only,) = everything(api, queue)
    assert (only["ttl"], only["options"]) == (100, {"a": 1})
    assert subscribe(api, queue, HOOK + "/") != first
    assert subscribe(api, api.create()) != first


@pytest.mark.feature("F108")
def test_a_subscriber_that_has_confirmed_is_a_conflict(api, queue):
    identifier = subscribe(api, queue)
    check(api.put(path_of(queue, identifier, "confirm"), json={"confirmed": True}), 204)
    response = api.post(path_of(queue), json={"subscriber": HOOK})
    refused(response, 409, "Resource conflict", ["subscriber"])
    assert response.headers["Location"] == path_of(queue)
    check(api.delete(path_of(queue, identifier)), 204)
    assert subscribe(api, queue) != identifier


@pytest.mark.feature("F108")
@pytest.mark.parametrize("rounds", [4])
def test_of_many_who_subscribe_one_subscriber_all_get_one_subscription(api, rounds):
    for _ in range(rounds):
        queue, found = unique(), []

        def run():
            client = Api(api.url, api.project)
            found.extend(
                client.post(path_of(queue), json={"subscriber": HOOK}).json().values() for _ in range(3)
            )

        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (only,) = everything(api, queue)
        assert {tuple(answer) for answer in found} == {(only["id"],)} and len(found) == 24


@pytest.mark.feature("F107")
def test_a_queue_has_at_most_ten_thousand(own):
    subscribe(own, "q")
    own.server.stop()
    with sqlite3.connect(own.server.data / "catalog.db") as catalog:
        row = "kind, project, owner, content, expires, version"
        for number in range(9_999):
            catalog.execute(
                f"INSERT INTO documents({row}, name) SELECT {row}, ? FROM documents WHERE kind = 'subscription' LIMIT 1",
                (f"x{number}",),
            )
    catalog.close()
    own.server.start()
    refused(own.post(path_of("q"), json={"subscriber": HOOK + "2"}), 400, mentions=["10000", "subscriptions"])
    check(own.delete(path_of("q", "x7")), 204)
    subscribe(own, "q", HOOK + "2")


# Listing


@pytest.mark.feature("F112")
@pytest.mark.parametrize("limit", [1, 3, 20])
def test_following_links_visits_every_subscription_once(api, queue, limit):
    made = sorted(subscribe(api, queue, f"http://a/{number}") for number in range(7))
    listed = everything(api, queue, limit)
    assert [each["id"] for each in listed] == made
    assert listed == [dict(show(api, queue, each["id"]), age=each["age"]) for each in listed]


@pytest.mark.feature("F112")
def test_the_page_has_ten_subscriptions_and_the_link_what_the_client_sent(api, queue):
    for number in range(11):
        subscribe(api, queue, f"http://a/{number}")
    page = check(api.get(path_of(queue)), 200)
    assert len(page["subscriptions"]) == 10
    last = page["subscriptions"][-1]["id"]
    assert next_link(page) == f"{path_of(queue)}?marker={last}"
    again = check(api.get(f"{path_of(queue)}?marker={last}&limit=5"), 200)
    (rest,) = again["subscriptions"]
    assert query_of(next_link(again)) == [("marker", rest["id"]), ("limit", "5")]


@pytest.mark.feature("F112")
def test_a_missing_queue_has_no_subscriptions(api):
    assert check(api.get(path_of(unique())), 200) == {"subscriptions": [], "links": []}


@pytest.mark.feature("F112")
@pytest.mark.parametrize(
    "limit, title", [("0", "Invalid API request"), ("21", "Invalid API request"), ("x", "Invalid parameter")]
)
def test_a_limit_out_of_range_is_refused(api, queue, limit, title):
    refused(api.get(f"{path_of(queue)}?limit={limit}"), 400, title, ["limit"])


@pytest.mark.feature("F113", "F028")
def test_what_does_not_exist_is_not_found(api, queue):
    identifier = subscribe(api, queue)
    other = api.create()
    for client, path in (
        (api, path_of(queue, str(uuid.uuid4()))),
        (api, path_of(queue, "x")),
        (api, path_of(other, identifier)),
        (api.with_project(), path_of(queue, identifier)),
    ):
        refused(client.get(path), 404, "Not found")
        refused(client.patch(path, json={"ttl": 60}), 404, "Not found")
        refused(client.put(path + "/confirm", json={"confirmed": True}), 404, "Not found")
        check(client.delete(path), 204)
    assert show(api, queue, identifier)["confirmed"] is False


# Changing


@pytest.mark.feature("F114")
def test_a_subscription_is_changed_member_by_member(api, queue):
    identifier = subscribe(api, queue, ttl=100, options={"a": 1, "b": 2})
    response = api.patch(path_of(queue, identifier), json={"options": {"c": 3}})
    check(response, 204)
    assert response.headers["Location"] == path_of(queue, identifier)
    shown = show(api, queue, identifier)
    assert (shown["subscriber"], shown["ttl"], shown["options"]) == (HOOK, 100, {"c": 3})
    check(api.patch(path_of(queue, identifier), json={"ttl": 200, "subscriber": "mailto:a@b"}), 204)
    shown = show(api, queue, identifier)
    assert (shown["subscriber"], shown["ttl"], shown["options"]) == ("mailto:a@b", 200, {"c": 3})
    check(api.patch(path_of(queue, identifier), json={"subscriber": None, "ttl": 300, "options": None}), 204)
    shown = show(api, queue, identifier)
    assert (shown["subscriber"], shown["ttl"], shown["options"]) == ("mailto:a@b", 300, {"c": 3})


@pytest.mark.feature("F114")
def test_a_change_to_another_ones_subscriber_is_a_conflict(api, queue):
    first, second = subscribe(api, queue, "http://a/1"), subscribe(api, queue, "http://a/2")
    response = api.patch(path_of(queue, second), json={"subscriber": "http://a/1", "ttl": 500})
    refused(response, 409, "Resource conflict", ["subscriber"])
    assert (show(api, queue, second)["subscriber"], show(api, queue, second)["ttl"]) == ("http://a/2", 3600)
    check(api.patch(path_of(queue, second), json={"subscriber": "http://a/2"}), 204)
    # What it had before is free, once it has another.
    check(api.patch(path_of(queue, second), json={"subscriber": "http://a/3"}), 204)
    assert subscribe(api, queue, "http://a/2") not in (first, second)
    assert subscribe(api, queue, "http://a/3") == second


@pytest.mark.feature("F114", "F116")
def test_a_new_subscriber_has_not_confirmed(api, queue):
    identifier = subscribe(api, queue)
    check(api.put(path_of(queue, identifier, "confirm"), json={"confirmed": True}), 204)
    check(api.patch(path_of(queue, identifier), json={"ttl": 100, "subscriber": HOOK}), 204)
    assert show(api, queue, identifier)["confirmed"] is True
    check(api.patch(path_of(queue, identifier), json={"subscriber": "http://other/"}), 204)
    assert show(api, queue, identifier)["confirmed"] is False


@pytest.mark.feature("F114")
@pytest.mark.parametrize(
    "body, title",
    [
        (None, "Invalid API request"),
        ({}, "Invalid API request"),
        ({"x": 1}, "Unable to update subscription"),
        ([], "Invalid request body"),
        ({"ttl": None, "subscriber": None}, "Unable to update subscription"),
        ({"ttl": 59}, "Invalid API request"),
        ({"options": 1}, "Invalid request body"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(api, queue, body, title):
    identifier = subscribe(api, queue)
    before = show(api, queue, identifier)
    refused(api.patch(path_of(queue, identifier), json=body), 400, title)
    assert dict(show(api, queue, identifier), age=before["age"]) == before


@pytest.mark.feature("F114")
def test_of_many_changes_at_once_each_is_whole(api, queue):
    identifier = subscribe(api, queue)

    def change(number):
        client = Api(api.url, api.project)
        body = {"ttl": 100 + number, "options": {"number": number}, "subscriber": f"http://a/{number}"}
        answer = client.patch(path_of(queue, identifier), json=body)
        assert answer.status_code in (204, 503), describe(answer)
        return answer.status_code

    assert 204 in at_once(*(lambda number=number: change(number) for number in range(6)))
    (last,) = everything(api, queue)
    number = last["ttl"] - 100
    assert (last["options"], last["subscriber"]) == ({"number": number}, f"http://a/{number}")
    assert subscribe(api, queue, f"http://a/{number}") == identifier


@pytest.mark.feature("F116")
def test_a_subscription_is_confirmed_and_unconfirmed(api, queue):
    identifier = subscribe(api, queue, options={"a": 1})
    path = path_of(queue, identifier, "confirm")
    for confirmed in (True, True, False):
        response = api.put(path, json={"confirmed": confirmed})
        check(response, 204)
        assert response.headers["Location"] == path
        assert show(api, queue, identifier)["confirmed"] is confirmed
    assert show(api, queue, identifier)["options"] == {"a": 1}


@pytest.mark.feature("F116")
@pytest.mark.parametrize("body", [None, {}, [], {"confirmed": None}, {"confirmed": "true"}, {"confirmed": 1}])
def test_a_confirmation_says_true_or_false(api, queue, body):
    path = path_of(queue, subscribe(api, queue), "confirm")
    refused(api.put(path, json=body), 400)
    assert check(api.get(path), 405)


# Removing


@pytest.mark.feature("F115")
def test_deleting_is_always_204_and_makes_room(api, queue):
    identifier = subscribe(api, queue)
    for _ in range(2):
        check(api.delete(path_of(queue, identifier)), 204)
        refused(api.get(path_of(queue, identifier)), 404, "Not found")
    assert subscribe(api, queue) != identifier
    check(api.delete(path_of(unique(), identifier)), 204)


@pytest.mark.feature("F118")
def test_subscriptions_outlive_their_queue(api, queue):
    identifier = subscribe(api, queue)
    check(api.delete(f"/v2/queues/{queue}"), 204)
    assert show(api, queue, identifier)["subscriber"] == HOOK
    check(api.put(f"/v2/queues/{queue}"), 201)
    assert [each["id"] for each in everything(api, queue)] == [identifier]
    assert api.metadata(queue) == DEFAULTS


@pytest.mark.feature("F053")
def test_a_purge_removes_all_subscriptions_and_no_others(api, queue):
    other = api.create()
    kept = subscribe(api, other)
    for number in range(25):
        subscribe(api, queue, f"http://a/{number}")
    api.send(queue, 1)
    check(api.post(f"/v2/queues/{queue}/purge", json={"resource_types": ["messages"]}), 204)
    assert len(everything(api, queue)) == 25
    api.send(queue, 2)
    check(api.post(f"/v2/queues/{queue}/purge", json={"resource_types": ["subscriptions"]}), 204)
    assert everything(api, queue) == [] and api.bodies(queue) == [2]
    subscribe(api, queue)
    check(api.post(f"/v2/queues/{queue}/purge"), 204)
    assert everything(api, queue) == [] and api.bodies(queue) == []
    assert [each["id"] for each in everything(api, other)] == [kept]


# What the service notes on a queue


@pytest.mark.feature("F033", "F044", "F107")
def test_metadata_show_nothing_of_subscriptions_and_survive_them(api):
    queue = api.create(team="a")
    expected = {**DEFAULTS, "team": "a"}
    identifier = subscribe(api, queue)
    assert api.metadata(queue) == expected
    (listed,) = check(api.get("/v2/queues?detailed=true"), 200)["queues"]
    assert listed["metadata"] == expected
    assert check(api.update(queue, add("team", "b")), 200) == {**expected, "team": "b"}
    check(api.delete(path_of(queue, identifier)), 204)
    assert api.metadata(queue) == {**expected, "team": "b"}


@pytest.mark.feature("F064")
def test_names_of_hidden_metadata_are_refused(api, queue):
    for name in ("\x01subscribed", "\x01"):
        refused(api.put(f"/v2/queues/{unique()}", json={name: 1}), 400, "Invalid API request", ["U+0001"])
        refused(api.update(queue, add(name, 1)), 400, "Invalid request body", ["U+0001"])


@pytest.mark.feature("F107")
def test_subscriptions_survive_a_crash(own):
    identifier = subscribe(own, "q", options={"a": 1})
    own.server.kill()
    own.server.start()
    assert show(own, "q", identifier)["options"] == {"a": 1}
    assert subscribe(own, "q") == identifier
