"""The archive as one object: opened, written by one, read by all."""

from __future__ import annotations

import json
import sqlite3
from contextlib import ExitStack, suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import scraper.archive.histories as histories
import scraper.archive.listening as listening
import scraper.archive.reading as reading
import scraper.archive.rhythms as rhythms
import scraper.archive.runs as runs
import scraper.archive.signals as signals
from scraper.archive.observations import TRUST_VALIDATORS
from scraper.archive.opening import open_for_reading, open_for_writing, settle, writer_lock
from scraper.archive.rebuild import Progress, catch_up
from scraper.archive.recording import Recorded, Recorder
from scraper.archive.redaction import purge
from scraper.archive.rows import commit, insert, transaction
from scraper.archive.states import rules_as_text
from scraper.clock import from_text, to_text
from scraper.config import Source, WatchList, rhythm_text
from scraper.errors import ArchiveError
from scraper.fetching.observation import Answer, Request
from scraper.fetching.politeness import HostState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime, timedelta
    from types import TracebackType

    from scraper.archive.groundwork import Groundwork
    from scraper.scheduling.agenda import Planned
    from scraper.scheduling.claims import Claim, Record, Records
    from scraper.scheduling.history import History
    from scraper.scheduling.learnt import Learnt
    from scraper.scheduling.turns import Channel


