"""Whatever has a file of its own stands in the list from which the program takes it: a file that was left out
of its list would be silent.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import click

import ledger.app.cli.commands
import ledger.exchange.grid_notices
import ledger.kinds
import projections.reports
from ledger.app.cli.main import COMMANDS
from ledger.exchange.grid_notices.notice import NoticeSource
from ledger.exchange.grid_notices.sources import SOURCES
from ledger.kinds import BY_BODY, Fact
from projections.engine.report import Report
from projections.reports.catalogue import REPORTS


def modules(package: ModuleType) -> list[ModuleType]:
    found = [name for _, name, _ in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
    return [importlib.import_module(name) for name in found if not name.endswith(".catalogue")]


def test_every_kind_of_fact_stands_in_the_table_of_kinds() -> None:
    facts = [
        value
        for module in modules(ledger.kinds)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Fact) and value is not Fact
    ]
    assert [fact.__name__ for fact in facts if fact not in BY_BODY] == []


def test_every_report_stands_in_the_catalogue() -> None:
    reports = [
        value
        for module in modules(projections.reports)
        for value in vars(module).values()
        if isinstance(value, Report)
    ]
    assert [report.name for report in reports if report not in REPORTS] == []


def test_every_publication_of_a_grid_operator_stands_in_the_list_of_sources() -> None:
    found = [
        value
        for module in modules(ledger.exchange.grid_notices)
        for value in vars(module).values()
        if isinstance(value, NoticeSource)
    ]
    assert {source.name for source in found} == {source.name for source in SOURCES}


def test_every_command_stands_in_the_list_of_commands() -> None:
    commands = COMMANDS.values()
    inner = {
        command for group in commands if isinstance(group, click.Group) for command in group.commands.values()
    }
    found = [
        value
        for module in modules(ledger.app.cli.commands)
        for value in vars(module).values()
        if isinstance(value, click.Command) and value.callback is not None
    ]
    assert [command.name for command in found if command not in commands and command not in inner] == []
