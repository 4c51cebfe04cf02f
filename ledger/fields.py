"""The forms of field values, and the description of a struct's fields.

A body is described once, by its annotations; story text, JSON, the command line and random histories are made
from ``fields_of``. Numbers carry their bounds as msgspec constraints, which decoding enforces at no cost; the
form of a text (slug, instant, date, ...) is enforced by ``check`` when a fact is taken, not again each time
it is read.

========  ==================================================================================================
form      what it is
========  ==================================================================================================
slug      ``[a-z0-9-]{1,64}``: site, block, outage, dispatch, ...
text      1 to 4,096 characters, no NUL, no lone surrogate
instant   UTC whole seconds, ``2026-07-14T18:00:00Z``
rec       UTC with six fraction digits
date      a site's local calendar date
month-day ``MM-DD``, the start of a programme year
period    ``2026``, ``2026-Q3``, ``2026-07``, ``2026-07-14``
zone      a name of the IANA tz database
sha256    64 lower-case hex digits
id        a record's id: lower-case UUID of version 7 or 8
========  ==================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ledger import calendar, units
from ledger.errors import Malformed, collected


def _text(form: str) -> Meta:
    return Meta(extra={"form": form})


Natural = Annotated[int, Meta(ge=0, le=units.LIMIT)]
Integer = Annotated[int, Meta(ge=-units.LIMIT, le=units.LIMIT)]
Slug = Annotated[str, _text("slug")]
Text = Annotated[str, _text("text")]
Instant = Annotated[str, _text("instant")]
RecordTime = Annotated[str, _text("rec")]
Date = Annotated[str, _text("date")]
MonthDay = Annotated[str, _text("month-day")]
Period = Annotated[str, _text("period")]
Zone = Annotated[str, _text("zone")]
Sha256 = Annotated[str, _text("sha256")]
Id = Annotated[str, _text("id")]
Unset = UnsetType

TEXT_LIMIT: Final = 4096
_SLUG = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)


def is_slug(text: str) -> bool:
    """``[a-z0-9-]{1,64}``"""
    return _SLUG.fullmatch(text) is not None


def is_text(text: str) -> bool:
    """1 to 4,096 characters that UTF-8 and every reader can hold."""
    return (
        0 < len(text) <= TEXT_LIMIT and "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
    )


def is_id(text: str) -> bool:
    """A lower-case 36-character UUID of version 7 or 8 (RFC 9562)."""
    return _ID.fullmatch(text) is not None


def is_sha256(text: str) -> bool:
    """64 lower-case hex digits."""
    return _SHA256.fullmatch(text) is not None


def _is_month_day(text: str) -> bool:
    return calendar.is_date(f"2001-{text}")


def _is_zone(text: str) -> bool:
    return _accepted(calendar.zone, text)


def _is_period(text: str) -> bool:
    return _accepted(calendar.period_days, text)


def _accepted(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except Malformed:
        return False
    return True


# form -> (test, what would be right)
FORMS: Final[dict[str, tuple[Callable[[str], bool], str]]] = {
    "slug": (is_slug, "must be 1 to 64 of a-z, 0-9 and -"),
    "text": (is_text, "must be 1 to 4,096 characters without NUL or lone surrogates"),
    "instant": (calendar.is_instant, "must be an instant such as 2026-07-14T18:00:00Z"),
    "rec": (calendar.is_rec, "must be a record time such as 2026-07-14T18:00:03.120000Z"),
    "date": (calendar.is_date, "must be a date such as 2026-07-14"),
    "month-day": (_is_month_day, "must be a month and day of every year such as 10-01 (02-29 is not)"),
    "period": (_is_period, "must be a period such as 2026, 2026-Q3, 2026-07 or 2026-07-14"),
    "zone": (_is_zone, "must be an IANA time zone such as America/New_York"),
    "sha256": (is_sha256, "must be 64 lower-case hex digits"),
    "id": (is_id, "must be a lower-case UUID of version 7 or 8"),
}


class Field(NamedTuple):
    """One field of a struct.

    ``form`` is a key of ``FORMS``, or ``int``, ``bool``, ``choice`` or ``struct``; ``choices`` the values of
    a choice; ``struct`` the element's type; ``many`` a list; ``required`` means that it must be given;
    ``section`` names the section that holds it outside the leaf.
    """

    name: str
    form: str
    choices: tuple[str, ...]
    struct: type[msgspec.Struct] | None
    many: bool
    required: bool
    section: str | None
    low: int
    high: int

    @property
    def unit(self) -> str | None:
        """The unit suffix of a quantity's name, or None."""
        return units.suffix(self.name) if self.form == "int" else None


