"""A fact in words: its fields as people write them in story text, ``depth=80MW derate=20MW feeds=[A,B]``.

Used wherever a record is shown: story text, the message that names it, the timeline of an incident, the state
at an instant.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
from msgspec import UNSET

from ledger import units
from ledger.errors import inert
from ledger.fields import Field, fields_of

_BARE: Final = re.compile(r"[A-Za-z0-9_.:/+%@*-]+", re.ASCII)


def story_key(field: Field) -> str:
    """The key a field has in story text: its name without the unit suffix, which the value carries."""
    return field.name.removesuffix(field.unit) if field.unit else field.name


def pairs(body: msgspec.Struct, *, sections: bool = True) -> list[tuple[str, str]]:
    """Key and value of each given field except the place: ``[("depth", "80MW")]``; fields kept in sections
    only with ``sections``.
    """
    place = "site" if hasattr(body, "site") else "balancing_authority"
    said = ((field, getattr(body, field.name)) for field in fields_of(type(body)) if field.name != place)
    return [
        (story_key(field), written(field, value))
        for field, value in said
        if value is not UNSET and (sections or not field.section)
    ]


def sentence(body: msgspec.Struct, *, sections: bool = True) -> str:
    """``block=m1 depth=80MW``; fields kept in sections only with ``sections``."""
    return " ".join(f"{key}={value}" for key, value in pairs(body, sections=sections))


def written(field: Field, value: Any) -> str:
    """One field's value as story text."""
    if field.many:
        return f"[{','.join(_one(field, v) for v in value)}]"
    return _one(field, value)


def _one(field: Field, value: Any) -> str:
    if field.form == "int":
        return units.format_quantity(value, field.unit) if field.unit else str(value)
    if field.form == "bool":
        return "true" if value else "false"
    if field.form == "struct":
        after = f"{value.after_days}d" if value.after_months is UNSET else f"{value.after_months}mo"
        return f"{after}:{value.rent_days_per_day}"
    if field.form == "instant":
        return short(value)
    return quoted(value)


def short(instant: str) -> str:
    """A stored instant without seconds that are 0: ``2026-07-14T18:00Z``."""
    return instant.removesuffix(":00Z") + "Z" if instant.endswith(":00Z") else instant


def quoted(text: str) -> str:
    """Text as a story value: bare where that is plain, else in quotes with everything unprintable escaped."""
    if _BARE.fullmatch(text):
        return text
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    named = {"\n": r"\n", "\r": r"\r", "\t": r"\t", '"': r"\"", "\\": r"\\"}.get(char)
    if named:
        return named
    return inert(char)
