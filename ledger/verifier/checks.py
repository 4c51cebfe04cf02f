"""The checks, in the order of PROOF 4."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from ledger.verifier.bundle import Bundle
from ledger.verifier.checkpoints import Checkpoint
from ledger.verifier.faults import BadOption, Missing, Progress, ProofError, no_progress
from ledger.verifier.forest import Proven, ProvenStreams
from ledger.verifier.heads import WHY_NOT_TIED, check_age, check_directory, check_heads, check_sizes
from ledger.verifier.history import check_history
from ledger.verifier.key_chain import ml_dsa_walk
from ledger.verifier.leaf import Leaf
from ledger.verifier.log_inclusion import check_log
from ledger.verifier.notes import Note
from ledger.verifier.reader import Asked, Remembered, State
from ledger.verifier.receipts import check_receipts
from ledger.verifier.registry import check_asked, check_registry, read_leaves
from ledger.verifier.reports import check_reports
from ledger.verifier.sections import Sections, check_sections
from ledger.verifier.signatures import assurance_of, check_keys, check_ml_dsa, check_note
from ledger.verifier.streams import check_streams
from ledger.verifier.window import check_scope, dated
from ledger.verifier.zip_form import MANIFEST


class Checked(NamedTuple):
    """A bundle in which nothing is wrong; ``names`` are all streams by number. ``ml_dsa``: what became of the
    ML-DSA-44 signature, None where the log has no such key.

    ``asked`` has the dates of its window as instants, midnights in ``zone`` (None where no date was said).
    ``missing`` are the reasons why it is not enough: (code, where, why). ``state`` is what to remember of it.
    """

    asked: Asked
    zone: str | None
    bundle: Bundle
    checkpoint: Checkpoint
    note: Note
    heads: Leaf
    key: str
    names: tuple[str, ...]
    streams: Mapping[str, Proven]
    sections: Sections
    earlier: Mapping[int, Checkpoint]
    missing: tuple[tuple[str, str, str], ...]
    state: State
    assurance: str
    receipts: int
    ml_dsa: str | None


def check(bundle: Bundle, asked: Asked, progress: Progress = no_progress) -> Checked:
    """Everything but what reports say; ``ProofError`` for the first thing that is wrong, in the order of
    PROOF 4.
    """
    missing: Missing = []
    note, checkpoint = check_note(bundle, asked)
    registry = read_leaves(bundle, "registry.jsonl")
    keys = check_keys(asked, note, checkpoint, registry, missing)
    ml_dsa = check_ml_dsa(asked, note, ml_dsa_walk(checkpoint.origin, keys, registry, asked.ml_dsa), missing)
    earlier = check_history(bundle, asked, checkpoint, keys, missing)
    heads, count, root = check_heads(bundle, checkpoint)
    check_age(asked, heads, missing)
    lines = check_directory(bundle, count, root) if bundle.tied else ()
    forest = ProvenStreams(bundle, asked.state, checkpoint.size, heads, count, root, lines)
    names = check_registry(forest, registry)
    asked, zone = dated(asked, registry)
    check_asked(bundle, asked, names, checkpoint.size)
    check_streams(forest, tuple(names), progress)
    missing += forest.unanchored
    sections = check_sections(bundle, forest)
    check_reports(bundle, forest, names, checkpoint, sections, missing)
    receipts = check_receipts(asked, forest, names, keys, checkpoint, missing)
    if bundle.tied:
        check_sizes(lines, heads.place)
        check_log(forest, checkpoint)
    elif not asked.accept_old:
        missing.append(("directory-not-tied", MANIFEST, WHY_NOT_TIED))
    check_scope(asked, heads, missing)
    recalled = {} if asked.state is None else dict(asked.state.streams)
    recalled |= {name: Remembered(one.size, one.root, heads.rec) for name, one in forest.proven.items()}
    state = State(keys[-1], bundle.data("checkpoint").decode(), checkpoint, heads.rec, recalled)
    return Checked(
        asked,
        zone,
        bundle,
        checkpoint,
        note,
        heads,
        keys[-1],
        tuple(names),
        forest.proven,
        sections,
        earlier,
        tuple(missing),
        state,
        assurance_of(bundle, asked, note),
        receipts,
        ml_dsa,
    )


def check_as_typed(bundle: Bundle, asked: Asked, progress: Progress = no_progress) -> Checked:
    """``check``; a stream that was never opened and is spelled nearly like one that was is a slip of the
    reader's, not a fault of the bundle.
    """
    try:
        return check(bundle, asked, progress)
    except ProofError as why:
        name = why.where
        near = _near(name, bundle, asked) if why.code == "never-opened" else []
        if not near:
            raise
    wrong = f"no stream {name} was ever opened; did you mean {', '.join(near)}?"
    raise BadOption("--stream", wrong, code="never-opened")


def _near(name: str, bundle: Bundle, asked: Asked) -> list[str]:
    """The names of a bundle's proven registry that are spelled nearly like one; none where something else is
    wrong with the bundle.
    """
    names: tuple[str, ...] = ()
    with contextlib.suppress(ProofError):
        names = check(bundle, asked._replace(streams=())).names
    spelled = {one.lower(): one for one in names}
    alike: Any = Fraction(4, 5)
    return [spelled[one] for one in difflib.get_close_matches(name.lower(), spelled, 3, alike)]
