"""Sites, counties and balancing authorities in words."""

from __future__ import annotations

import pytest

from projections.engine.subject import ReportSubject, SiteName, authority, county

DALTON = SiteName("dalton", "Dalton", "Whitfield", "GA", "SOCO", "U")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Whitfield", "Whitfield County, GA"),
        ("Whitfield County", "Whitfield County, GA"),
        ("Orleans Parish", "Orleans Parish, GA"),
        ("Juneau Borough", "Juneau Borough, GA"),
        ("Carson City", "Carson City, GA"),
    ],
)
def test_a_county_is_called_one_once(name: str, words: str) -> None:
    """Parishes, boroughs and cities keep their word."""
    assert county(name, "GA") == words


@pytest.mark.parametrize(("site", "words"), [("dalton", "Dalton (Whitfield County, GA)"), ("other", "other")])
def test_a_site_is_called_by_its_name_or_its_slug(site: str, words: str) -> None:
    """One that is not registered has no name."""
    assert ReportSubject(sites=(DALTON,)).named(site) == words


def test_balancing_authorities_are_named_once_each() -> None:
    """Two sites of one authority, and one of an authority that no list names."""
    subject = ReportSubject(sites=(DALTON, DALTON._replace(site="b"), DALTON._replace(authority="XXXX")))
    assert subject.authorities == (authority("SOCO"), "XXXX")
