"""What every table, view and column of an archive holds: one plain sentence each.

This is the single source of the descriptions that Datasette shows. A test asserts that it names every table and every
column of a fresh archive and nothing else. Times are text in ISO 8601, UTC, ending in Z.
"""

from __future__ import annotations

from scraper.datasette_plugin.described import (
    CHANGE_KIND,
    CLASSES,
    FIRST_SEEN_NEW,
    KIND,
    LAST_SEEN_OLD,
    POSITION,
    SIGNIFICANCE,
    SOURCE,
    SUBSTANTIVE,
    WORDS_ADDED,
    WORDS_REMOVED,
    Described,
)
from scraper.datasette_plugin.views_described import VIEWS_DESCRIBED

_SHA = "SHA-256 in hexadecimal"


_EVIDENCE: dict[str, Described] = {
    "sources": Described(
        "The watch list: a row for each page that is or was watched. What left the list is retired, never deleted.",
        {
            "id": "Short name of the page, kept for ever.",
            "url": "Address at which the page is asked for.",
            "title": "Title that the keeper gave. Null: the title of the latest version is shown.",
            "publisher": "Who publishes the page, usually a host name. Null where the keeper gave none.",
            "tags": "JSON list of the keeper's tags.",
            "rules": "JSON: the keeper's CSS rules for what is the document and what is not.",
            "every": "Fixed rhythm of looking, such as 6h. Null: the rhythm is learnt from the page's changes.",
            "added": "When the page came onto the watch list.",
            "retired": "When it left the watch list. Null while it is watched.",
        },
        label="id",
        facets=("publisher",),
    ),
    "runs": Described(
        "Each pass over what was due.",
        {
            "id": "Number of the run.",
            "started": "When it began.",
            "finished": "When it ended. Null where it was broken off.",
            "trigger": "What started it: a person, a schedule, the demo.",
            "software": "Version of Redline and of its normaliser.",
            "due": "Pages that were due.",
            "fetched": "Pages that were looked at.",
            "changed": "Pages with a new version or another change of state.",
            "failed": "Pages that could not be seen as a document.",
            "ledger_head": f"{_SHA}: hash that the run closed with, which fixes all before it. Null: broken off.",
            "timestamps_head": f"{_SHA}: `timestamps.record_hash` of the last one when the run closed. Null: none yet.",
        },
        sort_desc="id",
    ),
    "fetches": Described(
        "Every look at a page, whatever came of it. Rows are only added, each chained to the one before by its hash.",
        {
            "id": "Number of the look; versions and changes carry the number of the look that showed them.",
            "run_id": "The run that it belongs to.",
            "source_id": SOURCE,
            "url": "Address that was asked for.",
            "final_url": "Address that answered after redirects. Null where nothing answered.",
            "started": "When the request was sent.",
            "elapsed_ms": "How long it took, in milliseconds.",
            "status": "HTTP status of the answer. Null where nothing answered.",
            "outcome": "What the look came to: new_version, unchanged, blocked, gone and so on. Blocked is not gone.",
            "reason": "Why it was judged so, in words.",
            "etag": "ETag header of the answer. Null where there was none.",
            "last_modified": "Last-Modified header of the answer, as sent. Null where there was none.",
            "content_type": "Content-Type header of the answer, as sent. Null where there was none.",
            "bytes": "Size of the body in bytes, decoded. Null where no body came.",
            "capture_id": "The stored body: `captures.id`. Null where no body came.",
            "redirects": "JSON list of the redirects that were followed.",
            "request_headers": "JSON list of the headers sent, written as `headers` is.",
            "peer": "Address and port that answered. Null where nobody did.",
            "certificate_sha256": f"{_SHA} of the server's certificate (DER). Null without TLS.",
            "http_version": "Version of HTTP that the answer named. Null where there was none.",
            "encoded_sha256": "`encoded_bodies.sha256`, where the answer came compressed. Null: it did not.",
            "headers": "JSON list of the headers received: name and value, or the id of a row of `header_lines`.",
            "error": "Text of the error where the request failed. Null otherwise.",
            "record_hash": f"{_SHA} over this row and the hash of the row before it.",
            "sent_ms": "When the last request of the look was sent, in milliseconds after `started`. Null: none was.",
            "answered_ms": "When the head of its answer had arrived, in milliseconds after `started`. Null: none did.",
            "server_date": "The time that the answer's Date header gives. Null where it gives none.",
            "clock_offset": "Seconds by which our clock was ahead of the server's, at the least. Null: not known.",
            "robots": "What robots.txt said of the request, by which line, or why it was not asked. Null: not noted.",
            "reason_code": "Why it was judged so, as a code of a closed list: docs/fetching.md. Null: not noted.",
        },
        sort_desc="id",
    ),
    "timestamps": Described(
        "Tokens by which an authority says that a head of the ledger was there at a time (RFC 3161). Append-only.",
        {
            "id": "Number of the timestamp.",
            "run_id": "The run whose head it is about.",
            "head": "The head of the ledger, `runs.ledger_head`; it is the imprint that the authority signed.",
            "authority": "Address of the authority that was asked.",
            "obtained": "When its answer came, by our clock.",
            "time": "The time that the token gives, by the authority's clock.",
            "token": "The authority's answer as received, DER; a file of it is what `openssl ts -verify -in` reads.",
            "record_hash": f"{_SHA} over this row and the hash of the row before it.",
        },
        sort_desc="id",
    ),
    "captures": Described(
        "The exact bytes that were received, stored once per page and compressed. Rows are only ever added.",
        {
            "id": "Number of the capture.",
            "sha256": f"{_SHA} of the bytes as received.",
            "source_id": SOURCE,
            "media_type": "Media type that the server gave. Null where it gave none.",
            "charset": "Character set that the server gave. Null where it gave none.",
            "bytes": "Size in bytes, before compression.",
            "stored_bytes": "Size in bytes as stored.",
            "base_id": "Earlier capture that serves as dictionary to unpack this one. Null where it stands alone.",
            "body": "The bytes, compressed with Zstandard; a version's page gives them unpacked.",
        },
        label="sha256",
        sort_desc="id",
    ),
    "encoded_bodies": Described(
        "Bodies as they came over the wire where a server compressed them unasked. Append-only.",
        {
            "sha256": f"{_SHA} of the compressed bytes.",
            "bytes": "How many there are.",
            "body": "The bytes.",
        },
    ),
    "header_lines": Described(
        "Header lines that came more than once, each stored once. Append-only.",
        {"id": "Number that lists of headers name it by.", "name": "Name as received.", "value": "Value as received."},
    ),
    "hosts": Described(
        "What is remembered of each host so that politeness outlives a run.",
        {
            "host": "Host name, with the port where it is not the usual one.",
            "crawl_delay": "Seconds between two requests that its robots.txt asks for. Null where it asks for none.",
            "next_allowed": "No request before this time. Null where none is pending.",
            "failures": "Failures and refusals in a row; a page that is answered sets it to 0.",
            "robots": "Text of its robots.txt as last fetched. Null where it was not fetched.",
            "robots_fetched": "When robots.txt was last fetched. Null where it was not.",
        },
    ),
    "redactions": Described(
        "Captures whose bytes were withheld: what is left of each. Append-only; the trigger of the run binds the rows.",
        {
            "id": "Number of the redaction.",
            "run_id": "The run that records it; its trigger holds the hash of its redactions.",
            "capture_id": "The capture, which keeps its number and its hash and has no bytes any more.",
            "source_id": "The page.",
            "sha256": f"{_SHA} of the bytes that are withheld.",
            "encoded": "JSON list of the `encoded_bodies.sha256` that were withheld with it.",
            "redacted": "When they were withheld.",
            "reason": "Why, as the keeper gave it.",
        },
        sort_desc="id",
    ),
    "repairs": Described(
        "What was mended, and what proved it. Append-only; the trigger of the run binds the rows.",
        {
            "id": "Number of the repair.",
            "run_id": "The run that records it; its trigger holds the hash of its repairs.",
            "repaired": "When it was mended.",
            "subject": "What was mended: a row, a table, an index or the file.",
            "damage": "What did not hold.",
            "proof": "From what it was restored, and what shows that this is the same.",
        },
        sort_desc="id",
    ),
    "elided": Described(
        "Looks at other publishers' pages, in an archive split off a larger one: their digests, for the ledger's sake.",
        {
            "first_id": "Number of the first look of the stretch.",
            "run_id": "The run that they were made in.",
            "count": "How many they are, one after the other.",
            "digests": "SHA-256 of the canonical form of each, 32 bytes a look.",
        },
        hidden=True,
    ),
    "unfinished": Described(
        "Work that was begun and goes over many transactions: what is left to do. Empty but while it goes on.",
        {
            "task": "`rebuild` or `purge`.",
            "subject": "The source to be derived, or the head of the redaction whose bytes are to be overwritten.",
            "derivation": "By which rules the rebuild derives; another Redline begins anew.",
        },
    ),
}

