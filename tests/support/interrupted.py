"""The program as a process that hears Ctrl-C: a job in the background of a shell ignores it, and so would what
it starts.
"""

from __future__ import annotations

import sys
from typing import Final

_WRAPPED: Final = (
    "import runpy, signal, sys;"
    "signal.signal(signal.SIGINT, signal.default_int_handler);"
    "sys.argv[0] = 'wattledger';"
    "runpy.run_module('ledger.app', run_name='__main__')"
)
PROGRAM: Final = (sys.executable, "-c", _WRAPPED)
"""Begins a command line."""
