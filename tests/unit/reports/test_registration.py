"""Registration: a worked site by hand, who must register, what is out of date, and names that stay in sections."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ledger.app.demo.portfolio.large_loads import FOLDER as SAMPLES
from ledger.kinds import RegistrantRecorded
from ledger.records.envelope import without_sections
from projections.reports import registrant
from projections.reports.registration import REPORT
from tests.support.report_answers import Line, answer, lines, pictures, verdict
from tests.support.story_facts import told

CHI = "America/Chicago"
OCTOBER = "2026-10"
STORY = (SAMPLES / "registration.story").read_text()
SITE = """
2025-06-01T05:00Z s1 site-registered name=S county=Ward state=TX tz=America/Chicago balancing_authority=ERCO utility=U parcels=[] site_class=mining-only
"""
POWER = """
2025-06-02T05:00Z s1 power-contracted agreement=A power=90MW firm=0W start=2025-06-02T05:00Z
2026-01-05T15:00Z s1 capacity-energized power=90MW point_of_delivery=P voltage=138kV
2026-01-05T15:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=90MW feeds=[]
"""
PROGRAM = """
2026-01-06T15:00Z s1 program-enrolled program=ers operator=ERCOT agreement=A blocks=[m1] meters=[] method=meter-before-after committed=80MW notice=30min response=10min program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]
"""
PEOPLE = """
2026-02-02T15:00Z s1 registrant-recorded business_form=corporation legal_name=L parents=[P] business_names=[] address=A telephone=1 email=e principals=[X,Y]
2026-02-02T15:00Z s1 registry-contact-set internal=true name=N title=T address=A telephone=1 email=e
"""
FORECAST = """
2026-02-02T15:00Z s1 load-forecast-set year=2026 season=year peak=90MW
2026-02-02T15:00Z s1 load-forecast-set year=2027 season=year peak=120MW
2026-02-02T15:00Z s1 load-forecast-set year=2028 season=year peak=120MW
"""
FILED = """
2026-02-02T15:00Z s1 registration-terms-set registry=tx-25-114 rule=letter renewal=03-01 update_days=30
2026-02-14T18:00Z s1 registration-filed registry=tx-25-114 version=1 filed_on=2026-02-14 number=R-1
"""
WORKED = SITE + POWER + PROGRAM + PEOPLE + FORECAST + FILED


def mining(text: str, period: str = OCTOBER) -> dict[str, Line]:
    """The rows of s1 in the registry of mines, by item."""
    found = lines(REPORT, text, period, tz=CHI)
    return {key.split("/")[2]: line for key, line in found.items() if key.startswith("s1/tx-25-114/")}


def test_the_worked_registration() -> None:
    """90 MW is more than 75 MW. 16 items: five of the registrant, location, load, two of interruption, two of the year
    before (no power yet), five years. Not stated: what the Secretary of State has; not forecast: 2029 and 2030.
    """
    found = mining(WORKED)
    status = {item: line["status"] for item, line in found.items() if line["status"] != "answered"}
    assert (len(found), status) == (
        17,
        {
            "registration": "filed",
            "state-filing": "missing",
            "forecast-2029": "missing",
            "forecast-2030": "missing",
        },
    )


def test_the_verdict_counts_the_items_and_says_what_is_missing_and_due() -> None:
    """On October 31 both rules of Texas are in force; in February that of the mines alone, and the other is a draft."""
    found = [verdict(REPORT, WORKED, month, tz=CHI) for month in ("2026-02", OCTOBER)]
    assert found == [
        "13 of 16 items are answered; state-filing and forecast 2029-2030 are missing; filed 2026-02-14, renewal due"
        " 2027-03-01; 1 more registry is not in force yet.",
        "14 of 23 items are answered in 2 registrations of 1 site; the next is due 2027-03-01 (s1, 16 TAC 25.114);"
        " 1 more registry is not in force yet.",
    ]


def test_before_it_is_filed_a_registration_is_due_on_the_working_day_after_the_power_came() -> None:
    """Power came on Monday, January 5, 2026: due on Tuesday. On the 31st it is 25 days late."""
    line = mining(SITE + POWER, "2026-01")["registration"]
    assert (line["status"], line["due_on"], line["late_days"]) == ("overdue", "2026-01-06", 25)


def test_power_on_a_friday_makes_a_registration_due_on_monday() -> None:
    """January 9, 2026 is a Friday."""
    text = SITE + POWER.replace("2026-01-05", "2026-01-09")
    assert mining(text, "2026-01")["registration"]["due_on"] == "2026-01-12"


def test_without_a_day_of_renewal_a_year_is_counted_from_the_last_version() -> None:
    """Filed on February 14, 2026."""
    text = WORKED.replace("renewal=03-01 ", "")
    assert mining(text)["registration"]["due_on"] == "2027-02-14"


def test_a_version_filed_late_in_a_year_is_renewed_in_the_next() -> None:
    """A version of February 2026 is that of 2026, and so is one of December."""
    text = WORKED.replace("2026-02-14", "2026-12-20")
    assert mining(text, "2026-12")["registration"]["due_on"] == "2027-03-01"


@pytest.mark.parametrize(("power", "status"), [("75MW", "below"), ("76MW", "overdue")])
def test_a_load_of_75_mw_is_not_more_than_75_mw(power: str, status: str) -> None:
    """25.114(a) says more than 75 megawatts."""
    text = (SITE + POWER).replace("power=90MW", f"power={power}").replace("capacity=90MW", "capacity=70MW")
    assert mining(text)["registration"]["status"] == status


def test_a_site_that_can_interrupt_less_than_a_tenth_need_not_register() -> None:
    """8 MW of mining in 90 MW in service are 8.9 %."""
    firm = "2026-01-05T16:00Z s1 load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=82MW feeds=[]"
    text = SITE + POWER.replace("capacity=90MW", "capacity=8MW") + firm
    line = mining(text)["registration"]
    assert line["answer"] == "8.89 % of the annual peak is interruptible, less than 10 %"


def test_a_site_without_mining_is_not_asked_by_the_registry_of_mines() -> None:
    """The other registries of Texas ask it."""
    text = SITE + POWER.replace("load_class=mining", "load_class=ai-hpc")
    assert {key.split("/")[1] for key in lines(REPORT, text, OCTOBER, tz=CHI)} == {"tx-25-194", "ercot-audit"}


def test_terms_of_the_operator_decide_whether_it_applies() -> None:
    """A site below the threshold that registers by choice is asked for every item."""
    text = (SITE + POWER).replace("90MW", "40MW")
    text += "2026-02-02T15:00Z s1 registration-terms-set registry=tx-25-114 rule=choice applies=true\n"
    assert len(mining(text)) == 17


def test_what_changed_after_the_last_version_is_out_of_date_and_due() -> None:
    """Another contact since September 21, to be filed within 30 days: October 21, ten days before the month's end."""
    change = "2026-09-21T15:00Z s1 registry-contact-set internal=false name=M title=T address=A telephone=1 email=e\n"
    line = mining(WORKED + change)["contact"]
    assert (line["status"], line["due_on"], line["late_days"]) == ("out of date", "2026-10-21", 10)


