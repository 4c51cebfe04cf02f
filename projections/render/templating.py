"""Pages from templates, by Jinja2.

Templates are the files of a room's ``templates/``; ``base.html`` is the layout of every page and
``macros.html`` what pages share. Another room that makes pages gives its name to ``environment`` and builds
on both. Every value that a template shows is text: it is made inert and escaped here, whatever the template
does. Only markup that templates made, and drawings (``markup``), pass unchanged. An undefined name in a
template is an error.

A page has one style sheet, inside it, which its Content-Security-Policy allows by hash. jinja2 is imported,
and a template compiled, when the first page is made: most commands make none. What was compiled is kept
beside the modules' own compiled files, where Python keeps these too.
"""

from __future__ import annotations

import hashlib
import html
import sys
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from typing import TYPE_CHECKING, Final

from ledger.errors import inert
from projections.engine.amounts import said
from projections.engine.table import Paper
from projections.engine.words import duration
from projections.render.charts.paint import STYLE

if TYPE_CHECKING:
    from jinja2 import Environment, FileSystemBytecodeCache
    from jinja2.bccache import Bucket
    from markupsafe import Markup

ROOM: Final = "projections.render"
_SIZES: Final[dict[Paper, str]] = {"a4": "A4", "letter": "letter"}


@cache
def environment(room: str = ROOM) -> Environment:
    """The templates of a room, and those of this one."""
    import jinja2

    rooms = dict.fromkeys((room, ROOM))
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(name) for name in rooms]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_compiled(),
    )
    made.filters |= {"thousands": "{:,}".format, "lines": _lines, "exact": exact}
    made.filters |= {"amount": said, "duration": duration}
    return made


def _compiled() -> FileSystemBytecodeCache | None:
    """Where compiled templates are kept; None where Python keeps no compiled module either."""
    import jinja2

    class BesideModules(jinja2.FileSystemBytecodeCache):
        def dump_bytecode(self, bucket: Bucket) -> None:
            with suppress(OSError):  # an installation that this user may not write is compiled each time
                super().dump_bytecode(bucket)

    if sys.dont_write_bytecode:
        return None
    return BesideModules("", cache_from_source(__file__).replace("%", "%%") + ".%s")


def page(template: str, style: str, **values: object) -> bytes:
    """A page with its style sheet. Its pieces are encoded as they come: a long table is never held as one
    text beside the page.
    """
    assert "</" not in style, "what ends a style element stands in the style sheet"
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    pieces = environment().get_template(template).generate(style=markup(style), style_sha256=digest, **values)
    return b"".join(piece.encode() for piece in pieces)


def sheet(template: str, paper: Paper, **values: object) -> str:
    """The style sheet of a page that is printed on some paper."""
    made = environment().get_template(template).render(paper=_SIZES[paper], drawings=markup(STYLE), **values)
    return made.strip()


def text(template: str, **values: object) -> bytes:
    """A file that is not a page."""
    return environment().get_template(template).render(**values).encode()


def forms(template: str, names: Sequence[str]) -> list[str]:
    """The pieces of markup that a template sets under some names."""
    module = environment().get_template(template).module
    return [str(getattr(module, name)) for name in names]


def markup(made: str) -> Markup:
    """Mark a text as markup, such as a drawing."""
    return _markup_type()(made)


@cache
def _markup_type() -> type[Markup]:
    from markupsafe import Markup

    return Markup


def shown(value: object) -> Markup:
    """A value as a template shows it: text that is neither markup nor a change of direction."""
    if isinstance(value, _markup_type()):
        return value
    assert value is not None, "a template shows what is not there"
    return markup(html.escape(inert(str(value))))


def exact(typed: str) -> Markup:
    """Value of a form control: every character as it was typed, since it is sent back unchanged."""
    return markup(html.escape(typed))


def _lines(words: str) -> Markup:
    """Text with its line ends kept."""
    return markup("\n").join(map(shown, words.split("\n")))
