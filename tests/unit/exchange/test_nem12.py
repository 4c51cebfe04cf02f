"""NEM12 files, as AEMO's Meter Data File Format specification has them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledger.errors import Malformed
from tests.unit.exchange.test_interval_csv import bodies, energies, messages, read

HEAD = "100,NEM12,202607150700,MDP1,RETAILER1\n"


def register(suffix: str = "E1", unit: str = "kWh", minutes: str = "30", nmi: str = "6305168256") -> str:
    return f"200,{nmi},E1B1,1,{suffix},N1,METSER1,{unit},{minutes},\n"


def day(quality: str = "A", date: str = "20260714", count: int = 48, value: str = "1.5") -> str:
    return f"300,{date},{','.join([value] * count)},{quality},,,20260715065000,\n"


def test_a_day_begins_at_midnight_in_eastern_standard_time_and_has_the_quality_of_its_record() -> None:
    found = read(f"{HEAD}{register()}{day()}900\n", "nem12")
    first = bodies(found)[0]
    assert (first.start, first.interval_s, set(first.quality), len(energies(found)), messages(found)) == (
        "2026-07-13T14:00:00Z",
        1800,
        {0},
        48,
        [],
    )


@pytest.mark.parametrize("date", ["20260405", "20261004"])
def test_the_days_on_which_clocks_in_sydney_change_have_24_hours(date: str) -> None:
    """AEST holds all year: no interval is skipped or repeated."""
    found = read(f"{HEAD}{register()}{day(date=date)}900\n", "nem12")
    assert (len(energies(found)), messages(found)) == (48, [])


@pytest.mark.parametrize(("minutes", "count"), [("5", 288), ("15", 96), ("30", 48)])
@pytest.mark.parametrize(("unit", "wh"), [("Wh", 1), ("kWh", 10**3), ("KWH", 10**3), ("MWh", 10**6)])
@pytest.mark.parametrize("size", [11, 1 << 20])
def test_unit_and_interval_are_those_of_the_register(
    minutes: str, count: int, unit: str, wh: int, size: int
) -> None:
    text = f"{HEAD}{register(unit=unit, minutes=minutes)}{day(count=count)}900\n"
    found = read(text.replace("\n", "\r\n"), "nem12", size)
    assert (set(energies(found).values()), len(energies(found)), messages(found)) == (
        {Fraction(3 * wh, 2)},
        count,
        [],
    )


def test_the_register_is_chosen_by_its_suffix() -> None:
    """E1 is what the grid delivered, B1 what it received."""
    text = f"{HEAD}{register()}{day()}{register('B1')}{day(value='7')}{register('Q1', 'kVArh')}{day()}900\n"
    assert set(energies(read(text, "nem12,area=B1")).values()) == {Fraction(7000)}


def test_two_registers_of_energy_are_never_added_or_guessed() -> None:
    text = f"{HEAD}{register()}{day()}{register('B1')}{day()}900\n"
    with pytest.raises(Malformed, match=r"has several registers of energy; .*6305168256/E1, 6305168256/B1"):
        read(text, "nem12")


def test_the_register_of_reactive_energy_beside_one_of_energy_needs_no_choice() -> None:
    text = f"{HEAD}{register('Q1', 'kVArh')}{day(value='9')}{register()}{day()}900\n"
    assert set(energies(read(text, "nem12")).values()) == {Fraction(1500)}


@pytest.mark.parametrize(("flag", "code"), [("A", 0), ("S14", 8), ("F16", 8), ("E52", 8)])
def test_a_substituted_value_is_an_estimated_one(flag: str, code: int) -> None:
    found = read(f"{HEAD}{register()}{day(flag)}900\n", "nem12")
    assert {quality for body in bodies(found) for quality in body.quality} == {code}


def test_null_data_is_no_reading_whatever_number_stands_there() -> None:
    found = read(f"{HEAD}{register()}{day('N', value='0')}{day(date='20260715')}900\n", "nem12")
    assert (len(energies(found)), found.notes[-1]) == (48, "f.csv: 48 rows blank, which is no reading")


def test_a_day_of_various_qualities_has_them_of_its_400_records() -> None:
    events = "400,1,20,A,,\n400,21,24,S14,89,\n400,25,48,N,,\n"
    found = read(f"{HEAD}{register()}{day('V')}{events}900\n", "nem12")
    assert ([code for body in bodies(found) for code in body.quality], messages(found)) == (
        [0] * 20 + [8] * 4,
        [],
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (day("V") + "400,1,20,A,,\n", "3: has quality V, and no 400 record tells that of interval 21"),
        (day("V") + "400,1,49,A,,\n", "4: needs the first and last interval, from 1 to 48, and a quality"),
        (day("V") + "400,1,48,A,,\n400,5,6,N,,\n", "5: contradicts the quality 'N' of intervals 5 to 6"),
        (day("X"), "3: has a quality that NEM12 does not know: 'X'"),
        (day(count=47), "3: has a quality that NEM12 does not know"),
        (day(count=40), "3: has 47 cells, where a day of 30 min has 48 values and a quality"),
        ("777,1\n", "3: is not a NEM12 record that may stand here: '777'"),
        (day(value="x"), "3: value is not a number such as 312.5: 'x'"),
        (day(date="20261340"), "3: stamp is not a date that exists"),
    ],
)
def test_a_record_that_the_specification_does_not_know_is_refused_with_its_line(
    text: str, message: str
) -> None:
    found = read(f"{HEAD}{register()}{text}900\n", "nem12")
    assert (messages(found)[0].startswith(message), energies(found)) == (True, {})


def test_a_file_without_its_last_record_says_that_it_may_be_cut() -> None:
    found = read(f"{HEAD}{register()}{day()}", "nem12")
    assert (len(energies(found)), messages(found)) == (
        48,
        [" has no 900 record at its end, so that it may be cut; the days that are whole are taken"],
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("100,NEM13,202607150700,MDP1,R\n", "NEM13 holds no intervals"),
        ("time,value\n", "begins with 'time', where a NEM12 file begins with its 100 record"),
        (HEAD + register(minutes="60"), "states an interval of '60' min, where NEM12 allows 5, 15 or 30"),
        (HEAD + register(unit="kW") + day(), "has no register of energy"),
        (HEAD + register() + day() + register(minutes="5"), "several units or intervals"),
        (HEAD + "900\n", "it has no 200 record"),
        ("", "is empty|begins|no 200 record"),
    ],
)
def test_a_file_of_which_nobody_can_be_sure_is_refused_whole(text: str, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        read(text, "nem12")


@pytest.mark.parametrize("key", ["unit=MWh", "time=x", "value=y"])
def test_what_the_file_states_itself_is_not_asked_for(key: str) -> None:
    with pytest.raises(Malformed, match="nem12 takes area=, decimals= after it"):
        read(HEAD, f"nem12,{key}")
