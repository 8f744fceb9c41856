"""Raw bodies come back bit for bit."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive.bodies import pack, unpack


@given(body=st.binary(max_size=4000), base=st.binary(max_size=4000))
@settings(max_examples=80, deadline=None)
def test_any_body_comes_back_bit_for_bit_against_any_base(body: bytes, base: bytes) -> None:
    packed = pack(body, 7, base)
    assert unpack(packed.data, base if packed.base_id is not None else None) == body


def test_a_recapture_that_differs_in_a_nonce_takes_little_room() -> None:
    rng = random.Random(1)
    words = " ".join(f"{rng.randrange(10**6):x}" for _ in range(12_000)).encode()
    again = words[:40_000] + b"nonce-4f1c" + words[40_010:]

    packed = pack(again, 1, words)

    assert packed.base_id == 1
    assert len(packed.data) < 200


def test_a_page_that_became_another_is_a_keyframe_of_its_own() -> None:
    rng = random.Random(2)
    one, other = (bytes(rng.randrange(256) for _ in range(20_000)) for _ in range(2))
    assert pack(other, 1, one).base_id is None
