"""What each reading command prints, as lines of text. Nothing here asks the archive: it is given records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scraper.clock import to_text
from scraper.comparing import Comparison, Edit, by_passage, word_marks
from scraper.fetching.clocks import in_words
from scraper.fetching.observation import FAILED_OUTCOMES, FAILING_OUTCOMES
from scraper.terminal.prose import clean, interval, moment, plural, width, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from scraper.archive.reading import BlamedPassage, ChangeRow, SourceStatus, VersionRow
    from scraper.archive.rebuild import TableReport
    from scraper.archive.redaction import Target
    from scraper.archive.repair import Repaired
    from scraper.archive.searching import Hit
    from scraper.archive.sharding import Shard
    from scraper.archive.twins import Twins
    from scraper.archive.verify import Verification
    from scraper.normalizing.document import Document
    from scraper.run import Summary
    from scraper.scheduling.agenda import Agenda, Planned
    from scraper.timestamping import Stamped

_LABELS = {"add": ("+", "green"), "delete": ("-", "red"), "edit": ("~", "yellow"), "move": (">", "cyan")}


def summary(done: Summary) -> Iterator[str]:
    """The end of a run: one line of counts, one for what failed, the ledger's head."""
    looked = f"{plural(done.fetched, 'page')} looked at: {plural(done.changed, 'change')}, {done.failed} failed"
    yield looked + (f", {done.postponed} put off" if done.postponed else "")
    if done.waiting:
        yield f"{plural(done.waiting, 'page')} more due; they come in the next runs, so that this one is not too long"
    counted = sorted(done.outcomes.items(), key=lambda item: (-item[1], item[0]))
    if counted:
        yield wrapped(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counted), "  ")
    if done.ledger_head:
        yield f"ledger {done.ledger_head}"


def plan(agenda: Agenda) -> Iterator[str]:
    """What a run would look at, and why; then what is due as well and would wait."""
    yield f"{plural(len(agenda.now), 'page')} would be looked at; nothing is fetched or stored"
    for item in agenda.now:
        yield from _reason(item)
    if agenda.later:
        yield f"{plural(len(agenda.later), 'page')} more due; to be looked at by the runs after this one"
        for item in agenda.later:
            yield from _reason(item)


def _reason(item: Planned) -> Iterator[str]:
    yield f"  {item.source.id}"
    yield wrapped(item.due.why, "    ")


def log(changes: Sequence[ChangeRow]) -> Iterator[str]:
    """Changes, newest first: number, page, what, when, how much it matters."""
    if not changes:
        yield "no changes yet"
    for row in changes:
        weight = f"{row.significance:.2f}" if row.kind != "first_seen" else " —  "
        head = f"{row.id:>6}  {weight}  {clean(row.title)}"
        yield click.style(head[: width()], bold=row.substantive)
        yield wrapped(row.summary, " " * 14)
        about = interval(row.last_seen_old, row.first_seen_new)
        numbers = f"  {row.old_number or '—'} → {row.new_number or '—'}" if row.kind != "first_seen" else ""
        yield wrapped(f"{row.source_id}{numbers}  {about}", " " * 14)
        if row.classes:
            yield wrapped(", ".join(row.classes), " " * 14)


def difference(old: VersionRow, new: VersionRow, comparison: Comparison) -> Iterator[str]:
    """The difference of two versions, an edit after another with its words marked."""
    yield click.style(f"{old.source_id}: version {old.number} → {new.number}", bold=True)
    yield f"last seen {moment(old.last_seen)}, first seen {moment(new.first_seen)} UTC"
    yield wrapped(comparison.summary)
    if comparison.classes:
        yield wrapped(f"classes: {', '.join(comparison.classes)}")
    yield f"significance: {comparison.significance:.2f}"
    for part in comparison.parts:
        yield wrapped(f"{part.value:+.2f}  {part.name}: {part.reason}", "  ", "         ")
    for edit in by_passage(comparison.edits):
        yield ""
        yield from _edit(edit)
    yield from _beside(comparison)


def _edit(edit: Edit) -> Iterator[str]:
    sign, colour = _LABELS[edit.op]
    at = edit.new_position if edit.new_position is not None else edit.old_position
    yield click.style(f"{sign} {edit.op} in {edit.kind.replace('_', ' ')} {at}", fg=colour)
    if edit.op == "edit" and edit.old is not None and edit.new is not None:
        yield _marked(edit.old, edit.new)
    elif edit.op == "move":
        yield wrapped(f"{edit.new}  (from {edit.old_position})", "  ")
    else:
        yield click.style(wrapped(edit.new or edit.old or "", "  "), fg=colour)


