"""A witness cosigns one history of a log and no other, whatever it is sent (C2SP tlog-witness,
tlog-cosignature).
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.maintenance.fsck import check_book
from ledger.app.proofs import cosignatures
from ledger.errors import Conflict, Malformed, Refused, VerificationFailed, WattledgerError
from ledger.exchange import story
from ledger.log import merkle
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.ml_dsa import MlDsaSigner
from ledger.log.signing import Signer, sign_note
from ledger.log.witness import Request, Witness, WitnessAnswer, answer, format_request, parse_request
from ledger.verifier.checkpoints import cosigned_by, parse_checkpoint
from ledger.verifier.faults import ProofError
from ledger.verifier.keys import COSIGNATURE, parse_vkey
from ledger.verifier.notes import parse_note
from ledger.verifier.policy import parse_policy
from tests.support.forked_program import program

ORIGIN = "example.com/log"
LOG = Signer(ORIGIN, bytes(range(32)))
WITNESS = Witness("utility.example/witness", bytes(reversed(range(32))))
LOGS = {ORIGIN: [parse_vkey(LOG.vkey)]}
HASHES = merkle.hashes_of([b"record %d" % n for n in range(40)])
OTHER = merkle.hashes_of([b"other %d" % n for n in range(40)])
TIME_S = 1_679_315_147


def note(size: int, hashes: list[bytes] = HASHES, signer: Signer = LOG, origin: str = ORIGIN) -> bytes:
    return sign_note(format_checkpoint(Checkpoint(origin, size, merkle.root(hashes[:size]))), [signer])


def seen(size: int, hashes: list[bytes] = HASHES) -> dict[str, Checkpoint]:
    return {ORIGIN: Checkpoint(ORIGIN, size, merkle.root(hashes[:size]))} if size else {}


def proof(size1: int, size2: int, hashes: list[bytes] = HASHES) -> tuple[bytes, ...]:
    def hash_at(level: int, number: int) -> bytes:
        return merkle.root(hashes[number << level : (number + 1) << level])

    return tuple(merkle.consistency_proof(hash_at, size1, size2))


def answered(asked: Request, last: dict[str, Checkpoint]) -> WitnessAnswer:
    return answer(asked, LOGS, last, WITNESS, TIME_S)


# --- the answer ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size1", "size2"), [(0, 1), (0, 40), (1, 2), (7, 8), (8, 9), (13, 40), (40, 40), (31, 32)]
)
def test_a_continuation_is_cosigned_and_remembered(size1: int, size2: int) -> None:
    asked = Request(size1, proof(size1, size2) if 0 < size1 < size2 else (), note(size2))
    found = answered(asked, seen(size1))
    assert (found.status, found.cosigned) == (200, seen(size2)[ORIGIN])
    assert cosigned_by(parse_note(asked.note + found.body), [parse_vkey(WITNESS.vkey, COSIGNATURE)])


CASES = {
    "a log that is not known": (
        Request(0, (), note(5, signer=Signer("a.example/x", bytes(32)), origin="a.example/x")),
        0,
        404,
        "wrong-origin",
    ),
    "a key that is not trusted": (
        Request(0, (), note(5, signer=Signer(ORIGIN, bytes(32)))),
        0,
        403,
        "unknown-key",
    ),
    "a signature that is wrong": (
        Request(0, (), note(5).replace(b"\n5\n", b"\n6\n")),
        0,
        403,
        "bad-signature",
    ),
    "no checkpoint": (Request(0, (), b"hello\n"), 0, 400, "malformed"),
    "an old size above the checkpoint's": (Request(9, (), note(5)), 9, 400, "rollback"),
    "another old size than was cosigned": (Request(3, proof(3, 9), note(9)), 5, 409, "no-consistency"),
    "a log that forgot what was cosigned": (Request(0, (), note(9)), 5, 409, "no-consistency"),
    "a checkpoint from before": (Request(3, (), note(3)), 5, 409, "rollback"),
    "another history of the same size": (Request(5, (), note(5, OTHER)), 5, 422, "fork"),
    "no records and a root of some": (
        Request(0, (), sign_note(format_checkpoint(Checkpoint(ORIGIN, 0, bytes(32))), [LOG])),
        0,
        422,
        "range-root",
    ),
    "another history that is longer": (
        Request(5, proof(5, 9, OTHER), note(9, OTHER)),
        5,
        422,
        "inconsistent",
    ),
    "a proof of other sizes": (Request(5, proof(4, 9), note(9)), 5, 422, "proof-length"),
    "no proof": (Request(5, (), note(9)), 5, 422, "proof-length"),
    "a proof where there is nothing to prove": (Request(0, proof(4, 9), note(9)), 0, 422, "proof-length"),
    "a proof with the same size": (Request(9, proof(4, 9), note(9)), 9, 422, "proof-length"),
}


@pytest.mark.parametrize("case", CASES)
def test_everything_else_is_refused_with_its_status_and_nothing_is_remembered(case: str) -> None:
    asked, size, status, code = CASES[case]
    found = answered(asked, seen(size))
    assert (found.status, found.code, found.cosigned) == (status, code, None)
    assert b"\xe2\x80\x94" not in found.body


def loosely(signed: bytes) -> bytes:
    """The note with another last digit of its signature's base64, which decodes to the same bytes."""
    digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    head, last = signed.rstrip(b"=\n"), signed[len(signed.rstrip(b"=\n")) :]
    return head[:-1] + digits[digits.index(head[-1]) + 1 :][:1] + last


