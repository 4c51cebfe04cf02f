"""Each way we know to cheat a reader, by an operator who has every key and the real code, and what the reader
is told (PROOF 4).
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ledger import calendar, kinds
from ledger.log import merkle
from ledger.log.bundle_format import consistency_member
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.record_proof import format_proof
from ledger.log.signing import Signer, sign_note
from ledger.verifier.bundle import read_bundle
from ledger.verifier.checkpoints import cosignature_text
from ledger.verifier.checks import check
from ledger.verifier.faults import BadOption, Misshapen
from ledger.verifier.keys import COSIGNATURE, key_hash
from ledger.verifier.leaf import read_leaf
from ledger.verifier.notes import parse_note
from ledger.verifier.policy import parse_policy
from ledger.verifier.reader import Asked, State
from ledger.verifier.zip_form import zip_central, zip_end, zip_local
from tests.support.forging import (
    GRID,
    HEADS,
    HOUR_US,
    KEY,
    NEXT,
    OPERATIONS,
    REGISTRY,
    THIEF,
    Log,
    altered,
    changed,
    hidden,
    judged,
    line_twice,
    other_record,
    packed,
    renumbered,
    shrunk,
    state_of,
    swapped,
    told,
    two_streams,
)

VERIFIED = ("VERIFIED", None)


RECORDS = "streams/2.jsonl"
PROOF = "streams/2.json"


def log(count: int = 7) -> Log:
    """Some incidents of one site, sealed once."""
    found = Log()
    for n in range(count):
        found.told(f"i{n}")
    found.seal()
    return found


def seen_log() -> tuple[Log, State, int]:
    """Such a log, what a reader of all its incidents keeps, and its size then."""
    found = log()
    return found, state_of(found.bundle(OPERATIONS)), max(found.notes)


def lines(
    members: dict[str, bytes], change: Callable[[list[bytes]], list[bytes]], name: str = RECORDS
) -> bytes:
    """The bundle with the lines of a member changed."""
    return packed({**members, name: b"".join(line + b"\n" for line in change(members[name].splitlines()))})


def test_an_honest_bundle_verifies() -> None:
    assert told(log().bundle(OPERATIONS)) == VERIFIED


# --- records withheld ---------------------------------------------------------------------------------------


def test_the_newest_record_is_withheld() -> None:
    members = log().members([OPERATIONS])
    assert told(lines(members, lambda leaves: leaves[:-1])) == ("FAILED", "directory-inclusion")


def test_a_record_in_the_middle_is_withheld() -> None:
    members = log().members([OPERATIONS])
    assert told(lines(members, lambda leaves: leaves[:3] + leaves[4:])) == ("FAILED", "event-position")


def test_a_record_in_the_middle_is_withheld_and_the_rest_renumbered() -> None:
    members = log().members([OPERATIONS])
    withheld = lines(members, lambda leaves: renumbered(leaves[:3] + leaves[4:]))
    assert told(withheld) == ("FAILED", "directory-inclusion")


def test_the_oldest_records_are_withheld_from_a_reader_without_a_state() -> None:
    assert told(log().bundle(OPERATIONS, lo={OPERATIONS: 3})) == ("INCOMPLETE-TRUST", "left-unanchored")


def test_records_are_withheld_between_what_the_reader_saw_and_what_he_gets() -> None:
    found, seen, earlier = seen_log()
    found.told("late")
    found.told("later")
    found.seal()
    data = found.bundle(OPERATIONS, lo={OPERATIONS: 8}, earlier=earlier)
    assert told(data, state=seen) == ("INCOMPLETE-TRUST", "left-unanchored")


def test_two_records_change_places() -> None:
    members = log().members([OPERATIONS])
    assert told(lines(members, lambda leaves: [leaves[1], leaves[0], *leaves[2:]])) == (
        "FAILED",
        "event-position",
    )


def test_a_record_is_altered() -> None:
    members = log().members([OPERATIONS])
    tampered = lines(members, lambda leaves: [*leaves[:2], leaves[2].replace(b'"i2"', b'"j2"'), *leaves[3:]])
    assert told(tampered) == ("FAILED", "directory-inclusion")


def test_the_log_commits_to_an_altered_record_that_the_reader_has_seen() -> None:
    """The operator writes the whole log again, with another third record, and signs it."""
    honest = log()
    seen = state_of(honest.bundle(OPERATIONS))
    other = Log()
    for n in range(9):
        other.told("other" if n == 2 else f"i{n}")
    other.seal()
    assert told(other.bundle(OPERATIONS), state=seen) == ("FAILED", "range-root")


# --- records backdated --------------------------------------------------------------------------------------


def test_a_record_is_dated_before_an_older_one() -> None:
    """Its fact falls into a window that was reported already; record time gives it away."""
    found = log()
    found.told("backdated", rec=calendar.format_rec(found.now_us - 5 * HOUR_US))
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "time-order")


def test_a_late_fact_of_an_old_instant_cannot_be_left_out_of_its_window() -> None:
    """Sorted by their instants it has neighbours that look complete without it."""
    found = log()
    found.told("late", at="2026-07-01T03:30:00Z")
    found.told("after")
    found.seal()
    members = found.members([OPERATIONS])
    left_out = lines(members, lambda leaves: [leaf for leaf in leaves if b'"late"' not in leaf])
    of_window = partial(
        told,
        start_s=calendar.instant_s("2026-07-01T03:00:00Z"),
        stop_s=calendar.instant_s("2026-07-01T05:00:00Z"),
    )
    assert (of_window(packed(members)), of_window(left_out)) == (
        VERIFIED,
        ("FAILED", "event-position"),
    )


def test_a_record_comes_after_the_windows_end_with_a_fact_of_before() -> None:
    """The reader's window is not over when the checkpoint is made: more may come, and the verdict waits."""
    found = log()
    stop_s = found.now_us // 1_000_000 + 3600
    assert told(found.bundle(OPERATIONS), start_s=0, stop_s=stop_s) == ("INCOMPLETE-TRUST", "window-open")


