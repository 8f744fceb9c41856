"""What every command shares: where the archive and the watch list are, how lines are printed, how errors end."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.clock import system_clock
from scraper.errors import ArchiveCorrupt, RedlineError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.archive import Archive
    from scraper.config import WatchList

DONE, SOME_FAILED, USAGE, UNVERIFIED = 0, 1, 2, 3
FAULT, INTERRUPTED = 70, 130  # EX_SOFTWARE of sysexits.h; 128 and the number of SIGINT


class Redline(click.Group):
    """Every error that a user can cause is one line on standard error, with the exit code of its kind."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn what it raises into its line and exit code."""
        # A terminated run ends as an interrupted one does: what is stored is settled into the one file.
        signal.signal(signal.SIGTERM, _interrupt)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            _say("interrupted; what was stored before is whole")
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            # The reader has had enough. Python would complain once more while it closes standard output.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(DONE)
        except Exception as error:
            if os.environ.get("REDLINE_DEBUG"):
                raise
            code, lines = _told(error)
            for line in lines:
                _say(line)
            sys.exit(code)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order in which a newcomer needs them, not of the alphabet."""
        return list(self.commands)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    click.echo(f"redline: {line}", err=True)


def _told(error: Exception) -> tuple[int, list[str]]:
    """The exit code and the lines for what a command raised."""
    if isinstance(error, ArchiveCorrupt):
        return UNVERIFIED, [str(error)]
    if isinstance(error, RedlineError):
        return USAGE, str(error).splitlines()
    if type(error).__module__ == "sqlite3":
        if "malformed" in str(error) or "not a database" in str(error):
            return UNVERIFIED, [f"the archive is damaged ({error}): restore the last good copy"]
        return USAGE, [f"the archive cannot be used ({error}): check the disk, and who else is using it"]
    if isinstance(error, OSError):
        return USAGE, [f"{error.filename or 'the system'}: {error.strerror or error}"]
    if isinstance(error, (UnicodeError, OverflowError)):
        return USAGE, [f"an argument cannot be read: {error}"]
    return FAULT, [
        f"this is a fault of Redline: {type(error).__name__}: {error}",
        "please report it; REDLINE_DEBUG=1 shows where it happened",
    ]


NUMBER = click.IntRange(1, 2**31 - 1)
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


def idle_run(db: Path, given: Path | None, trigger: str) -> str | None:
    """Record a run in which nothing is due and say so; None, and nothing done, where something may be.

    That nothing is due is known from what the last run reckoned: neither the watch list nor any history is read.
    """
    from scraper import config
    from scraper.archive.opening import is_begun, open_for_reading
    from scraper.archive.rhythms import nothing_due
    from scraper.archive.runs import record_idle

    if not db.exists() or not is_begun(db):
        return None
    now, listed = system_clock(), config.fingerprint(config.locate(db, given))
    with closing(open_for_reading(db)) as connection:
        if not nothing_due(connection, listed, now):
            return None
    return f"no page is due\nledger {record_idle(db, trigger, now)}"


def open_readable(db: Path) -> Archive:
    """Open an archive for reading; it closes when the command ends."""
    from scraper.archive import Archive

    return click.get_current_context().with_resource(Archive(db, readonly=True))


def open_writable(db: Path) -> Archive:
    """Open an archive that is there: these commands never start a new one."""
    from scraper.archive import Archive

    open_readable(db).close()
    return Archive(db)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines as they come."""
    for line in lines:
        click.echo(line)
