"""Applications that use queues while something happens to them, and remember what they were told."""

import itertools
import threading
import time

import requests

from .api import Api
from .stores import wait_until


class Applications:
    """Producers and consumers of some queues, for the length of a `with` block.

    `vanishes`: whether the server may be away for a while; otherwise that is a failure.
    """

    def __init__(self, api, *queues, producers=2, consumers=2, vanishes=False):
        self.api, self.queues, self.vanishes = api, queues, vanishes
        self.posted, self.deleted, self.unknown = set(), [], set()
        self.refused = 0
        self.failures = []
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.answers = [time.monotonic()]
        works = [lambda name=name: self.produce(name) for name in range(producers)]
        works += [lambda name=name: self.consume(name) for name in range(consumers)]
        self.threads = [threading.Thread(target=self.attempt, args=(work,)) for work in works]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *failure):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def attempt(self, work):
        """What fails in a thread is told by `check`."""
        try:
            work()
        except BaseException as failure:
            self.failures.append(failure)

    def work_on(self, count=50):
        """Waits until so many more messages have been posted and consumed."""
        posted, deleted = len(self.posted) + count, len(self.deleted) + count
        wait_until(lambda: self.failures or len(self.posted) >= posted and len(self.deleted) >= deleted)

    def longest_gap(self, since=0.0):
        """The longest time without a post that was acknowledged, of what was later than `since`."""
        times = [since] * (since > 0) + sorted(at for at in self.answers if at >= since)
        return max(later - earlier for earlier, later in itertools.pairwise(times))

    def status(self, call, *arguments, **settings):
        """The answer to a request and its status, 503 if the server has vanished."""
        try:
            response = call(*arguments, **settings)
            return response, response.status_code
        except requests.ConnectionError:
            if not self.vanishes:
                raise
            return None, 503

    def turns(self, place):
        """The queues again and again, from a place of one's own."""
        begin = place * len(self.queues) // len(self.threads)
        return itertools.cycle(self.queues[begin:] + self.queues[:begin])

    def produce(self, name):
        api, queues = Api(self.api.url, self.api.project), self.turns(name)
        for number in itertools.count(1):
            if self.is_over.is_set():
                return
            body = f"{name}-{number}"
            messages = {"messages": [{"body": body, "ttl": 3600, "delay": 0}]}
            response, status = self.status(api.post, f"/v2/queues/{next(queues)}/messages", json=messages)
            with self.lock:
                if status == 201:
                    self.posted.add(body)
                    self.answers.append(time.monotonic())
                    continue
                assert status == 503, response.text
                self.unknown.add(body)
                self.refused += 1
            time.sleep(0.05)

    def consume(self, name):
        api, queues = Api(self.api.url, self.api.project), self.turns(name)
        while not self.is_over.is_set():
            path = f"/v2/queues/{next(queues)}/claims?limit=5"
            response, status = self.status(api.post, path, json={"ttl": 60, "grace": 60})
            if status == 201:
                self.delete(api, response.json()["messages"])
                continue
            assert status in (204, 503), response.text
            with self.lock:
                self.refused += status == 503
            time.sleep(0.02)

    def delete(self, api, messages):
        for message in messages:
            response, status = self.status(api.delete, message["href"])
            with self.lock:
                if status == 204:
                    self.deleted.append(message["body"])
                else:
                    assert status == 503, response.text
                    # The deletion may have happened, or the message comes back when its claim ends.
                    self.unknown.add(message["body"])

    def check(self, *left, old=()):
        """What was acknowledged was consumed once or is among the bodies that are `left`, a list for each queue, and
        nothing else is, in the order in which each producer posted. `old` was there before."""
        assert not self.failures, self.failures
        present = [body for bodies in left for body in bodies]
        assert len(present) == len(set(present)), "listed twice"
        assert len(self.deleted) == len(set(self.deleted)), "consumed twice"
        assert not set(present) & set(self.deleted), "came back after its deletion"
        missing = (self.posted | set(old)) - set(present) - set(self.deleted) - self.unknown
        assert not missing, f"lost {sorted(missing)[:5]}"
        strange = set(present) - self.posted - set(old) - self.unknown
        assert not strange, f"never posted {sorted(strange)[:5]}"
        for bodies in left:
            last = {}
            for body in bodies:
                name, number = body.rsplit("-", 1)
                assert int(number) > last.get(name, -1), f"{body} after {name}-{last[name]}"
                last[name] = int(number)
