"""What was answered before, kept for as long as the archive stands as it did.

An archive changes a few times a day and is read all the time. SQLite itself says whether anybody has committed since
(`pragma data_version`, asked before every answer), so nothing is served that was made before the last commit: what a
keeper withholds is gone from the very next answer, and from memory with it.

Only what everybody is shown alike is kept: see `views`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence

    from datasette.app import Datasette

MOST = 32 * 1024 * 1024
"""Bytes that are kept in a process, of all its archives together; what was asked for longest ago goes first."""

_LARGEST = MOST // 16  # bytes of a single answer: one long page does not drive out all others

Key = TypeVar("Key")
Made = TypeVar("Made")


class State(NamedTuple):
    """An archive as it stood between two commits; numbers are never given twice."""

    archive: str
    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was sent, for whoever asks the same."""

    body: bytes
    content_type: str
    headers: Mapping[str, str]


class Kept:
    """Answers and facts by the state of the archive that they were made from. Asked from Datasette's threads."""

    def __init__(self, most: int = MOST) -> None:
        self._making: dict[Hashable, asyncio.Event] = {}
        self._most = most
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[State, Hashable], tuple[Any, int]] = OrderedDict()
        self._weight = 0
        self._numbers = itertools.count()
        self._states: dict[str, State] = {}
        # Datasette keeps its connections as long as it lives, and so do these entries.
        self._versions: dict[sqlite3.Connection, int] = {}

    def state(self, archive: str, connection: sqlite3.Connection) -> State:
        """How the archive stands now. All that was kept of an earlier state is dropped."""
        version = int(connection.execute("pragma data_version").fetchone()[0])
        with self._lock:
            # A version tells only whether *this* connection has seen the last commit: every connection says so once,
            # and a commit is a new state as often as there are connections.
            if self._versions.get(connection) != version:
                self._versions[connection] = version
                self._begin(archive)
            return self._states[archive]

    def _begin(self, archive: str) -> None:
        before = self._states.get(archive)
        self._states[archive] = State(archive, next(self._numbers))
        for key in [key for key in self._entries if key[0] == before]:
            self._weight -= self._entries.pop(key)[1]

    def get(self, state: State, key: Hashable) -> Any | None:
        """What was put there; None where nothing was, or it had to go."""
        with self._lock:
            found = self._entries.get((state, key))
            if found is None:
                return None
            self._entries.move_to_end((state, key))
            return found[0]

    def put(self, state: State, key: Hashable, value: Any, weight: int) -> None:
        """Keep what was made from a state of so many bytes; nothing is kept where that is not how it stands now."""
        with self._lock:
            if self._states.get(state.archive) != state or weight > _LARGEST:
                return
            _, replaced = self._entries.pop((state, key), (None, 0))
            self._entries[state, key] = (value, weight)
            self._weight += weight - replaced
            while self._weight > self._most:
                self._weight -= self._entries.popitem(last=False)[1][1]

    @contextlib.asynccontextmanager
    async def alone(self, key: Hashable) -> AsyncIterator[None]:
        """Where somebody is being answered the same already, waits until that is done: the answer is kept then."""
        other = self._making.get(key)
        if other is not None:
            await other.wait()
            yield
            return
        done = self._making[key] = asyncio.Event()
        try:
            yield
        finally:
            del self._making[key]
            done.set()

    def once(self, state: State, key: Hashable, make: Callable[[], Made]) -> Made:
        """A fact of an archive, which many of its pages tell: made once for each state."""
        found: tuple[Made] | None = self.get(state, ("fact", key))
        if found is None:
            found = (make(),)
            self.put(state, ("fact", key), found, _weight(found[0]))
        return found[0]


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of an archive as it stands, as pages ask for them (see `asking.Once`)."""

    kept: Kept
    state: State

    def __call__(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """A fact, made where it is not kept."""
        return self.kept.once(self.state, key, make)

    def each(self, kind: str, keys: Sequence[Key], make: Callable[[list[Key]], Mapping[Key, Made]]) -> dict[Key, Made]:
        """The facts of several things, those that are not kept made in one go."""
        held = {key: self.kept.get(self.state, ("fact", (kind, key))) for key in keys}
        if missing := [key for key, found in held.items() if found is None]:
            for key, made in make(missing).items():
                held[key] = (made,)
                self.kept.put(self.state, ("fact", (kind, key)), held[key], _weight(made))
        return {key: found[0] for key, found in held.items() if found is not None}


def _weight(fact: object) -> int:
    """About how many bytes a fact takes: as text, most are some three times shorter than in memory."""
    return sys.getsizeof(fact) if isinstance(fact, (bytes, str)) else 3 * len(repr(fact))


_kept: WeakKeyDictionary[Datasette, Kept] = WeakKeyDictionary()


def kept(datasette: Datasette) -> Kept:
    """What this Datasette keeps."""
    found = _kept.get(datasette)
    if found is None:
        found = _kept[datasette] = Kept()
    return found
