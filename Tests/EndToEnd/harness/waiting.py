"""What tests look at once some time has passed. It begins with the run, and passes while other tests run."""

import time
from concurrent.futures import ThreadPoolExecutor

from .api import check, unique
from .sockets import Socket

MINUTE = 60


class PassingTime:
    """The state that test_expiry.py looks at. The shortest ttl of messages and claims is 60 seconds, so the minute
    is spent once, for all of them.

    Everything is posted and claimed now; `wait` returns when the 60-second terms are over."""

    def __init__(self, api):
        self.api = api
        self.expired = self._unclaimed_message()
        self.returned, self.returned_id, self.returned_claim = self._claimed(ttl=3600)
        self.extended, self.extended_id, self.extended_claim = self._claimed(ttl=60)
        self.renewed, self.renewed_id, self.renewed_claim = self._claimed(ttl=3600)
        check(api.patch(self.renewed_claim.href, json={"ttl": 3000, "grace": 60}), 204)
        self.prolonged, self.prolonged_id, self.prolonged_claim = self._claimed(ttl=60)
        check(api.patch(self.prolonged_claim.href, json={"ttl": 3000, "grace": 60}), 204)
        self.graveyard = api.create()
        self.mortal, self.mortal_id, self.mortal_claim = self._claimed(
            ttl=3600, _max_claim_count=1, _dead_letter_queue=self.graveyard
        )
        self.subscribed = api.create()
        self.short, self.prolonged_subscription = (self._subscription(path) for path in ("a", "b"))
        check(api.patch(self.subscription(self.prolonged_subscription), json={"ttl": 3000}), 204)
        self.ready = time.monotonic() + MINUTE + 1

    def _unclaimed_message(self):
        queue = self.api.create()
        (self.expired_id,) = self.api.send(queue, "short", ttl=60)
        (self.lasting_id,) = self.api.send(queue, "long", ttl=3600)
        return queue

    def _claimed(self, ttl, **metadata):
        queue = self.api.create(**metadata)
        (identifier,) = self.api.send(queue, {"kept": True}, ttl=ttl)
        # The grace is long: what is kept must be there whenever the tests get to look at it.
        claim = self.api.claim(queue, ttl=60, grace=1800)
        assert [message["id"] for message in claim.messages] == [identifier]
        return queue, identifier, claim

    def _subscription(self, path):
        body = {"subscriber": f"http://127.0.0.1:9/{path}", "ttl": 60}
        return check(self.api.post(self.subscription(), json=body), 201)["subscription_id"]

    def subscription(self, *rest):
        return "/".join((f"/v2/queues/{self.subscribed}/subscriptions", *rest))

    def wait(self):
        time.sleep(max(0, self.ready - time.monotonic()))
        return self


class Silence:
    """Two WebSocket connections that ask for nothing: `deaf` reads nothing either, and so answers no ping; the
    other one reads, and `code` is a future of what it is told at its end."""

    SETTINGS = {
        "WEIR_WEBSOCKET_PING_INTERVAL_SECONDS": 1,
        "WEIR_WEBSOCKET_PONG_TIMEOUT_SECONDS": 10,
        "WEIR_WEBSOCKET_IDLE_TIMEOUT_SECONDS": 20,
    }

    def __init__(self, server):
        self.server = server
        self.deaf, self.idle = (Socket(server.url, unique("project")) for _ in range(2))
        self.reader = ThreadPoolExecutor(1)
        self.code = self.reader.submit(self.idle.closing)

    def close(self):
        self.reader.shutdown()
        for socket in (self.deaf, self.idle):
            socket.ws.shutdown()
