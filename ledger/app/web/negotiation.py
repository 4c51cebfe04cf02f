"""Choice of the form that a client prefers, of those that a route answers in (RFC 9110 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ledger.app.web.problems import HttpProblem

LONGEST: Final = 2_000


def accepted(accept: str, forms: Sequence[str]) -> str:
    """The form that an Accept header likes best, the first of those that it likes alike; 406 where it is
    none.
    """
    if not accept.strip() or len(accept) > LONGEST:
        return forms[0]
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    liked = [(_quality(form.partition(";")[0], ranges), -n, form) for n, form in enumerate(forms)]
    quality, _, best = max(liked)
    if quality <= 0:
        there = ", ".join(form.partition(";")[0] for form in forms)
        raise HttpProblem(406, f"this is answered as {there}; none of them is in Accept: {accept[:200]!r}")
    return best


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (word.strip().lower() for word in part.split(";"))
    quality = 1.0
    for word in parameters:
        if word.startswith("q="):
            try:
                quality = float(word[2:])
            except ValueError:
                quality = 0.0
    return name, quality if 0 <= quality <= 1 else 0.0


def _quality(form: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The weight of a form, by the range that names it most closely."""
    kind = form.partition("/")[0]
    for name in (form, f"{kind}/*", "*/*"):
        for said, quality in ranges:
            if said == name:
                return quality
    return 0.0
