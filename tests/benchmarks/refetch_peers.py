"""Who looks at the pages: Redline, two pipelines as people write them, and the tools that are installed.

Redline is told the addresses and nothing else. The others are told where the article stands, by a selector.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.refetch_site import SELECTOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody who looks at pages.

    `command` gives the command for one pass over the addresses, with its files in a folder; `changed` the addresses
    that the latest pass found changed, from the folder and from what the command printed.
    """

    name: str
    command: Callable[[Path, list[str]], list[str]]
    changed: Callable[[Path, str], set[str]]


def peers() -> Iterator[Peer | str]:
    """Redline first, then whoever is here; in words, who is not."""
    yield Peer("Redline", _redline, _redline_changed)
    yield Peer("requests, selectolax, difflib", _pipeline("selectolax"), _printed)
    yield Peer("requests, BeautifulSoup, difflib", _pipeline("soup"), _printed)
    for name, command, changed in (("urlwatch", _urlwatch, _urlwatch_changed), ("scrapy", _scrapy, _printed)):
        if (program := installed(name)) is None:
            yield f"{name} is not installed (pip install '.[bench]')"
        else:
            yield Peer(name, command(program), changed)


def installed(name: str) -> str | None:
    """The program of this name, beside this Python or on the path."""
    return shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


def _listed(folder: Path, urls: list[str]) -> str:
    path = folder / "urls.txt"
    path.write_text("\n".join(urls), "utf-8")
    return str(path)


def _redline(folder: Path, urls: list[str]) -> list[str]:
    watched = folder / "sources.toml"
    settings = '[fetch]\ndelay = 0\nrobots = false\nallow_private = ["127.0.0.0/8"]\n'
    sources = (f'\n[[source]]\nid = "page-{number}"\nurl = "{url}"\n' for number, url in enumerate(urls))
    watched.write_text(settings + "".join(sources), "utf-8")
    files = ["--db", str(folder / "archive.db"), "--sources", str(watched)]
    return [sys.executable, "-m", "scraper", "run", "--all", *files]


def _redline_changed(folder: Path, printed: str) -> set[str]:
    """From the archive: pages whose wording changed at a look of the latest run."""
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        rows = connection.execute(
            "select f.url from changes c join fetches f on f.id = c.id "
            "where c.kind = 'content' and c.substantive and f.run_id = (select max(id) from runs)"
        )
        return {url for (url,) in rows}


def _pipeline(reader: str) -> Callable[[Path, list[str]], list[str]]:
    def command(folder: Path, urls: list[str]) -> list[str]:
        given = [reader, str(folder / "kept.db"), _listed(folder, urls), SELECTOR]
        return [sys.executable, "-m", "tests.benchmarks.refetch_pipelines", *given]

    return command


def _printed(folder: Path, printed: str) -> set[str]:
    return {line for line in printed.split("\n") if line.startswith("http")}


def _urlwatch(program: str) -> Callable[[Path, list[str]], list[str]]:
    def command(folder: Path, urls: list[str]) -> list[str]:
        jobs = (f"url: {url}\nfilter:\n  - css: {SELECTOR}\n  - html2text\n" for url in urls)
        (folder / "urls.yaml").write_text("---\n".join(jobs), "utf-8")
        (folder / "hooks.py").write_text("", "utf-8")
        told = "display:\n  new: true\n  unchanged: false\nreport:\n  stdout:\n    enabled: true\n    color: false\n"
        (folder / "urlwatch.yaml").write_text(told, "utf-8")
        files = {"urls": "urls.yaml", "config": "urlwatch.yaml", "hooks": "hooks.py", "cache": "cache.db"}
        return [program, *(word for name, file in files.items() for word in (f"--{name}", str(folder / file)))]

    return command


def _urlwatch_changed(folder: Path, printed: str) -> set[str]:
    return {line.partition("CHANGED: ")[2].strip() for line in printed.split("\n") if "CHANGED: http" in line}


def _scrapy(program: str) -> Callable[[Path, list[str]], list[str]]:
    def command(folder: Path, urls: list[str]) -> list[str]:
        given = {"urls": _listed(folder, urls), "db": str(folder / "kept.db"), "selector": SELECTOR}
        named = (word for name, value in given.items() for word in ("-a", f"{name}={value}"))
        return [program, "runspider", str(HERE / "refetch_spider.py"), *named]

    return command
