"""Green Button feeds: real ones of the Alliance's fixtures, and a small one that is bent until it breaks."""

from __future__ import annotations

import hashlib
from importlib import resources

import pytest

from ledger import calendar
from ledger.exchange.greenbutton import reader
from ledger.exchange.greenbutton.reader import FeedOptions
from ledger.exchange.reading import Reading
from ledger.kinds import IntervalsRecorded, Source

SAMPLES = resources.files("ledger.app.demo").joinpath("samples").joinpath("greenbutton")
OPTIONS = FeedOptions("dalton", "office")
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">
<entry><link rel="self" href="/r/1/MeterReading/1"/><link rel="related" href="/r/ReadingType/1"/>
<content><e:MeterReading/></content></entry>
<entry><link rel="self" href="/r/ReadingType/1"/>
<content><e:ReadingType><e:accumulationBehaviour>4</e:accumulationBehaviour><e:intervalLength>900</e:intervalLength>
<e:powerOfTenMultiplier>{power}</e:powerOfTenMultiplier><e:uom>{uom}</e:uom></e:ReadingType></content></entry>
<entry><link rel="self" href="/r/1/MeterReading/1/IntervalBlock/1"/>
<content><e:IntervalBlock>
{readings}
</e:IntervalBlock></content></entry>
</feed>
"""
START = 1_772_323_200  # 2026-03-01T00:00:00Z


def reading(start_s: int, value: object, duration_s: object = 900, more: str = "") -> str:
    return (
        f"<e:IntervalReading><e:timePeriod><e:duration>{duration_s}</e:duration><e:start>{start_s}</e:start></e:timePeriod>"
        f"<e:value>{value}</e:value>{more}</e:IntervalReading>"
    )


def feed(*readings: str, power: object = 3, uom: object = 72) -> Reading:
    text = FEED.format(readings="\n".join(readings), power=power, uom=uom)
    return reader.read(text.encode(), "feed.xml", OPTIONS)


def bodies(found: Reading) -> list[IntervalsRecorded]:
    return [claim.body for claim in found.claims if isinstance(claim.body, IntervalsRecorded)]


def messages(found: Reading) -> list[str]:
    return [str(problem) for problem in found.problems]


@pytest.mark.parametrize(
    ("day", "total_wh"), [(1, 93_846), (2, 97_977), (3, 114_969), (4, 111_980), (5, 92_916)]
)
def test_a_real_feed_gives_every_reading_of_its_day(day: int, total_wh: int) -> None:
    """1 to 5 March 2012 in New York: 96 quarter-hours that lie in two UTC days; totals counted from the XML
    by hand.
    """
    name = f"test_usage_data_0{day}.xml"
    found = bodies(reader.read(SAMPLES.joinpath(name).read_bytes(), name, OPTIONS))
    assert [len(body.values) for body in found] == [76, 20]
    assert sum(sum(body.values) for body in found) == total_wh


def test_a_real_feed_begins_at_local_midnight() -> None:
    found = reader.read(SAMPLES.joinpath("test_usage_data_01.xml").read_bytes(), "f", OPTIONS)
    assert found.claims[0].at == "2012-03-01T05:00:00Z"


def test_what_is_passed_over_is_said() -> None:
    found = reader.read(SAMPLES.joinpath("test_usage_data_01.xml").read_bytes(), "f", OPTIONS)
    assert "f: 96 cost fields passed over" in found.notes


def test_the_file_is_the_source_of_every_claim() -> None:
    (claim,) = feed(reading(START, 1)).claims
    assert isinstance(claim.source, Source)
    assert (claim.source.name, len(str(claim.source.sha256))) == ("feed.xml", 64)


def test_values_keep_the_meters_integers_and_its_power_of_ten() -> None:
    (body,) = bodies(feed(reading(START, 312), reading(START + 900, 315), power=-3))
    assert (body.values, body.power_of_ten, body.interval_s) == ((312, 315), -3, 900)


def test_a_quality_that_is_not_stated_is_minus_one() -> None:
    (body,) = bodies(
        feed(
            reading(START, 1, more="<e:ReadingQuality/>"),
            reading(START + 900, 2, more="<e:quality>8</e:quality>"),
        )
    )
    assert body.quality == (-1, 8)


def test_a_missing_reading_ends_the_record() -> None:
    found = bodies(feed(reading(START, 1), reading(START + 1800, 2), reading(START + 2700, 3)))
    assert [(body.start, body.values) for body in found] == [
        ("2026-03-01T00:00:00Z", (1,)),
        ("2026-03-01T00:30:00Z", (2, 3)),
    ]


def test_midnight_utc_ends_the_record() -> None:
    found = bodies(feed(reading(START + 85_500, 1), reading(START + 86_400, 2)))
    assert [body.values for body in found] == [(1,), (2,)]


def test_another_interval_ends_the_record() -> None:
    found = bodies(feed(reading(START, 1), reading(START + 900, 2, 1800)))
    assert [body.interval_s for body in found] == [900, 1800]


def test_readings_out_of_order_are_put_in_order() -> None:
    (body,) = bodies(feed(reading(START + 900, 2), reading(START, 1)))
    assert body.values == (1, 2)


def test_a_daily_reading_of_a_local_day_is_one_record() -> None:
    (body,) = bodies(feed(reading(START + 5 * 3600, 20_000, 86_400)))
    assert (body.start, body.interval_s) == ("2026-03-01T05:00:00Z", 86_400)


def test_the_same_reading_twice_is_one() -> None:
    (body,) = bodies(feed(reading(START, 1), reading(START, 1)))
    assert body.values == (1,)


def test_two_readings_of_one_instant_that_differ_are_a_problem_and_the_first_is_kept() -> None:
    found = feed(reading(START, 1), reading(START, 2))
    assert (bodies(found)[0].values, messages(found)) == (
        (1,),
        ["feed.xml:11: reads 2 at 2026-03-01T00:00:00Z, where line 10 reads 1, which stands"],
    )


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (reading(START, "1.5"), "feed.xml:11: IntervalReading value is not a whole number: '1.5'"),
        (reading(START, "-"), "feed.xml:11: IntervalReading value is not a whole number: '-'"),
        (
            reading(START, 1, more="<e:ReadingQuality><e:quality>300</e:quality></e:ReadingQuality>"),
            "feed.xml:11: IntervalReading quality must be an ESPI code, 0 or 7 to 19: 300",
        ),
        (reading(START, 2**53), f"feed.xml:11: IntervalReading value is not a whole number: '{2**53}'"),
        (reading(-5, 1), "feed.xml:11: IntervalReading is outside the years 1970 to 9999: -5 s since 1970"),
        (
            f"<e:IntervalReading><e:timePeriod><e:start>{START}</e:start></e:timePeriod></e:IntervalReading>",
            "feed.xml:11: IntervalReading has no value",
        ),
    ],
)
def test_a_reading_that_is_none_is_a_problem_at_its_line_and_the_others_are_taken(
    bad: str, message: str
) -> None:
    found = feed(reading(START + 900, 7), bad)
    assert (messages(found), bodies(found)[0].values) == ([message], (7,))


@pytest.mark.parametrize(
    ("power", "uom", "message"),
    [
        (3, 169, "ReadingType uom 169 is not watt-hours; only 72 (Wh) is read"),
        (13, 72, "ReadingType powerOfTenMultiplier must be from -12 to 12: 13"),
        ("k", 72, "ReadingType powerOfTenMultiplier is not a whole number: 'k'"),
    ],
)
def test_what_is_not_energy_in_watt_hours_is_refused_as_a_whole(
    power: object, uom: object, message: str
) -> None:
    found = feed(reading(START, 1), power=power, uom=uom)
    assert (found.claims, messages(found)) == ((), [f"feed.xml:5: {message}"])


TWO_METERS = FEED.format(readings=reading(START, 1), power=0, uom=72).replace(
    "</feed>",
    '<entry><link rel="self" href="/r/2/MeterReading/2/IntervalBlock/1"/><content><e:IntervalBlock>'
    f"{reading(START, 2)}</e:IntervalBlock></content></entry></feed>",
)


def test_of_a_feed_of_two_meters_one_is_chosen_by_the_end_of_its_link() -> None:
    chosen = [
        bodies(
            reader.read(TWO_METERS.encode(), "feed.xml", FeedOptions.of("dalton", f"office=MeterReading/{n}"))
        )
        for n in (1, 2)
    ]
    assert [[(body.meter, body.values) for body in found] for found in chosen] == [
        [("office", (1,))],
        [("office", (2,))],
    ]


def test_a_link_that_no_meter_reading_has_names_those_there_are() -> None:
    found = reader.read(TWO_METERS.encode(), "feed.xml", FeedOptions.of("dalton", "office=MeterReading/3"))
    assert messages(found) == [
        "feed.xml: has no meter reading whose link ends in 'MeterReading/3' or that has this title; there are /r/1/MeterReading/1,"
        " /r/2/MeterReading/2"
    ]


def test_the_types_own_quality_holds_for_readings_that_state_none() -> None:
    text = FEED.format(
        readings=reading(START, 1)
        + reading(START + 900, 2, more="<e:ReadingQuality><e:quality>8</e:quality></e:ReadingQuality>"),
        power=0,
        uom=72,
    ).replace("<e:intervalLength>", "<e:defaultQuality>17</e:defaultQuality><e:intervalLength>")
    assert bodies(reader.read(text.encode(), "feed.xml", OPTIONS))[0].quality == (17, 8)


def test_of_several_qualities_the_first_counts_and_that_is_said() -> None:
    more = "".join(f"<e:ReadingQuality><e:quality>{code}</e:quality></e:ReadingQuality>" for code in (8, 14))
    found = feed(reading(START, 1, more=more))
    assert (bodies(found)[0].quality, found.notes) == (
        (8,),
        ("feed.xml: 1 further qualities of a reading passed over",),
    )


def test_readings_without_a_time_follow_each_other_from_the_start_of_their_block() -> None:
    bare = "".join(f"<e:IntervalReading><e:value>{n}</e:value></e:IntervalReading>" for n in (5, 6, 7))
    block = f"<e:interval><e:duration>2700</e:duration><e:start>{START}</e:start></e:interval>{bare}"
    (body,) = bodies(reader.read(FEED.format(readings=block, power=0, uom=72).encode(), "feed.xml", OPTIONS))
    assert (body.start, body.interval_s, body.values) == ("2026-03-01T00:00:00Z", 900, (5, 6, 7))


def fortnight() -> str:
    """1 to 14 March 2026 in New York, a block a local day; on the 8th clocks go forward and the day has 92
    quarter-hours.
    """
    blocks = []
    for day in range(1, 15):
        window = calendar.period(f"2026-03-{day:02d}", calendar.zone("America/New_York"))
        starts = range(window.start_s, window.stop_s, 900)
        blocks.append("\n".join(reading(start_s, 1000 * day + n) for n, start_s in enumerate(starts)))
    between = (
        "</e:IntervalBlock></content></entry>"
        '<entry><link rel="self" href="/r/1/MeterReading/1/IntervalBlock/2"/><content><e:IntervalBlock>'
    )
    return FEED.format(readings=between.join(blocks), power=0, uom=72)


def test_a_fortnight_with_a_day_of_23_hours_is_without_a_gap() -> None:
    found = bodies(reader.read(fortnight().encode(), "feed.xml", OPTIONS))
    starts = [start for start, _ in values(reader.read(fortnight().encode(), "feed.xml", OPTIONS))]
    assert (len(starts), starts[0], starts[-1]) == (
        14 * 96 - 4,
        "2026-03-01T05:00:00Z",
        "2026-03-15T03:45:00Z",
    )
    assert [len(body.values) for body in found] == [76, *[96] * 13, 16]


@pytest.mark.parametrize("size", [1, 997, 1 << 20])
def test_a_feed_read_in_parts_of_any_size_is_the_feed(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = fortnight().encode()
    whole = reader.read(data, "feed.xml", OPTIONS)
    monkeypatch.setattr(reader, "PART", 200)
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    digest = hashlib.sha256(data).hexdigest()
    parts = list(reader.read_parts(chunks, "feed.xml", digest, OPTIONS))
    assert tuple(claim for part in parts for claim in part.claims) == whole.claims
    assert len(parts) > 1 or size == 1 << 20


def test_a_feed_of_two_meters_is_refused_with_both_named() -> None:
    found = reader.read(TWO_METERS.encode(), "feed.xml", OPTIONS)
    assert (found.claims, messages(found)) == (
        (),
        [
            "feed.xml:8: holds 2 meter readings (/r/1/MeterReading/1, /r/2/MeterReading/2); "
            "choose one by the end of its link or by its title: --meter office=LINK"
        ],
    )


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE feed [<!ENTITY a "b">]><feed>&a;</feed>',
        '<!DOCTYPE feed SYSTEM "file:///etc/passwd"><feed/>',
    ],
)
def test_a_document_type_is_refused_before_anything_is_read(text: str) -> None:
    found = reader.read(text.encode(), "f.xml", OPTIONS)
    assert messages(found)[0].endswith(
        "declares a document type or entity; a Green Button feed has none, and none is read"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not whole XML: no element found"),
        (b"{}", "is not whole XML: not well-formed (invalid token)"),
        (b"<feed/>", "holds no Atom entry with interval readings"),
        (
            b'<?xml version="1.0" encoding="U8FT-"?><feed/>',
            "is in an encoding that is not read (unknown encoding: U8FT-); save it as UTF-8",
        ),
        (b"<a>" * 40, "is nested deeper than 32"),
        (b"<feed><entry><title>" + b"x" * 20_000, "has a text longer than 10,000 characters"),
    ],
)
def test_what_is_no_feed_says_so(data: bytes, message: str) -> None:
    assert any(message in said for said in messages(reader.read(data, "f.xml", OPTIONS)))


def test_a_feed_cut_anywhere_gives_a_problem_and_only_whole_readings() -> None:
    whole = SAMPLES.joinpath("test_usage_data_01.xml").read_bytes().rstrip()
    known = dict(values(reader.read(whole, "f", OPTIONS)))
    for size in range(0, len(whole), len(whole) // 60):
        found = reader.read(whole[:size], "f", OPTIONS)
        assert found.problems, f"cut at {size}"
        assert all(known[start] == value for start, value in values(found)), f"cut at {size}"


def values(found: Reading) -> list[tuple[str, int]]:
    from ledger.calendar import format_instant, instant_s

    return [
        (format_instant(instant_s(body.start) + n * body.interval_s), value)
        for body in bodies(found)
        for n, value in enumerate(body.values)
    ]


def test_a_feed_of_empty_entries_is_refused_after_ten_thousand() -> None:
    """70 MB of them were read to the end."""
    data = b'<feed xmlns="http://www.w3.org/2005/Atom">' + b"<entry/>" * 20_000 + b"</feed>"
    (found,) = reader.read_parts([data], "x.xml", "ab" * 32, FeedOptions.of("s1", "m1"))
    assert messages(found) == [
        "x.xml:1: has more than 10,000 entries without content, so it is no feed of readings"
    ]
