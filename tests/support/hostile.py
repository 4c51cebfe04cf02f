"""Hostile files of TRUST's table: what a parser, the command line, the service and every importer are given. Each is
made here, small as code, and none is more than about ten megabytes.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from typing import Final

CLAIM: Final = '{"kind":"incident-opened","at":"%s","site":"s1","body":{"incident":"i7","summary":%s}}'
READING: Final = '{"kind":"capacity-energized","at":"2026-06-05T00:00Z","site":"s1","body":{"power_w":%s}}'


def _claim(summary: str, at: str = "2026-06-05T00:00Z") -> bytes:
    return (CLAIM % (at, summary)).encode()


def _power(number: str) -> bytes:
    return (READING % number).encode()


def _zip(fill: Callable[[zipfile.ZipFile], object]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return data.getvalue()


def _linked(archive: zipfile.ZipFile) -> None:
    link = zipfile.ZipInfo("xl/workbook.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(link, "/etc/passwd")


def _bomb(archive: zipfile.ZipFile) -> None:
    """Sixty-four megabytes of one byte, in some sixty kilobytes."""
    archive.writestr("[Content_Types].xml", b"<Types/>")
    archive.writestr("xl/workbook.xml", b" " * (64 << 20))


FILES: Final[dict[str, bytes]] = {
    "a byte": b"\0",
    # --- JSON ---
    "depth 100,000": b"[" * 100_000,
    "depth 100,000 of objects": b'{"a":' * 100_000,
    "10 MB of {}": b"{}" * 5_000_000,
    "a list of 300,000 {}": b"[" + b"{}," * 300_000 + b"{}]",
    "2^53": _power(str(1 << 53)),
    "2^63": _power(str(1 << 63)),
    "2^64": _power(str(1 << 64)),
    "5,000 digits": _power("9" * 5_000),
    "1e999999": _power("1e999999"),
    "NaN": _power("NaN"),
    "Infinity": _power("-Infinity"),
    "-0.0": _power("-0.0"),
    "a double key": b'{"kind":"incident-opened","kind":"incident-opened"}',
    "a kind that names a module": _claim('"x"').replace(b"incident-opened", b"os:system"),
    # --- text ---
    "no UTF-8": _claim('"x"').replace(b"x", b"\xff\xfe"),
    "no UTF-8 in a story": b"2026-06-05T00:00Z s1 incident-opened incident=i7 summary=\xff",
    "NUL": _claim('"\\u0000"'),
    "a bare NUL": b"2026-06-05T00:00Z s1 incident-opened incident=i7 summary=\0",
    "a lone surrogate": _claim('"\\ud800"'),
    "a byte order mark": b"\xef\xbb\xbf" + _claim('"\\u0000"'),
    "a name that turns direction": _claim('"x"').replace(b"i7", b"i\\u202e7"),
    "a name of no width": _claim('"x"').replace(b"i7", b"i\\u200b7"),
    "a name of 4,000 characters": _claim('"x"').replace(b"i7", b"i" * 4_000),
    "a name that climbs": _claim('"x"').replace(b"i7", b"../../x"),
    "a text of 5,000 characters": _claim('"' + "x" * 5_000 + '"'),
    "a long line": b"x" * 10_000_000,
    # --- times ---
    "a naive instant": _claim('"x"', "2026-06-05T00:00"),
    "24:00": _claim('"x"', "2026-06-05T24:00Z"),
    "year 9999 with an offset": _claim('"x"', "9999-12-31T23:59:59-12:00"),
    "year 0": _claim('"x"', "0000-01-01T00:00Z"),
    # --- XML ---
    "depth 100,000 of elements": b"<a>" * 100_000,
    "entities in entities": b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><feed>&b;</feed>',
    "an external entity": b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed>&a;</feed>',
    "an external DTD": b'<!DOCTYPE l SYSTEM "http://127.0.0.1:9/l.dtd"><feed/>',
    "10 MB in an attribute": b'<feed a="' + b"x" * 10_000_000 + b'"/>',
    "an unknown encoding": b'<?xml version="1.0" encoding="utf-7"?><feed/>',
    # --- ZIP ---
    "a ZIP that climbs": _zip(lambda archive: archive.writestr("../../x", b"x")),
    "a ZIP with an absolute name": _zip(lambda archive: archive.writestr("/etc/x", b"x")),
    "a ZIP with a link": _zip(_linked),
    "a ZIP that expands": _zip(_bomb),
    "a ZIP cut short": _zip(lambda archive: archive.writestr("xl/workbook.xml", b"x" * 999))[:-30],
    "a ZIP with data behind it": _zip(lambda archive: archive.writestr("a", b"x")) + b"x" * 70_000,
    "gzip": b"\x1f\x8b\x08\0" + bytes(64),
}
"""By name, what no way in may record."""
