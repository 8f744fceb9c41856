"""Is it the same page? Identity read from two URLs alone.

A page is not its URL: one defense.gov story has had four addresses on two hosts, and only the article id stayed. What
is decided here is deliberately narrow, since calling another page the same would put a stranger's words into a
page's history. Where it is not sure, it says that it is not the same.
"""

from __future__ import annotations

import ipaddress
import posixpath
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from scraper.fetching.guard import DEFAULT_PORTS

# Publishers that changed their domain. defense.gov has answered with 301 to war.gov since September 2025.
_SUCCESSORS = {"war.gov": "defense.gov"}

# Second-level suffixes under which names are given to others, so that `bbc.co.uk` and `ons.co.uk` are two sites. A
# short list of the commonest; the Public Suffix List has thousands more, and for a site under one of those
# (`a.pvt.k12.ma.us`) the last two labels are taken, which can only merge sites, never part one.
_SUFFIXES = frozenset(
    f"{second}.{country}"
    for country, seconds in {
        "uk": "co gov org ac nhs police mod ltd plc sch",
        "au": "com gov org net edu asn id",
        "nz": "co govt org net ac iwi school mil",
        "jp": "co go or ne ac ad ed gr lg",
        "za": "co gov org net ac",
        "br": "com gov org net edu jus leg mil",
        "in": "co gov org net ac nic",
        "kr": "co go or ne ac re",
        "il": "co gov org net ac muni",
        "tr": "com gov org net edu",
        "mx": "com gob org net edu",
        "ar": "com gob gov org net edu",
        "cn": "com gov org net edu ac",
        "dz": "com gov org net edu",
        "fr": "gouv asso",
        "ua": "com gov org net edu",
        "sg": "com gov org net edu",
    }.items()
    for second in seconds.split()
)

# Domains under which a name is somebody's own site.
_SHARED = frozenset(
    f"{name}.{top}"
    for top, names in {
        "app": "netlify vercel web",
        "com": "amazonaws firebaseapp herokuapp livejournal medium sharepoint squarespace substack tumblr typepad"
        " weebly wixsite wordpress",
        "dev": "fly pages r2 workers",
        "io": "bitbucket ghost github gitlab readthedocs webflow",
        "net": "azureedge azurewebsites cloudfront windows",
        "site": "cargo notion",
    }.items()
    for name in names.split()
)

# Query parameters that say where a reader came from or in which dress the page is wanted, never which page it is.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_ga|_gl|ref_?src|cmpid|smid|amp|outputtype",
    re.IGNORECASE,
)
_DRESS = re.compile(
    r"print(?:able|er|view|mode)?|printer_?friendly|share|replytocom|fontsize|mobile|nomobile", re.IGNORECASE
)
_MODE = re.compile(r"view|format|mode|layout|display|version|style|template|tmpl|theme|device", re.IGNORECASE)
_DRESSED = re.compile(r"print\w*|amp|mobile|desktop|full|text|single|all", re.IGNORECASE)
# An article's number is a segment by itself, or ends one or begins one; a day or a month (20260302) is none.
_NUMBER = re.compile(r"(?:[^/\d][^/]*-|[a-z])?(\d{5,12})(?:-[^/]*)?(?:\.[a-z]{3,5})?")
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?")
_ARTICLE = re.compile(r"/Article/(\d{1,12})(?:/[^/?#]*)?(?:/amp)?/?$", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default|home)\.(?:html?|php|aspx?|jsp)$")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_OWNER = re.compile(r"/([@~][^/]+)")
_DOORS = re.compile(
    r"[a-z]{2}(?:[-_](?:[a-z]{2}|hans|hant|latn|cyrl))?|home(?:page)?|start(?:seite)?|accueil|inicio|index|default|welcome"
    r"|main|web|guest|portal|site|english|french|francais|arabic|spanish"
)
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|shtml|cfm)$")


class _Key(NamedTuple):
    host: str
    path: str
    query: tuple[tuple[str, str], ...]


# An origin written so is the same whatever follows it, and of a host's pages only that is read anew.
_ORIGIN = re.compile(r"https?://[a-z0-9.:-]*/")


