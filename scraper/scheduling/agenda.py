"""Which of the pages that are due a run takes on, and in what order: after a missed night everything is due at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scraper.config import Source
    from scraper.scheduling.due import Due
    from scraper.scheduling.outlook import Outlook


@dataclass(frozen=True, slots=True)
class Planned:
    """A source with when it is due, and why."""

    source: Source
    due: Due


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a run would look at, and what is due as well and waits for the next run.

    The most pressing come first, and those that failed last time after all others: where a host refuses some of its
    pages for good, three refusals end its batch, and the others must have had their turn by then.
    """

    now: tuple[Planned, ...]
    later: tuple[Planned, ...] = ()


def choose(waiting: Sequence[Planned], outlook: Outlook, hosts: Mapping[str, str], room: Mapping[str, int]) -> Agenda:
    """Choose from what is due by now, so that a run is not much longer than usual.

    Put off is only what the schedule itself chose the moment of. `hosts` names the host of each source, and `room` how
    many pages of a host a run can take at most, where that is less than all: a page for which there is no room takes
    no place from others, and what becomes of it is the fetcher's to say.
    """
    taken: list[Planned] = []
    later: list[Planned] = []
    places = outlook.most
    used: Counter[str] = Counter()
    for item in sorted(waiting, key=lambda item: (-item.due.pressing, item.due.at, item.source.id)):
        host = hosts[item.source.id]
        used[host] += 1
        fits = host not in room or used[host] <= room[host]
        if places is None or not item.due.learnt or not fits:
            taken.append(item)
        elif places > 0:
            places -= 1
            taken.append(item)
        else:
            used[host] -= 1
            later.append(item)
    return Agenda(tuple(sorted(taken, key=lambda item: item.due.failed)), tuple(later))
