"""Each kind of page of ours on the demo's archive, by name."""

from __future__ import annotations

ROOT = "/-/redline/archive"
PAGES = {
    "front": "/",
    "everything": f"{ROOT}?all=1",
    "pages": f"{ROOT}/-/pages",
    "document": f"{ROOT}/dredging-contract",
    "removed document": f"{ROOT}/castle-reach-lock",
    "version": f"{ROOT}/dredging-contract/2",
    "difference": f"{ROOT}/dredging-contract/1..2",
    "computed difference": f"{ROOT}/dredging-contract/1..4",
    "search": f"{ROOT}/-/search?q=dredging",
    "problem": f"{ROOT}/nowhere",
    "archives": "/-/redline",
}
