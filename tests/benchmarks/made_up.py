"""Documents made up look by look: their rows, table by table, as a run would have left them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any

from scraper.archive.bodies import pack
from scraper.archive.documents import STEP
from scraper.archive.ledger import GENESIS, record_hash
from scraper.archive.runs import SOFTWARE
from scraper.archive.states import derivation_of, rules_as_text
from scraper.clock import to_text
from scraper.normalizing.document import Rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from scraper.config import Source

START = datetime(2023, 1, 2, tzinfo=UTC)
BETWEEN = timedelta(hours=4)

# How often a change has a class, in a thousand; beside `wording`, which every one here has.
_CLASSES = {"number": 300, "name": 80, "date": 120, "quote": 40, "headline": 30, "undeclared_edit": 400}
_CLASSES |= {"update_notice": 20, "correction_notice": 4, "negation": 6, "site_wide": 10, "revert": 1}
LINES = (("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"), ("Cache-Control", "max-age=300"))
TAGS = tuple(f"subject-{number}" for number in range(40))
RULES = rules_as_text(Rules())
NONE = hashlib.sha256(b"[]\n[]").hexdigest()


@dataclass
class Page:
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


class Making:
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

    def _histories(self, sources: tuple[Source, ...], versions: int) -> tuple[list[Page], list[int]]:
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
            pages.append(Page(source, iter(["first_version", *between, ends, ends, ends])))
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

    def _version(self, page: Page, fetch_id: int, told: str) -> None:
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
        self.add(
            "captures",
            self.captures,
            sha256,
            page.source.id,
            "text/html",
            "utf-8",
            len(body),
            size,
            base_id if packed.base_id else None,
            packed.data,
        )
        text = "\n".join(text for _, text in page.texts)
        page.version = {
            "id": fetch_id,
            "number": number,
            "capture": self.captures,
            "sha256": sha256,
            "bytes": len(body),
            "text": hashlib.sha256(text.encode()).hexdigest(),
            "words": text.count(" ") + len(page.texts),
            "first_seen": told,
            "last_seen": told,
        }
        self._change(page, fetch_id, before, told, edit)

    def _begin(self, page: Page) -> None:
        notice = self.notices.setdefault(page.source.publisher or "", f"{self.sentence()} {self.sentence()}")
        page.texts = [("heading", self.sentence()[:-1])]
        page.texts += [("paragraph", f"{self.sentence()} {self.sentence()}") for _ in range(6)]
        page.texts.append(("paragraph", notice))
        page.spans = [(1, self.passage(text)) for _, text in page.texts]

    def _edit(self, page: Page, number: int) -> tuple[int, str, str]:
        """Reword a sentence of a paragraph; give its position and both wordings."""
        at = self.random.randrange(1, len(page.texts) - 1)
        old, _, rest = page.texts[at][1].partition(". ")
        new = self.sentence()
        self._span(page, at, number - 1)
        page.texts[at] = ("paragraph", f"{new} {rest}")
        page.spans[at] = (number, self.passage(page.texts[at][1]))
        return at, f"{old}.", new

    def _span(self, page: Page, at: int, to: int | None) -> None:
        since, passage_id = page.spans[at]
        self.add("spans", page.source.id, (at + 1) * STEP, since, to, page.texts[at][0], passage_id)

    def _close(self, page: Page) -> None:
        """Write the version that stood, now that it is known until when."""
        row = page.version
        if row is not None:
            self.add(
                "versions",
                row["id"],
                page.source.id,
                row["number"],
                row["capture"],
                1,
                row["text"],
                row["text"],
                page.texts[0][1],
                None,
                None,
                None,
                "en",
                None,
                None,
                row["words"],
                1,
                row["first_seen"],
                row["last_seen"],
            )

    def _change(
        self, page: Page, change_id: int, before: dict[str, Any] | None, told: str, edit: tuple[int, str, str] | None
    ) -> None:
        new = page.version
        assert new is not None
        if before is None or edit is None:
            summary = f"First seen, {new['words']} words"
            self.add(
                "changes",
                change_id,
                page.source.id,
                None,
                change_id,
                None,
                told,
                "first_seen",
                0,
                "[]",
                0.0,
                "[]",
                new["words"],
                0,
                summary,
                "",
                "{}",
            )
            return
        at, old_text, new_text = edit
        chosen = [name for name, share in _CLASSES.items() if self.random.randrange(1000) < share]
        classes = json.dumps(["wording", *chosen])
        weight = round(0.15 + 0.1 * len(chosen), 2)
        parts = json.dumps([{"name": "wording", "value": weight, "reason": "a sentence was reworded"}])
        counts = new_text.count(" ") + 1, old_text.count(" ") + 1
        diff = f"@@ -{at} +{at} @@\n-{old_text}\n+{new_text}\n"
        self.add(
            "changes",
            change_id,
            page.source.id,
            before["id"],
            change_id,
            before["last_seen"],
            told,
            "content",
            int(self.random.random() < 0.8),
            classes,
            weight,
            parts,
            *counts,
            "1 sentence reworded",
            diff,
            "{}",
        )
        key = hashlib.sha256(f"{old_text}\n{new_text}".encode()).hexdigest()[:16]
        self.add("edits", change_id, 0, "edit", at, at, old_text, new_text, "paragraph", classes, key)

    def _absent(self, page: Page, fetch_id: int, told: str) -> str:
        """A look that finds no page; the third says that it was removed."""
        page.absent, page.last_absent = page.absent + 1, told
        if page.absent == 3 and page.version:
            parts = json.dumps([{"name": "removed", "value": 0.9, "reason": "3 looks found no page"}])
            last = page.version["last_seen"]
            self.add(
                "changes",
                fetch_id,
                page.source.id,
                page.version["id"],
                None,
                last,
                told,
                "removed",
                1,
                "[]",
                0.9,
                parts,
                0,
                0,
                "Removed: 3 looks found no page",
                "",
                "{}",
            )
        return "gone"

    def _fetch(self, page: Page, fetch_id: int, run: dict[str, Any], told: str, outcome: str) -> None:
        version = page.version if outcome in ("first_version", "new_version", "unchanged") else None
        status = 200 if version else 404 if outcome == "gone" else 403
        reason = {"gone": "the server says 404", "blocked": "the server says 403"}.get(outcome, "")
        row: dict[str, Any] = dict.fromkeys(FETCH)
        row |= {
            "id": fetch_id,
            "run_id": run["id"],
            "source_id": page.source.id,
            "url": page.source.url,
            "final_url": page.source.url,
            "started": told,
            "elapsed_ms": 80 + fetch_id % 200,
            "status": status,
            "outcome": outcome,
            "reason": reason,
            "content_type": LINES[0][1],
            "redirects": "[]",
            "headers": "[1,2,3]",
            "request_headers": "[]",
            "peer": "203.0.113.5:443",
            "http_version": "1.1",
            "bytes": version and version["bytes"],
            "capture_id": version and version["capture"],
        }
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
            self.add(
                "states",
                source.id,
                derivation_of(RULES, source.publisher),
                row["id"],
                source.url,
                source.url,
                row["last_seen"],
                page.readable,
                *absent,
                int(gone),
                None,
                None,
                0,
                None,
            )


_HEADERS = json.dumps([list(line) for line in LINES], separators=(",", ":"))
FETCH = (
    "id",
    "run_id",
    "source_id",
    "url",
    "final_url",
    "started",
    "elapsed_ms",
    "status",
    "outcome",
    "reason",
    "etag",
    "last_modified",
    "content_type",
    "bytes",
    "capture_id",
    "redirects",
    "headers",
    "request_headers",
    "peer",
    "certificate_sha256",
    "http_version",
    "encoded_sha256",
    "error",
    "sent_ms",
    "answered_ms",
    "server_date",
    "clock_offset",
    "robots",
    "reason_code",
    "record_hash",
)


def _vocabulary(random: Random) -> Iterator[str]:
    """Words for ever, drawn by Zipf's law from twenty thousand that can be spoken."""
    sounds = [first + second for first in "bdfgklmnprstv" for second in "aeiou"]
    made = sorted({"".join(random.choices(sounds, k=random.randrange(2, 5))) for _ in range(20_000)})
    random.shuffle(made)
    known = ["the", "of", "and", "to", "in", "a", "for", "that", "with", "minister", *made]
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(known))))
    while True:
        yield from random.choices(known, cum_weights=weights, k=10_000)


def _body(page: Page) -> bytes:
    heading, *rest = (text for _, text in page.texts)
    told = "".join(f"<p>{text}</p>" for text in rest)
    head = f"<head><meta charset=utf-8><title>{heading}</title></head>"
    return f"<!doctype html><html lang=en>{head}<body><main><h1>{heading}</h1>{told}</main></body></html>".encode()
