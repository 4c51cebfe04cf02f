"""A site's registration in each registry of large loads: whether it must register, the versions filed, and
what is due. Shared by the rows, the picture and the deadlines of the report on registrations.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import days_after, months_after
from ledger.kinds import RegistrationFiled, RegistrationTermsSet
from ledger.kinds.registries import REGISTRIES, LargeLoadRegistry, Registry, RegistryState
from projections.figures.registered_site import RegisteredSite

_SATURDAY: Final = 5


class RegistryTerms(NamedTuple):
    """What holds for a site: the registry's own terms, with those that registration-terms-set replaces.
    ``applies`` is None where the site's load decides.
    """

    applies: bool | None
    threshold_w: int
    interruptible_ppm: int
    forecast_years: int
    first_on: date | None
    renewal: str | None
    renewal_months: int | None
    update_days: int | None


class Registration(NamedTuple):
    """One site in one registry as of the window's last day, with the version filed last and those before it.
    ``below`` says why it need not register; None
    where it must, or has.
    """

    name: Registry
    registry: LargeLoadRegistry
    state: RegistryState
    terms: RegistryTerms
    filed: RegistrationFiled | None
    earlier: tuple[RegistrationFiled, ...]
    below: str | None
    due_on: date | None

    @property
    def filed_on(self) -> date | None:
        """The day of the last version; None before the first."""
        return None if self.filed is None else date.fromisoformat(self.filed.filed_on)


def registrations(site: RegisteredSite) -> Iterator[Registration]:
    """The registries that ask the site, in the order of the table, and those in which it filed."""
    for name, registry in REGISTRIES.items():
        state = registry.state_on(site.today.isoformat())
        filed = sorted(
            (body for body in site.bodies(RegistrationFiled) if body.registry == name),
            key=lambda body: body.version,
        )
        terms = _terms(site, name, registry)
        if state is None or not (filed or terms.applies or _asks(site, registry)):
            continue
        below = None if filed or terms.applies else _below(site, registry, terms)
        if terms.applies is False and not filed:
            below = "the operator's terms say that it does not apply"
        last = filed[-1] if filed else None
        due_on = _due_on(site, terms, last) if state.in_force and below is None else None
        yield Registration(name, registry, state, terms, last, tuple(filed[:-1]), below, due_on)


def _terms(site: RegisteredSite, name: Registry, registry: LargeLoadRegistry) -> RegistryTerms:
    own: Any = None
    for body in site.bodies(RegistrationTermsSet):
        own = body if body.registry == name else own

    def said(field: str, default: Any) -> Any:
        value = UNSET if own is None else getattr(own, field)
        return default if value is UNSET else value

    first_on = said("first_on", registry.first_on)
    return RegistryTerms(
        said("applies", None),
        said("threshold_w", registry.threshold_w),
        said("interruptible_ppm", registry.interruptible_ppm),
        said("forecast_years", registry.forecast_years),
        None if first_on is None else date.fromisoformat(first_on),
        said("renewal", None),
        registry.renewal_months,
        said("update_days", None),
    )


def _asks(site: RegisteredSite, registry: LargeLoadRegistry) -> bool:
    """Is the registry about sites like this one, whatever their load?"""
    return (
        site.data is not None
        and site.data.balancing_authority in registry.authorities
        and (site.total_w or 0) > 0
        and (not registry.mining or site.mines)
    )


def _below(site: RegisteredSite, registry: LargeLoadRegistry, terms: RegistryTerms) -> str | None:
    total_w, share = site.total_w or 0, site.interruptible_ppm
    if total_w < terms.threshold_w or (registry.above and total_w == terms.threshold_w):
        return "load"
    return "share" if share is not None and share < terms.interruptible_ppm else None


def _due_on(site: RegisteredSite, terms: RegistryTerms, last: RegistrationFiled | None) -> date | None:
    """The day by which the next version is filed; None where none is asked for."""
    if last is None:
        return _first_due_on(site, terms)
    filed_on = date.fromisoformat(last.filed_on)
    if terms.renewal is not None:
        return date.fromisoformat(f"{filed_on.year + 1}-{terms.renewal}")
    return None if terms.renewal_months is None else months_after(filed_on, terms.renewal_months)


def _first_due_on(site: RegisteredSite, terms: RegistryTerms) -> date | None:
    """The working day after the site's power came, but not before the first day of the registry."""
    if terms.first_on is None or site.energized_from_s is None:
        return None
    day = days_after(site.day(site.energized_from_s), 1)
    while day.weekday() >= _SATURDAY:
        day = days_after(day, 1)
    return max(day, terms.first_on)
