"""python-zaqarclient's WebSocket transport, unmodified: its requests for every action the transport can send."""

import json

import pytest
from zaqarclient import transport
from zaqarclient.transport import errors, request

from harness.api import unique


@pytest.fixture
def send(server):
    """Sends a request through the client's transport, which authenticates by itself first."""
    endpoint = server.url.replace("http", "ws", 1)
    options = {"auth_opts": {"options": {"os_auth_token": "any", "os_project_id": unique("project")}}}
    with transport.get_transport_for(endpoint, version=2, options=options) as connection:

        def send(action, **body):
            content = json.dumps(body) if body else None
            return connection.send(request.Request(endpoint, action, content=content))

        send.connection = connection
        yield send


@pytest.mark.feature("F144")
def test_zaqarclient_uses_queues_over_websocket(send):
    created = send("queue_create", queue_name="jobs", metadata={"a": 1})
    assert created.status_code == 201 and created.deserialized_content == "Queue jobs created."
    assert send("queue_list").deserialized_content == {"queues": [{"name": "jobs"}]}
    assert send("queue_get", queue_name="jobs").deserialized_content == {"a": 1}
    assert send("queue_get_stats", queue_name="jobs").deserialized_content["messages"]["total"] == 0
    assert send("queue_purge", queue_name="jobs").status_code == 204
    assert send("queue_delete", queue_name="jobs").status_code == 204
    with pytest.raises(errors.ResourceNotFound):
        send("queue_get_stats", queue_name="jobs")


@pytest.mark.feature("F145", "F146")
def test_zaqarclient_uses_messages_and_claims_over_websocket(send):
    posted = send("message_post", queue_name="jobs", messages=[{"body": {"n": n}, "ttl": 300} for n in range(4)])
    first, second, third, last = posted.deserialized_content["message_ids"]
    listed = send("message_list", queue_name="jobs", echo=True).deserialized_content["messages"]
    assert [message["body"]["n"] for message in listed] == [0, 1, 2, 3]
    assert send("message_get", queue_name="jobs", message_id=first).deserialized_content["messages"]["id"] == first
    many = send("message_get_many", queue_name="jobs", message_ids=[first, second]).deserialized_content
    assert len(many["messages"]) == 2
    claim = send("claim_create", queue_name="jobs", ttl=100, grace=60, limit=1).deserialized_content["claim_id"]
    assert send("claim_get", queue_name="jobs", claim_id=claim).deserialized_content["ttl"] == 100
    assert send("claim_update", queue_name="jobs", claim_id=claim, ttl=200, grace=60).status_code == 204
    with pytest.raises(errors.ForbiddenError, match="claim"):
        send("message_delete", queue_name="jobs", message_id=first)
    assert send("message_delete", queue_name="jobs", message_id=first, claim_id=claim).status_code == 204
    assert send("claim_delete", queue_name="jobs", claim_id=claim).status_code == 204
    assert send("message_delete_many", queue_name="jobs", message_ids=[second]).status_code == 204
    popped = send("message_delete_many", queue_name="jobs", pop=5).deserialized_content["messages"]
    assert [message["id"] for message in popped] == [third, last]


@pytest.mark.feature("F140", "F153")
def test_zaqarclient_shows_what_was_wrong(send):
    with pytest.raises(errors.MalformedRequest, match="60"):
        send("message_post", queue_name="jobs", messages=[{"body": 1, "ttl": 1}])
    with pytest.raises(errors.MalformedRequest, match="pool_list is not a valid action"):
        send("pool_list")
    with pytest.raises(errors.ResourceNotFound):
        send("message_list", queue_name="none")
