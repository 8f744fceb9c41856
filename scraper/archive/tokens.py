"""Timestamp tokens by RFC 3161: the question to an authority, and what its answer shows. Nothing here asks anybody.

The imprint that the authority signs is the head of the ledger itself, so that `openssl ts -verify -digest HEAD` checks
a token with nothing of ours. Needs the package rfc3161-client, which the extra `timestamp` brings.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scraper.archive.der import with_sorted_certificates
from scraper.errors import TimestampError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NEEDED = "the package rfc3161-client is not installed: `pip install 'redline[timestamp]'` brings it"

_SHA256 = "2.16.840.1.101.3.4.2.1"
_GRANTED = 0
# RFC 3161, 2.4.2. The second grants something other than what was asked for, and the verifier refuses that too.
_STATUS = {1: "granted with modifications", 2: "rejected", 3: "put off", 4: "revocation warning", 5: "revoked"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent to an authority (TimeStampReq, DER), and the number that its answer must repeat."""

    der: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: the time by the authority's clock, and who signed it, where it brings that certificate."""

    time: datetime
    signer: str | None


def available() -> bool:
    """Whether tokens can be asked for and read here."""
    try:
        import rfc3161_client  # noqa: F401
    except ImportError:
        return False
    return True


def question(preimage: bytes) -> Question:
    """Ask for a timestamp of the SHA-256 of these bytes; UsageError where the package is missing."""
    if not available():
        raise UsageError(NEEDED)
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    built = TimestampRequestBuilder(data=preimage, hash_algorithm=HashAlgorithm.SHA256).build()
    assert built.nonce is not None
    return Question(built.as_bytes(), built.nonce)


def read(answer: bytes, head: str, nonce: int | None = None) -> Token:
    """Read an authority's answer; TimestampError where it grants no token, or one that is not of this head.

    With `nonce`, the token must repeat it: otherwise it could be an older answer played again.
    """
    response = _decoded(answer)
    if response.status != _GRANTED:
        said = " ".join(" ".join(response.status_string).split())[:200]
        raise TimestampError(f"it was {_STATUS.get(response.status, 'refused')}" + (f": {said}" if said else ""))
    try:
        info = response.tst_info
        imprint, algorithm = info.message_imprint.message, info.message_imprint.hash_algorithm.dotted_string
        said_nonce, time = info.nonce, info.gen_time.astimezone(UTC)
        signer = _signer(response)
    except Exception as error:
        raise TimestampError(f"its token cannot be read ({error})") from None
    if algorithm != _SHA256 or imprint != bytes.fromhex(head):
        raise TimestampError("its token is of something else: its imprint is not the head of the ledger")
    if nonce is not None and said_nonce != nonce:
        raise TimestampError("its token answers another question: it does not repeat the number that was sent (nonce)")
    return Token(time, signer)


def signature_fault(answer: bytes, head: str, roots: Sequence[Any]) -> str | None:
    """Why the signature of a token does not hold under these root certificates; None where it does.

    The certificates need to have been valid at the time that the token gives, not today.
    """
    from rfc3161_client import VerificationError, VerifierBuilder

    try:
        verifier = VerifierBuilder(roots=list(roots)).build()
        verifier.verify(_decoded(answer), bytes.fromhex(head))
    except (VerificationError, ValueError, TimestampError) as error:
        return _shortened(str(error))
    return None


def own_root(answer: bytes) -> list[Any]:
    """The certificates in a token that are signed by themselves: the end of its own chain, where it brings one."""
    return [certificate for certificate in _certificates(_decoded(answer)) if certificate.issuer == certificate.subject]


def load_certificates(path: Path) -> list[Any]:
    """The certificates of a file, PEM or DER; UsageError where it holds none."""
    if not available():
        raise UsageError(NEEDED)
    from cryptography import x509

    try:
        content = path.read_bytes()
        if b"-----BEGIN" in content:
            return list(x509.load_pem_x509_certificates(content))
        return [x509.load_der_x509_certificate(content)]
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:
        raise UsageError(f"{path} holds no certificate: give the authority's root certificate as PEM or DER") from None


def _decoded(answer: bytes) -> Any:
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(with_sorted_certificates(answer))
    except Exception as error:  # whatever the parser makes of broken bytes
        shown = hashlib.sha256(answer).hexdigest()[:12]
        raise TimestampError(f"it is no timestamp response ({len(answer)} bytes, SHA-256 {shown}…)") from error


def _certificates(response: Any) -> list[Any]:
    from cryptography import x509

    return [x509.load_der_x509_certificate(der) for der in response.signed_data.certificates]


def _signer(response: Any) -> str | None:
    """The subject of the certificate that signed, as RFC 4514 writes it."""
    for info in response.signed_data.signer_infos:
        for certificate in _certificates(response):
            if (certificate.issuer, certificate.serial_number) == (info.issuer, info.serial_number):
                return str(certificate.subject.rfc4514_string())
    return None


def _shortened(error: str) -> str:
    """The verifier's words without the list of OpenSSL's source lines that it adds."""
    if "Verify error: " in error:
        return error.partition("Verify error: ")[2].partition('"')[0]
    return " ".join(error.partition(": ErrorStack")[0].split())[:200]
