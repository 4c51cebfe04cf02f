"""Directives: was each emergency instruction complied with in full in the time allowed, and in the right order?

One row for each directive that the site received in the window, by site, receipt and name. Its clock runs
from its receipt. Rules: Texas SB 6 (Utilities Code 37.0561, in force; 16 TAC 25.194 since October 8, 2026,
by a secondary source), DOE emergency orders (16 U.S.C. 824a(c)), PJM Manual 13 (Backup Generator Action, in
force since June 24, 2026), PJM non-firm service (filed August 13, 2026), tariffs, interconnection agreements
and conditions of the site.

allowed  = as the directive says, else 15 minutes under a DOE order and PJM Manual 13, else null
took     = complied in full - received; late = took - allowed, not below 0; of one not complied with, until
           it was lifted or as-of
verdict  = complied: took is at most allowed, or no time was set; late: it took longer; lifted: the issuer
           ended it within the time, without compliance; open: the time is not over at as-of; not complied:
           the rest
metered  = mean load of the site's revenue meters (delivered) over their first interval from complied in
           full on, null without a reading; metered within = metered is at most the target
carried  = load of the site's backup generators on runs for the directive at the end of the time allowed;
           null where one of them did not say, or where none ran and no power was asked of them
cut      = blocks in the order in which they were cut: the first of the curtailment of a block under the
           directive's dispatch from the receipt on and the opening of a breaker of it for the directive
order    = kept where no block was cut before another that is to go first. The order is the directive's
           own; blocks that it does not name follow it: interruptible before firm, then mining, auxiliary,
           AI (own). Null where nothing was cut. Left on = blocks commissioned at the receipt that were not
           cut though one that is to go later was; they may have been off already, so they are shown and
           not judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import Window, format_instant
from ledger.units import rounded
from projections.engine.fold import Key, Rows
from projections.engine.pictures import Lane, LanePart, Lanes, Layer, Mark, Names, Picture, Plot, Time
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
    row_of,
)
from projections.engine.words import Line, by_name, counted, duration, number_of, numbers, sentence, verb
from projections.figures.generator_runs import allowed_s, carried_together_w, limit_s
from projections.figures.like_hours import revenue_meters
from projections.figures.metered_load import Interval, days_of, load_of
from projections.figures.order_of_cut import CutBlock, cut_blocks, in_order, left_on
from projections.rows.blocks import BLOCK
from projections.rows.curtailments import CURTAILMENT
from projections.rows.directives import DIRECTIVE, DirectiveSteps, steps
from projections.rows.generators import GENERATOR, GeneratorRun, runs
from projections.rows.meters import METER, METER_DAY

SAID: Final = (DIRECTIVE.name,)
CUT: Final = (DIRECTIVE.name, BLOCK.name, CURTAILMENT.name)
LOADED: Final = (DIRECTIVE.name, METER.name, METER_DAY.name)
TIMED: Final = ("received", "complied", "allowed_s")

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("directive", "Directive", "the directive", unit=""),
    Column(
        "verdict", "Verdict", "complied, late, lifted, open or not complied", unit="", of=TIMED, draws=SAID
    ),
    Column("issuer", "Issuer", "who instructed", unit="", draws=SAID),
    Column("channel", "Channel", "how it came", unit="", draws=SAID),
    Column("authority", "Authority", "the rule that it rests on", unit="", draws=SAID),
    Column("order", "Order", "its number there", unit="", draws=SAID),
    Column("instruction", "Instruction", "curtail, deploy-backup, curtail-or-deploy", unit="", draws=SAID),
    Column("issued", "Issued", "when it was issued", unit="", draws=SAID),
    Column("received", "Received", "when it reached the site", unit="", draws=SAID),
    Column(
        "delivery_s",
        "Delivery",
        "received - issued",
        unit="s",
        of=("received", "issued"),
        draws=SAID,
        shown="min",
    ),
    Column("acknowledged", "Acknowledged", "when it was first acknowledged", unit="", draws=SAID),
    Column("acknowledged_by", "By", "who acknowledged it", unit="", draws=SAID),
    Column(
        "acknowledged_after_s",
        "Acknowledged after",
        "acknowledged - received",
        unit="s",
        of=("acknowledged", "received"),
        draws=SAID,
        shown="min",
    ),
    Column("complied", "Complied", "when it was complied with in full", unit="", draws=SAID),
    Column(
        "took_s",
        "Took",
        "complied - received",
        unit="s",
        of=("complied", "received"),
        draws=SAID,
        shown="min",
    ),
    Column(
        "allowed_s", "Allowed", "the time allowed; null where none was set", unit="s", draws=SAID, shown="min"
    ),
    Column("late_s", "Late", "took - allowed, not below 0", unit="s", of=TIMED, draws=SAID, shown="min"),
    Column("lifted", "Lifted", "when the issuer ended it", unit="", draws=SAID),
    Column("target_w", "Target", "the highest load that complies", unit="W", draws=SAID),
    Column("load_w", "Load said", "load when complied in full, as said", unit="W", draws=SAID),
    Column("metered_w", "Metered", "mean load over the first interval from then on", unit="W", draws=LOADED),
    Column(
        "metered_within",
        "Metered within",
        "is metered at most the target?",
        unit="",
        of=("metered_w", "target_w"),
        draws=LOADED,
    ),
    Column("backup_w", "Backup asked", "power that backup generation is to carry", unit="W", draws=SAID),
    Column(
        "carried_w",
        "Backup carried",
        "load of generators at the end of the time allowed",
        unit="W",
        draws=(DIRECTIVE.name, GENERATOR.name),
    ),
    Column(
        "cut",
        "Cut",
        "blocks in the order in which they were cut, with minutes and seconds after the receipt",
        unit="",
        draws=CUT,
    ),
    Column(
        "order_kept", "Order kept", "was no block cut before one that is to go first?", unit="", draws=CUT
    ),
    Column("left_on", "Left on", "blocks not cut though one that is to go later was", unit="", draws=CUT),
    Column("opened_by", "Breakers", "breakers opened, by whom", unit="", draws=SAID),
)
_cells: Final = row_of(COLUMNS)


class DirectiveSeen(NamedTuple):
    """A directive received in the window, as far as it is seen."""

    site: str
    name: str
    steps: DirectiveSteps


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each directive, by site, receipt and name."""
    found = _directives(rows, scope)
    notes = (
        f"{one.site}/{one.name}: {', '.join(names)} not cut though a block that is to go later was"
        for one in found
        if (
            names := left_on(
                rows, one.site, one.steps, cut_blocks(rows, one.site, one.steps, scope.window.stop_s)
            )
        )
    )
    return Answer(tuple(_row(one, rows, scope) for one in found), tuple(notes))


