"""What can be taken home of a version: the exact bytes, the text, a citation. Files to save, never pages of ours."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import scraper.datasette_plugin.citing as citing
from scraper.archive import reading, timeline
from scraper.archive.captures import load_body
from scraper.archive.documents import load_document
from scraper.datasette_plugin.asking import Ask, Attachment, whole
from scraper.datasette_plugin.memento_page import capture_headers
from scraper.errors import UsageError

if TYPE_CHECKING:
    from scraper.archive.reading import SourceStatus, VersionRow
    from scraper.archive.timeline import Evidence

# Never text/html: what a page said must not come back to life under the archive's own address.
CITATIONS = {
    "txt": (citing.plain, "text/plain; charset=utf-8"),
    "bib": (citing.bibtex, "application/x-bibtex; charset=utf-8"),
    "json": (citing.csl_json, "application/vnd.citationstyles.csl+json"),
    "html": (citing.robust_link, "text/plain; charset=utf-8"),
}


def capture_file(ask: Ask) -> Attachment:
    """The exact bytes of a capture, as a file to save; never as a page of ours."""
    capture_id = whole(ask.path["id"])
    row = ask.connection.execute("select sha256, source_id from captures where id = ?", (capture_id,)).fetchone()
    if row is None:
        raise UsageError(f"there is no capture {capture_id}")
    body = load_body(ask.connection, capture_id)
    # Plain bytes: whatever the page was, it must not run or render under the archive's own address.
    name = f"{row['source_id']}-{row['sha256'][:12]}.bin"
    return Attachment(body, name, "application/octet-stream", row["sha256"], capture_headers(ask, capture_id))


def text_file(ask: Ask) -> Attachment:
    """The whole text of a version, every passage on a line."""
    row = reading.version(ask.connection, ask.path["source"], whole(ask.path["number"]))
    passages = load_document(ask.connection, row.id).passages
    return _attached(
        "".join(f"{passage.text}\n" for passage in passages),
        f"{row.source_id}-{row.number}.txt",
        "text/plain; charset=utf-8",
    )


def citation_file(ask: Ask) -> Attachment:
    """A citation of a version in the form that the path names."""
    row = reading.version(ask.connection, ask.path["source"], whole(ask.path["number"]))
    status = reading.status(ask.connection, row.source_id)
    cited = cited_version(ask, status, row, timeline.evidence(ask.connection, row.id))
    write, content_type = CITATIONS[ask.path["form"]]
    suffix = {"html": "html.txt"}.get(ask.path["form"], ask.path["form"])
    return _attached(write(cited), f"{row.source_id}-{row.number}-citation.{suffix}", content_type)


def cited_version(ask: Ask, status: SourceStatus, row: VersionRow, evidence: Evidence) -> citing.Cited:
    """A version as it is cited."""
    return citing.Cited(
        key=f"{row.source_id}-{row.first_seen[:10]}-{row.id}",
        title=row.title or status.title,
        publisher=status.publisher,
        byline=row.byline,
        published=row.published,
        language=row.language,
        url=evidence.final_url,
        permanent=ask.origin + ask.links.look(row.id),
        seen=evidence.started,
        sha256=evidence.capture_sha256,
    )


def _attached(text: str, name: str, content_type: str) -> Attachment:
    body = text.encode("utf-8", "backslashreplace")
    return Attachment(body, name, content_type, hashlib.sha256(body).hexdigest())
