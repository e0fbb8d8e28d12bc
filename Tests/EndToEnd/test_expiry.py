"""What happens when messages and claims reach their end. See harness/waiting.py for the setting."""

import pytest

from harness.api import check, refused


@pytest.fixture
def later(passing_time):
    return passing_time.wait()


@pytest.mark.feature("F090")
@pytest.mark.timeout(180)
def test_a_message_is_gone_everywhere_when_its_ttl_has_passed(later):
    api, queue = later.api, later.expired
    assert [message["id"] for message in api.messages(queue)] == [later.lasting_id]
    refused(api.get(f"/v2/queues/{queue}/messages/{later.expired_id}"), 404, "Not found")
    found = check(api.get(f"/v2/queues/{queue}/messages?ids={later.expired_id},{later.lasting_id}"), 200)
    assert [message["id"] for message in found["messages"]] == [later.lasting_id]
    stats = api.stats(queue)
    assert (stats["total"], stats["free"], stats["claimed"]) == (1, 1, 0)
    assert stats["oldest"]["href"].endswith(later.lasting_id)
    claim = api.claim(queue)
    assert [message["id"] for message in claim.messages] == [later.lasting_id]


@pytest.mark.feature("F090")
@pytest.mark.timeout(180)
def test_the_id_of_an_expired_message_still_serves_as_a_marker(later):
    api, queue = later.api, later.expired
    page = api.messages(queue, marker=later.expired_id, include_claimed="true")
    assert [message["id"] for message in page] == [later.lasting_id]


@pytest.mark.feature("F104")
@pytest.mark.timeout(180)
def test_a_message_whose_claim_expired_can_be_claimed_again_under_the_same_id(later):
    api, queue, old = later.api, later.returned, later.returned_claim
    (listed,) = api.messages(queue)
    assert listed["id"] == later.returned_id and listed["body"] == {"kept": True} and listed["ttl"] == 3600
    assert (
        listed["href"].removesuffix(f"?claim_id={old.id}")
        == f"/v2/queues/{queue}/messages/{later.returned_id}"
    )
    refused(
        api.delete(f"/v2/queues/{queue}/messages/{later.returned_id}?claim_id={old.id}"),
        400,
        "Unable to delete",
    )
    assert api.stats(queue)["claimed"] == 0
    again = api.claim(queue)
    assert again.id != old.id and [message["id"] for message in again.messages] == [later.returned_id]
    # The one that still believes in its old claim cannot take the message away from the new one.
    assert api.delete(f"/v2/queues/{queue}/messages/{later.returned_id}?claim_id={old.id}").status_code in (
        400,
        403,
    )
    check(api.delete(f"/v2/queues/{queue}/messages/{later.returned_id}?claim_id={again.id}"), 204)


@pytest.mark.feature("F101", "F104")
@pytest.mark.timeout(180)
def test_an_expired_claim_cannot_be_queried_or_renewed_and_its_release_does_nothing(later):
    api, claim = later.api, later.extended_claim
    refused(api.get(claim.href), 404, "Not found")
    refused(api.patch(claim.href, json={"ttl": 300}), 404, "Not found")
    check(api.delete(claim.href), 204)
    check(api.get(f"/v2/queues/{later.extended}/stats"), 200)


@pytest.mark.feature("F098")
@pytest.mark.timeout(180)
def test_a_claimed_message_outlives_its_own_ttl_by_the_grace(later):
    (listed,) = later.api.messages(later.extended)
    assert listed["id"] == later.extended_id
    assert listed["ttl"] == 1860 and listed["age"] >= 60


@pytest.mark.feature("F102")
@pytest.mark.timeout(180)
def test_a_renewed_claim_still_holds_its_messages_after_its_first_term(later):
    api = later.api
    claim = check(api.get(later.renewed_claim.href), 200)
    assert claim["ttl"] == 3000 and claim["age"] >= 60
    assert [message["id"] for message in claim["messages"]] == [later.renewed_id]
    assert api.claim(later.renewed) is None and api.messages(later.renewed) == []


@pytest.mark.feature("F098", "F102")
@pytest.mark.timeout(180)
def test_renewing_a_claim_extends_the_life_of_its_messages(later):
    (message,) = check(later.api.get(later.prolonged_claim.href), 200)["messages"]
    assert message["id"] == later.prolonged_id and message["ttl"] == 3060 and message["age"] >= 60


@pytest.mark.feature("F105", "F106")
@pytest.mark.timeout(180)
def test_a_claim_that_expired_counts_for_dead_lettering(later):
    api = later.api
    assert api.claim(later.mortal) is None
    (dead,) = api.messages(later.graveyard)
    assert dead["id"] == later.mortal_id and dead["body"] == {"kept": True}
    assert api.messages(later.mortal, include_claimed="true") == []


@pytest.mark.feature("F117")
@pytest.mark.timeout(180)
def test_a_subscription_is_gone_when_its_ttl_has_passed_since_it_was_set(later):
    api, short = later.api, later.short
    listed = check(api.get(later.subscription()), 200)["subscriptions"]
    assert later.prolonged_subscription in [each["id"] for each in listed]
    assert short not in [each["id"] for each in listed]
    refused(api.get(later.subscription(short)), 404, "Not found")
    refused(api.patch(later.subscription(short), json={"ttl": 60}), 404, "Not found")
    # Its subscriber is free.
    body = {"subscriber": "http://127.0.0.1:9/a"}
    assert check(api.post(later.subscription(), json=body), 201)["subscription_id"] != short
    body = {"subscriber": "http://127.0.0.1:9/b"}
    answer = check(api.post(later.subscription(), json=body), 201)
    assert answer["subscription_id"] == later.prolonged_subscription
