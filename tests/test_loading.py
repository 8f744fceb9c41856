"""What is loaded when: a command waits for nothing that it does not use."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("requests", "urllib3", "sqlite_utils", "datasette", "bs4", "pypdf", "PIL", "selectolax", "distributed")
# Modules of ours of which a process that only hands out and stores needs nothing.
SLOW = (
    "scraper.comparing.comparer",
    "scraper.normalizing.html",
    "scraper.normalizing.chrome",
    "scraper.fetching.client",
)


def loaded(statement: str) -> set[str]:
    """The heavy packages and modules that stand in memory after a statement, in a process of its own."""
    program = f"import sys, json; {statement}; print(json.dumps([m for m in {HEAVY + SLOW!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("statement", ["import scraper", "import scraper.cli"])
def test_the_package_and_the_commands_load_none_of_the_libraries(statement: str) -> None:
    assert loaded(statement) == set()


def test_a_run_begins_with_none_of_them_nor_with_what_reads_and_compares_pages() -> None:
    assert loaded("import scraper.cli, scraper.run, scraper.archive.archive, scraper.config") == set()


def test_a_run_that_has_pages_read_in_other_processes_loads_no_parser() -> None:
    assert loaded("import scraper.cli, scraper.run, scraper.archive.archive, scraper.executing.processes") == set()
