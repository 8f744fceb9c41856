"""The command that judges labelled captures, on captures of our own making."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.benchmarks.capture_quality import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def label(corpus: Path, folder: str, status: int, *, title: str = "", **headers: str) -> None:
    (corpus / folder).mkdir()
    record: dict[str, Any] = {
        "url": "https://example.gov/a-story",
        "capture_time": "2026-04-11T01:54:47.000Z",
        "status": status,
        "title": title,
        "content_length": 400,
        "headers": {name.replace("_", "-"): value for name, value in headers.items()} | {"content-type": "text/html"},
        "source_metadata": {},
    }
    (corpus / folder / "one.json").write_text(json.dumps({"data": record}))


def test_labelled_captures_are_counted_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    label(tmp_path, "akamai-0.0", 403, title="Access Denied", server="AkamaiGHost")
    label(tmp_path, "nginx-1.0", 404, title="Not found")
    label(tmp_path, "nginx-0.5", 503)

    assert main(["--corpus", str(tmp_path)]) == 0
    assert "3 of 3 answers judged rightly" in capsys.readouterr().out


def test_a_block_that_is_read_as_an_absence_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    label(tmp_path, "nginx-0.0", 404, title="Not found")
    label(tmp_path, "nginx-0.5", 404, title="Not found")
    label(tmp_path, "nginx-1.0", 403)

    assert main(["--corpus", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert out.count("is read as a removal") == 2
    assert out.count("is healthy") == 1


def test_without_the_corpus_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--corpus", str(tmp_path)]) == 0
    assert "nothing judged" in capsys.readouterr().out
