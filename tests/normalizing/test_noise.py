"""What differs between two looks at a page on which nothing was written, and the edits that look like it."""

from __future__ import annotations

import pytest

from scraper.comparing import Comparison, compare
from scraper.normalizing import normalize

LONG = (
    "The council said on that day that the ferry will run through the winter and that the fares of all lines stay as"
    " they are until the spring timetable comes into force."
)
PROSE = "".join(f"<p>{n}. {LONG}</p>" for n in range(6))
LINES = [
    ("143 people are reading this now", "97 people are reading this now"),
    ("12 readers online", "9 readers online"),
    ("Visitors today: 1,204", "Visitors today: 1,377"),
    ("You are visitor number 482913", "You are visitor number 482999"),
    ("Besucher heute: 204, gesamt: 102.334", "Besucher heute: 210, gesamt: 102.340"),
    ("1 204 vues", "1 311 vues"),
    ("34 likes", "40 likes"),
    ("4.7 out of 5 stars (1,204 reviews)", "4.8 out of 5 stars (1,209 reviews)"),
    ("Published 3 hours ago", "Published 15 hours ago"),
    ("Zuletzt aktualisiert vor 3 Stunden", "Zuletzt aktualisiert vor 15 Stunden"),
    ("Posted yesterday at 4:15 pm", "Posted today at 4:15 pm"),
    ("Aggiornato 3 ore fa", "Aggiornato 15 ore fa"),
    ("3 uur geleden", "15 uur geleden"),
    ("3 godziny temu", "15 godzin temu"),
    ("há 3 horas", "há 15 horas"),
    ("för 3 timmar sedan", "för 15 timmar sedan"),
    ("Today is Monday, March 3, 2025", "Today is Tuesday, March 4, 2025"),
    ("Heute ist Montag, der 3. März 2025", "Heute ist Dienstag, der 4. März 2025"),
    ("14:33:09", "02:11:40"),
    ("Current time: 14:33:09 UTC", "Current time: 02:11:40 UTC"),
    ("Server time: 2025-03-03 14:33:09", "Server time: 2025-03-04 02:11:40"),
    ("Your last visit: 3 March 2025, 14:33", "Your last visit: 4 March 2025, 02:33"),
    ("Page generated in 0.0231 seconds", "Page generated in 0.0410 seconds"),
    ("Request ID: 8f3a2b77-1c22-4d0e-9b7a-11f2aa0099ee", "Request ID: 0a1b2c3d-9e88-4f7a-8c6b-77aa00bb11cc"),
    ("Session: a8f3c9d2e1b04756", "Session: 77e1b2c3d4f5a690"),
    ("Your IP address: 203.0.113.7", "Your IP address: 198.51.100.23"),
    ("What is 7 + 4?", "What is 3 + 9?"),
    ("© 2024 Quay Council", "© 2025 Quay Council"),
    ("The fares are 1,000.50 for all.", "The fares are 1 000,50 for all."),
]
BOXES = [
    ("<div class='weather-widget'><p>Quay 14 °C</p></div>", "<div class='weather-widget'><p>Quay 9 °C</p></div>"),
    ("<div class='stock-ticker'>ACME 102.33</div>", "<div class='stock-ticker'>ACME 99.10</div>"),
    ("<div class='testimonials'><p>“Best ferry.”</p></div>", "<div class='testimonials'><p>“Weekly.”</p></div>"),
    ("<div class='quote-of-the-day'><p>Calm seas.</p></div>", "<div class='quote-of-the-day'><p>Old salt.</p></div>"),
    ("<div class='countdown'><p>3 days 04:12</p></div>", "<div class='countdown'><p>2 days 16:02</p></div>"),
    ("<div class='related'><a href='/a'>Ferry at 60</a></div>", "<div class='related'><a href='/b'>Tram</a></div>"),
    ("<button>Get started</button>", "<button>Try it free</button>"),
    ("<noscript><p>Scripts are off.</p></noscript>", ""),
    ("<a href='/cdn-cgi/l/email-protection#1'>[email]</a>", "<a href='/cdn-cgi/l/email-protection#2'>[email]</a>"),
]
CONSENT = [
    "We use cookies to improve your experience.",
    "By using this site you agree to our use of cookies.",
    "Diese Website verwendet Cookies. Durch die Nutzung stimmen Sie zu.",
    "Nous utilisons des cookies pour mesurer les visites.",
    "Utilizamos cookies propias y de terceros.",
    "Questo sito utilizza cookie tecnici.",
    "Deze website gebruikt cookies om de dienst te verbeteren.",
    "Ta strona używa plików cookie.",
    "Vi använder cookies på vår webbplats.",
]
# Short lines that say something: the same figures are the document here.
EDITS = [
    ("You have 14 days left to appeal", "You have 30 days left to appeal"),
    ("Capacity: 120 people", "Capacity: 140 people"),
    ("SHA-256: a8f3c9d2e1b04756aa20ff19bb42cd01", "SHA-256: 77e1b2c3d4f5a69012aa34bb56cc78dd"),
    ("Store below 25 °C", "Store below 30 °C"),
    ("Open from 9:00 on market days", "Open from 10:00 on market days"),
    ("4 out of 5 members must agree", "3 out of 5 members must agree"),
    ("Visitors: 12,000 in 2024", "Visitors: 14,000 in 2024"),
    ("The ferry leaves today at 4:15", "The ferry leaves today at 5:15"),
    ("Last updated: 3 March 2025", "Last updated: 4 March 2025"),
]


def differ(old: str, new: str, *, beside: bool = False) -> Comparison:
    def page(part: str) -> bytes:
        within, around = ("", part) if beside else (part, "")
        text = f"<h1>The vote</h1>{PROSE}{within}<p>Last of all, {LONG}</p>"
        return f"<html><body><div><div>{text}</div>{around}</div></body></html>".encode()

    return compare(*(normalize(page(part), url="https://site.example/page") for part in (old, new)))


@pytest.mark.parametrize(("old", "new"), LINES)
@pytest.mark.parametrize("tag", ["p", "span"])
def test_a_line_that_moves_on_by_itself_is_no_change_of_wording(old: str, new: str, tag: str) -> None:
    assert not differ(f"<div><{tag}>{old}</{tag}></div>", f"<div><{tag}>{new}</{tag}></div>").substantive


@pytest.mark.parametrize(("old", "new"), BOXES)
@pytest.mark.parametrize("beside", [True, False])
def test_a_box_with_something_else_in_it_is_no_change_of_wording(old: str, new: str, *, beside: bool) -> None:
    assert not differ(old, new, beside=beside).substantive


@pytest.mark.parametrize("notice", CONSENT)
def test_a_notice_of_consent_without_a_name_is_furniture_around_the_text_and_text_in_it(notice: str) -> None:
    box = f"<div><p>{notice}</p><a href='#ok'>OK</a></div>"

    assert differ(box, "", beside=True).classes == ()
    assert differ(f"<p>{notice}</p>", "").substantive


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_an_edit_of_a_short_line_that_says_something_is_one_of_wording(old: str, new: str) -> None:
    assert differ(f"<p>{old}</p>", f"<p>{new}</p>").substantive


def test_a_new_date_of_the_page_is_wording_where_it_is_all_that_changed_and_its_date_beside_other_differences() -> None:
    old, new = "<p>Last updated: 3 March 2025</p>", "<p>Last updated: 4 March 2025</p>"
    link = "<p>Read <a href='/{}'>the timetable</a> first.</p>"

    assert differ(old, new).substantive
    found = differ(old + link.format("a"), new + link.format("b"))
    assert found.classes == ("link_target", "date")
    assert not found.substantive
