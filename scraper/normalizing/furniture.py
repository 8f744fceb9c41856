"""Furniture that is known by its wording, in the languages that the measured pages are written in.

A page's furniture has few wordings: each pattern stands for a whole passage, never for a part of one. The name of a
site or department in it varies and is a variable here, so that a renamed department edits nothing in the text of a
thousand pages.
"""

from __future__ import annotations

import re
from functools import lru_cache

# The longest passage that can be furniture; characters.
_LONGEST = 320
# What closes a label: "Tags:", "Weiter »", "Load more…".
_CLOSING = " .:!…»›>*|-"
_OPENING = " «‹<>»›-|•*"

_WAYS = (
    r"(?:skip|jump) (?:directly )?to (?:the )?(?:main )?(?:content|navigation|search|footer|page content)",
    r"back to top|top of page|close|menu|search|loading(?:…|\.\.\.)?|back|next|previous|home|permalink",
    r"(?:previous|next|older|newer) (?:post|article|story|page|posts|articles|entries)s?",
    r"(?:back|return) to (?:the )?(?:list|overview|homepage|home page|start page|search results|results|news)",
    r"(?:show|view|see|load|read) (?:all|more)(?: (?:posts?|articles?|stories|news|comments))?|view all"
    r"|explore further",
    r"ok|got it|i (?:agree|accept)|(?:accept|allow|reject)(?: all)?(?: cookies)?|(?:alle )?(?:akzeptieren|zustimmen)"
    r"|verstanden|einverstanden|(?:tout )?(?:accepter|refuser)|j[’']accepte|acept(?:ar|o)(?: todo)?|accett[ao]"
    r"|akkoord|accepteren|akceptuję|zgadzam się|godkänn|aceitar",
    r"zurück(?: (?:zur|zum|zu|nach) .{2,40})?|(?:zum )?seitenanfang|nach oben|zur startseite|startseite|weiter",
    r"(?:vorheriger|nächster|vorherige|nächste)r? (?:artikel|beitrag|seite|meldung)",
    r"(?:alle|mehr|weitere) (?:artikel |beiträge |meldungen )?(?:anzeigen|ansehen|laden)|zu allen (?:artikeln"
    r"|beiträgen)",
    r"weiterlesen(?: \d{1,3} (?:min\.?|minuten))?|mehr lesen|bild (?:anzeigen|schließen|vergrößern)|vergrößern",
    r"retour (?:à .{2,30}|en haut(?: de page)?)|haut de page|volver(?: .{2,30})?|arriba|voir (?:plus|tout)"
    r"|ver (?:más|todo)s?",
)
_BANNER = (
    # of United States government sites (designsystem.digital.gov), with the government as a variable
    r"an? official (?:website|site) of .{2,80}|here[’']s how you know(?: \.)?",
    r"official websites use \.(?:gov|mil)|secure \.(?:gov|mil) websites use https",
    r"(?:an? )?\.(?:gov|mil) website belongs to an official .{2,80}",
    r"(?:an? )?lock ?\(.{0,30}\) or https:// means you[’']ve safely connected to the \.(?:gov|mil) website.{0,120}",
    r"share sensitive information only on official, secure websites",
)
_PLAYERS = (
    r"listen to this (?:article|story|page)|listen|play|pause|mute|unmute|learn more",
    r"\d{1,2}:\d\d(?: ?/ ?\d{1,2}:\d\d)?|\d{1,3} (?:min\.?|minutes?) read",
    r"this feature uses an automated voice.{0,160}",
    r"(?:artikel|beitrag) (?:an|vor)hören|vorlesen(?: lassen)?|écouter (?:cet |l[’'])article"
    r"|escuchar (?:este )?artículo",
    r"(?:lesezeit|lesedauer|reading time|temps de lecture|tiempo de lectura) ?:? (?:ca\. )?\d{1,3} ?(?:min\.?"
    r"|minuten?|minutes?|minutos?)",
)
_ADVERTS = (
    r"advertisements?|sponsored|(?:story|article) continues below(?: advertisement)?|ad",
    r"(?:- ?)?(?:anzeige|werbung)(?: ?-)?|publicité|publicidad|affiliate-?link",
)
_TOOLS = (
    r"share(?: (?:this|on|to|via))?(?: (?:page|article|story|post|via email|facebook|twitter|x|linkedin|whatsapp"
    r"|reddit"
    r"|e-?mail|pinterest))?|like it\? share it|share & save",
    r"tweet|e-?mail|print(?: this page| page| article| this article)?|copy link|link copied!?|save|bookmark",
    r"download(?: image)?:? full size \(.{1,20}\)|(?:photo|image|picture) credits?",
    r"(?:(?:diesen |den )?(?:artikel|beitrag|seite) |jetzt |auf .{2,20} |diese seite )?(?:teilen|drucken|merken"
    r"|pinnen|empfehlen"
    r"|weiterempfehlen|versenden|favorisieren|speichern)|per (?:e-?mail|whatsapp) (?:teilen|versenden)"
    r"|druckversion|drucken",
    r"möchten sie (?:den|diesen) (?:artikel|beitrag) teilen\??|den artikel mit anderen teilen.{0,30}|diese seite",
    r"(?:rezept|artikel|seite) drucken(?: bei pinterest speichern)?|als pdf (?:herunterladen|speichern)",
    r"partager(?: (?:cet article|sur .{2,20}))?|imprimer|compart[ae](?:r|n)?(?: (?:en .{2,20}|esta? .{2,20}))?"
    r"|imprimir"
    r"|udostępnij|drukuj|condividi|stampa|compartilh(?:ar|e)",
)
_COMMENTS = (
    r"\d+ (?:comments?|kommentare?|commentaires?|comentarios?|ergänzungen)|(?:leave|post|write|add) (?:a "
    r"|your )?(?:comment|reply)",
    r"comments?|no comments(?: yet)?|be the first to comment.{0,40}|join the (?:conversation|discussion)"
    r"|cancel reply",
    r"kommentare?(?: \(\d+\))?|kommentieren|keine kommentare.{0,60}|(?:letzte|neueste|alle) kommentare",
    r"(?:schreib(?:e|en sie)? (?:uns )?einen|einen) kommentar(?: (?:schreiben|verfassen|hinterlassen|abgeben))?",
    r"kommentar (?:schreiben|verfassen|hinterlassen|abgeben)|(?:hinterlasse|schreibe) (?:eine antwort"
    r"|einen kommentar)",
    r"sie müssen (?:sich|angemeldet|eingeloggt) .{0,30}(?:einloggen|anmelden|sein),? um .{0,60}",
    r"commentaires?|laisser un commentaire|comentarios?|deja (?:un comentario|una respuesta)|dejar un comentario",
    r"please (?:log in|sign in) to (?:leave a )?comment.{0,40}",
)
_SOFTWARE = (
    r"(?:unfortunately,? )?(?:you are using an? |your |this )(?:(?:outdated|unsupported|old) )?(?:web ?)?browser"
    r"(?: is (?:out of date|outdated|not supported|no longer supported).{0,200}|\. please (?:upgrade"
    r"|update).{0,200})",
    r"(?:leider )?(?:ihr |sie (?:benutzen|verwenden) einen )(?:veralteten )?browser .{0,60}(?:veraltet"
    r"|nicht (?:mehr )?unterstützt)"
    r".{0,160}|sie (?:benutzen|verwenden) einen veralteten browser.{0,200}",
    r"(?:malheureusement,? )?(?:le|votre) navigateur .{0,40}(?:est obsolète|n[’']est plus (?:à jour"
    r"|pris en charge)).{0,200}",
    r"(?:please )?(?:enable|activate|turn on) javascript.{0,120}|(?:bitte )?aktivieren sie javascript.{0,120}"
    r"|javascript (?:is disabled|is required|ist deaktiviert|must be enabled).{0,160}",
)
_RATINGS = (
    r"(?:diesen )?artikel bewerten|wie bewerten sie diesen (?:artikel|beitrag)\??"
    r"|\(?noch keine bewertungen\)?.{0,20}",
    r"war (?:der|dieser|diese) (?:artikel|beitrag|seite|information) (?:hilfreich|nützlich|für sie hilfreich).{0,60}",
    r"was this (?:page|article|information|content) (?:helpful|useful).{0,60}|rate this (?:page|article|post)",
    r"did you find (?:this (?:page|article)|what you were looking for).{0,60}|valora est[ae] .{2,20}",
)
_LETTERS = (
    r"(?:sign up|subscribe) (?:(?:now )?(?:for|to)|here|now|today) .{0,200}(?:newsletters?|e-?mails?|updates|alerts"
    r"|edition).{0,80}",
    r"(?:keine neuigkeiten|verpasse(?:n sie)?|nichts mehr) .{2,120}(?:verpassen|versäumen|newsletter|news).{0,80}",
    r"(?:gib|geben sie) (?:deine|ihre) e-mail-adresse .{0,160}|enter your e-?mail(?: address)? .{0,160}",
    r"(?:schon |bereits )?(?:registriert|angemeldet)\? (?:hier )?(?:einloggen|anmelden)|(?:log|sign) in|einloggen"
    r"|(?:jetzt |hier )?(?:kostenlos )?(?:anmelden|registrieren)(?: und weiterlesen)?",
    r"(?:you have reached|to (?:continue reading|view the full story)|already a subscriber|if you enjoyed"
    r" reading).{0,240}",
    r"pour lire la suite .{0,160}|this site is protected by recaptcha.{0,120}|warning: .{0,40} in /.{2,240}",
    r"get .{2,80} (?:straight to|delivered to|in) your (?:inbox|phone|mailbox).{0,40}",
    r"(?:abonnieren sie|abonniere) .{0,80}newsletter.{0,80}|(?:zum )?newsletter (?:abonnieren|bestellen|anmelden?)",
    r"(?:jetzt |hier |kostenlos )+(?:zum |den |unseren |für den |für unseren )?newsletter.{0,60}",
    r"never miss (?:a|an|the|our) .{2,100}|stay (?:up[ -]to[ -]date|informed|connected)(?: .{2,60})?"
    r"|follow us(?: on .{1,40})?",
    r"follow .{2,80} (?:on|auf) (?:facebook|twitter|instagram|linkedin|google news|flipboard).{0,80}"
    r"|folgen sie uns(?: .{2,60})?",
    r"suscr[ií]bete.{0,120}|abonnez-vous.{0,120}|inscrivez-vous à .{0,120}newsletter.{0,60}",
)
_RAILS = (
    r"latest podcasts?|more like this|related(?: (?:stories|articles?|posts|coverage|news|content|links|items"
    r"|pages|topics"
    r"|reading|videos?))?",
    r"more (?:like this|stories|news|from .{1,40}|in .{1,30})|more on this(?: .{2,20})?",
    r"latest (?:news|stories|articles|posts)|(?:top|popular|recent) (?:stories|posts|articles|news|comments|now)",
    r"weitere (?:aktuelle )?(?:themen|tourentipps|tipps|infos?|informationen)(?: .{2,40})?|zusatzinformationen"
    r"|weiterführende informationen",
    r"in this story|most (?:read|popular|viewed|shared)(?: .{1,20})?|trending(?: .{1,20})?|hot topics",
    r"you (?:may|might) also (?:like|be interested in)|recommended(?: .{1,30})?|(?:what to )?read next|read more"
    r"|up next",
    r"see also|further reading|editors?[’']?s? picks?|don[’']t miss|stay connected|also on .{2,30}"
    r"|about the authors?",
    r"(?:das )?(?:könnte|könnten) (?:sie|dich|euch)(?: vielleicht)? auch interessieren|auch interessant"
    r"|das thema könnte dich .{2,30}",
    r"(?:mehr|weiteres|weitere (?:artikel|beiträge|infos|informationen|inhalte|links|themen|meldungen)) (?:zum"
    r"|zu diesem) (?:thema|artikel)"
    r"(?: .{2,30})?|mehr (?:themen|artikel|beiträge|news|meldungen|kolumnen)(?: .{2,30})?|mehr (?:aus|auf|von"
    r"|zu) .{2,40}",
    r"(?:ähnliche|verwandte|weitere|empfohlene|neueste|aktuelle|neue|beliebte|andere) (?:artikel|beiträge|themen"
    r"|inhalte|meldungen"
    r"|nachrichten|news|posts?|videos?|rezepte|themenbereiche)(?: .{2,40})?|empfehlungen (?:der|aus der) redaktion",
    r"(?:am )?meist(?:en)? ?(?:gelesene?|gesehene?|geklickte?|diskutierte?|geteilte?)(?: (?:artikel|beiträge"
    r"|videos|themen))?",
    r"(?:lesen sie|lies|lest) (?:auch|dazu|hier|mehr)(?: .{0,40})?|schon gelesen\??|zum weiterlesen|auch lesen"
    r"|lesetipps?|mehr lesen",
    r"auch auf .{2,30}|top-?themen|themen|schlagw[oö]rte[rn]?|stichw[oö]rte[rn]?|tags?|kategorien?|categor(?:y"
    r"|ies)|markiert mit",
    r"über (?:den autor|die autorin|die autoren)|zum autor|zur autorin|passend(?:e|es)? (?:zum thema|dazu|artikel"
    r"|beiträge)",
    r"à lire (?:aussi|également)|(?:sur le |dans la )?même (?:sujet|rubrique)|vous aimerez aussi|articles (?:liés"
    r"|similaires|associés|récents)"
    r"|pour aller plus loin|mots[ -]cl[ée]s|lire (?:aussi|la suite|plus)|les plus lus",
    r"(?:lea|lee|vea|ve|mira|ver|te|le|les|puede) (?:también|además|puede interesar|más)|te puede interesar"
    r"|le puede interesar"
    r"|notas? relacionadas?|noticias relacionadas|más (?:noticias|leídas|leídos|información)|lo más (?:leído"
    r"|visto)|temas|etiquetas",
    r"veja também|leia (?:também|mais)|mais lidas|czytaj (?:też|także|więcej)|zobacz (?:też|także)|lue myös"
    r"|läs (?:även|också|mer)",
    r"leggi anche|(?:articoli )?correlati|potrebbe interessarti(?: .{2,20})?|lees ook|meer (?:over"
    r"|lezen)(?: .{2,30})?",
)

