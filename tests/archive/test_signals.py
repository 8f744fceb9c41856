"""What lists were asked and said is evidence: kept, chained, verified, split, and never a version or a change."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.archive import Archive, succession
from scraper.archive.rebuild import rebuild
from scraper.archive.redaction import redact, targets
from scraper.archive.repair import repair
from scraper.archive.sharding import shard
from scraper.archive.signals import MOST_CHANNELS
from scraper.archive.verify import verify
from scraper.fetching.observation import Answer
from scraper.fetching.signals import SIGNAL
from tests.archive.watching import PARAGRAPHS, START, Watch, page

if TYPE_CHECKING:
    from pathlib import Path

MAP = "https://www.example.gov/sitemap.xml"
HERALD = "https://herald.example.org/dredging"


def hear(
    watch: Watch, claims: dict[str, str] | None, *, url: str = MAP, host: str = "www.example.gov", failed: bool = False
) -> int:
    """An answer of a list, stored at the watch's time; None is a 304, or an error where it `failed`."""
    status, outcome = (304, "not_modified") if claims is None else (200, "read")
    status, outcome = (500, "failed") if failed else (status, outcome)
    watch.run_id = watch.run_id or watch.archive.begin_run("test", 1, watch.now)
    answer = Answer(SIGNAL, url, watch.now, 30, url, status, (("ETag", '"7"'),), body=b"<urlset/>")
    said = {"host": host, "kind": "sitemap", "outcome": outcome, "reason": "9 entries", "bytes": 9, "sha256": "0" * 64}
    return watch.archive.record_signal(watch.run_id, answer, {**said, "entries": 9}, claims)


def finish(watch: Watch) -> None:
    watch.archive.finish_run(watch.run_id, watch.now, fetched=1, changed=0, failed=0)
    watch.run_id = 0


def claims_of(archive: Archive) -> dict[str, tuple[str, int, int]]:
    return {row[1]: tuple(row[2:]) for row in archive.connection.execute("select * from claims order by source_id")}


@pytest.fixture
def heard(watch: Watch) -> Watch:
    """Two pages and two runs: looked at, heard of, and heard of again."""
    watch.add("harbour", "https://www.example.gov/news/harbour")
    watch.look(page(*PARAGRAPHS))
    hear(watch, {"dredging": "2026-03-01", "harbour": "2026-02-01"})
    finish(watch)
    watch.look(page(*PARAGRAPHS), "harbour")
    hear(watch, {"dredging": "2026-03-02T12:00:00Z"})
    hear(watch, None)
    finish(watch)
    return watch


def test_what_is_stored_is_what_a_list_says_anew_and_what_it_says_no_more(heard: Watch) -> None:
    rows = heard.archive.connection.execute(
        "select outcome, names, claims, after_fetch from signals order by id"
    ).fetchall()
    assert [(row["outcome"], row["names"], row["after_fetch"]) for row in rows] == [
        ("read", 2, 1),
        ("read", 1, 2),
        ("not_modified", 1, 2),
    ]
    assert [json.loads(row["claims"]) for row in rows] == [
        [["dredging", "2026-03-01"], ["harbour", "2026-02-01"]],
        [["dredging", "2026-03-02T12:00:00Z"], ["harbour", None]],
        [],
    ]
    assert claims_of(heard.archive) == {"dredging": ("2026-03-02T12:00:00Z", 2, 1)}


def test_nothing_that_a_list_says_makes_a_version_or_a_change(heard: Watch) -> None:
    counts = heard.archive.counts()
    assert (counts["versions"], counts["changes"], counts["fetches"]) == (2, 2, 2)
    assert verify(heard.archive.connection).findings == ()
    assert all(table.same for table in rebuild(heard.archive.connection, dry_run=True))


@pytest.mark.parametrize(
    ("tamper", "where"),
    [
        ("update signals set claims = replace(claims, '2026-03-01', '2026-03-09') where id = 1", "signals 1"),
        ("update signals set outcome = 'elided', reason = '' where id = 2", "signals 2"),
        ("update signals set outcome = 'elided', digest = record_hash where id = 2", "signals 2"),
        ("delete from signals where id = 2", "file"),
        ("delete from signals where id = 3", "signals 3"),
        ("update runs set signals_head = null where id = 2", "runs 2"),
        ("update claims set dated = '2020-01-01'", "claims"),
        ("delete from claims", "claims"),
    ],
)
def test_what_was_altered_is_named(heard: Watch, tamper: str, where: str) -> None:
    connection = heard.archive.connection
    connection.execute("pragma foreign_keys = off")
    for name in ("signals_no_update", "signals_no_delete", "runs_no_update"):
        connection.execute(f"drop trigger {name}")
    connection.execute(tamper)
    findings = [finding.where for finding in verify(connection).findings]
    assert where in findings


