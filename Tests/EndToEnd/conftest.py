"""Fixtures: one default server for the whole run, servers of one's own, and clients with fresh projects.

Tests share the default server and stay independent because each has its own project. Pools belong to no
project, so tests that change pools start a server of their own (`own`).
"""

import contextlib
import csv
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.api import Api, check
from harness.command_line import Line
from harness.server import REPOSITORY, Server, running, started
from harness.waiting import PassingTime, Silence

HERE = Path(__file__).parent
#: Files whose tests wait for time to pass, from the start of the run (see `waiting`). They go in the middle of the
#: others: late enough to wait for little, and long before what they look at ends, half an hour after the start.
LATE = ("test_expiry.py",)
#: Files that take minutes, in their order. What the first test of test_faults.py begins comes to its end while those
#: behind it run, and its other tests look at that last.
LAST = (
    "test_nodes.py",
    "test_migration_load.py",
    "test_faults.py",
    "test_migration_drain.py",
    "test_migration_crashes.py",
)
#: Fixtures that are begun with the run, for tests that look at them once time has passed.
EARLY = ("passing_time", "silence")


def pytest_collection_modifyitems(items):
    with open(HERE / "features.csv", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    for item in items:
        for marker in item.iter_markers("feature"):
            unknown = set(marker.args) - known
            if unknown:
                raise pytest.UsageError(f"{item.nodeid}: no such feature: {', '.join(sorted(unknown))}")
    late, last = ([item for item in items if item.path.name in names] for names in (LATE, LAST))
    others = [item for item in items if item.path.name not in LATE + LAST]
    half = len(others) // 2
    last.sort(key=lambda item: (is_a_look_at_a_load(item), LAST.index(item.path.name)))
    items[:] = others[:half] + late + others[half:] + last


def is_a_look_at_a_load(item):
    return item.path.name == "test_faults.py" and "load" in item.fixturenames


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for server in started:
            if server.process is not None:
                report.sections.append((f"last lines of {server.log}", server.tail(15)))
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server with no configuration at all: one SQLite pool named `embedded`."""
    with running(tmp_path_factory.mktemp("default")) as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def waiting(request):
    """Begins what some tests wait for, so that the time passes while the other tests run."""
    for name in EARLY:
        if any(name in item.fixturenames for item in request.session.items):
            with contextlib.suppress(Exception):  # It fails again in the tests that ask for it, and only there.
                request.getfixturevalue(name)


@pytest.fixture(scope="session")
def passing_time(server):
    return PassingTime(Api(server.url))


@pytest.fixture(scope="session")
def silence(tmp_path_factory):
    with running(tmp_path_factory.mktemp("silence"), env=Silence.SETTINGS) as server:
        with contextlib.closing(Silence(server)) as silence:
            yield silence


@pytest.fixture
def api(server):
    """A client with a project of its own, on the shared server."""
    return Api(server.url)


@pytest.fixture
def queue(api):
    """An empty queue in the project of `api`."""
    return api.create()


@pytest.fixture
def start_server(tmp_path):
    """Starts servers with other settings: `start_server(env=…, arguments=…)`; stops them at the end."""
    servers = []

    def start(**settings):
        server = Server(tmp_path / f"server-{len(servers)}", **settings)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def own(start_server):
    """A client of a fresh server that no other test uses, for tests that change pools."""
    server = start_server()
    api = Api(server.url)
    api.server = server
    return api


@pytest.fixture
def line(api):
    """The command line in a project of its own on the shared server: nothing may be done to pools."""
    return Line(api)


@pytest.fixture
def own_line(own):
    """The command line to a server of its own."""
    return Line(own)


@pytest.fixture(scope="module")
def module_server(tmp_path_factory):
    """Starts servers with other settings that all tests of a file share."""
    with contextlib.ExitStack() as stack:
        yield lambda **settings: stack.enter_context(running(tmp_path_factory.mktemp("server"), **settings))


@pytest.fixture(scope="module")
def own_pools(module_server):
    """A server for those refusals of a file that all leave its pools as they were."""
    api = Api(module_server().url)
    yield api
    assert [pool["name"] for pool in check(api.get("/v2/pools"), 200)["pools"]] == ["embedded"]


@pytest.fixture(scope="session")
def skewed_clock(tmp_path_factory):
    """A library that puts the clock of a process forward by CLOCK_AHEAD seconds. Swift comes with the compiler."""
    library = tmp_path_factory.mktemp("clock") / "skewed_clock.so"
    source = REPOSITORY / "Tests" / "EndToEnd" / "harness" / "skewed_clock.c"
    compiler = shutil.which("clang") or shutil.which("cc")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source)], check=True)
    return str(library)
