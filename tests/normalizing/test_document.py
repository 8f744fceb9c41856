"""A document as it travels between processes."""

from __future__ import annotations

import pickle

from scraper.normalizing import normalize

HTML = (
    '<html lang="en"><title>Ferries</title><h1>Ferries</h1><p>They run <a href="/winter">in winter</a> too.</p>'
    '<p><img src="/boat.jpg" alt="A boat"></p>'
)


def test_a_document_arrives_as_it_was_with_what_was_worked_out_of_it_but_for_its_text() -> None:
    document = normalize(HTML.encode(), url="https://site.example/page")
    worked_out = document.sha256, document.words, document.text
    assert document.links
    assert document.images

    arrived = pickle.loads(pickle.dumps(document))

    assert arrived == document
    assert {"sha256", "words", "text_sha256"} <= vars(arrived).keys()
    assert "text" not in vars(arrived)
    assert (arrived.sha256, arrived.words, arrived.text) == worked_out
