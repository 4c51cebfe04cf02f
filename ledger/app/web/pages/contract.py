"""The pages of the service: one line each, like the routes of the API."""

from __future__ import annotations

from typing import Final

from ledger.app.web.pages import board, due, home, query, records, reports, sign_in, site, static
from ledger.app.web.pages.clocks import CLOCKS
from ledger.app.web.pages.layout import HTML
from ledger.app.web.pages.reader_routes import READER_PAGES
from ledger.app.web.pages.record_routes import RECORD_PAGES
from ledger.app.web.questions import REPORT
from ledger.app.web.routes import Right, Route

FORM: Final = ((sign_in.FORM, None),)
PAGE: Final = (HTML,)

PAGES: Final = (
    Route(
        "GET",
        "/",
        "pageHome",
        "The answer of the reader's role on top; every site on a line for the operator.",
        Right.REPORTS,
        home.get_home,
        (*board.FILTERS, *CLOCKS),
        answers=PAGE,
    ),
    Route(
        "GET",
        "/sites/{site}",
        "pageSite",
        "One site.",
        Right.REPORTS,
        site.get_site,
        (site.SITE, *CLOCKS),
        answers=PAGE,
    ),
    Route(
        "GET",
        "/reports",
        "pageReports",
        "The catalogue of reports.",
        Right.REPORTS,
        reports.get_reports,
        CLOCKS,
        answers=PAGE,
    ),
    Route(
        "GET",
        "/reports/{name}",
        "pageReport",
        "A report, explained and compared.",
        Right.REPORTS,
        reports.get_report,
        (*reports.PARAMETERS, *REPORT),
        answers=PAGE,
    ),
    Route(
        "GET",
        "/records",
        "pageRecords",
        "Records, the newest first.",
        Right.RECORDS,
        records.get_records,
        (*records.PARAMETERS, *CLOCKS),
        answers=PAGE,
    ),
    Route(
        "GET",
        "/due",
        "pageDue",
        "Deadlines that are past or come.",
        Right.REPORTS,
        due.get_due,
        (*due.PARAMETERS, *CLOCKS),
        answers=PAGE,
    ),
    Route(
        "GET",
        "/query",
        "pageQuery",
        "SQL over records and report tables.",
        Right.RECORDS,
        query.get_query,
        (query.SQL, *CLOCKS),
        answers=PAGE,
        statuses=(200, 422),
    ),
    Route(
        "GET",
        "/sign-in",
        "pageSignIn",
        "Sign in with a token.",
        Right.OPEN,
        sign_in.get_sign_in,
        (sign_in.NEXT,),
        answers=PAGE,
    ),
    Route(
        "POST",
        "/sign-in",
        "pageSignedIn",
        "Keep a token in the browser.",
        Right.OPEN,
        sign_in.post_sign_in,
        bodies=FORM,
        answers=PAGE,
        statuses=(303, 401),
    ),
    Route(
        "POST",
        "/sign-out",
        "pageSignedOut",
        "Forget the token.",
        Right.OPEN,
        sign_in.post_sign_out,
        bodies=FORM,
        answers=PAGE,
        statuses=(303,),
    ),
    Route(
        "GET",
        "/static/{file}",
        "pageStatic",
        "Show a file that pages load.",
        Right.OPEN,
        static.get_static,
        (static.FILE, static.VERSION),
        answers=tuple(static.TYPES.values()),
        statuses=(200, 304),
    ),
    *RECORD_PAGES,
    *READER_PAGES,
)
