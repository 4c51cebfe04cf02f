"""Bundles of a real book: what an honest reader is told, and what becomes of one that was tampered with after
it was made.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.proofs.bundle_writer import BundleRequest, write
from ledger.app.proofs.verification import Brought, judge, judged
from ledger.app.queries.report_run import Question
from ledger.exchange import story
from ledger.verifier import times
from ledger.verifier.bundle import read_bundle
from ledger.verifier.checks import check
from ledger.verifier.faults import BadOption, ProofError
from ledger.verifier.reader import Asked
from ledger.verifier.verdict import verdict
from ledger.verifier.window import midnight_s
from ledger.verifier.zip_form import MANIFEST
from projections.reports.catalogue import BY_NAME
from tests.support.forging import packed
from tests.support.page import PROGRAM, asking

STORY = """
2026-06-01T09:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T10:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-02T10:00Z s1 lease-phase-opened lease=l phase=p1 tenant=t critical=10MW
2026-06-02T11:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2026-06-20 tiers=[2d:1] monthly_rent=1000000.00USD extension_causes=[storm] notice_days=5
2026-06-03T10:00Z s1 outage-started block=m1 outage=o1 outage_class=forced-u1 derate=100MW cause=fan outside_management_control=false
2026-06-03T12:00Z s1 outage-ended outage=o1
2026-06-04T10:00Z s2 site-registered name=T county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=land
"""
WINDOW = Question(start="2026-06-01", stop="2026-06-08")
START_US = calendar.rec_us("2026-07-01T00:00:00.000000Z")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book of one site with a block, an outage and a lease, and of another with nothing but its name."""
    place = tmp_path_factory.mktemp("bundles")
    with Book.create(
        place / "book", Config("example.com/bundles"), surroundings=Seeded("b", START_US)
    ) as found:
        reading = story.read(STORY.encode(), "s.story")
        assert not reading.problems
        outcome = found.record([Said(claim) for claim in reading.claims])
        assert not outcome.problems
        yield found


def bundle(book: Book, *streams: str, reports: tuple[str, ...] = (), **how: Any) -> Path:
    path = book.directory.parent / "made.zip"
    write(book, BundleRequest(streams, tuple(BY_NAME[name] for name in reports), WINDOW, **how), path)
    return path


def told(book: Book, path: Path, *streams: str) -> tuple[str, str | None, str]:
    """Verdict, code, and what became of the reports."""
    found = judged(
        Brought(str(path), str(book.seals.vkey()), streams or ("s1/grid",)), (), lambda done, total: None
    ).verdict
    return found.verdict, found.code, found.report


def tampered(path: Path, change: Callable[[dict[str, bytes], list[dict[str, Any]]], None]) -> Path:
    """The bundle with members or what is said of the reports changed, and a true manifest over it."""
    opened = read_bundle(path.read_bytes())
    members = {name: bytes(data) for name, data in opened.members.items() if name != MANIFEST}
    reports = [json.loads(json.dumps(said)) for said in opened.reports]
    change(members, reports)
    path.write_bytes(packed(members, reports))
    return path


def test_a_bundle_verifies_and_its_reports_follow_from_its_records(book: Book) -> None:
    path = bundle(book, "s1/grid", reports=("uptime", "disturbances"))
    assert told(book, path, "s1/grid", "s1/operations") == ("VERIFIED", None, "recomputed")


def test_the_same_book_makes_the_same_bundle(book: Book) -> None:
    first = bundle(book, "s1/grid", reports=("uptime",)).read_bytes()
    assert bundle(book, "s1/grid", reports=("uptime",)).read_bytes() == first


def test_the_report_in_a_bundle_is_the_one_that_the_book_gives(book: Book) -> None:
    from ledger.app.queries.log_view import run
    from projections.render.json_file import render

    opened = read_bundle(bundle(book, "s1/grid", reports=("uptime",)).read_bytes())
    seal = book.store.last_seal()
    assert seal is not None
    asked = WINDOW._replace(sites=("s1",), known_at=str(seal.size))
    assert bytes(opened.members["report/uptime.json"]) == render(run(book, BY_NAME["uptime"], asked))


def _drop(*names: str) -> Callable[[dict[str, bytes], list[dict[str, Any]]], None]:
    def change(members: dict[str, bytes], reports: list[dict[str, Any]]) -> None:
        for name in names:
            del members[name]

    return change


def test_a_stream_that_the_report_reads_is_left_out(book: Book) -> None:
    """The outage is in the operations stream: without it the report would say that there was none."""
    number = _number(book, "s1/operations")
    path = tampered(
        bundle(book, "s1/grid", reports=("uptime",)),
        _drop(f"streams/{number}.json", f"streams/{number}.jsonl"),
    )
    assert told(book, path) == ("FAILED", "report-stream-missing", "not-checked")