def test_a_change_made_before_the_next_version_is_filed_is_not_out_of_date() -> None:
    """A second version covers what changed before it."""
    text = (
        WORKED
        + "2026-09-21T15:00Z s1 registry-contact-set internal=false name=M title=T address=A telephone=1 email=e\n"
        + "2026-10-02T15:00Z s1 registration-filed registry=tx-25-114 version=2 filed_on=2026-10-02\n"
    )
    found = mining(text)
    assert (found["contact"]["status"], found["registration"]["version"]) == ("answered", 2)


def test_every_version_that_was_filed_is_kept() -> None:
    """The first version with its number and day, after the second replaced it; it is no item that is asked for."""
    text = (
        WORKED + "2026-10-02T15:00Z s1 registration-filed registry=tx-25-114 version=2 filed_on=2026-10-02\n"
    )
    found = mining(text)
    first = found["version-1"]
    assert (len(found), first["status"], first["answer"]) == (
        18,
        "replaced",
        "version 1, number R-1, filed 2026-02-14",
    )


def test_a_threshold_is_the_operators_where_the_authority_lowered_it() -> None:
    """40 MW is more than 30 MW."""
    text = (SITE + POWER).replace("90MW", "40MW")
    text += "2026-02-02T15:00Z s1 registration-terms-set registry=tx-25-114 rule=letter threshold=30MW\n"
    assert mining(text)["registration"]["status"] == "overdue"


def test_pjms_registry_is_a_draft_that_is_shown_with_its_ladder() -> None:
    """Filed on August 13, 2026: in July no row, in October a ladder that nobody owes yet."""
    text = (SITE + POWER).replace("ERCO", "PJM")
    found = [lines(REPORT, text, month, tz=CHI) for month in ("2026-07", OCTOBER)]
    statuses = [
        [line["status"] for key, line in one.items() if key.startswith("s1/pjm-large-load/")] for one in found
    ]
    assert statuses == [
        [],
        ["not in force", "answered", "answered", "missing", "answered", "answered", "answered", "missing"],
    ]


