"""As much of an identity service as `openstack` needs to find the messaging service: a token, and a catalog."""

import datetime
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Keystone:
    """Gives everybody a token for the project that is asked for, and names one messaging endpoint."""

    def __init__(self, endpoint):
        keystone = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                version = {
                    "id": "v3.14",
                    "status": "stable",
                    "links": [{"rel": "self", "href": keystone.url}],
                }
                self.answer(200, {"version": version})

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                project = asked["auth"]["scope"]["project"]["id"]
                self.answer(
                    201, {"token": keystone.token(project, endpoint)}, {"X-Subject-Token": uuid.uuid4().hex}
                )

            def answer(self, status, document, headers=None):
                body = json.dumps(document).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v3"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @staticmethod
    def token(project, endpoint):
        now = datetime.datetime.now(datetime.UTC)
        place = {"id": "1", "interface": "public", "region": "here", "region_id": "here", "url": endpoint}
        return {
            "methods": ["password"],
            "user": {"id": "u", "name": "u", "domain": {"id": "default", "name": "Default"}},
            "project": {"id": project, "name": project, "domain": {"id": "default", "name": "Default"}},
            "roles": [{"id": "member", "name": "member"}],
            "issued_at": now.strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
            "expires_at": (now + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
            "catalog": [{"id": "m", "type": "messaging", "name": "weir", "endpoints": [place]}],
        }

    def close(self):
        self.server.shutdown()
        self.server.server_close()
