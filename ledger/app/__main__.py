"""``python -m ledger.app``: the command line."""

from ledger.app.cli.main import main

main(prog_name="wattledger")
