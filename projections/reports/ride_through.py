"""Ride-through: when voltage or frequency left its range, did the load stay, what was lost, and who was told?

One row for each excursion that began in the window and each block that answered it, one with block "all" for
each load class, which adds its blocks up, and one with class and block "all" where no response is recorded.

required    = "ride through" while, for each band of the curve on its side of nominal, the time beyond the
              band's edge nearer nominal is at most what the band asks; "may trip" beyond it; "unknown" where
              the recorded times do not tell; null without a curve
verdict     = rode through, transferred to backup, tripped, restored by hand (after either of these), reduced
              by the customer, cut by the utility. What the customer or the utility began is not judged
met         = "as required": rode through, and back at the curve's share of the load before within its time
              after the excursion's end; "not required": the curve allowed a trip
lost        = before - minimum; regained = recovered - minimum
in a minute = excursions of the site that began in the minute that ends with this one's begin, it among them;
              repeated dips are three
told after  = the first communication less the excursion's begin

A class has the worst verdict and judgment of its blocks and their longest recovery; its sums are null where
one of them is unknown. Minima of blocks need not be at one instant: what a class lost is at most its sum.

The curve is the one that the operator recorded last (ride-through-terms-set), else the one in force for the
site's balancing authority that day: ERCOT Nodal Operating Guide 2.6.4 and 2.14 (NOGRR282, approved by the
PUCT on 9 July 2026, in effect from 1 August 2026). Curves that are drafts judge nothing unless recorded.
NERC's drafts CLO-002-1 and CLO-003-1 (posted 19 August 2026) and its Level 3 alert of 4 May 2026 ask for the
event and its communication, and name no curve that was found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from msgspec import UNSET

from ledger.calendar import Window, format_instant
from ledger.kinds.curves import CURVES
from projections.engine.amounts import said
from projections.engine.fold import Key, Rows
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Report,
    ReportRow,
    Scope,
    Workings,
    row_of,
)
from projections.engine.words import Line, by_name, counted, number_of, numbers, sentence, verb
from projections.figures.excursion_events import ExcursionEvent, begins, events_of, within_minute
from projections.figures.ride_through import (
    MET,
    NO_CURVE_SAID,
    NOT_AS_REQUIRED,
    VERDICTS,
    AskedTime,
    asked,
    met,
    verdict,
)
from projections.figures.ride_through_pictures import pictures
from projections.rows.blocks import BLOCK
from projections.rows.excursions import EXCURSION, TERMS
from projections.rows.sites import SITE

ALL: Final = "all"
NOT_RECORDED: Final = "no response recorded"
REPEATED: Final = 3
_OWN: Final = (EXCURSION.name, BLOCK.name)
_JUDGED: Final = (*_OWN, TERMS.name, SITE.name)
_SUMS: Final = ("before_w", "minimum_w", "after_1s_w", "after_10s_w", "after_5min_w", "recovered_w")

_column: Final = partial(Column, beyond=("block",))
"""A class's row looks at all of its blocks; ``behind`` leaves a block's row with its own."""

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("excursion", "Excursion", "the excursion", unit=""),
    Column(
        "load_class", "Class", "load class of the block at its begin; all where nothing answered", unit=""
    ),
    Column("block", "Block", "the block; all for the whole class", unit=""),
    _column("at", "At", "when it began", unit="", draws=_OWN),
    _column("quantity", "Quantity", "voltage or frequency", unit="", draws=_OWN),
    _column("voltage_ppm", "Voltage", "lowest or highest RMS voltage, of nominal", unit="ppm", draws=_OWN),
    _column("frequency_mhz", "Frequency", "frequency farthest from nominal", unit="mHz", draws=_OWN),
    _column("duration_ms", "Duration", "time out of range", unit="ms", draws=_OWN, shown="ms"),
    _column("phases", "Phases", "phases that left their range", unit="", draws=_OWN),
    _column(
        "within_minute",
        "In a minute",
        "excursions that began in the minute up to its begin",
        unit="",
        draws=_OWN,
        beyond=("excursion", "block"),
    ),
    _column("curve", "Curve", "the curve in force", unit="", draws=_JUDGED),
    _column("required", "Required", "ride through, may trip or unknown", unit="", draws=_JUDGED),
    _column("verdict", "Verdict", "what the load did", unit=""),
    _column("met", "Met", "was it as the curve requires?", unit="", of=("required", "verdict")),
    _column("restored", "Restored", "by itself or by hand", unit=""),
    _column("before_w", "Before", "load before", unit="W"),
    _column("minimum_w", "Minimum", "lowest load", unit="W"),
    _column("after_1s_w", "After 1 s", "load 1 s after its end", unit="W"),
    _column("after_10s_w", "After 10 s", "load 10 s after its end", unit="W"),
    _column("after_5min_w", "After 5 min", "load 5 min after its end", unit="W"),
    _column("recovered_w", "Recovered", "load that it came back to", unit="W"),
    _column("recovery_ms", "Recovery", "from its end until then", unit="ms"),
    _column("lost_w", "Lost", "before - minimum", unit="W", of=("before_w", "minimum_w")),
    _column("regained_w", "Regained", "recovered - minimum", unit="W", of=("recovered_w", "minimum_w")),
    _column("communicated_to", "Told", "who was told, in order of time; null if nobody", unit="", draws=_OWN),
    _column("communicated_at", "Told at", "when the first of them was told", unit="", draws=_OWN),
    _column(
        "told_after_s",
        "Told after",
        "told at - at",
        unit="s",
        of=("communicated_at", "at"),
        draws=_OWN,
        shown="min",
    ),
    _column("recorder", "Recorder", "SHA-256 of the recorder's files", unit="", draws=_OWN),
)
_cells: Final = row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site, time and excursion, then class and block, each class before its blocks."""
    events = sorted(events_of(rows, scope), key=lambda event: (event.site, *event.fact[:2]))
    begun = begins(rows, scope)
    lines = [line for event in events for line in _lines(event, begun[event.site], scope)]
    return Answer(tuple(lines), tuple(_notes(events, begun)))


