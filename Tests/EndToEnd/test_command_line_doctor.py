"""`weir doctor`."""

import http.server
import json
import signal
import socket
import threading

import pytest

from harness.api import Api
from harness.command_line import Line
from harness.pools import register
from harness.server import free_port, run
from harness.stores import Redis


def checks(line, *arguments, status=0):
    result = line.run("doctor", "--json", *arguments)
    assert result.returncode == status, result
    found = json.loads(result.stdout)["checks"]
    for check in found:
        assert set(check) == {"name", "status", "finding", "advice"}, check
        assert (check["status"] == "ok") == (check["advice"] is None), check
    return {check["name"]: check for check in found}


def test_the_doctor_finds_a_healthy_server_healthy(line):
    found = checks(line)
    assert {check["status"] for check in found.values()} == {"ok"}
    assert set(found) == {"configuration", "endpoint", "catalog", "pool embedded", "clock"}
    text = line.ok("doctor")
    assert "embedded" in text and text.splitlines()[0].startswith("STATUS")


def test_the_doctor_says_how_to_start_a_server(line):
    result = line.refused(1, "doctor", "--endpoint", f"http://127.0.0.1:{free_port()}", mentions=["1 check"])
    assert "weir serve" in result.stdout and "Connection refused" in result.stdout


def test_the_doctor_does_not_wait_long_for_a_server_that_is_frozen(line):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        result = line.refused(1, "doctor", "--endpoint", endpoint, mentions=["1 check"], timeout=40)
    assert "did not answer within 10 s" in result.stdout


class Vanishing(http.server.BaseHTTPRequestHandler):
    """A service whose only pool is deleted once it has been listed."""

    ANSWERS = {
        "/readyz": {"ready": True, "catalog": "reachable"},
        "/v2/pools": {"pools": [{"name": "gone"}], "links": []},
        "/v2/flavors?detailed=true": {"flavors": [], "links": []},
        "/v2/health": {"catalog_reachable": True},
    }

    def answer(self):
        found = self.ANSWERS.get(self.path)
        body = json.dumps(found or {"title": "Not found", "description": "gone"}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *words):
        pass


def test_a_pool_that_is_deleted_meanwhile_is_no_failure_of_the_service(line):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vanishing) as server:
        threading.Thread(target=server.serve_forever).start()
        found = checks(line, "--endpoint", f"http://127.0.0.1:{server.server_port}", status=1)
        server.shutdown()
    assert found["placement"]["status"] == "failed" and not {"admin API", "pool gone"} & set(found)


def test_the_doctor_finds_a_pool_that_lacks_what_its_flavor_requires(own_line):
    register(own_line.api, "p", options={"synchronous": "normal"})
    own_line.ok("flavor", "create", "safe", "--capability", "DURABILITY")
    assert checks(own_line)["flavor safe"]["status"] == "ok"
    own_line.ok("flavor", "create", "quick", "--pool", "p")
    own_line.ok("flavor", "create", "none", "--capability", "HIGH_THROUGHPUT")
    found = checks(own_line)
    assert found["flavor none"]["status"] == "warning" and "HIGH_THROUGHPUT" in found["flavor none"]["advice"]
    own_line.ok("flavor", "create", "quick", "--capability", "DURABILITY")
    found = checks(own_line, status=1)
    assert found["flavor quick"]["status"] == "failed"
    assert "'p' lacks DURABILITY" in found["flavor quick"]["finding"]


def test_the_doctor_finds_that_no_pool_takes_queues(own_line):
    own_line.ok("pool", "update", "embedded", "--weight", "0")
    assert checks(own_line, status=1)["placement"]["status"] == "failed"


def test_the_doctor_finds_a_pool_that_cannot_be_reached(own_line, tmp_path):
    place = tmp_path / "away"
    place.mkdir()
    register(own_line.api, "away", uri=f"sqlite://{place}/pool.db")
    own_line.api.server.stop()
    for file in place.iterdir():
        file.unlink()
    place.rmdir()
    place.write_text("in the way")
    # Ping wants every pool.
    own_line.api.server.answers = lambda: own_line.run("pool", "list").returncode == 0
    own_line.api.server.start()
    found = checks(own_line, status=1)
    assert found["pool away"]["status"] == "failed" and found["pool embedded"]["status"] == "ok"


