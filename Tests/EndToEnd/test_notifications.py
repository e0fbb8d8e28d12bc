"""Subscribers are told of messages: by real requests to a real receiver, and by mail."""

import base64
import datetime
import email
import email.policy
import hashlib
import hmac
import json
import os
import random
import re
import signal
import time
import uuid

import pytest
import requests

from harness.api import Api, check, refused, unique
from harness.mailbox import Mailbox
from harness.receiver import HANG, RESET, receiving, until
from harness.server import Server, running
from harness.sockets import Socket

LOOPBACK = {"WEIR_NOTIFICATION_ALLOW": "127.0.0.0/8"}


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def notifier(tmp_path_factory):
    """A server that may reach this machine."""
    with running(tmp_path_factory.mktemp("notifier"), env=LOOPBACK) as server:
        yield server


def subscribe(api, queue, subscriber, **options):
    answer = api.post(
        f"/v2/queues/{queue}/subscriptions", json={"subscriber": subscriber, "ttl": 3600, "options": options}
    )
    return check(answer, 201)["subscription_id"]


def failures(api, queue, subscription, query=""):
    return check(api.get(f"/v2/queues/{queue}/subscriptions/{subscription}/failures{query}"), 200)


@pytest.mark.feature("F119", "F120")
def test_a_webhook_gets_each_message_in_order(notifier, receiver):
    api = Api(notifier.url)
    queue = api.create()
    subscribe(api, queue, receiver.url())
    bodies = [{"a": 1}, "text ä", [1, 2.5], None, 7]
    api.send(queue, *bodies, ttl=300)
    until(lambda: len(receiver.at()) == 5)
    assert receiver.payloads() == [
        {"ttl": 300, "body": body, "Message_Type": "Notification", "queue_name": queue} for body in bodies
    ]
    assert all(each.headers["Content-Type"] == "application/json" for each in receiver.at())


@pytest.mark.parametrize("encrypts", [False, True], ids=["plain", "encrypted"])
def test_subscribers_of_a_dead_letter_queue_are_told_of_dead_letters(start_server, receiver, encrypts):
    key = {"WEIR_LIMITS_MESSAGE_ENCRYPTION_KEY": "a key of these tests that nobody else has"}
    api = Api(start_server(env=LOOPBACK | key).url)
    grave = api.create()
    queue = api.create(_max_claim_count=1, _dead_letter_queue=grave, _enable_encrypt_messages=encrypts)
    subscribe(api, grave, receiver.url())
    api.send(queue, "dying")
    claim = api.claim(queue)
    check(api.delete(claim.href), 204)
    assert api.claim(queue) is None
    until(receiver.at)
    (told,) = receiver.payloads()
    assert (told["body"], told["queue_name"]) == ("dying", grave)


def test_delayed_messages_are_told_of_at_once_with_their_delay(notifier, receiver):
    api = Api(notifier.url)
    queue = api.create(_default_message_delay=600)
    subscribe(api, queue, receiver.url())
    api.send(queue, "x", delay=30)
    until(receiver.at)
    assert receiver.payloads()[0]["delay"] == 30


@pytest.mark.feature("F121", "F122")
def test_headers_and_data_of_its_own(notifier, receiver):
    api = Api(notifier.url)
    queue = api.create()
    subscribe(
        api,
        queue,
        receiver.url("/own"),
        post_headers={"X-Key": "abc", "Content-Type": "application/x-own"},
        post_data='{"event": "$zaqar_message$", "v": 1}',
    )
    subscribe(api, queue, receiver.url("/plain"), post_data='just this, and no "$message$"')
    api.send(queue, {"a": 1})
    until(lambda: receiver.at("/plain"))
    assert receiver.at("/plain")[0].body == b'just this, and no "$message$"'
    delivery = until(lambda: receiver.at("/own"))[0]
    assert delivery.headers["X-Key"] == "abc" and delivery.headers["Content-Type"] == "application/x-own"
    sent = json.loads(delivery.body)
    assert sent["v"] == 1 and sent["event"]["body"] == {"a": 1}


def test_each_delivery_has_an_id_that_stays_when_it_comes_again(notifier, receiver):
    api = Api(notifier.url)
    queue = api.create()
    answers = iter([503, 503])
    receiver.answers["/"] = lambda _: next(answers, 204)
    subscribe(api, queue, receiver.url())
    api.send(queue, "x")
    api.send(queue, "y")
    until(lambda: len(receiver.at()) == 4)
    ids = [{name.lower(): value for name, value in each.headers.items()}["webhook-id"] for each in receiver.at()]
    assert ids[0] == ids[1] == ids[2] != ids[3]