def _marked(old: str, new: str) -> str:
    """Both wordings in one text: ``[-gone-]{+come+}``, coloured on a terminal and readable without."""
    shown = []
    for mark in word_marks(clean(old), clean(new)):
        if mark.op == "equal":
            shown.append(mark.text)
        elif mark.op == "delete":
            shown.append(f"[-{mark.text.strip()}-]" + " " * mark.text.endswith(" "))
        else:
            shown.append(f"{{+{mark.text.strip()}+}}" + " " * mark.text.endswith(" "))
    text = wrapped("".join(shown), "  ")
    for opening, closing, colour in (("[-", "-]", "red"), ("{+", "+}", "green")):
        text = text.replace(opening, click.style(opening, fg=colour, reset=False))
        text = text.replace(closing, closing + click.style("", reset=True))
    return text


def _beside(comparison: Comparison) -> Iterator[str]:
    lists = (
        ("link added", comparison.links_added),
        ("link removed", comparison.links_removed),
        ("image added", comparison.images_added),
        ("image removed", comparison.images_removed),
    )
    lines = [f"{name}: {clean(old) or '—'} → {clean(new) or '—'}" for name, old, new in comparison.fields_changed]
    lines += [f"{name}: {clean(url)}" for name, urls in lists for url in urls]
    if lines:
        yield ""
    yield from lines


def version(row: VersionRow, document: Document, look: dict[str, Any]) -> Iterator[str]:
    """A version as it reads, under what is known of it and of the look that showed it first (a row of `fetches`)."""
    yield click.style(clean(row.title) or row.source_id, bold=True)
    yield wrapped(f"{row.source_id}, version {row.number}, {look['final_url'] or look['url']}")
    yield f"seen from {moment(row.first_seen)} to {moment(row.last_seen)} UTC, {plural(row.words, 'word')}"
    said = [("by", row.byline), ("published", row.published), ("modified", row.modified), ("language", row.language)]
    if any(value for _, value in said):
        yield wrapped(", ".join(f"{name} {clean(value)}" for name, value in said if value))
    yield wrapped(f"look {look['id']} at {moment(look['started'])} UTC; clocks: {in_words(look['clock_offset'])}")
    yield wrapped(f"robots.txt: {look['robots'] or 'not noted'}")
    yield f"text sha256 {row.text_sha256}"
    for passage in document.passages:
        yield ""
        if passage.kind == "heading":
            yield click.style(wrapped(passage.text), bold=True)
        elif passage.kind == "list_item":
            yield wrapped(passage.text, "  • ", "    ")
        elif passage.kind in ("paragraph", "quote", "preformatted", "table_row"):
            yield wrapped(passage.text, "  " if passage.kind == "quote" else "")
        else:
            yield click.style(wrapped(f"[{passage.kind}] {passage.text}", "  "), dim=True)


def blame(passages: Sequence[BlamedPassage]) -> Iterator[str]:
    """Each passage with the version and the day since which it has stood there."""
    for passage in passages:
        mark = f"{passage.first_version:>4}  {passage.first_seen[:10]}  "
        yield wrapped(passage.text, mark, " " * len(mark))


def hits(found: Sequence[Hit]) -> Iterator[str]:
    """Passages that a search found, each with the page and the span in which it stood."""
    if not found:
        yield "nothing found"
    for hit in found:
        stands = "still there" if hit.standing else f"last seen {moment(hit.last_seen)}"
        yield click.style(f"{clean(hit.title)}"[: width()], bold=True)
        yield wrapped(f"{hit.source_id}, seen {moment(hit.first_seen)}, {stands}", "  ")
        yield wrapped(hit.text, "    ")


