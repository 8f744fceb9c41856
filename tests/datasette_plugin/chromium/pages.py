"""Each kind of page of ours on the demo's archive, by name."""

from __future__ import annotations

ROOT = "/-/redline/archive"
PAGES = {
    "front": "/",
    "everything": f"{ROOT}?all=1",
    "pages": f"{ROOT}/-/pages",
    "document": f"{ROOT}/dredging-contract",
    "moved document": f"{ROOT}/castle-reach-lock",
    "document that came back": f"{ROOT}/ferry-report",
    "version": f"{ROOT}/dredging-contract/2",
    "moment": f"{ROOT}/dredging-contract/at/2026-03-09",
    "moment between looks": f"{ROOT}/ferry-report/at/2026-03-10",
    "difference": f"{ROOT}/dredging-contract/1..2",
    "computed difference": f"{ROOT}/dredging-contract/1..4",
    "columns": f"{ROOT}/ferry-report/1..2?view=columns",
    "search": f"{ROOT}/-/search?q=dredging",
    "search in added text": f"{ROOT}/-/search?q=Coastal&in=added",
    "phrase": f"{ROOT}/-/phrase?q=Inland+Waterways",
    "problem": f"{ROOT}/nowhere",
    "archives": "/-/redline",
}
