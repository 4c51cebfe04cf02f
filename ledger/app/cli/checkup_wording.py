"""What checks of the machine found, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from ledger.app.maintenance.checkup.check import CheckRun
from ledger.errors import WattledgerError, inert


def findings(checked: Sequence[CheckRun]) -> int:
    """Number of things that endanger records."""
    return sum(trouble.is_finding for one in checked for trouble in one.troubles)


def lines(checked: Sequence[CheckRun], *, everything: bool) -> Iterator[str]:
    """The findings, each with what to do; with ``everything`` all checks."""
    for one in checked:
        if everything and not one.troubles:
            yield f"{one.name}: ok"
        for trouble in one.troubles:
            if everything or trouble.is_finding:
                yield f"{one.name}: {'' if trouble.is_finding else 'note: '}{inert(trouble.what)}"
                yield f"  to do: {inert(trouble.do)}"


def as_json(checked: Sequence[CheckRun], *, everything: bool) -> list[dict[str, Any]]:
    """The same as JSON: a finding has ``because``, what endangers no record ``note``, a check that is right
    ``ok``.
    """
    return [
        {"check": one.name, "because" if trouble.is_finding else "note": trouble.what, "do": trouble.do}
        for one in checked
        for trouble in one.troubles
        if everything or trouble.is_finding
    ] + [{"check": one.name, "ok": True} for one in checked if everything and not one.troubles]


@contextmanager
def told_before_an_error(checked: Sequence[CheckRun], *, as_json: bool) -> Iterator[None]:
    """Tell the findings where the book cannot be opened: they may be why."""
    try:
        yield
    except WattledgerError:
        for line in lines(checked, everything=False):
            click.echo(line, err=as_json)
        raise
