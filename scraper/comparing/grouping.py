"""A key that is equal for the same edit made on different pages."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from scraper.comparing.tokens import words_of
from scraper.comparing.words import replacements

if TYPE_CHECKING:
    from scraper.comparing.comparison import Edit

_LONGEST = 80


def edit_key(edit: Edit) -> str | None:
    """What an edit does, as a short key: "defense → war", "+ this page was archived", "- …".

    Words only, case folded, so that the sentence around a replacement does not matter. Longer than 80 characters, the
    key is their start and a hash. None for moves, for edits that change no words, and for several passages at once.
    """
    if edit.op == "move" or edit.is_joined:
        return None
    if edit.old is None or edit.new is None:
        text = " ".join(words_of(edit.new or edit.old or ""))
        return _short(f"{'+' if edit.old is None else '-'} {text}") if text else None
    pairs = ((" ".join(words_of(gone)), " ".join(words_of(come))) for gone, come in replacements(edit.old, edit.new))
    # The same replacement twice in one sentence is the same replacement.
    done = dict.fromkeys(f"{gone} → {come}".strip() for gone, come in pairs)
    return _short("; ".join(done)) if done else None


def _short(key: str) -> str:
    if len(key) <= _LONGEST:
        return key
    return f"{key[: _LONGEST - 17]}…{hashlib.sha256(key.encode()).hexdigest()[:16]}"
