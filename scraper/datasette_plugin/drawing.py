"""The timeline of a document as a drawing: bands of versions, the intervals in which it changed, and every look.

All places are in per cent of the width, so that the drawing fits any screen without distortion. Nothing in it is a
moment: a change is drawn as the interval between two looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from scraper.datasette_plugin.labels import kind_label, outcome_label
from scraper.datasette_plugin.moments import Moment, duration, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.archive.looking import Stretch
    from scraper.archive.reading import ChangeRow, VersionRow
    from scraper.datasette_plugin.links import Links
    from scraper.datasette_plugin.watching import Gap

MOST = 150  # versions drawn; the list below the drawing has them all
_THINNEST = 0.35
_LABELLED = 4.0  # a band at least this wide carries its number
_WORDED = 7.0  # and this wide, a word
_MARKS = {"removed": "removed", "restored": "back", "restored_with_edits": "back", "moved": "moved"}


@dataclass(frozen=True, slots=True)
class Band:
    """A rectangle: where it starts and how wide it is in per cent, its style, its tooltip, its label and target."""

    x: str
    width: str
    style: str
    tip: str
    label: str | None = None
    middle: str = "0"
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawing with its two ends."""

    start: Moment
    end: Moment
    versions: tuple[Band, ...]
    intervals: tuple[Band, ...]
    looks: tuple[Band, ...]
    absences: tuple[Band, ...]
    gaps: tuple[Band, ...]
    described: str
    styles: tuple[tuple[str, str], ...]


class _Scale:
    """From archive text to per cent of the width."""

    def __init__(self, start: str, end: str) -> None:
        self._start = datetime.fromisoformat(start)
        self._seconds = max(1.0, (datetime.fromisoformat(end) - self._start).total_seconds())

    def at(self, text: str) -> float:
        passed = (datetime.fromisoformat(text) - self._start).total_seconds()
        return min(100.0, max(0.0, 100 * passed / self._seconds))

    def band(
        self, start: str, end: str, style: str, tip: str, *, label: str | None = None, href: str | None = None
    ) -> Band:
        left, right = self.at(start), self.at(end)
        left = min(left, 100 - _THINNEST)
        width = max(right - left, _THINNEST)
        room = label is not None and width >= (_LABELLED if label.isdigit() else _WORDED)
        shown = label if room else None
        return Band(f"{left:.2f}%", f"{width:.2f}%", style, tip, shown, f"{left + width / 2:.2f}%", href)


def draw(
    versions: Sequence[VersionRow],
    changes: Sequence[ChangeRow],
    coverage: Sequence[Stretch],
    links: Links,
    unwatched: Sequence[Gap] = (),
) -> Drawing | None:
    """Draw what is known of a document; None where it was not looked at or only once."""
    versions = versions[-MOST:]
    coverage = [row for row in coverage if not versions or row.end >= versions[0].first_seen][-2 * MOST :]
    if not coverage or coverage[0].start == max(row.end for row in coverage):
        return None
    start, end = coverage[0].start, max(row.end for row in coverage)
    scale = _Scale(start, end)
    looks = tuple(_look(scale, row) for row in coverage)
    bands = tuple(_version(scale, row, at, links) for at, row in enumerate(versions))
    intervals = tuple(
        _interval(scale, row) for row in changes if row.last_seen_old is not None and row.first_seen_new >= start
    )
    absences = tuple(_absences(scale, changes, end))
    gaps = tuple(_gap(scale, gap) for gap in unwatched if gap.start >= start)
    described = (
        f"Timeline: {_counted(len(versions), 'version')} and {_counted(len(intervals), 'change')} between two looks"
        + (f", {_counted(len(gaps), 'time')} in which nobody looked" if gaps else "")
    )
    styles = tuple(dict.fromkeys((_style(row.outcome), _lane(row.outcome)) for row in coverage))
    return Drawing(moment(start), moment(end), bands, intervals, looks, absences, gaps, described, styles)


def _version(scale: _Scale, row: VersionRow, at: int, links: Links) -> Band:
    tip = f"Version {row.number}, seen {moment(row.first_seen).text} to {moment(row.last_seen).text}"
    style = "even" if at % 2 else "odd"
    href = links.version(row.source_id, row.number)
    return scale.band(row.first_seen, row.last_seen, style, tip, label=str(row.number), href=href)


def _interval(scale: _Scale, row: ChangeRow) -> Band:
    assert row.last_seen_old is not None
    tip = f"{row.summary}: between {moment(row.last_seen_old).text} and {moment(row.first_seen_new).text}"
    loud = kind_label(row.kind).tone == "alarm" or "undeclared_edit" in row.classes
    style = "alarm" if loud else "plain" if row.substantive else "faint"
    label = _MARKS.get(row.kind)
    return scale.band(row.last_seen_old, row.first_seen_new, style, tip, label=label, href=f"#change-{row.id}")


def _look(scale: _Scale, row: Stretch) -> Band:
    label = outcome_label(row.outcome)
    tip = f"{_counted(row.looks, 'look')}, {label.text}: {moment(row.start).text} to {moment(row.end).text}"
    return scale.band(row.start, row.end, _style(row.outcome), tip)


def _absences(scale: _Scale, changes: Sequence[ChangeRow], end: str) -> Iterator[Band]:
    """From the look that first missed a removed page to the last that did: there is no version to show."""
    back = end
    for row in sorted(changes, key=lambda row: row.id, reverse=True):
        if row.kind in ("restored", "restored_with_edits") and row.last_seen_old is not None:
            back = row.last_seen_old
        elif row.kind == "removed":
            until = moment(max(back, row.first_seen_new)).text
            tip = f"Removed: no page from {moment(row.first_seen_new).text} to {until}"
            yield scale.band(row.first_seen_new, back, "absent", tip, label="no page")


def _gap(scale: _Scale, gap: Gap) -> Band:
    tip = f"Nobody looked for {duration(gap.start, gap.end)}: {moment(gap.start).text} to {moment(gap.end).text}"
    return scale.band(gap.start, gap.end, "gap", tip)


def _style(outcome: str) -> str:
    if outcome == "seen":
        return "seen"
    if outcome in ("gone", "soft_404", "redirected_elsewhere"):
        return "absent"
    return "blocked" if outcome in ("blocked", "robots_denied") else "failed"


def _lane(outcome: str) -> str:
    return {"seen": "seen", "absent": "not found", "blocked": "blocked", "failed": "could not be seen"}[_style(outcome)]


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
