"""Subscribers are told of messages: by real requests to a real receiver, and by mail."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
import os
import random
import time

import pytest
import requests

from harness.api import Api, check
from harness.mailbox import Mailbox
from harness.receiver import HANG, RESET, receiving, until
from harness.server import running

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
    api.send(queue, {"a": 1})
    delivery = until(lambda: receiver.at("/own"))[0]
    assert delivery.headers["X-Key"] == "abc" and delivery.headers["Content-Type"] == "application/x-own"
    sent = json.loads(delivery.body)
    assert sent["v"] == 1 and sent["event"]["body"] == {"a": 1}


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


@pytest.mark.feature("F129")
def test_server_errors_are_tried_again_and_redirects_are_not_followed(notifier, receiver):
    api = Api(notifier.url)
    queue = api.create()
    answers = iter([503, 500, 429])
    receiver.answers["/"] = lambda _: next(answers, 204)
    receiver.answers["/moved"] = 307
    subscribe(api, queue, receiver.url())
    subscribe(api, queue, receiver.url("/moved"))
    api.send(queue, "x")
    until(lambda: len(receiver.at()) == 4 and receiver.at("/moved"))
    api.send(queue, "y")
    until(lambda: len(receiver.at()) == 5 and len(receiver.at("/moved")) == 2)
    assert receiver.bodies() == ["x"] * 4 + ["y"]
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
        until(lambda: len(receiver.at()) == 4)
        times = [each.time for each in receiver.at()]
        assert times[3] - times[2] >= 0.9


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
    hosts = ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "0.0.0.0"]
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


# Confirmation


@pytest.mark.feature("F130", "F131", "F132")
def test_a_subscriber_confirms_and_unsubscribes(tmp_path, receiver):
    env = {
        **LOOPBACK,
        "WEIR_NOTIFICATION_REQUIRE_CONFIRMATION": "true",
        "WEIR_SIGNED_URL_SECRET_KEY": "a key that only this test has",
    }
    with running(tmp_path, env=env) as server:
        api = Api(server.url)
        queue = api.create()
        subscription = subscribe(api, queue, receiver.url())
        notice = until(receiver.payloads)[0]
        assert notice["Message_Type"] == "SubscriptionConfirmation" and notice["queue_name"] == queue
        assert notice["URL-Paths"] == f"/v2/queues/{queue}/subscriptions/{subscription}/confirm"
        api.send(queue, "before")
        assert subscribe(api, queue, receiver.url()) == subscription, "the notice is sent again"
        until(lambda: len(receiver.at()) == 2)

        def answer(notice, body):
            names = ["URL-Signature", "URL-Methods", "URL-Paths", "URL-Expires", "X-Project-ID"]
            headers = {name: notice[name] for name in names} | {"Client-ID": api.client_id}
            return requests.put(server.url + notice["URL-Paths"], json=body, headers=headers, timeout=30)

        check(answer(notice, notice["SubscribeBody"]), 204)
        api.send(queue, "after")
        until(lambda: len(receiver.at()) == 3)
        assert receiver.payloads()[2]["body"] == "after"
        check(answer(notice, notice["UnsubscribeBody"]), 204)
        until(lambda: len(receiver.at()) == 4)
        assert receiver.payloads()[3]["Message_Type"] == "UnsubscribeConfirmation"
        api.send(queue, "no more")
        check(answer(receiver.payloads()[3], {"confirmed": True}), 204)
        api.send(queue, "again")
        until(lambda: len(receiver.at()) == 5)
        assert receiver.payloads()[4]["body"] == "again"


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
        hostile = subscribe(api, queue, "mailto:f@g.example?subject=x%0D%0ABcc:%20h@i.example")
        api.send(queue, {"text": "ä"})
        until(lambda: len(mails(tmp_path)) == 2)
        until(lambda: failures(api, queue, hostile)["failures"])
        by_reader = {mail["To"]: mail for mail in mails(tmp_path)}
        assert by_reader["a@b.example"]["From"] == "weir@c.example"
        assert by_reader["a@b.example"]["Subject"] == "Grüße"
        assert by_reader["d@e.example"]["Subject"] == "from the uri"
        assert json.loads(by_reader["a@b.example"].get_content())["body"] == {"text": "ä"}
        assert all(mail["Bcc"] is None for mail in by_reader.values())


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
        made = [subscribe(api, queue, receiver.url(f"/{number}")) for number in range(20)]
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
