"""pyasic dumps: two real ones, lists and lines of devices, and what is no Bitcoin miner."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from msgspec import UNSET

from ledger.exchange import miners
from ledger.exchange.miners import MinerOptions
from ledger.exchange.reading import Reading
from ledger.kinds import HashrateChanged

SAMPLES = resources.files("ledger.app.demo").joinpath("samples").joinpath("miners")
AT = "2026-07-14T18:00:00Z"
OPTIONS = MinerOptions("norcross", "bench", AT)


def device(rate: Any = 100, unit: int = 10**12, wattage: Any = 3000, **more: Any) -> dict[str, Any]:
    hashrate = {"unit": {"value": unit, "suffix": "TH/s"}, "rate": rate}
    return {"hashrate": hashrate, "wattage": wattage, "device_info": {"algo": "sha256"}, **more}


def dump(value: Any, options: MinerOptions = OPTIONS) -> Reading:
    return miners.read(json.dumps(value).encode(), "dump.json", options)


def body(found: Reading) -> HashrateChanged:
    said = found.claims[0].body
    assert isinstance(said, HashrateChanged)
    return said


def messages(found: Reading) -> list[str]:
    return [str(problem) for problem in found.problems]


def test_a_real_avalon_is_its_own_hashrate_and_wattage() -> None:
    name = "minerdata_avalon1566_sha256.json"
    said = json.loads(SAMPLES.joinpath(name).read_bytes())
    found = body(miners.read(SAMPLES.joinpath(name).read_bytes(), name, OPTIONS))
    assert found.hashrate_ghs == round(said["hashrate"]["rate"] * said["hashrate"]["unit"]["value"] / 10**9)
    assert found.power_w == said["wattage"]


def test_a_real_s19_without_wattage_keeps_its_power_unknown() -> None:
    name = "minerdata_s19_mskminer_sha256.json"
    found = miners.read(SAMPLES.joinpath(name).read_bytes(), name, OPTIONS)
    assert (body(found).hashrate_ghs, body(found).power_w) == (99_990, UNSET)


def test_units_come_from_the_dump_and_the_sum_is_rounded_once() -> None:
    """0.4 + 0.4 + 0.4 GH/s are 1.2, and 1 when rounded: not 0 + 0 + 0."""
    assert body(dump([device(0.4, 10**9)] * 3)).hashrate_ghs == 1


def test_devices_of_different_units_add_up() -> None:
    assert body(dump([device(100), device(0.1, 10**15), device(500, 10**9)])).hashrate_ghs == 200_500


def test_a_device_at_zero_counts_as_not_hashing() -> None:
    found = body(dump([device(), device(0, wattage=5)]))
    assert (found.units_hashing, found.units_total, found.power_w) == (1, 2, 3005)


def test_one_hashing_device_without_wattage_makes_the_blocks_power_unknown() -> None:
    found = dump([device(), device(wattage=None)])
    assert (body(found).power_w, found.notes) == (
        UNSET,
        ("dump.json: 1 of 2 devices report no wattage, so the block's power is unknown",),
    )


def test_a_device_that_reports_no_hashrate_is_said_and_counts_as_not_hashing() -> None:
    found = dump([device(), device() | {"hashrate": None}])
    assert (body(found).units_hashing, found.notes) == (
        1,
        ("dump.json: 1 of 2 devices report no hashrate and count as not hashing",),
    )


# as other versions of pyasic write what other makers' devices say (shapes of pyasic/data/__init__.py at 0.30,
# 0.60 and 0.70)
WHATSMINER = {  # 0.30: plain numbers in TH/s, -1 for unknown, seconds as text
    "ip": "192.0.2.11",
    "datetime": "1784052000",
    "mac": "C0:FF:EE:00:00:01",
    "model": "M30S++",
    "make": "Unknown",
    "hashrate": 112.25,
    "nominal_hashrate": 112.0,
    "hashboards": [{"slot": 0, "hashrate": 56.0, "chips": 111}, {"slot": 1, "hashrate": 56.25, "chips": 111}],
    "wattage": 3472,
    "fans": [{"speed": 4300}],
}
BRAIINS = {  # 0.60: the unit as its hashes per second
    "ip": "192.0.2.12",
    "mac": "C0:FF:EE:00:00:02",
    "device_info": {"make": "AntMiner", "model": "S19j Pro", "firmware": "BOS+", "algo": "SHA256"},
    "hashrate": {"unit": 10**12, "rate": 95.5},
    "wattage": 2950,
    "datetime": "2026-07-14T13:00:30.250000-05:00",
}
EPIC = {  # 0.70: rounded watts as a float, timestamp beside datetime
    "ip": "192.0.2.13",
    "mac": "C0:FF:EE:00:00:03",
    "device_info": {"make": "AntMiner", "model": "S19k Pro", "firmware": "ePIC", "algo": "SHA256"},
    "hashrate": {"unit": {"value": 10**12, "suffix": "TH/s"}, "rate": 120.25},
    "wattage": 2788.5,
    "timestamp": 1_784_052_010,
}
BITAXE = {  # a board of one chip: rates in GH/s, ten watts
    "ip": "192.0.2.14",
    "mac": "C0:FF:EE:00:00:04",
    "device_info": {"make": "BitAxe", "model": "Gamma", "firmware": "Stock", "algo": "SHA256"},
    "hashrate": {"unit": {"value": 10**9, "suffix": "GH/s"}, "rate": 1087.5},
    "wattage": 18,
    "timestamp": 1_784_052_020,
}


def test_devices_of_all_makers_and_versions_add_up_to_a_block() -> None:
    """112.25 + 95.5 + 120.25 + 1.0875 TH/s and 3472 + 2950 + 2788.5 + 18 W; the latest poll is of
    18:00:30.
    """
    found = dump([WHATSMINER, BRAIINS, EPIC, BITAXE], MinerOptions("norcross", "bench"))
    said = body(found)
    assert (said.hashrate_ghs, said.power_w, said.units_hashing, said.units_total) == (329_088, 9_228, 4, 4)
    assert (found.claims[0].at, messages(found)) == ("2026-07-14T18:00:30Z", [])


def test_a_plain_number_is_terahashes_and_an_algorithm_not_said_is_sha_256_and_both_are_told() -> None:
    assert dump(WHATSMINER).notes == (
        "dump.json: 1 of 1 devices give a plain number, which is TH/s as pyasic documents it",
        "dump.json: 1 of 1 devices do not state their algorithm and are taken to mine SHA-256",
    )


@pytest.mark.parametrize("wattage", [None, -1, 0])
def test_a_wattage_that_cannot_be_so_is_unknown(wattage: Any) -> None:
    assert body(dump(device(wattage=wattage))).power_w is UNSET


def test_of_a_device_that_was_polled_again_the_latest_counts() -> None:
    later = EPIC | {"timestamp": 1_784_052_310, "hashrate": {"unit": 10**12, "rate": 60}}
    found = dump([EPIC, later, BITAXE])
    assert (body(found).hashrate_ghs, body(found).units_total, found.notes) == (
        61_088,
        2,
        ("dump.json: 1 earlier polls of devices that were polled again are passed over",),
    )


@pytest.mark.parametrize(
    ("model", "algorithm"),
    [
        ("L7", "Scrypt"),
        ("L3+", "Scrypt"),
        ("Antminer L9", "Scrypt"),
        ("Mini Doge", "Scrypt"),
        ("DG1+", "Scrypt"),
        ("D1", "Scrypt"),
        ("D10", "Scrypt"),
        ("D9", "X11"),
        ("DR5", "Blake256"),
        ("E9Pro", "EtHash"),
        ("A11MX", "EtHash"),
        ("HS3", "Handshake"),
        ("CK5", "Eaglesong"),
        ("KA3", "Kadena"),
        ("KD Box Pro", "Kadena"),
        ("KS5L", "KHeavyHash"),
        ("Z15 Pro", "Equihash"),
        ("AL3", "BlockFlow"),
    ],
)
@pytest.mark.parametrize("algo", ["SHA256", None])
def test_a_model_that_mines_something_else_is_no_bitcoin_miner_whatever_pyasic_says(
    model: str, algorithm: str, algo: str | None
) -> None:
    """pyasic 0.62 says SHA256 of every model (a default), and 0.54 says nothing; 9.5 GH/s of Scrypt are no
    Bitcoin work.
    """
    found = dump(device(9.5, 10**9, 3425, device_info={"model": model, "algo": algo}))
    assert (found.claims, messages(found)) == (
        (),
        [
            f"dump.json: is a {model}, which mines {algorithm}, whose hashrate is not Bitcoin work; only SHA-256"
            " devices are read"
        ],
    )


@pytest.mark.parametrize(
    "model",
    [
        *("S9i", "T19", "S21+ Hydro", "S19k Pro Dual", "M30S++ VH100", "Avalon 1166 Pro", "Avalon Q Home"),
        *("T3H+", "LV07", "AI2500", "AD3500", "Gamma", "BMM101", "BlockMiner 520i", ""),
    ],
)
def test_other_makers_bitcoin_miners_are_read(model: str) -> None:
    assert body(dump(device(device_info={"model": model, "algo": "SHA256"}))).units_hashing == 1


def test_a_device_whose_model_pyasic_did_not_know_is_not_taken_for_a_bitcoin_miner() -> None:
    """0.79 of a Goldshell Byte, which mines Scrypt or ZkSnark; the sum says that it is not in it."""
    byte = device(device_info={"make": "Goldshell", "model": "Byte", "algo": "Generic (Unknown)"})
    found = dump([device(), byte])
    assert (body(found).units_total, messages(found), found.notes) == (
        1,
        [
            "dump.json: device 2: is of a model that pyasic did not know, nor what it mines; only SHA-256"
            " devices are read"
        ],
        ("dump.json: the sum is of 1 devices; 1 more were not read",),
    )


def test_a_poll_in_which_no_device_answered_is_not_zero() -> None:
    found = dump([device() | {"hashrate": None}] * 2)
    assert (found.claims, messages(found)) == (
        (),
        ["dump.json: holds 2 devices, and none reports a hashrate: unknown is not zero"],
    )


def test_json_lines_of_devices_are_one_fact() -> None:
    lines = b"\n".join(json.dumps(device()).encode() for _ in range(3))
    assert body(miners.read(lines, "dump.jsonl", OPTIONS)).units_total == 3


def test_a_bad_line_keeps_no_good_one_out() -> None:
    found = miners.read(json.dumps(device()).encode() + b"\n{oops}\n", "dump.jsonl", OPTIONS)
    assert (body(found).units_total, messages(found)[0].split(": ")[0]) == (1, "dump.jsonl:2")


def test_the_latest_time_of_the_devices_is_when_it_was_so() -> None:
    found = dump([device(timestamp=1_784_052_000), device(timestamp=1_784_052_060)])
    assert found.claims[0].at == "2026-07-14T18:01:00Z"


def test_a_dump_without_time_takes_the_one_that_is_given() -> None:
    assert dump(device()).claims[0].at == AT


def test_a_timestamp_of_zero_states_no_time() -> None:
    """A controller whose clock was never set; the block's hashrate was recorded in 1970."""
    (claim,) = dump([device(timestamp=0)]).claims
    assert claim.at == AT


