"""A site is registered, and its class changes with its plans.

2026-01-01T00:00Z s1 site-registered name="Site One" county=Washington state=Georgia tz=America/New_York balancing_authority=SOCO utility="Georgia Power" parcels=[p1,p2] site_class=mining-only
2026-05-01T00:00Z s1 site-registered name="Site One" county=Washington state=Georgia tz=America/New_York balancing_authority=SOCO utility="Georgia Power" parcels=[p1,p2,p3] site_class=training
"""

from __future__ import annotations

from ledger.calendar import instant_s
from projections.engine.fold import replay
from projections.rows.sites import SITE, SiteData, data_before
from tests.support.story_facts import told


def before(instant: str) -> SiteData | None:
    return data_before(replay(told(__doc__), [SITE])["site"][("s1",)], instant_s(instant))


def test_master_data_hold_until_they_are_said_again() -> None:
    found = before("2026-05-01T00:00:00Z")
    assert found is not None
    assert found.site_class == "mining-only"


def test_master_data_said_again_replace_all_of_them() -> None:
    found = before("2026-05-01T00:00:01Z")
    assert found is not None
    assert found[6:] == (
        "America/New_York",
        "SOCO",
        "Georgia Power",
        ("p1", "p2", "p3"),
        "training",
    )


def test_before_it_was_registered_a_site_has_no_master_data() -> None:
    assert before("2026-01-01T00:00:00Z") is None


def test_a_late_registration_takes_its_place_in_time() -> None:
    assert replay(reversed(told(__doc__)), [SITE]) == replay(told(__doc__), [SITE])
