"""How to cite what a page said: as a sentence, for BibTeX, for citation managers (CSL-JSON), and as a link. Pure.

A citation names the original address, the permanent address of the look that saw the text, when that was, and the hash
of the bytes: enough to find it again when either address is gone.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from scraper.datasette_plugin.moments import moment
from scraper.datasette_plugin.visible import visible

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "%&$#_"},
}


@dataclass(frozen=True, slots=True)
class Cited:
    """A version as it is cited: seen at `url` at the time `seen` (archive text), to be read at `permanent`."""

    key: str
    title: str
    publisher: str | None
    byline: str | None
    published: str | None
    language: str | None
    url: str
    permanent: str
    seen: str
    sha256: str


def plain(cited: Cited) -> str:
    """A citation in a sentence or two."""
    who = ", ".join(visible(name) for name in (cited.byline, cited.publisher) if name)
    lead = f"{who}: " if who else ""
    return (
        f"{lead}“{visible(cited.title)}”, {visible(cited.url)}, as seen {moment(cited.seen).text}. "
        f"Redline archive, {cited.permanent} (bytes SHA-256 {cited.sha256})."
    )


def bibtex(cited: Cited) -> str:
    """An entry for BibTeX and BibLaTeX, in UTF-8. The addresses are percent-encoded where TeX would stumble."""
    published = _date(cited.published)
    fields = {
        "author": f"{{{_tex(cited.byline or cited.publisher)}}}" if cited.byline or cited.publisher else None,
        "title": f"{{{_tex(cited.title)}}}",
        "organization": _tex(cited.publisher) if cited.publisher else None,
        "year": str(published[0]) if published else None,
        "date": "{:04d}-{:02d}-{:02d}".format(*published) if published else None,
        "url": _tex_url(cited.url),
        "urldate": cited.seen[:10],
        "howpublished": rf"\url{{{_tex_url(cited.permanent)}}}",
        "note": f"Redline archive, as seen {moment(cited.seen).text}; bytes SHA-256 {cited.sha256}",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{cited.key},", *lines, "}"]) + "\n"


def csl_json(cited: Cited) -> str:
    """An item for citation managers: https://docs.citationstyles.org, schema csl-data 1.0."""
    published = _date(cited.published)
    item: dict[str, Any] = {
        "id": cited.key,
        "type": "webpage",
        "title": visible(cited.title),
        "author": [{"literal": visible(cited.byline)}] if cited.byline else None,
        "publisher": cited.publisher and visible(cited.publisher),
        "container-title": cited.publisher and visible(cited.publisher),
        "language": cited.language,
        "URL": cited.url,
        "issued": {"date-parts": [list(published)]} if published else None,
        "accessed": {"date-parts": [list(_date(cited.seen) or ())]},
        "archive": "Redline archive",
        "archive_location": cited.permanent,
        "note": f"As seen {moment(cited.seen).text}; bytes SHA-256 {cited.sha256}",
    }
    kept = {name: value for name, value in item.items() if value}
    return json.dumps([kept], ensure_ascii=False, indent=2) + "\n"


def robust_link(cited: Cited) -> str:
    """A link that survives its target, with the attributes of Robust Links (robustlinks.mementoweb.org/spec)."""
    return (
        f'<a href="{escape(cited.url)}" data-originalurl="{escape(cited.url)}" '
        f'data-versionurl="{escape(cited.permanent)}" data-versiondate="{cited.seen[:10]}">'
        f"{escape(visible(cited.title))}</a>\n"
    )


def _date(text: str | None) -> tuple[int, int, int] | None:
    found = _DATE.match(text or "")
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _tex(text: str | None) -> str:
    return "".join(_TEX.get(letter, letter) for letter in visible(" ".join((text or "").split())))


def _tex_url(url: str) -> str:
    return quote(url, safe=":/?#[]@!$&'()*+,;=%~-._")
