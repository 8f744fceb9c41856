from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scraper.config import FetchSettings
from tests.scripted import Moments, Scripted

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site() -> Iterator[Scripted]:
    with Scripted() as served:
        yield served


@pytest.fixture
def moments() -> Moments:
    return Moments()


@pytest.fixture
def settings() -> FetchSettings:
    return FetchSettings(user_agent="Redline tests", timeout=10, robots=False, allow_private=("127.0.0.0/8",))


@pytest.fixture
def polite(settings: FetchSettings) -> FetchSettings:
    return replace(settings, robots=True, delay=2.0)
