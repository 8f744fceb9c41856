"""The command `redline redact`: captures that are withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper.clock import system_clock
from scraper.errors import UsageError
from scraper.terminal.options import db_option, open_writable, print_lines

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("captures", nargs=-1, metavar="SOURCE/CAPTURE…")
@db_option
@click.option("--reason", help="Why; it is shown wherever the text would stand, and can never be altered.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def redact(captures: tuple[str, ...], db: Path, reason: str | None, yes: bool) -> None:
    """Withhold captures: their bytes leave the archive, their hash and the reason stay.

    SOURCE/CAPTURE is a page's id with a capture's number or hash, or SOURCE/vN for all that was read as version N.
    Without any, a redaction that was interrupted is finished.
    """
    from scraper.archive import redaction
    from scraper.terminal import views

    with open_writable(db) as archive:
        if not captures:
            click.echo("the file is written anew" if redaction.purge(archive) else "no redaction is unfinished")
            return
        if not (reason or "").strip():
            raise UsageError("--reason is missing: say why the bytes are withheld; readers are shown it")
        chosen = redaction.targets(archive.connection, captures)
        print_lines(views.to_redact(chosen))
        if not yes:
            click.confirm("These bytes cannot be brought back from this archive. Withhold them?", abort=True)
        head = redaction.redact(archive, chosen, " ".join(str(reason).split()), system_clock())
    click.echo(f"{len(chosen)} withheld; copies that others hold, and commits in git, are out of reach\nledger {head}")
