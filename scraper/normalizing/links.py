"""Links and images as things that can be compared: absolute, and without what differs at every fetch."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit, urlunsplit

from scraper.normalizing.document import Image, Link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.normalizing.layout import Reference

# Campaign and click identifiers; the names are documented by the advertising and mail services that add them.
_TRACKING = re.compile(
    r"utm_.*|(?:fb|g|dc|ms|y|tw|tt|li_fat_|ir|sc|epi)clid|gclsrc|[gw]braid|mc_[ce]id|igshid?|_hsenc|_hsmi|hsctatracking|mkt_tok|_ga|_gl"
    r"|vero_(?:id|conv)|oly_(?:anon|enc)_id|s_cid|s_kwcid|cmpid|cm_mm.*|ncid|icid|ref_src|ref_url|trk(?:campaign)?|wt\.mc_id|pk_.*|piwik_.*|mtm_.*|at_(?:medium|campaign)",
    re.IGNORECASE,
)
# Session identifiers, signatures, nonces and cache busters.
_VOLATILE = re.compile(
    r"phpsessid|jsessionid|aspsessionid.*|cfid|cftoken|sid|session_?id|sessid|_?wpnonce|nonce|csrf.*|_?token|access_token|authenticity_token"
    r"|sig|signature|hmac|hdnts|hdnea|policy|key-pair-id|expires|x-(?:amz|goog)-.*|cb|cachebuster|_|nocache|rnd|rand|timestamp|itok",
    re.IGNORECASE,
)
# Where a service hides addresses of e-mail, anew at every request.
_EMAIL = "/cdn-cgi/l/email-protection"
_NAMING = re.compile(r".*(?:id|key|file|doc|document|name|path|url|uri|title|q|query|search)", re.IGNORECASE)
_RANDOM = re.compile(r"(?=(?:[^0-9]*[0-9]){4})(?=(?:[^A-Za-z]*[A-Za-z]){4})[A-Za-z0-9_~.%+/=-]{24,}")
_SESSION_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_IMAGE_PARAMETER = re.compile(
    r"w|h|q|wid|hei|width|height|quality|qlt|fit|crop|resize|size|auto|format|fmt|fm|dpr|ssl|strip|zoom|v|ver|version|t|ts|mtime|im|impolicy|downsize|output-.*|sw|sh|scale|rect|op_usm|bgcolor",
    re.IGNORECASE,
)
# …/2019/Nov/21/2002214873/825/780/0/NAME.JPG: width, height and quality between the asset's number and its name.
_ASSET_SIZE = re.compile(r"(/\d{4}/[A-Z][a-z]{2}/\d{1,2}/\d{6,}/)\d+/\d+/\d+/")
_SIZED_NAME = re.compile(r"-\d{2,4}x\d{2,4}(?=\.[A-Za-z]{3,4}$)")
# An address as nearly all are written: whole, in lower case up to the path, or from the root of its site; with a path
# in which there is nothing to settle. No segment of it is empty or begins with a dot; no parameters, query, fragment.
_HOST = r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]+)?"
_SITE = re.compile(rf"({_HOST})/")
_PLAIN = re.compile(rf"({_HOST}(?=/|\Z)|(?=/))((?:/[\w~%,=@+-][\w.~%,=@+-]*)*/?)", re.ASCII)
_STYLED = re.compile(r"/styles/[^/]+/(?:public|private)/")


def absolute(address: str, base: str) -> str | None:
    """Return the absolute http(s) URL of an address as written, or None where it is none."""
    try:
        joined = urljoin(base, address.strip())
        parts = urlsplit(joined)
        host = parts.hostname
    except ValueError:
        return None
    return joined if parts.scheme in {"http", "https"} and host else None


@lru_cache(maxsize=256)
def settle_link(address: str, base: str) -> str | None:
    """Return the settled absolute URL of a link; None for what leads nowhere else.

    Tracking parameters, sessions, signatures and long random values go. A fragment stays, for it names the part that is
    meant; a link into the page itself (``base`` without its fragment) is no link to another document and gives None.
    """
    if (plainly := _plain(address, base)) is not None:
        return None if _EMAIL in plainly[1] else "".join(plainly)
    if address.startswith("#") and (page := _PLAIN.fullmatch(base)) is not None and page[1]:
        return None
    joined = absolute(address, base)
    if joined is None or _EMAIL in joined:
        return None
    plain, fragment = urldefrag(joined)
    if plain == urldefrag(base)[0] and (fragment or address.strip().startswith("#") or not address.strip()):
        return None
    return _rebuild(joined, image=False)


@lru_cache(maxsize=256)
def settle_image(address: str, base: str) -> str | None:
    """Return the settled absolute URL of an image, whatever the size in which it is asked for."""
    if (plainly := _plain(address, base)) is not None:
        return plainly[0] + _without_size(plainly[1])
    joined = absolute(address, base)
    return _rebuild(urldefrag(joined)[0], image=True) if joined is not None else None


def _plain(address: str, base: str) -> tuple[str, str] | None:
    """Return site and path of an address as they are settled, where that is plain to see: what `absolute` and
    `_rebuild` would come to in ten times as long."""
    found = _PLAIN.fullmatch(address)
    if found is None:
        return None
    if found[1]:
        return found[1], found[2] or "/"
    site = _SITE.match(base)
    return (site[1], found[2]) if site is not None else None


def _without_size(path: str) -> str:
    """The path of an image without the size in which it is asked for."""
    return _STYLED.sub("/", _SIZED_NAME.sub("", _ASSET_SIZE.sub(r"\1", path)))


def _rebuild(url: str, *, image: bool) -> str:
    """Put a URL together again without the parts that differ between two fetches."""
    parts = urlsplit(url)
    path = _SESSION_PATH.sub("", parts.path) or "/"
    if image:
        path = _without_size(path)
    query = "&".join(pair for pair in parts.query.split("&") if pair and _stays(pair, image))
    return urlunsplit((parts.scheme, parts.netloc.lower(), path, query, parts.fragment))


def _stays(pair: str, image: bool) -> bool:
    name, _, value = pair.partition("=")
    if _TRACKING.fullmatch(name) or _VOLATILE.fullmatch(name) or (image and _IMAGE_PARAMETER.fullmatch(name)):
        return False
    return _RANDOM.fullmatch(value) is None or _NAMING.fullmatch(name) is not None


def collect(references: Iterable[Reference], base: str) -> tuple[tuple[Link, ...], tuple[Image, ...]]:
    """Return the links and images among `references`, each once, in the order of the page."""
    links: dict[Link, None] = {}
    images: dict[Image, None] = {}
    for reference in references:
        if reference.is_image:
            if url := settle_image(reference.address, base):
                images.setdefault(Image(url, reference.text))
        elif url := settle_link(reference.address, base):
            links.setdefault(Link(url, reference.text))
    return tuple(links), tuple(images)
