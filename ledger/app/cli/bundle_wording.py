"""A bundle for people: the verdict, its streams, its newest records, the reports that can be made from it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence

from ledger.app.cli.options import KEY_VARIABLE
from ledger.app.host.terminal import cut
from ledger.app.proofs.bundle_view import BundleView, makeable, parts
from ledger.records.envelope import Record
from ledger.verifier.wording import words


def view_lines(
    view: BundleView, path: str, newest: Sequence[Record], line: Callable[[Record], str], width: int
) -> Iterator[str]:
    """Verdict of a bundle, streams with the instants they are about, newest records, reports, next
    commands.
    """
    yield from words(view.verdict)
    held = parts(view)
    longest = max(len(part.stream) for part in held)
    yield ""
    yield "Streams, and the instants that their records are about:"
    for part in held:
        span = "" if part.first is None else f"  {part.first} to {part.last}"
        yield f"  {part.stream:<{longest}}  {part.size - part.start:>9,} records{span}"
    yield ""
    yield f"Newest records ({len(newest)}):"
    yield from (cut(line(record), width) for record in newest)
    found = makeable(view)
    whole, others = [one for one in found if one.sites], [one for one in found if not one.sites]
    wide = max(len(one.report.name) for one in found)
    if whole:
        yield ""
        yield "Reports that can be made from these records alone:"
    for one in whole:
        beside = "  (the operator's own is in the bundle)" if one.given else ""
        yield f"  {one.report.name:<{wide}}  {_sites(one.sites)}{beside}"
    if others:
        yield ""
        yield "Reports that need more than this bundle holds:"
    for one in others:
        yield f"  {one.report.name:<{wide}}  {one.why}"
    file = shlex.quote(path)
    yield ""
    yield f"Next, with the key in {KEY_VARIABLE} or as --key VKEY:"
    yield f"  wattledger log --bundle {file}"
    for one in whole[:1]:
        yield f"  wattledger report {one.report.name} --bundle {file}"


def _sites(sites: Sequence[str]) -> str:
    return ", ".join(sites[:4]) + (f" and {len(sites) - 4} more sites" if len(sites) > 4 else "")
