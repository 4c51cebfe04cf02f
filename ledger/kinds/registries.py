"""Registries of large loads as data: who must register a site, what is asked of it, under which section, and
from when on. registration-terms-set overrides the numbers; where a published text differs, it wins over this
table.

``read`` is true of an item whose text was at hand: 16 TAC 25.114(a) to (c)(5), on the page of the Public
Utility Commission of Texas, and Texas Utilities Code 39.361 and 37.0561(a) to (d). The others follow
secondary sources: public summaries of 25.114's later paragraphs (peak load and use of the year before, yearly
renewal), of Project 58481 (16 TAC 25.194 as proposed on March 12, 2026; adopted on September 18, 2026), of the
governor's directive of August 3, 2026 on the audit by ERCOT, whose criteria are not published, and of PJM's
filing. Not here, because no text with it was found: the day of the year by which a registration is renewed,
and the days within which a change is filed.
"""

from typing import Final, Literal, NamedTuple

from ledger.kinds.tariffs import MW

Registry = Literal["tx-25-114", "tx-25-194", "ercot-audit", "pjm-large-load"]
FORECAST: Final = "forecast"
"""The item that stands for one of each year to come."""


class AskedItem(NamedTuple):
    """One item that a registry asks for: its section, and whether that text was at hand. ``stated`` items may
    be answered with registration-item-stated; the others are answered by the kinds named in ``by``.
    """

    item: str
    asks: str
    section: str
    read: bool
    stated: bool = True
    by: str = ""


class RegistryState(NamedTuple):
    """What holds of a registry from a day on."""

    since_on: str
    status: str
    in_force: bool


class LargeLoadRegistry(NamedTuple):
    """A registry, ``short`` by name: the balancing authorities (EIA-930) whose sites it is about, the load from which it applies
    (``above``: only beyond it), and what it asks for. ``renewal_months`` run from the last filing.
    """

    short: str
    title: str
    filed_with: str
    authorities: tuple[str, ...]
    threshold_w: int
    above: bool
    states: tuple[RegistryState, ...]
    items: tuple[AskedItem, ...]
    mining: bool = False
    interruptible_ppm: int = 0
    forecast_years: int = 0
    renewal_months: int | None = None
    first_on: str | None = None

    def state_on(self, day: str) -> RegistryState | None:
        """What holds of it on a day (ISO); None before its first text."""
        found = [state for state in self.states if state.since_on <= day]
        return found[-1] if found else None


_REGISTRANT: Final = "registrant-recorded"
_CONTACT: Final = "registry-contact-set"
_LOCATION: Final = "county, state and parcels, by site-registered"
_CONTROL: Final = "the operator's interest in the land, by site-interest-changed"
_LADDER: Final = (
    ("requested", "power requested from the utility"),
    ("contracted", "power under contract"),
    ("energized", "the site's authorized draw"),
    ("in-service", "capacity of the blocks in service"),
)


def _ladder(section: str) -> tuple[AskedItem, ...]:
    return tuple(AskedItem(item, asks, section, read=False) for item, asks in _LADDER)