def test_a_window_that_ends_with_the_checkpoint_is_over() -> None:
    found = log()
    stop_s = (found.now_us - HOUR_US) // 1_000_000
    assert told(found.bundle(OPERATIONS), start_s=0, stop_s=stop_s) == VERIFIED


def test_a_record_is_dated_between_two_weekly_bundles() -> None:
    """After the reader looked, one record more, dated before he looked: as if it had been there and he had
    overlooked it.
    """
    found, seen, earlier = seen_log()
    found.told("backdated", rec=calendar.format_rec(calendar.rec_us(seen.rec) - HOUR_US // 2))
    found.seal()
    for lo in (0, 7):
        data = found.bundle(OPERATIONS, lo={OPERATIONS: lo}, earlier=earlier)
        assert told(data, state=seen) == ("FAILED", "time-order")


def test_a_site_that_was_never_heard_of_begins_before_the_reader_looked() -> None:
    """Streams opened later are new to the reader; their registry records give the time away."""
    found, seen, earlier = seen_log()
    found.now_us -= 5 * HOUR_US
    found.told("old", stream="s2/operations")
    found.now_us += 9 * HOUR_US
    found.seal()
    data = found.bundle(OPERATIONS, "s2/operations", earlier=earlier)
    assert told(data, state=seen, streams=[OPERATIONS, "s2/operations"]) == ("FAILED", "time-order")


def test_records_are_later_than_the_heads_record() -> None:
    found = Log()
    found.told("i0")
    found.told("tomorrow", rec=calendar.format_rec(found.now_us + 30 * HOUR_US))
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "time-order")


def test_history_that_the_reader_saw_is_written_again_in_the_streams_alone() -> None:
    """The main log goes on from what he saw, but its new directory commits to another past of the stream."""
    found, seen, earlier = seen_log()
    found.streams[OPERATIONS][2] = found.streams[OPERATIONS][2].replace(b'"i2"', b'"j2"')
    found.told("more")
    found.seal()
    for lo in (0, 7):
        data = found.bundle(OPERATIONS, lo={OPERATIONS: lo}, earlier=earlier)
        assert told(data, state=seen) == ("FAILED", "range-root")


def test_a_stream_gets_shorter() -> None:
    found, seen, earlier = seen_log()
    del found.streams[OPERATIONS][-2:]
    found.seal()
    assert told(found.bundle(OPERATIONS, earlier=earlier), state=seen) == ("FAILED", "rollback")


# --- the directory and the registry -------------------------------------------------------------------------


def test_the_directory_is_shifted() -> None:
    """Line 2 is proven at place 3, so that the reader of stream 3 gets the records of stream 2."""
    found = log()
    found.told("other", stream="s2/operations")
    found.lines = lambda lines: [*lines[:2], lines[3], lines[2]]
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "directory-inclusion")


def test_the_records_of_another_stream_are_given() -> None:
    found = log()
    found.told("other", stream="s2/operations")
    found.seal()
    members = found.members([OPERATIONS, "s2/operations"])
    members |= {RECORDS: members["streams/3.jsonl"], PROOF: members["streams/3.json"]}
    assert told(packed(members)) == ("FAILED", "wrong-stream")


def test_a_site_has_a_second_stream_of_the_same_name() -> None:
    """One is shown, the other holds what the operator would rather not show."""
    found = log()
    found.open(OPERATIONS)
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "registry-mismatch")


def test_a_second_stream_is_kept_out_of_the_registry() -> None:
    found = log()
    found.names.append(GRID)
    found.streams[GRID] = []
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "registry-mismatch")


def test_the_registry_is_cut_short() -> None:
    found = log()
    found.told("other", stream="s2/operations")
    found.seal()
    members = found.members([OPERATIONS])
    assert told(lines(members, lambda leaves: leaves[:-1], "registry.jsonl")) == (
        "FAILED",
        "directory-inclusion",
    )


def test_stream_numbers_have_a_gap() -> None:
    found = Log()
    found.names.append("hidden/grid")
    found.streams["hidden/grid"] = []
    found.told("i0")
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "registry-mismatch")


def test_a_stream_is_asked_for_that_was_never_opened() -> None:
    assert told(log().bundle(OPERATIONS), streams=[GRID]) == ("FAILED", "never-opened")


def test_a_stream_that_is_asked_for_is_left_out() -> None:
    assert told(log().bundle()) == ("FAILED", "wrong-stream")


def test_what_was_asked_for_is_not_said_by_the_bundle() -> None:
    assert told(log().bundle(OPERATIONS), streams=[]) == ("INCOMPLETE-TRUST", "scope-not-given")


# --- the heads record ---------------------------------------------------------------------------------------


def test_the_heads_record_is_not_the_last() -> None:
    """Records after it would be in the checkpoint and in no directory."""
    found = log()
    found.told("after")
    found.sign()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "heads-not-last-leaf")


def test_an_earlier_heads_record_is_given() -> None:
    found = log()
    first = found.leaves[-1]
    found.told("more")
    found.seal()
    leaf = base64.b64encode(first).decode()
    members = changed(found.members([OPERATIONS]), "heads.json", lambda said: said | {"leaf": leaf})
    assert told(packed(members)) == ("FAILED", "heads-not-last-leaf")


