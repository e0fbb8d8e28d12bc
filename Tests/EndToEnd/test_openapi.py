"""The OpenAPI document: what it says is what the service does."""

import copy
import json
import re

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.errors import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from harness.api import Api, check, unique

PATCH_TYPE = "application/openstack-messaging-v2.0-json-patch"
#: A name for each variable of a path, for paths that need not exist.
NAMES = {"order": "pause", "migration_id": "1"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: Requests of each kind that are made up for an operation.
EXAMPLES = 8


@schemathesis.serializer(PATCH_TYPE)
def patch_text(context, value):
    return json.dumps(value).encode()


@pytest.fixture(scope="module")
def server(module_server):
    return module_server(
        env={
            "WEIR_ENABLE_DEPRECATED_API_VERSIONS": "1,1.1",
            "WEIR_SIGNED_URL_SECRET_KEY": "a secret of this test",
            "WEIR_LOG_LEVEL": "warning",
        }
    )


@pytest.fixture(scope="module")
def document(server):
    return check(requests.get(server.url + "/openapi.json", timeout=30), 200)


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for element in value:
            yield from references(element)


def test_the_document_is_public_and_whole(document):
    assert document["openapi"].startswith("3.1.")
    for reference in set(references(document)):
        assert reference.startswith("#/components/")
        _, _, kind, name = reference.split("/")
        assert name in document["components"][kind], reference
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    identifiers = [operation["operationId"] for operation in operations]
    assert len(set(identifiers)) == len(identifiers)
    for operation in operations:
        assert operation["summary"] and operation["responses"]
        assert operation.get("deprecated", False) == bool(re.search(r"_v1(_1)?$", operation["operationId"]))


def test_the_paths_have_the_variables_that_they_name(document):
    for path, item in document["paths"].items():
        for operation in item.values():
            parameters = [
                document["components"]["parameters"][entry["$ref"].rpartition("/")[2]]
                for entry in operation["parameters"]
            ]
            named = [entry["name"] for entry in parameters if entry["in"] == "path"]
            assert sorted(named) == sorted(re.findall(r"\{(\w+)\}", path)), path


def test_every_path_takes_just_the_methods_that_are_described(server, document):
    api = Api(server.url)
    for path, item in document["paths"].items():
        response = api.options(re.sub(r"\{(\w+)\}", lambda found: NAMES.get(found[1], "x"), path))
        assert response.status_code == 200, path
        allowed = {method for method in response.headers["Allow"].split(", ") if method != "OPTIONS"}
        assert allowed == {method.upper() for method in item}, path


@pytest.mark.parametrize("version", ["/v1", "/v1.1", "/v2"])
def test_what_the_home_document_names_is_described(server, document, version):
    shapes = {re.sub(r"\{\w+\}", "{}", path) for path in document["paths"]}
    unknown = []
    for resource in check(Api(server.url).get(version + "/"), 200)["resources"].values():
        template = resource.get("href") or resource["href-template"]
        shape = re.sub(r"\{\w+\}", "{}", re.sub(r"\{\?[\w,]+\}", "", template))
        if shape not in shapes:
            unknown.append(shape)
    assert unknown == []


# Driven by the document


class Ground:
    """A queue with messages and a claim, for requests that are to find something."""

    def __init__(self, url):
        self.api = Api(url)
        self.queue = self.api.create(unique("ground"), team="a")
        messages = self.api.send(self.queue, *range(40), ttl=3600)
        claim = self.api.claim(self.queue, limit=20, ttl=43_200)
        self.topic = unique("topic")
        subscriptions = [self.subscribe("queues", self.queue), self.subscribe("topics", self.topic)]
        self.names = {
            "queue_name": [self.queue],
            "message_id": messages[:2] + messages[-2:],
            "claim_id": [claim.id],
            "flavor_name": ["flavor"],
            "topic_name": [self.topic],
            "subscription_id": subscriptions,
        }
        self.pools = ["embedded"]
        check(self.api.put("/v2/flavors/flavor", json={"capabilities": ["FIFO"]}), 201)

    def subscribe(self, collection, name):
        body = {"subscriber": "http://subscriber.invalid/"}
        answer = self.api.post(f"/v2/{collection}/{name}/subscriptions", json=body)
        return check(answer, 201)["subscription_id"]

    def place(self, case, choice):
        """Has the request be about what is there. The one pool stays as it is, so that all the rest goes on."""
        for name in case.path_parameters or {}:
            if name in self.names:
                case.path_parameters[name] = self.names[name][choice % len(self.names[name])]
            elif name == "pool_name" and (case.method == "GET" or case.path.endswith("/probe")):
                case.path_parameters[name] = self.pools[0]
        if case.path_parameters:
            case.headers = {**(case.headers or {}), "X-Project-ID": self.api.project}


class Watched(requests.Session):
    """A session that notes which statuses it saw."""

    def __init__(self):
        super().__init__()
        self.trust_env = False
        self.statuses = set()

    def send(self, request, **arguments):
        response = super().send(request, **arguments)
        self.statuses.add(response.status_code)
        return response


def faults(operation, mode, ground, session):
    """What is wrong with the answers to requests of this kind that are made up for the operation."""

    @seed(20)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), choice=st.integers(-4, 3))
    def run(case, choice):
        if choice >= 0:
            ground.place(case, choice)
        case.call_and_validate(session=session, checks=CHECKS, timeout=60)

    try:
        run()
    except (Exception, FailureGroup) as error:  # Whatever it is, the operation is named.
        texts = [str(each) for each in getattr(error, "exceptions", [error])]
        return f"{operation.label} ({mode.value}): " + "\n".join(texts)[:3000]
    return None


def test_a_document_that_says_something_else_is_found_out(server, document):
    path = "/v2/queues/{queue_name}/claims"
    wrong = copy.deepcopy(document)
    wrong["paths"] = {path: wrong["paths"][path]}
    del wrong["paths"][path]["post"]["responses"]["400"]
    wrong["components"]["schemas"]["Message"]["required"].append("nonsense")
    schema = schemathesis.openapi.from_dict(wrong)
    schema.config.update(base_url=server.url)
    (operation,) = (result.ok() for result in schema.get_all_operations())
    ground = Ground(server.url)
    assert "nonsense" in faults(operation, GenerationMode.POSITIVE, ground, Watched())
    assert "Undocumented status code" in faults(operation, GenerationMode.NEGATIVE, ground, Watched())


@pytest.mark.timeout(600)
def test_requests_made_up_from_the_document_get_the_answers_that_it_describes(server):
    schema = schemathesis.openapi.from_url(server.url + "/openapi.json")
    problems, refused_only, operations, served = [], [], 0, 0
    for result in schema.get_all_operations():
        operation = result.ok()
        operations += 1
        # Anew for each, since some remove what others look for.
        ground = Ground(server.url)
        session = Watched()
        with session:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                has_input = operation.body or any(True for _ in operation.iter_parameters())
                if mode == GenerationMode.POSITIVE or has_input:
                    problems.append(faults(operation, mode, ground, session))
        # Those of the older versions are refused where these are off, as they are here.
        if not operation.definition.raw.get("deprecated"):
            served += 1
            if min(session.statuses) >= 400:
                refused_only.append(operation.label)
    found = [problem for problem in problems if problem]
    assert found == [], "\n\n".join(found)
    assert operations > 70
    # Made-up addresses of stores and numbers of migrations are refused, but most else gets somewhere.
    assert served > 50
    assert len(refused_only) < served / 3, refused_only
