"""The command line: ``wattledger``, and ``python -m ledger.app``."""

from __future__ import annotations

import gc
import sys


def run() -> None:
    """Load the program and run it; Ctrl-C while it loads ends it as Ctrl-C does later, without a
    traceback.
    """
    # modules, rows and tables are large and without cycles: collecting them again and again found nothing and
    # took up to a quarter of the time
    gc.set_threshold(100_000, 10, 1_000)
    try:
        from ledger.app.cli.main import main
    except KeyboardInterrupt:
        sys.stderr.write("wattledger: interrupted\n")
        sys.exit(130)
    main(prog_name="wattledger")


if __name__ == "__main__":
    run()
