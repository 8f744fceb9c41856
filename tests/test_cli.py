"""The command as a user meets it: what it prints, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner, Result

from scraper.archive import Archive
from scraper.cli import main
from scraper.demo.tour import build
from tests.scripted import Page, Raw, Scripted, page, redirect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STORY = "<title>Story</title><main><h1>Story</h1><p>The council met on Monday and decided the matter.</p></main>"
LOOPBACK = '[fetch]\ndelay = 0\nrobots = false\nallow_private = ["127.0.0.0/8"]\n'


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("demo") / "demo.db"
    build(path)
    return path


@pytest.fixture
def site() -> Iterator[Scripted]:
    with Scripted({"/story": page(STORY)}) as served:
        yield served


def redline(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def watched(tmp_path: Path, url: str, fetch: str = LOOPBACK) -> tuple[object, ...]:
    (tmp_path / "sources.toml").write_text(f'{fetch}\n[[source]]\nid = "story"\nurl = "{url}"\n')
    return ("--db", tmp_path / "archive.db")


def test_a_run_says_what_it_did_and_ends_with_the_ledgers_head(site: Scripted, tmp_path: Path) -> None:
    result = redline("run", *watched(tmp_path, site.url("/story")))

    assert result.exit_code == 0
    assert "1 page looked at: 0 changes, 0 failed" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("ledger ")


def test_a_run_with_nothing_due_says_so_is_recorded_and_reads_no_watch_list(
    site: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = watched(tmp_path, site.url("/story"))
    redline("run", *given)
    assert "0 pages looked at" in redline("run", *given).stdout
    monkeypatch.setattr("tomllib.loads", None)
    result = redline("run", *given)

    assert result.exit_code == 0
    said, ledger = result.stdout.splitlines()
    assert said == "no page is due"
    monkeypatch.undo()
    assert ledger.startswith("ledger ")
    with Archive(tmp_path / "archive.db", readonly=True) as archive:
        last = archive.runs(1)[0]
        assert (last["due"], last["fetched"], last["ledger_head"]) == (0, 0, ledger.removeprefix("ledger "))
    assert redline("verify", *given[:2]).exit_code == 0


def test_a_watch_list_that_was_altered_is_read_although_nothing_is_due(site: Scripted, tmp_path: Path) -> None:
    given = watched(tmp_path, site.url("/story"))
    for _ in range(2):
        redline("run", *given)
    with (tmp_path / "sources.toml").open("a") as file:
        file.write("colour = 'red'\n")

    result = redline("run", *given)
    assert result.exit_code == 2
    assert "unknown key `colour`" in result.stderr


def test_a_dry_run_fetches_nothing_and_makes_no_archive(site: Scripted, tmp_path: Path) -> None:
    result = redline("run", "--dry-run", *watched(tmp_path, site.url("/story")))

    assert "1 page would be looked at" in result.stdout
    assert (site.asked, (tmp_path / "archive.db").exists()) == ([], False)


def endless() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000000\r\n\r\n"
    for _ in range(1_000):
        yield bytes(1_000_000)


FAILING: dict[str, tuple[Page | Raw, str, str]] = {
    "/500": (page("oops", 500), "server error", "500"),
    "/empty": (page(b""), "extraction suspect", "empty body"),
    "/binary": (page(b"\x7fELF\x02\x01\x01" + bytes(200)), "unsupported", "text/html"),
    "/giant": (lambda _: endless(), "too large", "20_000_000"),
    "/loop": (redirect("/loop"), "network error", "redirect"),
}


@pytest.mark.parametrize("path", FAILING)
def test_a_page_that_cannot_be_seen_is_a_line_with_its_reason_and_exit_code_1(
    site: Scripted, tmp_path: Path, path: str
) -> None:
    answer, outcome, reason = FAILING[path]
    site.pages[path] = answer

    result = redline("run", *watched(tmp_path, site.url(path)))

    lines = [line for line in result.stderr.splitlines() if line.startswith(outcome)]
    assert (result.exit_code, len(lines)) == (1, 1)
    assert reason in lines[0]


def test_a_host_that_nobody_answers_at_is_a_failed_source_and_not_a_traceback(site: Scripted, tmp_path: Path) -> None:
    with Scripted() as closed:
        url = closed.url("/story")

    result = redline("run", *watched(tmp_path, url))

    assert result.exit_code == 1
    assert "connection refused" in result.stderr


BAD_LISTS = {
    "an empty file": ("", "sources.toml"),
    "a wrong type": ('[[source]]\nid = "a"\nurl = 7\n', ":3:"),
    "an unknown key": ('[[source]]\nid = "a"\nurl = "https://example.org/"\nevry = "6h"\n', "did you mean `every`"),
    "an id given twice": (
        '[[source]]\nid = "a"\nurl = "https://example.org/"\n[[source]]\nid = "a"\nurl = "https://example.org/b"\n',
        ":5:",
    ),
    "no TOML": ("[[source\n", ":1:"),
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_a_mistake_in_the_watch_list_is_told_with_its_line_before_anything_happens(tmp_path: Path, name: str) -> None:
    text, expected = BAD_LISTS[name]
    (tmp_path / "sources.toml").write_text(text)

    result = redline("run", "--db", tmp_path / "archive.db")

    assert result.exit_code == 2
    assert expected in result.stderr
    assert not (tmp_path / "archive.db").exists()


@pytest.mark.parametrize("command", ["serve", "sources", "status", "log", "verify", "rebuild"])
def test_a_command_that_needs_an_archive_says_how_to_start_one(tmp_path: Path, command: str) -> None:
    result = redline(command, "--db", tmp_path / "none.db")

    assert result.exit_code == 2
    assert "run `redline run --db" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_run_begins_an_archive_in_an_empty_file(site: Scripted, tmp_path: Path) -> None:
    where = watched(tmp_path, site.url("/story"))
    (tmp_path / "archive.db").touch()

    assert redline("run", *where).exit_code == 0
    assert redline("verify", "--db", tmp_path / "archive.db").exit_code == 0


def test_a_rebuild_that_only_tells_what_would_change_leaves_every_byte(site: Scripted, tmp_path: Path) -> None:
    redline("run", *watched(tmp_path, site.url("/story")))
    before = (tmp_path / "archive.db").read_bytes()

    assert redline("rebuild", "--dry-run", "--db", tmp_path / "archive.db").exit_code == 0
    assert (tmp_path / "archive.db").read_bytes() == before


def test_a_broken_archive_fails_verification_with_exit_code_3(site: Scripted, tmp_path: Path) -> None:
    redline("run", *watched(tmp_path, site.url("/story")))
    with Archive(tmp_path / "archive.db") as archive:
        archive.connection.execute("drop trigger fetches_no_update")
        archive.connection.execute("update fetches set reason = 'all was well'")

    result = redline("verify", "--db", tmp_path / "archive.db")

    assert result.exit_code == 3
    assert "fetches 1" in result.stdout


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_damaged_file_is_told_with_exit_code_3_and_without_a_traceback(demo: Path, tmp_path: Path, at: float) -> None:
    content = bytearray(demo.read_bytes())
    start = int(len(content) * at) // 4096 * 4096
    content[start : start + 3 * 4096] = bytes(3 * 4096)
    (tmp_path / "damaged.db").write_bytes(content)

    result = redline("verify", "--db", tmp_path / "damaged.db")

    assert result.exit_code == 3
    assert "Traceback" not in result.output


def test_verify_leaves_the_file_as_it_is_and_finds_a_head_again(demo: Path) -> None:
    before = demo.read_bytes()
    head = redline("verify", "--db", demo).stdout.splitlines()[-1].split()[-1]

    assert redline("verify", "--db", demo, "--head", head).exit_code == 0
    assert redline("verify", "--db", demo, "--head", "0" * 64).exit_code == 3
    assert demo.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "dredging-contract", "--at", "0001-01-01T00:00+02:00"),
        ("show", "dredging-contract", "99999999999999999999"),
        ("log", "--limit", "99999999999999999999"),
        ("log", "--since", "yesterday"),
        ("log", "--class", "silent"),
        ("log", "no\udcffsuch"),
        ("export", "changes", "--since", "soon"),
    ],
)
def test_an_odd_argument_is_one_line_and_exit_code_2(demo: Path, arguments: tuple[str, ...]) -> None:
    result = redline(*arguments, "--db", demo)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_verify_and_rebuild_find_nothing_to_say_of_the_demo(demo: Path) -> None:
    verified, rebuilt = redline("verify", "--db", demo), redline("rebuild", "--db", demo)

    assert (verified.exit_code, rebuilt.exit_code) == (0, 0)
    assert "everything holds" in verified.stdout
    assert "nothing changed" in rebuilt.stdout


def test_the_log_tells_a_silent_number_change(demo: Path) -> None:
    result = redline("log", "dredging-contract", "--class", "number", "--db", demo)

    assert '"48.6" became "61.3"' in result.stdout
    assert "undeclared_edit" in result.stdout
    assert "between 3 Mar 2026, 06:17 and 3 Mar 2026, 18:17 UTC" in " ".join(result.stdout.split())


def test_a_difference_marks_the_words_so_that_it_reads_without_colour(demo: Path) -> None:
    result = redline("diff", "dredging-contract", 1, 2, "--db", demo)
    assert "[-48.6-]" in result.stdout
    assert "{+61.3+}" in result.stdout


def test_a_version_reads_as_it_did_on_a_day(demo: Path) -> None:
    result = redline("show", "dredging-contract", "--at", "2026-03-02T12:00", "--db", demo)
    assert "version 1" in result.stdout
    assert "48.6" in result.stdout
    assert "clocks: ours and the server's agreed" in result.stdout
    assert "robots.txt: " in result.stdout


def test_the_raw_bytes_can_be_had(demo: Path) -> None:
    result = redline("show", "dredging-contract", 1, "--raw", "--db", demo)
    assert result.stdout_bytes.lstrip().lower().startswith(b"<!doctype html>")


def test_blame_dates_each_passage(demo: Path) -> None:
    result = redline("blame", "dredging-contract", "--db", demo)
    assert "2026-03-03" in result.stdout
    assert "2026-03-02" in result.stdout


def test_a_search_finds_text_that_has_gone(demo: Path) -> None:
    result = redline("search", "48.6 million", "--db", demo)
    assert "last seen 3 Mar 2026, 06:17" in " ".join(result.stdout.split())


def test_status_names_every_source_and_when_it_is_due(demo: Path, tmp_path: Path) -> None:
    result = redline("status", "--db", demo)
    assert "11 sources, 0 failing, 0 due now" in result.stdout
    assert "pilot-interview" in result.stdout
    # The list that ships is another one than the demo's.
    assert "7 pages of the watch list not in this archive yet" in result.stdout


def test_status_says_why_each_page_is_due_when_it_is(site: Scripted, tmp_path: Path) -> None:
    where = watched(tmp_path, site.url("/story"))
    redline("run", *where)
    result = redline("status", *where)
    said = " ".join(result.stdout.split())

    assert "due" in said
    assert "no change seen yet; pages of its age at 127.0.0.1 change about every 24 h; last looked at 0 min ago" in said
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_an_unknown_source_is_answered_with_a_suggestion(demo: Path) -> None:
    for command in (["diff"], ["show"], ["blame"], ["log"]):
        result = redline(*command, "dredging-contrakt", "--db", demo)
        assert result.exit_code == 2
        assert "did you mean dredging-contract" in result.stderr


def test_changes_are_exported_with_their_edits(demo: Path) -> None:
    result = redline("export", "changes", "dredging-contract", "--db", demo)
    rows = [json.loads(line) for line in result.stdout.splitlines()]

    assert {"id", "summary", "edits", "parts"} <= set(rows[0])
    assert any(edit["new_text"] and "61.3" in edit["new_text"] for row in rows for edit in row["edits"])


def test_add_writes_the_watch_list_beside_the_archive_and_the_next_run_uses_it(site: Scripted, tmp_path: Path) -> None:
    where = watched(tmp_path, site.url("/story"))
    site.pages["/other"] = page(STORY.replace("Story", "Another"))

    added = redline("add", site.url("/other"), "--id", "other", "--every", "6h", *where)
    done = redline("run", "--source", "other", *where)

    assert (added.exit_code, done.exit_code) == (0, 0)
    assert "first version" in done.stderr


def test_add_refuses_a_rhythm_that_is_none(tmp_path: Path) -> None:
    result = redline("add", "https://example.org/", "--every", "sometimes", "--db", tmp_path / "archive.db")
    assert result.exit_code == 2
    assert "6h" in result.stderr


def test_every_command_says_what_it_is_for() -> None:
    def commands(group: click.Group) -> Iterator[click.Command]:
        for command in group.commands.values():
            yield command
            if isinstance(command, click.Group):
                yield from commands(command)

    assert all(command.help for command in commands(main))


def test_no_line_of_the_log_is_wider_than_the_terminal(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for arguments in (("log", "--all"), ("status",), ("sources",), ("diff", "data-terms"), ("blame", "data-terms")):
        lines = redline(*arguments, "--db", demo).stdout.splitlines()
        assert [line for line in lines if len(line) > 80 and "http" not in line] == []
