"""What a list of news is narrowed to: the parameters of the front page's address, read, written and offered.

Every state of the list is an address: `publisher`, `tag`, `class`, `kind`, `significance` (the least), `since` and
`until` (days, both included), `all`, `order` and `before` (the change after which a long list goes on).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from scraper.archive import reading, timeline
from scraper.archive.timeline import Asked
from scraper.datasette_plugin.labels import CLASS_LABELS, KIND_LABELS, Label
from scraper.datasette_plugin.moments import short_day
from scraper.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.datasette_plugin.asking import Ask

    Offered = Iterable[tuple[str, str]]

Order = Literal["day", "significance"]

_FLOORS = ("0.2", "0.4", "0.6", "0.8")
_VIEWS: tuple[tuple[str, dict[str, str]], ...] = (
    ("All that matters", {}),
    ("Not announced", {"class": "undeclared_edit"}),
    ("Removed", {"kind": "removed"}),
    ("Corrections", {"class": "correction_notice"}),
    ("Numbers", {"class": "number"}),
    ("Headlines", {"class": "headline"}),
    ("Everything", {"all": "1"}),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for."""

    asked: Asked
    order: Order

    @property
    def one_day(self) -> str | None:
        """The day, where one alone is asked for."""
        return self.asked.since if self.asked.since is not None and self.asked.since == self.asked.until else None

    @property
    def whole_time(self) -> Asked:
        """The same without the period and the place in a long list."""
        return replace(self.asked, since=None, until=None, before=None)

    @property
    def parameters(self) -> dict[str, str | None]:
        """The address's parameters but for `before`, as they are written."""
        asked = self.asked
        floor = None if asked.significance is None else f"{asked.significance:g}"
        return {
            "publisher": asked.publisher,
            "tag": asked.tag,
            "class": asked.change_class,
            "kind": asked.kind,
            "significance": floor,
            "since": asked.since,
            "until": asked.until,
            "all": "1" if asked.everything else None,
            "order": self.order if self.order != "day" else None,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter can take."""

    value: str
    text: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of the list: the URL parameter, its name for the reader, what is chosen and what can be."""

    name: str
    text: str
    value: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A link to the same list seen otherwise; `here` where that is what is shown."""

    text: str
    href: str
    here: bool


def chosen(ask: Ask) -> Chosen:
    """Read the address; UsageError where a day or number is none."""
    order = ask.text("order") or "day"
    if order not in ("day", "significance"):
        raise UsageError(f"there is no order {order[:40]!r}: it is day or significance")
    asked = Asked(
        publisher=ask.text("publisher"),
        tag=ask.text("tag"),
        change_class=ask.text("class"),
        kind=ask.text("kind"),
        everything=ask.text("all") is not None,
        before=ask.number("before"),
        since=_day(ask, "since"),
        until=_day(ask, "until"),
        significance=_floor(ask),
    )
    return Chosen(asked, "significance" if order == "significance" else "day")


def _day(ask: Ask, name: str) -> str | None:
    text = ask.text(name)
    return None if text is None else reading.as_moment(text)[:10]


def _floor(ask: Ask) -> float | None:
    text = ask.text("significance")
    if text is None:
        return None
    try:
        floor = float(text)
    except ValueError:
        floor = -1.0
    if not 0 <= floor <= 1:
        raise UsageError(f"{text[:40]!r} is no significance: it goes from 0 to 1")
    return floor


def filters(ask: Ask, asked: Asked) -> tuple[Filter, ...]:
    """The filters with what each can be set to, each made once for what it is set to: they offer hundreds."""
    floor = None if asked.significance is None else f"{asked.significance:g}"
    offered: tuple[tuple[str, str, str | None, Callable[[], Offered]], ...] = (
        ("publisher", "Publisher", asked.publisher, lambda: _by_name(publishers(ask))),
        ("tag", "Tag", asked.tag, lambda: _by_name(_tags(ask))),
        ("class", "What changed", asked.change_class, lambda: _named(CLASS_LABELS)),
        ("kind", "What happened", asked.kind, lambda: _named(KIND_LABELS)),
        ("significance", "Significance", floor, lambda: [(value, f"{value} or more") for value in _FLOORS]),
    )
    return tuple(_once(ask, *each) for each in offered)


def _once(
    ask: Ask, name: str, text: str, value: str | None, choices: Callable[[], Iterable[tuple[str, str]]]
) -> Filter:
    return ask.once(("filter", name, value), lambda: _filter(name, text, list(choices()), value))


def publishers(ask: Ask) -> list[str]:
    """The publishers on the watch list."""
    return ask.once("publishers", lambda: timeline.publishers(ask.connection))


def _tags(ask: Ask) -> list[str]:
    return ask.once("tags", lambda: timeline.tags(ask.connection))


def _by_name(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


def _named(labels: dict[str, Label]) -> list[tuple[str, str]]:
    return [(name, label.text[:1].upper() + label.text[1:]) for name, label in labels.items()]


def _filter(name: str, text: str, offered: list[tuple[str, str]], value: str | None) -> Filter:
    if value is not None and value not in dict(offered):
        offered = [*offered, (value, value)]  # keep what was asked for visible, so that it can be taken back
    return Filter(name, text, value, tuple(Choice(given, shown, given == value) for given, shown in offered))


def views(ask: Ask, now: Chosen) -> tuple[View, ...]:
    """The lists that readers want most, within the publisher, tag and period that are chosen."""
    sorts: dict[str, str | None] = {"class": None, "kind": None, "all": None}
    here = {name: value for name, value in now.parameters.items() if name in sorts and value is not None}
    return tuple(
        View(text, ask.links.front(**{**now.parameters, **sorts, **changed}), changed == here)
        for text, changed in _VIEWS
    )


def orders(ask: Ask, now: Chosen) -> tuple[View, ...]:
    """The two orders of the list."""
    named = (("Newest first", None), ("Most significant first", "significance"))
    current = now.parameters["order"]
    return tuple(View(text, ask.links.front(**{**now.parameters, "order": to}), to == current) for text, to in named)


def taken(ask: Ask, now: Chosen) -> tuple[View, ...]:
    """What the list is narrowed to, each with the address of the list without it."""
    asked, given = now.asked, now.parameters
    period = {} if now.one_day else {"since": asked.since, "until": asked.until}
    said: dict[str, str | None] = {
        "publisher": asked.publisher,
        "tag": asked.tag and f"tag “{asked.tag}”",
        "class": asked.change_class and _text(CLASS_LABELS, asked.change_class),
        "kind": asked.kind and _text(KIND_LABELS, asked.kind),
        "significance": given["significance"] and f"significance {given['significance']} or more",
        **{name: f"{name} {short_day(day)}" for name, day in period.items() if day},
        "all": "with what leaves the wording alone" if asked.everything else None,
    }
    shown = [View(text, ask.links.front(**{**given, name: None}), True) for name, text in said.items() if text]
    if now.one_day:
        shown.append(View(short_day(now.one_day), ask.links.front(**{**given, "since": None, "until": None}), True))
    return tuple(shown)


def _text(labels: dict[str, Label], name: str) -> str:
    return labels[name].text.lower() if name in labels else name