def statuses(rows: Sequence[SourceStatus], plans: dict[str, Planned], now: datetime) -> Iterator[str]:
    """How each source fares; the worst first, so that a keeper sees what needs them."""
    known = {row.id for row in rows}
    waiting = sum(1 for name, item in plans.items() if name in known and item.due.by(now))
    failing = [row for row in rows if row.outcome in FAILING_OUTCOMES and not row.retired]
    yield f"{plural(len([r for r in rows if not r.retired]), 'source')}, {len(failing)} failing, {waiting} due now"
    for row in sorted(rows, key=lambda r: (bool(r.retired), r.outcome not in FAILED_OUTCOMES)):
        state = "retired" if row.retired else "removed" if row.removed else (row.outcome or "never looked at")
        colour = "red" if row in failing else None
        yield click.style(f"{state.replace('_', ' '):<20}", fg=colour) + clean(row.id)
        seen = f"last seen {moment(row.last_good)}" if row.last_good else "never seen"
        yield wrapped(f"{seen}, {plural(row.versions, 'version')}, {plural(row.looks, 'look')}", " " * 20)
        if row.outcome in FAILED_OUTCOMES and not row.retired:
            code = f" ({row.reason_code})" if row.reason_code else ""
            yield wrapped(f"{row.reason or ''}{code}", " " * 20)
        if row.id in plans:
            item = plans[row.id].due
            when = "due now" if item.by(now) else f"due {moment(to_text(item.at))}"
            yield wrapped(f"{when}: {item.why}", " " * 20)
    if new := len(plans.keys() - known):
        yield wrapped(
            f"{plural(new, 'page')} of the watch list not in this archive yet: `redline run` looks at what is new"
        )


def sources(rows: Sequence[SourceStatus]) -> Iterator[str]:
    """The watch list as the archive knows it."""
    for row in rows:
        yield click.style(clean(row.id), bold=True) + ("  (retired)" if row.retired else "")
        yield wrapped(row.title, "  ")
        yield f"  {clean(row.url)}"
        about = [row.publisher, f"every {row.every}" if row.every else None, *(f"#{tag}" for tag in row.tags)]
        yield wrapped(", ".join(part for part in about if part), "  ")


def twins(found: Sequence[Twins]) -> Iterator[str]:
    """Sources that are one document. Nothing is done about it: each has a history of its own."""
    for one in found:
        names = " and ".join(map(clean, one.sources))
        yield wrapped(f"{names} are the same document: {clean(one.why)}; each is still watched by itself")


def verification(checked: Verification) -> Iterator[str]:
    """What was verified, and the first things that do not hold."""
    for finding in checked.findings:
        yield click.style(f"{finding.where}: {finding.what}", fg="red")
    counted = f"{plural(checked.captures, 'capture')}, {plural(checked.fetches, 'fetch', 'fetches')}, "
    counted += plural(checked.versions, "version") + (f", {checked.redacted} redacted" if checked.redacted else "")
    yield f"{counted}: " + (plural(len(checked.findings), "finding") if checked.findings else "everything holds")
    yield f"ledger {checked.ledger_head}"
    if checked.note:
        yield wrapped(checked.note)


def to_redact(chosen: Sequence[Target]) -> Iterator[str]:
    """What is about to be withheld, and where the same can still be read."""
    for target in chosen:
        yield f"{clean(target.source_id)}/{target.capture_id}  {target.bytes:,} bytes  SHA-256 {target.sha256}"
        if target.elsewhere:
            yield wrapped(f"the same bytes or the same text stay in {', '.join(map(clean, target.elsewhere))}", "  ")


def stamped(done: Stamped) -> str:
    """What an authority said of a head."""
    when = f"run {done.run_id}, head {done.head}, stamped {moment(done.time)} UTC"
    if not done.new:
        return f"{when} by this authority already"
    return clean(f"{when} by {done.signer}" if done.signer else when)


def repaired(done: Repaired) -> Iterator[str]:
    """What was mended, and by what proof; what does not hold is said by the verification after it."""
    for one in done.mended:
        yield wrapped(f"mended {clean(one.subject)}: {clean(one.damage)}; {clean(one.proof)}", "", "  ")
    yield f"{plural(len(done.mended), 'repair')}" + (", recorded in the ledger" if done.mended else "")


def rebuilt(report: Sequence[TableReport], dry_run: bool) -> Iterator[str]:
    """What a rebuild changed, table by table."""
    changed = [table for table in report if not table.same]
    for table in changed:
        where = ", ".join(map(clean, table.differing[:3])) + (", …" if len(table.differing) > 3 else "")
        yield wrapped(f"{table.table}: {table.rows_before} rows before, {table.rows_after} after, in {where}", "", "  ")
    would = "would change" if dry_run else "changed"
    yield f"{plural(len(changed), 'table')} {would}" if changed else f"nothing {would}"


def shards(made: Sequence[Shard]) -> Iterator[str]:
    """The archives that one was split into."""
    for shard in made:
        pages = "1 page" if len(shard.sources) == 1 else f"{len(shard.sources)} pages"
        yield f"{shard.path}: {shard.publisher}, {pages}, {shard.looks:,} looks"
    paths = [str(shard.path) for shard in made[:2]]
    yield f"`redline serve {' '.join(paths)} …` shows them together; `redline verify --db {paths[0]}` checks one"
