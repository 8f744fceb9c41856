"""Article text against sentences that must and must not be extracted (the evaluation set of trafilatura).

The answer key counts captions, dates and bylines among what must go. This project keeps them as passages of kinds of
their own, because an edited caption is an edit; its body text leaves them out, as the key does.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.accuracy_engines import Engine
    from tests.benchmarks.accuracy_pairs import Figures

_LANGUAGE = re.compile(rb"<html[^>]*\blang=[\"']?(\w\w)", re.IGNORECASE)
_GERMAN, _ENGLISH = re.compile(rb"\b(?:und|der|die|das|nicht)\b"), re.compile(rb"\b(?:the|and|of|to|is)\b")


def measure_extraction(engine: Engine, corpus: Path) -> Figures:
    """The share of wanted sentences kept and of unwanted ones dropped, and their mean; nothing without the set."""
    found = next(corpus.rglob("truth.json"), None)
    if found is None:
        return {}
    truth = json.loads(found.read_text("utf-8"))
    tallies: dict[str, list[int]] = {}
    for name, key in truth.items():
        body = (found.parent / "html" / name).read_bytes()
        document = engine.read(body, _address(key["url"]))
        for group in ("article", f"article {_language(body)}"):
            _tally(tallies.setdefault(group, [0] * 4), key, engine.text(document))
    return {name: figure for group, tally in sorted(tallies.items()) for name, figure in _figures(group, tally).items()}


def _address(written: str) -> str:
    return written if written.startswith("http") else f"https://example.org/{written}"


def _language(body: bytes) -> str:
    """German or English by what the page says, else by its commonest words."""
    said = _LANGUAGE.search(body[:3000])
    if said:
        return {b"de": "de", b"en": "en"}.get(said[1].lower(), "other")
    return "de" if len(_GERMAN.findall(body)) > len(_ENGLISH.findall(body)) else "en"


def _tally(tally: list[int], key: dict[str, list[str]], text: str) -> None:
    plain = _plain(text)
    for wanted in key["with"]:
        tally[0] += 1
        tally[1] += _plain(wanted) in plain
    for unwanted in key["without"]:
        tally[2] += 1
        tally[3] += _plain(unwanted) not in plain


def _figures(group: str, tally: list[int]) -> Figures:
    wanted, kept, unwanted, dropped = tally
    shares = kept / max(1, wanted), dropped / max(1, unwanted)
    return {
        f"{group}: kept": (shares[0], wanted),
        f"{group}: dropped": (shares[1], unwanted),
        f"{group}: balanced": (sum(shares) / 2, wanted + unwanted),
    }


def _plain(text: str) -> str:
    """One line without soft hyphens and zero-width characters, which some tools keep and nobody reads."""
    return " ".join(re.sub("[\u00ad\u200b\u2063\ufeff]", "", text).split())
