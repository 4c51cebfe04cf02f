"""A book whose pages have something in each part, in the hours after a storm: a site that is called twice while a
breaker is out, and a site whose names are made to break pages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.delivery.issue import issue
from ledger.app.host.clock import Seeded
from ledger.app.queries import log_view
from ledger.app.queries.report_run import Question, report_named
from tests.support.serving import NOW_US
from tests.support.small_book import said

HOSTILE: Final = "<script>alert(1)</script>{{7*7}}"
LOADS: Final = ",".join("90000000" for _ in range(24))
STORY: Final = f"""
2026-06-01T00:00Z s1 site-registered name="Dry Creek" county=Whitfield state=GA tz=America/New_York balancing_authority=SOCO utility="Georgia Power" parcels=[a] site_class=training
2026-06-01T00:00Z s2 site-registered name="{HOSTILE}" county="{HOSTILE}" state=TX tz=America/Chicago balancing_authority=ERCO utility="{HOSTILE}" parcels=[a] site_class=mining-only
2026-06-01T00:00Z s1 power-contracted agreement=a1 power=200MW start=2026-06-01T00:00Z
2026-06-01T00:00Z s1 capacity-energized power=150MW point_of_delivery=POD voltage=115kV
2026-06-01T00:00Z s2 power-contracted agreement=a2 power=60MW start=2026-06-01T00:00Z
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-02T00:00Z s1 meter-registered meter=r1 scope=site role=revenue direction=delivered interval=1h
2026-06-09T00:00Z s1 intervals-recorded meter=r1 start=2026-06-09T00:00Z interval=1h power_of_ten=0 values=[{LOADS}] quality=[{",".join("0" * 24)}]
2026-06-02T00:00Z s1 program-enrolled program=dr1 operator="Georgia Power" agreement=DR blocks=[m1] meters=[r1] method=meter-before-after committed=80MW notice=30min response=10min called_max=100h program_year_start=06-01 tz=America/New_York capped=false adjustment=none holidays=[2026-07-04]
2026-06-03T00:00Z s1 commitment-made commitment=c1 counterparty="{HOSTILE}" instrument=pilot category=jobs comparator=at-least basis=cumulative periods=[2026] due_on=[2026-06-30] observed_on=[] cure_days=0 binding=true
2026-06-04T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=north critical=10MW
2026-06-09T20:00Z ba-SOCO grid-condition-declared state=eea2
2026-06-09T22:30Z s1 dispatch-notified dispatch=d7 program=dr1 dispatch_class=emergency mode=reduce-by target=80MW start=2026-06-09T23:00Z stop=2026-06-10T03:00Z
2026-06-09T23:05Z s1 outage-started block=m1 outage=o7 outage_class=forced-u1 derate=20MW cause="breaker 52-3 tripped" outside_management_control=false
2026-06-09T23:10Z s1 incident-opened incident=i1 summary="{HOSTILE}"
"""


def page_book(place: Path) -> Path:
    """The book, the same every time."""
    with Book.create(place, Config("example.com/pages"), surroundings=Seeded("pages", NOW_US)) as book:
        assert not (problems := book.record(said(STORY)).problems), problems
        report = report_named("uptime")
        table = log_view.run(book, report, Question(period="2026-06", sites=("s1",)))
        issue(book, report, table, "Georgia Power")
        book.checkpoint()
    return place
