"""The exceptions of the house.

    RedlineError                 anything that the user can do something about; its text is the one line they see
    ├── WatchListError           sources.toml has mistakes; carries all of them, each with line and remedy
    ├── UsageError               the command asks for something that is not there (an id, a version, a file)
    │   └── CaptureWithheld      the bytes, or the text read from them, were withheld by the keeper
    ├── ArchiveError             the archive cannot be used as asked
    │   ├── ArchiveMissing       no archive at that path; `redline run` makes one
    │   ├── ArchiveBusy          another process is writing; wait for it or stop it
    │   ├── ArchiveTooNew        a later Redline wrote it; upgrade Redline
    │   └── ArchiveCorrupt       verification failed; restore the last good copy
    ├── TimestampError           an authority gave no timestamp of the ledger's head, or none that holds; ask again
    ├── WorkersError             the processes that a run fetches with cannot be had
    │   └── ClusterError         the Dask cluster that a run was given is not there, or not fit for it; see to it
    ├── FetchRefused             the address guard will not let this request out; see `allow_private`
    └── NormalizeError           these bytes give no document
        ├── RuleMatchedNothing   a `content` rule selected nothing: the page's structure changed
        ├── Unreadable           broken, locked or built to exhaust a reader; the text says which, and where
        └── UnsupportedMedia     not a kind of document that Redline reads

None of them is recognised by its text. A failure of a page is not an exception: it is an observation.
"""

from __future__ import annotations

from dataclasses import dataclass


class RedlineError(Exception):
    """The root; its text is one line that says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a watch list: the line it stands on (None: the file as a whole) and how to mend it."""

    line: int | None
    text: str


class WatchListError(RedlineError):
    """The watch list has mistakes; all of them are reported at once."""

    def __init__(self, path: str, mistakes: tuple[Mistake, ...]) -> None:
        self.path = path
        self.mistakes = mistakes
        lines = [f"{path}:{m.line}: {m.text}" if m.line else f"{path}: {m.text}" for m in mistakes]
        super().__init__("\n".join(lines))


class UsageError(RedlineError):
    """The command asks for something that does not exist; the text lists what does."""


class CaptureWithheld(UsageError):
    """The command asks for bytes or a text that the keeper has withheld; the text says when and why."""


class ArchiveError(RedlineError):
    """The archive cannot be used as asked."""


class ArchiveMissing(ArchiveError):
    """There is no archive at the path."""


class ArchiveBusy(ArchiveError):
    """Another process holds the archive for writing."""


class ArchiveTooNew(ArchiveError):
    """The archive was written by a later version of Redline; it is left untouched."""


class ArchiveCorrupt(ArchiveError):
    """What the archive holds does not agree with its own hashes."""


class TimestampError(RedlineError):
    """An authority's answer is no timestamp of the head that was asked about, or does not hold."""


class WorkersError(RedlineError):
    """The processes that were to fetch and read for a run do not start."""


class ClusterError(WorkersError):
    """A Dask scheduler or its workers are not there, run another Redline than ours, or have another time."""


class FetchRefused(RedlineError):
    """The address guard refused a request before anything was sent."""


class NormalizeError(RedlineError):
    """These bytes give no document; the observation is kept, no version is made."""


class RuleMatchedNothing(NormalizeError):
    """A `content` rule selected nothing."""


class Unreadable(NormalizeError):
    """The bytes are of a kind that Redline reads, but no document can be read in them."""


class UnsupportedMedia(NormalizeError):
    """The media type is none that Redline reads as a document."""
