"""What the looks at a document tell beside its changes: when nobody looked, what was not seen, and how it stands now.

Nothing here is a change, and nothing is said of a time that no look saw.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from scraper.archive.looking import Stretch, stretches
from scraper.datasette_plugin.labels import Label, outcome_label
from scraper.datasette_plugin.moments import Moment, duration, moment, short_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.archive.reading import SourceStatus
    from scraper.archive.timeline import Withheld

_GAP_SECONDS = 2 * 86_400  # the least that is called a gap
_GAP_TIMES = 3  # and the least multiple of what lies between two looks as a rule
_ABSENT = ("gone", "soft_404", "redirected_elsewhere")
_BLOCKED = ("blocked", "robots_denied")


@dataclass(frozen=True, slots=True)
class Gap:
    """A time between two looks in which nobody looked, much longer than the rhythm of the page."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Note:
    """A time of which the looks say something that is no change: it was blocked, not found, not looked at."""

    label: Label
    text: str
    start: Moment
    end: Moment


@dataclass(frozen=True, slots=True)
class Standing:
    """How a document stands, where that is not simply "seen": the word, and a sentence of what is known and not."""

    word: str
    sentence: str
    tone: str


@dataclass(frozen=True, slots=True)
class Looked:
    """All that the looks at a document tell: looks in a row, broken off in gaps (`watched`) and not (`stretches`)."""

    gaps: tuple[Gap, ...]
    watched: tuple[Stretch, ...]
    stretches: tuple[Stretch, ...]
    notes: tuple[Note, ...]
    standing: tuple[Standing, ...]


def looked(
    status: SourceStatus, looks: Sequence[tuple[str, str]], withheld: Sequence[Withheld], last_run: str | None
) -> Looked:
    """What looks tell, from the oldest to the latest (moment and outcome, see `looking.looks`)."""
    unwatched = gaps(looks)
    watched = watched_stretches(looks, unwatched)
    told = notes(looks, unwatched, watched)
    standing_now = standing(status, looks, withheld, last_run)
    return Looked(unwatched, tuple(watched), tuple(stretches(looks)), told, standing_now)


def gaps(looks: Sequence[tuple[str, str]]) -> tuple[Gap, ...]:
    """The times in which nobody looked, of looks from the oldest to the latest."""
    steps = _steps(looks)
    least = _least_gap(steps)
    return tuple(Gap(looks[at][0], looks[at + 1][0]) for at, step in enumerate(steps) if step > least)


def _steps(looks: Sequence[tuple[str, str]]) -> list[float]:
    """The seconds between each look and the next."""
    times = [datetime.fromisoformat(at).timestamp() for at, _ in looks]
    return [later - earlier for earlier, later in pairwise(times)]


def _least_gap(steps: Sequence[float]) -> float:
    """The seconds without a look that are more than the rhythm of looks with these steps."""
    return max(_GAP_SECONDS, _GAP_TIMES * median(steps)) if steps else _GAP_SECONDS


def watched_stretches(looks: Sequence[tuple[str, str]], unwatched: Sequence[Gap] | None = None) -> list[Stretch]:
    """Looks in a row that came to the same, broken off where nobody looked: in their gaps, where those are known."""
    starts = {gap.end for gap in (gaps(looks) if unwatched is None else unwatched)}
    cuts = [at for at, look in enumerate(looks) if at and look[0] in starts] if starts else []
    parts = (looks[start:end] for start, end in pairwise([0, *cuts, len(looks)]))
    return [stretch for part in parts for stretch in stretches(part)]


def notes(
    looks: Sequence[tuple[str, str]],
    unwatched: Sequence[Gap] | None = None,
    watched: Sequence[Stretch] | None = None,
) -> tuple[Note, ...]:
    """All that the looks say beside changes, the earliest first; their gaps and stretches where those are known."""
    unwatched = gaps(looks) if unwatched is None else unwatched
    watched = watched_stretches(looks, unwatched) if watched is None else watched
    seen = sorted(at for at, outcome in looks if outcome == "seen")
    told = [_not_seen(seen, row) for row in watched if row.outcome != "seen"]
    quiet = Label("Nobody looked", "No look was made in this time.", "faint")
    for gap in unwatched:
        text = f"for {duration(gap.start, gap.end)}: what the page said in that time is not known"
        told.append(Note(quiet, text, moment(gap.start), moment(gap.end)))
    return tuple(sorted(told, key=lambda note: note.start.iso))


def _not_seen(good: Sequence[str], row: Stretch) -> Note:
    label = outcome_label(row.outcome)
    named = Label(label.text[:1].upper() + label.text[1:], label.meaning, label.tone)
    later = bisect_right(good, row.end)
    seen = f"it was next seen on {moment(good[later]).text}" if later < len(good) else "it has not been seen since"
    looked = "1 look" if row.looks == 1 else f"{row.looks:,} looks"
    known = "found no page" if row.outcome in _ABSENT else "did not see the page, which says nothing of what it said"
    return Note(named, f"{looked} {known}; {seen}", moment(row.start), moment(row.end))


