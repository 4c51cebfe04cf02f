"""Guide to a kind: its fields, what must be recorded before it, and examples; made from the table of
kinds.
"""

from __future__ import annotations

from typing import Any, Final

from ledger import units
from ledger.exchange import jsonl
from ledger.fields import FORMS, Field, fields_of
from ledger.kinds import BY_BODY, CLASSES, CURRENT, Kind, SiteRegistered, prerequisites
from ledger.records.wording import story_key

CLAIMABLE: Final = tuple(kind for kind in CURRENT.values() if kind.claimable)
BY_RECORD: Final = "the one of the record it is about"


AUTHORITY: Final = "code (EIA-930) of a balancing authority, with ba- before it, as ba-SOCO"


def summary(kind: Kind) -> str:
    """The meaning of a fact of the kind, in a sentence or two."""
    return " ".join((kind.body.__doc__ or "").replace("``", "").split())


def class_of(kind: Kind) -> str:
    """The kind's disclosure class, or the rule that gives it for each record."""
    return kind.disclosure if kind.disclosure in CLASSES else BY_RECORD


def guide(kind: Kind) -> dict[str, Any]:
    """Everything a person needs to record a fact of the kind, as JSON values."""
    return {
        "kind": kind.name,
        "tag": kind.tag,
        "class": kind.disclosure,
        "summary": summary(kind),
        "fields": [_field(kind, field) for field in fields_of(kind.body)],
        "needs": [{"kind": BY_BODY[body].name, "what": need(kind, BY_BODY[body])} for body in kind.needs],
        "example": {"story": kind.body.example, "json": jsonl.example(kind)},
        "before_example": [one.body.example for one in prerequisites(kind)],
    }


def _field(kind: Kind, field: Field) -> dict[str, Any]:
    key = key_of(kind, field)
    of_authority = key is None and field.name == "balancing_authority"
    return {
        "name": field.name,
        "key": key,
        "required": field.required,
        "many": field.many,
        "unit": None if field.unit is None else field.unit.removeprefix("_"),
        "choices": list(field.choices),
        "value": AUTHORITY if of_authority else value_of(field),
        "section": field.section,
    }


def key_of(kind: Kind, field: Field) -> str | None:
    """The key of a field in story text; None where the second word of the line fills it."""
    names = [one.name for one in fields_of(kind.body)]
    place = "site" if "site" in names else "balancing_authority"
    return None if field.name == place else story_key(field)


def value_of(field: Field) -> str:
    """The values that a field may have."""
    if field.form == "choice":
        one = f"one of {', '.join(field.choices)}"
    elif field.unit is not None:
        one = f"number with its unit: {', '.join(units.UNITS[field.unit])}"
    elif field.form == "int":
        bounded = (field.low, field.high) not in ((0, units.LIMIT), (-units.LIMIT, units.LIMIT))
        one = f"whole number from {field.low} to {field.high}" if bounded else "whole number"
    elif field.form == "bool":
        one = "true or false"
    elif field.form == "struct":
        one = "steps such as 2mo:1 or 60d:1 (months or days late: days of rent a day)"
    elif field.form == "text":
        one = "text, in double quotes where it has spaces"
    else:
        one = FORMS[field.form][1].removeprefix("must be ")
    return f"list [...] of: {one}" if field.many else one


def need(kind: Kind, needed: Kind) -> str:
    """The tie between a needed kind and a fact of the kind: by which of its fields, and whether always."""
    if needed.body is SiteRegistered:
        return "the site"
    fields = {field.name: field for field in fields_of(kind.body)}
    shared = [fields.get(name) or fields.get(f"{name}s") for name in needed.named]
    tied = [field for field in shared if field is not None]
    if not tied:
        named = "target" if "target" in fields else "corrects"
        return f"in the example; any record that {named}= names"
    names = " and ".join(f"{story_key(field)}=" for field in tied)
    if tied[0].many:
        return f"each one in {names}"
    always = any(field.required for field in tied)
    return f"with the same {names}" if always else f"with the same {names}, where it is given"
