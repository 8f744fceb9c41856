"""Judge an answer: is it the document, or what else is it? Pure, so that stored evidence can be judged again.

The order is the argument. What a header proves comes before what a status claims, a status before a redirect, and a
redirect before what the page says of itself. A block is never read as an absence.
"""

from __future__ import annotations

import re
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import scraper.fetching.phrases as phrases
from scraper.fetching.codes import REFUSALS, Code
from scraper.fetching.detours import detour
from scraper.fetching.edge import bears_mark, challenge, edge
from scraper.fetching.glimpse import MANY, headlines, prose, refresh
from scraper.fetching.identity import is_front_door, same_page, settled_url
from scraper.fetching.observation import Verdict
from scraper.normalizing.media import Media, media

if TYPE_CHECKING:
    from scraper.fetching.observation import Answer

_NOT_WHOLE = frozenset({202, 206, 207})
_MARKED_UP: frozenset[Media | None] = frozenset({None, "HTML", "XML"})
# Kinds in which a server excuses itself to a reader. What looks like a title in data is data.
_SPEAKING: frozenset[Media | None] = frozenset({None, "HTML", "plain text"})
_PREFIX = 64
_BLANK = b"\0\t\n\x0b\x0c\r \xef\xbb\xbf"

# An error page has a sentence or two; an article that happens to be called "Forbidden" has more.
_FEW_WORDS = 120
_HARDLY_ANY = 60
_CHALLENGE_BYTES = 32 * 1024  # the largest seen is 15 KB

# What a page says of itself, what that makes it, and below how many words it is believed. A short notice can well be
# called "Scheduled maintenance"; hardly one "Page not found".
_SAYINGS: tuple[tuple[re.Pattern[str], Code, int], ...] = (
    (phrases.DENIED, Code.DENIED_PAGE, _FEW_WORDS),
    (phrases.LOGIN, Code.LOGIN_WALL, _HARDLY_ANY),
    (phrases.PAYMENT, Code.PAY_WALL, _HARDLY_ANY),
    (phrases.CONSENT, Code.CONSENT_WALL, _HARDLY_ANY),
    (phrases.NOT_FOUND, Code.SOFT_404_TITLE, _FEW_WORDS),
    (phrases.MAINTENANCE, Code.MAINTENANCE, _HARDLY_ANY),
    (phrases.BROKEN, Code.ERROR_PAGE, _HARDLY_ANY),
    (phrases.UNAVAILABLE, Code.UNAVAILABLE_PAGE, _HARDLY_ANY),
    (phrases.MOVED, Code.MOVED_PAGE, _HARDLY_ANY),
)
_REFUSED: dict[int, Code] = {
    HTTPStatus.UNAUTHORIZED: Code.HTTP_401,
    HTTPStatus.PAYMENT_REQUIRED: Code.HTTP_402,
    HTTPStatus.FORBIDDEN: Code.HTTP_403,
    HTTPStatus.TOO_MANY_REQUESTS: Code.HTTP_429,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: Code.HTTP_451,
}
_ABSENT: dict[int, Code] = {HTTPStatus.NOT_FOUND: Code.HTTP_404, HTTPStatus.GONE: Code.HTTP_410}
_NOT_MODIFIED = Verdict.by(Code.HTTP_304, "304, not modified")
_REMEDY = "if this is its new address, put it into sources.toml"