_DERIVED: dict[str, Described] = {
    "source_urls": Described(
        "The addresses under which a page has been seen, or which it called its own: a page is not its address.",
        {
            "source_id": SOURCE,
            "url": "The address.",
            "first_seen": "When the page was first seen there; for `canonical`, when it first named the address.",
            "last_seen": "When it was last seen there; for `canonical`, when it last named the address.",
            "reason": "How the address became known: watch list, redirect, or canonical (the page named it).",
        },
    ),
    "rulesets": Described(
        "The rules under which a text was taken from its page: the normaliser's version and the keeper's rules.",
        {
            "id": "Number of the rule set.",
            "sha256": f"{_SHA} of the two columns that follow.",
            "normalizer": "Version of the normaliser.",
            "rules": "JSON: the keeper's CSS rules.",
        },
    ),
    "linksets": Described(
        "The links and images of a version, each distinct set stored once.",
        {
            "id": "Number of the set.",
            "sha256": f"{_SHA} of the two columns that follow.",
            "links": "JSON list of pairs: address and link text.",
            "images": "JSON list of pairs: address and alternative text.",
        },
    ),
    "versions": Described(
        "Each distinct state of a page's document. A new version is made when the document differs, not when bytes do.",
        {
            "id": "Number of the look that showed it first; links by this number hold for ever.",
            "source_id": SOURCE,
            "number": "Number of the version within its page, from 1.",
            "capture_id": "The bytes that it was read from: `captures.id`.",
            "ruleset_id": "The rules that it was read under: `rulesets.id`.",
            "text_sha256": f"{_SHA} of its passages: two versions with the same hash read the same.",
            "document_sha256": f"{_SHA} of everything compared: text, metadata, links and images.",
            "title": "Title that the page gave. Null where it gave none.",
            "byline": "Author line that the page gave. Null where it gave none.",
            "published": "Date of publication that the page gave. Null where it gave none.",
            "modified": "Date of modification that the page gave. Null where it gave none.",
            "language": "Language that the page gave. Null where it gave none.",
            "canonical_url": "Address that the page calls its own. Null where it names none.",
            "syndicated_from": "The original that a syndicated copy names. Null where it names none.",
            "words": "Words of body text.",
            "linkset_id": "Its links and images: `linksets.id`.",
            "first_seen": "When it was first seen.",
            "last_seen": "When it was last seen, before another took its place or up to now.",
        },
        label="title",
        sort_desc="id",
    ),
    "passages": Described(
        "Each distinct passage of text once, searchable in full.",
        {
            "id": "Number of the passage.",
            "sha256": f"{_SHA} of its text.",
            "text": "The passage: a paragraph, a heading, a list item, a table row.",
        },
        label="text",
    ),
    "spans": Described(
        "Where a passage stood in a page and from which version to which; views make versions and histories of it.",
        {
            "source_id": SOURCE,
            "rank": "Order within the page; only larger and smaller have a meaning.",
            "from_version": "First version that has the passage at this place.",
            "to_version": "Last version that has it there. Null while it stands.",
            "kind": KIND,
            "passage_id": "The passage: `passages.id`.",
        },
        hidden=True,
    ),
    "changes": Described(
        "What became of a page, each with the interval in which it happened; never an exact moment.",
        {
            "id": "Number of the look that established the change.",
            "source_id": SOURCE,
            "old_version": "The version before: `versions.id`. Null for a first version.",
            "new_version": "The version after: `versions.id`. Null for a removal.",
            "last_seen_old": LAST_SEEN_OLD,
            "first_seen_new": FIRST_SEEN_NEW,
            "kind": CHANGE_KIND,
            "substantive": SUBSTANTIVE,
            "classes": CLASSES,
            "significance": SIGNIFICANCE,
            "parts": "JSON list of the named parts of the significance, each with value and reason.",
            "words_added": WORDS_ADDED,
            "words_removed": WORDS_REMOVED,
            "summary": "The change in one line.",
            "diff": "The difference as a unified diff of sentences. Empty where no sentence changed.",
            "details": "JSON: changed metadata, links and images, addresses of a move, kinds of document that differ.",
        },
        label="summary",
        facets=("kind", "substantive"),
        sort_desc="id",
    ),
    "edits": Described(
        "The sentences that came, went, were reworded or moved in a change.",
        {
            "change_id": "The change: `changes.id`.",
            "position": "Place in the list of the change's edits, from 0.",
            "op": "add, delete, edit or move.",
            "old_position": f"{POSITION} In the version before; null for an added sentence.",
            "new_position": f"{POSITION} In the version after; null for a deleted sentence.",
            "old_text": "The sentence as it was. Null for an added one. Where two versions have over 10,000 "
            "differences, several passages, a line each.",
            "new_text": "The sentence as it is. Null for a deleted one. Several passages as in `old_text`.",
            "kind": KIND,
            "classes": CLASSES,
            "edit_key": "Equal for the same edit on different pages. Null where the edit changes no words.",
        },
    ),
    "states": Described(
        "Where each page stands now: what a run needs to judge the next look.",
        {
            "source_id": SOURCE,
            "derivation": f"{_SHA} of everything but the evidence that the derived rows depend on.",
            "version_id": "The latest version: `versions.id`. Null where there is none yet.",
            "asked_url": "Address that the last look asked for.",
            "url": "Address at which it was last seen. Null where it never was.",
            "last_good": "When it was last seen as a document. Null where it never was.",
            "readable_fetch_id": "The last look that brought a body: `fetches.id`. Null where it was not readable.",
            "fresh_dates": "Which dates the page gave as the time of the look when last read. Null: none.",
            "absent_since": "Since when looks have found no page. Null where the last look found it.",
            "last_absent": "The last look that found no page. Null where the page was seen since.",
            "absent_looks": "Looks in a row that found no page.",
            "removed": "1 where enough looks over enough time agree that the page is removed, else 0.",
            "doubt_sha256": f"{_SHA} of a text doubted until looks agree: too short, or of another kind. Null: none.",
            "doubt_since": "Since when the text has been in doubt. Null where nothing is.",
            "doubt_looks": "Looks since then.",
        },
    ),
}

VIEWS_DESCRIBED["latest_versions"].columns.update(_DERIVED["versions"].columns)

TABLES: dict[str, Described] = {**_EVIDENCE, **_DERIVED}
VIEWS: dict[str, Described] = dict(sorted(VIEWS_DESCRIBED.items()))

HIDDEN = (
    "outlooks",
    "passages_fts",
    "passages_fts_config",
    "passages_fts_data",
    "passages_fts_docsize",
    "passages_fts_idx",
    "rhythms",
    "standings",
    "_sqlite_migrations",
)
"""Tables that serve the machine: the full-text index, the standings of pages, what the schedule learnt, and the record
of migrations."""
