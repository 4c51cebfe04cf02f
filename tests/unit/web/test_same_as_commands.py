"""What the service does the command line does, by the same use case: every route with its command and the module that
both of them ask.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import click
import pytest

from ledger.app.cli.main import main
from ledger.app.web.contract import ROUTES
from ledger.app.web.pages.contract import PAGES
from ledger.app.web.pages.oidc import OIDC_PAGES
from ledger.app.web.routes import Route

ROOT: Final = Path(__file__).parents[3]
ROOMS: Final = ("ledger.app.web", "ledger.app.cli")
HELPERS: Final = (
    *("ledger.app.web.pages.", "ledger.app.web.api.", "ledger.app.web.why", "ledger.app.web.witnessing"),
    *("ledger.app.cli.import_summary", "ledger.app.cli.report_output", "ledger.app.cli.taken_fact"),
    *("ledger.app.exports.formats", "ledger.app.imports.uploaded"),
)
"""Modules beside handlers and commands that ask use cases for them; what carries requests asks none."""
ALL: Final = {route.name: route for route in (*ROUTES, *PAGES, *OIDC_PAGES)}


class Same(NamedTuple):
    """A command line that does what a route does, and the use case of both, below ``ledger.app``; ``desk`` is the module
    of the service that asks it where the handler's own does not.
    """

    command: str
    use_case: str
    desk: str | None = None


SAME: Final = {
    # the API
    "postRecords": Same("record -", "book.batch"),
    "getRecords": Same("log --site s1 --kind outage-started", "queries.record_filter"),
    "getRecord": Same("log --after 3 --limit 1 --ids", "queries.record_filter"),
    "getState": Same("state --at now", "queries.moment"),
    "getReplay": Same("replay --site s1", "queries.moment"),
    "postWhatIf": Same("replay --what-if -", "queries.what_if"),
    "getNow": Same("now", "queries.shift"),
    "getDue": Same("due --within 30d", "queries.deadlines"),
    "getDueCalendar": Same("due --ics", "queries.deadlines"),
    "getCommitmentsFeed": Same("publish site", "delivery.publish"),
    "getReports": Same("report", "queries.report_list"),
    "getReportFile": Same("report uptime --format csv", "queries.log_view"),
    "getReport": Same("report uptime --period 2026-06", "queries.log_view"),
    "getExplanation": Same("explain uptime --row fleet/all --column eaf_ppm", "queries.explanation"),
    "getDifference": Same("diff uptime --known-at 9 --known-at now", "queries.knowledges"),
    "postQuery": Same("sql -", "read_models.sql"),
    "getQuery": Same("sql 'SELECT 1'", "read_models.sql"),
    "getQueryFile": Same("sql 'SELECT 1' --format csv -o rows.csv", "read_models.sql"),
    "getCheckpoint": Same("checkpoint", "proofs.cosignatures"),
    "getInclusion": Same("export tlog-proof --record 4", "proofs.log_proofs"),
    "getConsistency": Same("export tlog-witness --since 9", "proofs.log_proofs"),
    "postBundle": Same("bundle --stream s1/grid -o s1.zip", "proofs.bundle_writer"),
    "getLive": Same("log --follow", "queries.record_filter"),
    "postToken": Same("token create reader --role auditor", "access.tokens"),
    "postNarrowedToken": Same("token narrow reader less --site s1", "access.narrowing"),
    "getTokens": Same("token list", "access.tokens"),
    "postRevokedToken": Same("token revoke reader", "access.tokens"),
    "postWhy": Same("token why 'GET /api/v1/records' --role auditor", "access.tokens"),
    "getStatus": Same("status", "queries.record_filter"),
    "getEntries": Same("export tiles -o folder", "proofs.log_tiles"),
    "getTile": Same("export tiles -o folder", "proofs.log_tiles"),
    "postCheckpoint": Same(
        "cosign request --key KEY --state seen.json --witness-key own.key",
        "proofs.cosignatures",
        "ledger.app.web.witnessing",
    ),
    "postReadings": Same("import miners poll.json --site s1 --block m1", "imports.import_session"),
    # the pages
    "pageHome": Same("now", "queries.shift"),
    "pageSite": Same("now --site s1", "queries.shift"),
    "pageReports": Same("report", "queries.report_list"),
    "pageReport": Same("report uptime --period 2026-06", "queries.log_view"),
    "pageRecords": Same("log --limit 50", "queries.record_filter"),
    "pageDue": Same("due", "queries.deadlines"),
    "pageQuery": Same("sql 'SELECT 1'", "read_models.sql"),
    "pageRecord": Same("log --after 3 --limit 1", "queries.record_filter"),
    "pageCorrected": Same("correct 4", "maintenance.correction"),
    "pageRetracted": Same("retract 4", "maintenance.correction"),
    "pageReplay": Same("replay --site s1", "queries.moment"),
    "pageWhatIf": Same("replay --what-if -", "queries.what_if"),
    "pageEnter": Same("kinds", "exchange.kind_guide"),
    "pageEnterKind": Same("kinds outage-started", "exchange.kind_guide"),
    "pageEntered": Same("record -", "book.batch"),
    "pageEnterFile": Same("import events rows.csv --suggest", "imports.suggested_map"),
    "pageEnteredFile": Same("import events rows.csv --map rows.toml", "imports.import_session"),
    "pageBundle": Same("bundle --stream s1/grid -o s1.zip", "proofs.bundle_writer"),
    "pageVerifier": Same("bundle --stream s1/grid -o s1.zip --page s1.html", "proofs.verifier_page"),
    "pageGivenVerifier": Same("bundle --stream s1/grid -o s1.zip --page s1.html", "proofs.verifier_page"),
    "pageWhy": Same("token why 'GET /' --role auditor", "access.tokens"),
}
OF_THE_SERVER: Final = {
    "getOpenapi": "the contract of the service itself; serve --help lists the routes",
    "getHealth": "whether the server works; of a book, doctor and fsck say it",
    "getMetrics": "the server's own counters",
    "pageSignIn": "the command line has the rights of its user",
    "pageSignedIn": "the command line has the rights of its user",
    "pageSignedOut": "the command line has the rights of its user",
    "pageOidc": "the command line has the rights of its user",
    "pageOidcCallback": "the command line has the rights of its user",
    "pageStatic": "a file that pages load",
}
"""What only a server has, and why."""


def test_every_route_has_a_command_or_is_of_the_server_alone() -> None:
    assert (set(SAME) ^ set(OF_THE_SERVER)) == set(ALL)


def parsed(words: list[str]) -> click.Command:
    """The command of a command line, whose options it has."""
    group: click.Command = main
    while isinstance(group, click.Group):
        name, *words = words
        found = group.get_command(click.Context(group), name)
        assert found is not None, name
        group = found
    known = {option for each in group.params for option in each.opts}
    assert {word for word in words if word.startswith("-") and word != "-"} <= known
    return group


@pytest.mark.parametrize("name", SAME)
def test_a_route_and_its_command_ask_the_same_use_case(name: str) -> None:
    """Neither has an answer of its own: both lead to the module that makes it."""
    route, same = ALL[name], SAME[name]
    command = parsed(shlex.split(same.command)).callback
    assert command is not None
    use_case = f"ledger.app.{same.use_case}"
    if not _file(use_case).exists():
        use_case = f"ledger.{same.use_case}"
    found = [use_case in asked_by(module) for module in (same.desk or _module(route), command.__module__)]
    assert found == [True, True]


def _module(route: Route) -> str:
    return str(route.handler.__module__)


def _file(module: str) -> Path:
    path = ROOT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def imported(module: str) -> frozenset[str]:
    """The modules of ours that a module names in its imports, wherever they stand in it."""
    return frozenset(_imported(module))


def _imported(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(_file(module).read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ledger"):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if _file(inner).exists() else str(node.module)


def asked_by(module: str) -> set[str]:
    """The use cases that a handler or a command asks, itself or through helpers of its room, and those that these
    ask in turn.
    """
    seen: set[str] = set()
    direct: set[str] = set()
    waiting = [module]
    while waiting:
        one = waiting.pop()
        for other in imported(one) - seen:
            seen.add(other)
            if other.startswith(HELPERS):
                waiting.append(other)
            elif not other.startswith(ROOMS):
                direct.add(other)
    return direct.union(*(imported(one) for one in direct if _file(one).exists()))
