"""The rules of ``wattledger watch``, a TOML file, and their findings in a book.

[[rule]]
name = "county-payments"        # names the rule in its alerts
on = "due"                      # due, open, unlikely, contradicted or unsealed
within = "14d"
sites = ["dalton"]              # optional, for every rule but unsealed

A finding is named by its subject, never by the time it was found: the same deadline, outage or record has the
same ``id`` in every check, so that it is normally reported once and is recognized if it is sent twice.
"""

from __future__ import annotations

import hashlib
import tomllib
from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.host.files import read_text
from ledger.app.host.progress import no_progress
from ledger.app.queries import deadlines, moment, shift
from ledger.app.queries.contradictions import Contradiction, judged_again
from ledger.app.queries.deadlines import reports_with_deadlines
from ledger.app.queries.explanation import record_json
from ledger.errors import Malformed
from ledger.records.envelope import Record
from ledger.rules.plausibility.rule import Unlikely
from ledger.rules.plausibility.table import PLAUSIBILITY
from ledger.verifier.times import parse_duration
from projections.figures.open_things import OPEN, open_things

DAY_S: Final = calendar.DAY_S


class _Rule(msgspec.Struct, frozen=True, tag_field="on", forbid_unknown_fields=True, kw_only=True):
    name: str
    sites: tuple[str, ...] = ()


class DueRule(_Rule, frozen=True, tag="due", kw_only=True):
    """Deadlines that are past, or come within some days; ``reports`` limits to those of some reports."""

    within: str = "30d"
    reports: tuple[str, ...] = ()


class OpenRule(_Rule, frozen=True, tag="open", kw_only=True):
    """Things that ``now`` shows, such as outages and feeds, once they have been open for some time."""

    what: tuple[str, ...] = ()
    longer_than: str = "0s"


class UnlikelyRule(_Rule, frozen=True, tag="unlikely", kw_only=True):
    """Facts that a rule of plausibility notes; ``rules`` limits to some of these rules."""

    rules: tuple[str, ...] = ()


class ContradictedRule(_Rule, frozen=True, tag="contradicted", kw_only=True):
    """Facts that what is known now contradicts."""


class UnsealedRule(msgspec.Struct, frozen=True, tag_field="on", tag="unsealed", forbid_unknown_fields=True):
    """Records that no checkpoint has covered for some time."""

    name: str
    longer_than: str = "24h"


WatchRule = DueRule | OpenRule | UnlikelyRule | ContradictedRule | UnsealedRule


class _RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[WatchRule, ...]


class WatchFinding(NamedTuple):
    """Finding of a rule: ``id`` names it in every check, ``said`` is its sentence, ``detail`` holds it for
    machines.
    """

    id: str
    rule: str
    on: str
    site: str | None
    said: str
    detail: dict[str, Any]


# --- reading ------------------------------------------------------------------------------------------------


def read_rules(path: Path) -> tuple[WatchRule, ...]:
    """The rules of a file; ``Malformed`` names the fault."""
    try:
        rules = msgspec.convert(tomllib.loads(read_text(path)), _RuleFile).rule
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as why:
        raise Malformed(f"{path}: {why}; wattledger help watch shows a file of rules") from None
    if not rules:
        raise Malformed(f"{path} has no [[rule]]; wattledger help watch shows one")
    names = [rule.name for rule in rules]
    for rule in rules:
        if not rule.name.strip():
            raise Malformed(f"{path}: a rule needs a name")
        if names.count(rule.name) > 1:
            raise Malformed(f"{path}: two rules are called {rule.name!r}; a name is for one rule")
        try:
            _check(rule)
        except Malformed as why:
            raise Malformed(f"{path}: rule {rule.name!r}: {why}") from None
    return rules


def _check(rule: WatchRule) -> None:
    match rule:
        case DueRule():
            _seconds("within", rule.within)
            _among("reports", rule.reports, [report.name for report in reports_with_deadlines()])
        case OpenRule():
            _seconds("longer_than", rule.longer_than)
            _among("what", rule.what, OPEN)
        case UnlikelyRule():
            _among("rules", rule.rules, [one.name for one in PLAUSIBILITY])
        case UnsealedRule():
            _seconds("longer_than", rule.longer_than)


