"""The path and query of a request as the arguments that its route declares; anything else is ``Malformed``.

A parameter that is unknown or repeated without leave is refused, never passed over: a filter that was
misspelled would otherwise show more than was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from ledger.app.web.routes import RouteParameter
from ledger.errors import Malformed, did_you_mean

FIELDS: Final = 200
DIGITS: Final = 16


def arguments(
    parameters: tuple[RouteParameter, ...], path: Mapping[str, str], query: bytes, *, of_form: bool = False
) -> dict[str, Any]:
    """The arguments by name; those that were not given are left out, and of a form its empty fields."""
    given: dict[str, list[str]] = {}
    for name, value in _pairs(query):
        if any(one.in_path for one in parameters if one.name == name):
            raise _unknown(parameters, name)
        if of_form and not value:
            continue
        given.setdefault(name, []).append(value)
    return checked(parameters, {**{name: [value] for name, value in path.items()}, **given})


def checked(parameters: tuple[RouteParameter, ...], given: Mapping[str, list[str]]) -> dict[str, Any]:
    """The values by name as their parameters declare them; ``Malformed`` where one is not declared, missing,
    or not of its form.
    """
    declared = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in declared:
            raise _unknown(parameters, name)
    for parameter in parameters:
        if parameter.required and not parameter.explained and parameter.name not in given:
            raise Malformed(f"{parameter.name} is required: {parameter.what}")
    return {name: _value(declared[name], values) for name, values in given.items()}


def _unknown(parameters: tuple[RouteParameter, ...], name: str) -> Malformed:
    known = [one.name for one in parameters if not one.in_path]
    hint = did_you_mean(name, known) or f"; there are {', '.join(known) or 'none'}"
    return Malformed(f"no parameter is called {name[:80]!r}{hint}")


def _pairs(query: bytes) -> list[tuple[str, str]]:
    if not query:
        return []
    try:
        return parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS
        )
    except UnicodeDecodeError:
        raise Malformed("the query is not UTF-8 in percent-encoding") from None
    except ValueError:
        raise Malformed(f"the query has more than {FIELDS} parameters") from None


def _value(parameter: RouteParameter, values: list[str]) -> Any:
    if not parameter.many and len(values) > 1:
        raise Malformed(f"{parameter.name} is given {len(values)} times; give it once")
    found = tuple(_one(parameter, value) for value in values)
    return found if parameter.many else found[0]


def _one(parameter: RouteParameter, value: str) -> Any:
    name = parameter.name
    if parameter.form == "flag":
        if value not in ("true", "false"):
            raise Malformed(f"{name} is true or false: {value[:80]!r}")
        return value == "true"
    if parameter.form == "integer":
        return _integer(parameter, value)
    if not value:
        raise Malformed(f"{name} is empty; leave it out, or give it a value")
    if "\0" in value:
        raise Malformed(f"{name} holds a NUL character")
    if parameter.choices and value not in parameter.choices:
        raise Malformed(
            f"{name} is one of {', '.join(parameter.choices)}: {value[:80]!r}"
            f"{did_you_mean(value[:80], parameter.choices)}"
        )
    return value


def _integer(parameter: RouteParameter, value: str) -> int:
    plain = value.isascii() and value.isdecimal() and len(value) <= DIGITS
    if not plain or not parameter.least <= int(value) <= parameter.most or value != str(int(value)):
        raise Malformed(
            f"{parameter.name} is a whole number from {parameter.least:,} to {parameter.most:,}: {value[:80]!r}"
        )
    return int(value)
