"""What the HTML standard asks of our pages, as far as it can be told without its validator; each rule with its place.

html5lib parses as the standard says (13.2) and names every parse error, such as an attribute that stands twice or a
paragraph that was closed by what stands in it. The rest are rules of the elements (4) and of WAI-ARIA that a parser
does not see. The sections are those of the living standard, html.spec.whatwg.org.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import html5lib
from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details", "headers")
_INTERACTIVE = "a[href], button, input:not([type=hidden]), select, textarea, summary, label"
_OBSOLETE = (
    "center, font, big, strike, tt, acronym, frame, frameset, marquee, [align], [bgcolor], [valign], table[border]"
)
_CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "tr": {"td", "th"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "select": {"option", "optgroup"},
}
# 3.2.5.2.5: what may stand where only phrasing is allowed.
_PHRASING = {
    *("a", "abbr", "b", "br", "button", "code", "del", "em", "i", "img", "input", "ins", "kbd", "label", "mark", "q"),
    *("select", "option", "small", "span", "strong", "sub", "sup", "svg", "textarea", "time", "u", "var", "wbr"),
}
_HOLDS_PHRASING = (
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "span",
    "b",
    "em",
    "strong",
    "code",
    "time",
    "label",
    "button",
    "dt",
    "q",
)


def faults_of_page(text: str) -> list[str]:
    """What is wrong with a page."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text.lstrip())
    found = [f"13.2: {code} {details} at {place}" for place, code, details in parser.errors]
    page = BeautifulSoup(text.lstrip(), "html5lib")
    for rule in (_document, _references, _headings, _elements, _controls, _phrasing, _moments):
        found += rule(page)
    return found


def _document(page: BeautifulSoup) -> Iterator[str]:
    if page.html is None or not re.fullmatch("[a-z]{2}(-[A-Z]{2})?", str(page.html.get("lang"))):
        yield "3.2.6.2: the language of the page is not named"
    if page.title is None or not page.title.get_text(strip=True):
        yield "4.2.2: no title"
    if len(page.select("main")) != 1:
        yield "4.4.14: there is one main"
    for element in page.select("script:not([src]), style, [style]"):
        yield f"our own policy allows nothing inline: {str(element)[:60]}"
    for name in (name for element in page.find_all(True) for name in element.attrs if name.startswith("on")):
        yield f"our own policy allows no {name}"


def _references(page: BeautifulSoup) -> Iterator[str]:
    ids = Counter(str(element["id"]) for element in page.select("[id]"))
    yield from (f"3.2.6: the id {name} stands {times} times" for name, times in ids.items() if times > 1)
    yield from (
        f"3.2.6: the id {name!r} is empty or holds white space" for name in ids if not name or re.search(r"\s", name)
    )
    wanted = [(name, each) for name in _REFERENCES for e in page.select(f"[{name}]") for each in str(e[name]).split()]
    wanted += [("for", str(label["for"])) for label in page.select("label[for]")]
    wanted += [("href", str(a["href"])[1:]) for a in page.select("a[href^='#']")]
    yield from (f"{name} names {to!r}, which is not there" for name, to in wanted if to not in ids)


def _headings(page: BeautifulSoup) -> Iterator[str]:
    headings = page.find_all(re.compile("^h[1-6]$"))
    levels = [int(heading.name[1]) for heading in headings]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"4.3.11: one h1, and first of all: {levels}"
    yield from (f"4.3.11: h{pair[0]} is followed by h{pair[1]}" for pair in pairwise(levels) if pair[1] - pair[0] > 1)
    yield from (f"4.3.6: an empty {heading.name}" for heading in headings if not heading.get_text(strip=True))
    for part in page.select("article, section"):
        named = part.get("aria-label") or part.get("aria-labelledby") or part.find(re.compile("^h[2-6]$"))
        if not named:
            yield f"4.3.2, 4.3.3: a part without a heading: {str(part)[:80]}"


def _elements(page: BeautifulSoup) -> Iterator[str]:
    yield from (f"16.2: {str(element)[:60]} is obsolete" for element in page.select(_OBSOLETE))
    for name, allowed in _CHILDREN.items():
        for element in page.select(name):
            strange = (
                {child.name for child in element.find_all(True, recursive=False)} - allowed - {"script", "template"}
            )
            if strange:
                yield f"4: {name} holds {', '.join(sorted(strange))}"
            if name in ("ul", "ol", "dl", "tr", "table") and _bare_text(element):
                yield f"4: {name} holds text of its own: {_bare_text(element)!r}"
    yield from (f"4.8.4.4: no alt: {image}" for image in page.select("img:not([alt])"))
    yield from (
        "4.9.10, and our own rule: a header cell says what it heads" for _ in page.select("thead th:not([scope])")
    )
    for details in page.select("details"):
        first = details.find(True, recursive=False)
        if first is None or first.name != "summary":
            yield "4.11.1: details begins with its summary"


def _controls(page: BeautifulSoup) -> Iterator[str]:
    for element in page.select(_INTERACTIVE):
        inner = element.select_one(_INTERACTIVE)
        if inner is not None and element.name != "label":
            yield f"4.5.1: {element.name} holds {inner.name}"
        # Within a drawing an anchor is named by its title, whose text is among what it says here.
        if element.name in ("a", "button", "summary") and not (
            element.get_text(strip=True) or element.get("aria-label")
        ):
            yield f"{element.name} says nothing: {str(element)[:80]}"
        if element.name in ("input", "select", "textarea") and not _labelled(page, element):
            yield f"4.10.4: nothing labels {str(element)[:80]}"
        if element.name == "button" and element.get("type") not in ("submit", "button", "reset"):
            yield "a button says what it does"


def _phrasing(page: BeautifulSoup) -> Iterator[str]:
    for element in page.select(", ".join(_HOLDS_PHRASING)):
        if element.find_parent("svg"):
            continue
        for child in element.find_all(True, recursive=False):
            if child.name not in _PHRASING:
                yield f"3.2.5.2.5: {element.name} holds {child.name}: {str(element)[:80]}"


def _moments(page: BeautifulSoup) -> Iterator[str]:
    for time in page.select("time"):
        try:
            datetime.fromisoformat(str(time.get("datetime") or time.get_text(strip=True)))
        except ValueError:
            yield f"4.5.14: {time} is no moment"


def _labelled(page: BeautifulSoup, control: Tag) -> bool:
    named = control.get("aria-label") or control.get("aria-labelledby") or control.find_parent("label")
    return bool(named) or bool(control.get("id") and page.find("label", attrs={"for": control["id"]}))


def _bare_text(element: Tag) -> str:
    return "".join(str(part) for part in element.find_all(string=True, recursive=False)).strip()
