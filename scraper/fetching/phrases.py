"""What pages that are not the page say of themselves, in a title or a first heading, by what it means.

Each pattern must match the whole of a title, of a heading, or of a part that is set off from the site's name: a title
that only begins like one ("Access restricted: the village that the army closed") belongs to an article. The words are
those of the commonest servers, frameworks and networks; no list is complete, and what is on none is read as a page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_THING = (
    r"(?:sorry,? (?:but )?|oops!? ?)?(?:we |the |this |that |your )?(?:requested )?"
    r"(?:page|file|file or directory|document|article|content|story|post|resource|url)"
    r"(?: (?:that )?you(?: are|'re| were| have)? (?:looking for|requested))?"
)

# The publisher says that there is nothing here. "Not available" is not among it: blocks and outages say that too.
NOT_FOUND = re.compile(
    r"(?:http )?(?:error |status )?404(?: ?[:–-])?(?: ?(?:error|page|(?:(?:page|file)(?: or directory)? )?not found))*"
    rf"|{_THING} (?:(?:is |was |has been )?(?:(?:not|no longer) found|no longer available|missing|removed|deleted)"
    r"|(?:could not|cannot|can no longer) be found|(?:does not|no longer) exists?)(?: (?:error )?404)?"
    r"|(?:sorry,? |oops!? ?)?(?:we )?(?:cannot|could not) find (?:the|that|this|your) page"
    r"(?: (?:that )?you(?: are|'re| were| have)? (?:looking for|requested))?"
    r"|(?:fehler|erreur|errore|erro|fout|fel|błąd|chyba|hata|ошибка|помилка|خطأ) ?:? ?404"
    r"|not found|nothing (?:was )?found|page missing|missing page|no such page"
    r"|(?:erreur 404 ?[:–-]? ?)?(?:la |cette )?page (?:demandée )?(?:est )?(?:introuvable|non trouvée|inexistante)"
    r"|(?:la |cette )?page (?:demandée )?n'existe (?:pas|plus)"
    r"|(?:die |diese )?seite (?:wurde )?nicht gefunden|(?:die |diese )?seite existiert nicht(?: mehr)?"
    r"|(?:la )?página no (?:fue )?encontrada|no se (?:ha )?(?:encontrado|encontró) la página|la página no existe"
    r"|página não (?:foi )?encontrada|pagina non trovata|pagina niet gevonden|pagina nu a fost găsită"
    r"|sidan (?:kunde inte hittas|hittades inte|finns inte)|siden (?:blev |ble )?ikke (?:fundet|funnet)"
    r"|sivua ei löytynyt|nie znaleziono strony|strona nie została znaleziona|stránka (?:nenalezena|nebyla nalezena)"
    r"|sayfa bulunamadı|страница не найдена|сторінку не знайдено|η σελίδα δεν βρέθηκε|הדף לא נמצא"
    r"|الصفحة (?:غير موجودة|المطلوبة غير موجودة)|لم يتم العثور على الصفحة|صفحه (?:مورد نظر )?(?:یافت|پیدا) نشد"
    r"|页面不存在|找不到(?:该)?页面|未找到页面|找不到網頁|ページが見つかりません(?:でした)?|페이지를 찾을 수 없습니다",
    re.IGNORECASE,
)

# Somebody stands before the page, and did not let us through.
DENIED = re.compile(
    r"(?:http )?(?:error )?(?:403 ?[:–-]? ?)?"
    r"(?:access (?:to this page )?(?:has been |is )?denied|forbidden|unauthori[sz]ed)"
    r"|(?:error )?40[13](?: error)?|request (?:rejected|blocked|access|denied)|access (?:blocked|restricted)"
    r"|(?:web ?)?(?:page|site) (?:has been |is )?blocked"
    r"|attention required|just a moment|one moment,? please|please wait|un instant|einen moment(?: bitte)?"
    r"|pardon our interruption|security check|(?:\w{1,20} )?security checkpoint"
    r"|are you (?:a )?(?:human|robot)\??|(?:please )?verify (?:that )?you are (?:a )?human|human verification"
    r"|robot check|robot challenge(?: screen)?|bot verification|client challenge|challenge validation"
    r"|ddos protection by .{1,30}|checking your browser.{0,40}|(?:please )?enable java ?script and cookies.{0,40}"
    r"|(?:sorry, )?you have been blocked|too many requests|429 too many requests"
    r"|captcha|(?:\w{1,20} )?bot manager captcha|the request could not be satisfied"
    r"|(?:error )?(?:451 ?[:–-]? ?)?unavailable (?:due to|for) legal reasons|our european visitors are important to us"
    rf"|{_THING} (?:is )?(?:not available|unavailable|blocked) in your (?:region|country|location|area)",
    re.IGNORECASE,
)

# Doors that ask for something before they show the page. Also what a short page may rightly be called.
LOGIN = re.compile(
    r"(?:please )?(?:log|sign)[ -]?[io]n(?: (?:page|required|to continue|to your account))?"
    r"|(?:please )?(?:log|sign)[ -]?in or (?:register|sign up|create an account)"
    r"|se connecter|connexion|anmelden|anmeldung|iniciar sesión",
    re.IGNORECASE,
)
PAYMENT = re.compile(r"subscribe to (?:read|continue)(?: .{1,30})?", re.IGNORECASE)
CONSENT = re.compile(
    r"before you continue(?: to .{1,30})?|we value your privacy|(?:cookie|privacy) (?:consent|wall)", re.IGNORECASE
)

# The publisher's own machine is out of order, on purpose or not, and says that it will be back.
MAINTENANCE = re.compile(
    r"(?:(?:the |this |our )?(?:web ?)?(?:site|page|service|server|system) )?(?:is )?(?:currently |temporarily )?"
    r"(?:(?:down|closed|offline) for |undergoing |under |in )?(?:scheduled |planned |routine |site |system )?"
    r"maintenance(?: mode| page| in progress)?"
    r"|(?:le )?site (?:est )?en maintenance|(?:sitio )?en mantenimiento|wartungsarbeiten|wartungsmodus",
    re.IGNORECASE,
)
BROKEN = re.compile(
    r"(?:(?:http )?(?:error )?50\d ?[:–-]? ?)?(?:internal server error|bad gateway|gateway time-?out"
    r"|(?:the |this |our )?(?:web ?)?(?:service|server|site) (?:is )?(?:temporarily |currently )?(?:unavailable|down)"
    rf"|(?:{_THING} (?:is )?)?temporarily (?:unavailable|not available))"
    r"|(?:http )?error 50\d|error establishing a database connection"
    r"|we(?:'ll| will) be (?:right )?back(?: soon| shortly)?",
    re.IGNORECASE,
)

# Neither is said which: a block by region, an outage and a page that was taken down read alike.
UNAVAILABLE = re.compile(
    rf"{_THING} (?:is )?(?:currently )?(?:unavailable|not available|(?:cannot|could not) be (?:displayed|shown))",
    re.IGNORECASE,
)

# What servers write under a redirect, saved or served as if it were the page.
MOVED = re.compile(
    r"object moved(?: to here)?|document moved|(?:301 )?moved permanently|(?:302 )?moved temporarily|302 found"
    r"|303 see other|(?:307 )?temporary redirect|(?:308 )?permanent redirect|redirecting",
    re.IGNORECASE,
)

# Anywhere in a title or a short text: a reason to ask beside the page, and by itself no more than that.
HINT = re.compile(
    r"\b404\b|\b(?:not|nothing|no longer) found\b|\bno longer (?:available|exists?|here|published|online)\b"
    r"|\b(?:can ?not|could not|unable to|did not|no) (?:be )?(?:find|found|locate|located)\b"
    r"|\b(?:does|do|did) not (?:seem to |appear to )?exist\b|\b(?:has|have|was|were) (?:been )?(?:removed|deleted)\b"
    r"|\bpage (?:is )?missing\b|\b(?:nothing|not) here\b|\bno such (?:page|article|document)\b"
    r"|introuvable|n'existe (?:pas|plus)|nicht gefunden|existiert nicht|nicht (?:mehr )?(?:verfügbar|vorhanden)"
    r"|no (?:fue )?encontrad|no se (?:ha )?enc[ou]ntr|no existe|não encontrad|non trovat|niet gevonden|inte hittas"
    r"|ikke funnet|ei löytynyt|nie znaleziono|nebyl[ao]? nalezen|bulunamadı|не найден|не знайден|δεν βρέθηκε|לא נמצא"
    r"|غير موجود|لم يتم العثور|یافت نشد|页面不存在|找不到|見つかりません|찾을 수 없",
    re.IGNORECASE,
)

# Every alternative of the patterns above holds one of these words, or a letter that is uncommon. Nearly every title is
# known by that to say nothing, for a tenth of what the patterns cost.
_TOLD_BY = (
    "404|found|find|no longer|missing|removed|deleted|exist|no such|introuvable|trouv|nicht |encontr|trovat|gevonden"
    "| fost |sidan |siden |ytynyt|znalezi|nalezen|bulunamad|найден|знайден|موجود|العثور|نشد"
    "|401|403|denied|forbidden|unauthori|request|blocked|restricted|attention| moment|wait|un instant|pardon our"
    "|security check|human|robot|verification|challenge|ddos|your browser|cookie|captcha|visitors|available"
    "|log|sign|se connecter|connexion|anmeld|iniciar|subscribe to|before you|privacy"
    "|maintenance|mantenimiento|wartung|server error|gateway| down|error 50|establishing| back"
    "|be displayed|be shown|moved|see other|redirect"
)
_HINTED_BY = (
    "404|found|find|locate|no longer|exist|removed|deleted|missing|nothing here|not here|no such|introuvable|nicht "
    "|encontrad|no se |trovat|gevonden|hittas|funnet|ytynyt|znalezion|nalezen|bulunamad|найден|знайден|موجود|العثور|نشد"
)
_TELLING, _HINTING = tuple(_TOLD_BY.split("|")), tuple(_HINTED_BY.split("|"))
# Common are letters that nothing but their own capital equals: Latin, Cyrillic and Arabic ones, beside dashes and
# quotation marks. A dotless i and a long s are not: a pattern that ignores case takes them for i and s, unlike `lower`.
_UNCOMMON = re.compile("[^\x00-\u012f\u0132-\u017e\u0400-\u045f\u0600-\u06ff\u2010-\u2027]")

_SET_OFF = re.compile(r"\s*(?:\||::|»)\s*")
_JOINED = re.compile(r"\s*:\s*|\s[-–—]\s")
_EXCLAIMED = re.compile(r"!+1*$")
_WORD = re.compile(r"\w+")
_STATUS = re.compile(r"(?:error )?\d{3}", re.IGNORECASE)


def may_tell(text: str) -> bool:
    """False where none of the patterns but `HINT` matches a text, spelt out, or any part of it."""
    return _holds_one(text, _TELLING)


def hints(text: str) -> bool:
    """Whether `HINT` is found in a text, spelt out."""
    return _holds_one(text, _HINTING) and HINT.search(text) is not None


def _holds_one(text: str, words: tuple[str, ...]) -> bool:
    small = text.lower()
    return any(map(small.__contains__, words)) or (not text.isascii() and _UNCOMMON.search(text) is not None)


def parts(text: str, names: frozenset[str]) -> Iterator[str]:
    """A title, and each part of it that is set off from the name of the site; `names` are its names, by `names_of`.

    A bar sets a name off by itself. A colon or a dash also joins what belongs together, so there one side must be a
    status or one of the names.
    """
    yield _bare(text)
    for whole in _SET_OFF.split(text):
        yield _bare(whole)
        for joint in _JOINED.finditer(whole):
            left, right = whole[: joint.start()], whole[joint.end() :]
            if _is_name(right, names):
                yield _bare(left)
            if _is_name(left, names):
                yield _bare(right)


@lru_cache(maxsize=256)
def names_of(*hosts: str) -> frozenset[str]:
    """The labels of hosts that may be names: `bbc` of `www.bbc.co.uk`."""
    labels = {label.replace("-", "") for host in hosts for label in host.lower().split(".")[:-1]}
    return frozenset(label for label in labels if len(label) > 2) - {"www", "com", "gov"}


def spelt_out(text: str) -> str:
    """A part as the patterns are written: contractions in full, no brackets."""
    text = text.replace("’", "'").replace("can't", "cannot").replace("n't", " not")
    return " ".join(text.replace("(", " ").replace(")", " ").split())


def _bare(text: str) -> str:
    return _EXCLAIMED.sub("", text.strip()).strip(" .!…")


def _is_name(text: str, names: frozenset[str]) -> bool:
    """Whether a part of a title is a status, or what a site calls itself: `BBC News` at bbc.co.uk."""
    if _STATUS.fullmatch(text.strip()):
        return True
    words = _WORD.findall(text.casefold())
    joined, initials = "".join(words), "".join(word[0] for word in words)
    return any(name in joined or name == initials or (len(joined) > 2 and joined in name) for name in names)
