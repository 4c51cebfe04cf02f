"""Check what an operator of a wattledger hands over, without trusting him: one file, the standard library
alone, Python 3.10 or newer.

    python3 verify.py BUNDLE --key VKEY --stream SITE/CLASS ... [--from T --to T] [--state FILE]
                             [--policy FILE] [--max-age 7d]

A bundle holds the records of streams of a log. VERIFIED means: these are ALL records that the log whose key
you brought has committed to on the streams you named, none altered and none left out, as of the bundle's
checkpoint. The verdict comes in words, then as a last line in JSON: {"verdict", "code", "where", "why",
"report", "scope"}. Exit 0 VERIFIED, 1 FAILED, 2 MALFORMED, 3 INCOMPLETE-TRUST (nothing is wrong, but
something that you must bring or wait for is missing). BUNDLE may also be the proof of one record, a
.tlog-proof: it says that this record is in the log, no more.

Bring these yourself, never from the bundle or from who made it: the key, the streams, the window, your state
file (what you verified last; it is written after success), the witnesses you trust (--policy), the greatest
age you accept. --help says more.

This is the only implementation of checking: the program that makes proofs uses these same functions. In
the order of the file: RFC 6962 trees, strict Ed25519 (RFC 8032), the C2SP formats signed-note,
tlog-checkpoint and tlog-cosignature, canonical JSON records, bundles, the checks in their order, the
verdict, the command. ML-DSA-44 signatures are checked where the program that imports it brings a verifier of
them (wattledger verify); this file passes over them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime

from ledger.verifier.bundle import read_bundle
from ledger.verifier.checks import Checked, check_as_typed
from ledger.verifier.faults import NOTE_LIMIT, BadOption, ProofError
from ledger.verifier.files import opened, read_policy, read_receipts, read_state, remember, say
from ledger.verifier.reader import Asked
from ledger.verifier.record_proof import SINGLE
from ledger.verifier.registry import check_stream_name
from ledger.verifier.signatures import pinned_key
from ledger.verifier.single import check_single
from ledger.verifier.times import UTC, parse_duration, parse_time
from ledger.verifier.verdict import EXITS, Verdict, refusal, verdict
from ledger.verifier.window import check_order
from ledger.verifier.wording import words


def _parser() -> argparse.ArgumentParser:
    about = (__doc__ or "").split("\n\n")
    parser = argparse.ArgumentParser(
        prog="verify.py",
        description="\n\n".join(about[2:4]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=about[0],
    )
    parser.add_argument("bundle", help="the file that was handed over")
    parser.add_argument("--key", required=True, help="the log's verifier key, as you were given it before")
    parser.add_argument(
        "--stream",
        action="append",
        default=[],
        dest="streams",
        help="a stream you want all records of; say it again for more",
    )
    parser.add_argument(
        "--from",
        dest="start",
        type=parse_time,
        help="start of your window, an instant or a date in the sites' zone",
    )
    parser.add_argument("--to", dest="stop", type=parse_time, help="end of your window, not included")
    parser.add_argument("--state", help="your file of what you verified last; written after success")
    parser.add_argument("--policy", help="your file of the witnesses you trust: lines witness, group, quorum")
    parser.add_argument(
        "--receipt",
        action="append",
        default=[],
        dest="receipts",
        help="your proof of one record, which must be there at its position; say it again for more",
    )
    parser.add_argument(
        "--accept-old", action="store_true", help="take a bundle of the format before November 2026 as enough"
    )
    parser.add_argument("--max-age", type=parse_duration, help="refuse what is older: 7d, 24h, 90min")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the verdict and return its exit code: 130 where it was interrupted, 2 where it could not be
    written or where what the reader typed cannot be meant.
    """
    try:
        said = _parser().parse_args(arguments)
        found, checked = _judged(said.bundle, _brought(said))
        if checked is not None and found.verdict == "VERIFIED" and said.state:
            remember(said.state, checked.state)
        say([*words(found), found.json()])
        return found.exit_code
    except BadOption as why:
        print(f"verify.py: {why.told()}", file=sys.stderr)
        return EXITS["MALFORMED"]
    except KeyboardInterrupt:
        print("interrupted: nothing was verified", file=sys.stderr)
        return 130
    except OSError as why:
        print(f"the verdict cannot be written: {why.strerror or why}", file=sys.stderr)
        return EXITS["MALFORMED"]


def _brought(said: argparse.Namespace) -> Asked:
    """Read what the reader brings; ``BadOption`` for what cannot be meant."""
    pinned_key(said.key)
    for name in said.streams:
        check_stream_name(name)
    asked = Asked(
        said.key,
        tuple(dict.fromkeys(said.streams)),
        said.start if isinstance(said.start, int) else None,
        said.stop if isinstance(said.stop, int) else None,
        read_state(said.state) if said.state else None,
        read_policy(said.policy) if said.policy else None,
        said.max_age,
        int(datetime.now(UTC).timestamp()),
        read_receipts(said.receipts),
        said.accept_old,
        said.start if isinstance(said.start, str) else None,
        said.stop if isinstance(said.stop, str) else None,
    )
    check_order(asked.start_s, asked.stop_s)
    return asked


def _judged(path: str, asked: Asked) -> tuple[Verdict, Checked | None]:
    try:
        with opened(path) as data:
            if data[: len(SINGLE)] == SINGLE:
                return check_single(bytes(data[: NOTE_LIMIT + 1]), asked), None
            checked = check_as_typed(read_bundle(data), asked)
            return verdict(checked, "not-checked" if checked.bundle.reports else "none"), checked
    except BadOption:
        raise
    except ProofError as why:
        return refusal(why), None


if __name__ == "__main__":
    sys.exit(main())
