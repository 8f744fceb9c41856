"""Questions to an archive as SQL, for docs/sql.md; a test runs each on the demo's archive."""

from __future__ import annotations

EXAMPLES: tuple[tuple[str, str], ...] = (
    (
        "The most significant changes, with the interval in which each was made",
        """
select title, last_seen_old, first_seen_new, significance, summary
from change_log where kind <> 'first_seen' order by significance desc limit 20
""",
    ),
    (
        "Edits without notice, by publisher",
        """
select publisher, count(*) as edits, max(significance) as most
from change_log, json_each(classes) as class
where class.value = 'undeclared_edit' group by publisher order by edits desc
""",
    ),
    (
        "What an edit did, word by word",
        """
select c.title, redline_diff_words(e.old_text, e.new_text) as edited
from edits e join change_log c on c.id = e.change_id
where e.op = 'edit' order by c.id desc, e.position limit 20
""",
    ),
    (
        "When passages with a phrase came and went",
        """
select h.source_id, h.first_seen, h.last_seen, h.standing, h.text
from passages_fts f join passage_history h on h.passage_id = f.rowid
where f.passages_fts match redline_match('"million crowns"') order by h.first_seen
""",
    ),
    (
        "Sentences that are gone from a publisher's pages",
        """
select c.first_seen_new, c.title, e.old_text
from edits e join change_log c on c.id = e.change_id
where e.op = 'delete' and c.publisher = 'harbours.example.gov' order by c.id desc limit 20
""",
    ),
    (
        "What every page said at the end of a day",
        """
select v.source_id, v.number, v.title, v.words
from versions v
where v.number = (select max(w.number) from versions w
                  where w.source_id = v.source_id and w.first_seen < date('2026-03-09', '+1 day'))
""",
    ),
    (
        "How often each host was looked at, and how often a document came back",
        """
select redline_domain(url) as host, count(*) as looks,
       sum(outcome in ('first_version', 'new_version', 'unchanged', 'not_modified')) as seen
from fetches group by host order by looks desc
""",
    ),
    (
        "When a page was not seen, and why",
        """
select source_id, "from", "to", outcome, looks
from coverage where outcome <> 'seen' order by "from"
""",
    ),
    (
        "What kept us from seeing pages, by the code of the reason",
        """
select outcome, reason_code, count(*) as looks, count(distinct source_id) as pages, max(started) as last
from fetches where outcome not in ('first_version', 'new_version', 'unchanged', 'not_modified')
group by outcome, reason_code order by looks desc
""",
    ),
    (
        "Pages that were taken down, and for how long nobody knew",
        """
select title, last_seen_old, first_seen_new,
       round((julianday(first_seen_new) - julianday(last_seen_old)) * 24) as hours_between
from change_log where kind = 'removed'
""",
    ),
    (
        "How the length of each page went",
        """
select v.source_id, v.number, redline_words(t.text) as words, v.first_seen
from versions v join version_texts t on t.version_id = v.id
order by v.source_id, v.number limit 100
""",
    ),
)