def test_a_signature_in_loose_base64_is_a_wrong_signature_and_no_malformed_request() -> None:
    """As in the conversations of another witness that are published: 403, where 400 would be a bad form."""
    found = answered(Request(0, (), loosely(note(5))), {})
    assert (found.status, found.code) == (403, "bad-signature")


def test_loose_base64_of_a_log_that_is_not_known_is_a_log_that_is_not_known() -> None:
    stranger = note(5, signer=Signer("a.example/x", bytes(32)), origin="a.example/x")
    assert answered(Request(0, (), loosely(stranger)), {}).status == 404


def extended(*lines: str) -> bytes:
    text = format_checkpoint(Checkpoint(ORIGIN, 5, merkle.root(HASHES[:5])))
    return sign_note(text + "".join(f"{line}\n" for line in lines), [LOG])


def test_a_checkpoint_of_another_maker_is_cosigned_whole_with_its_extension_lines() -> None:
    asked = Request(0, (), extended("Timestamp: 1679315147", "more"))
    found = answered(asked, {})
    assert cosigned_by(parse_note(asked.note + found.body), [parse_vkey(WITNESS.vkey, COSIGNATURE)])


def test_an_empty_extension_line_is_refused_by_its_reason() -> None:
    found = answered(Request(0, (), extended("", "more")), {})
    assert (found.status, found.why) == (
        400,
        "holds no checkpoint: an extension line of a checkpoint must not be empty",
    )


def test_a_monitor_reads_the_log_s_signature_and_the_cosignature_and_no_other_line() -> None:
    """What is handed to monitors holds what the witness has verified; other lines anyone could add."""
    asked = Request(0, (), note(5) + WITNESS.cosign("another\n1\nx\n", TIME_S).encode())
    found = answered(asked, {})
    assert found.published == note(5) + found.body


def test_a_conflict_says_the_size_that_was_cosigned_last() -> None:
    found = answered(Request(3, proof(3, 9), note(9)), seen(5))
    assert (found.content_type, found.body) == ("text/x.tlog.size", b"5\n")