def _lines(event: ExcursionEvent, begun: Sequence[int], scope: Scope) -> Iterable[ReportRow]:
    shared = _shared(event, begun)
    if not event.responses:
        if not scope.blocks:
            nothing: dict[str, Cell] = dict.fromkeys(
                (*_SUMS, "recovery_ms", "lost_w", "regained_w", "restored")
            )
            yield _cells(**shared, load_class=ALL, block=ALL, verdict=NOT_RECORDED, met=None, **nothing)
        return
    classes = dict.fromkeys(load_class for load_class, _ in event.responses)
    for load_class in classes:
        answers = {body.block: _answer(body, event) for of, body in event.responses if of == load_class}
        if not scope.blocks:
            yield _cells(**shared, load_class=load_class, block=ALL, **_added(list(answers.values())))
        for block, cells in answers.items():
            if not scope.blocks or block in scope.blocks:
                yield _cells(**shared, load_class=load_class, block=block, **cells)


def _shared(event: ExcursionEvent, begun: Sequence[int]) -> dict[str, Cell]:
    body = event.fact.body
    told = event.told[0] if event.told else None
    return {
        "site": event.site,
        "excursion": event.name,
        "at": format_instant(event.fact.at_s),
        "quantity": body.quantity,
        "voltage_ppm": _said(body.voltage_ppm),
        "frequency_mhz": _said(body.frequency_mhz),
        "duration_ms": body.duration_ms,
        "phases": _joined(body.phases),
        "within_minute": within_minute(event.fact, begun),
        "curve": None if event.curve is None else event.curve.name,
        "required": event.required,
        "communicated_to": "; ".join(dict.fromkeys(fact.body.communicated_to for fact in event.told)) or None,
        "communicated_at": None if told is None else format_instant(told.at_s),
        "told_after_s": None if told is None else told.at_s - event.fact.at_s,
        "recorder": _joined(body.recorder_sha256),
    }


def _said(value: Any) -> Any:
    return None if value is UNSET else value


def _joined(values: Any) -> str | None:
    return None if values is UNSET else " ".join(values) or None


def _answer(body: Any, event: ExcursionEvent) -> dict[str, Cell]:
    recovered_w = _said(body.recovered_w)
    restored = _said(body.restored)
    return {
        "verdict": verdict(body),
        "met": met(body, event.required, event.curve),
        "restored": restored and restored.replace("-", " "),
        **{name: _said(getattr(body, name)) for name in (*_SUMS, "recovery_ms")},
        "lost_w": body.before_w - body.minimum_w,
        "regained_w": None if recovered_w is None else recovered_w - body.minimum_w,
    }


def _added(answers: Sequence[Mapping[str, Cell]]) -> dict[str, Cell]:
    """The cells of a class: sums of its blocks, and the worst of what they did."""
    held = [one["restored"] for one in answers if one["restored"] is not None]
    recoveries = [number_of(one, "recovery_ms") for one in answers]
    known = [one for one in recoveries if one is not None]
    return {
        "verdict": max((str(one["verdict"]) for one in answers), key=VERDICTS.index),
        "met": max((str(one["met"]) for one in answers), key=MET.index),
        "restored": min(map(str, held), default=None),
        "recovery_ms": max(known) if len(known) == len(answers) else None,
        **{name: _sum(answers, name) for name in (*_SUMS, "lost_w", "regained_w")},
    }


def _sum(answers: Sequence[Mapping[str, Cell]], name: str) -> int | None:
    known = [number_of(one, name) for one in answers]
    return None if None in known else sum(one for one in known if one is not None)