def test_the_doctor_needs_the_admin_api(start_server):
    line = Line(Api(start_server(arguments=["--admin-mode", "false"]).url))
    found = checks(line, status=1)
    assert found["endpoint"]["status"] == "ok" and "admin_mode" in found["admin API"]["advice"]


# Settings


def with_variables(line, **variables):
    """The same command line with more variables."""
    other = Line(line.api)
    other.env.update(variables)
    return other


@pytest.fixture
def configuration(tmp_path):
    """Writes a configuration file and returns its path."""

    def write(text):
        path = tmp_path / "weir.yaml"
        path.write_text(text)
        return str(path)

    return write


def test_the_doctor_takes_settings_that_a_server_takes(line, configuration):
    path = configuration("limits: {max_message_ttl: 7200}\n")
    for found in (checks(line, "--config", path), checks(with_variables(line, WEIR_CONFIG=path))):
        assert found["configuration"]["status"] == "ok" and path in found["configuration"]["finding"]
    assert "defaults" in checks(line)["configuration"]["finding"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("limits: {max_message_ttl: 0}\n", ["limits.max_message_ttl", "(line 1)", "must be"]),
        ("limits: {max_mesage_ttl: 60}\n", ["limits.max_mesage_ttl", "limits.max_message_ttl"]),
        (
            "limits: {default_message_ttl: 900, max_message_ttl: 600}\n",
            ["limits.default_message_ttl is 900", "limits.max_message_ttl, 600"],
        ),
        ("listen: 0.0.0.0:8888\n", ["0.0.0.0:8888", "loopback"]),
        ("limits: [", ["YAML"]),
        ("notification: {allow: [10.1.0.0/8]}\n", ["notification.allow", "ranges of addresses"]),
        ("notification: {ca_file: /none.pem}\n", ["notification.ca_file", "/none.pem", "No such file"]),
        ("catalog: postgres://u:sesame@x\n", ["catalog", "postgres", "not supported"]),
    ],
)
def test_the_doctor_refuses_settings_in_the_words_of_a_server(line, configuration, tmp_path, text, words):
    path = configuration(text)
    found = checks(line, "--config", path, status=1)
    check = found["configuration"]
    assert check["status"] == "failed" and all(word in check["finding"] for word in words), check
    assert found["endpoint"]["status"] == "ok", "the others are looked at all the same"
    refused = run("serve", "--config", path, "--data", str(tmp_path / "data"))
    assert refused.returncode == 2 and check["finding"] in refused.stderr


def test_the_doctor_looks_at_a_file_alone_where_no_server_is_named(configuration):
    result = run("doctor", "--json", "--config", configuration("limits: {max_message_ttl: 7200}\n"))
    assert result.returncode == 0 and [check["name"] for check in json.loads(result.stdout)["checks"]] == ["configuration"]


def test_the_doctor_notices_a_store_that_takes_no_more(own_line, tmp_path):
    store = Redis(tmp_path / "redis", appendonly="no")
    store.start()
    try:
        own_line.ok("pool", "create", "full", "--uri", store.uri, "--weight", "1")
        assert checks(own_line)["pool full"]["status"] == "ok"
        store.configure("maxmemory", "1")
        found = checks(own_line, status=1)
        assert "create_queue" in found["pool full"]["finding"] and "full" in found["pool full"]["advice"]
        assert found["pool embedded"]["status"] == "ok"
    finally:
        store.kill()