def _number(book: Book, stream: str) -> int:
    from ledger.app.queries.report_run import registry_at

    return registry_at(book, book.store.size).numbers[stream]


def test_a_figure_of_the_report_is_changed(book: Book) -> None:
    def nicer(members: dict[str, bytes], reports: list[dict[str, Any]]) -> None:
        assert b'"forced_count":1' in members["report/uptime.json"]
        members["report/uptime.json"] = members["report/uptime.json"].replace(
            b'"forced_count":1', b'"forced_count":0'
        )

    path = tampered(bundle(book, "s1/grid", reports=("uptime",)), nicer)
    assert told(book, path) == ("FAILED", "report-mismatch", "not-checked")


@pytest.mark.parametrize(
    ("member", "value"), [("program", "wattledger 99"), ("tzdata", "1999a"), ("definition_version", 99)]
)
def test_a_report_of_another_version_is_not_called_wrong(book: Book, member: str, value: object) -> None:
    def aged(members: dict[str, bytes], reports: list[dict[str, Any]]) -> None:
        said = json.loads(members["report/uptime.json"])
        if member in said:
            said[member] = value
            members["report/uptime.json"] = json.dumps(said).encode()
        reports[0][member] = value

    path = tampered(bundle(book, "s1/grid", reports=("uptime",)), aged)
    assert told(book, path) == ("INCOMPLETE-TRUST", "report-version", "not-checked")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("start", "2026-06-04T04:00:00Z"),
        ("tz", "UTC"),
        ("as_of", "2026-06-07T00:00:00Z"),
        ("known_at", 3),
        ("sites", ["s9"]),
    ],
)
def test_the_report_is_of_another_question_than_the_manifest_says(
    book: Book, member: str, value: object
) -> None:
    def other(members: dict[str, bytes], reports: list[dict[str, Any]]) -> None:
        reports[0]["parameters"][member] = value

    path = tampered(bundle(book, "s1/grid", reports=("uptime",)), other)
    assert told(book, path)[:2] == ("FAILED", "report-mismatch")


def test_a_report_says_it_is_of_all_sites_and_only_one_is_in_the_bundle(book: Book) -> None:
    def wider(members: dict[str, bytes], reports: list[dict[str, Any]]) -> None:
        reports[0]["parameters"]["sites"] = []

    path = tampered(bundle(book, "s1/grid", reports=("uptime",)), wider)
    assert told(book, path)[:2] == ("FAILED", "report-stream-missing")


# --- sections -----------------------------------------------------------------------------------------------


def test_disclosed_sections_are_read_by_the_report(book: Book) -> None:
    assert told(book, bundle(book, "s1/lease", reports=("lease-dates",), sections=True), "s1/lease") == (
        "VERIFIED",
        None,
        "recomputed",
    )


def test_without_sections_the_rest_verifies(book: Book) -> None:
    assert told(book, bundle(book, "s1/lease"), "s1/lease") == ("VERIFIED", None, "none")


def test_a_section_that_the_report_reads_is_kept_back(book: Book) -> None:
    path = tampered(
        bundle(book, "s1/lease", reports=("lease-dates",), sections=True), _drop("sections.jsonl")
    )
    assert told(book, path, "s1/lease")[:2] == ("FAILED", "section-missing")


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"100000000", b"100000001"), (b'"salt":"', b'"salt":"00'), (b'"commercial"', b'"personal"')],
)
def test_a_section_is_another_than_was_recorded(book: Book, old: bytes, new: bytes) -> None:
    def other(members: dict[str, bytes], reports: list[dict[str, Any]]) -> None:
        changed = members["sections.jsonl"].replace(old, new)
        assert changed != members["sections.jsonl"]
        members["sections.jsonl"] = (
            changed if len(new) == len(old) or b"salt" not in old else changed.replace(b'"}', b'"}', 1)
        )

    path = tampered(bundle(book, "s1/lease", sections=True), other)
    assert told(book, path, "s1/lease")[0] in ("FAILED", "MALFORMED")


# --- every byte ---------------------------------------------------------------------------------------------


def small(book: Book) -> bytes:
    """A small bundle with everything in it."""
    return bundle(book, "s1/lease", reports=("lease-dates",), sections=True).read_bytes()


def accepted(data: bytes, key: str) -> bool:
    """Does verify.py find nothing wrong?"""
    try:
        check(read_bundle(data), Asked(key, ("s1/lease",)))
    except ProofError:
        return False
    return True


