"""Rules on the master data of a site: codes of states and balancing authorities that do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import UNSET

from ledger import kinds
from ledger.errors import did_you_mean
from ledger.records.envelope import Record
from ledger.rules.plausibility.beside import FactsBeside
from ledger.rules.plausibility.codes import AUTHORITIES, STATES, UNITED_STATES
from ledger.rules.plausibility.rule import PlausibilityRule


def _unknown_state(
    beside: FactsBeside, record: Record, body: kinds.SiteRegistered, limit: int
) -> Iterator[str]:
    if _in_the_us(body) and body.state not in STATES:
        yield (
            f"{record.place}: {body.state!r} is not the postal code of a state of the United States, such as"
            " GA; for a site in another country add country="
        )


def _unknown_authority(beside: FactsBeside, record: Record, body: Any, limit: int) -> Iterator[str]:
    code = body.balancing_authority
    if code not in AUTHORITIES and (not isinstance(body, kinds.SiteRegistered) or _in_the_us(body)):
        yield (
            f"{record.place}: no balancing authority has the code {code!r} in EIA-930, which ties a site to "
            f"its grid conditions{did_you_mean(code, sorted(AUTHORITIES))}"
        )


def _in_the_us(body: kinds.SiteRegistered) -> bool:
    return body.country is UNSET or body.country.upper() in UNITED_STATES


RULES: Final[tuple[PlausibilityRule, ...]] = (
    PlausibilityRule(
        "unknown-state",
        "a site with a state code that no U.S. state has",
        (kinds.SiteRegistered,),
        _unknown_state,
    ),
    PlausibilityRule(
        "unknown-authority",
        "a balancing authority that EIA-930 does not list",
        (
            kinds.SiteRegistered,
            kinds.GridConditionDeclared,
            kinds.GridNoticePublished,
            kinds.CoincidentPeakConfirmed,
        ),
        _unknown_authority,
    ),
)
