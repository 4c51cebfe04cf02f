"""OpenADR events that a server edits, calls off or fills with defaults, and payloads whose meaning no event
says: each is read as its sender means it, or refused.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.errors import Malformed
from ledger.exchange.openadr import events, sync_alerts, sync_dispatches
from ledger.exchange.openadr.event_options import EventOptions, Setpoint
from ledger.exchange.reading import Reading
from ledger.exchange.story import format_claim
from ledger.kinds import DispatchNotified

START = "2026-07-14T18:00:00Z"
POLLED = "2026-07-14T18:30:00Z"
OPTIONS = EventOptions("s1", dispatch_class="emergency", at=POLLED, authority="SOCO")
ALERT = "ALERT_GRID_EMERGENCY"


def event(
    *values: Any, kind: str = "DISPATCH_SETPOINT", units: str | None = "KW", **more: Any
) -> dict[str, Any]:
    said = {
        "id": "e-1",
        "programID": "44",
        "createdDateTime": "2026-07-14T17:00:00Z",
        "modificationDateTime": "2026-07-14T17:00:00Z",
        "payloadDescriptors": None if units is None else [{"payloadType": kind, "units": units}],
        "intervalPeriod": {"start": START, "duration": "PT1H"},
        "intervals": [{"id": 0, "payloads": [{"type": kind, "values": list(values)}]}],
    }
    return {name: value for name, value in (said | more).items() if value is not None}


def read(value: Any, options: EventOptions = OPTIONS) -> Reading:
    return events.read(json.dumps(value).encode(), "f.json", options)


def lines(found: Reading) -> list[str]:
    """What would be recorded, without ids and sources."""
    said = [format_claim(claim).partition(" source=")[0] for claim in found.claims]
    return [
        " ".join(word for word in line.split(" ") if not word.startswith(("id=", "corrects=")))
        for line in said
    ]


def polled(*polls: Any, **said: Any) -> list[Reading]:
    """What each poll of a server adds to what the polls before it made known."""
    dispatches: sync_dispatches.Known = {}
    alerts: sync_alerts.Known = {}
    found = []
    for value in polls:
        called = sync_dispatches.settled(dispatches, read(value, OPTIONS._replace(**said)))
        declared = sync_alerts.settled(alerts, called.reading)
        dispatches, alerts = called.known, declared.known
        found.append(declared.reading)
    return found


# --- called off ---------------------------------------------------------------------------------------------

CALLED_OFF = [{"start": start, "duration": zero} for start in ("0001-01-01", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z") for zero in ("PT0S", "P0D", "PT0H", "P0Y0M0DT0H0M0S")]  # fmt: skip


def called_off(period: dict[str, str], inside: bool) -> dict[str, Any]:
    edited = event(20_000, modificationDateTime="2026-07-14T18:20:00Z", intervalPeriod=period)
    if inside:
        edited["intervals"][0]["intervalPeriod"] = edited.pop("intervalPeriod")
    return edited


@pytest.mark.parametrize("inside", [False, True], ids=["of the event", "of its interval"])
@pytest.mark.parametrize("period", CALLED_OFF, ids=str)
def test_an_event_that_starts_now_and_lasts_no_time_is_cancelled(
    period: dict[str, str], inside: bool
) -> None:
    """User Guide 3.1.0, 7.9: a server that does not delete an event cancels it so."""
    _, found = polled([event(20_000)], [called_off(period, inside)])
    assert (lines(found), found.problems) == (
        ['2026-07-14T18:20Z s1 dispatch-cancelled dispatch=adr-e-1 cause="the server called it off"'],
        (),
    )


def test_an_event_called_off_stays_cancelled_at_every_later_poll() -> None:
    off = [called_off(CALLED_OFF[0], False)]
    *_, found = polled([event(20_000)], off, off)
    assert (lines(found), found.problems) == ([], ())


def test_an_event_called_off_inside_keeps_the_event_s_own_period_out_of_it() -> None:
    """The period of an interval comes before the event's."""
    edited = called_off(CALLED_OFF[0], True) | {"intervalPeriod": {"start": START, "duration": "PT1H"}}
    assert "dispatch-cancelled" in lines(polled([event(20_000)], [edited])[1])[0]


