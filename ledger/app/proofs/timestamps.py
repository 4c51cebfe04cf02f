"""RFC 3161 timestamps of checkpoints: proof, by an authority of the reader's choice, that a log stood so at a
time at the latest.

What is stamped are the three lines of a signed checkpoint (origin, size, root), without its signature lines
(PROOF 3), by SHA-256. A request is a file to be sent to an authority by any means; the response is a file to
be kept in the book's folder ``anchors`` under the checkpoint's size, which bundles carry. Checking needs no
network: the token, the lines, and the certificates that the reader trusts, which are given and never taken
from where the token comes from.

Needs the extra ``wattledger[timestamp]``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from ledger import calendar
from ledger.app.book import anchors
from ledger.app.book.book import Book
from ledger.errors import Malformed
from ledger.log.verify import ProofError, parse_note

FOLDER: Final = anchors.FOLDER
RESPONSE_LIMIT: Final = 1 << 20
_SHA256: Final = "2.16.840.1.101.3.4.2.1"


def stamped(note: bytes) -> bytes:
    """What of a signed checkpoint is stamped."""
    return parse_note(note).text.encode()


def request(text: bytes) -> bytes:
    """The request to stamp a text (TimeStampReq, DER); the same for the same text."""
    library = _library()
    built = library.TimestampRequestBuilder().data(text).hash_algorithm(library.HashAlgorithm.SHA256)
    return bytes(built.nonce(nonce=False).build().as_bytes())


def covers(response: bytes, text: bytes) -> bool:
    """Is the response about this text? Nothing of it is trusted yet. ``Malformed`` where it is no granted
    response.
    """
    info = _decoded(response).tst_info
    imprint = info.message_imprint
    digest = hashlib.sha256(text).digest()
    return imprint.hash_algorithm.dotted_string == _SHA256 and bytes(imprint.message) == digest


def stamped_at(response: bytes, text: bytes, authorities: Sequence[bytes]) -> str:
    """When a trusted authority saw the text, UTC; with the accuracy it states, at the latest. ``ProofError``
    ``bad-timestamp`` otherwise.

    ``authorities`` are certificates (PEM, one or several each) that the reader trusts to have issued the
    stamp's.
    """
    from cryptography import x509

    library = _library()
    found = _decoded(response)
    builder = library.VerifierBuilder()
    for pem in authorities:
        try:
            certificates = x509.load_pem_x509_certificates(pem)
        except ValueError:
            raise Malformed("an authority is a certificate in PEM: -----BEGIN CERTIFICATE-----") from None
        for certificate in certificates:
            builder = builder.add_root_certificate(certificate)
    if not covers(response, text):
        raise ProofError("bad-timestamp", "the timestamp is of something else than this checkpoint")
    try:
        builder.build().verify_message(found, text)
    except (library.VerificationError, ValueError):
        why = "the timestamp does not verify: it was changed, or is by none of the authorities you trust"
        raise ProofError("bad-timestamp", why) from None
    return _latest(found.tst_info)


def covered(book: Book, response: bytes) -> int:
    """The size of the checkpoint that a response is about; ``Malformed`` where it is about none of this
    book's.
    """
    for seal in reversed(book.store.seals()):
        if covers(response, stamped(seal.note)):
            return seal.size
    raise Malformed("the timestamp is of no checkpoint of this book")


def checked(book: Book, size: int, response: bytes, authorities: Sequence[bytes]) -> str | None:
    """When the checkpoint of a size was stamped; None where no authority is given. ``Malformed`` where the
    stamp does not verify.
    """
    if not authorities:
        return None
    note = next(seal.note for seal in book.store.seals() if seal.size == size)
    try:
        return stamped_at(response, stamped(note), authorities)
    except ProofError as why:
        raise Malformed(str(why)) from None


def keep(directory: Path, size: int, response: bytes) -> Path:
    """Keep a response beside the book's checkpoint of a size."""
    return anchors.keep_anchor(directory, f"{size}.tsr", lambda _: response)


def kept(directory: Path, size: int) -> bytes | None:
    """The response kept for the checkpoint of a size."""
    try:
        return (directory / FOLDER / f"{size}.tsr").read_bytes()
    except FileNotFoundError:
        return None


def _latest(info: Any) -> str:
    """The time in the token plus its accuracy, in whole seconds rounded up."""
    accuracy = info.accuracy
    parts = (0, 0, 0) if accuracy is None else (accuracy.seconds, accuracy.millis or 0, accuracy.micros or 0)
    seconds, millis, micros = (int(part or 0) for part in parts)
    at = info.gen_time + timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)
    return calendar.format_instant(-(-((at - calendar.EPOCH) // timedelta(microseconds=1)) // 1_000_000))


def _decoded(response: bytes) -> Any:
    library = _library()
    if len(response) > RESPONSE_LIMIT:
        raise Malformed(f"a timestamp response has at most {RESPONSE_LIMIT:,} bytes, not {len(response):,}")
    try:
        found = library.decode_timestamp_response(response)
        if library.PKIStatus(found.status) != library.PKIStatus.GRANTED:
            raise Malformed(f"the authority did not grant the timestamp: status {found.status}")
        _ = found.tst_info
    except ValueError as why:
        raise Malformed(f"is no RFC 3161 timestamp response (TimeStampResp in DER): {why}") from None
    return found


def library_is_missing() -> bool:
    """Is the extra not installed?"""
    return find_spec("rfc3161_client") is None


def _library() -> Any:
    try:
        import rfc3161_client
    except ImportError:
        raise Malformed("timestamps need an extra: pip install 'wattledger[timestamp]'") from None
    return rfc3161_client
