"""Messages: list."""

import time
import uuid

import pytest

from harness.api import check, next_link, query_of, unique


def path_of(queue, message=""):
    return f"/v2/queues/{queue}/messages" + (f"/{message}" if message else "")


# List


@pytest.mark.feature("F074", "F082")
def test_messages_are_listed_oldest_first_with_exactly_their_members(api, queue):
    for number in range(5):
        api.send(queue, number)
    messages = api.messages(queue)
    assert [message["body"] for message in messages] == [0, 1, 2, 3, 4]
    for message in messages:
        assert set(message) == {"id", "href", "ttl", "age", "body"}
        assert message["href"] == path_of(queue, message["id"])
        assert type(message["age"]) is int and 0 <= message["age"] < 60
        assert message["id"] and len(message["id"]) <= 36 and not set(message["id"]) & set(",/?&=%# ")
    assert api.messages(queue) and len(api.everything(queue)) == 5


@pytest.mark.feature("F074")
def test_the_age_of_a_message_grows(api, queue):
    api.send(queue, 1)
    first = api.messages(queue)[0]["age"]
    time.sleep(1.1)
    assert api.messages(queue)[0]["age"] >= first + 1


@pytest.mark.feature("F075")
def test_own_messages_are_hidden_unless_echo_is_on(api, queue):
    other = api.with_client()
    api.send(queue, "mine")
    other.send(queue, "theirs")
    assert [message["body"] for message in check(api.get(path_of(queue)), 200)["messages"]] == ["theirs"]
    assert api.bodies(queue, echo="false") == ["theirs"] and other.bodies(queue, echo="false") == ["mine"]
    assert api.bodies(queue, echo="true") == ["mine", "theirs"]
    assert [message["body"] for message in api.claim(queue).messages] == ["mine", "theirs"]


@pytest.mark.feature("F076")
def test_claimed_messages_are_hidden_unless_asked_for(api, queue):
    api.send(queue, 1, 2, 3)
    api.claim(queue, limit=2)
    assert api.bodies(queue) == [3]
    assert api.bodies(queue, include_claimed="false") == [3]
    assert api.bodies(queue, include_claimed="true") == [1, 2, 3]


@pytest.mark.feature("F077")
def test_delayed_messages_are_hidden_unless_asked_for(api):
    queue = api.create(_default_message_delay=900)
    api.send(queue, "now", delay=0)
    api.send(queue, "later")
    assert api.bodies(queue) == ["now"]
    assert api.bodies(queue, include_delayed="false") == ["now"]
    assert api.bodies(queue, include_delayed="true") == ["now", "later"]


@pytest.mark.feature("F078")
@pytest.mark.parametrize(
    "marker",
    [
        "none",
        "1e5",
        "999999999999999999999999",
        "5f0f3a2b9c8d7e6f5a4b3c2d",
        "-",
        "a,b",
        "9223372036854775807",
        "...",
    ],
)
def test_an_unknown_marker_gives_an_empty_page(api, queue, marker):
    api.send(queue, 1, 2)
    assert api.page(queue, marker=marker) == {"messages": [], "links": []}


@pytest.mark.feature("F078")
def test_a_random_id_as_marker_gives_an_empty_page(api, queue):
    api.send(queue, 1, 2)
    for _ in range(30):
        assert api.page(queue, marker=str(uuid.uuid4())) == {"messages": [], "links": []}


@pytest.mark.feature("F078")
def test_a_missing_queue_lists_as_empty(api):
    queue = unique()
    assert api.page(queue) == {"messages": [], "links": []}
    assert not api.exists(queue)


@pytest.mark.feature("F079")
@pytest.mark.parametrize("limit", [1, 2, 3, 20])
def test_following_links_visits_every_message_once(api, queue, limit):
    api.send(queue, *range(7))
    href, seen = f"{path_of(queue)}?limit={limit}&echo=true", []
    while href:
        page = check(api.get(href), 200)
        assert len(page["messages"]) <= limit
        seen += [message["body"] for message in page["messages"]]
        href = next_link(page)
    assert seen == list(range(7))


@pytest.mark.feature("F024", "F079")
def test_the_link_of_a_message_page(api, queue):
    api.send(queue, 1, 2, 3)
    href = next_link(api.page(queue, limit=2, include_claimed="no"))
    assert href.startswith(path_of(queue) + "?")
    pairs = [(name, value) for name, value in query_of(href) if name != "include_delayed"]
    assert pairs[:3] == [("limit", "2"), ("echo", "true"), ("include_claimed", "false")]
    assert len(pairs) == 4 and pairs[3][0] == "marker"
    again = query_of(next_link(check(api.get(href), 200)))
    assert [name for name, _ in again if name not in ("include_delayed", "marker")] == [
        "limit",
        "echo",
        "include_claimed",
    ]
    first = next_link(check(api.get(f"{path_of(queue)}?echo=1&marker={pairs[3][1]}"), 200))
    assert [name for name, _ in query_of(first) if name != "include_delayed"] == ["marker", "echo"]


@pytest.mark.feature("F079")
def test_a_page_begins_strictly_after_a_message_id(api, queue):
    ids = api.send(queue, *range(5))
    for place, identifier in enumerate(ids):
        page = api.messages(queue, marker=identifier, limit=2)
        assert [message["body"] for message in page] == list(range(5))[place + 1 : place + 3]
        assert [
            message["body"] for message in api.messages(queue, marker=identifier.upper(), limit=2)
        ] == list(range(5))[place + 1 : place + 3]


@pytest.mark.feature("F079")
def test_paging_goes_on_after_a_message_that_was_deleted_meanwhile(api, queue):
    ids = api.send(queue, *range(5))
    link = next_link(api.page(queue, limit=2))
    check(api.delete(path_of(queue, ids[1])), 204)
    assert [message["body"] for message in check(api.get(link), 200)["messages"]] == [2, 3]
    assert [message["body"] for message in api.messages(queue, marker=ids[1], limit=2)] == [2, 3]


@pytest.mark.feature("F079")
def test_messages_posted_while_paging_are_found_at_the_end(api, queue):
    api.send(queue, 1, 2)
    page = api.page(queue, limit=2)
    empty = check(api.get(next_link(page)), 200)
    assert empty == {"messages": [], "links": []}
    api.send(queue, 3)
    assert [message["body"] for message in check(api.get(next_link(page)), 200)["messages"]] == [3]


@pytest.mark.feature("F075", "F076", "F079")
def test_filters_come_before_the_limit(api, queue):
    other = api.with_client()
    for number in range(30):
        (other if number % 10 == 9 else api).send(queue, number)
    api.claim(queue, limit=5)
    assert api.bodies(queue, echo="false") == [9, 19, 29]
    assert [message["body"] for message in api.messages(queue, echo="false", limit=2)] == [9, 19]
    assert [message["body"] for message in api.messages(queue, limit=2)] == [5, 6]
