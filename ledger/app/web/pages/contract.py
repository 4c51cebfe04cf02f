"""The pages of the service: one line each, like the routes of the API."""

from __future__ import annotations

from typing import Final

from ledger.app.web.pages import home
from ledger.app.web.pages.templates import HTML
from ledger.app.web.routes import Right, Route

PAGES: Final = (
    Route("GET", "/", "pageHome", "Sites with their figures.", Right.REPORTS, home.get_home, answers=(HTML,)),
)
