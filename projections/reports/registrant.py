"""Registrant: who operates the site and who answers for its registration, by name.

One row for each thing that a registry asks about owners and contacts, as recorded last before the end of the
window; its start hides nothing. Names, addresses and persons stand in sections: where a section is kept back
the answer is null, where it was erased it says so. A report without sections, registration, says only that
they are recorded, so that a bundle proves that report without any name.

Sections of the rule: 16 TAC 25.114(c)(1) to (4), which asks for the registrant's legal name, parents,
principals and business names, for its principal place of business, for the regulatory contact and whether
that is a member of its staff, and for the form of business.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import local_date, zone
from ledger.fields import sectioned
from ledger.kinds import RegistrantRecorded, RegistryContactSet
from projections.engine.fold import Rows
from projections.engine.report import (
    Answer,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Report,
    ReportRow,
    Scope,
    row_of,
)
from projections.engine.words import by_name, counted, listed, sentence, verb
from projections.rows.registrations import REGISTRATION, REGISTRATION_SECTIONS
from projections.rows.sectioned_facts import ERASED, erased_positions

OWNER: Final = "25.114(c)(1)"
PLACE: Final = "25.114(c)(2)"
CONTACT: Final = "25.114(c)(3)"


class OwnersItem(NamedTuple):
    """What is asked of owners and contacts: the kind and the field that answer it, and the section that asks."""

    kind: type
    field: str
    section: str
    asks: str


def _owner(field: str, section: str, asks: str) -> OwnersItem:
    return OwnersItem(RegistrantRecorded, field, section, asks)


def _contact(field: str, asks: str) -> OwnersItem:
    return OwnersItem(RegistryContactSet, field, CONTACT, asks)


ITEMS: Final = {
    "legal-name": _owner("legal_name", OWNER, "the registrant's legal business name"),
    "parents": _owner("parents", OWNER, "its corporate parents"),
    "principals": _owner("principals", OWNER, "its principals"),
    "business-names": _owner("business_names", OWNER, "all its business names"),
    "business-form": _owner("business_form", "25.114(c)(4)", "corporation, partnership or the like"),
    "address": _owner("address", PLACE, "mailing address of the principal place of business"),
    "telephone": _owner("telephone", PLACE, "its telephone number"),
    "email": _owner("email", PLACE, "its e-mail address"),
    "contact-name": _contact("name", "name of the regulatory contact person"),
    "contact-title": _contact("title", "title of that person"),
    "contact-address": _contact("address", "business mailing address"),
    "contact-telephone": _contact("telephone", "telephone number"),
    "contact-email": _contact("email", "e-mail address"),
    "contact-internal": _contact("internal", "is that person of the registrant's staff?"),
}

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("item", "Item", "what is asked", unit=""),
    Column("asks", "Asks", "what is asked in words", unit=""),
    Column("answer", "Answer", "as recorded; null where kept back, erased where erased", unit=""),
    Column("section", "Section", "section of 16 TAC 25.114", unit=""),
    Column("kept_in", "Kept in", "section that holds it; null where none does", unit=""),
    Column("known_on", "Known on", "day from which it holds", unit=""),
)
_cells: Final = row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site, then in the order of the rule."""
    return Answer(tuple(line for site in scope.sites for line in _lines(site, rows, scope)))


def _lines(site: str, rows: Rows, scope: Scope) -> Iterator[ReportRow]:
    erased = erased_positions(rows, site, "grid", REGISTRATION_SECTIONS)
    tz = zone(scope.zones[site])
    seen = [fact for fact in rows[REGISTRATION.name].get((site,), ()) if fact.at_s < scope.window.stop_s]
    latest = {type(fact.body): fact for fact in seen}
    for item, asked in ITEMS.items():
        fact = latest.get(asked.kind)
        if fact is not None:
            kept = {field.name: field.section for field in sectioned(asked.kind)}
            yield _cells(
                site=site,
                item=item,
                asks=asked.asks,
                answer=_said(getattr(fact.body, asked.field), erased=fact.pos in erased),
                section=asked.section,
                kept_in=kept.get(asked.field),
                known_on=local_date(fact.at_s, tz).isoformat(),
            )


def _said(value: Any, *, erased: bool) -> Cell:
    """The value in words: a list with commas, yes or no; none of a list that is empty."""
    if value is UNSET:
        return ERASED if erased else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Number of sites with a registrant and with a contact, and of answers kept back or erased."""
    lines = by_name(COLUMNS, answer.rows)
    owners = {line["site"] for line in lines if line["item"] == "legal-name"}
    contacts = {line["site"] for line in lines if line["item"] == "contact-name"}
    withheld = sum(line["answer"] is None for line in lines)
    erased = sum(line["answer"] == ERASED for line in lines)
    figures = (
        LeadFigure("Sites with a registrant", len(owners), ""),
        LeadFigure("Sites with a contact", len(contacts), ""),
        LeadFigure("Kept back", withheld, ""),
        LeadFigure("Erased", erased, ""),
    )
    if not lines:
        return Lead("No registrant or contact is recorded by the end of this window.", figures)
    gaps = [f"{withheld:,} kept back"] if withheld else []
    gaps += [f"{erased:,} erased"] if erased else []
    return Lead(
        sentence(
            f"{counted(len(owners), 'site')} {verb(len(owners), 'has', 'have')} a registrant recorded and"
            f" {len(contacts):,} a regulatory contact",
            f"answers are not all here: {listed(gaps)}" if gaps else "",
        ),
        figures,
    )


REPORT: Final = Report(
    name="registrant",
    definition_version=1,
    title="Owners and contacts of registered loads",
    packs=("registration",),
    classes=("grid",),
    row_kinds=(REGISTRATION, REGISTRATION_SECTIONS),
    columns=COLUMNS,
    keys=2,
    compute=compute,
    definition=__doc__ or "",
    sections=True,
    lead=lead,
    first=("site", "item", "answer", "section", "known_on"),
)
