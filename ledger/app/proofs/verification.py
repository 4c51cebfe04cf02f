"""``verify``: the checks of verify.py, and then each report made again from the bundle's records alone and
compared byte for byte.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import metadata
from typing import Any, NamedTuple

from ledger import calendar
from ledger.app.book.book import NOWHERE
from ledger.app.host.clock import Machine
from ledger.app.host.files import pasted
from ledger.app.proofs import timestamps
from ledger.app.proofs.bundle_book import BundleBook
from ledger.app.queries import log_view
from ledger.app.queries.parameters import said_again
from ledger.app.queries.report_run import UTC, Question, moment
from ledger.errors import Malformed, WattledgerError
from ledger.log.ml_dsa import verifier
from ledger.verifier import files
from ledger.verifier.bundle import read_bundle
from ledger.verifier.checks import Checked, check_as_typed
from ledger.verifier.faults import NOTE_LIMIT, BadOption, Progress, ProofError
from ledger.verifier.files import opened, read_policy, read_receipts, read_state
from ledger.verifier.reader import Asked
from ledger.verifier.record_proof import SINGLE
from ledger.verifier.registry import check_stream_name
from ledger.verifier.signatures import pinned_key
from ledger.verifier.single import check_single
from ledger.verifier.times import parse_duration
from ledger.verifier.verdict import Verdict, refusal, verdict
from ledger.verifier.window import check_order
from projections.render.json_file import render
from projections.reports.catalogue import BY_NAME


class Brought(NamedTuple):
    """The things a reader brings, in the words of the command line."""

    bundle: str
    key: str
    streams: tuple[str, ...] = ()
    start: str | None = None
    stop: str | None = None
    state: str | None = None
    policy: str | None = None
    age: str | None = None
    receipts: tuple[str, ...] = ()
    accept_old: bool = False


class Judged(NamedTuple):
    """The verdict, and what was checked where nothing is wrong; ``stamped`` says when an authority saw the
    checkpoint, UTC.
    """

    verdict: Verdict
    checked: Checked | None
    stamped: str | None = None


def judged(brought: Brought, authorities: Sequence[bytes], progress: Progress) -> Judged:
    """The verdict on what a reader brings; ``Malformed`` where an argument cannot be read."""
    bounds = {"from": brought.start, "to": brought.stop}
    dates = {name: said for name, said in bounds.items() if said is not None and calendar.is_date(said)}
    start, stop = (
        None if said is None or name in dates else calendar.instant_s(moment(name, said, UTC))
        for name, said in bounds.items()
    )
    try:
        max_age_s = None if brought.age is None else parse_duration(brought.age)
    except ArgumentTypeError as why:
        raise Malformed(f"--max-age {why}") from None
    with typed():
        key = pasted(brought.key)
        pinned_key(key)
        for name in brought.streams:
            check_stream_name(name)
        asked = Asked(
            key,
            tuple(dict.fromkeys(brought.streams)),
            start,
            stop,
            read_state(brought.state) if brought.state else None,
            read_policy(brought.policy) if brought.policy else None,
            max_age_s,
            Machine().now_us() // 1_000_000,
            read_receipts(brought.receipts),
            brought.accept_old,
            dates.get("from"),
            dates.get("to"),
        )
        check_order(start, stop)
    return judge(brought.bundle, asked, authorities, progress)


def remember(path: str, judged: Judged) -> None:
    """Write the reader's state after success."""
    if judged.checked is not None and judged.verdict.exit_code == 0:
        with typed():
            files.remember(path, judged.checked.state)


def judge(path: str, asked: Asked, authorities: Sequence[bytes], progress: Progress) -> Judged:
    """The verdict on a bundle's file; nothing in it makes this raise. ``Malformed`` where the question to it
    is impossible, or the file cannot be read.
    """
    with opened_bundle(path) as data:
        return judge_data(data, asked, authorities, progress)


