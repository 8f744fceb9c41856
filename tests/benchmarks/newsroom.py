"""Pages as a news site sends them, for benchmarks that need many fetches: 60 to 80 KB, another few hundred bytes of
noise at every fetch, and an edit in the article when it is asked for. The same arguments give the same bytes.
"""

from __future__ import annotations

import random
from functools import cache

_SYLLABLES = (
    "ba be bo da de di fa go ka ke la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se so ta te ti to va vo"
)
_SECTIONS = ("Politics", "Economy", "Region", "Science", "Sport", "Weather", "Culture", "Letters")
_COMMON = "the of and to a in that for it with on by at from has was were will said more than after before"


@cache
def _words() -> tuple[str, ...]:
    dice, parts = random.Random("words"), _SYLLABLES.split()
    return tuple(sorted({"".join(dice.choices(parts, k=dice.choice((2, 2, 3, 3, 4)))) for _ in range(4_000)}))


def _sentence(dice: random.Random) -> str:
    drawn = [
        dice.choice(_COMMON.split()) if dice.random() < 0.45 else dice.choice(_words())
        for _ in range(dice.randint(8, 26))
    ]
    if dice.random() < 0.2:
        drawn[len(drawn) // 2] = str(dice.randint(2, 9_000))
    return " ".join(drawn).capitalize() + "."


def _teaser(dice: random.Random) -> str:
    slug = "-".join(dice.sample(_words(), 4))
    return (
        f'<li class="teaser"><a class="teaser__link" href="/{slug}"><img loading="lazy" alt="" '
        f'src="/img/{slug}.jpg?w=320"><span class="teaser__title">{" ".join(slug.split("-")).title()}</span></a></li>'
    )


@cache
def _paragraphs(page: int) -> tuple[tuple[str, ...], ...]:
    dice = random.Random(f"paragraphs {page}")
    return tuple(tuple(_sentence(dice) for _ in range(dice.randint(2, 5))) for _ in range(dice.randint(18, 34)))


@cache
def _article(page: int, edition: int) -> str:
    """The article as it reads after so many edits: each gives one sentence new words, adds one, or takes one away."""
    paragraphs = [list(sentences) for sentences in _paragraphs(page)]
    for number in range(edition):
        dice = random.Random(f"edit {page} {number}")
        sentences = paragraphs[dice.randrange(len(paragraphs))]
        at, kind = dice.randrange(len(sentences)), dice.random()
        if kind < 0.6:
            sentences[at] = _sentence(dice)
        elif kind < 0.9 or len(sentences) == 1:
            sentences.insert(at, _sentence(dice))
        else:
            del sentences[at]
    return "".join(f"<p>{' '.join(sentences)}</p>\n" for sentences in paragraphs)


@cache
def _furniture(page: int) -> tuple[str, str, tuple[str, ...]]:
    """What stays around the article: the head of the page, its foot, and the teasers that take turns beside it."""
    dice = random.Random(f"furniture {page}")
    rules = "".join(
        f".{name}-{size}{{padding:{dice.randrange(40)}px {size}px;"
        f"margin:0 {dice.randrange(9)}em;color:#{dice.getrandbits(24):06x}}}\n"
        for name in dice.sample(_words(), 26)
        for size in range(9)
    )
    links = "".join(
        f'<li class="menu__item"><a href="/{word}/">{word.title()}</a></li>' for word in dice.sample(_words(), 90)
    )
    calls = "".join(f"window.site.push(['{word}',{dice.random():.12f}]);\n" for word in dice.sample(_words(), 800))
    head = f"<style>{rules}</style><script>{calls}</script>"
    foot = f'<footer class="site-footer"><nav><ul class="menu">{links}</ul></nav></footer>'
    return head, foot, tuple(_teaser(dice) for _ in range(40))


def render(page: int, edition: int, fetch: int) -> bytes:
    """The page of that number after `edition` edits, as fetch number `fetch` gets it."""
    head, foot, teasers = _furniture(page)
    dice = random.Random(f"noise {page} {fetch}")
    headline = " ".join(random.Random(f"headline {page}").sample(_words(), 8)).capitalize()
    nonces = [f"{dice.getrandbits(128):032x}" for _ in range(4)]
    beside = "".join(dice.sample(teasers, 12))
    menu = "".join(f'<li><a href="/{name.lower()}/?v={nonces[0][:8]}">{name}</a></li>' for name in _SECTIONS)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{headline}</title>'
        f'<meta name="csrf-token" content="{nonces[1]}">'
        f'<link rel="stylesheet" href="/site.css?v={nonces[0][:8]}">{head}'
        f'<script nonce="{nonces[2]}">window.served={{"at":{1_767_225_600 + fetch * 21_600 + dice.randrange(999)},'
        f'"id":"{nonces[3]}","edge":"cache-{dice.randrange(9_999)}"}}</script></head><body>'
        f'<header><nav><ul class="menu">{menu}</ul></nav></header><main><article><h1>{headline}</h1>'
        f'<div class="article-body">{_article(page, edition)}</div></article></main>'
        f'<aside class="related-stories"><h2>Related stories</h2><ul>{beside}</ul></aside>'
        f'<div class="ad-slot" id="ad-{dice.getrandbits(40):010x}"></div>{foot}'
        f'<input type="hidden" name="__state" value="{dice.getrandbits(2_048):0512x}">'
        f"<!-- served in {dice.random():.6f} s --></body></html>"
    ).encode()