def test_no_byte_of_a_bundle_can_be_changed(book: Book) -> None:
    """Every byte, by every single bit and to a random one; tools/proofs.py tries all 255."""
    data, key, rng = small(book), str(book.seals.vkey()), random.Random(1)
    assert accepted(data, key)
    for place in range(len(data)):
        for change in (1 << place % 8, rng.randrange(1, 256)):
            changed = bytearray(data)
            changed[place] ^= change
            assert not accepted(bytes(changed), key), (place, change)


def test_no_byte_can_be_left_out_or_doubled(book: Book) -> None:
    data, key = small(book), str(book.seals.vkey())
    for place in range(0, len(data), 3):
        assert not accepted(data[:place] + data[place + 1 :], key), place
        assert not accepted(data[:place] + data[place : place + 1] + data[place:], key), place


# --- alone --------------------------------------------------------------------------------------------------


def oldest() -> str:
    """The oldest Python that verify.py promises, else this one."""
    found = [
        shutil.which("python3.10"),
        *map(str, Path("~/.pyenv/versions").expanduser().glob("3.10.*/bin/python3.10")),
    ]
    for python in filter(None, reversed(found)):
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return str(python)
    return sys.executable


def alone(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """verify.py copied to an empty folder, by a Python that sees nothing else."""
    shutil.copy(PROGRAM, place)
    command = [oldest(), "-I", "-S", "verify.py", *words]
    return subprocess.run(command, cwd=place, env={}, capture_output=True, text=True, check=False)


def test_the_verifier_runs_alone_and_remembers(book: Book, tmp_path: Path) -> None:
    path = bundle(book, "s1/grid", reports=("uptime",))
    words = (str(path), "--key", str(book.seals.vkey()), "--stream", "s1/grid", "--state", "mine.json")
    runs = [alone(tmp_path, *words) for _ in range(2)]
    said = json.loads(runs[1].stdout.splitlines()[-1])
    assert ([run.returncode for run in runs], said["verdict"], said["report"], said["scope"]["streams"]) == (
        [0, 0],
        "VERIFIED",
        "not-checked",
        [{"stream": "s1/grid", "from": 0, "size": 2, "new": 0}],
    )


def test_the_verdict_in_words_comes_first_and_the_line_for_programs_last(book: Book, tmp_path: Path) -> None:
    path = bundle(book, "s1/grid")
    words = (str(path), "--key", str(book.seals.vkey()), "--stream", "s1/grid")
    said = [
        alone(tmp_path, *words).stdout,
        CliRunner().invoke(main, ["verify", *words], catch_exceptions=False).stdout,
    ]
    ends = [(each.split(":")[0], json.loads(each.splitlines()[-1])["verdict"]) for each in said]
    assert ends == [("VERIFIED", "VERIFIED")] * 2


def test_a_state_tells_how_many_records_are_new(book: Book, tmp_path: Path) -> None:
    """He remembers the bundle's two records of s1/grid; the second time none is new."""
    path = bundle(book, "s1/grid")
    words = (str(path), "--key", str(book.seals.vkey()), "--stream", "s1/grid", "--state", "mine.json")
    alone(tmp_path, *words)
    assert "s1/grid: 2 records, 0 of them new since your state file" in alone(tmp_path, *words).stdout


def test_a_date_is_a_day_of_the_sites_and_not_of_greenwich(book: Book, tmp_path: Path) -> None:
    """June begins at 04:00Z in New York; the report of June begins there too."""
    path = bundle(book, "s1/grid", reports=("uptime",))
    words = (str(path), "--key", str(book.seals.vkey()), "--stream", "s1/grid")
    dates = ("--from", "2026-06-01", "--to", "2026-06-08")
    said = json.loads(alone(tmp_path, *words, *dates).stdout.splitlines()[-1])["scope"]
    report = said["reports"][0]
    assert (said["tz"], said["window"]) == ("America/New_York", [report["start"], report["stop"]])


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z"),
        ("America/New_York", "2026-11-02", "2026-11-02T05:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"),
        ("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z"),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
        ("UTC", "2026-07-01", "2026-07-01T00:00:00Z"),
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, day: str, instant: str) -> None:
    """In Havana clocks go from 00:00 to 01:00 in March, and show 00:00 twice in November (tz database)."""
    assert times.instant(midnight_s(day, zone)) == instant


@pytest.mark.parametrize("zone", ["America", "Mars/Phobos", "../zone", ""])
def test_a_zone_that_is_none_is_told_with_the_way_around_it(zone: str) -> None:
    """The zone is the operator's word; a folder of zones, such as America, was told as a file that cannot be
    read.
    """
    with pytest.raises(BadOption, match="give an instant such as 2026-07-01T04:00Z"):
        midnight_s("2026-07-01", zone)


