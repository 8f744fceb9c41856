"""Where a redirect leads: the Location header as its sender meant it, made absolute and fit to be asked for."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from requests.utils import requote_uri

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def redirect_target(url: str, response: requests.Response) -> str | None:
    """The absolute URL that a redirect leads to, without fragment; None where it is no redirect."""
    location = response.headers.get("Location")
    if response.status_code not in _REDIRECTS or not location:
        return None
    try:
        split = urlsplit(urldefrag(urljoin(url, as_meant(location).strip())).url)
        # Not the host: one outside ASCII is spelt otherwise, which the library does when it prepares a request.
        return split._replace(path=requote_uri(split.path), query=requote_uri(split.query)).geturl()
    except (ValueError, requests.RequestException):
        return as_meant(location)  # the guard refuses it, in its own words


def as_meant(location: str) -> str:
    """A Location as its sender meant it: http.client reads header bytes as Latin-1, servers write UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
