"""The list of all reports: one line each. Commands, pages, tests and documentation are made from it.

``power-use`` is ``REPORT`` of ``projections.reports.power_use``. A report is loaded when it is asked for: its
name alone loads none of the others, whoever goes through ``REPORTS`` loads all.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from ledger.lists import LoadedByName, LoadedInOrder, from_module
from projections import rows
from projections.engine.fold import RowKind
from projections.engine.report import Parameter, Report

NAMES: Final = (
    "uptime",
    "efficiency",
    "power-use",
    "portfolio",
    "dispatch-performance",
    "protection",
    "program-hours",
    "intervals",
    "flexibility",
    "bridge",
    "disturbances",
    "ride-through",
    "facility-changes",
    "grid-states",
    "coincident-peaks",
    "directives",
    "generator-hours",
    "load-ramp",
    "quarterly-load",
    "energy-mix",
    "registration",
    "registrant",
    "commitments",
    "payments",
    "jobs",
    "benefit",
    "expenditures",
    "water",
    "lease-dates",
    "incident",
    "actions",
    "restatements",
)


def _load(name: str) -> Report:
    return from_module(f"projections.reports.{name.replace('-', '_')}", "REPORT", Report)


BY_NAME: Final = LoadedByName(NAMES, _load)
REPORTS: Final = LoadedInOrder(BY_NAME)


@cache
def row_kinds() -> tuple[RowKind, ...]:
    """All kinds of rows: those of the modules of ``projections.rows``, which load in a tenth of the time that the
    reports take.
    """
    modules = (import_module(f"{rows.__name__}.{found.name}") for found in iter_modules(rows.__path__))
    kinds = (value for module in modules for value in module.__dict__.values() if isinstance(value, RowKind))
    return tuple(dict.fromkeys(kinds))


@cache
def parameters() -> dict[str, Parameter]:
    """Options of single reports by name: for ``report``, ``explain`` and ``diff``."""
    return {parameter.name: parameter for report in REPORTS for parameter in report.parameters}