def _directives(rows: Rows, scope: Scope) -> list[DirectiveSeen]:
    found = (
        DirectiveSeen(site, name, seen)
        for (site, name), row in rows[DIRECTIVE.name].items()
        if site in scope.sites and (seen := steps(row, scope.window.stop_s)) is not None
    )
    inside = [one for one in found if one.steps.received_s >= scope.window.start_s]
    return sorted(inside, key=lambda one: (one.site, one.steps.received_s, one.name))


def _row(one: DirectiveSeen, rows: Rows, scope: Scope) -> ReportRow:
    seen, said, stop_s = one.steps, one.steps.said, scope.window.stop_s
    complied_s = None if seen.complied is None else seen.complied.at_s
    acknowledged_s = None if seen.acknowledged is None else seen.acknowledged.at_s
    metered = _metered(one, rows, scope)
    metered_w = None if metered is None else rounded(metered.power_w)
    target_w = _or_none(said.target_w)
    cut = cut_blocks(rows, one.site, seen, stop_s)
    return _cells(
        site=one.site,
        directive=one.name,
        verdict=_verdict(seen, stop_s),
        issuer=said.issuer,
        channel=said.channel,
        authority=said.authority,
        order=_or_none(said.order),
        instruction=said.instruction,
        issued=said.issued,
        received=format_instant(seen.received_s),
        delivery_s=seen.received_s - seen.issued_s,
        acknowledged=_instant(acknowledged_s),
        acknowledged_by=None if seen.acknowledged is None else _or_none(seen.acknowledged.body.by),
        acknowledged_after_s=None if acknowledged_s is None else acknowledged_s - seen.received_s,
        complied=_instant(complied_s),
        took_s=None if complied_s is None else complied_s - seen.received_s,
        allowed_s=allowed_s(seen),
        late_s=_late_s(seen, stop_s),
        lifted=_instant(seen.lifted_s),
        target_w=target_w,
        load_w=None if seen.complied is None else _or_none(seen.complied.body.load_w),
        metered_w=metered_w,
        metered_within=None if metered is None or target_w is None else metered.power_w <= target_w,
        backup_w=_or_none(said.backup_w),
        carried_w=_carried_w(one, rows, stop_s),
        cut=", ".join(map(_after, cut)) or None,
        order_kept=in_order(cut) if cut else None,
        left_on=", ".join(left_on(rows, one.site, seen, cut)) or None,
        opened_by=_opened(seen),
    )


