"""What a scheduled job tells of a run, and what keeps pages from speaking in its name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scraper import publishing
from scraper.archive import Archive, succession
from scraper.config import Source, WatchList
from scraper.errors import UsageError
from scraper.fetching.observation import Answer

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEADLINE = "| ::error::x | <img src=x onerror=y> [a](javascript:b) `c` @everyone **d** https://e.example"
TEXT = "<p>The harbour office has published the depths of the northern channel for the coming season.</p>" * 3


def page(source: str, moment: datetime, depth: int, status: int = 200) -> Answer:
    headline = HEADLINE.replace("<", "&lt;")
    body = f"<title>{headline}</title><article><h1>{headline}</h1>{TEXT}<p>It is {depth} metres deep.</p></article>"
    url = f"https://example.org/{source}"
    headers = (("content-type", "text/html; charset=utf-8"),)
    return Answer(source, url, moment, 40, final_url=url, status=status, headers=headers, body=body.encode())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of two runs: the second saw one page changed and could not see the other."""
    made = tmp_path / "archive.db"
    sources = (Source("channel", "https://example.org/channel"), Source("pilots", "https://example.org/pilots"))
    with Archive(made) as archive:
        archive.sync(WatchList(sources), NOON)
        for number, (depth, status) in enumerate([(9, 200), (7, 503)]):
            moment = NOON + timedelta(hours=number)
            run = archive.begin_run("test", 2, moment)
            archive.record(run, page("channel", moment, depth))
            archive.record(run, page("pilots", moment, 3, status))
            archive.finish_run(run, moment, fetched=2, changed=number, failed=number)
    return made


def command(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(publishing.main, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def test_a_mistake_of_the_caller_is_one_line_and_exit_code_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)

    code, output = command(str(tmp_path / "archive.db"))

    assert code == 2
    assert re.fullmatch(r"error: no archive at .*\n", output)


def test_the_last_run_is_the_one_that_is_told_with_the_head_of_the_ledger(path: Path) -> None:
    code, output = command(str(path))

    assert code == 0
    assert output.startswith("## Run 2\n")
    assert f"\nLedger-Head: {succession.head(path)}\n" in output


def test_an_archive_without_a_run_is_told(tmp_path: Path) -> None:
    Archive(tmp_path / "archive.db").close()

    code, output = command(str(tmp_path / "archive.db"))

    assert code == 2
    assert "has no run yet" in output


def test_the_summary_of_a_run_names_what_changed_and_what_was_not_seen(path: Path) -> None:
    text = publishing.summary(path, 2)

    assert "| 2 | 2 | 1 | 1 |" in text
    assert text.count("\n| ") == 2 + 2 + 2 + 1 + 1 + 1
    assert "content" in text.split("### What changed")[1]
    assert "server error" in text.split("### Not seen as a document")[1]


def test_a_quiet_run_has_no_list_of_changes(path: Path) -> None:
    with Archive(path) as archive:
        run = archive.begin_run("test", 0, NOON + timedelta(hours=2))
        archive.finish_run(run, NOON + timedelta(hours=2), fetched=0, changed=0, failed=0)

    assert "###" not in publishing.summary(path, run)


def test_a_headline_is_literal_text_in_the_summary(path: Path) -> None:
    text = publishing.summary(path, 2)

    assert "everyone" in text
    for marked in ("<", "](", "`", "@everyone", "**", "https://e", "::error"):
        assert marked not in text


def test_a_run_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(UsageError, match="no run 9"):
        publishing.summary(path, 9)
