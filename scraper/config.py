"""The watch list: `sources.toml` → frozen records; every mistake in it reported at once, with its line."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scraper import __version__
from scraper import config_values as values
from scraper.errors import Mistake, WatchListError
from scraper.normalizing.document import Rules
from scraper.toml_lines import KeyPath, key_lines, line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import timedelta

SHIPPED = Path(__file__).with_name("sources.toml")
"""The watch list in the package, in use until a keeper has one of their own."""


def default_user_agent(env: Mapping[str, str]) -> str:
    """Say who is asking: Redline, its version and, inside a GitHub Action, the repository that runs it.

    Elsewhere there is no address that would be true, so the text says how the keeper sets one. The form, opening
    with ``Mozilla/`` and above 40 characters, is the one that edges of .gov hosts ask of an honest client.
    """
    contact = "contact not set, see user_agent in sources.toml"
    home = f"{env.get('GITHUB_SERVER_URL', '')}/{env.get('GITHUB_REPOSITORY', '')}"
    if env.get("GITHUB_ACTIONS") == "true" and re.fullmatch(r"https://[\w.:-]+/[\w.-]+/[\w.-]+", home, re.ASCII):
        contact = f"+{home}"
    return f"Mozilla/5.0 (compatible; Redline/{__version__}; {contact})"


DEFAULT_USER_AGENT = default_user_agent({})


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How to fetch: seconds, decoded bytes, and networks that may be fetched although they are not public.

    `budget` is the mean of looks a day at a page that has no rhythm of its own; `signals` says whether publishers'
    sitemaps and feeds are asked what changed.
    """

    user_agent: str = DEFAULT_USER_AGENT
    delay: float = 1.0
    timeout: float = 30.0
    max_bytes: int = 20_000_000
    robots: bool = True
    allow_private: tuple[str, ...] = ()
    budget: float = 2.0
    signals: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """One page on the watch list. A change of a page of weight 2 is as bad to see a day late as two of weight 1."""

    id: str
    url: str
    title: str | None = None
    publisher: str | None = None
    tags: tuple[str, ...] = ()
    every: timedelta | None = None
    weight: float = 1.0
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True, slots=True)
class WatchList:
    """The sources in the order of the file, how they are to be fetched, and the SHA-256 of the file's text.

    By the hash it is known that a list still is the one that was planned for; a list that was not read has none.
    """

    sources: tuple[Source, ...]
    fetch: FetchSettings = FetchSettings()
    sha256: str = field(default="", compare=False)


_FETCH_KEYS: dict[str, values.Reader] = {
    "user_agent": values.user_agent,
    "delay": values.number(0, 3600, "seconds between two requests to one host"),
    "timeout": values.number(1, 600, "seconds for a whole fetch"),
    "max_bytes": values.whole_number(1_000, 1_000_000_000, "decoded bytes of one page"),
    "robots": values.flag,
    "allow_private": values.listed(values.network),
    "budget": values.number(0.04, 24, "looks a day at a page, on the average"),
    "signals": values.flag,
}
_SOURCE_KEYS: dict[str, values.Reader] = {
    "id": values.slug,
    "url": values.web_address,
    "title": values.one_line,
    "publisher": values.one_line,
    "tags": values.listed(values.one_line),
    "every": values.rhythm,
    "weight": values.number(0.01, 100, "how much this page matters beside the others, which have 1"),
    "content": values.selector,
    "remove": values.listed(values.selector),
}
_TABLES = {"fetch": _FETCH_KEYS, "source": _SOURCE_KEYS}
_HEADERS = {"fetch": "[fetch]", "source": "[[source]]"}
_MADE_BY_ADD = "`redline add URL` makes one"


def locate(db: Path, given: Path | None) -> Path:
    """The watch list to use: the one given, else `sources.toml` beside the archive, else the one that ships."""
    if given is not None:
        return given
    return own if (own := beside(db)).exists() else SHIPPED


def beside(db: Path) -> Path:
    """Where the watch list of an archive stands, whether it is there yet or not."""
    return db.parent / "sources.toml"


def load(path: Path) -> WatchList:
    """Read a watch list; a `WatchListError` carries all that is wrong with it."""
    return parse(_text_of(path), str(path), user_agent=default_user_agent(os.environ))


