"""Where a redirect leads that is no page of the publisher's: a gate, an error page, a page for what is not there.

Read from the two addresses alone. A gate says nothing of the page behind it, and an error page no more, so neither
may be taken for an absence. Whole segments of a path are compared: `/log-in` is a gate, `/news/why-we-log-in` a story.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from scraper.fetching.identity import publisher_family

Detour = Literal["gate", "error page", "page for what is not there"]

_GATE_HOST = re.compile(
    r"(?:log-?in|log-?on|sign-?in|sso|auth|oauth2?|idp|adfs|accounts?|consent|my-?privacy|privacy|captcha|challenge"
    r"|validate|unblock|geoblock)\..+"
    r"|(?:.+\.)?(?:perfdrive\.com|captcha-delivery\.com|queue-it\.net|okta\.com|auth0\.com|onelogin\.com)",
    re.IGNORECASE,
)
# Names that a section or a story hardly has, wherever in the path they stand.
_GATE_SEGMENT = re.compile(
    r"(?:[a-z]+[-_])?(?:log[-_]?(?:in|on)|sign[-_]?(?:in|on))(?:[-_][a-z]+)?|sso|saml2?|adfs|oauth2?|openid|authorize"
    r"|authenticate|(?:[a-z]+[-_]?)?captcha|_incapsula_resource|access[-_]?denied|unblock"
    r"|(?:security|bot|cookie|browser|human|age)[-_]?(?:check|verification|gate)"
    r"|(?:privacy|consent|cookie)[-_]?(?:gate|wall)|pay[-_]?wall|collect[-_]?consent",
    re.IGNORECASE,
)
# Names that sections have too: a gate at the end of a path, or at the beginning of one on another site.
_GATE_AT_THE_EDGE = re.compile(
    r"gdpr|consent|challenge|blocked|geo[-_]?block(?:ed)?|subscribe|sorry|(?:un|not[-_]?)available[-_]in[-_]your[-_]\w+",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"errors?|error[-_]?page|(?:error[-_]?)?50\dx?|50x|(?:site[-_]?)?(?:under[-_]?)?maintenance|site[-_]?down|outage",
    re.IGNORECASE,
)
_LOST = re.compile(
    r"(?:(?:error|page|http|status)[-_]?)?404|404[-_]?(?:error|page|not[-_]?found)|(?:(?:page|file|error)[-_]?)*not[-_]?found",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|shtml|cfm|do)$", re.IGNORECASE)


def detour(asked: str, final: str) -> Detour | None:
    """What a redirect from `asked` to `final` leads to by its address, where it is no page; None where it may be one.

    A page whose own address has such a name is that page.
    """
    try:
        start, end = urlsplit(asked), urlsplit(final)
    except ValueError:
        return None
    if _is_gate(end, start) and not _is_gate(start, start):
        return "gate"
    last, own = _segments(end)[-1], _segments(start)
    if _LOST.fullmatch(last) and last not in own:
        return "page for what is not there"
    if (_ERROR.fullmatch(last) and last not in own) or "aspxerrorpath=" in end.query.lower():
        return "error page"
    return None


def _is_gate(url: SplitResult, start: SplitResult) -> bool:
    host, own = url.hostname or "", start.hostname or ""
    segments = _segments(url)
    if _GATE_HOST.fullmatch(host.removeprefix("www.")) and (url is start or host != own):
        return True
    if any(_GATE_SEGMENT.fullmatch(segment) for segment in segments):
        return True
    edges = segments[-1:] if publisher_family(host) == publisher_family(own) else [segments[0], segments[-1]]
    return any(_GATE_AT_THE_EDGE.fullmatch(segment) for segment in edges)


def _segments(url: SplitResult) -> list[str]:
    """The names in a path, without their extension; one empty name where it has none."""
    return [_EXTENSION.sub("", segment) for segment in url.path.strip("/").split("/")]
