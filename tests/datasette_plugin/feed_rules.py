"""What the formats ask of a feed, each rule with its clause: Atom (RFC 4287) and JSON Feed (version 1.1).

Beside the clauses, what the feed validator of the W3C says in its messages (validator.w3.org/feed/docs), named in
capitals as there. Faults are told, not raised, so that a test can show that each of them is seen.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import html5lib
from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from collections.abc import Iterator

ATOM = "{http://www.w3.org/2005/Atom}"
# RFC 4287, 3.3: RFC 3339, its T and Z in capitals.
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# RFC 4151, 2.1; any other scheme would do as well (RFC 4287, 4.2.6), but ours are these.
TAG = re.compile(r"tag:([A-Za-z0-9._-]+@)?[A-Za-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[0-9A-Za-z;/?:@&=+$.\-_!~*'()%,]*")
MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
RELATIONS = {
    "alternate",
    "related",
    "self",
    "enclosure",
    "via",
    "first",
    "next",
    "previous",
    "last",
}  # 4.2.7.2; RFC 5005
FEED_ONCE, ENTRY_ONCE = ("id", "title", "updated"), ("id", "title", "updated")
FEED_MOST = ("generator", "icon", "logo", "rights", "subtitle")
ENTRY_MOST = ("content", "published", "rights", "source", "summary")
MANY = ("author", "category", "contributor", "link")
TEXTS = ("title", "subtitle", "summary", "rights", "content")
JSON_FEED = {
    *("version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon", "favicon"),
    *("authors", "language", "expired", "hubs", "items"),
}
JSON_ITEM = {
    *("id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image"),
    *("date_published", "date_modified", "authors", "tags", "language", "attachments"),
}


def faults_of_atom(document: bytes, location: str) -> list[str]:
    """What is wrong with an Atom document that was had from an address."""
    if b"<!DOCTYPE" in document:
        return ["a feed has no document type (NoDoctype)"]
    try:
        root = ElementTree.fromstring(document)
    except ElementTree.ParseError as error:
        return [f"RFC 4287, 2: not well-formed: {error}"]
    if root.tag != f"{ATOM}feed":
        return [f"4.1.1: {root.tag} is no feed"]
    entries = root.findall(f"{ATOM}entry")
    found = [*_container(root, FEED_ONCE, FEED_MOST, "4.1.1"), *_self(root, location), *_twice(entries)]
    if not root.findall(f"{ATOM}author") and not all(entry.findall(f"{ATOM}author") for entry in entries):
        found.append("4.1.1: neither the feed nor each entry has an author")
    updated = root.findtext(f"{ATOM}updated", "")
    for entry in entries:
        found += _container(entry, ENTRY_ONCE, ENTRY_MOST, "4.1.2")
        if entry.find(f"{ATOM}content") is None and not _links(entry, "alternate"):
            found.append("4.1.2: an entry without content has no alternate link")
        if entry.findtext(f"{ATOM}updated", "") > updated:
            found.append("4.2.15: an entry is newer than the feed says it is")
        if entry.findtext(f"{ATOM}published", "") > entry.findtext(f"{ATOM}updated", ""):
            found.append("4.2.9: an entry was updated before it was published")
    return found


def faults_of_json(document: bytes, location: str) -> list[str]:
    """What is wrong with a JSON Feed that was had from an address."""
    feed = json.loads(document.decode("utf-8"))
    found = [
        f"“{name}” is missing" for name in ("version", "title", "items") if not isinstance(feed.get(name), str | list)
    ]
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        found.append("“version” is not that of 1.1")
    if feed.get("feed_url") != location:
        found.append(f"“feed_url” is {feed.get('feed_url')} and not where it was had")
    if feed.get("next_url") == feed.get("feed_url"):
        found.append("“next_url” must not be the same as “feed_url”")
    found += [
        f"{feed[name]} is not absolute" for name in ("home_page_url", "next_url") if not _absolute(feed.get(name))
    ]
    found += [
        f"an author needs a name, a URL or an avatar: {one}" for one in feed.get("authors", []) if not _person(one)
    ]
    found += _strangers(feed, JSON_FEED)
    ids = Counter(item.get("id") for item in feed.get("items", []))
    found += [f"the id {name} is not unique" for name, times in ids.items() if times > 1]
    for item in feed.get("items", []):
        found += _item(item)
    return found


def _container(
    element: ElementTree.Element, once: tuple[str, ...], most: tuple[str, ...], clause: str
) -> Iterator[str]:
    counts = Counter(child.tag for child in element)
    yield from (f"{clause}: {counts[ATOM + name]} of {name}" for name in once if counts[ATOM + name] != 1)
    yield from (f"{clause}: {counts[ATOM + name]} of {name}" for name in most if counts[ATOM + name] > 1)
    known = {ATOM + name for name in (*once, *most, *MANY, "entry")}
    yield from (f"{tag} is not defined (UndefinedElement)" for tag in counts if tag not in known)
    alternates = Counter((link.get("type"), link.get("hreflang")) for link in _links(element, "alternate"))
    if any(times > 1 for times in alternates.values()):
        yield f"{clause}: two alternate links of one type (DuplicateAtomLink)"
    for child in element:
        yield from _child(child)


def _child(child: ElementTree.Element) -> Iterator[str]:
    name, text = child.tag.removeprefix(ATOM), (child.text or "").strip()
    if name in ("updated", "published") and not _date(text):
        yield f"3.3: {text!r} is no date of RFC 3339"
    if name == "id" and not TAG.fullmatch(text):
        yield f"4.2.6: {text!r} is no tag URI"
    if name == "category" and not child.get("term"):
        yield "4.2.2.1: a category has no term"
    if (
        name in ("author", "contributor")
        and len([n for n in child.findall(f"{ATOM}name") if (n.text or "").strip()]) != 1
    ):
        yield "3.2.1: a person has exactly one name"
    if name in ("title", "generator", "subtitle", "summary") and not text:
        yield f"{name} is blank (NotBlank)"
    if name == "link":
        yield from _link(child)
    if name in TEXTS:
        yield from _text(child)


def _link(link: ElementTree.Element) -> Iterator[str]:
    if not _absolute(link.get("href")):
        yield f"4.2.7.1: {link.get('href')!r} is no absolute address (ContainsRelRef)"
    if link.get("rel", "alternate") not in RELATIONS:
        yield f"4.2.7.2: {link.get('rel')!r} is no relation that is registered"
    if link.get("type") is not None and not MEDIA_TYPE.fullmatch(link.get("type", "")):
        yield f"4.2.7.3: {link.get('type')!r} is no media type"


def _text(element: ElementTree.Element) -> Iterator[str]:
    form = element.get("type", "text")
    if form not in ("text", "html"):
        yield f"3.1.1: we write text and html, and this is {form!r}"
    if len(element):
        yield f"3.1.1.1, 3.1.1.2: {form} has no elements of its own"
    if form == "html":
        yield from faults_of_fragment(element.text or "")


def faults_of_fragment(markup: str) -> Iterator[str]:
    """What is wrong with HTML that a reader puts into a `div` (RFC 4287, 3.1.1.2 and 4.1.3.3)."""
    parser = html5lib.HTMLParser()
    parser.parseFragment(markup, container="div")
    yield from (f"3.1.1.2: {code} {details}" for _, code, details in parser.errors)
    for tag in BeautifulSoup(markup, "html.parser").find_all(True):
        if tag.name in ("script", "style", "iframe", "object", "embed", "form", "link", "meta", "base"):
            yield f"{tag.name} (SecurityRisk)"
        for name, value in tag.attrs.items():
            if name.startswith("on") or name == "style":
                yield f"the attribute {name} (SecurityRiskAttr)"
            if name in ("href", "src") and not _absolute(str(value)):
                yield f"{value!r} is not absolute (ContainsRelRef)"


def _self(root: ElementTree.Element, location: str) -> Iterator[str]:
    own = [link.get("href") for link in _links(root, "self")]
    if len(own) != 1:
        yield "4.1.1: a feed should have one self link (MissingSelf)"
    elif own[0] != location:
        yield f"its self link is {own[0]} (SelfDoesntMatchLocation)"


def _twice(entries: list[ElementTree.Element]) -> Iterator[str]:
    ids = Counter(entry.findtext(f"{ATOM}id") for entry in entries)
    yield from (f"4.1.1: the id {name} stands twice (DuplicateEntries)" for name, times in ids.items() if times > 1)


def _links(element: ElementTree.Element, rel: str) -> list[ElementTree.Element]:
    return [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel]


def _item(item: dict[str, Any]) -> Iterator[str]:
    if not isinstance(item.get("id"), str) or not item["id"]:
        yield "“id” is a string that is not empty"
    if not any(isinstance(item.get(name), str) for name in ("content_html", "content_text")):
        yield "an item has content, as HTML or as text"
    yield from faults_of_fragment(item.get("content_html", ""))
    yield from (f"“{n}” is not absolute" for n in ("url", "external_url", "image") if not _absolute(item.get(n)))
    dates = [item[name] for name in ("date_published", "date_modified") if name in item]
    yield from (f"{at!r} is no date of RFC 3339" for at in dates if not _date(at))
    if dates != sorted(dates):
        yield "it was modified before it was published"
    if not all(isinstance(tag, str) and tag.strip() for tag in item.get("tags", [])):
        yield "“tags” are strings"
    yield from _strangers(item, JSON_ITEM)


def _strangers(given: dict[str, Any], known: set[str]) -> list[str]:
    """The names of extensions begin with an underscore and a letter; nothing is null."""
    names = [name for name in given if name not in known and not re.fullmatch("_[A-Za-z][^.]*", name)]
    return [f"{name} is no name of 1.1" for name in names] + [f"{n} is null" for n, v in given.items() if v is None]


def _person(one: object) -> bool:
    return isinstance(one, dict) and any(one.get(name) for name in ("name", "url", "avatar"))


def _absolute(url: str | None) -> bool:
    """True where there is no URL, too."""
    return url is None or (urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).netloc))


def _date(text: str) -> bool:
    if not RFC3339.fullmatch(text):
        return False
    try:
        return datetime.fromisoformat(text).year >= 1990  # ImplausibleDate
    except ValueError:
        return False
