"""OpenADR 3.1.0 events: what calls for less load becomes a dispatch, to the watt and the second; the rest is
said, and hostile files are Problems.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import calendar
from ledger.errors import Malformed
from ledger.exchange import story
from ledger.exchange.openadr import events, writer
from ledger.exchange.openadr.event_options import CALLS, EventOptions, Level
from ledger.exchange.openadr.times import duration_s, format_duration
from ledger.exchange.reading import Reading
from ledger.kinds import DispatchNotified, GridConditionDeclared, GridNoticePublished, IntervalsRecorded

AT = "2026-07-14T17:00:00Z"
OPTIONS = EventOptions("s1", dispatch_class="emergency", at=AT, authority="SOCO", relative="reduce-by")
START = "2026-07-14T18:00:00Z"


def payload(kind: str, *values: Any) -> dict[str, Any]:
    return {"type": kind, "values": list(values)}


def interval(*payloads: Any, **period: Any) -> dict[str, Any]:
    return {"id": 0, "payloads": list(payloads)} | ({"intervalPeriod": period} if period else {})


def event(*intervals: Any, **more: Any) -> dict[str, Any]:
    units = [{"payloadType": kind, "units": "KW"} for kind in CALLS if kind != "SIMPLE"]
    said = {
        "id": "e-1",
        "programID": "44",
        "payloadDescriptors": units,
        "intervalPeriod": {"start": START, "duration": "PT1H"},
        "intervals": list(intervals),
    }
    return {name: value for name, value in (said | more).items() if value is not None}


def read(value: Any, options: EventOptions = OPTIONS) -> Reading:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return events.read(data, "f.json", options)


def calls(found: Reading) -> list[tuple[str, str, int, str, str]]:
    """Name, mode, watts, start and stop of each dispatch, times without date and seconds."""
    bodies = [claim.body for claim in found.claims if isinstance(claim.body, DispatchNotified)]
    return [
        (b.dispatch, b.mode, b.target_w, b.start[11:16], (b.stop or " " * 11 + "never")[11:16])
        for b in bodies
    ]


def messages(found: Reading) -> list[str]:
    return [str(problem).removeprefix("f.json: event 'e-1': ") for problem in found.problems]


SETPOINT = payload("DISPATCH_SETPOINT", 20_000.5)


@pytest.mark.parametrize(
    ("said", "called"),
    [
        pytest.param(
            event(interval(SETPOINT)),
            [("adr-e-1", "reduce-to", 20_000_500, "18:00", "19:00")],
            id="kilowatts are watts",
        ),
        pytest.param(
            event(interval(payload("DISPATCH_SETPOINT_RELATIVE", 80))),
            [("adr-e-1--relative", "reduce-by", 80_000, "18:00", "19:00")],
            id="a relative setpoint reduces by",
        ),
        pytest.param(
            event(interval(payload("IMPORT_CAPACITY_LIMIT", 8), payload("EXPORT_CAPACITY_LIMIT", 6))),
            [("adr-e-1--limit", "reduce-to", 8_000, "18:00", "19:00")],
            id="an import limit reduces to, an export limit says nothing of load",
        ),
        pytest.param(
            event(interval(SETPOINT), interval(SETPOINT), interval(payload("DISPATCH_SETPOINT", 1))),
            [
                ("adr-e-1", "reduce-to", 20_000_500, "18:00", "20:00"),
                ("adr-e-1--2", "reduce-to", 1_000, "20:00", "21:00"),
            ],
            id="intervals that ask for the same are one dispatch",
        ),
        pytest.param(
            event(interval(payload("DISPATCH_SETPOINT", 1, 1, 2, 3))),
            [
                ("adr-e-1", "reduce-to", 1_000, "18:00", "18:30"),
                ("adr-e-1--2", "reduce-to", 2_000, "18:30", "18:45"),
                ("adr-e-1--3", "reduce-to", 3_000, "18:45", "19:00"),
            ],
            id="packed values divide their interval",
        ),
        pytest.param(
            event(interval(SETPOINT, duration="PT30M"), interval(payload("DISPATCH_SETPOINT", 0))),
            [
                ("adr-e-1", "reduce-to", 20_000_500, "18:00", "18:30"),
                ("adr-e-1--2", "reduce-to", 0, "18:30", "19:30"),
            ],
            id="an interval's own duration comes before the event's, and the next follows on",
        ),
        pytest.param(
            event(
                interval(SETPOINT, start="2026-07-14T15:00:00-04:00"), intervalPeriod={"duration": "PT15M"}
            ),
            [("adr-e-1", "reduce-to", 20_000_500, "19:00", "19:15")],
            id="an offset is read",
        ),
        pytest.param(
            event(interval(SETPOINT), intervalPeriod={"start": START, "duration": "P9999Y"}),
            [("adr-e-1", "reduce-to", 20_000_500, "18:00", "never")],
            id="P9999Y has no end",
        ),
        pytest.param(
            event(interval(SETPOINT), intervalPeriod={"start": START, "duration": "P9999Y0M0DT0H0M0S"}),
            [("adr-e-1", "reduce-to", 20_000_500, "18:00", "never")],
            id="nor has it with its zeros, as openleadr-rs gives it back",
        ),
        pytest.param(
            event(interval(SETPOINT), intervalPeriod={"start": "0001-01-01T00:00:00", "duration": "PT1H"}),
            [("adr-e-1", "reduce-to", 20_000_500, "17:00", "18:00")],
            id="now is when it was called",
        ),
        pytest.param(
            event(interval(SETPOINT), interval(payload("DISPATCH_SETPOINT", 1)), duration="PT90M"),
            [
                ("adr-e-1", "reduce-to", 20_000_500, "18:00", "19:00"),
                ("adr-e-1--2", "reduce-to", 1_000, "19:00", "19:30"),
            ],
            id="the event's duration cuts its intervals off",
        ),
        pytest.param(
            event(interval(SETPOINT), interval(payload("DISPATCH_SETPOINT", 1)), duration="PT3H"),
            [
                ("adr-e-1", "reduce-to", 20_000_500, "18:00", "19:00"),
                ("adr-e-1--2", "reduce-to", 1_000, "19:00", "20:00"),
                ("adr-e-1--3", "reduce-to", 20_000_500, "20:00", "21:00"),
            ],
            id="or repeats them up to it",
        ),
    ],
)
def test_a_call_for_less_load_is_a_dispatch(said: dict[str, Any], called: list[Any]) -> None:
    assert (calls(read(said)), messages(read(said))) == (called, [])


def test_the_event_s_creation_is_when_it_was_called_and_its_version_is_its_modification() -> None:
    said = event(
        interval(SETPOINT),
        createdDateTime="2026-07-14T16:30:00.25Z",
        modificationDateTime="2026-07-14T16:45:00Z",
    )
    (claim,) = read(said).claims
    assert isinstance(claim.body, DispatchNotified)
    assert (claim.at, claim.body.external_id, claim.body.external_version) == (
        "2026-07-14T16:30:00Z",
        "e-1",
        "2026-07-14T16:45:00Z",
    )


def test_the_id_follows_from_the_event_alone_so_that_an_edit_is_no_new_dispatch() -> None:
    ids = {read(event(interval(payload("DISPATCH_SETPOINT", kw)))).claims[0].id for kw in (1, 2)}
    assert len(ids) == 1


def test_two_events_of_one_name_and_no_id_are_two_dispatches() -> None:
    names = {
        calls(read(event(interval(payload("DISPATCH_SETPOINT", kw)), id=None, eventName="Fast DR")))[0][0]
        for kw in (1, 2)
    }
    assert len(names) == 2
    assert all(name.startswith("adr-fast-dr-") for name in names)


def test_an_id_that_is_no_slug_is_named_without_doubt() -> None:
    names = {calls(read(event(interval(SETPOINT), id=id_)))[0][0] for id_ in ("A_b", "a-b", "a_B", "x" * 100)}
    assert len(names) == 4


def test_the_unit_may_stand_in_the_program() -> None:
    program = {
        "id": "44",
        "programName": "p",
        "payloadDescriptors": [{"payloadType": "DISPATCH_SETPOINT", "units": "KW"}],
    }
    assert calls(read([program, event(interval(SETPOINT), payloadDescriptors=None)]))


LEVELS = (Level("ilc", 0, 5_000_000), Level("ilc", 1_784_052_000 + 1800, 6_000_000))


def test_simple_levels_reduce_to_the_service_level_in_force_and_zero_to_nothing() -> None:
    said = event(
        interval(payload("SIMPLE", 1)), interval(payload("SIMPLE", 3)), interval(payload("SIMPLE", 0))
    )
    found = read(said, OPTIONS._replace(programs=((None, "ilc"),), levels=LEVELS))
    assert calls(found) == [
        ("adr-e-1--simple", "reduce-to", 5_000_000, "18:00", "19:00"),
        ("adr-e-1--simple--2", "reduce-to", 6_000_000, "19:00", "20:00"),
    ]


def test_programs_are_told_apart_by_the_vtn_s_id() -> None:
    both = [event(interval(SETPOINT)), event(interval(SETPOINT), id="e-2", programID="45")]
    found = read(both, OPTIONS._replace(programs=(("44", "ilc"), ("45", "dr"))))
    assert [claim.body.program for claim in found.claims if isinstance(claim.body, DispatchNotified)] == [
        "ilc",
        "dr",
    ]


def test_one_program_for_events_of_two_is_refused() -> None:
    both = [event(interval(SETPOINT)), event(interval(SETPOINT), id="e-2", programID="45")]
    assert "add" not in str(read(both, OPTIONS._replace(programs=((None, "ilc"),))).problems[0])
    assert "--program 44=NAME --program 45=NAME" in str(
        read(both, OPTIONS._replace(programs=((None, "ilc"),))).problems[0]
    )


def test_an_alert_with_an_end_is_a_notice_of_the_state_that_is_said_for_it() -> None:
    said = event(interval(payload("ALERT_GRID_EMERGENCY", "red")))
    (claim,) = read(said, OPTIONS._replace(alerts=(("ALERT_GRID_EMERGENCY", "eea3"),))).claims
    assert (claim.place, claim.body) == (
        "ba-soco",
        GridNoticePublished(
            balancing_authority="SOCO",
            notice="adr-e-1-grid-emergency-2026-07-14t18-00-00z",
            state="eea3",
            start=START,
            stop="2026-07-14T19:00:00Z",
            wording="ALERT_GRID_EMERGENCY",
        ),
    )


@pytest.mark.parametrize("period", [{"duration": "P9999Y"}, {}], ids=["forever", "no duration"])
def test_an_alert_without_end_declares_its_state_until_the_next_declaration(period: dict[str, str]) -> None:
    said = event(interval(payload("ALERT_GRID_EMERGENCY", "red")), intervalPeriod={"start": START} | period)
    (claim,) = read(said, OPTIONS._replace(alerts=(("ALERT_GRID_EMERGENCY", "eea3"),))).claims
    assert (claim.at, claim.place, claim.body) == (
        START,
        "ba-soco",
        GridConditionDeclared(balancing_authority="SOCO", state="eea3"),
    )


def test_an_alert_that_nothing_is_said_for_is_a_note() -> None:
    found = read(event(interval(payload("ALERT_FIRE", "smoke"))))
    assert (found.claims, found.problems, found.notes) == (
        (),
        (),
        ("f.json: ALERT_FIRE is not recorded: give the state it means with --alert ALERT_FIRE=STATE",),
    )


@pytest.mark.parametrize(
    "kind", ["PRICE", "GHG", "CONTROL_SETPOINT", "CHARGE_STATE_SETPOINT", "EXPORT_CAPACITY_LIMIT", "MY_OWN"]
)
def test_what_has_no_meaning_here_is_said_and_not_recorded(kind: str) -> None:
    found = read(event(interval(payload(kind, 1))))
    assert (found.claims, found.problems, found.notes) == (
        (),
        (),
        (f"f.json: {kind} has no meaning here and is not recorded",),
    )


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (event(interval(SETPOINT), payloadDescriptors=None), "has no unit"),
        (
            event(
                interval(SETPOINT), payloadDescriptors=[{"payloadType": "DISPATCH_SETPOINT", "units": "MW"}]
            ),
            "is in 'MW'",
        ),
        (event(interval(payload("DISPATCH_SETPOINT", -1))), "must be a number of kW from 0 on: '-1'"),
        (event(interval(payload("DISPATCH_SETPOINT", "5"))), "must be a number of kW from 0 on: '5'"),
        (event(interval(payload("DISPATCH_SETPOINT", True))), "must be a number of kW"),
        (event(interval(payload("DISPATCH_SETPOINT", 10**14))), "is beyond 2^53"),
        (event(interval(payload("DISPATCH_SETPOINT"))), "DISPATCH_SETPOINT has no value"),
        (event(interval(SETPOINT, SETPOINT)), "gives DISPATCH_SETPOINT twice"),
        (
            event(interval(payload("DISPATCH_SETPOINT", *range(7)))),
            "do not divide its duration into whole seconds",
        ),
        (event(interval(payload("SIMPLE", 1))), "add --program NAME"),
        (event(interval(payload("SIMPLE", 4))), "must be 0, 1, 2 or 3: '4'"),
        (event(interval(SETPOINT), intervalPeriod={"duration": "PT1H"}), "interval 0: has no start"),
        (
            event(interval(SETPOINT), intervalPeriod={"start": START, "duration": "P1M"}),
            "has years or months",
        ),
        (event(interval(SETPOINT), intervalPeriod={"start": START, "duration": "P12H"}), "is not a duration"),
        (
            event(interval(SETPOINT), intervalPeriod={"start": START, "duration": "PT0S"}),
            "that lasts no time",
        ),
        (
            event(interval(SETPOINT), intervalPeriod={"start": "2026-07-14T18:00:00", "duration": "PT1H"}),
            "needs Z or an offset",
        ),
        (
            event(interval(SETPOINT), intervalPeriod={"start": "2026-02-30T18:00:00Z", "duration": "PT1H"}),
            "is not a time that exists",
        ),
        (
            event(
                interval(SETPOINT), intervalPeriod={"start": "9999-12-31T23:59:59-14:00", "duration": "PT1H"}
            ),
            "outside the years",
        ),
        (event(interval(SETPOINT), interval(SETPOINT, start=START)), "intervals that overlap"),
        (
            event(interval(SETPOINT), interval(payload("DISPATCH_SETPOINT", 1)), duration="P9999Y"),
            "repeats 2 intervals without end",
        ),
        (
            event(interval(SETPOINT), interval(payload("DISPATCH_SETPOINT", 1)), duration="P30000D"),
            "more than 10,000 times",
        ),
        (
            event(interval(SETPOINT), modificationDateTime="yesterday"),
            "modificationDateTime is not a date-time",
        ),
        (event(interval(SETPOINT), programID=None), "is not an OpenADR object"),
        (event(interval(SETPOINT), id=7), "needs id, a string"),
        (event(interval("SETPOINT")), "a payload is"),
        (event(7), "interval 0 is not an object"),
        (event(intervals="7"), "intervals must be a list"),
    ],
)
def test_what_calls_for_less_load_and_cannot_be_read_says_what_would_be_right(
    said: Any, message: str
) -> None:
    found = read(said)
    assert found.claims == ()
    assert message in messages(found)[0]


def test_without_a_time_nothing_is_called() -> None:
    assert messages(read(event(interval(SETPOINT)), OPTIONS._replace(at=None))) == [
        "DISPATCH_SETPOINT does not state when it was called: add --at 2026-07-14T18:00Z"
    ]


REPORT = {
    "eventID": "e-1",
    "clientName": "us",
    "payloadDescriptors": [{"payloadType": "USAGE", "readingType": "DIRECT_READ", "units": "KWH"}],
    "resources": [
        {
            "resourceName": "r",
            "intervalPeriod": {"start": "2026-07-14T23:30:00Z", "duration": "PT15M"},
            "intervals": [
                interval(payload("USAGE", 0.012), payload("DATA_QUALITY", "OK")),
                interval(payload("USAGE", 1.5), payload("DATA_QUALITY", "ESTIMATED")),
                interval(payload("USAGE", 3)),
                interval(payload("USAGE", 4), payload("DATA_QUALITY", "MISSING")),
                interval(payload("USAGE", 5), payload("DATA_QUALITY", "BAD")),
            ],
        }
    ],
}


def test_the_usage_of_a_report_is_the_readings_of_the_meter_that_is_said() -> None:
    found = read(REPORT, OPTIONS._replace(meter="revenue"))
    bodies = [claim.body for claim in found.claims if isinstance(claim.body, IntervalsRecorded)]
    assert [(b.start[11:16], b.power_of_ten, b.values, b.quality) for b in bodies] == [
        ("23:30", 0, (12, 1500), (0, 8)),
        ("00:00", 3, (3,), (-1,)),
        ("00:30", 3, (5,), (10,)),
    ]


@pytest.mark.parametrize("reading", ["FORECAST", "PEAK", "MEAN", "ERROR"])
def test_what_was_not_read_as_energy_is_no_reading(reading: str) -> None:
    """The User Guide's capability and operational forecasts (8.7, 8.8) send USAGE of hours to come."""
    descriptor = {"payloadType": "USAGE", "readingType": reading, "units": "KWH"}
    found = read(REPORT | {"payloadDescriptors": [descriptor]}, OPTIONS._replace(meter="revenue"))
    assert (found.claims, found.problems, found.notes) == (
        (),
        (),
        (
            (
                f"f.json: report 'without name': USAGE of the readingType {reading!r} is not measured energy,"
                " and is not recorded"
            ),
        ),
    )


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (REPORT | {"payloadDescriptors": None}, "USAGE has no unit; payloadDescriptors must say KWH"),
        (
            REPORT | {"resources": [*REPORT["resources"], *REPORT["resources"]]},
            "has 2 resources (r, r), none named as the meter",
        ),
        (REPORT | {"resources": 7}, "resources must be a list"),
    ],
)
def test_a_report_that_cannot_be_read_says_what_would_be_right(said: Any, message: str) -> None:
    found = read(said, OPTIONS._replace(meter="revenue"))
    assert found.claims == ()
    assert message in str(found.problems[0])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[" * 100_000,
        b"{}" * 1_000_000,
        b'{"programID":"1","intervals":[],"duration":NaN}',
        b'{"programID":"1","duration":1e999999}',
        b'{"programID":"1","priority":9007199254740992}',
        b'{"programID":"1","programID":"2"}',
        b'\xef\xbb\xbf{"programID":"1"}',
        b'{"programID":"\xff"}',
        b"null",
        b"7",
        b'"event"',
        b"[null,7,[]]",
        b'{"objectType":"EVENT"}',
        b'{"programID":"1","id":"\\ud800","intervals":[{"payloads":[{"type":"SIMPLE","values":[1]}]}],"intervalPeriod":{"start":"0001-01-01","duration":"PT1H"}}',
    ],
    ids=lambda text: repr(text[:24]),
)
def test_hostile_json_is_a_problem_and_never_a_crash(text: bytes) -> None:
    found = read(text)
    assert (found.claims, len(found.problems) > 0) == ((), True)


