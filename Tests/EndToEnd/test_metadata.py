"""The reserved metadata keys: what they do and how they are checked."""

import time

import pytest

from harness.api import check, refused, unique
from harness.metadata import DEFAULTS, add

#: key, values that are accepted, values that are refused
RESERVED = {
    "_max_messages_post_size": ([1, 1000, 262144, None], [0, -1, 262145, "100", 1.5, [1], {"a": 1}]),
    "_default_message_ttl": ([60, 1209600, None], [0, 59, 1209601, -60, "100", 60.5, [60], True]),
    "_default_message_delay": ([0, 1, 900, None], [-1, 901, "1", 1.5, [1]]),
    "_dead_letter_queue": (["other", None], [5, ["other"], {"a": 1}]),
    "_dead_letter_queue_messages_ttl": ([60, 1209600, None], [59, 1209601, "60", 60.5, 0]),
    "_max_claim_count": ([1, 10, -1, None], ["1", 1.5, [1]]),
    "_enable_encrypt_messages": ([False, None], ["yes", 5, [True]]),
    "_flavor": ([None], [5, ["f"], {"a": 1}]),
    "_retry_policy": ([{}, None, {"minimum_delay": 5, "maximum_delay": 15}], ["x", 5, [1], True]),
}
GOOD = [(key, value) for key, (good, _) in RESERVED.items() for value in good]
BAD = [(key, value) for key, (_, bad) in RESERVED.items() for value in bad]

GOOD_POLICIES = [
    {"retries_with_no_delay": 0, "minimum_delay_retries": 1, "maximum_delay_retries": 2},
    {"minimum_delay": 10, "maximum_delay": 20},
    {"minimum_delay": 20},
    {"maximum_delay": 15},
    {"retry_backoff_function": "linear"},
    {"retry_backoff_function": "arithmetic"},
    {"retry_backoff_function": "geometric"},
    {"retry_backoff_function": "exponential"},
    {"ignore_subscription_override": True},
    {"ignore_subscription_override": False},
    {"retries_with_no_delay": None},
]
BAD_POLICIES = [
    {"retries_with_no_delay": "3"},
    {"minimum_delay_retries": 1.5},
    {"minimum_delay": "5"},
    {"maximum_delay": [30]},
    {"maximum_delay_retries": "3"},
    {"retry_backoff_function": "cubic"},
    {"retry_backoff_function": 5},
    {"ignore_subscription_override": "yes"},
    {"minimum_delay": 30, "maximum_delay": 10},
    {"minimum_delay": 10, "maximum_delay": 19},
    {"minimum_delay": 21},
    {"minimum_delay": 31},
    {"maximum_delay": 14},
    {"maximum_delay": 4},
]


@pytest.mark.feature("F064")
@pytest.mark.parametrize("key, value", GOOD, ids=str)
def test_reserved_keys_accept_their_range_on_put_and_patch(api, key, value):
    shown = DEFAULTS.get(key) if value is None else value
    created = api.create(**{key: value})
    assert api.metadata(created).get(key) == shown
    patched = api.create()
    assert check(api.update(patched, add(key, value)), 200).get(key) == shown


@pytest.mark.feature("F064")
@pytest.mark.parametrize("key, value", BAD, ids=str)
def test_reserved_keys_refuse_everything_else_on_put(api, key, value):
    queue = unique()
    refused(api.put(f"/v2/queues/{queue}", json={key: value, "team": "a"}), 400, "Invalid API request")
    assert not api.exists(queue)


@pytest.mark.feature("F064")
@pytest.mark.parametrize("key, value", BAD, ids=str)
def test_reserved_keys_refuse_everything_else_on_patch(api, queue, key, value):
    refused(api.update(queue, add("team", "a"), add(key, value)), 400, "Invalid request body")
    assert api.metadata(queue) == DEFAULTS


@pytest.mark.feature("F064")
def test_the_error_names_the_key_and_its_range(api):
    error = refused(api.put(f"/v2/queues/{unique()}", json={"_default_message_ttl": 59}), 400)
    assert "_default_message_ttl" in error["description"] and "60" in error["description"]
    assert "1209600" in error["description"].replace(",", "")


