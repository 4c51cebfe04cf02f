"""The pages of single records: read one, correct or retract it, replay its site, enter new ones."""

from __future__ import annotations

from typing import Final

from ledger.app.web.pages import changes, entry, record, replay, upload
from ledger.app.web.pages.clocks import AS_OF
from ledger.app.web.pages.layout import HTML
from ledger.app.web.pages.sign_in import FORM
from ledger.app.web.routes import WRITING, Right, Route, RouteParameter
from ledger.exchange.kind_form import ENTERED

PAGE: Final = (HTML,)
BODY: Final = ((FORM, None),)
ID: Final = RouteParameter("id", "a record's id or index", in_path=True, required=True, example="4")
KIND: Final = RouteParameter(
    "kind",
    "a kind of fact",
    in_path=True,
    required=True,
    choices=tuple(kind.name for kind in ENTERED),
    example="incident-opened",
)
SITE: Final = RouteParameter("site", "the site that is meant")
AT: Final = RouteParameter("at", "the moment; else the last of which something is known")
KNOWN_AT: Final = RouteParameter("known_at", "what was known: a number of records, or an instant; else all")

RECORD_PAGES: Final = (
    Route(
        "GET",
        "/records/{id}",
        "pageRecord",
        "One record with its proof.",
        Right.RECORDS,
        record.get_record,
        (ID,),
        answers=PAGE,
    ),
    Route(
        "POST",
        "/records/{id}/correct",
        "pageCorrected",
        "Show a correction, then record it.",
        Right.CORRECT,
        changes.post_correct,
        (ID,),
        BODY,
        answers=PAGE,
        statuses=(200, 303),
        errors=WRITING,
    ),
    Route(
        "POST",
        "/records/{id}/retract",
        "pageRetracted",
        "Show a retraction, then record it.",
        Right.CORRECT,
        changes.post_retract,
        (ID,),
        BODY,
        answers=PAGE,
        statuses=(200, 303),
        errors=WRITING,
    ),
    Route(
        "GET",
        "/replay",
        "pageReplay",
        "A site at any moment, as it was known at any time.",
        Right.RECORDS,
        replay.get_replay,
        (SITE, AT, AS_OF, KNOWN_AT),
        answers=PAGE,
    ),
    Route(
        "POST",
        "/replay",
        "pageWhatIf",
        "Which figures would change with hypothetical facts.",
        Right.REPORTS,
        replay.post_what_if,
        (SITE, AT, AS_OF, KNOWN_AT),
        BODY,
        answers=PAGE,
    ),
    Route(
        "GET",
        "/enter",
        "pageEnter",
        "What can be recorded.",
        Right.APPEND,
        entry.get_kinds,
        (SITE,),
        answers=PAGE,
    ),
    Route(
        "GET",
        "/enter-file",
        "pageEnterFile",
        "The form of a spreadsheet.",
        Right.APPEND,
        upload.get_upload,
        answers=PAGE,
    ),
    Route(
        "POST",
        "/enter-file",
        "pageEnteredFile",
        "Show the facts of a spreadsheet, then record them.",
        Right.APPEND,
        upload.post_upload,
        (),
        BODY,
        answers=PAGE,
        errors=WRITING,
    ),
    Route(
        "GET",
        "/enter/{kind}",
        "pageEnterKind",
        "The form of a kind.",
        Right.APPEND,
        entry.get_form,
        (KIND, SITE),
        answers=PAGE,
    ),
    Route(
        "POST",
        "/enter/{kind}",
        "pageEntered",
        "Show the fact of a form, then record it.",
        Right.APPEND,
        entry.post_form,
        (KIND, SITE),
        BODY,
        answers=PAGE,
        statuses=(200, 303),
        errors=WRITING,
    ),
)
