"""What every view of an archive holds: one plain sentence each, as the catalogue has them for the tables."""

from __future__ import annotations

from scraper.datasette_plugin.described import (
    CHANGE_KIND,
    CLASSES,
    FIRST_SEEN_NEW,
    KIND,
    LAST_SEEN_OLD,
    POSITION,
    SIGNIFICANCE,
    SOURCE,
    SUBSTANTIVE,
    WORDS_ADDED,
    WORDS_REMOVED,
    Described,
)

VIEWS_DESCRIBED: dict[str, Described] = {
    "change_log": Described(
        "Changes with title, publisher and version numbers: the table to start from.",
        {
            "id": "Number of the change: `changes.id`.",
            "first_seen_new": FIRST_SEEN_NEW,
            "last_seen_old": LAST_SEEN_OLD,
            "source_id": SOURCE,
            "title": "Title of the page.",
            "publisher": "Who publishes the page. Null where the keeper gave none.",
            "url": "Address at which the page is asked for.",
            "kind": CHANGE_KIND,
            "substantive": SUBSTANTIVE,
            "classes": CLASSES,
            "significance": SIGNIFICANCE,
            "words_added": WORDS_ADDED,
            "words_removed": WORDS_REMOVED,
            "summary": "The change in one line.",
            "old_number": "Number of the version before. Null for a first version.",
            "new_number": "Number of the version after. Null for a removal.",
        },
        facets=("publisher", "kind"),
        sort_desc="id",
    ),
    "coverage": Described(
        "Stretches of looks at a page with the same outcome: whether anybody was looking, and what came of it.",
        {
            "source_id": SOURCE,
            "from": "First look of the stretch.",
            "to": "Last look of the stretch.",
            "outcome": "What its looks came to; `seen` where the page was seen as a document.",
            "looks": "How many looks it has.",
        },
    ),
    "fetch_headers": Described(
        "Every header of every answer, a row each.",
        {
            "fetch_id": "The look: `fetches.id`.",
            "position": "Place in the list as received, from 0.",
            "name": "Name as received.",
            "value": "Value as received.",
        },
    ),
    "gaps": Described(
        "The time between two looks that saw a page as a document, one after the other.",
        {
            "source_id": SOURCE,
            "from": "The one look.",
            "to": "The next. Null where no look has seen the page since, though there were some.",
            "hours": "Hours between them, or to the last look.",
            "looks_failed": "Looks in between that did not see the page.",
        },
        sort_desc="hours",
    ),
    "latest_versions": Described("The latest version of each page, with the columns of `versions`.", {}),
    "passage_history": Described(
        "Each passage of each page with the versions and the interval in which it stood.",
        {
            "source_id": SOURCE,
            "passage_id": "The passage: `passages.id`.",
            "kind": KIND,
            "text": "The passage.",
            "first_version": "Number of the first version that has it.",
            "last_version": "Number of the last version that has it.",
            "first_seen": "When it was first seen.",
            "last_seen": "When it was last seen.",
            "standing": "1 where the latest version still has it, else 0.",
        },
    ),
    "stale_sources": Described(
        "Watched pages that are overdue at the last run that looked: never seen, or not for three times their own "
        "rhythm and two days at least; where the schedule learns the rhythm, two days of failed looks or 33 "
        "without one.",
        {
            "source_id": SOURCE,
            "url": "Address at which it is asked for.",
            "publisher": "Who publishes the page. Null where the keeper gave none.",
            "last_good": "When it was last seen as a document. Null where it never was.",
            "last_outcome": "What the last look came to. Null where nobody looked yet.",
            "as_of": "When the last run that looked at pages began.",
        },
    ),
    "version_passages": Described(
        "The passages of each version in order.",
        {
            "version_id": "The version: `versions.id`.",
            "position": POSITION,
            "kind": KIND,
            "passage_id": "The passage: `passages.id`.",
        },
    ),
    "version_texts": Described(
        "The body text of each version, a passage a line, without bylines, dates, notices and asides.",
        {
            "version_id": "The version: `versions.id`.",
            "source_id": SOURCE,
            "number": "Number of the version within its page.",
            "first_seen": "When it was first seen.",
            "text": "The text.",
        },
    ),
}