def test_a_heads_record_is_given_that_is_not_in_the_log() -> None:
    found = log()
    other = found.copy()
    other.leaves.pop()
    other.streams[HEADS].pop()
    other.now_us -= HOUR_US
    other.streams[OPERATIONS].pop()
    other.heads()
    members = other.members([OPERATIONS])
    assert told(packed(members)) == ("FAILED", "heads-inclusion")


# --- corrections --------------------------------------------------------------------------------------------


def test_a_correction_is_filed_in_another_stream() -> None:
    """The reader of the stream sees the old figure, and the operator can say that it was corrected."""
    found = Log()
    target = found.told("i0")
    found.told("corrected", stream=GRID, corrects=[target])
    found.seal()
    data = found.bundle(GRID, OPERATIONS)
    assert told(data, streams=[GRID, OPERATIONS]) == ("FAILED", "correction-outside-stream")


def test_a_correction_names_a_later_record() -> None:
    found = Log()
    found.told("i0")
    later = json.loads(found.leaf(kinds.IncidentOpened(incident="i", summary="i"), OPERATIONS))["id"]
    found.told("early", corrects=[later], id="018f0000-0000-8000-8000-000000000001")
    found.told("i", id=later)
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "correction-outside-stream")


def test_an_honest_correction_verifies_also_where_its_target_was_verified_before() -> None:
    found = Log()
    target = found.told("i0")
    found.told("i1")
    earlier = found.seal()
    seen = state_of(found.bundle(OPERATIONS))
    found.told("corrected", corrects=[target])
    found.seal()
    assert [
        told(found.bundle(OPERATIONS, lo={OPERATIONS: lo}, earlier=earlier), state=seen) for lo in (0, 2)
    ] == [VERIFIED] * 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda said: said | {"targets": []}, "correction-outside-stream"),
        (lambda said: said | {"targets": [[1, *said["targets"][0][1:]]]}, "range-root"),
        (lambda said: said | {"targets": [[*said["targets"][0][:2], []]]}, "proof-length"),
        (lambda said: said | {"targets": [[0, base64.b64encode(b"x").decode(), []]]}, "non-canonical-leaf"),
    ],
)
def test_a_target_before_the_records_is_not_proven(change: Callable[[Any], Any], code: str) -> None:
    found = Log()
    target = found.told("i0")
    found.told("i1")
    earlier = found.seal()
    seen = state_of(found.bundle(OPERATIONS))
    found.told("corrected", corrects=[target])
    found.seal()
    members = found.members([OPERATIONS], lo={OPERATIONS: 2}, earlier=earlier)
    assert told(packed(changed(members, PROOF, change)), state=seen)[1] == code


# --- other histories ----------------------------------------------------------------------------------------


def restored() -> tuple[Log, Log, Any]:
    """A log that the reader saw, and what was made of its backup: the same up to a checkpoint, then something
    else.
    """
    backup = log()
    found = backup.copy()
    found.told("seen")
    found.seal()
    other = backup.copy()
    other.told("rewritten")
    other.seal()
    return found, other, state_of(found.bundle(OPERATIONS))


def test_a_backup_was_restored_and_gone_on_with_otherwise() -> None:
    _, other, seen = restored()
    assert told(other.bundle(OPERATIONS), state=seen) == ("FAILED", "fork")


def test_the_other_history_has_grown_since() -> None:
    _, other, seen = restored()
    size = max(other.notes)
    other.told("more")
    other.seal()
    assert told(other.bundle(OPERATIONS, earlier=size), state=seen) == ("FAILED", "fork")


def test_the_other_history_claims_the_checkpoint_that_the_reader_saw() -> None:
    found, other, seen = restored()
    size = max(other.notes)
    other.told("more")
    other.seal()
    other.notes[size] = found.notes[size]
    assert told(other.bundle(OPERATIONS, earlier=size), state=seen) == ("FAILED", "inconsistent")


def test_a_backup_is_shown_to_one_who_has_seen_more() -> None:
    backup = log()
    data = backup.bundle(OPERATIONS)
    backup.told("seen")
    backup.seal()
    assert told(data, state=state_of(backup.bundle(OPERATIONS))) == ("FAILED", "rollback")


def test_nothing_proves_that_the_log_goes_on_from_what_was_seen() -> None:
    found = log()
    seen = state_of(found.bundle(OPERATIONS))
    found.told("more")
    found.seal()
    assert told(found.bundle(OPERATIONS), state=seen) == ("INCOMPLETE-TRUST", "no-consistency")


def test_the_same_bundle_verifies_again() -> None:
    data = log().bundle(OPERATIONS)
    assert told(data, state=state_of(data)) == VERIFIED


def test_a_log_of_another_name_is_shown() -> None:
    key = Signer("example.com/other", bytes(range(32)))
    assert told(log().bundle(OPERATIONS), key) == ("FAILED", "wrong-origin")


def test_a_state_of_another_log_is_brought() -> None:
    seen = state_of(log().bundle(OPERATIONS))
    seen = seen._replace(checkpoint=seen.checkpoint._replace(origin="example.com/other"))
    assert told(log().bundle(OPERATIONS), state=seen) == ("FAILED", "wrong-origin")


# --- keys ---------------------------------------------------------------------------------------------------


def rotated() -> Log:
    """A log whose key was handed on, sealed after it."""
    found = log()
    found.rotate(KEY, NEXT)
    found.seal()
    return found


@pytest.mark.parametrize("key", [KEY, NEXT])
def test_a_log_verifies_by_its_first_key_and_by_the_one_it_was_handed_on_to(key: Signer) -> None:
    found = rotated()
    first = told(found.bundle(OPERATIONS), key)
    found.told("more")
    found.seal()
    assert (first, told(found.bundle(OPERATIONS), key)) == (VERIFIED, VERIFIED)


