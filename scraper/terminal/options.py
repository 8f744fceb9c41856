"""What every command shares: where the archive and the watch list are, how lines are printed, how errors end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.errors import ArchiveCorrupt, RedlineError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.archive import Archive
    from scraper.config import WatchList

DONE, SOME_FAILED, USAGE, UNVERIFIED = 0, 1, 2, 3


class Redline(click.Group):
    """Every error that a user can cause is one line on standard error, with the exit code of its kind."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn what it raises into its line and exit code."""
        try:
            return super().invoke(ctx)
        except ArchiveCorrupt as error:
            click.echo(f"redline: {error}", err=True)
            sys.exit(UNVERIFIED)
        except RedlineError as error:
            for line in str(error).splitlines():
                click.echo(f"redline: {line}", err=True)
            sys.exit(USAGE)
        except KeyboardInterrupt:
            click.echo("\nredline: interrupted; everything that was fetched before is stored", err=True)
            sys.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(DONE)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order in which a newcomer needs them, not of the alphabet."""
        return list(self.commands)


PATH = click.Path(path_type=Path, dir_okay=False)
db_option = click.option(
    "--db", type=PATH, default=Path("archive.db"), show_default=True, help="The archive.", envvar="REDLINE_DB"
)
sources_option = click.option(
    "--sources",
    "sources_path",
    type=click.Path(path_type=Path),
    help="The watch list.  [default: sources.toml beside the archive, else the one that ships]",
    envvar="REDLINE_SOURCES",
)


def load_watch_list(db: Path, given: Path | None) -> WatchList:
    """Read the watch list that goes with an archive."""
    from scraper import config

    return config.load(config.locate(db, given))


def open_readable(db: Path) -> Archive:
    """Open an archive for reading."""
    from scraper.archive import Archive

    return Archive(db, readonly=True)


def open_writable(db: Path) -> Archive:
    """Open an archive that is there: these commands never start a new one."""
    from scraper.archive import Archive

    open_readable(db).close()
    return Archive(db)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines as they come."""
    for line in lines:
        click.echo(line)
