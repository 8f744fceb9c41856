"""The command `redline`: wiring only. Each command opens what it needs, calls one function and prints what it gives.

Rooms are imported inside the commands, so that `redline --help` does not wait for what it does not use.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper import __version__
from scraper.clock import parse_rhythm, system_clock
from scraper.errors import UsageError
from scraper.exchange.commands import export, import_
from scraper.terminal.options import (
    DONE,
    NUMBER,
    PATH,
    SOME_FAILED,
    UNVERIFIED,
    Redline,
    db_option,
    idle_run,
    load_watch_list,
    open_readable,
    open_writable,
    print_lines,
    sources_option,
)
from scraper.terminal.redact import redact
from scraper.terminal.shard import shard
from scraper.terminal.timestamp import certificate_option, stamp_after_run, timestamp

if TYPE_CHECKING:
    from datetime import timedelta

    from scraper.executing.cluster import Cluster
    from scraper.executing.processes import Processes


@click.group(cls=Redline, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="redline")
def main() -> None:
    """Watch documents on the web, keep every version, and show what changed.

    Exit codes: 0 done; 1 done, but some sources failed; 2 usage or configuration; 3 the archive failed verification.
    """


@main.command()
@db_option
@sources_option
@click.option("--all", "everything", is_flag=True, help="Look at every source, due or not.")
@click.option("--source", "only", multiple=True, metavar="ID", help="Look at this source, due or not; repeatable.")
@click.option("--limit", type=NUMBER, metavar="N", help="Look at no more than this many, the most pressing first.")
@click.option("--dry-run", is_flag=True, help="Say what would be looked at and why; fetch and store nothing.")
@click.option("--trigger", default="manual", show_default=True, help="What started this run, as the archive notes it.")
@click.option("--timestamp", "authority", metavar="URL", help="Then have this authority stamp the head (RFC 3161).")
@click.option("--cluster", metavar="ADDRESS", help="Fetch on the workers of this Dask scheduler (tcp://HOST:8786).")
@click.option(
    "--processes",
    type=click.IntRange(0),
    metavar="N",
    help="Fetch and read in so many processes beside this one.  [default: one for each core]",
)
@click.option("-v", "--verbose", is_flag=True, help="A line for every page, also where nothing changed.")
def run(
    db: Path,
    sources_path: Path | None,
    everything: bool,
    only: tuple[str, ...],
    limit: int | None,
    dry_run: bool,
    trigger: str,
    authority: str | None,
    cluster: str | None,
    processes: int | None,
    verbose: bool,
) -> None:
    """Look at what is due, keep what came, and say what changed."""
    if not (everything or only or dry_run or authority) and (idle := idle_run(db, sources_path, trigger)):
        click.echo(idle)
        return
    from scraper.archive import Archive
    from scraper.planning import plan
    from scraper.run import run as run_once
    from scraper.terminal import views
    from scraper.terminal.progress import Progress

    watch_list = load_watch_list(db, sources_path)
    if dry_run:
        known = open_readable(db) if db.exists() else None
        print_lines(views.plan(plan(watch_list, known, everything=everything, only=only, limit=limit)))
        return
    progress = Progress(verbose=verbose)
    certain = len(watch_list.sources[:limit]) if everything and not only else 0
    with _executor(cluster, db, processes, certain) as executor, Archive(db) as archive:
        chosen: dict[str, Any] = {"everything": everything, "only": only, "limit": limit, "trigger": trigger}
        done = run_once(watch_list, archive, **chosen, report=progress, executor=executor)
        progress.over()
        print_lines(views.summary(done))
        if authority:
            stamp_after_run(archive, authority, watch_list.fetch)
    sys.exit(SOME_FAILED if done.failed else DONE)


@main.command()
@click.option("--db", type=PATH, help="Where to build the archive; kept afterwards.  [default: a temporary file]")
@click.option("--build-only", is_flag=True, help="Build the archive and do not serve it.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Where to serve it.")
@click.option("--open", "open_browser", is_flag=True, help="Open it in the browser.")
def demo(db: Path | None, build_only: bool, port: int, open_browser: bool) -> None:
    """Watch a small site of our own for a fortnight, in a few seconds, and look at the result."""
    import tempfile

    from scraper.demo.tour import build

    if build_only and db is None:
        raise UsageError("--build-only needs --db PATH: the archive that is built has to stay somewhere")
    with tempfile.TemporaryDirectory(prefix="redline-demo-") as folder:
        path = db or Path(folder) / "demo.db"
        built = build(path, progress=lambda line: click.echo(line, err=True))
        click.echo(f"{built.pages} pages, {built.looks} looks, {built.events} scripted events: {path}")
        if not build_only:
            from scraper.demo.tour import standing
            from scraper.serving import serve as serve_archive

            with standing():
                code = serve_archive(path, port=port, open_browser=open_browser)
            sys.exit(code)


@main.command()
@click.argument("more", nargs=-1, type=PATH, metavar="[ARCHIVE]...")
@db_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="The port to serve on.")
@click.option("--open", "open_browser", is_flag=True, help="Open it in the browser.")
@click.option("--immutable", is_flag=True, help="Nobody writes to the files meanwhile: for a public copy.")
def serve(more: tuple[Path, ...], db: Path, host: str, port: int, open_browser: bool, immutable: bool) -> None:
    """Read the archive, or several of them side by side, in a browser, through Datasette."""
    from scraper.serving import serve as serve_archives

    archives = more or (db,)
    sys.exit(serve_archives(*archives, host=host, port=port, open_browser=open_browser, immutable=immutable))


@main.command()
@click.argument("url")
@db_option
@sources_option
@click.option("--id", "source_id", help="The source's id, kept for ever.  [default: made from the URL]")
@click.option("--title", help="What the page is called.")
@click.option("--tag", "tags", multiple=True, help="A tag; repeatable.")
@click.option("--every", help="A fixed rhythm such as 6h.")
@click.option("--content", help="CSS selector: where the document is.")
@click.option("--remove", multiple=True, help="CSS selector: what is not the document; repeatable.")
def add(
    url: str,
    db: Path,
    sources_path: Path | None,
    source_id: str | None,
    title: str | None,
    tags: tuple[str, ...],
    every: str | None,
    content: str | None,
    remove: tuple[str, ...],
) -> None:
    """Put a page on the watch list (sources.toml beside the archive)."""
    from scraper import config
    from scraper.normalizing.document import Rules

    path = sources_path or config.beside(db)
    added = config.Source(
        id=source_id or config.suggest_id(url),
        url=url,
        title=title,
        tags=tags,
        every=_rhythm(every),
        rules=Rules(content, remove),
    )
    config.append_source(path, added)
    click.echo(f"{path}: added {added.id}; `redline run --source {added.id}` looks at it now")


@main.command()
@db_option
def sources(db: Path) -> None:
    """List the watch list as the archive knows it."""
    from scraper.archive import reading
    from scraper.archive.twins import twins
    from scraper.terminal import views

    connection = open_readable(db).connection
    print_lines([*views.sources(reading.statuses(connection)), *views.twins(twins(connection))])


@main.command()
@db_option
@sources_option
def status(db: Path, sources_path: Path | None) -> None:
    """Say how each source fares, and when it is due; exit code 1 where some are failing."""
    from scraper.archive import reading
    from scraper.archive.twins import twins
    from scraper.fetching.observation import FAILING_OUTCOMES
    from scraper.planning import plan
    from scraper.terminal import views

    archive = open_readable(db)
    rows = reading.statuses(archive.connection)
    plans = {item.source.id: item for item in plan(load_watch_list(db, sources_path), archive, everything=True).now}
    print_lines([*views.statuses(rows, plans, system_clock()), *views.twins(twins(archive.connection))])
    sys.exit(SOME_FAILED if any(row.outcome in FAILING_OUTCOMES and not row.retired for row in rows) else DONE)


@main.command()
@click.argument("source", required=False)
@db_option
@click.option("--all", "everything", is_flag=True, help="Also what is not a change of wording.")
@click.option("--class", "change_class", metavar="CLASS", help="Only of this class, such as number or negation.")
@click.option("--kind", metavar="KIND", help="Only of this kind, such as removed or restored_with_edits.")
@click.option("--publisher", help="Only changes of this publisher.")
@click.option("--since", metavar="DATE", help="Only changes first seen at or after this ISO 8601 date.")
@click.option("--limit", type=NUMBER, metavar="N", default=20, show_default=True, help="How many at most.")
def log(source: str | None, db: Path, everything: bool, since: str | None, **filters: Any) -> None:
    """List changes, the newest first: of one SOURCE, or of all."""
    from scraper.archive import reading
    from scraper.terminal import views

    connection = open_readable(db).connection
    if source:
        reading.status(connection, source)
    reading.check_filters(filters["change_class"], filters["kind"])
    filters["since"] = reading.as_moment(since) if since else None
    print_lines(views.log(reading.changes(connection, source_id=source, substantive=not everything, **filters)))


@main.command()
@click.argument("source")
@click.argument("old", type=NUMBER, required=False)
@click.argument("new", type=NUMBER, required=False)
@db_option
def diff(source: str, old: int | None, new: int | None, db: Path) -> None:
    """Show the difference of two versions of SOURCE: OLD and NEW, else the last two."""
    from scraper.archive import reading
    from scraper.archive.documents import load_document
    from scraper.archive.withheld import require_text
    from scraper.comparing import compare, with_classes
    from scraper.terminal import views

    connection = open_readable(db).connection
    newer = reading.version(connection, source, new)
    if old is None and newer.number == 1:
        raise UsageError(f"{source} has one version so far: there is nothing to compare it with")
    older = reading.version(connection, source, old if old is not None else newer.number - 1)
    require_text(connection, older.id, newer.id)
    comparison = compare(load_document(connection, older.id), load_document(connection, newer.id))
    if newer.number == older.number + 1:
        comparison = with_classes(comparison, reading.seen_beside(connection, newer.id))
    print_lines(views.difference(older, newer, comparison))


@main.command()
@click.argument("source")
@click.argument("number", type=NUMBER, required=False)
@db_option
@click.option("--at", "moment", metavar="TIME", help="The version that stood at this ISO 8601 time.")
@click.option("--raw", is_flag=True, help="The exact bytes received, to standard output.")
def show(source: str, number: int | None, db: Path, moment: str | None, raw: bool) -> None:
    """Show a version of SOURCE as it read: NUMBER, else the latest."""
    from scraper.archive import reading
    from scraper.archive.captures import load_body
    from scraper.archive.documents import load_document
    from scraper.terminal import views

    connection = open_readable(db).connection
    if moment:
        at = reading.as_moment(moment)
        row = reading.version_at(connection, source, at)
        if (outcome := reading.outcome_at(connection, source, at)) is not None:
            click.echo(f"at that time the page was not seen: {outcome.replace('_', ' ')}", err=True)
    else:
        row = reading.version(connection, source, number)
    if raw:
        sys.stdout.buffer.write(load_body(connection, row.capture_id))
        return
    print_lines(views.version(row, load_document(connection, row.id), reading.look(connection, row.id)))


@main.command()
@click.argument("source")
@click.argument("number", type=NUMBER, required=False)
@db_option
def blame(source: str, number: int | None, db: Path) -> None:
    """Show since when each passage of a version of SOURCE has stood there."""
    from scraper.archive import reading
    from scraper.terminal import views

    connection = open_readable(db).connection
    row = reading.version(connection, source, number)
    print_lines(views.blame(reading.blame(connection, source, row.number)))


@main.command()
@click.argument("query", nargs=-1, required=True)
@db_option
@click.option("--source", "source_id", metavar="ID", help="Only in this source.")
@click.option("--limit", type=NUMBER, metavar="N", default=20, show_default=True, help="How many at most.")
def search(query: tuple[str, ...], db: Path, source_id: str | None, limit: int) -> None:
    """Find text in every version of every page; words in quotes are found in that order."""
    from scraper.archive import reading, searching
    from scraper.archive.searching import Wanted
    from scraper.terminal import views

    connection = open_readable(db).connection
    if source_id:
        reading.status(connection, source_id)
    print_lines(views.hits(searching.search(connection, Wanted(" ".join(query), source_id=source_id), limit).hits))


@main.command()
@db_option
@click.option("--head", metavar="HASH", help="A ledger head that was written down elsewhere, to be found again.")
@certificate_option
@click.option("--repair", is_flag=True, help="Restore what can be proven, and name what cannot. Writes to the archive.")
@click.option("--from", "other", type=PATH, help="Another copy of the archive, to restore damaged bytes from.")
def verify(db: Path, head: str | None, certificate: Path | None, repair: bool, other: Path | None) -> None:
    """Recompute every hash, derive every version again, and say what does not hold."""
    if other and not repair:
        raise UsageError("--from goes with --repair: verifying alone takes nothing from another copy")
    if repair:
        _repair(db, other)
    from scraper.archive.tokens import load_certificates
    from scraper.archive.verify import verify as verify_archive
    from scraper.terminal import views
    from scraper.terminal.progress import Progress

    roots = load_certificates(certificate) if certificate else ()
    progress = Progress()
    checked = verify_archive(open_readable(db).connection, progress.step, head=head, roots=roots)
    progress.over()
    print_lines(views.verification(checked))
    sys.exit(UNVERIFIED if checked.findings else DONE)


@main.command()
@db_option
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
def rebuild(db: Path, dry_run: bool) -> None:
    """Derive every version and change again from the evidence."""
    from scraper.archive.rebuild import rebuild as rebuild_archive
    from scraper.terminal import views
    from scraper.terminal.progress import Progress

    progress = Progress()
    with open_readable(db) if dry_run else open_writable(db) as archive:
        report = rebuild_archive(
            archive.connection, dry_run=dry_run, progress=lambda done, total: progress.step("deriving", done, total)
        )
    progress.over()
    print_lines(views.rebuilt(report, dry_run))


main.add_command(redact)
main.add_command(shard)
main.add_command(timestamp)
main.add_command(import_)
main.add_command(export)


def _executor(cluster: str | None, db: Path, processes: int | None, expected: int) -> Cluster | Processes:
    """What fetches and reads for a run: the workers at an address, else so many processes of this machine."""
    if cluster is not None:
        from scraper.executing.cluster import Cluster

        return Cluster(cluster)
    from scraper.executing.processes import Processes, worth_starting

    return Processes(db, worth_starting() if processes is None else processes, expected=expected)


def _repair(db: Path, other: Path | None) -> None:
    from scraper.archive.repair import repair
    from scraper.terminal import views

    open_readable(db).close()
    print_lines(views.repaired(repair(db, system_clock(), other=other)))


def _rhythm(text: str | None) -> timedelta | None:
    try:
        return parse_rhythm(text) if text else None
    except ValueError as error:
        raise UsageError(str(error)) from None
