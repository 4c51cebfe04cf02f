"""ML-DSA-44 beside Ed25519: an implementation of others verifies our signatures and we verify its own, and
what a reader is told of a log whose second signature is missing, wrong or another's.
"""

from __future__ import annotations

import base64
import hmac
import json
import struct
from hashlib import sha256
from typing import Any

import pytest
from dilithium_py.ml_dsa import ML_DSA_44 as JUDGE

from ledger import kinds
from ledger.app.proofs.verification import judge_data
from ledger.log import merkle
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.ml_dsa import MlDsaSigner, check_cosigned, ml_dsa_verifies, verifier
from ledger.log.record_proof import format_proof
from ledger.log.signing import sign_note
from ledger.verifier.checkpoints import cosigned_by
from ledger.verifier.faults import ProofError
from ledger.verifier.keys import ML_DSA_44, parse_vkey
from ledger.verifier.notes import parse_note
from ledger.verifier.policy import parse_policy
from ledger.verifier.reader import Asked
from ledger.verifier.verdict import Verdict
from ledger.verifier.wording import words
from tests.support.forging import (
    KEY,
    NEXT,
    OPERATIONS,
    REGISTRY,
    THIEF,
    Log,
    altered,
    judged,
    packed,
    told,
)

SEED = bytes(range(7, 39))
MINE = MlDsaSigner("example.com/log", SEED)
CHECKPOINT = Checkpoint("example.com/log", 5, sha256(b"five").digest())
TIME_S = 1_793_000_000
FOREIGN_PUBLIC, FOREIGN_PRIVATE = JUDGE.key_derive(bytes(range(32)))


def message(name: str, time_s: int, checkpoint: Checkpoint) -> bytes:
    """The ``cosigned_message`` of C2SP tlog-cosignature, written here from its text."""
    mine, origin = name.encode(), checkpoint.origin.encode()
    return (
        b"subtree/v1\n\x00"
        + struct.pack("B", len(mine))
        + mine
        + struct.pack(">Q", time_s)
        + struct.pack("B", len(origin))
        + origin
        + struct.pack(">QQ", 0, checkpoint.size)
        + checkpoint.root
    )


def foreign_vkey(name: str) -> str:
    key = b"\x06" + FOREIGN_PUBLIC
    digest = sha256(name.encode() + b"\n" + key).digest()[:4]
    return f"{name}+{digest.hex()}+{base64.b64encode(key).decode()}"


def foreign_line(name: str, checkpoint: Checkpoint) -> bytes:
    """The line of a cosigner who uses other software."""
    signature = JUDGE.sign(FOREIGN_PRIVATE, message(name, TIME_S, checkpoint))
    digest = bytes.fromhex(foreign_vkey(name).split("+")[1])
    data = base64.b64encode(digest + struct.pack(">Q", TIME_S) + signature).decode()
    return f"\u2014 {name} {data}\n".encode()


# --- other people's implementation --------------------------------------------------------------------------


def test_another_implementation_makes_the_same_key_of_our_seed() -> None:
    """RFC 5869 by hand, then FIPS 204's key generation in Python."""
    drawn = hmac.digest(bytes(32), SEED, "sha256")
    derived = hmac.digest(drawn, b"wattledger ML-DSA-44 key v1\x01", "sha256")
    assert JUDGE.key_derive(derived)[0] == MINE.public


def test_another_implementation_verifies_our_checkpoint_line() -> None:
    _, name, encoded = MINE.cosign(CHECKPOINT, TIME_S).split()
    data = base64.b64decode(encoded)
    key_id = sha256(name.encode() + b"\n\x06" + MINE.public).digest()[:4]
    assert (data[:4], struct.unpack(">Q", data[4:12])[0]) == (key_id, TIME_S)
    assert JUDGE.verify(MINE.public, message(name, TIME_S, CHECKPOINT), data[12:])


def test_we_verify_the_line_of_another_implementation() -> None:
    note = sign_note(format_checkpoint(CHECKPOINT), [KEY]) + foreign_line("w.example/pq", CHECKPOINT)
    key = parse_vkey(foreign_vkey("w.example/pq"), ML_DSA_44)
    assert cosigned_by(parse_note(note), [key], verifier()) == {key: TIME_S}


@pytest.mark.parametrize("name", ["another.example/pq", "w.example/pq"])
def test_a_line_commits_to_its_signers_name_and_to_the_tree(name: str) -> None:
    """Unlike an Ed25519 cosignature, it is of one name; and of one root."""
    other = CHECKPOINT if name != "w.example/pq" else CHECKPOINT._replace(root=sha256(b"six").digest())
    line = foreign_line(name, CHECKPOINT).replace(name.encode(), b"w.example/pq")
    digest = bytes.fromhex(foreign_vkey("w.example/pq").split("+")[1])
    moved = base64.b64encode(digest + base64.b64decode(line.split()[2])[4:])
    note = sign_note(format_checkpoint(other), [KEY]) + b"\xe2\x80\x94 w.example/pq " + moved + b"\n"
    with pytest.raises(ProofError, match=r"cosignature by w\.example/pq is wrong"):
        cosigned_by(parse_note(note), [parse_vkey(foreign_vkey("w.example/pq"), ML_DSA_44)], verifier())