def test_deliveries_are_signed_when_there_is_a_secret(notifier, receiver):
    api = Api(notifier.url)
    queue = api.create()
    key = b"0123456789abcdef01234567"
    subscribe(api, queue, receiver.url(), secret="whsec_" + base64.b64encode(key).decode())
    api.send(queue, "x")
    delivery = until(receiver.at)[0]
    headers = {name.lower(): value for name, value in delivery.headers.items()}
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + delivery.body
    expected = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60


@pytest.mark.feature("F126", "F129")
def test_server_errors_and_broken_connections_are_tried_again_and_redirects_are_not_followed(notifier, receiver):
    """Three times at once, as the default policy says."""
    api = Api(notifier.url)
    queue = api.create()
    answers, breaks = iter([503, 500, 429]), iter([RESET, RESET, RESET])
    receiver.answers["/"] = lambda _: next(answers, 204)
    receiver.answers["/broken"] = lambda _: next(breaks, 204)
    receiver.answers["/moved"] = 307
    for path in ("/", "/broken", "/moved"):
        subscribe(api, queue, receiver.url(path))
    api.send(queue, "x")
    until(lambda: len(receiver.at()) == len(receiver.at("/broken")) == 4 and receiver.at("/moved"))
    api.send(queue, "y")
    until(lambda: len(receiver.at()) == len(receiver.at("/broken")) == 5 and len(receiver.at("/moved")) == 2)
    assert receiver.bodies() == receiver.bodies("/broken") == ["x"] * 4 + ["y"]
    assert not receiver.at("/elsewhere")


@pytest.mark.feature("F126", "F127", "F128")
@pytest.mark.parametrize("ignores", [False, True])
def test_a_delivery_is_put_off_as_the_policies_say(notifier, receiver, ignores):
    api = Api(notifier.url)
    patient = {"minimum_delay": 3600, "maximum_delay": 7200, "ignore_subscription_override": ignores}
    queue = api.create(_retry_policy={"retries_with_no_delay": 1, "minimum_delay_retries": 1, **patient})
    quick = {"minimum_delay": 1, "maximum_delay": 12, "retry_backoff_function": "geometric"}
    receiver.answers["/"] = 503
    subscribe(api, queue, receiver.url(), _retry_policy={"retries_with_no_delay": 2, **quick})
    api.send(queue, "x")
    if ignores:
        until(lambda: len(receiver.at()) == 2)
        api.send(queue, "y")
        until(lambda: receiver.bodies().count("y") == 2)
        assert receiver.bodies() == ["x", "x", "y", "y"], "the next attempts are an hour away"
    else:
        until(lambda: len(receiver.at()) >= 4)
        times = [each.time for each in receiver.at()]
        assert times[3] - times[2] >= 0.9


@pytest.mark.feature("F129")
def test_what_is_given_up_is_listed_and_can_be_driven_again(notifier, receiver):
    api = Api(notifier.url)
    queue = api.create()
    receiver.answers["/"] = 404
    subscription = subscribe(api, queue, receiver.url())
    api.send(queue, *range(5))
    until(lambda: len(failures(api, queue, subscription)["failures"]) == 5)
    assert receiver.bodies() == list(range(5)), "a refusal is not tried again"
    page = failures(api, queue, subscription, "?limit=2")
    assert [each["message"]["body"] for each in page["failures"]] == [0, 1]
    assert page["failures"][0]["status"] == 404 and page["failures"][0]["reason"] == "answered 404"
    assert page["failures"][0]["attempts"] == 1
    rest = check(api.get(page["links"][0]["href"]), 200)
    assert [each["message"]["body"] for each in rest["failures"]] == [2, 3]
    receiver.answers["/"] = 200
    path = f"/v2/queues/{queue}/subscriptions/{subscription}/failures/redrive"
    assert check(api.post(path), 202) == {"redriven": 5}
    until(lambda: len(receiver.at()) == 10)
    assert receiver.bodies()[5:] == list(range(5))
    assert failures(api, queue, subscription)["failures"] == []


def test_addresses_that_are_not_public_are_refused(server, receiver):
    api = Api(server.url)
    queue = api.create()
    for host in ("127.1", "2130706433", "0x7f000001"):
        body = {"subscriber": f"http://{host}:{receiver.port}/"}
        refused(api.post(f"/v2/queues/{queue}/subscriptions", json=body), 400, mentions=["subscriber", "usual spelling"])
    hosts = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
    made = [subscribe(api, queue, f"http://{host}:{receiver.port}/") for host in hosts]
    api.send(queue, "x")
    for subscription in made:
        until(lambda: failures(api, queue, subscription)["failures"], what=subscription)
    assert receiver.deliveries == []


