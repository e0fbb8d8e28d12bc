"""Writes docs/capabilities.md: what each driver offers, and the tests of this run that prove it.

    capabilities.py --swift EVENTS --pytest REPORT [--check]

EVENTS is the event stream of `swift test --event-stream-output-path`, REPORT that of `pytest --junitxml`. What the
drivers offer is asked of the release binary, and capabilities.csv says which tests prove it. A capability that is
offered without a passing proof is an error. With --check the page is only compared.
"""

import argparse
import csv
import json
import sys
import tempfile
import xml.etree.ElementTree as xml
from collections import defaultdict
from pathlib import Path

from harness.api import Api, check
from harness.server import running

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "capabilities.md"
HEAD = """# Capabilities and their proofs

What each driver offers. *always*: every pool of the driver has it; *if*: a pool has it while its store meets the condition,
which its probe checks; *never*: it is not offered, for the reason given. `GET /v2/capabilities` gives the same answer.
Written by `Tests/EndToEnd/capabilities.py` from the test run, which fails if something is offered without a passing proof;
do not edit.
"""


def offered():
    """The matrix, as the release binary tells it."""
    with tempfile.TemporaryDirectory() as directory, running(Path(directory)) as server:
        return check(Api(server.url).get("/v2/capabilities"), 200)["drivers"]


def swift_proofs(path):
    """For each passed Swift test, `Module.Suite/function`, the first arguments it was run with: drivers, mostly."""
    cases, ended, failed = {}, set(), set()
    with open(path, encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            payload = record["payload"]
            if record["kind"] == "test" and payload["kind"] == "function":
                names = (case["displayName"] for case in payload.get("_testCases", []))
                cases[payload["id"]] = {name.partition(",")[0] for name in names}
            elif record["kind"] == "event" and payload["kind"] == "testEnded":
                ended.add(payload.get("testID"))
            elif record["kind"] == "event" and payload["kind"] == "issueRecorded":
                failed.add(payload.get("testID"))
    passed = {identifier: arguments for identifier, arguments in cases.items() if identifier in ended - failed}
    return {short(identifier): arguments for identifier, arguments in passed.items()}


def short(identifier):
    """`Module.Suite/function(driver:)/File.swift:1:2` without its labels and its place."""
    return "/".join(part.split("(")[0] for part in identifier.split("/")[:2])


def pytest_proofs(path):
    """The names of the passed tests, `file.py::test`."""
    passed = set()
    for case in xml.parse(path).getroot().iter("testcase"):
        if not any(case.iter("failure")) and not any(case.iter("error")) and not any(case.iter("skipped")):
            passed.add(f"{case.get('classname').rpartition('.')[2]}.py::{case.get('name')}")
    return passed


def proofs(rows, swift, python):
    """For each (driver, capability) the tests that passed, and the errors: rows that name none."""
    found, errors = defaultdict(set), []
    for row in rows:
        test, drivers = row["test"], set()
        if "::" in test:
            drivers = {row["driver"]} if test in python else set()
            names = {test}
        else:
            names = {name for name in swift if name == test or name.startswith(f"{test}/")}
            for name in names:
                drivers |= swift[name] or {row["driver"]}
        if not drivers:
            errors.append(f"{row['capability']}: {test} did not pass")
        for driver in drivers if row["driver"] == "*" else drivers & {row["driver"]}:
            for name in names:
                if "::" in name or not swift[name] or driver in swift[name]:
                    found[driver, row["capability"]].add(name)
    return found, errors


def page(matrix, found):
    text = HEAD
    for driver, row in matrix.items():
        text += f"\n## {driver}\n\n| capability | support | condition or reason | proofs |\n| --- | --- | --- | --- |\n"
        for capability, cell in row.items():
            names = "<br>".join(f"`{name}`" for name in sorted(found[driver, capability]))
            shown = names if cell["support"] != "never" else ""
            text += f"| {capability} | {cell['support']} | {cell.get('condition', '')} | {shown} |\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--swift", required=True, help="event stream of the Swift tests")
    parser.add_argument("--pytest", required=True, help="JUnit report of the end-to-end tests")
    parser.add_argument("--check", action="store_true", help="fail if the page is stale")
    arguments = parser.parse_args()
    matrix = offered()
    with open(HERE / "capabilities.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found, errors = proofs(rows, swift_proofs(arguments.swift), pytest_proofs(arguments.pytest))
    for driver, row in matrix.items():
        for capability, cell in row.items():
            if cell["support"] != "never" and not found[driver, capability]:
                errors.append(f"{driver} offers {capability} without a passing proof")
    if errors:
        sys.exit("\n".join(errors))
    text = page(matrix, found)
    if not arguments.check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit(f"{PAGE} is stale: run {Path(__file__).name} without --check")


if __name__ == "__main__":
    main()
