"""Terms of large-load tariffs as data: the share of the contract that is billed at least, for how long, and
after what ramp, by tariff with its text and state.

load-ramp-agreed overrides every one of them. Where a published text differs, it wins over this table. From
a commission's own release: Evergy. From the utility's page: the 25 MW of AEP Ohio. From public summaries of
the orders, since their texts were not at hand: the others. Not here, because no text with numbers was
found: the minimum share of Indiana Michigan Power (order of the IURC of February 2025; 70 MW, or 150 MW
together), the lower shares of AEP Ohio's smaller customers, and a day by which a quarterly report is filed.
Georgia's rule sets no share: the contract does.
"""

from typing import Final, Literal, NamedTuple

MW: Final = 10**6
LargeLoadTariff = Literal[
    "aep-ohio-dct", "consumers-gpd", "dominion-gs-5", "evergy-ks-llps", "ga-large-load", "other"
]
Season = Literal["summer", "winter", "year"]


class Tariff(NamedTuple):
    """What a tariff asks of a contract; None where it names no number. ``term_months`` of minimum take begin
    with the last step of the ramp, or with the first where ``from_first_step``. ``from_w`` is the least
    contract that it is about.
    """

    text: str
    status: str
    from_w: int | None = None
    minimum_ppm: int | None = None
    term_months: int | None = None
    from_first_step: bool = False
    ramp_months: int | None = None
    collateral: str = ""


TARIFFS: Final[dict[LargeLoadTariff, Tariff]] = {
    "aep-ohio-dct": Tariff(
        "AEP Ohio Schedule DCT, PUCO 24-508-EL-ATA, order of July 9, 2025",
        "in force since July 23, 2025",
        25 * MW,
        850_000,
        term_months=96,
        ramp_months=48,
        collateral="by credit; amounts as agreed",
    ),
    "consumers-gpd": Tariff(
        "Consumers Energy Rate GPD, data centers, MPSC U-21859, order of November 6, 2025",
        "in force",
        100 * MW,
        800_000,
        term_months=180,
        from_first_step=True,
        ramp_months=60,
        collateral="half of the exit fee",
    ),
    "dominion-gs-5": Tariff(
        "Dominion Energy Virginia GS-5, SCC order of November 25, 2025 (85 % of distribution and transmission,"
        " 60 % of generation)",
        "in force from January 1, 2027",
        25 * MW,
        850_000,
        term_months=168,
        from_first_step=True,
    ),
    "evergy-ks-llps": Tariff(
        "Evergy Kansas Large Load Power Service, KCC order of November 6, 2025",
        "in force",
        75 * MW,
        800_000,
        term_months=144,
        ramp_months=60,
        collateral="two years of minimum bills",
    ),
    "ga-large-load": Tariff(
        "Georgia PSC, rule of January 2025 on customers above 100 MW (docket 44280), and the utility's"
        " quarterly large load economic development report",
        "in force; share, term and collateral by contract",
        100 * MW,
    ),
    "other": Tariff("as agreed", "by contract"),
}


class SeasonMonths(NamedTuple):
    """The months of a season of a year; a winter is of the year in which it begins (own)."""

    first: int
    months: int


SEASONS: Final[dict[str, SeasonMonths]] = {
    "summer": SeasonMonths(6, 4),
    "winter": SeasonMonths(12, 3),
    "year": SeasonMonths(1, 12),
}
