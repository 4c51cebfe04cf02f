"""Random histories: claims of every kind over a tiny world, and the records that the rules make of them.

A history is a function of (seed, count), so a failing law prints its seed and is run again by it. The world is small (two sites,
two blocks each, a few names) so that facts meet: outages overlap curtailments, corrections hit what others were decided on. A
claim that the rules refuse is left out, as a ledger would.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import UNSET

from ledger import calendar, kinds
from ledger.errors import Malformed, Refused
from ledger.exchange import story
from ledger.fields import Field, fields_of
from ledger.kinds import BY_TAG, CLASSES, CURRENT, Fact, Kind
from ledger.records import envelope as records
from ledger.records import leaf_format
from ledger.records.envelope import RECORDS, Claim, Record
from ledger.rules.corrections import retraction_stream
from ledger.rules.decide import decide
from ledger.rules.known import Targets
from ledger.rules.register import Register
from tests.support.making import SAMPLES

SITES: Final = ("s1", "s2")
FIRST_S: Final = calendar.instant_s("2026-06-01T00:00:00Z")
SPAN_S: Final = 5 * 86_400
SAYABLE: Final = tuple(k for k in CURRENT.values() if k.disclosure is None or k.disclosure in CLASSES)
# kinds that matter most to the reports come more often
WEIGHTS: Final = {
    "outage-started": 12,
    "outage-ended": 14,
    "curtailment-started": 14,
    "curtailment-ended": 12,
    "hashrate-changed": 20,
    "intervals-recorded": 9,
    "load-block-rerated": 4,
    "fleet-installed": 6,
    "fleet-removed": 6,
    "program-suspended": 3,
    "program-reinstated": 5,
    "payment-made": 5,
    "payment-scheduled": 4,
    "commitment-assessed": 5,
    "headcount-reported": 6,
    "event-retracted": 6,
    "curtailment-target-reached": 20,
    "cured": 3,
    "feed-state-changed": 4,
    "meter-registered": 3,
    "cure-started": 3,
    "generator-started": 20,
    "generator-stopped": 12,
    "generator-load-measured": 4,
    "directive-received": 3,
    "breaker-opened": 3,
    "expenditure-recorded": 5,
    "positions-reported": 8,
    "billing-demand-recorded": 4,
    "collateral-posted": 3,
    "collateral-released": 3,
    "load-ramp-agreed": 3,
    "load-forecast-set": 3,
    "coincident-peak-confirmed": 4,
    "excursion-recorded": 3,
    "load-response-recorded": 6,
    "model-verified": 2,
    "generation-recorded": 10,
    "certificates-retired": 3,
    "water-recorded": 4,
}

POOLS: Final[dict[str, tuple[str, ...]]] = {
    "site": SITES,
    "block": ("m1", "m2", "ai1"),
    "outage": ("o1", "o2", "o3", "o4"),
    "dispatch": ("d1", "d2", "d3"),
    "meter": ("r1", "r2", "gen", "rev"),
    "scope": ("site", "m1", "ai1"),
    "program": ("p1", "p2"),
    "phase": ("ph1", "ph2"),
    "delay": ("dl1", "dl2"),
    "commitment": ("c1", "c2"),
    "incident": ("i1", "i2"),
    "excursion": ("e1", "e2", "e3"),
    "change": ("fc1", "fc2"),
    "curve": ("itic", "caiso-straw", "none"),
    "instalment": ("first", "second"),
    "feed": ("A", "B"),
    "scheme": ("summer", "other"),
    "directive": ("e1", "e2"),
    "generator": ("g1", "g2"),
    "model": ("s21", "s19"),
    "receipt": ("r-1", "r-2", "r-3", "r-4"),
    "exemption": ("ex1", "ex2"),
    "expenditure": ("x1", "x2", "x3", "x4", "x5"),
    "position_class": ("electrician", "technician"),
    "agreement": ("A", "B"),
    "month": ("2026-04", "2026-05"),
    "quarter": ("2026-Q1",),
    "step": ("signing", "second"),
    "instrument": ("lc-1", "bond"),
    "tz": ("America/New_York", "America/Chicago"),
    "period": ("2026-Q2", "2026-06"),
    "balancing_authority": ("SOCO", "TVA"),
    "supply": ("own1", "ppa1", "recs1"),
    "serials": ("a-1", "a-2", "a-3", "a-4"),
    "connection": ("city", "well"),
    "item": ("state-filing", "water", "security"),
}

SETUP: Final = """
2026-05-01T00:00Z {s} site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-05-01T00:00Z {s} power-contracted agreement=A power=300MW firm=20MW start=2026-05-01T00:00Z
2026-05-01T00:00Z {s} capacity-energized power=250MW point_of_delivery=P voltage=115kV
2026-05-02T00:00Z {s} load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A,B]
2026-05-02T00:00Z {s} load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm capacity=20MW feeds=[A,B]
2026-05-02T00:00Z {s} meter-registered meter=r1 scope=m1 role=revenue direction=delivered interval=1h
2026-05-03T00:00Z {s} program-enrolled program=p1 operator=O agreement=A blocks=[m1] meters=[r1] method=meter-before-after committed=80MW notice=30min response=10min program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]
2026-05-03T00:00Z {s} dispatch-notified dispatch=d1 program=p1 dispatch_class=emergency mode=reduce-by target=80MW start=2026-06-02T10:00Z
2026-05-03T00:00Z {s} lease-phase-opened lease=l1 phase=ph1 tenant=t critical=50MW
2026-05-03T00:00Z {s} commitment-made commitment=c1 counterparty=County instrument=pilot category=jobs target=20 comparator=at-least basis=period-average periods=[2026-Q2] due_on=[2026-06-03] observed_on=[2026-06-01,2026-06-02] fte_basis=annual-hours fte_hours=520 cure_days=1 binding=true
2026-05-03T00:00Z {s} incident-opened incident=i1 summary=x
2026-05-03T00:00Z {s} default-noticed commitment=c1
2026-05-03T00:00Z {s} excursion-recorded excursion=e1 quantity=voltage voltage=42% nominal=115kV duration=180ms
2026-05-03T00:00Z {s} facility-changed change=fc1 category=settings what=x
2026-05-03T00:00Z {s} credit-support-recorded phase=ph1 instrument="a plain text" amount=1USD
2026-05-03T00:00Z {s} generator-registered generator=g1 fuel=diesel rated=3MW engine=emergency permit=P
2026-05-03T00:00Z {s} directive-received directive=e1 issuer=ERCOT channel=hotline authority=doe-202c issued=2026-05-03T00:00Z instruction=curtail-or-deploy target=10MW backup=2MW dispatch=d1
2026-05-03T00:00Z {s} exemption-granted exemption=ex1 authority=A rule=other threshold=0.60USD jobs=20 starts_on=2026-05-01 ends_on=2026-06-04 due_on=2026-06-05
2026-05-03T00:00Z {s} load-ramp-agreed agreement=A tariff=other steps_on=[2026-04-01,2026-06-02] steps=[100MW,200MW] minimum=60% ends_on=2026-06-30 filing_days=30
2026-05-03T00:00Z {s} demand-charge-set agreement=A charge=9.50USD
2026-05-03T00:00Z {s} collateral-step-set agreement=A step=signing due_on=2026-06-02 required=0.50USD
2026-05-03T00:00Z {s} collateral-posted agreement=A instrument=lc-1 form=cash amount=0.40USD posted_on=2026-05-03
2026-05-03T00:00Z {s} peak-charge-set scheme=summer charge=60.00USD
2026-05-03T00:00Z {s} dispatch-notified dispatch=d3 dispatch_class=coincident-peak mode=reduce-by target=80MW start=2026-06-03T20:00Z stop=2026-06-03T22:00Z
2026-05-03T00:00Z {s} meter-registered meter=gen scope=site role=sub direction=received interval=1h
2026-05-03T00:00Z {s} meter-registered meter=rev scope=site role=revenue direction=delivered interval=1h
2026-05-03T00:00Z {s} energy-supply-registered supply=own1 instrument=own-generation energy_source=solar meter=gen start_on=2026-05-01
2026-05-03T00:00Z {s} energy-supply-registered supply=recs1 instrument=certificates energy_source=wind start_on=2026-05-01
2026-06-02T00:00Z {s} intervals-recorded meter=rev start=2026-06-02T00:00Z interval=1h power_of_ten=3 values=[{day}] quality=[{fine}]
2026-06-02T00:00Z {s} intervals-recorded meter=gen start=2026-06-02T00:00Z interval=1h power_of_ten=3 values=[{day}] quality=[{fine}]
2026-06-02T00:00Z ba-SOCO generation-recorded energy_source=gas start=2026-06-02T00:00Z interval=1h power_of_ten=6 values=[{day}] quality=[{fine}]
2026-05-03T00:00Z ba-SOCO peak-scheme-set scheme=summer months=[6,7] per=month peaks=2 interval=1h tz=America/New_York rule=x in_force=true
"""


def setup() -> list[Claim]:
    """The claims every history begins with."""
    day, fine = ",".join(map(str, range(24))), ",".join(["17"] * 24)
    lines = "".join(SETUP.format(s=site, day=day, fine=fine) for site in SITES).splitlines()
    return [claim for line in lines if (claim := story.parse(line)) is not None]


def claims(rng: random.Random, count: int) -> Iterator[Claim]:
    """Random claims after the setup, without corrections."""
    kinds = rng.choices(SAYABLE, weights=[WEIGHTS.get(k.name, 1) for k in SAYABLE], k=count)
    for kind in kinds:
        claim = random_claim(rng, kind)
        if claim is not None:
            yield claim


def random_claim(
    rng: random.Random, kind: Kind, place: str | None = None, disclosure: str = "grid", **envelope: Any
) -> Claim | None:
    """One random claim of a kind; None where the drawn fact says no possible thing."""
    at_s = FIRST_S + rng.randrange(SPAN_S // 900) * 900
    body = random_body(rng, kind, at_s, place)
    if isinstance(body, kinds.Series):
        body, at_s = _readings(rng, body, at_s)
    if isinstance(body, kinds.CoincidentPeakConfirmed):
        body = _peak(body)
    if isinstance(body, kinds.WaterRecorded | kinds.CertificatesRetired):
        body, at_s = _of_days(rng, body, at_s)
    authority = getattr(body, "balancing_authority", None)
    own = getattr(body, "site", None) or (authority and records.authority_place(authority))
    try:
        return records.make_claim(
            kind,
            calendar.format_instant(at_s),
            body,
            place=own or place or rng.choice((*SITES, *SITES, *SITES, "fleet")),
            disclosure=kind.disclosure or disclosure,
            **envelope,
        )
    except Malformed:
        return None


def random_body(rng: random.Random, kind: Kind, at_s: int, place: str | None = None) -> Fact:
    """A random body: names from the pools, instants near the fact, powers up to the block's."""
    said = {}
    for field in fields_of(kind.body):
        if field.required or rng.random() < 0.5:
            said[field.name] = _many(rng, field, at_s)
    if place and "site" in said:
        said["site"] = place
    if kind.body is kinds.ExcursionRecorded:
        said = _excursion(rng, said)
    if kind.body is kinds.RideThroughTermsSet:
        said = {name: value for name, value in said.items() if not isinstance(value, tuple)}
    if kind.body is kinds.LoadRampAgreed:
        said = _ramp(rng, said)
    if "minimum_w" in said:
        said["minimum_w"] = min(said[name] for name in said if name.endswith("_w"))
        said["recovered_w"] = said.get("recovered_w", said["minimum_w"])
    if "due_on" in said and "periods" in said:
        said["periods"], said["due_on"] = ("2026-Q2",), said["due_on"][:1] or ("2026-06-03",)
    return kind.body(**said)


