"""Notices of grid operators: postings, messages and notifications as each operator publishes them."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import Malformed
from ledger.exchange.grid_notices.notice import NoticeOptions, NoticeSource
from ledger.exchange.grid_notices.reader import read
from ledger.exchange.grid_notices.sources import SOURCES
from ledger.exchange.reading import Reading
from ledger.kinds import GridNoticePublished
from tests.support.story_facts import body_of

POSTING = (
    "Msg ID: {id}\nMessage Type: {type}\nPriority: Alert\nEffective Start Time: {start}\n"
    "Effective End Time: {stop}\nRegions\n{regions}\n{text}\n"
)
ROW = (
    '<tr><td class="datetime">{time}</td><td class="summary">{text}</td><td class="type">{type}</td>'
    '<td class="priority">{status}</td></tr>\n'
)
SENTENCE = (
    "The MISO Reliability Coordinator is {verb} {what} effective from {start} EST until {stop} EST for the following"
    " entities: {area}."
)


def pjm(text: str = "", **said: str) -> str:
    usual = {"id": "104712", "type": "Hot Weather Alert", "start": "07.13.2026 16:25", "stop": ""}
    return POSTING.format_map(usual | {"regions": "PJM-RTO", "text": text} | said)


def ercot(text: str, time: str, type: str = "Watch", status: str = "Active") -> str:
    return ROW.format(text=text, time=time, type=type, status=status)


def miso(what: str, **said: str) -> str:
    usual = {"verb": "declaring a", "start": "07/14/2026 14:00", "stop": "07/14/2026 20:00"}
    return SENTENCE.format_map({"what": what, "area": "MISO Balancing Authority Area"} | usual | said)


def reading(source: str, text: str, name: str = "f20260714123000.html", **options: Any) -> Reading:
    return read(text.encode(), name, NoticeOptions(source, **options))


def notices(found: Reading) -> list[GridNoticePublished]:
    return [body_of(claim, GridNoticePublished) for claim in found.claims]


def told(found: Reading) -> list[tuple[str, str, str]]:
    return [(one.state, one.start, one.stop or "") for one in notices(found)]


def fault(source: str, text: str, name: str = "f20260714123000.html", **options: object) -> str:
    (problem,) = reading(source, text, name, **options).problems
    return str(problem)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_reads_its_own_example(source: NoticeSource) -> None:
    found = reading(source.name, "\n".join(source.example), source.example_name)
    assert (tuple(told(found)), found.problems) == (source.says, ())


# --- PJM ----------------------------------------------------------------------------------------------------


def test_an_alert_of_the_day_before_is_in_force_in_the_hours_that_its_text_names() -> None:
    """Posted at 16:25 on Monday for all of Tuesday; the effective start is the time of the posting."""
    alert = pjm(
        "A Hot Weather Alert has been issued from 07:00 on 07.14.2026 through 21:00 on 07.14.2026.",
    )
    (claim,) = reading("pjm", alert).claims
    assert (claim.at, *told(reading("pjm", alert))) == (
        "2026-07-13T20:25:00Z",
        ("weather-alert", "2026-07-14T11:00:00Z", "2026-07-15T01:00:00Z"),
    )


def test_a_posting_that_ends_before_the_hours_of_its_text_ends_then() -> None:
    """Called off at 15:00 for the rest of the day."""
    alert = pjm(
        "A Hot Weather Alert has been issued from 07:00 on 07.14.2026 through 21:00 on 07.14.2026.",
        stop="07.14.2026 15:00",
    )
    assert told(reading("pjm", alert)) == [("weather-alert", "2026-07-14T11:00:00Z", "2026-07-14T19:00:00Z")]


def test_a_posting_that_is_cancelled_before_its_hours_lasts_no_time() -> None:
    alert = pjm(
        "A Hot Weather Alert has been issued from 07:00 on 07.14.2026 through 21:00 on 07.14.2026.",
        stop="07.13.2026 18:00",
    )
    assert told(reading("pjm", alert)) == [("weather-alert", "2026-07-14T11:00:00Z", "2026-07-14T11:00:00Z")]


def test_a_posting_that_is_cancelled_before_its_hours_is_told_of() -> None:
    """It is recorded as a notice of no duration, which the page does not show by itself."""
    alert = pjm(
        "A Hot Weather Alert has been issued from 07:00 on 07.14.2026 through 21:00 on 07.14.2026.",
        stop="07.13.2026 18:00",
    )
    assert reading("pjm", alert).notes == (
        "f20260714123000.html: posting 104712 was withdrawn at 07.13.2026 18:00, before its hours began: recorded"
        " with no time in force",
    )


def test_a_posting_that_ends_before_it_starts_is_refused_with_both_times() -> None:
    """Once it was recorded as over at its start: an end that no page stated."""
    page = pjm(start="07.15.2026 16:25", stop="07.14.2026 10:00")
    assert (
        ":1: posting 104712 Effective End Time '07.14.2026 10:00' is before Effective Start Time"
        " '07.15.2026 16:25'; it must be at or after it, or blank"
    ) in fault("pjm", page)


def test_a_posting_that_is_refused_for_its_end_is_not_recorded() -> None:
    assert reading("pjm", pjm(start="07.15.2026 16:25", stop="07.14.2026 10:00")).claims == ()


def test_hours_of_a_text_that_end_before_they_begin_are_refused() -> None:
    alert = pjm("It has been issued from 21:00 on 07.14.2026 through 07:00 on 07.14.2026.")
    assert "from '07.14.2026 21:00' through '07.14.2026 07:00', which is before" in fault("pjm", alert)


def test_a_drill_is_no_condition_of_the_grid() -> None:
    drill = pjm(type="DRILL - Manual Load Dump Action", start="07.14.2026 10:00", stop="07.14.2026 11:00")
    found = reading("pjm", drill)
    assert (found.claims, found.notes) == ((), ("f20260714123000.html: posting 104712 is a drill",))


def test_a_page_that_speaks_of_drills_below_its_postings_makes_none_of_them_one() -> None:
    page = pjm("A Hot Weather Alert has been issued." + " Contacts." * 40) + "Next drill: October 2026"
    assert len(reading("pjm", page).claims) == 1


@pytest.mark.parametrize(
    ("wording", "state"),
    [
        ("Maximum Generation Emergency/Load Management Alert - Capacity Emergency - NERC EEA 1", "eea1"),
        ("Maximum Generation Emergency Action", "max-gen"),
        ("Pre-Emergency Load Mgmt Reduction Action", "max-gen"),
        ("Emergency Load Mgmt Reduction Action", "eea2"),
        ("Deploy All Resources Action", "eea2"),
        ("Manual Load Dump Warning", "eea2"),
        ("Manual Load Dump Action", "load-shed"),
        ("Cold Weather Alert", "weather-alert"),
        ("Conservative Operations", "conservative-operations"),
        ("Voltage Reduction Alert", "resource-alert"),
    ],
)
def test_types_of_postings_are_states_by_manual_13(wording: str, state: str) -> None:
    assert told(reading("pjm", pjm(type=wording)))[0][0] == state


def test_a_local_overload_is_no_condition_of_the_grid() -> None:
    found = reading("pjm", pjm(type="Post Contingency Local Load Relief Warning", regions="DOM"))
    assert (found.claims, found.problems) == ((), ())


def test_a_posting_about_a_part_of_the_grid_is_recorded_where_the_part_is_asked_for() -> None:
    """EEA 2 in the Mid-Atlantic is no condition of a site in Ohio."""
    part = pjm(type="Emergency Load Mgmt Reduction Action", regions="Mid-Atlantic, DOM")
    counts = [len(reading("pjm", part, areas=areas).claims) for areas in ((), ("ATSI",), ("dom",))]
    assert counts == [0, 0, 1]


def test_a_type_that_is_not_known_is_told_with_its_place_and_what_would_be_right() -> None:
    page = pjm() + pjm(id="104713", type="Emergency Use of Back-Up Generator Action")
    (problem,) = reading("pjm", page).problems
    assert (problem.line, problem.message) == (
        9,
        "posting 104713: 'Emergency Use of Back-Up Generator Action' is worded in a way that has no meaning here; if it"
        ' is a condition of the grid, give its state: --alert "Emergency Use of Back-Up Generator Action=eea1", one of'
        " normal, weather-alert, resource-alert, conservative-operations, max-gen, eea1, eea2, eea3, load-shed; if it"
        " is none: =none",
    )


@pytest.mark.parametrize(("state", "recorded"), [("eea2", ["eea2"]), ("none", [])])
def test_the_operator_of_a_site_may_say_what_a_new_type_means(state: str, recorded: list[str]) -> None:
    given = (("back-up generator action", state),)
    page = pjm(type="Emergency Use of Back-Up Generator Action")
    found = reading("pjm", page, states=given)
    assert ([state for state, _, _ in told(found)], found.problems) == (recorded, ())


@pytest.mark.parametrize(
    ("start", "instant"),
    [
        ("03.08.2026 01:59", "2026-03-08T06:59:00Z"),
        ("03.08.2026 03:00", "2026-03-08T07:00:00Z"),
        ("11.01.2026 00:59", "2026-11-01T04:59:00Z"),
        ("11.01.2026 02:00", "2026-11-01T07:00:00Z"),
    ],
)
def test_pjm_writes_eastern_prevailing_time(start: str, instant: str) -> None:
    """An hour is skipped on 8 March and repeated on 1 November 2026."""
    assert told(reading("pjm", pjm(start=start)))[0][1] == instant


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ("03.08.2026 02:30", "does not exist in America/New_York"),
        ("11.01.2026 01:30", "happens twice in America/New_York"),
        ("13.01.2026 01:30", "is not a time that exists"),
    ],
)
def test_a_time_that_is_none_or_two_is_not_guessed(start: str, why: str) -> None:
    assert why in fault("pjm", pjm(start=start))


def test_a_board_without_postings_says_nothing() -> None:
    found = reading("pjm", "<table><tr><td>No records found.</td></tr></table>")
    assert (found.claims, found.problems) == ((), ())


# --- ERCOT --------------------------------------------------------------------------------------------------


def test_a_message_holds_until_the_one_that_cancels_it() -> None:
    """EEA 2 on 6 September 2023 from 19:25 to 20:37 Central."""
    text = "ERCOT has declared EEA Level 2."
    page = ercot(f"ERCOT is cancelling the following notice: {text}", "Sep 06, 2023 8:37:00 PM")
    page += ercot(text, "Sep 06, 2023 7:25:00 PM", status="Cancelled")
    assert told(reading("ercot", page)) == [("eea2", "2023-09-07T00:25:00Z", "2023-09-07T01:37:00Z")]


def test_a_message_that_is_active_has_no_end() -> None:
    assert told(reading("ercot", ercot("ERCOT has declared EEA Level 1.", "Aug 12, 2026 3:04:05 PM"))) == [
        ("eea1", "2026-08-12T20:04:05Z", "")
    ]


def test_a_cancelled_message_without_its_cancellation_ends_when_the_page_was_saved() -> None:
    page = ercot("ERCOT has declared EEA Level 1.", "Aug 12, 2026 3:00:00 PM", status="Cancelled")
    assert told(reading("ercot", page, at="2026-08-12T23:00:00Z"))[0][2] == "2026-08-12T23:00:00Z"


def test_a_cancelled_message_of_a_page_without_a_time_is_not_given_an_end() -> None:
    page = ercot("ERCOT has declared EEA Level 1.", "Aug 12, 2026 3:00:00 PM", status="Cancelled")
    assert "no message in the file says when: add --at" in fault("ercot", page)


@pytest.mark.parametrize(
    ("type", "text", "states"),
    [
        ("Watch", "ERCOT has issued a Watch for a projected reserve capacity shortage.", ["resource-alert"]),
        ("OCN", "ERCOT is issuing an OCN for extreme cold weather.", ["weather-alert"]),
        (
            "Advisory",
            "ERCOT is issuing an Advisory due to Physical Responsive Capability.",
            ["resource-alert"],
        ),
        ("Advisory", "ERCOT has issued a Voluntary Conservation Notice.", ["resource-alert"]),
        ("Emergency", "Emergency Notice for a Transmission Emergency.", ["conservative-operations"]),
        ("Emergency", "ERCOT has moved from EEA Level 3 to EEA Level 2.", ["eea2"]),
        ("Watch", "ERCOT has issued a Watch due to the failure of the SCED process.", []),
        ("Operational Information", "The DC_E DC Tie will be unavailable in extreme weather.", []),
        ("OCN", "This is only a test of emergency messages, EEA Level 3.", []),
    ],
)
def test_what_an_ercot_message_is_about_decides_and_not_its_type(
    type: str, text: str, states: list[str]
) -> None:
    """A Watch may be about a failed dispatch run, and a test of messages names a level."""
    found = reading("ercot", ercot(text, "Aug 12, 2026 3:04:05 PM", type))
    assert ([state for state, _, _ in told(found)], found.problems) == (states, ())


def test_the_end_of_an_emergency_is_not_taken_for_its_beginning() -> None:
    page = ercot("ERCOT has terminated EEA Level 2.", "Aug 12, 2026 3:04:05 PM", "Emergency")
    assert "tells of the end of an energy emergency" in fault("ercot", page)


@pytest.mark.parametrize(
    ("time", "instant"),
    [
        ("Mar 08, 2026 1:59:59 AM", "2026-03-08T07:59:59Z"),
        ("Mar 08, 2026 3:00:00 AM", "2026-03-08T08:00:00Z"),
        ("Nov 01, 2026 12:30:00 AM", "2026-11-01T05:30:00Z"),
        ("Nov 01, 2026 2:00:00 AM", "2026-11-01T08:00:00Z"),
        ("Jul 14, 2026 12:00:00 PM", "2026-07-14T17:00:00Z"),
    ],
)
def test_ercot_writes_central_prevailing_time(time: str, instant: str) -> None:
    assert told(reading("ercot", ercot("EEA Level 1", time)))[0][1] == instant


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("ercot", "save the page Operations Messages"),
        ("pjm", "save the dashboard or a posting"),
        ("miso", "save a real-time notification"),
    ],
)
def test_a_page_of_something_else_is_told_what_to_save(source: str, why: str) -> None:
    assert why in fault(source, "<p>Market notices</p>")


# --- MISO ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["01/14/2026", "07/14/2026"])
def test_miso_writes_eastern_standard_time_all_year(day: str) -> None:
    """14:00 EST is 19:00 UTC, in July too."""
    text = miso("Capacity Advisory", start=f"{day} 14:00", stop=f"{day} 20:00")
    assert told(reading("miso", text))[0][1][11:] == "19:00:00Z"


def test_a_notification_is_published_when_its_page_was_named() -> None:
    """MaxGenEventStep1a20170922013400: 22 September 2017, 01:34 EST."""
    text = miso("Maximum Generation Event Step 1a", start="09/22/2017 14:00", stop="09/22/2017 20:00")
    (claim,) = reading("miso", text, "MaxGenEventStep1a20170922013400.aspx").claims
    assert claim.at == "2017-09-22T06:34:00Z"


def test_a_notification_of_which_nobody_knows_when_it_was_published_is_not_recorded() -> None:
    assert "does not state when it was published" in fault("miso", miso("Capacity Advisory"), "mail.txt")


@pytest.mark.parametrize(
    ("day", "states"),
    [
        ("05/31/2026", ["eea1", "eea2", "eea2", "eea2", "eea3"]),
        ("06/01/2026", ["eea1", "eea2", "eea3", None, None]),
    ],
)
def test_the_steps_of_an_event_mean_other_levels_since_june_2026(day: str, states: list[str | None]) -> None:
    """Step 3 was EEA 2 and is EEA 3; steps 4 and 5 are no more (MISO KA-01551)."""
    texts = [
        miso(f"Maximum Generation Event Step {step}", start=f"{day} 14:00", stop=f"{day} 20:00")
        for step in range(1, 6)
    ]
    found = [told(reading("miso", text)) for text in texts]
    assert [one[0][0] if one else None for one in found] == states


def test_an_extension_is_a_notice_of_its_own() -> None:
    text = miso(
        "Conservative Operations", verb="EXTENDING", start="09/21/2017 20:00", stop="09/26/2017 20:00"
    )
    assert told(reading("miso", text)) == [
        ("conservative-operations", "2017-09-22T01:00:00Z", "2017-09-27T01:00:00Z")
    ]


def test_a_declaration_for_a_part_of_miso_is_recorded_where_the_part_is_asked_for() -> None:
    text = miso("Capacity Advisory", area="MISO South Region")
    assert [len(reading("miso", text, areas=areas).claims) for areas in ((), ("South",))] == [0, 1]


def test_two_areas_of_one_minute_are_two_notices() -> None:
    """Sent together to the north and to the south, each with its own end."""
    text = miso("Capacity Advisory", area="MISO South Region") + " "
    text += miso("Capacity Advisory", area="MISO North Region", stop="07/14/2026 22:00")
    found = reading("miso", text, areas=("north", "south"))
    assert len({one.notice for one in notices(found)}) == 2


# --- CSV, and what is not read ------------------------------------------------------------------------------

HEAD = "authority,notice,published,start,stop,wording,state\n"


def test_words_of_spp_are_known_in_a_csv_file() -> None:
    rows = "SWPP,1,2026-07-01T12:00Z,2026-07-01T13:00Z,,Conservative Operations Advisory,\n"
    assert told(reading("csv", HEAD + rows)) == [("conservative-operations", "2026-07-01T13:00:00Z", "")]


def test_normal_operation_is_declared_and_no_notice() -> None:
    rows = "SWPP,1,2026-07-01T12:00Z,2026-07-01T13:00Z,,Normal Operations,\n"
    (claim,) = reading("csv", HEAD + rows).claims
    assert (claim.kind, claim.at) == ("grid-condition-declared.v1", "2026-07-01T13:00:00Z")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("SWPP,1,2026-07-01T12:00,2026-07-01T13:00Z,,EEA1,", "published needs Z, an offset or a [zone]"),
        ("SWPP,1,2026-07-01T12:00Z,2026-07-01T13:00Z,2026-07-01T12:00Z,EEA1,", "is before start"),
        ("SWPP,1,2026-07-01T12:00Z,2026-07-01T13:00Z,,EEA1,eea4", "state must be one of"),
        ("SWPP,,2026-07-01T12:00Z,2026-07-01T13:00Z,,EEA1,", "needs an authority such as SWPP"),
        ("SWPP,1,2026-07-01T12:00Z,2026-07-01T13:00Z,,Orange,", "has no meaning here"),
        ("SWPPX,1,2026-07-01T12:00Z,2026-07-01T13:00Z,,Resource Advisory,", "did you mean SWPP?"),
        ("XX,1,2026-07-01T12:00Z,2026-07-01T13:00Z,,Orange,", "authority 'XX' is none whose words are known"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_and_the_others_are_read(row: str, why: str) -> None:
    good = "SWPP,2,2026-07-01T12:00Z,2026-07-01T13:00Z,,EEA1,\n"
    found = reading("csv", HEAD + good + row + "\n")
    assert (len(found.claims), found.problems[0].line, why in str(found.problems[0])) == (1, 3, True)


@pytest.mark.parametrize(
    ("source", "why"),
    [("spp", "prose only"), ("eia930", "import csv --dialect"), ("pjn", "did you mean pjm")],
)
def test_a_publication_that_is_not_read_is_told_where_it_goes(source: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        reading(source, "")


def test_long_ids_that_begin_alike_are_two_notices() -> None:
    rows = "".join(
        f"SWPP,{'grid notice of the year ' * 4}{n},2026-07-01T12:00Z,2026-07-01T13:00Z,,EEA1,\n" for n in "12"
    )
    names = {one.notice for one in notices(reading("csv", HEAD + rows))}
    assert len(names) == 2
