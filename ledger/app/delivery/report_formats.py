"""The formats that reports are handed out in, by name: for the command line and the service."""

from __future__ import annotations

from ledger.errors import Malformed, no_such
from projections.render.formats import BY_ENDING as BY_ENDING  # noqa: PLC0414
from projections.render.formats import BY_NAME as BY_NAME  # noqa: PLC0414
from projections.render.formats import FORMATS as FORMATS  # noqa: PLC0414
from projections.render.formats import ReportFormat


def format_named(name: str) -> ReportFormat:
    """A format of the list; ``Malformed`` lists them."""
    if name not in BY_NAME:
        raise no_such("format", name, BY_NAME)
    check_installed(BY_NAME[name])
    return BY_NAME[name]


def check_installed(form: ReportFormat) -> None:
    """``Malformed`` where what the format needs is not there."""
    if not form.installed:
        raise Malformed(
            f"{form.name} needs an extra that is not installed: pip install 'wattledger[{form.extra}]'"
        )