def test_a_dump_without_any_time_is_a_problem() -> None:
    found = dump(device(), MinerOptions("norcross", "bench"))
    assert (found.claims, messages(found)) == (
        (),
        ["dump.json: has no time: add --at 2026-07-14T18:00Z, when the devices were polled"],
    )


def test_a_poll_holds_for_as_long_as_is_said() -> None:
    assert body(dump(device(), MinerOptions("norcross", "bench", AT, 900))).until == "2026-07-14T18:15:00Z"


def test_scrypt_is_no_bitcoin_work() -> None:
    found = dump([device(), device() | {"device_info": {"algo": "scrypt"}}])
    assert (body(found).units_total, messages(found)) == (
        1,
        [
            "dump.json: device 2: mines scrypt, whose hashrate is not Bitcoin work; only SHA-256 devices are read"
        ],
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "is not a pyasic MinerData object"),
        ("text", "is not a pyasic MinerData object"),
        (device(-1), "hashrate rate is below zero: -1"),
        (device("100"), "hashrate rate is not a number: '100'"),
        (device(True), "hashrate rate is not a number: 'True'"),
        (device() | {"hashrate": {"rate": 100}}, 'hashrate must be {"unit": {"value", "suffix"}, "rate"}'),
        (device() | {"hashrate": [100]}, 'hashrate must be {"unit": {"value", "suffix"}, "rate"}'),
        (device() | {"hashrate": {"rate": 100, "unit": "Sol/s"}}, "hashrate unit is not one of"),
        ({"hashrate": 504.0, "wattage": 3260, "model": "L7"}, "is a L7, which mines Scrypt"),
        (device(wattage=-2), "wattage is below zero: -2"),
        (device(datetime="2026-07-14T18:00:00"), "needs Z or an offset"),
        (device() | {"wattage": "3 kW"}, "wattage is not a number: '3 kW'"),
        (device(timestamp=-1), "is outside the years 1970 to 9999"),
        ([], "holds no device"),
    ],
)
def test_what_is_no_miner_says_what_it_should_be(value: Any, message: str) -> None:
    found = dump(value)
    assert found.claims == ()
    assert message in messages(found)[0]


