"""Fan-in: several pages of a host that all lead to one address are none of them that page.

One redirect that keeps a page's slug, or one short link that leads to an article, is taken for a move. Where two
pages that are not the same are led to one address, at least one of them was led elsewhere, and nobody can say which;
so none is believed. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from scraper.fetching.codes import Code
from scraper.fetching.identity import article_id, moved, same_page, settled_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.fetching.observation import Answer


def may_fan_in(answer: Answer) -> bool:
    """Whether a redirect was taken for a move by less than an article id, so that the batch has to be seen whole."""
    final = answer.final_url
    if final is None or answer.failure is not None or not answer.redirects or not moved(answer.url, final):
        return False
    return article_id(answer.url) is None


def settle_fan_in(answers: Sequence[Answer]) -> list[Answer]:
    """The same answers in the same order; those whose pages lead to one address said to be redirected elsewhere."""
    led_to: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        led_to[settled_url(answer.final_url or answer.url)].append(answer)
    return [_settled(answer, led_to[settled_url(answer.final_url or answer.url)]) for answer in answers]


def _settled(answer: Answer, together: list[Answer]) -> Answer:
    pages = {settled_url(other.url): other.url for other in together}
    if all(same_page(one, other) for one, other in combinations(pages.values(), 2)):
        return answer
    reason = f"{len(pages)} watched pages, which are not the same, are redirected to {(answer.final_url or '')[:120]}"
    return replace(answer, failure="redirected_elsewhere", error=reason, code=Code.REDIRECT_FAN_IN)