def test_the_year_before_is_read_from_the_revenue_meter() -> None:
    """Two hours of 2025 energized, 80 and 60 MWh: 140 MWh, a peak of 80 MW."""
    text = (
        SITE
        + POWER.replace("2026-01-05T15", "2026-01-01T04")
        + "2025-12-31T00:00Z s1 meter-registered meter=r1 scope=site role=revenue direction=delivered interval=1h\n"
        + "2026-01-01T04:00Z s1 intervals-recorded meter=r1 start=2026-01-01T04:00Z interval=1h power_of_ten=6"
        " values=[80,60] quality=[17,17]\n"
    )
    found = mining(text)
    assert (found["last-year-peak"]["power_w"], found["last-year-energy"]["energy_wh"]) == (
        80_000_000,
        140_000_000,
    )


def test_a_year_that_is_read_in_part_is_incomplete_until_the_operator_states_it() -> None:
    """One of the two hours with power has a reading."""
    text = (
        SITE
        + POWER.replace("2026-01-05T15", "2026-01-01T04")
        + "2025-12-31T00:00Z s1 meter-registered meter=r1 scope=site role=revenue direction=delivered interval=1h\n"
        + "2026-01-01T04:00Z s1 intervals-recorded meter=r1 start=2026-01-01T04:00Z interval=1h power_of_ten=6"
        " values=[80] quality=[17]\n"
    )
    stated = text + (
        "2026-02-01T04:00Z s1 registration-item-stated registry=tx-25-114 item=last-year-energy answer=bills\n"
    )
    found = [mining(one)["last-year-energy"] for one in (text, stated)]
    assert [(line["status"], line["answer"]) for line in found] == [
        ("incomplete", "80 MWh in 2025; 1 of 2 h have readings"),
        ("answered", "bills"),
    ]


def test_without_a_record_of_power_the_year_before_is_missing_and_not_zero() -> None:
    """Power that came after the year means none in it; power that nobody recorded means nothing."""
    unknown = SITE + POWER.replace("2026-01-05T15:00Z s1 capacity-energized", "# ")
    found = [mining(text)["last-year-peak"] for text in (SITE + POWER, unknown)]
    assert [(line["status"], line["answer"]) for line in found] == [
        ("answered", "none: no power was energized in 2025"),
        ("missing", None),
    ]


def test_a_year_is_the_higher_of_its_summer_and_winter() -> None:
    """Summer alone does not tell the year."""
    text = SITE + POWER + "2026-02-02T15:00Z s1 load-forecast-set year=2027 season=summer peak=110MW\n"
    both = text + "2026-02-02T15:00Z s1 load-forecast-set year=2027 season=winter peak=120MW\n"
    assert [mining(one)["forecast-2027"]["power_w"] for one in (text, both)] == [None, 120_000_000]


def test_generation_of_half_the_load_is_said_so() -> None:
    """37.0561(e): 45 of 90 MW can serve half of it."""
    text = (
        SITE
        + POWER
        + (
            "2026-02-02T15:00Z s1 generator-registered generator=g1 fuel=diesel rated=45MW engine=emergency permit=P\n"
        )
    )
    found = lines(REPORT, text, OCTOBER, tz=CHI)["s1/tx-25-194/backup-generation"]
    assert found["answer"] == "45 MW in 1 generator (diesel), 50 % of the total load: half of it or more"


def test_a_text_that_is_not_in_force_owes_nothing() -> None:
    """16 TAC 25.194 is in force since October 8, 2026: a proposal in September, no row before its law."""
    found = [
        lines(REPORT, SITE + POWER, month, tz=CHI).get("s1/tx-25-194/registration")
        for month in ("2026-09", OCTOBER)
    ]
    assert [line and line["status"] for line in found] == ["not in force", "to be filed"]


def test_the_document_of_an_answer_is_that_of_its_fact_or_of_its_source() -> None:
    """The contract's PDF is the source of its record."""
    text = (SITE + POWER).replace(
        "start=2025-06-02T05:00Z", f"start=2025-06-02T05:00Z source=pdf sha256={'ab' * 32}"
    )
    assert mining(text)["contracted"]["document_sha256"] == "ab" * 32


