"""Client-ID and X-Project-ID."""

import uuid

import pytest

from harness.api import Api, check, refused

IDENTIFIER = uuid.UUID("3381af92-2b9e-4d3f-b191-71861300734c")


# Client-ID and X-Project-ID


@pytest.mark.feature("F013")
@pytest.mark.parametrize(
    "path",
    [
        "/v2/",
        "/v2/ping",
        "/v2/queues",
        "/v2/queues/q",
        "/v2/queues/q/messages",
        "/v2/queues/q/stats",
        "/v2/pools",
        "/v2/flavors",
        "/v2/health",
    ],
)
def test_client_id_is_required_everywhere(api, path):
    refused(api.get(path, headers={"Client-ID": None}), 400, "Missing header value")


@pytest.mark.feature("F013")
@pytest.mark.parametrize(
    "value",
    [
        "not-a-uuid-at-all",
        "3381af92-2b9e-4d3f-b191-71861300734",
        "3381af92-2b9e-4d3f-b191-71861300734cc",
        "g381af92-2b9e-4d3f-b191-71861300734c",
        "0",
    ],
)
def test_a_client_id_that_is_no_uuid_is_refused(api, value):
    refused(api.get("/v2/queues", headers={"Client-ID": value}), 400, "Wrong UUID value")


@pytest.mark.feature("F013", "F014")
@pytest.mark.parametrize(
    "value",
    [
        str(IDENTIFIER),
        IDENTIFIER.hex,
        str(IDENTIFIER).upper(),
        IDENTIFIER.hex.upper(),
        "{" + str(IDENTIFIER) + "}",
        IDENTIFIER.urn,
    ],
)
def test_every_spelling_of_a_uuid_names_the_same_client(api, value):
    queue = api.create()
    api.with_client(str(IDENTIFIER)).send(queue, "own")
    spelled = api.with_client(value)
    assert spelled.messages(queue, echo="false") == []
    assert len(spelled.messages(queue, echo="true")) == 1
    assert len(api.with_client().messages(queue, echo="false")) == 1


@pytest.fixture(scope="module")
def free_form(module_server):
    return Api(module_server(env={"WEIR_LIMITS_CLIENT_ID_UUID_SAFE": "off"}).url)


@pytest.mark.feature("F015")
@pytest.mark.parametrize("value", ["a" * 10, "b" * 36, "worker number one!", str(IDENTIFIER)])
def test_free_form_client_ids_work_in_mode_off(free_form, value):
    api = free_form.with_project().with_client(value)
    queue = api.create()
    api.send(queue, 1)
    assert api.messages(queue, echo="false") == []
    assert len(api.with_client("somebody else").messages(queue, echo="false")) == 1
    assert len(api.claim(queue).messages) == 1


@pytest.mark.feature("F015")
@pytest.mark.parametrize("value", ["a" * 9, "b" * 37])
def test_free_form_client_ids_have_length_limits(free_form, value):
    refused(free_form.get("/v2/queues", headers={"Client-ID": value}), 400, "Wrong UUID value")
    refused(free_form.get("/v2/queues", headers={"Client-ID": None}), 400, "Missing header value")


@pytest.mark.feature("F014", "F015")
def test_in_mode_off_the_spellings_of_a_uuid_are_still_one_client(free_form):
    api = free_form.with_project().with_client(str(IDENTIFIER))
    queue = api.create()
    api.send(queue, 1)
    assert api.with_client(IDENTIFIER.hex).messages(queue, echo="false") == []


@pytest.mark.feature("F016")
@pytest.mark.parametrize(
    "path", ["/v2/", "/v2/ping", "/v2/queues", "/v2/queues/q", "/v2/pools", "/v2/flavors", "/v2/health"]
)
def test_a_missing_and_an_empty_project_are_two_errors(api, path):
    refused(api.get(path, headers={"X-Project-ID": None}), 400, "Project-Id Missing")
    refused(api.get(path, headers={"X-Project-ID": ""}), 400, "Empty project header not allowed")


@pytest.mark.feature("F016")
def test_a_project_has_at_most_256_characters(api):
    check(api.with_project("p" * 256).get("/v2/queues/q"), 200)
    refused(api.with_project("p" * 257).get("/v2/queues/q"), 400, "Invalid queue identification")
    refused(api.with_project("p" * 257).get("/v2/queues/q/messages"), 400, "Invalid queue identification")


@pytest.mark.feature("F016")
def test_tenant_id_is_accepted_as_a_fallback_for_the_project(api):
    queue = api.create()
    headers = {"X-Project-ID": None, "X-Tenant-Id": api.project}
    assert [entry["name"] for entry in check(api.get("/v2/queues", headers=headers), 200)["queues"]] == [
        queue
    ]
