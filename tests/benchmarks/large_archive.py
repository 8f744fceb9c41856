"""A large archive, made up: written row by row in the schema's own terms, not by looking at pages.

Fifty thousand documents with a million versions would take hours through `redline run`; here they take minutes. What a
reader touches is as it would be: bodies come back with their hashes, the ledger holds from the first record to the
last head, spans, passages and the full-text index say the same text, every change has its edits and classes. What
changed between two versions is known, since it was made up, so nothing is compared: significances and summaries are
plausible and not what `compare` would say, and `redline verify` finds that out.

Skewed as archives are: a few documents have thousands of versions and most a handful, some publishers have thousands of
pages and most a few, words follow Zipf's law, some paragraphs stand on every page of a publisher, classes are common or
rare, and some pages are blocked, failing or removed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from random import Random
from typing import TYPE_CHECKING, Any

from scraper.archive import Archive
from scraper.archive.archive import SOFTWARE
from scraper.archive.bodies import pack
from scraper.archive.documents import STEP, ruleset_sha256
from scraper.archive.ledger import GENESIS, link, record_hash, run_digest
from scraper.archive.states import derivation_of, rules_as_text
from scraper.clock import to_text
from scraper.config import Source, WatchList
from scraper.normalizing import NORMALIZER
from scraper.normalizing.document import Rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2023, 1, 2, tzinfo=UTC)
BETWEEN = timedelta(hours=4)
SEED = 20260302

# How often a change has a class, in a thousand; beside `wording`, which every one here has.
_CLASSES = {"number": 300, "name": 80, "date": 120, "quote": 40, "headline": 30, "undeclared_edit": 400}
_CLASSES |= {"update_notice": 20, "correction_notice": 4, "negation": 6, "site_wide": 10, "revert": 1}
_LINES = (("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"), ("Cache-Control", "max-age=300"))
_TAGS = tuple(f"subject-{number}" for number in range(40))
_RULES = rules_as_text(Rules())
_NONE = hashlib.sha256(b"[]\n[]").hexdigest()


@dataclass
class _Page:
    """A document while it is made up: what stands on it now, and the rows that are not closed yet."""

    source: Source
    kinds: Iterator[str]
    texts: list[tuple[str, str]] = field(default_factory=list)  # kind, text
    spans: list[tuple[int, int]] = field(default_factory=list)  # from_version, passage id, beside `texts`
    version: dict[str, Any] | None = None
    keyframe: tuple[int, bytes] | None = None
    readable: int | None = None
    absent: int = 0
    last_absent: str | None = None


def build(path: Path, *, versions: int, documents: int, seed: int = SEED) -> None:
    """Write an archive of about so many versions of so many documents; the same arguments give the same one."""
    random = Random(seed)  # noqa: S311  # made-up text, no secret
    sources = _sources(documents, random)
    with Archive(path) as archive:
        archive.sync(WatchList(sources), START)
        _write(archive.connection, _Making(random, sources, versions))


def _sources(documents: int, random: Random) -> tuple[Source, ...]:
    publishers = [f"publisher-{number}.example" for number in range(max(3, documents // 120))]
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(publishers))))
    made = []
    for number in range(documents):
        publisher = random.choices(publishers, cum_weights=weights)[0]
        tags = tuple(sorted(set(random.choices(_TAGS, weights=[1 / (n + 1) for n in range(40)], k=random.randrange(3)))))
        every = timedelta(hours=6) if number % 5 == 0 else None
        url = f"https://www.{publisher}/news/{number}"
        made.append(Source(f"document-{number:06}", url, publisher=publisher, tags=tags, every=every))
    return tuple(made)


class _Making:
    """The rows of an archive in the making, table by table, until they are written."""

    def __init__(self, random: Random, sources: tuple[Source, ...], versions: int) -> None:
        self.random = random
        self.words = _vocabulary(random)
        self.runs = max(40, min(6000, versions // 20))
        self.pages, self.looks = self._histories(sources, versions)
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.passages: dict[str, int] = {}
        self.ledger = GENESIS
        self.notices: dict[str, str] = {}
        self.captures = 0

    def _histories(self, sources: tuple[Source, ...], versions: int) -> tuple[list[_Page], list[int]]:
        """The pages, each with what its looks come to, and all looks in the order of time: run * pages + page."""
        weights = [(rank + 20) ** -0.9 for rank in range(len(sources))]
        share = (versions - len(sources)) / sum(weights)
        counts = [1 + min(self.runs // 2 - 1, round(weight * share)) for weight in weights]
        self.random.shuffle(counts)
        pages, looks = [], []
        for number, (source, count) in enumerate(zip(sources, counts, strict=True)):
            first = self.random.randrange(self.runs // 4)
            ends = "removed" if number % 97 == 5 else "blocked" if number % 61 == 3 else "unchanged"
            runs = sorted(self.random.sample(range(first, self.runs), min(count + count // 2 + 3, self.runs - first)))
            between = ["new_version"] * (count - 1) + ["unchanged"] * (len(runs) - count - 3)
            between = [kind if self.random.random() > 0.02 or kind == "new_version" else "blocked" for kind in between]
            self.random.shuffle(between)
            pages.append(_Page(source, iter(["first_version", *between, ends, ends, ends])))
            looks += [run * len(sources) + number for run in runs]
        return pages, sorted(looks)

    def add(self, table: str, *row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def sentence(self) -> str:
        """Ten words or so, one of them often a number; common words are common."""
        words = list(islice(self.words, self.random.randrange(7, 14)))
        if self.random.random() < 0.4:
            words[self.random.randrange(len(words))] = str(self.random.randrange(2, 5000))
        return f"{' '.join(words).capitalize()}."

    def passage(self, text: str) -> int:
        """The id of a passage, stored where it is new."""
        known = self.passages.get(text)
        if known is None:
            known = self.passages[text] = len(self.passages) + 1
            self.add("passages", known, hashlib.sha256(text.encode()).hexdigest(), text)
        return known

    def look(self, fetch_id: int, run: dict[str, Any], number: int) -> str:
        """One look at one page with everything that follows from it; give its outcome."""
        page, moment = self.pages[number], run["moment"] + timedelta(milliseconds=37 * (fetch_id % 90_000))
        outcome = next(page.kinds)
        told = to_text(moment)
        if outcome == "removed":
            outcome = self._absent(page, fetch_id, told)
        elif outcome in ("first_version", "new_version"):
            self._version(page, fetch_id, told)
        elif outcome == "unchanged" and page.version:
            page.version["last_seen"] = told
        if outcome in ("first_version", "new_version", "unchanged"):
            page.readable = fetch_id
        self._fetch(page, fetch_id, run, told, outcome)
        return outcome

    def _version(self, page: _Page, fetch_id: int, told: str) -> None:
        before, edit = page.version, None
        number = before["number"] + 1 if before else 1
        if before is None:
            self._begin(page)
        else:
            edit = self._edit(page, number)
            self._close(page)
        body = _body(page)
        sha256 = hashlib.sha256(body).hexdigest()
        self.captures += 1
        base_id, base = page.keyframe or (None, None)
        packed = pack(body, base_id, base)
        if packed.base_id is None:
            page.keyframe = (self.captures, body)
        size = len(packed.data)
        self.add("captures", self.captures, sha256, page.source.id, "text/html", "utf-8", len(body), size, base_id if packed.base_id else None, packed.data)  # fmt: skip
        text = "\n".join(text for _, text in page.texts)
        page.version = {
            "id": fetch_id, "number": number, "capture": self.captures, "sha256": sha256, "bytes": len(body),
            "text": hashlib.sha256(text.encode()).hexdigest(), "words": text.count(" ") + len(page.texts),
            "first_seen": told, "last_seen": told,
        }  # fmt: skip
        self._change(page, fetch_id, before, told, edit)

    def _begin(self, page: _Page) -> None:
        notice = self.notices.setdefault(page.source.publisher or "", f"{self.sentence()} {self.sentence()}")
        page.texts = [("heading", self.sentence()[:-1])]
        page.texts += [("paragraph", f"{self.sentence()} {self.sentence()}") for _ in range(6)]
        page.texts.append(("paragraph", notice))
        page.spans = [(1, self.passage(text)) for _, text in page.texts]

    def _edit(self, page: _Page, number: int) -> tuple[int, str, str]:
        """Reword a sentence of a paragraph; give its position and both wordings."""
        at = self.random.randrange(1, len(page.texts) - 1)
        old, _, rest = page.texts[at][1].partition(". ")
        new = self.sentence()
        self._span(page, at, number - 1)
        page.texts[at] = ("paragraph", f"{new} {rest}")
        page.spans[at] = (number, self.passage(page.texts[at][1]))
        return at, f"{old}.", new

    def _span(self, page: _Page, at: int, to: int | None) -> None:
        since, passage_id = page.spans[at]
        self.add("spans", page.source.id, (at + 1) * STEP, since, to, page.texts[at][0], passage_id)

    def _close(self, page: _Page) -> None:
        """Write the version that stood, now that it is known until when."""
        row = page.version
        if row is not None:
            self.add(
                "versions", row["id"], page.source.id, row["number"], row["capture"], 1, row["text"], row["text"],
                page.texts[0][1], None, None, None, "en", None, None, row["words"], 1, row["first_seen"],
                row["last_seen"],
            )  # fmt: skip

    def _change(
        self, page: _Page, change_id: int, before: dict[str, Any] | None, told: str, edit: tuple[int, str, str] | None
    ) -> None:
        new = page.version
        assert new is not None
        if before is None or edit is None:
            summary = f"First seen, {new['words']} words"
            self.add("changes", change_id, page.source.id, None, change_id, None, told, "first_seen", 0, "[]", 0.0, "[]", new["words"], 0, summary, "", "{}")  # fmt: skip
            return
        at, old_text, new_text = edit
        chosen = [name for name, share in _CLASSES.items() if self.random.randrange(1000) < share]
        classes = json.dumps(["wording", *chosen])
        weight = round(0.15 + 0.1 * len(chosen), 2)
        parts = json.dumps([{"name": "wording", "value": weight, "reason": "a sentence was reworded"}])
        counts = new_text.count(" ") + 1, old_text.count(" ") + 1
        diff = f"@@ -{at} +{at} @@\n-{old_text}\n+{new_text}\n"
        self.add("changes", change_id, page.source.id, before["id"], change_id, before["last_seen"], told, "content", int(self.random.random() < 0.8), classes, weight, parts, *counts, "1 sentence reworded", diff, "{}")  # fmt: skip
        key = hashlib.sha256(f"{old_text}\n{new_text}".encode()).hexdigest()[:16]
        self.add("edits", change_id, 0, "edit", at, at, old_text, new_text, "paragraph", classes, key)

    def _absent(self, page: _Page, fetch_id: int, told: str) -> str:
        """A look that finds no page; the third says that it was removed."""
        page.absent, page.last_absent = page.absent + 1, told
        if page.absent == 3 and page.version:
            parts = json.dumps([{"name": "removed", "value": 0.9, "reason": "3 looks found no page"}])
            last = page.version["last_seen"]
            self.add("changes", fetch_id, page.source.id, page.version["id"], None, last, told, "removed", 1, "[]", 0.9, parts, 0, 0, "Removed: 3 looks found no page", "", "{}")  # fmt: skip
        return "gone"

    def _fetch(self, page: _Page, fetch_id: int, run: dict[str, Any], told: str, outcome: str) -> None:
        version = page.version if outcome in ("first_version", "new_version", "unchanged") else None
        status = 200 if version else 404 if outcome == "gone" else 403
        reason = {"gone": "the server says 404", "blocked": "the server says 403"}.get(outcome, "")
        row: dict[str, Any] = dict.fromkeys(_FETCH)
        row |= {
            "id": fetch_id, "run_id": run["id"], "source_id": page.source.id, "url": page.source.url,
            "final_url": page.source.url, "started": told, "elapsed_ms": 80 + fetch_id % 200, "status": status,
            "outcome": outcome, "reason": reason, "content_type": _LINES[0][1], "redirects": "[]",
            "headers": "[1,2,3]", "request_headers": "[]", "peer": "203.0.113.5:443", "http_version": "1.1",
            "bytes": version and version["bytes"], "capture_id": version and version["capture"],
        }  # fmt: skip
        bound = {**row, "run_started": run["started"], "run_trigger": "schedule", "run_software": SOFTWARE}
        bound |= {"capture_sha256": version and version["sha256"], "headers": _HEADERS}
        self.ledger = row["record_hash"] = record_hash(bound, self.ledger)
        self.add("fetches", *row.values())

    def end(self) -> None:
        """Close what is still open: the last versions, the spans that stand, the states."""
        for page in self.pages:
            row = page.version
            if row is None:
                continue
            self._close(page)
            for at in range(len(page.texts)):
                self._span(page, at, None)
            source, gone = page.source, page.absent >= 3
            absent = (page.last_absent, page.last_absent, page.absent) if gone else (None, None, 0)
            self.add("source_urls", source.id, source.url, row["first_seen"], row["last_seen"], "watch list")
            self.add("states", source.id, derivation_of(_RULES, source.publisher), row["id"], source.url, source.url, row["last_seen"], page.readable, *absent, int(gone), None, None, 0)  # fmt: skip


_HEADERS = json.dumps([list(line) for line in _LINES], separators=(",", ":"))
_FETCH = (
    "id", "run_id", "source_id", "url", "final_url", "started", "elapsed_ms", "status", "outcome", "reason", "etag",
    "last_modified", "content_type", "bytes", "capture_id", "redirects", "headers", "request_headers", "peer",
    "certificate_sha256", "http_version", "encoded_sha256", "error", "sent_ms", "answered_ms", "server_date",
    "clock_offset", "robots", "record_hash",
)  # fmt: skip


def _vocabulary(random: Random) -> Iterator[str]:
    """Words for ever, drawn by Zipf's law from twenty thousand that can be spoken."""
    sounds = [first + second for first in "bdfgklmnprstv" for second in "aeiou"]
    made = sorted({"".join(random.choices(sounds, k=random.randrange(2, 5))) for _ in range(20_000)})
    random.shuffle(made)
    known = ["the", "of", "and", "to", "in", "a", "for", "that", "with", "minister", *made]
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(known))))
    while True:
        yield from random.choices(known, cum_weights=weights, k=10_000)


