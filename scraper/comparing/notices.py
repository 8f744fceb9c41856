"""Sentences that a page says of itself: corrections, updates, its own date, its counters.

Rules over the sentence alone, each anchored so that prose which merely mentions a correction is not taken for one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from scraper.comparing.tokens import narrowed, words_of
from scraper.comparing.vocabulary import CLOCK_WORDS, MONTHS, STAMP_WORDS, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

Notice = Literal["correction_notice", "update_notice"]
DateLine = Literal["bare", "dateline"]

_WORK = (
    r"(?:article|story|post|page|piece|report|headline|caption|transcript|release|document|version|column|item|entry)"
)
_CORRECTION = re.compile(
    r"^\W*(?:corrections?|clarifications?|corrigendum|erratum|retraction|berichtigung|korrektur|rectificatif"
    r"|fe de errata|corrección)\b(?: (?:appended|notice|added))?\s*(?:[:.–—-]|\(|$|,? (?:\w{3,9}\.? )?\d)"
    r"|^\W*(?:editor[’']?s[’']? notes?|anmerkung der redaktion|nota del editor|note de la rédaction)\b"
    rf"|\b(?:an?|the) (?:earlier|previous|prior|original) version of (?:this|the|our) {_WORK}\b"
    rf"|\bthis {_WORK} (?:has been|was|is being) (?:corrected|clarified|amended|retracted)\b"
    r"|\bin einer früheren version (?:dieses|des) (?:artikels|textes|beitrags)\b",
    re.IGNORECASE,
)
_UPDATE = re.compile(
    r"^\W*updated?s?\b\s*(?:[:–—-]|\(|,? ?\d|, (?:\w{3,9}\.? )\d|(?:on|at)\b)"
    r"|^\W*(?:last|page last) (?:updated|modified)\b"
    rf"|\bthis {_WORK} (?:has been|was|is being|will be) updated\b"
    r"|^\W*(?:aktualisiert|mis à jour|actualizado)\b"
    r"|\bdieser (?:artikel|text|beitrag) w(?:urde|ird) aktualisiert\b",
    re.IGNORECASE,
)
# Looked for first: nearly no sentence has one, and the patterns above cost a hundred times as much.
_CORRECTION_STEMS = (
    "correct", "clarif", "corrig", "errat", "retract", "version", "amended", "editor", "berichtig", "korrektur",
    "anmerkung", "rectific", "note de la", "nota del", "correcci",
)  # fmt: skip
_UPDATE_STEMS = ("updat", "modified", "aktualisi", "mis à jour", "actualizado")

_UNIT = (
    r"views?|comments?|shares?|likes?|reads?|downloads?|followers?|subscribers?|votes?|replies|reply|responses?"
    r"|reactions?|retweets?|reviews?|ratings?|kommentare?|aufrufe|commentaires?|comentarios?|vues|visitas"
)
_COUNT = r"\d(?:[\d.,\u00a0\u202f]*\d)?\s?(?:[kKmM]\b)?"
# How long ago, in the languages that the measured pages are written in and those of their neighbours.
_AGO = (
    r"\b(?:\d+|an?|one)\s*(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|[smhdw])\s+ago\b",
    r"\bvor (?:\d+|einer|einem) (?:sekunden?|minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)\b",
    r"\bil y a (?:\d+|une?) (?:secondes?|minutes?|heures?|jours?|semaines?|mois|ans?)\b",
    r"\bhace (?:\d+|una?) (?:segundos?|minutos?|horas?|días?|semanas?|meses|años?)\b",
    r"\bhá (?:\d+|uma?) (?:segundos?|minutos?|horas?|dias?|semanas?|m[eê]s(?:es)?|anos?)\b",
    r"\b\d+ (?:second[oi]|minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi]) fa\b",
    r"\b\d+ (?:seconden?|minuten?|minuut|uur|uren|dag(?:en)?|weken|week|maand(?:en)?|jaar) geleden\b",
    r"\b\d+ (?:sekund\w*|minut\w*|godzin\w*|dni|dzień|tygodni\w*|tydzień|miesi\w+|lat\w*|rok\w*) temu\b",
    r"\bf[öo]r \d+ \w+ (?:sedan|siden)\b|\b\d+ \w+ (?:sitten|назад|önce)\b",
)
# What only this visit was given is no word of the document.
_VISIT = (
    r"\b(?:request|session|ray|trace|correlation|visitor|incident|transaction)(?:[ -]id)?\s?[:#]\s?#?"
    r"(?=\S*\d)[\w.-]{8,}",
    r"\byour ip(?: address)?(?: is)?:? (?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]{6,39})",
    r"\b(?:generated|rendered|loaded|executed|erzeugt|generiert|geladen|générée|generada) (?:in|en)"
    r" \d+(?:[.,]\d+)? ?(?:m?s|sec|seconds?|sekunden?|secondes?|segundos?)\b",
    r"\b\d{1,2}\s?[+×*]\s?\d{1,2}\s?(?:=\s?\??|\?)",
)
_PEOPLE = r"people|readers?|users?|visitors?|guests?|personen|leser|besucher|personnes|lecteurs|personas|persone"
# One of these is in whatever that pattern matches, and nearly no line with a figure has one.
_COUNTER_STEMS = (
    "view", "comment", "share", "like", "read", "download", "follow", "subscri", "vote", "repl", "respon", "reaction",
    "retweet", "rating", "kommentar", "aufruf", "comentario", "vue", "visit", "hits", "people", "user", "guest",
    "person", "leser", "besucher", "lecteur", "zugriffe", "star", "stern", "étoile", "estrella", "stelle", "ago",
    "vor ", "il y a ", "hace ", "há ", " fa", "geleden", "temu", "sedan", "siden", "sitten", "назад", "önce", "request",
    "session", "ray", "trace", "correlation", "incident", "transaction", "your ip", "generated", "rendered", "loaded",
    "executed", "erzeugt", "generiert", "geladen", "générée", "generada", "+", "×", "*", "min", "just now",
)  # fmt: skip
_COUNTER = re.compile(
    "|".join(
        (
            rf"\b{_COUNT}\s*(?:{_UNIT})\b",
            rf"\b(?:{_UNIT})\s*[:(]\s*{_COUNT}\)?",
            rf"\b{_COUNT}\s*(?:{_PEOPLE}) (?:(?:are|is|sind|currently|gerade|now) ){{0,2}}"
            r"(?:reading|viewing|watching|looking|online|here|en ligne|en línea|leyendo)\b",
            r"\b(?:visitors?|visits|hits|besucher|zugriffe|visiteurs|visitantes)"
            r" (?:today|yesterday|online|number|total|heute|gestern|gesamt|aujourd[’']hui|hoy)"
            rf"\s?[:#]?\s*{_COUNT}(?:, (?:gesamt|insgesamt|total):? {_COUNT})?",
            r"\b\d(?:[.,]\d+)? (?:out of|von|sur|de|su) 5 (?:stars?|sternen?|étoiles|estrellas|stelle)\b",
            *_AGO,
            *_VISIT,
            r"\b\d+[ -]min(?:ute)?s? (?:read|listen|watch)\b|\bjust now\b",
        )
    ),
    re.IGNORECASE,
)
# What stands before a date or a clock that is that of the visit.
_NOW = re.compile(
    r"\W*(?:today is|it is now|(?:current|local|server|system) (?:date and )?time(?: is)?|current date|your last visit"
    r"|heute ist|(?:aktuelle )?uhrzeit|aktuelles datum|serverzeit|nous sommes(?: le)?|heure (?:locale|actuelle)|hoy es"
    r"|hora (?:local|actual)|oggi è|vandaag is(?: het)?)\b\W*",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|\bcopyright\b)\D{0,40}\d{4}(?:\s?[-–]\s?\d{4})?", re.IGNORECASE)
# A counter is a line of its own: with more words than this around it, it is prose that states a figure.
_WORDS_BESIDE = 4
_LONGEST_LINE = 80
# A counter has no more words than this beside the first or the last of them.
_REACH = 4
AGO_WORDS = frozenset({"ago", "now", "vor", "il", "hace", "há", "copyright", "c"})
_DIGIT = re.compile(r"\d")
_DAYS_AND_MONTHS = MONTHS | WEEKDAYS
_DATED = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2}:\d{2}\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_RELATIVE_DAYS = frozenset({"today", "yesterday", "heute", "gestern", "hoy", "ayer"})
_DATE_WORDS = MONTHS | WEEKDAYS | CLOCK_WORDS
_COUNTED = re.compile(r"\d|\bago\b|\bjust now\b|\bvor\b|\bil y a\b|\bhace\b|\bhá\b", re.IGNORECASE)
_YEAR_OR_CLOCK = re.compile(r"\d{1,4}(?:[.:,]\d{1,4}){0,2}|\d{1,2}(?:st|nd|rd|th|am|pm|h)|t\d+|\d{1,2}t\d{1,2}z?")


def notice_of(sentence: str) -> Notice | None:
    """Is the sentence a correction or an update notice?"""
    folded = sentence.casefold()
    if any(map(folded.__contains__, _CORRECTION_STEMS)) and _CORRECTION.search(sentence):
        # "Editor's note: this story has been updated" owns up to an update and to nothing else.
        says_update = re.match(r"\W*editor", sentence, re.IGNORECASE) and re.search(r"\bupdated\b", sentence)
        return "update_notice" if says_update and "correct" not in folded else "correction_notice"
    if any(map(folded.__contains__, _UPDATE_STEMS)) and _UPDATE.search(sentence):
        return "update_notice"
    return None


def notices_in(texts: Iterable[str]) -> set[Notice]:
    """Which notices are among the texts."""
    listed = list(texts)
    folded = "\n".join(listed).casefold()
    if not any(map(folded.__contains__, _CORRECTION_STEMS + _UPDATE_STEMS)):
        return set()
    return {notice for notice in map(notice_of, listed) if notice}


def without_counters(sentence: str) -> str | None:
    """The sentence with its counters, times ago and copyright years masked; None where it holds none."""
    folded = sentence.casefold()
    if _may_hold_copyright(folded):
        rest = _COPYRIGHT.sub("©", sentence)
        if rest != sentence:
            return rest
    if len(sentence) > _LONGEST_LINE or not _COUNTED.search(sentence) or not _may_hold_counter(folded):
        return None
    rest = _COUNTER.sub("#", sentence)
    if rest == sentence or len(words_of(rest)) > _WORDS_BESIDE:
        return None
    return rest


def only_counts(old: str, new: str, *, is_frame: bool) -> bool:
    """Whether two lines differ in nothing but their counters, times ago and copyright years.

    In a line of prose a time ago is a statement, so there the rest of the line must be short or a date. `is_frame`:
    the line holds the page's own date or byline.
    """
    if not any(_counts(text) for text in narrowed(old, new, _REACH)):
        return False
    folded = old.casefold()
    if not (_may_hold_counter(folded) or _may_hold_copyright(folded)):
        return False
    masked = without_counters(old)
    if masked is not None and masked == without_counters(new):
        return True
    if max(len(old), len(new)) > 2 * _LONGEST_LINE or not (_COUNTED.search(old) and _COUNTED.search(new)):
        return False
    rests = _COUNTER.sub("#", old), _COUNTER.sub("#", new)
    return rests[0] == rests[1] != old and (is_frame or date_line_of(rests[0]) is not None)


def _may_hold_counter(folded: str) -> bool:
    """False where no counter is in a text, given case folded: what costs least to know."""
    return any(map(folded.__contains__, _COUNTER_STEMS))


def _may_hold_copyright(folded: str) -> bool:
    """The same of the year of a copyright."""
    return "©" in folded or "(c)" in folded or "copyright" in folded


def _counts(text: str) -> bool:
    """Whether there is a figure in a text, or a word that a time ago is told with."""
    return _DIGIT.search(text) is not None or not AGO_WORDS.isdisjoint(words_of(text))


def date_line_of(sentence: str) -> DateLine | None:
    """Is the sentence a date or a time and nothing else ("Friday, March 7, 2025"), or the page's own dateline?

    The latter has a label such as "Last updated:". A label such as "Today is" or "Server time" says no more than the
    date, and "Posted yesterday at 4:15" moves on by itself.
    """
    if len(sentence) > _LONGEST_LINE or not _DIGIT.search(sentence):
        return None
    now = _NOW.match(sentence)
    words = words_of(sentence[now.end() :] if now else sentence)
    rest = [word for word in words if word not in _DATE_WORDS and not _YEAR_OR_CLOCK.fullmatch(word)]
    if any(word not in STAMP_WORDS for word in rest):
        return None
    if now or not _RELATIVE_DAYS.isdisjoint(words):
        return "bare"
    if rest:
        return "dateline" if _DATED.search(sentence) or not MONTHS.isdisjoint(words) else None
    # A lone figure, or a day without its year, may be what the document is about: a row of a table, a deadline.
    whole = _DATED.search(sentence) or not WEEKDAYS.isdisjoint(words) or _YEAR.search(sentence)
    return "bare" if whole and (_DATED.search(sentence) or not _DAYS_AND_MONTHS.isdisjoint(words)) else None
