"""What every table, view and column of an archive holds: one plain sentence each.

This is the single source of the descriptions that Datasette shows. A test asserts that it names every table and every
column of a fresh archive and nothing else. Times are text in ISO 8601, UTC, ending in Z.
"""

from __future__ import annotations

from dataclasses import dataclass

_SOURCE = "The page of the watch list that this is about: `sources.id`."
_POSITION = "Place in the text, counted in passages from 0."
_KIND = (
    "What the passage is: heading, paragraph, list_item, quote, table_row, preformatted, caption, byline, date, notice,"
    " or aside: text beside the article, kept and compared, and left out of the text of the version."
)
_CLASSES = "JSON list of what changed: wording, number, headline, undeclared_edit and so on; documented in the readme."
_SHA = "SHA-256 in hexadecimal"
_SIGNIFICANCE = "How much the change matters, from 0 to 1: the sum of its parts."
_LAST_SEEN_OLD = "When the state before was last seen; the change happened after this. Null for a first version."
_FIRST_SEEN_NEW = "When the state after was first seen; the change happened no later than this."
_WORDS_ADDED = "Words that came, in sentences added or edited."
_WORDS_REMOVED = "Words that went, in sentences deleted or edited."
_CHANGE_KIND = (
    "What became of the page: first_seen, content, metadata_only, moved, removed, restored, restored_with_edits "
    "or technical."
)
_SUBSTANTIVE = "1 where wording, numbers, the headline or captions changed; 0 for markup, white space, links alone."


@dataclass(frozen=True, slots=True)
class Described:
    """A table or view: its description, its columns with theirs, and how Datasette shows it."""

    description: str
    columns: dict[str, str]
    hidden: bool = False
    label: str | None = None
    facets: tuple[str, ...] = ()
    sort: str | None = None
    sort_desc: str | None = None


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
        },
        sort_desc="id",
    ),
    "fetches": Described(
        "Every look at a page, whatever came of it. Rows are only added, each chained to the one before by its hash.",
        {
            "id": "Number of the look; versions and changes carry the number of the look that showed them.",
            "run_id": "The run that it belongs to.",
            "source_id": _SOURCE,
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
        },
        sort_desc="id",
    ),
    "captures": Described(
        "The exact bytes that were received, stored once per page and compressed. Rows are only ever added.",
        {
            "id": "Number of the capture.",
            "sha256": f"{_SHA} of the bytes as received.",
            "source_id": _SOURCE,
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
            "failures": "Failures in a row; a success sets it to 0.",
            "robots": "Text of its robots.txt as last fetched. Null where it was not fetched.",
            "robots_fetched": "When robots.txt was last fetched. Null where it was not.",
        },
    ),
}

_DERIVED: dict[str, Described] = {
    "source_urls": Described(
        "The addresses under which a page has been seen: a page is not its address.",
        {
            "source_id": _SOURCE,
            "url": "The address.",
            "first_seen": "When the page was first seen there.",
            "last_seen": "When it was last seen there.",
            "reason": "How the address became known: watch list or redirect.",
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
            "source_id": _SOURCE,
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
            "source_id": _SOURCE,
            "rank": "Order within the page; only larger and smaller have a meaning.",
            "from_version": "First version that has the passage at this place.",
            "to_version": "Last version that has it there. Null while it stands.",
            "kind": _KIND,
            "passage_id": "The passage: `passages.id`.",
        },
        hidden=True,
    ),
    "changes": Described(
        "What became of a page, each with the interval in which it happened; never an exact moment.",
        {
            "id": "Number of the look that established the change.",
            "source_id": _SOURCE,
            "old_version": "The version before: `versions.id`. Null for a first version.",
            "new_version": "The version after: `versions.id`. Null for a removal.",
            "last_seen_old": _LAST_SEEN_OLD,
            "first_seen_new": _FIRST_SEEN_NEW,
            "kind": _CHANGE_KIND,
            "substantive": _SUBSTANTIVE,
            "classes": _CLASSES,
            "significance": _SIGNIFICANCE,
            "parts": "JSON list of the named parts of the significance, each with value and reason.",
            "words_added": _WORDS_ADDED,
            "words_removed": _WORDS_REMOVED,
            "summary": "The change in one line.",
            "diff": "The difference as a unified diff of sentences. Empty where no sentence changed.",
            "details": "JSON: changed metadata, links and images, and addresses of a move.",
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
            "old_position": f"{_POSITION} In the version before; null for an added sentence.",
            "new_position": f"{_POSITION} In the version after; null for a deleted sentence.",
            "old_text": "The sentence as it was. Null for an added one. Where two versions have over 10,000 "
            "differences, several passages, a line each.",
            "new_text": "The sentence as it is. Null for a deleted one. Several passages as in `old_text`.",
            "kind": _KIND,
            "classes": _CLASSES,
            "edit_key": "Equal for the same edit on different pages. Null where the edit changes no words.",
        },
    ),
    "states": Described(
        "Where each page stands now: what a run needs to judge the next look.",
        {
            "source_id": _SOURCE,
            "derivation": f"{_SHA} of everything but the evidence that the derived rows depend on.",
            "version_id": "The latest version: `versions.id`. Null where there is none yet.",
            "asked_url": "Address that the last look asked for.",
            "url": "Address at which it was last seen. Null where it never was.",
            "last_good": "When it was last seen as a document. Null where it never was.",
            "readable_fetch_id": "The last look that brought a body: `fetches.id`. Null where it was not readable.",
            "absent_since": "Since when looks have found no page. Null where the last look found it.",
            "last_absent": "The last look that found no page. Null where the page was seen since.",
            "absent_looks": "Looks in a row that found no page.",
            "removed": "1 where enough looks over enough time agree that the page is removed, else 0.",
            "doubt_sha256": f"{_SHA} of a text so short that it is doubted until looks agree. Null: none is.",
            "doubt_since": "Since when the text has been so short. Null where nothing is in doubt.",
            "doubt_looks": "Looks since then.",
        },
    ),
}

