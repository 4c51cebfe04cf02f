"""Who may do what, stated once more and by hand from the table of docs/design/trust.md, and a book to try it on:
two sites in two counties with two tenants, a token of every role, and requests of what is its own, what is of
others, and what is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import httpx

from ledger.app.access import tokens
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.web.contract import ROUTES
from tests.support.route_examples import MINER, SHEET, SHEET_MAP
from tests.support.serving import API, NOW_US
from tests.support.small_book import said

STORY: Final = """
2026-06-01T00:00Z s1 site-registered name=S county=Whitfield state=GA tz=America/New_York balancing_authority=SOCO utility=GP parcels=[a] site_class=training
2026-06-01T00:00Z s2 site-registered name=T county=Pecos state=TX tz=America/Chicago balancing_authority=ERCO utility=TXU parcels=[a] site_class=mining-only
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-02T00:00Z s2 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=50MW feeds=[A]
2026-06-03T00:00Z s1 commitment-made commitment=c1 counterparty=C instrument=pilot category=jobs comparator=at-least basis=cumulative periods=[2026] due_on=[2026-12-31] observed_on=[] cure_days=0 binding=true
2026-06-03T00:00Z s2 commitment-made commitment=c2 counterparty=D instrument=pilot category=jobs comparator=at-least basis=cumulative periods=[2026] due_on=[2026-12-31] observed_on=[] cure_days=0 binding=true
2026-06-03T00:00Z s1 incident-opened incident=i1 summary=trip
2026-06-03T00:00Z s2 incident-opened incident=i2 summary=trip
2026-06-04T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=north critical=10MW
2026-06-04T00:00Z s2 lease-phase-opened lease=l2 phase=p2 tenant=south critical=10MW
"""
SCOPES: Final = {
    "engineer": ("engineer", ()),
    "engineer-s1": ("engineer", ("site=s1",)),
    "admin": ("admin", ()),
    "auditor": ("auditor", ()),
    "auditor-s1": ("auditor", ("site=s1",)),
    "utility": ("utility", ("utility=GP",)),
    "commissioner": ("commissioner", ("county=Whitfield County, GA",)),
    "tenant": ("tenant", ("tenant=north",)),
    "agent": ("agent", ("site=s1", "kind=incident-opened")),
    "engineer-early": ("engineer", ("to=2026-06-04",)),
    "auditor-early": ("auditor", ("to=2026-06-04",)),
    "utility-early": ("utility", ("utility=GP", "to=2026-06-04")),
    "revoked": ("engineer", ()),
}
DATED: Final = ("engineer-early", "auditor-early", "utility-early")
"""Limited to what took effect before June 4: leases were opened on it, and claims of the cells are of the 5th."""
EVERY_SITE: Final = ("engineer", "admin", "auditor", "engineer-early", "auditor-early")
SEES_ALL: Final = ("engineer", "admin", "auditor")
ID_LENGTH: Final = 36
NEVER: Final = 9_999
"""A position that the log does not reach, however many refusals and requests are recorded while cells are asked."""
CLASSES: Final = ("grid", "operations", "community", "lease")
ROWS: Final = {
    # role: append, read records, reports, proofs, administer, classes
    "agent": ("yes", "-", "-", "-", "-", ()),
    "engineer": ("yes", "yes", "yes", "yes", "-", CLASSES),
    "admin": ("-", "yes", "yes", "yes", "yes", CLASSES),
    "auditor": ("-", "yes", "yes", "yes", "-", CLASSES),
    "utility": ("yes", "yes", "yes", "yes", "-", ("grid",)),
    "commissioner": ("-", "yes", "yes", "yes", "-", ("community",)),
    "tenant": ("yes", "yes", "yes", "yes", "-", ("lease",)),
}
RECORDS_KINDS: Final = {
    "agent": ("incident-opened",),
    "utility": ("dispatch-acknowledged", "dispatch-declined", "dispatch-disputed"),
    "tenant": ("dispatch-acknowledged",),
}
WHAT: Final = {
    "append": (
        *("postRecords", "postReadings"),
        *("pageEnter", "pageEnterFile", "pageEnteredFile", "pageEnterKind", "pageEntered"),
    ),
    "correct": ("pageCorrected", "pageRetracted"),
    "records": (
        *("getRecords", "getRecord", "getReplay", "getLive", "getStatus", "getEntries"),
        *("postQuery", "getQuery", "getQueryFile"),
        *("pageRecords", "pageRecord", "pageReplay", "pageQuery"),
    ),
    "reports": (
        *("getState", "postWhatIf", "getNow", "getDue", "getReports", "getReportFile", "getReport"),
        *("getExplanation", "getDifference", "getDueCalendar", "getCommitmentsFeed"),
        *("pageHome", "pageSite", "pageReports", "pageReport", "pageDue", "pageWhatIf"),
    ),
    "proofs": (
        *("getCheckpoint", "getInclusion", "getConsistency", "postBundle", "getTile"),
        *("pageBundle", "pageVerifier", "pageGivenVerifier"),
    ),
    "administer": ("postToken", "getTokens", "postRevokedToken", "getMetrics"),
    "holder": ("postNarrowedToken", "postWhy", "pageWhy"),
    "anyone": (
        *("getOpenapi", "getHealth", "postCheckpoint"),
        *("pageSignIn", "pageSignedIn", "pageSignedOut", "pageStatic"),
    ),
}


class Cell(NamedTuple):
    """One request of one principal: what is asked, and of whom it is (own, foreign, missing, or neither)."""

    principal: str
    route: str
    whose: str
    method: str
    path: str
    request: dict[str, Any]


def rights_book(place: Path) -> dict[str, str]:
    """Make the book; the secret of each principal by name."""
    secrets = {}
    with Book.create(place, Config("example.com/rights"), surroundings=Seeded("rights", NOW_US)) as book:
        assert not book.record(said(STORY)).problems
        for name, (role, words) in SCOPES.items():
            made = tokens.grant(book, name, role, words, 30, name.encode().ljust(32, b"-"))
            secrets[name] = made.secret
        tokens.revoke(book, "revoked")
        book.checkpoint()
    return {**secrets, "unknown": "wl_" + "A" * 43}


def indexes(book: Book) -> dict[str, list[Any]]:
    """Records of s1 and s2 by site."""
    found: dict[str, list[Any]] = {"s1": [], "s2": []}
    for record in book.records():
        if record.place in found:
            found[record.place].append(record)
    return found


def declared(cell: Cell) -> int | None:
    """The status with which a request must be refused; None where it must not be."""
    what = next(what for what, names in WHAT.items() if cell.route in names)
    if cell.principal in ("revoked", "unknown") or cell.route == "pageSignedIn":  # with a token of nobody
        return 401
    if cell.principal == "nobody":
        return None if what == "anyone" else 401
    role = SCOPES[cell.principal][0]
    row = dict(zip(("append", "records", "reports", "proofs", "administer"), ROWS[role], strict=False))
    corrects = "yes" if role == "engineer" else "-"
    if {**row, "correct": corrects, "holder": "yes", "anyone": "yes"}[what] != "yes":
        return 403
    if cell.route == "pageRetracted":  # it takes effect now, after the period
        return 403 if cell.principal in DATED and cell.whose != "missing" else None
    if cell.route == "getEntries":
        return None if cell.principal in SEES_ALL else 403
    if cell.route in ("pageEntered", "pageEnteredFile"):
        return None if _may_enter(cell, role) else 403
    if cell.route in ("postWhatIf", "pageWhatIf"):
        return None if _may_suppose(cell, role) else 403
    if cell.route == "postReadings":
        may_at = cell.principal in SEES_ALL or cell.whose == "own"
        return None if role == "engineer" and may_at and cell.principal not in DATED else 403
    return 403 if cell.route == "postRecords" and not _may_record(cell, role) else None


def _may_record(cell: Cell, role: str) -> bool:
    claim = cell.request["json"]
    kinds = RECORDS_KINDS.get(role)
    if cell.principal in DATED:
        return False
    return (kinds is None or claim["kind"] in kinds) and (cell.principal in SEES_ALL or claim["site"] == "s1")


def _may_enter(cell: Cell, role: str) -> bool:
    """An incident of the 5th; of a sheet a tenant is told that it names no site whose clock he knows."""
    if cell.route == "pageEnteredFile" and role == "tenant":
        return True
    own = cell.principal in SEES_ALL or cell.whose == "own"
    return role in ("engineer", "agent") and own and cell.principal not in DATED


def _may_suppose(cell: Cell, role: str) -> bool:
    """An incident, of class operations, by whoever reads that class there and all of it: else the refusal would
    tell of it.
    """
    if cell.principal in DATED:
        return False
    return "operations" in ROWS[role][-1] and (cell.principal in SEES_ALL or cell.whose == "own")


def cells(book: Book) -> Iterator[Cell]:
    """Every principal with every request."""
    records, reports = indexes(book), ["commitments", "portfolio", "uptime", "lease-dates"]
    asked = list(_requests(records, reports))
    for principal in (*SCOPES, "unknown", "nobody"):
        for route, whose, method, path, request in asked:
            yield Cell(principal, route, whose, method, path, request)


def _requests(
    records: dict[str, list[Any]], reports: list[str]
) -> Iterator[tuple[str, str, str, str, dict[str, Any]]]:
    for whose, site in (("own", "s1"), ("foreign", "s2"), ("missing", "s9")):
        for disclosure in (*CLASSES, "nothing"):
            yield "getRecords", whose, "GET", f"{API}/records?stream={site}/{disclosure}", {}
            yield (
                "postBundle",
                whose,
                "POST",
                f"{API}/bundles",
                {"json": {"streams": [f"{site}/{disclosure}"]}},
            )
        for kind in ("incident-opened", "commitment-made"):
            yield "getRecords", whose, "GET", f"{API}/records?site={site}&kind={kind}", {}
        yield "getState", whose, "GET", f"{API}/state?site={site}&at=2026-06-05T00:00Z", {}
        yield "getReplay", whose, "GET", f"{API}/replay?site={site}", {}
        yield "getNow", whose, "GET", f"{API}/now?site={site}", {}
        yield "getDue", whose, "GET", f"{API}/due?site={site}", {}
        yield "getDueCalendar", whose, "GET", f"{API}/due.ics?site={site}", {}
        yield "getCommitmentsFeed", whose, "GET", f"{API}/commitments.atom?site={site}", {}
        for report in reports:
            for known in ("", "&known_at=30"):
                yield "getReport", whose, "GET", f"{API}/reports/{report}?site={site}{known}", {}
            yield "getReportFile", whose, "GET", f"{API}/reports/{report}.csv?site={site}", {}
            yield "getExplanation", whose, "GET", f"{API}/reports/{report}/explain?row={site}&site={site}", {}
            yield (
                "getDifference",
                whose,
                "GET",
                f"{API}/reports/{report}/diff?site={site}&known_at=30&known_at=35",
                {},
            )
        sql = f"SELECT * FROM records r WHERE site = '{site}'"
        yield "postQuery", whose, "POST", f"{API}/query", {"json": {"sql": sql, "known_at": "35"}}
        for end in ("", ".csv"):
            name = "getQueryFile" if end else "getQuery"
            yield name, whose, "GET", f"{API}/query{end}?known_at=35&sql={quote(sql)}", {}
        incident = {
            "kind": "incident-opened",
            "at": "2026-06-05T00:00Z",
            "site": site,
            "body": {"incident": "i9", "summary": "x"},
        }
        answer = {
            "kind": "dispatch-acknowledged",
            "at": "2026-06-05T00:00Z",
            "site": site,
            "body": {"dispatch": "d1"},
        }
        for claim in (incident, answer):
            yield "postRecords", whose, "POST", f"{API}/records", {"json": claim}
        yield "postReadings", whose, "POST", f"{API}/readings/miners?site={site}&block=m1", {"json": MINER}
        yield from _pages_of(whose, site)
        yield "postWhatIf", whose, "POST", f"{API}/what-if?site={site}", {"json": [incident]}
    for n in range(3):
        own, foreign = records["s1"][n], records["s2"][n]
        missing = f"{foreign.id[:-4]}0000"
        for whose, id_ in (("own", own.id), ("foreign", foreign.id), ("missing", missing)):
            yield "getRecord", whose, "GET", f"{API}/records/{id_}", {}
            yield "pageRecord", whose, "GET", f"/records/{id_}", {}
            changed = {"data": {"name": "S2", "reason": "x"}}
            yield "pageCorrected", whose, "POST", f"/records/{id_}/correct", changed
            yield "pageRetracted", whose, "POST", f"/records/{id_}/retract", {"data": {"reason": "x"}}
            yield "getInclusion", whose, "GET", f"{API}/proof/inclusion?record={id_}", {}
        for whose, position in (("own", own.index), ("foreign", foreign.index), ("missing", NEVER - n)):
            yield "getRecord", whose, "GET", f"{API}/records/{position}", {}
            yield "getInclusion", whose, "GET", f"{API}/proof/inclusion?record={position}", {}
    for n, lease in enumerate((records["s1"][-1], records["s2"][-1])):
        for whose, names in (
            ("outside", (lease.id, lease.index)),
            ("never", (f"{lease.id[:-4]}0000", NEVER - 4 - n)),
        ):
            for named in names:
                yield "getRecord", whose, "GET", f"{API}/records/{named}", {}
                yield "getInclusion", whose, "GET", f"{API}/proof/inclusion?record={named}", {}
    for route in (
        "getCheckpoint",
        "getReports",
        "getStatus",
        "getTokens",
        "getMetrics",
        "getOpenapi",
        "getHealth",
    ):
        yield route, "-", "GET", next(one.path for one in ROUTES if one.name == route), {}
    for n in range(1, 4):
        yield "getTile", "-", "GET", f"{API}/tile/0/000.p/{n}", {}
        yield "getEntries", "-", "GET", f"{API}/tile/entries/000.p/{n}", {}
        unread = {"headers": {"Content-Type": "text/plain"}, "content": f"old {n}\n\n"}
        yield "postCheckpoint", "-", "POST", f"{API}/add-checkpoint", unread
    yield from _pages()
    yield "getConsistency", "-", "GET", f"{API}/proof/consistency?from=3", {}
    for role in ROWS:
        grant = {"name": f"new-{role}", "role": role, "scope": ["site=s1"], "days": 0}
        yield "postToken", "-", "POST", f"{API}/tokens", {"json": grant}
        yield "postRevokedToken", "-", "POST", f"{API}/tokens/no-{role}/revoke", {}
        yield (
            "postNarrowedToken",
            "-",
            "POST",
            f"{API}/tokens/narrow",
            {"json": {"name": f"n-{role}", "days": 0}},
        )
        why = {"method": "GET", "path": f"{API}/tokens", "role": role}
        yield "postWhy", "-", "POST", f"{API}/why", {"json": why}


def _pages_of(whose: str, site: str) -> Iterator[tuple[str, str, str, str, dict[str, Any]]]:
    """The pages of a site."""
    incident = {"site": site, "at": "2026-06-05T00:00Z", "incident": "i9", "summary": "x"}
    line = f"2026-06-05T00:00Z {site} incident-opened incident=i9 summary=x"
    yield "pageSite", whose, "GET", f"/sites/{site}", {}
    yield "pageReplay", whose, "GET", f"/replay?site={site}", {}
    yield "pageWhatIf", whose, "POST", f"/replay?site={site}", {"data": {"story": line}}
    yield "pageRecords", whose, "GET", f"/records?site={site}", {}
    yield "pageReport", whose, "GET", f"/reports/commitments?site={site}", {}
    yield "pageDue", whose, "GET", f"/due?site={site}", {}
    yield "pageEntered", whose, "POST", "/enter/incident-opened", {"data": incident}
    yield "pageBundle", whose, "POST", "/bundle", {"data": {"streams": f"{site}/grid"}}
    yield "pageGivenVerifier", whose, "POST", "/verifier", {"data": {"streams": f"{site}/grid"}}


def _pages() -> Iterator[tuple[str, str, str, str, dict[str, Any]]]:
    """The pages that are of no single site."""
    sheet = SHEET.replace("14:00", "00:00")
    for route, path in (
        ("pageHome", "/"),
        ("pageReports", "/reports"),
        ("pageVerifier", "/verifier"),
        ("pageEnter", "/enter"),
        ("pageEnterFile", "/enter-file"),
        ("pageEnterKind", "/enter/incident-opened"),
        ("pageWhy", "/why?role=tenant"),
        ("pageSignIn", "/sign-in"),
        ("pageStatic", "/static/service.css"),
    ):
        yield route, "-", "GET", path, {}
    yield "pageEnteredFile", "own", "POST", "/enter-file", {"data": {"pasted": sheet, "map": SHEET_MAP}}
    yield "pageSignedIn", "-", "POST", "/sign-in", {"data": {"token": "wl_unknown"}}
    yield "pageSignedOut", "-", "POST", "/sign-out", {"data": {"now": "yes"}}


def pairs(every: Sequence[Cell]) -> Iterator[tuple[Cell, Cell]]:
    """Each request of what is of others, or outside of a period, with the same request of what is not there."""
    by: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in every:
        by.setdefault((cell.principal, cell.route, cell.whose), []).append(cell)
    for (principal, route, whose), foreign in by.items():
        if whose == "foreign" and principal not in EVERY_SITE:
            yield from zip(foreign, by[principal, route, "missing"], strict=True)
        if whose == "outside" and principal in DATED:
            yield from zip(foreign, by[principal, route, "never"], strict=True)


def ask(client: httpx.Client, secret: str | None, cell: Cell) -> httpx.Response:
    """The answer to a cell's request."""
    headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
    request = {**cell.request, "headers": {**headers, **cell.request.get("headers", {})}}
    return client.request(cell.method, cell.path, **request)


def told(answer: httpx.Response, cell: Cell) -> tuple[int, str, dict[str, str]]:
    """What an answer tells beside the names that were asked: status, body, headers."""
    text = answer.text
    ids = [part for part in cell.path.split("/") if len(part) == ID_LENGTH]
    names = cell.path.rpartition("=")[2], cell.path.rpartition("/")[2], *ids, "s2", "s9"
    for name in names:
        text = text.replace(name, "X")
    untold = ("date", "content-length", "location")
    return answer.status_code, text, {k: v for k, v in answer.headers.items() if k not in untold}
