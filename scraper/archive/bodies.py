"""Raw bodies, small: zstd, with an earlier capture of the same source as the dictionary.

Two captures of one page mostly differ in nonces, so the second costs about a kilobyte. Every difference is taken
against a keyframe directly, never against another difference: any body comes back in two decompressions, whatever
the length of the history. A new keyframe is made when the page has drifted so far that a difference stops paying.

A body comes back bit for bit or not at all: `unpack` leaves the check of the hash to its caller, who holds it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from scraper.portable import portable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Level 6 makes differences a tenth smaller and takes three times as long (985 captures of real pages, 82 KB each).
LEVEL = 3
# The tables of that level hold about a megabyte; in more, a repetition far back is found by its own search alone.
_LONG = 1 << 20
# A difference larger than this share of what the body takes alone is no bargain: start again from a keyframe.
DRIFT = 0.35


@portable
@dataclass(frozen=True, slots=True)
class Packed:
    """A body as stored; `base_id` is the capture whose body is the dictionary, None for a keyframe."""

    data: bytes
    base_id: int | None


def pack(body: bytes, base_id: int | None = None, base: bytes | None = None) -> Packed:
    """Compress a body, against `base` where there is one and it pays."""
    if base_id is None or base is None or min(len(body), len(base)) < 64:
        return Packed(zstd.compress(body, LEVEL), None)
    # The window has to reach back over the whole dictionary, or the far end of a long page finds nothing in it.
    size = max(len(body) + len(base), 1 << 16)
    options: dict[Any, int] = {
        zstd.CompressionParameter.compression_level: LEVEL,
        zstd.CompressionParameter.window_log: min(size.bit_length(), 27),
        zstd.CompressionParameter.enable_long_distance_matching: int(size > _LONG),
    }
    delta = zstd.compress(body, options=options, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix)
    if len(delta) < 2_048:
        return Packed(delta, base_id)
    alone = zstd.compress(body, LEVEL)
    return Packed(delta, base_id) if len(delta) < len(alone) * DRIFT else Packed(alone, None)


def unpack(data: bytes, base: bytes | None = None) -> bytes:
    """Give back the bytes that `pack` was given; `base` is the body of the capture it was packed against."""
    if base is None:
        return zstd.decompress(data)
    options: dict[Any, int] = {zstd.DecompressionParameter.window_log_max: 27}
    return zstd.decompress(data, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix, options=options)