@pytest.mark.parametrize("intervals", [[], None], ids=["empty", "absent"])
def test_an_event_called_off_without_its_intervals_is_cancelled_when_it_was_edited(intervals: Any) -> None:
    """The edit of 7.9 may leave the intervals out; its own time is that of the edit, not of the list."""
    off = called_off(CALLED_OFF[0], False) | {"intervals": intervals}
    off = {name: value for name, value in off.items() if value is not None}
    _, found = polled([event(20_000)], [off])
    assert lines(found) == [
        '2026-07-14T18:20Z s1 dispatch-cancelled dispatch=adr-e-1 cause="the server called it off"'
    ]


def test_an_event_called_off_that_was_never_recorded_is_a_note() -> None:
    found = read([called_off(CALLED_OFF[0], False)])
    assert (found.claims, found.problems, found.notes) == (
        (),
        (),
        ("f.json: event 'e-1' is called off by its server (start 0001-01-01, no duration)",),
    )


def test_an_event_that_is_called_again_after_it_was_called_off_stands_again() -> None:
    again = event(20_000, modificationDateTime="2026-07-14T18:40:00Z")
    off = read([called_off(CALLED_OFF[0], False)])
    known = sync_dispatches.settled({}, read([event(20_000)])).known
    known = sync_dispatches.settled(known, off).known
    found = sync_dispatches.settled(known, read([again], OPTIONS._replace(at="2026-07-14T18:45:00Z"))).reading
    assert [line.split()[2] for line in lines(found)] == ["event-retracted", "dispatch-amended"]


def test_an_older_list_that_calls_an_event_off_changes_nothing() -> None:
    """Files may be read in any order: the version that stands is newer."""
    newer = event(20_000, modificationDateTime="2026-07-14T18:25:00Z")
    assert lines(polled([newer], [called_off(CALLED_OFF[0], False)])[1]) == []


def test_one_interval_called_off_leaves_the_others() -> None:
    edited = event(20_000, modificationDateTime="2026-07-14T18:20:00Z")
    edited["intervals"].append(
        {
            "id": 1,
            "intervalPeriod": CALLED_OFF[0],
            "payloads": [{"type": "DISPATCH_SETPOINT", "values": [5]}],
        }
    )
    found = read([edited])
    assert [line.split()[2:4] for line in lines(found)] == [["dispatch-notified", "dispatch=adr-e-1"]]


def test_an_interval_of_no_duration_that_starts_at_an_instant_is_refused() -> None:
    found = read([event(20_000, intervalPeriod={"start": START, "duration": "PT0S"})])
    assert "has an interval that lasts no time; write P9999Y" in str(found.problems[0])


MEANT = {"alerts": ((ALERT, "eea3"),)}


def alert(**more: Any) -> dict[str, Any]:
    return event("storm", kind=ALERT, units=None, **more)


def notice(start: str, stop: str) -> str:
    """The notice of the alert from its start until its stop."""
    name = f"adr-e-1-grid-emergency-{start[:16].lower().replace(':', '-')}-00z"
    return f"{start} ba-SOCO grid-notice-published notice={name} state=eea3 start={start} stop={stop} wording={ALERT}"


def test_an_alert_that_is_called_off_is_retracted_though_it_had_begun() -> None:
    begun = alert(intervalPeriod={"start": "0001-01-01", "duration": "PT4H"})
    off = alert(intervalPeriod=CALLED_OFF[0], modificationDateTime="2026-07-14T18:20:00Z")
    first, found = polled([begun], [off], **MEANT)
    assert (lines(first), lines(found)) == (
        [notice("2026-07-14T17:00Z", "2026-07-14T21:00Z")],
        ['2026-07-14T18:20Z ba-soco event-retracted class=grid reason="the server called it off"'],
    )


