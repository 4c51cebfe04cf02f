"""Pages made from templates (Jinja2): every value is escaped, and a name that is not given is an error."""

from __future__ import annotations

from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from ledger.app.web.routes import Reply

HTML: Final = "text/html; charset=utf-8"
_PAGES: Final = Environment(
    loader=PackageLoader("ledger.app.web.pages", "html"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(name: str, **values: Any) -> Reply:
    """The page of a template."""
    return Reply(_PAGES.get_template(name).render(**values).encode(), HTML)