def test_the_report_is_the_same_where_sections_are_withheld() -> None:
    """A bundle without names proves it."""
    records = told(WORKED)
    bare = [msgspec.structs.replace(record, body=without_sections(record.body)) for record in records]
    assert answer(REPORT, records, OCTOBER, tz=CHI) == answer(REPORT, bare, OCTOBER, tz=CHI)


def test_the_registrant_is_printed_by_name_where_its_section_is_there() -> None:
    """Where it is kept back the answer is null; the form of business is in no section."""
    records = told(WORKED)
    bare: list[Any] = [
        msgspec.structs.replace(record, body=without_sections(record.body)) for record in records
    ]
    found = [lines(registrant.REPORT, some, OCTOBER, tz=CHI) for some in (records, bare)]
    keys = ("s1/principals", "s1/business-names", "s1/business-form")
    assert [[one[key]["answer"] for key in keys] for one in found] == [
        ["X, Y", "none", "corporation"],
        [None, None, "corporation"],
    ]


def test_an_owner_whose_section_was_erased_is_missing_and_is_printed_as_erased() -> None:
    """The next version cannot be filed from this book: its principals are gone for good."""
    records = told(WORKED)
    owner = next(record for record in records if isinstance(record.body, RegistrantRecorded))
    erasure = told(f"2026-09-07T00:00Z s1 section-erased target={owner.id} section=personal class=grid")
    bare: list[Any] = [
        msgspec.structs.replace(record, body=without_sections(record.body)) for record in records
    ]
    found = lines(REPORT, [*bare, *erasure], OCTOBER, tz=CHI)["s1/tx-25-114/owners"]
    printed = lines(registrant.REPORT, [*bare, *erasure], OCTOBER, tz=CHI)["s1/principals"]
    assert (found["status"], printed["answer"]) == ("missing", "erased")


def test_every_field_of_a_registrant_is_an_item() -> None:
    """Every field of the kind that names an owner is an item of the report."""
    named = {one.field for one in registrant.ITEMS.values() if one.kind is RegistrantRecorded}
    assert named == set(RegistrantRecorded.__struct_fields__) - {"site"}


def test_deadlines_are_renewals_and_changes() -> None:
    """What is answered and not changed is due with the renewal alone."""
    change = "2026-09-21T15:00Z s1 registry-contact-set internal=false name=M title=T address=A telephone=1 email=e\n"
    found = REPORT.deadlines(answer(REPORT, told(WORKED + change), OCTOBER, tz=CHI))
    assert [(one.on.isoformat(), one.what) for one in found] == [
        ("2027-03-01", "renew the registration: 16 TAC 25.114, virtual currency mining facilities"),
        ("2026-10-21", "file the change of contact under 16 TAC 25.114"),
    ]


def megawatts(plot: Any) -> list[int | None]:
    return [None if watts is None else watts // 1_000_000 for _, watts in plot.layers[0].points]


def test_the_pictures_are_the_ladder_of_megawatts_and_the_years_to_come() -> None:
    """No request is recorded, no reading of 2025, no forecast of 2029 and 2030: these are gaps."""
    assert [megawatts(plot) for plot in pictures(REPORT, WORKED, OCTOBER, tz=CHI)] == [
        [None, 90, 90, 90, 90],
        [None, 90, 120, 120, None, None],
    ]


def test_the_story_of_two_texas_sites_tells_what_is_missing_and_late() -> None:
    """Told without the demonstration's contracts: Abilene and Pecos have filed, so both are asked for all items."""
    sites = "".join(
        f"2025-08-02T14:00Z {site} site-registered name={site} county=C state=TX tz=America/Chicago"
        " balancing_authority=ERCO utility=U parcels=[] site_class=training\n"
        for site in ("abilene", "pecos")
    )
    found = lines(REPORT, sites + STORY, "2026-09", tz=CHI)
    assert [(key, line["status"]) for key, line in found.items() if line["item"] == "registration"] == [
        ("abilene/tx-25-114/registration", "filed"),
        ("pecos/tx-25-114/registration", "overdue"),
    ]


def test_the_verdict_counts_overdue_changes_as_the_first_due_day_does() -> None:
    """The contact changed on September 21 and was to be filed by October 21: at the end of November the figure
    and the sentence name the same day.
    """
    change = "2026-09-21T15:00Z s1 registry-contact-set internal=false name=M title=T address=A telephone=1 email=e\n"
    said = verdict(REPORT, WORKED + change, "2026-11", tz=CHI)
    assert "change is overdue since 2026-10-21 (s1, 16 TAC 25.114)" in said
