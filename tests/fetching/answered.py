"""Answers to judge: what a story of the watch list might come back as."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from scraper.fetching import Answer, Hop

URL = "https://www.defense.gov/News/Article/Article/2028603/a-story/"
PROSE = "<p>" + "The two ministries met in Algiers and spoke about trade, training and the border. " * 20 + "</p>"
STORY = f"<!doctype html><html><head><title>A story</title></head><body><h1>A story</h1>{PROSE}</body></html>".encode()
TEASER = "The village lies behind a fence, and nobody has lived there since the war ended. " * 3
CLOUDFLARE = {"server": "cloudflare", "cf-ray": "9d2b11219ded6c52-DFW"}


def answer(status: int | None = 200, body: bytes | None = STORY, final: str | None = None, **given: Any) -> Answer:
    headers = {"Content-Type": "text/html; charset=utf-8", **given.pop("headers", {})}
    hops = (Hop(URL, 301, final),) if final else ()
    return Answer(
        source_id="a",
        url=URL,
        started=datetime(2026, 3, 2, tzinfo=UTC),
        elapsed_ms=5,
        final_url=final or URL,
        status=status,
        headers=tuple((name, value) for name, value in headers.items() if value is not None),
        redirects=hops,
        body=body,
        **given,
    )


def html(title: str, text: str = "", heading: str = "") -> bytes:
    return f"<html><head><title>{title}</title></head><body><h1>{heading}</h1><p>{text}</p></body></html>".encode()