def _body(page: _Page) -> bytes:
    heading, *rest = (text for _, text in page.texts)
    told = "".join(f"<p>{text}</p>" for text in rest)
    head = f"<head><meta charset=utf-8><title>{heading}</title></head>"
    return f"<!doctype html><html lang=en>{head}<body><main><h1>{heading}</h1>{told}</main></body></html>".encode()


def _write(connection: sqlite3.Connection, making: _Making) -> None:
    """Everything into the file: indexes and triggers after the rows, which takes a third of the time."""
    later = connection.execute(
        "select type, name, sql from sqlite_master where sql is not null and (type = 'index' or "
        "(type = 'trigger' and name not like '%~_no~_%' escape '~'))"
    ).fetchall()
    for pragma in ("foreign_keys = off", "journal_mode = off", "synchronous = off", "cache_size = -1000000"):
        connection.execute(f"pragma {pragma}")
    connection.execute("begin")
    for kind, name, _ in later:
        connection.execute(f"drop {kind} {name}")
    making.add("header_lines", 1, *_LINES[0])
    making.add("header_lines", 2, *_LINES[1])
    making.add("header_lines", 3, *_LINES[2])
    making.add("rulesets", 1, ruleset_sha256(NORMALIZER, _RULES), NORMALIZER, _RULES)
    making.add("linksets", 1, _NONE, "[]", "[]")
    _live(connection, making)
    for _, _, sql in later:
        connection.execute(sql)
    connection.execute("insert into passages_fts(passages_fts) values ('rebuild')")
    _summarise(connection)
    connection.execute("commit")


