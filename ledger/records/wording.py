"""A fact in words: its fields as people write them in story text, ``depth=80MW derate=20MW feeds=[A,B]``.

Used wherever a record is shown: story text, the message that names it, the timeline of an incident, the state
at an instant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any, Final

import msgspec
from msgspec import UNSET
from msgspec.structs import astuple

from ledger import units
from ledger.errors import inert
from ledger.fields import Field, fields_of

FEW: Final = 6
"""Values of a list that are shown in any case."""
SHOWN: Final = 3
"""Values that are shown of a longer list, in brief."""
_BARE: Final = re.compile(r"[A-Za-z0-9_.:/+%@*-]+", re.ASCII)


def story_key(field: Field) -> str:
    """The key a field has in story text: its name without the unit suffix, which the value carries."""
    return field.name.removesuffix(field.unit) if field.unit else field.name


def pairs(body: msgspec.Struct, *, sections: bool = True) -> list[tuple[str, str]]:
    """Key and value of each given field except the place: ``[("depth", "80MW")]``; fields kept in sections
    only with ``sections``.
    """
    return [
        (one[0], one[1](value))
        for one, value in zip(_worded(type(body), sections), astuple(body), strict=True)
        if value is not UNSET and one
    ]


@cache
def _worded(
    struct: type[msgspec.Struct], sections: bool, brief: bool = False
) -> tuple[tuple[str, Callable[[Any], str]] | None, ...]:
    """For each field its key and the function of its words, None where it is left out: worked out once a kind,
    as every record of a log is put in words.
    """
    place = "site" if "site" in struct.__struct_fields__ else "balancing_authority"
    return tuple(
        (story_key(field), _words(field, brief))
        if field.name != place and (sections or not field.section)
        else None
        for field in fields_of(struct)
    )


def sentence(body: msgspec.Struct, *, sections: bool = True, brief: bool = False) -> str:
    """``block=m1 depth=80MW``; fields kept in sections only with ``sections``; ``brief`` shows the first values
    of a long list and how many there are.
    """
    return " ".join(
        [
            f"{one[0]}={one[1](value)}"
            for one, value in zip(_worded(type(body), sections, brief), astuple(body), strict=True)
            if value is not UNSET and one
        ]
    )


def written(field: Field, value: Any) -> str:
    """One field's value as story text."""
    return _words(field)(value)


def _words(field: Field, brief: bool = False) -> Callable[[Any], str]:
    """The function that gives one field's values as story text."""
    one = units.quantity_format(field.unit) if field.unit else _ONE.get(field.form, quoted)
    if not field.many:
        return one

    def listed(values: Sequence[Any]) -> str:
        if brief and len(values) > FEW:
            return f"[{','.join(map(one, values[:SHOWN]))},... {len(values):,} values]"
        return f"[{','.join(map(one, values))}]"

    return listed


def _lateness(value: Any) -> str:
    after = f"{value.after_days}d" if value.after_months is UNSET else f"{value.after_months}mo"
    return f"{after}:{value.rent_days_per_day}"


def short(instant: str) -> str:
    """A stored instant without seconds that are 0: ``2026-07-14T18:00Z``."""
    return instant.removesuffix(":00Z") + "Z" if instant.endswith(":00Z") else instant


def quoted(text: str) -> str:
    """Text as a story value: bare where that is plain, else in quotes with everything unprintable escaped."""
    return _quoted_name(text) if len(text) <= _SHORT else _quoted(text)


def _quoted(text: str) -> str:
    if _BARE.fullmatch(text):
        return text
    return '"' + "".join(_escaped(char) for char in text) + '"'


_SHORT: Final = 64
_quoted_name: Final = lru_cache(maxsize=4096)(_quoted)
"""Names of blocks and meters come again and again."""


_ONE: Final[dict[str, Callable[[Any], str]]] = {
    "int": str,
    "bool": lambda value: "true" if value else "false",
    "struct": _lateness,
    "instant": short,
}


def _escaped(char: str) -> str:
    named = {"\n": r"\n", "\r": r"\r", "\t": r"\t", '"': r"\"", "\\": r"\\"}.get(char)
    if named:
        return named
    return inert(char)
