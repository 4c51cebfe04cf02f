"""OpenADR 3.1.0 alerts in: each interval of an ``ALERT_...`` payload is the state that the options give for it,
for the site's balancing authority.

An interval that states its end becomes a notice with start and stop (``grid-notice-published``); one without
end declares a state that holds until the next declaration (``grid-condition-declared``).

The record's ``source.ref`` names the server, the alert and its version, so that a later list can be compared
with it (``Alert``): server, program, event, payload type and the event's ``modificationDateTime``, such as
``adr programs/44/events/7 ALERT_GRID_EMERGENCY @2026-06-01T10:00:00Z``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from msgspec import UNSET, UnsetType

from ledger.exchange.grid_notices.notice import slug
from ledger.exchange.openadr.event_fields import event_name
from ledger.kinds import BY_TAG, Fact, GridConditionDeclared, GridNoticePublished, Source
from ledger.records.envelope import Claim, authority_place, make_claim
from ledger.records.ids import named_id

DECLARED: Final = BY_TAG["grid-condition-declared.v1"]
PUBLISHED: Final = BY_TAG["grid-notice-published.v1"]
EDITED: Final = "the alert was edited"
_REF = re.compile(r"([^/ ]+) programs/([^/ ]+)/events/([^/ ]+) (.+) @(\S+)", re.ASCII)
_UNSAID: Final = "-"


class Alert(NamedTuple):
    """One kind of alert of an event of a server."""

    vtn: str
    program: str
    event: str
    kind: str

    def ref(self, version: str | None) -> str:
        """The text of a record's source about it."""
        place = f"programs/{quote(self.program, safe='')}/events/{quote(self.event, safe='')}"
        return f"{self.vtn} {place} {quote(self.kind, safe='')} @{version or _UNSAID}"


def alert_of(ref: str) -> tuple[Alert, str | None] | None:
    """The alert that a record's source names, and its ``modificationDateTime``; None where it names none."""
    found = _REF.fullmatch(ref)
    if found is None:
        return None
    vtn, program, event, kind, version = found.groups()
    alert = Alert(vtn, unquote(program), unquote(event), unquote(kind))
    return alert, None if version == _UNSAID else version


class Condition(NamedTuple):
    """The state of an authority's grid by an alert, from ``start`` until ``stop``, None where it states no end.

    ``notice`` names it and ``wording`` is its type. ``published`` is when the alert was created; where the
    event does not state it, it is the start.
    """

    authority: str
    state: str
    start: str
    stop: str | None
    notice: str
    wording: str
    published: str


class Declared(NamedTuple):
    """A condition of the book that an alert declared: its record's id, its start, the alert's version if it has
    one; when it was gone, once it is retracted or ended, and an empty text once it is corrected; its stop and
    when it was published, if it is a notice with an end.
    """

    id: str
    at: str
    authority: str
    state: str
    version: str | None
    gone_at: str | None = None
    stop: str | None = None
    published: str | None = None


def declared_of(
    id_: str, at: str, body: Fact, source: Source | UnsetType, gone_at: str | None = None
) -> tuple[Alert, Declared] | None:
    """The alert that a claim's or record's source names, and the condition it declared; None for any other."""
    found = None if source is UNSET else alert_of(source.ref or "")
    if found is None:
        return None
    alert, version = found
    if isinstance(body, GridConditionDeclared):
        return alert, Declared(id_, at, body.balancing_authority, body.state, version, gone_at)
    if isinstance(body, GridNoticePublished):
        stop = None if body.stop is UNSET else body.stop
        said = (body.balancing_authority, body.state, version, gone_at, stop, at)
        return alert, Declared(id_, body.start, *said)
    return None


def notice_name(event: Mapping[str, object], vtn: str, kind: str, start: str) -> str:
    """The name of the notice of an alert's interval: ``adr-7-grid-emergency-2026-06-02t10-00-00z``."""
    return slug(event_name(event, vtn), kind.removeprefix("ALERT_"), start)


def longest(spans: Iterable[tuple[int, int | None]]) -> Iterator[tuple[int, int | None]]:
    """The spans of one alert in their order, of those with one start only the longest: they are of one state.
    A span of no length has no end.
    """
    stops: dict[int, int | None] = {}
    for start_s, said_s in spans:
        stop_s = None if said_s == start_s else said_s
        before = stops.get(start_s, start_s)
        stops[start_s] = None if stop_s is None or before is None else max(before, stop_s)
    yield from stops.items()


def conditions(said: Iterable[Condition], named: Sequence[str], source: Source) -> Iterator[Claim]:
    """The claims of an alert's conditions; ``named`` is the alert and its event in words."""
    for number, one in enumerate(said):
        yield condition(one, ["openadr", authority_place(one.authority), *named, number, one.state], source)


def condition(
    one: Condition,
    foreign: Sequence[object],
    source: Source,
    corrects: str | None = None,
    reason: str = EDITED,
) -> Claim:
    """The claim of a condition, in place of another record if one is to be corrected."""
    body: GridConditionDeclared | GridNoticePublished
    if one.stop is None:
        kind, at = DECLARED, one.start
        body = GridConditionDeclared(
            balancing_authority=one.authority,
            state=one.state,  # type: ignore[arg-type]  # checked with the options
        )
    else:
        kind, at, foreign = PUBLISHED, one.published, [*foreign, one.start, one.stop]
        body = GridNoticePublished(
            balancing_authority=one.authority,
            notice=one.notice,
            state=one.state,  # type: ignore[arg-type]  # checked with the options
            start=one.start,
            stop=one.stop,
            wording=one.wording,
        )
    return make_claim(
        kind,
        at,
        body,
        place=authority_place(one.authority),
        id=named_id(at, foreign),
        source=source,
        corrects=UNSET if corrects is None else (corrects,),
        reason=UNSET if corrects is None else reason,
    )
