"""How much changed when, as a drawing: a bar for each day, week or month, and beneath it whether anybody looked.

All places are in per cent, so that the drawing fits any screen without distortion. Every bar leads to its days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from scraper.datasette_plugin.moments import short_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scraper.archive.digest import DayCount
    from scraper.archive.looking import Looking

Unit = Literal["day", "week", "month"]

_MOST = 62  # bars
_FEWEST = 14  # places for bars, so that a few days are not drawn as slabs
_GAP = 0.18  # of a bar's place


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its place and height in per cent, what it counts, and where it leads."""

    x: str
    width: str
    top: str
    height: str
    loud_top: str
    loud_height: str
    lane: str
    tip: str
    days: str
    changes: int
    loud: int
    looked: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class Activity:
    """The drawing: its bars, its two ends, the highest count, and the whole in a sentence."""

    unit: Unit
    bars: tuple[Bar, ...]
    start: str
    end: str
    most: int
    wide: bool
    described: str


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The days of a bar, both included, with what was counted on them."""

    first: date
    last: date
    changes: int
    loud: int
    looks: int
    failed: int


def draw_activity(
    counts: Sequence[DayCount],
    looking: Sequence[Looking],
    link: Callable[[str, str], str],
    shown: tuple[str | None, str | None] = (None, None),
) -> Activity | None:
    """Draw the days from the first count or look to the last; None where there are none, or one alone.

    `link` gives the address of the news from one day to another, `shown` the days that the list is narrowed to.
    """
    known = [date.fromisoformat(day) for day in (*(row.day for row in counts), *(row.day for row in looking))]
    if not known or min(known) == max(known):
        return None
    stretches = tuple(_stretches(_unit(min(known), max(known)), counts, looking))
    most = max(1, *(stretch.changes for stretch in stretches))
    place = 100 / max(_FEWEST, len(stretches))
    bars = tuple(_bar(stretch, at, place, most, link, shown) for at, stretch in enumerate(stretches))
    unit = _unit(min(known), max(known))
    busiest = max(stretches, key=lambda stretch: stretch.changes)
    total, loud = sum(stretch.changes for stretch in stretches), sum(stretch.loud for stretch in stretches)
    described = f"Changes by {unit}, {_days(stretches[0].first, stretches[-1].last)}: {total:,} in all"
    if total:
        described += f", {loud:,} of them not announced or removals; most on {_days(busiest.first, busiest.last)}"
    ends = short_day(str(stretches[0].first)), short_day(str(stretches[-1].last))
    return Activity(unit, bars, *ends, most, len(bars) >= _FEWEST, described)


def _unit(first: date, last: date) -> Unit:
    days = (last - first).days + 1
    return "day" if days <= _MOST else "week" if days <= 7 * _MOST else "month"


def _stretches(unit: Unit, counts: Sequence[DayCount], looking: Sequence[Looking]) -> Iterator[_Stretch]:
    changed = {date.fromisoformat(row.day): row for row in counts}
    looked = {date.fromisoformat(row.day): row for row in looking}
    start, end = min([*changed, *looked]), max([*changed, *looked])
    at = _first(unit, start)
    while at <= end:
        after = _next(unit, at)
        days = [at + timedelta(days=step) for step in range((after - at).days)]
        news = [changed[day] for day in days if day in changed]
        runs = [looked[day] for day in days if day in looked]
        yield _Stretch(
            at,
            days[-1],
            sum(row.changes for row in news),
            sum(row.loud for row in news),
            sum(row.looks for row in runs),
            sum(row.failed for row in runs),
        )
        at = after


def _first(unit: Unit, day: date) -> date:
    if unit == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if unit == "week" else day


def _next(unit: Unit, day: date) -> date:
    if unit == "month":
        return (day + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if unit == "week" else 1)


def _bar(
    row: _Stretch,
    at: int,
    place: float,
    most: int,
    link: Callable[[str, str], str],
    shown: tuple[str | None, str | None],
) -> Bar:
    height, loud = (0.0 if not n else max(4.0, 100 * n / most) for n in (row.changes, row.loud))
    first, last = str(row.first), str(row.last)
    days = _days(row.first, row.last)
    looked = _looked(row)
    return Bar(
        x=f"{place * (at + _GAP / 2):.2f}%",
        width=f"{place * (1 - _GAP):.2f}%",
        top=f"{100 - height:.1f}%",
        height=f"{height:.1f}%",
        loud_top=f"{100 - loud:.1f}%",
        loud_height=f"{loud:.1f}%",
        lane="none" if not row.looks else "failed" if row.failed else "seen",
        tip=f"{days}: {_counted(row.changes, 'change')}, {row.loud:,} not announced or a removal; {looked}",
        days=days,
        changes=row.changes,
        loud=row.loud,
        looked=looked,
        href=link(first, last),
        here=any(shown) and (shown[0] or first) <= last and first <= (shown[1] or last),
    )


def _looked(row: _Stretch) -> str:
    if not row.looks:
        return "nobody looked"
    return _counted(row.looks, "look") + (f", {row.failed:,} saw no page" if row.failed else "")


def _days(first: date, last: date) -> str:
    return short_day(str(first)) if first == last else f"{short_day(str(first))} to {short_day(str(last))}"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
