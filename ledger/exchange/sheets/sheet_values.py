"""A cell as a field's value in the words of story text: numbers with their unit, choices, names, lists."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from ledger import units
from ledger.errors import Malformed
from ledger.exchange.sheets.cells import (
    Percentage,
    UnusableCell,
    Value,
    decimal_of,
    number_text,
    plain,
    shown,
)
from ledger.exchange.sheets.sheet_map import CellSource, Constant
from ledger.exchange.sheets.sheet_times import DateForm, day_of, duration_s
from ledger.exchange.story import parse_list
from ledger.fields import Field, is_slug

UNIT_WORDS: Final = {
    "hours": "h",
    "hour": "h",
    "hrs": "h",
    "hr": "h",
    "minutes": "min",
    "minute": "min",
    "mins": "min",
    "seconds": "s",
    "sec": "s",
    "secs": "s",
    "percent": "%",
    "dollars": "USD",
    "$": "USD",
    "share": "share",
}
"""Words for units beside those of ``units.UNITS``; a share of 0 to 1 is not a unit of story text."""
TRUE: Final = ("true", "yes", "y")
FALSE: Final = ("false", "no", "n")
EXACT_DIGITS: Final = 15
_QUANTITY = re.compile(
    r"(\$?)\s*([-+(]?\$?[0-9][0-9.,'\u00a0\u202f ]*\)?|[-+(]?\$?\.[0-9]+\)?)\s*([A-Za-z/%$]*)"
)
_SLUGGED = re.compile(r"[^a-z0-9]+")


def value_text(
    field: Field, value: Value, source: CellSource, decimal: str | None, clock: DateForm
) -> str | list[str]:
    """The text of a field's value from its cell; ``Malformed`` where it has no meaning or more than one."""
    if isinstance(value, UnusableCell):
        raise Malformed(f"{value.why}: {value.shown!r}")
    if not isinstance(source.values, dict):
        return _plain_value(field, value, source, decimal, clock)
    meant = chosen(source.values, shown(value))
    return (
        constant_text(meant) if not isinstance(meant, str) or not field.many else _items(meant, source.split)
    )


def _plain_value(
    field: Field, value: Value, source: CellSource, decimal: str | None, clock: DateForm
) -> str | list[str]:
    if not field.many:
        return _one(field, value, source, decimal, clock)
    if isinstance(value, str):
        return [_one(field, item, source, decimal, clock) for item in _items(value, source.split)]
    return [_one(field, value, source, decimal, clock)]


def _items(text: str, split: str) -> list[str]:
    if text.startswith("[") and text.endswith("]"):
        return parse_list(text, "it")
    return [item.strip() for item in re.split(f"{re.escape(split)}|\n", text) if item.strip()]


def chosen(values: dict[str, str | bool | int], said: str) -> str | bool | int:
    """The meaning of a cell's text by a map of values; a text that already is a meaning needs no entry."""
    if said in values:
        return values[said]
    alike = {plain(key): value for key, value in values.items()}
    if plain(said) in alike:
        return alike[plain(said)]
    if said in values.values():
        return said
    raise Malformed(f"is {said!r}, which the map's values do not have ({', '.join(values)})")


