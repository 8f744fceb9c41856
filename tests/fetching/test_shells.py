from __future__ import annotations

import pytest

from scraper.fetching.codes import Code
from scraper.fetching.shells import bare_shell, shell
from tests.fetching.answered import PROSE, URL

# Of frameworks as they ship, of content systems, and as people write it themselves.
SCRIPTS = (
    "You need to enable JavaScript to run this app.",
    "Please enable JavaScript.",
    "Please enable JavaScript to continue using this application.",
    "We're sorry but dashboard doesn't work properly without JavaScript enabled. Please enable it to continue.",
    "This app works best with JavaScript enabled. You need to enable JavaScript to run this app.",
    "JavaScript is not available. We've detected that JavaScript is disabled in this browser. Please enable JavaScript "
    "or switch to a supported browser to continue using example.org. Help Center Terms of Service",
    "JavaScript must be enabled in order for you to view this page.",
    "Your browser does not support JavaScript!",
    "This site requires JavaScript to be enabled. Please reload the page.",
    "To view this page, enable JavaScript in your browser settings.",
    "Bitte aktivieren Sie JavaScript, um diese Seite zu nutzen.",
    "Diese Anwendung benötigt JavaScript. JavaScript ist in Ihrem Browser deaktiviert.",
    "Veuillez activer JavaScript pour utiliser cette application.",
    "Ce site nécessite JavaScript.",
    "Por favor, habilite JavaScript para continuar.",
    "Necesitas habilitar JavaScript para ejecutar esta aplicación.",
    "Você precisa habilitar o JavaScript para executar este aplicativo.",
    "Abilita JavaScript per continuare.",
    "Schakel JavaScript in om deze pagina te bekijken.",
    "Proszę włączyć obsługę JavaScript.",
    "Aktivera JavaScript för att använda sidan.",
    "Включите JavaScript, чтобы продолжить.",
    "Для работы приложения требуется JavaScript.",
    "Увімкніть JavaScript у браузері.",
    "Uygulamayı çalıştırmak için JavaScript'i etkinleştirin.",
    "يرجى تفعيل JavaScript لعرض هذه الصفحة.",
    "您需要启用 JavaScript 才能运行此应用程序。",
    "このアプリを実行するにはJavaScriptを有効にする必要があります。",
    "이 앱을 실행하려면 JavaScript를 활성화해야 합니다.",
)
CHALLENGES = (
    "One more step\nChecking your browser before accessing example.com.\nThis process is automatic. Your browser will "
    "redirect to your requested content shortly.\nPlease allow up to 5 seconds…\nRay ID: 8",
    "example.com\nVerifying you are human. This may take a few seconds.\nexample.com needs to review the security of "
    "your connection before proceeding.",
    "Enable JavaScript and cookies to continue",
    "Please enable cookies.\nReload the page to try again.",
    "We have detected unusual traffic. Please complete the CAPTCHA to continue.",
)
CONSENTS = (
    "We value your privacy\nWe and our 842 partners store and access information on a device, such as cookies.\n"
    "Accept all\nReject all\nPrivacy policy",
    "Before you continue\nWe use cookies and data to deliver our services. If you choose to accept all, we will also "
    "use cookies to measure audiences.\nMore options",
    "Wir verwenden Cookies.\nAlle akzeptieren\nAblehnen\nEinstellungen\nDatenschutzerklärung\nImpressum",
    "Nous et nos partenaires utilisons des cookies.\nTout accepter\nTout refuser",
)
DOCUMENTS = (
    # Stories about it, short and long.
    "Agency asks readers to enable JavaScript\nThe Department of Harbours said on Tuesday that its portal will need "
    "JavaScript from May, and that readers without it will be sent a letter.",
    "How to enable JavaScript\nOpen the menu of the browser and choose Settings. Under Site permissions there is an "
    "entry for JavaScript. Set it to Allowed. Close the tab and open it again.\nThe ministry published this note after "
    "400 calls.",
    "Court fines network over consent banner\nThe regulator found that the company stored identifiers on the phones of "
    "two million people before they had agreed to anything.",
    # A short notice over a line that only its comments need.
    "The office is closed on Monday.\nPlease enable JavaScript to view the comments powered by Disqus.",
    "The ferry does not sail today because of the wind from the north.\nThis site uses cookies.",
    "The contract is signed.",
    "",
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, Code.NEEDS_JAVASCRIPT) for text in SCRIPTS),
        *((text, Code.CHALLENGE_TEXT) for text in CHALLENGES),
        *((text, Code.CONSENT_TEXT) for text in CONSENTS),
    ],
)
def test_a_text_that_only_asks_for_something_is_a_shell(text: str, code: Code) -> None:
    found = shell(text.split("\n"), URL)

    assert found is not None
    assert found.code is code
    assert found.said in text


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document_is_none_whatever_it_tells_of(text: str) -> None:
    assert shell(text.split("\n"), URL) is None


@pytest.mark.parametrize("text", [*SCRIPTS, *CHALLENGES, *CONSENTS])
def test_whatever_asks_beside_an_article_takes_nothing_from_it(text: str) -> None:
    assert shell([PROSE, *text.split("\n")], URL) is None
    assert (
        shell([*text.split("\n"), "Ferries keep to their timetable while the work goes on in the channel."], URL)
        is None
    )


def test_a_page_about_the_topic_by_its_own_address_is_a_document() -> None:
    assert shell(["We use cookies."], "https://example.org/legal/cookie-policy") is None
    assert shell(["We use cookies."], "http://[") is not None


@pytest.mark.parametrize(
    "body",
    [
        b"<title>App</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
        b"<NOSCRIPT class=x><strong>Please <b>enable</b> JavaScript.</strong></NOSCRIPT><app-root></app-root>",
        b"<div>Please enable JavaScript.</div>",
    ],
)
def test_a_page_without_text_is_known_by_what_it_says_to_those_without_scripts(body: bytes) -> None:
    found = bare_shell(body, URL)
    assert found is not None
    assert found.code is Code.NEEDS_JAVASCRIPT


def test_a_page_of_nothing_but_noscripts_is_judged_in_a_bounded_time() -> None:
    assert bare_shell(b"<noscript>" * 100_000, URL) is None
    assert shell(["please enable " * 20_000], URL) is None
    assert shell(["x" * 2_000_000], URL) is None
