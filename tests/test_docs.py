"""What the documents say is true of the program."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.archive import Archive
from scraper.cli import main
from scraper.config import SHIPPED, load
from scraper.demo.tour import build

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language in the README."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    path = tmp_path_factory.mktemp("docs") / "demo.db"
    build(path)
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


@pytest.mark.parametrize("statement", blocks("sql"), ids=range(len(blocks("sql"))))
def test_every_question_in_the_readme_has_an_answer_in_the_demo(demo: sqlite3.Connection, statement: str) -> None:
    assert demo.execute(statement).fetchall()


def test_the_readmes_python_runs_as_it_stands() -> None:
    (program,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.startswith("True ('wording', 'number'")


def test_every_command_is_in_the_readmes_table_and_nothing_else() -> None:
    documented = re.findall(r"^\| `redline ([a-z]+)`", README, re.MULTILINE)
    assert sorted(documented) == sorted(main.commands)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text())
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("0*.md")]
    assert sorted(numbers) == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_the_archive_that_ships_is_whole_and_holds_the_watch_list_that_ships() -> None:
    with_sources = Archive(ROOT / "archive.db", readonly=True).connection.execute("select id, url from sources")
    held = {row["id"]: row["url"] for row in with_sources}
    assert {source.id: source.url for source in load(SHIPPED).sources}.items() <= held.items()
