"""Examples that hypothesis makes up have no deadline: on a busy machine it would be a test of the machine."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("comparing", deadline=None)
settings.load_profile("comparing")
