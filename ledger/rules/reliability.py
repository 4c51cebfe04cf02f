"""Rule 8: what cannot be true of an excursion, of a load's response to it, and of the terms that a site must
ride through.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from ledger import kinds
from ledger.errors import Malformed, Refused, did_you_mean
from ledger.kinds.curves import NAMED, NO_CURVE, NOMINAL_MHZ, NOMINAL_PPM
from ledger.records.envelope import Claim
from ledger.rules.known import Known
from ledger.units import format_quantity


def excursion_shape(known: Known, claim: Claim, body: kinds.ExcursionRecorded) -> None:
    """Require the extreme of the quantity that left its range, none of the other, a time for each level."""
    voltage, frequency = (
        [name for name, value in pairs if value is not UNSET]
        for pairs in (
            (
                ("voltage", body.voltage_ppm),
                ("voltage_levels", body.voltage_levels_ppm),
                ("nominal", body.nominal_v),
            ),
            (("frequency", body.frequency_mhz), ("frequency_levels", body.frequency_levels_mhz)),
        )
    )
    own, other = (voltage, frequency) if body.quantity == "voltage" else (frequency, voltage)
    if body.quantity not in own:
        raise Malformed(f"an excursion of {body.quantity} needs {body.quantity}=, its extreme")
    if other:
        raise Malformed(f"an excursion of {body.quantity} has no {other[0]}=; record that as another one")
    levels = body.voltage_levels_ppm if body.quantity == "voltage" else body.frequency_levels_mhz
    _one_each({"levels": levels, "levels_held": body.levels_held_ms})
    if body.levels_held_ms is not UNSET and any(held > body.duration_ms for held in body.levels_held_ms):
        raise Malformed("levels_held= cannot be longer than the whole excursion's duration=")


def response_shape(known: Known, claim: Claim, body: kinds.LoadResponseRecorded) -> None:
    """Refuse a minimum above another of the loads, and a recovery without the load that was recovered."""
    loads = {
        "before": body.before_w,
        "after_1s": body.after_1s_w,
        "after_10s": body.after_10s_w,
        "after_5min": body.after_5min_w,
        "recovered": body.recovered_w,
    }
    for name, load_w in loads.items():
        if load_w is not UNSET and load_w < body.minimum_w:
            raise Malformed(
                f"minimum={format_quantity(body.minimum_w, '_w')} is above"
                f" {name}={format_quantity(load_w, '_w')}; it is the lowest of them"
            )
    if body.recovery_ms is not UNSET and body.recovered_w is UNSET:
        raise Malformed("recovery= is the time until recovered=; say that load too")


def after_excursion(known: Known, claim: Claim, body: Any) -> None:
    """Refuse what happened at an excursion, or was told of it, before it began."""
    begun = next(iter(known.marks("excursion", claim.place, body.excursion)), None)
    if begun is not None and claim.at < begun.at:
        raise Refused(
            f"excursion {body.excursion!r} cannot be answered at {claim.at}, before it began, by {begun}"
        )


def response_new(known: Known, claim: Claim, body: kinds.LoadResponseRecorded) -> None:
    """Refuse a second response of a block to one excursion."""
    marks = known.marks("load-response", claim.place, body.excursion, body.block)
    if marks:
        raise Refused(
            f"the response of block {body.block!r} to excursion {body.excursion!r} is already recorded, by"
            f" {marks[0]}; correct that record"
        )


def terms_possible(known: Known, claim: Claim, body: kinds.RideThroughTermsSet) -> None:
    """Require a curve of the table, ``none``, or points that make one."""
    voltage = {
        "voltage_from": body.voltage_from_ppm,
        "voltage_to": body.voltage_to_ppm,
        "voltage_held": body.voltage_held_ms,
    }
    frequency = {
        "frequency_from": body.frequency_from_mhz,
        "frequency_to": body.frequency_to_mhz,
        "frequency_held": body.frequency_held_ms,
    }
    own = any(value is not UNSET for value in (*voltage.values(), *frequency.values()))
    if own and (body.curve in NAMED or body.curve == NO_CURVE):
        raise Malformed(f"curve={body.curve} has points of its own; name yours otherwise")
    if not own and body.curve not in NAMED and body.curve != NO_CURVE:
        raise Malformed(
            f"curve={body.curve!r} is not one of {', '.join((*NAMED, NO_CURVE))}; give its points, such as"
            f" voltage_from=[0%] voltage_to=[90%] voltage_held=[150ms]{did_you_mean(body.curve, NAMED)}"
        )
    _bands(voltage, NOMINAL_PPM, "_ppm")
    _bands(frequency, NOMINAL_MHZ, "_mhz")


def changes_recorded(known: Known, claim: Claim, body: kinds.ModelVerified) -> None:
    """Require that the changes a verification covers are recorded."""
    for change in () if body.changes is UNSET else body.changes:
        if not known.marks("facility-change", claim.place, change):
            near = known.near("facility-change", claim.place, change)
            raise Refused(
                f"change {change!r} was never recorded at {claim.place}; record its facility-changed"
                f" first{near}"
            )


def _one_each(lists: dict[str, Any]) -> int:
    """Require lists of one length, all of them or none; the length."""
    said = {name: len(value) for name, value in lists.items() if value is not UNSET}
    if said and (len(said) < len(lists) or len(set(said.values())) > 1):
        raise Malformed(f"{', '.join(f'{name}=[...]' for name in lists)} go together, one value each")
    return max(said.values(), default=0)


def _bands(lists: dict[str, Any], nominal: int, unit: str) -> None:
    """Require bands in order that do not overlap and lie on one side of nominal each."""
    if not _one_each(lists):
        return
    starts, stops, _ = lists.values()
    before = 0
    for low, high in zip(starts, stops, strict=True):
        shown = f"{format_quantity(low, unit)} to {format_quantity(high, unit)}"
        if low >= high:
            raise Malformed(f"the band {shown} is empty; each goes from a lower value to a higher")
        if low < nominal < high:
            raise Malformed(f"the band {shown} holds {format_quantity(nominal, unit)}, where all is well")
        if low < before:
            raise Malformed(f"the band {shown} lies over the one before it; give them in rising order")
        before = high
