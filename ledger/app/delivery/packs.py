"""Report packs: for each reader the reports that answer what they ask, in the formats they use, in one folder
with a page that leads to them.

``PACKS`` lists them; a report names the packs that it belongs to. A folder holds one file for each report
and format, ``SHA256SUMS`` over them all, ``index.html``, the log's key and, for readers outside, a bundle of
their streams with the page that verifies it. Equal books and questions give equal bytes. The
question (period, sites, known-at, parameters) is put to every report of the pack that takes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.delivery import last_pack
from ledger.app.delivery.handed import NAMES, SUMS, hand
from ledger.app.delivery.report_formats import Hashed
from ledger.app.host.files import write_durably
from ledger.app.queries import log_view, subject
from ledger.app.queries.report_run import Question
from ledger.errors import Malformed, no_such
from projections.engine.report import Report
from projections.engine.table import Paper, Table
from projections.render import pack_index
from projections.render.formats import BY_NAME as FORMATS
from projections.render.formats import ReportFormat
from projections.render.pack_index import PackFile, PackReport
from projections.reports.catalogue import REPORTS

INDEX: Final = "index.html"


class Pack(NamedTuple):
    """A reader's pack: who they are, what they ask, and the formats they use. ``proves`` is the class whose
    records they may all see: a bundle proves the reports that read no other. ``first`` are the reports that
    are read first, before the others in the order of the catalogue.
    """

    name: str
    reader: str
    asks: str
    formats: tuple[str, ...]
    proves: str = ""
    first: tuple[str, ...] = ()

    @property
    def reports(self) -> tuple[Report, ...]:
        """The reports that answer, in the order in which they are read."""
        own = (report for report in REPORTS if self.name in report.packs)
        return tuple(sorted(own, key=lambda report: (*self.first, report.name).index(report.name)))


PACKS: Final = (
    Pack(
        "utility",
        "Auditor of a utility or grid operator",
        "Was each dispatch answered, how fast, how deep, for how long, and is this all of it?",
        ("html", "pdf", "xlsx", "json"),
        proves="grid",
    ),
    Pack(
        "community",
        "County commissioner, community auditor",
        "What was promised, what came, what is late, what was given up in tax?",
        ("html", "pdf", "xlsx", "json"),
        proves="community",
    ),
    Pack(
        "operations",
        "Operations engineer",
        "What was the state, what did we know then, what changed?",
        ("html", "xlsx", "csv", "json"),
    ),
    Pack(
        "lease",
        "Tenant, lease and finance",
        "Is ready-for-service on track, what does lateness cost, what did mining earn meanwhile?",
        ("html", "pdf", "xlsx", "json"),
        first=("lease-dates", "protection", "bridge"),
    ),
    Pack(
        "reliability",
        "Reliability coordinator, transmission planner",
        "Did the load ride through, who was told, and do its models still hold?",
        ("html", "pdf", "xlsx", "json"),
        proves="grid",
        first=("ride-through", "facility-changes", "directives", "generator-hours"),
    ),
    Pack(
        "quarterly-utility",
        "Utility's large-load desk, commission staff",
        "What is contracted, connected and drawn, what changed since last quarter, and was the minimum taken?",
        ("html", "pdf", "xlsx", "csv", "json"),
        proves="grid",
        first=("quarterly-load", "load-ramp"),
    ),
    Pack(
        "registration",
        "Public utility commission, grid operator's registry of large loads",
        "Is the load registered, is every item answered, and what is it answered by?",
        ("html", "pdf", "xlsx", "json"),
        proves="grid",
        first=("registration", "registrant"),
    ),
    Pack(
        "exemption",
        "Tax authority",
        "Does the investment that an exemption asks for come, and do the jobs, before its time is up?",
        ("html", "pdf", "xlsx", "json"),
    ),
    Pack(
        "environment",
        "County commissioner, tenant",
        "Where do energy and water come from, hour by hour, and how much of them is used?",
        ("html", "pdf", "xlsx", "json"),
    ),
)

NAMED: Final = {pack.name: pack for pack in PACKS}


class WrittenPack(NamedTuple):
    """A pack on disk: its tables, and its files in order with size and SHA-256."""

    tables: tuple[Table, ...]
    files: tuple[PackFile, ...]


def pack_named(name: str) -> Pack:
    """A pack of the list; ``Malformed`` lists them."""
    if name not in NAMED:
        raise no_such("pack", name, NAMED)
    return NAMED[name]


def write(
    book: Book,
    pack: Pack,
    question: Question,
    folder: Path,
    formats: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
    paper: Paper | None = None,
) -> WrittenPack:
    """Write a pack into a new folder, an empty one, or one that holds this pack already; in the pack's
    formats or those given, for the paper size of its sites or the one given.
    """
    forms = [FORMATS[name] for name in formats or pack.formats]
    question = subject.chosen(book, question)
    asked = [(report, _for(report, question)) for report in pack.reports]
    _check(pack, question)
    _make(folder, {_name(report, form) for report in pack.reports for form in forms})
    entries: list[PackReport] = []
    tables: list[Table] = []
    for report, wanted in asked:
        table = log_view.run(book, report, wanted)
        table = table._replace(paper=paper or table.paper)
        files = []
        for form in forms:
            pieces = Hashed(form.pieces(table))
            write_durably(folder / _name(report, form), pieces)
            files.append(PackFile(_name(report, form), form.name, pieces.size, pieces.sha256))
            progress(len(entries) * len(forms) + len(files), len(asked) * len(forms))
        entries.append(PackReport(table, tuple(files)))
        tables.append(table)
    bundled = [report for report, _ in asked if _follows_from(report, pack.proves)]
    own = {parameter.name for report in bundled for parameter in report.parameters}
    provable = question._replace(
        blocks=(), said={name: word for name, word in question.said.items() if name in own}
    )
    handed = hand(book, tables[0].known_at if tables else None, bundled, provable, folder)
    beside = [_file(name, "", (folder / name).read_bytes()) for name in NAMES if (folder / name).exists()]
    page = pack_index.render(pack.asks, entries, handed, beside, last_pack.since(book, pack.reports, tables))
    write_durably(folder / INDEX, page)
    written = (*(file for entry in entries for file in entry.files), *beside, _file(INDEX, "html", page))
    write_durably(folder / SUMS, "".join(f"{file.sha256}  {file.name}\n" for file in written).encode())
    return WrittenPack(tuple(tables), written)


def _follows_from(report: Report, disclosure: str) -> bool:
    """True where a bundle of the streams of one class, without sections, can prove the report."""
    return report.alone and not report.sections and report.classes == (disclosure,)


def _file(name: str, form: str, data: bytes) -> PackFile:
    return PackFile(name, form, len(data), hashlib.sha256(data).hexdigest())


def _name(report: Report, form: ReportFormat) -> str:
    return f"{report.name}.{form.ending}"


def _for(report: Report, question: Question) -> Question:
    """The question to one report: the parameters that are its own, and blocks only where it knows them."""
    own = {parameter.name for parameter in report.parameters}
    said = {name: word for name, word in question.said.items() if name in own}
    return question._replace(said=said, blocks=question.blocks if report.blocks else ())


def _check(pack: Pack, question: Question) -> None:
    """Refuse options that no report of the pack takes (``Malformed``)."""
    own = {parameter.name for report in pack.reports for parameter in report.parameters}
    for name in question.said:
        if name not in own:
            raise Malformed(f"no report of the pack {pack.name} has --{name}; leave it out")
    if question.blocks and not any(report.blocks for report in pack.reports):
        raise Malformed(f"no report of the pack {pack.name} covers single blocks; leave --block out")


def _make(folder: Path, names: set[str]) -> None:
    """The folder, which may hold nothing but what is written into it."""
    if folder.exists() and not folder.is_dir():
        raise Malformed(f"{folder} is a file; name a new or empty folder with -o DIR")
    others = (
        sorted(path.name for path in folder.iterdir() if path.name not in names | {SUMS, INDEX, *NAMES})
        if folder.exists()
        else []
    )
    if others:
        raise Malformed(f"{folder} holds other files ({others[0]}); name a new or empty folder with -o DIR")
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / name).unlink(missing_ok=True)
