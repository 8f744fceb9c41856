"""Documents in and out of the derived tables: passages stored once, their presence as spans over versions.

A span says that a passage stands at a place of a source's text from one version to another, or still. So a new
version costs what changed and not what stayed. `rank` orders the spans of a source; ranks are far apart, so that
something can come between two others without touching them.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict, deque
from typing import TYPE_CHECKING, cast

from scraper.archive.rows import insert
from scraper.compact_json import compact
from scraper.comparing.order import longest_increasing
from scraper.normalizing.document import Document, Image, Kind, Link, Passage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

STEP = 1 << 32
Place = tuple[str, int]  # (kind, passage_id): what stands at a rank


def passage_ids(connection: sqlite3.Connection, passages: Sequence[Passage]) -> list[int]:
    """Give the id of each passage's text, storing what was never seen before."""
    hashes = [hashlib.sha256(p.text.encode()).hexdigest() for p in passages]
    known = _known_passages(connection, hashes)
    new = {digest: p.text for digest, p in zip(hashes, passages, strict=True) if digest not in known}
    if new:
        last = connection.execute("select coalesce(max(id), 0) from passages").fetchone()[0]
        known |= {digest: passage_id for passage_id, digest in enumerate(new, start=last + 1)}
        connection.executemany(
            "insert into passages (id, sha256, text) values (?, ?, ?)",
            [(known[digest], digest, text) for digest, text in new.items()],
        )
    return [known[digest] for digest in hashes]


def _known_passages(connection: sqlite3.Connection, hashes: Iterable[str]) -> dict[str, int]:
    """The ids of the passages that are stored already, by the hashes of their texts."""
    rows = connection.execute(
        "select sha256, id from passages where sha256 in (select value from json_each(?))", (json.dumps(list(hashes)),)
    )
    return {row[0]: row[1] for row in rows}


def linkset_id(connection: sqlite3.Connection, document: Document) -> int:
    """Give the id of the document's links and images, stored once per distinct set."""
    links = compact([[x.url, x.text] for x in document.links])
    images = compact([[x.url, x.alt] for x in document.images])
    digest = hashlib.sha256(f"{links}\n{images}".encode()).hexdigest()
    return _intern(connection, "linksets", digest, {"links": links, "images": images})


def ruleset_id(connection: sqlite3.Connection, normalizer: str, rules: str) -> int:
    """Give the id of one normaliser version under one set of rules (as JSON text), storing it where it is new."""
    return _intern(
        connection, "rulesets", ruleset_sha256(normalizer, rules), {"normalizer": normalizer, "rules": rules}
    )


def ruleset_sha256(normalizer: str, rules: str) -> str:
    """The hash that a rule set is known by."""
    return hashlib.sha256(f"{normalizer}\n{rules}".encode()).hexdigest()


def write_spans(connection: sqlite3.Connection, source_id: str, number: int, document: Document) -> None:
    """Make the source's open spans read as `document`, which is its version `number`."""
    ids = passage_ids(connection, document.passages)
    new: list[Place] = [(p.kind, i) for p, i in zip(document.passages, ids, strict=True)]
    standing = _standing(connection, source_id)
    kept = _kept([(kind, passage) for _, kind, passage in standing], new)
    ranks = _ranks(len(new), {at: standing[was][0] for at, was in kept.items()})
    if ranks is None:
        _spread(connection, source_id)
        standing = _standing(connection, source_id)
        ranks = _ranks(len(new), {at: standing[was][0] for at, was in kept.items()})
        assert ranks is not None
    staying = set(kept.values())
    if len(staying) < len(standing):
        connection.executemany(
            "update spans set to_version = ? where source_id = ? and rank = ? and to_version is null",
            [(number - 1, source_id, rank) for at, (rank, _, _) in enumerate(standing) if at not in staying],
        )
    connection.executemany(
        "insert into spans (source_id, rank, from_version, to_version, kind, passage_id) values (?, ?, ?, null, ?, ?)",
        [(source_id, ranks[at], number, *place) for at, place in enumerate(new) if at not in kept],
    )