def test_a_cosignature_is_what_the_specification_says() -> None:
    """C2SP tlog-cosignature, checked with another Ed25519: key id, timestamp and message written out here by
    hand.
    """
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    dash, name, encoded = WITNESS.cosign(text, TIME_S).split(" ")
    signed = base64.b64decode(encoded)
    public = base64.b64decode(WITNESS.vkey.split("+", 2)[2])
    key_id = hashlib.sha256(b"utility.example/witness\n\x04" + public[1:]).digest()[:4]
    assert (dash, name, public[0], len(signed)) == ("\u2014", "utility.example/witness", 4, 4 + 8 + 64)
    assert (signed[:4], int.from_bytes(signed[4:12], "big")) == (key_id, TIME_S)
    message = f"cosignature/v1\ntime 1679315147\n{text}".encode()
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(signed[12:], message)


def test_a_reader_s_policy_takes_it() -> None:
    policy = parse_policy(f"witness w {WITNESS.vkey}\nquorum w\n")
    agreed = cosigned_by(
        parse_note(note(5) + answered(Request(0, (), note(5)), {}).body), list(policy.witnesses.values())
    )
    assert policy.met(name for name, key in policy.witnesses.items() if key in agreed)


# --- bytes --------------------------------------------------------------------------------------------------


@given(st.integers(0, 2**60), st.lists(st.binary(min_size=32, max_size=32), max_size=63), st.integers(1, 40))
def test_a_request_is_read_as_it_was_written(size: int, hashes: list[bytes], of: int) -> None:
    asked = Request(size, tuple(hashes), note(of))
    assert parse_request(format_request(asked)) == asked


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"old 5",
        b"old 5\n" + note(5),
        b"old -1\n\n" + note(5),
        b"old 05\n\n" + note(5),
        b"old \xd9\xa3\n\n" + note(5),
        b"old 99999999999999999999\n\n" + note(5),
        b"new 5\n\n" + note(5),
        b"old 5\nAAAA\n\n" + note(5),
        b"old 5\n" + (base64.b64encode(bytes(32)) + b"\n") * 64 + b"\n" + note(5),
        b"old 5\r\n\r\n" + note(5),
        b"old 5\n\n" + bytes(1 << 21),
    ],
)
def test_what_is_no_request_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(ProofError, match="is not a request to a witness"):
        parse_request(data)


@given(st.binary(max_size=300))
def test_no_bytes_from_outside_make_a_witness_stumble(data: bytes) -> None:
    for whole in (data, b"old 0\n\n" + data, b"PK\x03\x04" + data):
        with suppress(ProofError):
            assert answered(parse_request(whole), {}).status != 200


# --- by file ------------------------------------------------------------------------------------------------


def cosigned(place: Path, data: bytes) -> WitnessAnswer:
    return cosignatures.cosign(data, [LOG.vkey], WITNESS, place / "state", TIME_S)


def test_what_was_cosigned_is_durable_before_the_cosignature_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as failed:
        failed.setattr(cosignatures, "write_durably", failing)
        with pytest.raises(OSError, match="no space"):
            cosigned(tmp_path, format_request(Request(0, (), note(5))))
    cosigned(tmp_path, format_request(Request(0, (), note(7))))
    assert b'"size":7' in (tmp_path / "state").read_bytes()


@pytest.mark.parametrize(
    ("asked", "error", "why"),
    [
        (Request(5, (), note(5, OTHER)), VerificationFailed, "not cosigned: fork"),
        (Request(5, proof(5, 9, OTHER), note(9, OTHER)), VerificationFailed, "not cosigned: inconsistent"),
        (Request(3, (), note(3)), VerificationFailed, "not cosigned: rollback"),
        (Request(0, (), note(9)), Conflict, "cosigned 5 records of example.com/log last"),
        (
            Request(0, (), note(5, signer=Signer("a.example/x", bytes(32)), origin="a.example/x")),
            Refused,
            "does not know the log",
        ),
        (Request(0, (), b"x"), Malformed, "holds no checkpoint"),
    ],
)
def test_a_refusal_is_an_error_with_its_meaning(
    tmp_path: Path, asked: Request, error: type[WattledgerError], why: str
) -> None:
    cosigned(tmp_path, format_request(Request(0, (), note(5))))
    before = (tmp_path / "state").read_bytes()
    with pytest.raises(error, match=why):
        cosigned(tmp_path, format_request(asked))
    assert (tmp_path / "state").read_bytes() == before


