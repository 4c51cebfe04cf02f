"""What cannot be true of excursions, responses to them, terms and models: each refused, with what would be
right.
"""

from __future__ import annotations

import pytest

from ledger.errors import Malformed, Refused
from ledger.rules.register import Register
from tests.unit.rules.test_decide import SITE, taken

DIP = "2026-08-14T20:31:07Z s1 excursion-recorded excursion=e1 quantity=voltage voltage=42% duration=180ms\n"
RESPONSE = (
    "2026-08-14T20:31:07Z s1 load-response-recorded excursion=e1 block=m1 response=tripped initiated_by=protection"
    " before=95MW minimum=12MW\n"
)
TERMS = "2026-08-01T00:00Z s1 ride-through-terms-set curve="


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (DIP.replace("voltage=42% ", ""), "an excursion of voltage needs voltage=, its extreme"),
        (
            DIP.replace("voltage=42%", "voltage=42% frequency=59Hz"),
            "has no frequency=; record that as another one",
        ),
        (DIP.replace("=180ms", "=180ms voltage_levels=[90%]"), "levels=[...], levels_held=[...] go together"),
        (
            DIP.replace("=180ms", "=180ms voltage_levels=[90%] levels_held=[181ms]"),
            "cannot be longer than the whole excursion's duration=",
        ),
        (DIP + RESPONSE.replace("minimum=12MW", "minimum=96MW"), "minimum=96MW is above before=95MW"),
        (DIP + RESPONSE.replace("12MW", "12MW recovery=2s"), "recovery= is the time until recovered="),
        (TERMS + "ercot", "is not one of ercot-nogrr282, caiso-straw, itic, none"),
        (
            TERMS + "itic voltage_from=[0%] voltage_to=[90%] voltage_held=[1s]",
            "curve=itic has points of its own; name yours otherwise",
        ),
        (TERMS + "x voltage_from=[0%] voltage_to=[90%]", "voltage_held=[...] go together, one value each"),
        (TERMS + "x voltage_from=[90%] voltage_to=[90%] voltage_held=[1s]", "the band 90% to 90% is empty"),
        (TERMS + "x voltage_from=[90%] voltage_to=[110%] voltage_held=[1s]", "holds 100%, where all is well"),
        (
            TERMS + "x frequency_from=[57Hz,58Hz] frequency_to=[58.8Hz,59Hz] frequency_held=[1s,2s]",
            "the band 58Hz to 59Hz lies over the one before it",
        ),
    ],
)
def test_what_is_impossible_in_itself_is_malformed(story: str, said: str) -> None:
    with pytest.raises(Malformed) as why:
        taken(Register(), SITE + story)
    assert said in str(why.value)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (RESPONSE, "excursion 'e1' was never recorded at s1; record its excursion-recorded first"),
        (DIP + DIP.replace("42%", "43%"), "excursion 'e1' is already recorded"),
        (
            DIP + RESPONSE + RESPONSE.replace("12MW", "13MW"),
            "the response of block 'm1' to excursion 'e1' is already",
        ),
        (DIP + RESPONSE.replace("20:31:07", "20:31:06"), "before it began, by record"),
        (
            DIP + "2026-08-14T20:00Z s1 excursion-communicated excursion=e1 communicated_to=ERCOT\n",
            "excursion 'e1' cannot be answered at 2026-08-14T20:00:00Z, before it began",
        ),
        (
            "2026-08-14T20:00Z s1 model-verified model=m verified_by=us changes=[ups-9]",
            "change 'ups-9' was never recorded at s1; record its facility-changed first",
        ),
        (
            "2026-08-14T20:00Z s1 facility-changed change=c category=settings what=x block=m9",
            "block 'm9' was never",
        ),
    ],
)
def test_what_contradicts_the_log_is_refused(story: str, said: str) -> None:
    with pytest.raises(Refused) as why:
        taken(Register(), SITE + story)
    assert said in str(why.value)


def test_an_excursion_with_its_response_and_its_communication_is_recorded() -> None:
    told = "2026-08-14T20:36Z s1 excursion-communicated excursion=e1 communicated_to=ERCOT\n"
    assert len(taken(Register(), SITE + DIP + RESPONSE + told)) == 5