def _standing(connection: sqlite3.Connection, source_id: str) -> list[tuple[int, str, int]]:
    """The open spans of a source in order: rank, kind, passage id."""
    rows = connection.execute(
        "select rank, kind, passage_id from spans where source_id = ? and to_version is null order by rank",
        (source_id,),
    )
    return [(rank, kind, passage) for rank, kind, passage in rows]


def load_document(connection: sqlite3.Connection, version_id: int) -> Document:
    """Give back the document of a version as it was compared."""
    row = connection.execute(
        "select v.*, l.links, l.images from versions v join linksets l on l.id = v.linkset_id where v.id = ?",
        (version_id,),
    ).fetchone()
    return Document(
        passages=load_passages(connection, row["source_id"], row["number"]),
        title=row["title"],
        byline=row["byline"],
        published=row["published"],
        modified=row["modified"],
        language=row["language"],
        canonical_url=row["canonical_url"],
        syndicated_from=row["syndicated_from"],
        links=tuple(Link(*pair) for pair in json.loads(row["links"])),
        images=tuple(Image(*pair) for pair in json.loads(row["images"])),
    )


def load_passages(connection: sqlite3.Connection, source_id: str, number: int) -> tuple[Passage, ...]:
    """Give the passages of one version, in order."""
    rows = connection.execute(
        "select s.kind, p.text from spans s join passages p on p.id = s.passage_id "
        "where s.source_id = ? and s.from_version <= ? and (s.to_version is null or s.to_version >= ?) order by s.rank",
        (source_id, number, number),
    )
    return tuple(Passage(cast("Kind", kind), text) for kind, text in rows)


def _kept(old: Sequence[Place], new: Sequence[Place]) -> dict[int, int]:
    """Map positions in `new` to the positions in `old` that stay where they are: the longest run in order."""
    waiting: dict[Place, deque[int]] = defaultdict(deque)
    for at, place in enumerate(old):
        waiting[place].append(at)
    pairs = [(at, waiting[place].popleft()) for at, place in enumerate(new) if waiting.get(place)]
    return {pairs[i][0]: pairs[i][1] for i in longest_increasing([was for _, was in pairs])}


def _ranks(count: int, fixed: dict[int, int]) -> list[int] | None:
    """Give a rank to each of `count` positions, some of them fixed; None where two fixed ones stand too close."""
    ranks = [fixed.get(at, 0) for at in range(count)]
    at = 0
    while at < count:
        if at in fixed:
            at += 1
            continue
        end = next((i for i in range(at, count) if i in fixed), count)
        between = end - at
        high = ranks[end] if end < count else None
        low = ranks[at - 1] if at else (high or 0) - STEP * (between + 1)
        step = STEP if high is None else (high - low) // (between + 1)
        if step == 0:
            return None
        ranks[at:end] = [low + step * (i + 1) for i in range(between)]
        at = end
    return ranks


def _spread(connection: sqlite3.Connection, source_id: str) -> None:
    """Set the ranks of a source far apart again, in the same order. Who stands before whom does not change."""
    rows = connection.execute(
        "select rank, from_version, to_version, kind, passage_id from spans where source_id = ? order by rank",
        (source_id,),
    ).fetchall()
    connection.execute("delete from spans where source_id = ?", (source_id,))
    places: dict[int, int] = {}
    for row in rows:
        places.setdefault(row["rank"], (len(places) + 1) * STEP)
    connection.executemany(
        "insert into spans (source_id, rank, from_version, to_version, kind, passage_id) values (?, ?, ?, ?, ?, ?)",
        [(source_id, places[row[0]], *tuple(row)[1:]) for row in rows],
    )


def _intern(connection: sqlite3.Connection, table: str, digest: str, columns: dict[str, str]) -> int:
    found = connection.execute(f"select id from {table} where sha256 = ?", (digest,)).fetchone()
    if found:
        return int(found[0])
    return insert(connection, table, {"sha256": digest, **columns})
