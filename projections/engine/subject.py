"""The subject of a report in words: the operator, the sites by name, their balancing authorities and the
operators of programs.

They stand in formats for people only. JSON, CSV and every hash are of the rows, so a new display name changes
no issued report.
"""

from __future__ import annotations

from typing import Final, NamedTuple

FEW: Final = 3  # more sites than that are counted in a title


class SiteName(NamedTuple):
    """A site's names for people."""

    site: str
    name: str
    county: str
    state: str
    authority: str
    utility: str

    @property
    def words(self) -> str:
        """``Dalton (Whitfield County, GA)``."""
        return f"{self.name} ({county(self.county, self.state)})"


class ReportSubject(NamedTuple):
    """The operator's display name (empty where none was set), the registered sites in scope, and the
    operators of the programs that a report is about.
    """

    operator: str = ""
    sites: tuple[SiteName, ...] = ()
    programs: tuple[str, ...] = ()

    def named(self, site: str) -> str:
        """A site in words; its slug where it is not registered."""
        return next((found.words for found in self.sites if found.site == site), site)

    @property
    def authorities(self) -> tuple[str, ...]:
        """Balancing authorities by name and code, each once."""
        return tuple(dict.fromkeys(authority(found.authority) for found in self.sites))


def county(name: str, state: str) -> str:
    """``Whitfield County, GA``; a name that already says "County" or the like stays as it is."""
    whole = name if name.endswith((" County", " Parish", " Borough", " City")) else f"{name} County"
    return f"{whole}, {state}"


def authority(code: str) -> str:
    """A balancing authority by name and its EIA-930 code; the code alone where no name is listed here."""
    return f"{AUTHORITIES[code]} ({code})" if code in AUTHORITIES else code


# names of EIA-930's reference table of August 2026, without the legal form of a company
AUTHORITIES: Final = {
    "AEC": "PowerSouth Energy Cooperative",
    "AECI": "Associated Electric Cooperative",
    "AVA": "Avista Corporation",
    "AVRN": "Avangrid Renewables",
    "AZPS": "Arizona Public Service Company",
    "BANC": "Balancing Authority of Northern California",
    "BHBA": "Black Hills Energy",
    "BPAT": "Bonneville Power Administration",
    "CHPD": "Public Utility District No. 1 of Chelan County",
    "CISO": "California Independent System Operator",
    "CPLE": "Duke Energy Progress East",
    "CPLW": "Duke Energy Progress West",
    "DEAA": "Arlington Valley",
    "DOPD": "Public Utility District No. 1 of Douglas County",
    "DUK": "Duke Energy Carolinas",
    "EPE": "El Paso Electric Company",
    "ERCO": "Electric Reliability Council of Texas",
    "FMPP": "Florida Municipal Power Pool",
    "FPC": "Duke Energy Florida",
    "FPL": "Florida Power & Light Company",
    "GCPD": "Public Utility District No. 2 of Grant County, Washington",
    "GRID": "Gridforce Energy Management",
    "GVL": "Gainesville Regional Utilities",
    "GWA": "NaturEner Power Watch",
    "HST": "City of Homestead",
    "IID": "Imperial Irrigation District",
    "IPCO": "Idaho Power Company",
    "ISNE": "ISO New England",
    "JEA": "JEA",
    "LDWP": "Los Angeles Department of Water and Power",
    "LGEE": "Louisville Gas and Electric Company and Kentucky Utilities Company",
    "MISO": "Midcontinent Independent System Operator",
    "NEVP": "Nevada Power Company",
    "NWMT": "NorthWestern Corporation",
    "NYIS": "New York Independent System Operator",
    "PACE": "PacifiCorp East",
    "PACW": "PacifiCorp West",
    "PGE": "Portland General Electric Company",
    "PJM": "PJM Interconnection",
    "PNM": "Public Service Company of New Mexico",
    "PSCO": "Public Service Company of Colorado",
    "PSEI": "Puget Sound Energy",
    "SC": "South Carolina Public Service Authority",
    "SCEG": "Dominion Energy South Carolina",
    "SCL": "Seattle City Light",
    "SEC": "Seminole Electric Cooperative",
    "SEPA": "Southeastern Power Administration",
    "SIKE": "Sikeston Board of Municipal Utilities",
    "SOCO": "Southern Company Services",
    "SPA": "Southwestern Power Administration",
    "SRP": "Salt River Project Agricultural Improvement and Power District",
    "SWPP": "Southwest Power Pool",
    "SWPW": "Southwest Power Pool West",
    "TAL": "City of Tallahassee",
    "TEC": "Tampa Electric Company",
    "TEPC": "Tucson Electric Power",
    "TIDC": "Turlock Irrigation District",
    "TPWR": "City of Tacoma, Department of Public Utilities, Light Division",
    "TVA": "Tennessee Valley Authority",
    "WACM": "Western Area Power Administration, Rocky Mountain Region",
    "WALC": "Western Area Power Administration, Desert Southwest Region",
    "WAUW": "Western Area Power Administration, Upper Great Plains West",
    "YAD": "Alcoa Power Generating, Yadkin Division",
}
