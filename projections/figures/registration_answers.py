"""The answers that the log has to the items of a registry, each with the facts that it rests on.

An item is answered by the facts about it; where there are none, by what the operator stated. Names and
contacts stand in sections and are not read here: their answer says that they are recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.kinds import (
    CapacityDeenergized,
    CapacityEnergized,
    InterconnectionMilestoneReached,
    ParallelRequestsDisclosed,
    PowerContracted,
    RegistrantRecorded,
    RegistrationItemStated,
    RegistryContactSet,
    SiteInterestChanged,
)
from ledger.kinds.registries import FORECAST, AskedItem
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.words import counted, listed, percent
from projections.figures.registered_site import RegisteredSite
from projections.figures.registrations import Registration
from projections.rows.fact_rows import RecordedFact
from projections.rows.site_power import interest, requested_w

ANSWERED: Final = "answered"
MISSING: Final = "missing"
INCOMPLETE: Final = "incomplete"
OUT_OF_DATE: Final = "out of date"
_HALF_PPM: Final = 500_000
_HOUR_S: Final = 3600
_SECTION: Final = "recorded in a section"


class LoggedAnswer(NamedTuple):
    """What the log says about an item: in words, with its figures, and the instants and documents of the
    facts that it rests on. ``whole`` is false where a part of it is not known.
    """

    words: str
    at_s: int | None
    evidence: str | None
    sha256: str | None = None
    power_w: int | None = None
    energy_wh: int | None = None
    share_ppm: int | None = None
    whole: bool = True


class ItemAnswer(NamedTuple):
    """One item of a registration with its reply and status."""

    item: str
    asked: AskedItem
    reply: LoggedAnswer | None
    status: str


Answering = Callable[[RegisteredSite], LoggedAnswer | None]


def answers(site: RegisteredSite, one: Registration) -> Iterator[ItemAnswer]:
    """The items that the registry asks for, in its order, with the years of the forecast."""
    for asked in one.registry.items:
        if asked.item == FORECAST:
            first = site.today.year
            for year in range(first, first + one.terms.forecast_years):
                yield _answer(site, one, asked, f"{FORECAST}-{year}", _forecast(site, year))
        else:
            known = ANSWERS[asked.item](site) if asked.item in ANSWERS else None
            stated = _stated(site, one, asked.item) if known is None or not known.whole else None
            yield _answer(site, one, asked, asked.item, stated or known)


def _answer(
    site: RegisteredSite, one: Registration, asked: AskedItem, item: str, reply: LoggedAnswer | None
) -> ItemAnswer:
    if reply is None:
        return ItemAnswer(item, asked, None, MISSING)
    changed = reply.at_s is not None and one.filed_on is not None and site.day(reply.at_s) > one.filed_on
    status = INCOMPLETE if not reply.whole else OUT_OF_DATE if changed else ANSWERED
    return ItemAnswer(item, asked, reply, status)


def _reply(site: RegisteredSite, words: str, *facts: RecordedFact, **figures: Any) -> LoggedAnswer:
    """A reply by some facts of the site's grid stream; evidence is the latest of them."""
    last = max(facts, key=lambda fact: fact[:2])
    named = site.evidence(last)
    document = getattr(last.body, "document_sha256", UNSET)
    sha256 = site.sources.get(last.pos) if document is UNSET else document
    return LoggedAnswer(words, last.at_s, named, sha256, **figures)


def _stated(site: RegisteredSite, one: Registration, item: str) -> LoggedAnswer | None:
    found = [
        fact
        for fact in site.of(RegistrationItemStated)
        if (fact.body.registry, fact.body.item) == (one.name, item)
    ]
    return _reply(site, found[-1].body.answer, found[-1]) if found else None


def _last(site: RegisteredSite, kind: type) -> RecordedFact | None:
    """The latest fact of a kind whose sections are not erased."""
    found = site.of(kind)
    return found[-1] if found and found[-1].pos not in site.erased else None


def _registrant(words: str) -> Answering:
    def answer(site: RegisteredSite) -> LoggedAnswer | None:
        fact = _last(site, RegistrantRecorded)
        return None if fact is None else _reply(site, words, fact)

    return answer


def _business_form(site: RegisteredSite) -> LoggedAnswer | None:
    found = site.of(RegistrantRecorded)
    return _reply(site, found[-1].body.business_form, found[-1]) if found else None


def _contact(site: RegisteredSite) -> LoggedAnswer | None:
    fact = _last(site, RegistryContactSet)
    if fact is None:
        return None
    where = "internal staff" if fact.body.internal else "not internal staff"
    return _reply(site, f"{_SECTION}; {where}", fact)


def _location(site: RegisteredSite) -> LoggedAnswer | None:
    data = site.data
    if data is None:
        return None
    parcels = f", {counted(len(data.parcels), 'parcel')} {listed(data.parcels)}" if data.parcels else ""
    words = f"{data.name}, {data.county} County, {data.state}{parcels}"
    return LoggedAnswer(
        words, data.at_s, f"site-registered {site.day(data.at_s)}", site.sources.get(data.pos)
    )


def _utility(site: RegisteredSite) -> LoggedAnswer | None:
    data = site.data
    if data is None:
        return None
    evidence = f"site-registered {site.day(data.at_s)}"
    return LoggedAnswer(data.utility, data.at_s, evidence, site.sources.get(data.pos))


def _power(power_w: Callable[[RegisteredSite], int | None], *kinds: type, milestone: str = "") -> Answering:
    """A rung of the ladder: its power, by the facts of some kinds."""

    def answer(site: RegisteredSite) -> LoggedAnswer | None:
        watts = power_w(site)
        facts = [
            fact
            for fact in site.power
            if isinstance(fact.body, kinds)
            and (not milestone or getattr(fact.body, "milestone", "") == milestone)
        ]
        return None if watts is None else _reply(site, said(watts, "W"), *facts, power_w=watts)

    return answer


