"""What the figures of a report have in common is computed once.

A page explains dozens of figures, and each begins with the same preparation of all rows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from projections.engine.fold import Rows, found_once
from projections.engine.report import Scope

T = TypeVar("T")


def prepared(make: Callable[[Rows, Scope], T]) -> Callable[[Rows, Scope], T]:
    """The same function, which computes once for the same fixed rows and scope. Its result must not be
    changed.
    """

    @wraps(make)
    def once(rows: Rows, scope: Scope) -> T:
        return found_once(rows, make, lambda: make(rows, scope), scope)

    return once
