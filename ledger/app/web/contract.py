"""The contract of the service: every route, once.

The server's routing, the authorization check, OpenAPI, ``serve --help`` and the tests are made from this list.
A new route is one line here and one function in ``api``.
"""

from __future__ import annotations

from typing import Final

from ledger.app.web import answers, metrics
from ledger.app.web.api import access, live, moments, proofs, query, records, reports, service
from ledger.app.web.log_contract import LOG_ROUTES
from ledger.app.web.questions import AS_OF, CHOICES, FROM, KNOWN_AT, NAME, REPORT, SITE, TO, WINDOW
from ledger.app.web.readings_contract import READINGS_ROUTES
from ledger.app.web.routes import (
    API,
    EVENTS,
    JSON,
    NDJSON,
    TEXT,
    WRITING,
    Right,
    Route,
    RouteParameter,
)
from ledger.errors import Malformed, Refused, Tampered
from ledger.records.claim_json import ClaimJson

CLAIMS: Final = ((JSON, (ClaimJson, list[ClaimJson])), (NDJSON, None), ("text/plain", None))
ID: Final = RouteParameter("id", "a record's id or index", in_path=True, required=True, example="4")
STREAM: Final = RouteParameter("stream", "one stream, such as sandersville/grid")
PLACE: Final = RouteParameter("site", "all streams of a site (or ba-CODE, fleet, ledger)")
KIND: Final = RouteParameter("kind", "only this kind", many=True)
AFTER: Final = RouteParameter("after", "what comes after this index", form="integer")
LIMIT: Final = RouteParameter(
    "limit", "the newest so many; with after the first", form="integer", least=1, most=records.LISTED_MOST
)
HISTORY: Final = RouteParameter(
    "include_history", "false leaves out what is corrected or retracted since", form="flag"
)
DRY_RUN: Final = RouteParameter("dry_run", "true decides everything and records nothing", form="flag")
AT: Final = RouteParameter("at", "an instant; else now")
STEP: Final = RouteParameter("after", "what comes after this step", form="integer")
STEPS: Final = RouteParameter("limit", "at most so many steps", form="integer", least=1, most=moments.STEPS)
WITHIN: Final = RouteParameter(
    "within_days", "how far ahead to look; else 30", form="integer", most=1_000_000
)
ROW: Final = RouteParameter("row", "the row's key columns joined by /", required=True, explained=True)
COLUMN: Final = RouteParameter("column", "one figure; else all of the row")
KNOWN_TWICE: Final = RouteParameter(
    "known_at", "twice, before and after: a number of records, or an instant", many=True, required=True
)
FORMAT: Final = RouteParameter(
    "format",
    "the ending of the file",
    in_path=True,
    required=True,
    choices=tuple(reports.ENDINGS),
    example="csv",
)
RECORD: Final = RouteParameter("record", "a record's id or index", required=True, example="1")
SIZE: Final = RouteParameter("size", "a size of the log; else that of the newest checkpoint", form="integer")
EARLIER: Final = RouteParameter(
    "from", "the earlier size of the log", form="integer", required=True, least=1, example="1"
)
LATER: Final = RouteParameter(
    "to", "the later size; else that of the newest checkpoint", form="integer", least=1
)
SINCE: Final = RouteParameter("since", "records after the first so many; else from now on", form="integer")
TOKEN: Final = RouteParameter("token", "a token's public name", in_path=True, required=True, example="audit")
EXPLAINED: Final = (NAME, ROW, COLUMN, *(one for one in REPORT if one is not NAME))
COMPARED: Final = (KNOWN_TWICE, *(one for one in REPORT if one is not KNOWN_AT))
FORMATS: Final = tuple(reports.MEDIA_TYPES)
SEALED: Final = (Malformed, Refused, Tampered)
RECORDED: Final = (answers.RecordedClaim, answers.RecordedClaims, answers.TriedClaims)

