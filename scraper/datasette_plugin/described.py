"""How a table or view is described to a reader: the record that the catalogue is made of, and phrases that recur."""

from __future__ import annotations

from dataclasses import dataclass

CHANGE_KIND = (
    "What became of the page: first_seen, content, metadata_only, moved, removed, restored, restored_with_edits "
    "or technical."
)
CLASSES = "JSON list of what changed: wording, number, headline, undeclared_edit and so on; documented in the readme."
FIRST_SEEN_NEW = "When the state after was first seen; the change happened no later than this."
KIND = (
    "What the passage is: heading, paragraph, list_item, quote, table_row, preformatted, caption, byline, date, notice,"
    " or aside: text beside the article, kept and compared, and left out of the text of the version."
)
LAST_SEEN_OLD = "When the state before was last seen; the change happened after this. Null for a first version."
POSITION = "Place in the text, counted in passages from 0."
SHA = "SHA-256 in hexadecimal"
SIGNIFICANCE = "How much the change matters, from 0 to 1: the sum of its parts."
SOURCE = "The page of the watch list that this is about: `sources.id`."
SUBSTANTIVE = "1 where wording, numbers, the headline or captions changed; 0 for markup, white space, links alone."
WORDS_ADDED = "Words that came, in sentences added or edited."
WORDS_REMOVED = "Words that went, in sentences deleted or edited."


@dataclass(frozen=True, slots=True)
class Described:
    """A table or view: its description, its columns with theirs, and how Datasette shows it."""

    description: str
    columns: dict[str, str]
    hidden: bool = False
    label: str | None = None
    facets: tuple[str, ...] = ()
    sort: str | None = None
    sort_desc: str | None = None
