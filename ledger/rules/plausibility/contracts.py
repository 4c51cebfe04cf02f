"""Rules on a site's contracts and the loads expected under them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger import kinds
from ledger.records.envelope import Record
from ledger.rules.plausibility.beside import FactsBeside, body_of
from ledger.rules.plausibility.rule import Limit, PlausibilityRule
from ledger.units import format_quantity


def _firm(beside: FactsBeside, record: Record, body: kinds.PowerContracted, limit: int) -> Iterator[str]:
    if body.firm_w > body.power_w:
        firm, power = (format_quantity(watts, "_w") for watts in (body.firm_w, body.power_w))
        yield (
            f"{record.place}: agreement {body.agreement} has {firm} of firm power in a power of {power}; is one of"
            " them mistyped?"
        )


def _forecast(beside: FactsBeside, record: Record, body: kinds.LoadForecastSet, limit: int) -> Iterator[str]:
    contracted_w = sum(
        body_of(beside.known.marks("contract", record.place, *name)[-1]).power_w
        for name in beside.known.names("contract", record.place)
    )
    if contracted_w and body.peak_w * 100 > contracted_w * limit:
        peak, power = (format_quantity(watts, "_w") for watts in (body.peak_w, contracted_w))
        yield (
            f"{record.place}: a peak of {peak} in the {body.season} of {body.year} is more than {limit} % of the"
            f" {power} that its agreements add up to"
        )


RULES: Final[tuple[PlausibilityRule, ...]] = (
    PlausibilityRule(
        "firm-above-power",
        "an agreement with more firm power than power",
        (kinds.PowerContracted,),
        _firm,
    ),
    PlausibilityRule(
        "large-forecast",
        "a forecast above this share of what the site's agreements add up to",
        (kinds.LoadForecastSet,),
        _forecast,
        Limit("forecast_percent_of_contract", 300),
    ),
)
