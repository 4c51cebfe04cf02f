"""Notices published again: equal ones are left out, and one with other terms corrects what is recorded.

An operator edits and cancels its notices under the same id: an end is added, a level is mended. The record is
corrected, so that what was known before stays known. A file of an earlier state than what is recorded changes
nothing: its terms were recorded and corrected since, or it lacks the end that is recorded. The SHA-256 of the
text alone is no other term: pages set the same text in different ways.

``settled`` is pure: known notices and a reading in, claims and the notices after them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger.exchange.reading import NoticePage, Reading
from ledger.kinds import BY_TAG, GridNoticePublished
from ledger.records.envelope import Claim, authority_place, make_claim

REASON: Final = "the operator published the notice again with other terms"
MISSING: Final = "the operator's page of notices in force lists it no more"
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
        elif terms in before.gone or _lacks_the_end(terms, before.terms):
            notes.append(f"notice {body.notice} is of an earlier publication than what is recorded of it")
        else:
            made = claim if before.id is None else _corrected(claim, before.id)
            claims.append(made)
            lines.append(line)
            gone = before.gone if before.terms is None else (*before.gone, before.terms)
            now[key] = KnownNotice(str(made.id), terms, gone)
    if reading.page is not None:
        ended = _ended(now, reading.page, bool(reading.problems))
        claims += ended.claims
        lines += [0] * len(ended.claims)
        notes += ended.notes
        now |= ended.known
    found = reading._replace(
        claims=tuple(claims), lines=tuple(lines), notes=tuple(dict.fromkeys(notes)), unchanged=unchanged
    )
    return SettledNotices(found, now)


class _Ended(NamedTuple):
    claims: list[Claim]
    notes: list[str]
    known: dict[tuple[str, str], KnownNotice]


def _ended(known: Known, page: NoticePage, has_problems: bool) -> _Ended:
    """Corrections of the notices without an end that a page of all notices in force lacks: over when it was
    saved. A page with an entry that could not be read ends none.
    """
    found = _Ended([], [], {})
    for key, one in sorted(known.items()):
        if key[0] != page.authority or one.id is None or one.terms is None or key[1] in page.names:
            continue
        at, body = one.terms
        if body.stop is not UNSET or page.at < max(at, body.start):
            continue
        if has_problems:
            found.notes.append(f"notice {key[1]} is not ended: an entry of the page could not be read")
            continue
        text = UNSET if one.text_sha256 is None else one.text_sha256
        ended = msgspec.structs.replace(body, stop=page.at, text_sha256=text)
        claim = make_claim(
            PUBLISHED,
            at,
            ended,
            place=authority_place(key[0]),
            source=page.source,
            corrects=(one.id,),
            reason=MISSING,
        )
        found.claims.append(claim)
        terms = terms_of(at, ended)
        found.known[key] = KnownNotice(str(claim.id), terms, (*one.gone, one.terms), one.text_sha256)
    return found


def _lacks_the_end(terms: Terms, recorded: Terms | None) -> bool:
    """True for the recorded terms without their end: the page is older than the end."""
    if recorded is None or recorded[1].stop is UNSET:
        return False
    at, body = recorded
    return terms == (at, msgspec.structs.replace(body, stop=UNSET))


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
