"""Answers that are broken, endless or swollen: what is sent for one request, and what must come of it.

Bytes are sent and the connection is closed; an endless case is repeated until the client hangs up. Every case is
fetched with at most `MOST` bytes for a body and, where it is slow, with a fraction of a second.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 200_000
"""Bytes, `max_bytes` of these tests."""


@dataclass(frozen=True)
class Sent:
    """What a server sends, and what the answer must be: a body, or a failure with words in its error."""

    pieces: tuple[bytes, ...]
    endless: bytes = b""
    body: bytes | None = None
    failure: str | None = "network_error"
    says: str = ""
    then_is_slow: bool = False
    """Keeps the connection open and sends no more."""

    def sending(self) -> Iterable[bytes]:
        return chain(self.pieces, repeat(self.endless)) if self.endless else self.pieces


def whole(*pieces: bytes, body: bytes = b"<p>text") -> Sent:
    return Sent(pieces, body=body, failure=None)


def broken(*pieces: bytes, says: str = "", failure: str = "network_error") -> Sent:
    return Sent(pieces, failure=failure, says=says)


def endless(*pieces: bytes, more: bytes, says: str = "", failure: str = "network_error") -> Sent:
    return Sent(pieces, endless=more, failure=failure, says=says)


def silent(*pieces: bytes) -> Sent:
    return Sent(pieces, says="no whole answer from", then_is_slow=True)


def encoded(name: bytes, body: bytes) -> bytes:
    length = str(len(body)).encode()
    return OK + b"Content-Encoding: " + name + b"\r\nContent-Length: " + length + b"\r\n\r\n" + body


def _bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
TEXT = b"<p>text"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
FOUND = b"HTTP/1.1 302 Found\r\nLocation: /end\r\n"
BOMB = gzip.compress(bytes(100 * MOST))

# Framing and length.
LENGTHS: dict[str, Sent] = {
    "a body to the end of the connection": whole(OK + b"\r\n" + TEXT),
    "a body of known length": whole(OK + b"Content-Length: 7\r\n\r\n" + TEXT),
    "a body in chunks": whole(CHUNKED + b"3\r\n<p>\r\n4\r\ntext\r\n0\r\n\r\n"),
    "chunks with extensions": whole(CHUNKED + b"3;a=b\r\n<p>\r\n4;c\r\ntext\r\n0\r\n\r\n"),
    "chunks with trailers": whole(CHUNKED + b"7\r\n<p>text\r\n0\r\nX: y\r\nSet-Cookie: a=b\r\n\r\n"),
    "chunks and a length": whole(
        OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n<p>text\r\n0\r\n\r\n"
    ),
    "more than was announced": whole(OK + b"Content-Length: 7\r\n\r\n" + TEXT + b"HTTP/1.1 200 OK\r\n\r\nevil"),
    "the same length twice": whole(OK + b"Content-Length: 7\r\nContent-Length: 7\r\n\r\n" + TEXT),
    "line ends without carriage return": whole(OK.replace(b"\r", b"") + b"Content-Length: 7\n\n" + TEXT),
    "a length too long": broken(OK + b"Content-Length: 8\r\n\r\n" + TEXT, says="7 of 8 bytes"),
    "two lengths": broken(OK + b"Content-Length: 7\r\nContent-Length: 6\r\n\r\n" + TEXT, says="contradict"),
    "a negative length": broken(OK + b"Content-Length: -7\r\n\r\n" + TEXT, says="no number"),
    "a length in words": broken(OK + b"Content-Length: seven\r\n\r\n" + TEXT, says="no number"),
    "an empty length": broken(OK + b"Content-Length:\r\n\r\n" + TEXT, says="no number"),
    "a length in words beside chunks": whole(
        OK + b"Content-Length: seven\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n<p>text\r\n0\r\n\r\n"
    ),
    "two lengths in one": broken(OK + b"Content-Length: 7, 6\r\n\r\n" + TEXT, says="contradict"),
    "a body cut in a chunk": broken(CHUNKED + b"ff\r\nhalf.", says="broke off"),
    "a body cut between chunks": broken(CHUNKED + b"5\r\nhalf.\r\n", says="broke off"),
    "a chunk that is longer than it says": broken(CHUNKED + b"3\r\n<p>text\r\n0\r\n\r\n", says="broke off"),
    "a chunk of no number": broken(CHUNKED + b"xyz\r\n<p>\r\n0\r\n\r\n", says="chunks are broken"),
    "a chunk of a negative number": broken(CHUNKED + b"-1\r\n<p>\r\n0\r\n\r\n", says="broke"),
    "a chunk of an enormous number": broken(CHUNKED + b"f" * 40 + b"\r\n<p>", says=""),
    "no headers": broken(b"HTTP/1.1 200 OK\r\n", says="its headers broke off"),
    "headers cut short": broken(b"HTTP/1.1 200 OK\r\nContent-Type: text/ht", says="its headers broke off"),
    "a length announced above the limit": broken(
        OK + b"Content-Length: 99999999999999999999999999\r\n\r\n", failure="too_large", says="max_bytes"
    ),
}

# What never ends, and what is silent.
ENDLESS: dict[str, Sent] = {
    "a body without end": endless(OK + b"\r\n", more=bytes(65536), failure="too_large", says="max_bytes"),
    "chunks without end": endless(CHUNKED, more=b"10000\r\n" + bytes(65536) + b"\r\n", failure="too_large"),
    "chunks of one byte without end": endless(CHUNKED, more=b"1\r\nx\r\n" * 4096, failure="too_large"),
    "chunks of two bytes without end": endless(CHUNKED, more=b"2\r\nxy\r\n" * 4096, failure="too_large"),
    "extensions without end": endless(CHUNKED, more=b"1;" + b"e" * 8000 + b"\r\nx\r\n", says="framing"),
    "one chunk line without end": endless(CHUNKED, more=b"1" * 4096),
    "trailers without end": endless(CHUNKED + b"0\r\n", more=b"X: " + b"y" * 8000 + b"\r\n"),
    "one trailer without end": endless(CHUNKED + b"0\r\nX: ", more=b"y" * 65536),
    "headers without end": endless(OK, more=b"X: y\r\n" * 50, says="more than 100 headers"),
    "one header without end": endless(OK + b"X: ", more=b"y" * 65536, says="longer than 64 KiB"),
    "a status line without end": endless(b"HTTP/1.1 200 ", more=b"O" * 65536),
    "interim answers without end": endless(more=b"HTTP/1.1 100 Continue\r\n\r\n", says="more than 20 interim answers"),
    "early hints without end": endless(more=b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", says="more than 20"),
    "interim answers with large headers": endless(more=b"HTTP/1.1 103 E\r\n" + (b"X: " + b"y" * 60_000 + b"\r\n") * 9),
    "a thousand headers": broken(OK + b"X: y\r\n" * 1000 + b"\r\n" + TEXT, says="more than 100 headers"),
    "three long headers": broken(
        OK + (b"X: " + b"y" * 60_000 + b"\r\n") * 3 + b"\r\n", says="more than 128 KiB of headers"
    ),
    "a redirect with a body without end": endless(FOUND + b"\r\n", more=bytes(65536), failure=""),
    "a redirect with chunks without end": endless(
        FOUND + b"Transfer-Encoding: chunked\r\n\r\n", more=b"1\r\nx\r\n", failure=""
    ),
    "nothing at all": silent(b""),
    "half a status line": silent(b"HTTP/1."),
    "half the headers": silent(OK),
    "half a body": silent(OK + b"Content-Length: 100\r\n\r\nhalf"),
    "half a chunk": silent(CHUNKED + b"5\r\nha"),
    "a chunk and no more": silent(CHUNKED + b"4\r\nhalf\r\n"),
    "an interim answer and no more": silent(b"HTTP/1.1 100 Continue\r\n\r\n"),
}

# Encodings that nobody asked for.
ENCODINGS: dict[str, Sent] = {
    "gzip": whole(encoded(b"gzip", gzip.compress(TEXT))),
    "x-gzip": whole(encoded(b"X-GZip", gzip.compress(TEXT))),
    "deflate": whole(encoded(b"deflate", zlib.compress(TEXT))),
    "deflate without its wrapping": whole(encoded(b"deflate", _bare_deflate(TEXT))),
    "gzip in gzip": whole(encoded(b"gzip, gzip", gzip.compress(gzip.compress(TEXT)))),
    "gzip in deflate": whole(encoded(b"gzip, deflate", zlib.compress(gzip.compress(TEXT)))),
    "identity": whole(encoded(b"identity", TEXT)),
    "several members": whole(encoded(b"gzip", gzip.compress(b"<p>") + gzip.compress(b"text"))),
    "padding after the end": whole(encoded(b"gzip", gzip.compress(TEXT) + bytes(512))),
    "a bomb": broken(encoded(b"gzip", BOMB), failure="too_large"),
    "a bomb in deflate": broken(encoded(b"deflate", zlib.compress(bytes(100 * MOST))), failure="too_large"),
    "a bomb in a bomb": broken(encoded(b"gzip, gzip", gzip.compress(BOMB)), failure="too_large"),
    "gzip three times": broken(encoded(b"gzip, gzip, gzip", b"x"), says="3 times over"),
    "gzip a hundred times": broken(encoded(b", ".join([b"gzip"] * 100), b"x"), says="100 times over"),
    "encodings in many headers": broken(OK + b"Content-Encoding: gzip\r\n" * 50 + b"\r\nx", says="50 times over"),
    "a swarm of empty members": broken(encoded(b"gzip", gzip.compress(b"") * 2000), says="members"),
    "brotli": broken(encoded(b"br", b"\x0b\x02\x80text\x03"), says="br, which was not asked for"),
    "zstd": broken(encoded(b"zstd", b"\x28\xb5\x2f\xfd\x04\x00"), says="zstd, which was not asked for"),
    "an encoding that nobody knows": broken(encoded(b"rot13", b"<c>grkg"), says="rot13"),
    "gzip that is none": broken(encoded(b"gzip", TEXT), says="is not the gzip"),
    "gzip cut short": broken(encoded(b"gzip", gzip.compress(TEXT * 100)[:-12]), says="ends early"),
    "gzip with a wrong checksum": broken(encoded(b"gzip", gzip.compress(TEXT)[:-8] + bytes(8)), says="is not the gzip"),
    "gzip of nothing": whole(encoded(b"gzip", gzip.compress(b"")), body=b""),
    "a redirect whose body is a bomb": broken(FOUND + b"Content-Encoding: gzip\r\n\r\n" + BOMB, failure=""),
}

# What is hardly HTTP.
PROTOCOL: dict[str, Sent] = {
    "HTTP/0.9": broken(b"<html><p>text</html>", says="did not answer in HTTP"),
    "another protocol": broken(b"SSH-2.0-OpenSSH_9.2\r\n", says="did not answer in HTTP"),
    "a mail server": broken(b"220 mail.example ESMTP\r\n", says="did not answer in HTTP"),
    "nothing and the end": broken(b"", says="closed the connection without an answer"),
    "a status that is no number": broken(b"HTTP/1.1 OK OK\r\n\r\n", says="did not answer in HTTP"),
    "a status of two digits": broken(b"HTTP/1.1 20 OK\r\n\r\n", says="did not answer in HTTP"),
    "a status of four digits": broken(b"HTTP/1.1 2000 OK\r\n\r\n", says="did not answer in HTTP"),
    "TLS instead of HTTP": broken(b"\x15\x03\x01\x00\x02\x02\x28", says="did not answer in HTTP"),
    "HTTP/1.0": whole(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + TEXT),
    "an early hint before the answer": whole(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"\r\n" + TEXT),
    "a switch of protocols": broken(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", failure=""),
    "304 to an unconditional request": broken(b"HTTP/1.1 304 Not Modified\r\n\r\n", says="unconditional"),
}

# Redirects that lead nowhere. `/end` is a page; every path that begins with `/loop` says the same again.
REDIRECTS: dict[str, Sent] = {
    "to itself": broken(b"HTTP/1.1 301 M\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n", says="redirect loop"),
    "to ever longer addresses": broken(
        b"HTTP/1.1 301 M\r\nLocation: /loop/more\r\nContent-Length: 0\r\n\r\n", says="redirect loop"
    ),
    "with a long Location": broken(b"HTTP/1.1 301 M\r\nLocation: /" + b"a" * 70_000 + b"\r\n\r\n", says="64 KiB"),
    "with a Location of 60,000 characters": broken(
        b"HTTP/1.1 301 M\r\nLocation: /loop?" + b"a" * 60_000 + b"\r\nContent-Length: 0\r\n\r\n", says=""
    ),
    "with a Location that is none": broken(
        b"HTTP/1.1 301 M\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n", says="not a URL"
    ),
    "with an empty Location": broken(b"HTTP/1.1 301 M\r\nLocation:\r\nContent-Length: 0\r\n\r\n", failure=""),
    "with two Locations": broken(
        b"HTTP/1.1 301 M\r\nLocation: /end\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n", says=""
    ),
    "without a Location": broken(b"HTTP/1.1 301 M\r\nContent-Length: 0\r\n\r\n", failure=""),
    "300 with a Location": broken(b"HTTP/1.1 300 M\r\nLocation: /end\r\nContent-Length: 0\r\n\r\n", failure=""),
}
