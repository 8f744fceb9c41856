"""What is loaded when: a command waits for nothing that it does not use."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("requests", "sqlite_utils", "datasette", "bs4", "pypdf", "PIL", "selectolax", "distributed")


def loaded(statement: str) -> set[str]:
    """The heavy packages that stand in memory after a statement, in a process of its own."""
    program = f"import sys, json; {statement}; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("statement", ["import scraper", "import scraper.cli"])
def test_the_package_and_the_commands_load_none_of_the_libraries(statement: str) -> None:
    assert loaded(statement) == set()


def test_a_run_loads_neither_a_reader_of_pdf_nor_one_of_selectors_before_it_meets_a_use() -> None:
    assert loaded("import scraper.cli, scraper.run, scraper.archive, scraper.config") == {
        "requests",
        "selectolax",
    }
