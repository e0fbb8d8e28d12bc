"""A mail server that speaks TLS from the first byte and keeps what it gets."""

import base64
import socketserver
import ssl
import subprocess
import threading


def certificate(folder):
    """A certificate of its own for localhost: the paths of certificate and key."""
    paths = folder / "mail.crt", folder / "mail.key"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(
        [*command.split(), "-out", str(paths[0]), "-keyout", str(paths[1])], check=True, capture_output=True
    )
    return paths


class Mailbox:
    """Takes mails from whoever logs in as `user`; refuses readers in `unknown`."""

    def __init__(self, folder, user, password):
        self.authorities, key = certificate(folder)
        self.mails, self.logins, self.unknown = [], [], set()
        self.expected = f"\0{user}\0{password}"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.authorities, key)
        mailbox = self

        class Handler(socketserver.StreamRequestHandler):
            def setup(self):
                self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")

            def handle(self):
                self.say("220 here")
                for line in self.rfile:
                    word = line.split()[0].upper() if line.split() else b""
                    if word == b"QUIT":
                        self.say("221 bye")
                        return
                    self.answer(word, line.decode().strip())

            def answer(self, word, line):
                if word == b"EHLO":
                    self.say("250-here\r\n250 AUTH PLAIN")
                elif word == b"AUTH":
                    text = line.split()[2] if len(line.split()) > 2 else self.ask()
                    mailbox.logins.append(base64.b64decode(text).decode())
                    self.say("235 in" if mailbox.logins[-1] == mailbox.expected else "535 no")
                elif word == b"RCPT":
                    self.say("550 nobody" if line.split("<")[1].rstrip(">") in mailbox.unknown else "250 yes")
                elif word == b"DATA":
                    self.say("354 go on")
                    lines = []
                    for row in iter(self.rfile.readline, b".\r\n"):
                        lines.append(row)
                    mailbox.mails.append(b"".join(lines))
                    self.say("250 taken")
                else:
                    self.say("250 yes")

            def ask(self):
                self.say("334 ")
                return self.rfile.readline().decode().strip()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
