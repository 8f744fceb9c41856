"""What differs between two fetches of a page on which nothing has changed.

All of it is drawn from the page's name and the moment of the look, so that every run of the demo sees the same
noise: nonces, view counters, rails that rotate, advertisement slots, asset names that defeat caches.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.demo.script import START

if TYPE_CHECKING:
    from datetime import datetime

RELATED = (
    "Notices to Mariners, Week 9",
    "Lights and Buoys: Work Planned for Spring",
    "Seal Count at Ebba Island Reaches 1,140",
    "How the Lenn Canal Got Its Bend",
    "Apprentices Wanted for the Hydrographic Office",
    "Ice on the Upper Orrin: What Skippers Should Know",
    "Little Thorne Slipway Opens After Repair",
    "A Day With the Lock Keepers of Sankt Orm",
)
PODCASTS = (
    "The tide table: how it is made, and by whom",
    "Who owns the foreshore?",
    "The lighthouse that moved inland",
    "Ten years of the night ferry",
    "Eels, otters and the new fish ladder",
    "What the harbour budget does not say",
)
STORIES = (
    "Council votes on later buses to the quay",
    "Cement works asks for a second berth",
    "Herring are back, and so are the gulls",
    "Night train to Vennport sold out until May",
    "Why the market hall clock runs slow",
    "Rowing club finds a boat from 1931 under its floor",
    "School kitchens buy fish from the harbour",
    "Storm fund pays out for the first time",
)
ADVERTISEMENTS = (
    "Oilskins for every weather, now at Quayside Outfitters",
    "Vennport Savings Bank: a loan for your boat",
    "Harbour Opera: four nights in April",
    "Fresh paint, dry cellars: call Hallow Builders",
)


@dataclass(frozen=True, slots=True)
class Noise:
    """The noise of one fetch of one page."""

    nonce: str
    view_state: str
    module: int
    asset: str
    views: str
    related: tuple[str, ...]
    podcasts: tuple[str, ...]
    stories: tuple[tuple[str, str], ...]  # with how long ago each was posted
    advertisement: str
    slot: str
    comments: int


def draw(name: str, now: datetime, comments: int = 0) -> Noise:
    """The noise for the page of that name at that moment; `comments` is how many there were on the first day."""
    # Not a secret but a stage prop: the seed makes it the same in every run.
    dice = random.Random(f"{name} {now.isoformat()}")  # noqa: S311
    hours = int((now - START).total_seconds()) // 3600
    return Noise(
        nonce=f"{dice.getrandbits(128):032x}",
        view_state=f"{dice.getrandbits(512):0128x}",
        module=dice.randrange(10_000, 99_999),
        asset=f"{dice.getrandbits(32):08x}",
        views=f"{1_200 + 7 * hours + dice.randrange(7):,}",
        related=tuple(dice.sample(RELATED, 4)),
        podcasts=tuple(dice.sample(PODCASTS, 3)),
        stories=tuple((story, ago(dice.randrange(4, 60 * 60))) for story in dice.sample(STORIES, 5)),
        advertisement=dice.choice(ADVERTISEMENTS),
        slot=f"ad-{dice.getrandbits(40):010x}",
        comments=comments + hours // 6 + dice.randrange(2),
    )


def ago(minutes: int) -> str:
    """How long ago something was, the way a news site puts it: ``3 hours ago``. `minutes` is at least 1."""
    size, unit = next((size, unit) for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")) if minutes >= size)
    count = minutes // size
    return f"{count} {unit}{'s' if count > 1 else ''} ago"
