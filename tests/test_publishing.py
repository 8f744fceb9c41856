"""What keeps a scheduled job from publishing a damaged archive, and pages from speaking in its name."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from scraper import publishing
from scraper.archive import Archive
from scraper.config import Source, WatchList
from scraper.errors import ArchiveError, ArchiveMissing, UsageError
from scraper.fetching.observation import Answer

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BEFORE = {"sources": 2, "runs": 3, "fetches": 6, "captures": 4, "versions": 4, "changes": 2, "bytes": 200_000}
AFTER = {"sources": 2, "runs": 4, "fetches": 8, "captures": 5, "versions": 5, "changes": 3, "bytes": 210_000}
BEFORE["timestamps"] = AFTER["timestamps"] = 2
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


# Counting


def test_counts_are_the_rows_of_the_tables_and_the_size_of_the_file(path: Path) -> None:
    found = publishing.counts(path)

    assert {name: found[name] for name in ("sources", "runs", "fetches", "versions")} == {
        "sources": 2,
        "runs": 2,
        "fetches": 4,
        "versions": 3,
    }
    assert found["bytes"] == path.stat().st_size


def test_a_missing_archive_is_not_begun(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        publishing.counts(tmp_path / "archive.db")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "archive.db").touch()

    with pytest.raises(ArchiveError):
        publishing.counts(tmp_path / "archive.db")


def test_an_archive_that_is_still_being_written_is_not_counted(path: Path) -> None:
    with Archive(path) as writer:
        writer.begin_run("test", 0, NOON)
        with pytest.raises(ArchiveError, match="end the process that is writing"):
            publishing.counts(path)


def test_a_mistake_of_the_caller_is_one_line_and_exit_code_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)

    code, output = command("counts", str(tmp_path / "archive.db"))

    assert code == 2
    assert re.fullmatch(r"error: no archive at .*\n", output)


# Checking


def test_an_archive_that_grew_may_be_published() -> None:
    assert publishing.check(BEFORE, AFTER) == ()


@pytest.mark.parametrize("table", publishing.GUARDED)
def test_an_archive_that_lost_a_row_may_not(table: str) -> None:
    reasons = publishing.check(BEFORE, AFTER | {table: BEFORE[table] - 1})

    assert len(reasons) == 1
    assert f"{table} fell from {BEFORE[table]} rows to {BEFORE[table] - 1}:" in reasons[0]


def test_every_loss_is_told() -> None:
    assert len(publishing.check(BEFORE, AFTER | {"fetches": 0, "captures": 0, "bytes": 10})) == 3


def test_a_file_that_collapsed_may_not_be_published() -> None:
    assert "shrank from 0.2 MiB to 4,096 bytes" in publishing.check(BEFORE, AFTER | {"bytes": 4096})[0]


def test_without_a_new_run_there_is_nothing_to_publish() -> None:
    assert "no run was recorded" in publishing.check(BEFORE, AFTER | {"runs": BEFORE["runs"]})[0]


def test_a_file_beyond_the_limit_of_the_host_may_not_be_published_and_one_half_as_large_is_warned_of() -> None:
    limit = 100 * 1024 * 1024

    assert publishing.check(BEFORE, AFTER | {"bytes": limit - 1}) == ()
    assert "the host refuses" in publishing.check(BEFORE, AFTER | {"bytes": limit})[0]
    assert publishing.size_warning(limit // 2 - 1) is None
    assert "50.0 MiB; at 100.0 MiB" in (publishing.size_warning(limit // 2) or "")


@given(st.dictionaries(st.sampled_from([*BEFORE]), st.integers(0, 40)))
def test_more_is_never_a_reason_against(extra: dict[str, int]) -> None:
    grown = {name: count + extra.get(name, 0) for name, count in AFTER.items()}

    assert publishing.check(BEFORE, grown) == ()


def test_a_check_that_passes_says_nothing(path: Path, tmp_path: Path) -> None:
    (tmp_path / "before.json").write_text(json.dumps(BEFORE | dict.fromkeys(publishing.GUARDED, 0)), encoding="utf-8")

    assert command("check", str(path), str(tmp_path / "before.json")) == (0, "")


def test_a_refusal_is_an_annotation_and_exit_code_3(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    (tmp_path / "before.json").write_text(json.dumps(BEFORE), encoding="utf-8")

    code, output = command("check", str(path), str(tmp_path / "before.json"))

    assert code == 3
    assert all(line.startswith("::error title=Redline::Not published: ") for line in output.splitlines())


def test_a_run_that_did_not_come_to_its_end_is_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "before.json").write_text(json.dumps(publishing.counts(path)), encoding="utf-8")
    with Archive(path) as archive:
        archive.begin_run("test", 2, NOON + timedelta(hours=2))

    code, output = command("check", str(path), str(tmp_path / "before.json"))

    assert code == 3
    assert "did not come to its end" in output


# Telling


def test_a_commit_message_is_numbers_and_a_hash() -> None:
    head = "a1" * 32

    assert (
        publishing.message(BEFORE, AFTER, head) == f"archive: 2 fetches, 1 version, 1 change\n\nLedger-Head: {head}\n"
    )


def test_a_ledger_head_that_is_no_hash_never_reaches_a_message() -> None:
    with pytest.raises(ArchiveError):
        publishing.message(BEFORE, AFTER, "Fixes: everything\nSigned-off-by: nobody")


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
