"""Rules of energy and water: supplies that can be, certificates once, generation by the hour, water once."""

from __future__ import annotations

import re

import pytest

from ledger.errors import Malformed
from ledger.rules.register import Register
from tests.unit.rules.test_decide import SITE, refusal, taken

METER = "2026-06-03T00:00Z s1 meter-registered meter=gen scope=site role=sub direction=received interval=1h\n"
OWN = (
    "2026-06-03T00:00Z s1 energy-supply-registered supply=own instrument=own-generation energy_source=solar"
    " meter=gen start_on=2026-06-01\n"
)
RETIRED = (
    "2026-06-01T12:00Z s1 certificates-retired supply=own serials=a-1 registry=NAR period=2026-06 energy=5MWh"
    " retired_on=2026-07-09\n"
)
WATER = (
    "2026-06-01T12:00Z s1 water-recorded connection=city water_source=municipal start_on=2026-06-01"
    " stop_on=2026-07-01 unit=kgal withdrawn=9 consumed=7 method=billed\n"
)
MIX = (
    "2026-06-03T10:00Z ba-SOCO generation-recorded energy_source=gas start=2026-06-03T10:00Z interval=1h"
    " power_of_ten=6 values=[1,2] quality=[-1,-1]\n"
)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (OWN, "meter 'gen' is not recorded at s1 by 2026-06-03T00:00:00Z; record its meter-registered first"),
        (
            METER.replace("role=sub", "role=revenue") + OWN,
            "meter 'gen' has role revenue, so its readings are load",
        ),
        (RETIRED, "supply 'own' was never recorded at s1; record its energy-supply-registered first"),
        (
            METER + OWN + RETIRED + RETIRED.replace("energy=5", "energy=6"),
            "certificates 'a-1' is already recorded",
        ),
        (
            WATER
            + WATER.replace("2026-06-01", "2026-06-30").replace("stop_on=2026-07-01", "stop_on=2026-07-30"),
            "water of connection 'city' from 2026-06-30 to 2026-07-30 overlaps record",
        ),
        (
            MIX + MIX.replace("[1,2]", "[1,3]"),
            "generation from 'gas' from 2026-06-03T10:00:00Z to 2026-06-03T12",
        ),
    ],
)
def test_what_contradicts_the_log_is_refused(text: str, because: str) -> None:
    assert because in refusal(SITE + text)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (OWN.replace(" meter=gen", ""), "own generation needs meter"),
        (
            METER + OWN.replace("start_on=2026-06-01", "start_on=2026-06-01 stop_on=2026-06-01"),
            "must be after start_on",
        ),
        (METER + OWN + RETIRED.replace("energy=5MWh", "energy=0MWh"), "energy must be more than 0 Wh"),
        (
            METER + OWN + RETIRED.replace("2026-06-01T12:00Z", "2026-06-09T12:00Z"),
            "must be of the first day of period 2026-06, 2026-06-01",
        ),
        (
            METER + OWN + RETIRED.replace("retired_on=2026-07-09", "retired_on=2026-05-31"),
            "retired_on 2026-05-31 is before period 2026-06",
        ),
        (
            WATER.replace("consumed=7", "consumed=10"),
            "consumed=10 is more than withdrawn=9, of which it is a part",
        ),
        (
            WATER.replace("stop_on=2026-07-01", "stop_on=2026-06-01"),
            "stop_on 2026-06-01 must be after start_on",
        ),
        (WATER.replace("2026-06-01T12:00Z", "2026-07-05T12:00Z"), "must be of start_on, 2026-06-01"),
        (MIX.replace("interval=1h", "interval=50min"), "interval must be an hour or divide it"),
        (MIX.replace("quality=[-1,-1]", "quality=[-1]"), "2 values need 2 qualities, not 1"),
    ],
)
def test_what_can_be_of_no_energy_or_water_is_malformed(text: str, because: str) -> None:
    with pytest.raises(Malformed, match=re.escape(because)):
        taken(Register(), SITE + text)


def test_two_connections_may_have_water_on_the_same_days() -> None:
    story = SITE + WATER + WATER.replace("connection=city", "connection=well")
    assert len(taken(Register(), story)) == len(story.strip().splitlines())


def test_water_goes_on_where_the_last_bill_ended() -> None:
    story = (
        SITE
        + WATER
        + WATER.replace("2026-06-01", "2026-07-01").replace("stop_on=2026-07-01", "stop_on=2026-08-01")
    )
    assert len(taken(Register(), story)) == len(story.strip().splitlines())