def _notes(events: Sequence[ExcursionEvent], begun: Mapping[str, Sequence[int]]) -> Iterable[str]:
    for curve in dict.fromkeys(event.curve for event in events if event.curve is not None):
        status = "" if curve.status == "in force" else f" ({curve.status}; set by the operator)"
        yield f"curve {curve.name}: {curve.standard}{status}"
    bare = [event for event in events if event.required is None]
    if bare:
        drafts = ", ".join(curve.name for curve in CURVES if curve.status != "in force")
        sites = ", ".join(dict.fromkeys(event.site for event in bare))
        yield (
            f"no curve in force for {counted(len(bare), 'excursion')} ({sites}); record ride-through-terms-set,"
            f" where {drafts} can be named or points be given"
        )
    for event in events:
        count = within_minute(event.fact, begun[event.site])
        if count >= REPEATED:
            yield f"{event.site}: {event.name} is the {_ordinal(count)} excursion within a minute"


def _ordinal(count: int) -> str:
    return {3: "third", 4: "fourth", 5: "fifth"}.get(count, f"{count}th")


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """A block's figures rest on its own response and master data, a class's on those of all that answered."""
    block = cells["block"]

    def counts(kind: str, key: Key) -> bool:
        return kind != BLOCK.name or block == ALL or key[1] == block

    def workings() -> tuple[Workings, ...]:
        event = next(
            one
            for one in events_of(rows, scope)
            if (one.site, one.name) == (cells["site"], cells["excursion"])
        )
        found = asked(event.fact.body, event.curve) or ()
        lines = tuple((_level(event, one), *one.time, one.held_ms) for one in found)
        return (Workings("What the curve asks", _asked_words(event), _ASKED, lines),) if lines else ()

    found = Behind(counts=counts, window=Window(0, scope.window.stop_s))
    return found._replace(workings=workings) if column in ("required", "met") else found


_ASKED: Final = (
    Column("level", "Beyond", "the level that the excursion went beyond", unit=""),
    Column("least_ms", "At least", "time beyond it at least", unit="ms", shown="ms"),
    Column("most_ms", "At most", "time beyond it at most", unit="ms", shown="ms"),
    Column("held_ms", "Asked", "time that must be ridden through", unit="ms", shown="ms"),
)


def _level(event: ExcursionEvent, one: AskedTime) -> str:
    return said(one.level, "ppm" if event.fact.body.quantity == "voltage" else "mHz")


def _asked_words(event: ExcursionEvent) -> str:
    assert event.curve is not None, "levels are of a curve"
    return f"{event.curve.name}: {event.required}"


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Number of excursions, who did not ride through, what was lost, and who was not told."""
    lines = by_name(COLUMNS, answer.rows)
    events = {(line["site"], line["excursion"]): line for line in lines}
    answered = [line for line in lines if line["block"] != ALL]
    failed = [line for line in answered if line["met"] == NOT_AS_REQUIRED]
    bare = sum(line["required"] is None for line in events.values())
    untold = sum(line["communicated_to"] is None for line in events.values())
    lost_w: dict[tuple[Cell, Cell], int] = defaultdict(int)
    for line in answered:
        lost_w[line["site"], line["excursion"]] += number_of(line, "lost_w") or 0
    most_w = max(lost_w.values(), default=None)
    figures = (
        LeadFigure("Excursions", len(events), ""),
        LeadFigure("Not as required", len(failed), ""),
        LeadFigure("Most lost at once", most_w, "W"),
        LeadFigure("Longest recovery", max(numbers(answered, "recovery_ms"), default=None), "ms"),
        LeadFigure("Told to nobody", untold, ""),
    )
    if not events:
        return Lead("No excursion of voltage or frequency was recorded in this window.", figures)
    return Lead(
        sentence(
            f"{counted(len(events), 'excursion')} of voltage or frequency",
            _failed(failed, answered) if answered else "no response of any load is recorded",
            f"at most {said(most_w, 'W')} {verb(1, 'was', 'were')} lost at once" if most_w else "",
            f"{NO_CURVE_SAID} for {bare:,} of them" if bare else "",
            f"{untold:,} {verb(untold, 'was', 'were')} communicated to nobody" if untold else "",
        ),
        figures,
    )


def _failed(failed: Sequence[Line], answered: Sequence[Line]) -> str:
    if not failed:
        return f"no block of {counted(len(answered), 'response')} failed what was required"
    worst = max(
        failed, key=lambda line: (number_of(line, "lost_w") or 0, str(line["site"]), str(line["block"]))
    )
    return (
        f"{len(failed):,} of {counted(len(answered), 'response')} {verb(len(failed), 'was', 'were')} not as"
        f" required, the largest {worst['block']} of {worst['site']} at {worst['excursion']}:"
        f" {worst['verdict']}"
    )


REPORT: Final = Report(
    name="ride-through",
    definition_version=1,
    title="Ride-through of voltage and frequency excursions",
    packs=("reliability",),
    classes=("grid",),
    row_kinds=(EXCURSION, TERMS, SITE, BLOCK),
    columns=COLUMNS,
    keys=4,
    compute=compute,
    definition=__doc__ or "",
    blocks=True,
    behind=behind,
    pictures=pictures,
    lead=lead,
    first=("site", "excursion", "load_class", "block", "verdict", "met", "lost_w", "told_after_s"),
)