def test_an_alert_that_is_called_off_before_it_was_recorded_never_is() -> None:
    off = alert(intervalPeriod=CALLED_OFF[0])
    (found,) = polled([off], **MEANT)
    assert (lines(found), found.problems) == ([], ())


# --- now, of an event that does not say when it was called --------------------------------------------------

ATS = ("2026-07-14T18:30:00Z", "2026-07-14T18:31:00Z", "2026-07-14T20:00:00Z")


def undated(*values: Any, **more: Any) -> list[dict[str, Any]]:
    """An event that starts now and has no createdDateTime."""
    said = event(*values, **({"intervalPeriod": {"start": "0001-01-01", "duration": "PT1H"}} | more))
    return [{name: value for name, value in said.items() if name != "createdDateTime"}]


def polled_at(*polls: tuple[str, Any], **said: Any) -> list[list[str]]:
    """What each poll adds, read at its own time."""
    dispatches: sync_dispatches.Known = {}
    alerts: sync_alerts.Known = {}
    found = []
    for at, value in polls:
        called = sync_dispatches.settled(dispatches, read(value, OPTIONS._replace(at=at, **said)))
        declared = sync_alerts.settled(alerts, called.reading)
        dispatches, alerts = called.known, declared.known
        found.append(lines(declared.reading))
    return found


@pytest.mark.parametrize("period", [{"duration": "PT1H"}, {}], ids=["an hour", "no duration"])
def test_an_event_that_starts_now_keeps_the_start_of_the_first_poll(period: dict[str, str]) -> None:
    """Every poll has its own now; a call of one hour moved along with the polls and never ended."""
    value = undated(20_000, intervalPeriod={"start": "0001-01-01"} | period)
    first, *later = polled_at(*((at, value) for at in ATS))
    assert (" start=2026-07-14T18:30Z" in first[0], later) == (True, [[], []])


def test_an_edit_of_such_an_event_changes_what_was_edited_alone() -> None:
    more = {"modificationDateTime": "2026-07-14T18:30:30Z"}
    _, (line,) = polled_at((ATS[0], undated(20_000)), (ATS[1], undated(10_000, **more)))
    assert line == (
        "2026-07-14T18:30:30Z s1 dispatch-amended dispatch=adr-e-1 target=10MW"
        " external_version=2026-07-14T18:30:30Z"
    )


def test_an_alert_that_starts_now_is_declared_once() -> None:
    value = undated(1, kind=ALERT, units=None)
    first, *later = polled_at(*((at, value) for at in ATS), **MEANT)
    assert (first, later) == ([notice("2026-07-14T18:30Z", "2026-07-14T19:30Z")], [[], []])


# --- defaults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zero", ["PT0S", "P0D", "PT0H", "P0Y0M0DT0H0M0S", "-PT0S", "PT0.0S"])
def test_a_duration_of_zero_beside_an_event_is_the_schema_s_default(zero: str) -> None:
    """Clients generated from the OpenAPI write it into every event: nothing is called off by it."""
    found = read([event(20_000, duration=zero)])
    assert (lines(found)[0].split()[2], found.notes) == (
        "dispatch-notified",
        (f"f.json: event 'e-1' states duration {zero}, the schema's default: it is read as not given",),
    )


def test_a_duration_that_is_negative_is_refused() -> None:
    """The schema's pattern allows a sign."""
    found = read([event(20_000, intervalPeriod={"start": START, "duration": "-PT1H"})])
    assert "is negative, and nothing ends before it begins: '-PT1H'" in str(found.problems[0])


def test_a_duration_of_zero_cancels_no_recorded_dispatch() -> None:
    _, found = polled([event(20_000)], [event(20_000, duration="PT0S")])
    assert lines(found) == []


OPEN = [{"start": "0001-01-01"}, {"start": "0001-01-01", "duration": None}, {"start": "0001-01-01T00:00:00Z"}]
UNSAID = "states no duration: it is taken to last until it is edited, called off or deleted"