def test_what_is_read_is_told_again_as_story_text() -> None:
    found = read(event(interval(SETPOINT)))
    assert story.parse(story.format_claim(found.claims[0])) == found.claims[0]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT1H30M", 5400), ("P1DT1S", 86_401), ("P2W", 1_209_600), ("PT90.0S", 90), ("PT0H", 0)],
)
def test_a_duration_is_whole_seconds(text: str, seconds: int) -> None:
    assert (duration_s(text), duration_s(format_duration(seconds))) == (seconds, seconds)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (OPTIONS._replace(dispatch_class="sometimes"), "--class must be one of emergency"),
        (OPTIONS._replace(alerts=(("ALERT_FIRE", "red"),)), "--alert ALERT_FIRE= must be one of normal"),
        (OPTIONS._replace(alerts=(("FIRE", "eea3"),)), "such as ALERT_GRID_EMERGENCY=eea3: 'FIRE'"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_anything_is_read(
    options: EventOptions, message: str
) -> None:
    with pytest.raises(Malformed, match=message):
        read([], options)


@pytest.mark.parametrize(
    ("said", "note"),
    [
        (event(interval(SETPOINT), targets=["VEN-99"]), "is for targets VEN-99: taken to be for site s1"),
        (
            event(
                interval(SETPOINT),
                targets=[
                    {"type": "RESOURCE_NAME", "values": ["LISA", "M"]},
                    {"type": "GROUP", "values": [81]},
                ],
            ),
            "is for targets RESOURCE_NAME LISA M, GROUP 81: taken to be for site s1",
        ),
        (event(interval(SETPOINT), priority=2), "has priority 2, which has no meaning here"),
        (event(interval(SETPOINT), priority=0), "has priority 0, which has no meaning here"),
        (
            event(
                interval(SETPOINT),
                intervalPeriod={"start": START, "duration": "PT1H", "randomizeStart": "PT5M"},
            ),
            "may start up to PT5M earlier or later (randomizeStart); the start is recorded as stated",
        ),
        (
            event(interval(SETPOINT), reportDescriptors=[{"payloadType": "USAGE"}]),
            "asks for reports of USAGE: export openadr writes them",
        ),
        (event(interval(SETPOINT), createdDateTime="14:13:26"), "createdDateTime is not a date-time"),
        (event(interval()), "has no payloads and calls for nothing"),
        (event(intervals=None), "has no intervals and calls for nothing"),
    ],
)
def test_what_an_event_says_beside_its_power_is_told(said: Any, note: str) -> None:
    found = read(said)
    assert found.problems == ()
    assert any(note in told for told in found.notes)


def test_a_power_between_watts_is_rounded_and_that_is_told() -> None:
    found = read(
        event(interval(payload("DISPATCH_SETPOINT", 0.0005)), interval(payload("DISPATCH_SETPOINT", 0.0015)))
    )
    assert ([watts for _, _, watts, _, _ in calls(found)], found.notes) == (
        [0, 2],
        ("f.json: a power is rounded to the watt (2 times)",),
    )


@pytest.mark.parametrize(
    ("value", "note"),
    [
        ({"programName": "p"}, "program 'p' states no terms of enrollment"),
        ({"objectType": "BL_VEN_REQUEST", "venName": "v"}, "ven objects are the VTN's own"),
        ({"resourceName": "r", "venID": "1"}, "resource objects are the VTN's own"),
        ({"objectType": "SUBSCRIPTION"}, "subscription objects are the VTN's own"),
        (REPORT, "is not recorded: name its meter with --meter"),
        (REPORT | {"resources": []}, "has no resources and so no readings"),
        (
            REPORT | {"resources": [{"resourceName": "r", "intervals": [interval(payload("READING", 1))]}]},
            "holds no USAGE",
        ),
    ],
)
def test_objects_that_record_nothing_say_why(value: Any, note: str) -> None:
    found = read(value)
    assert (found.claims, found.problems) == ((), ())
    assert note in found.notes[0]


def test_a_level_in_a_program_of_another_method_has_no_meaning() -> None:
    levels = (Level("ilc", 0, None),)
    found = read(
        event(interval(payload("SIMPLE", 1))), OPTIONS._replace(programs=((None, "ilc"),), levels=levels)
    )
    assert messages(found) == [
        "SIMPLE 1 has a meaning only in a firm-service-level program; 'ilc' is none at 2026-07-14T18:00:00Z"
    ]


def test_an_alert_needs_a_balancing_authority() -> None:
    options = OPTIONS._replace(alerts=(("ALERT_FIRE", "eea1"),), authority=None)
    assert (
        "has no balancing authority in this book"
        in messages(read(event(interval(payload("ALERT_FIRE", "x"))), options))[0]
    )


def test_a_poll_whose_events_have_no_ids_is_not_complete() -> None:
    listing = read([event(interval(SETPOINT), id=None)]).listing
    assert listing is None or listing.programs is None


def usage(*intervals: Any, **more: Any) -> dict[str, Any]:
    return REPORT | {"resources": [{"resourceName": "r", "intervals": list(intervals)} | more]}


PERIOD = {"intervalPeriod": {"start": "2026-07-14T23:30:00Z", "duration": "PT15M"}}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (usage(interval(payload("USAGE", "1")), **PERIOD), "USAGE at 2026-07-14T23:30:00Z is not a number"),
        (usage(interval(payload("USAGE", 1, 2)), **PERIOD), "has more than one USAGE"),
        (
            usage(interval(payload("USAGE", 1), payload("DATA_QUALITY", "FINE")), **PERIOD),
            "DATA_QUALITY must be OK",
        ),
        (usage(interval(payload("USAGE", 1), start=START, duration="P9999Y")), "without a duration"),
        (usage(interval(payload("USAGE", 1e-20)), **PERIOD), "has more digits than a reading can hold"),
        (usage(interval(payload("USAGE", 1), 7), **PERIOD), "a payload is"),
        (usage(interval(payload("USAGE", 1))), "has no start"),
    ],
)
def test_a_reading_that_cannot_be_one_is_a_problem(said: Any, message: str) -> None:
    found = read(said, OPTIONS._replace(meter="revenue"))
    assert found.claims == ()
    assert message in str(found.problems[0])


dispatches = st.builds(
    writer.Dispatch,
    name=st.just("adr-e-1"),
    mode=st.sampled_from(["reduce-to", "reduce-by"]),
    target_w=st.integers(0, 2**52),
    start=st.integers(0, 10**9).map(calendar.format_instant),
    stop=st.none() | st.integers(10**9 + 1, 2 * 10**9).map(calendar.format_instant),
    event=st.just("e-1"),
    program=st.none() | st.just("44"),
    created=st.integers(0, 2 * 10**9).map(calendar.format_instant),
    modified=st.just("2026-07-14T17:00:00Z"),
)


@given(dispatches)
def test_any_dispatch_written_as_an_event_is_read_as_it_was(one: writer.Dispatch) -> None:
    (claim,) = read(writer.encode(writer.events([one]))).claims
    body = claim.body
    assert isinstance(body, DispatchNotified)
    assert (claim.at, body.mode, body.target_w, body.start, body.stop or None) == (
        one.created,
        one.mode,
        one.target_w,
        one.start,
        one.stop,
    )
