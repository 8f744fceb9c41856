"""Questions that a researcher asks, ready to run: canned queries with named parameters only.

Parameters come as text and may be empty: an empty one does not narrow. What a reader types into a search is turned
into quoted words by the SQL function `redline_match`, so that nothing typed is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

_PERIOD = """(:since = '' or first_seen_new >= :since)
  and (:until = '' or first_seen_new < date(:until, '+1 day'))"""


@dataclass(frozen=True, slots=True)
class Question:
    """A canned query: its title and description for the reader, its SQL, the parameters in the order of the form."""

    title: str
    description: str
    sql: str
    params: tuple[str, ...] = ()


QUERIES: dict[str, Question] = {
    "vanished_sentences": Question(
        "Sentences that vanished",
        "Sentences that a page dropped without putting another in their place. Dates as 2026-03-09; empty means any.",
        f"""
select c.first_seen_new, c.last_seen_old, c.source_id, c.title, e.old_text as sentence, c.significance
from edits e join change_log c on c.id = e.change_id
where e.op = 'delete' and c.substantive and {_PERIOD}
  and (:source = '' or c.source_id = :source)
order by c.id desc, e.position limit 500
""",  # noqa: S608  # the period is a constant of this module
        ("since", "until", "source"),
    ),
    "silent_edits": Question(
        "Edits without notice",
        "The wording changed, no notice was added, and the page kept its own modified date.",
        f"""
select first_seen_new, last_seen_old, source_id, title, publisher, summary, significance, old_number, new_number
from change_log
where exists (select 1 from json_each(classes) where value = 'undeclared_edit') and {_PERIOD}
  and (:publisher = '' or publisher = :publisher)
order by id desc limit 500
""",  # noqa: S608  # the period is a constant of this module
        ("since", "until", "publisher"),
    ),
    "silent_numbers": Question(
        "Numbers changed without notice",
        "Sentences in which a number changed, with nothing on the page to say so.",
        """
select c.first_seen_new, c.source_id, c.title, e.old_text as was, e.new_text as is_now, c.significance
from edits e join change_log c on c.id = e.change_id
where exists (select 1 from json_each(e.classes) where value = 'number')
  and exists (select 1 from json_each(c.classes) where value = 'undeclared_edit')
  and (:source = '' or c.source_id = :source)
order by c.id desc, e.position limit 500
""",
        ("source",),
    ),
    "removed_pages": Question(
        "Removed pages",
        "Pages that were found removed, when they were last seen, and when they came back, if they did.",
        """
select c.source_id, c.title, c.publisher, c.url, c.last_seen_old, c.first_seen_new as first_missing, c.summary,
       (select min(b.first_seen_new) from changes b
         where b.source_id = c.source_id and b.id > c.id and b.kind in ('restored', 'restored_with_edits')) as back_by
from change_log c where c.kind = 'removed' order by c.id desc limit 500
""",
    ),
    "blocked_now": Question(
        "Blocked now",
        "Pages whose last look was turned away. A block says nothing about whether the page still stands.",
        """
select s.id as source_id, s.url, s.publisher, f.started as last_look, f.status, f.reason_code, f.reason, st.last_good
from sources s
join fetches f on f.id = (select max(id) from fetches g where g.source_id = s.id)
left join states st on st.source_id = s.id
where s.retired is null and f.outcome in ('blocked', 'robots_denied') order by s.id limit 500
""",
    ),
    "why_not_seen": Question(
        "Why pages were not seen",
        "Looks that did not see a page as a document, by host and by the code of their reason, with one reason in "
        "words. Looks from before codes were kept are counted by their outcome. Dates as 2026-03-09; empty means any.",
        """
select redline_domain(url) as host, outcome, reason_code, count(*) as looks, count(distinct source_id) as pages,
       min(started) as first, max(started) as last, max(reason) as for_example
from fetches
where outcome not in ('first_version', 'new_version', 'unchanged', 'not_modified')
  and (:since = '' or started >= :since) and (:until = '' or started < date(:until, '+1 day'))
