"""What people write themselves to watch pages: requests, a parser, and the standard library's difflib.

    python -m tests.benchmarks.refetch_pipelines soup|selectolax DB URLS SELECTOR

Looks at every address in the file URLS, keeps the text of SELECTOR in the SQLite file DB, with the page's ETag, and
prints the addresses whose text differs from the one kept. Texts alone are kept, no captures and no history.
"""

from __future__ import annotations

import difflib
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Kept:
    """The text that each address had at the last look."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path)
        self.connection.execute("create table if not exists pages (url text primary key, etag text, text text)")
        self.connection.execute("create table if not exists differences (url text, difference text)")

    def conditions(self, url: str) -> dict[str, str]:
        """The headers that ask for the page only where it changed."""
        row = self.connection.execute("select etag from pages where url = ?", (url,)).fetchone()
        return {"If-None-Match": row[0]} if row and row[0] else {}

    def look(self, url: str, etag: str | None, text: str) -> bool:
        """Keep a text; whether it differs from the one before."""
        row = self.connection.execute("select text from pages where url = ?", (url,)).fetchone()
        self.connection.execute("insert or replace into pages values (?, ?, ?)", (url, etag, text))
        if row is None or row[0] == text:
            return False
        difference = "\n".join(difflib.unified_diff(row[0].splitlines(), text.splitlines(), lineterm=""))
        self.connection.execute("insert into differences values (?, ?)", (url, difference))
        return True

    def close(self) -> None:
        """Write it to the file."""
        self.connection.commit()
        self.connection.close()


def soup_reader(selector: str) -> Callable[[bytes], str]:
    """The text of a part of a page by BeautifulSoup, with the parser of the standard library."""
    from bs4 import BeautifulSoup

    return lambda body: "\n".join(
        part.get_text("\n", strip=True) for part in BeautifulSoup(body, "html.parser").select(selector)
    )


def lexbor_reader(selector: str) -> Callable[[bytes], str]:
    """The same by selectolax, whose parser is in C."""
    from selectolax.lexbor import LexborHTMLParser

    return lambda body: "\n".join(
        part.text(separator="\n", strip=True) for part in LexborHTMLParser(body).css(selector)
    )


READERS: Mapping[str, Callable[[str], Callable[[bytes], str]]] = {"soup": soup_reader, "selectolax": lexbor_reader}


def main(arguments: list[str]) -> None:
    """Look at every page once."""
    import requests

    reader, db, urls, selector = arguments
    text_of = READERS[reader](selector)
    with closing(Kept(db)) as kept, requests.Session() as session:
        for url in Path(urls).read_text("utf-8").split():
            answer = session.get(url, headers=kept.conditions(url), timeout=30)
            if answer.status_code == 200 and kept.look(url, answer.headers.get("ETag"), text_of(answer.content)):
                print(url)


if __name__ == "__main__":
    main(sys.argv[1:])