def test_a_monitor_finds_what_was_cosigned_last_by_the_hash_of_the_log_s_origin(tmp_path: Path) -> None:
    for asked in (Request(0, (), note(5)), Request(5, proof(5, 9), note(9))):
        found = cosignatures.cosign(
            format_request(asked), [LOG.vkey], WITNESS, tmp_path / "state", TIME_S, publish=tmp_path / "www"
        )
    place = tmp_path / "www" / hashlib.sha256(ORIGIN.encode()).hexdigest() / "checkpoint"
    assert place.read_bytes() == note(9) + found.body


def test_a_state_that_is_none_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("{")
    with pytest.raises(Malformed, match="is not a witness's state"):
        cosigned(tmp_path, format_request(Request(0, (), note(5))))


def test_a_witness_s_key_file_is_its_owner_s_alone_and_never_replaced(tmp_path: Path) -> None:
    made = cosignatures.create_witness(tmp_path / "w.key", "utility.example/w", bytes(32))
    assert (tmp_path / "w.key").stat().st_mode & 0o777 == 0o600
    assert cosignatures.read_witness(tmp_path / "w.key").vkey == made.vkey
    with pytest.raises(Malformed, match="exists already"):
        cosignatures.create_witness(tmp_path / "w.key", "utility.example/w", bytes(32))


@pytest.mark.parametrize(
    "line", ["", "x", "PRIVATE+KEY+a+b+c", WITNESS.vkey, WITNESS.encode().replace("witness", "other")]
)
def test_a_key_file_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "w.key").write_text(line)
    with pytest.raises(Malformed, match="is not a witness's key"):
        cosignatures.read_witness(tmp_path / "w.key")


def test_a_witness_s_key_file_that_windows_saved_is_the_key(tmp_path: Path) -> None:
    """An editor that adds a byte order mark and CR LF changes no key."""
    (tmp_path / "w.key").write_bytes(saved_by_windows(WITNESS.encode().encode()))
    assert cosignatures.read_witness(tmp_path / "w.key").vkey == WITNESS.vkey


def test_a_request_that_a_mail_program_carried_is_cosigned(tmp_path: Path) -> None:
    """The signed text has line feeds alone; what a program put around its lines is no part of it, nor is what
    stands around a key that was pasted from a file.
    """
    asked = format_request(Request(0, (), note(3)))
    found = cosignatures.cosign(
        saved_by_windows(asked), [f"\ufeff{LOG.vkey}\r"], WITNESS, tmp_path / "state", TIME_S
    )
    assert found.cosigned is not None


def saved_by_windows(data: bytes) -> bytes:
    """A text as editors on Windows save it: a byte order mark, and CR LF at the end of each line."""
    return b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")


# --- a whole book -------------------------------------------------------------------------------------------


def wattledger(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [program(), *words],
        input=given,
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )


def test_an_operator_who_shows_two_histories_gets_one_of_them_cosigned(tmp_path: Path) -> None:
    """Two copies of a book, each with the key; both grow; the witness cosigns the first and refuses the
    second for ever.
    """
    place = tmp_path / "b"
    with Book.create(place, Config(ORIGIN)) as book:
        vkey = book.seals.signer().vkey
    shutil.copytree(place, tmp_path / "twin")
    key = tmp_path / "w.key"
    cosignatures.create_witness(key, "utility.example/w", bytes(32))
    how = ("--key", vkey, "--state", str(tmp_path / "state"), "--witness-key", str(key))
    first = wattledger("--book", str(place), "export", "tlog-witness").stdout
    assert wattledger("cosign", "-", *how, given=first).returncode == 0
    for n, copy in enumerate((place, tmp_path / "twin")):
        with Book.open(copy, write=True) as book:
            _grow(book, n)
        asked = wattledger("--book", str(copy), "export", "tlog-witness", "--since", "3").stdout
        done = wattledger("cosign", "-", *how, given=asked)
        assert (done.returncode, b"not cosigned" in done.stderr) == ((0, False) if n == 0 else (5, True))
    size = int((tmp_path / "state").read_text().split('"size":')[1].rstrip("}\n"))
    asked = wattledger(
        "--book", str(tmp_path / "twin"), "export", "tlog-witness", "--since", str(size)
    ).stdout
    done = wattledger("cosign", "-", *how, given=asked)
    assert (done.returncode, b"not cosigned: fork" in done.stderr) == (1, True)