def test_a_stranger_signs_the_log() -> None:
    found = Log(THIEF)
    found.told("i0")
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "unknown-key")


def test_a_stranger_signs_in_the_name_of_the_key() -> None:
    found = log()
    size = max(found.notes)
    forged = base64.b64encode(key_hash(KEY.name, KEY.public) + bytes(64)).decode()
    text = found.notes[size].decode().split("\n\n")[0]
    found.notes[size] = f"{text}\n\n\u2014 {KEY.name} {forged}\n".encode()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "bad-signature")


def test_the_old_key_goes_on_signing_after_it_was_handed_on() -> None:
    found = rotated()
    found.told("more")
    found.signers = [KEY]
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "unknown-key")


def stolen() -> Log:
    """With the old key the thief hands on to his own, in a history of his own."""
    found = log()
    found.rotate(KEY, THIEF)
    found.seal()
    return found


def test_a_stolen_old_key_hands_on_to_the_thief_and_the_reader_holds_the_new_one() -> None:
    assert told(stolen().bundle(OPERATIONS), NEXT) == ("FAILED", "unknown-key")


def test_a_stolen_old_key_hands_on_to_the_thief_and_the_reader_remembers_the_rotation() -> None:
    seen = state_of(rotated().bundle(OPERATIONS))
    assert told(stolen().bundle(OPERATIONS), KEY, state=seen) == ("FAILED", "bad-rotation")


@pytest.mark.parametrize("signed_by", [(THIEF, NEXT), (KEY, THIEF), (NEXT, KEY)])
def test_a_rotation_is_not_signed_by_both_its_keys(signed_by: tuple[Signer, Signer]) -> None:
    found = log()
    found.rotate(KEY, NEXT, signed_by)
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "bad-rotation")


def test_a_rotation_is_by_a_key_that_the_log_had_handed_on_from() -> None:
    found = rotated()
    found.rotate(KEY, THIEF)
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "bad-rotation")


def test_a_rotation_of_another_place_in_the_log_is_put_in() -> None:
    found = log()
    other = log(8)
    other.rotate(KEY, NEXT)
    body = json.loads(other.leaves[-1])["body"]
    found.put(kinds.KeyRotated(**body), REGISTRY)
    found.signers = [KEY, NEXT]
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "bad-rotation")


# --- witnesses and age --------------------------------------------------------------------------------------

WITNESS = Signer("witness.example/w", bytes(32))
POLICY = "witness w {}\ngroup both all w\nquorum both\n"


def witness_key(signer: Signer = WITNESS) -> str:
    digest = key_hash(signer.name, signer.public, COSIGNATURE).hex()
    return f"{signer.name}+{digest}+{base64.b64encode(bytes([COSIGNATURE]) + signer.public).decode()}"


def cosigned(note: bytes, text: str | None = None, signer: Signer = WITNESS) -> bytes:
    said = text or parse_note(note).text
    signature = signer.sign_text(cosignature_text(said, 1_800_000_000).decode())
    digest = key_hash(signer.name, signer.public, COSIGNATURE)
    encoded = base64.b64encode(digest + (1_800_000_000).to_bytes(8, "big") + signature).decode()
    return note + f"\u2014 {signer.name} {encoded}\n".encode()


@pytest.mark.parametrize(
    ("sign", "said"),
    [
        (cosigned, VERIFIED),
        (lambda note: note, ("INCOMPLETE-TRUST", "quorum")),
        (lambda note: cosigned(note, "another\n"), ("FAILED", "bad-signature")),
        (lambda note: cosigned(cosigned(note)), ("MALFORMED", "too-many-signatures")),
    ],
)
def test_a_witness_has_to_have_seen_it(sign: Callable[[bytes], bytes], said: tuple[str, str | None]) -> None:
    found = log()
    members = found.members([OPERATIONS])
    members["checkpoint"] = sign(members["checkpoint"])
    assert told(packed(members), policy=parse_policy(POLICY.format(witness_key()))) == said


def test_an_old_honest_bundle_is_shown() -> None:
    found = log()
    now_s = found.now_us // 1_000_000
    ages = [
        told(found.bundle(OPERATIONS), max_age_s=86_400, now_s=now_s + later)
        for later in (0, 90_000, -90_000)
    ]
    assert ages == [VERIFIED, ("INCOMPLETE-TRUST", "too-old"), ("INCOMPLETE-TRUST", "too-old")]


# --- the directory and the log ------------------------------------------------------------------------------


def receipt(found: Log, leaf: bytes) -> tuple[str, bytes]:
    """What the operator gave out of a record under his first checkpoint."""
    size = min(found.notes)
    hashes = merkle.hashes_of(found.leaves[:size])
    index = read_leaf(leaf).place
    proof = merkle.inclusion_proof(
        lambda level, n: merkle.root(hashes[n << level : n + 1 << level]), index, size
    )
    return "receipt", format_proof(index, proof, found.notes[size], leaf)


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (shrunk, "directory-mismatch"),
        (other_record, "log-inclusion"),
        (swapped, "log-inclusion"),
        (line_twice, "directory-mismatch"),
    ],
)
def test_the_streams_that_are_committed_to_are_not_those_of_the_log(
    forge: Callable[[], Log], code: str
) -> None:
    """Each of these verified while a bundle proved its records in the tree of their stream alone."""
    assert told(forge().bundle(OPERATIONS)) == ("FAILED", code)


