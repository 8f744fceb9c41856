"""The commands `redline export …` and `redline import …`: wiring only."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click

from scraper.clock import system_clock
from scraper.errors import UsageError
from scraper.terminal.options import NUMBER, SOME_FAILED, db_option, load_watch_list, open_readable, sources_option
from scraper.terminal.prose import clean


@click.group()
def export() -> None:
    """Write what the archive holds as plain files."""


@export.command("changes")
@click.argument("source", required=False)
@db_option
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--since", metavar="DATE", help="Only changes first seen at or after this ISO 8601 date.")
@click.option("--all", "everything", is_flag=True, help="Also what is not a change of wording.")
def export_changes(source: str | None, db: Path, form: str, since: str | None, everything: bool) -> None:
    """Write changes to standard output: a line of JSON each, with its edits, or a table."""
    from scraper.archive import reading
    from scraper.exchange.plain import write_changes

    connection = open_readable(db).connection
    if source:
        reading.status(connection, source)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="strict")  # what is exported is data, whatever the terminal
    moment = reading.as_moment(since) if since else None
    write_changes(connection, sys.stdout, form, source_id=source, since=moment, substantive=not everything)


@export.command("texts")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@db_option
@click.option("--source", "only", multiple=True, metavar="ID", help="Only this source; repeatable.")
@click.option("--raw", is_flag=True, help="Also the exact bytes received, beside each text.")
def export_texts(folder: Path, db: Path, only: tuple[str, ...], raw: bool) -> None:
    """Write every version as a text file, a folder for each source."""
    from scraper.exchange.plain import write_texts

    written = write_texts(open_readable(db).connection, folder, only, raw=raw)
    click.echo(f"{folder}: {written} texts written")


@export.command("bundle")
@click.argument("source")
@click.argument("numbers", nargs=-1, required=True, type=NUMBER, metavar="VERSION [VERSION]")
@db_option
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
def export_bundle(source: str, numbers: tuple[int, ...], db: Path, output: Path | None) -> None:
    """Write one or two versions of SOURCE as an evidence bundle that checks itself."""
    from scraper.exchange.bundle import write_bundle

    if len(numbers) > 2:
        raise UsageError("a bundle holds one version or two: name no more")
    path = output or Path(f"{source}-{'-'.join(map(str, numbers))}.zip")
    sha256 = write_bundle(open_readable(db).connection, source, numbers, path)
    click.echo(f"{path}: SHA-256 {sha256}\n`python3 {path}` checks it")


@click.group("import")
def import_() -> None:
    """Take in what was kept elsewhere."""


@import_.command("pages")
@click.argument("source")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@db_option
@sources_option
def import_pages(source: str, files: tuple[Path, ...], db: Path, sources_path: Path | None) -> None:
    """Record saved pages of SOURCE; each file's name says when it was saved, such as 2026-03-02T061700Z.html."""
    from scraper.archive import Archive
    from scraper.exchange.pages import import_pages as take_in
    from scraper.fetching.observation import FAILED_OUTCOMES

    watch_list = load_watch_list(db, sources_path)
    with Archive(db) as archive:
        archive.sync(watch_list, system_clock())
        recorded = take_in(archive, source, files, clock=system_clock)
    for one in recorded:
        click.echo(f"{one.outcome.replace('_', ' '):<20} {one.source_id}  {clean(one.reason)}")
    if any(one.outcome in FAILED_OUTCOMES for one in recorded):
        sys.exit(SOME_FAILED)
