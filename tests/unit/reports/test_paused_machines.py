"""A block that is wholly curtailed: its paused machines still draw power, and reports know how much."""

from __future__ import annotations

import json

import pytest

from ledger.app.book.book import Said
from ledger.exchange import miners
from tests.support.row_replay import Heard, cells

SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 power-contracted agreement=A power=1MW firm=0W start=2026-06-01T00:00Z
2026-06-01T00:00Z s1 capacity-energized power=1MW point_of_delivery=p voltage=115kV
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=30kW feeds=[]
2026-06-02T11:00Z s1 dispatch-notified dispatch=d dispatch_class=emergency mode=reduce-to target=0W start=2026-06-02T12:00Z
2026-06-02T12:00Z s1 curtailment-started dispatch=d block=m1 depth=30kW
"""
METER = """
2026-06-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=12h
2026-06-02T00:00Z s1 intervals-recorded meter=r start=2026-06-02T00:00Z interval=12h power_of_ten=3 values=[360,18] quality=[17,17]
"""
DAY = {"start": "2026-06-02", "stop": "2026-06-03"}


def polled(at: str, rate_ths: int, power_w: int) -> list[Said]:
    """What an import of ten machines says: pyasic's dump of them."""
    rate = {"unit": {"value": 10**12, "suffix": "TH/s"}, "rate": rate_ths}
    said = [
        {
            "hashrate": rate,
            "wattage": power_w,
            "mac": f"00:11:22:33:44:{n:02d}",
            "device_info": {"algo": "sha256"},
        }
        for n in range(10)
    ]
    reading = miners.read(json.dumps(said).encode(), "dump.json", miners.MinerOptions("s1", "m1", at))
    assert not reading.problems
    return [Said(claim) for claim in reading.claims]


@pytest.fixture
def curtailed(heard: Heard) -> Heard:
    """Ten machines of 3 kW, all paused from noon on; paused they draw 150 W each."""
    heard.at("2026-06-03T00:00Z", SITE)
    for said in (polled("2026-06-02T00:00:00Z", 100, 3000), polled("2026-06-02T12:00:00Z", 0, 150)):
        assert not heard.book.record(said).problems
    return heard


def test_the_bridge_shows_what_a_wholly_curtailed_block_draws(curtailed: Heard) -> None:
    """Half a day of 30 kW and half a day of 1.5 kW are a mean of 15.75 kW."""
    assert cells(curtailed.report("bridge", **DAY), "day", "mining_w") == [("2026-06-02", 15_750)]


def test_power_use_shows_what_the_meter_reads_beside_what_is_held_back(curtailed: Heard) -> None:
    """30 kW for 12 h and then 1.5 kW for 12 h are 378 kWh. The block of 30 kW is wholly held back: 360 kWh."""
    curtailed.at("2026-06-03T01:00Z", METER)
    found = cells(curtailed.report("power-use", **DAY), "site", "load_wh", "curtailed_wh")
    assert found == [(None, 378_000, 360_000), ("s1", 378_000, 360_000)]