@pytest.mark.parametrize(
    "text",
    [
        b'{"hashrate": {"unit": {"value": 1}, "rate": 1e999999}}',
        b'{"hashrate": {"unit": {"value": 1}, "rate": NaN}}',
        b'{"hashrate": {"unit": {"value": 1}, "rate": ' + b"9" * 5000 + b"}}",
        b'{"hashrate": null, "hashrate": null}',
        b"[" * 100_000,
        b"\xff\xfe{}",
        b"",
    ],
    ids=lambda text: repr(text[:30]),
)
def test_hostile_json_is_a_problem_and_never_a_crash(text: bytes) -> None:
    found = miners.read(text, "dump.json", OPTIONS)
    assert (found.claims, len(found.problems) > 0) == ((), True)


def test_a_dump_cut_anywhere_is_a_problem() -> None:
    whole = SAMPLES.joinpath("minerdata_avalon1566_sha256.json").read_bytes().rstrip()
    for size in range(0, len(whole), 97):
        found = miners.read(whole[:size], "dump.json", OPTIONS)
        assert (found.claims, len(found.problems) > 0) == ((), True), f"cut at {size}"


# --- what asic-rs writes, paused machines, and devices polled more than once ------------------------------


def rust(value: Any = 181.25, unit: str = "TH/s", wattage: Any = 3440, **more: Any) -> dict[str, Any]:
    """A device as pyasic-rs 0.8.6 writes it: the rate is called value, and the unit is a name."""
    hashrate = {"value": value, "unit": unit, "algo": "SHA256"}
    info = {"make": "AntMiner", "model": "S21", "algo": "SHA256"}
    return {"hashrate": hashrate, "wattage": wattage, "device_info": info, "timestamp": 1_784_052_000} | more


