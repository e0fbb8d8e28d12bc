"""The commands of README.md, as whoever follows it types them."""

import re
import subprocess

from harness.api import Api
from harness.server import REPOSITORY, binary, environment


def commands(*headings):
    """The lines to type below some headings."""
    sections = re.split(r"^## ", (REPOSITORY / "README.md").read_text(), flags=re.M)
    chosen = [section for heading in headings for section in sections if section.startswith(heading + "\n")]
    assert len(chosen) == len(headings)
    return [line[4:] for section in chosen for line in section.splitlines() if line.startswith("    ")]


def test_the_commands_for_queues_and_pools_work_one_after_the_other(own):
    # Nothing but where the servers are differs from what is written: no project, for one.
    script = "\n".join(commands("Five lines from nothing to a claimed and deleted message", "More pools"))
    for written, here in [
        ("http://127.0.0.1:8888", own.url),
        (".build/release/weir", binary()),
        ("redis://127.0.0.1:6379", "sqlite:fast"),
        ("mongodb://127.0.0.1:27017/?replicaSet=rs0", "sqlite:safe"),
    ]:
        assert written in script
        script = script.replace(written, here)
    start = 'set -eo pipefail\ncurl() { command curl -sSf "$@"; }\n'
    ended = subprocess.run(
        ["bash", "-c", start + script],
        capture_output=True,
        text=True,
        env=environment({"WEIR_ENDPOINT": own.url}),
        timeout=60,
    )
    assert ended.returncode == 0 and ended.stderr == "", ended
    demo = Api(own.url, "demo")
    assert demo.route("orders")["pool"] == "safe" and demo.stats("jobs")["total"] == 0
