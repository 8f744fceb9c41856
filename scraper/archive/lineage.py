"""The life of one source: from looks at a page to versions and changes.

`Lineage.observe` is the one place that decides what a look means. A run calls it for each fresh answer and
`redline rebuild` for each stored one, in the order in which they were made, so that both give the same tables.
A version and a change carry the id of the fetch that showed them first: ids come from the evidence, and a link to
a version stays good through every rebuild.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scraper.archive import changes
from scraper.archive.documents import linkset_id, load_document, ruleset_id, ruleset_sha256, write_spans
from scraper.clock import from_text, to_text
from scraper.comparing import compare
from scraper.comparing.comparison import COMPARER, Comparison
from scraper.errors import NormalizeError, UsageError
from scraper.fetching.identity import settled_url
from scraper.fetching.observation import ABSENT_OUTCOMES, Answer, Outcome, Verdict
from scraper.fetching.verdict import judge
from scraper.normalizing import NORMALIZER, normalize
from scraper.normalizing.document import Document, Rules

if TYPE_CHECKING:
    import sqlite3

# What derived rows were made by. Raise LINEAGE when this module or `judge` decides otherwise than before; the other
# two are raised in their rooms. A source whose rows were made by anything else is derived again at its next look.
LINEAGE = "1"
DERIVATION = f"normalizer {NORMALIZER}, comparer {COMPARER}, lineage {LINEAGE}"

# A page is declared removed, and a sudden collapse of its text believed, only when this many looks in a row agree
# and they span this long: removals have been undone within a day (field observation: March 2025).
CONFIRMING_LOOKS = 3
CONFIRMING_TIME = timedelta(hours=24)

# A text that fell below this share of the last version's words is doubted before it is believed.
COLLAPSE = 0.2
COLLAPSE_MATTERS_FROM_WORDS = 50


@dataclass(frozen=True, slots=True)
class Look:
    """One observation as the derived layers need it. `moment` is archive text."""

    fetch_id: int
    moment: str
    url: str
    final_url: str
    content_type: str | None
    verdict: Verdict
    capture_id: int | None
    body: bytes | None

    @classmethod
    def at(cls, fetch_id: int, answer: Answer, capture_id: int | None) -> Look:
        """Judge an answer, fresh or stored, and put it in its place in the history."""
        return cls(
            fetch_id=fetch_id,
            moment=to_text(answer.started),
            url=answer.url,
            final_url=answer.final_url or answer.url,
            content_type=answer.header("content-type"),
            verdict=judge(answer),
            capture_id=capture_id,
            body=answer.body,
        )


@dataclass(frozen=True, slots=True)
class Derived:
    """What a look came to: its outcome with the reason, and the change that it established, if any."""

    outcome: Outcome
    reason: str
    change_id: int | None = None


def rules_as_text(rules: Rules) -> str:
    """Write rules as canonical JSON: the form that a rule set is known by."""
    return json.dumps({"content": rules.content, "remove": list(rules.remove)}, separators=(",", ":"))


def rules_from_text(text: str) -> Rules:
    """Read rules that `rules_as_text` wrote."""
    loaded = json.loads(text)
    return Rules(content=loaded.get("content"), remove=tuple(loaded.get("remove", ())))


class Lineage:
    """The derived state of one source, moved on look by look. It writes; its caller holds the transaction."""

    def __init__(self, connection: sqlite3.Connection, source_id: str) -> None:
        self.connection = connection
        self.source_id = source_id
        source = connection.execute("select publisher, rules from sources where id = ?", (source_id,)).fetchone()
        if source is None:
            raise UsageError(f"there is no source {source_id!r} in the archive: `redline sources` lists them")
        self.publisher: str | None = source["publisher"]
        self.rules = rules_from_text(source["rules"])
        self._document: tuple[int, Document] | None = None
        row = connection.execute("select * from states where source_id = ?", (source_id,)).fetchone()
        self.state: dict[str, Any] = dict(row) if row else self._blank()
        row = connection.execute("select * from versions where id = ?", (self.state["version_id"],)).fetchone()
        self.latest: dict[str, Any] | None = dict(row) if row else None

    @property
    def rules_changed(self) -> bool:
        """True where the versions that stand were made under other rules than today's."""
        if self.latest is None:
            return False
        made_under = self.connection.execute("select sha256 from rulesets where id = ?", (self.latest["ruleset_id"],))
        return str(made_under.fetchone()[0]) != ruleset_sha256(DERIVATION, rules_as_text(self.rules))

    def observe(self, look: Look) -> Derived:
        """Take one look into the history and say what it came to."""
        derived = self._decide(look)
        self._save()
        return derived

    def _decide(self, look: Look) -> Derived:
        outcome, reason = look.verdict.outcome, look.verdict.reason
        if outcome == "not_modified":
            return Derived(outcome, reason, self._seen_again(look) if self.latest else None)
        if outcome in ABSENT_OUTCOMES:
            return Derived(outcome, reason, self._absent(look))
        if outcome is not None:
            return Derived(outcome, reason)
        if self.latest and look.capture_id == self.latest["capture_id"]:
            return Derived("unchanged", reason, self._seen_again(look))
        return self._read(look)

    def _read(self, look: Look) -> Derived:
        try:
            document = normalize(look.body or b"", url=look.final_url, content_type=look.content_type, rules=self.rules)
        except NormalizeError as error:
            return Derived("extraction_suspect", str(error))
        if not document.words:
            return Derived("extraction_suspect", "no text was found in the page")
        if self.latest is None:
            return Derived("first_version", look.verdict.reason, self._first(look, document))
        if document.sha256 == self.latest["document_sha256"]:
            return Derived("unchanged", look.verdict.reason, self._seen_again(look))
        if self._doubtful(look, document):
            fell = f"the text fell from {self.latest['words']} words to {document.words}"
            return Derived("extraction_suspect", f"{fell}; not believed before later looks agree")
        comparison = compare(self._latest_document(), document)
        if comparison.same or _only_counts(comparison):
            moved = "only counters moved" if comparison.classes else "only the order of its links moved"
            return Derived("unchanged", f"{look.verdict.reason}; {moved}", self._seen_again(look))
        return Derived("new_version", look.verdict.reason, self._next(look, document, comparison))

    def _first(self, look: Look, document: Document) -> int:
        self._add_version(look, document, 1, look.moment)
        change = changes.first_seen(document)
        changes.write(self.connection, look.fetch_id, self.source_id, change, None, look.fetch_id, None, look.moment)
        self._good(look)
        return look.fetch_id

    def _next(self, look: Look, document: Document, comparison: Comparison) -> int:
        assert self.latest is not None
        old_id, last_good = self.latest["id"], self.state["last_good"]
        first_seen = self.state["doubt_since"] or look.moment
        reverts_to = self._earlier_number(document)
        self._add_version(look, document, self.latest["number"] + 1, first_seen)
        change = changes.content(
            comparison,
            removed=bool(self.state["removed"]),
            moved=self._moved(look),
            reverts_to=reverts_to,
        )
        changes.write(
            self.connection, look.fetch_id, self.source_id, change, old_id, look.fetch_id, last_good, first_seen
        )
        changes.mark_site_wide(self.connection, look.fetch_id, self.publisher)
        self._good(look)
        return look.fetch_id

    def _seen_again(self, look: Look) -> int | None:
        """The latest version stands; that may still be news: it is back, or it is elsewhere."""
        assert self.latest is not None
        change = None
        if self.state["removed"]:
            change = changes.restored(from_text(self.state["absent_since"]), from_text(look.moment))
        elif self._moved(look):
            change = changes.moved(self.state["url"], look.final_url)
        if change:
            version = self.latest["id"]
            last_good = self.state["last_good"]
            changes.write(
                self.connection, look.fetch_id, self.source_id, change, version, version, last_good, look.moment
            )
        self.connection.execute("update versions set last_seen = ? where id = ?", (look.moment, self.latest["id"]))
        self._good(look)
        return look.fetch_id if change else None

    def _absent(self, look: Look) -> int | None:
        state = self.state
        state["absent_since"] = state["absent_since"] or look.moment
        state["absent_looks"] += 1
        if (
            state["removed"]
            or self.latest is None
            or not _confirmed(state["absent_looks"], state["absent_since"], look)
        ):
            return None
        state["removed"] = 1
        change = changes.removed(
            look.verdict, state["absent_looks"], from_text(state["absent_since"]), from_text(look.moment)
        )
        changes.write(
            self.connection,
            look.fetch_id,
            self.source_id,
            change,
            self.latest["id"],
            None,
            state["last_good"],
            state["absent_since"],
        )
        return look.fetch_id

    def _doubtful(self, look: Look, document: Document) -> bool:
        """Doubt a sudden collapse of the text until several looks over time agree on it."""
        assert self.latest is not None
        words = self.latest["words"]
        if words < COLLAPSE_MATTERS_FROM_WORDS or document.words >= words * COLLAPSE:
            return False
        state = self.state
        if state["doubt_sha256"] != document.text_sha256:
            state.update(doubt_sha256=document.text_sha256, doubt_since=look.moment, doubt_looks=0)
        state["doubt_looks"] += 1
        return not _confirmed(state["doubt_looks"], state["doubt_since"], look)

    def _good(self, look: Look) -> None:
        self._note_urls(look)
        self.state.update(
            version_id=self.latest["id"] if self.latest else None,
            url=look.final_url,
            last_good=look.moment,
            absent_since=None,
            absent_looks=0,
            removed=0,
            doubt_sha256=None,
            doubt_since=None,
            doubt_looks=0,
        )

    def _moved(self, look: Look) -> bool:
        before = self.state["url"]
        return before is not None and settled_url(before) != settled_url(look.final_url)

    def _note_urls(self, look: Look) -> None:
        """Record under which addresses the page was seen: a page is not its URL."""
        seen = {look.url: "watch list"}
        if look.final_url != look.url:
            seen[look.final_url] = "redirect"
        for url, reason in seen.items():
            self.connection.execute(
                "insert into source_urls (source_id, url, first_seen, last_seen, reason) values (?, ?, ?, ?, ?) "
                "on conflict (source_id, url) do update set last_seen = excluded.last_seen",
                (self.source_id, url, look.moment, look.moment, reason),
            )

    def _add_version(self, look: Look, document: Document, number: int, first_seen: str) -> None:
        version = {
            "id": look.fetch_id,
            "source_id": self.source_id,
            "number": number,
            "capture_id": look.capture_id,
            "ruleset_id": ruleset_id(self.connection, DERIVATION, rules_as_text(self.rules)),
            "text_sha256": document.text_sha256,
            "document_sha256": document.sha256,
            "title": document.title,
            "byline": document.byline,
            "published": document.published,
            "modified": document.modified,
            "language": document.language,
            "canonical_url": document.canonical_url,
            "syndicated_from": document.syndicated_from,
            "words": document.words,
            "linkset_id": linkset_id(self.connection, document),
            "first_seen": first_seen,
            "last_seen": look.moment,
        }
        names, marks = ", ".join(version), ", ".join("?" * len(version))
        self.connection.execute(f"insert into versions ({names}) values ({marks})", tuple(version.values()))
        write_spans(self.connection, self.source_id, number, document)
        self.latest = version
        self._document = (look.fetch_id, document)

    def _latest_document(self) -> Document:
        assert self.latest is not None
        if self._document is None or self._document[0] != self.latest["id"]:
            self._document = (self.latest["id"], load_document(self.connection, self.latest["id"]))
        return self._document[1]

    def _earlier_number(self, document: Document) -> int | None:
        """The number of an earlier version that read the same, but not the latest one."""
        assert self.latest is not None
        row = self.connection.execute(
            "select max(number) from versions where source_id = ? and text_sha256 = ? and number < ?",
            (self.source_id, document.text_sha256, self.latest["number"]),
        ).fetchone()
        if document.text_sha256 == self.latest["text_sha256"]:
            return None
        return int(row[0]) if row[0] is not None else None

    def _blank(self) -> dict[str, Any]:
        blank: dict[str, Any] = dict.fromkeys(
            ("version_id", "url", "last_good", "absent_since", "doubt_sha256", "doubt_since")
        )
        return {"source_id": self.source_id, **blank, "absent_looks": 0, "removed": 0, "doubt_looks": 0}

    def _save(self) -> None:
        names, marks = ", ".join(self.state), ", ".join("?" * len(self.state))
        self.connection.execute(f"insert or replace into states ({names}) values ({marks})", tuple(self.state.values()))


def _only_counts(comparison: Comparison) -> bool:
    """View counters, times ago and copyright years move at every look: the bytes are kept, no version is made."""
    beside = (comparison.fields_changed, comparison.links_added, comparison.links_removed)
    pictures = (comparison.images_added, comparison.images_removed)
    return comparison.classes == ("counter",) and not any((*beside, *pictures))


def _confirmed(looks: int, since: str, look: Look) -> bool:
    return looks >= CONFIRMING_LOOKS and from_text(look.moment) - from_text(since) >= CONFIRMING_TIME
