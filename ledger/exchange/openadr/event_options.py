"""Options of an import of OpenADR events, for what the events themselves do not state."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, get_args

from ledger.errors import Malformed, did_you_mean, named
from ledger.kinds import DispatchClass, GridState

DEFAULT_VTN: Final = "adr"
# payload type -> mode, and the ending of its dispatch's name after the event's
CALLS: Final = {
    "DISPATCH_SETPOINT": ("reduce-to", ""),
    "DISPATCH_SETPOINT_RELATIVE": ("reduce-by", "relative"),
    "IMPORT_CAPACITY_LIMIT": ("reduce-to", "limit"),
    "SIMPLE": ("reduce-to", "simple"),
}
RELATIVE: Final = "DISPATCH_SETPOINT_RELATIVE"
RELATIVES: Final = ("reduce-by", "change")
MODES: Final = ("reduce-to", "reduce-by")
WATTS: Final = {"W": 1, "kW": 1000, "KW": 1000, "MW": 1_000_000}


class Level(NamedTuple):
    """A program's firm service level from an instant on; ``level_w`` None while it has another method."""

    program: str
    since_s: int
    level_w: int | None


class Setpoint(NamedTuple):
    """The meaning of an operator's own payload type: its mode, and its unit where the event states none."""

    kind: str
    mode: str
    unit: str | None = None


class EventOptions(NamedTuple):
    """Options for what the events do not state.

    ``programs`` maps a VTN's program id (None = every one) to our program. ``authority`` is the site's
    balancing authority and ``levels`` the firm service levels in the book; ``units`` the units that program
    objects state, by (program id, payload type). ``complete`` is true where a list holds all existing events.
    """

    site: str
    programs: tuple[tuple[str | None, str], ...] = ()
    dispatch_class: str | None = None
    alerts: tuple[tuple[str, str], ...] = ()
    at: str | None = None
    vtn: str = DEFAULT_VTN
    meter: str | None = None
    authority: str | None = None
    levels: tuple[Level, ...] = ()
    units: Mapping[tuple[str, str], str] = {}
    setpoints: tuple[Setpoint, ...] = ()
    relative: str | None = None

    def call(self, kind: str) -> tuple[str, str] | None:
        """The mode of a payload type and the ending of its dispatch's name; None where it calls for
        nothing.
        """
        for setpoint in self.setpoints:
            if setpoint.kind == kind and kind not in CALLS:
                return setpoint.mode, _suffix(kind)
        return CALLS.get(kind)


def check_options(options: EventOptions) -> None:
    """``Malformed`` for an impossible class, state or program."""
    classes = get_args(DispatchClass)
    if options.dispatch_class is not None and options.dispatch_class not in classes:
        near = did_you_mean(options.dispatch_class, classes)
        raise Malformed(f"--class must be one of {', '.join(classes)}: {options.dispatch_class!r}{near}")
    _check_alerts(options.alerts)
    if options.relative not in (None, *RELATIVES):
        raise Malformed(f"--relative must be {' or '.join(RELATIVES)}: {options.relative!r}")
    for setpoint in options.setpoints:
        _check_setpoint(setpoint)


def _check_setpoint(setpoint: Setpoint) -> None:
    with named(f"--setpoint {setpoint.kind}"):
        if setpoint.mode not in MODES:
            raise Malformed(f"must be {' or '.join(MODES)}: {setpoint.mode!r}")
        if setpoint.unit is not None and setpoint.unit not in WATTS:
            raise Malformed(f"unit must be one of {', '.join(WATTS)}: {setpoint.unit!r}")
        if setpoint.kind == "SIMPLE" or setpoint.kind.startswith("ALERT_"):
            raise Malformed("has a meaning already")
        if setpoint.kind in CALLS and setpoint.mode != CALLS[setpoint.kind][0]:
            raise Malformed(f"is {CALLS[setpoint.kind][0]} in OpenADR 3.1.0")


def _suffix(kind: str) -> str:
    """Ending of the name of a dispatch for an operator's own payload type; different types differ."""
    plain = re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")[:24].strip("-")
    if plain and plain.upper().replace("-", "_") == kind:
        return plain
    digest = hashlib.sha256(kind.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{plain}-{digest}" if plain else f"setpoint-{digest}"


def _check_alerts(alerts: Sequence[tuple[str, str]]) -> None:
    """``Malformed`` for a state that does not exist, or a name that is not a type of alert."""
    for kind, state in alerts:
        if state not in get_args(GridState):
            raise Malformed(f"--alert {kind}= must be one of {', '.join(get_args(GridState))}: {state!r}")
        if not kind.startswith("ALERT_"):
            raise Malformed(
                f"--alert gives the state that an alert means, such as ALERT_GRID_EMERGENCY=eea3: {kind!r}"
            )