def test_the_service_itself_is_not_reached(notifier):
    api = Api(notifier.url)
    queue = api.create()
    subscription = subscribe(api, queue, f"{notifier.url}/v2/queues/{queue}/messages")
    api.send(queue, "x")
    failed = until(lambda: failures(api, queue, subscription)["failures"])
    assert "a place of this service" in failed[0]["reason"]


@pytest.mark.feature("F119")
def test_a_hanging_subscriber_delays_nobody_else(notifier, receiver):
    api = Api(notifier.url)
    queue = api.create()
    for number in range(15):
        receiver.answers[f"/hang{number}"] = HANG
        subscribe(api, queue, receiver.url(f"/hang{number}"))
    subscribe(api, queue, receiver.url("/good"))
    for number in range(200):
        api.send(queue, number)
    until(lambda: len(receiver.at("/good")) == 200)
    assert receiver.bodies("/good") == list(range(200))


@pytest.mark.timeout(300)
def test_what_was_acknowledged_is_delivered_although_the_node_is_killed(tmp_path, receiver):
    with running(tmp_path, env=LOOPBACK) as server:
        api = Api(server.url)
        queue = api.create()
        receiver.answers["/"] = HANG
        subscribe(api, queue, receiver.url())
        subscribe(api, queue, receiver.url("/good"))
        for number in range(30):
            api.send(queue, number)
        server.kill()
        receiver.answers["/"] = 204
        server.start()
        until(lambda: set(receiver.bodies("/good")) == set(range(30)))
        until(lambda: set(receiver.bodies("/")) == set(range(30)), seconds=180)


@pytest.mark.feature("F091")
def test_encrypted_queues_deliver_what_was_posted_and_keep_none_of_it_in_clear(tmp_path, receiver):
    env = {**LOOPBACK, "WEIR_LIMITS_MESSAGE_ENCRYPTION_KEY": "a key that only this test has"}
    with running(tmp_path, env=env) as server:
        api = Api(server.url)
        queue = api.create(_enable_encrypt_messages=True)
        subscribe(api, queue, receiver.url())
        api.send(queue, "a-needle-in-the-store")
        until(receiver.at)
        assert receiver.bodies() == ["a-needle-in-the-store"]
    found = [path for path in tmp_path.rglob("*") if path.is_file() and b"a-needle-in" in path.read_bytes()]
    assert found == []


@pytest.mark.feature("F119")
def test_more_subscribers_than_are_read_at_a_time_are_all_told(notifier, receiver):
    api = Api(notifier.url)
    queue = api.create()
    paths = {f"/{number}" for number in range(203)}
    for path in paths:
        subscribe(api, queue, receiver.url(path))
    api.send(queue, "x")
    until(lambda: len(receiver.deliveries) == len(paths))
    assert {delivery.path for delivery in receiver.deliveries} == paths


@pytest.mark.feature("F118", "F119")
def test_subscribers_are_told_again_of_what_is_posted_to_a_queue_that_is_made_anew(notifier, receiver):
    api = Api(notifier.url)
    queue = api.create()
    subscribe(api, queue, receiver.url())
    for number in range(3):
        api.send(queue, number)
        until(lambda: len(receiver.at()) == number + 1)
        check(api.delete(f"/v2/queues/{queue}"), 204)
    assert receiver.bodies() == [0, 1, 2]


@pytest.mark.feature("F119", "F158", "F159")
def test_subscribers_of_a_topic_are_told_of_what_is_published(notifier, receiver):
    api = Api(notifier.url)
    topic = api.create()
    body = {"subscriber": receiver.url(), "ttl": 3600}
    check(api.post(f"/v2/topics/{topic}/subscriptions", json=body), 201)
    api.send(topic, "to the queue of the same name")
    check(api.post(f"/v2/topics/{topic}/messages", json={"messages": [{"body": "to the topic", "ttl": 300}]}), 201)
    until(receiver.at)
    payload = {"ttl": 300, "body": "to the topic", "Message_Type": "Notification", "queue_name": topic}
    assert receiver.payloads() == [payload]


