"""The watch list: what reads well, what each mistake says and where it says it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from scraper import __version__
from scraper.config import (
    DEFAULT_USER_AGENT,
    SHIPPED,
    FetchSettings,
    Source,
    WatchList,
    default_user_agent,
    load,
    parse,
)
from scraper.errors import WatchListError
from scraper.normalizing.document import Rules

if TYPE_CHECKING:
    from pathlib import Path

PAGE = '[[source]]\nid = "page"\nurl = "https://example.org/page"\n'


def mistakes(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(WatchListError) as caught:
        parse(text, "sources.toml")
    return [(mistake.line, mistake.text) for mistake in caught.value.mistakes]


def the_mistake(text: str) -> tuple[int | None, str]:
    found = mistakes(text)
    assert len(found) == 1, found
    return found[0]


# What reads well


def test_a_list_with_every_key_becomes_records() -> None:
    text = """
[fetch]
user_agent = "Mozilla/5.0 (compatible; Heron/2.0; +https://heron.example/about)"
delay = 2
timeout = 12.5
max_bytes = 5_000_000
robots = false
allow_private = ["127.0.0.0/8", "fd00::/8", "10.0.0.7"]

[[source]]
id = "budget-2026"
url = "https://www.treasury.example/budget?year=2026"
title = "The budget"
publisher = "Treasury"
tags = ["money", "law", "money"]
every = "6h"
content = "main > article.body"
remove = [".related", "aside:not(.note)"]
"""
    assert parse(text, "sources.toml") == WatchList(
        sources=(
            Source(
                id="budget-2026",
                url="https://www.treasury.example/budget?year=2026",
                title="The budget",
                publisher="Treasury",
                tags=("money", "law"),
                every=timedelta(hours=6),
                rules=Rules(content="main > article.body", remove=(".related", "aside:not(.note)")),
            ),
        ),
        fetch=FetchSettings(
            user_agent="Mozilla/5.0 (compatible; Heron/2.0; +https://heron.example/about)",
            delay=2.0,
            timeout=12.5,
            max_bytes=5_000_000,
            robots=False,
            allow_private=("127.0.0.0/8", "fd00::/8", "10.0.0.7/32"),
        ),
    )


def test_without_a_publisher_the_host_is_it_and_www_is_no_part_of_a_name() -> None:
    found = parse(PAGE.replace("example.org", "www.Example.org"), "sources.toml")

    assert found.sources[0].publisher == "example.org"


def test_sources_keep_the_order_of_the_file() -> None:
    text = "".join(f'[[source]]\nid = "p{n}"\nurl = "https://example.org/{n}"\n' for n in (3, 1, 2))

    assert [source.id for source in parse(text, "x").sources] == ["p3", "p1", "p2"]


def test_the_list_that_ships_has_no_mistake_and_opens_with_the_two_first_documents() -> None:
    shipped = load(SHIPPED)

    assert [source.url for source in shipped.sources[:2]] == [
        "https://www.defense.gov/Explore/News/Article/Article/2028603/"
        "5-things-to-know-about-the-us-algeria-relationship/",
        "https://defensescoop.com/2025/03/07/algeria-ambassador-us-bilateral-military-plans/",
    ]
    assert {urlsplit(source.url).hostname for source in shipped.sources} == {"www.defense.gov", "defensescoop.com"}


def test_the_settings_that_the_shipped_list_shows_in_comments_are_the_defaults() -> None:
    shown = "\n".join(
        line.removeprefix("# ")
        for line in SHIPPED.read_text(encoding="utf-8").splitlines()
        if line.startswith("# ") and line.removeprefix("# ").split(" = ")[0] in FetchSettings.__slots__
    )

    assert parse(f"[fetch]\n{shown}\n{PAGE}", "shown").fetch == FetchSettings()
    assert all(f"{name} = " in shown for name in FetchSettings.__slots__)


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode())

    assert load(path).sources[0].id == "page"


# Mistakes


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('titel = "x"', "unknown key `titel`: did you mean `title`?"),
        ("delay = 3", "`delay` does not belong under [[source]]: move it under [fetch]"),
        ("colour = 3", "unknown key `colour`: under [[source]] may stand id, url, title"),
        ("title = 3", "title: is a whole number: write text in quotes"),
        ("title = 2026-01-02", "title: is a date or a time: write text in quotes"),
        ('title = " "', "title: is empty"),
        ('title = "a\\nb"', "title: has a line break"),
        ('publisher = ["x"]', "publisher: is a list: write text in quotes"),
        ('tags = "algeria"', 'tags: is text: write a list in brackets, such as ["algeria"]'),
        ("tags = [1]", "tags: is a whole number: write text in quotes"),
        ('every = "often"', "every: 'often' is not a rhythm: write a number and one of m, h, d, w, such as 6h"),
        ("every = 6", "every: is a whole number: write text in quotes"),
        ('content = "div[["', "content: 'div[[' is no CSS selector: Malformed attribute selector"),
        ('remove = [".a", "p:nope"]', "remove: 'p:nope' is no CSS selector: ':nope'"),
        ("remove = { a = 1 }", "remove: is a table: write a list in brackets"),
    ],
)
def test_a_mistake_in_a_source_names_its_line_and_its_remedy(line: str, says: str) -> None:
    at, text = the_mistake(PAGE + "# a remark\n" + line + "\n")

    assert at == 5
    assert text.startswith(says)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("dealy = 3", "unknown key `dealy`: did you mean `delay`?"),
        ('every = "6h"', "`every` does not belong under [fetch]: move it under [[source]]"),
        ("delay = -1", "delay: is -1: write a number from 0 to 3,600"),
        ("delay = nan", "delay: is nan: write a number"),
        (f"delay = {'9' * 400}", "delay: is a number of more than 30 digits: write a number from 0 to 3,600"),
        (f"max_bytes = 0x{'f' * 6000}", "max_bytes: is a number of more than 30 digits: write a whole number from"),
        (f"timeout = -{'9' * 400}", "timeout: is a number of more than 30 digits"),
        ("delay = true", "delay: is true or false: write a number"),
        ('timeout = "30"', "timeout: is text: write a number (seconds for a whole fetch), without quotes"),
        ("timeout = 0", "timeout: is 0: write a number from 1 to 600"),
        ("timeout = inf", "timeout: is inf"),
        ("max_bytes = 2e7", "max_bytes: is a number: write a whole number (decoded bytes of one page), such as 20_000"),
        ("max_bytes = true", "max_bytes: is true or false"),
        ("max_bytes = 10", "max_bytes: is 10: write a whole number from 1,000 to"),
        ('signals = "no"', "signals: is text: write true or false, without quotes"),
        ("signal = false", "unknown key `signal`: did you mean `signals`?"),
        ("robots = 1", "robots: is a whole number: write true or false, without quotes"),
        ('robots = "false"', "robots: is text: write true or false, without quotes"),
        ('allow_private = ["home"]', "allow_private: 'home' is no network: write one such as 127.0.0.0/8"),
        (
            'allow_private = ["10.0.0.1/8"]',
            "allow_private: '10.0.0.1/8' is an address inside a network: write '10.0.0.",
        ),
        ('allow_private = ["0.0.0.0/0"]', "allow_private: '0.0.0.0/0' takes in every address"),
        ('allow_private = "::1"', 'allow_private: is text: write a list in brackets, such as ["::1"]'),
        ('user_agent = "Redline"', "user_agent: has 7 characters: write at least 40"),
        (f'user_agent = "{"x" * 40}\\r\\nCookie: a=b"', "user_agent: has a line break or a control character"),
        (f'user_agent = "{"é" * 40}"', "user_agent: has a character outside ASCII"),
    ],
)
def test_a_mistake_in_the_settings_names_its_line_and_its_remedy(line: str, says: str) -> None:
    at, text = the_mistake(f"[fetch]\n\n{line}\n{PAGE}")

    assert at == 3
    assert text.startswith(says)


@pytest.mark.parametrize(
    "url",
    [
        "example.org/page",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https:///page",
        "https://",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "https://example.org\\\\@127.0.0.1/",
        "https://exa mple.org/",
        "https://example.org/\\u0009",
        "https://[::1",
        "https://example.org:http/",
        "https://example.org:99999/",
        "javascript:alert(1)",
        "https://%61.org/",
        "https://a..org/",
        "https://" + "a" * 300 + ".org/",
        "https://[v1.x]/",
        "https://example.org/" + "a" * 10_000,
        "",
    ],
)
def test_an_address_that_cannot_be_fetched_is_a_mistake_on_its_line(url: str) -> None:
    at, text = the_mistake(f'[[source]]\nid = "a"\n\nurl = "{url}"\n')

    assert at == 4
    assert text.startswith("url: ")
    assert "secret" not in text
    assert len(text) < 400


@pytest.mark.parametrize("name", ["Page", "-page", "a_b", "a b", "é", "a" * 81, "", "../x"])
def test_an_id_that_is_no_slug_is_a_mistake(name: str) -> None:
    at, text = the_mistake(PAGE.replace('"page"', f'"{name}"'))

    assert at == 2
    assert "is no slug" in text


def test_a_slug_is_offered_that_would_be_accepted() -> None:
    _, text = the_mistake(PAGE.replace('"page"', '"The Budget (2026)"'))

    assert "'the-budget-2026'" in text


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = """
[[source]]
url = "https://example.org/a"
every = "soon"
[fetch]
delay = -1
robots = "no"
[[source]]
id = "b"
tags = "x"
"""
    assert [line for line, _ in mistakes(text)] == [2, 4, 6, 7, 8, 10]


def test_all_items_of_a_list_are_looked_at() -> None:
    _, text = the_mistake(f'[fetch]\nallow_private = ["home", "127.0.0.0/8", "work"]\n{PAGE}')

    assert "'home'" in text
    assert "'work'" in text


def test_the_error_prints_one_line_per_mistake_with_file_and_line() -> None:
    with pytest.raises(WatchListError) as caught:
        parse(PAGE + "tags = 1\nevery = 2\n", "my/sources.toml")

    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [
        "my/sources.toml:4",
        "my/sources.toml:5",
    ]


def test_a_second_source_with_the_same_id_names_the_line_of_the_first() -> None:
    at, text = the_mistake(PAGE + PAGE.replace("/page", "/other"))

    assert at == 5
    assert text == "id: 'page' stands on line 2 already; give this source another"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/page",
        "HTTPS://EXAMPLE.org:443/page",
        "https://example.org./page",
        "https://example.org/page#end",
    ],
)
def test_a_second_source_for_the_same_page_is_a_mistake_however_it_is_spelt(url: str) -> None:
    at, text = the_mistake(f'{PAGE}\n[[source]]\nid = "other"\nurl = "{url}"\n')

    assert at == 7
    assert text == f"url: {url!r} stands on line 3 already; remove one of the two"


def test_http_and_https_are_two_pages_and_so_are_two_queries() -> None:
    urls = ["https://example.org/p", "http://example.org/p", "https://example.org/p?a=1", "https://example.org/p?a=2"]
    text = "".join(f'[[source]]\nid = "p{n}"\nurl = "{url}"\n' for n, url in enumerate(urls))

    assert len(parse(text, "x").sources) == 4


def test_a_source_without_an_id_is_offered_one_made_from_its_url() -> None:
    at, text = the_mistake('\n[[source]]\nurl = "https://www.example.org/news/2026/New-Law.html"\n')

    assert at == 2
    assert 'add id = "example-org-new-law-html"' in text


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[fetch]\ndelay = 2\n", "source = []\n"])
def test_a_list_without_a_page_is_a_mistake_that_says_how_to_add_one(text: str) -> None:
    _, says = the_mistake(text)

    assert "redline add URL" in says


def test_the_header_in_the_plural_is_told_once_and_not_as_an_empty_list() -> None:
    assert the_mistake(PAGE.replace("source", "sources")) == (1, "unknown key `sources`: did you mean `source`?")


def test_a_header_with_single_brackets_is_told_how_to_write_it() -> None:
    at, text = the_mistake(PAGE.replace("[[source]]", "[source]"))

    assert at == 1
    assert "[[source]]" in text


def test_settings_that_are_no_table_are_told_how_to_write_them() -> None:
    assert the_mistake(f"fetch = 3\n{PAGE}") == (1, "`fetch` is a table of settings: write its header as [fetch]")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (PAGE + "title = news\n", 4),
        (PAGE + "title = \n", 4),
        (PAGE + 'id = "again"\n', 4),
        (PAGE + 'title = "open', 4),
        ("[fetch]\n\n[fetch]\n" + PAGE, 3),
    ],
)
def test_a_slip_in_the_grammar_is_told_with_its_line(text: str, line: int) -> None:
    at, says = the_mistake(text)

    assert at == line
    assert says.startswith("is not TOML here: ")


@pytest.mark.parametrize("value", ["[" * 5000 + "]" * 5000, "9" * 5000])
def test_a_hostile_value_is_a_mistake_and_no_traceback(value: str) -> None:
    _, says = the_mistake(f"{PAGE}tags = {value}\n")

    assert "beyond all measure" in says


@pytest.mark.parametrize("line", ['tags = "LONG"', 'every = "LONG"', "LONG = 1", 'content = "LONG["', 'id = "LONG"'])
def test_a_long_value_is_not_told_at_length(line: str) -> None:
    text = PAGE.replace('id = "page"\n', "") if line.startswith("id") else PAGE

    assert all(len(says) < 400 for _, says in mistakes(text + line.replace("LONG", "a" * 5000) + "\n"))


def test_an_address_in_a_private_network_is_for_allow_private_to_judge() -> None:
    assert parse(PAGE.replace("example.org", "10.0.0.1:9000"), "x").sources[0].url == "https://10.0.0.1:9000/page"


def test_a_key_with_escape_codes_in_its_name_is_shown_harmlessly() -> None:
    _, says = the_mistake(PAGE + '"\\u001b[2Jx" = 1\n')

    assert "\x1b" not in says


def test_a_file_that_is_missing_a_folder_or_not_utf8_is_one_clear_line(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(PAGE.encode() + b'title = "caf\xe9"\n')
    for path, says in [(tmp_path / "none.toml", "no such"), (tmp_path, "is a folder"), (latin, "not UTF-8")]:
        with pytest.raises(WatchListError, match=says) as caught:
            load(path)
        assert "\n" not in str(caught.value)
        assert str(caught.value).startswith(str(path))
    assert caught.value.mistakes[0].line == 4


# Who asks


def test_the_default_user_agent_is_long_enough_names_the_version_and_makes_up_no_address() -> None:
    assert len(DEFAULT_USER_AGENT) >= 40
    assert f"Redline/{__version__};" in DEFAULT_USER_AGENT
    assert "http" not in DEFAULT_USER_AGENT
    assert parse(PAGE, "x").fetch.user_agent == DEFAULT_USER_AGENT


def test_inside_an_action_the_repository_is_the_contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "ana/watch"}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "sources.toml"
    path.write_text(PAGE, encoding="utf-8")

    assert default_user_agent(env).endswith("; +https://git.example/ana/watch)")
    assert load(path).fetch.user_agent == default_user_agent(env)


@pytest.mark.parametrize("repository", ["", "ana", "ana/watch\r\nX: y", "ana/watch)/"])
def test_a_repository_that_is_no_name_is_not_put_into_a_header(repository: str) -> None:
    env = {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": repository}

    assert default_user_agent(env) == DEFAULT_USER_AGENT


# What the schedule reads


def test_the_budget_and_a_weight_are_read() -> None:
    found = parse("[fetch]\nbudget = 0.5\n" + PAGE + "weight = 4\n", "sources.toml")
    assert (found.fetch.budget, found.sources[0].weight) == (0.5, 4.0)


def test_a_budget_of_nothing_and_a_weight_of_nothing_are_mistakes_with_a_remedy() -> None:
    assert the_mistake("[fetch]\nbudget = 0\n" + PAGE) == (
        2,
        "budget: is 0: write a number from 0.04 to 24 (looks a day at a page, on the average)",
    )
    line, said = the_mistake(PAGE + "weight = -1\n")
    assert line == 4
    assert "write a number from 0.01 to 100" in said
