"""Long ways through the whole service: 20,000 messages over three pools, and ten kills of the server."""

import json
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from harness.api import Api, check
from test_clients import zaqar
from zaqarclient.queues.v2 import core

QUEUES, FLAVORED, PER_QUEUE = 200, 50, 100
LARGE = 200 * 1024


def mixed(randomness, number):
    """A body of any JSON type, none like the other."""
    kinds = [
        lambda: {"n": number, "nested": {"list": [number, [None, True, {"deep": {"er": [1.5, -0.25]}}]]}},
        lambda: f'текст {number} 世界 🐟 \u2028 " \\ / \t',
        lambda: [number, None, False, {"ключ": "значение"}, []],
        lambda: {"max": 2**63 - 1, "min": -(2**63), "big": 2**53 + number, "n": number},
        lambda: randomness.uniform(-1e9, 1e9),
        lambda: number - 5000,
        lambda: None,
        lambda: {"": {}, "e": 1e-7 * number, "E": 1e300, "n": number},
        lambda: "x" * randomness.randrange(2000) + str(number),
    ]
    return kinds[number % len(kinds)]()


def large(number):
    return {"n": number, "large": "é" * (LARGE // 6)}


def same(sent, received):
    """Equal as JSON, with 1 and true, or 1 and 1.0, kept apart."""
    return json.dumps(sent, sort_keys=True) == json.dumps(received, sort_keys=True)


@pytest.mark.timeout(900)
@pytest.mark.feature("F062", "F067", "F073", "F087", "F092", "F097", "F169", "F172")
def test_twenty_thousand_messages_in_two_hundred_queues_over_three_pools(own):
    cli = zaqar(own.url, own.project)
    cli.pool("second", weight=300, uri="sqlite:second")
    cli.pool("third", weight=1, uri="sqlite:third")
    cli.flavor("gold", pool_list=["third"])
    queues = {f"q{number:03}": "gold" if number < FLAVORED else None for number in range(QUEUES)}
    for name, flavor in queues.items():
        request, transport = cli._request_and_transport()
        core.queue_create(
            transport, request, name, metadata={"_flavor": flavor} if flavor else {"plain": True}
        )
    placed = {name: own.route(name)["pool"] for name in queues}
    assert {pool for name, pool in placed.items() if queues[name]} == {"third"}
    plain = [pool for name, pool in placed.items() if not queues[name]]
    # 37.5 of 150 expected in `embedded` (weight 100 of 400), standard deviation 5.3.
    assert set(plain) == {"embedded", "second"} and 10 <= plain.count("embedded") <= 65

    sent = dict(run_all(lambda name: (name, post_everything(cli, name)), queues))
    assert sum(len(bodies) for bodies in sent.values()) == 20_000
    received = dict(run_all(lambda name: (name, drain(cli, name)), queues))
    for name in queues:
        assert len({message_id for message_id, _ in received[name]}) == len(received[name]), "delivered twice"
        assert [entry[0] for entry in received[name]] == [entry[0] for entry in sent[name]]
        assert all(same(mine, theirs) for (_, mine), (_, theirs) in zip(sent[name], received[name]))
        assert own.stats(name)["total"] == 0
    for pool in ("embedded", "second", "third"):
        assert check(own.get(f"/v2/pools/{pool}?detailed=true"), 200)["queues"] == sum(
            place == pool for place in placed.values()
        )


def run_all(work, names):
    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(work, names))


def post_everything(cli, name):
    """Posts PER_QUEUE messages in batches; returns pairs of id and body in order."""
    randomness = random.Random(name)
    first = int(name[1:]) * PER_QUEUE
    bodies = [mixed(randomness, first + number) for number in range(PER_QUEUE)]
    if first % (20 * PER_QUEUE) == 0:
        bodies[50] = large(first)
    sent, queue = [], cli.queue(name)
    while bodies:
        heavy = [isinstance(body, dict) and "large" in body for body in bodies[:25]]
        size = heavy.index(True) if True in heavy else 25
        batch, bodies = bodies[: size or 1], bodies[size or 1 :]
        answer = queue.post([{"body": body, "ttl": 3600} for body in batch])
        sent += zip((href.rpartition("/")[2] for href in answer["resources"]), batch)
    return sent


def drain(cli, name):
    """Claims and deletes until a claim is empty; every tenth queue message by message."""
    received, queue = [], cli.queue(name)
    while messages := list(queue.claim(ttl=300, grace=60, limit=20)):
        received += [(message.id, message.body) for message in messages]
        if int(name[1:]) % 10 == 0:
            for message in messages:
                message.delete()
        else:
            queue.delete_messages(*[message.id for message in messages])
    return received


KILLS, ACKED = 10, 4000
CRASH_QUEUES = [f"crash-{number}" for number in range(6)]


class Witness:
    """What clients were told, from which follows what must be true. One lock, plain dictionaries.

    Moments are taken before a request is sent and after its answer is read: `a before b` is certain."""

    def __init__(self):
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.acked = {}  # key -> message id
        self.maybe = set()  # keys whose post had no answer
        self.deleted = {}  # message id -> moment of the answer 204
        self.holds = {}  # message id -> [claim id, moment of the answer, moment the release was sent]
        self.releases = 0  # claims with messages that were given back
        self.keys = {}  # message id -> key, from every answer that showed it
        self.faults = []

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def saw(self, message, asked):
        """An answer to a request sent at `asked` showed this message."""
        identifier, key = message["id"], message["body"]["key"]
        with self.lock:
            if self.keys.setdefault(identifier, key) != key:
                self.faults.append(f"{identifier} was {self.keys[identifier]} and is {key}")
            if self.deleted.get(identifier, asked) < asked:
                self.faults.append(f"{identifier} came back after its deletion")

    def held(self, message, claim, asked, answered):
        """A claim sent at `asked` got this message."""
        with self.lock:
            claim_before, got, released = self.holds.get(message["id"], (claim, None, None))
            if got is not None and (released is None or released > answered):
                self.faults.append(f"{message['id']} is in {claim_before} and in {claim}")
            self.holds[message["id"]] = [claim, answered, None]


def producer(api, witness, number):
    randomness = random.Random(number)
    while not witness.stop.is_set():
        queue = randomness.choice(CRASH_QUEUES)
        keys = [uuid.uuid4().hex for _ in range(randomness.choice([1, 1, 3, 10]))]
        messages = [
            {"ttl": 3600, "body": {"key": key, "from": number, "at": time.monotonic_ns(), "place": place}}
            for place, key in enumerate(keys)
        ]
        try:
            response = api.post(f"/v2/queues/{queue}/messages", json={"messages": messages}, timeout=10)
        except requests.RequestException:
            with witness.lock:
                witness.maybe.update(keys)
            time.sleep(0.02)
            continue
        if response.status_code != 201:
            witness.fault(f"post: {response.status_code} {response.text}")
            return
        with witness.lock:
            ids = [href.rpartition("/")[2] for href in response.json()["resources"]]
            witness.acked.update(zip(keys, ids))
        time.sleep(0.002)


def consumer(api, witness, number):
    randomness = random.Random(1000 + number)
    while not witness.stop.is_set():
        queue = randomness.choice(CRASH_QUEUES)
        asked = time.monotonic()
        try:
            claim = api.claim(queue, limit=randomness.choice([1, 5, 20]), ttl=3600, grace=60)
        except requests.RequestException:
            time.sleep(0.02)
            continue
        except AssertionError as unexpected:
            witness.fault(f"claim: {unexpected}")
            return
        answered = time.monotonic()
        if claim is None:
            time.sleep(0.02)
            continue
        for message in claim.messages:
            witness.saw(message, asked)
            witness.held(message, claim.id, asked, answered)
        choice = randomness.random()
        if choice < 0.6:
            for message in claim.messages:
                delete(api, witness, message["href"], message["id"])
        elif choice < 0.9:
            sent = time.monotonic()
            with witness.lock:
                witness.releases += 1
                for message in claim.messages:
                    witness.holds[message["id"]][2] = sent
            insist(api, witness, "DELETE", claim.href)


def delete(api, witness, href, identifier):
    if insist(api, witness, "DELETE", href):
        with witness.lock:
            witness.deleted[identifier] = time.monotonic()


def insist(api, witness, method, path):
    """Repeats a request until it is answered; True if that was 204."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            response = api.request(method, path, timeout=30)
        except requests.RequestException:
            time.sleep(0.02)
            continue
        if response.status_code != 204:
            witness.fault(f"{method} {path}: {response.status_code} {response.text}")
        return response.status_code == 204
    witness.fault(f"{method} {path}: no answer for 120 s")
    return False


@pytest.mark.timeout(300)
@pytest.mark.feature("F086", "F097", "F172")
def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed_ten_times(start_server):
    server = start_server()
    api = Api(server.url)
    check(api.put("/v2/pools/second", json={"uri": "sqlite:second", "weight": 100}), 201)
    for queue in CRASH_QUEUES:
        api.create(queue)
    witness = Witness()
    workers = [
        threading.Thread(target=work, args=(Api(server.url, api.project), witness, number), daemon=True)
        for work, count in ((producer, 4), (consumer, 4))
        for number in range(count)
    ]
    for worker in workers:
        worker.start()
    randomness = random.Random(7)
    kills = 0
    while kills < KILLS or len(witness.acked) < ACKED:
        time.sleep(randomness.uniform(0.3, 1.2))
        if kills < KILLS:
            server.kill()
            server.start()
            kills += 1
        if witness.faults:
            break
    witness.stop.set()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
    assert not witness.faults, witness.faults[:20]
    # The run was worth its name: posts were cut off, and claims both deleted and released.
    assert witness.maybe and witness.releases and len(witness.deleted) > 200
    verify(api, witness)
    server.restart()
    verify(api, witness)


def verify(api, witness):
    """Every acknowledged message is in its queue once unless its deletion was acknowledged, and in order."""
    asked = time.monotonic()
    left = {}
    for queue in CRASH_QUEUES:
        order = {}
        for message in api.everything(queue):
            witness.saw(message, asked)
            body = message["body"]
            assert body["key"] not in left, f"{body['key']} is there twice"
            left[body["key"]] = message["id"]
            moment = (body["at"], body["place"])
            assert (
                order.get(body["from"], (0, 0)) < moment
            ), f"{queue} lost the order of producer {body['from']}"
            order[body["from"]] = moment
    assert not witness.faults, witness.faults[:20]
    lost = [
        key
        for key, identifier in witness.acked.items()
        if identifier not in witness.deleted and left.get(key) != identifier
    ]
    assert not lost, f"{len(lost)} of {len(witness.acked)} acknowledged messages are lost"
    back = [key for key, identifier in left.items() if identifier in witness.deleted]
    assert not back, f"{len(back)} deleted messages are back"
    strangers = set(left) - set(witness.acked) - witness.maybe
    assert not strangers, f"{len(strangers)} messages that nobody posted"
