"""Columns of the report load-ramp, and the parts of a contract that its rows are about."""

from __future__ import annotations

from typing import Final

from projections.engine.report import Column, partial_row_of
from projections.rows.large_loads import BILL, FORECAST, INSTRUMENT, MILESTONE, RAMP, STEP
from projections.rows.meters import METER, METER_DAY
from projections.rows.site_power import POWER
from projections.rows.sites import SITE

CONTRACT: Final = "contract"
MONTH: Final = "month"
SEASON: Final = "forecast"
COLLATERAL: Final = "collateral"
HELD: Final = "instrument"
STONE: Final = "milestone"

_AGREED: Final = (RAMP.name, POWER.name)
_DRAWN: Final = (*_AGREED, FORECAST.name, BILL.name, METER.name, METER_DAY.name)
_SECURED: Final = (*_AGREED, STEP.name, INSTRUMENT.name)
_DATES: Final = (*_SECURED, MILESTONE.name)

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("agreement", "Agreement", "the contract; null for a forecast of the whole site", unit=""),
    Column("part", "Part", "contract, month, forecast, collateral, instrument or milestone", unit=""),
    Column("name", "Name", "the month, season, step, instrument or milestone", unit=""),
    Column("verdict", "Verdict", "how it stands", unit=""),
    Column(
        "contracted_w",
        "Contracted",
        "the step in force; of a milestone the power it asks for",
        unit="W",
        draws=(*_AGREED, FORECAST.name, MILESTONE.name),
    ),
    Column("full_w", "Full contract", "the last step of the ramp", unit="W", draws=_AGREED),
    Column("minimum_ppm", "Minimum share", "share billed at least", unit="ppm", draws=_AGREED),
    Column(
        "minimum_w",
        "Minimum take",
        "contracted x minimum share",
        unit="W",
        of=("contracted_w", "minimum_ppm"),
        draws=_AGREED,
    ),
    Column(
        "metered_w",
        "Metered demand",
        "highest mean of the revenue meters over the demand interval, or over their readings",
        unit="W",
        draws=_DRAWN,
    ),
    Column("known_ppm", "Readings", "share of the month that has readings", unit="ppm", draws=_DRAWN),
    Column(
        "billed_w", "Billed demand", "demand as the utility billed it", unit="W", draws=(*_AGREED, BILL.name)
    ),
    Column(
        "demand_w",
        "Demand",
        "as billed, else as metered",
        unit="W",
        of=("billed_w", "metered_w"),
        draws=_DRAWN,
    ),
    Column(
        "shortfall_w",
        "Shortfall",
        "minimum take - demand, not below 0; of a contract the largest of its months",
        unit="W",
        of=("minimum_w", "demand_w"),
        draws=_DRAWN,
    ),
    Column("charge_cents", "Charge", "for a kW of demand a month", unit="cent", draws=_AGREED),
    Column(
        "owed_cents",
        "Owed",
        "shortfall x charge; of a contract the sum of its months",
        unit="cent",
        of=("shortfall_w", "charge_cents"),
        draws=_DRAWN,
    ),
    Column(
        "owed_to",
        "Owed to",
        "the utility, where anything is owed; the site's operator owes it",
        unit="",
        draws=(*_DRAWN, SITE.name),
    ),
    Column("short_months", "Months short", "months below the minimum take", unit="", draws=_DRAWN),
    Column("connected_w", "Connected", "power energized at the site", unit="W", draws=_AGREED),
    Column("next_on", "Next step on", "day of the next step", unit="", draws=_AGREED),
    Column("next_w", "Next step", "what counts as contracted from then", unit="W", draws=_AGREED),
    Column("ends_on", "Ends on", "last day of the minimum take", unit="", draws=_AGREED),
    Column("forecast_w", "Forecast", "peak expected in the season", unit="W", draws=(FORECAST.name,)),
    Column(
        "before_w", "Forecast before", "the forecast that this one replaced", unit="W", draws=(FORECAST.name,)
    ),
    Column("due_on", "Due on", "the day set; of an instrument its last day", unit="", draws=_DATES),
    Column("done_on", "Done on", "the day met, posted or reached", unit="", draws=_DATES),
    Column(
        "late_days",
        "Late days",
        "days from due until done, or until today",
        unit="d",
        of=("due_on", "done_on"),
        draws=_DATES,
    ),
    Column("required_cents", "Required", "collateral asked for", unit="cent", draws=(*_AGREED, STEP.name)),
    Column("held_cents", "Held", "collateral held", unit="cent", draws=_SECURED),
    Column(
        "lacking_cents",
        "Lacking",
        "required - held, not below 0",
        unit="cent",
        of=("required_cents", "held_cents"),
        draws=_SECURED,
    ),
    Column("tariff", "Tariff", "the tariff's short name", unit="", draws=_AGREED),
    Column("rule", "Rule", "its text and state, and the collateral it asks for", unit="", draws=_AGREED),
)

cells_of: Final = partial_row_of(COLUMNS)
