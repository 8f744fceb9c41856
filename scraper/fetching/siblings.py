"""A page beside a page: what a host answers for an address that cannot exist, and what that says of a doubtful answer.

Some hosts answer 200 for whatever is asked and write into the page that there is none. Where an answer only hints at
that, the host is asked for an address that nobody can have made (Bar-Yossef and others, "Sic transit gloria telae",
WWW 2004): who gets the same page for it learns that the page asked for is not there either. An absence is said only
where the page itself hints at one. The same answer without a hint may as well be a block, a gate, an outage or the
empty shell of a site that needs scripts, so it is doubtful and no more. Pure: the asking is the batch's.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import scraper.fetching.phrases as phrases
from scraper.fetching.codes import Code
from scraper.fetching.glimpse import headlines, prose, runs
from scraper.fetching.identity import is_shortlink, settled_url

if TYPE_CHECKING:
    from scraper.fetching.observation import Answer, Request

_SHORT = 64 * 1024  # bytes of a page that is looked at for the first time
_SHORTER = 0.8
_FEW_WORDS = 200  # in an article of more, "not found" is what it tells of
_COLLAPSE = 0.2
_COLLAPSE_MATTERS_FROM_WORDS = 50

# Of one and the same page nearly everything comes again; links to other stories may have moved on in between.
_SHARE = 0.9
_OTHER_WORDS = 30

_ID = re.compile(r"\d{5,}|(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4}(?!\d)")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an answer may not be the page asked for. `hints` is true where the page itself hints at an absence."""

    reason: str
    hints: bool


def doubt(answer: Answer, request: Request) -> Doubt | None:
    """Why a page that was answered whole may be none; None where nothing speaks against it.

    Counting words costs a quarter of what reading the page costs, so they are counted only where the page is short or
    has become shorter than the `request` says that it was.
    """
    if answer.failure is not None or answer.status != HTTPStatus.OK or not answer.body or not _is_html(answer):
        return None
    for text, name in zip(headlines(answer.body), ("title", "heading"), strict=True):
        if phrases.hints(phrases.spelt_out(text[:200])):
            return Doubt(f"its {name} says “{text[:80]}”", hints=True)
    if answer.redirects and is_shortlink(answer.url) and _is_news(answer, request):
        return Doubt("a short link was redirected", hints=False)
    shorter = _SHORT if request.bytes is None else request.bytes * _SHORTER
    return _doubt_of_words(answer.body, request.words or 0) if len(answer.body) < shorter else None


def _is_html(answer: Answer) -> bool:
    """Whether an answer says that it is HTML, or says nothing, and begins like it. Other kinds say no such things."""
    said = (answer.header("Content-Type") or "html").lower()
    return "html" in said and (answer.body or b"")[:1024].lstrip(b"\xef\xbb\xbf\t\n\x0c\r ").startswith(b"<")


def _is_news(answer: Answer, request: Request) -> bool:
    """Whether a redirect leads elsewhere than when the page was last read."""
    return settled_url(request.validated_url or request.url) != settled_url(answer.final_url or answer.url)


def _doubt_of_words(body: bytes, words_before: int) -> Doubt | None:
    words = prose(body, enough=max(_FEW_WORDS, words_before * _COLLAPSE))
    if words < _FEW_WORDS and (said := _hint_in(body)) is not None:
        return Doubt(f"it says “{said}”", hints=True)
    if words_before >= _COLLAPSE_MATTERS_FROM_WORDS and words < words_before * _COLLAPSE:
        return Doubt(f"its text fell from {words_before} words to {words}", hints=False)
    return None


def sibling_of(url: str, token: str) -> str:
    """An address beside a page that nobody can have made. `token` is a word that is in no address.

    It replaces the last part of the path, or the first that holds a number: a site that finds its pages by number
    would answer `/Article/2028603/anything` with the page itself. Years are no such numbers. A query is left out.
    """
    split = urlsplit(url)
    segments = split.path.split("/")
    numbered = next((at for at, segment in enumerate(segments) if _ID.search(segment)), None)
    last = max((at for at, segment in enumerate(segments) if segment), default=1)
    at = last if numbered is None else min(numbered, last)
    path = "/".join([*segments[:at], f"no-such-page-{token}"]) + ("/" if split.path.endswith("/") else "")
    return f"{split.scheme}://{split.netloc}{path if path.startswith('/') else '/' + path}"


def settle(answer: Answer, doubted: Doubt, sibling: Answer) -> tuple[Code, str] | None:
    """What the answer beside it makes of a doubtful page: the code and the reason; None where it clears it.

    A host that says honestly that the sibling is not there would have said so of the page.
    """
    if sibling.failure is not None or sibling.status != HTTPStatus.OK or not sibling.body or not answer.body:
        return None
    beside = f"{sibling.url}, which nobody can have made,"
    final, other = (settled_url(found.final_url or found.url) for found in (answer, sibling))
    if answer.redirects and sibling.redirects and final == other:
        return Code.REDIRECT_SIBLING, f"redirected to {final[:120]}, and {beside} is redirected there too"
    if not same_shape(answer, sibling):
        return None
    if doubted.hints:
        return Code.SOFT_404_SIBLING, f"200, but {doubted.reason}, and {beside} got the same page"
    return Code.ALL_ALIKE, f"{doubted.reason}, and {beside} got the same page"


def same_shape(one: Answer, other: Answer) -> bool:
    """Whether two answers are one page, the addresses and numbers in it aside."""
    first, second = _texts(one), _texts(other)
    if _headings(one) != _headings(other):
        return False
    common = sum((first & second).values())
    most = max(first.total(), second.total())
    return bool(most) and common >= _SHARE * most and most - common <= _OTHER_WORDS


def _texts(answer: Answer) -> Counter[str]:
    """How often each word stands in a page, without the words of the address that it was asked at."""
    own = _own_words(answer)
    return Counter(word for run in runs(answer.body or b"") for word in _words(run) if word not in own)


def _headings(answer: Answer) -> list[list[str]]:
    own = _own_words(answer)
    return [[word for word in _words(text) if word not in own] for text in headlines(answer.body or b"")]


def _own_words(answer: Answer) -> frozenset[str]:
    """An error page often repeats the address that it did not find."""
    split = urlsplit(answer.url)
    return frozenset(_words(unquote(f"{split.path} {split.query}")))


def _words(text: str) -> list[str]:
    return _WORD.findall(_NUMBER.sub("", text.casefold()))


def _hint_in(body: bytes) -> str | None:
    """The first short text in a page that hints at an absence."""
    for run in runs(body):
        if len(run) <= 300 and phrases.hints(phrases.spelt_out(run)):
            return run[:80]
    return None
