"""The certificates of a timestamp token, put into the order that DER prescribes for a set (X.690, 11.6).

An authority that runs OpenSSL sends them in the order of its chain, and a strict reader refuses that. They are no part
of what is signed, so to sort them changes nothing that the token says. What is stored stays as it was received.
"""

from __future__ import annotations

_CERTIFICATES = 0xA0  # [0] IMPLICIT, RFC 5652, 5.1


def with_sorted_certificates(answer: bytes) -> bytes:
    """A TimeStampResp (RFC 3161, 2.4.2) with its certificates in order; anything else is given back as it is."""
    try:
        token = _children(answer, 0)[1]
        signed = _children(answer, _children(answer, token)[1])[0]
        field = next((at for at in _children(answer, signed)[3:] if answer[at] == _CERTIFICATES), None)
        if field is None:
            return answer
        start, end = _content(answer, field)
        parts = sorted(answer[at : _content(answer, at)[1]] for at in _children(answer, field))
        return answer[:start] + b"".join(parts) + answer[end:]
    except IndexError:
        return answer


def _content(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at a place starts and ends; IndexError where it outgrows the data."""
    length, start = data[at + 1], at + 2
    if length & 0x80:
        wide = length & 0x7F
        length, start = int.from_bytes(data[start : start + wide], "big"), start + wide
    if start + length > len(data):
        raise IndexError
    return start, start + length


def _children(data: bytes, at: int) -> list[int]:
    """Where the elements inside the element at a place begin."""
    place, end = _content(data, at)
    found = []
    while place < end:
        found.append(place)
        place = _content(data, place)[1]
    return found