def _grow(book: Book, n: int) -> None:
    site = (
        f"2026-06-01T00:00Z s{n} site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO"
        " utility=U parcels=[a] site_class=training"
    )
    book.record([Said(claim) for claim in story.read(site.encode(), "story").claims])
    book.checkpoint()


def test_a_kept_cosignature_goes_with_the_checkpoint(tmp_path: Path) -> None:
    with Book.create(tmp_path / "b", Config(ORIGIN)) as book:
        vkey = book.seals.signer().vkey
        asked = format_request(cosignatures.request_since(book, 0))
        found = cosignatures.cosign(asked, [vkey], WITNESS, tmp_path / "state", TIME_S)
        seal = cosignatures.attach(book, found.body, WITNESS.vkey)
        cosignatures.attach(
            book, WITNESS.cosign(parse_note(seal.note).text, TIME_S + 9).encode(), WITNESS.vkey
        )
        assert cosignatures.cosigned(book.directory, seal) == seal.note + found.body


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello\n",
        WITNESS.cosign("another\n1\nx\n", TIME_S).encode(),
        "— a.example/x AAAAAAAA\n".encode(),
    ],
)
def test_what_is_no_cosignature_of_the_book_is_not_kept(tmp_path: Path, line: bytes) -> None:
    with Book.create(tmp_path / "b", Config(ORIGIN)) as book:
        with pytest.raises(WattledgerError, match="is not a cosignature"):
            cosignatures.attach(book, line, WITNESS.vkey)
        assert not (book.directory / "anchors").exists()


def test_a_witness_with_two_keys_has_a_line_of_each_kept(tmp_path: Path) -> None:
    """Under one name it cosigns with Ed25519 and ML-DSA-44, and answers with both lines (C2SP tlog-witness)."""
    second = MlDsaSigner(WITNESS.name, bytes(32))
    with Book.create(tmp_path / "b", Config(ORIGIN)) as book:
        note = parse_note(book.checkpoint())
        line = second.cosign(parse_checkpoint(note.text), TIME_S)
        lines = (WITNESS.cosign(note.text, TIME_S) + line).encode()
        for vkey in (WITNESS.vkey, second.vkey, second.vkey):
            seal = cosignatures.attach(book, lines, vkey)
        assert cosignatures.cosigned(book.directory, seal) == seal.note + lines
    assert check_book(tmp_path / "b", lambda done, total: None)["findings"] == []


# --- bundles ------------------------------------------------------------------------------------------------


def bundled(book: Path, place: Path, *words: str) -> Path:
    """A bundle of the book's registry."""
    done = wattledger("--book", str(book), "bundle", "--stream", "ledger/registry", "-o", str(place), *words)
    assert done.returncode == 0, done.stderr
    return place