_ALWAYS = (
    r"latest podcasts?|more like this|related(?: (?:stories|articles|posts|coverage|news|links))?|top stories"
    r"|in this story|most (?:read|popular|viewed)|you may also (?:like|be interested in)|recommended(?: for you)?"
    r"|read (?:next|more)|up next|trending(?: now)?|weiterlesen|mehr lesen|lire la suite|leer más",
)

_FURNITURE = re.compile(
    "|".join((*_ALWAYS, *_WAYS, *_BANNER, *_PLAYERS, *_ADVERTS, *_TOOLS, *_COMMENTS, *_SOFTWARE, *_RATINGS, *_LETTERS)),
    re.IGNORECASE,
)
_RAIL = re.compile("|".join(_RAILS), re.IGNORECASE)
# What leads over to another page, or lists what the page is filed under, in the line of its links.
_LEADS = (
    r"(?:[^\w\s]{1,3} ?)?(?:read (?:more|also|next)|see also|also read|related(?: (?:story|article|video))?|more"
    r"|watch"
    r"|lesen sie (?:auch|hier|dazu|mehr)|auch lesen|lies auch|mehr(?: dazu| zum thema)?|siehe auch|passend dazu"
    r"|à lire(?: aussi)?|lire aussi|voir aussi|lea(?: también| más)?|v[eé]a? también|puedes? ver"
    r"|[lt]e puede interesar"
    r"|mir[ae](?: también)?|le[ae] además|veja também|leia (?:também|mais)|czytaj (?:też|także|więcej)"
    r"|zobacz (?:też|także)|dowiedz się więcej|leggi anche"
)
_FILED = (
    r"tags?|filed under|posted in|tagged(?: with)?|categor(?:y|ies)|kategorien?|schlagw[oö]rte[rn]?"
    r"|stichw[oö]rte[rn]?"
    r"|themen|temas|etiquetas|mots[ -]cl[ée]s|veröffentlicht (?:in|unter)|verschlagwortet mit|abgelegt unter)"
)
_LEAD_IN = re.compile(rf"{_LEADS}|{_FILED} ?[:»>–].*", re.IGNORECASE)
# Without a colon only between the paragraphs of an article: "See also our privacy policy" is a sentence of the terms.
_ARTICLE_LEAD_IN = re.compile(rf"{_LEADS}|{_FILED}\b.*", re.IGNORECASE)
# What a site says of itself at length: in boxes of its own on any page, and beside an article.
_OF_THE_SITE = re.compile(r"cookie|copyright|©|newsletter|javascript|browser|all rights reserved", re.IGNORECASE)
_BESIDE_ARTICLES = re.compile(
    r"creative commons|alle rechte vorbehalten|urheberrecht|prawa zastrzeżone|tous droits réservés"
    r"|\bsubscribe (?:to|now|for)\b|\bsign (?:me )?up (?:for|to)\b|\badvertis(?:e with|ing discl)"
    r"|\baffiliate (?:link|advert)"
    r"|\bfollow (?:us|the|him|her)\b.{1,60}\bon\b|^disclaimer|recaptcha|\babonnieren sie|\babonniere\b|\babonnez-vous"
    r"|\bunterstütz(?:e|en sie) (?:uns|unsere)|\bsuscr[ií]bete|\bsubskrypcji"
    r"|(?:beitrag|eintrag|artikel) wurde (?:am .{5,60} )?veröffentlicht|what you think about this article"
    r"|\bis an? (?:senior |staff )?(?:writer|reporter|editor)\b|\b(?:autor(?:in)?|redakteur(?:in)?) (?:bei|für|in"
    r"|aus)\b",
    re.IGNORECASE,
)
_CONSENT_STEMS = ("cookie", "kakor", "kapsler", "eväste", "site, you", "site you")
# A notice of consent where no name says so. On a page about cookies the same sentence is the document: place decides.
_CONSENT = re.compile(
    r"(?:we(?: and our partners)?|(?:this|our) (?:web ?)?site|this page) uses? (?:[\w-]+ ){0,3}cookies\b.*"
    r"|by (?:using|continuing to (?:use|browse)) (?:this|our|the) (?:web ?)?site,? you (?:agree|consent|accept).*"
    r"|(?:(?:diese|unsere) (?:web)?(?:seite|site)|wir) (?:verwende|benutz|nutz|setz)[ent]+ (?:[\w-]+ ){0,3}cookies\b.*"
    r"|(?:nous utilisons|(?:ce|notre) site (?:web )?utilise) (?:[\w-]+ ){0,2}cookies\b.*"
    r"|(?:utilizamos|usamos|(?:este sitio|esta)(?: web)? (?:utiliza|usa)|este site (?:utiliza|usa))"
    r" (?:[\w-]+ ){0,2}cookies\b.*"
    r"|(?:utilizziamo|(?:questo|il nostro) sito(?: web)? (?:utilizza|usa)) (?:[\w-]+ ){0,2}cookies?\b.*"
    r"|(?:(?:deze|onze) (?:web)?site|wij|we) (?:gebruik(?:t|en)|ma(?:ak|k)(?:t|en) gebruik van)"
    r" (?:[\w-]+ ){0,2}cookies\b.*"
    r"|(?:(?:ta|nasza) strona|ten serwis|serwis) (?:używa|korzysta z|wykorzystuje) (?:plik\w+ )?cookies?\b.*"
    r"|(?:używamy|vi använder|den här webbplatsen använder|vi bruger|vi bruker"
    r"|denne (?:hjemme|nett)side(?:n)? bru[gk]er|käytämme|tämä sivusto käyttää) (?:[\w-]+ )?"
    r"(?:cookies?|kakor|informa(?:tions|sjons)kapsler|evästeitä)\b.*",
    re.IGNORECASE,
)
# Looked for first: every alternative above holds one of these, nearly no paragraph does, and the expression costs ten
# times as much as they do.
_BESIDE_STEMS = (
    "creative commons", "vorbehalten", "urheberrecht", "zastrze", "droits r", "subscribe", "sign ", "advertis",
    "affiliate", "follow ", "disclaimer", "recaptcha", "abonn", "unterstütz", "suscr", "subskrypcji", "veröffentlicht",
    "think about this", "writer", "reporter", "editor", "autor", "redakteur",
)  # fmt: skip


