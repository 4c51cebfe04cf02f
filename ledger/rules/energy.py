"""Rule 12: supplies of energy that can be, certificates once, generation hour by hour, water once a connection."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET

from ledger import kinds
from ledger.calendar import HOUR_S, instant_s, local_date, period_days, zone
from ledger.errors import Malformed, Refused
from ledger.records.envelope import Claim
from ledger.rules.known import Known

OWN: Final = "own-generation"


def generation_shape(known: Known, claim: Claim, body: kinds.GenerationRecorded) -> None:
    """Require intervals that make up an hour: a mix is of an hour."""
    if not body.interval_s or HOUR_S % body.interval_s:
        raise Malformed("interval must be an hour or divide it, such as 1h, 15min or 5min")


def supply_possible(known: Known, claim: Claim, body: kinds.EnergySupplyRegistered) -> None:
    """Require days in order, a meter of role sub, and one for own generation."""
    if body.stop_on is not UNSET and body.stop_on <= body.start_on:
        raise Malformed(f"stop_on {body.stop_on} must be after start_on {body.start_on}, the first day")
    if body.instrument == OWN and body.meter is UNSET:
        raise Malformed("own generation needs meter, one whose readings are what it generates")
    if body.meter is UNSET:
        return
    mark = known.latest(claim.at, "meter", claim.place, body.meter)
    if mark is None:
        near = known.near("meter", claim.place, body.meter)
        raise Refused(
            f"meter {body.meter!r} is not recorded at {claim.place} by {claim.at}; record its meter-registered"
            f" first{near}"
        )
    assert isinstance(mark.body, kinds.MeterRegistered), "a meter is begun by its registration"
    if mark.body.role != "sub":
        raise Refused(
            f"meter {body.meter!r} has role {mark.body.role}, so its readings are load, by {mark}; a supply has a"
            " meter of role sub"
        )


def certificates_possible(known: Known, claim: Claim, body: kinds.CertificatesRetired) -> None:
    """Require energy, the first day of the period as the day of the fact, and no day of retirement before it."""
    if not body.energy_wh:
        raise Malformed("energy must be more than 0 Wh")
    first = period_days(body.period)[0].isoformat()
    _of_day(known, claim, f"the first day of period {body.period}", first)
    if body.retired_on < first:
        raise Malformed(
            f"retired_on {body.retired_on} is before period {body.period}, in which it was generated"
        )


def _of_day(known: Known, claim: Claim, what: str, day: str) -> None:
    """Require that a fact is of a local day, so that the reports of its days see it whenever it is recorded."""
    tz = zone(known.register.zone_of(claim.place) or "UTC")
    own = local_date(instant_s(claim.at), tz).isoformat()
    if own != day:
        raise Malformed(f"the fact is of {own} in {tz.key}, and must be of {what}, {day}")


def water_possible(known: Known, claim: Claim, body: kinds.WaterRecorded) -> None:
    """Require days in order, the first of them as that of the fact, no more consumed than withdrawn, and each day of a
    connection once.
    """
    _of_day(known, claim, "start_on", body.start_on)
    if body.stop_on <= body.start_on:
        raise Malformed(
            f"stop_on {body.stop_on} must be after start_on {body.start_on}: it is the first day that is not"
            " counted"
        )
    if body.consumed is not UNSET and body.consumed > body.withdrawn:
        raise Malformed(
            f"consumed={body.consumed} is more than withdrawn={body.withdrawn}, of which it is a part"
        )
    for mark in known.marks("water", claim.place, body.connection):
        other = mark.body
        assert isinstance(other, kinds.WaterRecorded), "only volumes are marked as water"
        if other.start_on < body.stop_on and body.start_on < other.stop_on:
            raise Refused(
                f"water of connection {body.connection!r} from {body.start_on} to {body.stop_on} overlaps {mark};"
                " correct that one, or record the days it leaves out"
            )
