"""What kind of difference an edit is. Rules that anyone can check by reading the two sentences; a reader decides.

`wording` stands on every edit that changes what the document says, and only there; the finer classes (number, date,
name, quote, negation) say what is in it. An edit of frame text (notices, dates) has no `wording`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.comparing.comparison import CLASSES
from scraper.comparing.names import is_renamed
from scraper.comparing.notices import AGO_WORDS, date_line_of, notice_of, only_counts, without_counters
from scraper.comparing.tokens import apart, narrowed, words_of
from scraper.comparing.vocabulary import MONTHS, NEGATIONS, NUMBER_WORDS, ROLES, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.comparing.comparison import ChangeClass
    from scraper.normalizing.document import Kind

SUBSTANTIVE: frozenset[ChangeClass] = frozenset({"wording", "byline", "correction_notice", "update_notice", "headline"})

_MONTH = "|".join(sorted(MONTHS, key=lambda month: (-len(month), month)))
_DATE = re.compile(
    rf"\b(?:{_MONTH})\b\.?\s+\d{{1,4}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\.?\s+(?:of\s+|de\s+)?(?:{_MONTH})\b(?:,?\.?\s+(?:de\s+)?\d{{4}})?"
    rf"|\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b|\b(?:{'|'.join(sorted(WEEKDAYS))})\b"
    r"|\b(?:1[5-9]|20)\d\d\b",
    re.IGNORECASE,
)
# Of a date without the name of a day or month.
_FIGURES_OF_DATE = re.compile(r"\d(?:\d{3}\b|\d?[./]\d{1,2}[./]\d)")
_LETTERS = re.compile(r"[^\W\d_]+")
_DAYS_AND_MONTHS = MONTHS | WEEKDAYS
# Kinds that hold the page's own dates, and with them how long ago it was published.
_STAMPED: frozenset[Kind] = frozenset({"byline", "date"})
# Running text, of the article or beside it.
_PLAIN: frozenset[Kind] = frozenset({"paragraph", "aside"})
_WORD = re.compile(r"\w")
_DIGIT = re.compile(r"\d")
# An apostrophe may be that of "isn't".
_FIGURE_OR_APOSTROPHE = re.compile(r"[\d'’‘ʼ]")
_TOLD_TOGETHER = WEEKDAYS | AGO_WORDS
_TELLING = ROLES | NUMBER_WORDS | NEGATIONS | _TOLD_TOGETHER
_MARK = re.compile('[“„«"]')
_NUMBER = re.compile(r"[-$€£¥]?\d+(?:[.:]\d+)*%?")
_QUOTED = re.compile(r"“([^”]*)(?:”|$)|„([^“”]*)(?:[“”]|$)|«([^»]*)(?:»|$)|\"([^\"]*)(?:\"|$)")
# A quotation of at least so many words came or went with its sentence; a shorter one is a scare quote or a title.
_QUOTE_WORDS = 4
# So many equal words beside what differs are read with it: no date or number is longer ("12th of March, 2025").
_BESIDE = 4


def classify_edit(
    old: str, new: str, kind: Kind, *, headline: bool = False, marks: tuple[str, str] = ("", "")
) -> tuple[ChangeClass, ...]:
    """The classes of a sentence that was reworded.

    `headline`: it is the document's own heading. `marks`: on either side, the quotation mark that an earlier sentence
    opened and that is still open where this one begins.
    """
    narrow = narrowed(old, new, _BESIDE)
    style = _style_class(*narrow)
    if style:
        return (style,)
    plain = _is_plain(old, new, narrow)
    if not plain and only_counts(old, new, is_frame=kind in _STAMPED):
        return ("counter",)
    frame = _frame_classes(kind, (old, new))
    if frame is not None:
        return frame
    if kind in _PLAIN and date_line_of(old) == date_line_of(new) == "bare":
        return ("counter",)
    found: set[ChangeClass] = {"wording"} if plain else {"wording", *_details(old, new, narrow, kind)}
    if _quotes(marks[0] + old) != _quotes(marks[1] + new):
        found.add("quote")
    notice = notice_of(new)
    # The page's own dateline that moved on is no new notice.
    if notice and date_line_of(old) != "dateline":
        found.add(notice)
    return in_order(found | _kind_classes(kind, headline=headline))


def classify_whole(
    text: str, kind: Kind, *, added: bool, headline: bool = False, mark: str = ""
) -> tuple[ChangeClass, ...]:
    """The classes of a sentence that came or went as a whole. `mark`: the quotation mark open where it begins."""
    if is_wordless(text):
        return ("punctuation",)
    frame = _frame_classes(kind, (text,), added=added)
    if frame is not None:
        return frame
    notice = notice_of(text) if added else None
    if notice:
        return in_order({"wording", notice})
    if without_counters(text) is not None or (kind in _PLAIN and date_line_of(text) == "bare"):
        return ("counter",)
    found: set[ChangeClass] = {"wording"}
    if any(quote.count(" ") >= _QUOTE_WORDS - 1 for quote in _quotes(mark + text)):
        found.add("quote")
    return in_order(found | _kind_classes(kind, headline=headline))


def classify_coarsely(old: str | None, new: str | None, kind: Kind) -> tuple[ChangeClass, ...]:
    """The classes of a difference among too many to look into: whether the words changed, and of what kind of text."""
    if old is not None and new is not None and (style := _style_class(*narrowed(old, new, _BESIDE))):
        return (style,)
    frame = _frame_classes(kind, (new or old or "",), added=new is not None)
    return frame if frame is not None else in_order({"wording", *_kind_classes(kind, headline=False)})


def classify_kind(kind: Kind) -> tuple[ChangeClass, ...]:
    """The classes of text of a kind that came or went, whatever it says; what it says of itself has none."""
    frame = _frame_classes(kind, ("",), added=False)
    return frame if frame is not None else in_order({"wording", *_kind_classes(kind, headline=False)})


def is_wordless(text: str) -> bool:
    """Whether a text is nothing but punctuation."""
    return not _WORD.search(text) and not words_of(text)


def in_order(classes: Iterable[ChangeClass]) -> tuple[ChangeClass, ...]:
    """Classes in the order of `CLASSES`, each once."""
    return _in_order(frozenset(classes))


@lru_cache(maxsize=1024)
def _in_order(classes: frozenset[ChangeClass]) -> tuple[ChangeClass, ...]:
    return tuple(c for c in CLASSES if c in classes)


def is_substantive(classes: Iterable[ChangeClass]) -> bool:
    """Does an edit, or a change, of these classes alter what the document says?"""
    return not SUBSTANTIVE.isdisjoint(classes)


def _style_class(old: str, new: str) -> ChangeClass | None:
    """The class of two narrowed texts that differ in style alone: their words are the same."""
    a, b = words_of(old), words_of(new)
    together = "".join(old.split()), "".join(new.split())
    if a == b:
        return "whitespace" if together[0] == together[1] and old != new else "punctuation"
    # "per cent" and "percent" read alike; "12 3" and "123" do not.
    if together[0] == together[1] and _digits(a) == _digits(b):
        return "whitespace"
    return None


def _is_plain(old: str, new: str, narrow: tuple[str, str]) -> bool:
    """Whether in what differs, `narrow`, nothing stands that any rule about details or counters looks for.

    That is most rewordings, and it is known at once: no figures; no capitals from the difference on, and what stands
    before it is the same; the same words of the lists. Days of the week and the words of counters count wherever they
    stand, for they are read together with those beside them.
    """
    if _FIGURE_OR_APOSTROPHE.search("\n".join(narrow)):
        return False
    a, b = map(words_of, narrow)
    if not (_TELLING.isdisjoint(a) and _TELLING.isdisjoint(b)):
        told = [[word for word in words if word in _TELLING] for words in (a, b)]
        if told[0] != told[1] or not _TOLD_TOGETHER.isdisjoint(told[0]):
            return False
    behind = "\n".join(apart(old, new).narrowed(0, _BESIDE))
    return behind == behind.lower()


def _digits(words: tuple[str, ...]) -> list[str]:
    return [word for word in words if any(ch.isdigit() for ch in word)]


def _frame_classes(kind: Kind, texts: tuple[str, ...], *, added: bool = True) -> tuple[ChangeClass, ...] | None:
    """The classes of text that a document says of itself; None for its body."""
    if kind == "byline":
        return ("byline",)
    if kind == "date":
        return ("date",)
    if kind == "notice":
        notice = notice_of(texts[-1]) if added else None
        return (notice,) if notice else ()
    return None


def _kind_classes(kind: Kind, *, headline: bool) -> set[ChangeClass]:
    if headline:
        return {"headline"}
    return {"caption"} if kind == "caption" else set()


def _details(old: str, new: str, narrow: tuple[str, str], kind: Kind) -> set[ChangeClass]:
    """What is in a change of wording; `narrow` is the part that differs."""
    found: set[ChangeClass] = set()
    # Where figures and signs alone were exchanged, as in most rows of tables, all that is told by words is the same.
    in_words = any(map(_LETTERS.search, apart(old, new).narrowed(0, 0)))
    if in_words and is_renamed(old, new, in_heading=kind == "heading"):
        found.add("name")
    (dates_old, numbers_old), (dates_new, numbers_new) = map(_dates_and_numbers, narrow)
    if dates_old != dates_new:
        found.add("date")
    if numbers_old != numbers_new:
        found.add("number")
    if in_words and _negations(narrow[0]) != _negations(narrow[1]):
        found.add("negation")
    return found


def _dates_and_numbers(text: str) -> tuple[list[tuple[str, ...]], list[str]]:
    """The dates in a text, as words, and the numbers that are no part of a date, in figures or in words."""
    has_digit = _DIGIT.search(text) is not None
    dates: list[str] = []
    words = words_of(text)
    if _may_hold_date(text) if has_digit else not WEEKDAYS.isdisjoint(words):
        dates = [found[0] for found in _DATE.finditer(text)]
    figures: list[str] = []
    if has_digit:
        words = words_of(_DATE.sub(" ", text)) if dates else words
        figures = _NUMBER.findall(" ".join(words).replace("$ ", "$").replace("- ", "-").replace(" %", "%"))
    return sorted(map(words_of, dates)), sorted(figures + [word for word in words if word in NUMBER_WORDS])


def _may_hold_date(text: str) -> bool:
    """False where a text with figures holds no date: what costs a tenth of looking for one."""
    if _FIGURES_OF_DATE.search(text):
        return True
    return not _DAYS_AND_MONTHS.isdisjoint(_LETTERS.findall(text.casefold()))


def _quotes(text: str) -> list[str]:
    """What stands inside quotation marks, as words."""
    if not _MARK.search(text):
        return []
    inner = [" ".join(words_of(next(group for group in found.groups() if group is not None)))
             for found in _QUOTED.finditer(text)]  # fmt: skip
    return [quote for quote in inner if quote]


def _negations(text: str) -> int:
    return sum(word in NEGATIONS or word.endswith("n't") for word in words_of(text))
