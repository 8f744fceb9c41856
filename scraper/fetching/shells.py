"""A document that is none: all that was read is a request to switch on JavaScript, a check of the browser, a banner.

Sites that draw themselves by script send a shell to whoever runs none, and some networks and consent managers answer
200 with a page of a few sentences. Their titles are often the site's own, so it is their text that tells. It is judged
as it was read, sentence by sentence: one of them has to ask for something, and hardly a word may be left over that
belongs to neither the asking nor what goes with it. A story about JavaScript has such words. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from scraper.fetching.codes import Code
from scraper.fetching.glimpse import unscripted

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_WORDS = 120
"""A text of more is a document."""

_LONGEST = 1_000
_LEFT_OVER = 8  # the name of the site, a word of its menu
_SENTENCE_END = re.compile(r"(?<=[.!?…:])\s+|[。！？\n]+")
_WORD = re.compile(r"\w+")

_JS = r"(?:java ?script|\bjs\b|جافا ?سكريبت|جاوا ?اسکریپت|자바 ?스크립트|джаваскрипт)"
_ON = r"(?:enable|activate|turn on|switch on|allow)"
_THIS = r"(?:this|our|the|most|some|parts?|\w+\.\w+)"
_SITE = r"(?:web ?)?(?:site|page|app|application|portal|service|content|product|feature|functionality|experience)s?"

# What a page without scripts asks of its reader. English by its grammar; elsewhere an imperative, or "needs", or "is
# off", beside the word itself.
_NEEDS_JAVASCRIPT = re.compile(
    rf"(?:^|\bplease\b|\b(?:must|need to|have to|should)\b|, )\W*(?:first )?{_ON}\b.{{0,40}}?{_JS}"
    rf"|\b{_ON}\b.{{0,40}}?{_JS}.{{0,60}}?\bto (?:continue|run|use|view|see|access|proceed|load|visit|read|play)\b"
    rf"|\byou (?:will )?need {_JS}"
    rf"|{_JS}\W(?:\w+ )?(?:is|was|must be|needs to be|has to be|has been|seems to be|appears to be) (?:\w+ ){{0,2}}"
    r"(?:disabled|enabled|required|blocked|needed|available|supported|turned|switched|activated|necessary|off)\b"
    rf"|\b{_THIS} (?:\w+ )?{_SITE}\b.{{0,30}}?\b(?:requires?|needs?|relies on|depends on)\b.{{0,30}}?{_JS}"
    rf"|\b(?:does|do|will|can)(?: not|n['’]t|not)\b.{{0,40}}?\bwithout\b.{{0,20}}?{_JS}"
    rf"|\bbrowser\b.{{0,40}}?\b(?:does|do)(?: not|n['’]t)\b.{{0,40}}?{_JS}"
    rf"|\b(?:bitte|müssen|zunächst|um|benötigt|erfordert|(?:aktivieren|schalten) sie) .{{0,60}}?{_JS}"
    rf"|{_JS}.{{0,30}}?\b(?:ist|wurde) .{{0,30}}?aktiviert|{_JS}.{{0,30}}?\bdeaktiviert"
    rf"|\b(?:veuillez|merci d['’e]|vous devez|il faut|nécessite|requiert|exige|activez) ?.{{0,30}}?{_JS}"
    rf"|{_JS} (?:est|doit) .{{0,30}}?(?:activé|requis|nécessaire)"
    rf"|\b(?:por favor|debe|debes|necesitas?|es necesario|habilit[ae]|activ[ae]|hay que|requiere)\b.{{0,40}}?{_JS}"
    rf"|{_JS} (?:está|debe) .{{0,20}}?(?:activado|habilitado)|\b(?:requer|precisa|exige)\b.{{0,30}}?{_JS}"
    rf"|\b(?:ative|habilite|é necessário|você precisa|é preciso)\b.{{0,40}}?{_JS}"
    rf"|\b(?:abilita(?:re)?|attiva(?:re)?|richiede|è necessario)\b.{{0,40}}?{_JS}"
    rf"|{_JS} (?:è|non è|deve) .{{0,20}}?(?:abilitato|attivo|attivato)"
    rf"|\b(?:schakel|activeer|zet|vereist|heeft|gebruikt)\b.{{0,20}}?{_JS}"
    rf"|{_JS} (?:is|staat) .{{0,20}}?(?:uitgeschakeld|ingeschakeld|uit)\b"
    rf"|\b(?:włącz|proszę włączyć|wymaga|musisz)\b.{{0,40}}?{_JS}|{_JS} jest .{{0,20}}?(?:wyłącz|włącz|wymagan)"
    rf"|\b(?:aktivera|aktiver|slå på|slå til|kräver|kræver|krever|ota|salli)\b.{{0,30}}?{_JS}"
    rf"|\b(?:povolte|zapněte|zapnite|vyžaduje|engedélyezze|activați|necesită|omogućite)\b.{{0,40}}?{_JS}"
    r"|(?:включите|включить|требуется|активируйте|увімкніть|увімкнути|потрібен|ενεργοποιήστε|απαιτείται)"
    rf".{{0,40}}?{_JS}|{_JS}.{{0,20}}?(?:отключ|вимкнен|выключ|etkinleştir|gerekli|devre dışı)"
    rf"|(?:تفعيل|تمكين|فعّل|يتطلب|הפעל|נדרש|لطفا).{{0,40}}?{_JS}|{_JS}.{{0,20}}?فعال"
    rf"|(?:启用|啟用|开启|開啟|打开|需要|支持).{{0,10}}?{_JS}|{_JS}.{{0,12}}?(?:を有効|が無効|をオン|활성화|사용|필요)"
    rf"|\b(?:bật|aktifkan) .{{0,20}}?{_JS}",
    re.IGNORECASE,
)
_CHECKS_BROWSER = re.compile(
    r"\bchecking (?:your browser|if (?:the|this) site connection is secure|the security of)"
    r"|\b(?:verify|verifying|confirm|prove)(?: that)? (?:you are|you're|you aren't|you are not) (?:not )?(?:a |an )?"
    r"(?:human|real person|robot|bot)\b"
    r"|\b(?:needs|need) to (?:review|verify|check) (?:the security of )?your (?:connection|browser)"
    r"|\bcomplete the (?:captcha|security check|challenge)|\bpress (?:&|and) hold\b|\bdetected unusual traffic\b"
    rf"|\b(?:please |must |need to )?{_ON} (?:{_JS} and )?cookies\b|\bcookies (?:are|must be|have to be) "
    r"(?:disabled|enabled|required|blocked|turned (?:on|off))|\bbrowser (?:is set to|does not|doesn't) .{0,20}cookies"
    r"|\b(?:wir )?überprüfen ihren browser|\bihr browser wird (?:gerade )?(?:überprüft|geprüft)"
    r"|\bvérification de votre navigateur|\bverificando (?:su|tu|seu|o seu) navegador|\bcontrollo del (?:tuo )?browser"
    r"|проверка (?:вашего )?браузера|正在检查您的浏览器|ブラウザを確認|브라우저를 확인",
    re.IGNORECASE,
)
_ASKS_CONSENT = re.compile(
    r"\bwe (?:and (?:our|\d+) .{0,40})?(?:use|store|access|need|ask|would like|place|set)\b.{0,80}?\b(?:cookies|consent"
    r"|information on a device|your permission)\b|\bwe (?:value|respect|care about) your privacy\b"
    r"|\b(?:this|our) (?:web ?)?(?:site|page) uses cookies\b|\bbefore you continue\b"
    r"|\bwir (?:und unsere .{0,40})?(?:verwenden|nutzen|setzen|brauchen)\b.{0,60}?\b(?:cookies|einwilligung|zustimmung)"
    r"|\bnous (?:et nos .{0,40})?utilisons\b.{0,60}?\bcookies|\b(?:nosotros y nuestros .{0,40})?(?:utilizamos|usamos)\b"
    r".{0,60}?\bcookies|\b(?:noi e i nostri .{0,40})?(?:utilizziamo|usiamo)\b.{0,60}?\bcookie"
    r"|\bwij (?:en onze .{0,40})?gebruiken\b.{0,60}?\bcookies|\b(?:używamy|stosujemy) .{0,40}?cookie"
    r"|\bvi (?:och våra .{0,40}|og våre .{0,40})?(?:använder|bruker|bruger)\b.{0,60}?\b(?:cookies|kakor)",
    re.IGNORECASE,
)

# What goes with such a request, and would prove nothing by itself.
_GOES_WITH = re.compile(
    r"\b(?:reload|refresh|try again|enable it|continue|supported browser|upgrade|update your browser|another browser"
    r"|help cent(?:er|re)|different browser|instructions|settings|loading|please wait|few seconds|redirect"
    r"|this process is automatic|requested content|allow up to|ddos|ray id|performance (?:&|and) security"
    r"|security of your connection|incident id|reference #|support id|one more step|just a moment|accept|reject"
    r"|decline|agree|consent|preferences|manage|options|privacy|cookies?|partners|personal data|sign in|log in|terms"
    r"|imprint|all rights reserved|neu laden|akzeptieren|ablehnen|zustimmen|einstellungen|datenschutz\w*|impressum"
    r"|weitere informationen|accepter|refuser|paramètres|recharge[rz]?|aceptar|rechazar|configur\w+|accetta|rifiuta"
    r"|accepteren|weigeren)\b|©",
    re.IGNORECASE,
)
# What a page asks scripts for beside its text: Disqus's line stands under many an article.
_FOR_A_PART = re.compile(
    r"\b(?:comments?|disqus|video|audio|map|player|chart|graphics?|form|newsletter|spam ?bots|e-?mail address)\b",
    re.IGNORECASE,
)
_TOPICS = re.compile(r"java-?script|noscript|cookie|consent|privacy|datenschutz|browser|captcha", re.IGNORECASE)


class Shell(NamedTuple):
    """What a text is instead of a document, and the words by which it is known."""

    code: Code
    said: str


_KINDS: tuple[tuple[re.Pattern[str], Code], ...] = (
    (_CHECKS_BROWSER, Code.CHALLENGE_TEXT),
    (_NEEDS_JAVASCRIPT, Code.NEEDS_JAVASCRIPT),
    (_ASKS_CONSENT, Code.CONSENT_TEXT),
)


def shell(texts: Iterable[str], url: str) -> Shell | None:
    """What a text of few words is, where it is nothing but a shell; None for a document.

    `texts` are the passages as they were read. A page whose own address names the topic (`/cookie-policy`) speaks
    about it, and is never taken for a shell.
    """
    sentences = [part[:_LONGEST] for text in texts for part in _SENTENCE_END.split(text) if part.strip()]
    if sum(map(_count, sentences)) > MOST_WORDS or _TOPICS.search(unquote(_path(url))):
        return None
    for pattern, code in _KINDS:
        asking = (text for text in sentences if pattern.search(text) and not _FOR_A_PART.search(text))
        if (said := next(asking, None)) is not None:
            left = sum(_count(text) for text in sentences if not _belongs(text))
            return Shell(code, said[:120]) if left <= _LEFT_OVER else None
    return None


def bare_shell(body: bytes, url: str) -> Shell | None:
    """The same for a page in which no text was read: what it says to those who run no scripts (`<noscript>`)."""
    return shell(unscripted(body), url)


def _belongs(sentence: str) -> bool:
    return any(pattern.search(sentence) for pattern, _ in _KINDS) or bool(_GOES_WITH.search(sentence))


def _count(text: str) -> int:
    return sum(1 for _ in _WORD.finditer(text))


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return url
