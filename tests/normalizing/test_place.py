"""What is kept or dropped for where it stands, and what no place and no name can take away."""

from __future__ import annotations

import pytest

from scraper.normalizing import Rules, normalize

URL = "https://site.example/page"
LONG = (
    "The council said on that day that the ferry will run through the winter and that the fares of all lines stay as"
    " they are until the spring timetable comes into force."
)
STORY = "<h1>The vote</h1>" + "".join(f"<p>{n}. {LONG}</p>" for n in range(4))
ARTICLE = (
    '<head><meta property="og:type" content="article">'
    '<meta property="article:published_time" content="2025-01-02"></head>'
)


def kept_of(body: str, *, article: bool = False) -> str:
    head = ARTICLE if article else ""
    passages = normalize(f"<html>{head}<body>{body}</body></html>".encode(), url=URL).passages
    return "\n".join(passage.text for passage in passages)


@pytest.mark.parametrize(
    "around",
    [
        '<div class="sidebar">{}</div>',
        '<div class="menu"><ul><li>{}</li></ul></div>',
        '<ul role="navigation"><li>{}</li></ul>',
        '<div id="footer" role="contentinfo">{}</div>',
        '<div class="modal">{}</div>',
        '<div role="dialog" aria-hidden="true" class="click-open">{}</div>',
        '<div style="display:none">{}</div>',
        '<div class="carousel"><div class="slide">{}</div></div>',
        '<section class="test-report test-report--ads">{}</section>',
    ],
)
def test_a_long_paragraph_is_kept_whatever_it_stands_in(around: str) -> None:
    other = f"<p>Another notice. {LONG.replace('ferry', 'tram')}</p>"

    assert "tram" in kept_of(STORY + around.format(other))


@pytest.mark.parametrize("around", ["<nav>{}</nav>", "<footer>{}</footer>", "<template>{}</template>"])
def test_an_element_of_the_frame_is_taken_at_its_word(around: str) -> None:
    assert "tram" not in kept_of(STORY + around.format(f"<p>{LONG.replace('ferry', 'tram')}</p>"))


def test_a_long_consent_text_in_a_box_of_its_own_is_no_text() -> None:
    consent = (
        "<div class='modal'><p>We and our partners store cookies on your device and read them to count visits, to"
        " remember your choices and to measure what you read here.</p></div>"
    )

    assert "partners" not in kept_of(STORY + consent)


def test_short_text_around_the_core_of_an_article_is_furniture_and_kept_on_other_pages() -> None:
    box = "<div class='c'><p>Total cases</p><p>113</p></div>"
    page = f"<div class='a'><p>Kicker</p></div><div class='b'>{STORY}</div>{box}"

    assert "113" not in kept_of(page, article=True)
    assert "113" in kept_of(page)


def test_a_correction_and_a_row_of_data_behind_an_article_are_kept() -> None:
    page = (
        f"<div>{STORY}</div><div><p>Correction: An earlier version gave the wrong year.</p></div>"
        "<div><table><tr><td>Ferries</td><td>14</td></tr></table></div>"
    )
    text = normalize(f"<html>{ARTICLE}<body>{page}</body></html>".encode(), url=URL).passages

    assert [p.kind for p in text][-2:] == ["notice", "table_row"]


def test_menus_above_the_headline_are_dropped_and_figures_dates_and_notices_there_stay() -> None:
    above = "<div><p><a href='/'>Home of the county</a></p><p>Menu of the day</p><p>Effective: March 18, 2022</p></div>"
    text = kept_of(above + STORY)

    assert "county" not in text
    assert "Menu of the day" not in text
    assert "Effective: March 18, 2022" in text


def test_a_headline_in_the_middle_of_a_page_takes_nothing_away_above_it() -> None:
    assert "Opening hours" in kept_of(f"<p>Opening hours</p><p>{LONG}</p><p>{LONG}</p>{STORY}")


def test_an_article_ends_at_its_share_buttons_and_a_page_of_links_does_not() -> None:
    behind = "<p>Share this article</p><p>Next in the series</p><p><a href='/2'>The second vote of the council</a></p>"

    assert "second vote" not in kept_of(f"<div>{STORY}{behind}</div>", article=True)
    assert "second vote" in kept_of(f"<div>{STORY}{behind}</div>")


def test_what_a_keeper_selects_is_not_judged_by_its_place() -> None:
    chosen = f"<div id='x'><p>Kicker of the day</p><div>{STORY}</div><p>Short end</p></div>"
    page = f"<html>{ARTICLE}<body>{chosen}</body></html>"
    text = normalize(page.encode(), url=URL, rules=Rules(content="#x")).text

    assert text.startswith("Kicker of the day")
    assert text.endswith("Short end")


def test_a_form_to_log_in_is_no_text_unless_it_holds_the_page() -> None:
    form = "<form action='/in'><h3>Register now</h3><p>Your name</p><input type='password'>{}</form>"

    assert "Register" not in kept_of(STORY + form.format(""))
    assert "the ferry will run" in kept_of(form.format(STORY))


def test_the_items_under_a_rail_s_heading_are_its_own_though_others_stood_in_a_list_before() -> None:
    item = "<li>Boats</li>"
    rail = '<div><h2>Related stories</h2><ul><li><a href="/a">Trams to the harbour are late</a></li></ul></div>'

    assert "Trams" not in kept_of(f"{STORY}<ul>{item}</ul>{rail}<p>{LONG}</p>")