def test_the_table_is_append_only(heard: Watch) -> None:
    for statement in ("update signals set reason = ''", "delete from signals"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            heard.archive.connection.execute(statement)


def test_claims_are_made_anew_by_a_repair(heard: Watch) -> None:
    before = claims_of(heard.archive)
    heard.archive.connection.execute("delete from claims")
    path = heard.archive.path
    heard.archive.close()
    assert [mended.subject for mended in repair(path, heard.now).mended] == ["claims"]
    with Archive(path, readonly=True) as archive:
        assert claims_of(archive) == before
        assert verify(archive.connection).findings == ()


def test_a_run_without_lists_has_the_record_that_it_always_had(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    finish(watch)
    assert watch.archive.connection.execute("select signals_head from runs").fetchone()[0] is None


def test_each_shard_holds_what_was_said_of_its_pages_and_the_digests_of_the_rest(heard: Watch, tmp_path: Path) -> None:
    heard.add("herald", HERALD)
    heard.publish_as("herald", "The Herald")
    heard.look(page(*PARAGRAPHS), "herald")
    url = "https://herald.example.org/feed"
    heard.archive.name_channels("herald.example.org", "feed", [url], HERALD, START)
    hear(heard, {"herald": "2026-03-03"}, url=url, host="herald.example.org")
    finish(heard)
    heads = [row["ledger_head"] for row in heard.archive.runs()]
    heard.archive.close()
    for made in shard(heard.archive.path, tmp_path / "shards", START):
        with Archive(made.path, readonly=True) as archive:
            own = ["4"] if made.publisher == "The Herald" else ["1", "2", "3"]
            told = archive.connection.execute("select id from signals where outcome <> 'elided' order by id")
            assert [str(row["id"]) for row in told] == own
            assert archive.connection.execute("select count(*) from signals").fetchone()[0] == 4
            assert set(claims_of(archive)) == ({"herald"} if made.publisher == "The Herald" else {"dredging"})
            assert len(archive.channels([url.split("/")[2]], START)) == (made.publisher == "The Herald")
            for head in heads:
                assert verify(archive.connection, head=head).findings == ()


def test_a_redaction_and_a_successor_leave_it_alone(heard: Watch, tmp_path: Path) -> None:
    path = heard.archive.path
    before = tmp_path / "before.db"
    heard.archive.close()
    before.write_bytes(path.read_bytes())
    with Archive(path) as archive:
        redact(archive, targets(archive.connection, ["harbour/v1"]), "a private address", heard.now + timedelta(days=1))
        assert verify(archive.connection).findings == ()
        assert archive.connection.execute("select count(*) from signals").fetchone()[0] == 3
    assert succession.losses(before, path) == []
    with sqlite3.connect(path) as connection:
        connection.execute("drop trigger signals_no_update")
        connection.execute("update signals set reason = 'other' where id = 2")
        connection.execute(
            "create trigger signals_no_update before update on signals begin select raise(abort, 'no'); end"
        )
    assert succession.losses(before, path)[0].startswith("row 2 of signals was rewritten")


def test_a_claim_is_judged_by_the_look_after_it_and_a_change_by_the_answer_after_it(watch: Watch) -> None:
    body = [page(*PARAGRAPHS[:2], f"The work is at kilometre {n}.") for n in range(9)]
    watch.look(body[0])  # 6:00
    hear(watch, {"dredging": "2026-03-01"})
    watch.look(body[1])  # 18:00, changed, and never announced
    hear(watch, {"dredging": "2026-03-01"})
    watch.now += timedelta(hours=1)
    hear(watch, {"dredging": (watch.now - timedelta(hours=1)).isoformat()})
    watch.look(body[2], hours=6)  # changed, as was said
    hear(watch, {"dredging": (watch.now - timedelta(hours=1)).isoformat()})
    hear(watch, {"dredging": watch.now.isoformat()})
    watch.look(body[2], hours=6)  # said twice, and not changed
    judged = watch.archive.judged(watch.now)

    assert [(heeded.claim.kind, heeded.found) for heeded in judged.heeded] == [("sitemap", False), ("sitemap", True)]
    assert sorted(told.announced for told in judged.told) == [False, True]
    hear(watch, {"dredging": watch.now.isoformat()})
    assert [claim.source_id for claim in watch.archive.news()] == ["dredging"]
    assert watch.archive.judged(watch.now + timedelta(days=400)).heeded == ()


def channels_of(archive: Archive, host: str = "www.example.gov") -> list[str]:
    return [channel.url for channel in archive.channels([host], START)]


def maps(*numbers: int) -> list[str]:
    return [f"https://www.example.gov/map-{n}.xml" for n in numbers]


def test_a_list_that_two_hosts_name_belongs_to_both(watch: Watch) -> None:
    for host in ("news.example.gov", "www.example.gov", "news.example.gov"):
        watch.archive.name_channels(host, "feed", ["https://www.example.gov/feed"], f"https://{host}/1", START)
    assert channels_of(watch.archive) == channels_of(watch.archive, "news.example.gov")
    assert channels_of(watch.archive) == ["https://www.example.gov/feed"]


def test_what_an_index_names_no_more_is_forgotten_and_what_others_name_is_not(watch: Watch) -> None:
    name, keep = watch.archive.name_channels, watch.archive.keep_children
    name("www.example.gov", "sitemap", maps(1), "https://www.example.gov/robots.txt", START)
    name("news.example.gov", "sitemap", maps(2), MAP, START)
    for day in range(300):
        keep("www.example.gov", maps(*range(day, day + 50)), MAP, START + timedelta(days=day))
    assert set(channels_of(watch.archive)) == set(maps(1, *range(299, 349)))
    keep("www.example.gov", [], MAP, START)
    assert channels_of(watch.archive) == maps(1)
    assert channels_of(watch.archive, "news.example.gov") == maps(2)


def test_a_full_host_forgets_the_list_that_fails_longest_and_none_that_answers(watch: Watch) -> None:
    full = maps(*range(MOST_CHANNELS))
    watch.archive.name_channels("www.example.gov", "sitemap", full, MAP, START)
    for url, outcomes in {full[7]: "fff", full[3]: "rfff", full[5]: "fffr", full[6]: "f"}.items():
        for outcome in outcomes:
            hear(watch, {} if outcome == "r" else None, url=url, failed=outcome == "f")
            watch.now += timedelta(hours=1)
    watch.archive.name_channels("www.example.gov", "sitemap", maps(200), MAP, START)
    assert set(full) - set(channels_of(watch.archive)) == {full[7]}
    watch.archive.name_channels("www.example.gov", "sitemap", [*full[7:8], *maps(201, 202)], MAP, START)
    assert set(full) - set(channels_of(watch.archive)) == {full[7], full[3]}
    assert set(channels_of(watch.archive)) - set(full) == set(maps(200, 201))


def test_what_a_list_says_of_long_before_the_last_look_is_no_news(watch: Watch) -> None:
    watch.look(page(*PARAGRAPHS))
    hear(watch, {"dredging": "2025-01-26T09:00:00Z"})
    assert watch.archive.news() == []
    watch.now += timedelta(hours=1)
    hear(watch, {"dredging": watch.now.isoformat()})
    assert [claim.source_id for claim in watch.archive.news()] == ["dredging"]
    watch.look(page(*PARAGRAPHS))
    assert watch.archive.news() == []


def test_of_a_list_that_was_cut_nothing_is_said_to_have_left(heard: Watch) -> None:
    answer = Answer(SIGNAL, MAP, heard.now, 30, MAP, 200, body=b"<urlset/>")
    said = {
        "host": "www.example.gov",
        "kind": "sitemap",
        "outcome": "read",
        "reason": "",
        "bytes": 9,
        "sha256": "0" * 64,
    }
    heard.run_id = heard.archive.begin_run("test", 1, heard.now)
    heard.archive.record_signal(heard.run_id, answer, {**said, "entries": 1}, {"harbour": "2026-03-04"}, cut=True)

    assert {name: told[0] for name, told in claims_of(heard.archive).items()} == {
        "dredging": "2026-03-02T12:00:00Z",
        "harbour": "2026-03-04",
    }
    last = heard.archive.connection.execute("select names, claims from signals order by id desc limit 1").fetchone()
    assert (last["names"], json.loads(last["claims"])) == (2, [["harbour", "2026-03-04"]])


def test_a_request_that_failed_says_nothing_of_how_many_pages_are_named(heard: Watch) -> None:
    heard.run_id = 0
    hear(heard, None, failed=True)

    row = heard.archive.connection.execute("select outcome, names from signals order by id desc limit 1").fetchone()
    assert tuple(row) == ("failed", None)
