"""The demo's archive with what its site does not serve: compressed answers, clocks that differ, timestamps of heads."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.archive import Archive, tokens
from scraper.clock import from_text
from scraper.config import FetchSettings
from scraper.fetching.observation import Answer
from scraper.timestamping import timestamp
from tests.authority import Authority, make_certificates

if TYPE_CHECKING:
    from datetime import datetime


def enrich(path: Path) -> None:
    """Add four runs to an archive; timestamps only where openssl and the extra `timestamp` are there."""
    with tempfile.TemporaryDirectory(prefix="redline-authority-") as folder, Archive(path) as archive:
        stamping = shutil.which("openssl") is not None and tokens.available()
        if stamping:
            make_certificates(Path(folder))
        source = archive.connection.execute("select id, url from sources order by id").fetchone()
        moment = from_text(archive.runs(1)[0]["finished"])
        for number in range(4):
            moment += timedelta(hours=6)
            run_id = archive.begin_run("tamper", 1, moment)
            archive.record(run_id, _compressed(source["id"], source["url"], moment, number))
            archive.finish_run(run_id, moment, fetched=1, changed=0, failed=0)
            for authority in Authority(Path(folder)).serve() if stamping and number < 3 else ():
                timestamp(archive, authority.url, FetchSettings(allow_private=("127.0.0.0/8",)), clock=lambda: moment)  # noqa: B023


def _compressed(source_id: str, url: str, moment: datetime, number: int) -> Answer:
    body = f"<html><title>The harbour</title><main><p>Notice {number} of the harbour.</p></main></html>".encode()
    dated = format_datetime(moment - timedelta(minutes=number), usegmt=True)
    return Answer(
        source_id,
        url,
        moment,
        80,
        final_url=url,
        status=200,
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Date", dated)),
        body=body,
        encoded_body=gzip.compress(body, mtime=0),
        sent=moment,
        answered=moment + timedelta(milliseconds=60),
        robots="allowed: no rule against it",
    )
