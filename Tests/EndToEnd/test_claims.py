"""Claims: create, query, renew and release."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.api import Api, check, refused, unique


def path_of(queue, claim=""):
    return f"/v2/queues/{queue}/claims" + (f"/{claim}" if claim else "")


def ids(messages):
    return [message["id"] for message in messages]


def release(api, claim):
    response = api.delete(claim.href)
    assert response.status_code == 204 and response.content == b""


# Create


@pytest.mark.feature("F092", "F083")
def test_a_claim_returns_the_oldest_messages_and_its_location(api, queue):
    posted = api.send(queue, *range(5), ttl=3600)
    response = api.post(path_of(queue) + "?limit=3", json={"ttl": 100, "grace": 100})
    body = check(response, 201)
    location = response.headers["Location"]
    assert location.startswith(path_of(queue) + "/")
    assert set(body) == {"messages"} and ids(body["messages"]) == posted[:3]
    for number, message in enumerate(body["messages"]):
        assert set(message) == {"id", "href", "ttl", "age", "body"}
        assert message["body"] == number and message["ttl"] == 3600 and 0 <= message["age"] < 60
        assert (
            message["href"]
            == f"/v2/queues/{queue}/messages/{posted[number]}?claim_id={location.split('/')[-1]}"
        )


@pytest.mark.feature("F093")
def test_nothing_to_claim_is_204_without_body(api, queue):
    missing = unique()
    for name in (queue, missing):
        response = api.post(path_of(name), json={"ttl": 60, "grace": 60})
        assert response.status_code == 204 and response.content == b"" and "Location" not in response.headers
    assert not api.exists(missing)
    api.send(queue, 1)
    assert api.claim(queue) and api.claim(queue) is None


@pytest.mark.feature("F094")
def test_a_claim_takes_ten_messages_by_default_and_twenty_at_most(api, queue):
    api.send(queue, *range(60))
    assert len(api.claim(queue).messages) == 10
    assert len(api.claim(queue, limit=20).messages) == 20
    assert len(api.claim(queue, limit=1).messages) == 1
    for limit in (0, 21, -1):
        refused(api.post(path_of(queue) + f"?limit={limit}"), 400, "Invalid API request")
    refused(api.post(path_of(queue) + "?limit=x"), 400, "Invalid parameter")
    assert api.stats(queue)["claimed"] == 31


@pytest.mark.feature("F094")
def test_a_limit_in_the_body_counts_when_the_query_has_none(api, queue):
    api.send(queue, *range(20))
    assert len(api.claim(queue, **{"ttl": 60}).messages) == 10
    response = api.post(path_of(queue), json={"ttl": 60, "grace": 60, "limit": 2})
    assert len(check(response, 201)["messages"]) == 2
    response = api.post(path_of(queue) + "?limit=3", json={"limit": 5})
    assert len(check(response, 201)["messages"]) == 3


@pytest.mark.feature("F095")
@pytest.mark.parametrize(
    "arguments", [{}, {"json": {}}, {"data": b""}, {"json": {"ttl": 300}}, {"json": {"grace": 60}}]
)
def test_ttl_and_grace_are_optional(api, queue, arguments):
    api.send(queue, 1, ttl=60)
    response = api.post(path_of(queue), **arguments)
    (message,) = check(response, 201)["messages"]
    assert message["ttl"] == 360
    assert check(api.get(response.headers["Location"]), 200)["ttl"] == 300


@pytest.mark.feature("F096")
@pytest.mark.parametrize("name", ["ttl", "grace"])
@pytest.mark.parametrize(
    "value, title",
    [
        (59, "Invalid API request"),
        (43201, "Invalid API request"),
        (0, "Invalid API request"),
        (-1, "Invalid API request"),
        ("60", "Invalid request body"),
        (60.5, "Invalid request body"),
        (None, "Invalid request body"),
        ([60], "Invalid request body"),
    ],
)
def test_ttl_and_grace_out_of_range_or_type_are_refused(api, queue, name, value, title):
    api.send(queue, 1)
    refused(api.post(path_of(queue), json={name: value}), 400, title, mentions=[name])
    assert api.stats(queue)["claimed"] == 0


@pytest.mark.feature("F096")
@pytest.mark.parametrize("terms", [{"ttl": 60, "grace": 60}, {"ttl": 43200, "grace": 43200}])
def test_ttl_and_grace_may_be_at_their_bounds(api, queue, terms):
    api.send(queue, 1)
    claim = api.claim(queue, **terms)
    assert check(api.get(claim.href), 200)["ttl"] == terms["ttl"]


@pytest.mark.feature("F095", "F096")
def test_the_terms_of_claims_are_configurable(start_server):
    api = Api(
        start_server(
            env={
                "WEIR_LIMITS_DEFAULT_CLAIM_TTL": 120,
                "WEIR_LIMITS_DEFAULT_CLAIM_GRACE": 70,
                "WEIR_LIMITS_MAX_CLAIM_TTL": 500,
                "WEIR_LIMITS_MAX_CLAIM_GRACE": 600,
            }
        ).url
    )
    queue = api.create()
    api.send(queue, 1, ttl=60)
    claim = api.claim(queue)
    assert claim.messages[0]["ttl"] == 190 and check(api.get(claim.href), 200)["ttl"] == 120
    refused(api.post(path_of(queue), json={"ttl": 501}), 400, "Invalid API request")
    refused(api.post(path_of(queue), json={"grace": 601}), 400, "Invalid API request")


@pytest.mark.parametrize("text", ["[]", "[60]", "5", "{", "null", '"x"'])
def test_the_terms_must_be_an_object(api, queue, text):
    api.send(queue, 1)
    refused(api.post(path_of(queue), data=text), 400, "Invalid request body")
    assert api.stats(queue)["claimed"] == 0


# Exclusiveness


@pytest.mark.feature("F097")
def test_a_message_is_in_one_live_claim_only(api, queue):
    posted = api.send(queue, *range(6))
    first = api.claim(queue, limit=2)
    second = api.with_client().claim(queue, limit=2)
    third = api.claim(queue)
    assert ids(first.messages) + ids(second.messages) + ids(third.messages) == posted
    assert api.claim(queue) is None and len({first.id, second.id, third.id}) == 3
    assert check(api.delete(f"/v2/queues/{queue}/messages?pop=20"), 200)["messages"] == []


@pytest.mark.feature("F097")
def test_a_released_older_claim_does_not_open_newer_ones(api, queue):
    posted = api.send(queue, *range(4))
    first = api.claim(queue, limit=1)
    second = api.claim(queue, limit=1)
    third = api.claim(queue, limit=1)
    release(api, first)
    release(api, third)
    assert ids(api.claim(queue).messages) == [posted[0], posted[2], posted[3]]
    assert ids(check(api.get(second.href), 200)["messages"]) == [posted[1]]


@pytest.mark.feature("F097")
def test_concurrent_claims_share_the_messages_out_without_overlap(api, queue):
    posted = [identifier for _ in range(4) for identifier in api.send(queue, *range(50))]

    def worker(_):
        own, taken = api.with_client(), []
        while claim := own.claim(queue, limit=7):
            taken += ids(claim.messages)
        return taken

    with ThreadPoolExecutor(8) as threads:
        taken = [identifier for batch in threads.map(worker, range(8)) for identifier in batch]
    assert len(taken) == 200 and set(taken) == set(posted)


# Lifetime


@pytest.mark.feature("F098")
def test_a_claim_extends_messages_that_would_end_before_it(api, queue):
    short, long = api.send(queue, "short", ttl=60)[0], api.send(queue, "long", ttl=3600)[0]
    claim = api.claim(queue, ttl=100, grace=60)
    assert {message["id"]: message["ttl"] for message in claim.messages} == {short: 160, long: 3600}
    listed = api.messages(queue, include_claimed="true")
    assert {message["id"]: message["ttl"] for message in listed} == {short: 160, long: 3600}
    check(api.patch(claim.href, json={"ttl": 1000, "grace": 100}), 204)
    renewed = check(api.get(claim.href), 200)["messages"]
    assert {message["id"]: message["ttl"] for message in renewed} == {short: 1100, long: 3600}


@pytest.mark.feature("F098", "F100", "F102")
def test_ages_of_messages_go_on_while_renewing_resets_that_of_the_claim(api, queue):
    api.send(queue, 1)
    time.sleep(1.1)
    claim = api.claim(queue, ttl=100)
    assert claim.messages[0]["age"] >= 1
    time.sleep(1.1)
    shown = check(api.get(claim.href), 200)
    assert shown["age"] >= 1 and shown["messages"][0]["age"] >= 2
    begun = time.monotonic()
    check(api.patch(claim.href, json={"ttl": 200}), 204)
    renewed = check(api.get(claim.href), 200)
    assert renewed["age"] <= time.monotonic() - begun and renewed["ttl"] == 200
    assert renewed["messages"][0]["age"] >= 2


# Query


@pytest.mark.feature("F100")
def test_a_claim_shows_age_ttl_href_and_messages(api, queue):
    posted = api.send(queue, 1, 2)
    claim = api.claim(queue, ttl=100, grace=60)
    shown = check(api.get(claim.href), 200)
    assert set(shown) == {"age", "ttl", "href", "messages"}
    assert type(shown["age"]) is int and 0 <= shown["age"] < 60
    assert shown["ttl"] == 100 and shown["href"] == claim.href
    assert ids(shown["messages"]) == posted
    assert all(set(message) == {"id", "href", "ttl", "age", "body"} for message in shown["messages"])
    assert all(message["href"].endswith(f"?claim_id={claim.id}") for message in shown["messages"])


@pytest.mark.feature("F100")
def test_deleted_messages_leave_the_claim(api, queue):
    posted = api.send(queue, 1, 2)
    claim = api.claim(queue)
    check(api.delete(f"/v2/queues/{queue}/messages/{posted[0]}?claim_id={claim.id}"), 204)
    assert ids(check(api.get(claim.href), 200)["messages"]) == [posted[1]]
    check(api.delete(f"/v2/queues/{queue}/messages/{posted[1]}?claim_id={claim.id}"), 204)
    empty = api.get(claim.href)
    assert empty.status_code == 404 or check(empty, 200)["messages"] == []


@pytest.mark.feature("F101")
@pytest.mark.parametrize(
    "identifier", ["none", "00000000-0000-0000-0000-000000000000", "5f0f3a2b9c8d7e6f5a4b3c2d"]
)
def test_an_unknown_claim_is_404(api, queue, identifier):
    api.send(queue, 1)
    for name in (queue, unique()):
        refused(api.get(path_of(name, identifier)), 404, "Not found")
        refused(api.patch(path_of(name, identifier), json={"ttl": 60}), 404, "Not found")
        check(api.delete(path_of(name, identifier)), 204)


# Renew


@pytest.mark.feature("F102")
def test_renewing_sets_the_terms_and_defaults_for_those_left_out(api, queue):
    api.send(queue, 1)
    claim = api.claim(queue, ttl=100)
    for body, ttl in (
        ({"ttl": 43200, "grace": 60}, 43200),
        ({}, 300),
        ({"grace": 60}, 300),
        ({"ttl": 60}, 60),
    ):
        response = api.patch(claim.href, json=body)
        assert response.status_code == 204 and response.content == b""
        assert check(api.get(claim.href), 200)["ttl"] == ttl


@pytest.mark.feature("F102")
@pytest.mark.parametrize("grace", [0, 1, 59, 43201, 100000])
def test_the_grace_of_a_renewal_is_not_range_checked(api, queue, grace):
    api.send(queue, 1)
    claim = api.claim(queue)
    check(api.patch(claim.href, json={"ttl": 60, "grace": grace}), 204)


@pytest.mark.feature("F102")
@pytest.mark.parametrize(
    "text, title",
    [
        ("", "Invalid request body"),
        ("[]", "Invalid request body"),
        ("5", "Invalid request body"),
        ("{", "Invalid request body"),
        ('{"ttl": 59}', "Invalid API request"),
        ('{"ttl": 43201}', "Invalid API request"),
        ('{"ttl": "60"}', "Invalid request body"),
        ('{"ttl": null}', "Invalid request body"),
        ('{"grace": "60"}', "Invalid request body"),
        ('{"ttl": 60.5}', "Invalid request body"),
    ],
)
def test_a_bad_renewal_is_refused_and_changes_nothing(api, queue, text, title):
    api.send(queue, 1)
    claim = api.claim(queue, ttl=100)
    refused(api.patch(claim.href, data=text), 400, title)
    assert check(api.get(claim.href), 200)["ttl"] == 100


# Release


@pytest.mark.feature("F103")
def test_a_released_claim_gives_its_messages_back_at_once(api, queue):
    posted = api.send(queue, 1, 2, 3)
    claim = api.claim(queue)
    check(api.delete(f"/v2/queues/{queue}/messages/{posted[1]}?claim_id={claim.id}"), 204)
    release(api, claim)
    refused(api.get(claim.href), 404, "Not found")
    refused(api.patch(claim.href, json={"ttl": 60}), 404, "Not found")
    assert ids(api.messages(queue)) == [posted[0], posted[2]]
    assert all("claim_id" not in message["href"] for message in api.messages(queue))
    again = api.claim(queue)
    assert ids(again.messages) == [posted[0], posted[2]] and again.id != claim.id


@pytest.mark.feature("F103")
def test_releasing_is_204_always(api, queue):
    api.send(queue, 1)
    claim = api.claim(queue)
    release(api, claim)
    release(api, claim)
    for identifier in (str(uuid.uuid4()), "none"):
        check(api.delete(path_of(queue, identifier)), 204)
        check(api.delete(path_of(unique(), identifier)), 204)


# Counting


@pytest.mark.feature("F105")
def test_the_claim_count_of_a_message_survives_releases(api):
    queue = api.create(_max_claim_count=5, _dead_letter_queue=api.create())
    api.send(queue, 1)
    for _ in range(3):
        release(api, api.claim(queue))
    (popped,) = check(api.delete(f"/v2/queues/{queue}/messages?pop=1"), 200)["messages"]
    assert popped["claim_count"] == 3


@pytest.mark.feature("F105", "F106")
def test_a_message_that_is_claimed_again_and_again_is_dead_lettered_after_its_last_claim(api):
    graveyard = api.create()
    queue = api.create(_max_claim_count=3, _dead_letter_queue=graveyard)
    (identifier,) = api.send(queue, {"keep": "me"})
    for _ in range(3):
        claim = api.claim(queue)
        assert ids(claim.messages) == [identifier] and api.messages(graveyard) == []
        check(api.patch(claim.href, json={"ttl": 60}), 204)
        release(api, claim)
    assert api.claim(queue) is None
    assert [(message["id"], message["body"]) for message in api.messages(graveyard)] == [
        (identifier, {"keep": "me"})
    ]


@pytest.mark.feature("F106")
def test_what_lives_is_claimed_behind_many_dead(api):
    queue = api.create(_max_claim_count=1, _dead_letter_queue=api.create())
    api.send(queue, *range(60))
    claims = [api.claim(queue, limit=20) for _ in range(3)]
    for claim in claims:
        release(api, claim)
    api.send(queue, "alive")
    assert [message["body"] for message in api.claim(queue, limit=1).messages] == ["alive"]


@pytest.mark.feature("F106")
def test_many_dead_messages_are_all_moved_in_order(api):
    graveyard = api.create()
    queue = api.create(_max_claim_count=1, _dead_letter_queue=graveyard)
    posted = [identifier for _ in range(3) for identifier in api.send(queue, *range(20))]
    claims = [api.claim(queue, limit=20) for _ in range(3)]
    for claim in claims:
        release(api, claim)
    for _ in range(10):
        if api.claim(queue, limit=20) is None and api.stats(queue)["total"] == 0:
            break
    assert ids(api.everything(graveyard)) == posted and api.stats(queue)["total"] == 0
