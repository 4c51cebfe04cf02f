"""``wattledger demo``: the main job in one run, on the portfolio of ``portfolio`` and the real sample files
that ship with the program.

Record times, nonces and the signing key follow from the seed, so the whole book is the same on every machine
and
its output can be shown to the byte; such a key is not secret and such a book is for demonstration only. A
second run finds every fact recorded and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from ledger import calendar
from ledger.app.book.book import Book, Outcome, Said
from ledger.app.book.config import Config, Operator, read_config
from ledger.app.book.evidence import keep_evidence
from ledger.app.book.making import Stage, stage_of
from ledger.app.demo import grid_demand
from ledger.app.demo.portfolio import story as portfolio
from ledger.app.demo.portfolio.sites import SITES
from ledger.app.demo.portfolio.telling import SEED, Line
from ledger.app.host.clock import Seeded
from ledger.app.host.files import write_durably
from ledger.app.host.terminal import Bar, plural, say_json
from ledger.app.imports.import_session import ImportContext
from ledger.app.proofs import bundle_writer
from ledger.app.proofs.verification import Brought, Judged, judged
from ledger.app.queries import log_view, report_run
from ledger.app.queries.parameters import Words, keep_documents, read_words
from ledger.app.read_models.rebuild import rebuild
from ledger.errors import Malformed
from ledger.exchange import story
from ledger.exchange.formats import Given, format_named
from ledger.verifier.reports import is_site
from projections.engine.report import Report
from projections.render.formats import FORMATS
from projections.reports.catalogue import BY_NAME, REPORTS

ORIGIN: Final = "demo.wattledger.example/portfolio"
OPERATOR: Final = Operator("Example Compute, Inc.")
PERIODS: Final = {
    "uptime": "2026-01",
    "efficiency": "2026-07",
    "intervals": "2026-01-24",
    "bridge": "2026-06",
    "dispatch-performance": "2026-Q1",
    "protection": "2026-Q3",
    "energy-mix": "2026-07",
}
DEFAULT_PERIOD: Final = "2026"
READ_AT_S: Final = calendar.instant_s("2026-10-01T14:00:00Z")
MINED_AT: Final = "2026-09-30T14:00:00Z"
CALLED_AT: Final = "2023-02-01T00:00:00Z"
SHOWN: Final = "sandersville"
SERIES: Final = "demand.csv"
HEADROOM: Final = "headroom"
WEEK_S: Final = 7 * calendar.DAY_S


def run(directory: Path, *, as_json: bool) -> None:
    """Make (or find) the demonstration's book in a directory, record everything, write every report, and list
    what to open.
    """
    year = portfolio.story()
    surroundings = Seeded(SEED, year[0].heard_s * 1_000_000)
    bar = Bar("recording the year", quiet=as_json)
    with _book(directory, surroundings) as book:
        outcomes = [_record_year(book, year, surroundings, bar)]
        bar.close()
        surroundings.time_us = max(surroundings.time_us, READ_AT_S * 1_000_000)
        outcomes += [_record_file(book, file) for file in _files()]
        book.checkpoint()
        size = book.store.size
        root = book.root_at(size).hex()
        key = book.seals.signer().vkey
        reports = _write_reports(book, directory / "reports")
        rebuild(book)
        proven = _proven(book, directory / "bundles" / f"{SHOWN}.zip", key)
    _say(directory, outcomes, size, root, key, reports, proven, as_json=as_json)


def _book(directory: Path, surroundings: Seeded) -> Book:
    key = directory / "ledger.key"
    stage = stage_of(directory, key)
    if stage is Stage.NEW and directory.exists() and any(directory.iterdir()):
        raise Malformed(f"{directory} holds other files; name an empty directory: wattledger demo DIR")
    if stage is not Stage.MADE:
        return Book.create(
            directory, Config(ORIGIN, operator=OPERATOR), surroundings=surroundings, key_file=str(key)
        )
    if read_config(directory).origin != ORIGIN:
        raise Malformed(
            f"{directory} is a book of its own, not the demonstration's; name another directory: wattledger"
            " demo DIR"
        )
    book = Book.open(directory, write=True, surroundings=surroundings, key_file=str(key))
    surroundings.time_us = calendar.rec_us(book.record_at(book.store.size - 1).rec)
    return book


# --- recording ----------------------------------------------------------------------------------------------


def _record_year(book: Book, lines: Sequence[Line], surroundings: Seeded, bar: Bar) -> Outcome:
    """Record the story a week at a time, each week at its end."""
    text = "\n".join(line.text for line in lines) + "\n"
    keep_evidence(book.directory, text.encode(), "portfolio.story")
    reading = story.read(text.encode(), "portfolio.story")
    assert not reading.problems, f"the demonstration's story is well formed: {reading.problems[:3]}"
    heard = zip((line.heard_s for line in lines), reading.claims, reading.lines, strict=True)
    outcomes, done = [], 0
    for week, facts in groupby(heard, key=lambda fact: fact[0] // WEEK_S):
        surroundings.time_us = max(surroundings.time_us, (week + 1) * WEEK_S * 1_000_000)
        claims = [Said(claim, "portfolio.story", line) for _, claim, line in facts]
        outcomes.append(book.record(claims))
        done += len(claims)
        bar(done, len(lines))
    return Outcome(
        tuple(p for o in outcomes for p in o.positions), tuple(p for o in outcomes for p in o.problems)
    )


class DemoFile(NamedTuple):
    """A sample file, its format, and its import options."""

    form: str
    name: str
    data: bytes
    given: Given


def _files() -> Iterator[DemoFile]:
    """The real sample files of every exchange format."""
    for name, data in _samples("greenbutton", ".xml"):
        yield DemoFile("greenbutton", name, data, Given("dalton", "office"))
    for n, (name, data) in enumerate(_samples("miners", ".json")):
        at = calendar.format_instant(calendar.instant_s(MINED_AT) + 900 * n)
        yield DemoFile("miners", name, data, Given("norcross", block="bench", at=at, hold_s=900))
    for name, data in _samples("openadr", ".json"):
        alerts = (("ALERT_GRID_EMERGENCY", "eea1"),)
        given = Given("dalton", at=CALLED_AT, dispatch_class="local-constraint", alerts=alerts)
        yield DemoFile("openadr", name, data, given)
    for name, data in _samples("ercot", ".csv"):
        yield DemoFile("csv", name, data, Given("pecos", "office", dialect="ercot-15min"))
    for name, data in _samples("eia930", ".csv"):
        for authority in ("SOCO", "ERCO"):
            yield DemoFile("generation", name, data, Given(authority=authority))
    for name, data in _samples("conditions", ".html"):
        yield DemoFile("conditions", name, data, Given(source=name.partition("-")[0]))
    for name, data in _samples("cloudevents", ".json"):
        yield DemoFile("cloudevents", name, data, Given())


def _samples(folder: str, ending: str) -> Iterator[tuple[str, bytes]]:
    found = resources.files("ledger.app.demo").joinpath("samples").joinpath(folder)
    for file in sorted(found.iterdir(), key=lambda file: file.name):
        if file.name.endswith(ending):
            yield file.name, file.read_bytes()


def _record_file(book: Book, file: DemoFile) -> Outcome:
    digest = keep_evidence(book.directory, file.data, file.name)
    form = format_named(file.form)
    beside = ImportContext.of(book, form, file.given, [file.data])
    parts = ((file.name, part) for part in form.read([file.data], file.name, digest, beside.given))
    claims = [Said(claim, file.name) for _, reading in beside.settle(parts) for claim in reading.claims]
    return book.record(claims)


# --- reports ------------------------------------------------------------------------------------------------


def _write_reports(book: Book, folder: Path) -> list[Path]:
    """Write every report in every format, and the headroom curve of an invented authority."""
    folder.mkdir(exist_ok=True)
    series = folder.parent / SERIES
    write_durably(series, grid_demand.demand())
    curve = read_words({"balancing-authority": grid_demand.AUTHORITY, "series": str(series)}, book.directory)
    keep_documents(book.directory, curve)
    asked: list[tuple[str, Report, Mapping[str, Words]]] = [(report.name, report, {}) for report in REPORTS]
    written = []
    for name, report, said in (*asked, (HEADROOM, BY_NAME["flexibility"], curve)):
        period = PERIODS.get(report.name, DEFAULT_PERIOD)
        table = log_view.run(
            book, report, report_run.Question(period=period, tz="America/New_York", said=said)
        )
        for form in (form for form in FORMATS if form.extra is None):
            path = folder / f"{name}.{form.ending}"
            write_durably(path, form.render(table))
            written.append(path)
    return written


def _proven(book: Book, path: Path, key: str) -> tuple[bundle_writer.Written, Judged]:
    """Write a bundle of one site for a utility, and return the verdict its auditor gets."""
    path.parent.mkdir(exist_ok=True)
    question = report_run.Question(start="2026-01-01", stop="2026-02-01")
    reports = tuple(report_run.report_named(name) for name in ("dispatch-performance", "uptime"))
    written = bundle_writer.write(
        book, bundle_writer.BundleRequest((f"{SHOWN}/grid",), reports, question), path
    )
    brought = Brought(str(path), key, tuple(one["stream"] for one in written.streams))
    return written, judged(brought, (), lambda done, total: None)


def _say(
    directory: Path,
    outcomes: list[Outcome],
    size: int,
    root: str,
    key: str,
    reports: list[Path],
    proven: tuple[bundle_writer.Written, Judged],
    *,
    as_json: bool,
) -> None:
    recorded = sum(outcome.recorded for outcome in outcomes)
    repeated = sum(outcome.repeated for outcome in outcomes)
    refused = sum(len(outcome.problems) for outcome in outcomes)
    bundle, told = proven
    if as_json:
        names = [str(path) for path in reports]
        found: dict[str, Any] = {"recorded": recorded, "repeated": repeated, "refused": refused, "size": size}
        say_json(
            found
            | {
                "root": root,
                "key": key,
                "path": str(directory),
                "reports": names,
                "bundle": bundle.path,
                "verdict": told.verdict.verdict,
            }
        )
        return
    contracted = sum(site.contracted for site in SITES)
    click.echo(
        f"A demonstration book in {directory}: {len(SITES)} sites, {contracted / 1000:.1f} GW,"
        " October 2025 to September 2026."
    )
    click.echo(f"  {plural(recorded, 'fact')} recorded, {repeated:,} there before, {refused:,} refused")
    click.echo(f"  log: {plural(size, 'record')}, root {root[:16]}...")
    click.echo(f"  verifier key: {key}")
    click.echo("  its key and times follow from a seed: the same book on every machine, and no secret")
    click.echo(f"  {plural(len(reports), 'report file')} in {directory / 'reports'}")
    held = [one["size"] for one in bundle.streams if is_site(one["stream"].partition("/")[0])]
    click.echo(
        f"  {bundle.path}: {told.verdict.verdict}, all {sum(held):,} records of {len(held)} streams, "
        f"{len(bundle.reports)} reports {told.verdict.report} from them"
    )
    click.echo("Open next:")
    for line in (
        f"wattledger --book {directory} serve --read-only",
        f"less {directory / 'reports' / 'uptime.txt'}",
        f"wattledger --book {directory} report uptime --site sandersville --period 2026-01",
        f"wattledger --book {directory} report commitments --site dalton",
        f"wattledger --book {directory} log --site sandersville --limit 5",
        f"wattledger --book {directory} fsck",
        f"wattledger verify {bundle.path} --stream {SHOWN}/grid --key {key}",
    ):
        click.echo(f"  {line}")


__all__ = ["run"]
