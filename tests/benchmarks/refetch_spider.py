"""The same pipeline as a spider of Scrapy.

scrapy runspider refetch_spider.py -a urls=FILE -a db=DB -a selector=CSS
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy  # type: ignore[import-not-found,unused-ignore]

from tests.benchmarks.refetch_pipelines import Kept

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Looks(scrapy.Spider):  # type: ignore[misc,unused-ignore]
    """Looks at every page once and prints the addresses whose text differs."""

    name = "looks"
    custom_settings = {  # noqa: RUF012 - Scrapy reads it from the class
        "ROBOTSTXT_OBEY": False,
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "CONCURRENT_REQUESTS": 16,
        "DOWNLOAD_DELAY": 0,
        "HTTPERROR_ALLOWED_CODES": [304],
    }

    def __init__(self, urls: str, db: str, selector: str) -> None:
        super().__init__()
        self.urls = Path(urls).read_text("utf-8").split()
        self.kept = Kept(db)
        self.selector = selector

    async def start(self) -> AsyncIterator[Any]:
        """Ask for each page, where it changed."""
        for url in self.urls:
            yield scrapy.Request(url, headers=self.kept.conditions(url))

    def parse(self, response: Any) -> None:
        """Keep the text."""
        if response.status != 200:
            return
        strings = response.css(self.selector).xpath(".//text()[normalize-space()]").getall()
        tag = response.headers.get("ETag")
        if self.kept.look(response.url, tag and tag.decode(), "\n".join(map(str.strip, strings))):
            print(response.url)

    def closed(self, reason: str) -> None:
        """Write the file."""
        self.kept.close()