# --- what a reader is told ----------------------------------------------------------------------------------


def log() -> Log:
    """A log with an ML-DSA-44 key, sealed."""
    found = Log()
    found.told("one")
    found.add_ml_dsa(KEY)
    found.told("two")
    found.seal()
    return found


def by_wattledger(data: bytes, **more: Any) -> Verdict:
    """What ``wattledger verify`` says."""
    asked = Asked(KEY.vkey, (OPERATIONS,), **more)
    return judge_data(data, asked, (), lambda done, total: None).verdict


def without_second(found: Log) -> bytes:
    """The bundle with the Ed25519 lines alone."""
    members = found.members([OPERATIONS])
    lines = members["checkpoint"].splitlines(keepends=True)
    return packed(members | {"checkpoint": b"".join(line for line in lines if len(line) < 1000)})


def with_wrong_second(found: Log) -> bytes:
    """The bundle with an ML-DSA-44 signature of another checkpoint of the same size."""
    members = found.members([OPERATIONS])
    size = max(found.notes)
    other = Checkpoint(KEY.name, size, sha256(b"another").digest())
    lines = members["checkpoint"].splitlines(keepends=True)
    lines[-1] = KEY.ml_dsa.cosign(other, TIME_S).encode()
    return packed(members | {"checkpoint": b"".join(lines)})


def test_wattledger_verify_checks_both_signatures_and_says_so() -> None:
    found = by_wattledger(log().bundle(OPERATIONS))
    assert found.scope is not None
    assert (found.verdict, found.scope["ml_dsa_44"]) == ("VERIFIED", "verified")
    assert any("signed with Ed25519 and ML-DSA-44, and both" in line for line in words(found))


def test_verify_py_and_the_page_pass_over_the_second_and_say_so() -> None:
    found = judged(log().bundle(OPERATIONS))  # both, and they must agree
    assert found.scope is not None
    assert (found.verdict, found.scope["ml_dsa_44"]) == ("VERIFIED", "not-checked")
    assert any("ML-DSA-44 signature was passed over" in line for line in words(found))


def test_a_log_without_such_a_key_is_told_of_as_before() -> None:
    found = Log()
    found.told("one")
    found.seal()
    verdict = by_wattledger(found.bundle(OPERATIONS))
    assert verdict.scope is not None
    assert "ml_dsa_44" not in verdict.scope


def test_a_checkpoint_that_lacks_the_second_signature_fails_everywhere() -> None:
    """Whoever can forge Ed25519 alone cannot drop the other line."""
    data = without_second(log())
    assert told(data) == ("FAILED", "bad-signature")
    assert by_wattledger(data).code == "bad-signature"


def test_a_wrong_second_signature_fails_where_it_is_checked() -> None:
    data = with_wrong_second(log())
    assert told(data) == ("VERIFIED", None)
    assert by_wattledger(data).code == "bad-signature"


def test_a_second_key_that_the_log_did_not_sign_is_none_of_its_keys() -> None:
    found = Log()
    found.told("one")
    found.add_ml_dsa(KEY, by=THIEF)
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "bad-rotation")


def test_a_second_key_of_another_place_in_the_log_is_put_in() -> None:
    found, other = Log(), Log()
    other.add_ml_dsa(KEY)
    added = kinds.MlDsaKeyAdded(**json.loads(other.leaves[-1])["body"])
    found.told("one")
    found.put(added, REGISTRY)
    found.ml_dsa.append(KEY)
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "bad-rotation")


def test_a_second_key_without_its_own_signature_fails_where_it_is_checked() -> None:
    """Nobody shows that the key's owner took part: the log would be bound to a key of somebody else."""
    found = Log()
    found.add_ml_dsa(KEY)
    body = json.loads(found.leaves.pop())["body"]
    found.streams[REGISTRY].pop()
    wrong = base64.b64encode(bytes(2420)).decode()
    found.put(kinds.MlDsaKeyAdded(**{**body, "ml_dsa_signature": wrong}), REGISTRY)
    found.told("one")
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("VERIFIED", None)
    assert by_wattledger(found.bundle(OPERATIONS)).code == "bad-rotation"