def _after(block: CutBlock) -> str:
    """``m1 (mining) +7:30``: minutes and seconds after the receipt."""
    minutes, seconds = divmod(abs(block.after_s), 60)
    return f"{block.name} ({block.what}) {'-' if block.after_s < 0 else '+'}{minutes}:{seconds:02d}"


def _or_none(value: Any) -> Any:
    return None if value is UNSET else value


def _instant(at_s: int | None) -> str | None:
    return None if at_s is None else format_instant(at_s)


def _verdict(seen: DirectiveSteps, stop_s: int) -> str:
    at_s = limit_s(seen)
    if seen.complied is not None:
        return "complied" if at_s is None or seen.complied.at_s <= at_s else "late"
    if seen.lifted_s is not None and (at_s is None or seen.lifted_s <= at_s):
        return "lifted"
    return "open" if at_s is None or stop_s <= at_s else "not complied"


def _late_s(seen: DirectiveSteps, stop_s: int) -> int | None:
    at_s = limit_s(seen)
    if at_s is None:
        return None
    ends = (seen.complied.at_s if seen.complied is not None else None, seen.lifted_s, stop_s)
    end_s = next(end_s for end_s in ends if end_s is not None)
    return max(0, end_s - at_s)


def _opened(seen: DirectiveSteps) -> str | None:
    by = Counter(fact.body.opened_by for fact in seen.opened)
    return ", ".join(f"{who} {by[who]}" for who in sorted(by)) or None


def _carried_w(one: DirectiveSeen, rows: Rows, stop_s: int) -> int | None:
    at_s = limit_s(one.steps)
    if at_s is None or at_s >= stop_s:
        return None
    if one.steps.said.backup_w is UNSET and not _runs_for(one, rows, stop_s):
        return None
    return carried_together_w(rows, one.site, one.name, at_s, stop_s)


def _runs_for(one: DirectiveSeen, rows: Rows, stop_s: int) -> list[tuple[str, list[GeneratorRun]]]:
    """The generators with a run for the directive, and these runs."""
    found = []
    for (site, name), row in sorted(rows[GENERATOR.name].items()):
        if site == one.site:
            ran = [r for r in runs(f for f in row if f.at_s < stop_s) if r.started.directive == one.name]
            found += [(name, ran)] if ran else []
    return found


# --- the meters' word ---------------------------------------------------------------------------------------

_LOOK_S: Final = 2 * 86_400
"""How long after compliance a meter's first interval may begin."""


def _metered(one: DirectiveSeen, rows: Rows, scope: Scope) -> Interval | None:
    """The first interval of the site's revenue meters that begins once the directive was complied with."""
    if one.steps.complied is None:
        return None
    window = _looked_at(one.steps.complied.at_s, scope.window.stop_s)
    meters = revenue_meters(rows, one.site, scope.window.stop_s)
    found = load_of(days_of(rows), one.site, meters, window).within(window)
    return found[0] if found else None


def _looked_at(complied_s: int, stop_s: int) -> Window:
    return Window(complied_s, min(complied_s + _LOOK_S, stop_s))


