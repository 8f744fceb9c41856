"""Why a look came to what it did, as a closed list of codes: what SQL counts by, beside the words for a reader.

A code decides the outcome that goes with it, so the two can never disagree. The list grows at its end of a group and
no code is ever given another meaning: archives hold them. `document` and those that lineage finds (by the words that
were read, or by the looks before) stand beside those of a judgement on one answer.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.fetching.observation import Outcome


class Code(StrEnum):
    """A code, its `outcome` (None: the body is worth reading, and what is read decides) and what it `means`."""

    outcome: Outcome | None
    means: str

    def __new__(cls, value: str, outcome: Outcome | None, means: str) -> Code:
        """Make a member; `Code("http_404")` looks one up, and is a ValueError where there is none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.outcome = outcome
        member.means = means
        return member

    # Seen.
    DOCUMENT = "document", None, "the body was read as a document"
    HTTP_304 = "http_304", "not_modified", "304 to a conditional request"
    ONLY_COUNTERS = "only_counters", "unchanged", "only counters, times ago or copyright years moved"
    ONLY_LINK_ORDER = "only_link_order", "unchanged", "only the order of its links moved"
    ONLY_CLOCK = "only_clock", "unchanged", "only a date moved that is the time of the request at every look"

    # Turned away.
    CHALLENGE_HEADER = "challenge_header", "blocked", "a header says that a challenge or a block was served"
    CHALLENGE_PAGE = "challenge_page", "blocked", "200 with the mark of a network's own challenge or block page"
    DENIED_PAGE = "denied_page", "blocked", "title or heading say that we were turned away"
    HTTP_401 = "http_401", "blocked", "401: a log-in is wanted"
    HTTP_402 = "http_402", "blocked", "402: a payment is wanted"
    HTTP_403 = "http_403", "blocked", "403, by whom is not known"
    HTTP_403_EDGE = "http_403_edge", "blocked", "403 by a network or firewall that its headers prove"
    HTTP_429 = "http_429", "blocked", "429: too many requests"
    HTTP_451 = "http_451", "blocked", "451: somebody forbids that it is shown"
    HTTP_4XX = "http_4xx", "blocked", "another 4xx that is no absence"
    LOGIN_WALL = "login_wall", "blocked", "title or heading ask for a log-in"
    PAY_WALL = "pay_wall", "blocked", "title or heading ask for a subscription"
    CONSENT_WALL = "consent_wall", "blocked", "title or heading ask for consent"
    REDIRECT_GATE = "redirect_gate", "blocked", "redirected, or sent on, to a log-in, a CAPTCHA or another gate"

    # Not there.
    HTTP_404 = "http_404", "gone", "404"
    HTTP_410 = "http_410", "gone", "410"
    SOFT_404_TITLE = "soft_404_title", "soft_404", "title or heading say that there is no such page"
    SOFT_404_SIBLING = "soft_404_sibling", "soft_404", "it hints at an absence, and an impossible address gets the same"
    REDIRECT_LOST = "redirect_lost", "soft_404", "redirected to the site's page for what is not there"
    REDIRECT_HOME = "redirect_home", "redirected_elsewhere", "redirected to a home page"
    REDIRECT_OTHER = "redirect_other", "redirected_elsewhere", "redirected to another page"
    REDIRECT_SIBLING = "redirect_sibling", "redirected_elsewhere", "an impossible address is redirected there too"
    REDIRECT_FAN_IN = "redirect_fan_in", "redirected_elsewhere", "several watched pages are redirected to one address"

    # Out of order.
    HTTP_5XX = "http_5xx", "server_error", "5xx, or a status below 200"
    HTTP_3XX = "http_3xx", "server_error", "a redirect that leads nowhere"
    MAINTENANCE = "maintenance", "server_error", "title or heading speak of maintenance"
    ERROR_PAGE = "error_page", "server_error", "title or heading say that the server is out of order"
    REDIRECT_ERROR = "redirect_error", "server_error", "redirected to an error page"

    # Answered, and not to be believed as the document.
    HTTP_PARTIAL = "http_partial", "extraction_suspect", "202, 206 or 207: not the whole page"
    EMPTY_BODY = "empty_body", "extraction_suspect", "an empty body"
    UNAVAILABLE_PAGE = "unavailable_page", "extraction_suspect", "title or heading say unavailable, and not why"
    MOVED_PAGE = "moved_page", "extraction_suspect", "what servers write under a redirect, served as a page"
    REFRESH_ELSEWHERE = "refresh_elsewhere", "extraction_suspect", "a stub that sends its reader on"
    ALL_ALIKE = "all_alike", "extraction_suspect", "an impossible address gets the same page"
    NEEDS_JAVASCRIPT = "needs_javascript", "extraction_suspect", "all that it says is that it needs JavaScript"
    CHALLENGE_TEXT = "challenge_text", "extraction_suspect", "all that it says is that a browser is being checked"
    CONSENT_TEXT = "consent_text", "extraction_suspect", "all that it says is about cookies and consent"
    NO_TEXT = "no_text", "extraction_suspect", "no text was found"
    RULE_MATCHES_NOTHING = "rule_matches_nothing", "extraction_suspect", "the keeper's `content` selects nothing"
    UNREADABLE = "unreadable", "extraction_suspect", "of a kind that is read, and broken, locked or scanned"
    TEXT_COLLAPSED = "text_collapsed", "extraction_suspect", "the text fell to a fifth, and later looks must agree"
    KIND_CHANGED = "kind_changed", "extraction_suspect", "another kind of document than before; later looks must agree"
    FAULT = "fault", "extraction_suspect", "a fault of Redline in reading it"
    UNSUPPORTED_KIND = "unsupported_kind", "unsupported", "no kind that is read as a document"

    # No whole answer.
    DNS = "dns", "network_error", "the name does not resolve"
    CONNECTION_REFUSED = "connection_refused", "network_error", "the connection was refused"
    CONNECTION_CLOSED = "connection_closed", "network_error", "the connection was closed or reset without an answer"
    UNREACHABLE = "unreachable", "network_error", "the system has no way to the host"
    TIMEOUT = "timeout", "network_error", "no whole answer in time"
    TLS = "tls", "network_error", "TLS failed"
    TLS_CERTIFICATE = "tls_certificate", "network_error", "the certificate is not valid"
    NOT_HTTP = "not_http", "network_error", "an answer that breaks HTTP, or could not be read"
    HEADERS_TOO_LARGE = "headers_too_large", "network_error", "more headers than are taken"
    BROKE_OFF = "broke_off", "network_error", "the body broke off"
    UNDECODABLE = "undecodable", "network_error", "a Content-Encoding that is not asked for, or not what it says"
    UNASKED_304 = "unasked_304", "network_error", "304 to an unconditional request"
    REDIRECT_LOOP = "redirect_loop", "network_error", "redirects in a circle"
    REDIRECTS_ENDLESS = "redirects_endless", "network_error", "more redirects than are followed"
    FORBIDDEN_ADDRESS = "forbidden_address", "network_error", "the address guard did not let it out, or it is none"
    HOST_RESTING = "host_resting", "network_error", "a redirect leads to a host that is left alone for now"
    TOO_LARGE = "too_large", "too_large", "larger than `max_bytes`"
    ROBOTS_DISALLOW = "robots_disallow", "robots_denied", "robots.txt forbids it"
    ROBOTS_UNREADABLE = "robots_unreadable", "robots_denied", "robots.txt was answered, and could not be read"
    ROBOTS_NO_ANSWER = "robots_no_answer", "network_error", "robots.txt was asked for, and nothing answered"


REFUSALS: frozenset[Code] = frozenset(
    {Code.CHALLENGE_HEADER, Code.CHALLENGE_PAGE, Code.DENIED_PAGE, Code.HTTP_403, Code.HTTP_403_EDGE, Code.HTTP_429}
)
"""What a host answers to a visitor whom it does not want, whatever page they ask for. A log-in is asked for a page."""


def code_from_text(text: str | None) -> Code | None:
    """The code that a row holds; None where it holds none, or one that only a later Redline knows."""
    try:
        return Code(text) if text is not None else None  # type: ignore[call-arg]
    except ValueError:
        return None