@pytest.mark.parametrize("more", [{}, {"duration": "PT0S"}], ids=["", "default of the event"])
@pytest.mark.parametrize("inside", [False, True], ids=["of the event", "of its interval"])
@pytest.mark.parametrize("period", OPEN, ids=str)
def test_an_event_that_starts_now_and_says_no_duration_lasts_until_it_is_edited(
    period: dict[str, Any], inside: bool, more: dict[str, Any]
) -> None:
    """The schema's default of a duration is PT0S, by which User Guide 3.1.0 calls events off (7.9). What an
    event leaves out does not call it off: a new call for load is never dropped, and has no end that was said.
    """
    said = event(20_000, intervalPeriod=period, **more)
    if inside:
        said["intervals"][0]["intervalPeriod"] = said.pop("intervalPeriod")
    found = read([said])
    assert (lines(found)[0].split()[2:], found.problems, UNSAID in found.notes[-1]) == (
        [
            "dispatch-notified",
            "dispatch=adr-e-1",
            "dispatch_class=emergency",
            "mode=reduce-to",
            "target=20MW",
            "start=2026-07-14T17:00Z",
            "external_id=e-1",
            "external_version=2026-07-14T17:00:00Z",
        ],
        (),
        True,
    )


def test_an_event_that_starts_at_an_instant_and_says_no_duration_has_no_end_either() -> None:
    found = read([event(20_000, intervalPeriod={"start": START})])
    assert (" stop=" in lines(found)[0], UNSAID in found.notes[-1]) == (False, True)


def test_the_duration_of_the_event_ends_an_interval_that_says_none() -> None:
    found = read([event(20_000, intervalPeriod={"start": START}, duration="PT2H")])
    assert (" stop=2026-07-14T20:00Z" in lines(found)[0], found.notes) == (True, ())


def test_an_open_event_ends_when_it_is_called_off() -> None:
    off = called_off(CALLED_OFF[0], False)
    _, found = polled([event(20_000, intervalPeriod={"start": "0001-01-01"})], [off])
    assert [line.split()[2] for line in lines(found)] == ["dispatch-cancelled"]


def test_what_follows_an_interval_without_a_duration_needs_a_start() -> None:
    """An interval begins where the one before ends, and nobody says where that is."""
    said = event(20_000, intervalPeriod={"start": START})
    said["intervals"].append({"id": 1, "payloads": [{"type": "DISPATCH_SETPOINT", "values": [5]}]})
    assert "interval 1: follows one that has no end; give its start" in str(read([said]).problems[0])


@pytest.mark.parametrize("zero", ["PT0S", "P0Y0M0DT0H0M0S", "PT0H0M0S"])
def test_a_start_that_is_randomized_by_nothing_is_no_randomization(zero: str) -> None:
    period = {"start": START, "duration": "PT1H", "randomizeStart": zero}
    assert read([event(20_000, intervalPeriod=period)]).notes == ()


# --- versions -----------------------------------------------------------------------------------------------


def version(fraction: str, kilowatts: int) -> list[dict[str, Any]]:
    return [event(kilowatts, modificationDateTime=f"2026-07-14T17:10:20{fraction}Z")]


@pytest.mark.parametrize(("newer", "older"), [(".893", ".137"), (".137000001", ".137"), (".1", "")])
def test_of_two_versions_within_one_second_the_later_one_stands(newer: str, older: str) -> None:
    """Servers write microseconds; facts hold whole seconds, and the order is that of the full stamps."""
    _, found = polled(version(newer, 10_000), version(older, 20_000))
    assert (lines(found), "is older than what is recorded" in found.notes[-1]) == ([], True)


def test_a_later_version_within_the_same_second_amends() -> None:
    _, found = polled(version(".137", 20_000), version(".893", 10_000))
    assert [line.split()[2:5] for line in lines(found)] == [
        ["dispatch-amended", "dispatch=adr-e-1", "target=10MW"]
    ]


def test_a_version_of_the_year_1_is_none() -> None:
    """The zero time that a server in Go writes for a member it never set drops no call."""
    found = read([event(20_000, modificationDateTime="0001-01-01T00:00:00Z")])
    assert ("external_version" in lines(found)[0], found.problems) == (False, ())


