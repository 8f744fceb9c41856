"""Every broken, endless or swollen answer ends in time, in bounded memory, and in a line that says what came."""

from __future__ import annotations

import threading
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scraper.fetching import judge
from tests.fetching.asking import fetch
from tests.fetching.hostile.answers import ENCODINGS, ENDLESS, LENGTHS, MOST, PROTOCOL, REDIRECTS, Sent
from tests.scripted import Asked, Scripted, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import FetchSettings

CASES = LENGTHS | ENDLESS | ENCODINGS | PROTOCOL | REDIRECTS
MEMORY = 40 * MOST
"""Bytes that one fetch may take beside what was there before; a bomb of these tables holds a hundred times `MOST`."""


class Says(dict):  # type: ignore[type-arg]
    """Pages of a site that has one thing to say, at whatever address; `/end` is a page."""

    def __init__(self, sent: Sent, done: threading.Event) -> None:
        def serve(_: Asked) -> Iterator[bytes]:
            yield from sent.sending()
            if sent.then_is_slow:
                done.wait(10)

        super().__init__({"/end": page("<p>end")})
        self._serve = serve

    def get(self, path: str, default: object = None) -> object:
        return super().get(path) or self._serve


@pytest.mark.parametrize("sent", CASES.values(), ids=CASES.keys())
def test_an_answer_that_means_ill_ends_in_a_line(site: Scripted, settings: FetchSettings, sent: Sent) -> None:
    done = threading.Event()
    site.pages = Says(sent, done)
    limited = replace(settings, max_bytes=MOST, timeout=0.15 if sent.then_is_slow else 10)
    tracemalloc.start()
    try:
        answer = fetch(limited, site.url("/loop"))
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        done.set()

    assert taken < MEMORY
    assert answer.body is None or len(answer.body) <= MOST
    assert len(site.asked) <= 11
    if sent.failure != "":
        assert (answer.failure, answer.body) == (sent.failure, sent.body)
        assert sent.says in (answer.error or "")
    line = answer.error or judge(answer).reason
    assert line.isprintable()
    assert len(line) < 1000
    assert "0x" not in line
    if answer.failure is not None:
        assert judge(answer).outcome == answer.failure


@pytest.mark.parametrize("name", [name for name, sent in CASES.items() if sent.failure == ""])
def test_what_follows_a_redirect_or_nothing_is_judged_by_what_came_at_the_end(
    site: Scripted, settings: FetchSettings, name: str
) -> None:
    site.pages = Says(CASES[name], threading.Event())

    answer = fetch(replace(settings, max_bytes=MOST), site.url("/loop"))

    expected = (b"<p>end", None) if name.startswith("a redirect") else (b"", "server_error")
    assert (answer.body, judge(answer).outcome if not answer.body else None) == expected


def test_a_connection_that_is_reset_is_told_as_that(settings: FetchSettings) -> None:
    import socket
    import struct

    def reset(server: socket.socket) -> None:
        connection, _ = server.accept()
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=reset, args=(server,))
        thread.start()
        answer = fetch(settings, f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()

    assert (answer.failure, answer.body, answer.broke_off) == ("network_error", None, True)