def test_a_stream_nobody_audits_is_inflated_so_that_the_sizes_add_up() -> None:
    """What no proof of these streams can show, and what VERIFIED says of it."""
    verdict = judged(hidden().bundle(OPERATIONS))
    assert verdict.scope is not None
    assert (verdict.verdict, verdict.scope["assurance"]) == ("VERIFIED", "streams as committed")


def test_the_inflated_stream_is_audited_too() -> None:
    """The record that inflates it is not the one that the log holds at that index."""
    assert told(hidden().bundle(OPERATIONS, GRID)) == ("FAILED", "log-inclusion")


@pytest.mark.parametrize("forge", [shrunk, hidden, other_record, swapped])
def test_the_reader_holds_a_receipt_of_a_record_that_is_not_where_it_was(forge: Callable[[], Log]) -> None:
    found, honest = forge(), two_streams()
    given = tuple(receipt(honest, leaf) for leaf in honest.streams[OPERATIONS])
    assert told(found.bundle(OPERATIONS), receipts=given) == ("FAILED", "withheld")


def test_a_directory_is_given_that_the_log_did_not_commit_to() -> None:
    members = two_streams().members([OPERATIONS])
    changed_ = members["directory.jsonl"].replace(b"[3,6,", b"[3,7,")
    assert told(packed({**members, "directory.jsonl": changed_})) == ("FAILED", "directory-inclusion")


def test_receipts_of_an_honest_log_are_met() -> None:
    found = two_streams()
    given = tuple(receipt(found, leaf) for leaf in found.streams[OPERATIONS])
    found.told("later")
    found.seal()
    assert told(found.bundle(OPERATIONS), receipts=given) == VERIFIED


def test_a_receipt_is_of_a_stream_that_this_history_never_opened() -> None:
    """The operator has given out a record of another site, and wrote the log again without it."""
    other, found = Log(), two_streams()
    other.told("x", "s9/grid")
    other.seal()
    given = receipt(other, other.streams["s9/grid"][0])
    assert told(found.bundle(OPERATIONS), receipts=(given,)) == ("FAILED", "withheld")


def test_a_receipt_is_of_a_record_that_says_another_index() -> None:
    """What it proves is at index 3, and the record claims to be at 2."""
    found = log()
    found.leaves[3] = altered(found.leaves[3], index=2)
    found.seal()
    hashes = merkle.hashes_of(found.leaves)
    size = len(hashes)
    proof = merkle.inclusion_proof(lambda level, n: merkle.root(hashes[n << level : n + 1 << level]), 3, size)
    given = ("receipt", format_proof(3, proof, found.notes[size], found.leaves[3]))
    assert told(log().bundle(OPERATIONS), receipts=(given,)) == ("FAILED", "event-position")


@pytest.mark.parametrize("index", ["x", "-1", "03", "\u0663", "9" * 19])
def test_a_receipt_has_an_index_that_is_a_number(index: str) -> None:
    found = log()
    name, data = receipt(found, found.streams[OPERATIONS][2])
    number = read_leaf(found.streams[OPERATIONS][2]).place
    wrong = data.replace(b"index %d\n" % number, f"index {index}\n".encode())
    with pytest.raises(BadOption, match="is no proof of one record"):
        check(
            read_bundle(found.bundle(OPERATIONS)), Asked(KEY.vkey, (OPERATIONS,), receipts=((name, wrong),))
        )


def test_a_receipt_is_of_a_stream_that_the_bundle_does_not_hold() -> None:
    found = two_streams()
    given = receipt(found, found.streams[GRID][0])
    assert told(found.bundle(OPERATIONS), receipts=(given,)) == ("FAILED", "wrong-stream")


def test_a_receipt_is_of_a_record_after_the_bundle() -> None:
    found = two_streams()
    early = found.bundle(OPERATIONS)
    found.told("later")
    found.notes.clear()
    found.seal()
    given = receipt(found, found.streams[OPERATIONS][-1])
    assert told(early, receipts=(given,)) == ("INCOMPLETE-TRUST", "too-old")


def test_a_receipt_is_of_a_record_before_those_of_the_bundle() -> None:
    """The reader's state vouches for it only where it was met then."""
    found = two_streams()
    seen = state_of(found.bundle(OPERATIONS))
    given = receipt(found, found.streams[OPERATIONS][0])
    earlier = max(found.notes)
    found.told("later")
    found.seal()
    data = found.bundle(OPERATIONS, lo={OPERATIONS: 6}, earlier=earlier)
    assert told(data, state=seen, receipts=(given,)) == ("INCOMPLETE-TRUST", "left-unanchored")


def test_only_receipts_that_were_met_are_counted_as_met() -> None:
    """One is of a record of the bundle, one of a record after it."""
    found = two_streams()
    early, met = found.bundle(OPERATIONS), receipt(found, found.streams[OPERATIONS][0])
    found.told("later")
    found.notes.clear()
    found.seal()
    late = receipt(found, found.streams[OPERATIONS][-1])
    verdict = judged(early, receipts=(met, late))
    assert verdict.scope is not None
    assert verdict.scope["receipts"] == 1


@pytest.mark.parametrize("order", [1, -1])
def test_the_operator_gave_two_receipts_of_one_position(order: int) -> None:
    """The bundle can hold one of the two records only, whichever receipt is brought last."""
    hidden_, shown = two_streams(), log(8)
    receipts = [receipt(found, found.streams[OPERATIONS][1]) for found in (hidden_, shown)][::order]
    assert told(shown.bundle(OPERATIONS), receipts=tuple(receipts)) == ("FAILED", "withheld")


