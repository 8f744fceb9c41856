"""What is dropped, and above all what is not."""

from __future__ import annotations

import pytest

from scraper.normalizing import normalize
from scraper.normalizing.chrome import suspect_name

URL = "https://site.example/page"
STORY = "<h1>The vote</h1>" + "".join(
    f"<p>Paragraph {n} tells what the council said on that day.</p>" for n in range(9)
)


def text_of(html: str) -> str:
    return normalize(html.encode(), url=URL).text


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav><ul><li>Elsewhere</li></ul></nav>",
        "<div role='navigation'>Elsewhere</div>",
        "<header>Elsewhere</header>",
        "<footer>Elsewhere</footer>",
        "<aside>Elsewhere</aside>",
        "<div class='cookie-banner'>Elsewhere</div>",
        "<div id='onetrust-consent-sdk'>Elsewhere</div>",
        "<div class='o-breadcrumbs'>Elsewhere</div>",
        "<div class='article__share-buttons'>Elsewhere</div>",
        "<div class='relatedStories'>Elsewhere</div>",
        "<div class='newsletter_signup'>Elsewhere</div>",
        "<section class='slick-carousel'>Elsewhere</section>",
        "<div id='disqus_thread'>Elsewhere</div>",
        "<div><h3>Most read</h3><a href='/1'>Elsewhere</a></div>",
        "<p>An official website of Elsewhere</p>",
    ],
)
def test_furniture_is_not_the_document(furniture: str) -> None:
    assert "Elsewhere" not in text_of(f"<body>{STORY}{furniture}</body>")
    assert text_of(f"<body>{furniture}{STORY}</body>") == text_of(f"<body>{STORY}</body>")


@pytest.mark.parametrize(
    "name", ["sidebar", "modal", "share", "related-content", "cookie-notice", "footer", "has-newsletter", "nav"]
)
def test_what_holds_the_story_is_kept_whatever_it_is_called(name: str) -> None:
    assert (
        text_of(f"<body><p>Other words.</p><div class='{name}' id='{name}'>{STORY}</div></body>").count("Paragraph")
        == 9
    )


@pytest.mark.parametrize("tag", ["header", "footer", "aside"])
def test_the_parts_of_an_article_belong_to_it(tag: str) -> None:
    assert "Part of it." in text_of(f"<article>{STORY}<{tag}><p>Part of it.</p></{tag}></article>")


def test_a_header_that_holds_the_title_is_kept() -> None:
    assert text_of("<header><h1>The vote</h1><p>What was said.</p></header><div><p>More.</p></div>").startswith(
        "The vote"
    )


def test_a_section_about_sharing_is_not_a_share_bar() -> None:
    assert suspect_name("sharing-of-your-data") is None
    assert suspect_name("cookies") is None
    assert suspect_name("unshared") is None
    assert suspect_name("content-header-wrapper") is None


def test_a_long_comment_thread_never_becomes_the_document() -> None:
    thread = "".join(f"<p>Comment {n}: I say what I always say, and at length.</p>" for n in range(200))

    assert "Comment" not in text_of(f"<body>{STORY}<div id='comments'>{thread}</div></body>")


def test_one_main_landmark_is_taken_at_its_word() -> None:
    page = f"<div>Site name and slogan</div><main>{STORY}</main><div>Small print</div>"

    assert text_of(page) == text_of(f"<main>{STORY}</main>")


def test_a_title_before_main_is_kept_with_what_follows_it() -> None:
    page = f"<div>Slogan</div><h1>The title</h1><p>The standfirst.</p><main>{STORY.replace('h1', 'h2')}</main>"

    assert text_of(page).startswith("The title\nThe standfirst.\nThe vote")


def test_a_main_that_holds_next_to_nothing_is_not_believed() -> None:
    assert text_of(f"<main><p>Welcome.</p></main><div>{STORY}</div>").count("Paragraph") == 9


def test_a_rail_without_a_container_of_its_own_takes_nothing_with_it() -> None:
    page = f"<article>{STORY}<h2>Related stories</h2><p>But this paragraph is the story's last.</p></article>"

    assert text_of(page).endswith("But this paragraph is the story's last.")


@pytest.mark.parametrize(
    "notice",
    [
        "Correction: the bridge has two lanes, not four.",
        "Editor’s note: this story was updated after publication.",
        "UPDATE (May 3, 2024): the vote was held.",
        "An earlier version of this article misstated the cost.",
        "You have accessed part of a historical collection on rivers.example. Please contact the DOR Webmaster.",
        "This page is no longer being updated.",
    ],
)
def test_what_a_page_says_of_itself_is_a_notice(notice: str) -> None:
    document = normalize(f"<body>{STORY}<p>{notice}</p></body>".encode(), url=URL)

    assert (document.passages[-1].kind, document.passages[-1].text) == ("notice", notice)
    assert notice not in document.text


@pytest.mark.parametrize(
    "prose", ["Update on the schools – they are open.", "Corrections officers met: twelve came.", "Note: bring a lamp."]
)
def test_prose_that_begins_like_a_notice_stays_prose(prose: str) -> None:
    assert prose in text_of(f"<body>{STORY}<p>{prose}</p></body>")