class Archive:
    """An archive file. Use it as a context manager; leaving it settles everything into the one file.

    Opening for writing makes the file where there is none, migrates an older one, and takes the writer's lock
    (ArchiveBusy where somebody holds it). Opening with ``readonly=True`` needs an archive that is there.
    """

    def __init__(self, path: Path | str, *, readonly: bool = False) -> None:
        self.path = Path(path)
        self.readonly = readonly
        self._exit = ExitStack()
        self._recorder: Recorder | None = None
        if readonly:
            self.connection = open_for_reading(self.path)
        else:
            self._exit.enter_context(writer_lock(self.path))
            try:
                self.connection = open_for_writing(self.path)
                # What a redaction could not finish is finished by whoever opens the archive next and can.
                with suppress(ArchiveError, sqlite3.OperationalError):
                    purge(self)
            except BaseException:
                self._exit.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Settle and close; closing twice does nothing."""
        if not self.readonly:
            with suppress(sqlite3.Error):  # what cannot be kept now was told when it happened
                self.keep()
            settle(self.connection)
        self.connection.close()
        self.readonly = True
        self._exit.close()

    # What is on the watch list.

    def sync(self, watch_list: WatchList, moment: datetime) -> None:
        """Bring `sources` in line with the watch list; what left the list is retired, never dropped."""
        now = to_text(moment)
        with transaction(self.connection):
            for source in watch_list.sources:
                self.connection.execute(
                    "insert into sources (id, url, title, publisher, tags, rules, every, added) "
                    "values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set url = excluded.url, "
                    "title = excluded.title, publisher = excluded.publisher, tags = excluded.tags, "
                    "rules = excluded.rules, every = excluded.every, retired = null",
                    (*_source_columns(source), now),
                )
            listed = json.dumps([source.id for source in watch_list.sources])
            self.connection.execute(
                "update sources set retired = ? where retired is null and id not in (select value from json_each(?))",
                (now, listed),
            )

    def catch_up(self, progress: Progress | None = None) -> int:
        """Derive again whatever was derived under other rules than today's; give how many sources that were."""
        return catch_up(self.connection, progress)

    def histories(self, now: datetime, source_ids: Collection[str] | None = None) -> dict[str, History]:
        """What the looks at the sources on the watch list, or these of them, have come to, for the schedule."""
        return histories.histories(self.connection, now, source_ids)

    def standing(self, watch_list: WatchList, now: datetime) -> Learnt | None:
        """What the schedule learnt last, without the pages' factors; None where it does not stand any more."""
        return rhythms.standing(self.connection, watch_list.sha256, now) if watch_list.sha256 else None

    def keep_rhythms(self, learnt: Learnt, planned: Iterable[Planned], watch_list: WatchList, now: datetime) -> None:
        """Keep what was learnt from all pages just now, and when each of them is due by it."""
        with transaction(self.connection):
            rhythms.keep(self.connection, learnt, planned, watch_list.sha256, now)

    def with_factors(self, learnt: Learnt, source_ids: Collection[str]) -> Learnt:
        """The outlook with the factors that were learnt of these pages."""
        return rhythms.with_factors(learnt, rhythms.factors(self.connection, source_ids))

    def perhaps_due(self, now: datetime) -> list[str]:
        """The ids of the pages that are due by now, or of which something was seen since it was reckoned."""
        return rhythms.open_by(self.connection, now)

    def unreckoned(self) -> list[str]:
        """The ids of the pages of which something was seen since it was reckoned when they are due."""
        return rhythms.unreckoned(self.connection)

    def settle_rhythms(self, planned: Iterable[Planned]) -> None:
        """Keep when these pages are due by what was learnt before."""
        with transaction(self.connection):
            rhythms.settle(self.connection, planned)

    def usual_wake(self) -> timedelta | None:
        """The usual time between two runs; None while there were too few to tell."""
        return histories.usual_wake(self.connection)

    def requests(self, sources: Iterable[Source], now: datetime) -> list[Request]:
        """A request for each source, with the validators of the last answer that brought a body.

        Only a body that was read as the document, under today's rules, lends its validators: otherwise a page that
        could not be read would answer "not modified" for ever (the failure of urlwatch issue 292). And now and then a
        page is asked for whole, since there are servers whose validators do not change with their pages.
        """
        return [self._request(source, now) for source in sources]

    def _request(self, source: Source, now: datetime) -> Request:
        row = self.connection.execute(
            "select f.url, f.final_url, f.etag, f.last_modified, f.started, f.bytes, v.words from states s "
            "join fetches f on f.id = s.readable_fetch_id left join versions v on v.id = s.version_id "
            "where s.source_id = ?",
            (source.id,),
        ).fetchone()
        if row is None or row["url"] != source.url:
            return Request(source.id, source.url)
        size = {"bytes": row["bytes"], "words": row["words"]}
        # Nearly always the same text, and then the same object: a long list of pages is held in memory.
        validated = source.url if row["final_url"] == source.url else row["final_url"]
        asked = Request(source.id, source.url, validated_url=validated, **size)
        if now - from_text(row["started"]) > TRUST_VALIDATORS:
            return asked
        return replace(asked, etag=row["etag"], last_modified=row["last_modified"])

    # A run.

    def begin_run(self, trigger: str, due: int, moment: datetime) -> int:
        """Open a run and give its number."""
        self._recorder = None
        return runs.begin(self.connection, trigger, due, moment)

    def expect(self, run_id: int, due: int) -> None:
        """Say anew how many pages a run will look at, once lists were heard and before the first look."""
        runs.expect(self.connection, run_id, due)

    def record(self, run_id: int, answer: Answer, groundwork: Groundwork | None = None) -> Recorded:
        """Store an answer with everything that follows from it, in one transaction; see `Recorder.record`."""
        recorder, self._recorder = self._recorder, None  # of what failed it may remember too much
        if recorder is None or recorder.run_id != run_id:
            recorder = Recorder(self.connection, run_id)
        recorded = recorder.record(answer, groundwork)
        self._recorder = recorder
        return recorded

    def gather(self) -> None:
        """Gather what is recorded from here on into one transaction, until `keep`.

        Each page is all or nothing by itself. To make it safe at once costs as much as storing it; a process that is
        killed loses what was gathered and not kept, as if it had not asked.
        """
        if not self.connection.in_transaction:
            # What a page's savepoint could be taken back to is some 300 KB; beyond 64 SQLite would write it to a file.
            self.connection.execute("pragma temp_store = memory")
            self.connection.execute("begin immediate")

    def keep(self) -> None:
        """Make safe what was gathered."""
        if self.connection.in_transaction:
            commit(self.connection)
            self.connection.execute("pragma temp_store = default")

    def finish_run(self, run_id: int, moment: datetime, *, fetched: int, changed: int, failed: int) -> str:
        """Close a run and give the ledger's head, which fixes every observation and every run up to here."""
        self._recorder = None
        return runs.finish(self.connection, run_id, moment, fetched=fetched, changed=changed, failed=failed)

    # Politeness that outlives the process.

    def host_states(self, hosts: Sequence[str]) -> dict[str, HostState]:
        """What is remembered of each host; a new state where nothing is."""
        states = {host: HostState(host) for host in hosts}
        for row in self.connection.execute(
            "select * from hosts where host in (select value from json_each(?))", (json.dumps(list(hosts)),)
        ):
            named: dict[str, Any] = dict(row)
            for moment in ("next_allowed", "robots_fetched"):
                named[moment] = from_text(named[moment]) if named[moment] else None
            states[row["host"]] = HostState(**named)
        return states

    def save_host_state(self, state: HostState) -> None:
        """Remember a host's state."""
        columns = {field.name: getattr(state, field.name) for field in fields(state)}
        for moment in ("next_allowed", "robots_fetched"):
            columns[moment] = to_text(columns[moment]) if columns[moment] else None
        insert(self.connection, "hosts", columns, key="host")

    # What publishers' sitemaps and feeds say.

    def channels(self, hosts: Sequence[str], now: datetime) -> list[Channel]:
        """The sitemaps and feeds of these hosts, with what came of asking them."""
        return listening.channels(self.connection, hosts, now)

    def name_channels(self, host: str, kind: str, urls: Iterable[str], named_by: str, moment: datetime) -> None:
        """Remember where a watched host announces its changes; see `signals.name_channels`."""
        with transaction(self.connection):
            signals.name_channels(self.connection, host, kind, urls, named_by, moment)

    def keep_children(self, host: str, urls: Collection[str], index: str, moment: datetime) -> None:
        """Remember the sitemaps that an index names, and no others of it; see `signals.keep_children`."""
        with transaction(self.connection):
            signals.keep_children(self.connection, host, urls, index, moment)

    def record_signal(
        self, run_id: int, answer: Answer, said: dict[str, Any], claims: dict[str, str] | None, *, cut: bool = False
    ) -> int:
        """Store what came of asking a list; see `signals.record_signal`."""
        return signals.record_signal(self.connection, run_id, answer, said, claims, cut=cut)

    def judged(self, now: datetime) -> listening.Judged:
        """What became of the claims of lists; see `listening.judged`."""
        return listening.judged(self.connection, now)

    def news(self) -> list[Claim]:
        """What lists said of pages since these were last seen."""
        return listening.news(self.connection)

    def silences(self, records: Records) -> dict[str, tuple[datetime, Record]]:
        """When the lists of these records last answered, with the record, by the page that they name."""
        return listening.silent_lists(self.connection, records)

    def lists_asked_a_day(self, now: datetime) -> float:
        """How many sitemaps and feeds were asked a day in the last week."""
        return listening.asked_a_day(self.connection, now)

    def addresses(self, source_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Every address under which these pages have been seen, with the page."""
        return listening.addresses(self.connection, source_ids)

    # Shortcuts for readers; the questions themselves are in `reading`.

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return reading.counts(self.connection)

    def runs(self, limit: int = 10) -> list[dict[str, Any]]:
        """The last runs, the newest first."""
        return reading.runs(self.connection, limit)

    def changes(self, **filters: Any) -> list[reading.ChangeRow]:
        """Changes, the newest first; the filters are those of `reading.changes`."""
        return reading.changes(self.connection, **filters)


def _source_columns(source: Source) -> tuple[Any, ...]:
    return (
        source.id,
        source.url,
        source.title,
        source.publisher,
        json.dumps(source.tags),
        rules_as_text(source.rules),
        rhythm_text(source.every) if source.every else None,
    )
