"""The command line: ``wattledger``, and ``python -m ledger.app``."""

from __future__ import annotations

import sys

from ledger.app.host.memory import for_a_short_run


def run() -> None:
    """Load the program and run it; Ctrl-C while it loads ends it as Ctrl-C does later, without a
    traceback.
    """
    for_a_short_run()
    try:
        from ledger.app.cli.main import main
    except KeyboardInterrupt:
        sys.stderr.write("wattledger: interrupted\n")
        sys.exit(130)
    main(prog_name="wattledger")


if __name__ == "__main__":
    run()
