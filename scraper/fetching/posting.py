"""One question to a service over the guarded door: a POST with a small answer. No page is fetched this way."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

import requests

import scraper.fetching.body as body
from scraper.clock import Clock, system_clock
from scraper.errors import FetchRefused
from scraper.fetching.client import open_session
from scraper.fetching.decoding import TooLargeError
from scraper.fetching.door import Door
from scraper.fetching.failures import WEB_ERRORS, explain
from scraper.fetching.guard import AddressGuard

if TYPE_CHECKING:
    from scraper.config import FetchSettings

MOST_BYTES = 256 * 1024


class PostFailed(Exception):
    """No answer came of a question; its text says why."""


def post(url: str, content: bytes, media_type: str, settings: FetchSettings, *, clock: Clock = system_clock) -> bytes:
    """Send a body and give back that of the answer, which must be a 200; PostFailed for anything else.

    No redirect is followed: a service is asked at its own address. The address guard and `timeout` hold as they do for
    pages. Raises nothing else for what the web does.
    """
    guard = AddressGuard(settings.allow_private)
    door = Door(guard, time.monotonic, clock)
    door.open_until(settings.timeout, MOST_BYTES)
    try:
        guard.check_url(url)
        with closing(open_session(settings, door)) as session:
            request = requests.Request("POST", url, data=content, headers={"Content-Type": media_type, "Accept": "*/*"})
            prepared = session.prepare_request(request)
            with closing(session.send(prepared, stream=True, allow_redirects=False, timeout=door.left())) as response:
                if response.status_code != requests.codes.ok:
                    raise PostFailed(f"it answered {response.status_code}")
                return body.received(response, MOST_BYTES)
    except TooLargeError:
        raise PostFailed(f"its answer is larger than {MOST_BYTES // 1024} KiB") from None
    except (FetchRefused, *WEB_ERRORS) as error:
        raise PostFailed(explain(error, url, settings.timeout)[1]) from None
