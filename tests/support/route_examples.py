"""A request of every route of the contract, against the small book of ``serving``."""

from __future__ import annotations

from typing import Any, Final

from tests.support.serving import API, NOW

INCIDENT: Final = {
    "kind": "incident-opened",
    "at": "2026-06-05T00:00Z",
    "site": "s1",
    "body": {"incident": "i7", "summary": "x"},
}
MINER: Final = {
    "mac": "02:00:00:00:00:01",
    "ip": "10.0.0.1",
    "datetime": "2026-06-05T00:00:00+00:00",
    "hashrate": {"unit": 10**12, "rate": 200.0},
    "algo": "SHA256",
    "wattage": 3500,
    "is_mining": True,
}
SHEET: Final = "Site,When,Incident,What\ns1,2026-06-05 14:00,sheet-1,a trip\n"
SHEET_MAP: Final = """
[[fact]]
kind = "incident-opened"
site = { column = "Site" }
at = { column = "When" }
fields.incident = { column = "Incident" }
fields.summary = { column = "What" }
"""
EXAMPLES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "postRecords": (f"{API}/records", {"json": INCIDENT}),
    "getRecords": (f"{API}/records?site=s1&limit=3", {}),
    "getRecord": (f"{API}/records/4", {}),
    "getState": (f"{API}/state?at={NOW}&site=s1", {}),
    "getReplay": (f"{API}/replay?site=s1&limit=2", {}),
    "postWhatIf": (f"{API}/what-if?period=2026-06", {"json": [INCIDENT]}),
    "getNow": (f"{API}/now?site=s1", {}),
    "getDue": (f"{API}/due?within_days=60", {}),
    "getDueCalendar": (f"{API}/due.ics?within_days=60", {}),
    "getCommitmentsFeed": (f"{API}/commitments.atom", {}),
    "getReports": (f"{API}/reports", {}),
    "getReportFile": (f"{API}/reports/portfolio.csv", {}),
    "getReport": (f"{API}/reports/uptime?period=2026-06", {}),
    "getExplanation": (f"{API}/reports/uptime/explain?period=2026-06&row=fleet/all&column=eaf_ppm", {}),
    "getDifference": (f"{API}/reports/portfolio/diff?known_at=9&known_at=now", {}),
    "postQuery": (
        f"{API}/query",
        {"json": {"sql": "SELECT site, count(*) AS facts FROM records GROUP BY site"}},
    ),
    "getQuery": (f"{API}/query?sql=SELECT+*+FROM+made_from", {}),
    "getQueryFile": (f"{API}/query.csv?sql=SELECT+*+FROM+portfolio", {}),
    "getCheckpoint": (f"{API}/checkpoint", {"headers": {"Accept": "application/json"}}),
    "getInclusion": (f"{API}/proof/inclusion?record=4", {}),
    "getConsistency": (f"{API}/proof/consistency?from=3", {}),
    "postBundle": (f"{API}/bundles", {"json": {"streams": ["s1/grid"]}}),
    "getEntries": (f"{API}/tile/entries/000.p/3", {}),
    "getTile": (f"{API}/tile/0/000.p/3", {}),
    "postCheckpoint": (f"{API}/add-checkpoint", {"content": b"old 0\n\n"}),
    "postReadings": (f"{API}/readings/miners?site=s1&block=m1&hold=15min", {"json": MINER}),
    "getStatus": (f"{API}/status", {}),
    "getOpenapi": (f"{API}/openapi.json", {}),
    "getHealth": (f"{API}/healthz", {}),
    "getMetrics": (f"{API}/metrics", {}),
    "pageHome": ("/", {}),
    "pageSite": ("/sites/s1", {}),
    "pageRecords": ("/records?site=s1&kind=site-registered", {}),
    "pageDue": ("/due?within_days=60&site=s1", {}),
    "pageQuery": ("/query?sql=SELECT+*+FROM+made_from", {}),
    "pageReports": ("/reports", {}),
    "pageReport": ("/reports/uptime?period=2026-06&row=fleet/all&compare=2026-05&against=9", {}),
    "pageBundle": ("/bundle", {"data": {"streams": "s1/grid"}}),
    "pageVerifier": ("/verifier?stream=s1/grid", {}),
    "pageGivenVerifier": ("/verifier", {"data": {"streams": "s1/grid"}}),
    "pageWhy": ("/why?role=tenant&scope=tenant%3Dnorth&route=GET+/sites/s1", {}),
    "pageSignIn": ("/sign-in?next=/due", {}),
    "pageSignedIn": ("/sign-in", {"data": {"token": "wl_unknown", "next": "/due"}}),
    "pageSignedOut": ("/sign-out", {"data": {"now": "yes"}}),
    "pageStatic": ("/static/service.css", {}),
    "pageRecord": ("/records/4", {}),
    "pageCorrected": ("/records/4/correct", {"data": {"name": "Sandersville 2", "reason": "a typing error"}}),
    "pageRetracted": ("/records/4/retract", {"data": {"reason": "never so"}}),
    "pageReplay": (f"/replay?site=s1&at={NOW}&known_at=9", {}),
    "pageWhatIf": ("/replay?site=s1", {"data": {"story": f"{NOW} s1 incident-opened incident=i1 summary=x"}}),
    "pageEnter": ("/enter", {}),
    "pageEnterFile": ("/enter-file", {}),
    "pageEnteredFile": ("/enter-file", {"data": {"pasted": SHEET, "map": SHEET_MAP}}),
    "pageEnterKind": ("/enter/incident-opened?site=s1", {}),
    "pageEntered": (
        "/enter/incident-opened",
        {"data": {"site": "s1", "at": NOW, "incident": "entered", "summary": "x"}},
    ),
}
"""By the route's name: path with query, and what the request carries. The stream of ``getLive`` has tests of
its own.
"""
