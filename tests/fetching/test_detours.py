from __future__ import annotations

import pytest

from scraper.fetching.detours import Detour, detour

ASKED = "https://www.example.org/x/a-story"


@pytest.mark.parametrize(
    "final",
    [
        "https://validate.perfdrive.com/abc?ssa=1",
        "https://www.tribpub.com/gdpr/example.org/",
        "https://www.google.com/sorry/index",
        "https://consent.yahoo.com/v2/collectConsent",
        "https://consent.example.org/?r=1",
        "https://myprivacy.example.org/x",
        "https://auth.example.org/u",
        "https://sso.example.org:8443/start",
        "https://www.example.org/login",
        "https://www.example.org/wp-login.php?redirect_to=/x",
        "https://www.example.org/users/sign_in",
        "https://www.example.org/Account/Logon",
        "https://www.example.org/oauth2/authorize",
        "https://www.example.org/adfs/ls/",
        "https://www.example.org/errors/validateCaptcha",
        "https://www.example.org/_Incapsula_Resource?x",
        "https://www.example.org/privacy-gate",
        "https://www.example.org/paywall",
        "https://www.example.org/subscribe",
        "https://www.example.org/security-check/x",
        "https://www.example.org/cookie-check?x",
        "https://www.example.org/unavailable-in-your-region",
        "https://www.example.org/x/access-denied.html",
    ],
)
def test_a_gate_is_known_by_its_address(final: str) -> None:
    assert detour(ASKED, final) == "gate"
    assert detour(final, final) is None, "a page that is watched at such an address is that page"


@pytest.mark.parametrize(
    "final",
    [
        "https://www.example.org/2026/why-we-log-in-to-everything",
        "https://www.example.org/2026/senate-blocked-the-bill",
        "https://www.example.org/gdpr/ten-years-on",
        "https://www.example.org/consent/what-patients-sign",
        "https://www.example.org/news/the-great-challenge",
        "https://www.example.org/tags/maintenance-of-bridges",
        "https://www.example.org/404-park-avenue",
        "https://www.example.org/error-prone-people",
        "https://loginov.example.org/a-story",
        "https://www.example.org/",
        "https://[",
    ],
)
def test_a_story_with_such_a_word_in_its_address_is_no_gate(final: str) -> None:
    assert detour(ASKED, final) is None


@pytest.mark.parametrize(
    ("final", "found"),
    [
        ("https://www.example.org/404", "page for what is not there"),
        ("https://www.example.org/errors/page-not-found.html", "page for what is not there"),
        ("https://www.example.org/error404.aspx", "page for what is not there"),
        ("https://www.example.org/Error?aspxerrorpath=/x", "error page"),
        ("https://www.example.org/errorpage.aspx", "error page"),
        ("https://www.example.org/maintenance.html", "error page"),
        ("https://www.example.org/500.html", "error page"),
    ],
)
def test_an_error_page_is_told_from_a_page_for_what_is_not_there(final: str, found: Detour) -> None:
    assert detour(ASKED, final) == found