def fingerprint(path: Path) -> str:
    """The SHA-256 by which a watch list is known, without reading what it says."""
    return _sha256(_text_of(path))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def parse(text: str, name: str, *, user_agent: str = DEFAULT_USER_AGENT) -> WatchList:
    """Read the text of a watch list; `name` is what mistakes call it, `user_agent` is for a list that sets none."""
    reading = _Reading(_tables_of(text, name), text)
    settings = {"user_agent": user_agent, **reading.fetch()}
    sources = reading.sources()
    if reading.mistakes:
        raise WatchListError(name, tuple(sorted(reading.mistakes, key=lambda mistake: mistake.line or 0)))
    return WatchList(sources=sources, fetch=FetchSettings(**settings), sha256=_sha256(text))


def append_source(path: Path, source: Source) -> None:
    """Add a source at the end of a watch list, leaving every byte that stands there as it is.

    A list that does not exist yet starts as a copy of the one that ships, because that is the list in use until
    then: adding a page takes none off watch. Where the result would have a mistake (an id or a URL that is listed
    already), nothing is written and a `WatchListError` tells it.
    """
    is_new = not path.exists()
    old = _text_of(SHIPPED if is_new else path)
    _must_take_rows(old, str(path))
    gap = "" if not old else "\n" if old.endswith("\n") else "\n\n"
    addition = gap + _block(source)
    if "\r\n" in old:
        addition = addition.replace("\n", "\r\n")
    parse(old + addition, str(path))
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(old + addition if is_new else addition)
    except OSError as error:
        raise WatchListError(str(path), (Mistake(None, f"cannot be written: {error.strerror}"),)) from error


def _must_take_rows(text: str, name: str) -> None:
    """TOML lets nothing be added to a list that is written inside brackets."""
    lines = key_lines(text) if isinstance(_tables_of(text, name).get("source"), list) else {}
    if ("source",) in lines and ("source", 0) not in lines:
        remedy = "write each page under its own header [[source]], as in the list that ships; then more can be added"
        raise WatchListError(name, (Mistake(lines["source",], f"source = [...] is a closed list: {remedy}"),))


def suggest_id(url: str) -> str:
    """A slug for a URL, from its host and the last part of its path that reads like words."""
    parts = urlsplit(url)
    words = [part for part in parts.path.split("/") if re.search(r"[A-Za-z]{3}", part)]
    return values.slugify("-".join([values.bare_host(url), *words[-1:]])) or "page"