def test_a_receipt_is_signed_by_a_stranger() -> None:
    found, stranger = two_streams(), Log(THIEF)
    stranger.told("o0")
    stranger.seal()
    given = receipt(stranger, stranger.leaves[-2])
    assert told(found.bundle(OPERATIONS), receipts=(given,)) == ("FAILED", "unknown-key")


def test_a_receipt_is_none() -> None:
    found = log()
    assert told(found.bundle(OPERATIONS), receipts=(("receipt", b"x"),)) == ("MALFORMED", "malformed")


FULL = Signer("utility.example/full-log", bytes(range(3, 35)))
FULL_POLICY = "witness u {0}\nquorum full\n"


@pytest.mark.parametrize(
    ("signer", "said"),
    [
        (FULL, ("VERIFIED", None, "streams as the log holds them")),
        (WITNESS, ("INCOMPLETE-TRUST", "quorum", "streams as committed")),
    ],
)
def test_a_policy_wants_a_witness_that_has_read_the_whole_log(
    signer: Signer, said: tuple[str, str | None, str]
) -> None:
    """``quorum full``: only a key that says so by its name is one."""
    members = log().members([OPERATIONS])
    members["checkpoint"] = cosigned(members["checkpoint"], signer=signer)
    found = judged(packed(members), policy=parse_policy(FULL_POLICY.format(witness_key(signer))))
    assert found.scope is not None
    assert (found.verdict, found.code, found.scope["assurance"]) == said


@pytest.mark.parametrize(
    "line",
    ["witness full {0}", "group full any u", "witness u {0}\ngroup both all full u\nquorum both\nquorum u"],
)
def test_the_name_full_is_taken(line: str) -> None:
    """Whoever uses it for another group is told so, and a quorum is said once."""
    with pytest.raises(Misshapen):
        parse_policy(line.format(witness_key(FULL)) + "\nquorum none\n")


# --- forms --------------------------------------------------------------------------------------------------


def test_a_proof_has_a_hash_too_many() -> None:
    members = changed(
        log().members([OPERATIONS]),
        "heads.json",
        lambda said: said | {"inclusion": [*said["inclusion"], said["inclusion"][0]]},
    )
    assert told(packed(members)) == ("FAILED", "proof-length")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda hashes: hashes + bytes(32), ("FAILED", "proof-length")),
        (lambda hashes: hashes[:-32], ("FAILED", "proof-length")),
        (lambda hashes: hashes[:-1], ("MALFORMED", "malformed")),
        (lambda hashes: bytes(32) + hashes[32:], ("FAILED", "log-inclusion")),
    ],
)
def test_the_proof_in_the_log_is_of_its_one_form(
    change: Callable[[bytes], bytes], said: tuple[str, str]
) -> None:
    """Of a bundle that leaves a stream out, so that the proof has hashes."""
    members = two_streams().members([OPERATIONS])
    assert told(packed({**members, "log.hashes": change(members["log.hashes"])})) == said


@pytest.mark.parametrize(
    "other", [{}, "", None, 0, [[]], [[0, "", []]], [["0", "eA==", []]], [[True, "eA==", []]]]
)
@pytest.mark.parametrize("name", ["range", "targets", "lo"])
def test_a_proof_is_of_its_one_form(name: str, other: object) -> None:
    """Of a stream that needs no proof at all: what is empty has one form too."""
    found = Log()
    found.told("i0")
    found.seal()
    members = changed(found.members([OPERATIONS]), PROOF, lambda said: said | {name: other})
    due = "VERIFIED" if (name, other) == ("lo", 0) else "MALFORMED"
    assert told(packed(members))[0] == due


@pytest.mark.parametrize("size", ["false", "0.0", "-0"])
def test_a_manifest_is_of_its_one_form(size: str) -> None:
    """Of an empty member."""
    found = log()
    found.open(GRID)
    found.seal()
    data = found.bundle(OPERATIONS, GRID)
    opened = read_bundle(data)
    said = bytes(opened.members["manifest.json"]).replace(b"[0,", b"[%s," % size.encode())
    members = {name: bytes(part) for name, part in opened.members.items() if name != "manifest.json"}
    assert told(_zipped({**members, "manifest.json": said}))[0] in ("FAILED", "MALFORMED")


def _zipped(members: dict[str, bytes]) -> bytes:
    """The ZIP of exactly these members."""
    place, local, central = 0, b"", b""
    for name, data in sorted(members.items()):
        one = zip_local(name.encode(), zlib.crc32(data), len(data)) + data
        central += zip_central(name.encode(), zlib.crc32(data), len(data), place)
        place, local = place + len(one), local + one
    return local + central + zip_end(len(members), len(central), place)


