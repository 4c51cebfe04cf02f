"""OpenADR 3.1.0 alerts in: each interval of an ``ALERT_...`` payload declares the state that the options give
for it, for the site's balancing authority.

The record's ``source.ref`` names the server, the alert and its version, so that a later list can be compared
with it (``Alert``): server, program, event, payload type and the event's ``modificationDateTime``, such as
``adr programs/44/events/7 ALERT_GRID_EMERGENCY @2026-06-01T10:00:00Z``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, get_args
from urllib.parse import quote, unquote

from msgspec import UNSET

from ledger import calendar
from ledger.errors import Malformed
from ledger.kinds import BY_TAG, GridConditionDeclared, GridState, Source
from ledger.records.envelope import Claim, authority_place, make_claim
from ledger.records.ids import named_id

DECLARED: Final = BY_TAG["grid-condition-declared.v1"]
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


def check_alerts(alerts: Sequence[tuple[str, str]]) -> None:
    """``Malformed`` for a state that does not exist, or a name that is not a type of alert."""
    for kind, state in alerts:
        if state not in get_args(GridState):
            raise Malformed(f"--alert {kind}= must be one of {', '.join(get_args(GridState))}: {state!r}")
        if not kind.startswith("ALERT_"):
            raise Malformed(
                f"--alert gives the state that an alert means, such as ALERT_GRID_EMERGENCY=eea3: {kind!r}"
            )


def conditions(
    authority: str, state: str, named: Sequence[str], starts_s: Sequence[int], source: Source
) -> Iterator[Claim]:
    """The conditions that an alert declares, one for each of its starts; ``named`` is the alert and its event
    in words.
    """
    place = authority_place(authority)
    for number, start_s in enumerate(starts_s):
        foreign = ["openadr", place, *named, number, state]
        yield condition(authority, state, calendar.format_instant(start_s), foreign, source)


def condition(
    authority: str,
    state: str,
    at: str,
    foreign: Sequence[object],
    source: Source,
    corrects: str | None = None,
) -> Claim:
    """A state of an authority from an instant on, in place of another record if one is to be corrected."""
    body = GridConditionDeclared(
        balancing_authority=authority,
        state=state,  # type: ignore[arg-type]  # checked with the options
    )
    return make_claim(
        DECLARED,
        at,
        body,
        place=authority_place(authority),
        id=named_id(at, foreign),
        source=source,
        corrects=UNSET if corrects is None else (corrects,),
        reason=UNSET if corrects is None else "the alert was edited",
    )
