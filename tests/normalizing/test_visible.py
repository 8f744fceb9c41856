"""One word edited wherever a reader can read it is seen, alone; and what is lost on purpose is written down here."""

from __future__ import annotations

import pytest

from scraper.comparing import Comparison, compare
from scraper.normalizing import normalize

LONG = (
    "The council said on that day that the ferry will run through the winter and that the fares of all lines stay as"
    " they are until the spring timetable comes into force again."
)
TEXT = (
    "Passengers with bicycles must board at the eastern quay, where the {} ramp is open from the first departure until"
    " the last one, and must show their ticket there to the crew."
)
STORY = "<h1>The vote</h1>" + "".join(f"<p>{n}. {LONG}</p>" for n in range(6))

SEEN = {
    "a form around the whole page": f"<form method=post><input type=hidden name=__VIEWSTATE>{STORY}<p>TEXT</p></form>",
    "a form": f"{STORY}<form action=/q><p>TEXT</p><input name=q></form>",
    "an aside beside the text": f"{STORY}<aside><p>TEXT</p></aside>",
    "an aside in the text": f"<main>{STORY}<aside><p>TEXT</p></aside></main>",
    "details": f"{STORY}<details><summary>More</summary><p>TEXT</p></details>",
    "a hidden tab": f"{STORY}<div role=tabpanel hidden><p>TEXT</p></div>",
    "a closed accordion": f"{STORY}<div class=accordion__content aria-hidden=true><p>TEXT</p></div>",
    "what a control names": f"{STORY}<button aria-controls=z>More</button><div id=z hidden><p>TEXT</p></div>",
    "what Bootstrap opens": f"{STORY}<a data-bs-target='#z'>More</a><div id=z style='display:none'><p>TEXT</p></div>",
    "hidden until found": f"{STORY}<div hidden=until-found><p>TEXT</p></div>",
    "a dialog with the terms": f"{STORY}<dialog><p>TEXT</p></dialog>",
    "a window by its role": f"{STORY}<div role=dialog><p>TEXT</p></div>",
    "a licence in a field": f"{STORY}<textarea readonly>TEXT</textarea>",
    "noscript around the page": f"<noscript>{STORY}<p>TEXT</p></noscript>",
    "a label": f"{STORY}<label>TEXT</label>",
    "a table as layout": f"<table><tr><td><a href=/>Home</a></td><td>{STORY}<p>TEXT</p></td></tr></table>",
    "center and font": f"<center><font size=2>{STORY}TEXT</font></center>",
    "pre": f"{STORY}<pre>TEXT</pre>",
    "a list of terms": f"{STORY}<dl><dt>Bicycles</dt><dd>TEXT</dd></dl>",
    "the button of an accordion": f"{STORY}<h3><button>TEXT</button></h3>",
    "an element of the page's own": f"{STORY}<ferry-text>TEXT</ferry-text>",
    "an alert": f"{STORY}<div role=alert><p>TEXT</p></div>",
    "a fieldset": f"{STORY}<fieldset><legend>Bicycles</legend><p>TEXT</p></fieldset>",
    "a sidebar": f"{STORY}<div class=sidebar><p>TEXT</p></div>",
    "a modal by name": f"{STORY}<div class=modal><p>TEXT</p></div>",
    "an address": f"{STORY}<address>TEXT</address>",
    "a caption": f"{STORY}<figure><img src=/a.jpg><figcaption>TEXT</figcaption></figure>",
    "a policy on cookies": f"{STORY}<div id=cookie-policy><p>TEXT</p></div>",
}
# The frame of the page, what no browser shows at first and nothing opens, and what asks something of the reader.
LOST = {
    "nav": f"<nav><p>TEXT</p></nav>{STORY}",
    "menu": f"{STORY}<menu><li>TEXT</li></menu>",
    "header": f"<header><p>TEXT</p></header>{STORY}",
    "footer": f"{STORY}<footer><p>TEXT</p></footer>",
    "noscript beside the text": f"{STORY}<noscript><p>TEXT</p></noscript>",
    "a page within the page": f'{STORY}<iframe srcdoc="<p>TEXT</p>"></iframe>',
    "a template": f"{STORY}<template><p>TEXT</p></template>",
    "a field to fill in": f"{STORY}<textarea>TEXT</textarea>",
    "a drawing": f"{STORY}<svg><text>TEXT</text></svg>",
    "an advertisement": f"{STORY}<div class=ad-slot><p>TEXT</p></div>",
    "a call for letters": f"{STORY}<div class=newsletter><p>TEXT</p></div>",
    "a form to log in": f"{STORY}<form><p>TEXT</p><input type=password></form>",
    "a thread of comments": f"{STORY}<div id=comments><p>TEXT</p></div>",
    "a tooltip": f"{STORY}<div role=tooltip><p>TEXT</p></div>",
}


def edited(body: str) -> Comparison:
    old, new = (
        normalize(f"<html><body>{body.replace('TEXT', TEXT.format(word))}</body></html>".encode(), url="https://a.b/c")
        for word in ("north", "south")
    )
    return compare(old, new)


@pytest.mark.parametrize("place", SEEN)
def test_an_edit_of_one_word_is_seen_alone_in(place: str) -> None:
    found = edited(SEEN[place])

    assert found.substantive
    assert [edit.op for edit in found.edits] == ["edit"]
    assert "south ramp" in (found.edits[0].new or "")


@pytest.mark.parametrize("place", LOST)
def test_an_edit_is_lost_on_purpose_in(place: str) -> None:
    assert edited(LOST[place]).classes == ()