REGISTRIES: Final[dict[Registry, LargeLoadRegistry]] = {
    "tx-25-114": LargeLoadRegistry(
        "16 TAC 25.114",
        "16 TAC 25.114, virtual currency mining facilities",
        "Public Utility Commission of Texas",
        ("ERCO",),
        75 * MW,
        above=True,
        states=(RegistryState("2024-11-21", "adopted November 21, 2024; in force", in_force=True),),
        items=(
            AskedItem(
                "owners",
                "legal name, parents, principals, business names",
                "25.114(c)(1)",
                read=True,
                stated=False,
                by=_REGISTRANT,
            ),
            AskedItem(
                "address",
                "address, telephone and e-mail of the principal place of business",
                "25.114(c)(2)",
                read=True,
                stated=False,
                by=_REGISTRANT,
            ),
            AskedItem("contact", "regulatory contact", "25.114(c)(3)", read=True, stated=False, by=_CONTACT),
            AskedItem(
                "business-form", "form of business", "25.114(c)(4)", read=True, stated=False, by=_REGISTRANT
            ),
            AskedItem(
                "state-filing", "what is on file with the Secretary of State", "25.114(c)(5)", read=True
            ),
            AskedItem("location", _LOCATION, "39.361(c)(2)(A)", read=True),
            AskedItem("contracted", "total load, by power-contracted", "25.114(a)", read=True),
            AskedItem(
                "interruptible", "interruptible load as a share of the annual peak", "25.114(a)", read=True
            ),
            AskedItem("interruptible-by", "programs that interrupt it", "25.114(b)(3)", read=True),
            AskedItem("last-year-peak", "highest load of the year before", "25.114(c)", read=False),
            AskedItem("last-year-energy", "energy used in the year before", "25.114(c)", read=False),
            AskedItem(
                FORECAST,
                "anticipated peak of the year",
                "39.361(c)(2)(B)",
                read=True,
                stated=False,
                by="load-forecast-set",
            ),
        ),
        mining=True,
        interruptible_ppm=100_000,
        forecast_years=5,
        renewal_months=12,
        first_on="2025-02-01",
    ),
    "tx-25-194": LargeLoadRegistry(
        "16 TAC 25.194",
        "Utilities Code 37.0561 (SB 6) and 16 TAC 25.194, interconnection of large loads",
        "the interconnecting utility",
        ("ERCO",),
        75 * MW,
        above=False,
        states=(
            RegistryState("2025-06-20", "SB 6 in force since June 20, 2025; no rule yet", in_force=False),
            RegistryState("2026-03-12", "proposal of March 12, 2026 (Project 58481)", in_force=False),
            RegistryState(
                "2026-10-08",
                "adopted September 18, 2026; in force since October 8, 2026 (secondary source)",
                in_force=True,
            ),
        ),
        items=(
            AskedItem("site-control", _CONTROL, "25.194(d)(1)", read=False),
            AskedItem(
                "parallel-requests",
                "substantially similar requests elsewhere (25.194(d)(2))",
                "37.0561(d)",
                read=True,
                stated=False,
                by="parallel-requests-disclosed",
            ),
            AskedItem(
                "backup-generation",
                "generation on the site, and whether it can serve half of its demand",
                "37.0561(e)",
                read=False,
            ),
            AskedItem("requested", "peak demand requested", "25.194(b)", read=False),
            AskedItem("contracted", "peak demand under contract", "25.194(b)", read=False),
            AskedItem("study-fee", "the study fee", "25.194(d)(9)", read=False),
            AskedItem("security", "financial security per megawatt requested", "25.194(d)(10)", read=False),
        ),
    ),
    "ercot-audit": LargeLoadRegistry(
        "ERCOT audit",
        "audit of projects by ERCOT and the PUCT",
        "ERCOT",
        ("ERCO",),
        25 * MW,
        above=False,
        states=(
            RegistryState(
                "2026-08-03",
                "directive of August 3, 2026; criteria not published (secondary source)",
                in_force=False,
            ),
        ),
        items=(
            AskedItem("location", _LOCATION, "directive", read=False),
            AskedItem("site-control", _CONTROL, "directive", read=False),
            AskedItem("interconnection", "latest milestone of the interconnection", "directive", read=False),
            *_ladder("directive"),
            AskedItem("backup-generation", "generation on the site", "directive", read=False),
            AskedItem("water", "use of water", "directive", read=False),
        ),
    ),
    "pjm-large-load": LargeLoadRegistry(
        "PJM registry",
        "PJM Large Load Registry",
        "PJM",
        ("PJM",),
        50 * MW,
        above=False,
        states=(
            RegistryState(
                "2026-08-13",
                "filed August 13, 2026 (FERC ER26-3515), not accepted yet; planned for February 1, 2027"
                " (secondary source)",
                in_force=False,
            ),
        ),
        items=(
            AskedItem("location", _LOCATION, "filing", read=False),
            AskedItem("utility", "service area, by site-registered", "filing", read=False),
            *_ladder("filing"),
            AskedItem("own-supply", "generation that the load brings", "filing", read=False),
        ),
    ),
}