def test_a_reader_s_policy_is_met_by_a_bundle_whose_checkpoint_was_cosigned(tmp_path: Path) -> None:
    """The witness cosigns the bundle itself; the log keeps the line; the next bundle of the same checkpoint
    carries it.
    """
    with Book.create(tmp_path / "b", Config(ORIGIN)) as book:
        vkey = book.seals.signer().vkey
    first = bundled(tmp_path / "b", tmp_path / "1.bundle")
    (tmp_path / "policy").write_text(f"witness w {WITNESS.vkey}\nquorum w\n")
    asked = ("--key", vkey, "--stream", "ledger/registry", "--policy", str(tmp_path / "policy"))
    missing = wattledger("verify", str(first), *asked)
    found = cosignatures.cosign(first.read_bytes(), [vkey], WITNESS, tmp_path / "state", TIME_S)
    with Book.open(tmp_path / "b", write=False) as book:
        cosignatures.attach(book, found.body, WITNESS.vkey)
    met = wattledger("verify", str(bundled(tmp_path / "b", tmp_path / "2.bundle")), *asked)
    assert (missing.returncode, met.returncode) == (3, 0)
    assert b'"quorum"' in missing.stdout


def test_a_policy_that_windows_saved_is_the_policy(tmp_path: Path) -> None:
    """Its first line begins with a byte order mark, each line ends with CR LF, and so does the key that was
    pasted from a file.
    """
    with Book.create(tmp_path / "b", Config(ORIGIN)) as book:
        vkey = book.seals.signer().vkey
    (tmp_path / "policy").write_bytes(saved_by_windows(f"log {vkey}\nquorum none\n".encode()))
    asked = ("--key", f"\ufeff{vkey}\r", "--stream", "ledger/registry", "--policy", str(tmp_path / "policy"))
    found = wattledger("verify", str(bundled(tmp_path / "b", tmp_path / "1.bundle")), *asked)
    assert (found.returncode, b"policy" in found.stderr) == (0, False)


def test_a_witness_goes_on_by_bundles_past_a_rotation_of_the_log_s_key(tmp_path: Path) -> None:
    """It holds the first key alone; the bundle's registry hands on to the new one, its consistency proof
    leads from what was cosigned.
    """
    with Book.create(tmp_path / "b", Config(ORIGIN)) as book:
        vkey = book.seals.signer().vkey
    first = bundled(tmp_path / "b", tmp_path / "1.bundle")
    seen = str(tmp_path / "seen")
    assert (
        wattledger(
            "verify", str(first), "--key", vkey, "--stream", "ledger/registry", "--state", seen
        ).returncode
        == 0
    )
    cosignatures.cosign(first.read_bytes(), [vkey], WITNESS, tmp_path / "state", TIME_S)
    with Book.open(tmp_path / "b", write=True) as book:
        book.rotate_key()
        _grow(book, 1)
        size = book.store.size
    later = bundled(tmp_path / "b", tmp_path / "2.bundle", "--since", seen)
    found = cosignatures.cosign(later.read_bytes(), [vkey], WITNESS, tmp_path / "state", TIME_S)
    assert found.cosigned is not None
    assert found.cosigned.size == size
    without = bundled(tmp_path / "b", tmp_path / "3.bundle")
    with Book.open(tmp_path / "b", write=True) as book:
        _grow(book, 2)
    further = bundled(tmp_path / "b", tmp_path / "4.bundle")
    cosignatures.cosign(without.read_bytes(), [vkey], WITNESS, tmp_path / "state", TIME_S)
    with pytest.raises(Malformed, match="does not go on from them"):
        cosignatures.cosign(further.read_bytes(), [vkey], WITNESS, tmp_path / "state", TIME_S)


def test_a_bundle_of_a_key_that_the_witness_does_not_hold_is_not_cosigned(tmp_path: Path) -> None:
    with Book.create(tmp_path / "b", Config(ORIGIN)):
        pass
    data = bundled(tmp_path / "b", tmp_path / "1.bundle").read_bytes()
    with pytest.raises(VerificationFailed, match="signed by no trusted key"):
        cosignatures.cosign(data, [LOG.vkey], WITNESS, tmp_path / "state", TIME_S)
    with pytest.raises(Malformed):
        cosignatures.cosign(data[:-9], [LOG.vkey], WITNESS, tmp_path / "state", TIME_S)
