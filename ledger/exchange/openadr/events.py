"""OpenADR 3.1.0 in: what the events of a VTN ask of a site, as dispatches; alerts as conditions of its
balancing authority; reports as readings.

A file is one object (program, event, report) or a list of them, such as a poll of ``GET /events``. Each run
of an event's intervals that asks for the same power is one dispatch, named after the event:

- ``DISPATCH_SETPOINT``: dispatch-notified, reduce-to, kW of its ``payloadDescriptor``
- ``DISPATCH_SETPOINT_RELATIVE``: dispatch-notified, reduce-by, as ``--relative`` says: OpenADR 3.1.0 calls it
  the relative change of consumption, so that less load is a negative number (``change``), yet its enumeration
  allows numbers from 0 on only, so that programs write a reduction as a positive one (``reduce-by``). Which it
  is no event says, so without the option none is recorded. An increase calls for nothing that is recorded here
- ``IMPORT_CAPACITY_LIMIT``: dispatch-notified, reduce-to
- ``SIMPLE`` 1, 2, 3: dispatch-notified, reduce-to the level of a firm-service-level program; 0 calls for
  nothing
- a type of an operator's own: dispatch-notified, as ``--setpoint TYPE=MODE[:UNIT]`` says
- ``ALERT_...``: grid-condition-declared, as ``--alert TYPE=STATE`` says

Everything else (prices, levels, instructions, export limits) has no meaning here: it is counted in a note,
and never guessed. What asks for load but cannot be read (no unit, another unit than KW, no class, a time that
is none) is a Problem. Packed values divide their interval evenly. ``at`` is the event's createdDateTime, else
what is given; ``modificationDateTime`` is its ``external_version``. An event that is called off (``times``) has no
dispatch and no alert: what was recorded of it is cancelled or retracted. How two polls become amendments,
cancellations and corrected alerts is decided beside what the book has of both (``Listing``). The USAGE of a
report is read by ``openadr_reports``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, NamedTuple, get_args

import msgspec
from msgspec import UNSET, UnsetType

from ledger import calendar, units
from ledger.errors import Malformed, Problem, did_you_mean, named
from ledger.exchange.openadr import usage_reports
from ledger.exchange.openadr.alerts import Alert, check_alerts, conditions
from ledger.exchange.openadr.times import (
    EventInterval,
    date_time_s,
    is_called_off,
    is_now,
    is_zero,
    lasts,
    spans,
    starts_now,
)
from ledger.exchange.reading import PROBLEM_LIMIT, Listing, Reading, too_many
from ledger.kinds import BY_TAG, DispatchClass, DispatchNotified, Source
from ledger.records.envelope import Claim, make_claim
from ledger.records.ids import named_id
from ledger.records.strict_json import parse_json

NOTIFIED: Final = BY_TAG["dispatch-notified.v1"]
SIZE_LIMIT: Final = 64 * 1024 * 1024
NAME_LIMIT: Final = 40
TYPE_LIMIT: Final = 128
REF_LIMIT: Final = 4096
DEFAULT_VTN: Final = "adr"

# payload type -> mode, and what the name of its dispatch ends in beside the event's
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
STANDARD_UNIT: Final = "KW"
_PLAIN_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_SORTED = msgspec.json.Encoder(order="sorted")


class Level(NamedTuple):
    """A program's firm service level from an instant on; ``level_w`` None while it has another method."""

    program: str
    since_s: int
    level_w: int | None


class Setpoint(NamedTuple):
    """What a payload type of an operator's own means: its mode, and its unit where the event does not say."""

    kind: str
    mode: str
    unit: str | None = None


