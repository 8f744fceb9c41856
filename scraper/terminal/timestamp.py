"""The command `redline timestamp`, and what `redline run --timestamp` shares with it: wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper.errors import RedlineError
from scraper.terminal.options import PATH, db_option, load_watch_list, open_writable, sources_option

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.archive import Archive
    from scraper.config import FetchSettings

certificate_option = click.option(
    "--authority-certificate",
    "certificate",
    type=PATH,
    metavar="FILE",
    help="The root certificate of the authority that stamps heads (PEM or DER): check signatures under it.",
)


@click.command()
@click.option("--authority", required=True, metavar="URL", help="The timestamp authority to ask (RFC 3161).")
@certificate_option
@db_option
@sources_option
def timestamp(authority: str, certificate: Path | None, db: Path, sources_path: Path | None) -> None:
    """Have an authority say that the ledger's head is there now, and keep its word.

    Only the head, a hash, is sent. How to fetch is what [fetch] in the watch list says.
    """
    settings = load_watch_list(db, sources_path).fetch
    with open_writable(db) as archive:
        _stamp(archive, authority, settings, certificate)


def stamp_after_run(archive: Archive, authority: str, settings: FetchSettings) -> None:
    """Stamp the head of a run that has ended; a failure is a line on standard error and takes nothing from the run."""
    try:
        _stamp(archive, authority, settings, None)
    except RedlineError as error:
        click.echo(f"redline: {error}", err=True)


def _stamp(archive: Archive, authority: str, settings: FetchSettings, certificate: Path | None) -> None:
    from scraper.archive.tokens import load_certificates
    from scraper.terminal import views
    from scraper.timestamping import timestamp as stamp

    roots = load_certificates(certificate) if certificate else ()
    click.echo(views.stamped(stamp(archive, authority, settings, roots=roots)))
