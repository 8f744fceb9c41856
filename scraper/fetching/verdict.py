"""Judge an answer: is it the document, or what else is it? Pure, so that stored evidence can be judged again.

The order is the argument. What a header proves comes before what a status claims, a status before a redirect, and a
redirect before what the page says of itself. A block is never read as an absence.
"""

from __future__ import annotations

import re
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.fetching.edge import bears_mark, challenge, edge
from scraper.fetching.glimpse import headline, prose
from scraper.fetching.identity import same_page
from scraper.fetching.observation import Verdict
from scraper.fetching.sniff import Media, media

if TYPE_CHECKING:
    from scraper.fetching.observation import Answer

_GONE = frozenset({404, 410, 451})
_NOT_WHOLE = frozenset({202, 206, 207})
_BLANK = b"\0\t\n\x0b\x0c\r \xef\xbb\xbf"

# An error page has a sentence or two; an article that happens to be called "Forbidden" has more.
_FEW_WORDS = 120
_HARDLY_ANY = 60
_CHALLENGE_BYTES = 32 * 1024  # the largest seen is 15 KB

_PARTS = re.compile(r"\s*(?:\||::?|»|\s[-–—]\s)\s*")
_NOT_FOUND = re.compile(
    r"(?:http )?(?:error |status )?404(?: ?[:–-])?(?: ?(?:error|(?:(?:page|file)(?: or directory)? )?not found))*"
    r"|(?:sorry,? |oops!? ?)?(?:we |the |this |that |your )?(?:requested )?"
    r"(?:page|file|file or directory|document|article|content|story|post|resource|url)"
    r"(?: you(?: are|'re| were)? (?:looking for|requested))?"
    r" (?:(?:is |was |has been )?(?:(?:not |no longer )(?:found|available)|missing|unavailable|removed|deleted)"
    r"|(?:could not|cannot|can no longer) be (?:found|displayed)"
    r"|(?:does not|no longer) exists?)"
    r"|(?:we )?(?:cannot|could not) find (?:the|that|this|your) page"
    r"|not found|nothing (?:was )?found|page missing|missing page|no such page",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:http )?(?:error )?(?:403 ?[:–-]? ?)?"
    r"(?:access (?:to this page )?(?:has been |is )?denied|forbidden|unauthori[sz]ed)"
    r"|(?:error )?40[13](?: error)?|request (?:rejected|blocked|access|denied)|access (?:blocked|restricted)"
    r"|attention required|just a moment|one moment,? please|pardon our interruption|security check"
    r"|are you (?:a )?(?:human|robot)\??|(?:please )?verify (?:that )?you are (?:a )?human|human verification"
    r"|robot check|bot verification|client challenge|ddos protection by .{1,30}|checking your browser.{0,40}"
    r"|(?:sorry, )?you have been blocked|too many requests|429 too many requests|captcha"
    r"|the request could not be satisfied",
    re.IGNORECASE,
)
# Where a redirect to one of these leads, nobody has said that the page is not there.
_GATE = re.compile(
    r"(?:^|[./_-])(?:log-?in|sign-?in|sso|oauth2?|captcha|challenge|unblock|blocked|consent|access-?denied|authenticate)"
    r"(?=$|[./_-])",
    re.IGNORECASE,
)
_LOST = re.compile(r"(?:^|[/_-])(?:404|not-?found|page-?not-?found|notfound|error-?404)(?:$|[/._-])", re.IGNORECASE)


class _Look:
    """An answer under judgement, with what several steps ask about read once."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.status = answer.status or 0
        self.body = answer.body or b""
        self.headers: dict[str, str] = {}
        for name, value in answer.headers:
            self.headers.setdefault(name.lower(), value)

    @cached_property
    def media(self) -> tuple[Media | None, str]:
        return media(self.headers.get("content-type"), self.body)

    @cached_property
    def words(self) -> int:
        return prose(self.body, plain=self.media[0] == "plain text")

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The title and the first heading, and each part of them between separators."""
        texts = [headline(self.body, tag)[:200] for tag in ("title", "h1")]
        return tuple(part.strip(" .!…") for text in texts for part in (text, *_PARTS.split(text)) if part)

    def says(self, pattern: re.Pattern[str]) -> str | None:
        """The title, heading or part of one that the whole pattern matches, on a page with few other words."""
        said = next((part for part in self.parts if pattern.fullmatch(_spelt_out(part))), None)
        return said if said is not None and self.words < _FEW_WORDS else None


