"""What was measured, as tables in Markdown: read as text, and put into the page as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

WORKS: Final = {
    "append-1": "Append, one reading a call",
    "append-100": "Append, 100 readings a call",
    "append-1000": "Append, 1,000 readings a call",
    "read": "Read all, in order",
    "project": "Rebuild a counter for each stream",
    "rebuild-rows": "Rebuild one row kind",
    "rebuild-all": "Rebuild every report",
}


def text(found: dict[str, Any]) -> str:
    """Everything: what was measured where, durability, a table for each work."""
    lines = [measured_where(found), "", *durability(found)]
    for work in WORKS:
        lines += ["", f"{WORKS[work]}", "", *table(found, work)]
    return "\n".join([*lines, "", *missing(found)]).rstrip() + "\n"


def missing(found: dict[str, Any]) -> Iterator[str]:
    """What was not measured, with its reason."""
    yield from (f"- {name}: not run: {why}" for name, why in found["not_run"].items())
    yield from (f"- {said}: left out" for said in found["left_out"])


def measured_where(found: dict[str, Any]) -> str:
    """When, with what build, where, and how busy that machine was."""
    return (
        f"Measured on {found['date']} with build {found['build']} on {found['machine']}, median of"
        f" {found['rounds']} rounds; load {found['load']:.1f} when it began."
    )


def durability(found: dict[str, Any]) -> Iterator[str]:
    """What each store says of its durability, and the calls that waited for the disk."""
    yield "| store | version | durability, as its own connection says | syncs of 20 calls of 1 | of 1,000 | bytes a reading |"
    yield "|---|---|---|---|---|---|"
    for name, one in found["stores"].items():
        syncs = one.get("syncs of 20 calls", {})
        counted = [_syncs(syncs.get(size)) for size in ("1", "1000")]
        taken = [value for key, value in one.items() if key.startswith("bytes at")]
        yield (
            f"| {name} | {one['version']} | {one['durability']} | {' | '.join(counted)} |"
            f" {f'{taken[-1]:,}' if taken else '-'} |"
        )


def _syncs(found: dict[str, int] | None) -> str:
    if found is None:
        return "not counted"
    return ", ".join(f"{count} {name}" for name, count in found.items()) or "0"


def table(found: dict[str, Any], work: str) -> Iterator[str]:
    """One work: microseconds of processor time a reading, on the clock, and the rate beside ours."""
    sizes = sorted({one["records"] for one in found["figures"]})
    yield "| store | " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "|---|" + "---|" * len(sizes)
    for name in found["stores"]:
        cells = [_cell(found, name, work, size) for size in sizes]
        if any(cell != "-" for cell in cells):
            yield f"| {name} | {' | '.join(cells)} |"


def _cell(found: dict[str, Any], name: str, work: str, size: int) -> str:
    one, ours = figure(found, name, work, size), figure(found, ours_beside(name), work, size)
    if one is None:
        return "-"
    said = f"{_short(one['cpu_us'])} ({_short(one['wall_us'])})"
    return said if ours is None or ours is one else f"{said} {ours['cpu_us'] / one['cpu_us']:.2f} x"


def ours_beside(name: str) -> str:
    """The wattledger that a store is compared with: the one on the same database."""
    return "wattledger, PostgreSQL" if name.endswith("PostgreSQL") else "wattledger, SQLite"


def figure(found: dict[str, Any], name: str, work: str, size: int) -> dict[str, Any] | None:
    """One figure, if it was measured."""
    return next(
        (
            one
            for one in found["figures"]
            if (one["store"], one["work"], one["records"]) == (name, work, size)
        ),
        None,
    )


def _short(us: float) -> str:
    return f"{us:,.0f}" if us >= 100 else f"{us:.1f}"
