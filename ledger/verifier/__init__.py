"""The verifier: everything that checks what an operator hands over, in rooms.

It needs the standard library alone. ``verify.py`` beside the rooms is made from them by tools/amalgamate.py,
in the order of ``ROOMS``, and is what an auditor is handed; the program itself imports the rooms.
``verify.html`` is the same in a browser, and the tests hold its verdicts to these.
"""

ROOMS = (
    "faults",
    "times",
    "trees",
    "ed25519",
    "keys",
    "notes",
    "checkpoints",
    "policy",
    "canonical_json",
    "leaf",
    "leaf_patterns",
    "zip_form",
    "bundle",
    "record_proof",
    "reader",
    "window",
    "key_chain",
    "signatures",
    "history",
    "heads",
    "forest",
    "corrections",
    "streams",
    "registry",
    "log_inclusion",
    "receipts",
    "sections",
    "report_json",
    "reports",
    "checks",
    "verdict",
    "single",
    "wording",
    "files",
    "main",
)
"""In reading order: a room imports from rooms before it alone."""