@pytest.mark.timeout(300)
def test_a_delivery_without_its_key_is_reported_and_waits_for_it(start_server, receiver, skewed_clock):
    """As after a mistake in changing keys, which somebody notices and mends."""
    server = start_server(env={**LOOPBACK, "WEIR_LIMITS_MESSAGE_ENCRYPTION_KEY": "the old key"})
    api = Api(server.url)
    queue = api.create()
    receiver.answers["/"] = 503
    policy = {"retries_with_no_delay": 0, "minimum_delay": 1, "maximum_delay": 12}
    subscription = subscribe(api, queue, receiver.url(), _retry_policy=policy)
    api.send(queue, "sealed with the old key")
    until(lambda: figure(server, "weir_delivery_backlog") == 1)
    server.stop()
    receiver.answers = {}
    before = len(receiver.at())
    server.env["WEIR_LIMITS_MESSAGE_ENCRYPTION_KEY"] = "the new key"
    server.start()
    until(lambda: figure(server, "weir_delivery_unreadable_total") == 1, seconds=100)
    # The log is written a moment later.
    (line,) = until(lambda: [event for event in server.events() if event["event"] == "delivery unreadable"])
    assert line["level"] == "error" and line["subscription"] == subscription
    api.send(queue, "sealed with the new key")
    until(lambda: receiver.bodies()[before:] == ["sealed with the new key"])
    server.stop()
    # The node without the key had it to itself for a minute.
    server.env |= {"LD_PRELOAD": skewed_clock, "CLOCK_AHEAD": "120"}
    server.env["WEIR_LIMITS_MESSAGE_ENCRYPTION_PREVIOUS_KEYS"] = "the old key"
    server.start()
    until(lambda: receiver.bodies()[-1] == "sealed with the old key")


# The end of a subscription


def figure(server, name):
    (line,) = [line for line in requests.get(server.url + "/metrics").text.splitlines() if line.startswith(name + " ")]
    return int(line.split()[1])


def kept(api):
    """How many queues there are, those that the service keeps for itself included."""
    return check(api.get("/v2/pools/embedded?detailed=true"), 200)["queues"]


@pytest.mark.feature("F115", "F053")
@pytest.mark.parametrize("way", ["delete", "purge"])
def test_deliveries_end_with_a_subscription_and_nothing_of_it_is_left(start_server, receiver, way):
    server = start_server(env={**LOOPBACK})
    api = Api(server.url)
    queue = api.create()
    receiver.answers |= {"/refuses": 404, "/fails": 503}
    patient = {"retries_with_no_delay": 0, "minimum_delay": 3600, "maximum_delay": 7200}
    paths = ["/refuses", "/fails", "/takes"]
    made = [subscribe(api, queue, receiver.url(path), _retry_policy=patient) for path in paths]
    api.send(queue, *range(3))
    until(lambda: len(failures(api, queue, made[0])["failures"]) == 3)
    until(lambda: figure(server, "weir_delivery_backlog") == 3)
    until(lambda: len(receiver.at("/takes")) == 3)
    path = f"/v2/queues/{queue}/subscriptions"
    assert kept(api) == 4, "the queue, the outbox of its pool, a list of failures, and a backlog"
    if way == "delete":
        for identifier in made:
            check(api.delete(f"{path}/{identifier}"), 204)
    else:
        check(api.post(f"/v2/queues/{queue}/purge", json={"resource_types": ["subscriptions"]}), 204)
    refused(api.get(f"{path}/{made[0]}/failures"), 404, "Not found")
    refused(api.post(f"{path}/{made[0]}/failures/redrive"), 404, "Not found")
    assert kept(api) == 2
    before = {each: len(receiver.at(each)) for each in paths}
    again = subscribe(api, queue, receiver.url("/takes"))
    api.send(queue, "later")
    until(lambda: receiver.bodies("/takes")[-1] == "later")
    assert {each: len(receiver.at(each)) for each in paths} == {**before, "/takes": before["/takes"] + 1}
    assert failures(api, queue, again)["failures"] == []


@pytest.mark.feature("F117")
def test_deliveries_end_when_the_time_of_a_subscription_is_over(start_server, receiver, skewed_clock):
    server = start_server(env={**LOOPBACK})
    api = Api(server.url)
    queue = api.create()
    receiver.answers |= {"/short": 503, "/long": 503, "/refuses": 404}
    patient = {"retries_with_no_delay": 0, "minimum_delay": 600, "maximum_delay": 7200}
    for name, ttl in [("/short", 60), ("/long", 3600), ("/refuses", 60)]:
        body = {"subscriber": receiver.url(name), "ttl": ttl, "options": {"_retry_policy": patient}}
        made = check(api.post(f"/v2/queues/{queue}/subscriptions", json=body), 201)["subscription_id"]
    api.send(queue, "x")
    until(lambda: figure(server, "weir_delivery_backlog") == 2)
    until(lambda: failures(api, queue, made)["failures"])
    assert kept(api) == 5, "the queue, the outbox of its pool, two backlogs, and a list of failures"
    server.stop()
    receiver.answers = {}
    server.env |= {"LD_PRELOAD": skewed_clock, "CLOCK_AHEAD": "1200"}
    server.start()
    until(lambda: receiver.bodies("/long") == ["x", "x"])
    api.send(queue, "y")
    until(lambda: receiver.bodies("/long") == ["x", "x", "y"])
    until(lambda: figure(server, "weir_delivery_backlog") == 0)
    assert receiver.bodies("/short") == receiver.bodies("/refuses") == ["x"]
    until(lambda: kept(api) == 3)


