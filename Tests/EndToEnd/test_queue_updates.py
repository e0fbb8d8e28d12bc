"""Updating the metadata of a queue by a JSON patch."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.api import JSON_PATCH, check, refused, unique
from harness.metadata import DEFAULTS, add, remove, replace

# Update


@pytest.mark.feature("F044", "F049")
def test_patch_add_sets_a_key_whether_or_not_it_exists(api):
    queue = api.create(team="a")
    answer = check(api.update(queue, add("team", "b"), add("new", {"x": [1]})), 200)
    assert answer == {**DEFAULTS, "team": "b", "new": {"x": [1]}} == api.metadata(queue)


@pytest.mark.feature("F045", "F049")
def test_patch_replace_changes_a_key_that_exists(api):
    queue = api.create(team="a")
    assert check(api.update(queue, replace("team", None)), 200)["team"] is None
    assert "team" in api.metadata(queue)


@pytest.mark.feature("F045")
def test_patch_replace_of_an_unknown_key_is_a_conflict(api, queue):
    refused(api.update(queue, replace("team", "b")), 409, "Resource conflict")
    assert api.metadata(queue) == DEFAULTS


@pytest.mark.feature("F045")
def test_patch_replace_of_an_unset_reserved_key_sets_it(api, queue):
    assert check(api.update(queue, replace("_default_message_ttl", 60)), 200)["_default_message_ttl"] == 60
    assert api.metadata(queue)["_default_message_ttl"] == 60


@pytest.mark.feature("F046", "F049")
def test_patch_remove_takes_a_key_away(api):
    queue = api.create(team="a", _default_message_ttl=60)
    answer = check(api.update(queue, remove("team"), remove("_default_message_ttl")), 200)
    assert answer == DEFAULTS == api.metadata(queue)


@pytest.mark.feature("F046")
def test_patch_remove_of_an_unknown_key_is_a_conflict_but_of_a_reserved_one_nothing(api, queue):
    refused(api.update(queue, remove("team")), 409, "Resource conflict")
    assert check(api.update(queue, *[remove(key) for key in DEFAULTS]), 200) == DEFAULTS
    assert check(api.update(queue, remove("_flavor"), remove("_retry_policy")), 200) == DEFAULTS


@pytest.mark.feature("F047")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json-patch+json",
        "text/plain",
        None,
        "application/openstack-messaging-v2.1-json-patch",
    ],
)
def test_patch_wants_its_own_media_type(api, queue, content_type):
    refused(api.update(queue, add("a", 1), content_type=content_type), 415, "415 Unsupported Media Type")
    assert api.metadata(queue) == DEFAULTS


@pytest.mark.feature("F047")
@pytest.mark.parametrize(
    "path, key",
    [
        ("/metadata/a~1b", "a/b"),
        ("/metadata/a~0b", "a~b"),
        ("/metadata/~01", "~1"),
        ("/METADATA/a", "a"),
        ("/Metadata/A", "A"),
        ("/metadata/ a ", "a"),
        ("/ metadata /a", "a"),
        ("/metadata/ü", "ü"),
        ("/metadata/a~1\u0301b", "a/\u0301b"),
    ],
)
def test_patch_pointers(api, queue, path, key):
    assert check(api.update(queue, {"op": "add", "path": path, "value": 7}), 200) == {**DEFAULTS, key: 7}


@pytest.mark.feature("F047")
@pytest.mark.parametrize(
    "path",
    [
        "metadata/a",
        "/metadata//a",
        "//metadata/a",
        "/metadata/a/",
        "/metadata/",
        "/metadata",
        "",
        "/",
        "/metadata/a~2",
        "/metadata/a~",
        "/metadata/a/b",
        "/a",
        "/other/a",
        "/metadata/a/b/c",
        "/metadata/a/\u0301b",
        "/metadata/a~\u0301b",
    ],
)
@pytest.mark.parametrize("op", ["add", "replace"])
def test_patch_refuses_other_pointers(api, path, op):
    queue = api.create(a=1)
    refused(api.update(queue, {"op": op, "path": path, "value": 7}), 400, "Invalid request body")
    assert api.metadata(queue) == {**DEFAULTS, "a": 1}


@pytest.mark.feature("F047")
@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/metadata/a", "value": 1},
        {"op": "move", "path": "/metadata/b", "from": "/metadata/a"},
        {"op": "copy", "path": "/metadata/b", "from": "/metadata/a"},
        {"op": "", "path": "/metadata/a", "value": 1},
        {"path": "/metadata/a", "value": 1},
        {"op": "add", "value": 1},
        {"op": "add", "path": "/metadata/a"},
        {"op": "replace", "path": "/metadata/a"},
        {"op": "add", "path": 5, "value": 1},
        {"op": 5, "path": "/metadata/a"},
        {"op": "add", "path": None, "value": 1},
        {},
        5,
        "add",
        None,
        [],
    ],
)
def test_patch_refuses_operations_it_does_not_know(api, operation):
    queue = api.create(a=1)
    refused(api.update(queue, operation), 400, "Invalid request body")
    assert api.metadata(queue) == {**DEFAULTS, "a": 1}


@pytest.mark.feature("F047")
@pytest.mark.parametrize("text", ["", "{}", '{"op": "add"}', "5", "[", "null"])
def test_patch_wants_an_array(api, queue, text):
    refused(
        api.patch(f"/v2/queues/{queue}", data=text, headers={"Content-Type": JSON_PATCH}),
        400,
        "Invalid request body",
    )


@pytest.mark.feature("F048")
def test_patch_applies_operations_in_order(api, queue):
    answer = check(api.update(queue, add("a", 1), replace("a", 2), add("b", 3), remove("a")), 200)
    assert answer == {**DEFAULTS, "b": 3}


@pytest.mark.feature("F048")
@pytest.mark.parametrize(
    "last, status",
    [
        (replace("none", 1), 409),
        (remove("none"), 409),
        (add("_default_message_ttl", 1), 400),
        ({"op": "test", "path": "/metadata/a", "value": 1}, 400),
    ],
)
def test_patch_applies_all_operations_or_none(api, last, status):
    queue = api.create(a=1)
    refused(api.update(queue, replace("a", 2), add("b", 2), last), status)
    assert api.metadata(queue) == {**DEFAULTS, "a": 1}


@pytest.mark.feature("F048")
def test_patch_validates_the_result_and_not_the_steps(api, queue):
    answer = check(
        api.update(queue, add("_default_message_ttl", 1), replace("_default_message_ttl", 60)), 200
    )
    assert answer["_default_message_ttl"] == 60


@pytest.mark.feature("F049")
def test_an_empty_patch_returns_the_metadata(api):
    queue = api.create(team="a")
    assert check(api.update(queue), 200) == {**DEFAULTS, "team": "a"}


@pytest.mark.feature("F050")
def test_patch_of_a_missing_queue_is_404_and_creates_nothing(api):
    queue = unique()
    refused(api.update(queue, add("a", 1)), 404, "Not found")
    refused(api.update(queue), 404, "Not found")
    assert not api.exists(queue)


def test_many_who_patch_one_queue_at_once_all_get_through(api, queue):
    def patch(worker):
        for number in range(10):
            path = f"/metadata/k{worker}-{number}"
            check(api.update(queue, {"op": "add", "path": path, "value": number}), 200)

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(patch, range(8)))
    assert len(api.metadata(queue)) == len(DEFAULTS) + 80
