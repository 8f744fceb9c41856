from __future__ import annotations

from typing import TYPE_CHECKING

import tests.fetching.hostile.addresses as addresses
import tests.fetching.hostile.answers as answers
import tests.fetching.hostile.manners as manners
import tests.fetching.hostile.verdicts as verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES: dict[str, tuple[Mapping[str, object], ...]] = {
    "addresses": (addresses.URLS, addresses.NAMES, addresses.SPELLINGS, addresses.PLAIN, addresses.TLS),
    "answers": (answers.LENGTHS, answers.ENDLESS, answers.ENCODINGS, answers.PROTOCOL, answers.REDIRECTS),
    "manners": (manners.ROBOTS, manners.RESTS),
    "verdicts": (verdicts.VERDICTS,),
}


def test_no_table_of_hostile_cases_has_shrunk() -> None:
    counts = {name: sum(map(len, tables)) for name, tables in TABLES.items()}

    assert counts["addresses"] >= 100
    assert counts["answers"] >= 80
    assert counts["manners"] >= 50
    assert counts["verdicts"] >= 70


def test_every_answer_has_a_name_of_its_own() -> None:
    """Their tables are put together: one name in two of them would be a case less, without a word."""
    names = [name for table in TABLES["answers"] for name in table]

    assert len(names) == len(set(names))
