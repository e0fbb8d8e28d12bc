"""Applications that use one queue while something happens to it, and remember what they were told."""

import threading
import time

from .api import Api
from .stores import wait_until


class Applications:
    """Producers and consumers of one queue, for the length of a `with` block."""

    def __init__(self, api, queue, producers=2, consumers=2):
        self.api, self.queue = api, queue
        self.posted, self.deleted, self.unknown = set(), [], set()
        self.refused = 0
        self.failures = []
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.last_answer = time.monotonic()
        self.longest = 0.0
        works = [lambda name=name: self.produce(name) for name in range(producers)] + [self.consume] * consumers
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

    def answered(self):
        with self.lock:
            now = time.monotonic()
            self.longest = max(self.longest, now - self.last_answer)
            self.last_answer = now

    def produce(self, name):
        api, number = Api(self.api.url, self.api.project), 0
        while not self.is_over.is_set():
            number += 1
            body = f"{name}-{number}"
            response = api.post(f"/v2/queues/{self.queue}/messages", json={"messages": [{"body": body, "ttl": 3600}]})
            with self.lock:
                if response.status_code == 201:
                    self.posted.add(body)
                else:
                    assert response.status_code == 503, response.text
                    self.unknown.add(body)
                    self.refused += 1
            if response.status_code == 201:
                self.answered()
            else:
                time.sleep(0.05)

    def consume(self):
        api = Api(self.api.url, self.api.project)
        while not self.is_over.is_set():
            response = api.post(f"/v2/queues/{self.queue}/claims?limit=5", json={"ttl": 60, "grace": 60})
            if response.status_code != 201:
                assert response.status_code in (204, 503), response.text
                with self.lock:
                    self.refused += response.status_code == 503
                time.sleep(0.02)
                continue
            for message in response.json()["messages"]:
                answer = api.delete(message["href"])
                with self.lock:
                    if answer.status_code == 204:
                        self.deleted.append(message["body"])
                    else:
                        assert answer.status_code == 503, answer.text
                        # The deletion may have happened, or the message comes back when its claim ends.
                        self.unknown.add(message["body"])

    def check(self, left, old=()):
        """What was acknowledged was consumed once or is among the bodies that are `left`, and nothing else is, in the
        order in which each producer posted. `old` was there before."""
        assert not self.failures, self.failures
        assert len(left) == len(set(left)), "listed twice"
        assert len(self.deleted) == len(set(self.deleted)), "consumed twice"
        assert not set(left) & set(self.deleted), "came back after its deletion"
        missing = (self.posted | set(old)) - set(left) - set(self.deleted) - self.unknown
        assert not missing, f"lost {sorted(missing)[:5]}"
        strange = set(left) - self.posted - set(old) - self.unknown
        assert not strange, f"never posted {sorted(strange)[:5]}"
        last = {}
        for body in left:
            name, number = body.rsplit("-", 1)
            assert int(number) > last.get(name, -1), f"{body} after {name}-{last[name]}"
            last[name] = int(number)