@lru_cache(maxsize=512)  # asked several times for every page, soon one after the other
def host_of(url: str) -> str:
    """The host that politeness is owed to: lower case, with the port where it is not the scheme's own.

    Empty where the URL cannot be read.
    """
    origin = _ORIGIN.match(url)
    return _host_and_port(origin[0] if origin else url)


@lru_cache(maxsize=1024)
def _host_and_port(url: str) -> str:
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        return ""
    host = (split.hostname or "").rstrip(".")
    shown = f"[{host}]" if ":" in host else host
    return shown if port in (None, DEFAULT_PORTS.get(split.scheme)) else f"{shown}:{port}"


def article_id(url: str) -> str | None:
    """The article id in an AFPIMS path (`…/Article/2028603/slug/`), which outlives slugs, sections and hosts."""
    found = _ARTICLE.search(urlsplit(url).path)
    return found[1] if found else None


@lru_cache(maxsize=512)  # asked several times for every page, and a host has many
def publisher_family(host: str) -> str:
    """The registrable domain of a host, under the name that its publisher first had (`www.war.gov` → `defense.gov`).

    Read from the last labels with a short list of second-level suffixes, not from the Public Suffix List. Under a
    domain that is shared out (`one.blogspot.com`), the whole host is its own.
    """
    name = host.lower().rstrip(".").removeprefix("www.")
    if name.startswith("[") or _is_address(name):
        return name
    labels = name.split(".")
    taken = 3 if ".".join(labels[-2:]) in _SUFFIXES else 2
    domain = ".".join(labels[-taken:])
    if domain in _SHARED or domain.startswith("blogspot."):
        return name
    return _SUCCESSORS.get(domain, domain)


def same_page(one: str, other: str) -> bool:
    """True where two URLs are sure to name one page of one publisher.

    Sure means: they differ only in scheme, `www`, letter case, trailing slash, tracking parameters or AMP; or both
    carry the same article id; or both end in the same slug with the same query, and neither the years nor the owners
    (`/@name/`) in their paths differ; or one is a WordPress short link and
    the other an address of the same site that is not its front page.
    """
    try:
        first, second = _key(one), _key(other)
        hosts = [urlsplit(url) for url in (one, other)]
        families = [(publisher_family(split.hostname or ""), _site_port(split.port)) for split in hosts]
    except ValueError:
        return False
    if first == second:
        return True
    if families[0] != families[1]:
        return False
    ids = article_id(one), article_id(other)
    if ids[0] is not None and ids[1] is not None:
        return ids[0] == ids[1]
    if _is_shortlink(first) != _is_shortlink(second):
        return bool(first.path and not first.query) or bool(second.path and not second.query)
    slug = _slug(first.path)
    if not slug or slug != _slug(second.path) or first.query != second.query:
        return False
    folders = posixpath.dirname(first.path), posixpath.dirname(second.path)
    return all(_agree(*(told.findall(folder) for folder in folders)) for told in (_YEAR, _OWNER))


def names_same_page(seen: str, named: str) -> bool:
    """True where the address that a page names as its own is sure to be another one of that same page.

    That is wherever `same_page` is sure; where the two differ only in the dress that the page is wanted in (a view for
    printing, for telephones, for sharing); and where both carry the same article number in the same place, and only
    the words around it differ. Another publisher and a home page never are, whatever a page claims.
    """
    try:
        one, other = _key(seen), _key(named)
        families = {publisher_family(urlsplit(url).hostname or "") for url in (seen, named)}
    except ValueError:
        return False
    if len(families) > 1 or ((one.path or one.query) and not (other.path or other.query)):
        return False
    if same_page(seen, named):
        return True
    if article_id(seen) is not None or article_id(named) is not None:
        return False
    one, other = _undressed(one), _undressed(other)
    number = _numbered(one.path)
    numbered = number is not None and number == _numbered(other.path)
    return one == other or (numbered and one.host == other.host and one.query == other.query)


def _undressed(key: _Key) -> _Key:
    """A key without what only says in which dress the page is wanted."""
    query = tuple((name, value) for name, value in key.query if not _is_dress(name, value))
    segments = [segment for segment in key.path.split("/") if segment not in ("print", "printable", "amp", "m")]
    host = key.host.removeprefix("m.").removeprefix("mobile.")
    return _Key(host, "/".join(segments).removesuffix("-print").removesuffix(".print"), query)