def _summarise(connection: sqlite3.Connection) -> None:
    """What triggers would have kept up to date."""


def _live(connection: sqlite3.Connection, making: _Making) -> None:
    """Run after run, in the order of time."""
    pages, run, counts = len(making.pages), None, [0, 0, 0]
    for fetch_id, key in enumerate(making.looks, start=1):
        number, at = divmod(key, pages)
        if run is None or run["number"] != number:
            _finish(making, run, counts)
            moment = START + number * BETWEEN
            run = {"number": number, "id": (run["id"] if run else 0) + 1, "moment": moment, "started": to_text(moment)}
            counts = [0, 0, 0]
        outcome = making.look(fetch_id, run, at)
        counts[0] += 1
        counts[1] += outcome == "new_version"
        counts[2] += outcome in ("blocked", "gone")
        if fetch_id % 20_000 == 0:
            _flush(connection, making, but=("spans",))
    _finish(making, run, counts)
    making.end()
    making.rows["spans"].sort()
    _flush(connection, making)


def _finish(making: _Making, run: dict[str, Any] | None, counts: list[int]) -> None:
    if run is None:
        return
    fetched, changed, failed = counts
    finished = to_text(run["moment"] + timedelta(minutes=90))
    closed = {"id": run["id"], "started": run["started"], "finished": finished, "trigger": "schedule"}
    closed |= {"software": SOFTWARE, "due": fetched, "fetched": fetched, "changed": changed, "failed": failed}
    making.ledger = link(making.ledger, run_digest({**closed, "timestamps_head": None}))
    making.add("runs", *closed.values(), making.ledger, None)


def _flush(connection: sqlite3.Connection, making: _Making, but: tuple[str, ...] = ()) -> None:
    for table, rows in making.rows.items():
        if rows and table not in but:
            marks = ", ".join("?" * len(rows[0]))
            named = f"{table} ({', '.join(_FETCH)})" if table == "fetches" else table
            connection.executemany(f"insert into {named} values ({marks})", rows)
            rows.clear()


def shape(path: Path) -> dict[str, int]:
    """How many rows each table has that a reader's pages read, and the size of the file in bytes."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        tables = ("sources", "versions", "changes", "edits", "fetches", "captures", "passages", "spans", "runs")
        counted = {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in tables}
    return {**counted, "bytes": path.stat().st_size}
