"""When a watched page is stale: no look has seen it for so long that the schedule cannot have meant it.

Measured at the last run that looked. A run that records what else was done to an archive says nothing of whether
anybody was looking: after one, pages would seem stale that no look was due for, or a watch that stopped seem alive.
"""

from __future__ import annotations

from scraper.fetching.observation import GOOD_OUTCOMES

GOOD = f"({', '.join(repr(outcome) for outcome in sorted(GOOD_OUTCOMES))})"
"""The outcomes of a look that saw the document, as SQL."""

LONGEST_DAYS = 33
"""A page without a rhythm of its own is looked at once in 30 days at the latest (`scraper.scheduling.outlook.FLOOR`);
a tenth more, since a run that has much to do may put it off."""

LOOKING = (
    "trigger <> 'import' and (due > 0 or not "
    "(trigger glob 'redaction *' or trigger glob 'repair *' or trigger glob 'shard *'))"
)
"""Which runs looked at pages, as a condition on `runs`: not an import, a redaction, a repair or a shard's beginning."""

LAST_LOOKING = f"(select started from runs where {LOOKING} order by id desc limit 1)"
"""When the last run that looked began, as an SQL expression; null where there was none."""


def stale_from(outcome: str) -> str:
    """SQL for the moment from which a page is stale, of `sources` as s and `states` as st; '' where it was never seen.

    With a rhythm of its own, after three times its rhythm and at least two days. Without one, after two days where the
    last look (`outcome` is its column) did not see it; where it did, the schedule may mean to leave it alone for
    LONGEST_DAYS.
    """
    return f"""
case when st.last_good is null then '' else strftime('%Y-%m-%dT%H:%M:%fZ', julianday(st.last_good) + case
    when s.every is not null then max(2.0, 3 * coalesce(cast(s.every as real) * case substr(s.every, -1)
        when 'm' then 1 / 1440.0 when 'h' then 1 / 24.0 when 'd' then 1.0 when 'w' then 7.0 end, 0))
    when {outcome} in {GOOD} then {LONGEST_DAYS}.0 else 2.0 end) end
""".strip()


STALE_SOURCES = f"""
create view stale_sources as
select s.id as source_id, s.url as url, s.publisher as publisher, st.last_good as last_good, sd.outcome as last_outcome,
       {LAST_LOOKING} as as_of
from standings sd join sources s on s.id = sd.source_id left join states st on st.source_id = s.id
where not sd.retired and not sd.removed and (sd.stale_from = '' or sd.stale_from < {LAST_LOOKING})
"""
"""The view of schema 6."""
