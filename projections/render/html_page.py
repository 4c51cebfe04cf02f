"""What pages that lead to others share: their head, tiles of a report's first screen, tables of texts, and how a
reader checks what he was given with nothing but what his computer has.

They need nothing from elsewhere and run nothing; links are relative, so that they work from a folder as from
any web server.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from ledger.errors import inert
from projections.engine.report import Lead
from projections.engine.table import KnownAt, Paper, Table
from projections.render import display
from projections.render.html_style import SHEET, page

_STYLE: Final = (
    f"{SHEET}\n.files{{min-width:40rem}}.files td,.files th{{text-align:left}}.files"
    " .n{text-align:right;white-space:nowrap}h3{margin:1.8rem 0 .3rem}.listed{width:100%;min-width:40rem}"
    ".listed td,.listed th{text-align:left;overflow-wrap:break-word}.listed"
    " .n{text-align:right;white-space:nowrap}.listed .d{white-space:nowrap}.listed .w{overflow-wrap:anywhere;min-width:16rem}"
    "@media print{.listed{min-width:0}.listed .w{min-width:0}}"
)


class HandedKey(NamedTuple):
    """The log's verifier key as its file holds it, the file's name, and the SHA-256 of its bytes in hex."""

    vkey: str
    file: str
    sha256: str


class Handed(NamedTuple):
    """What a reader gets to check with: the bundle and the verifier page (None where they are not there), the
    key (None where it is not at hand), the file of all sums, and how much of the log was known.
    """

    sums: str
    known: KnownAt | None
    bundle: str | None
    verifier: str | None
    key: HandedKey | None
    why_no_bundle: str = ""


def text(words: str) -> str:
    """Any text as it can stand in a page."""
    return escape(inert(words))


def opening(title: str, skip: tuple[str, str], paper: Paper, head: str = "") -> Iterator[str]:
    """The head of a page, and the link that skips to its content: place and words."""
    style = f"{_STYLE}\n@media print{{{page(paper)}}}"
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield (
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme"'
        ' content="light dark">\n'
    )
    yield f"<title>{text(title)}</title>\n{head}<style>{style}</style>\n</head>\n<body>\n"
    yield f'<a class="skip" href="#{skip[0]}">{skip[1]}</a>\n'


def closing() -> Iterator[str]:
    """The foot of a page."""
    yield (
        "</main>\n<footer><p>Made from the records of a wattledger book. The same records give these same"
        " files, byte for byte.</p></footer>\n</body>\n</html>\n"
    )


def tiles(table: Table, lead: Lead) -> Iterator[str]:
    """The figures of a first screen."""
    yield '<dl class="tiles">\n'
    for name, amount in display.figures(table, lead):
        yield f"<div><dt>{escape(name)}</dt><dd>{escape(amount)}</dd></div>\n"
    yield "</dl>\n"


def listing(
    name: str,
    titles: Sequence[str],
    rows: Iterable[Sequence[str]],
    numeric: Sequence[int] = (),
    wide: Sequence[int] = (),
    whole: Sequence[int] = (),
) -> Iterator[str]:
    """A table of cells that are markup already, the first of a row its header; ``wide`` are the columns whose
    words may break anywhere, ``whole`` those that stay on one line.
    """
    classes = (("n", numeric), ("w", wide), ("d", whole))
    kinds = {n: f' class="{kind}"' for kind, places in classes for n in places}
    yield f'<div class="scroll whole" role="region" tabindex="0" aria-label="Table: {text(name)}">\n'
    yield '<table class="listed">\n<thead><tr>'
    yield from (f'<th scope="col"{kinds.get(n, "")}>{text(title)}</th>' for n, title in enumerate(titles))
    yield "</tr></thead>\n<tbody>\n"
    for first, *others in rows:
        cells = "".join(f"<td{kinds.get(n, '')}>{cell}</td>" for n, cell in enumerate(others, 1))
        yield f'<tr><th scope="row"{kinds.get(0, "")}>{first}</th>{cells}</tr>\n'
    yield "</tbody>\n</table>\n</div>\n"


def checking(handed: Handed) -> Iterator[str]:
    """How to check it: the key, the bundle, the files."""
    yield from _key(handed)
    yield from _bundle(handed)
    yield "<p>That no file was changed on its way, in this folder:</p>\n"
    yield (
        f"<pre><code>Linux    sha256sum --check {handed.sums}\nmacOS    shasum -a 256 -c {handed.sums}\n"
        f"Windows  certutil -hashfile FILE SHA256</code></pre>\n<p>certutil shows the sum of one file, which"
        f" must be its line in <code>{handed.sums}</code>.</p>\n"
    )


def _key(handed: Handed) -> Iterator[str]:
    key = handed.key
    if key is None:
        return
    yield (
        f'<p>That the key is the operator\'s: its SHA-256 fingerprint is of the file <a href="{key.file}">'
        f"{key.file}</a>. Compare it with the one that the operator gave you another way, such as by letter or"
        " by telephone.</p>\n"
    )
    yield f"<pre><code>{key.sha256}</code></pre>\n"
    yield (
        f"<pre><code>Linux    sha256sum {key.file}\nmacOS    shasum -a 256 {key.file}\nWindows  certutil"
        f" -hashfile {key.file} SHA256</code></pre>\n"
    )


def _bundle(handed: Handed) -> Iterator[str]:
    if handed.bundle is None:
        if handed.why_no_bundle:
            yield f"<p>{text(handed.why_no_bundle)}</p>\n"
        return
    yield (
        f'<p>That the figures follow from all records, and that none was left out or changed: <a href="'
        f'{handed.bundle}">{handed.bundle}</a> holds them with their proof. Open <a href="{handed.verifier}">'
        f"{handed.verifier}</a>, drop the bundle on it, and paste the key. It needs no network. Or, at a"
        " command line:</p>\n"
    )
    vkey = handed.key.vkey if handed.key else "VKEY"
    yield f"<pre><code>wattledger verify {handed.bundle} --key {text(vkey)}</code></pre>\n"