class _Look:
    """An answer under judgement, with what several steps ask about read once."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.status = answer.status or 0
        self.body = answer.body or b""

    @cached_property
    def headers(self) -> dict[str, str]:
        # Backwards, so that of a repeated header the first stays.
        return {name.lower(): value for name, value in reversed(self.answer.headers)}

    @cached_property
    def media(self) -> tuple[Media | None, str]:
        return media(self.headers.get("content-type"), self.body)

    @cached_property
    def words(self) -> int:
        """How many there are, or no fewer than `_FEW_WORDS`."""
        kind = self.media[0]
        # The words of a PDF are not counted from its bytes; no server excuses itself in one.
        return MANY if kind == "PDF" else prose(self.body, plain=kind not in _MARKED_UP, enough=_FEW_WORDS)

    @cached_property
    def parts(self) -> dict[str, str]:
        """The title and the first heading, and each part of them set off from the site's name; and how it is spelt.

        Empty where none of them can match a pattern.
        """
        if self.media[0] not in _SPEAKING:
            return {}
        texts = [text[:200] for text in headlines(self.body)]
        if not phrases.may_tell(phrases.spelt_out(" ".join(texts))):
            return {}
        names = phrases.names_of(_host(self.answer.url), _host(self.answer.final_url or ""))
        return {part: phrases.spelt_out(part) for text in texts if text for part in phrases.parts(text, names)}

    def says(self, pattern: re.Pattern[str], words: int = _FEW_WORDS) -> str | None:
        """The title, heading or part of one that the whole pattern matches, on a page with few other words.

        A page whose own address holds those words is not excusing itself: it is called so.
        """
        said = next((part for part, spelt in self.parts.items() if pattern.fullmatch(spelt)), None)
        if said is None or self.words >= words:
            return None
        slug = _slug(said)
        return None if slug and f"-{slug}-" in f"-{_slug(_path(self.answer.url))}-" else said

    @cached_property
    def excuse(self) -> tuple[Code, str] | None:
        """What a page says that it is instead of the page asked for, and the words that it says it with."""
        if not self.parts:
            return None
        for pattern, code, words in _SAYINGS:
            if (said := self.says(pattern, words)) is not None:
                return code, said
        return None


def judge(answer: Answer) -> Verdict:
    """Say what an answer is, from status, headers, redirects, final URL, body and failure alone.

    `outcome` None means that the body is worth reading as a document. `reason` is a short phrase and always there.
    """
    if answer.failure is not None:
        return Verdict(answer.failure, answer.error or answer.failure.replace("_", " "), answer.code)
    if answer.status is None:
        return Verdict("network_error", answer.error or "nothing was received")
    look = _Look(answer)
    for step in (_by_challenge, _by_status, _by_redirect, _by_media, _by_words):
        if (verdict := step(look)) is not None:
            return verdict
    return Verdict.by(Code.DOCUMENT, f"{look.status}, {look.media[1]}")


def refuses(answer: Answer) -> bool:
    """Whether an answer turns us away whatever page we ask for; a log-in or a payment is asked for a page.

    A large page with status 200 is none of these, and is not looked into.
    """
    if answer.failure is not None or (answer.status == HTTPStatus.OK and len(answer.body or b"") > _CHALLENGE_BYTES):
        return False
    return judge(answer).code in REFUSALS


def _by_challenge(look: _Look) -> Verdict | None:
    """A header says that something else was served, and the answer itself looks like it."""
    if look.status == HTTPStatus.NOT_MODIFIED or (said := challenge(look.headers)) is None:
        return None
    second = look.status != HTTPStatus.OK or look.words < _FEW_WORDS
    return Verdict.by(Code.CHALLENGE_HEADER, f"{look.status}, {said}") if second else None


def _by_status(look: _Look) -> Verdict | None:
    """What the status settles. A 403 that hides a 404 cannot be told from one that does not, so it stays a block.

    So does 451 (RFC 7725): somebody forbids that it is shown, as American papers do to readers in Europe; and a 404
    or a 503 that says in its title that we were turned away.
    """
    status = look.status
    if status == HTTPStatus.NOT_MODIFIED:
        return _by_redirect(look) or _NOT_MODIFIED
    if status == HTTPStatus.OK:
        return None
    named = _named(status)
    name = edge(look.headers)
    if (status in _ABSENT or (name and status >= 500)) and (said := look.says(phrases.DENIED)) is not None:
        return Verdict.by(Code.DENIED_PAGE, f"{named} from {name or 'a server'}, which says “{said}”")
    if status in _ABSENT:
        return Verdict.by(_ABSENT[status], named)
    if 400 <= status < 500:
        code = _REFUSED.get(status, Code.HTTP_4XX)
        code = Code.HTTP_403_EDGE if name and code is Code.HTTP_403 else code
        return Verdict.by(code, f"{named} from {name}" if name else named)
    if status >= 500 or status < 200:
        return Verdict.by(Code.HTTP_5XX, named)
    if 300 <= status < 400:
        return Verdict.by(Code.HTTP_3XX, f"{named}, a redirect that leads nowhere")
    if status in _NOT_WHOLE:
        return Verdict.by(Code.HTTP_PARTIAL, f"{named}, not the whole page")
    return None


def _by_redirect(look: _Look) -> Verdict | None:
    """Led to another page. Where it leads decides whether that is an absence, an error page or a gate."""
    asked, final = look.answer.url, look.answer.final_url or look.answer.url
    if not look.answer.redirects:
        return None
    led_to = detour(asked, final)
    if led_to == "gate":
        return Verdict.by(Code.REDIRECT_GATE, f"redirected to a gate: {_short(final)}")
    if led_to is not None:
        lost = led_to == "page for what is not there"
        code = Code.REDIRECT_LOST if lost else Code.REDIRECT_ERROR
        return Verdict.by(code, f"redirected to an error page: {_short(final)}")
    if same_page(asked, final) or is_front_door(asked, final):
        return None
    if look.excuse is not None:
        code, said = look.excuse
        return Verdict.by(code, f"redirected to a page that says “{said}”: {_short(final)}")
    if (name := _challenger(look)) is not None:
        return Verdict.by(Code.CHALLENGE_PAGE, f"redirected to a challenge page from {name}: {_short(final)}")
    if not _path(final).strip("/"):
        return Verdict.by(Code.REDIRECT_HOME, f"redirected to the home page of {_host(final)}")
    return Verdict.by(Code.REDIRECT_OTHER, f"redirected to {_short(final)}; {_REMEDY}")


def _by_media(look: _Look) -> Verdict | None:
    """Nothing there, or nothing that is read as a document."""
    if not look.body[:_PREFIX].strip(_BLANK) and not look.body.strip(_BLANK):
        return Verdict.by(Code.EMPTY_BODY, "empty body")
    kind, phrase = look.media
    return Verdict.by(Code.UNSUPPORTED_KIND, phrase) if kind is None else None


def _by_words(look: _Look) -> Verdict | None:
    """A 200 that says in its title or first heading, or by a mark in its source, that it is not the page."""
    if look.excuse is not None:
        code, said = look.excuse
        return Verdict.by(code, f"{look.status}, but says “{said}”")
    if (name := _challenger(look)) is not None:
        return Verdict.by(Code.CHALLENGE_PAGE, f"{look.status}, a challenge page from {name}")
    return _by_refresh(look)


def _challenger(look: _Look) -> str | None:
    """The edge server of which a page of hardly any words bears the mark of a challenge."""
    if len(look.body) >= _CHALLENGE_BYTES or not bears_mark(name := edge(look.headers), look.body):
        return None
    return name if look.words < _HARDLY_ANY else None


def _by_refresh(look: _Look) -> Verdict | None:
    """A page of few words that sends its reader on at once. Where it leads is not followed, so nothing is absent."""
    if look.media[0] not in _SPEAKING or (target := refresh(look.body)) is None or look.words >= _HARDLY_ANY:
        return None
    final = look.answer.final_url or look.answer.url
    try:
        leads_to = urljoin(final, target)
    except ValueError:
        return None
    if settled_url(leads_to) == settled_url(final):
        return None
    if detour(look.answer.url, leads_to) == "gate":
        return Verdict.by(Code.REDIRECT_GATE, f"{look.status}, but sends its reader on to a gate: {_short(leads_to)}")
    said = f"{look.status}, but sends its reader on to {_short(leads_to)}; {_REMEDY}"
    return Verdict.by(Code.REFRESH_ELSEWHERE, said)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return url


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _short(url: str) -> str:
    return url if len(url) <= 120 else url[:119] + "…"
