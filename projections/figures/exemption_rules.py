"""What rules of tax exemptions ask for, each with its section and its state: one table, which the operator's
exemption-granted overrides.

Sources: the pages of the Georgia Department of Revenue on the exemption name O.C.G.A. 48-8-3(68.1), rule
560-12-2-.117, thresholds by the county's population in the latest decennial census, an average number of new
quality jobs during the investment period, and new thresholds as of May 9, 2022 by HB 1291. The amounts, the
seven years and the 60 days are from published summaries of HB 696 (2018) and HB 1291 (2022), since the text
of the rule was not at hand; where it differs, it wins over this table. What a new quality job needs of hours
and wage is not in these sources, so no line here has it: the operator records it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ledger.kinds.exemptions import ExemptionRule

DOLLAR: Final = 100
MILLION: Final = 1_000_000 * DOLLAR


class CountyStep(NamedTuple):
    """Threshold and jobs in counties of more people than ``above``."""

    above: int
    threshold_cents: int
    jobs: int


class Thresholds(NamedTuple):
    """Steps by population, the greatest first, for investment periods that start on a day or later."""

    since: str
    text: str
    steps: tuple[CountyStep, ...]


class InvestmentRule(NamedTuple):
    """An exemption's rule: thresholds, the latest first; months of the investment period; days after it
    within which the threshold is shown.
    """

    section: str
    status: str
    thresholds: tuple[Thresholds, ...]
    months: int
    proof_days: int


RULES: Final[dict[ExemptionRule, InvestmentRule]] = {
    "ga-560-12-2-117": InvestmentRule(
        "O.C.G.A. 48-8-3(68.1), Ga. Comp. R. & Regs. 560-12-2-.117",
        "in force; figures from published summaries of HB 696 (2018) and HB 1291 (2022)",
        (
            Thresholds(
                "2022-05-09",
                "HB 1291 (2022)",
                (
                    CountyStep(50_000, 250 * MILLION, 25),
                    CountyStep(29_999, 75 * MILLION, 10),
                    CountyStep(-1, 25 * MILLION, 5),
                ),
            ),
            Thresholds(
                "",
                "HB 696 (2018)",
                (
                    CountyStep(50_000, 250 * MILLION, 20),
                    CountyStep(29_999, 150 * MILLION, 20),
                    CountyStep(-1, 100 * MILLION, 20),
                ),
            ),
        ),
        months=84,
        proof_days=60,
    ),
    "other": InvestmentRule(
        "other",
        "the certificate says everything itself",
        (Thresholds("", "the certificate", (CountyStep(-1, 0, 0),)),),
        months=0,
        proof_days=0,
    ),
}


def county_step(rule: InvestmentRule, population: int, starts_on: str) -> CountyStep:
    """The step of a county for an investment period that starts on a day."""
    thresholds = next(one for one in rule.thresholds if starts_on >= one.since)
    return next(step for step in thresholds.steps if population > step.above)