@pytest.mark.parametrize(
    "change",
    [
        {"vkey": 7},
        {"vkey": NEXT.vkey},
        {"signature": "x"},
        {"signature": ["x"]},
        {"ml_dsa_vkey": KEY.vkey},
        {"ml_dsa_vkey": True},
        {"ml_dsa_vkey": f"{KEY.name}+00000000+Bg=="},
        {"ml_dsa_vkey": THIEF.ml_dsa.vkey},
        {"ml_dsa_signature": "QUJD"},
        {"ml_dsa_signature": {}},
        {"old_ml_dsa_signature": base64.b64encode(bytes(2420)).decode()},
        {"more": "x"},
    ],
    ids="-".join,
)
def test_the_record_of_a_second_key_is_of_its_one_form(change: dict[str, Any]) -> None:
    """In verify.py and on the page alike."""
    found = Log()
    found.told("one")
    found.add_ml_dsa(KEY)
    added = json.loads(found.leaves[-1])
    leaf = altered(found.leaves[-1], body=added["body"] | change)
    found.leaves[-1] = found.streams[REGISTRY][-1] = leaf
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "bad-rotation")


# --- handed on ----------------------------------------------------------------------------------------------


def rotated(before: Any = KEY) -> Log:
    found = log()
    found.rotate(KEY, NEXT)
    found.add_ml_dsa(NEXT, before=before)
    found.told("three")
    found.seal()
    return found


def test_a_rotation_hands_both_keys_on_and_the_first_checkpoint_carries_four_lines() -> None:
    found = rotated()
    assert len(parse_note(found.notes[max(found.notes)]).signatures) == 4
    assert told(found.bundle(OPERATIONS)) == ("VERIFIED", None)
    verdict = by_wattledger(found.bundle(OPERATIONS))
    assert verdict.scope is not None
    assert (verdict.verdict, verdict.scope["ml_dsa_44"]) == ("VERIFIED", "verified")


def test_a_second_key_that_the_one_before_did_not_sign_fails_where_it_is_checked() -> None:
    """A thief of Ed25519 alone hands both on, and the ML-DSA-44 key before does not agree."""
    assert by_wattledger(rotated(THIEF).bundle(OPERATIONS)).code == "bad-rotation"


@pytest.mark.parametrize(("before", "code"), [(NEXT, None), (KEY, "bad-rotation")])
def test_a_third_second_key_is_signed_by_the_one_right_before_it(before: Any, code: str | None) -> None:
    found = rotated()
    found.rotate(NEXT, THIEF)
    found.add_ml_dsa(THIEF, before=before)
    found.seal()
    assert by_wattledger(found.bundle(OPERATIONS)).code == code


def test_after_a_rotation_the_old_second_key_signs_nothing() -> None:
    found = rotated()
    found.told("four")
    found.signers = [NEXT]
    found.ml_dsa = [one for one in found.ml_dsa if one is not NEXT]
    found.seal()
    assert told(found.bundle(OPERATIONS)) == ("FAILED", "bad-signature")


# --- policies -----------------------------------------------------------------------------------------------


def policy(*lines: str, quorum: str = "none") -> Any:
    return parse_policy("\n".join([*lines, f"quorum {quorum}"]) + "\n")


@pytest.mark.parametrize("signer", [KEY, NEXT])
def test_a_policy_names_any_second_key_that_the_log_had(signer: Any) -> None:
    asked = policy(f"log {KEY.vkey}", f"log {signer.ml_dsa.vkey}")
    data = rotated().bundle(OPERATIONS)
    assert by_wattledger(data, policy=asked).verdict == "VERIFIED"
    assert told(data, policy=asked) == ("INCOMPLETE-TRUST", "ml-dsa-not-checked")


def test_a_policy_with_the_second_key_alone_is_enough() -> None:
    found = by_wattledger(log().bundle(OPERATIONS), policy=policy(f"log {KEY.ml_dsa.vkey}"))
    assert found.verdict == "VERIFIED"


def test_a_second_key_in_the_policy_that_the_log_never_had_fails() -> None:
    """A log that was forged by whoever can forge Ed25519 has another ML-DSA-44 key."""
    asked = policy(f"log {THIEF.ml_dsa.vkey}")
    assert told(log().bundle(OPERATIONS), policy=asked) == ("FAILED", "unknown-key")


def test_a_second_key_in_the_policy_is_missed_in_a_log_that_has_none() -> None:
    found = Log()
    found.told("one")
    found.seal()
    asked = policy(f"log {KEY.ml_dsa.vkey}")
    assert told(found.bundle(OPERATIONS), policy=asked) == ("FAILED", "bad-signature")