def judge(answer: Answer) -> Verdict:
    """Say what an answer is, from status, headers, redirects, final URL, body and failure alone.

    `outcome` None means that the body is worth reading as a document. `reason` is a short phrase and always there.
    """
    if answer.failure is not None:
        return Verdict(answer.failure, answer.error or answer.failure.replace("_", " "))
    if answer.status is None:
        return Verdict("network_error", answer.error or "nothing was received")
    look = _Look(answer)
    for step in (_by_challenge, _by_status, _by_redirect, _by_media, _by_words):
        if (verdict := step(look)) is not None:
            return verdict
    return Verdict(None, f"{look.status}, {look.media[1]}")


def _by_challenge(look: _Look) -> Verdict | None:
    """A header says that something else was served, and the answer itself looks like it."""
    if look.status == HTTPStatus.NOT_MODIFIED or (said := challenge(look.headers)) is None:
        return None
    second = look.status != HTTPStatus.OK or look.words < _FEW_WORDS
    return Verdict("blocked", f"{look.status}, {said}") if second else None


def _by_status(look: _Look) -> Verdict | None:
    """What the status settles. A 403 that hides a 404 cannot be told from one that does not, so it stays a block."""
    status = look.status
    named = _named(status)
    if status == HTTPStatus.NOT_MODIFIED:
        return Verdict("not_modified", "304, not modified")
    if status in _GONE:
        return Verdict("gone", named)
    if 400 <= status < 500:
        name = edge(look.headers)
        return Verdict("blocked", f"{named} from {name}" if name else named)
    if status >= 500 or status < 200:
        return Verdict("server_error", named)
    if 300 <= status < 400:
        return Verdict("server_error", f"{named}, a redirect that leads nowhere")
    if status in _NOT_WHOLE:
        return Verdict("extraction_suspect", f"{named}, not the whole page")
    return None


def _by_redirect(look: _Look) -> Verdict | None:
    """Led to another page. Where it leads decides whether that is an absence, an error page or a gate."""
    asked, final = look.answer.url, look.answer.final_url or look.answer.url
    if not look.answer.redirects or same_page(asked, final):
        return None
    split = urlsplit(final)
    host, path = split.hostname or "", split.path
    if _GATE.match(host) or (_GATE.search(path) and not _GATE.search(urlsplit(asked).path)):
        return Verdict("blocked", f"redirected to a gate: {_short(final)}")
    if (said := look.says(_DENIED)) is not None:
        return Verdict("blocked", f"redirected to a page that says “{said}”")
    if _LOST.search(path) or look.says(_NOT_FOUND) is not None:
        return Verdict("soft_404", f"redirected to an error page: {_short(final)}")
    if path in ("", "/"):
        return Verdict("redirected_elsewhere", f"redirected to the home page of {host}")
    return Verdict("redirected_elsewhere", f"redirected to {_short(final)}")


def _by_media(look: _Look) -> Verdict | None:
    """Nothing there, or nothing that is read as a document."""
    if not look.body.strip(_BLANK):
        return Verdict("extraction_suspect", "empty body")
    kind, phrase = look.media
    return Verdict("unsupported", phrase) if kind is None else None


def _by_words(look: _Look) -> Verdict | None:
    """A 200 that says in its title or first heading that it is not the page."""
    if (said := look.says(_DENIED)) is not None:
        return Verdict("blocked", f"{look.status}, but says “{said}”")
    if (said := look.says(_NOT_FOUND)) is not None:
        return Verdict("soft_404", f"{look.status}, but says “{said}”")
    name = edge(look.headers)
    if len(look.body) < _CHALLENGE_BYTES and bears_mark(name, look.body) and look.words < _HARDLY_ANY:
        return Verdict("blocked", f"{look.status}, a challenge page from {name}")
    return None


def _spelt_out(text: str) -> str:
    return text.replace("’", "'").replace("can't", "cannot").replace("n't", " not")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _short(url: str) -> str:
    return url if len(url) <= 120 else url[:119] + "…"
