"""Words for readers: what a class, a kind or an outcome is called on a page, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["alarm", "declared", "plain", "faint"]


@dataclass(frozen=True, slots=True)
class Label:
    """A short name, what it means in a sentence, and how loudly it is shown."""

    text: str
    meaning: str
    tone: Tone = "plain"


CLASS_LABELS: dict[str, Label] = {
    "undeclared_edit": Label(
        "Not announced",
        "The wording changed, no notice was added, and the page kept its own modified date.",
        "alarm",
    ),
    "correction_notice": Label("Correction published", "A correction notice was added to the page.", "declared"),
    "update_notice": Label("Update noted", "An update notice was added to the page.", "declared"),
    "headline": Label("headline", "The headline changed."),
    "negation": Label("negation", "A word such as “not” came or went."),
    "number": Label("number", "A number changed."),
    "date": Label("date", "A date changed."),
    "name": Label("name", "A capitalised name changed."),
    "quote": Label("quotation", "Words inside quotation marks changed."),
    "caption": Label("caption", "A caption changed."),
    "byline": Label("byline", "The author line changed."),
    "wording": Label("wording", "The wording changed."),
    "revert": Label("back to an earlier version", "The page reads as it did in a version seen before."),
    "site_wide": Label("site-wide", "The same edit was made on several pages of the publisher."),
    "moved_text": Label("text moved", "Text stands elsewhere on the page, word for word."),
    "punctuation": Label("punctuation", "Punctuation or capitals changed.", "faint"),
    "whitespace": Label("white space", "Only white space changed.", "faint"),
    "markup": Label("markup", "The page's markup changed, its words did not.", "faint"),
    "link_target": Label("links", "Links lead elsewhere, came or went.", "faint"),
    "image": Label("images", "Images came or went.", "faint"),
    "counter": Label("counter", "A counter or the day's date changed.", "faint"),
}

ANNOUNCEMENTS = ("undeclared_edit", "correction_notice", "update_notice")
"""The classes that say whether the page told its readers."""

KIND_LABELS: dict[str, Label] = {
    "first_seen": Label("First seen", "The archive began to look at this page.", "faint"),
    "content": Label("Edited", "The document reads differently."),
    "metadata_only": Label("Metadata", "Only what the page says of itself changed.", "faint"),
    "moved": Label("New address", "The same document answers under another address.", "plain"),
    "removed": Label("Removed", "Several looks over more than a day found no page.", "alarm"),
    "restored": Label("Back unchanged", "The page was removed and is back as it was."),
    "restored_with_edits": Label("Back with edits", "The page was removed and is back with another text.", "alarm"),
    "technical": Label("Technical", "The watch list was changed, not the page.", "faint"),
}

OUTCOME_LABELS: dict[str, Label] = {
    "seen": Label("seen", "The page was seen as a document.", "declared"),
    "first_version": Label("seen for the first time", "The first version.", "declared"),
    "new_version": Label("seen, changed", "A new version.", "declared"),
    "unchanged": Label("seen, unchanged", "The document was the same.", "declared"),
    "not_modified": Label("seen, not modified", "The server said that nothing changed.", "declared"),
    "blocked": Label("blocked", "The server turned us away; that says nothing about the page.", "plain"),
    "robots_denied": Label("not allowed by robots.txt", "The publisher asks robots not to look."),
    "gone": Label("not found", "The server said that there is no such page.", "alarm"),
    "soft_404": Label("not found", "The server answered with a page that says “not found”.", "alarm"),
    "redirected_elsewhere": Label("redirected elsewhere", "Another document answered in its place.", "alarm"),
    "server_error": Label("server error", "The server failed to answer properly."),
    "network_error": Label("no connection", "The request did not get through."),
    "too_large": Label("too large", "The answer was larger than the keeper allows."),
    "unsupported": Label("not a document", "The answer is of a kind that Redline does not read."),
    "extraction_suspect": Label("could not be read", "The page answered, but its text could not be trusted."),
}

STATE_NAMES = {
    "seen": "seen at the last look",
    "blocked": "blocked",
    "failing": "failing",
    "absent": "not found, not yet confirmed",
    "removed": "removed",
    "unseen": "not looked at yet",
    "stale": "overdue",
}
"""The states of a watched page (`timeline.STATES`) as the watch line names them."""

STATE_MEANINGS = {
    "blocked": "The last look was turned away. That says nothing of what the page says, or whether it stands.",
    "failing": "The last look came to a fault: of the server, of the connection, or of what was read.",
    "absent": "The last look found no page. Three such looks over at least 24 hours make it a removal.",
    "removed": "Three looks or more, over at least 24 hours, found no page where there had been one.",
    "unseen": "No run has come to them yet.",
    "stale": "Never seen, or not seen for longer than can be meant: three times the page’s own rhythm and at least two "
    "days. Where the rhythm is learnt, two days of looks that failed, or 33 days without one.",
}
"""What the states mean that need a word, for the list of the pages that are in them."""

FIELD_LABELS = {
    "title": "Title",
    "byline": "Byline",
    "published": "Published date",
    "modified": "Modified date",
    "language": "Language",
    "canonical_url": "Canonical address",
    "syndicated_from": "Syndicated from",
}


def class_label(name: str) -> Label:
    """The label of a class; one that a later Redline added is shown by its own name."""
    return CLASS_LABELS.get(name) or Label(name.replace("_", " "), "")


def kind_label(name: str) -> Label:
    """The label of a kind of change."""
    return KIND_LABELS.get(name) or Label(name.replace("_", " "), "")


def outcome_label(name: str | None) -> Label:
    """The label of an outcome; None is a page that nobody looked at yet."""
    if name is None:
        return Label("not looked at yet", "No run has come to this page yet.", "faint")
    return OUTCOME_LABELS.get(name) or Label(name.replace("_", " "), "")


def announcement(classes: tuple[str, ...]) -> Label | None:
    """Whether the page told its readers of an edit; None where that does not arise."""
    told = next((name for name in ("correction_notice", "update_notice") if name in classes), None)
    if told:
        return CLASS_LABELS[told]
    return CLASS_LABELS["undeclared_edit"] if "undeclared_edit" in classes else None


def badges(classes: tuple[str, ...]) -> tuple[Label, ...]:
    """The labels of a change's classes beside the announcement; `wording` only where nothing says more."""
    telling = [name for name in CLASS_LABELS if name in classes and name not in ANNOUNCEMENTS]
    if len(telling) > 1:
        telling = [name for name in telling if name != "wording"]
    unknown = [name for name in classes if name not in CLASS_LABELS]
    return tuple(class_label(name) for name in [*telling, *unknown])
