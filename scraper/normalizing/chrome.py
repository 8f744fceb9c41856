"""What on a page is not the document, told by element, role, and whole words of classes and ids.

Nothing here measures text: an element is judged by what it is called, so that an edit of the prose never changes what
is kept. What a name suggests is a suspicion (`suspect`) that `keeping` may overrule; what an element certainly is
(`SKIPPED`, `is_skipped`) is never walked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

Attributes = Mapping[str, str | None]
Suspicion = Literal["certain", "closed", "asking", "teaser", "likely", "frame"]

# Elements whose content is no text of the page in any browser, or that are controls.
SKIPPED = frozenset(
    [
        "script", "style", "template", "svg", "math", "iframe", "frame", "frameset", "object", "embed", "applet",
        "canvas", "video", "audio", "map", "nav", "menu", "select", "input", "option", "optgroup", "datalist",
        "progress", "meter", "output", "head", "title", "meta", "link", "base", "noembed", "noframes",
        "rp", "rt",
    ]
)  # fmt: skip
_SKIPPED_ROLES = frozenset(["search", "searchbox", "combobox", "listbox", "slider", "progressbar", "tooltip"])
# Ways around the page and what opens over it: closed like the rest of the frame, but a mega menu explains what it
# leads to, and a window that a link opens may hold the other language of a notice.
_FRAME_ROLES: Mapping[str, Suspicion] = {
    **dict.fromkeys(("banner", "contentinfo"), "frame"),
    **dict.fromkeys(("navigation", "menu", "menubar", "toolbar", "dialog", "alertdialog"), "closed"),
    "complementary": "likely",
}
# Elements whose text is the frame's however long it is; the same name on another element is only a name.
_FRAME_TAGS = frozenset({"header", "footer", "noscript"})

# Names that the field uses for one thing only, as expressions over a whole class or id, or a whole BEM part of one, in
# lower case with hyphens. A short prefix of a design system (usa-, c-, block-) may stand before them.
_PREFIX = r"(?:[a-z]{1,5}[0-9]?-|block-|widget-|module-|section-|component-|region-|wp-block-)?"
_BOX = "(?:-?(?:bar|box|block|list|links?|menu|widget|wrapper|wrap|container|section|area|inner|content|module))?"

# Comment threads and consent bars: they can be longer than the document and still are no part of it.
_CERTAIN = (
    r"(?:eu-|gdpr-|site-)?cookies?-?(?:banner|bar|consent|law|message|notification|popup|modal|overlay|alert|prompt|layer)(?:-.*)?",
    r"cookie-(?:notice|law-info-bar|disclaimer|settings|manager)|(?:cy)?bot-?cookiebot.*|cookiebot.*|cybot-.*|onetrust-.*",
    r"cc-(?:window|banner|revoke)|cmp-?banner|qc-cmp2?-.*|didomi-.*|usercentrics-.*|truste-.*|cmplz-.*|osano-cm-.*",
    r"consent-(?:banner|bar|popup|manager|overlay)|gdpr-(?:banner|bar|popup)",
    r"disqus-?(?:thread|comments)?|comments|comments?-?(?:area|list|thread|form|respond|section)|commentlist|fb-comments",
)
# Advertisements, and what asks something of the reader.
_ASKING = (
    r"ad|ads|adverts?|advertisement|advertising|ad-?(?:slot|container|wrapper|banner|block|unit|box|label|zone|placeholder)",
    r"adsbygoogle|dfp-.*|google-ad.*|gpt-ad.*|banner-ad.*|taboola.*|outbrain.*|ob-widget.*|sponsored(?:-.*)?",
    rf"(?:newsletter|mailing-?list)(?:-?(?:signup|sign-up|form|promo|subscribe|subscription|banner|cta|popup))?{_BOX}|mc-embed-signup",
    r"subscribe-?(?:form|box|widget|block|bar|cta|banner)|sign-?up-?(?:form|box|bar|banner|block|cta)|paywall-.*",
    r"email-?(?:signup|sign-up|subscribe|subscription)|subscription-?(?:box|banner|form|prompt|promo)",
    r"search-?(?:form|box|bar|block|container|wrapper|overlay|modal|widget|toggle|field)|site-search|login-?(?:form|box|modal)",
    r"survey-?(?:banner|popup|prompt|invite|modal)|feedback-?(?:form|widget|banner|button|bar|box|block|prompt)|(?:site|page)-?feedback",
    r"was-this-(?:page-)?helpful(?:-.*)?|rating-?widget|star-?rating|poll-widget|live-?chat|chat-?(?:widget|bot|button)",
)
# Other articles, and what is known of this one.
_TEASERS = (
    r"(?:related|recommended|popular|trending|similar|further|most-read|most-popular|editors?-picks?|jp-related)-?(?:stories|story"
    rf"|articles?|posts?|news|items?|reading|topics?|pages?|videos?|podcasts?|products?|publications|coverage|teasers?|rail)?{_BOX}",
    r"(?:top|latest|recent|more)-?(?:stories|articles?|posts?|news|videos?|podcasts?|headlines)(?:-.*)?",
    r"you-?may-?(?:also-?)?like|read-?(?:next|more-?stories|also)|most-?(?:read|viewed|popular|shared)|up-?next|more-?(?:from|like-this).*",
    r"next-?(?:article|story|up)|recommendations?|recirc(?:ulation)?|teaser-?(?:rail|row)s?",
    r"tag-?(?:list|cloud|links)s?|tags-?(?:list|links)|(?:post|article|entry)-?tags|cat-links|author-?(?:bio|box|card|info-box)",
    r"about-the-author|tweet-?(?:list|feed)|twitter-?(?:feed|timeline|widget)|(?:instagram|facebook|social)-?feed|weather-?(?:widget|bar|box)",
    # what another visitor, or the next minute, finds otherwise
    r"testimonials?|quote-of-the-day|did-you-know|(?:live-?)?clock|countdown(?:-?timer)?|(?:stock|market)-?(?:ticker|quotes)",
    r"(?:visitor|hit|page|site|view|reader|user)s?-?(?:counter|count)|users-?online|who-?is-?online",
)
_LIKELY = (
    # ways around the page
    r"skip-?(?:links?|nav|navigation|to-?content|to-?main-?content|main)|skip-?to-.*|screen-reader-shortcut",
    rf"bread-?crumbs?(?:-?(?:nav|navigation|trail))?{_BOX}|crumbs?|you-are-here",
    r"(?:site|page|main|global|top|main-menu|primary|secondary|mobile|side|footer|header|left|right|local|section|sub|user"
    rf"|utility|mega|quick|sidebar)-?(?:nav|navigation|navbar|menu){_BOX}",
    r"nav|navbar|navigation|nav-?(?:bar|menu|list|container|wrapper|main|primary|top|global|links)|menu|mega-?menu|sitemap",
    r"off-?canvas|off-?canvas-(?:menu|nav|panel|sidebar)|hamburger|back-?to-?top|scroll-?(?:to-?)?top|to-?top",
    r"pagination|pager|page-numbers|post-navigation|nav-links|nav-previous|nav-next",
    r"lang(?:uage)?-?(?:switcher|switch|selector|picker|toggle|menu|bar)|wpml-.*|goog-te-.*|google-?translate.*",
    # the frame of the site
    r"(?:site|page-?wrapper|global|main-site|top|corporate|master)-?(?:header|footer|masthead)"
    r"(?:-?(?:container|wrapper|wrap|inner|top|bottom|main|content|bar|area|widgets))?",
    r"masthead|colophon|page-?footer|footer|fat-?footer|footer-?(?:container|wrapper|wrap|inner|top|bottom|main|content|bar|area"
    r"|widgets|links|menu|nav|info|legal|copyright|columns?)|copyright|top-?bar|utility-?bar",
    r"usa-(?:banner|identifier|nav|skipnav|footer).*|govt?-?banner.*|official-?(?:site-?)?banner",
    # sharing and tools
    rf"(?:social-?)?(?:share|sharing)(?:-?(?:buttons?|tools?|icons?|this|article|page|print|social|options))?s?{_BOX}|share-(?:on|via)-.*",
    rf"social-?(?:media-?)?(?:buttons?|icons?|share|sharing|media|nav|navigation|follow)?s?{_BOX}|follow-us",
    r"addtoany.*|a2a-kit|addthis.*|sharethis.*|at-share.*|sharedaddy|sd-sharing.*|essb-.*|heateor-sss.*|ssba.*",
    r"audio-?player.*|article-?audio.*|listen-?(?:to-?)?(?:this-?)?(?:article|story|page|bar|button|player|widget)",
    r"beyondwords.*|readspeaker.*|rsbtn.*|trinity-?(?:player|audio).*|text-to-speech",
    r"print-?(?:button|link|page|icon|tools)|article-?tools|page-?(?:tools|actions)|entry-?utility",
    r"modal|popup|pop-up|lightbox|tooltip|toast|snackbar",
    # columns and boxes
    r"carousel|slick-?(?:slider|carousel)|swiper(?:-?(?:container|wrapper))?|owl-?carousel|marquee|(?:news-?)?ticker",
    r"(?:left|right|primary|secondary|page|article|content|widget)-?(?:sidebar|rail)",
    r"side-?bar|side-?bar-?(?:left|right|primary|secondary|first|second|content|container|wrapper|inner|widgets?|area|nav|menu|block)",
    r"widget-?area|region-sidebar-(?:first|second)|rail|right-?col(?:umn)?-?(?:nav|ads?)",
)
_BY_NAME = re.compile(
    f"{_PREFIX}(?:(?P<certain>{'|'.join(_CERTAIN)})|(?P<asking>{'|'.join(_ASKING)})"
    f"|(?P<teaser>{'|'.join(_TEASERS)})|(?P<likely>{'|'.join(_LIKELY)}))"
)
# No name of a part is longer; characters.
_NAME_LENGTH = 60
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BEM = re.compile(r"__")
# What follows is the modifier of a block (BEM): how a part is shown or filled, not what it is.
_MODIFIER = re.compile(r"(?<=[a-zA-Z0-9])--.*")
# State and layout classes which only look like the name of a part: never evidence.
_STATE = re.compile(r"(?:has|is|no|with|without|hide|show|js|not)-.*|menu-item.*")


_STRONGEST_FIRST: tuple[Suspicion, ...] = ("certain", "asking", "teaser", "likely")


@lru_cache(maxsize=1024)
def suspect_name(name: str) -> Suspicion | None:
    """Judge the value of a class or id attribute; the strongest of its names counts."""
    return _strongest({_suspect_word(word) for word in name.split()})


def suspect_once(name: str) -> Suspicion | None:
    """Judge a name that never comes again, and remember nothing of it."""
    return _strongest({_suspect_word.__wrapped__(word) for word in name.split()})


# A site writes a few names in many combinations.
@lru_cache(maxsize=1024)
def _suspect_word(word: str) -> Suspicion | None:
    found: set[str | None] = set()
    for part in _BEM.split(_CAMEL.sub("-", _MODIFIER.sub("", word))):
        plain = part.replace("_", "-").lower().strip("-")
        if (
            plain
            and len(plain) <= _NAME_LENGTH
            and (match := _BY_NAME.fullmatch(plain))
            and not _STATE.fullmatch(plain)
        ):
            found.add(match.lastgroup)
    return _strongest(found)


def _strongest(found: set[Suspicion | None] | set[str | None]) -> Suspicion | None:
    return next((suspicion for suspicion in _STRONGEST_FIRST if suspicion in found), None)


_INVISIBLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


def suspect(tag: str, attributes: Attributes, in_article: bool) -> Suspicion | None:
    """Return how strongly an element seems to be no part of the document; None where nothing speaks against it.

    `in_article` is true inside `<main>` and `<article>`, whose own header and footer belong to the document
    (HTML 4.3.8).
    """
    if tag in {"main", "article", "body", "html", "h1"}:
        return None
    if tag == "dialog" or attributes.get("aria-modal") == "true":
        return "closed"
    role = attributes.get("role")
    if role and (known := _FRAME_ROLES.get(role.lower())):
        return "likely" if known == "frame" and in_article else known
    by_class = attributes.get("class")
    by_id = attributes.get("id")
    found = suspect_name(by_class) if by_class else None
    if found != "certain" and by_id and " " not in by_id:
        found = suspect_name(by_id) or found
    if found is None and not in_article:
        return "frame" if tag in {"header", "footer"} else "likely" if tag == "aside" else None
    return found


def may_hold_prose(tag: str, reason: str) -> bool:
    """Whether a long paragraph inside of an element under suspicion is kept all the same.

    A name is only a name: prose stands in sidebars, menus that explain, and boxes that a link opens. What is set as
    the frame of the page by its element, and what asks something of the reader, is taken at its word.
    """
    return tag not in _FRAME_TAGS and reason in {"likely", "teaser", "frame", "closed", "hidden"}


def is_skipped(attributes: Attributes) -> bool:
    """Whether an element is certainly no text of the page by its role."""
    role = attributes.get("role")
    return role is not None and role.lower() in _SKIPPED_ROLES


def is_hidden(attributes: Attributes) -> bool:
    """Whether a browser shows nothing of the element at first (``hidden``, ``aria-hidden``, ``display: none``)."""
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    if attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return style is not None and _INVISIBLE.search(style) is not None
