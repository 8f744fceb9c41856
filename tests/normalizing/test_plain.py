from __future__ import annotations

import pytest

from scraper.errors import Unreadable
from scraper.normalizing import Document, normalize

URL = "https://www.example.gov/notes"


def read(text: str | bytes, content_type: str) -> Document:
    return normalize(text.encode() if isinstance(text, str) else text, url=URL, content_type=content_type)


MARKDOWN = """Harbour
=======

Ferries keep
to their timetable.
## Berths ##
- One,
  wrapped
- Two
1. Three

> A pilot
> said so.

```python
x = 1

y = 2
```
| Year | Cost |
|------|-----:|
| 2025 | 48 |
---
The end."""


def test_markdown_reads_by_its_blocks() -> None:
    document = read(MARKDOWN, "text/markdown; charset=utf-8")

    assert [(passage.kind, passage.text) for passage in document.passages] == [
        ("heading", "Harbour"),
        ("paragraph", "Ferries keep to their timetable."),
        ("heading", "Berths"),
        ("list_item", "One, wrapped"),
        ("list_item", "Two"),
        ("list_item", "Three"),
        ("quote", "A pilot said so."),
        ("preformatted", "x = 1"),
        ("preformatted", "y = 2"),
        ("table_row", "Year | Cost"),
        ("table_row", "2025 | 48"),
        ("paragraph", "The end."),
    ]
    assert document.title == "Harbour"


def test_a_fence_that_never_ends_loses_nothing() -> None:
    assert read("```\none\n\n# two", "text/markdown").text.split("\n") == ["one", "# two"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_a_table_reads_row_by_row(sign: str) -> None:
    text = f'Year{sign}Cost{sign}Note\r\n2025{sign}48{sign}"a{sign}""b""\nc\u2028d"\r\n\r\n2026{sign}{sign}\r\n'
    document = read(text, "text/csv")

    assert [passage.text for passage in document.passages] == [
        "Year | Cost | Note",
        "2025 | 48 | " + " ".join(f'a{sign}"b" c d'.split()),
        "2026 | |",
    ]
    assert {passage.kind for passage in document.passages} == {"table_row"}


def test_a_cell_that_no_reader_holds_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="line 2"):
        read('a,b\n1,"' + "x" * 200_000 + '"', "text/csv")


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1252", "iso-8859-2"])
def test_plain_text_is_read_in_its_encoding(charset: str) -> None:
    text = "Größe des Hafens.\n\nZweiter Absatz."

    assert read(text.encode(charset), f"text/plain; charset={charset}").text == "Größe des Hafens.\nZweiter Absatz."


def test_text_without_a_word_about_its_encoding_is_utf_8_or_the_old_default() -> None:
    assert read("Größe".encode(), "text/plain").text == read("Größe".encode("cp1252"), "text/plain").text == "Größe"