def test_a_device_that_asic_rs_read_adds_its_hashrate_and_its_power() -> None:
    """pyasic-rs 0.8.6 says ``{"value", "unit", "algo"}``; beside 100 TH/s at 3 kW it makes 281.25 TH/s."""
    found = body(dump([device(), rust()]))
    assert (found.hashrate_ghs, found.power_w, found.units_hashing) == (281_250, 6_440, 2)


@pytest.mark.parametrize(
    ("value", "unit"),
    [(0.18125, "PH/s"), (181_250, "GH/s"), (181.25, "TeraHash"), (181.25, "Th/s"), (181_250_000, "MegaHash")],
)
def test_a_unit_counts_by_its_name_however_asic_rs_spells_it(value: Any, unit: str) -> None:
    """The Rust side serializes the enum's name (TeraHash), the Python side its text (TH/s)."""
    assert body(dump(rust(value, unit))).hashrate_ghs == 181_250


@pytest.mark.parametrize(
    "hashrate",
    [
        {"value": 181.25},
        {"rate": 181.25},
        {"rate": 1, "value": 1, "unit": "TH/s"},
        {"speed": 181.25, "unit": "TH/s"},
        {"unit": "TH/s"},
        {"unit": {"value": 10**12, "suffix": "TH/s"}},
        {"ghs": 181_250},
        {},
        [],
        "181.25 TH/s",
        True,
    ],
)
def test_a_hashrate_of_unknown_shape_is_a_problem_and_never_a_zero(hashrate: Any) -> None:
    found = dump([device() | {"hashrate": hashrate}])
    assert (found.claims, messages(found)[0].split("} or ")[0]) == (
        (),
        'dump.json: device 1: hashrate must be {"unit": {"value", "suffix"}, "rate"',
    )


def test_a_unit_of_zero_hashes_is_a_problem_and_never_a_zero() -> None:
    assert messages(dump(device(100, 0))) == [
        "dump.json: hashrate unit is 0 hashes per second; it must be above zero"
    ]


def test_an_algorithm_that_only_the_hashrate_states_counts_too() -> None:
    scrypt = rust() | {"device_info": {}, "hashrate": {"value": 9.5, "unit": "GH/s", "algo": "Scrypt"}}
    assert messages(dump(scrypt)) == [
        "dump.json: mines Scrypt, whose hashrate is not Bitcoin work; only SHA-256 devices are read"
    ]