class _Reading:
    """One pass over the tables of a watch list, gathering mistakes as it goes."""

    def __init__(self, tables: dict[str, Any], text: str) -> None:
        self.tables = tables
        self.text = text
        self.mistakes: list[Mistake] = []
        for key in tables.keys() - _TABLES.keys():
            self.wrong((key,), _unknown(key, _TABLES, "at the top of a watch list"))

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """Where everything stands, found out with the first mistake: a sound list need not know."""
        return key_lines(self.text)

    def wrong(self, path: KeyPath, text: str) -> None:
        self.mistakes.append(Mistake(line_of(path, self.lines), text))

    def fetch(self) -> dict[str, Any]:
        table = self.tables.get("fetch", {})
        if not isinstance(table, dict):
            self.wrong(("fetch",), "`fetch` is a table of settings: write its header as [fetch]")
            return {}
        return self.fields(table, ("fetch",), _FETCH_KEYS, "under [fetch]")

    def sources(self) -> tuple[Source, ...]:
        rows = self.tables.pop("source", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.wrong(("source",), "each source is a row: write its header with two brackets, [[source]]")
            return ()
        misspelt = {_nearest(key, _TABLES) for key in self.tables.keys() - _TABLES.keys()}
        if not rows and "source" not in misspelt:
            self.wrong((), "lists no page: add a [[source]] with an id and a url, or run `redline add URL`")
        read: list[dict[str, Any]] = []
        for at, row in enumerate(_one_by_one(rows)):
            read.append(self.fields(row, ("source", at), _SOURCE_KEYS, "under [[source]]"))
            self.needs_identity(row, at)
        self.each_once(read, "id", str, "give this source another")
        self.each_once(read, "url", values.same_address, "remove one of the two")
        return tuple(_source(fields) for fields in _one_by_one(read) if {"id", "url"} <= fields.keys())

    def fields(
        self, table: dict[str, Any], path: KeyPath, keys: dict[str, values.Reader], where: str
    ) -> dict[str, Any]:
        """The values of a table that read well; the others become mistakes."""
        read = {}
        for key, value in table.items():
            if key not in keys:
                self.wrong((*path, key), _unknown(key, keys, where))
                continue
            try:
                read[key] = keys[key](value)
            except ValueError as error:
                self.wrong((*path, key), f"{key}: {error}")
        return read

    def needs_identity(self, row: dict[str, Any], at: int) -> None:
        if "url" not in row:
            self.wrong(("source", at), 'this source has no url: add url = "https://…"')
        if "id" not in row:
            url = row.get("url")
            example = suggest_id(url) if isinstance(url, str) and values.is_web_address(url) else "a-short-name"
            self.wrong(("source", at), f'this source has no id: add id = "{example}" (a name that it keeps for ever)')

    def each_once(self, read: list[dict[str, Any]], key: str, form: Callable[[str], str], remedy: str) -> None:
        """Two sources may not share an id or a URL; the later one is the mistake and names the earlier one's line."""
        seen: dict[str, int] = {}
        for at, fields in enumerate(read):
            if key not in fields:
                continue
            first = seen.setdefault(form(fields[key]), at)
            if first != at:
                line = line_of(("source", first, key), self.lines)
                shown = values.shown(fields[key])
                self.wrong(("source", at, key), f"{key}: {shown} stands on line {line} already; {remedy}")


def _one_by_one(tables: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each table, let go of as it is given: of a long list the file's are not held beside what is made of them."""
    tables.reverse()
    while tables:
        yield tables.pop()


def _source(fields: dict[str, Any]) -> Source:
    """A record from fields that read well; the publisher, where none is named, is the host."""
    named = {key: fields[key] for key in ("id", "url", "title", "tags", "every", "weight") if key in fields}
    rules = {key: fields[key] for key in ("content", "remove") if key in fields}
    publisher = sys.intern(fields.get("publisher") or values.bare_host(fields["url"]))  # many pages have the same
    return Source(publisher=publisher, rules=Rules(**rules) if rules else _NO_RULES, **named)


_NO_RULES = Rules()


def _nearest(key: str, known: Mapping[str, Any]) -> str | None:
    return next(iter(get_close_matches(key, known, n=1)), None)


def _unknown(key: str, known: Mapping[str, Any], where: str) -> str:
    """Say that a key is not known, and what the keeper most likely meant."""
    homes = [_HEADERS[home] for home, keys in _TABLES.items() if key in keys]
    key = key if len(key) <= 60 else key[:59] + "…"
    key = key if key.isprintable() else repr(key)
    if homes:
        return f"`{key}` does not belong {where}: move it under {homes[0]}"
    if near := _nearest(key, known):
        return f"unknown key `{key}`: did you mean `{near}`?"
    return f"unknown key `{key}`: {where} may stand {', '.join(known)}"


def _block(source: Source) -> str:
    """A source as TOML, with what would be read the same without it left out."""
    given: dict[str, Any] = {"id": source.id, "url": source.url, "title": source.title}
    if source.publisher != values.bare_host(source.url):
        given["publisher"] = source.publisher
    given["tags"] = list(source.tags)
    given["every"] = source.every and rhythm_text(source.every)
    given["weight"] = source.weight if source.weight != 1 else None
    given |= {"content": source.rules.content, "remove": list(source.rules.remove)}
    return "".join(["[[source]]\n", *(f"{key} = {_quoted(value)}\n" for key, value in given.items() if value)])


def _quoted(value: str | float | list[str]) -> str:
    """A TOML string, number or list of strings. TOML escapes as JSON does, and the delete character as well."""
    if isinstance(value, list):
        return f"[{', '.join(map(_quoted, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def rhythm_text(every: timedelta) -> str:
    """A rhythm in the largest unit that divides it, so that `parse_rhythm` gives it back."""
    minutes = int(every.total_seconds()) // 60
    units = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}
    unit = next(unit for unit, size in units.items() if minutes % size == 0)
    return f"{minutes // units[unit]}{unit}"


def _tables_of(text: str, name: str) -> dict[str, Any]:
    """What the TOML says; a mistake in its grammar hides all others, so it is reported alone."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).partition(" (at ")
        numbered = re.match(r"line (\d+)", place)
        line = int(numbered[1]) if numbered else text.rstrip().count("\n") + 1
        remedy = "text and addresses stand in quotes, lists in brackets, and each key once"
        raise WatchListError(name, (Mistake(line, f"is not TOML here: {reason}; {remedy}"),)) from error
    except (ValueError, RecursionError) as error:
        raise WatchListError(name, (Mistake(None, "has a number or a nesting beyond all measure"),)) from error


def _text_of(path: Path) -> str:
    """The text of a file, or the one mistake of a file that cannot be read."""
    line = None
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        reason = f"there is no such watch list; {_MADE_BY_ADD}"
    except IsADirectoryError:
        reason = "is a folder; name the file, such as sources.toml"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        reason = "is not UTF-8 text; save the file as UTF-8"
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    raise WatchListError(str(path), (Mistake(line, reason),))
