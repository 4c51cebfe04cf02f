"""The algebra of corrections (DOMAIN 3): chains, several targets, ranges, month ends, retractions, and what
was decided on them.
"""

from __future__ import annotations

from tests.support.row_replay import Heard, cells

KNOWN = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-06-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
"""
OUT = (
    "{at} s1 outage-started block=m1 outage=o1 outage_class=planned derate=100MW cause=x"
    " outside_management_control=false"
)
OVER = "{at} s1 outage-ended outage=o1"
HASH = "2026-07-01T{hour}:00Z s1 hashrate-changed block=m1 hashrate={rate}EH/s method=pool"


def again(heard: Heard, text: str, *targets: str, reason: str = "read again") -> str:
    """Record a correction; its id."""
    (record,) = heard.at("2026-09-02T00:00Z", f'{text} corrects=[{",".join(targets)}] reason="{reason}"')
    return record.id


def planned_h(heard: Heard, period: str) -> int:
    return int(cells(heard.report("uptime", period=period), "poh_s")[0][0]) // 3600


def test_of_a_chain_the_tip_holds(heard: Heard) -> None:
    """The outage ended at 06:00; no, at 05:00; no, at 04:00."""
    heard.at("2026-09-01T00:00Z", OUT.format(at="2026-07-01T00:00Z"))
    (end,) = heard.at("2026-09-01T00:00Z", OVER.format(at="2026-07-01T06:00Z"))
    second = again(heard, OVER.format(at="2026-07-01T05:00Z"), end.id)
    again(heard, OVER.format(at="2026-07-01T04:00Z"), second)
    assert planned_h(heard, "2026-07") == 4


def test_each_link_of_a_chain_was_known_once(heard: Heard) -> None:
    heard.at("2026-09-01T00:00Z", OUT.format(at="2026-07-01T00:00Z"))
    (end,) = heard.at("2026-09-01T00:00Z", OVER.format(at="2026-07-01T06:00Z"))
    sizes = [heard.book.store.size]
    target = end.id
    for hour in ("05", "04"):
        target = again(heard, OVER.format(at=f"2026-07-01T{hour}:00Z"), target)
        sizes.append(heard.book.store.size)
    found = [cells(heard.report("uptime", period="2026-07", known_at=str(n)), "poh_s")[0][0] for n in sizes]
    assert found == [6 * 3600, 5 * 3600, 4 * 3600]


def test_one_correction_can_take_the_place_of_several(heard: Heard) -> None:
    """1 EH/s at 00:00 and 3 EH/s at 12:00 were one value, 2 EH/s from 00:00 on."""
    first, second = heard.at(
        "2026-09-01T00:00Z", HASH.format(hour="00", rate=1) + "\n" + HASH.format(hour="12", rate=3)
    )
    again(heard, HASH.format(hour="00", rate=2), first.id, second.id)
    assert cells(heard.report("efficiency", period="2026-07-01"), "average_ghs")[0] == (2_000_000_000,)


def test_a_range_over_two_records_of_readings_corrects_both(heard: Heard) -> None:
    """1 and 2 MWh, then 3 MWh, were 1, 5 and 5."""
    line = (
        "2026-07-01T{hour}:00Z s1 intervals-recorded meter=r start=2026-07-01T{hour}:00Z interval=1h"
        " power_of_ten=6 values={values} quality={quality}"
    )
    first, second = heard.at(
        "2026-09-01T00:00Z",
        line.format(hour="00", values="[1,2]", quality="[17,17]")
        + "\n"
        + line.format(hour="02", values="[3]", quality="[17]"),
    )
    heard.at("2026-09-01T00:00Z", HASH.format(hour="00", rate=1))
    again(heard, line.format(hour="00", values="[1,5,5]", quality="[17,17,17]"), first.id, second.id)
    facility = cells(
        heard.report("efficiency", start="2026-07-01", stop="2026-07-01T03:00Z"), "facility_mj_per_th"
    )
    # 11 MWh over 3 h of 1 EH/s: 11e6 * 3600 J / (1e9 GH/s * 10800 s) * 1000 GH/TH, in mJ
    assert facility[0] == (3667,)


def test_a_correction_across_a_month_end_changes_both_months(heard: Heard) -> None:
    """An outage of 30 and 31 July in truth was on 31 July and 1 August."""
    (start,) = heard.at("2026-09-01T00:00Z", OUT.format(at="2026-07-30T00:00Z"))
    (end,) = heard.at("2026-09-01T00:00Z", OVER.format(at="2026-08-01T00:00Z"))
    before = (planned_h(heard, "2026-07"), planned_h(heard, "2026-08"))
    again(heard, OVER.format(at="2026-08-02T00:00Z"), end.id)
    again(heard, OUT.format(at="2026-07-31T00:00Z"), start.id)
    assert (before, planned_h(heard, "2026-07"), planned_h(heard, "2026-08")) == ((48, 0), 24, 24)


def test_a_retracted_correction_does_not_revive_what_it_corrected(heard: Heard) -> None:
    (rate,) = heard.at("2026-09-01T00:00Z", HASH.format(hour="00", rate=1))
    corrected = again(heard, HASH.format(hour="00", rate=2), rate.id)
    again(heard, "2026-09-02T00:00Z s1 event-retracted", corrected)
    assert cells(heard.report("efficiency", period="2026-07-01"), "operating_ghs")[0] == (None,)


def test_a_retracted_retraction_does_not_revive_either(heard: Heard) -> None:
    (rate,) = heard.at("2026-09-01T00:00Z", HASH.format(hour="00", rate=1))
    gone = again(heard, "2026-09-02T00:00Z s1 event-retracted", rate.id)
    again(heard, "2026-09-02T01:00Z s1 event-retracted class=operations", gone)
    assert cells(heard.report("efficiency", period="2026-07-01"), "operating_ghs")[0] == (None,)


def test_what_was_retracted_can_be_said_again(heard: Heard) -> None:
    (rate,) = heard.at("2026-09-01T00:00Z", HASH.format(hour="00", rate=1))
    again(heard, "2026-09-02T00:00Z s1 event-retracted", rate.id)
    heard.at("2026-09-03T00:00Z", HASH.format(hour="00", rate=1) + " id=0198a000-0000-7000-8000-0000000000aa")
    assert cells(heard.report("efficiency", period="2026-07-01"), "operating_ghs")[0] == (1_000_000_000,)


def test_a_block_retracted_leaves_its_outage_flagged_and_not_dropped(heard: Heard) -> None:
    """The outage was decided on the block's commissioning, which is withdrawn afterwards."""
    heard.at("2026-09-01T00:00Z", OUT.format(at="2026-07-01T00:00Z"))
    (block,) = (r for r in heard.book.records() if r.kind == "load-block-commissioned.v1")
    again(heard, "2026-09-02T00:00Z s1 event-retracted", block.id)
    table = heard.report("uptime", period="2026-07")
    assert table.notes == ("s1/m1: outage o1 is of a block that was never commissioned",)