_VIEWS: dict[str, Described] = {
    "change_log": Described(
        "Changes with title, publisher and version numbers: the table to start from.",
        {
            "id": "Number of the change: `changes.id`.",
            "first_seen_new": _FIRST_SEEN_NEW,
            "last_seen_old": _LAST_SEEN_OLD,
            "source_id": _SOURCE,
            "title": "Title of the page.",
            "publisher": "Who publishes the page. Null where the keeper gave none.",
            "url": "Address at which the page is asked for.",
            "kind": _CHANGE_KIND,
            "substantive": _SUBSTANTIVE,
            "classes": _CLASSES,
            "significance": _SIGNIFICANCE,
            "words_added": _WORDS_ADDED,
            "words_removed": _WORDS_REMOVED,
            "summary": "The change in one line.",
            "old_number": "Number of the version before. Null for a first version.",
            "new_number": "Number of the version after. Null for a removal.",
        },
        facets=("publisher", "kind"),
        sort_desc="id",
    ),
    "coverage": Described(
        "Stretches of looks at a page with the same outcome: whether anybody was looking, and what came of it.",
        {
            "source_id": _SOURCE,
            "from": "First look of the stretch.",
            "to": "Last look of the stretch.",
            "outcome": "What its looks came to; `seen` where the page was seen as a document.",
            "looks": "How many looks it has.",
        },
    ),
    "fetch_headers": Described(
        "Every header of every answer, a row each.",
        {
            "fetch_id": "The look: `fetches.id`.",
            "position": "Place in the list as received, from 0.",
            "name": "Name as received.",
            "value": "Value as received.",
        },
    ),
    "gaps": Described(
        "The time between two looks that saw a page as a document, one after the other.",
        {
            "source_id": _SOURCE,
            "from": "The one look.",
            "to": "The next. Null where no look has seen the page since, though there were some.",
            "hours": "Hours between them, or to the last look.",
            "looks_failed": "Looks in between that did not see the page.",
        },
        sort_desc="hours",
    ),
    "latest_versions": Described("The latest version of each page, with the columns of `versions`.", {}),
    "passage_history": Described(
        "Each passage of each page with the versions and the interval in which it stood.",
        {
            "source_id": _SOURCE,
            "passage_id": "The passage: `passages.id`.",
            "kind": _KIND,
            "text": "The passage.",
            "first_version": "Number of the first version that has it.",
            "last_version": "Number of the last version that has it.",
            "first_seen": "When it was first seen.",
            "last_seen": "When it was last seen.",
            "standing": "1 where the latest version still has it, else 0.",
        },
    ),
    "stale_sources": Described(
        "Watched pages not seen for two days, or three times their own rhythm, measured at the last run.",
        {
            "source_id": _SOURCE,
            "url": "Address at which it is asked for.",
            "publisher": "Who publishes the page. Null where the keeper gave none.",
            "last_good": "When it was last seen as a document. Null where it never was.",
            "last_outcome": "What the last look came to. Null where nobody looked yet.",
            "as_of": "When the last run began.",
        },
    ),
    "version_passages": Described(
        "The passages of each version in order.",
        {
            "version_id": "The version: `versions.id`.",
            "position": _POSITION,
            "kind": _KIND,
            "passage_id": "The passage: `passages.id`.",
        },
    ),
    "version_texts": Described(
        "The body text of each version, a passage a line, without bylines, dates, notices and asides.",
        {
            "version_id": "The version: `versions.id`.",
            "source_id": _SOURCE,
            "number": "Number of the version within its page.",
            "first_seen": "When it was first seen.",
            "text": "The text.",
        },
    ),
}
_VIEWS["latest_versions"].columns.update(_DERIVED["versions"].columns)

TABLES: dict[str, Described] = {**_EVIDENCE, **_DERIVED}
VIEWS: dict[str, Described] = dict(sorted(_VIEWS.items()))

HIDDEN = (
    "passages_fts",
    "passages_fts_config",
    "passages_fts_data",
    "passages_fts_docsize",
    "passages_fts_idx",
    "_sqlite_migrations",
)
"""Tables that serve the machine: the full-text index and the record of migrations."""
