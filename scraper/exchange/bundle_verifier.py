"""Checks an evidence bundle of Redline. Needs Python 3.8 or later and nothing else.

    python3 bundle.zip                    checks the bundle itself: this file is in it as __main__.py
    python3 bundle_verifier.py bundle.zip

Says what does not hold, or what was shown: that no byte of the bundle was changed since it was made, that each body
has the hash that the record of its fetch names, and that each record stands in the chain of records under the head
that the bundle names. Whether that head is the one that was published at the time is for the reader to compare.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any, Iterable  # noqa: UP035  # this file runs on Python 3.8 too

SEAL = 64
"""Length of the comment at the end of the file: SHA-256 of every byte before it, as hex."""

ENCODED = "encoded-body"
"""The file with the body as it came over the wire, where the server compressed it."""

TOKEN = ".tsr"  # noqa: S105
"""How the names of timestamp tokens end. Their signatures are for OpenSSL to check, see README.txt."""


def problems(content: bytes) -> list[str]:
    """Give what does not hold in a bundle's bytes; empty where all of it does."""
    seal = content[-SEAL:].decode("ascii", "replace")
    if hashlib.sha256(content[:-SEAL]).hexdigest() == seal:
        return _inside(content)
    return ["the file was changed after it was made: its bytes do not have the hash at its end", *_inside(content)]


def _inside(content: bytes) -> list[str]:
    """Files against the manifest, bodies against records, records against the head."""
    try:
        bundle = zipfile.ZipFile(io.BytesIO(content))
        manifest = json.loads(bundle.read("manifest.json"))
        files = {name: bundle.read(name) for name in bundle.namelist()}
    except Exception as error:  # whatever the library makes of broken bytes
        return [f"it cannot be opened: {error}"]
    found = []
    for name in sorted(set(manifest["files"]) | set(files) - {"manifest.json"}):
        if name not in files:
            found.append(f"{name} is missing")
        elif manifest["files"].get(name) != hashlib.sha256(files[name]).hexdigest():
            found.append(f"{name} was changed: it does not have the hash in manifest.json")
    for folder in manifest["versions"]:
        try:
            found += _version(folder, files)
        except Exception as error:
            found.append(f"{folder} cannot be checked: {error}")
    return found


def _version(folder: str, files: dict[str, bytes]) -> list[str]:
    record = json.loads(files[f"{folder}/record.json"])
    proof = json.loads(files[f"{folder}/proof.json"])
    found = []
    if f"{folder}/withheld.json" in files:
        # The keeper withheld the bytes: what is shown is that an answer with this hash came, and not what it said.
        told = json.loads(files[f"{folder}/withheld.json"])
        if f"{folder}/body" in files or told["sha256"] != record["capture_sha256"]:
            found.append(f"{folder}/withheld.json is not about the body that its record names")
    elif record["capture_sha256"] != hashlib.sha256(files[f"{folder}/body"]).hexdigest():
        found.append(f"{folder}/body is not the body that its record names")
    encoded = files.get(f"{folder}/{ENCODED}")
    withheld = f"{folder}/withheld.json" in files and encoded is None
    if not withheld and record["encoded_sha256"] != (encoded and hashlib.sha256(encoded).hexdigest()):
        found.append(f"{folder}/{ENCODED} is not the compressed body that its record names")
    unbound = sorted(set(record) - set(proof["bound"]) - set(proof.get("later", ())))
    found += [f"{folder}/record.json says {name!r}, which nothing binds" for name in unbound]
    head = _link(proof["previous"], hashlib.sha256(_canonical(record, proof)).hexdigest())
    for digest in proof["after"]:
        head = _link(head, digest)
    if head != proof["head"]:
        found.append(f"{folder}/record.json does not stand in the chain under {proof['head']}")
    strange = [name for name in _tokens(folder, files) if bytes.fromhex(proof["head"]) not in files[name]]
    return found + [f"{name} is no timestamp of {proof['head']}" for name in strange]


def _canonical(record: dict[str, Any], proof: dict[str, Any]) -> bytes:
    """A record as its ledger binds it: what it always had as a list, then in it what was added later, if not null."""
    values = [record[name] for name in proof["bound"]]
    added = {name: record[name] for name in proof.get("later", ()) if record[name] is not None}
    return json.dumps([*values, added] if added else values, ensure_ascii=True, separators=(",", ":")).encode()


def _tokens(folder: str, names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(f"{folder}/") and name.endswith(TOKEN))


def _link(previous: str, digest: str) -> str:
    return hashlib.sha256(f"{previous}\n{digest}".encode()).hexdigest()


def main() -> int:
    """Check the bundle named on the command line, or the one that this file is in; 1 where something does not hold."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    content = path.read_bytes()
    found = problems(content)
    for text in found:
        print(f"NOT SHOWN: {text}")
    if found:
        return 1
    bundle = zipfile.ZipFile(io.BytesIO(content))
    print("Nothing in this bundle was changed since it was made.")
    for folder in json.loads(bundle.read("manifest.json"))["versions"]:
        if f"{folder}/withheld.json" in bundle.namelist():
            told = json.loads(bundle.read(f"{folder}/withheld.json"))["told"]
            print(f"{folder} is without its body, {told}")
        head = json.loads(bundle.read(folder + "/proof.json"))["head"]
        print(f"{folder} stands under ledger head {head}")
        for name in _tokens(folder, bundle.namelist()):
            print(f"  and {name} holds that head: openssl ts -verify -digest {head} -in {name} -CAfile ROOT.pem")
    print("Compare that head with the one published at the time (commit message, job summary).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