def test_a_witness_with_an_ml_dsa_key_counts_where_it_is_checked() -> None:
    found = log()
    members = found.members([OPERATIONS])
    checkpoint = Checkpoint(KEY.name, max(found.notes), merkle.root(merkle.hashes_of(found.leaves)))
    members["checkpoint"] += foreign_line("w.example/full-log", checkpoint)
    asked = policy(f"witness w {foreign_vkey('w.example/full-log')}", quorum="full")
    verdict = by_wattledger(packed(members), policy=asked)
    assert verdict.scope is not None
    assert (verdict.verdict, verdict.scope["assurance"]) == ("VERIFIED", "streams as the log holds them")
    unchecked = judged(packed(members), policy=asked)
    assert (unchecked.verdict, unchecked.code) == ("INCOMPLETE-TRUST", "quorum")
    assert "not checked here, use wattledger verify: w (ML-DSA-44)" in unchecked.why


@pytest.mark.parametrize(
    "line",
    [
        f"log {KEY.ml_dsa.vkey}",
        f"witness two {KEY.ml_dsa.vkey}",
        f"witness two {foreign_vkey('w.example/full-log')}",
    ],
)
def test_an_ml_dsa_key_counts_once_in_a_policy(line: str) -> None:
    with pytest.raises(ProofError, match="its key is there twice"):
        policy(f"log {KEY.ml_dsa.vkey}", f"witness one {foreign_vkey('w.example/pq')}", line)


def test_a_second_key_that_is_brought_as_the_first_is_told_where_it_goes() -> None:
    found = judged(log().bundle(OPERATIONS), KEY.ml_dsa)
    assert (found.verdict, found.code, found.where) == ("MALFORMED", "unknown-key", "--key")
    assert found.why.endswith("; name an ML-DSA-44 key in your policy instead, in a line: log KEY")


# --- one record's proof -------------------------------------------------------------------------------------


def test_the_proof_of_one_record_is_checked_with_the_second_key_that_a_policy_names() -> None:
    found = log()
    hashes = merkle.hashes_of(found.leaves)
    proof = merkle.inclusion_proof(
        lambda level, n: merkle.root(hashes[n << level : n + 1 << level]), 3, len(hashes)
    )
    data = format_proof(3, proof, found.notes[len(hashes)], found.leaves[3])
    asked = Asked(KEY.vkey, policy=policy(f"log {KEY.ml_dsa.vkey}"))
    verdict = judge_data(data, asked, (), lambda done, total: None).verdict
    assert verdict.scope is not None
    assert (verdict.verdict, verdict.scope["ml_dsa_44"]) == ("VERIFIED", "verified")


# --- what a program asks ------------------------------------------------------------------------------------


def test_a_checkpoint_is_cosigned_by_the_key_whose_line_is_on_it() -> None:
    text, key = format_checkpoint(CHECKPOINT), parse_vkey(MINE.vkey, ML_DSA_44)
    check_cosigned(parse_note(sign_note(text, [KEY]) + MINE.cosign(CHECKPOINT, TIME_S).encode()), key)
    with pytest.raises(ProofError, match=r"there is no ML-DSA-44 signature by example\.com/log"):
        check_cosigned(
            parse_note(sign_note(text, [KEY]) + KEY.ml_dsa.cosign(CHECKPOINT, TIME_S).encode()), key
        )


def test_a_line_over_another_checkpoint_is_no_cosignature() -> None:
    other = MINE.cosign(CHECKPOINT._replace(size=6), TIME_S).encode()
    note = parse_note(sign_note(format_checkpoint(CHECKPOINT), [KEY]) + other)
    with pytest.raises(ProofError, match=r"the cosignature by example\.com/log is wrong"):
        check_cosigned(note, parse_vkey(MINE.vkey, ML_DSA_44))


@pytest.mark.parametrize(
    ("public", "signature", "good"),
    [
        (MINE.public, MINE.sign_text("text"), True),
        (MINE.public, MINE.sign_text("other"), False),
        (FOREIGN_PUBLIC, MINE.sign_text("text"), False),
        (b"short", MINE.sign_text("text"), False),
    ],
)
def test_a_signature_verifies_or_does_not(public: bytes, signature: bytes, good: bool) -> None:
    assert ml_dsa_verifies(public, b"text", signature) is good


@pytest.mark.parametrize(("time_s", "good"), [((1 << 63) - 1, True), (1 << 63, False)])
def test_a_cosignature_is_of_a_time_that_other_readers_hold(time_s: int, good: bool) -> None:
    """C2SP has seconds in 63 bits."""
    note = parse_note(
        sign_note(format_checkpoint(CHECKPOINT), [KEY]) + MINE.cosign(CHECKPOINT, time_s).encode()
    )
    key = parse_vkey(MINE.vkey, ML_DSA_44)
    try:
        found = cosigned_by(note, [key], ml_dsa_verifies)
    except ProofError:
        found = {}
    assert found == ({key: time_s} if good else {})