# --- payloads whose meaning no event says -------------------------------------------------------------------

RELATIVE = "DISPATCH_SETPOINT_RELATIVE"


@pytest.mark.parametrize("value", [500, -500, 0])
def test_a_relative_setpoint_is_refused_without_what_it_means(value: int) -> None:
    """OpenADR 3.1.0 calls it the relative change of consumption; programs write reductions as positive."""
    found = read([event(value, kind=RELATIVE)])
    assert (found.claims, "add --relative change or --relative reduce-by" in str(found.problems[0])) == (
        (),
        True,
    )


@pytest.mark.parametrize(
    ("relative", "value", "called"),
    [
        ("change", -500, ["target=500kW"]),
        ("reduce-by", 500, ["target=500kW"]),
        ("change", 500, []),
        ("change", 0, []),
    ],
)
def test_a_relative_setpoint_is_read_as_it_is_said_to_be_meant(
    relative: str, value: int, called: list[str]
) -> None:
    found = read([event(value, kind=RELATIVE)], OPTIONS._replace(relative=relative))
    assert ([word for line in lines(found) for word in line.split() if "target" in word], found.problems) == (
        called,
        (),
    )


def test_a_negative_reduction_is_refused() -> None:
    found = read([event(-500, kind=RELATIVE)], OPTIONS._replace(relative="reduce-by"))
    assert "must be a number of kW from 0 on" in str(found.problems[0])


OWN = "CONSUMPTION_POWER_LIMIT"


@pytest.mark.parametrize(
    ("units", "unit", "watts"),
    [
        ("KW", None, 20_000),
        ("kW", None, 20_000),
        ("W", "W", 20),
        ("MW", None, 20_000_000),
        (None, "kW", 20_000),
    ],
)
def test_a_payload_type_of_the_operator_s_own_sets_the_power_it_is_said_to(
    units: str | None, unit: str | None, watts: int
) -> None:
    options = OPTIONS._replace(setpoints=(Setpoint(OWN, "reduce-to", unit),))
    (claim,) = read([event(20, kind=OWN, units=units)], options).claims
    assert isinstance(claim.body, DispatchNotified)
    assert (claim.body.dispatch, claim.body.mode, claim.body.target_w) == (
        "adr-e-1--consumption-power-limit",
        "reduce-to",
        watts,
    )


@pytest.mark.parametrize(
    ("units", "unit", "message"),
    [
        (
            None,
            None,
            f"has no unit: the event's or its program's payloadDescriptors must say KW, or --setpoint {OWN}=reduce-to:KW",
        ),
        ("MW", "kW", "is in 'MW' by its payloadDescriptors and in 'kW' by --setpoint"),
        ("HP", None, "is in 'HP'; power is read in W, kW, KW, MW"),
    ],
)
def test_a_unit_that_is_not_known_for_sure_is_refused(
    units: str | None, unit: str | None, message: str
) -> None:
    options = OPTIONS._replace(setpoints=(Setpoint(OWN, "reduce-to", unit),))
    found = read([event(20, kind=OWN, units=units)], options)
    assert (found.claims, message in str(found.problems[0])) == ((), True)


def test_a_payload_type_that_nothing_is_said_of_is_a_note() -> None:
    assert read([event(20, kind=OWN)]).notes == (f"f.json: {OWN} has no meaning here and is not recorded",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"setpoints": (Setpoint(OWN, "limit"),)}, "must be reduce-to or reduce-by: 'limit'"),
        ({"setpoints": (Setpoint(OWN, "reduce-to", "GW"),)}, "unit must be one of W, kW, KW, MW: 'GW'"),
        ({"setpoints": (Setpoint("SIMPLE", "reduce-to"),)}, "has a meaning already"),
        ({"setpoints": (Setpoint("DISPATCH_SETPOINT", "reduce-by"),)}, "is reduce-to in OpenADR 3.1.0"),
        ({"relative": "up"}, "--relative must be reduce-by or change: 'up'"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_a_file_is_read(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(Malformed, match=message):
        read([event(20)], OPTIONS._replace(**options))