# Confirmation


@pytest.fixture(scope="module")
def confirming(tmp_path_factory):
    """A server that tells nobody of messages who has not confirmed."""
    env = {
        **LOOPBACK,
        "WEIR_NOTIFICATION_REQUIRE_CONFIRMATION": "true",
        "WEIR_SIGNED_URL_SECRET_KEY": "a key that only this file has",
    }
    with running(tmp_path_factory.mktemp("confirming"), env=env) as server:
        yield server


def ends_in(seconds, text):
    """Whether the time is so far away, give or take what a slow machine takes."""
    end = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.UTC)
    return abs(end.timestamp() - time.time() - seconds) < 60


def answer(server, notice, body):
    """What a subscriber does with a notice: it knows nothing else."""
    names = ["URL-Signature", "URL-Methods", "URL-Paths", "URL-Expires", "X-Project-ID"]
    headers = {name: notice[name] for name in names} | {"Client-ID": str(uuid.uuid4())}
    return requests.put(server.url + notice["URL-Paths"], json=body, headers=headers, timeout=30)


@pytest.mark.feature("F130", "F131", "F159")
def test_a_subscriber_of_a_topic_confirms(confirming, receiver):
    api = Api(confirming.url)
    topic = api.create()
    path = f"/v2/topics/{topic}/subscriptions"
    made = check(api.post(path, json={"subscriber": receiver.url(), "ttl": 3600}), 201)["subscription_id"]
    notice = until(receiver.payloads)[0]
    assert notice["URL-Paths"] == f"{path}/{made}/confirm" and notice["queue_name"] == topic
    check(answer(confirming, notice, notice["SubscribeBody"]), 204)
    assert check(api.get(f"{path}/{made}"), 200)["confirmed"] is True
    check(api.post(f"/v2/topics/{topic}/messages", json={"messages": [{"body": "news"}]}), 201)
    until(lambda: len(receiver.at()) == 2)
    assert receiver.payloads()[1]["body"] == "news"


@pytest.mark.feature("F130", "F131", "F148")
def test_a_connection_confirms_by_being_there_and_others_whom_it_subscribes_do_not(confirming, receiver):
    with Socket(confirming.url, unique("project")) as ws:
        ws.call("subscription_create", 201, queue_name="jobs")
        ws.call("subscription_create", 201, queue_name="jobs", subscriber=receiver.url())
        ws.send("jobs", "x")
        assert ws.push()["body"] == "x"
        (notice,) = until(receiver.payloads)
        check(answer(confirming, notice, notice["SubscribeBody"]), 204)
        ws.send("jobs", "y")
        until(lambda: len(receiver.at()) == 2)
        assert receiver.payloads()[1]["body"] == "y" and ws.push()["body"] == "y"


@pytest.mark.feature("F130", "F131", "F132")
def test_a_subscriber_confirms_and_unsubscribes(confirming, receiver):
    server = confirming
    api = Api(server.url)
    queue = api.create()
    subscription = subscribe(api, queue, receiver.url())
    notice = until(receiver.payloads)[0]
    path = f"/v2/queues/{queue}/subscriptions/{subscription}/confirm"
    # It is good for as long as the subscription is.
    assert ends_in(3600, notice.pop("URL-Expires")) and len(notice.pop("URL-Signature")) == 64
    assert queue in notice.pop("Message")
    assert notice == {
        "Message_Type": "SubscriptionConfirmation",
        "URL-Methods": "PUT",
        "URL-Paths": path,
        "X-Project-ID": api.project,
        "SubscribeBody": {"confirmed": True},
        "UnsubscribeBody": {"confirmed": False},
        "queue_name": queue,
    }
    notice = receiver.payloads()[0]
    api.send(queue, "before")
    assert subscribe(api, queue, receiver.url()) == subscription, "the notice is sent again"
    until(lambda: len(receiver.at()) == 2)

    check(answer(server, notice, notice["SubscribeBody"]), 204)
    api.send(queue, "after")
    until(lambda: len(receiver.at()) == 3)
    assert receiver.payloads()[2]["body"] == "after"
    check(answer(server, notice, notice["UnsubscribeBody"]), 204)
    until(lambda: len(receiver.at()) == 4)
    assert receiver.payloads()[3]["Message_Type"] == "UnsubscribeConfirmation"
    api.send(queue, "no more")
    # A notice comes behind it: once that is there, nobody looks for the subscribers of "no more" any longer.
    assert subscribe(api, queue, receiver.url()) == subscription
    until(lambda: len(receiver.at()) == 5)
    assert receiver.payloads()[4]["Message_Type"] == "SubscriptionConfirmation"
    check(answer(server, receiver.payloads()[3], {"confirmed": True}), 204)
    api.send(queue, "again")
    until(lambda: len(receiver.at()) == 6)
    assert receiver.payloads()[5]["body"] == "again"


