"""Story text: what people write is read exactly, what is written reads back, and what is wrong says where and
why.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed
from ledger.exchange import story
from ledger.fields import fields_of
from ledger.kinds import (
    BY_TAG,
    KINDS,
    CurtailmentStarted,
    GridConditionDeclared,
    IncidentOpened,
    LeaseTermsRecorded,
    LoadBlockCommissioned,
)
from ledger.records import claim_json, envelope, wording
from ledger.records.envelope import Claim
from tests.support.making import any_claim, record_of, sample_body
from tests.support.story_facts import body_of, claimed

GOOD = "2026-07-14T18:00Z sandersville curtailment-started dispatch=d7 block=m1 depth=250MW"


@given(any_claim())
def test_every_claim_reads_back_from_its_line(claim: Claim) -> None:
    assert story.parse(story.format_claim(claim)) == claim


@given(any_claim())
def test_a_line_is_one_line_of_printable_text(claim: Claim) -> None:
    assert story.format_claim(claim).isprintable()


def test_no_two_fields_of_a_kind_have_one_key_in_story_text() -> None:
    keys = {kind.tag: [wording.story_key(field) for field in fields_of(kind.body)] for kind in KINDS}
    assert {
        tag: found
        for tag, found in keys.items()
        if len(found) != len({*found, *story.ENVELOPE}) - len(story.ENVELOPE)
    } == {}


def test_the_contracts_example_is_a_250_megawatt_curtailment() -> None:
    claim = story.parse(GOOD)
    assert claim is not None
    assert claim.body == CurtailmentStarted(dispatch="d7", block="m1", depth_w=250_000_000)


def test_the_same_fact_in_local_time_and_in_json_has_the_same_id() -> None:
    """2026-07-14T14:00[America/New_York] sandersville curtailment-started ..."""
    local = story.parse(GOOD.replace("18:00Z", "14:00[America/New_York]"))
    said = {
        "kind": "curtailment-started",
        "at": "2026-07-14T18:00:00Z",
        "site": "sandersville",
        "body": {"dispatch": "d7", "block": "m1", "depth_w": 250_000_000},
    }
    assert local is not None
    assert local.id == claim_json.claim_from_json(said).id


def test_a_balancing_authority_is_the_second_word() -> None:
    claim = claimed("2021-02-15T13:22Z ba-SWPP grid-condition-declared state=eea2")
    declared = body_of(claim, GridConditionDeclared)
    assert (claim.stream, declared.balancing_authority) == ("ba-swpp/grid", "SWPP")


def test_lease_tiers_are_months_or_days() -> None:
    claim = claimed(
        "2026-01-01T00:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2026-03-01"
        ' tiers=[2mo:1,60d:2] monthly_rent=1000000.00USD extension_causes=["force majeure"] notice_days=10'
    )
    tiers = body_of(claim, LeaseTermsRecorded).tiers or ()
    assert [(t.after_months or None, t.after_days or None) for t in tiers] == [
        (2, None),
        (None, 60),
    ]


def test_comments_and_blank_lines_say_nothing() -> None:
    text = f"# a heading\n\n   \n{GOOD} # and why\n"
    assert story.read(text.encode(), "july.story").claims == (story.parse(GOOD),)


def test_a_hash_inside_a_word_or_quotes_is_no_comment() -> None:
    claim = claimed('2026-07-14T18:00Z s1 incident-opened incident=i1 summary="breaker #4 open"')
    assert body_of(claim, IncidentOpened).summary == "breaker #4 open"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (GOOD.replace("250MW", "250"), "depth needs a unit (W, kW, MW, GW): '250'"),
        (
            GOOD.replace("depth=", "depth_w="),
            "unknown key 'depth_w': write depth= and put the unit on the value",
        ),
        (
            GOOD.replace("-started", "-start"),
            "unknown kind 'curtailment-start'; did you mean curtailment-started",
        ),
        (GOOD.replace("dispatch=d7 ", ""), "curtailment-started needs dispatch="),
        (GOOD + " colour=red", "curtailment-started has no 'colour'; it has dispatch, block, depth, load"),
        (GOOD + " depth=1MW", "depth is given twice"),
        (GOOD + " loose", "expected key=value, found 'loose'"),
        (GOOD.replace("block=m1", "block=M1"), "block must be 1 to 64 of a-z, 0-9 and -: 'M1'"),
        (GOOD.replace("250MW", "-1MW"), "depth must not be below 0: -1MW"),
        (GOOD.replace("d7", '"d7'), "dispatch has a quote that does not end"),
        (GOOD.replace("d7", '"d\\x7"'), r"dispatch has an unknown escape '\\x'; use"),
        (GOOD.replace("d7", '"\\u{d800}"'), r"dispatch has an escape that is not a character: \u{d800}"),
        (GOOD.replace("d7", 'd"7"'), "dispatch has a quote in the middle of 'd\"7\"'"),
        (GOOD.replace("d7", "[d7]"), "dispatch is one value, not a list"),
        (GOOD.replace("sandersville", "ledger"), "only the ledger itself writes the streams of 'ledger'"),
        (GOOD + " corrects=[x] reason=typo", "corrects must name records by id: 'x'"),
        (GOOD + " ref=7", "ref and sha256 belong to a source: add source=NAME"),
        (
            "2026-07-14T18:00Z s1 grid-condition-declared state=eea2",
            "grid-condition-declared belongs to a balancing authority",
        ),
        (
            "2026-07-14T18:00Z ba-SWPP grid-condition-declared state=EEA2",
            "state is one of normal, weather-alert",
        ),
        (
            "2026-07-14T18:00Z s1 program-test-recorded program=p passed=yes power=1MW",
            "passed is true or false: 'yes'",
        ),
        (
            "2026-07-14T18:00Z s1 intervals-recorded meter=m values=[1,2",
            "values has a list that does not end",
        ),
        ("yesterday s1 outage-ended outage=o1", "at is not an instant such as 2026-07-14T18:00Z"),
        ("sandersville", "a fact is INSTANT SITE KIND key=value ...: 'sandersville'"),
    ],
    ids=lambda value: value[-40:],
)
def test_a_malformed_line_says_what_would_be_right(line: str, message: str) -> None:
    with pytest.raises(Malformed) as why:
        story.parse(line)
    assert str(why.value).startswith(message)


def test_all_that_is_wrong_with_a_line_is_told_at_once_with_an_example() -> None:
    """An operator enrolls a program from memory; one try names every field that is missing or wrong."""
    with pytest.raises(Malformed) as why:
        story.parse("2026-04-01 s1 load-block-commissioned block=M1 capacity=90 color=red")
    assert str(why.value).split("; ") == [
        "load-block-commissioned has no 'color'",
        "it has block, load_class, service_class, capacity, feeds, predecessor, approval",
        "load-block-commissioned needs load_class=, service_class=, feeds=[...]",
        "at is not an instant such as 2026-07-14T18:00Z or 2026-07-14T14:00[America/New_York]: '2026-04-01'",
        "capacity needs a unit (W, kW, MW, GW): '90'",
        "block must be 1 to 64 of a-z, 0-9 and -: 'M1'",
        f"for example: {LoadBlockCommissioned.example}",
    ]


def test_a_bad_line_keeps_no_good_one_out() -> None:
    text = f"{GOOD}\nnonsense\n{GOOD.replace('d7', 'd8')}\n"
    reading = story.read(text.encode(), "july.story")
    assert (len(reading.claims), [str(p).split(": ")[0] for p in reading.problems]) == (2, ["july.story:2"])


def test_a_line_that_is_not_utf8_is_a_problem_of_its_own() -> None:
    reading = story.read(b"\xff\n" + GOOD.encode(), "july.story")
    assert (len(reading.claims), reading.problems[0].message) == (1, "is not UTF-8 at byte 1")


def test_a_file_cut_in_the_middle_keeps_its_whole_lines() -> None:
    text = f"{GOOD}\n{GOOD}"[:-28]
    reading = story.read(text.encode(), "july.story")
    assert (len(reading.claims), reading.problems[0].message) == (1, "expected key=value, found 'disp'")


def test_a_record_told_again_is_the_same_claim() -> None:
    record = record_of(sample_body(BY_TAG["outage-started.v1"]))
    claim = envelope.claim_of(record)
    assert story.parse(story.format_claim(claim)) == claim


@given(any_claim(), st.sampled_from(["America/New_York", "Asia/Kathmandu", "Africa/Monrovia", "UTC"]))
def test_a_claim_told_in_local_time_is_the_same_claim(claim: Claim, tz: str) -> None:
    assert story.parse(story.format_claim(claim, tz)) == claim


def test_a_file_that_windows_saved_is_the_file() -> None:
    """Notepad and PowerShell begin UTF-8 with a byte order mark and end lines with CR LF; two such files
    joined have a second mark in the middle.
    """
    plain = f"# July\n{GOOD}\n{GOOD.replace('d7', 'd8')}\n".encode()
    saved = b"".join(b"\xef\xbb\xbf" + part for part in plain.replace(b"\n", b"\r\n").split(b"# July\r\n"))
    assert (story.read(saved, "july.story").claims, story.read(saved, "july.story").problems) == (
        story.read(plain, "july.story").claims,
        (),
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_one_problem_that_says_what_to_do(encoding: str) -> None:
    """What Windows PowerShell 5 writes by ``>``: every line would be a problem of its own."""
    data = f"\ufeff{GOOD}\r\n{GOOD}\r\n".encode(encoding)
    assert [str(problem) for problem in story.read(data, "july.story").problems] == [
        "july.story: is UTF-16, as some Windows programs save text; save it as UTF-8"
    ]


def test_a_month_day_that_not_every_year_has_is_told_why() -> None:
    line = "2026-07-14T18:00Z s1 program-enrolled program=p program_year_start=02-29"
    with pytest.raises(Malformed, match=r"of every year such as 10-01 \(02-29 is not\)"):
        story.parse(line)