def _excursion(rng: random.Random, said: dict[str, Any]) -> dict[str, Any]:
    """An excursion of one quantity alone."""
    plain = {name: said[name] for name in ("site", "excursion", "quantity", "duration_ms")}
    if said["quantity"] == "frequency":
        return plain | {"frequency_mhz": rng.choice((57_500, 58_000, 61_500))}
    return plain | {
        "voltage_ppm": rng.choice((150_000, 420_000, 1_150_000)),
        "offset_ms": rng.randrange(1000),
    }


def _ramp(rng: random.Random, said: dict[str, Any]) -> dict[str, Any]:
    """Steps in order, one power for each, and terms that any tariff may have."""
    days = sorted(rng.sample(("2026-04-01", "2026-05-15", "2026-06-01", "2026-06-03"), rng.randrange(1, 4)))
    steps = tuple(rng.choice((50, 100, 200)) * 1_000_000 for _ in days)
    own = {"minimum_ppm": rng.choice((0, 600_000, 1_000_000)), "demand_interval_s": rng.choice((900, 3600))}
    plain = {name: said[name] for name in ("site", "agreement", "tariff")}
    return plain | {"steps_on": tuple(days), "steps_w": steps, "filing_days": rng.randrange(60)} | own


def _many(rng: random.Random, field: Field, at_s: int) -> Any:
    if field.many:
        return tuple(_one(rng, field, at_s) for _ in range(rng.randrange(3)))
    return _one(rng, field, at_s)