def _among(name: str, said: Iterable[str], known: Iterable[str]) -> None:
    for one in said:
        if one not in known:
            raise Malformed(f"{name} has no {one!r}; there are {', '.join(known)}")


def _seconds(name: str, said: str) -> int:
    try:
        return parse_duration(said)
    except ArgumentTypeError as why:
        raise Malformed(f"{name} {why}") from None


# --- finding ------------------------------------------------------------------------------------------------


class Finder:
    """Applies rules to a book, check after check. The log is checked again only where it has grown."""

    def __init__(self, rules: tuple[WatchRule, ...]) -> None:
        self._rules = rules
        self._judged: tuple[int, list[Contradiction | Unlikely]] = (0, [])

    def findings(self, book: Book, at: str) -> Iterator[WatchFinding]:
        """Every finding at an instant (stored form), rule by rule."""
        for rule in self._rules:
            match rule:
                case DueRule():
                    yield from _due(rule, book, at)
                case OpenRule():
                    yield from _open(rule, book, at)
                case UnsealedRule():
                    yield from _unsealed(rule, book, at)
                case _:
                    yield from self._judged_of(rule, book)

    def _judged_of(self, rule: UnlikelyRule | ContradictedRule, book: Book) -> Iterator[WatchFinding]:
        if self._judged[0] != book.store.size:
            self._judged = book.store.size, list(judged_again(book, no_progress))
        for each in self._judged[1]:
            if rule.sites and each.record.place not in rule.sites:
                continue
            if isinstance(each, Contradiction):
                if isinstance(rule, ContradictedRule):
                    yield _about(rule, each.record, "contradicted", each.because, (each.record.id,))
            elif isinstance(rule, UnlikelyRule) and each.rule in (rule.rules or (each.rule,)):
                yield _about(rule, each.record, "unlikely", each.note, (each.record.id, each.rule))


def _due(rule: DueRule, book: Book, at: str) -> Iterator[WatchFinding]:
    found = deadlines.due(book, rule.sites, at, _seconds("within", rule.within) // DAY_S)
    for one in found.found:
        if one.report.name in (rule.reports or (one.report.name,)):
            deadline = one.deadline
            said = f"{deadline.site}: {deadline.what}: due {deadline.on}, {deadlines.away(one.days)}"
            name = (one.report.name, deadline.row, deadline.on.isoformat(), deadline.what)
            yield _finding(rule, deadline.site, said, deadlines.due_json(one), name)


def _open(rule: OpenRule, book: Book, at: str) -> Iterator[WatchFinding]:
    least_s = _seconds("longer_than", rule.longer_than)
    for thing in open_things(moment.state(book, at, rule.sites, None).things):
        open_s = calendar.instant_s(at) - thing.since_s
        if thing.what in (rule.what or (thing.what,)) and open_s >= least_s:
            since = calendar.format_instant(thing.since_s)
            said = f"{thing.place}: {thing.named} is open since {since}: {thing.words}"
            detail = {"place": thing.place, **moment.held_json(thing)}
            yield _finding(rule, thing.place, said, detail, (thing.place, thing.named, since))


def _unsealed(rule: UnsealedRule, book: Book, at: str) -> Iterator[WatchFinding]:
    count, since = shift.unsealed(book)
    if since is None:
        return
    waited_s = calendar.instant_s(at) - calendar.rec_us(since) // 1_000_000
    if waited_s >= _seconds("longer_than", rule.longer_than):
        said = f"{count:,} records since {since} are not sealed: wattledger checkpoint seals them"
        yield _finding(rule, None, said, {"records": count, "since": since}, (since,))


def _about(
    rule: UnlikelyRule | ContradictedRule, record: Record, how: str, why: str, name: tuple[str, ...]
) -> WatchFinding:
    said = f"{record.place}: record {record.index} is {how}: {why}"
    return _finding(rule, record.place, said, {**record_json(record), "because": why}, name)


def _finding(
    rule: WatchRule, site: str | None, said: str, detail: dict[str, Any], name: tuple[str, ...]
) -> WatchFinding:
    on = str(rule.__struct_config__.tag)
    digest = hashlib.sha256(msgspec.json.encode((rule.name, on, *name))).hexdigest()
    return WatchFinding(digest[:32], rule.name, on, site, said, detail)