@pytest.mark.parametrize(
    "change",
    [
        lambda leaf: leaf.replace(b'{"actor"', b'{ "actor"'),
        lambda leaf: leaf.replace(b'"pos":1', b'"pos":1,"pos":1'),
        lambda leaf: leaf.replace(b'"v":1}', b'"v":1,"w":2}'),
        lambda leaf: leaf.replace(b'"index":4', b'"index":4.0'),
        lambda leaf: leaf.replace(b'"index":4', b'"index":1e999999'),
        lambda leaf: leaf.replace(b'"index":4', b'"index":' + b"9" * 5000),
        lambda leaf: leaf.replace(b'"i1"', b'"\\u0069\\u0031"'),
        lambda leaf: leaf.replace(b'"i1"', b'"\xff"'),
        lambda leaf: leaf.replace(b'"i1"', b'"\\ud800"'),
        lambda leaf: leaf.replace(b'"i1"', b"null"),
        lambda leaf: leaf.replace(b'"i1"', b"[" * 100_000),
        lambda leaf: b"",
        lambda leaf: b"[]",
        lambda leaf: leaf.replace(b'"v":1}', b'"toString":1,"v":1}'),
        lambda leaf: leaf.replace(b'"i1"', b"[" * 33 + b"]" * 33),
        lambda leaf: leaf.replace(b'"v":1}', b'"v":true}'),
        lambda leaf: leaf.replace(b'"at":"2026-07-01T04', b'"at":"2026-02-30T04'),
        lambda leaf: leaf.replace(b'"at":"2026-07-01T04:00:00', b'"at":"2026-07-01T23:59:60'),
        lambda leaf: b'"' + b"x" * 70_000 + b'"',
    ],
)
def test_a_record_is_not_of_its_one_form(change: Callable[[bytes], bytes]) -> None:
    members = log().members([OPERATIONS])
    found = judged(lines(members, lambda leaves: [leaves[0], change(leaves[1]), *leaves[2:]]))
    assert (found.verdict, found.code in ("non-canonical-leaf", "leaf-too-large")) == ("MALFORMED", True)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/checkpoint",
        "streams/2.txt",
        "report/x/../y.json",
        "streams/02.jsonl",
        "readme",
        "",
    ],
)
def test_a_bundle_holds_nothing_that_is_not_checked(name: str) -> None:
    members = log().members([OPERATIONS])
    assert told(packed({**members, name: b"x"}))[0] == "MALFORMED"


@pytest.mark.parametrize(
    "name",
    [
        "checkpoint",
        "directory.jsonl",
        "heads.json",
        "log.hashes",
        "registry.jsonl",
        "streams/0.json",
        RECORDS,
        PROOF,
    ],
)
def test_nothing_is_missing_from_a_bundle(name: str) -> None:
    members = log().members([OPERATIONS])
    del members[name]
    assert told(packed(members))[0] != "VERIFIED"


@pytest.mark.parametrize(
    "name",
    [
        "checkpoint",
        "directory.jsonl",
        "heads.json",
        "registry.jsonl",
        "streams/0.json",
        RECORDS,
        PROOF,
        "consistency/3",
        "sections.jsonl",
    ],
)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"null",
        b"{}",
        b"[[" * 50_000,
        b'{"a":1,"a":1}',
        b"1e999999",
        b"9" * 100_000,
        b"\0" * 100,
    ],
)
def test_whatever_a_member_holds_the_reader_gets_a_verdict(name: str, data: bytes) -> None:
    members = log().members([OPERATIONS]) | {name: data}
    assert told(packed(members))[0] in ("FAILED", "MALFORMED")


@pytest.mark.parametrize("cut", [0, 1, 21, 22, 23, 100, -1, -22, -60])
def test_a_bundle_is_truncated(cut: int) -> None:
    assert told(log().bundle(OPERATIONS)[:cut])[0] == "MALFORMED"


def test_a_bundle_has_bytes_after_it_or_before_it() -> None:
    data = log().bundle(OPERATIONS)
    assert [told(data + b"\0"), told(b"\0" + data)] == [("MALFORMED", "trailing-data")] * 2


def test_a_file_is_not_the_one_that_the_manifest_lists() -> None:
    data = log().bundle(OPERATIONS)
    assert told(data.replace(b'"i3"', b'"j3"')) == ("FAILED", "manifest-mismatch")


# --- the directory and earlier checkpoints in other forms ----------------------------------------------------


def test_nothing_is_wrong_with_a_log_of_nothing_but_its_own_streams() -> None:
    """Its registry, and its heads records: the least that a heads record counts."""
    found = Log()
    found.seal()
    assert judged(found.bundle(), streams=()).code == "scope-not-given"


@pytest.mark.parametrize(
    "line", [b"x", b"[0,1]", b'[00,1,"' + 64 * b"0" + b'"]', b'[0,1,"' + 64 * b"G" + b'"]']
)
def test_a_directory_has_lines_of_one_form(line: bytes) -> None:
    members = log().members([OPERATIONS])
    data = packed({**members, "directory.jsonl": line + b"\n" + members["directory.jsonl"]})
    found = judged(data)
    assert (found.verdict, found.code, found.where) == ("MALFORMED", "malformed", "directory.jsonl:1")


def of_heads(**said: Any) -> Callable[[Any], Any]:
    """The heads record with another body."""

    def change(member: Any) -> Any:
        leaf = base64.b64decode(member["leaf"])
        body = json.loads(leaf)["body"] | said
        return member | {"leaf": base64.b64encode(altered(leaf, body=body)).decode()}

    return change


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("heads.json", lambda said: said | {"leaf": "*"}, "malformed"),
        ("heads.json", lambda said: said | {"leaf": 1}, "malformed"),
        ("heads.json", lambda said: said | {"leaf": "eA=="}, "non-canonical-leaf"),
        ("heads.json", lambda said: said | {"inclusion": 1}, "malformed"),
        ("heads.json", lambda said: said | {"inclusion": ["eA=="]}, "malformed"),
        ("heads.json", lambda said: said | {"inclusion": []}, "proof-length"),
        ("heads.json", of_heads(count=1), "non-canonical-leaf"),
        ("heads.json", of_heads(count="2"), "non-canonical-leaf"),
        ("heads.json", of_heads(dir="00"), "non-canonical-leaf"),
        ("heads.json", of_heads(more=1), "non-canonical-leaf"),
        ("heads.json", of_heads(count=4), "heads-inclusion"),
        (PROOF, lambda said: said | {"lo": -1}, "malformed"),
        (PROOF, lambda said: said | {"lo": "0"}, "malformed"),
        (PROOF, lambda said: said | {"lo": 3}, "proof-length"),
        (PROOF, lambda said: said | {"range": [base64.b64encode(bytes(32)).decode()]}, "proof-length"),
        (PROOF, lambda said: said | {"range": "x"}, "malformed"),
        (PROOF, lambda said: said | {"targets": "x"}, "malformed"),
        (PROOF, lambda said: said | {"targets": [[0]]}, "malformed"),
        (PROOF, lambda said: said | {"targets": [[-1, "eA==", []]]}, "malformed"),
        (PROOF, lambda said: said | {"more": 1}, "malformed"),
        ("streams/0.json", lambda said: said | {"lo": 1, "range": [base64.b64encode(bytes(32)).decode()]}, "malformed"),
    ],
)  # fmt: skip
def test_proofs_have_their_form(name: str, change: Callable[[Any], Any], code: str) -> None:
    assert told(packed(changed(log().members([OPERATIONS]), name, change)))[1] == code


