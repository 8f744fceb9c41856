"""What the schedule has learnt, of pages and of the lists of their publishers; it stands for about a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.scheduling.claims import Records
    from scraper.scheduling.outlook import Outlook
    from scraper.scheduling.turns import Host


@dataclass(frozen=True, slots=True)
class Learnt:
    """The outlook for all pages; how the lists of a host have fared, by host and kind; and how often hosts change.

    Without `records` and `hosts` no list is heeded, and none is asked.
    """

    outlook: Outlook
    records: Records = field(default_factory=dict)
    hosts: Mapping[str, Host] = field(default_factory=dict)
