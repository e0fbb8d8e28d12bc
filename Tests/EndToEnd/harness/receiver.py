"""A web server that subscribers' messages are delivered to."""

import contextlib
import json
import socket
import struct
import threading
import time
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .server import free_port

Delivery = namedtuple("Delivery", "path headers body time")
#: Ways to answer beside a status.
HANG, RESET = "hang", "reset"


class Receiver:
    """Keeps what it gets. Each path answers as `answers` says: a status, HANG, RESET, or a function of the delivery."""

    def __init__(self):
        self.lock = threading.Lock()
        self.deliveries = []
        self.answers = {}
        self.closing = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Else the end of an answer waits for the acknowledgement of its beginning.
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.answer(self, Delivery(self.path, dict(self.headers), body, time.time()))

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

            def handle_error(self, *_):
                pass  # Deliveries are broken off when a server is killed.

        # Below those of outgoing connections: none of them can be given this one.
        self.server = Server(("127.0.0.1", free_port()), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def answer(self, handler, delivery):
        with self.lock:
            self.deliveries.append(delivery)
            answer = self.answers.get(delivery.path, 204)
        if callable(answer):
            answer = answer(delivery)
        if answer == HANG:
            self.closing.wait()
            handler.close_connection = True
        elif answer == RESET:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            handler.close_connection = True
        else:
            handler.send_response(answer)
            if answer != 204:
                handler.send_header("Content-Length", "0")
            if answer in (301, 302, 307, 308):
                handler.send_header("Location", f"http://127.0.0.1:{self.port}/elsewhere")
            handler.end_headers()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path="/"):
        with self.lock:
            return [delivery for delivery in self.deliveries if delivery.path == path]

    def payloads(self, path="/"):
        return [json.loads(delivery.body) for delivery in self.at(path)]

    def bodies(self, path="/"):
        return [payload["body"] for payload in self.payloads(path)]

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


def until(condition, seconds=60, what="the condition"):
    """Returns what the condition gives once that is true."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"{what} did not come true within {seconds} s"
        time.sleep(0.01)


@contextlib.contextmanager
def receiving():
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.close()
