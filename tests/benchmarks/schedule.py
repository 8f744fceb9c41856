"""How soon a budget of looks sees the changes of a watch list: the schedule beside common ones and an oracle.

    python -m tests.benchmarks.schedule [--corpus HISTORIES] [--seeds 3] [--pages 300]
    python -m tests.benchmarks.schedule --lists [--seeds 3] [--pages 300]

Every policy has the same looks a day to spend and wakes at the same moments. Simulated are pages that change at even
rates, and news that changes when it is young; the oracle knows their true rates. HISTORIES are page histories (folders
with a meta.json whose pairs of captures are labelled); a labelled change is taken to have happened at a random moment
between its two captures, and hindsight, which knows how often each page changed on the whole, takes the oracle's place.
All chance is seeded: the same table comes out every time.

With `--lists`, publishers announce what they change (`announcing`): the schedule that listens is set beside the one
that does not, and the oracle, which knows the rates and not what is announced. A request for a list costs a look.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.announcing import PUBLISHERS, Listening
from tests.benchmarks.mixes import Page, Score, World, homogeneous, live_through, news, policies

CHANGED = ("changed_words", "publisher_modified_changed")
LOOKS_A_PAGE = (0.16, 0.4)
"""Looks a day and page: those of the literature's 48 and 120 for 300 pages."""

Scores = dict[str, list[Score]]


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--days", type=float, default=60)
    parser.add_argument("--lists", action="store_true", help="what listening to sitemaps and feeds gains, alone")
    given = parser.parse_args()
    if given.lists:
        _lists(given)
        return
    for looks in LOOKS_A_PAGE:
        for make in (homogeneous, news):
            worlds = [make(given.pages, given.days, looks * given.pages, seed) for seed in range(1, given.seeds + 1)]
            title = f"{worlds[0].name}: {given.pages} pages, {given.days:g} days, {looks * given.pages:g} looks a day"
            _table(f"{title}, {given.seeds} seeds", measured(worlds), "oracle")
    if given.corpus is None:
        return
    pages = real_pages(given.corpus)
    if not pages:
        sys.exit(f"the corpus is not at {given.corpus}: real histories were not measured")
    days = max(page.gone for page in pages)
    for looks in (0.1, 0.5):
        world = World("real", pages, days, looks * _listed(pages, days), wake=0.25)
        title = f"real histories: {len(pages)} pages, {sum(len(page.changes) for page in pages)} changes"
        _table(f"{title}, {looks:g} looks a day and page", measured([world]), "hindsight")


def _lists(given: argparse.Namespace) -> None:
    """Print what listening gains with each kind of publisher, at the smaller of the two budgets."""
    looks = LOOKS_A_PAGE[0] * given.pages
    for make in (homogeneous, news):
        worlds = [make(given.pages, given.days, looks, seed) for seed in range(1, given.seeds + 1)]
        title = f"{worlds[0].name}: {given.pages} pages, {given.days:g} days, {looks:g} looks a day, lists included"
        _table(f"{title}, {given.seeds} seeds", heard(worlds), "oracle", "Redline, deaf")


def heard(worlds: list[World]) -> Scores:
    """The scores of the schedule without lists, with those of each kind of publisher, and of the oracle."""
    scores: Scores = defaultdict(list)
    for world in worlds:
        known = policies(world)
        scores["Redline, deaf"].append(live_through(world, known["Redline"]))
        for name, says in PUBLISHERS.items():
            scores[name].append(live_through(world, Listening(world.looks_a_day, says, world.wake)))
        scores["oracle"].append(live_through(world, known["oracle"]))
    return scores


def measured(worlds: list[World]) -> Scores:
    """The scores of every policy in each world."""
    scores: Scores = defaultdict(list)
    for world in worlds:
        for name, policy in policies(world).items():
            scores[name].append(live_through(world, policy))
    return scores


def mean(scores: list[Score]) -> Score:
    """The mean of some scores."""
    count = len(scores)
    parts = ((one.caught, one.delay, one.looks) for one in scores)
    return Score(*(sum(part) / count for part in zip(*parts, strict=True)))


def _table(title: str, scores: Scores, best: str, beside: str = "oracle") -> None:
    """Print the scores, each also as a ratio to that of the policy `beside`; `best` is what the oracle is called."""
    print(title)
    print(f"  {'':<20}{'caught':>8}{'delay':>10}{'looks/day':>11}{'caught ×':>11}{'delay ×':>9}")
    top = mean(scores[beside])
    for name, found in scores.items():
        one = mean(found)
        ratios = f"{one.caught / top.caught:>11.2f}{one.delay / top.delay:>9.2f}"
        shown = best if name == "oracle" else name
        print(f"  {shown:<20}{one.caught:>8.1%}{one.delay:>8.2f} d{one.looks:>11.1f}{ratios}")
    print()


def real_pages(corpus: Path) -> tuple[Page, ...]:
    """The pages of the corpus with the changes that their captures are labelled with."""
    histories = [(file.parent.name, json.loads(file.read_text())) for file in sorted(corpus.rglob("meta.json"))]
    starts = [_moment(captures[0]) for _, meta in histories if (captures := meta.get("captures"))]
    return tuple(
        found for name, meta in histories if (found := _real_page(name, meta, min(starts), random.Random(name)))
    )


def _real_page(name: str, meta: dict[str, Any], start: datetime, chance: random.Random) -> Page | None:
    at = {capture["file"]: (_moment(capture) - start) / timedelta(days=1) for capture in meta["captures"]}
    changes = sorted(
        chance.uniform(at[pair["a"]], at[pair["b"]])
        for pair in meta["pairs"]
        if (pair.get("label") or pair.get("publisher_label")) in CHANGED and at[pair["a"]] < at[pair["b"]]
    )
    born, gone = min(at.values()), max(at.values())
    if gone - born < 7:
        return None
    rate = max(len(changes), 0.2) / (gone - born)
    return Page(name, name.partition("__")[0], born, tuple(changes), lambda _age: rate, gone)


def _moment(capture: dict[str, Any]) -> datetime:
    moment = datetime.fromisoformat(capture.get("captured_at") or "1970-01-01")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _listed(pages: tuple[Page, ...], days: float) -> float:
    """How many pages are on the list on the average day."""
    return sum(page.gone - page.born for page in pages) / days


if __name__ == "__main__":
    main()