# --- explained ----------------------------------------------------------------------------------------------


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The directive; its dispatch's curtailments and the site's blocks; readings once it was complied with; the
    generators that ran for it.
    """
    stop_s = scope.window.stop_s
    one = next(o for o in _directives(rows, scope) if (o.site, o.name) == (cells["site"], cells["directive"]))
    meters = revenue_meters(rows, one.site, stop_s)
    generators = [name for name, _ in _runs_for(one, rows, stop_s)]
    at_s = None if one.steps.complied is None else one.steps.complied.at_s
    days = _days(at_s, stop_s)

    def counts(kind: str, key: Key) -> bool:
        if kind == CURTAILMENT.name:
            return key[2] == one.steps.said.dispatch
        if kind == GENERATOR.name:
            return key[1] in generators
        if kind == METER.name:
            return key[1] in meters
        return kind != METER_DAY.name or (key[1] in meters and key[2] in days)

    return Behind(counts, window=Window(0, stop_s))


def _days(complied_s: int | None, stop_s: int) -> set[str]:
    """The UTC days whose readings may reach into what is looked at."""
    if complied_s is None:
        return set()
    window = _looked_at(complied_s, stop_s)
    first = max(0, complied_s - 86_400)
    return {format_instant(at_s)[:10] for at_s in (*range(first, window.stop_s, 86_400), window.stop_s - 1)}


# --- first screen -------------------------------------------------------------------------------------------

_MISSED: Final = ("late", "not complied")


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Number of directives complied with in time, the latest one, and whether the order of cut was kept."""
    lines = by_name(COLUMNS, answer.rows)
    judged = [line for line in lines if line["verdict"] in ("complied", *_MISSED)]
    kept = [line for line in judged if line["verdict"] == "complied"]
    late = [line for line in lines if line["verdict"] in _MISSED]
    broken = [line for line in lines if line["order_kept"] is False]
    ordered = [line for line in lines if line["order_kept"] is not None]
    worst = max(late, key=lambda line: (number_of(line, "late_s") or 0, *_named(line)), default=None)
    figures = (
        LeadFigure("Complied in time", f"{len(kept):,} of {counted(len(judged), 'directive')}", ""),
        LeadFigure("Longest until complied", max(numbers(lines, "took_s"), default=None), "s", "min"),
        LeadFigure("Latest", None if worst is None else worst["late_s"], "s", "min"),
        LeadFigure(
            "Order of cut kept",
            f"{len(ordered) - len(broken):,} of {len(ordered):,}" if ordered else None,
            "",
        ),
        LeadFigure("Open", sum(line["verdict"] == "open" for line in lines), ""),
    )
    if not lines:
        return Lead("No emergency directive was received in this window.", figures)
    verdict = sentence(
        _complied(len(kept), len(judged)),
        f"{'the latest' if len(late) > 1 else _one(worst)} {_how_late(worst, len(late) > 1)}"
        if worst
        else "",
        _order(len(broken), len(ordered)),
    )
    return Lead(verdict, figures)


def _complied(kept: int, judged: int) -> str:
    if not judged:
        return "No directive whose time is over was to be complied with"
    if judged == 1:
        return f"The directive was {'complied with in time' if kept else 'not complied with in time'}"
    some = "All" if kept == judged else f"{kept:,} of" if kept else "None of"
    return f"{some} {judged:,} directives {verb(kept, 'was', 'were')} complied with in time"


def _one(line: Line | None) -> str:
    return "it" if line is None else f"{line['directive']} at {line['site']}"


def _how_late(line: Line, several: bool) -> str:
    late = duration(number_of(line, "late_s") or 0)
    named = f"is {_one(line)}: it" if several else ""
    if line["verdict"] == "late":
        return f"{named} was complied with {late} late".strip()
    return f"{named} was not complied with, {late} beyond its time".strip()


def _order(broken: int, ordered: int) -> str:
    if not ordered:
        return "no block was cut for one"
    if not broken:
        return "blocks were cut in the order that is due"
    return f"blocks were cut out of order in {broken:,} of {counted(ordered, 'case')}"


def _named(line: Line) -> tuple[str, str]:
    return str(line["site"]), str(line["directive"])


_CHANNELS: Final = {"scada": "SCADA", "openadr": "OpenADR", "other": "another way"}
_VERDICTS: Final = {
    "complied": "complied with in time",
    "late": "complied with late",
    "lifted": "lifted before it was due",
    "open": "still open",
    "not complied": "not complied with",
}


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """Verdict and channel in words."""
    channel = str(cells["channel"])
    return {"verdict": _VERDICTS[str(cells["verdict"])], "channel": _CHANNELS.get(channel, channel)}


# --- pictures -----------------------------------------------------------------------------------------------

