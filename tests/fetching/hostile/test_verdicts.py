"""What an answer is, through the whole of a visit: fetched over HTTP, asked beside where it is doubtful, and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.fetching import judge
from tests.fetching.hostile.verdicts import VERDICTS, Site
from tests.fetching.visiting import answers, visit

if TYPE_CHECKING:
    from scraper.config import FetchSettings
    from tests.scripted import Moments, Scripted


class WithCatchAll(dict):  # type: ignore[type-arg]
    """Pages of which `*` stands for all that are not named."""

    def get(self, path: str, default: object = None) -> object:
        return super().get(path) or super().get("*") or default


@pytest.mark.parametrize("case", VERDICTS.values(), ids=VERDICTS.keys())
def test_an_answer_is_told_for_what_it_is(
    site: Scripted, settings: FetchSettings, moments: Moments, case: Site
) -> None:
    site.pages = WithCatchAll(case.pages)

    (got,) = answers(visit(site, settings, moments, case.asked))
    verdict = judge(got)

    assert verdict.outcome == case.outcome, verdict.reason
    assert case.says in verdict.reason
    assert len(site.asked) <= 5
