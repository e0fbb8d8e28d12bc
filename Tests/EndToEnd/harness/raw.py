"""Requests that no HTTP library would send: bytes in, status and body out."""

import contextlib
import json
import socket
import threading


class Answer:
    """One response: status, headers (names in lower case) and the whole body."""

    def __init__(self, data):
        head, _, self.content = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status_code = int(lines[0].split(" ", 2)[1]) if lines[0].startswith("HTTP/1.") else None
        pairs = (line.split(":", 1) for line in lines[1:] if ":" in line)
        self.headers = {name.strip().lower(): value.strip() for name, value in pairs}
        self.content = (
            dechunked(self.content)
            if "chunked" in self.headers.get("transfer-encoding", "")
            else self.content
        )

    def json(self):
        return json.loads(self.content)

    def __repr__(self):
        return f"{self.status_code} {self.content[:300]!r}"


def dechunked(data):
    content = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size.split(b";")[0] or b"0", 16)
        if length == 0:
            break
        content, data = content + data[:length], data[length + 2 :]
    return content


def exchange(port, data, timeout=30):
    """Sends `data` while reading, so that an answer given before the end of a large body is still read.

    The request should ask for `Connection: close`, or be one after which the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:

        def feed():
            try:
                connection.sendall(data)
            except OSError:
                pass  # The server has answered and closed: that is its right.

        sender = threading.Thread(target=feed, daemon=True)
        sender.start()
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)  # Ends the sender if the server stopped reading.
        sender.join(timeout)
    return Answer(received)


def request(port, method, target, headers=(), body=None, project="raw", length=True):
    """One request with the two headers unless given, its target and header bytes sent exactly as they are."""
    given = {line.split(":", 1)[0].lower() for line in headers}
    usual = ["Client-ID: 3381af92-2b9e-11e3-b191-71861300734c", f"X-Project-ID: {project}"]
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers]
    lines += [line for line in usual if line.split(":", 1)[0].lower() not in given]
    if body is not None and length:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return exchange(port, head + (body or b""))
