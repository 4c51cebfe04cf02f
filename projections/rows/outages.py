"""Row kind ``outage``: lost capability of a block, with its start and end.

Key (site, outage). An outage has one start and one end, in any order of arrival; of several effective ones
the last by (at, pos) holds. An end not later than the start leaves no time. The block's own facts live in
another stream: a report joins them (a retirement ends an open outage).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ledger.calendar import instant_s
from ledger.kinds import OutageEnded, OutageStarted
from ledger.records.envelope import Record
from projections.engine.fold import FigureScope, RowKind, key_of


class OutageStart(NamedTuple):
    """The capability lost from ``at_s`` on. A ``derate_w`` equal to the block's capacity is a full outage."""

    at_s: int
    pos: int
    block: str
    outage_class: str
    derate_w: int
    outside_management_control: bool


class OutageEnd(NamedTuple):
    """The capability is restored."""

    at_s: int
    pos: int


class OutageFacts(NamedTuple):
    """The two facts; None for an unknown one (an end may be known before a corrected start)."""

    start: OutageStart | None
    end: OutageEnd | None


def evolve(row: OutageFacts | None, records: Sequence[Record]) -> OutageFacts:
    """The outage with its latest start and its latest end."""
    start, end = row or (None, None)
    for record in records:
        body = record.body
        at_s, pos = instant_s(record.at), record.pos
        if isinstance(body, OutageStarted):
            said = OutageStart(
                at_s, pos, body.block, body.outage_class, body.derate_w, body.outside_management_control
            )
            start = said if start is None else max(start, said)
        else:
            ended = OutageEnd(at_s, pos)
            end = ended if end is None else max(end, ended)
    return OutageFacts(start, end)


def bears(row: OutageFacts, asked: FigureScope) -> Iterator[int]:
    """Positions of its start and its end; none where it was over before."""
    seen = [fact for fact in row if fact is not None and fact.at_s < asked.stop_s]
    if row.end is None or row.end.at_s >= asked.start_s:
        yield from (fact.pos for fact in seen)


OUTAGE: Final = RowKind(
    "outage",
    1,
    ("site", "outage"),
    (OutageStarted, OutageEnded),
    key_of(("site", "outage")),
    evolve,
    bears,
    OutageFacts,
)