def _one(rng: random.Random, field: Field, at_s: int) -> Any:
    if field.form == "choice":
        return rng.choice(field.choices)
    if field.form == "struct":
        return kinds.Tier(rent_days_per_day=rng.randrange(3), after_months=rng.randrange(4))
    if field.form == "bool":
        return rng.random() < 0.5
    if field.form == "instant":
        return calendar.format_instant(at_s + rng.randrange(-4, 40) * 900)
    if field.form == "date":
        return f"2026-06-0{rng.randrange(1, 8)}"
    if field.form == "int":
        return _number(rng, field)
    name = field.name.removesuffix("s") if field.many else field.name
    return rng.choice(POOLS[name]) if name in POOLS else SAMPLES[field.form]


def _number(rng: random.Random, field: Field) -> int:
    if field.name == "year":
        return rng.choice((2026, 2027))
    if field.unit == "_w":
        return rng.choice((0, 10, 40, 60, 100, 100)) * 1_000_000
    return min(max(field.low, rng.randrange(60)), field.high)


def _readings(rng: random.Random, body: kinds.Series, at_s: int) -> tuple[Fact, int]:
    whole = isinstance(body, kinds.GenerationRecorded) or body.meter in ("gen", "rev")
    start_s = at_s - at_s % (86_400 if whole else 3600)
    count = rng.randrange(20, 25) if whole else min(rng.randrange(1, 5), 24 - start_s % 86_400 // 3600)
    return (
        msgspec.structs.replace(
            body,
            start=calendar.format_instant(start_s),
            interval_s=3600,
            power_of_ten=rng.choice((0, 3)),
            values=tuple(rng.randrange(100_000) for _ in range(count)),
            quality=tuple(rng.choice((-1, 0, 8, 17)) for _ in range(count)),
        ),
        start_s,
    )


def _of_days(
    rng: random.Random, body: kinds.WaterRecorded | kinds.CertificatesRetired, at_s: int
) -> tuple[Fact, int]:
    """Some days from that of the fact on, which begins at noon."""
    first = calendar.format_instant(at_s)[:10]
    noon_s = at_s - at_s % 86_400 + 43_200
    if isinstance(body, kinds.CertificatesRetired):
        return msgspec.structs.replace(
            body, period=first, retired_on="2026-06-08", energy_wh=1 + body.energy_wh
        ), noon_s
    after = calendar.format_instant(noon_s + rng.randrange(1, 4) * 86_400)[:10]
    consumed = UNSET if body.consumed is UNSET else min(body.consumed, body.withdrawn)
    return msgspec.structs.replace(body, start_on=first, stop_on=after, consumed=consumed), noon_s


def _peak(body: kinds.CoincidentPeakConfirmed) -> Fact:
    """An hour, as the scheme of the setup has them."""
    start_s = calendar.instant_s(body.start)
    start, stop = (calendar.format_instant(start_s - start_s % 3600 + more_s) for more_s in (0, 3600))
    return msgspec.structs.replace(body, start=start, stop=stop)


class Ledger:
    """A ledger in memory that does what the rules say and nothing else: no trees, no store."""

    def __init__(self) -> None:
        self.register = Register()
        self.records: list[Record] = []
        self.by_id: dict[str, Record] = {}
        self.named: dict[str, int] = {}
        self.sizes: dict[str, int] = {}

    def take(self, claim: Claim) -> Record | None:
        """The record a claim becomes, or None where it is refused or known already."""
        if claim.id in self.by_id:
            return None
        targets = Targets(self.by_id, self.named)
        try:
            claim = retraction_stream(claim, targets)
            body = decide(self.register, claim, targets)
        except (Refused, Malformed):
            return None
        assert claim.stream is not None
        record = RECORDS[claim.kind](
            actor=claim.actor,
            at=claim.at,
            body=records.without_sections(body),
            corrects=claim.corrects,
            id=str(claim.id),
            index=len(self.records),
            nonce=f"{len(self.records):032x}",
            pos=self.sizes.get(claim.stream, 0),
            reason=claim.reason,
            rec=calendar.format_rec(1_782_000_000_000_000 + len(self.records)),
            sections=dict.fromkeys(leaf_format.sections_of(body), "ab" * 32) or UNSET,
            stream=claim.stream,
        )
        self.register.apply(record)
        self.records.append(record)
        self.by_id[record.id] = record
        self.named |= dict.fromkeys(record.corrects or (), record.index)
        self.sizes[record.stream] = record.pos + 1
        return record

    def take_all(self, said: Iterable[Claim]) -> list[Record]:
        """Every record that came of the claims."""
        return [record for claim in said if (record := self.take(claim)) is not None]


def history(seed: int, count: int) -> list[Record]:
    """The records of a random history, a list of one's own: many laws look at the same few."""
    return list(_history(seed, count))


@lru_cache(maxsize=64)
def _history(seed: int, count: int) -> tuple[Record, ...]:
    """The records of a random history of about ``count`` accepted facts with corrections and retractions
    among them.
    """
    rng = random.Random(seed)
    ledger = Ledger()
    ledger.take_all(setup())
    for claim in claims(rng, count):
        record = ledger.take(claim)
        if record is not None and rng.random() < 0.15:
            target = rng.choice(ledger.records)
            correction = random_correction(rng, target)
            if correction is not None:
                ledger.take(correction)
    return tuple(ledger.records)


def random_correction(rng: random.Random, target: Record) -> Claim | None:
    """A claim that corrects or retracts a record."""
    kind = BY_TAG["event-retracted.v1"] if rng.random() < 0.4 else BY_TAG[target.kind]
    return random_claim(
        rng,
        kind,
        target.place,
        target.stream.partition("/")[2],
        corrects=(target.id,),
        reason="read again",
    )