ROUTES: Final = (
    Route(
        "POST",
        f"{API}/records",
        "postRecords",
        "Record claims, all or none: one JSON object, an array, JSON Lines, or story text.",
        Right.APPEND,
        records.post_records,
        (DRY_RUN,),
        CLAIMS,
        schema=RECORDED,
        statuses=(200, 201),
        errors=WRITING,
    ),
    Route(
        "GET",
        f"{API}/records",
        "getRecords",
        "List records, oldest first.",
        Right.RECORDS,
        records.get_records,
        (STREAM, PLACE, KIND, FROM, TO, AFTER, LIMIT, KNOWN_AT, HISTORY),
        schema=answers.RecordPage,
        answers=(JSON, NDJSON, TEXT),
    ),
    Route(
        "GET",
        f"{API}/records/{{id}}",
        "getRecord",
        "Show one record, what it corrects and what corrects it.",
        Right.RECORDS,
        records.get_record,
        (ID,),
        schema=answers.RecordFound,
    ),
    Route(
        "GET",
        f"{API}/state",
        "getState",
        "Show everything that was true at an instant.",
        Right.REPORTS,
        moments.get_state,
        (AT, SITE, KNOWN_AT),
        schema=answers.StateFound,
    ),
    Route(
        "GET",
        f"{API}/replay",
        "getReplay",
        "Show the timeline, with the state after each step.",
        Right.RECORDS,
        moments.get_replay,
        (SITE, FROM, TO, KNOWN_AT, STEP, STEPS),
        schema=answers.StepPage,
    ),
    Route(
        "POST",
        f"{API}/what-if",
        "postWhatIf",
        "Show what each report would say with hypothetical facts; nothing is recorded.",
        Right.REPORTS,
        moments.post_what_if,
        WINDOW,
        CLAIMS,
        answers.HypothesisFound,
        errors=SEALED,
    ),
    Route(
        "GET",
        f"{API}/now",
        "getNow",
        "Show what is open or abnormal.",
        Right.REPORTS,
        moments.get_now,
        (SITE, *CHOICES, AT, KNOWN_AT),
        schema=answers.NowFound,
    ),
    Route(
        "GET",
        f"{API}/due",
        "getDue",
        "List every deadline that is past and open, or comes soon, also as a calendar.",
        Right.REPORTS,
        moments.get_due,
        (SITE, *CHOICES, AT, WITHIN, KNOWN_AT),
        schema=answers.DueFound,
        answers=(JSON, moments.CALENDAR),
    ),
    Route(
        "GET",
        f"{API}/due.ics",
        "getDueCalendar",
        "The deadlines as a calendar, for programs that subscribe to it.",
        Right.REPORTS,
        moments.get_due_calendar,
        (SITE, *CHOICES, AT, WITHIN, KNOWN_AT),
        answers=(moments.CALENDAR,),
    ),
    Route(
        "GET",
        f"{API}/commitments.atom",
        "getCommitmentsFeed",
        "The commitments as an Atom feed, the one that changed last first.",
        Right.REPORTS,
        reports.get_commitments_feed,
        (SITE, *CHOICES, AS_OF, KNOWN_AT),
        answers=(reports.ATOM,),
    ),
    Route(
        "GET",
        f"{API}/reports",
        "getReports",
        "List the reports.",
        Right.REPORTS,
        reports.get_reports,
        schema=answers.ReportsFound,
    ),
    Route(
        "GET",
        f"{API}/reports/{{name}}.{{format}}",
        "getReportFile",
        "Compute a report, in the format of the ending.",
        Right.REPORTS,
        reports.get_report_file,
        (FORMAT, *REPORT),
        schema=answers.ReportFound,
        answers=FORMATS,
    ),
    Route(
        "GET",
        f"{API}/reports/{{name}}",
        "getReport",
        "Compute a report, in the format that Accept names.",
        Right.REPORTS,
        reports.get_report,
        REPORT,
        schema=answers.ReportFound,
        answers=FORMATS,
    ),
    Route(
        "GET",
        f"{API}/reports/{{name}}/explain",
        "getExplanation",
        "Explain the figures of a row down to their records.",
        Right.REPORTS,
        reports.get_explanation,
        EXPLAINED,
        schema=answers.ExplanationFound,
    ),
    Route(
        "GET",
        f"{API}/reports/{{name}}/diff",
        "getDifference",
        "Show what changed in a report as later facts came in.",
        Right.REPORTS,
        reports.get_difference,
        COMPARED,
        schema=answers.DifferenceFound,
    ),
    Route(
        "POST",
        f"{API}/query",
        "postQuery",
        "Answer one SELECT over records and report tables.",
        Right.RECORDS,
        query.post_query,
        bodies=((JSON, query.QueryBody),),
        schema=answers.QueryFound,
        answers=query.ANSWERS,
    ),
    Route(
        "GET",
        f"{API}/query",
        "getQuery",
        "Answer one SELECT over records and report tables, in the form that Accept names.",
        Right.RECORDS,
        query.get_query,
        query.PARAMETERS,
        schema=answers.QueryFound,
        answers=query.ANSWERS,
    ),
    Route(
        "GET",
        f"{API}/query.{{format}}",
        "getQueryFile",
        "Answer one SELECT over records and report tables, in the form of the ending.",
        Right.RECORDS,
        query.get_query_file,
        (query.FORMAT, *query.PARAMETERS),
        schema=answers.QueryFound,
        answers=query.ANSWERS,
    ),
    Route(
        "GET",
        f"{API}/checkpoint",
        "getCheckpoint",
        "Show the newest signed checkpoint.",
        Right.PROOFS,
        proofs.get_checkpoint,
        schema=answers.CheckpointFound,
        answers=(TEXT, JSON),
        errors=SEALED,
    ),
    Route(
        "GET",
        f"{API}/proof/inclusion",
        "getInclusion",
        "Prove that a record is in the log.",
        Right.PROOFS,
        proofs.get_inclusion,
        (RECORD, SIZE),
        schema=answers.InclusionFound,
        answers=(JSON, TEXT),
        errors=SEALED,
    ),
    Route(
        "GET",
        f"{API}/proof/consistency",
        "getConsistency",
        "Prove that an earlier log is the beginning of a later one.",
        Right.PROOFS,
        proofs.get_consistency,
        (EARLIER, LATER),
        schema=answers.ConsistencyFound,
        errors=SEALED,
    ),
    Route(
        "POST",
        f"{API}/bundles",
        "postBundle",
        "Make a bundle of streams and reports, with proof, for a reader offline.",
        Right.PROOFS,
        proofs.post_bundle,
        bodies=((JSON, proofs.BundleBody),),
        answers=(proofs.ZIP,),
        errors=WRITING,
    ),
    Route(
        "GET",
        f"{API}/live",
        "getLive",
        "Follow the log: server-sent events, resumable by Last-Event-ID, or JSON Lines.",
        Right.RECORDS,
        live.get_live,
        (STREAM, PLACE, KIND, SINCE),
        answers=(EVENTS, NDJSON),
    ),
    Route(
        "POST",
        f"{API}/tokens",
        "postToken",
        "Grant a token with a role and a scope; its secret is in this answer alone.",
        Right.ADMIN,
        access.post_token,
        bodies=((JSON, access.TokenBody),),
        schema=answers.TokenGranted,
        statuses=(201,),
        errors=WRITING,
    ),
    Route(
        "POST",
        f"{API}/tokens/narrow",
        "postNarrowedToken",
        "Grant a token for less than one's own.",
        Right.HOLDER,
        access.post_narrowed,
        bodies=((JSON, access.NarrowBody),),
        schema=answers.TokenGranted,
        statuses=(201,),
        errors=WRITING,
    ),
    Route(
        "GET",
        f"{API}/tokens",
        "getTokens",
        "List every token, with why it is void.",
        Right.ADMIN,
        access.get_tokens,
        schema=answers.TokensFound,
    ),
    Route(
        "POST",
        f"{API}/tokens/{{token}}/revoke",
        "postRevokedToken",
        "Make a token void, and those that were narrowed from it.",
        Right.ADMIN,
        access.post_revoked,
        (TOKEN,),
        schema=answers.TokenFound,
        errors=WRITING,
    ),
    Route(
        "POST",
        f"{API}/why",
        "postWhy",
        "Say why a token or a role is allowed or refused a route, and what of the book it reads.",
        Right.HOLDER,
        access.post_why,
        bodies=((JSON, access.WhyBody),),
        schema=answers.WhyFound,
        names=True,
    ),
    Route(
        "GET",
        f"{API}/status",
        "getStatus",
        "Show what the book is and how far it is sealed.",
        Right.RECORDS,
        service.get_status,
        schema=answers.StatusFound,
    ),
    Route(
        "GET",
        f"{API}/openapi.json",
        "getOpenapi",
        "Show this contract as OpenAPI 3.1.",
        Right.OPEN,
        service.get_openapi,
        errors=(),
    ),
    Route(
        "GET",
        f"{API}/healthz",
        "getHealth",
        "Say whether the service works.",
        Right.OPEN,
        service.get_health,
        schema=answers.HealthFound,
        statuses=(200, 503),
        errors=(),
    ),
    Route(
        "GET",
        f"{API}/metrics",
        "getMetrics",
        "Show figures of the service for Prometheus.",
        Right.ADMIN,
        service.get_metrics,
        answers=(metrics.TYPE,),
    ),
    *LOG_ROUTES,
    *READINGS_ROUTES,
)
