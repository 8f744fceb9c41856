"""The scripted fortnight: what happens to which page when, and what an archive should say of it.

This is the single place where the demo's events stand. `site` applies them to the page files, the tests hold the
archive that the tour makes against them. An event takes effect on the hour given; the scraper looks at 06:17 and
18:17 UTC and can only say between which two looks it happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.archive.changes import ChangeKind
    from scraper.comparing.comparison import ChangeClass

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 14
LOOK_TIMES = (time(6, 17), time(18, 17))

OLD_DEPARTMENT = "Department of Harbours and Inland Waterways"
NEW_DEPARTMENT = "Department of Waterways and Coastal Affairs"

HARBOURS_PAGES = (
    "dredging-contract",
    "water-advisory",
    "biography",
    "port-statistics",
    "data-terms",
    "ferry-report",
    "castle-reach-lock",
)
PRESS_PAGES = ("dredging-story", "ferry-story", "pilot-interview", "water-explainer")
UNTOUCHED_PAGES = ("water-explainer",)
"""Pages on which nothing but noise changes."""

What = Literal["edit", "move", "block", "unblock", "remove", "restore"]


@dataclass(frozen=True, slots=True)
class Replace:
    """Put `new` where `old` stands: exactly once, or wherever it stands if `everywhere`."""

    old: str
    new: str
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Take the one line that starts with `start` and put it before the one that starts with `before`."""

    start: str
    before: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens on `day` (1 to 14) at `hour` (UTC) to `pages`.

    `kind` is the change that an archive should hold for each of the pages (None: it is seen in the fetches alone)
    and `classes` are the classes that this change should carry among others.
    """

    day: int
    hour: int
    pages: tuple[str, ...]
    what: What
    description: str
    edits: tuple[Replace | MoveLine, ...] = ()
    kind: ChangeKind | None = None
    classes: tuple[ChangeClass, ...] = ()

    @property
    def moment(self) -> datetime:
        """When it happens."""
        return START + timedelta(days=self.day - 1, hours=self.hour)

    @property
    def silent(self) -> bool:
        """True where the page's wording changes and the page does not say so."""
        return "undeclared_edit" in self.classes


