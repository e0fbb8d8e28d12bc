"""A client of one project over WebSocket: JSON in text messages, or MessagePack in binary ones."""

import json
import uuid

import msgpack
import websocket

TIMEOUT = 60


class Socket:
    """One connection. A reply is told from a push by its members; pushes that come first are kept."""

    def __init__(self, url, project, client_id=None, packed=False, timeout=TIMEOUT, **options):
        self.project = project
        self.client_id = client_id or str(uuid.uuid4())
        self.packed = packed
        self.pushes = []
        self.ws = websocket.create_connection(url.replace("http", "ws", 1), timeout=timeout, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.ws.close(timeout=TIMEOUT)

    # Whole documents

    def write(self, document):
        if self.packed:
            self.ws.send_binary(msgpack.packb(document))
        else:
            self.ws.send(json.dumps(document))

    def read(self):
        """The next message, whichever kind it is."""
        opcode, data = self.ws.recv_data()
        if opcode == websocket.ABNF.OPCODE_TEXT:
            return json.loads(data)
        assert opcode == websocket.ABNF.OPCODE_BINARY, (opcode, data)
        return msgpack.unpackb(data)

    def reply(self):
        """The next reply; what is pushed before it is kept in `pushes`."""
        while True:
            document = self.read()
            if "request" in document:
                assert set(document) == {"request", "body", "headers"}, document
                assert document["request"]["api"] == "v2", document
                return document
            self.pushes.append(document)

    def push(self):
        """The next pushed message."""
        if self.pushes:
            return self.pushes.pop(0)
        document = self.read()
        assert "request" not in document, document
        return document

    # Requests

    def ask(self, action, body=None, headers=None):
        """Sends a request and returns its reply, which must repeat the request."""
        every = {"Client-ID": self.client_id, "X-Project-ID": self.project, **(headers or {})}
        request = {"action": action, "headers": {k: v for k, v in every.items() if v is not None}}
        if body is not None:
            request["body"] = body
        self.write(request)
        reply = self.reply()
        echo = {"body": {}, **request, "api": "v2"}
        assert reply["request"] == echo, reply
        return reply

    def call(self, action, status=200, headers=None, **body):
        """A request that must have this status; returns the reply's body."""
        reply = self.ask(action, body, headers)
        assert reply["headers"] == {"status": status}, reply
        return reply["body"]

    def refused(self, action, status, mentions=(), headers=None, **body):
        answer = self.call(action, status, headers, **body)
        assert isinstance(answer["error"], str) and answer["error"], answer
        text = answer["error"] + answer.get("exception", "")
        for word in mentions:
            assert word in text, answer
        return answer

    def send(self, queue, *bodies, **members):
        """Posts one message a body, in one request, and returns their ids."""
        messages = [{"body": body, **members} for body in bodies]
        return self.call("message_post", 201, queue_name=queue, messages=messages)["message_ids"]

    # The end

    def closing(self):
        """Reads to the close frame and returns its code."""
        while True:
            opcode, data = self.ws.recv_data(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int.from_bytes(data[:2], "big")