@pytest.mark.feature("F064")
def test_other_keys_with_an_underscore_are_kept_as_they_are(api):
    queue = api.create(_anything=["x", 1])
    assert api.metadata(queue)["_anything"] == ["x", 1]


# Size and ttl


@pytest.mark.feature("F056")
def test_max_messages_post_size_limits_the_whole_request(api):
    queue = api.create(_max_messages_post_size=100)
    path = f"/v2/queues/{queue}/messages"
    head, tail = b'{"messages": [{"body": "', b'"}]}'
    fitting = head + b"x" * (100 - len(head) - len(tail)) + tail
    check(api.post(path, data=fitting), 201)
    refused(api.post(path, data=head + b"xx" + fitting[len(head) :]), 400, "Invalid API request")
    refused(api.post(path, data=b"{" * 101), 400, "Invalid API request")
    check(api.update(queue, add("_max_messages_post_size", 262144)), 200)
    check(api.post(path, data=head + b"xx" + fitting[len(head) :]), 201)


@pytest.mark.feature("F056")
def test_the_server_limit_holds_even_if_the_queue_allows_more(start_server):
    from harness.api import Api

    server = start_server(env={"WEIR_LIMITS_MAX_MESSAGES_POST_SIZE": 1000})
    api = Api(server.url)
    queue = api.create(_max_messages_post_size=1000)
    refused(api.put("/v2/queues/more", json={"_max_messages_post_size": 1001}), 400, "Invalid API request")
    refused(api.post(f"/v2/queues/{queue}/messages", data=b"x" * 1001), 400, "Invalid API request")
    assert api.metadata("none")["_max_messages_post_size"] == 1000


@pytest.mark.feature("F057")
def test_default_message_ttl_of_the_queue_is_used_for_messages_without_one(api):
    queue = api.create(_default_message_ttl=300)
    api.send(queue, 1)
    api.send(queue, 2, ttl=100)
    assert [message["ttl"] for message in api.messages(queue)] == [300, 100]
    check(api.update(queue, add("_default_message_ttl", 400)), 200)
    api.send(queue, 3)
    assert [message["ttl"] for message in api.messages(queue)] == [300, 100, 400]


# Delay


@pytest.mark.feature("F058", "F077", "F099")
def test_messages_of_a_delayed_queue_appear_after_the_delay(api):
    hiding, soon = api.create(_default_message_delay=900), api.create(_default_message_delay=1)
    (hidden,), (identifier,) = api.send(hiding, "later"), api.send(soon, "later")
    assert (api.bodies(hiding), api.claim(hiding), pop(api, hiding)) == ([], None, [])
    assert api.bodies(hiding, include_delayed="true") == ["later"]
    assert check(api.get(f"/v2/queues/{hiding}/messages/{hidden}"), 200)["body"] == "later"
    time.sleep(1.2)
    assert api.bodies(soon) == ["later"]
    assert [message["id"] for message in api.claim(soon).messages] == [identifier]


def pop(api, queue):
    return check(api.delete(f"/v2/queues/{queue}/messages?pop=1"), 200)["messages"]


@pytest.mark.feature("F058")
def test_a_delayed_message_neither_expires_early_nor_blocks_later_ones(api):
    queue = api.create(_default_message_delay=900)
    api.send(queue, "delayed")
    api.send(queue, "at once", delay=0)
    assert api.bodies(queue) == ["at once"]
    assert [message["body"] for message in api.claim(queue).messages] == ["at once"]


# Dead letters


@pytest.mark.feature("F059", "F106")
def test_a_message_claimed_too_often_moves_to_the_dead_letter_queue(api):
    graveyard = api.create()
    queue = api.create(_max_claim_count=2, _dead_letter_queue=graveyard)
    first, second = api.send(queue, {"n": 1}, {"n": 2}, ttl=3000)
    for _ in range(2):
        claim = api.claim(queue)
        assert [message["id"] for message in claim.messages] == [first, second]
        check(api.delete(claim.href), 204)
    assert api.claim(queue) is None
    assert api.everything(queue) == [] and api.stats(queue)["total"] == 0
    dead = api.messages(graveyard)
    assert [(message["id"], message["body"], message["ttl"]) for message in dead] == [
        (first, {"n": 1}, 3000),
        (second, {"n": 2}, 3000),
    ]
    assert dead[0]["href"] == f"/v2/queues/{graveyard}/messages/{first}"
    assert [message["id"] for message in api.claim(graveyard).messages] == [first, second]


