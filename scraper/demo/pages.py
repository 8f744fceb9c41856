"""The demo's page files, and each page as it stands at a moment of the fortnight.

A page file is a few lines `key: value`, an empty line, and the article as HTML, one block a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, cast

from scraper.demo.script import EVENTS, HARBOURS_PAGES, PRESS_PAGES, MoveLine, Replace

if TYPE_CHECKING:
    from datetime import datetime

Publisher = Literal["harbours", "estuary-post"]
State = Literal["up", "blocked", "gone"]

PAGE_NAMES = HARBOURS_PAGES + PRESS_PAGES


class ScriptMismatchError(ValueError):
    """The script names text that the page does not hold: script and pages have drifted apart."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page at one moment: its fields, the article's HTML, how it answers, and the paths it had before."""

    name: str
    publisher: Publisher
    fields: dict[str, str]
    article: str
    state: State
    former_paths: tuple[str, ...]

    @property
    def path(self) -> str:
        """The path under which the page stands now."""
        return self.fields["path"]


def resource(name: str) -> str:
    """The text of a file in `pages/`."""
    return files("scraper.demo").joinpath("pages", name).read_text(encoding="utf-8")


def page_at(name: str, now: datetime) -> Page:
    """The page of that name as the script has left it at `now`."""
    return _after(name, sum(1 for event in EVENTS if event.moment <= now))


def apply(text: str, edit: Replace | MoveLine) -> str:
    """Carry out one edit of the script on a page file's text; ScriptMismatchError where it does not fit exactly."""
    if isinstance(edit, Replace):
        found = text.count(edit.old)
        if found != 1 and not (edit.everywhere and found):
            raise ScriptMismatchError(f"{edit.old!r} stands {found} times in the page")
        return text.replace(edit.old, edit.new)
    lines = text.splitlines(keepends=True)
    line = lines.pop(_only_line(lines, edit.start))
    lines.insert(_only_line(lines, edit.before), line)
    return "".join(lines)


def _only_line(lines: list[str], start: str) -> int:
    found = [index for index, line in enumerate(lines) if line.startswith(start)]
    if len(found) != 1:
        raise ScriptMismatchError(f"{len(found)} lines of the page start with {start!r}")
    return found[0]


@cache
def _after(name: str, events: int) -> Page:
    """The page after that many events of the script."""
    text = resource(f"{name}.html")
    state: State = "up"
    former: list[str] = []
    for event in sorted(EVENTS, key=lambda event: event.moment)[:events]:
        if name not in event.pages:
            continue
        path = _fields(text)["path"]
        for edit in event.edits:
            text = apply(text, edit)
        if _fields(text)["path"] != path:
            former.append(path)
        if event.what == "block":
            state = "blocked"
        elif event.what == "remove":
            state = "gone"
        elif event.what in ("unblock", "restore"):
            state = "up"
    fields = _fields(text)
    article = text.partition("\n\n")[2].strip()
    return Page(name, cast("Publisher", fields["publisher"]), fields, article, state, tuple(former))


def _fields(text: str) -> dict[str, str]:
    head = text.partition("\n\n")[0]
    return dict(line.split(": ", 1) for line in head.splitlines())
