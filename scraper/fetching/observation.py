"""What the fetcher is asked and what it answers: a Request, an Answer, and the Verdict on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from scraper.portable import portable

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.fetching.codes import Code

Outcome = Literal[
    "new_version",
    "unchanged",
    "not_modified",
    "first_version",
    "blocked",
    "gone",
    "soft_404",
    "redirected_elsewhere",
    "server_error",
    "network_error",
    "too_large",
    "robots_denied",
    "unsupported",
    "extraction_suspect",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

GOOD_OUTCOMES: frozenset[Outcome] = frozenset({"new_version", "unchanged", "not_modified", "first_version"})
"""The page was seen as a document."""

ABSENT_OUTCOMES: frozenset[Outcome] = frozenset({"gone", "soft_404", "redirected_elsewhere"})
"""The publisher answered, and the document was not there. Being blocked is none of these."""

FAILED_OUTCOMES: frozenset[Outcome] = frozenset(OUTCOMES) - GOOD_OUTCOMES - ABSENT_OUTCOMES
"""We could not see whether the document was there."""

FAILING_OUTCOMES: frozenset[Outcome] = FAILED_OUTCOMES - {"unsupported"}
"""Those that may pass, or ask for the keeper's hand again and again. A kind that is not read is said once."""

# How an attempt ended before there was an answer to judge.
Failure = Literal["network_error", "too_large", "robots_denied"]
FAILURES: tuple[Failure, ...] = get_args(Failure)

# What was found about an answer by looking beside it (siblings.py, fan_in.py), which it does not show by itself.
Finding = Literal["soft_404", "redirected_elsewhere", "extraction_suspect"]
FINDINGS: tuple[Finding, ...] = get_args(Finding)


@portable
@dataclass(frozen=True, slots=True)
class Request:
    """One page to look at, with the validators of the capture that the archive already holds.

    `validated_url` is the final URL of the look that read the page last; None means `url` itself. `bytes` and `words`
    say how large the page was then, None where it was never read.
    """

    source_id: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    validated_url: str | None = None
    bytes: int | None = None
    words: int | None = None


@portable
@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed."""

    url: str
    status: int
    location: str


@portable
@dataclass(frozen=True, slots=True)
class Answer:
    """Everything observed in one attempt. `body` is None where nothing came or it did not come whole.

    `failure` says why there is nothing to judge, or what was found beside an answer that shows nothing by itself;
    `error` says it in words and is there with it.

    `final_url` is the last URL that was asked; None where that was refused before anything was sent. All that stands
    below `error` is of the exchange with it, as the socket saw it, and holds for failures as far as they got.
    """

    source_id: str
    url: str
    started: datetime
    elapsed_ms: int
    final_url: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[Hop, ...] = ()
    body: bytes | None = None
    failure: Failure | Finding | None = None
    error: str | None = None
    request_headers: tuple[tuple[str, str], ...] = ()
    """As sent, in order, Host included; empty where no connection came about."""
    peer: str | None = None
    """Address and port of the other side, `203.0.113.5:443` or `[2001:db8::5]:443`; None without a connection."""
    certificate_sha256: str | None = None
    """Hex digest of the server's own certificate in DER; None for http, and where the TLS handshake failed."""
    http_version: str | None = None
    """That of the answer, such as `1.1`."""
    encoded_body: bytes | None = None
    """The body before its Content-Encoding was undone (chunk framing aside), kept also where that failed; None where
    the server applied none and `body` itself is what came."""
    broke_off: bool = False
    """True where the other side ended the body early, which asking once more may mend. Not stored: `error` says it."""
    sent: datetime | None = None
    """When the request was sent, by our clock; None where no connection came about."""
    answered: datetime | None = None
    """When the head of the answer had arrived, by our clock; None where none did."""
    code: Code | None = None
    """Of what stands in `failure`; None without one, and in observations from before codes were kept."""
    robots: str | None = None
    """What robots.txt said of the address, in the words of `permission`; None where nobody noted it. Of all addresses
    in a chain of redirects, it is about the last one at the host that was asked first."""

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case; None where there is none."""
        wanted, length = name.lower(), len(name)
        for key, value in self.headers:
            if len(key) == length and key.lower() == wanted:
                return value
        return None


@portable
@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is. `outcome` is None where the body is worth reading as a document.

    The `code` decides the outcome (ValueError for another, and for a code that is none); it is None for what was
    concluded before codes were kept.
    """

    outcome: Outcome | None
    reason: str
    code: Code | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.code is not None and self.code.outcome != self.outcome:
            raise ValueError(f"{self.code} is no code of {self.outcome}")

    @classmethod
    def by(cls, code: Code, reason: str) -> Verdict:
        """The verdict that a code stands for."""
        return cls(code.outcome, reason, code)
