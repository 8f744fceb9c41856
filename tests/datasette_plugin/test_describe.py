"""metadata.json and datasette.yaml: complete, in step with the archive and with each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from scraper.archive import Archive
from scraper.datasette_plugin.catalogue import HIDDEN, TABLES, VIEWS
from scraper.datasette_plugin.describe import config, metadata, write
from scraper.datasette_plugin.queries import QUERIES
from tests.datasette_plugin.served import OLD_LINE

if TYPE_CHECKING:
    from tests.datasette_plugin.served import Served

TOP = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Every table and view of a fresh archive with its columns."""
    with Archive(tmp_path_factory.mktemp("fresh") / "archive.db") as archive:
        names = [
            row[0]
            for row in archive.connection.execute(
                "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%'"
            )
        ]
        return {
            name: [row["name"] for row in archive.connection.execute(f"pragma table_info({name})")] for name in names
        }


def test_every_table_and_view_of_a_fresh_archive_is_described_or_hidden(fresh: dict[str, list[str]]) -> None:
    assert set(fresh) == {*TABLES, *VIEWS, *HIDDEN}


def test_every_column_of_a_fresh_archive_is_described_in_a_sentence(fresh: dict[str, list[str]]) -> None:
    for name, described in {**TABLES, **VIEWS}.items():
        assert list(described.columns) == fresh[name] or set(described.columns) == set(fresh[name]), name
        for sentence in (described.description, *described.columns.values()):
            assert sentence.endswith("."), sentence


def test_the_files_at_the_top_are_the_ones_that_are_written_today(tmp_path: Path) -> None:
    for path in write(tmp_path, "archive"):
        assert (TOP / path.name).read_text() == path.read_text(), f"write {path.name} anew with describe.write"


def test_both_files_say_the_same_of_queries_facets_and_what_is_hidden() -> None:
    told, configured = metadata("a")["databases"]["a"], config("a")["databases"]["a"]

    assert told["queries"] == configured["queries"]
    for name, table in configured["tables"].items():
        assert {key: told["tables"][name][key] for key in table} == table


def test_the_files_can_be_read_back_and_name_the_database(tmp_path: Path) -> None:
    as_json, as_yaml = write(tmp_path, "other name")

    assert json.loads(as_json.read_text()) == metadata("other name")
    assert yaml.safe_load(as_yaml.read_text()) == config("other name")
    assert list(metadata("other name")["databases"]) == ["other name"]


def test_datasette_shows_the_descriptions_the_questions_and_hides_the_machinery(demo: Served) -> None:
    # 1.0 lists the queries on a page of their own where there are many.
    database = demo.page("/archive" if OLD_LINE else "/archive/-/queries").get_text()
    table = demo.page("/archive/changes").get_text()

    for question in QUERIES.values():
        assert question.title in database
    assert TABLES["changes"].description in table
    listed = [link.get_text() for link in demo.page("/archive").select("h3 a")]
    assert "changes" in listed
    assert not set(listed) & set(HIDDEN)


def test_a_table_page_does_not_pour_out_the_captures(demo: Served) -> None:
    response = demo.get("/archive/captures")

    assert response.status_code == 200
    assert len(response.text) < 300_000
