"""Opening an archive: for reading by anybody, for writing by one at a time."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import IO, TYPE_CHECKING

from scraper.archive.older import lay_over
from scraper.archive.schema_version import SCHEMA_VERSION
from scraper.errors import ArchiveBusy, ArchiveCorrupt, ArchiveError, ArchiveMissing, ArchiveTooNew

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no flock; SQLite's own lock still keeps two writers apart, with a poorer message
    fcntl = None  # type: ignore[assignment]

_WRITABLE = "check that the file and its folder are writable"
_CACHE_KIB = 4_000
_LOG_PAGES = 4_000  # of 4 KB
APPLICATION_ID = 0x5245444C  # "REDL", so that `file` and a reader can tell an archive from any other SQLite file


def is_begun(path: Path) -> bool:
    """Whether an archive was begun in a file: not where it is empty, or where making it was cut short."""
    _roll_back(path)
    with contextlib.closing(_connect(f"{path.resolve().as_uri()}?mode=ro", path)) as connection:
        return _check_kind(connection, path) > 0


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open read-only; ArchiveMissing, ArchiveTooNew or ArchiveError where that cannot be."""
    if not path.is_file():
        raise ArchiveMissing(f"no archive at {path}: run `redline run --db {path}` to start one")
    _roll_back(path)
    connection = _connect(f"{path.resolve().as_uri()}?mode=ro", path)
    version = _check_kind(connection, path)
    if version == 0:
        raise ArchiveError(f"{path} is empty: run `redline run --db {path}` to start an archive in it")
    if version < SCHEMA_VERSION:
        lay_over(connection)
    return connection


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open for writing, making or migrating the tables; the caller holds `writer_lock`."""
    if not path.parent.is_dir():
        raise ArchiveError(f"cannot write {path}: the folder {path.parent} does not exist")
    connection = _connect(path.resolve().as_uri(), path)
    version = _check_kind(connection, path)
    try:
        # Readers are never blocked while we write; `close` goes back to a single file for publishing.
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        # Room for nearly all that a transaction of a run touches: what does not fit is written to the log, and again
        # when it is touched again (of 8,000 pages, 4 MB wrote as many bytes as 16). And a page of an index that every
        # transaction touches is carried over once in a few.
        connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
        connection.execute(f"pragma wal_autocheckpoint = {_LOG_PAGES}")
        if version < SCHEMA_VERSION:
            migrate(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        busy = "locked" in str(error)
        remedy = "somebody is reading it, perhaps `redline serve`: try again or stop them" if busy else _WRITABLE
        raise ArchiveError(f"cannot write {path}: {error}; {remedy}") from None
    return connection


def settle(connection: sqlite3.Connection) -> None:
    """Leave one whole file: no WAL beside it. Where a reader holds the archive open, SQLite keeps the WAL for now."""
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.execute("pragma journal_mode = delete")


@contextlib.contextmanager
def writer_lock(path: Path) -> Iterator[None]:
    """Hold the right to write; ArchiveBusy names the holder where somebody else has it.

    The lock is the operating system's, on a file beside the archive: it goes with the process, however that ends.
    """
    if not path.parent.is_dir() or fcntl is None:
        yield
        return
    lock_path = path.with_name(path.name + "-lock")
    try:
        lock = lock_path.open("a+")
    except OSError as error:
        raise ArchiveError(f"cannot write {path}: {error.strerror}; check that its folder is writable") from None
    with lock:
        _take(lock, lock_path, path)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                lock_path.unlink()


def _take(lock: IO[str], lock_path: Path, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held it before may have taken the file away between our opening and our locking of it; then what we
        # have locked is no longer what the next process will find.
        if os.fstat(lock.fileno()).st_ino != lock_path.stat().st_ino:
            raise BlockingIOError
    except OSError:
        lock.seek(0)
        holder = lock.read(200).strip() or "another process"
        raise ArchiveBusy(f"{path} is being written by {holder}: wait for it to finish, or stop it") from None
    lock.truncate(0)
    lock.write(f"process {os.getpid()}")
    lock.flush()


def _roll_back(path: Path) -> None:
    """Take back what a process left half done that was killed while it settled or rebuilt; else do nothing.

    SQLite lets nobody read past such a journal, and a read-only connection may not apply it.
    """
    if path.with_name(f"{path.name}-journal").exists():
        with (
            contextlib.suppress(sqlite3.DatabaseError),
            contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=10)) as mending,
        ):
            mending.execute("pragma schema_version").fetchone()


def _connect(uri: str, path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10, check_same_thread=False)
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma schema_version").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CORRUPT:
            raise ArchiveCorrupt(f"{path} is damaged ({error}): restore the last good copy") from None
        left = [name for name in (f"{path.name}-journal", f"{path.name}-wal") if path.with_name(name).exists()]
        if left and error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            remedy = f"copy it to a folder where you may write, together with {left[0]}, and open it there"
            raise ArchiveError(f"{path} was left by a writer that did not close it: {remedy}") from None
        what = "is not an SQLite file" if "not a database" in str(error) else f"cannot be opened ({error})"
        raise ArchiveError(f"{path} {what}: name another with --db") from None
    connection.row_factory = sqlite3.Row
    return connection


def _check_kind(connection: sqlite3.Connection, path: Path) -> int:
    """Give the schema version (0 for an empty file); refuse what is not ours or is newer than we are."""
    application = connection.execute("pragma application_id").fetchone()[0]
    version: int = connection.execute("pragma user_version").fetchone()[0]
    try:
        tables = connection.execute("select count(*) from sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        raise ArchiveCorrupt(f"{path} is damaged ({error}): restore the last good copy") from None
    if application != APPLICATION_ID and tables:
        connection.close()
        raise ArchiveError(f"{path} is an SQLite file, but not a Redline archive: name another with --db")
    if version > SCHEMA_VERSION:
        connection.close()
        raise ArchiveTooNew(
            f"{path} was written by a later Redline (schema {version}, this one knows {SCHEMA_VERSION}): "
            "upgrade Redline; nothing was touched"
        )
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables of a file to today's schema; do nothing where they are of it."""
    # Imported here: reading an archive needs no sqlite-utils, and its import is a third of a start-up.
    from sqlite_utils import Database

    from scraper.archive.schema import migrations

    # First, so that a file whose making was cut short is still known as ours.
    connection.execute(f"pragma application_id = {APPLICATION_ID}")
    migrations.apply(Database(connection))
    connection.execute(f"pragma user_version = {SCHEMA_VERSION}")
