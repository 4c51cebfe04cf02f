"""Timestamps of checkpoints: an authority made with openssl stamps them; what it did not stamp, or another
stamped, is refused.
"""

from __future__ import annotations

import base64
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.proofs import timestamps
from ledger.errors import Malformed
from ledger.log.signing import Signer, sign_note
from ledger.verifier.faults import ProofError
from tests.support.authority import Authority

TEXT = f"example.com/ledger\n12\n{base64.b64encode(bytes(32)).decode()}\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "a")


@pytest.fixture(scope="module")
def response(authority: Authority) -> bytes:
    return authority.respond(timestamps.request(TEXT.encode()))


def test_what_is_stamped_of_a_checkpoint_are_its_lines_without_the_signatures() -> None:
    note = sign_note(TEXT, [Signer("example.com/ledger", bytes(32))])
    assert timestamps.stamped(note) == TEXT.encode()


def test_the_same_text_makes_the_same_request() -> None:
    assert timestamps.request(TEXT.encode()) == timestamps.request(TEXT.encode())


def test_a_stamped_checkpoint_was_there_at_the_time_its_authority_says(
    authority: Authority, response: bytes
) -> None:
    said = datetime.fromisoformat(timestamps.stamped_at(response, TEXT.encode(), [authority.root]))
    assert abs((said - datetime.now(UTC)).total_seconds()) < 600


def test_a_stamp_between_two_seconds_is_of_the_later_one_and_its_accuracy(tmp_path: Path) -> None:
    """At 18:00:02.93 with an accuracy of one second the checkpoint stood by 18:00:04: no second too early."""
    precise = Authority(tmp_path / "a", settings="clock_precision_digits = 6")
    response = precise.respond(timestamps.request(TEXT.encode()))
    late = precise.time_in(response) + timedelta(seconds=2, microseconds=-1)
    assert timestamps.stamped_at(response, TEXT.encode(), [precise.root]) == f"{late:%Y-%m-%dT%H:%M:%SZ}"


def test_a_stamp_whose_certificates_are_in_another_order_than_der_s_is_a_stamp(tmp_path: Path) -> None:
    """openssl writes the signer's certificate first, also where it is longer than the root's that follows."""
    chain = Authority(tmp_path / "a", "x" * 40, settings="certs = DIR/root.pem")
    response = chain.respond(timestamps.request(TEXT.encode()))
    late = chain.time_in(response) + timedelta(seconds=1)
    assert timestamps.stamped_at(response, TEXT.encode(), [chain.root]) == f"{late:%Y-%m-%dT%H:%M:%SZ}"


@given(st.binary(max_size=200))
def test_what_is_no_der_is_left_to_the_library(data: bytes) -> None:
    with pytest.raises(Malformed, match="is not an RFC 3161 timestamp response"):
        timestamps.covers(data, TEXT.encode())


def test_a_stamp_of_another_checkpoint_is_refused(authority: Authority, response: bytes) -> None:
    with pytest.raises(ProofError, match="something other than this checkpoint"):
        timestamps.stamped_at(response, TEXT.replace("12", "13").encode(), [authority.root])


def test_a_stamp_by_an_authority_that_the_reader_does_not_trust_is_refused(
    tmp_path: Path, response: bytes
) -> None:
    with pytest.raises(ProofError, match="does not verify"):
        timestamps.stamped_at(response, TEXT.encode(), [Authority(tmp_path / "b").root])


def test_no_changed_byte_of_a_stamp_is_taken_for_the_stamp(authority: Authority, response: bytes) -> None:
    taken = []
    for place in range(0, len(response), 7):
        changed = response[:place] + bytes([response[place] ^ 1]) + response[place + 1 :]
        try:
            taken.append((place, timestamps.stamped_at(changed, TEXT.encode(), [authority.root])))
        except (ProofError, Malformed):
            continue
    assert not [
        place for place, at in taken if at != timestamps.stamped_at(response, TEXT.encode(), [authority.root])
    ]


