"""`redline shard`: an archive and its watch list split by publisher, a pair of files for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import scraper.config as config
from scraper.archive.sharding import Shard, shard
from scraper.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

_HEADER = "[[source]]"


def split(
    db: Path, listed: Path, folder: Path, moment: datetime, progress: Callable[[int, int], None] | None = None
) -> list[Shard]:
    """Split an archive into `folder`, and beside each shard the part of the watch list that goes with it.

    `PUBLISHER.db` is looked at with `PUBLISHER.toml`; where none of its pages is on the list any more, there is no such
    file. The archive and the list stay as they are.
    """
    watch_list = config.load(listed)
    shards = shard(db, folder, moment, progress)
    text = listed.read_text(encoding="utf-8")
    head = text[: text.index(_HEADER)] if _HEADER in text else text
    for made in shards:
        own = [source for source in watch_list.sources if source.id in made.sources]
        if not own:
            continue
        path = made.path.with_suffix(".toml")
        path.write_text(head, encoding="utf-8")
        for source in own:
            config.append_source(path, source)
        if config.load(path).fetch != watch_list.fetch:
            raise UsageError(f"{listed}: put the table [fetch] before the pages, and copy it to the top of {path}")
    return shards
