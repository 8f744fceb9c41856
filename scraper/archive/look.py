"""A look at a page as the derived layers need it: an answer, fresh or stored, judged and put in its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.archive.groundwork import Groundwork
from scraper.clock import to_text
from scraper.fetching.clocks import server_date
from scraper.fetching.codes import Code
from scraper.fetching.linked import canonical_link
from scraper.fetching.observation import GOOD_OUTCOMES, Answer, Outcome, Verdict
from scraper.fetching.verdict import judge

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.archive.withheld import Withholding
    from scraper.normalizing.reading import Reading


@dataclass(frozen=True, slots=True)
class Look:
    """One observation as the derived layers need it. `moment` is archive text.

    `withheld` is the tombstone of its capture, and `concluded` what was said of a stored look then: of bytes that are
    gone, that is all that is known.
    """

    fetch_id: int
    moment: str
    url: str
    final_url: str
    content_type: str | None
    verdict: Verdict
    capture_id: int | None
    body: bytes | None
    withheld: Withholding | None = None
    concluded: Outcome | None = None
    elapsed_ms: int = 0
    dated: datetime | None = None
    """The answer's Date."""
    arrived: Verdict | None = None
    """Where the verdict is only that it was led to another page: what it would be, had that page been asked for."""
    linked: str | None = None
    """The address that a Link header names as the page's own, absolute."""
    reading: Reading | None = None
    """What is known of the document in `body`, where it was read on the way here."""

    @classmethod
    def at(
        cls,
        fetch_id: int,
        answer: Answer,
        capture_id: int | None,
        withheld: Withholding | None = None,
        before: tuple[Outcome, str] | None = None,
        groundwork: Groundwork | None = None,
    ) -> Look:
        """Judge an answer, fresh or stored, and put it in its place in the history.

        `before` is the outcome with its reason that a stored one was given; it counts where bytes are withheld, its
        own or those that it was compared with. `groundwork` is what was worked out of a fresh one elsewhere.
        """
        ready = groundwork or Groundwork()
        concluded = before[0] if before else None
        arrived = None
        try:
            verdict = _verdict_of_then(*before) if withheld and before else ready.verdict or judge(answer)
            if verdict.code is Code.REDIRECT_OTHER and answer.final_url:
                arrived = judge(replace(answer, url=answer.final_url, redirects=()))
        except Exception as error:  # a fault of ours must not lose the answer, nor the rest of the run
            verdict = Verdict.by(Code.FAULT, f"Redline could not judge it: {type(error).__name__}; please report it")
        return cls(
            fetch_id=fetch_id,
            moment=to_text(answer.started),
            url=answer.url,
            final_url=answer.final_url or answer.url,
            content_type=answer.header("content-type"),
            verdict=verdict,
            capture_id=capture_id,
            body=answer.body,
            withheld=withheld,
            concluded=concluded,
            elapsed_ms=answer.elapsed_ms,
            dated=server_date(answer),
            arrived=arrived,
            linked=canonical_link(answer),
            reading=ready.reading,
        )


def _verdict_of_then(outcome: Outcome, reason: str) -> Verdict:
    """The verdict behind an outcome: none where the body was worth reading, whatever came of that."""
    return Verdict(None if outcome in (*GOOD_OUTCOMES, "extraction_suspect") else outcome, reason)