@pytest.mark.parametrize("data", [b"", b"0", b"no response", b"\x30\x80" + bytes(64), bytes(2_000_000)])
def test_what_is_no_response_is_malformed(data: bytes, authority: Authority) -> None:
    with pytest.raises(Malformed):
        timestamps.stamped_at(data, TEXT.encode(), [authority.root])


def test_an_authority_is_a_certificate(response: bytes) -> None:
    with pytest.raises(Malformed, match="a certificate in PEM"):
        timestamps.stamped_at(response, TEXT.encode(), [b"no certificate"])


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(Malformed, match=r"pip install 'wattledger\[timestamp\]'"):
        timestamps.request(b"")


# --- a book -------------------------------------------------------------------------------------------------


def ran(book: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--book", str(book), *words])
    return done.exit_code, done.output.replace(str(book), "book")


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    Book.create(tmp_path / "book", Config("example.com/ledger")).close()
    return tmp_path / "book"


def test_a_response_is_kept_beside_the_checkpoint_it_is_about(sealed: Path, authority: Authority) -> None:
    query, response, root = (sealed.parent / name for name in ("query", "response", "root.pem"))
    assert ran(sealed, "timestamp", "-o", str(query))[0] == 0
    response.write_bytes(authority.respond(query.read_bytes()))
    root.write_bytes(authority.root)
    code, said = ran(sealed, "timestamp", "--attach", str(response), "--authority", str(root))
    assert (code, said.partition(" stamped by ")[0]) == (
        0,
        "Kept book/anchors/3.tsr: the checkpoint of 3 records,",
    )


def test_a_response_about_another_log_is_not_kept(sealed: Path, response: bytes) -> None:
    (sealed.parent / "other").write_bytes(response)
    assert ran(sealed, "timestamp", "--attach", str(sealed.parent / "other")) == (
        2,
        "wattledger: the timestamp is of no checkpoint of this book\n",
    )


def test_a_stamp_that_does_not_verify_is_not_kept(sealed: Path, authority: Authority, tmp_path: Path) -> None:
    query, response, root = (sealed.parent / name for name in ("query", "response", "root.pem"))
    ran(sealed, "timestamp", "-o", str(query))
    response.write_bytes(authority.respond(query.read_bytes()))
    root.write_bytes(Authority(tmp_path / "b").root)
    code, _ = ran(sealed, "timestamp", "--attach", str(response), "--authority", str(root))
    assert (code, (sealed / "anchors").exists()) == (2, False)


def test_it_asks_for_a_request_or_a_response(sealed: Path) -> None:
    assert ran(sealed, "timestamp")[0] == 2


@pytest.mark.parametrize(
    ("trusted", "said"),
    [
        (True, "anchors/3.tsr: stamped by an authority you trust: the log stood so by"),
        (False, "bad-timestamp"),
    ],
)
def test_a_reader_of_a_bundle_checks_its_stamp_by_the_authority_he_trusts(
    sealed: Path, authority: Authority, tmp_path: Path, trusted: bool, said: str
) -> None:
    query, response, root, bundle = (
        sealed.parent / name for name in ("query", "response", "root.pem", "b.zip")
    )
    ran(sealed, "timestamp", "-o", str(query))
    response.write_bytes(authority.respond(query.read_bytes()))
    ran(sealed, "timestamp", "--attach", str(response))
    ran(sealed, "bundle", "--stream", "ledger/registry", "-o", str(bundle))
    with Book.open(sealed, write=False) as book:
        key = book.seals.signer().vkey
    root.write_bytes((authority if trusted else Authority(tmp_path / "b")).root)
    words = ("--key", key, "--stream", "ledger/registry", "--authority", str(root))
    code, told = ran(sealed, "verify", str(bundle), *words)
    assert (code, said in told) == (0 if trusted else 1, True)
