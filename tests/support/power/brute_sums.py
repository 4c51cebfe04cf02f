"""The sums of payments by installment, by brute force: from an export of the log, from what writers were told, and
from a report; nothing of wattledger is imported.

    python -IS brute_sums.py EXPORT.jsonl REPORT.json TOLD...

A file TOLD has lines of one writer in the order in which it heard them: ``try RECEIPT CENTS`` before it asked,
then ``ok``, ``no`` (refused) or ``unknown`` with the receipt. Prints one JSON object; exit 1 if anything is wrong.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict

KIND = "payment-made"


def exported(path: str) -> tuple[dict[str, tuple[int, str, int]], list[str]]:
    """By receipt its place in the log, installment and cents; and what is wrong with the order of the log."""
    found: dict[str, tuple[int, str, int]] = {}
    wrong, last, due = [], "", None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if due is not None and record["index"] != due:
                wrong.append(f"record {record['index']} stands where {due} is due")
            if record["rec"] < last:
                wrong.append(f"record {record['index']} is of {record['rec']}, after one of {last}")
            due, last = record["index"] + 1, record["rec"]
            if record["kind"].startswith(KIND):
                body = record["body"]
                if body["receipt"] in found:
                    wrong.append(f"{body['receipt']} is in the log twice")
                found[body["receipt"]] = (record["index"], body["instalment"], body["amount_cents"])
    return found, wrong


def heard(path: str) -> tuple[dict[str, int], dict[str, str], list[str]]:
    """Cents by receipt that was tried, the last answer by receipt, and the receipts in the order of ``ok``."""
    tried: dict[str, int] = {}
    answers: dict[str, str] = {}
    order = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if not line.endswith("\n"):
                continue  # the writer was killed while it wrote
            word, receipt, *rest = line.split()
            if word == "try":
                tried[receipt] = int(rest[0])
            else:
                answers[receipt] = word
            if word == "ok":
                order.append(receipt)
    return tried, answers, order


def main(export: str, report: str, told: list[str]) -> int:
    """Compare all three."""
    log, wrong = exported(export)
    tried: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for path in told:
        asked, answers, order = heard(path)
        tried.update(asked)
        counts.update(answers.get(receipt, "killed") for receipt in asked)
        wrong += [f"{receipt} was acknowledged and is lost" for receipt in order if receipt not in log]
        wrong += [
            f"{r} was refused and is in the log" for r, word in answers.items() if word == "no" and r in log
        ]
        places = [log[receipt][0] for receipt in order if receipt in log]
        if places != sorted(places):
            wrong.append(f"{path}: what one writer heard of is in another order in the log")
    wrong += [f"{receipt} is in the log, and nobody tried it" for receipt in log if receipt not in tried]
    wrong += [f"{r} has {log[r][2]} cents of {tried[r]}" for r in log if r in tried and log[r][2] != tried[r]]
    sums: dict[str, int] = defaultdict(int)
    for _, instalment, cents in log.values():
        sums[instalment] += cents
    with open(report, encoding="utf-8") as file:
        rows = {row["instalment"]: row["paid_cents"] for row in json.load(file)["rows"]}
    for instalment in sorted(rows.keys() | sums.keys()):
        if rows.get(instalment, 0) != sums.get(instalment, 0):
            wrong.append(
                f"{instalment}: the report says {rows.get(instalment)}, the sum is {sums.get(instalment)}"
            )
    there = {"in_log": len(log), "cents": sum(sums.values())}
    print(json.dumps({**there, **counts, "wrong": wrong}))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
