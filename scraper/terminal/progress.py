"""Progress of a run: a line that moves on a terminal, plain lines elsewhere (a log of an Action, a pipe)."""

from __future__ import annotations

import shutil
import sys
from typing import IO, TYPE_CHECKING

import click

from scraper.clock import to_text
from scraper.fetching.observation import FAILED_OUTCOMES
from scraper.terminal.prose import clean, moment

if TYPE_CHECKING:
    from scraper.archive.recording import Recorded
    from scraper.fetching import Postponed

# What a reader of a log wants to see of a page at which nothing happened: nothing.
_QUIET = frozenset({"unchanged", "not_modified"})
_COLOURS = {"first_version": "cyan", "new_version": "green", "gone": "yellow", "soft_404": "yellow"}


class Progress:
    """A `run.Reporter` for people. `stream` is where it writes, standard error by default."""

    def __init__(self, stream: IO[str] | None = None, *, verbose: bool = False) -> None:
        self.stream = stream or sys.stderr
        self.moving = self.stream.isatty()
        self.verbose = verbose

    def catching_up(self, done: int, total: int) -> None:
        """Move the counter while histories are derived again under changed rules."""
        self.step("derived again", done, total)

    def begin(self, total: int) -> None:
        """Say how much there is to do."""
        self._line(f"{total} page{'s' if total != 1 else ''} to look at" if total else "nothing is due")

    def recorded(self, recorded: Recorded, done: int, total: int) -> None:
        """Say what came of a page where it is worth a line; move the counter.

        That a page is of a kind that is not read is said once, and not at every look.
        """
        if self.verbose or not (recorded.outcome in _QUIET or recorded.repeated):
            colour = "red" if recorded.outcome in FAILED_OUTCOMES else _COLOURS.get(recorded.outcome)
            label = click.style(f"{recorded.outcome.replace('_', ' '):<20}", fg=colour)
            why = f"  {clean(recorded.reason)}" if recorded.outcome in FAILED_OUTCOMES else ""
            self._line(f"{label} {recorded.source_id}{why}")
        self._count(done, total)

    def postponed(self, postponed: Postponed, done: int, total: int) -> None:
        """Say that a host asked to be left alone."""
        self._line(
            f"{'put off':<20} {postponed.source_id}  {postponed.reason} until {moment(to_text(postponed.until))} UTC"
        )
        self._count(done, total)

    def step(self, name: str, done: int, total: int) -> None:
        """Move the counter of a long step such as hashing."""
        if self.moving and (done % 20 == 0 or done == total):
            self._count(done, total, name)
        elif not self.moving and done in (total // 2, total) and total > 500:
            self._line(f"{name}: {done} of {total}")

    def over(self) -> None:
        """Clear the moving line."""
        if self.moving:
            click.echo("\r\x1b[K", file=self.stream, nl=False)

    def _line(self, text: str) -> None:
        self.over()
        width = shutil.get_terminal_size().columns if self.moving else 0
        styled = len(text) - len(click.unstyle(text))
        click.echo(text[: width + styled] if width else text, file=self.stream)

    def _count(self, done: int, total: int, name: str = "looked at") -> None:
        if not self.moving:
            return
        filled = done * 30 // max(total, 1)
        bar = "█" * filled + "░" * (30 - filled)
        click.echo(f"\r{bar} {name} {done} of {total}\x1b[K", file=self.stream, nl=False)