@pytest.mark.feature("F059")
@pytest.mark.parametrize("metadata", [{"_max_claim_count": 1}, {"_dead_letter_queue": "graveyard"}])
def test_dead_lettering_needs_both_keys(api, metadata):
    api.create("graveyard")
    queue = api.create(**metadata)
    api.send(queue, 1)
    for _ in range(3):
        claim = api.claim(queue)
        assert len(claim.messages) == 1
        check(api.delete(claim.href), 204)
    assert api.everything("graveyard") == []


@pytest.mark.feature("F059")
def test_a_claim_returns_live_messages_while_it_moves_dead_ones(api):
    graveyard = api.create()
    queue = api.create(_max_claim_count=1, _dead_letter_queue=graveyard)
    (old,) = api.send(queue, "old")
    check(api.delete(api.claim(queue).href), 204)
    (fresh,) = api.send(queue, "fresh")
    assert [message["id"] for message in api.claim(queue).messages] == [fresh]
    assert [message["id"] for message in api.messages(graveyard)] == [old]


@pytest.mark.feature("F059")
def test_dead_lettering_to_a_queue_that_is_missing_loses_no_message(api):
    queue = api.create(_max_claim_count=1, _dead_letter_queue="not-there-yet")
    (identifier,) = api.send(queue, 1)
    check(api.delete(api.claim(queue).href), 204)
    api.claim(queue)
    found = api.everything(queue) + api.everything("not-there-yet")
    assert [message["id"] for message in found] == [identifier]


@pytest.mark.feature("F060")
def test_dead_letters_get_the_ttl_set_for_them(api):
    graveyard = api.create()
    queue = api.create(_max_claim_count=1, _dead_letter_queue=graveyard, _dead_letter_queue_messages_ttl=777)
    api.send(queue, 1, ttl=3600)
    check(api.delete(api.claim(queue).href), 204)
    assert api.claim(queue) is None
    assert [message["ttl"] for message in api.messages(graveyard)] == [777]


# Flavor (more in test_flavors.py) and retry policy


@pytest.mark.feature("F062")
def test_a_flavor_chooses_the_pool_and_an_unknown_one_is_refused(own):
    check(own.put("/v2/pools/special", json={"uri": "sqlite:special", "weight": 1}), 201)
    check(own.put("/v2/flavors/gold", json={"pool_list": ["special"]}), 201)
    for _ in range(10):
        queue = own.create(_flavor="gold")
        assert own.route(queue)["pool"] == "special" and own.route(queue)["flavor"] == "gold"
        assert own.metadata(queue)["_flavor"] == "gold"
        assert own.route(own.create())["pool"] == "embedded"
    refused(own.put("/v2/queues/none", json={"_flavor": "silver"}), 400, "Invalid API request")
    assert not own.exists("none")


@pytest.mark.feature("F063")
@pytest.mark.parametrize("policy", GOOD_POLICIES, ids=str)
def test_a_sound_retry_policy_is_kept(api, policy):
    queue = api.create(_retry_policy=policy)
    assert api.metadata(queue)["_retry_policy"] == policy
    other = api.create()
    assert check(api.update(other, add("_retry_policy", policy)), 200)["_retry_policy"] == policy


@pytest.mark.feature("F063")
@pytest.mark.parametrize("policy", BAD_POLICIES, ids=str)
def test_an_unsound_retry_policy_is_refused(api, policy):
    queue = unique()
    refused(api.put(f"/v2/queues/{queue}", json={"_retry_policy": policy}), 400, "Invalid API request")
    assert not api.exists(queue)
    api.create(queue)
    refused(api.update(queue, add("_retry_policy", policy)), 400, "Invalid request body")
