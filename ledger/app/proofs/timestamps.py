"""RFC 3161 timestamps of checkpoints: proof, by an authority of the reader's choice, that a log was in this
state by a certain time.

The stamp is over the SHA-256 of the three lines of a signed checkpoint (origin, size, root), without its
signature lines (PROOF 3). A request is a file to be sent to an authority by any means; the response is a file
to be kept in the book's folder ``anchors`` under the checkpoint's size, which bundles carry. Checking needs
no network: the token, the lines, and the certificates that the reader trusts, which are never taken from the
source of the token.

Needs the extra ``wattledger[timestamp]``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book import anchors
from ledger.app.book.book import Book
from ledger.errors import Malformed
from ledger.verifier.faults import ProofError
from ledger.verifier.notes import parse_note

FOLDER: Final = anchors.FOLDER
RESPONSE_LIMIT: Final = 1 << 20
_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_SIGNED_DATA: Final = (0, 1, 1, 0)
"""Path to SignedData in a TimeStampResp (RFC 3161, RFC 5652): which child to enter, level by level."""
_GEN_TIME: Final = (*_SIGNED_DATA, 2, 1, 0, 0, 4)
_CERTIFICATES: Final = 0xA0


def stamped(note: bytes) -> bytes:
    """The part of a signed checkpoint that is stamped."""
    return parse_note(note).text.encode()


def request(text: bytes) -> bytes:
    """The request to stamp a text (TimeStampReq, DER); the same for the same text."""
    library = _library()
    built = library.TimestampRequestBuilder().data(text).hash_algorithm(library.HashAlgorithm.SHA256)
    return bytes(built.nonce(nonce=False).build().as_bytes())


def covers(response: bytes, text: bytes) -> bool:
    """True where the response is about this text; nothing in it is trusted yet. ``Malformed`` where it is not
    a granted response.
    """
    info = _decoded(response).tst_info
    imprint = info.message_imprint
    digest = hashlib.sha256(text).digest()
    return imprint.hash_algorithm.dotted_string == _SHA256 and bytes(imprint.message) == digest


def stamped_at(response: bytes, text: bytes, authorities: Sequence[bytes]) -> str:
    """Latest time, UTC, at which a trusted authority saw the text, including the accuracy it states.
    ``ProofError`` ``bad-timestamp`` otherwise.

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
        raise ProofError("bad-timestamp", "the timestamp is of something other than this checkpoint")
    try:
        builder.build().verify_message(found, text)
    except (library.VerificationError, ValueError):
        why = "the timestamp does not verify: it was changed, or is not by an authority you trust"
        raise ProofError("bad-timestamp", why) from None
    return _latest(found.tst_info, _fraction_us(response))


def covered(book: Book, response: bytes) -> int:
    """The size of the checkpoint that a response is about; ``Malformed`` where it is about none of this
    book's.
    """
    for seal in reversed(book.store.seals()):
        if covers(response, stamped(seal.note)):
            return seal.size
    raise Malformed("the timestamp is of no checkpoint of this book")


def checked(book: Book, size: int, response: bytes, authorities: Sequence[bytes]) -> str | None:
    """Time at which the checkpoint of a size was stamped; None where no authority is given. ``Malformed``
    where the stamp does not verify.
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


def _latest(info: Any, fraction_us: int) -> str:
    """The time in the token plus its accuracy, in whole seconds rounded up."""
    accuracy = info.accuracy
    parts = (0, 0, 0) if accuracy is None else (accuracy.seconds, accuracy.millis or 0, accuracy.micros or 0)
    seconds, millis, micros = (int(part or 0) for part in parts)
    late = timedelta(seconds=seconds, milliseconds=millis, microseconds=micros + fraction_us)
    at = info.gen_time.replace(microsecond=0) + late
    return calendar.format_instant(-(-((at - calendar.EPOCH) // timedelta(microseconds=1)) // 1_000_000))


def _fraction_us(response: bytes) -> int:
    """The fraction of a second in the token's genTime, in microseconds rounded up.

    The client library drops it, so its time can be up to a second too early.
    """
    at = _element(response, _GEN_TIME)
    digits = response[at.content : at.end].decode("ascii").rstrip("Z").partition(".")[2]
    return int(digits[:6].ljust(6, "0")) + bool(digits[6:].strip("0"))


def _decoded(response: bytes) -> Any:
    library = _library()
    if len(response) > RESPONSE_LIMIT:
        raise Malformed(f"a timestamp response has at most {RESPONSE_LIMIT:,} bytes, not {len(response):,}")
    try:
        found = library.decode_timestamp_response(_in_der_order(response))
        if library.PKIStatus(found.status) != library.PKIStatus.GRANTED:
            raise Malformed(f"the authority did not grant the timestamp: status {found.status}")
        _ = found.tst_info
    except ValueError as why:
        raise Malformed(f"is not an RFC 3161 timestamp response (TimeStampResp in DER): {why}") from None
    return found


def library_is_missing() -> bool:
    """True where the extra is not installed."""
    return find_spec("rfc3161_client") is None


def _library() -> Any:
    try:
        import rfc3161_client
    except ImportError:
        raise Malformed("timestamps need an extra: pip install 'wattledger[timestamp]'") from None
    return rfc3161_client


# --- DER ----------------------------------------------------------------------------------------------------


class _Element(NamedTuple):
    """A DER element: its tag, and the positions of its first byte, its content and its end."""

    tag: int
    start: int
    content: int
    end: int


def _in_der_order(response: bytes) -> bytes:
    """The response with its certificates in the order of DER, which the client library insists on.

    openssl writes them in the order of its configuration. The stamp's signature does not cover them, and the
    response is kept as it came. Anything that is not a response is returned unchanged: the library reports
    the fault.
    """
    try:
        parts = _children(response, _element(response, _SIGNED_DATA))
        found = next((part for part in parts if part.tag == _CERTIFICATES), None)
        if found is None:
            return response
        encoded = sorted(response[each.start : each.end] for each in _children(response, found))
    except ValueError:
        return response
    return response[: found.content] + b"".join(encoded) + response[found.end :]


def _element(data: bytes, path: Sequence[int]) -> _Element:
    """The element at the end of a path of children, from the outermost; ``ValueError`` where there is
    none.
    """
    found = _Element(0, 0, 0, len(data))
    for number in path:
        children = _children(data, found)
        if number >= len(children):
            raise ValueError("it ends too early")
        found = children[number]
    return found


def _children(data: bytes, outer: _Element) -> list[_Element]:
    """The elements inside another; ``ValueError`` where they do not fill it."""
    found: list[_Element] = []
    at = outer.content
    while at < outer.end:
        head = data[at : min(at + 6, outer.end)]
        if len(head) < 2 or head[0] & 0x1F == 0x1F:
            raise ValueError(f"byte {at} begins no element")
        length, content = head[1], at + 2
        if length >= 0x80:
            count = length & 0x7F
            if not 0 < count <= len(head) - 2:
                raise ValueError(f"byte {at} begins an element of unknown length")
            length, content = int.from_bytes(head[2 : 2 + count], "big"), content + count
        if content + length > outer.end:
            raise ValueError(f"byte {at} begins an element that ends after its outer one")
        found.append(_Element(head[0], at, content, content + length))
        at = content + length
    return found
