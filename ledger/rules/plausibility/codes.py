"""Codes in the master data of a site: states of the United States (USPS, Publication 28) and balancing
authorities (EIA Form 930, its reference table of balancing authorities with those in Canada and Mexico that
exchange power with them; the retired ones too, as a book may reach back). In 2026 SWPW, the western part of
SPP, took the load of WACM and WAUW, and BHBA, Black Hills Energy, began to report.
"""

from __future__ import annotations

from typing import Final

UNITED_STATES: Final = frozenset(("US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"))
"""Names of the United States in capitals; a site that states no country is there."""

# fmt: off
STATES: Final = frozenset((
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM",
    "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA",
    "WV", "WI", "WY", "AS", "GU", "MP", "PR", "VI",
))

AUTHORITIES: Final = frozenset((
    "AEC", "AECI", "AESO", "AVA", "AVRN", "AZPS", "BANC", "BCHA", "BHBA", "BPAT", "CEN", "CFE", "CHPD",
    "CISO", "CPLE", "CPLW", "DEAA", "DOPD", "DUK", "EEI", "EPE", "ERCO", "FMPP", "FPC", "FPL",
    "GCPD", "GLHB", "GRID", "GRIF", "GRIS", "GRMA", "GVL", "GWA", "HGMA", "HQT", "HST", "IESO",
    "IID", "IPCO", "ISNE", "JEA", "LDWP", "LGEE", "MHEB", "MISO", "NBSO", "NEVP", "NSB", "NWMT",
    "NYIS", "OVEC", "PACE", "PACW", "PGE", "PJM", "PNM", "PSCO", "PSEI", "SC", "SCEG", "SCL", "SEC",
    "SEPA", "SIKE", "SOCO", "SPA", "SPC", "SRP", "SWPP", "SWPW", "TAL", "TEC", "TEPC", "TIDC", "TPWR", "TVA",
    "WACM", "WALC", "WAUE", "WAUW", "WWA", "YAD",
))
# fmt: on
