"""Rule 4 and the shape of interval values: readings of a meter, generation of an authority by source.

Values of a series are recorded once: values that overlap recorded ones must correct them, and a correction
restates every interval of all its targets, so that nothing is dropped silently (DOMAIN 3).
"""

from __future__ import annotations

from ledger import calendar
from ledger.calendar import Window
from ledger.errors import Malformed, Refused
from ledger.kinds import IntervalsRecorded, Series
from ledger.records.envelope import Claim
from ledger.rules.known import Known
from ledger.rules.register import covered
from ledger.units import format_quantity


def readings_shape(known: Known, claim: Claim, body: Series) -> None:
    """Require that readings start at the fact's ``at``, have a quality each, and all begin within one UTC day
    (the last may reach beyond it).
    """
    if body.start != claim.at:
        raise Malformed(
            f"start {body.start} is not the instant of the fact, {claim.at}; both must be the same"
        )
    if len(body.values) != len(body.quality):
        raise Malformed(
            f"{len(body.values)} values need {len(body.values)} qualities, not {len(body.quality)}; give one for each value"
        )
    if not body.values or body.interval_s == 0:
        raise Malformed("needs at least one value and an interval longer than 0 s")
    if body.interval_s > calendar.LONGEST_DAY_S:
        raise Malformed(
            "an interval is at most a local day long, which has 25 hours where clocks are put back, not"
            f" {format_quantity(body.interval_s, '_s')}"
        )
    start_s = calendar.instant_s(body.start)
    last_s = start_s + body.interval_s * (len(body.values) - 1)
    if start_s // calendar.DAY_S != last_s // calendar.DAY_S:
        raise Malformed(
            f"readings from {body.start} go on after midnight UTC; put the later ones into a record of their"
            " own"
        )


def readings_new(known: Known, claim: Claim, body: Series) -> None:
    """Refuse readings that overlap recorded ones without ``corrects``."""
    window = _window(body)
    for found in known.overlapping(claim.place, body.series, *window):
        raise Refused(
            f"{_named(body)} from {body.start} to {calendar.format_instant(window.stop_s)} "
            f"overlap {found}; correct that one, restating all its intervals"
        )


def readings_restated(known: Known, claim: Claim, body: Series) -> None:
    """Require that a correction is of the same meter and covers every interval of its targets."""
    for target in claim.corrects or ():
        window = _window(body)
        found = covered(known.targets.records[target])
        assert found is not None, "targets are of the claim's kind, as rule 7 has checked"
        series, readings = found
        if series != body.series:
            raise Refused(f"corrects names {readings}, which is of {series!r}, not {body.series!r}")
        if readings.start_s < window.start_s or readings.stop_s > window.stop_s:
            raise Refused(
                f"corrects names {readings}, but restates only {body.start} to"
                f" {calendar.format_instant(window.stop_s)}: a correction must restate every interval of"
                " the records it corrects"
            )


def _window(body: Series) -> Window:
    start_s = calendar.instant_s(body.start)
    return Window(start_s, start_s + len(body.values) * body.interval_s)


def _named(body: Series) -> str:
    """The series in words."""
    if isinstance(body, IntervalsRecorded):
        return f"readings of meter {body.meter!r}"
    return f"generation from {body.series!r}"