# Mail


def mails(folder):
    found = sorted(folder.glob("*.mail"), key=lambda path: path.stat().st_mtime_ns)
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]


@pytest.fixture
def sendmail(tmp_path):
    """A command that keeps each mail in a file."""
    script = tmp_path / "sendmail"
    script.write_text(f'#!/bin/sh\nf=$(mktemp {tmp_path}/XXXXXX)\ncat >"$f" && mv "$f" "$f.mail"\n')
    script.chmod(0o755)
    return script


@pytest.mark.feature("F123")
def test_mail_by_a_command(tmp_path, sendmail):
    with running(tmp_path / "server", env={"WEIR_NOTIFICATION_SMTP_COMMAND": f"{sendmail} -t"}) as server:
        api = Api(server.url)
        queue = api.create()
        subscribe(api, queue, "mailto:a@b.example", subject="Grüße", **{"from": "weir@c.example"})
        subscribe(api, queue, "mailto:d@e.example?subject=from%20the%20uri", subject="not this")
        api.send(queue, {"text": "ä"})
        until(lambda: len(mails(tmp_path)) == 2)
        by_reader = {mail["To"]: mail for mail in mails(tmp_path)}
        assert by_reader["a@b.example"]["From"] == "weir@c.example"
        assert by_reader["a@b.example"]["Subject"] == "Grüße"
        assert by_reader["d@e.example"]["Subject"] == "from the uri"
        assert json.loads(by_reader["a@b.example"].get_content())["body"] == {"text": "ä"}
        assert all(mail["Bcc"] is None for mail in by_reader.values())


def test_mail_by_a_command_under_a_parent_that_ignores_the_ends_of_its_children(tmp_path, sendmail):
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = Server(tmp_path / "server", env={"WEIR_NOTIFICATION_SMTP_COMMAND": f"{sendmail} -t"})
    try:
        server.start()
    finally:
        signal.signal(signal.SIGCHLD, before)
    try:
        api = Api(server.url)
        queue = api.create()
        mail = subscribe(api, queue, "mailto:a@b.example", _retry_policy={"retries_with_no_delay": 0})
        api.send(queue, "x")
        until(lambda: mails(tmp_path))
        until(lambda: 'weir_deliveries_total{outcome="delivered"} 1' in requests.get(server.url + "/metrics", timeout=60).text)
        assert len(mails(tmp_path)) == 1 and not failures(api, queue, mail)["failures"]
    finally:
        server.stop()


