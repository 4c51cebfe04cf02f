"""The 35 sites of the portfolio, all invented; with those that have a year of readings and the one that is
leased.
"""

from __future__ import annotations

from typing import Final, NamedTuple

METERED: Final = ("sandersville", "dalton", "norcross", "pecos", "clearfield")  # with a year of readings
LEASED: Final = "vicksburg"  # the one site whose lease is executed


class Site(NamedTuple):
    """One site of the portfolio; powers in MW, ``mining`` the capacities of its mining blocks."""

    slug: str
    county: str
    state: str
    tz: str
    authority: str
    site_class: str
    contracted: int
    energized: int
    mining: tuple[int, ...] = ()
    ai: int = 0


NY, CHI, DEN = "America/New_York", "America/Chicago", "America/Denver"
SITES: Final = (
    Site("sandersville", "Washington", "GA", NY, "SOCO", "training", 250, 250, (100, 100, 50)),
    Site("dalton", "Whitfield", "GA", NY, "TVA", "mining-only", 11, 11, (11,)),
    Site("norcross", "Gwinnett", "GA", NY, "SOCO", "metro-low-latency", 20, 20, (11,), 8),
    Site("washington-ga", "Wilkes", "GA", NY, "SOCO", "mining-only", 86, 86, (86,)),
    Site("college-park", "Fulton", "GA", NY, "SOCO", "metro-low-latency", 24, 20, (20,)),
    Site("tupelo", "Lee", "MS", CHI, "TVA", "inference", 60, 40, (40,)),
    Site("vicksburg", "Warren", "MS", CHI, "MISO", "inference", 45, 45, (45,)),
    Site("meridian", "Lauderdale", "MS", CHI, "MISO", "mining-only", 30, 30, (30,)),
    Site("clinton-tn", "Anderson", "TN", NY, "TVA", "mining-only", 40, 40, (40,)),
    Site("oak-ridge", "Roane", "TN", NY, "TVA", "training", 120, 60, (60,)),
    Site("cheyenne", "Laramie", "WY", DEN, "PSCO", "inference", 100, 75, (75,)),
    Site("laramie", "Albany", "WY", DEN, "PACE", "land", 50, 0),
    Site("abilene", "Taylor", "TX", CHI, "ERCO", "training", 200, 100, (100,)),
    Site("pecos", "Reeves", "TX", CHI, "ERCO", "mining-only", 75, 75, (75,)),
    Site("lubbock", "Lubbock", "TX", CHI, "SWPP", "inference", 64, 32, (32,)),
    Site("enid", "Garfield", "OK", CHI, "SWPP", "mining-only", 40, 40, (40,)),
    Site("tulsa", "Tulsa", "OK", CHI, "SWPP", "metro-low-latency", 18, 10, (10,)),
    Site("massena", "St. Lawrence", "NY", NY, "NYIS", "inference", 50, 50, (50,)),
    Site("lancaster", "Lancaster", "PA", NY, "PJM", "metro-low-latency", 30, 15, (15,)),
    Site("clearfield", "Clearfield", "PA", NY, "PJM", "mining-only", 60, 60, (60,)),
    Site("bristol-va", "Washington", "VA", NY, "PJM", "inference", 48, 24, (24,)),
    Site("spartanburg", "Spartanburg", "SC", NY, "DUK", "inference", 55, 0),
    Site("rocky-mount", "Nash", "NC", NY, "CPLE", "land", 40, 0),
    Site("gaffney", "Cherokee", "SC", NY, "DUK", "land", 30, 0),
    Site("macon", "Bibb", "GA", NY, "SOCO", "land", 45, 0),
    Site("tifton", "Tift", "GA", NY, "SOCO", "land", 25, 0),
    Site("paducah", "McCracken", "KY", CHI, "TVA", "training", 60, 0),
    Site("hopkinsville", "Christian", "KY", CHI, "TVA", "land", 20, 0),
    Site("decatur", "Morgan", "AL", CHI, "TVA", "land", 24, 0),
    Site("dothan", "Houston", "AL", CHI, "SOCO", "land", 20, 0),
    Site("ottumwa", "Wapello", "IA", CHI, "MISO", "land", 16, 0),
    Site("muskogee", "Muskogee", "OK", CHI, "SWPP", "land", 14, 0),
    Site("odessa", "Ector", "TX", CHI, "ERCO", "land", 15, 0),
    Site("casper", "Natrona", "WY", DEN, "PACE", "land", 10, 0),
    Site("elko", "Elko", "NV", "America/Los_Angeles", "NEVP", "land", 5, 0),
)


def blocks(site: Site) -> list[tuple[str, int]]:
    """The mining blocks of a site with their capacity in MW: ``[("m1", 100), ...]``."""
    return [(f"m{n}", capacity) for n, capacity in enumerate(site.mining, start=1)]