def _in_service(site: RegisteredSite) -> LoggedAnswer | None:
    if not site.blocks:
        return None
    words = f"{said(site.in_service_w, 'W')} in {counted(len(site.blocks), 'block')}"
    return _of_blocks(site, words, power_w=site.in_service_w)


def _interruptible(site: RegisteredSite) -> LoggedAnswer | None:
    share = site.interruptible_ppm
    if not site.blocks or share is None:
        return None
    words = f"{said(site.interruptible_w, 'W')}, {percent(share)} of {site.annual_peak_words}"
    return _of_blocks(site, words, power_w=site.interruptible_w, share_ppm=share)


def _of_blocks(site: RegisteredSite, words: str, **figures: Any) -> LoggedAnswer:
    """A reply by the blocks in service, since the latest change of one of them."""
    name, span = max(site.blocks.items(), key=lambda one: (one[1].start_s, one[0]))
    sha256 = site.block_source(name, span.start_s)
    return LoggedAnswer(words, span.start_s, f"block {name} {site.day(span.start_s)}", sha256, **figures)


def _programs(site: RegisteredSite) -> LoggedAnswer | None:
    if not site.programs:
        return None
    words = [
        f"{name} of {terms['operator']}"
        + (f" ({said(terms['committed_w'], 'W')})" if "committed_w" in terms else "")
        for name, (_, terms) in site.programs.items()
    ]
    return _reply(site, listed(words), *(fact for fact, _ in site.programs.values()))


def _use(*, peak: bool) -> Answering:
    """The use of the year before: whole only where all of its time has readings."""

    def answer(site: RegisteredSite) -> LoggedAnswer | None:
        use = site.use
        if not use.asked_s:
            return LoggedAnswer(
                f"none: no power was energized in {use.year}", None, None, None, 0 if peak else None
            )
        if use.peak_w is None:
            return None
        figure = said(use.peak_w, "W") if peak else said(use.energy_wh, "Wh")
        known, asked = use.known_s // _HOUR_S, use.asked_s // _HOUR_S
        hours = "" if use.whole else f"; {known:,} of {asked:,} h have readings"
        power_w, energy_wh = (use.peak_w, None) if peak else (None, use.energy_wh)
        return LoggedAnswer(
            f"{figure} in {use.year}{hours}",
            None,
            f"readings of {use.year}",
            None,
            power_w,
            energy_wh,
            None,
            use.whole,
        )

    return answer


def _forecast(site: RegisteredSite, year: int) -> LoggedAnswer | None:
    facts = site.forecasts.get(year)
    if facts is None:
        return None
    watts = site.peak_of(facts)
    return _reply(site, said(watts, "W"), *facts, power_w=watts)


def _site_control(site: RegisteredSite) -> LoggedAnswer | None:
    words = interest(site.power, site.last_s)
    facts = [fact for fact in site.power if isinstance(fact.body, SiteInterestChanged)]
    return None if words in (None, "sold") else _reply(site, str(words), *facts)


def _interconnection(site: RegisteredSite) -> LoggedAnswer | None:
    found = [fact for fact in site.power if isinstance(fact.body, InterconnectionMilestoneReached)]
    if not found:
        return None
    body = found[-1].body
    words = f"{body.milestone} for {said(body.power_w, 'W')}"
    return _reply(site, words, found[-1], power_w=body.power_w)


def _backup(site: RegisteredSite) -> LoggedAnswer | None:
    found = site.generators
    if not found:
        return None
    watts = sum(fact.body.rated_w for fact in found.values())
    fuels = sorted({fact.body.fuel for fact in found.values()})
    words = f"{said(watts, 'W')} in {counted(len(found), 'generator')} ({listed(fuels)})"
    share = rounded(Fraction(watts * 1_000_000, site.total_w)) if site.total_w else None
    if share is not None:
        half = "half of it or more" if share >= _HALF_PPM else "less than half of it"
        words += f", {percent(share)} of the total load: {half}"
    return _reply(site, words, *found.values(), power_w=watts, share_ppm=share)


def _parallel(site: RegisteredSite) -> LoggedAnswer | None:
    found = site.of(ParallelRequestsDisclosed)
    if not found:
        return None
    body = found[-1].body
    watts = None if body.power_w is UNSET else body.power_w
    count = counted(body.requests, "request") if body.requests else "none"
    power = f" of {said(watts, 'W')}" if watts is not None and body.requests else ""
    words = f"{count}{power}, disclosed to {body.disclosed_to} on {body.disclosed_on}"
    return _reply(site, words, found[-1], power_w=watts)


ANSWERS: Final[dict[str, Answering]] = {
    "owners": _registrant(_SECTION),
    "address": _registrant(_SECTION),
    "contact": _contact,
    "business-form": _business_form,
    "location": _location,
    "utility": _utility,
    "requested": _power(
        lambda site: requested_w(site.power, site.last_s),
        InterconnectionMilestoneReached,
        milestone="requested",
    ),
    "contracted": _power(lambda site: site.contracted_w, PowerContracted),
    "energized": _power(lambda site: site.energized_w, CapacityEnergized, CapacityDeenergized),
    "in-service": _in_service,
    "interruptible": _interruptible,
    "interruptible-by": _programs,
    "last-year-peak": _use(peak=True),
    "last-year-energy": _use(peak=False),
    "site-control": _site_control,
    "interconnection": _interconnection,
    "backup-generation": _backup,
    "own-supply": _backup,
    "parallel-requests": _parallel,
}
