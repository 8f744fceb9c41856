"""An archive split by publisher: every shard verifies by itself, under the heads of the whole."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scraper.archive import Archive
from scraper.archive.sharding import LEFT_OUT, TABLES, Shard, shard
from scraper.archive.verify import verify
from scraper.cli import main
from scraper.config import load
from scraper.errors import UsageError
from scraper.exchange.bundle import write_bundle
from tests.archive.watching import PARAGRAPHS, START, Watch, page

if TYPE_CHECKING:
    from pathlib import Path

HERALD = "https://herald.example.org/dredging"


def edited(number: int) -> bytes:
    return page(*PARAGRAPHS[:-1], f"The work is at kilometre {number}.")


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """Two publishers looked at by turns over three runs, the last of which was cut short."""
    path = tmp_path / "whole.db"
    with Archive(path) as archive:
        watch = Watch(archive)
        watch.add("dredging")
        watch.add("harbour", "https://www.example.gov/news/harbour")
        watch.add("herald", HERALD)
        watch.publish_as("herald", "The Herald")
        for number in range(3):
            watch.run_id = archive.begin_run("test", 3, watch.now)
            for source_id in ("herald", "dredging", "herald", "harbour", "herald"):
                watch.look(edited(number), source_id)
            if number < 2:
                archive.finish_run(watch.run_id, watch.now, fetched=5, changed=0, failed=0)
    return path


@pytest.fixture
def shards(whole: Path, tmp_path: Path) -> dict[str, Shard]:
    return {made.publisher: made for made in shard(whole, tmp_path / "shards", START)}


def test_each_shard_holds_what_is_of_its_publisher_under_the_same_numbers(
    whole: Path, shards: dict[str, Shard]
) -> None:
    assert {name: made.sources for name, made in shards.items()} == {
        "The Herald": ("herald",),
        "example.gov": ("dredging", "harbour"),
    }
    for made in shards.values():
        with sqlite3.connect(made.path) as connection:
            connection.execute("attach ? as whole", (str(whole),))
            for table in ("fetches", "versions", "changes", "captures", "spans", "states"):
                marks = ",".join("?" * len(made.sources))
                rows = f"from {{}}.{table} where source_id in ({marks})"
                assert connection.execute(f"select * {rows.format('main')}", made.sources).fetchall()
                lost = f"select * {rows.format('whole')} except select * from main.{table}"
                assert connection.execute(lost, made.sources).fetchall() == []
                assert (
                    connection.execute(f"select * from main.{table} except select * from whole.{table}").fetchall()
                    == []
                )


def test_each_shard_verifies_by_itself_under_every_head_of_the_whole(whole: Path, shards: dict[str, Shard]) -> None:
    heads = [row["ledger_head"] for row in Archive(whole, readonly=True).runs() if row["ledger_head"]]
    assert len(heads) == 2
    for made in shards.values():
        connection = Archive(made.path, readonly=True).connection
        for head in heads:
            assert verify(connection, head=head).findings == ()
        assert (
            connection.execute("select trigger from runs order by id desc limit 1").fetchone()[0].startswith("shard ")
        )


def test_a_shard_goes_on_where_the_whole_ended(shards: dict[str, Shard]) -> None:
    for made in shards.values():
        with Archive(made.path) as archive:
            run_id = archive.begin_run("test", 1, START)
            (source_id, *_) = made.sources
            from scraper.fetching import Answer

            url = archive.connection.execute("select url from sources where id = ?", (source_id,)).fetchone()[0]
            answer = Answer(source_id, url, START, 5, url, 200, (("Content-Type", "text/html"),), body=edited(7))
            recorded = archive.record(run_id, answer)
            archive.finish_run(run_id, START, fetched=1, changed=1, failed=0)
            assert recorded.fetch_id == 16
            assert verify(archive.connection).findings == ()


def test_an_elided_digest_that_was_altered_is_found(shards: dict[str, Shard]) -> None:
    made = shards["example.gov"]
    with sqlite3.connect(made.path) as connection:
        connection.execute("drop trigger elided_no_update")
        connection.execute("update elided set digests = zeroblob(length(digests)) where first_id = 1")
    findings = verify(Archive(made.path, readonly=True).connection).findings
    assert [finding.where for finding in findings] == ["fetches 2"]


def test_a_stretch_that_was_taken_out_is_found(shards: dict[str, Shard]) -> None:
    made = shards["example.gov"]
    with sqlite3.connect(made.path) as connection:
        connection.execute("drop trigger elided_no_delete")
        connection.execute("delete from elided where first_id = 3")
    findings = verify(Archive(made.path, readonly=True).connection).findings
    assert [(finding.where, finding.what) for finding in findings] == [("fetches 3", "missing: the ledger has a hole")]


def test_a_bundle_out_of_a_shard_proves_what_one_out_of_the_whole_does(
    whole: Path, shards: dict[str, Shard], tmp_path: Path
) -> None:
    proofs = []
    for at, path in enumerate((whole, shards["example.gov"].path)):
        bundle = tmp_path / f"{at}.zip"
        write_bundle(Archive(path, readonly=True).connection, "dredging", (2,), bundle)
        subprocess.run([sys.executable, str(bundle)], check=True, capture_output=True)
        with zipfile.ZipFile(bundle) as opened:
            proofs.append(opened.read("version-0002/proof.json"))
    assert proofs[0] == proofs[1]


def test_every_table_of_the_schema_has_its_place_in_a_shard(whole: Path) -> None:
    tables = "select name from sqlite_master where type = 'table' and name not like '%\\_fts%' escape '\\' "
    tables += "and name not like 'sqlite\\_%' escape '\\' and name not like '\\_%' escape '\\'"
    there = {row[0] for row in Archive(whole, readonly=True).connection.execute(tables)}
    assert there == set(TABLES) | LEFT_OUT


def test_the_whole_stays_as_it_is(whole: Path, tmp_path: Path) -> None:
    before = whole.read_bytes()
    shard(whole, tmp_path / "shards", START)
    assert whole.read_bytes() == before


def test_what_cannot_be_split_is_told_in_one_line(whole: Path, shards: dict[str, Shard], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is there already"):
        shard(whole, tmp_path / "shards", START)
    with pytest.raises(UsageError, match="split off another archive already"):
        shard(shards["The Herald"].path, tmp_path / "again", START)
    assert not (tmp_path / "again").exists()


def test_the_command_splits_the_watch_list_too(whole: Path, tmp_path: Path) -> None:
    listed = tmp_path / "sources.toml"
    blocks = [
        ("herald", HERALD, "The Herald"),
        ("dredging", "https://www.example.gov/news/dredging-contract", "example.gov"),
    ]
    text = "[fetch]\ndelay = 7.5\n" + "".join(
        f'\n[[source]]\nid = "{name}"\nurl = "{url}"\npublisher = "{publisher}"\n' for name, url, publisher in blocks
    )
    listed.write_text(text)
    into = tmp_path / "split"

    done = CliRunner().invoke(main, ["shard", "--db", str(whole), "--sources", str(listed), "--into", str(into)])

    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in into.iterdir()) == [
        "example-gov.db",
        "example-gov.toml",
        "the-herald.db",
        "the-herald.toml",
    ]
    herald = load(into / "the-herald.toml")
    assert ([source.id for source in herald.sources], herald.fetch.delay) == (["herald"], 7.5)
    assert load(listed).sources[0] == herald.sources[0]


def test_a_publisher_whose_pages_left_the_list_gets_an_archive_and_no_list(whole: Path, tmp_path: Path) -> None:
    listed = tmp_path / "sources.toml"
    listed.write_text(f'[[source]]\nid = "herald"\nurl = "{HERALD}"\npublisher = "The Herald"\n')
    into = tmp_path / "split"

    done = CliRunner().invoke(main, ["shard", "--db", str(whole), "--sources", str(listed), "--into", str(into)])

    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in into.iterdir()) == ["example-gov.db", "the-herald.db", "the-herald.toml"]
