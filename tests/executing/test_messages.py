"""What is said on a line is heard as it was said."""

from __future__ import annotations

from datetime import UTC, datetime
from multiprocessing import Pipe

import pytest

from scraper.executing.batches import Delivered
from scraper.executing.messages import Hello, Message, Page, frames_of, hear
from scraper.fetching.observation import Answer
from scraper.fetching.politeness import HostState

URL = "https://site.example/page"


def page(body: bytes | None, encoded: bytes | None = None) -> Page:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    answer = Answer("page", URL, moment, 90, URL, 200, (("ETag", "x"),), body=body, encoded_body=encoded)
    return Page(7, Delivered(answer, HostState("site.example")), kept_back=False)


@pytest.mark.parametrize(
    "message",
    [
        Hello("Redline 1"),
        page(None),
        page(b""),
        page(b"<p>Text"),
        page(b"<p>\x00\xff</p>" * 5_000, encoded=b"\x1f\x8b"),
    ],
)
def test_a_message_is_heard_as_it_was_said_and_so_is_the_next(message: Message) -> None:
    here, there = Pipe()
    with here, there:
        for said in (message, Hello("next")):
            for frame in frames_of(said):
                here.send_bytes(frame)

        assert [hear(there), hear(there)] == [message, Hello("next")]


def test_a_body_goes_beside_its_message() -> None:
    body = b"<p>Once.</p>" * 100

    written, beside = frames_of(page(body))

    assert beside == body
    assert len(written) < 1_000


def test_half_a_message_is_none() -> None:
    here, there = Pipe()
    with there:
        with here:
            here.send_bytes(frames_of(page(b"<p>Text"))[0])

        with pytest.raises(EOFError):
            hear(there)
