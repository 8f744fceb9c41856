"""Links as the grammars have them: RFC 6690, 2 (link format) and RFC 8288, 3 (Link header), over RFC 3986's URIs.

The grammar of RFC 6690 knows no white space at all, that of RFC 8288 allows it about `,`, `;` and `=`. A TimeMap is
written as RFC 7089's own figures are, a link on each line; taken out, what is left must be a document of RFC 6690. The
parser refuses all that the grammars refuse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class NotInGrammar(ValueError):
    """What stands there, and what the grammar wants in its place."""


# RFC 3986, appendix A.
_PCT = "%[0-9A-Fa-f]{2}"
_UNRESERVED, _SUB = r"A-Za-z0-9\-._~", "!$&'()*+,;="
_PCHAR = f"(?:[{_UNRESERVED}{_SUB}:@]|{_PCT})"
_AUTHORITY = (
    f"(?:(?:[{_UNRESERVED}{_SUB}:]|{_PCT})*@)?"
    rf"(?:\[[0-9A-Fa-f:.]+\]|(?:[{_UNRESERVED}{_SUB}]|{_PCT})*)(?::[0-9]*)?"
)
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://{_AUTHORITY}(?:/{_PCHAR}*)*|/?(?:{_PCHAR}+(?:/{_PCHAR}*)*)?)"
    rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
)
# RFC 9110, 5.6: a token, and a quoted string of visible letters with escapes.
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_QUOTED = re.compile(r'"((?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e])*)"')
# RFC 6690, 2, as RFC 8288, 3.3: a registered relation type; others are URIs.
_REGISTERED = re.compile(r"[a-z][a-z0-9.\-]*")
_OWS = re.compile(r"[ \t]*")
_COMMA = re.compile(r"[ \t]*,(?:[ \t]*\n)?[ \t]*")
# RFC 1123, 5.2.14, as RFC 7089, 2.1.1 has it for every date.
_DAYS, _MONTHS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_HTTP_DATE = re.compile(rf"(?:{_DAYS}), \d\d (?:{_MONTHS}) \d{{4}} \d\d:\d\d:\d\d GMT")


@dataclass(frozen=True)
class Link:
    """A link: its target, its relation types, and its parameters but for `rel`."""

    url: str
    rels: tuple[str, ...]
    attributes: dict[str, str]

    @property
    def datetime(self) -> datetime | None:
        """The attribute of RFC 7089, 2.2.4."""
        return http_date(self.attributes["datetime"]) if "datetime" in self.attributes else None


def http_date(text: str) -> datetime:
    """A date that is one of RFC 1123, in GMT, with the right day of the week."""
    if not _HTTP_DATE.fullmatch(text):
        raise NotInGrammar(f"{text!r} is no date of RFC 1123")
    at = parsedate_to_datetime(text)
    if f"{at:%a}" != text[:3]:
        raise NotInGrammar(f"{text!r} was no {text[:3]}")
    return at


def parse(text: str) -> list[Link]:
    """The links of a Link header, or of a document in link format."""
    links, at = [], 0
    while True:
        link, at = _link(text, at)
        links.append(link)
        if at == len(text):
            return links
        at = _expect(_COMMA, text, at, "a comma").end()


def without_space(links: list[Link]) -> str:
    """The links as RFC 6690 writes them, with no white space but inside quotation marks."""
    return ",".join(
        ";".join([f"<{link.url}>", f'rel="{" ".join(link.rels)}"', *(f'{n}="{v}"' for n, v in link.attributes.items())])
        for link in links
    )


def _link(text: str, at: int) -> tuple[Link, int]:
    """link-value = "<" URI-Reference ">" *( OWS ";" OWS link-param ); ours are all absolute."""
    at = _expect(re.compile("<"), text, at, "<").end()
    url = _expect(_URI, text, at, "an absolute URI")
    at = _expect(re.compile(">"), text, url.end(), "> (or a letter that a URI may hold)").end()
    found: dict[str, str] = {}
    while semicolon := re.compile(r"[ \t]*;[ \t]*").match(text, at):
        name, value, at = _parameter(text, semicolon.end())
        if name in found:  # RFC 8288, 3.3 and 3.4.1; RFC 6690, 2: not more than once in a link
            raise NotInGrammar(f"{name} stands twice in the link to {url[0]}")
        found[name] = value
    if "rel" not in found:  # RFC 8288, 3.3: rel must be there
        raise NotInGrammar(f"the link to {url[0]} has no relation type")
    return Link(url[0], _relations(found.pop("rel")), found), at


def _parameter(text: str, at: int) -> tuple[str, str, int]:
    name = _expect(_TOKEN, text, at, "the name of a parameter")
    at = _expect(_OWS, text, name.end(), "").end()
    at = _expect(re.compile("="), text, at, "=").end()
    at = _expect(_OWS, text, at, "").end()
    quoted = _QUOTED.match(text, at)
    if quoted:
        return name[0].lower(), re.sub(r"\\(.)", r"\1", quoted[1]), quoted.end()
    token = _expect(_TOKEN, text, at, "a value")
    return name[0].lower(), token[0], token.end()


def _relations(text: str) -> tuple[str, ...]:
    """relation-type *( 1*SP relation-type )"""
    types = re.split(" +", text)
    for one in types:
        if not (_REGISTERED.fullmatch(one) or _URI.fullmatch(one)):
            raise NotInGrammar(f"{one!r} is no relation type")
    return tuple(types)


def _expect(pattern: re.Pattern[str], text: str, at: int, what: str) -> re.Match[str]:
    found = pattern.match(text, at)
    if found is None:
        raise NotInGrammar(f"at {at} stands {text[at : at + 30]!r}, and {what} is wanted")
    return found
