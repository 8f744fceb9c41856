"""From a look to the document in its body, or to the reason why there is none. It asks the archive nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import scraper.normalizing as normalizing
from scraper.errors import NormalizeError, RuleMatchedNothing
from scraper.fetching.codes import Code

if TYPE_CHECKING:
    from scraper.archive.look import Look
    from scraper.comparing import Comparison
    from scraper.normalizing.document import Document, Rules


class NoDocumentError(Exception):
    """A look gave no document, or none that is believed; a code and a text say why. It never leaves a lineage."""

    def __init__(self, code: Code, why: str) -> None:
        super().__init__(why)
        self.code = code


def document_of(look: Look, rules: Rules) -> Document:
    """Read the body of a look under a source's rules. Raises NoDocumentError."""
    try:
        ready = look.reading.document if look.reading and look.reading.holds(rules) else None
        if ready is not None:
            document = ready
        else:
            document = normalizing.normalize(
                look.body or b"", url=look.final_url, content_type=look.content_type, rules=rules
            )
    except NormalizeError as error:
        code = Code.RULE_MATCHES_NOTHING if isinstance(error, RuleMatchedNothing) else Code.UNREADABLE
        raise NoDocumentError(code, str(error)) from error
    except Exception as error:
        # A fault of ours in reading one page must not keep the others from being looked at, nor lose this answer.
        raise faulty("read", error) from error
    _refuse_shell(look, document)
    return document


def faulty(act: str, error: Exception) -> NoDocumentError:
    """A fault of ours, as a reason that asks for a report."""
    return NoDocumentError(Code.FAULT, f"Redline could not {act} it: {type(error).__name__}; please report it")


def nothing_to_tell(comparison: Comparison) -> tuple[Code, str] | None:
    """Why a difference makes no version although the documents are not the same; the bytes are kept all the same.

    View counters, times ago and copyright years move at every look.
    """
    if comparison.same:
        return Code.ONLY_LINK_ORDER, "only the order of its links moved"
    texts = (comparison.fields_changed, comparison.links_added, comparison.links_removed)
    if comparison.classes == ("counter",) and not any((*texts, comparison.images_added, comparison.images_removed)):
        return Code.ONLY_COUNTERS, "only counters moved"
    return None


def _refuse_shell(look: Look, document: Document) -> None:
    """Refuse a text that only asks for scripts, cookies or consent, for however long it does; and no text at all."""
    from scraper.fetching.shells import MOST_WORDS, bare_shell, shell  # loads slowly, and most runs find no new text

    if document.words > MOST_WORDS:
        return
    texts = [passage.text for passage in document.passages]
    found = shell(texts, look.url) if document.words else bare_shell(look.body or b"", look.url)
    if found is not None:
        raise NoDocumentError(found.code, f"{found.code.means}: “{found.said}”")
    if not document.words:
        raise NoDocumentError(Code.NO_TEXT, "no text was found in the page")