group by host, outcome, reason_code order by looks desc, host limit 500
""",
        ("since", "until"),
    ),
    "coverage_gaps": Question(
        "Gaps in coverage",
        "Times of at least so many hours in which a page was not seen. No change in them can be dated closer.",
        """
select source_id, "from", "to", hours, looks_failed
from gaps
where hours >= cast(case :hours when '' then '24' else :hours end as real)
  and (:source = '' or source_id = :source)
order by hours desc, source_id limit 500
""",
        ("hours", "source"),
    ),
    "clock_check": Question(
        "Our clock against the servers'",
        "In each run, how many answers bore a date that agrees with our clock, and how many were at least so many "
        "seconds apart (empty: 2). Where few agree and the rest differ alike, it was our clock. A cache that hides its "
        "age makes our clock look ahead, never behind.",
        """
select r.id as run, r.started, count(*) as answers_with_a_date, sum(f.clock_offset = 0) as agree,
       min(f.clock_offset) as least, max(f.clock_offset) as most,
       sum(abs(f.clock_offset) >= cast(case :seconds when '' then '2' else :seconds end as integer)) as disagree
from fetches f join runs r on r.id = f.run_id
where f.clock_offset is not null
group by r.id order by r.id desc limit 500
""",
        ("seconds",),
    ),
    "changes_in_period": Question(
        "Changes in a period",
        "All that was found between two dates, both included (2026-03-09; empty: any), most significant first.",
        f"""
select first_seen_new, last_seen_old, source_id, title, publisher, kind, classes, significance, summary,
       old_number, new_number
from change_log
where kind <> 'first_seen' and {_PERIOD} and (:publisher = '' or publisher = :publisher)
order by significance desc, id desc limit 500
""",  # noqa: S608  # the period is a constant of this module
        ("since", "until", "publisher"),
    ),
    "said_on_this_day": Question(
        "What a page said on a day",
        "The version that stood at the end of a day (2026-03-09; empty means today), with its text.",
        """
select v.number as version, v.title, v.first_seen, v.last_seen, t.text
from versions v join version_texts t on t.version_id = v.id
where v.source_id = :source
  and v.number = (select max(w.number) from versions w where w.source_id = :source
                  and (:day = '' or w.first_seen < date(:day, '+1 day')))
""",
        ("source", "day"),
    ),
    "phrase_history": Question(
        "History of a phrase",
        "When passages with these words came and went, on every page. Words in quotation marks: in that order.",
        """
select h.source_id, h.first_seen, h.last_seen, h.standing, h.first_version, h.last_version, h.text
from (select rowid as id from passages_fts where passages_fts match redline_match(:phrase) limit 500) f
join passage_history h on h.passage_id = f.id
order by h.source_id, h.first_version limit 500
""",
        ("phrase",),
    ),
    "busiest_pages": Question(
        "Pages that change most",
        "Substantive changes of each page, how many were silent, and the most significant of them.",
        """
select source_id, max(title) as title, max(publisher) as publisher, sum(substantive) as substantive_changes,
       sum(exists (select 1 from json_each(classes) where value = 'undeclared_edit')) as silent,
       max(significance) as most_significant, sum(words_added) as words_added, sum(words_removed) as words_removed
from change_log where kind <> 'first_seen'
group by source_id order by substantive_changes desc, most_significant desc limit 200
""",
    ),
    "same_edit_everywhere": Question(
        "The same edit on many pages",
        "Edits that several pages of a publisher had at about the same time, such as a new name of a department.",
        """
select min(c.first_seen_new) as first_seen, c.publisher, count(distinct c.source_id) as pages,
       min(e.old_text) as one_was, min(e.new_text) as one_is_now
from edits e join change_log c on c.id = e.change_id
where e.edit_key is not null and exists (select 1 from json_each(e.classes) where value = 'site_wide')
group by e.edit_key, c.publisher order by first_seen desc limit 200
""",
    ),
}
