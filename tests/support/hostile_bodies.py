"""Hostile bodies of TRUST: name, body, headers, and the status that answers each within a second."""

from __future__ import annotations

from typing import Final

JSON: Final = {"Content-Type": "application/json"}
TEXT: Final = {"Content-Type": "text/plain"}
CLAIM: Final = (
    '{"kind":"incident-opened","at":"2026-06-05T00:00Z","site":"s1","body":{"incident":"i7","summary":%s}}'
)
READING: Final = '{"kind":"capacity-energized","at":"2026-06-05T00:00Z","site":"s1","body":{"power_w":%s}}'
BODIES: Final[dict[str, tuple[bytes, dict[str, str], int]]] = {
    "depth 100,000": (b"[" * 100_000, JSON, 422),
    "objects of depth 30,000": (b'{"a":' * 30_000 + b"1" + b"}" * 30_000, JSON, 422),
    "10 MB of {}": (b"[" + b"{}," * 3_400_000 + b"{}]", JSON, 413),
    "1 MB of {}": (b"[" + b"{}," * 340_000 + b"{}]", JSON, 422),
    "1,001 claims": (b"[" + b",".join([(CLAIM % '"x"').encode()] * 1_001) + b"]", JSON, 422),
    "nothing": (b"", JSON, 422),
    "an empty array": (b"[]", JSON, 422),
    "a key twice": (b'{"kind":"a","kind":"b"}', JSON, 422),
    "bad UTF-8": (b'{"kind":"\xff"}', JSON, 422),
    "bad UTF-8 in a story": (b"2026-06-05T00:00Z s1 incident-opened incident=i7 summary=\xff", TEXT, 422),
    "a byte order mark": (b"\xef\xbb\xbf{}", JSON, 422),
    "NUL": ((CLAIM % '"\\u0000"').encode(), JSON, 422),
    "a lone surrogate": ((CLAIM % '"\\ud800"').encode(), JSON, 422),
    "a bidi name": ((CLAIM % '"x"').replace("i7", "i\\u202e7").encode(), JSON, 422),
    "2^53": ((READING % (1 << 53)).encode(), JSON, 422),
    "2^64": ((READING % (1 << 64)).encode(), JSON, 422),
    "5,000 digits": ((READING % ("9" * 5_000)).encode(), JSON, 422),
    "1e999999": ((READING % "1e999999").encode(), JSON, 422),
    "NaN": ((READING % "NaN").encode(), JSON, 422),
    "-0.0": ((READING % "-0.0").encode(), JSON, 422),
    "a naive instant": ((CLAIM % '"x"').replace("00Z", "00").encode(), JSON, 422),
    "24:00": ((CLAIM % '"x"').replace("00:00Z", "24:00Z").encode(), JSON, 422),
    "a kind that names a module": (
        (CLAIM % '"x"').replace("incident-opened", "os:system").encode(),
        JSON,
        422,
    ),
    "a form": (b"kind=incident-opened", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "another charset": (b"{}", {"Content-Type": "application/json; charset=utf-16"}, 415),
    "a compressed body": (b"\x1f\x8b", {**JSON, "Content-Encoding": "gzip"}, 415),
    "a chunked body that is too large": (b"x" * (3 << 20), {**TEXT, "Transfer-Encoding": "chunked"}, 413),
}
