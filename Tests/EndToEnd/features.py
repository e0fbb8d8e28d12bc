"""Writes docs/features.md: which tests cover which row of features.csv. With --check it only compares.

The names of the tests are collected from pytest, never typed: a test names its rows in a mark,
`@pytest.mark.feature("F029")`. A row without a test needs a reason in the column `later`.
"""

import argparse
import contextlib
import csv
import io
import sys
from collections import defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "features.md"
HEAD = """# Features and their tests

What of the queue API is there, and the end-to-end tests in `Tests/EndToEnd` that would fail without it.
Written by `Tests/EndToEnd/features.py`; do not edit.

| id | area | feature | tests |
| --- | --- | --- | --- |
"""


class Collector:
    """A pytest plugin that keeps the names of the tests of each feature."""

    def __init__(self):
        self.tests = defaultdict(set)

    def pytest_collection_finish(self, session):
        for item in session.items:
            name = f"{item.path.name}::{getattr(item, 'originalname', None) or item.name}"
            for marker in item.iter_markers("feature"):
                for feature in marker.args:
                    self.tests[feature].add(name)


def collect():
    collector, output = Collector(), io.StringIO()
    with contextlib.redirect_stdout(output):
        code = pytest.main(
            ["--collect-only", "-q", "-p", "no:terminalreporter", str(HERE)], plugins=[collector]
        )
    if code != 0:
        sys.exit(f"pytest could not collect the tests (exit code {int(code)})\n{output.getvalue()}")
    return collector.tests


def page(rows, tests):
    lines = []
    for row in rows:
        names = "<br>".join(f"`{name}`" for name in sorted(tests[row["id"]]))
        covered = names or f"later: {row['later']}"
        lines.append(
            f"| {row['id']} | {row['area']} | {row['feature'].replace('|', chr(92) + '|')} | {covered} |\n"
        )
    return HEAD + "".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="fail if the page is stale or a row lacks a test"
    )
    arguments = parser.parse_args()
    with open(HERE / "features.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    tests = collect()
    bare = [row["id"] for row in rows if not tests[row["id"]] and not row["later"]]
    if bare:
        sys.exit(f"features without a test: {', '.join(bare)}")
    text = page(rows, tests)
    if not arguments.check:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit(f"{PAGE} is stale: run {Path(__file__).name} without --check")


if __name__ == "__main__":
    main()