def test_records_of_a_stream_that_nobody_opened_are_given() -> None:
    members = log().members([OPERATIONS])
    more = {"streams/9.jsonl": members[RECORDS], "streams/9.json": members[PROOF]}
    assert told(packed({**members, **more})) == ("FAILED", "registry-mismatch")


@pytest.mark.parametrize(
    "said",
    [
        {"more": 1},
        {"old_vkey": "x"},
        {"new_vkey": THIEF.vkey},
        {"new_signature": "*"},
        {"old_signature": 1},
        {"new_vkey": Signer("example.com/other", bytes(32)).vkey},
    ],
)
def test_a_rotation_is_written_that_no_key_signed_so(said: dict[str, Any]) -> None:
    found = log(2)
    found.rotate(KEY, NEXT)
    leaf = found.leaves[-1]
    other = altered(leaf, body=json.loads(leaf)["body"] | said)
    found.leaves[-1] = found.streams[REGISTRY][-1] = other
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "bad-rotation")


def test_the_log_is_handed_back_to_a_key_that_was_used_before() -> None:
    """Whoever has stolen the first key would sign again."""
    found = log(2)
    found.rotate(KEY, NEXT)
    found.seal()
    found.rotate(NEXT, KEY)
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "bad-rotation")


def test_an_old_bundle_is_old_by_its_heads_record() -> None:
    found = log()
    old = judged(found.bundle(OPERATIONS), max_age_s=1, now_s=found.now_us // 1_000_000 + 9_000)
    assert (old.code, old.where) == ("too-old", "heads.json")


@pytest.mark.parametrize(
    ("origin", "size", "name"),
    [("example.com/other", 3, 3), ("example.com/forged", 3, 4), ("example.com/forged", 10, 10)],
)
def test_an_earlier_checkpoint_is_of_this_log_of_fewer_records_and_named_by_them(
    origin: str, size: int, name: int
) -> None:
    """The log has ten records and a key that signs whatever is asked of it."""
    found = log(6)
    assert max(found.notes) == 10
    root = merkle.root(merkle.hashes_of(found.leaves[:size]))
    note = sign_note(format_checkpoint(Checkpoint(origin, size, root)), [KEY])
    hashes = merkle.hashes_of(found.leaves)
    proof = merkle.consistency_proof(
        lambda level, n: merkle.root(hashes[n << level : n + 1 << level]), size, len(hashes)
    ) if size < 10 else []  # fmt: skip
    earlier = consistency_member(size, note, proof)
    members = {**found.members([OPERATIONS]), f"consistency/{name}": b"".join(earlier.parts())}
    assert told(packed(members)) == ("FAILED", "inconsistent")


# --- what the manifest says of reports ----------------------------------------------------------------------


SAID: dict[str, Any] = {
    "definition_version": 1,
    "name": "uptime",
    "parameters": {
        "as_of": "2026-07-01T00:00:00Z",
        "blocks": [],
        "known_at": 9,
        "sites": ["s1"],
        "start": "2026-06-01T00:00:00Z",
        "stop": "2026-07-01T00:00:00Z",
        "tz": "UTC",
    },
    "program": "1",
    "tzdata": "2026f",
}
ASKED = SAID["parameters"]


def reported(said: Any) -> tuple[str, str | None]:
    """The verdict on a bundle of a report of no rows, of which the manifest says this."""
    return told(packed({**log().members([OPERATIONS]), "report/uptime.json": b"{}"}, [said]))


def test_a_report_that_is_said_to_be_what_it_may_be_is_looked_at() -> None:
    """It is refused for its bytes: nothing is wrong with what the manifest says."""
    assert reported(SAID)[1] != "malformed"


@pytest.mark.parametrize(
    "said",
    [
        *(
            {name: value for name, value in SAID.items() if name != left_out}
            for left_out in SAID
            if left_out != "name"
        ),
        *(
            SAID | {"parameters": {name: value for name, value in ASKED.items() if name != left_out}}
            for left_out in ASKED
        ),
        *(SAID | {name: 1} for name in ("program", "tzdata", "parameters")),
        *(
            SAID | {"parameters": ASKED | {name: 1}}
            for name in ("as_of", "start", "stop", "tz", "blocks", "sites")
        ),
        *(SAID | {"parameters": ASKED | {name: ["s1", 1]}} for name in ("blocks", "sites", "options")),
        SAID | {"parameters": ASKED | {"known_at": "9"}},
        SAID | {"parameters": ASKED | {"more": "x"}},
        SAID | {"definition_version": "1"},
        SAID | {"more": "x"},
        SAID | {"name": "other"},
    ],
)
def test_a_report_that_is_said_to_be_something_else_is_malformed(said: dict[str, Any]) -> None:
    assert reported(said) == ("MALFORMED", "malformed")
