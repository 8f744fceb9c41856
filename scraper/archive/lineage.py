"""The life of one source: from looks at a page to versions and changes.

`Lineage.observe` is the one place that decides what a look means. A run calls it for each fresh answer and
`redline rebuild` for each stored one, in the order in which they were made, so that both give the same tables.
A version and a change carry the id of the fetch that showed them first: ids come from the evidence, and a link to
a version stays good through every rebuild.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import scraper.archive.changes as changes
import scraper.comparing as comparing
from scraper.archive.addresses import note_named, note_seen
from scraper.archive.captures import load_body
from scraper.archive.documents import linkset_id, load_document, ruleset_id, write_spans
from scraper.archive.following import followed
from scraper.archive.groundwork import reads_as, standing
from scraper.archive.readable import NoDocumentError, document_of, faulty, nothing_to_tell
from scraper.archive.rows import insert
from scraper.archive.sitewide import mark_new
from scraper.archive.stamps import fresh, moving, without
from scraper.archive.states import DERIVATION, derivation_of, load_state, rules_from_text, save_state
from scraper.archive.withheld import withholding
from scraper.clock import from_text
from scraper.errors import UsageError
from scraper.fetching.codes import Code
from scraper.fetching.identity import settled_url
from scraper.fetching.observation import ABSENT_OUTCOMES, Outcome
from scraper.normalizing.media import media

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from scraper.archive.captures import Unpacked
    from scraper.archive.look import Look
    from scraper.archive.withheld import Withholding
    from scraper.comparing import Comparison
    from scraper.normalizing.document import Document

# A page is declared removed, and a sudden collapse of its text believed, only when this many looks in a row agree
# and they span this long: removals have been undone within a day (field observation: March 2025).
CONFIRMING_LOOKS = 3
CONFIRMING_TIME = timedelta(hours=24)

# A text that fell below this share of the last version's words is doubted before it is believed.
COLLAPSE = 0.2
COLLAPSE_MATTERS_FROM_WORDS = 50


@dataclass(frozen=True, slots=True)
class Derived:
    """What a look came to: its outcome with the reason, in words and as a code, and the change that it established."""

    outcome: Outcome
    reason: str
    code: Code | None
    change_id: int | None = None


class Lineage:
    """The derived state of one source, moved on look by look. It writes; its caller holds the transaction."""

    def __init__(self, connection: sqlite3.Connection, source_id: str, unpacked: Unpacked | None = None) -> None:
        self.connection = connection
        self.source_id = source_id
        self._unpacked = unpacked
        source = connection.execute("select publisher, rules from sources where id = ?", (source_id,)).fetchone()
        if source is None:
            raise UsageError(f"there is no source {source_id!r} in the archive: `redline sources` lists them")
        self.rules_text: str = source["rules"]
        self.rules = rules_from_text(self.rules_text)
        self.derivation = derivation_of(self.rules_text, source["publisher"])
        self.state = load_state(connection, source_id, self.derivation)
        self._document: tuple[int, Document] | None = None
        self.latest: dict[str, Any] | None = None
        if (version_id := self.state["version_id"]) is not None:
            row = connection.execute("select * from versions where id = ?", (version_id,)).fetchone()
            self.latest = dict(row) if row else None

    @property
    def outdated(self) -> bool:
        """True where what stands was derived under other rules than today's."""
        return bool(self.state["derivation"] != self.derivation)

    def observe(self, look: Look) -> Derived:
        """Take one look into the history and say what it came to."""
        if self.latest is not None:
            look = followed(self.connection, self.latest, look, self.rules, self._latest_document)
        derived = self._decide(look)
        self.state["asked_url"] = look.url
        save_state(self.connection, self.state)
        return derived

    def _decide(self, look: Look) -> Derived:
        outcome, reason, code = look.verdict.outcome, look.verdict.reason, look.verdict.code
        if outcome == "not_modified":
            # It speaks of the body that our validators were of. Where that was not read as the document, a 304 says
            # nothing about the version that stands.
            readable = self.latest is not None and self.state["readable_fetch_id"] is not None
            return Derived(outcome, reason, code, self._seen_again(look) if readable else None)
        if outcome in ABSENT_OUTCOMES:
            return Derived(outcome, reason, code, self._absent(look))
        if outcome is not None:
            return Derived(outcome, reason, code)
        derived = self._read(look)
        self.state["readable_fetch_id"] = None if derived.outcome == "extraction_suspect" else look.fetch_id
        return derived

    def _read(self, look: Look) -> Derived:
        if not self.state["removed"]:
            # Something answered at the address, so the looks that found nothing were not in a row.
            self.state.update(absent_since=None, absent_looks=0)
        reason, code = look.verdict.reason, look.verdict.code
        if self.latest and (look.capture_id == self.latest["capture_id"] or self._reads_as_latest(look)):
            if self._fresh_dates:  # it stayed, while the clock went on
                self._note_fresh(self.latest, look)
            return Derived("unchanged", reason, code, self._seen_again(look))
        if look.withheld:
            return self._read_withheld(look, look.withheld)
        try:
            document = document_of(look, self.rules)
            clocked = moving(self._fresh_dates, document, self.latest, look) if self.latest else ()
            self._note_fresh({"published": document.published, "modified": document.modified}, look)
            if self.latest is None:
                return Derived("first_version", reason, code, self._first(look, document))
            if document.sha256 == self.latest["document_sha256"]:
                return Derived("unchanged", reason, code, self._seen_again(look))
            if clocked and without(document, clocked).sha256 == without(self._latest_document(), clocked).sha256:
                said = f"{reason}; only its date {' and '.join(clocked)} moved, with the clock"
                return Derived("unchanged", said, Code.ONLY_CLOCK, self._seen_again(look))
            became = self._became(look)
            self._doubt(look, document, became)
            comparison = self._compared(document, clocked)
        except NoDocumentError as error:
            return Derived("extraction_suspect", str(error), error.code)
        if (still := nothing_to_tell(comparison)) is not None:
            return Derived("unchanged", f"{reason}; {still[1]}", still[0], self._seen_again(look))
        return Derived("new_version", reason, code, self._next(look, document, comparison, became))

    def _reads_as_latest(self, look: Look) -> bool:
        """Whether the body is certain to read as the latest version did: it differs in what no reading looks at."""
        assert self.latest is not None
        stands = standing(self.connection, self.source_id)
        if not look.body or stands is None or (stands.url, stands.content_type) != (look.final_url, look.content_type):
            return False
        if look.reading is not None and look.reading.holds(self.rules):
            return look.reading.same_as == stands.sha256  # whoever read it has compared it
        return reads_as(self.connection, stands, look.body, self.rules, self._unpacked)

    def _read_withheld(self, look: Look, tombstone: Withholding) -> Derived:
        """Of bytes that are withheld nothing is read: what was concluded of them then is all that there is."""
        reason, code = look.verdict.reason, look.verdict.code
        if look.concluded == "extraction_suspect":
            return Derived(look.concluded, reason, code)
        if self.latest and look.concluded == "unchanged":
            return Derived("unchanged", reason, code, self._seen_again(look))
        old, state = self.latest, self.state
        self._add_version(look, tombstone.document(), old["number"] + 1 if old else 1, look.moment)
        change = changes.withheld(tombstone.told, first=old is None, returned=bool(state["removed"]))
        since = state["last_absent"] if state["removed"] else state["last_good"]
        self._write(look, change, old["id"] if old else None, look.fetch_id, since, look.moment)
        self._good(look)
        return Derived("new_version" if old else "first_version", reason, code, look.fetch_id)

    @property
    def _fresh_dates(self) -> tuple[str, ...]:
        """The dates that were the time of the look when the page was last read."""
        return tuple((self.state["fresh_dates"] or "").split())

    def _note_fresh(self, said: Mapping[str, Any], look: Look) -> None:
        self.state["fresh_dates"] = " ".join(fresh(said, look)) or None

    def _latest_document(self) -> Document:
        assert self.latest is not None
        if self._document is None or self._document[0] != self.latest["id"]:
            self._document = (self.latest["id"], load_document(self.connection, self.latest["id"]))
        return self._document[1]

    def _compared(self, document: Document, clocked: tuple[str, ...]) -> Comparison:
        """The latest version against a document, without the dates that move with the clock in either."""
        try:
            return comparing.compare(without(self._latest_document(), clocked), without(document, clocked))
        except Exception as error:  # as in `document_of`
            raise faulty("compare", error) from error

    def _became(self, look: Look) -> tuple[str, str] | None:
        """What kind of document the latest version was read from and what this look brought, where they differ.

        The kind is told from the bytes; those of the version are only unpacked where its header is of another kind. Of
        bytes that are withheld it is not known.
        """
        assert self.latest is not None
        row = self.connection.execute(
            "select id, media_type from captures where id = ?", (self.latest["capture_id"],)
        ).fetchone()
        new = media(look.content_type, look.body or b"")[0] or "nothing that is read"
        if media(row["media_type"], b"")[0] == new or withholding(self.connection, row["id"]):
            return None
        old = media(row["media_type"], load_body(self.connection, row["id"]))[0] or "nothing that is read"
        return (old, new) if old != new else None

    def _doubt(self, look: Look, document: Document, became: tuple[str, str] | None) -> None:
        """Doubt a sudden collapse of the text, and another kind of document, until several looks over time agree."""
        assert self.latest is not None
        words, state = self.latest["words"], self.state
        collapsed = words >= COLLAPSE_MATTERS_FROM_WORDS and document.words < words * COLLAPSE
        if self._repointed(look) or not (collapsed or became):
            state.update(doubt_since=None, doubt_sha256=None, doubt_looks=0)
            return
        if state["doubt_since"] is None:
            state.update(doubt_since=look.moment, doubt_sha256=document.text_sha256)
        state["doubt_looks"] += 1
        if not _confirmed(state["doubt_looks"], state["doubt_since"], look):
            said = f"the text fell from {words} words to {document.words}"
            if became:
                said = f"it came as {became[1]}, and was {became[0]} before"
            code = Code.KIND_CHANGED if became else Code.TEXT_COLLAPSED
            raise NoDocumentError(code, f"{said}; not believed before later looks agree")

    def _first(self, look: Look, document: Document) -> int:
        self._add_version(look, document, 1, look.moment)
        self._write(look, changes.first_seen(document), None, look.fetch_id, None, look.moment)
        self._good(look)
        return look.fetch_id

    def _next(self, look: Look, document: Document, comparison: Comparison, became: tuple[str, str] | None) -> int:
        assert self.latest is not None
        old, state = self.latest, self.state
        reverts_to = self._earlier_number(document)
        doubted = state["doubt_since"]
        text_seen = doubted if doubted and state["doubt_sha256"] == document.text_sha256 else look.moment
        self._add_version(look, document, old["number"] + 1, text_seen)
        if self._repointed(look):
            change = changes.repointed(comparison, (state["asked_url"], look.url))
        elif tombstone := withholding(self.connection, old["capture_id"]):
            change = changes.after_withheld(tombstone.told, returned=bool(state["removed"]))
        else:
            change = changes.content(
                comparison,
                returned=bool(state["removed"]),
                moved=(state["url"], look.final_url) if self._moved(look) else None,
                reverts_to=reverts_to,
                became=became,
            )
        since = state["last_absent"] if state["removed"] else state["last_good"]
        self._write(look, change, old["id"], look.fetch_id, since, doubted or look.moment)
        mark_new(self.connection, look.fetch_id)
        self._good(look)
        return look.fetch_id

    def _seen_again(self, look: Look) -> int | None:
        """The latest version stands; that may still be news: it is back, or it is elsewhere."""
        assert self.latest is not None
        state, change, since = self.state, None, self.state["last_good"]
        if state["removed"]:
            change, since = (
                changes.restored(from_text(state["absent_since"]), from_text(look.moment)),
                state["last_absent"],
            )
        elif self._moved(look):
            change = changes.moved((state["url"], look.final_url))
        if change:
            self._write(look, change, self.latest["id"], self.latest["id"], since, look.moment)
        self.connection.execute("update versions set last_seen = ? where id = ?", (look.moment, self.latest["id"]))
        self._good(look)
        return look.fetch_id if change else None

    def _absent(self, look: Look) -> int | None:
        state = self.state
        state["absent_since"] = state["absent_since"] or look.moment
        state["last_absent"] = look.moment
        state["absent_looks"] += 1
        confirmed = _confirmed(state["absent_looks"], state["absent_since"], look)
        if state["removed"] or self.latest is None or not confirmed:
            return None
        state["removed"] = 1
        since = state["absent_since"]
        change = changes.removed(look.verdict, state["absent_looks"], from_text(since), from_text(look.moment))
        self._write(look, change, self.latest["id"], None, state["last_good"], since)
        return look.fetch_id

    def _write(
        self, look: Look, change: changes.Change, old: int | None, new: int | None, since: str | None, until: str
    ) -> None:
        changes.write(self.connection, look.fetch_id, self.source_id, change, old, new, since, until)

    def _good(self, look: Look) -> None:
        note_seen(self.connection, self.source_id, look)
        if self.latest:
            named, news = self.latest["canonical_url"], self.latest["id"] == look.fetch_id
            note_named(self.connection, self.source_id, look, named, news=news)
        self.state.update(
            version_id=self.latest["id"] if self.latest else None,
            url=look.final_url,
            last_good=look.moment,
            absent_since=None,
            last_absent=None,
            absent_looks=0,
            removed=0,
            doubt_since=None,
            doubt_sha256=None,
            doubt_looks=0,
        )

    def _moved(self, look: Look) -> bool:
        """The publisher answers elsewhere; where the keeper asked elsewhere, it was not the publisher who moved."""
        before = self.state["url"]
        if before is None or before == look.final_url or self._repointed(look):
            return False
        return settled_url(before) != settled_url(look.final_url)

    def _repointed(self, look: Look) -> bool:
        """The keeper asks for the source at another address than before."""
        return self.state["asked_url"] not in (None, look.url)

    def _add_version(self, look: Look, document: Document, number: int, first_seen: str) -> None:
        version = {
            "id": look.fetch_id,
            "source_id": self.source_id,
            "number": number,
            "capture_id": look.capture_id,
            "ruleset_id": ruleset_id(self.connection, DERIVATION, self.rules_text),
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
        insert(self.connection, "versions", version)
        write_spans(self.connection, self.source_id, number, document)
        self.latest = version
        self._document = (look.fetch_id, document)

    def _earlier_number(self, document: Document) -> int | None:
        """The number of an earlier version that read the same, but not the latest one."""
        assert self.latest is not None
        if document.text_sha256 == self.latest["text_sha256"]:
            return None
        row = self.connection.execute(
            "select max(number) from versions where source_id = ? and text_sha256 = ?",
            (self.source_id, document.text_sha256),
        ).fetchone()
        return int(row[0]) if row[0] is not None else None


def _confirmed(looks: int, since: str, look: Look) -> bool:
    return looks >= CONFIRMING_LOOKS and from_text(look.moment) - from_text(since) >= CONFIRMING_TIME