def _is_dress(name: str, value: str) -> bool:
    return bool(_DRESS.fullmatch(name)) or bool(_MODE.fullmatch(name) and _DRESSED.fullmatch(value))


def _numbered(path: str) -> tuple[str, str] | None:
    """The article number in a path, with all that stands before the segment that holds it; None where there is none."""
    folders = path.split("/")
    for at, segment in enumerate(folders):
        found = _NUMBER.fullmatch(segment)
        if found and not _DAY.fullmatch(found[1]):
            return "/".join(folders[:at]), found[1]
    return None


def _agree(one: list[str], other: list[str]) -> bool:
    """Of `/2019/annual-report` and `/2025/annual-report` each is a page; of `/news/annual-report` nothing is said."""
    return not one or not other or set(one) == set(other)


def is_front_door(watched: str, final: str) -> bool:
    """True where `watched` is a site's front page and `final` is where the same site receives its readers.

    That is `/` in a language (`/en-us/`), under a name that front pages have (`/home`), or on a host called so
    (`home.treasury.gov`). Such a site could not be watched at its own address otherwise.
    """
    try:
        asked, found = _key(watched), _key(final)
    except ValueError:
        return False
    first, _, rest = found.host.partition(".")
    same_host = found.host == asked.host or (rest == asked.host and bool(_DOORS.fullmatch(first)))
    if asked.path or asked.query or found.query or not same_host:
        return False
    segments = [_EXTENSION.sub("", segment) for segment in found.path.split("/")[1:]]
    return len(segments) <= 3 and all(_DOORS.fullmatch(segment) for segment in segments)


def _is_shortlink(key: _Key) -> bool:
    return not key.path and len(key.query) == 1 and key.query[0][0] == "p" and key.query[0][1].isdigit()


def is_shortlink(url: str) -> bool:
    """True for `/?p=105500`: an article's number, which WordPress redirects to the article's address of the day."""
    try:
        return _is_shortlink(_key(url))
    except ValueError:
        return False


def settled_url(url: str) -> str:
    """A URL without what does not tell pages apart: scheme, www, letter case, trailing slash, tracking, AMP.

    For comparing only; it is not an address that can be asked for.
    """
    try:
        host, path, query = _key(url)
    except ValueError:
        return url
    return f"//{host}{path or '/'}" + (f"?{urlencode(query)}" if query else "")


def moved(one: str, other: str) -> bool:
    """True where two URLs name one page, and the address differs in more than scheme, www, slash or tracking."""
    return same_page(one, other) and _key(one) != _key(other)


@lru_cache(maxsize=512)
def _key(url: str) -> _Key:
    split = urlsplit(url)
    host = _spelt_out((split.hostname or "").rstrip("."))
    for prefix in ("www.", "amp."):
        host = host.removeprefix(prefix)
    port = _site_port(split.port)
    path = unquote(split.path).casefold()
    path = _INDEX.sub("/", path).rstrip("/").removesuffix("/amp").removesuffix(".amp")
    query = (pair for pair in parse_qsl(split.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0]))
    return _Key(f"{host}:{port}" if port else host, path, tuple(sorted(query)))


def _spelt_out(host: str) -> str:
    """A host in Unicode, so that both spellings of an international name are one (RFC 3492)."""
    if "xn--" not in host:
        return unicodedata.normalize("NFC", host)
    labels = []
    for label in host.split("."):
        try:
            labels.append(label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except UnicodeError:
            labels.append(label)
    return unicodedata.normalize("NFC", ".".join(labels))


def _site_port(port: int | None) -> int | None:
    """The port where it tells sites apart: 80 and 443 do not, since http and https are one site."""
    return None if port in (None, *DEFAULT_PORTS.values()) else port


def _slug(path: str) -> str:
    """The last segment where it is a name; empty for numbers and for the names that every section has."""
    segment = _EXTENSION.sub("", posixpath.basename(path))
    generic = segment in {"index", "default", "home", "en", "fr", "es", "de", "ar", "amp", "error", "404"}
    return "" if generic or len(segment) < 3 or not re.search(r"[^\W\d_]", segment) else segment


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
