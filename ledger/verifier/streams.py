"""Checks 7 to 10 for each stream of a bundle: the directory has it, and its records are those."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.verifier.bundle import hashes_said
from ledger.verifier.corrections import check_targets
from ledger.verifier.faults import Misshapen, Progress, ProofError
from ledger.verifier.forest import Proven, ProvenStreams
from ledger.verifier.trees import check_inclusion, directory_line, leaf_hash, peaks_root


def check_stream(forest: ProvenStreams, number: int, name: str, member: str) -> None:
    """Everything about one stream: its place in the directory, each record, the root, what its
    corrections name.
    """
    where = f"streams/{number}.json"
    if member not in forest.bundle.members or where not in forest.bundle.members:
        raise Misshapen("malformed", "a stream has its records and its proof", where)
    tied = forest.bundle.tied
    said = forest.bundle.json(where, *(() if tied else ("inclusion",)), "lo", "range", "targets")
    lo, peaks = said["lo"], hashes_said(said["range"], where)
    if type(lo) is not int or lo < 0 or (number == 0 and lo):
        raise Misshapen("malformed", "lo is where the records begin, 0 for the registry", where)
    if len(peaks) != bin(lo).count("1"):
        raise ProofError("proof-length", f"the compact range of [0, {lo}) has not {len(peaks)} hashes", where)
    known = forest.remembered(name, lo, peaks, where)
    size, peaks = forest.records(name, member, lo, peaks, known)
    if known is not None and size < known.size:
        raise ProofError("rollback", f"you have seen {known.size} records of {name}; these are {size}", where)
    root = peaks_root(peaks)
    line = directory_line(number, size, root)
    differs = f"these are not the records of {name} that the log committed to"
    if tied and line != forest.lines[number]:
        raise ProofError("directory-inclusion", differs, where)
    if not tied:
        _check_line(forest, number, leaf_hash(line), hashes_said(said["inclusion"], where), differs, where)
    proven = forest.proven[name] = Proven(name, number, lo, size, root, tuple(peaks), member)
    check_targets(forest, member, said["targets"], proven, where)


def _check_line(
    forest: ProvenStreams, number: int, line: bytes, inclusion: Sequence[bytes], differs: str, where: str
) -> None:
    try:
        check_inclusion(forest.root, forest.count, number, line, inclusion)
    except ProofError as why:
        code, text = ("directory-inclusion", differs) if why.code == "range-root" else (why.code, str(why))
        raise ProofError(code, text, where) from None


def check_streams(forest: ProvenStreams, names: Sequence[str], progress: Progress) -> None:
    members = forest.bundle.members
    numbers = sorted(
        {int(name[8:].partition(".")[0]) for name in members if name.startswith("streams/")} - {0}
    )
    total, done = sum(map(len, members.values())), 0
    for number in numbers:
        if number >= len(names):
            raise ProofError(
                "registry-mismatch", f"no stream has the number {number}", f"streams/{number}.json"
            )
        check_stream(forest, number, names[number], f"streams/{number}.jsonl")
        done += len(members[f"streams/{number}.jsonl"])
        progress(done, total)
