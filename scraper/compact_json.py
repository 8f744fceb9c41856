"""JSON as it is hashed and stored: ASCII, without a space, the same on every machine."""

from __future__ import annotations

import json

# An encoder kept for all: to make one takes as long as what it mostly encodes.
compact = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
"""A value as one line of JSON."""
