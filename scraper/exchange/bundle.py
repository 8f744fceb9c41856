"""An evidence bundle: one file that shows what was received, when, and that nothing was altered since.

A ZIP file that checks itself with Python's standard library alone (``python3 bundle.zip``). It holds, for each version,
the exact bytes received, the record of the fetch with every header, the text as it was read, and the proof that the
record stands in the ledger; for two versions also their difference. The comment at its end seals every byte before it.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from scraper.archive import reading, timestamps
from scraper.archive.captures import load_body, load_encoded
from scraper.archive.documents import load_document
from scraper.archive.ledger import BOUND, LATER
from scraper.archive.withheld import require_text, withholding
from scraper.comparing import compare, unified
from scraper.errors import CaptureWithheld, UsageError
from scraper.exchange import bundle_verifier
from scraper.fetching.clocks import in_words

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

# The same archive gives the same bundle to the letter, so the files in it carry no time of their own.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_bundle(connection: sqlite3.Connection, source_id: str, numbers: tuple[int, ...], path: Path) -> str:
    """Write the bundle of one or two versions of a source and give its SHA-256; an existing file is never replaced."""
    content = make_bundle(connection, source_id, numbers)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise UsageError(f"{path} is there already: name another file") from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    return hashlib.sha256(content).hexdigest()


def make_bundle(connection: sqlite3.Connection, source_id: str, numbers: tuple[int, ...]) -> bytes:
    """Make the bytes of a bundle."""
    versions = [reading.version(connection, source_id, number) for number in numbers]
    files: dict[str, bytes] = {}
    for version in versions:
        files |= _version_files(connection, version)
    if len(versions) == 2:
        files["difference.txt"] = _difference(connection, versions[0], versions[1])
    files["README.txt"] = _told(connection, versions).encode()
    files["__main__.py"] = _verifier().encode()
    manifest = {
        "source": source_id,
        "versions": [_folder(version) for version in versions],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    files["manifest.json"] = _json(manifest)
    return _sealed(files)


def _version_files(connection: sqlite3.Connection, version: reading.VersionRow) -> dict[str, bytes]:
    folder = _folder(version)
    record, proof = reading.ledger_proof(connection, version.id)
    document = load_document(connection, version.id)
    stamps = timestamps.of_run(connection, record["run_id"])
    said = {name: value for name, value in vars(document).items() if isinstance(value, str) and name != "text"}
    tombstone = withholding(connection, version.capture_id)
    body = {f"{folder}/body": load_body(connection, version.capture_id)} if tombstone is None else {}
    withheld = {f"{folder}/withheld.json": _json({"told": tombstone.told, **asdict(tombstone)})} if tombstone else {}
    return {
        **body,
        **withheld,
        **(_encoded(connection, folder, record["encoded_sha256"]) if tombstone is None else {}),
        f"{folder}/record.json": _json(record),
        f"{folder}/proof.json": _json({"bound": list(BOUND), "later": list(LATER), **proof}),
        **{_token(folder, stamp): stamp["token"] for stamp in stamps if stamp["head"] == proof["head"]},
        f"{folder}/text.txt": (document.text + "\n").encode(),
        f"{folder}/metadata.json": _json(said),
    }


def _encoded(connection: sqlite3.Connection, folder: str, sha256: str | None) -> dict[str, bytes]:
    """The body as it came over the wire, where the server compressed it."""
    return {f"{folder}/{bundle_verifier.ENCODED}": load_encoded(connection, sha256)} if sha256 else {}


def _token(folder: str, stamp: dict[str, Any]) -> str:
    return f"{folder}/timestamp-{stamp['id']}{bundle_verifier.TOKEN}"


def _difference(connection: sqlite3.Connection, old: reading.VersionRow, new: reading.VersionRow) -> bytes:
    try:
        require_text(connection, old.id, new.id)
    except CaptureWithheld as withheld:
        return f"{withheld}: there is nothing to compare\n".encode()
    comparison = compare(load_document(connection, old.id), load_document(connection, new.id))
    head = f"{old.source_id}, version {old.number} to version {new.number}\n{comparison.summary}\n\n"
    return (head + unified(comparison) + "\n").encode()


def _told(connection: sqlite3.Connection, versions: list[reading.VersionRow]) -> str:
    """What was done, in plain language, for somebody who has never heard of Redline."""
    status = reading.status(connection, versions[0].source_id)
    lines = [
        f"Evidence of what was served at {status.url}",
        "",
        "A program named Redline asked for this page on a schedule and kept what came. For each version below, `body`",
        "holds the exact bytes received, `record.json` the record of the request with all headers of the answer,",
        "`text.txt` the text that Redline read in those bytes, and `proof.json` what shows that the record stands in",
        "the archive's chain of records. `encoded-body` is the body before decompression, where the server compressed",
        "it, and a file ending in .tsr the word of a timestamp authority that the chain's head was there at a time.",
        "Times are in UTC, by the clock of the machine that asked.",
        "",
    ]
    for version in versions:
        record, proof = reading.ledger_proof(connection, version.id)
        tombstone = withholding(connection, version.capture_id)
        lines += [
            f"Version {version.number} ({_folder(version)})",
            f"  asked for   {record['url']}",
            f"  answered by {record['final_url'] or record['url']} with status {record['status']}",
            f"  at          {record['started']}, as observation {record['id']} of run {record['run_id']}",
            f"  its text was seen from {version.first_seen} to {version.last_seen}",
            f"  body        SHA-256 {record['capture_sha256']}, {record['bytes']} bytes",
            f"  text        SHA-256 {version.text_sha256} over its passages with their kinds",
            f"  robots.txt  {record['robots'] or 'not noted'}",
            f"  clocks      {in_words(record['clock_offset'])}",
            f"  ledger head {proof['head']}",
            *_stamps_told(connection, version, record["run_id"], proof["head"]),
            *([f"  the body is {tombstone.told}", ""] if tombstone else [""]),
        ]
    lines += [
        "To check this file, run `python3 FILE` with Python 3.8 or later. It shows that nothing in the file was",
        "changed since it was made, that each body is the one that its record names, and that each record stands",
        "under the ledger head above. That head was printed by the run that made the observation and, where the",
        "archive is kept in a repository, written into its commit message: compare the two. The file does not show by",
        "itself who made it, nor what the server would have answered to somebody else.",
    ]
    return "\n".join(lines) + "\n"


def _stamps_told(connection: sqlite3.Connection, version: reading.VersionRow, run_id: int, head: str) -> list[str]:
    """When which authority stamped the head, and the command that checks it without Redline."""
    told = []
    for stamp in timestamps.of_run(connection, run_id):
        if stamp["head"] == head:
            name = _token(_folder(version), stamp)
            told += [
                f"  stamped     {stamp['time']} by {stamp['authority']}; with the root certificate of that authority",
                "              in ROOT.pem and this file unpacked, the check is",
                f"              openssl ts -verify -digest {head} -in {name} -CAfile ROOT.pem",
            ]
    return told


def _sealed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in sorted(files.items()):
            bundle.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
        bundle.comment = b"0" * bundle_verifier.SEAL
    content = buffer.getvalue()[: -bundle_verifier.SEAL]
    return content + hashlib.sha256(content).hexdigest().encode()


def _folder(version: reading.VersionRow) -> str:
    return f"version-{version.number:04}"


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _verifier() -> str:
    import inspect

    return inspect.getsource(bundle_verifier)
