"""Contents of a bundle, for a reader who has the log's key: its records as a log, and every report that
follows from them alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from ledger import calendar
from ledger.app.host.clock import Machine
from ledger.app.host.files import pasted
from ledger.app.proofs.bundle_book import BundleBook
from ledger.app.proofs.verification import Judged, judge_data, opened_bundle
from ledger.app.queries.report_run import UTC, registry_at, sites_held
from ledger.errors import Malformed, Tampered
from ledger.records import leaf_format
from ledger.records.envelope import Record
from ledger.verifier.faults import Progress
from ledger.verifier.reader import Asked
from ledger.verifier.record_proof import SINGLE
from ledger.verifier.verdict import Verdict, scope
from projections.engine.report import Report
from projections.render.display import local_time
from projections.reports.catalogue import REPORTS


class BundleView(NamedTuple):
    """A bundle that was checked: ``verdict`` is about all of its streams, ``book`` reads its records."""

    verdict: Verdict
    book: BundleBook


class StreamPart(NamedTuple):
    """Records of a stream in a bundle: positions [start, size), and the first and last instant that they are
    about, on the clocks of its site (None where there is none).
    """

    stream: str
    start: int
    size: int
    first: str | None
    last: str | None


class Makeable(NamedTuple):
    """A report, the sites it can be made for from a bundle, and the reason where there are none; ``given`` is
    true where the bundle holds the operator's own copy too.
    """

    report: Report
    sites: tuple[str, ...]
    why: str | None
    given: bool


@contextmanager
def bundle_view(path: str, key: str, progress: Progress) -> Iterator[BundleView]:
    """Check a bundle with the log's verifier key and open it; ``Malformed`` for a file that is not a bundle,
    ``Tampered`` for one that does not verify.
    """
    with opened_bundle(path) as data:
        if data[: len(SINGLE)] == SINGLE:
            raise Malformed(
                f"{path} is the proof of one record: wattledger verify {path} --key VKEY shows it"
            )
        asked = Asked(pasted(key), now_s=Machine().now_us() // 1_000_000)
        judged = judge_data(data, asked, (), progress)
        if judged.checked is None:
            found = judged.verdict
            where = f"{found.where}: " if found.where else ""
            told = f"{path}: {found.verdict} ({found.code}): {where}{found.why}"
            raise (Malformed if found.verdict == "MALFORMED" else Tampered)(told)
        yield BundleView(_of_all(judged), BundleBook(judged.checked))


def _of_all(judged: Judged) -> Verdict:
    """The verdict about all streams of the bundle: a listing needs no question about single streams."""
    found, checked = judged.verdict, judged.checked
    assert checked is not None, "a bundle without a fault"
    if found.code != "scope-not-given":
        return found
    return Verdict("VERIFIED", None, "", "", found.report, scope(checked))


def parts(view: BundleView) -> list[StreamPart]:
    """The streams of a bundle."""
    found = []
    registry = registry_at(view.book, view.book.store.size)
    for said in (view.verdict.scope or {})["streams"]:
        name, start, size = said["stream"], said["from"], said["size"]
        zone = calendar.zone(registry.zones.get(name.partition("/")[0], UTC))
        at = [record.at for record in view.book.stream_part(registry.numbers[name], start, size)]
        first, last = (local_time(end(at), zone) if at else None for end in (min, max))
        found.append(StreamPart(name, start, size, first, last))
    return found


def makeable(view: BundleView) -> list[Makeable]:
    """Every report of the catalogue, and for which sites the bundle is enough for it."""
    registry = registry_at(view.book, view.book.store.size)
    given = {said["report"] for said in (view.verdict.scope or {})["reports"]}
    return [
        Makeable(report, sites, None if sites else why, report.name in given)
        for report in REPORTS
        for sites, why in [sites_held(view.book, report, registry)]
    ]


def newest(view: BundleView, count: int) -> list[Record]:
    """The last records of the bundle that are not the log's own, oldest first."""
    found = (r for r in view.book.records(read=leaf_format.decode) if r.place != "ledger")
    return list(deque(found, count))


def view_json(view: BundleView) -> dict[str, Any]:
    """For machines."""
    return {
        **view.verdict._asdict(),
        "streams": [part._asdict() for part in parts(view)],
        "reports": [
            {"report": one.report.name, "sites": list(one.sites), "why": one.why, "given": one.given}
            for one in makeable(view)
        ],
    }
