"""Pairs of captures with an independent answer, and edits of one word put into real pages.

The reference of a pair is a text that people selected by hand; a pair whose reference comes back later in the same
form (`ref_state_recurs`: a locale, an A/B variant) is reported apart. The random choices have fixed seeds.
"""

from __future__ import annotations

import csv
import html
import json
import re
from collections import Counter
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.accuracy_engines import Engine

# Name → (share, of how many).
Figures = dict[str, tuple[float, int]]

_MARK = "zibaldone"
_TEXT_NODE = re.compile(rb">([^<>]{120,})<")
_PARAGRAPH = re.compile(rb"<p\b[^>]*>([^<>]{140,})</p>", re.IGNORECASE)
_FRAME = re.compile(
    rb"<(nav|header|footer|aside|script|style|form|noscript|template)\b.*?</\1\s*>|<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)
_OF_THE_SITE = re.compile(rb"cookie|copyright|javascript|newsletter|browser", re.IGNORECASE)
_WORD = re.compile(r"\b[a-zà-ü]{4,}\b")
_SEEDS = {"pairs": 7, "prose": 11}


def measure_pairs(engine: Engine, histories: Path, labels: Path) -> Figures:
    """For each label the share of pairs in which a change of wording is seen; the same for injected edits."""
    chance = Random(_SEEDS["pairs"])
    seen: Counter[str] = Counter()
    count: Counter[str] = Counter()
    pages = _Pages(engine, histories)
    with labels.open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            label = _label(row)
            if label is None or not (histories / row["folder"]).is_dir():
                continue
            old = pages.read(row["folder"], row["a"])
            count[label] += 1
            seen[label] += engine.differ(old, pages.read(row["folder"], row["b"]))[0]
            if label == "unchanged_adjacent" and (body := _injected(pages, row, chance)) is not None:
                _count_edit(engine, old, engine.read(body, pages.url(row["folder"])), "injected edit", seen, count)
    return {key: (seen[key] / of, of) for key, of in sorted(count.items())}


def measure_prose(engine: Engine, histories: Path) -> Figures:
    """The share of one-word edits seen in long paragraphs of pages without a reference, and seen alone."""
    chance = Random(_SEEDS["prose"])
    seen: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for meta in sorted(histories.rglob("meta.json")):
        if (meta.parent / "versions").exists():
            continue
        url = json.loads(meta.read_text("utf-8")).get("url") or "https://example.org/"
        files = sorted(meta.parent.glob("[0-9]*_*.html"))
        for file in files[:: max(1, len(files) // 2)][:2]:
            body = file.read_bytes()
            edited = _edit_one(body, _prose(body), chance)
            if edited is not None:
                _count_edit(engine, engine.read(body, url), engine.read(edited, url), "prose edit", seen, count)
    return {key: (seen[key] / of, of) for key, of in sorted(count.items())}


class _Pages:
    """Captures read by one engine; the last few stay, for a capture is part of two pairs."""

    def __init__(self, engine: Engine, histories: Path) -> None:
        self.histories = histories
        self.read = lru_cache(maxsize=8)(lambda folder, name: engine.read(self.body(folder, name), self.url(folder)))
        self.meta = lru_cache(maxsize=None)(self._meta)

    def _meta(self, folder: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.histories / folder / "meta.json").read_text("utf-8"))
        return found

    def body(self, folder: str, name: str) -> bytes:
        return (self.histories / folder / name).read_bytes()

    def url(self, folder: str) -> str:
        return str(self.meta(folder).get("url") or f"https://example.org/{folder.rpartition('/')[2]}")

    def reference(self, folder: str, name: str) -> str | None:
        """The words of the reference of a capture."""
        captures = {capture["file"]: capture for capture in self.meta(folder)["captures"]}
        file = self.histories / folder / "versions" / captures[name].get("reference_version", "")
        return _plain(re.sub(r"\]\([^)]*\)", "]", file.read_text("utf-8"))) if file.is_file() else None


def _label(row: dict[str, str]) -> str | None:
    label = row["label"]
    if label.startswith(("ambiguous", "no_ref", "publisher")):
        return None
    return "changed_words_recurring" if label == "changed_words" and row["ref_state_recurs"] == "True" else label


def _count_edit(engine: Engine, old: Any, new: Any, name: str, seen: Counter[str], count: Counter[str]) -> None:
    differs, changed = engine.differ(old, new)
    hit = differs and any(_MARK in text for text in changed)
    for key, value in ((f"{name} seen", hit), (f"{name} alone", hit and len(changed) == 1)):
        count[key] += 1
        seen[key] += value


def _injected(pages: _Pages, row: dict[str, str], chance: Random) -> bytes | None:
    """The later capture of a pair with one word of its reference text edited."""
    reference = pages.reference(row["folder"], row["b"])
    if reference is None:
        return None
    body = pages.body(row["folder"], row["b"])
    spots = [m for m in _TEXT_NODE.finditer(body) if _is_prose(m[1]) and _stands_in(m[1], reference)]
    return _edit_one(body, spots, chance)


def _is_prose(text: bytes) -> bool:
    return b"{" not in text and b"function" not in text and b"=" not in text


def _stands_in(text: bytes, reference: str) -> bool:
    try:
        plain = _plain(html.unescape(text.decode()))
    except UnicodeDecodeError:
        return False
    return len(plain) > 80 and plain[:400] in reference


def _prose(body: bytes) -> list[re.Match[bytes]]:
    frame = [m.span() for m in _FRAME.finditer(body)]
    return [
        m
        for m in _PARAGRAPH.finditer(body)
        if not any(start <= m.start() < end for start, end in frame) and not _OF_THE_SITE.search(m[1])
    ]


def _edit_one(body: bytes, spots: list[re.Match[bytes]], chance: Random) -> bytes | None:
    """`body` with one word in one of the spots replaced; None where there is no word to replace."""
    if not spots:
        return None
    spot = chance.choice(spots)
    try:
        text = spot[1].decode()
    except UnicodeDecodeError:
        return None
    words = [m for m in _WORD.finditer(text) if "&" not in text[max(0, m.start() - 1) : m.end() + 1]]
    if not words:
        return None
    word = chance.choice(words)
    edited = text[: word.start()] + _MARK + text[word.end() :]
    return body[: spot.start(1)] + edited.encode() + body[spot.end(1) :]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
