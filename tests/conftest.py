"""Settings of every test: the gate tries the same examples every time, ``tools/search`` others; none is
judged by a clock.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

SEARCH = "WATTLEDGER_SEARCH"
"""An environment variable that ``tools/search`` sets: examples follow from pytest's --hypothesis-seed."""

settings.register_profile(
    "gate",
    deadline=None,
    print_blob=True,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("search", settings.get_profile("gate"), derandomize=False)
settings.load_profile("search" if os.environ.get(SEARCH) else "gate")