class EventOptions(NamedTuple):
    """What the events do not say.

    ``programs`` maps a VTN's program id (None = every one) to our program. ``authority`` is the site's
    balancing authority and ``levels`` the firm service levels that the book knows; ``units`` the units that
    program objects state, by (program id, payload type). ``complete`` says whether a list holds all events
    there are.
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
        """The mode of a payload type and what the name of its dispatch ends in; None where it calls for
        nothing.
        """
        for setpoint in self.setpoints:
            if setpoint.kind == kind and kind not in CALLS:
                return setpoint.mode, _suffix(kind)
        return CALLS.get(kind)


def read(data: bytes, source: str, options: EventOptions) -> Reading:
    """Dispatches, conditions and readings of a file, with what was passed over."""
    if len(data) > SIZE_LIMIT:
        raise Malformed(f"{source}: has {len(data):,} bytes; an import has at most {SIZE_LIMIT:,}")
    check_options(options)
    try:
        whole = parse_json(data, decimals=True)
    except Malformed as why:
        return Reading((), (Problem(source, 0, str(why), data[:200].decode("utf-8", "replace")),))
    file = _EventsFile(source, hashlib.sha256(data).hexdigest(), options)
    objects = whole if isinstance(whole, list) else [whole]
    stated = dict(options.units) | units_of(objects)
    file.options = options._replace(units=stated)
    for value in objects:
        file.read(value)
        if too_many(file.problems, source):
            break
    named_events = all(
        _object_type(value) == "EVENT" and isinstance(value.get("id"), str) for value in objects
    )
    file.complete = isinstance(whole, list) and named_events and len(file.problems) < PROBLEM_LIMIT
    return file.reading()


def check_options(options: EventOptions) -> None:
    """``Malformed`` for a class, a state or a program that cannot be."""
    classes = get_args(DispatchClass)
    if options.dispatch_class is not None and options.dispatch_class not in classes:
        near = did_you_mean(options.dispatch_class, classes)
        raise Malformed(f"--class must be one of {', '.join(classes)}: {options.dispatch_class!r}{near}")
    check_alerts(options.alerts)
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


def units_stated(data: bytes) -> dict[tuple[str, str], str]:
    """The units that the program objects of a file state; nothing of a file that cannot be read."""
    try:
        whole = parse_json(data, decimals=True) if b"rogramName" in data else None
    except Malformed:
        return {}
    return units_of(whole if isinstance(whole, list) else [whole])


def units_of(objects: Any) -> dict[tuple[str, str], str]:
    """The units that program objects state for payloads, by (program id, payload type)."""
    found: dict[tuple[str, str], str] = {}
    for value in objects if isinstance(objects, list) else ():
        if _object_type(value) == "PROGRAM" and isinstance(value.get("id"), str):
            for kind, unit in _descriptors(value):
                found[value["id"], kind] = unit
    return found


class _EventsFile:
    """What is read of a file: claims, problems, what was passed over how often, and which dispatches each
    event has.
    """

    def __init__(self, source: str, sha256: str, options: EventOptions) -> None:
        self.source, self.sha256, self.options = source, sha256, options
        self.claims: list[Claim] = []
        self.problems: list[Problem] = []
        self.passed: dict[str, int] = {}
        self.listed: dict[str, frozenset[str] | None] = {}
        self.called_off: dict[str, str | None] = {}
        self.undated: set[str] = set()
        self.complete = False
        self.programs: set[str] = set()

    def reading(self) -> Reading:
        """All of it; without any event nothing is listed."""
        notes = tuple(
            f"{self.source}: {text}" + (f" ({count} times)" if count > 1 else "")
            for text, count in self.passed.items()
        )
        listing = Listing(
            self.options.site,
            f"{self.options.vtn}-",
            _known_programs(self.options) if self.complete else None,
            self.options.at,
            self.listed,
            Source(self.source, sha256=self.sha256),
            _server_programs(self.options),
            frozenset(kind for kind, _ in self.options.alerts),
            self.called_off,
            frozenset(self.undated),
        )
        return Reading(
            tuple(self.claims),
            tuple(self.problems),
            notes,
            listing=listing if self.listed or self.complete else None,
        )

    def problem(self, message: str, value: Any) -> None:
        self.problems.append(Problem(self.source, 0, message, str(value)[:200]))

    def passing(self, text: str) -> None:
        self.passed[text] = self.passed.get(text, 0) + 1

    def read(self, value: Any) -> None:
        kind = _object_type(value)
        if kind is None:
            self.problem(
                "is no OpenADR object: a program has programName, an event programID, a report eventID and"
                " resources",
                value,
            )
        elif kind == "EVENT":
            self._event(value)
        elif kind == "REPORT":
            self._report(value)
        elif kind == "PROGRAM":
            name = value.get("programName", value.get("id", "?"))
            self.passing(
                f"program {name!r} states no terms of enrollment: say them as program-enrolled; it is named by"
                " --program"
            )
        else:
            self.passing(f"{kind.lower()} objects are the VTN's own and record nothing")

    def _report(self, value: dict[str, Any]) -> None:
        options = usage_reports.UsageOptions(self.options.site, self.options.meter)
        source = Source(self.source, f"events/{value.get('eventID')}", self.sha256)
        found = usage_reports.read(value, options, source)
        self.claims += found.claims
        self.problems += (Problem(self.source, 0, p.message, p.raw) for p in found.problems)
        for note in found.notes:
            self.passing(note)

    # --- events ---------------------------------------------------------------------------------------------

    def _event(self, event: dict[str, Any]) -> None:
        name = str(event.get("id") or event.get("eventName") or "without id")
        before = len(self.problems), len(self.claims)
        try:
            self._called(event, name)
        except Malformed as why:
            self.problem(f"event {name!r}: {why}", event)
        if isinstance(event.get("id"), str):
            whole = len(self.problems) == before[0]
            names = frozenset(
                claim.body.dispatch
                for claim in self.claims[before[1] :]
                if isinstance(claim.body, DispatchNotified)
            )
            self.listed[event["id"]] = names if whole else None

    def _called(self, event: dict[str, Any], name: str) -> None:
        for member in ("programID", *(["id"] if "id" in event else [])):
            if not isinstance(event.get(member), str):
                raise Malformed(f"needs {member}, a text")
        self.programs.add(event["programID"])
        created_s = self._created_s(event, name)
        given_s = None if self.options.at is None else calendar.instant_s(self.options.at)
        now_s = given_s if created_s is None else created_s
        every = spans(event, now_s)
        if created_s is None and "id" in event and starts_now(event):
            self.undated.add(event["id"])
        found = [span for span in every if not span.called_off]
        if event.get("duration") is not None and not lasts(event):
            self.passing(
                f"event {name!r} says duration {_line(str(event['duration']))}, the schema's default: it is"
                " read as not said"
            )
        if not found and every:
            self._called_off(event, name)
            return
        if not found:
            if is_called_off(event):
                self._take_off(event)
            self.passing(f"event {name!r} has no intervals{_asks_reports(event)} and calls for nothing")
            return
        if len(found) < len(every):
            self.passing(f"event {name!r} calls some of its intervals off (start 0001-01-01, no duration)")
        if event.get("targets"):
            targets = event["targets"] if isinstance(event["targets"], list) else [event["targets"]]
            said = _line(", ".join(map(_target, targets)))
            self.passing(f"event {name!r} is for targets {said}: taken to be for site {self.options.site}")
        for text in sorted(_unheard(event)):
            self.passing(f"event {name!r} {text}")
        slots: dict[str, list[tuple[int, int | None, Any]]] = {}
        for span in found:
            for kind, values in _payloads(span, self.options):
                slots.setdefault(kind, []).extend(_unpacked(span, kind, values, self.options))
        if not slots:
            self.passing(f"event {name!r} has no payloads and calls for nothing")
        is_open = any(span.stop_s is None and not span.says_length for span in found)
        if is_open and any(self.options.call(kind) or kind.startswith("ALERT_") for kind in slots):
            self.passing(
                f"event {name!r} says no duration: it is taken to last until it is edited, called off or deleted"
            )
        for kind, slot in slots.items():
            with named(f"{kind}"):
                self._payload(event, name, kind, slot, now_s)

    def _called_off(self, event: dict[str, Any], name: str) -> None:
        self.passing(f"event {name!r} is called off by its server (start 0001-01-01, no duration)")
        self._take_off(event)

    def _take_off(self, event: dict[str, Any]) -> None:
        version = _version(event)
        if isinstance(event.get("id"), str):
            self.called_off[event["id"]] = None if version is UNSET else version

    def _created_s(self, event: dict[str, Any], name: str) -> int | None:
        """When the event was called by its createdDateTime; None where it does not say."""
        said = event.get("createdDateTime")
        if said is not None:
            try:
                return date_time_s(said)
            except Malformed as why:
                self.passing(f"event {name!r}: createdDateTime {why}")
        return None

    def _payload(
        self,
        event: dict[str, Any],
        name: str,
        kind: str,
        slots: list[tuple[int, int | None, Any]],
        now_s: int | None,
    ) -> None:
        if kind.startswith("ALERT_"):
            self._alert(event, name, kind, slots)
        elif self.options.call(kind) is None:
            self.passing(f"{kind} has no meaning here and is not recorded")
        else:
            self._dispatches(event, kind, slots, now_s)

    def _dispatches(
        self, event: dict[str, Any], kind: str, slots: list[tuple[int, int | None, Any]], now_s: int | None
    ) -> None:
        if self.options.dispatch_class is None:
            raise Malformed(f"calls for less load: add --class, one of {', '.join(get_args(DispatchClass))}")
        if now_s is None:
            raise Malformed("says not when it was called: add --at 2026-07-14T18:00Z")
        program = self._program(event)
        call = self.options.call(kind)
        assert call is not None, "what calls for nothing was passed over"
        mode, suffix = call
        runs = list(_runs(self._targets(event, kind, slots, program)))
        base = event_name(event, self.options.vtn)
        for number, (start_s, stop_s, target_w) in enumerate(runs, start=1):
            parts = [base, *([suffix] if suffix else []), *([str(number)] if number > 1 else [])]
            body = DispatchNotified(
                dispatch="--".join(parts),
                program=program or UNSET,
                site=self.options.site,
                dispatch_class=self.options.dispatch_class,  # type: ignore[arg-type]  # checked with the options
                mode=mode,  # type: ignore[arg-type]
                target_w=target_w,
                start=calendar.format_instant(start_s),
                stop=UNSET if stop_s is None else calendar.format_instant(stop_s),
                external_id=event.get("id") or UNSET,
                external_version=_version(event),
            )
            self.claims.append(self._claim(event, body, now_s))

    def _claim(self, event: dict[str, Any], body: DispatchNotified, now_s: int) -> Claim:
        at = calendar.format_instant(now_s)
        foreign = ["openadr", self.options.site, body.dispatch]
        id_ = UNSET if body.external_id is UNSET else named_id(at, foreign)
        return make_claim(
            NOTIFIED,
            at,
            body,
            place=self.options.site,
            id=id_,
            source=self._origin(event),
        )

    def _origin(self, event: dict[str, Any]) -> Source:
        ref = f"programs/{event['programID']}/events/{event.get('id') or event.get('eventName') or '-'}"
        return Source(self.source, ref[:REF_LIMIT], self.sha256)

    def _program(self, event: dict[str, Any]) -> str | None:
        """Our program for the event's; a single one given stands for all, as long as the file has one
        program.
        """
        said = event["programID"]
        if not self.options.programs:
            return None
        for theirs, ours in self.options.programs:
            if theirs == said:
                return ours
            if theirs is None:
                if len(self.programs) > 1:
                    names = " ".join(f"--program {one}=NAME" for one in sorted(self.programs))
                    raise Malformed(
                        f"is of program {said!r}, and the file has others; say which is which: {names}"
                    )
                return ours
        raise Malformed(f"is of program {said!r}, which --program does not name: add --program {said}=NAME")

    def _targets(
        self, event: dict[str, Any], kind: str, slots: list[tuple[int, int | None, Any]], program: str | None
    ) -> Iterator[tuple[int, int | None, int]]:
        """Slots with the watts asked for; those that ask for nothing are left out."""
        if kind == "SIMPLE":
            for start_s, stop_s, value in slots:
                level_w = self._level_w(value, program, start_s)
                if level_w is not None:
                    yield start_s, stop_s, level_w
            return
        unit = self._unit(event, kind)
        if kind == RELATIVE and self.options.relative is None:
            raise Malformed(
                "is the relative change of consumption in OpenADR 3.1.0, less load a negative number, but its"
                " enumeration allows numbers from 0 on only, and programs write a reduction as a positive number:"
                " add --relative change or --relative reduce-by, as the program's terms say"
            )
        for start_s, stop_s, value in slots:
            if kind == RELATIVE and self.options.relative == "change" and _is_number(value):
                if value >= 0:
                    self.passing(f"{kind} {value} asks for no less load and calls for nothing")
                else:
                    yield start_s, stop_s, self._watts(-value, unit)
                continue
            yield start_s, stop_s, self._watts(value, unit)

    def _unit(self, event: dict[str, Any], kind: str) -> str:
        """The unit of a power: what the event, its program or ``--setpoint`` says; they must agree."""
        stated = dict(_descriptors(event)).get(kind) or self.options.units.get(
            (str(event.get("programID")), kind)
        )
        own = [setpoint for setpoint in self.options.setpoints if setpoint.kind == kind]
        given = own[0].unit if own else None
        if stated is None and given is None:
            more = f", or --setpoint {kind}={own[0].mode}:KW" if own else ""
            raise Malformed(f"has no unit: the event's or its program's payloadDescriptors must say KW{more}")
        unit = stated or str(given)
        if unit not in WATTS or (kind in CALLS and unit != STANDARD_UNIT):
            known = ", ".join(WATTS) if kind not in CALLS else "KW (OpenADR 3.1.0 has no MW)"
            raise Malformed(f"is in {unit!r}; power is read in {known}")
        if given is not None and WATTS[unit] != WATTS[given]:
            raise Malformed(f"is in {unit!r} by its payloadDescriptors and in {given!r} by --setpoint")
        return unit

    def _watts(self, value: Any, unit: str) -> int:
        if not _is_number(value) or value < 0:
            shown = "kW" if unit == STANDARD_UNIT else unit
            raise Malformed(f"must be a number of {shown} from 0 on: {str(value)[:40]!r}")
        exact = Fraction(value) * WATTS[unit]
        if exact.denominator != 1:
            self.passing("a power is rounded to the watt")
        return units.checked(units.rounded(exact), value)

    def _level_w(self, value: Any, program: str | None, start_s: int) -> int | None:
        if not _is_number(value) or value not in (0, 1, 2, 3):
            raise Malformed(f"must be 0, 1, 2 or 3: {str(value)[:40]!r}")
        if value == 0:
            self.passing("SIMPLE 0 is normal operation and calls for nothing")
            return None
        if program is None:
            raise Malformed(f"{value} has a meaning only in a firm-service-level program: add --program NAME")
        steps = [
            level for level in self.options.levels if level.program == program and level.since_s <= start_s
        ]
        level_w = steps[-1].level_w if steps else None
        if level_w is None:
            at = calendar.format_instant(start_s)
            raise Malformed(
                f"{value} has a meaning only in a firm-service-level program; {program!r} is none at {at}"
            )
        return level_w

    # --- alerts ---------------------------------------------------------------------------------------------

    def _alert(
        self, event: dict[str, Any], name: str, kind: str, slots: list[tuple[int, int | None, Any]]
    ) -> None:
        state = dict(self.options.alerts).get(kind)
        if state is None:
            self.passing(f"{kind} is not recorded: say the state it means with --alert {kind}=STATE")
            return
        if self.options.authority is None:
            raise Malformed(
                f"site {self.options.site!r} has no balancing authority in this book, which the state is of"
            )
        source, named_ = self._origin(event), [event.get("id") or event.get("eventName") or "-", kind]
        if "id" in event:
            version = _version(event)
            alert = Alert(self.options.vtn, event["programID"], event["id"], kind)
            ref = alert.ref(None if version is UNSET else version)
            source = source if len(ref) > REF_LIMIT else Source(self.source, ref, self.sha256)
        starts_s = [start_s for start_s, _, _ in slots]
        self.claims += conditions(self.options.authority, state, named_, starts_s, source)
        for _, stop_s, _ in slots:
            if stop_s is not None:
                self.passing(
                    f"event {name!r}: {kind} ends at {calendar.format_instant(stop_s)}; a condition holds"
                    " until the next one is declared"
                )


def event_name(event: Mapping[str, Any], vtn: str) -> str:
    """The dispatch's slug: ``adr-44``. An id that is no plain slug is lower-cased and made unambiguous by its
    SHA-256; an event without id is named after its name and its whole content, since two of one name are two
    events.
    """
    id_ = event.get("id")
    if isinstance(id_, str) and _PLAIN_ID.fullmatch(id_) and len(id_) <= NAME_LIMIT:
        return f"{vtn}-{id_}"
    said = str(id_ or event.get("eventName") or "event")
    content = said.encode("utf-8", "replace") if id_ else _SORTED.encode(_plain(event))
    plain = re.sub(r"[^a-z0-9]+", "-", said.lower())[:24].strip("-")
    return f"{vtn}-{plain or 'event'}-{hashlib.sha256(content).hexdigest()[:8]}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _target(said: Any) -> str:
    """A target in words: a text, or before 3.1.0 ``{"type", "values"}``."""
    if isinstance(said, dict) and isinstance(said.get("values"), list):
        return f"{said.get('type')} {' '.join(map(str, said['values']))}"
    return str(said)


def _line(text: str) -> str:
    """Text of others as a part of one line of ours."""
    return "".join(char if char.isprintable() else "?" for char in text)[:160]


def _plain(value: Any) -> Any:
    """A parsed value with everything as text that UTF-8 can hold, so that equal content gives equal bytes."""
    if isinstance(value, Mapping):
        return {_plain(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return str(value).encode("utf-8", "replace").decode()


def _object_type(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    said = value.get("objectType")
    if isinstance(said, str):
        for kind in ("PROGRAM", "EVENT", "REPORT", "SUBSCRIPTION", "RESOURCE", "VEN"):
            if said == kind or said.endswith(f"_{kind}_REQUEST"):
                return kind
        return None
    for kind, member in (
        ("REPORT", "resources"),
        ("EVENT", "programID"),
        ("PROGRAM", "programName"),
        ("RESOURCE", "resourceName"),
        ("VEN", "venName"),
    ):
        if member in value and (kind != "REPORT" or "eventID" in value):
            return kind
    return None


def _descriptors(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    said = value.get("payloadDescriptors")
    for one in said if isinstance(said, list) else ():
        if (
            isinstance(one, dict)
            and isinstance(one.get("payloadType"), str)
            and isinstance(one.get("units"), str)
        ):
            yield one["payloadType"], one["units"]


def _suffix(kind: str) -> str:
    """What the name of a dispatch ends in for a payload type of an operator's own; different types differ."""
    plain = re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")[:24].strip("-")
    if plain and plain.upper().replace("-", "_") == kind:
        return plain
    digest = hashlib.sha256(kind.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{plain}-{digest}" if plain else f"setpoint-{digest}"


def _payloads(span: EventInterval, options: EventOptions) -> Iterator[tuple[str, list[Any]]]:
    if not isinstance(span.payloads, list | tuple):
        raise Malformed(f"interval {span.number}: payloads must be a list")
    seen = set()
    for payload in span.payloads:
        kind = payload.get("type") if isinstance(payload, dict) else None
        values = payload.get("values") if isinstance(payload, dict) else None
        if not isinstance(kind, str) or not isinstance(values, list):
            raise Malformed(
                f'interval {span.number}: a payload is {{"type", "values": [...]}}: {str(payload)[:80]!r}'
            )
        if not 0 < len(kind) <= TYPE_LIMIT or not kind.isprintable():
            raise Malformed(
                f"interval {span.number}: a payload type has 1 to {TYPE_LIMIT} printable characters:"
                f" {kind[:40]!r}"
            )
        if kind in seen and options.call(kind) is not None:
            raise Malformed(f"interval {span.number}: says {kind} twice")
        seen.add(kind)
        yield kind, values


def _unpacked(
    span: EventInterval, kind: str, values: list[Any], options: EventOptions
) -> list[tuple[int, int | None, Any]]:
    """The values of an interval, which packed divide it evenly; one that calls for nothing here is passed on
    as it is.
    """
    if options.call(kind) is None:
        return [(span.start_s, span.stop_s, values)]
    if len(values) == 1:
        return [(span.start_s, span.stop_s, values[0])]
    if not values:
        raise Malformed(f"interval {span.number}: {kind} has no value")
    if span.stop_s is None or (span.stop_s - span.start_s) % len(values):
        raise Malformed(
            f"interval {span.number}: {kind} packs {len(values)} values, which do not divide its duration"
            " into whole seconds"
        )
    step = (span.stop_s - span.start_s) // len(values)
    return [(span.start_s + n * step, span.start_s + (n + 1) * step, value) for n, value in enumerate(values)]


def _runs(slots: Iterator[tuple[int, int | None, int]]) -> Iterator[tuple[int, int | None, int]]:
    """Slots that follow each other and ask for the same power, joined."""
    ordered = sorted(slots, key=lambda slot: slot[0])
    for some, other in pairwise(ordered):
        if some[1] is None or some[1] > other[0]:
            raise Malformed(f"has intervals that overlap at {calendar.format_instant(other[0])}")
    run: tuple[int, int | None, int] | None = None
    for slot in ordered:
        if slot[1] == slot[0]:
            raise Malformed(
                "has an interval that lasts no time; write P9999Y for one without end, and start 0001-01-01 with"
                " duration PT0S for one that is called off"
            )
        if run is not None and run[1] == slot[0] and run[2] == slot[2]:
            run = (run[0], slot[1], run[2])
            continue
        if run is not None:
            yield run
        run = slot
    if run is not None:
        yield run


def _unheard(event: Mapping[str, Any]) -> Iterator[str]:
    """What an event says beside its power and time, in words."""
    periods = [event.get("intervalPeriod")]
    periods += [i.get("intervalPeriod") for i in event.get("intervals") or () if isinstance(i, dict)]
    for period in periods:
        shift = period.get("randomizeStart") if isinstance(period, dict) else None
        if shift is not None and not is_zero(shift):
            yield (
                f"may start up to {_line(str(shift))} earlier or later (randomizeStart); the start is"
                " recorded as said"
            )
            break
    if event.get("priority") is not None:
        yield f"has priority {_line(str(event['priority']))}, which has no meaning here"
    asked = _asks_reports(event)
    if asked:
        yield asked.removeprefix(", ") + (": export openadr writes them" if "USAGE" in asked else "")


def _asks_reports(event: Mapping[str, Any]) -> str:
    descriptors = event.get("reportDescriptors")
    said = descriptors if isinstance(descriptors, list) else ()
    kinds = [
        str(one.get("payloadType") or one.get("payLoadType") or "?") for one in said if isinstance(one, dict)
    ]
    return f", asks for reports of {_line(', '.join(dict.fromkeys(kinds)))}" if kinds else ""


def _version(event: Mapping[str, Any]) -> str | UnsetType:
    said = event.get("modificationDateTime")
    if said is None or is_now(said):  # the zero time of servers in Go states no version
        return UNSET
    with named("modificationDateTime"):
        date_time_s(said)
    return str(said)


def _server_programs(options: EventOptions) -> frozenset[str] | None:
    """The server's programs whose events are read, None where it is every one."""
    theirs = [theirs for theirs, _ in options.programs]
    return None if not theirs or None in theirs else frozenset(one for one in theirs if one is not None)


def _known_programs(options: EventOptions) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(ours for _, ours in options.programs)) or (None,)
