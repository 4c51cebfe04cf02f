"""Reading one file of OpenADR objects: claims, problems, and what was passed over."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final, get_args

from msgspec import UNSET

from ledger import calendar, units
from ledger.errors import Malformed, Problem, named
from ledger.exchange.openadr import usage_reports
from ledger.exchange.openadr.alerts import Alert, Condition, conditions, longest, notice_name
from ledger.exchange.openadr.event_fields import (
    event_name,
    is_number,
    joined,
    object_type,
    one_line,
    payloads_of,
    reports_asked,
    stated_units,
    target_words,
    unheard,
    unpacked,
    version_of,
)
from ledger.exchange.openadr.event_options import CALLS, RELATIVE, WATTS, EventOptions
from ledger.exchange.openadr.times import date_time_s, is_called_off, lasts, spans, starts_now
from ledger.exchange.reading import Listing, Reading
from ledger.kinds import BY_TAG, DispatchClass, DispatchNotified, Source
from ledger.records.envelope import Claim, make_claim
from ledger.records.ids import named_id

NOTIFIED: Final = BY_TAG["dispatch-notified.v1"]
REF_LIMIT: Final = 4096
STANDARD_UNIT: Final = "KW"


class EventsFile:
    """The results of reading a file: claims, problems, counts of what was passed over, and the dispatches of
    each event.
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
        """The whole result; without any event the listing is empty."""
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
        kind = object_type(value)
        if kind is None:
            self.problem(
                "is not an OpenADR object: a program has programName, an event programID, a report eventID"
                " and resources",
                value,
            )
        elif kind == "EVENT":
            self._event(value)
        elif kind == "REPORT":
            self._report(value)
        elif kind == "PROGRAM":
            name = value.get("programName", value.get("id", "?"))
            self.passing(
                f"program {name!r} states no terms of enrollment: record them as program-enrolled, "
                "and name the program with --program"
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
                raise Malformed(f"needs {member}, a string")
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
                f"event {name!r} states duration {one_line(str(event['duration']))}, the schema's default: "
                "it is read as not given"
            )
        if not found and every:
            self._called_off(event, name)
            return
        if not found:
            if is_called_off(event):
                self._take_off(event)
            self.passing(f"event {name!r} has no intervals{reports_asked(event)} and calls for nothing")
            return
        if len(found) < len(every):
            self.passing(f"event {name!r} calls some of its intervals off (start 0001-01-01, no duration)")
        if event.get("targets"):
            targets = event["targets"] if isinstance(event["targets"], list) else [event["targets"]]
            said = one_line(", ".join(map(target_words, targets)))
            self.passing(f"event {name!r} is for targets {said}: taken to be for site {self.options.site}")
        for text in sorted(unheard(event)):
            self.passing(f"event {name!r} {text}")
        slots: dict[str, list[tuple[int, int | None, Any]]] = {}
        for span in found:
            for kind, values in payloads_of(span, self.options):
                slots.setdefault(kind, []).extend(unpacked(span, kind, values, self.options))
        if not slots:
            self.passing(f"event {name!r} has no payloads and calls for nothing")
        is_open = any(span.stop_s is None and not span.says_length for span in found)
        if is_open and any(self.options.call(kind) or kind.startswith("ALERT_") for kind in slots):
            self.passing(
                f"event {name!r} states no duration: it is taken to last until it is edited, called off or"
                " deleted"
            )
        for kind, slot in slots.items():
            with named(f"{kind}"):
                if kind.startswith("ALERT_"):
                    self._alert(event, kind, slot, name, created_s)
                elif self.options.call(kind) is None:
                    self.passing(f"{kind} has no meaning here and is not recorded")
                else:
                    self._dispatches(event, kind, slot, now_s)

    def _called_off(self, event: dict[str, Any], name: str) -> None:
        self.passing(f"event {name!r} is called off by its server (start 0001-01-01, no duration)")
        self._take_off(event)

    def _take_off(self, event: dict[str, Any]) -> None:
        version = version_of(event)
        if isinstance(event.get("id"), str):
            self.called_off[event["id"]] = None if version is UNSET else version

    def _created_s(self, event: dict[str, Any], name: str) -> int | None:
        """The time at which the event was called, by its createdDateTime; None where it states none."""
        said = event.get("createdDateTime")
        if said is not None:
            try:
                return date_time_s(said)
            except Malformed as why:
                self.passing(f"event {name!r}: createdDateTime {why}")
        return None

    def _dispatches(
        self, event: dict[str, Any], kind: str, slots: list[tuple[int, int | None, Any]], now_s: int | None
    ) -> None:
        if self.options.dispatch_class is None:
            raise Malformed(f"calls for less load: add --class, one of {', '.join(get_args(DispatchClass))}")
        if now_s is None:
            raise Malformed("does not state when it was called: add --at 2026-07-14T18:00Z")
        program = self._program(event)
        call = self.options.call(kind)
        assert call is not None, "what calls for nothing was passed over"
        mode, suffix = call
        runs = list(joined(self._targets(event, kind, slots, program)))
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
                external_version=version_of(event),
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
                    raise Malformed(f"is of program {said!r}, and the file has others; name each: {names}")
                return ours
        raise Malformed(f"is of program {said!r}, which --program does not name: add --program {said}=NAME")

    def _targets(
        self, event: dict[str, Any], kind: str, slots: list[tuple[int, int | None, Any]], program: str | None
    ) -> Iterator[tuple[int, int | None, int]]:
        """Slots with the watts asked for; slots that ask for nothing are left out."""
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
            if kind == RELATIVE and self.options.relative == "change" and is_number(value):
                if value >= 0:
                    self.passing(f"{kind} {value} asks for no less load and calls for nothing")
                else:
                    yield start_s, stop_s, self._watts(-value, unit)
                continue
            yield start_s, stop_s, self._watts(value, unit)

    def _unit(self, event: dict[str, Any], kind: str) -> str:
        """The unit of a power: from the event, its program or ``--setpoint``; they must agree."""
        stated = dict(stated_units(event)).get(kind) or self.options.units.get(
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
        if not is_number(value) or value < 0:
            shown = "kW" if unit == STANDARD_UNIT else unit
            raise Malformed(f"must be a number of {shown} from 0 on: {str(value)[:40]!r}")
        exact = Fraction(value) * WATTS[unit]
        if exact.denominator != 1:
            self.passing("a power is rounded to the watt")
        return units.checked(units.rounded(exact), value)

    def _level_w(self, value: Any, program: str | None, start_s: int) -> int | None:
        if not is_number(value) or value not in (0, 1, 2, 3):
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
        self,
        event: dict[str, Any],
        kind: str,
        slots: list[tuple[int, int | None, Any]],
        name: str,
        created_s: int | None,
    ) -> None:
        state = dict(self.options.alerts).get(kind)
        if state is None:
            self.passing(f"{kind} is not recorded: give the state it means with --alert {kind}=STATE")
            return
        if self.options.authority is None:
            raise Malformed(
                f"site {self.options.site!r} has no balancing authority in this book, "
                "so its state cannot be recorded"
            )
        source, named_ = self._origin(event), [event.get("id") or event.get("eventName") or "-", kind]
        if "id" in event:
            version = version_of(event)
            alert = Alert(self.options.vtn, event["programID"], event["id"], kind)
            ref = alert.ref(None if version is UNSET else version)
            source = source if len(ref) > REF_LIMIT else Source(self.source, ref, self.sha256)
        if any(start_s == stop_s for start_s, stop_s, _ in slots):
            self.passing(
                f"event {name!r}: {kind} states a length of zero, the schema's default: it holds until the"
                " next state is declared"
            )
        said = [
            Condition(
                self.options.authority,
                state,
                start := calendar.format_instant(start_s),
                None if stop_s is None else calendar.format_instant(stop_s),
                notice_name(event, self.options.vtn, kind, start),
                kind,
                start if created_s is None else calendar.format_instant(created_s),
            )
            for start_s, stop_s in longest((start_s, stop_s) for start_s, stop_s, _ in slots)
        ]
        self.claims += conditions(said, named_, source)


def _server_programs(options: EventOptions) -> frozenset[str] | None:
    """The server's programs whose events are read, None where it is every one."""
    theirs = [theirs for theirs, _ in options.programs]
    return None if not theirs or None in theirs else frozenset(one for one in theirs if one is not None)


def _known_programs(options: EventOptions) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(ours for _, ours in options.programs)) or (None,)
