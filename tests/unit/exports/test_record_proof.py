"""One record's proof, checked by the file that runs alone: it is in the log, exactly so; any byte of it
changed and it is not.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.exports.options import ExportOptions as Exported
from ledger.app.exports.tiles import proof
from ledger.app.host.clock import Seeded
from ledger.exchange import story
from ledger.log.signing import Signer
from ledger.log.witness import Witness
from ledger.verifier.bundle import read_bundle
from ledger.verifier.faults import ProofError
from ledger.verifier.notes import parse_note
from ledger.verifier.policy import parse_policy
from ledger.verifier.reader import Asked
from ledger.verifier.record_proof import SINGLE
from ledger.verifier.single import check_single
from ledger.verifier.verdict import Verdict, refusal
from ledger.verifier.wording import words
from tests.support.page import PROGRAM

SITE = (
    "2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U"
    " parcels=[a] site_class=training"
)
WITNESS = Witness("utility.example/witness", bytes(32))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    clock = Seeded("proof", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
    made = Book.create(
        tmp_path_factory.mktemp("proof") / "b", Config("example.com/proof"), surroundings=clock
    )
    made.record([Said(claim) for claim in story.read(SITE.encode(), "story").claims])
    made.checkpoint()
    return made


def proven(book: Book, index: int = 4) -> bytes:
    return b"".join(proof(book, Exported(record=str(index))))


def judged(data: bytes, key: str, **more: Any) -> Verdict:
    try:
        if data[: len(SINGLE)] != SINGLE:
            read_bundle(data)
        return check_single(data, Asked(key, **more))
    except ProofError as why:
        return refusal(why)


def test_a_record_s_proof_is_verified_and_says_which_record_it_is(book: Book) -> None:
    record = book.record_at(4)
    found = judged(proven(book), book.seals.signer().vkey)
    assert (found.verdict, found.scope and found.scope["record"]["id"]) == ("VERIFIED", record.id)
    assert "site-registered.v1" in "\n".join(words(found))


def test_it_is_checked_by_the_file_alone_with_nothing_of_ours(book: Book, tmp_path: Path) -> None:
    shutil.copy(PROGRAM, tmp_path / "verify.py")
    (tmp_path / "one.tlog-proof").write_bytes(proven(book))
    words = [sys.executable, "-I", "verify.py", "one.tlog-proof", "--key", book.seals.signer().vkey]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout.splitlines()[-1])["verdict"]) == (0, "VERIFIED")


def test_no_change_of_one_byte_is_ever_accepted(book: Book) -> None:
    data, key = proven(book), book.seals.signer().vkey
    verdicts = set()
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]
        verdicts.add(judged(changed, key).verdict)
    assert verdicts == {"FAILED", "MALFORMED"}


def test_nothing_can_be_added_or_left_out(book: Book) -> None:
    data, key = proven(book), book.seals.signer().vkey
    lines = data.splitlines(keepends=True)
    others = [data + b"x", data + b"\n", data[:-1], b"\n" + data]
    others += [b"".join(lines[:n] + lines[n + 1 :]) for n in range(len(lines))]
    others += [b"".join(lines[:n] + lines[n : n + 1] + lines[n:]) for n in range(len(lines))]
    assert {judged(other, key).verdict for other in others} == {"FAILED", "MALFORMED"}


def test_the_index_of_another_record_is_refused(book: Book) -> None:
    found = judged(proven(book, 3).replace(b"index 3\n", b"index 2\n"), book.seals.signer().vkey)
    assert (found.verdict, found.code) == ("FAILED", "range-root")


@pytest.mark.parametrize("name", ["example.com/proof", "example.com/other"])
def test_the_proof_of_a_log_with_another_key_is_refused(book: Book, name: str) -> None:
    found = judged(proven(book), Signer(name, bytes(32)).vkey)
    assert (found.verdict, found.code) == (
        "FAILED",
        "unknown-key" if name == "example.com/proof" else "wrong-origin",
    )


def test_a_policy_is_asked_of_it(book: Book) -> None:
    policy = parse_policy(f"witness w {WITNESS.vkey}\nquorum w\n")
    data, key = proven(book), book.seals.signer().vkey
    text = parse_note(data.partition(b"\n\n")[2]).text
    cosigned = data + WITNESS.cosign(text, 1_800_000_000).encode()
    assert [judged(one, key, policy=policy).verdict for one in (data, cosigned)] == [
        "INCOMPLETE-TRUST",
        "VERIFIED",
    ]


@pytest.mark.parametrize("more", [{"streams": ("s1/grid",)}, {"start_s": 0}, {"stop_s": 9}, {"max_age_s": 9}])
def test_what_only_a_bundle_can_show_is_not_asked_of_it(book: Book, more: dict[str, object]) -> None:
    found = judged(proven(book), book.seals.signer().vkey, **more)
    assert (found.verdict, "ask for a bundle" in found.why) == ("MALFORMED", True)