_MOST: Final = 24
_DRAWN: Final = 3
_SHOWN_S: Final = 6 * 3600
_KINDS: Final = ("time allowed", "beyond it", "cut", "generator", "acknowledged", "complied", "lifted")


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Times of the latest directives beside what was allowed; and the three that went worst, step by step."""
    found = sorted(_directives(rows, scope), key=lambda one: (one.steps.received_s, one.site, one.name))
    if not found:
        return ()
    stop_s = scope.window.stop_s
    worst = sorted(found, key=lambda one: -(_late_s(one.steps, stop_s) or 0))[:_DRAWN]
    return (_overview(found[-_MOST:], stop_s), *(_step_by_step(one, rows, scope) for one in worst))


def _overview(found: Sequence[DirectiveSeen], stop_s: int) -> Plot:
    took = [
        (n, one.steps.complied.at_s - one.steps.received_s)
        for n, one in enumerate(found)
        if one.steps.complied
    ]
    allowed = [(n, time_s) for n, one in enumerate(found) if (time_s := allowed_s(one.steps)) is not None]
    layers = (Layer("allowed", "bar", tuple(allowed)), Layer("took", "bar", tuple(took)))
    verdicts = Counter(_verdict(one.steps, stop_s) for one in found)
    says = "; ".join(f"{verdicts[name]:,} {words}" for name, words in _VERDICTS.items() if verdicts[name])
    names = tuple(f"{one.site} {one.name}" for one in found)
    return Plot("Time until directives were complied with", f"{says}.", Names("", names), "Time", "s", layers)


def _step_by_step(one: DirectiveSeen, rows: Rows, scope: Scope) -> Lanes:
    seen, stop_s = one.steps, scope.window.stop_s
    end_s = min(stop_s, seen.received_s + _SHOWN_S, _last_s(seen, stop_s))
    cut = cut_blocks(rows, one.site, seen, stop_s)
    lanes = (
        Lane(one.name, tuple(_stretches(seen, stop_s)), tuple(_marks(seen)), _verdict(seen, stop_s)),
        *(Lane(f"{b.name} ({b.what})", _stretch(seen.received_s + b.after_s, end_s, "cut")) for b in cut),
        *(
            Lane(
                name,
                tuple(
                    part
                    for run in runs_for
                    for part in _stretch(run.start_s, min(run.stop_s, end_s), "generator")
                ),
            )
            for name, runs_for in _runs_for(one, rows, stop_s)
        ),
    )
    took = "" if seen.complied is None else f" after {duration(seen.complied.at_s - seen.received_s)}"
    time_s = allowed_s(seen)
    says = f"{_VERDICTS[_verdict(seen, stop_s)].capitalize()}{took}{f', {duration(time_s)} allowed' if time_s else ''}."
    first_s = min([seen.issued_s, *(seen.received_s + block.after_s for block in cut)])
    x = Time(max(first_s - 300, 0), max(end_s, seen.received_s + 600) + 300, scope.zones[one.site])
    return Lanes(f"Directive {one.name} at {one.site}", says, x, _KINDS, lanes)


def _last_s(seen: DirectiveSteps, stop_s: int) -> int:
    """The end of its picture: when it was lifted, complied with and due."""
    complied_s = seen.received_s if seen.complied is None else seen.complied.at_s
    return max(complied_s, limit_s(seen) or 0, stop_s if seen.lifted_s is None else seen.lifted_s)


def _stretch(start_s: int, stop_s: int, kind: str) -> tuple[LanePart, ...]:
    return (LanePart(start_s, stop_s, kind),) if start_s < stop_s else ()


def _stretches(seen: DirectiveSteps, stop_s: int) -> Iterator[LanePart]:
    at_s, late_s = limit_s(seen), _late_s(seen, stop_s) or 0
    if at_s is not None:
        most_s = seen.received_s + _SHOWN_S
        yield from _stretch(seen.received_s, min(at_s, most_s), "time allowed")
        yield from _stretch(at_s, min(at_s + late_s, most_s), "beyond it")


def _marks(seen: DirectiveSteps) -> Iterator[Mark]:
    at = {
        "acknowledged": seen.acknowledged and seen.acknowledged.at_s,
        "complied": seen.complied and seen.complied.at_s,
        "lifted": seen.lifted_s,
    }
    for kind, at_s in at.items():
        if at_s is not None and at_s <= seen.received_s + _SHOWN_S:
            yield Mark(at_s, kind)


REPORT: Final = Report(
    name="directives",
    definition_version=1,
    title="Emergency directives",
    packs=("utility", "reliability"),
    classes=("grid",),
    row_kinds=(DIRECTIVE, BLOCK, CURTAILMENT, METER, METER_DAY, GENERATOR),
    columns=COLUMNS,
    keys=2,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    lead=lead,
    plain=plain,
    first=(
        "site",
        "directive",
        "verdict",
        "received",
        "took_s",
        "allowed_s",
        "order_kept",
        "cut",
    ),
    pictures=pictures,
)