def test_paused_machines_draw_power() -> None:
    """Nine at rate 0 and 150 W beside one at 3,000 W are 4.35 kW."""
    found = body(dump([device(), *[device(0, wattage=150)] * 9]))
    assert (found.power_w, found.units_hashing, found.units_total) == (4_350, 1, 10)


def test_a_block_that_is_wholly_paused_has_known_power() -> None:
    found = body(dump([device(0, wattage=150)] * 10))
    assert (found.hashrate_ghs, found.power_w) == (0, 1_500)


def test_a_paused_machine_whose_wattage_is_unknown_makes_the_power_unknown() -> None:
    assert body(dump([device(), device(0, wattage=None)])).power_w is UNSET


def test_zero_watts_of_a_device_that_reports_no_hashrate_are_unknown() -> None:
    assert body(dump([device(), device(None, wattage=0)])).power_w is UNSET


def test_a_device_that_stands_twice_in_one_poll_counts_once() -> None:
    """One MAC address in both spellings, at the same time."""
    twice = rust(mac="c0-ff-ee-00-00-0a", ip="192.0.2.20")
    found = dump([rust(mac="C0:FF:EE:00:00:0A", ip="192.0.2.20"), twice])
    assert (body(found).units_total, found.notes) == (
        1,
        (
            "dump.json: 1 devices are repeated in the same poll, at the same time; each device counts once,"
            " as it stands last",
        ),
    )


def test_a_device_at_two_addresses_counts_once_and_is_named() -> None:
    found = dump([rust(mac="C0FFEE00000A", ip="192.0.2.20"), rust(mac="c0:ff:ee:00:00:0a", ip="192.0.2.21")])
    assert (body(found).units_total, found.notes[-1]) == (
        1,
        "dump.json: the device c0:ff:ee:00:00:0a is at 192.0.2.20 and at 192.0.2.21; it counts once, as polled"
        " last",
    )


def test_a_poll_without_mac_belongs_to_the_device_of_that_address() -> None:
    found = dump([rust(mac="C0:FF:EE:00:00:0A", ip="192.0.2.20"), rust(ip="192.0.2.20")])
    assert body(found).units_total == 1


def test_a_mac_of_zeros_names_no_device() -> None:
    found = dump([rust(mac="00:00:00:00:00:00", ip=f"192.0.2.{n}") for n in (20, 21)])
    assert body(found).units_total == 2


def test_a_datetime_with_its_offset_wins_over_a_timestamp_and_the_difference_is_told() -> None:
    """pyasic takes the UTC time for one on the collector's clock; five hours behind UTC it is 18,000 s late."""
    found = dump(device(datetime="2026-07-14T18:00:00+00:00", timestamp=1_784_070_000))
    assert (found.claims[0].at, found.notes) == (
        "2026-07-14T18:00:00Z",
        (
            "dump.json: 1 of 1 devices have a timestamp up to 5h off their datetime, which counts, since"
            " it carries its offset",
        ),
    )


def test_a_datetime_without_offset_leaves_the_timestamp_as_the_time() -> None:
    found = dump(device(datetime="2026-07-14T13:00:00", timestamp=1_784_052_000))
    assert (found.claims[0].at, found.notes) == ("2026-07-14T18:00:00Z", ())


def test_two_polls_of_an_autumn_night_with_one_timestamp_count_once_as_polled_later() -> None:
    """The clocks go back between them, so that both read as one second; datetime tells them apart."""
    same: dict[str, Any] = {"timestamp": 1_793_511_000, "mac": "C0:FF:EE:00:00:0A"}
    later = device(90, datetime="2026-11-01T01:30:00-05:00", **same)
    earlier = device(100, datetime="2026-11-01T01:30:00-04:00", **same)
    found = dump([later, earlier])
    assert (found.claims[0].at, body(found).hashrate_ghs, body(found).units_total) == (
        "2026-11-01T06:30:00Z",
        90_000,
        1,
    )


def test_of_two_polls_with_one_timestamp_and_no_datetime_the_one_further_down_stands() -> None:
    same: dict[str, Any] = {"timestamp": 1_793_511_000, "mac": "C0:FF:EE:00:00:0A"}
    assert body(dump([device(100, **same), device(90, **same)])).hashrate_ghs == 90_000


@pytest.mark.parametrize("stamp", ["soon", True, [1]])
def test_a_timestamp_that_is_no_number_is_a_problem_though_a_time_is_given(stamp: Any) -> None:
    assert (
        "timestamp must be the seconds since 1970 as a number" in messages(dump(device(timestamp=stamp)))[0]
    )
