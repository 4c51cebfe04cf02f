"""What the figures of a report have in common is computed once.

A page explains dozens of figures, and each begins with the same preparation of all rows. ``rows_of`` gives
``PreparedRows``, which are not changed any more; they keep the last result of each ``prepared`` function.
Rows that still change are plain dictionaries, from which it is computed every time. Results are equal in both
cases, since a preparation depends on nothing but its arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from projections.engine.fold import Key, Rows
from projections.engine.report import Scope

T = TypeVar("T")


class PreparedRows(dict[str, dict[Key, Any]]):
    """Rows that are complete, with the last results computed from them, by function."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self.results: dict[Callable[..., Any], tuple[Scope, Any]] = {}


def prepared(make: Callable[[Rows, Scope], T]) -> Callable[[Rows, Scope], T]:
    """The same function, which computes once for the same rows and scope. Its result must not be changed."""

    @wraps(make)
    def once(rows: Rows, scope: Scope) -> T:
        if not isinstance(rows, PreparedRows):
            return make(rows, scope)
        last = rows.results.get(make)
        if last is None or last[0] != scope:
            last = scope, make(rows, scope)
            rows.results[make] = last  # one result a function: tables of many windows ask thousands
        result: T = last[1]
        return result

    return once