EVENTS: tuple[Event, ...] = (
    Event(
        2,
        9,
        ("dredging-contract",),
        "edit",
        "The price of the dredging contract rises by 12.7 million crowns, and the page does not say so.",
        (Replace("a fixed price of 48.6 million crowns", "a fixed price of 61.3 million crowns"),),
        "content",
        ("wording", "number", "undeclared_edit"),
    ),
    Event(
        3,
        10,
        ("dredging-story",),
        "edit",
        "The Estuary Post corrects the volume of the dredging and says so at the foot of the story.",
        (
            Replace("lift 1.4 million cubic metres", "lift 1.9 million cubic metres"),
            Replace("modified: 2026-03-02T05:10:00Z", "modified: 2026-03-04T09:40:00Z"),
            Replace(
                "and that no supplement has been agreed.</p>",
                "and that no supplement has been agreed.</p>\n"
                '<p class="correction"><em>Correction, 4 March 2026: An earlier version of this story gave the volume '
                "to be dredged as 1.4 million cubic metres. It is 1.9 million.</em></p>",
            ),
        ),
        "content",
        ("wording", "number", "correction_notice"),
    ),
    Event(
        3,
        15,
        ("water-advisory",),
        "edit",
        "The count at which a beach is closed rises from 370 to 630 colonies, without a word.",
        (Replace("contain more than 370 colonies", "contain more than 630 colonies"),),
        "content",
        ("wording", "number", "undeclared_edit"),
    ),
    Event(
        4,
        8,
        ("ferry-story",),
        "edit",
        "The headline is softened: pilots no longer warned for months, they raised concerns.",
        (
            Replace(
                "title: Pilots warned of moving sandbar for months before ferry ran aground",
                "title: Pilots raised concerns about sandbar before ferry ran aground",
            ),
        ),
        "content",
        ("headline", "undeclared_edit"),
    ),
    Event(
        4,
        13,
        ("biography",),
        "edit",
        "The acting commissioner's biography drops the word “Acting” from her title.",
        (
            Replace(
                "title: Ilsabet Vorren, Acting Harbour Commissioner", "title: Ilsabet Vorren, Harbour Commissioner"
            ),
            Replace("Ilsabet Vorren is Acting Harbour Commissioner in", "Ilsabet Vorren is Harbour Commissioner in"),
        ),
        "content",
        ("wording", "headline", "undeclared_edit"),
    ),
    Event(
        5,
        9,
        ("pilot-interview",),
        "edit",
        "The interview's part on pride moves in front of the part on fog; no word changes.",
        (
            MoveLine("<h2>Pride</h2>", "<h2>Fog</h2>"),
            MoveLine("<p>Her worst night", "<h2>Fog</h2>"),
            MoveLine("<p>“Pride weighs more", "<h2>Fog</h2>"),
        ),
        "content",
        ("moved_text",),
    ),
    Event(
        5,
        16,
        ("dredging-contract",),
        "edit",
        "The date on which the channel must be finished moves by four months, without a word.",
        (Replace("the finished channel by 30 November 2026", "the finished channel by 31 March 2027"),),
        "content",
        ("wording", "date", "undeclared_edit"),
    ),
    Event(
        6,
        12,
        HARBOURS_PAGES,
        "block",
        "The edge in front of the department's site answers 403 for 32 hours: a block, not a removal.",
    ),
    Event(7, 20, HARBOURS_PAGES, "unblock", "The block passes, and the pages are as they were."),
    Event(
        8,
        5,
        ("ferry-report",),
        "remove",
        "The report on the ferry accident is taken down: 404 for four days.",
        kind="removed",
    ),
    Event(
        9,
        11,
        ("data-terms",),
        "edit",
        "The terms of data use forbid what they allowed, and drop a promise on privacy.",
        (
            Replace("You may use the data in a commercial product", "You may not use the data in a commercial product"),
            Replace(" We do not pass them on, and we do not combine them with other records.", ""),
        ),
        "content",
        ("wording", "negation", "undeclared_edit"),
    ),
    Event(
        10,
        7,
        ("castle-reach-lock",),
        "move",
        "The story on Castle Reach Lock moves to another path under the same article id.",
        (Replace("path: /Explore/News/Article/", "path: /News/News-Stories/Article/"),),
        "moved",
    ),
    Event(
        10,
        14,
        ("port-statistics",),
        "edit",
        "The Statistics Unit revises last year's traffic at Hallow, and says so.",
        (
            Replace("<td>3,377</td><td>3,912</td>", "<td>3,377</td><td>3,492</td>"),
            Replace("handled 23.5 million tonnes", "handled 23.1 million tonnes"),
            Replace("which is 3.2 per cent more", "which is 1.4 per cent more"),
            Replace("modified: 2026-02-10T08:00:00Z", "modified: 2026-03-11T13:30:00Z"),
            Replace(
                "on request from the Statistics Unit.</p>",
                "on request from the Statistics Unit.</p>\n"
                "<p>Correction (11 March 2026): The figure for Hallow in 2025 counted one month twice. "
                "It has been corrected, and so have the totals made from it.</p>",
            ),
        ),
        "content",
        ("wording", "number", "correction_notice"),
    ),
    Event(
        11,
        9,
        ("water-advisory",),
        "edit",
        "The count at which a beach is closed is 370 again, as silently as it left.",
        (Replace("contain more than 630 colonies", "contain more than 370 colonies"),),
        "content",
        ("number", "revert", "undeclared_edit"),
    ),
    Event(
        11,
        13,
        ("castle-reach-lock",),
        "edit",
        "A caption gives Jorun Askeby another office.",
        (Replace("Jorun Askeby, deputy to the deputy head of", "Jorun Askeby, deputy head of"),),
        "content",
        ("caption", "undeclared_edit"),
    ),
    Event(
        12,
        10,
        ("dredging-story",),
        "edit",
        "The Estuary Post reports the new price in an update.",
        (
            Replace("modified: 2026-03-04T09:40:00Z", "modified: 2026-03-13T09:05:00Z"),
            Replace(
                "<h2>A closed season in the middle</h2>",
                "<p><strong>Update (13 March 2026):</strong> The department’s notice now gives the price as 61.3 "
                "million crowns. A spokesman said that the earlier figure had been a draft.</p>\n"
                "<h2>A closed season in the middle</h2>",
            ),
        ),
        "content",
        ("update_notice",),
    ),
    Event(
        12,
        11,
        ("ferry-report",),
        "restore",
        "The accident report is back, without the finding on the missing survey and with a weaker recommendation.",
        (
            Replace(
                "<li>The survey of the eastern gat was due in August 2025 and had not been carried out.</li>\n", ""
            ),
            Replace(
                "Their reports were filed and not passed to the hydrographic office.",
                "Their reports were filed in accordance with the procedure of that time.",
            ),
            Replace(
                "Send every report of shallow water to the hydrographic office on the day it is made.",
                "Consider how reports of shallow water could reach the hydrographic office sooner.",
            ),
        ),
        "restored_with_edits",
        ("wording", "undeclared_edit"),
    ),
    Event(
        13,
        3,
        HARBOURS_PAGES,
        "edit",
        "The department takes a new name, on every page and also on those that report the past.",
        (Replace(OLD_DEPARTMENT, NEW_DEPARTMENT, everywhere=True),),
        "content",
        ("wording", "undeclared_edit", "site_wide"),
    ),
    Event(
        14,
        12,
        ("ferry-story",),
        "edit",
        "The pilot's quotation becomes milder: the bar now moves in some winters.",
        (
            Replace(
                "“The bar moves every winter, as it has always done,”",
                "“The bar moves in some winters, as it has always done,”",
            ),
        ),
        "content",
        ("wording", "quote", "undeclared_edit"),
    ),
)


def looks() -> Iterator[datetime]:
    """The moments at which the scraper looks, two a day, in order."""
    for day in range(DAYS):
        for at in LOOK_TIMES:
            yield datetime.combine(START.date() + timedelta(days=day), at, UTC)
