"""The command `redline shard`: an archive split by publisher."""

from __future__ import annotations

from pathlib import Path

import click

from scraper.clock import system_clock
from scraper.terminal.options import db_option, open_readable, print_lines, sources_option


@click.command()
@db_option
@sources_option
@click.option("--into", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where to.")
def shard(db: Path, sources_path: Path | None, folder: Path) -> None:
    """Split the archive by publisher into files that verify by themselves; it stays as it is."""
    from scraper import config
    from scraper.splitting import split
    from scraper.terminal import views
    from scraper.terminal.progress import Progress

    open_readable(db).close()
    progress = Progress()
    listed = config.locate(db, sources_path)
    made = split(db, listed, folder, system_clock(), lambda done, total: progress.step("splitting", done, total))
    progress.over()
    print_lines(views.shards(made))
