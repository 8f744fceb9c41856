"""What the socket saw of one exchange: evidence of what was sent, to whom, and who answered.

It is noted where the bytes pass (connection.py) and not put together afterwards from what the libraries were told:
http.client adds headers of its own, and a kept-alive connection was opened by an earlier page's request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

# RFC 9112, 2.3. The library reads on where a server writes more than that, and so may a whole line of it.
_VERSION = re.compile(r"HTTP/(\d\.\d)")


@dataclass(slots=True)
class Wire:
    """One exchange, filled in as it happens; whatever did not happen stays empty.

    `head` is the request up to its body, byte for byte; `peer` the address and port connected to, as `endpoint` writes
    it; `certificate_sha256` the hex digest of the server's own certificate in DER; `http_version` the answer's. `sent`
    is when the head was sent and `answered` when that of the answer had arrived, both by our clock.
    """

    head: bytes = b""
    peer: str | None = None
    certificate_sha256: str | None = None
    http_version: str | None = None
    sent: datetime | None = None
    answered: datetime | None = None

    def request_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers of `head` in the order sent. Bytes are read as Latin-1, as those of an answer are."""
        fields = self.head.decode("latin-1").split("\r\n")[1:]
        return tuple((name, value) for name, colon, value in (line.partition(": ") for line in fields) if colon)


def endpoint(address: Any) -> str:
    """A socket address of IPv4 or IPv6 as `203.0.113.5:443` or `[2001:db8::5]:443` (RFC 3986, 3.2.2)."""
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def version_of(written: str) -> str | None:
    """`1.1` for `HTTP/1.1`; None where a status line opens with something else."""
    found = _VERSION.fullmatch(written)
    return found and found[1]
