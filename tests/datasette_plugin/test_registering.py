"""Datasette has our hooks whichever of the two is imported first."""

from __future__ import annotations

import subprocess
import sys

import pytest

ASK = """
from datasette.plugins import pm
import scraper.datasette_plugin as ours
print(sum(ours in [hook.plugin for hook in caller.get_hookimpls()] for caller in vars(pm.hook).values()
          if hasattr(caller, "get_hookimpls")), pm.get_name(ours))
"""


@pytest.mark.parametrize("first", ["datasette.app", "scraper.datasette_plugin.queries", "scraper.datasette_plugin"])
def test_every_hook_is_registered_once(first: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import {first}\n{ASK}"], capture_output=True, text=True, check=True, timeout=60
    )
    hooks, name = done.stdout.split()
    assert int(hooks) >= 7
    assert name == "redline"
