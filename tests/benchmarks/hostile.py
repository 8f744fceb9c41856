"""What the worst input costs: pages made to stop a parser, of up to 5 MB each, through `normalize`.

    python -m tests.benchmarks.hostile [--megabytes 5] [--only NAME]

CPU seconds of this process for each case. Exits 1 where one takes over three seconds; no corpus is needed.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import scraper

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 3.0


def _repeated(piece: str, *, before: str = "", after: str = "") -> Callable[[int], bytes]:
    head, tail, one = before.encode(), after.encode(), piece.encode()
    return lambda size: head + one * ((size - len(head) - len(tail)) // len(one)) + tail


def _nested(opening: str, closing: str, text: str = "deep") -> Callable[[int], bytes]:
    def build(size: int) -> bytes:
        times = size // (len(opening) + len(closing))
        return (opening * times + text + closing * times).encode()

    return build


def _json(inner: str, closing: str = "") -> Callable[[int], bytes]:
    start = b'<script type="application/ld+json">'

    def build(size: int) -> bytes:
        times = size // (len(inner) + len(closing))
        return start + (inner * times + "1" + closing * times).encode() + b"</script><p>Text.</p>"

    return build


CASES: dict[str, Callable[[int], bytes]] = {
    "a million nested tags": _repeated("<div>"),
    "nested and closed": _nested("<div>", "</div>"),
    "nested inline": _repeated("<b>"),
    "nested spans with names": _repeated("<span class=sidebar>"),
    "one giant attribute": _repeated("x", before="<p class='", after="'>Text."),
    "a giant class of many names": _repeated("related-posts ", before="<p class='", after="'>Text."),
    "many attributes": _repeated(" a1=1", before="<p", after=">Text."),
    "a million tiny tags": _repeated("<i></i>"),
    "a million paragraphs": _repeated("<p>"),
    "a million paragraphs of text": _repeated("<p>a b"),
    "a million line breaks": _repeated("<br>a"),
    "many links": _repeated("<a href=/x>a</a> "),
    "many different links": lambda size: b"".join(b"<a href=/%d>a</a> " % n for n in range(size // 20)),
    "many images": _repeated("<img src=/a.jpg alt=a>"),
    "a huge table": _repeated("<tr><td>a<td>b", before="<table>"),
    "a row of many cells": _repeated("<td>a", before="<table><tr>"),
    "nested tables": _repeated("<table><tr><td>"),
    "tables in tables in rows": _repeated(
        "<table><tr><td>a</td><td><table><tr><td>b</td></tr></table></td></tr></table>"
    ),
    "nested lists": _repeated("<ul><li>a"),
    "nested headings of rails": _repeated("<div><h2>Related stories</h2>"),
    "many rails": _repeated("<div><h2>Related stories</h2><a href=/x>a</a></div>"),
    "formatting left open": _repeated("<a><b>"),
    "formatting misnested": _repeated("<b><i><p></b></i>"),
    "formatting across blocks": _repeated("<b>a<p>"),
    "links in links": _repeated("<a href=/x><div>"),
    "fonts with attributes": _repeated("<font color=1><p>a"),
    "foster parenting": _repeated("<table><b>a"),
    "selects and options": _repeated("<select><option>a"),
    "frames of forms": _repeated("<form><input type=password>"),
    "login forms": _repeated("<form><input type=password></form>"),
    "templates": _repeated("<template>"),
    "svg and math": _repeated("<svg><math><desc>"),
    "buttons": _repeated("<button>a"),
    "entities": _repeated("&amp;&#x41;&eacute;"),
    "broken entities": _repeated("&ampx&#99999999;"),
    "zero-width characters": _repeated("\u200b\u200c\u00ad", before="<p>a"),
    "combining characters": _repeated("\u0301\u0316", before="<p>a"),
    "one long word": _repeated("a", before="<p>"),
    "spaces": _repeated(" ", before="<p>a", after="b"),
    "many link elements": _repeated("<link rel=canonical href=/x>"),
    "many meta elements": _repeated("<meta name=author content=a>"),
    "many blocks of JSON-LD": _repeated('<script type="application/ld+json">{"@type":"Article"}</script>'),
    "giant JSON-LD": _json('{"@type":"Article","@graph":[0],"x":"'),
    "deep JSON": _json("[", "]"),
    "deep JSON objects": _json('{"@graph":', "}"),
    "wide JSON": _repeated('{"@type":"Article"},', before='<script type="application/ld+json">[', after="1]</script>"),
    "NUL": _repeated("\x00", before="<p>"),
    "comments left open": _repeated("<!-- a "),
    "comments": _repeated("<!---->"),
    "tags left open": _repeated("<p "),
    "quotes left open": _repeated('<a href="'),
    "less-than signs": _repeated("<"),
    "closing tags of nothing": _repeated("</p></div>"),
    "doctypes": _repeated("<!doctype html>"),
    "scripts left open": _repeated("<script><!--"),
    "names of parts": _repeated("<div class=sidebar><div class=related>a</div>"),
    "boxes beside the text": _repeated("<div class=newsletter-box><p>a</p></div>"),
    "boxes in boxes beside": _repeated("<div class=newsletter-box>a"),
    "controls": lambda size: b"".join(b"<i aria-controls=a%d></i>" % n for n in range(size // 26)),
    "captions": _repeated("<figcaption>Photo By: a VIRIN: b ", before="<p>"),
    "captions in a line": _repeated("Photo By: a ", before="<figcaption>"),
    "notices": _repeated("<p>Correction: a"),
    "dates": _repeated("<time>3 May 2024</time> "),
    "almost an announcement": _repeated("By ", before="<p>Originally published "),
    "cookies": _repeated("<p>We use very many small cookies"),
    "UTF-16": lambda size: b"\xff\xfe" + ("<p>Text" * (size // 14)).encode("utf-16-le"),
    "UTF-16 without its mark": lambda size: ("<p>Text" * (size // 14)).encode("utf-16-be"),
    "claims UTF-7": _repeated("+ADw-p+AD4-a", before="<meta charset=utf-7>"),
    "bytes of no encoding": lambda size: b"<p>" + bytes(range(128, 256)) * (size // 128),
    "plain text": lambda size: b"a\n\n" * (size // 3),
}


def main() -> int:
    """Run the cases; return 1 where one was over the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=5.0)
    parser.add_argument("--only", default="", help="the cases whose name has this in it")
    given = parser.parse_args()
    over = 0
    for name, build in CASES.items():
        if given.only not in name:
            continue
        seconds, passages = _measure(build(int(given.megabytes * 1_000_000)))
        over += seconds > LIMIT
        print(f"{seconds:6.2f} s  {name}: {passages}{'  OVER' if seconds > LIMIT else ''}", flush=True)
    print(f"{over} over {LIMIT:.0f} s")
    return 1 if over else 0


def _measure(body: bytes) -> tuple[float, str]:
    begun = time.process_time()
    try:
        passages = f"{len(scraper.normalize(body, url='https://example.org/').passages)} passages"
    except scraper.RedlineError as refused:
        passages = type(refused).__name__
    return time.process_time() - begun, passages


if __name__ == "__main__":
    sys.exit(main())