@pytest.mark.parametrize("day", ["2026-03-08", "2026-03-09", "2026-06-01", "2026-11-01", "2026-11-02"])
def test_the_page_begins_a_day_where_verify_py_does(book: Book, day: str) -> None:
    page, path = asking(), bundle(book, "s1/grid")
    if page is None:
        pytest.skip("not run: Node is not installed")
    asked = Asked(str(book.seals.vkey()), ("s1/grid",), start_on=day)
    program = verdict(check(read_bundle(path.read_bytes()), asked), "none")
    assert page.answer(path.read_bytes(), asked)["found"] == json.loads(program.json())


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"\0" * 100_000, b"PK\x05\x06" + bytes(18), "ü".encode("latin-1"), b"{" * 1_000_000],
    ids=range(6),
)
def test_the_verifier_alone_gives_a_verdict_on_anything(book: Book, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    done = alone(tmp_path, "x.zip", "--key", str(book.seals.vkey()))
    assert (done.returncode, json.loads(done.stdout.splitlines()[-1])["verdict"], done.stderr) == (
        2,
        "MALFORMED",
        "",
    )


def test_who_stops_reading_does_not_change_the_exit_code(book: Book, tmp_path: Path) -> None:
    path = bundle(book, "s1/grid")
    shutil.copy(PROGRAM, tmp_path)
    command = f"{sys.executable} verify.py {path} --key {book.seals.vkey()} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (3, "")


# --- a reader's year ----------------------------------------------------------------------------------------


def test_a_reader_goes_on_from_month_to_month_with_what_came_since(tmp_path: Path) -> None:
    """Each bundle begins where his state ends; the operator gets the state file from him."""
    where, state, runner = str(tmp_path / "book"), tmp_path / "mine.json", CliRunner()

    def ran(*words: str) -> Any:
        done = runner.invoke(main, [*words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    ran("--book", where, "init", "--origin", "example.com/months")
    key = json.loads(ran("--book", where, "keys", "show", "--json"))["key"]
    site = tmp_path / "site.story"
    site.write_text(STORY.splitlines()[1] + "\n")
    ran("--book", where, "record", str(site))
    told = []
    for month in ("06", "07", "08"):
        facts = tmp_path / "facts.story"
        facts.write_text(f"2026-{month}-01T00:00Z s1 incident-opened incident=i{month} summary=x\n")
        ran("--book", where, "record", str(facts))
        since = ["--since", str(state)] if state.exists() else []
        ran("--book", where, "bundle", "--stream", "s1/operations", *since, "-o", str(tmp_path / "b.zip"))
        if month == "07":
            ran("--book", where, "keys", "rotate")
        said = ran(
            "verify",
            str(tmp_path / "b.zip"),
            "--key",
            key,
            "--stream",
            "s1/operations",
            "--state",
            str(state),
            "--json",
        )
        told += json.loads(said)["scope"]["streams"]
    assert [(one["from"], one["size"]) for one in told] == [(0, 1), (1, 2), (2, 3)]


def test_a_reader_gets_the_bundle_of_an_earlier_checkpoint(book: Book) -> None:
    """--at: it needs no key, and says what was known then."""
    size = book.store.seals()[0].size
    path = bundle(book, "ledger/heads", size=size)
    assert told(book, path, "ledger/heads")[:2] == ("VERIFIED", None)
    asked = Asked(str(book.seals.vkey()), ("ledger/heads",))
    found = judge(str(path), asked, (), lambda done, total: None).checked
    assert found is not None
    assert found.checkpoint.size == size


def test_a_bundle_of_an_incident_carries_the_condition_of_the_authority_that_was_linked(
    tmp_path: Path,
) -> None:
    """Who checks it makes the timeline again from the bundle alone, so the stream of the authority is in it."""
    with Book.create(tmp_path / "book", Config("example.com/i"), surroundings=Seeded("i", START_US)) as found:
        told = STORY + "2026-06-03T09:50Z ba-SOCO grid-condition-declared state=eea3\n"
        told += "2026-06-03T10:05Z s1 incident-opened incident=i1 summary=x\n"
        claims = story.read(told.encode(), "s.story").claims
        found.record([Said(claim) for claim in claims])
        (emergency,) = (record.id for record in found.records() if record.place.startswith("ba-"))
        linked = f"2026-06-03T10:10Z s1 incident-linked incident=i1 ids=[{emergency}]\n"
        found.record([Said(claim) for claim in story.read(linked.encode(), "s.story").claims])
        path = tmp_path / "i.zip"
        written = write(found, BundleRequest(("s1/operations",), (BY_NAME["incident"],), WINDOW), path)
        held = {one["stream"] for one in written.streams}
        shown = read_bundle(path.read_bytes()).data("report/incident.json").decode()
        assert ("ba-soco/grid" in held, f'"{emergency}"' in shown) == (True, True)
