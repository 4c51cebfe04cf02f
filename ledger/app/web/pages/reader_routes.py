"""The pages for whoever reads with a token: what he takes away and checks, and what he may do and why."""

from __future__ import annotations

from typing import Final

from ledger.app.web.api.proofs import ZIP
from ledger.app.web.pages import take_away, why
from ledger.app.web.pages.layout import HTML
from ledger.app.web.pages.sign_in import FORM
from ledger.app.web.routes import WRITING, Right, Route

PAGE: Final = (HTML,)
BODY: Final = ((FORM, None),)

READER_PAGES: Final = (
    Route(
        "POST",
        "/bundle",
        "pageBundle",
        "Take a bundle of streams away.",
        Right.PROOFS,
        take_away.post_bundle,
        bodies=BODY,
        answers=(ZIP,),
        errors=WRITING,
    ),
    Route(
        "GET",
        take_away.VERIFIER,
        "pageVerifier",
        "The verifier page, with the key of this log.",
        Right.PROOFS,
        take_away.get_verifier,
        (take_away.STREAM,),
        answers=PAGE,
    ),
    Route(
        "POST",
        take_away.VERIFIER,
        "pageGivenVerifier",
        "The verifier page, with a bundle in it.",
        Right.PROOFS,
        take_away.post_verifier,
        bodies=BODY,
        answers=PAGE,
        errors=WRITING,
    ),
    Route(
        "GET",
        why.PATH,
        "pageWhy",
        "Why a token or a role is allowed or refused a route.",
        Right.HOLDER,
        why.get_why,
        why.PARAMETERS,
        answers=PAGE,
    ),
)