def standing(
    status: SourceStatus, looks: Sequence[tuple[str, str]], withheld: Sequence[Withheld], last_run: str | None
) -> tuple[Standing, ...]:
    """What has to be said at the top of a document's page, with dates, what is known and what is not."""
    told = []
    if status.retired:
        told.append(_retired(status))
    elif now := _now(status, looks):
        told.append(now)
    if (
        not status.retired
        and status.last_look
        and last_run
        and (since := _seconds(status.last_look, last_run)) > _GAP_SECONDS
        and since > _least_gap(_steps(looks))
    ):
        sentence = (
            f"The last look was on {_at(status.last_look)}, the last run on {_at(last_run)}. "
            "What the page has said in between is not known."
        )
        told.append(Standing("Not looked at lately", sentence, "plain"))
    told += [_withheld(row) for row in withheld]
    return tuple(told)


def _retired(status: SourceStatus) -> Standing:
    seen = f"It was last seen on {_at(status.last_good)}." if status.last_good else "It was never seen."
    sentence = f"It left the watch list on {_day(status.retired)}. {seen} What has become of it since is not known."
    return Standing("No longer watched", sentence, "plain")


def _now(status: SourceStatus, looks: Sequence[tuple[str, str]]) -> Standing | None:
    if not looks or (looks[-1][1] == "seen" and not status.removed):
        return None
    missed = _missed(looks)
    outcome = looks[-1][1]
    first, last = missed[0][0], missed[-1][0]
    since = f"since {_at(first)}" if len(missed) == 1 else f"{len(missed):,} looks from {_at(first)} to {_at(last)}"
    reason = f" ({status.reason})" if status.reason else ""
    if status.last_good is None:
        none = f"None of the {len(missed):,} looks since {_at(first)} saw a document"
        sentence = f"{none}; the last: {outcome_label(outcome).text}{reason}. Nothing is known of what it says."
        return Standing("Never seen", sentence, "plain")
    seen = f"It was last seen on {_at(status.last_good)}."
    if status.removed:
        return _removed(status, missed, seen)
    if outcome in _ABSENT:
        rule = "It is said to be removed only when three looks over at least 24 hours have found no page."
        return Standing(
            "Not found", f"At the last look, {_at(last)}, there was no page{reason}. {seen} {rule}", "alarm"
        )
    unknown = "Whether it still stands, and whether it has changed since, is not known."
    if outcome in _BLOCKED:
        return Standing("Blocked", f"{_capital(since)}: the looks were turned away{reason}. {seen} {unknown}", "plain")
    if outcome == "extraction_suspect":
        text = f"{_capital(since)}: the page answers, but its text could not be trusted{reason}. {seen} {unknown}"
        return Standing("Could not be read", text, "plain")
    return Standing("Failing", f"{_capital(since)}: {outcome_label(outcome).text}{reason}. {seen} {unknown}", "plain")


def _removed(status: SourceStatus, missed: Sequence[tuple[str, str]], seen: str) -> Standing:
    absent = [at for at, outcome in missed if outcome in _ABSENT]
    if not absent:  # further back than the looks that were read
        return Standing("Removed", f"{seen} No look has found it since.", "alarm")
    reason = f" ({status.reason})" if missed[-1][1] in _ABSENT and status.reason else ""
    found = f"{len(absent):,} looks from {_at(absent[0])} to {_at(absent[-1])} found no page{reason}."
    last = "" if missed[-1][1] in _ABSENT else f" The last look came to: {outcome_label(missed[-1][1]).text}."
    unknown = f"When between {_at(status.last_good)} and {_at(absent[0])} it went, and why, is not known."
    return Standing("Removed", f"{found} {seen} {unknown}{last}", "alarm")


def _withheld(row: Withheld) -> Standing:
    which = f"version {row.version}" if row.version is not None else "a look that made no version"
    sentence = (
        f"The bytes and the text of {which} were withheld on {_day(row.at)} by the keeper: {row.reason}. "
        "That they were seen, when, and their SHA-256 stay on record; what they said can no longer be read here."
    )
    return Standing("Withheld", sentence, "plain")


def _missed(looks: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """The looks after the last one that saw the page."""
    seen = next((at for at in range(len(looks) - 1, -1, -1) if looks[at][1] == "seen"), -1)
    return looks[seen + 1 :] or looks[-1:]


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _at(text: str | None) -> str:
    return moment(text).text if text else "no day"


def _day(text: str | None) -> str:
    return short_day(text) if text else "no day"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
