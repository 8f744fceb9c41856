"""The rules in a robots.txt, read and matched by RFC 9309. Pure, and linear in the length of file and URL.

A reader of our own, because none of the four at hand reads every case by the RFC (a byte order mark, a Crawl-delay
between two User-agent lines, a rule in UTF-8, robots.txt itself), and because a refusal must name the rule that it
follows: that is evidence. Lines are read as kindly as search engines read them (a missing colon, a misspelt
`disallow`), since whoever wrote them wanted to be left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

_LINE_END = re.compile(r"\r\n|\r|\n")  # and none of the other characters that `splitlines` parts at
_AGENT = re.compile(r"user[- ]?agent(?:\s*:|\s)(.*)", re.IGNORECASE)
_RULE = re.compile(r"(allow|dis?s?all?[ao]w|diasllow)(?:\s*:|\s)(.*)", re.IGNORECASE)
_DELAY = re.compile(r"crawl[- ]delay(?:\s*:|\s)(.*)", re.IGNORECASE)
_TOKEN = re.compile(r"[\w-]*", re.ASCII)
_SPELT = re.compile(r"[A-Za-z0-9._~=&/-]*(?:\?[A-Za-z0-9._~=&-]*)?")  # as it is compared already; most paths are
_PIECES = re.compile(r"%([0-9a-f]{2})|(.)", re.IGNORECASE | re.DOTALL)
# RFC 3986, 2.3. `=` and `&` stand as they are, too: the table in RFC 9309, 2.2.2, leaves them so.
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~=&")


@dataclass(frozen=True, slots=True)
class Rule:
    """One Allow or Disallow line: its number from 1, its text without a comment, and its pattern as it is compared."""

    allows: bool
    line: int
    written: str
    pattern: str

    def matches(self, path: str) -> bool:
        """True where the pattern matches a path in that spelling: `*` is anything, `$` at the end the end."""
        if "*" not in self.pattern and "$" not in self.pattern:
            return path.startswith(self.pattern)
        ends = self.pattern.endswith("$")
        first, *others = self.pattern.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        if not others:
            return not ends or path == first
        at = len(first)
        for piece in others[:-1]:
            at = path.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        if ends:
            return len(path) - len(others[-1]) >= at and path.endswith(others[-1])
        return path.find(others[-1], at) >= 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt says to one crawler: its rules in the order written, and Crawl-delay as written, if any."""

    rules: tuple[Rule, ...] = ()
    crawl_delay: str | None = None

    def decisive(self, url: str) -> Rule | None:
        """The rule that decides on a URL: the longest that matches, Allow before Disallow (2.2.2); None without one."""
        if not self.rules:
            return None
        path = _comparable(_path_of(url), is_pattern=False)
        if path == "/robots.txt":
            return None  # implicitly allowed
        matching = (rule for rule in self.rules if rule.matches(path))
        return max(matching, key=lambda rule: (len(rule.pattern), rule.allows), default=None)


@lru_cache(maxsize=32)  # a file of the largest size is some ten megabytes of rules
def rules_for(token: str, text: str) -> Rules:
    """Read the groups that name a product token, all of them together; those of `*` where none does (2.2.1).

    Names of one group stand in consecutive User-agent lines, and only a rule ends them: a Crawl-delay between them is
    none of the RFC's and interferes with nothing (2.2.4). It is for those named since the line before it that was no
    name, which is how people write it who set no rule at all.
    """
    ours, everybody = _Group(), _Group()
    groups = {token.casefold(): ours, "*": everybody}
    named: list[_Group] = []  # whom a rule would be for
    delayed: list[_Group] = []  # whom a Crawl-delay would be for
    is_open = are_names = False
    for number, line in enumerate(_LINE_END.split(text.removeprefix("\ufeff")), start=1):
        content = line.partition("#")[0].strip()
        if agent := _AGENT.fullmatch(content):
            named = named if is_open else []
            delayed = delayed if are_names else []
            is_open = are_names = True
            if (group := groups.get(_name(agent[1]))) is not None:
                group.is_named = True
                named.append(group)
                delayed.append(group)
        elif rule := _RULE.fullmatch(content):
            is_open = are_names = False
            _note_rule(named, rule, number)
        elif delay := _DELAY.fullmatch(content):
            are_names = False
            for group in delayed:
                group.crawl_delay = delay[1].strip()
    chosen = ours if ours.is_named else everybody
    return Rules(tuple(chosen.rules), chosen.crawl_delay)


class _Group:
    """What is gathered for one name while a file is read."""

    def __init__(self) -> None:
        self.is_named = False
        self.rules: list[Rule] = []
        self.crawl_delay: str | None = None


def _note_rule(named: list[_Group], found: re.Match[str], line: int) -> None:
    """Add a rule to the groups it is written for. One without a path says nothing; a repeated name has it once."""
    if not (path := found[2].strip()):
        return
    rule = Rule(found[1].lower() == "allow", line, found[0], _comparable(path, is_pattern=True))
    for group in dict.fromkeys(named):
        group.rules.append(rule)


def _name(written: str) -> str:
    """The product token of a User-agent line, what follows it left out: `Redline/2.0` names Redline, `*` everybody."""
    first = written.split()[:1]
    return "" if not first else "*" if first == ["*"] else _TOKEN.match(first[0])[0].casefold()  # type: ignore[index]


def _path_of(url: str) -> str:
    """Path and query of a URL. A question mark with nothing after it is part of it."""
    bare = url.partition("#")[0]
    split = urlsplit(bare)
    return (split.path or "/") + ("?" + split.query if "?" in bare else "")


def _comparable(path: str, *, is_pattern: bool) -> str:
    """Spell a path or a pattern in the one way in which both are compared (RFC 9309, 2.2.2 and its table).

    What is unreserved stands as itself, everything else as upper-case percent-encoded UTF-8; so do `*` and `$` where
    they are meant as themselves. A slash parts segments only where it is written as one, and only before the query.
    """
    if _SPELT.fullmatch(path):
        return path
    spelt: list[str] = []
    in_query = False
    for piece in _PIECES.finditer(path):
        character = piece[2]
        special = character == "*" or (character == "$" and piece.end() == len(path))
        if (is_pattern and special) or (character == "/" and not in_query):
            spelt.append(character)
        elif character == "?" and not in_query:
            in_query = True
            spelt.append(character)
        else:
            octets = bytes.fromhex(piece[1]) if piece[1] else character.encode("utf-8", "replace")
            spelt += [chr(octet) if octet in _PLAIN else f"%{octet:02X}" for octet in octets]
    return "".join(spelt)