@cache
def fields_of(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """The fields of a struct in the order they are declared."""
    return tuple(_field(f.name, f.type, f.required) for f in msgspec.structs.fields(struct))


@cache
def sectioned(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Its fields that are kept in a section; most structs have none."""
    return tuple(field for field in fields_of(struct) if field.section)


@cache
def _required(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in fields_of(struct) if field.required)


@cache
def _formed(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Its fields that have a form which decoding does not enforce."""
    return tuple(field for field in fields_of(struct) if field.form in FORMS or field.form == "struct")


def _field(name: str, hint: Any, required: bool) -> Field:
    metas: list[Meta] = []
    hint = _unwrapped(hint, metas)
    many = get_origin(hint) is tuple
    if many:
        hint = _unwrapped(get_args(hint)[0], metas)
    form, choices, struct = _form(hint)
    extra: dict[str, Any] = {}
    low, high = -units.LIMIT, units.LIMIT
    for meta in metas:
        extra |= meta.extra or {}
        low, high = _bound(meta.ge, low), _bound(meta.le, high)
    return Field(
        name,
        extra.get("form", form),
        choices,
        struct,
        many,
        required or bool(extra.get("required")),
        extra.get("section"),
        low,
        high,
    )


def _bound(said: object, default: int) -> int:
    return said if isinstance(said, int) else default


def _unwrapped(hint: Any, metas: list[Meta]) -> Any:
    """The bare type of an annotation, without Annotated and ``| Unset``; the Metas on the way are
    collected.
    """
    while True:
        if get_origin(hint) is Annotated:
            metas.extend(m for m in hint.__metadata__ if isinstance(m, Meta))
            hint = get_args(hint)[0]
        elif get_origin(hint) in (Union, UnionType):
            (hint,) = (arg for arg in get_args(hint) if arg is not UnsetType)
        else:
            return hint


def _form(hint: Any) -> tuple[str, tuple[str, ...], type[msgspec.Struct] | None]:
    if get_origin(hint) is Literal:
        return "choice", get_args(hint), None
    if hint is int or hint is bool:
        return hint.__name__, (), None
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return "struct", (), hint
    assert hint is str, f"a field is an integer, text, boolean, choice or struct, not {hint}"
    return "text", (), None


def check(struct: msgspec.Struct) -> None:
    """``Malformed`` unless every required field is given, section fields too, and every text is well
    formed.
    """
    missing = [name for name in _required(type(struct)) if getattr(struct, name) is UNSET]
    if missing:
        raise Malformed(f"needs {', '.join(missing)}")
    check_forms(struct)


def check_forms(struct: msgspec.Struct) -> None:
    """``Malformed`` naming every text that is malformed."""
    faults = [
        fault for field in _formed(type(struct)) for fault in form_faults(field, getattr(struct, field.name))
    ]
    if faults:
        raise Malformed("; ".join(faults))


def form_faults(field: Field, value: Any) -> list[str]:
    """A message for each malformed text in a field's value."""
    if value is UNSET:
        return []
    faults: list[str] = []
    parts = value if field.many else (value,)
    if field.form in FORMS:
        test, right = FORMS[field.form]
        faults += [f"{field.name} {right}: {text[:200]!r}" for text in parts if not test(text)]
    elif field.form == "struct":
        for part in parts:
            with collected(faults):
                check(part)
    return faults