def test_the_doctor_takes_variables_as_a_server_does(line, configuration):
    found = checks(with_variables(line, WEIR_LIMITS_MAX_MESSAGE_TTL="soon"), status=1)
    assert "WEIR_LIMITS_MAX_MESSAGE_TTL must be" in found["configuration"]["finding"]
    found = checks(with_variables(line, WEIR_LISTN="127.0.0.1:1"))["configuration"]
    assert found["status"] == "warning" and "WEIR_LISTN" in found["finding"] and "WEIR_LISTEN" in found["finding"]
    found = checks(with_variables(line, WEIR_CONFIG="/nowhere/weir.yaml"), status=1)["configuration"]
    assert found["status"] == "failed" and "/nowhere/weir.yaml" in found["finding"]
    assert checks(with_variables(line, WEIR_CONFIG="/nowhere/weir.yaml"), "--config", configuration(""))
    assert "defaults" in checks(with_variables(line, WEIR_CONFIG=""))["configuration"]["finding"]


# Nodes


@pytest.fixture
def site(start_server, tmp_path):
    """Starts nodes on one catalog; returns their addresses."""
    store = Redis(tmp_path / "catalog")
    store.start()

    def start(**settings):
        return start_server(arguments=["--catalog", store.uri], **settings)

    start.store = store
    yield start
    store.stop()


def asked(*nodes):
    return [word for node in nodes for word in ("--node", node)]


def test_the_doctor_asks_each_node_itself(site):
    one, two = site(), site()
    line = Line(Api(one.url))
    register(line.api, "shared", uri=site.store.uri + "/1")
    found = checks(line, *asked(one.url, two.url))
    for name in (f"node {one.url}", f"node {two.url}", "clock skew between nodes"):
        assert found[name]["status"] == "ok", found[name]
    assert "clock skew between nodes" not in checks(line, *asked(two.url))


def test_the_doctor_names_the_nodes_whose_clocks_differ(site, skewed_clock):
    right = [site(), site()]
    wrong = site(env={"LD_PRELOAD": skewed_clock, "CLOCK_AHEAD": "100"})
    line = Line(Api(right[0].url))
    register(line.api, "shared", uri=site.store.uri + "/1")
    urls = [server.url for server in (right[0], wrong, right[1])]
    found = checks(line, *asked(*urls), status=1)
    assert all(found[f"node {url}"]["status"] == "ok" for url in urls)
    check = found["clock skew between nodes"]
    assert check["status"] == "failed" and "NTP" in check["advice"]
    ahead, behind = check["finding"].split(" s ahead of ")
    url, seconds = ahead.split(" is at least ")
    assert url == wrong.url and behind in (right[0].url, right[1].url) and 90 < float(seconds) <= 100
    assert found["clock"]["status"] == "ok", "the endpoint's own is right"
    assert checks(Line(Api(wrong.url)), status=1)["clock"]["status"] == "failed"
    # Where it waits until some time, the kernel waits, whose clock is right: it would stop a hundred seconds too late.
    wrong.kill()


def test_a_node_that_does_not_answer_fails_and_the_others_are_looked_at(site):
    one, two, frozen = site(), site(), site()
    line = Line(Api(one.url))
    register(line.api, "shared", uri=site.store.uri + "/1")
    gone = f"http://127.0.0.1:{free_port()}"
    frozen.process.send_signal(signal.SIGSTOP)
    try:
        found = checks(line, *asked(gone, frozen.url, one.url, two.url), status=1)
    finally:
        frozen.process.send_signal(signal.SIGCONT)
    assert found[f"node {gone}"]["status"] == found[f"node {frozen.url}"]["status"] == "failed"
    assert "Connection refused" in found[f"node {gone}"]["finding"]
    assert "did not answer within 5 s" in found[f"node {frozen.url}"]["finding"]
    for name in (f"node {one.url}", f"node {two.url}", "clock skew between nodes", "endpoint"):
        assert found[name]["status"] == "ok", found[name]


def test_a_node_without_its_catalog_fails(site, own):
    node = site()
    site.store.pause()
    try:
        found = checks(Line(own), *asked(node.url), status=1)
    finally:
        site.store.resume()
    assert found[f"node {node.url}"]["status"] == "failed" and "catalog" in found[f"node {node.url}"]["finding"]
