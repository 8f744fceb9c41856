"""White space, marks and forms of characters settled, so that two spellings of one text are one text."""

from __future__ import annotations

import re
import unicodedata

# Characters that a reader never sees: soft hyphen, Arabic letter mark, Mongolian vowel separator, zero-width space,
# direction marks and embeddings, word joiner and invisible operators, isolates, byte order mark, and the controls
# that are not white space (Unicode 15.1, general categories Cc and Cf).
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
# A joiner or non-joiner is spelling in Arabic, Indic and other scripts and in emoji (UAX #31, section 2.3); after any
# other character it changes nothing that can be read.
_JOINER = re.compile(
    "(?<![\u0600-\u109f\u1700-\u18af\u1900-\u1cff\u2190-\u2bff\ua800-\uabff\ufe0f\U00010a00-\U0001faff])[\u200c\u200d]+"
)
# No writing sets more than so many marks on one letter (UAX #15, section 13: the stream-safe format); putting a million
# of them in order takes hours.
_MARK = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06ed\u0730-\u074a\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe20-\ufe2f\U0001d165-\U0001d1ad\U0001e000-\U0001e94a]"
)
# A shorter text is put in order in no time; characters.
_SHORT = 200
_A_MARK = re.compile(_MARK)
_TOO_MANY_MARKS = re.compile(f"({_MARK}{{30}}){_MARK}+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def settle(text: str) -> str:
    """Return `text` in Unicode NFC on one line, with single spaces and without characters that nobody sees.

    Every Unicode white space (no-break space and line separators too) counts as a space. Applying it twice gives the
    same as once. A lone surrogate, which no file can hold, becomes U+FFFD. Letter case, quotation marks and dashes
    stay as they are: they are what the page says.
    """
    if not text.isprintable():
        return _settle_all(text)
    # The only white space that counts as printable is the space. Most texts have it settled already.
    line = " ".join(text.split()) if "  " in text or text[:1] == " " or text[-1:] == " " else text
    return line if text.isascii() else _in_order(line, is_long=len(text) > _SHORT)


def _settle_all(text: str) -> str:
    """Settle a text that holds what is not printable: mostly line ends."""
    line = " ".join(text.split())
    if text.isascii():
        return line if line.isprintable() else " ".join(_CONTROL.sub("", line).split())
    if not line.isprintable():
        # None of what these look for is printable, and nearly every text is: it costs a tenth to know.
        line = " ".join(_JOINER.sub("", _UNSEEN.sub("", _SURROGATE.sub("\ufffd", text))).split())
    return _in_order(line, is_long=len(text) > _SHORT)


def _in_order(line: str, *, is_long: bool) -> str:
    """Return a line with single spaces in Unicode NFC, and where it is long without marks that no writing sets."""
    if is_long and _A_MARK.search(line):
        line = _TOO_MANY_MARKS.sub(r"\1", line)
    settled = unicodedata.normalize("NFC", line)
    return settled if settled is line else " ".join(settled.split())


def paragraphs(text: str) -> list[str]:
    """Split plain text at its blank lines and settle each part; parts without text are left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return [settled for part in _BLANK_LINE.split(lines) if (settled := settle(part))]
