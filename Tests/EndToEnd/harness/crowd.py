"""Many WebSocket clients in one process, for runs with a thousand of them: `python -m harness.crowd '{…}'`.

Takes one JSON object: `url`, `project`, `queues` (client N subscribes to queue N modulo their number), `clients`, and
`messages`, the number of pushes that each client waits for. Prints `ready`, then one JSON object with the pushes of each
client, by the numbers in their bodies, and goes on answering pings until its input ends.
"""

import json
import selectors
import socket
import sys
import time
import uuid
from urllib.parse import urlsplit

TIMEOUT = 300
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def frame(opcode, payload):
    """A final frame with a mask of zeros."""
    size = len(payload)
    if size < 126:
        head = bytes([0x80 | opcode, 0x80 | size])
    else:
        assert size < 65536
        head = bytes([0x80 | opcode, 0x80 | 126]) + size.to_bytes(2, "big")
    return head + bytes(4) + payload


class Client:
    def __init__(self, address, project, queue):
        self.buffer = b""
        self.numbers = []
        self.is_subscribed = False
        self.socket = socket.create_connection(address, timeout=TIMEOUT)
        lines = [
            "GET / HTTP/1.1",
            f"Host: {address[0]}:{address[1]}",
            "Upgrade: websocket",
            "Connection: Upgrade",
        ]
        lines += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}", "", ""]
        self.socket.sendall("\r\n".join(lines).encode())
        while b"\r\n\r\n" not in self.buffer:
            self._receive()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        request = {
            "action": "subscription_create",
            "headers": {"Client-ID": str(uuid.uuid4()), "X-Project-ID": project},
            "body": {"queue_name": queue, "ttl": 3600},
        }
        self.socket.sendall(frame(1, json.dumps(request).encode()))

    def _receive(self):
        part = self.socket.recv(65536)
        assert part, "the server has closed the connection"
        self.buffer += part

    def take(self):
        """Reads what is there and acts on it."""
        self._receive()
        while len(self.buffer) >= 2:
            size, start = self.buffer[1], 2
            if size == 126:
                size, start = int.from_bytes(self.buffer[2:4], "big"), 4
            if len(self.buffer) < start + size:
                break
            opcode, payload = self.buffer[0] & 15, self.buffer[start : start + size]
            self.buffer = self.buffer[start + size :]
            if opcode == 9:
                self.socket.sendall(frame(10, payload))
            elif opcode == 1:
                self._take(json.loads(payload))
            else:
                raise AssertionError(f"unexpected frame {opcode} {payload}")

    def _take(self, document):
        if "request" in document:
            assert document["headers"] == {"status": 201}, document
            self.is_subscribed = True
        else:
            assert document["Message_Type"] == "Notification", document
            self.numbers.append(document["body"])


def main():
    terms = json.loads(sys.argv[1])
    url = urlsplit(terms["url"])
    selector = selectors.DefaultSelector()
    clients = []
    for number in range(terms["clients"]):
        queue = terms["queues"][number % len(terms["queues"])]
        client = Client((url.hostname, url.port), terms["project"], queue)
        selector.register(client.socket, selectors.EVENT_READ, client)
        clients.append(client)
        # Those that are there already are pinged while the others still connect, and must not seem half open.
        for key, _ in selector.select(timeout=0):
            key.data.take()
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    end = time.monotonic() + TIMEOUT

    def serve(until):
        while not until():
            assert time.monotonic() < end, [len(client.numbers) for client in clients]
            for key, _ in selector.select(timeout=1):
                if key.data is None:
                    return
                key.data.take()

    serve(lambda: all(client.is_subscribed for client in clients))
    print("ready", flush=True)
    serve(lambda: all(len(client.numbers) >= terms["messages"] for client in clients))
    print(json.dumps([client.numbers for client in clients]), flush=True)
    serve(lambda: False)
    # Whatever came twice came by now.
    print(json.dumps([len(client.numbers) for client in clients]), flush=True)


if __name__ == "__main__":
    main()