def is_of_the_site(text: str) -> bool:
    """Whether a paragraph in a suspected part of a page speaks of the site: consent, rights, letters, software."""
    return _OF_THE_SITE.search(text) is not None


def is_consent(text: str) -> bool:
    """Whether a passage asks for consent to cookies; only its place says whether it is the document."""
    if len(text) > _LONGEST:
        return False
    folded = text.lower()
    return any(map(folded.__contains__, _CONSENT_STEMS)) and _CONSENT.fullmatch(text) is not None


def is_beside_an_article(text: str) -> bool:
    """Whether a paragraph around an article, or behind its end, speaks of its publisher, its author or its rights."""
    folded = text.lower()
    for stem in _BESIDE_STEMS:
        if stem in folded:
            return _BESIDE_ARTICLES.search(text) is not None
    return False


def is_furniture(text: str) -> bool:
    """Whether a whole passage is known page furniture on any page."""
    return len(text) <= _LONGEST and _is_label(text)


def is_rail_heading(text: str) -> bool:
    """Whether a whole passage is the heading of a list of other pages, such as "Related stories"."""
    return len(text) <= _LONGEST and _heads_rail(text)


def is_lead_in(text: str, *, is_article: bool) -> bool:
    """Whether a line of links begins as one that leads to other pages or says where this one is filed."""
    return len(text) <= _LONGEST and (_ARTICLE_LEAD_IN if is_article else _LEAD_IN).fullmatch(text) is not None


# Each passage is asked about for the asides and again for what is kept.
@lru_cache(maxsize=1024)
def _is_label(text: str) -> bool:
    return _FURNITURE.fullmatch(_label(text)) is not None


@lru_cache(maxsize=1024)
def _heads_rail(text: str) -> bool:
    return _RAIL.fullmatch(_label(text)) is not None


def _label(text: str) -> str:
    return text.strip(_CLOSING).lstrip(_OPENING)
