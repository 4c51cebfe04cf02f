"""P12: what must add up does, over random histories."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given

from ledger.calendar import Window, local_date, period, zone
from ledger.kinds import IntervalsRecorded, MeterRegistered
from ledger.records.envelope import Record
from projections.engine.report import Report, Scope
from projections.reports import (
    efficiency,
    energy_mix,
    expenditures,
    generator_hours,
    load_ramp,
    payments,
    power_use,
    uptime,
    water,
)
from projections.reports.load_ramp import columns as ramp
from tests.support.histories import SITES, history
from tests.support.report_answers import cells_of
from tests.support.worlds import NY, WINDOWS, rows_of, scopes, seeds

ROUNDING_S = 4  # each figure of a sum is rounded once


def lines(report: Report, records: list[Record]) -> list[dict[str, Any]]:
    rows = rows_of(records)
    return [cells_of(report.columns, row) for scope in scopes() for row in report.compute(rows, scope).rows]


@given(seeds)
def test_available_and_outage_time_are_the_period_exactly(seed: int) -> None:
    for line in lines(uptime.REPORT, history(seed, 300)):
        assert line["ah_s"] + line["poh_s"] + line["moh_s"] + line["foh_s"] == line["ph_s"]


@given(seeds)
def test_service_and_reserve_shutdown_are_the_available_time_exactly(seed: int) -> None:
    for line in lines(uptime.REPORT, history(seed, 300)):
        assert line["sh_s"] + line["rsh_s"] == line["ah_s"]


@given(seeds)
def test_in_service_is_at_most_eaf_and_eaf_at_most_x_eaf(seed: int) -> None:
    for line in lines(uptime.REPORT, history(seed, 300)):
        if line["eaf_ppm"] is not None:
            assert line["in_service_ppm"] <= line["eaf_ppm"] <= line["x_eaf_ppm"]


@given(seeds)
def test_hours_of_the_fleet_are_those_of_its_sites_and_theirs_of_their_blocks(seed: int) -> None:
    rows = rows_of(history(seed, 300))
    found = [cells_of(uptime.COLUMNS, row) for row in uptime.REPORT.compute(rows, scopes()[0]).rows]
    for column in ("ph_s", "ah_s", "sh_s", "rsh_s", "foh_s", "curtailed_s", "omc_s", "efdh_s"):
        sums = {
            scope: sum(
                line[column]
                for line in found
                if line["scope"] == scope and (scope == "block" or line["load_class"] == "all")
            )
            for scope in ("fleet", "site", "block")
        }
        assert max(sums.values()) - min(sums.values()) <= ROUNDING_S, (column, sums)


@given(seeds)
def test_whole_hours_of_two_days_are_those_of_both(seed: int) -> None:
    rows = rows_of(history(seed, 300))
    first, noon, last = WINDOWS[0].start_s, WINDOWS[0].start_s + 130_000, WINDOWS[0].stop_s

    def hours(start_s: int, stop_s: int) -> list[int]:
        scope = Scope(Window(start_s, stop_s), SITES, (), NY, dict.fromkeys(SITES, NY))
        row = uptime.REPORT.compute(rows, scope).rows[0]
        return [int(cell or 0) for cell in row[4:11]]

    both = [a + b for a, b in zip(hours(first, noon), hours(noon, last), strict=True)]
    assert both == hours(first, last)


@given(seeds)
def test_splitting_every_reading_evenly_changes_no_figure(seed: int) -> None:
    records = history(seed, 300)
    halves = [_halved(record) for record in records]
    doubled = [_doubled(record) for record in records]
    assert lines(efficiency.REPORT, doubled) == lines(efficiency.REPORT, halves)


def _doubled(record: Record) -> Record:
    """The same readings with twice the energy, so that every value can be halved."""
    return _replaced(record, lambda values: tuple(2 * value for value in values), 1)


def _halved(record: Record) -> Record:
    """The readings of ``_doubled``, each split into two of half the length."""
    return _replaced(record, lambda values: tuple(v for value in values for v in (value, value)), 2)


def _replaced(record: Record, changed: Any, parts: int) -> Record:
    body = record.body
    if not isinstance(body, IntervalsRecorded):
        return record
    new = msgspec.structs.replace(
        body,
        interval_s=body.interval_s // parts,
        values=changed(body.values),
        quality=tuple(q for quality in body.quality for q in (quality,) * parts),
    )
    return msgspec.structs.replace(record, body=new)


@given(seeds)
def test_what_is_paid_and_left_covers_what_is_owed(seed: int) -> None:
    for line in lines(payments.REPORT, history(seed, 400)):
        if line["amount_cents"] is not None:
            assert line["left_cents"] == max(0, line["amount_cents"] - line["paid_cents"])
            assert (line["paid_on"] is not None or line["amount_cents"] == 0) == (line["left_cents"] == 0)


def test_the_histories_have_outages_curtailments_readings_and_payments() -> None:
    reached = {record.kind for seed in range(12) for record in history(seed, 300)}
    assert {"outage-ended.v1", "curtailment-ended.v1", "intervals-recorded.v1", "payment-made.v1"} <= reached


@given(seeds)
def test_load_by_local_day_adds_up_to_load_by_utc_day_and_to_the_whole(seed: int) -> None:
    """Five days, cut by each clock; each figure is rounded once. What is energized and metered is known all
    along: nothing is corrected.
    """
    rows = rows_of([_revenue(record) for record in history(seed, 300) if not record.corrects])
    whole = scopes()[0].window
    load = [column.name for column in power_use.COLUMNS].index("load_wh")

    def sums(tz: str) -> dict[tuple[Any, Any], int]:
        found: dict[tuple[Any, Any], int] = {}
        for window in days_of(whole, tz):
            scope = Scope(window, SITES, (), tz, dict.fromkeys(SITES, tz))
            for row in power_use.REPORT.compute(rows, scope).rows:
                key = row[0], row[1]
                found[key] = found.get(key, 0) + int(row[load] or 0)
        return found

    local, utc = sums(NY), sums("UTC")
    assert local.keys() == utc.keys()
    assert all(abs(local[key] - utc[key]) <= ROUNDING_S * 3 for key in local)


def _revenue(record: Record) -> Record:
    """Every meter as a revenue meter of its site, long before."""
    if not isinstance(record.body, MeterRegistered):
        return record
    body = msgspec.structs.replace(record.body, scope="site", role="revenue", direction="delivered")
    return msgspec.structs.replace(record, body=body, at="2026-05-01T00:00:00Z")


def days_of(whole: Window, tz: str) -> list[Window]:
    """The days of a zone that a window reaches into, cut to it."""
    found, at_s = [], whole.start_s
    while at_s < whole.stop_s:
        stop_s = min(period(local_date(at_s, zone(tz)).isoformat(), zone(tz)).stop_s, whole.stop_s)
        found.append(Window(at_s, stop_s))
        at_s = stop_s
    return found


@given(seeds)
def test_the_hours_of_a_generator_by_reason_are_those_it_ran(seed: int) -> None:
    """Its runs are disjoint, also where a late or corrected fact made two of them overlap."""
    for line in lines(generator_hours.REPORT, history(seed, 300)):
        assert sum(line[name] for name in generator_hours.BY_REASON.values()) == line["run_s"]


@given(seeds)
def test_the_hours_of_a_generator_over_a_year_grow_with_the_window(seed: int) -> None:
    """What was run by noon is run by night: each figure is of the year up to as-of."""
    rows = rows_of(history(seed, 300))
    first, noon, last = WINDOWS[0].start_s, WINDOWS[0].start_s + 130_000, WINDOWS[0].stop_s
    runs = [column.name for column in generator_hours.COLUMNS].index("run_s")

    def ran(stop_s: int) -> dict[tuple[Any, Any], int]:
        scope = Scope(Window(first, stop_s), SITES, (), NY, dict.fromkeys(SITES, NY))
        return {
            (row[0], row[1]): int(row[runs] or 0) for row in generator_hours.REPORT.compute(rows, scope).rows
        }

    early, late = ran(noon), ran(last)
    assert all(late[key] >= early[key] for key in early)


@given(seeds)
def test_counted_expenditures_by_category_and_by_purchase_are_the_investment(seed: int) -> None:
    """Also where a late or corrected fact moved the investment period."""
    sums: dict[tuple[Any, ...], int] = {}
    rows = rows_of(history(seed, 300))
    for number, scope in enumerate(scopes()):
        for row in expenditures.REPORT.compute(rows, scope).rows:
            line = cells_of(expenditures.COLUMNS, row)
            key = (number, line["site"], line["exemption"], line["part"])
            if line["verdict"] not in ("excluded", "outside"):
                sums[key] = sums.get(key, 0) + int(line["amount_cents"] or 0)
    wholes = [key for key in sums if key[3] == expenditures.INVESTMENT]
    parts = (expenditures.CATEGORY, expenditures.PURCHASE)
    assert all(sums.get((*key[:3], part), 0) == sums[key] for key in wholes for part in parts)


@given(seeds)
def test_what_a_contract_owes_is_what_its_months_owe(seed: int) -> None:
    """Each month is rounded once, and so is their sum."""
    rows = rows_of(history(seed, 300))
    for scope in scopes():
        found = [cells_of(ramp.COLUMNS, row) for row in load_ramp.REPORT.compute(rows, scope).rows]
        for whole in (line for line in found if line["part"] == ramp.CONTRACT):
            own = [
                line["owed_cents"]
                for line in found
                if line["part"] == ramp.MONTH
                and (line["site"], line["agreement"]) == (whole["site"], whole["agreement"])
                and line["owed_cents"] is not None
            ]
            assert abs((whole["owed_cents"] or 0) - sum(own)) <= len(own)


@given(seeds)
def test_the_sources_of_energy_are_the_load_by_location_and_by_market_exactly(seed: int) -> None:
    """Of each site, and the hours of a source are the source."""
    rows = rows_of([_revenue(record) if _is_load(record) else record for record in history(seed, 300)])
    for scope in scopes():
        found = energy_mix.REPORT.compute(rows, scope._replace(given={energy_mix.HOURS: True})).rows
        sums: dict[tuple[Any, ...], int] = {}
        for row in found:
            line = cells_of(energy_mix.COLUMNS, row)
            for name in ("location_wh", "market_wh"):
                for key in (
                    (line["site"], line["part"], name),
                    (line["site"], line["part"], name, line["name"]),
                ):
                    sums[key] = sums.get(key, 0) + int(line[name] or 0)
        for key, amount in sums.items():
            if key[1] == energy_mix.LOAD:
                assert sums.get((key[0], energy_mix.SOURCE, key[2]), 0) == amount
            if key[1] == energy_mix.SOURCE:
                assert sums.get((key[0], energy_mix.HOUR, *key[2:]), 0) == amount


def _is_load(record: Record) -> bool:
    """Is it a registration of a meter other than those of supplies?"""
    return isinstance(record.body, MeterRegistered) and record.body.meter != "gen"


@given(seeds)
def test_energy_matched_by_the_hour_is_at_most_load_and_supply(seed: int) -> None:
    for line in lines(energy_mix.REPORT, history(seed, 300)):
        if line["part"] == energy_mix.LOAD:
            assert line["matched_wh"] <= min(line["load_wh"], line["volume_wh"])
            assert (line["matched_ppm"] or 0) <= (line["volume_matched_ppm"] or 0)


@given(seeds)
def test_water_of_the_sources_is_that_of_the_site(seed: int) -> None:
    """Each figure is rounded once; a part is at most the whole."""
    rows = rows_of(history(seed, 300))
    for scope in scopes():
        sums: dict[Any, int] = {}
        wholes: dict[Any, int] = {}
        for row in water.REPORT.compute(rows, scope).rows:
            line = cells_of(water.COLUMNS, row)
            of = wholes if line["water_source"] is None else sums
            of[line["site"]] = of.get(line["site"], 0) + line["withdrawn_l"]
            assert line["consumed_l"] is None or line["consumed_l"] <= line["withdrawn_l"]
        assert all(abs(sums[site] - whole) <= ROUNDING_S for site, whole in wholes.items())


def test_the_histories_have_mixes_supplies_and_water() -> None:
    """Hours with a mix and load, certificates, and water of two connections."""
    found: set[Any] = set()
    for seed in range(12):
        rows = rows_of(history(seed, 300))
        for report in (energy_mix.REPORT, water.REPORT):
            for row in report.compute(rows, scopes()[0]).rows:
                found |= {cell for cell in row[:3] if isinstance(cell, str)}
    assert {"unknown", "own1", "recs1", "municipal"} <= found
    assert found & {"gas", "coal", "oil", "nuclear", "hydro"}