@contextmanager
def opened_bundle(path: str) -> Iterator[Any]:
    """The bytes of a bundle's file; ``Malformed`` where it cannot be read."""
    with typed(), opened(path) as data:
        yield data


@contextmanager
def typed() -> Iterator[None]:
    """Raise a reader's typing error as the program's own ``Malformed``."""
    try:
        yield
    except BadOption as why:
        raise Malformed(why.told()) from None


def judge_data(data: Any, asked: Asked, authorities: Sequence[bytes], progress: Progress) -> Judged:
    """The verdict on the bytes of a bundle, or of the proof of one record."""
    asked = asked._replace(ml_dsa=verifier())
    try:
        if data[: len(SINGLE)] == SINGLE:
            return Judged(check_single(bytes(data[: NOTE_LIMIT + 1]), asked), None)
        checked = check_as_typed(read_bundle(data), asked, progress)
        report = _recomputed(checked) if checked.bundle.reports else "none"
        stamped = _stamped(checked, authorities) if authorities else None
    except BadOption as why:
        raise Malformed(why.told()) from None
    except ProofError as why:
        return Judged(refusal(why), None)
    others = [one for one in checked.missing if one[0] != "report-version"]
    checked = checked._replace(missing=(*others, *_other_versions(checked)))
    return Judged(verdict(checked, report), checked, stamped)


def program() -> str:
    """This program and its version, as bundles name it."""
    return f"wattledger {metadata.version('wattledger')}"


def _other_versions(checked: Checked) -> Iterator[tuple[str, str, str]]:
    """Reasons why reports of another version are not made again, with what to install."""
    for said in checked.bundle.reports:
        if not _is_of_this_version(said):
            why = (
                f"it was made by {said['program']} with tz database {said['tzdata']}; this is {program()}"
                f" with {calendar.tzdata_release()}. Next: pip install '{said['program'].replace(' ', '==')}'"
            )
            yield "report-version", f"report/{said['name']}.json", why


def _is_of_this_version(said: Mapping[str, Any]) -> bool:
    report = BY_NAME.get(said["name"])
    version = None if report is None else report.definition_version
    made = (said["definition_version"], said["tzdata"], said["program"])
    return made == (version, calendar.tzdata_release(), program())


def _recomputed(checked: Checked) -> str:
    """``recomputed`` where every report of this very version follows from the records; ``report-mismatch``
    for one that does not.
    """
    book = BundleBook(checked)
    done = 0
    for said in checked.bundle.reports:
        if not _is_of_this_version(said):
            continue
        where, asked = f"report/{said['name']}.json", said["parameters"]
        question = Question(
            start=asked["start"],
            stop=asked["stop"],
            tz=asked["tz"],
            as_of=asked["as_of"],
            known_at=str(asked["known_at"]),
            sites=tuple(asked["sites"]),
            blocks=tuple(asked["blocks"]),
            said=said_again(NOWHERE, [text.split("=", 1) for text in asked.get("options", ())]),
        )
        try:
            made = render(log_view.run(book, BY_NAME[said["name"]], question))
        except WattledgerError as why:
            raise ProofError(
                "report-mismatch", f"it cannot be made from these records: {why}", where
            ) from None
        if made != checked.bundle.data(where):
            raise ProofError("report-mismatch", "it differs from the report made from these records", where)
        done += 1
    return "recomputed" if done == len(checked.bundle.reports) else "not-checked"


def _stamped(checked: Checked, authorities: Sequence[bytes]) -> str:
    where = f"anchors/{checked.checkpoint.size}.tsr"
    if where not in checked.bundle.members:
        raise ProofError("bad-timestamp", "the bundle holds no timestamp of its checkpoint", where)
    try:
        return timestamps.stamped_at(checked.bundle.data(where), checked.note.text.encode(), authorities)
    except ProofError as why:
        raise ProofError(why.code, str(why), where) from None