def constant_text(value: Constant) -> str | list[str]:
    """A constant of the map as story text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str | list) else str(value)


def _one(field: Field, value: Value, source: CellSource, decimal: str | None, clock: DateForm) -> str:
    if field.form == "int":
        return _quantity(field.unit, value, source, decimal) if field.unit else _integer(value, decimal)
    if field.form == "date":
        return day_of(value, clock).isoformat()
    if field.form == "bool":
        return _boolean(shown(value))
    if field.form == "choice":
        return _choice(field, shown(value))
    text = text_of(value)
    if field.form == "slug":
        return slug(text) if source.slug else text if is_slug(text) else _no_slug(text)
    return text


def text_of(value: Value) -> str:
    """A cell as a text of a fact; ``Malformed`` where the spreadsheet has converted it to something else."""
    if isinstance(value, date | time | timedelta | Percentage):
        raise Malformed(
            f"is a date, a time or a percentage in the sheet, where text is expected: {shown(value)!r};"
            " format the cell as text and type it again"
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = decimal_of(value)
        if abs(number) >= 10**EXACT_DIGITS:
            raise Malformed(
                f"is a number of more than {EXACT_DIGITS} digits, of which a spreadsheet loses some:"
                f" {shown(value)}"
            )
    return shown(value)


def slug(text: str) -> str:
    """A name made from any text: lower case, with a hyphen for anything but letters and digits."""
    made = _SLUGGED.sub("-", text.lower()).strip("-")
    if not is_slug(made):
        raise Malformed(f"makes no name of 1 to 64 of a-z, 0-9 and -: {text!r}")
    return made


def _no_slug(text: str) -> str:
    raise Malformed(
        f"is not a name of a-z, 0-9 and -: {text!r}; give its meaning in values = {{...}}, or slug = true to"
        f" write it {_SLUGGED.sub('-', text.lower()).strip('-')[:64] or '...'!r}"
    )


def _boolean(text: str) -> str:
    word = plain(text)
    if word in TRUE or word in FALSE:
        return "true" if word in TRUE else "false"
    raise Malformed(f"is not true or false: {text!r}; give its meaning in values = {{...}}")


def _choice(field: Field, text: str) -> str:
    word = re.sub(r"[\s_]+", "-", plain(text))
    if word in field.choices:
        return word
    raise Malformed(
        f"is not one of {', '.join(field.choices)}: {text!r}; give its meaning in values = {{...}}"
    )


# --- numbers ------------------------------------------------------------------------------------------------


def _quantity(suffix: str, value: Value, source: CellSource, decimal: str | None) -> str:
    """A number with its unit: the cell's own, else the map's."""
    known = units.UNITS[suffix]
    stated = unit_named(source.unit, suffix) if isinstance(source.unit, str) else None
    if "s" in known and (seconds := duration_s(value)) is not None:
        return _exact(Fraction(seconds), known["s"], suffix, value, source)
    if isinstance(value, Percentage):
        if "%" not in known:
            raise Malformed(f"is a percentage, where {', '.join(known)} is meant: {shown(value)!r}")
        return _exact(Fraction(decimal_of(value.share)), known["%"] * 100, suffix, value, source)
    number, own = number_of(value, decimal)
    unit = unit_named(own, suffix) if own else stated
    if unit is None:
        raise Malformed(
            f'has no unit: {shown(value)!r}; set unit = "{next(iter(known))}" in the map ({", ".join(known)})'
        )
    worth = known["%"] * 100 if unit == "share" else known[unit]
    return _exact(Fraction(number), worth, suffix, value, source)


def unit_named(said: str, suffix: str) -> str:
    """The unit of a field's quantity that a word stands for."""
    known = units.UNITS[suffix]
    unit = said if said in known else UNIT_WORDS.get(said.lower(), said)
    if unit in known or (unit == "share" and "%" in known):
        return unit
    raise Malformed(f"has the unit {said!r}, where one of {', '.join(known)} is meant")


def _exact(number: Fraction, worth: Fraction, suffix: str, value: Value, source: CellSource) -> str:
    whole = number * worth
    if whole.denominator != 1 and not source.round:
        raise Malformed(
            f"is not a whole number of the smallest unit ({_smallest(suffix)}): {shown(value)!r}; "
            "set round = true in the map to round it"
        )
    return units.format_quantity(units.checked(units.rounded(whole), shown(value)), suffix)


def _smallest(suffix: str) -> str:
    return next((name for name, worth in units.UNITS[suffix].items() if worth == 1), "cent")


def _integer(value: Value, decimal: str | None) -> str:
    number, unit = number_of(value, decimal)
    if unit or number != number.to_integral_value():
        raise Malformed(f"is not a whole number: {shown(value)!r}")
    return number_text(number)


def number_of(value: Value, decimal: str | None) -> tuple[Decimal, str]:
    """A cell's number, and the unit that its text has."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Malformed(f"is not a number: {shown(value)!r}")
    if not isinstance(value, str):
        return decimal_of(value), ""
    match = _QUANTITY.fullmatch(value)
    if match is None:
        raise Malformed(f"is not a number: {value!r}")
    dollar, digits, unit = match.groups()
    negative = digits.startswith(("-", "("))
    if digits.startswith("(") != digits.endswith(")"):
        raise Malformed(f"is not a number: {value!r}")
    dollar = dollar or ("$" if "$" in digits else "")
    number = _digits(digits.strip("+-()$ \u00a0\u202f"), value, decimal)
    return (-number if negative else number), unit or dollar


def _digits(text: str, said: str, decimal: str | None) -> Decimal:
    """The number of digits, points and commas; ``Malformed`` where a mark may or may not be the decimal
    point.
    """
    point = decimal or _point(text, said)
    group = "," if point == "." else "."
    whole, _, part = text.partition(point)
    if re.search(r"[^0-9]", whole):
        marks = set(re.findall(r"[^0-9]", whole))
        if (
            len(marks) != 1
            or not marks <= {group, "'", " ", "\u00a0", "\u202f"}
            or not re.fullmatch(r"[0-9]{1,3}([^0-9][0-9]{3})+", whole)
        ):
            raise Malformed(f"is not a number: {said!r}")
        whole = re.sub(r"[^0-9]", "", whole)
    try:
        if part and not part.isdecimal():
            raise InvalidOperation
        return Decimal(f"{whole or '0'}.{part}" if part else whole)
    except InvalidOperation:
        raise Malformed(f"is not a number: {said!r}") from None


def _point(text: str, said: str) -> str:
    """The decimal point of a number that can have only one."""
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return max(".,", key=text.rfind)
    mark = "." if points else ","
    if points + commas != 1:
        return "," if points else "."
    head, _, tail = text.partition(mark)
    if len(tail) == 3 and 1 <= len(head) <= 3 and not head.startswith("0"):
        raise Malformed(
            f'can mean {head}.{tail} or {head}{tail}: {said!r}; set decimal = "." or "," in the map'
        )
    return mark