def resident(server):
    """Bytes of memory that the server has now."""
    with open(f"/proc/{server.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.timeout(300)
def test_a_large_post_for_many_subscribers_takes_little_memory(start_server, receiver):
    """Until a good part of it is in backlogs."""
    server = start_server(env=LOOPBACK)
    api = Api(server.url)
    queue = api.create()
    for number in range(200):
        receiver.answers[f"/{number}"] = HANG
        subscribe(api, queue, receiver.url(f"/{number}"))
    before = resident(server)
    api.send(queue, *[1] * 15_000)
    most = before

    def has_begun():
        nonlocal most
        most = max(most, resident(server))
        text = requests.get(server.url + "/metrics", timeout=60).text
        return float(re.search(r"^weir_delivery_backlog (\S+)", text, re.MULTILINE)[1]) > 50_000

    until(has_begun, seconds=200)
    server.kill()
    assert most - before < 200 << 20


@pytest.mark.feature("F124")
def test_mail_through_a_server(tmp_path):
    mailbox = Mailbox(tmp_path, "weir", "s3cret")
    mailbox.unknown.add("nobody@b.example")
    env = {
        "WEIR_NOTIFICATION_SMTP_MODE": "self_local",
        "WEIR_NOTIFICATION_SMTP_HOST": "localhost",
        "WEIR_NOTIFICATION_SMTP_PORT": mailbox.port,
        "WEIR_NOTIFICATION_SMTP_USER_NAME": "weir",
        "WEIR_NOTIFICATION_SMTP_USER_PASSWORD": "s3cret",
        "WEIR_NOTIFICATION_CA_FILE": mailbox.authorities,
    }
    with running(tmp_path / "server", env=env) as server:
        api = Api(server.url)
        queue = api.create()
        subscribe(api, queue, "mailto:a@b.example", subject="s", **{"from": "weir@c.example"})
        refused = subscribe(api, queue, "mailto:nobody@b.example", **{"from": "weir@c.example"})
        api.send(queue, {"text": ". a dot", "lines": "x" * 2000})
        until(lambda: mailbox.mails)
        mail = email.message_from_bytes(mailbox.mails[0], policy=email.policy.default)
        assert mail["To"] == "a@b.example" and mail["Subject"] == "s"
        assert json.loads(mail.get_content())["body"] == {"text": ". a dot", "lines": "x" * 2000}
        assert set(mailbox.logins) == {"\0weir\0s3cret"}
        failed = until(lambda: failures(api, queue, refused)["failures"])
        assert failed[0]["reason"] == "the mail server answered 550"
    mailbox.close()


@pytest.mark.feature("F124")
def test_a_mail_server_that_knows_the_service_not_gets_no_mail(start_server, tmp_path):
    mailbox = Mailbox(tmp_path, "weir", "s3cret")
    env = {
        "WEIR_NOTIFICATION_SMTP_MODE": "self_local",
        "WEIR_NOTIFICATION_SMTP_HOST": "localhost",
        "WEIR_NOTIFICATION_SMTP_PORT": mailbox.port,
        "WEIR_NOTIFICATION_SMTP_USER_NAME": "weir",
        "WEIR_NOTIFICATION_SMTP_USER_PASSWORD": "wrong",
        "WEIR_NOTIFICATION_CA_FILE": mailbox.authorities,
    }
    api = Api(start_server(env=env).url)
    queue = api.create()
    subscription = subscribe(api, queue, "mailto:a@b.example", **{"from": "weir@c.example"})
    api.send(queue, "x")
    (failure,) = until(lambda: failures(api, queue, subscription)["failures"])
    assert failure["reason"] == "the mail server answered 535" and mailbox.mails == []
    mailbox.close()


@pytest.mark.feature("F133")
def test_mails_about_confirmations_have_the_operators_words(start_server, tmp_path, sendmail):
    words = "WEIR_NOTIFICATION_{}_CONFIRMATION_EMAIL_TEMPLATE_{}"
    env = {
        "WEIR_NOTIFICATION_SMTP_COMMAND": str(sendmail),
        "WEIR_NOTIFICATION_REQUIRE_CONFIRMATION": "true",
        "WEIR_NOTIFICATION_EXTERNAL_CONFIRMATION_URL": "https://page.example/c",
        "WEIR_SIGNED_URL_SECRET_KEY": "a key that only this file has",
        words.format("SUBSCRIPTION", "TOPIC"): "Hällo",
        words.format("SUBSCRIPTION", "BODY"): "Go to {2} for {0} of {1}, {0}!",
        words.format("SUBSCRIPTION", "SENDER"): "weir@c.example",
        words.format("UNSUBSCRIBE", "TOPIC"): "Bye",
        words.format("UNSUBSCRIBE", "BODY"): "No more of {0}: {2}",
    }
    api = Api(start_server(env=env).url)
    queue = api.create()
    subscription = subscribe(api, queue, "mailto:a@b.example")
    (first,) = until(lambda: mails(tmp_path))
    assert (first["Subject"], first["From"], first["To"]) == ("Hällo", "weir@c.example", "a@b.example")
    link = first.get_content().split()[2]
    assert first.get_content().strip() == f"Go to {link} for {queue} of {api.project}, {queue}!"
    given = dict(part.split("=", 1) for part in link.partition("?")[2].split("&"))
    assert list(given) == ["Signature", "Methods", "Paths", "Project", "Expires", "Url", "Queue"]
    notice = {f"URL-{name}": given[name] for name in ("Signature", "Methods", "Paths", "Expires")}
    notice["X-Project-ID"] = given["Project"]
    check(answer(api, notice, {"confirmed": True}), 204)
    assert check(api.get(f"/v2/queues/{queue}/subscriptions/{subscription}"), 200)["confirmed"] is True
    check(answer(api, notice, {"confirmed": False}), 204)
    until(lambda: len(mails(tmp_path)) == 2)
    last = mails(tmp_path)[-1]
    assert last["Subject"] == "Bye" and last.get_content().startswith(f"No more of {queue}: https://page.example/c?")


@pytest.mark.feature("F130", "F133")
@pytest.mark.parametrize(
    "missing, subscriber",
    [("signed_url.secret_key", "http://127.0.0.1/"), ("external_confirmation_url", "mailto:a@b.example")],
)
def test_what_a_notice_lacks_is_said_in_the_log(start_server, missing, subscriber):
    env = {"WEIR_NOTIFICATION_REQUIRE_CONFIRMATION": "true"}
    if missing != "signed_url.secret_key":
        env["WEIR_SIGNED_URL_SECRET_KEY"] = "a key that only this file has"
    server = start_server(env=env)
    api = Api(server.url)
    subscribe(api, api.create(), subscriber)
    lines = until(lambda: [e for e in server.events() if e["event"] == "no notice about a subscription"])
    assert lines[0]["level"] == "error" and missing in lines[0]["reason"]


@pytest.mark.feature("F133")
def test_confirmation_by_mail(tmp_path, sendmail):
    env = {
        "WEIR_NOTIFICATION_SMTP_COMMAND": str(sendmail),
        "WEIR_NOTIFICATION_REQUIRE_CONFIRMATION": "true",
        "WEIR_NOTIFICATION_EXTERNAL_CONFIRMATION_URL": "https://page.example/confirm",
        "WEIR_SIGNED_URL_SECRET_KEY": "a key that only this test has",
    }
    with running(tmp_path / "server", env=env) as server:
        api = Api(server.url)
        queue = api.create()
        subscription = subscribe(api, queue, "mailto:a@b.example")
        mail = until(lambda: mails(tmp_path))[0]
        text = mail.get_content()
        assert queue in text and api.project in text
        assert "https://page.example/confirm?Signature=" in text
        assert f"&Paths=/v2/queues/{queue}/subscriptions/{subscription}/confirm&Project={api.project}&" in text


# Under load


@pytest.mark.timeout(3600)
def test_every_message_reaches_every_healthy_subscriber(tmp_path, receiver):
    """`WEIR_TEST_DELIVERIES` enlarges the run; 20000 is what the service has to stand. It posts 100 messages a second."""
    count = int(os.environ.get("WEIR_TEST_DELIVERIES", "400"))
    taken = [{} for _ in range(20)]  # When each message was accepted first, by subscriber.

    def take(delivery):
        taken[int(delivery.path[1:])].setdefault(json.loads(delivery.body)["body"], delivery.time)
        return 204

    receiver.answers |= {f"/{number}": take for number in range(3, 20)}
    receiver.answers |= {"/0": HANG, "/1": RESET, "/2": lambda each: random.choice([lambda _: 503, take])(each)}
    with running(tmp_path, env=LOOPBACK) as server:
        api = Api(server.url)
        queue = api.create()
        # The one that fails half of the time is tried again soon, so that the run ends soon.
        soon = {"minimum_delay": 1, "maximum_delay": 12, "retry_backoff_function": "geometric"}
        terms = {2: {"_retry_policy": soon}}
        made = [subscribe(api, queue, receiver.url(f"/{number}"), **terms.get(number, {})) for number in range(20)]
        posted, kills = {}, [count * part // 6 for part in range(1, 6)]
        number, begun = 0, time.monotonic()
        while number < count:
            batch = list(range(number, min(number + 20, count)))
            try:
                api.send(queue, *batch)
            except (requests.RequestException, AssertionError):
                continue  # Unacknowledged: posted again.
            posted |= {each: time.time() for each in batch}
            number += len(batch)
            time.sleep(max(0, begun + number / 100 - time.monotonic()))
            if kills and number >= kills[0]:
                kills.pop(0)
                server.kill()
                server.start()
        assert not kills
        for subscriber in range(3, 20):
            until(lambda: len(taken[subscriber]) == count, seconds=600, what=f"all at {subscriber}")
        accounted = lambda: set(taken[2]) | {each["message"]["body"] for each in all_failures(api, queue, made[2])}
        until(lambda: len(taken[2]) == count or len(accounted()) == count, seconds=1200, what="all at the flaky one")
    delays = sorted(moment - posted[number] for times in taken[3:] for number, moment in times.items())
    again = sum(len(receiver.at(f"/{number}")) for number in range(3, 20)) - len(delays)
    print(
        f"{len(delays)} deliveries, {again} of them again; delay p50 {delays[len(delays) // 2]:.3f} s, "
        f"p99 {delays[len(delays) * 99 // 100]:.3f} s, longest {delays[-1]:.3f} s"
    )


def all_failures(api, queue, subscription):
    page = failures(api, queue, subscription, "?limit=100")
    found = list(page["failures"])
    while page["links"]:
        page = check(api.get(page["links"][0]["href"]), 200)
        found += page["failures"]
    return found
