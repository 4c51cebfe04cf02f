"""Notices published again: equal ones are left out, and one with other terms corrects what is recorded.

An operator edits and cancels its notices under the same id: an end is added, a level is mended. The record is
corrected, so that what was known before stays known. A file of an earlier state than what is recorded changes
nothing: its terms were recorded and corrected since. The SHA-256 of the text alone is no other term: pages
set the same text in different ways.

``settled`` is pure: known notices and a reading in, claims and the notices after them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger.exchange.reading import Reading
from ledger.kinds import BY_TAG, GridNoticePublished
from ledger.records.envelope import Claim, authority_place, make_claim

REASON: Final = "the operator published the notice again with other terms"
PUBLISHED: Final = BY_TAG["grid-notice-published.v1"]
Terms = tuple[str, GridNoticePublished]
"""When a notice was published, and its fact without the SHA-256 of its text."""


def terms_of(at: str, body: GridNoticePublished) -> Terms:
    """What two publications of a notice are compared by."""
    return at, msgspec.structs.replace(body, text_sha256=UNSET)


class KnownNotice(NamedTuple):
    """A notice of the book: the id of its effective record (None: retracted), the terms in force, those that
    were corrected or retracted, and the SHA-256 of the text of the record in force.
    """

    id: str | None
    terms: Terms | None
    gone: tuple[Terms, ...] = ()
    text_sha256: str | None = None


Known = Mapping[tuple[str, str], KnownNotice]


class SettledNotices(NamedTuple):
    """The claims to record, and the notices after them."""

    reading: Reading
    known: dict[tuple[str, str], KnownNotice]


def settled(known: Known, reading: Reading) -> SettledNotices:
    """The parsed file with its notices turned into the claims to record beside the known ones."""
    now = dict(known)
    claims: list[Claim] = []
    lines: list[int] = []
    notes, unchanged = list(reading.notes), reading.unchanged
    for claim, line in zip(reading.claims, reading.lines, strict=True):
        body = claim.body
        if not isinstance(body, GridNoticePublished):
            claims.append(claim)
            lines.append(line)
            continue
        key, terms = (body.balancing_authority, body.notice), terms_of(claim.at, body)
        before = now.get(key, KnownNotice(None, None))
        if terms == before.terms:
            unchanged += 1
        elif terms in before.gone:
            notes.append(f"notice {body.notice} is of an earlier publication than what is recorded of it")
        else:
            made = claim if before.id is None else _corrected(claim, before.id)
            claims.append(made)
            lines.append(line)
            gone = before.gone if before.terms is None else (*before.gone, before.terms)
            now[key] = KnownNotice(str(made.id), terms, gone)
    found = reading._replace(
        claims=tuple(claims), lines=tuple(lines), notes=tuple(dict.fromkeys(notes)), unchanged=unchanged
    )
    return SettledNotices(found, now)


def by_text(known: Known) -> dict[str, Terms]:
    """The terms in force of each notice by the SHA-256 of its text; the last of those with one text."""
    return {
        one.text_sha256: one.terms
        for one in sorted((one for one in known.values() if one.terms), key=lambda one: str(one.terms))
        if one.text_sha256 and one.terms
    }


def _corrected(claim: Claim, corrects: str) -> Claim:
    body = claim.body
    assert isinstance(body, GridNoticePublished), "only notices are corrected here"
    return make_claim(
        PUBLISHED,
        claim.at,
        body,
        place=authority_place(body.balancing_authority),
        source=claim.source,
        corrects=(corrects,),
        reason=REASON,
    )
