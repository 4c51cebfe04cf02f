"""What each operator's words mean as a state of the grid.

The lists are read from the top: the first phrase that a wording holds decides, and None means that it is no
condition of the grid. A number after "EEA" or "energy emergency alert" comes first, as NERC's levels
(EOP-011) are the same for all. Sources: PJM Manual 13 (the alert for maximum generation is issued with EEA 1,
the emergency load management reduction, the voltage reduction and the deployment of all resources with EEA 2,
the manual load dump with EEA 3); ERCOT Nodal Protocols 6.5.9.3 and its operator notices (OCN, advisory and
watch are no emergency, NOGRR207); MISO's capacity emergency procedure, whose five event steps became three on
June 1, 2026 (KA-01551); SPP's description of reliability events on its page of grid conditions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, get_args

from ledger.errors import Malformed
from ledger.exchange.grid_notices.notice import NO_STATE
from ledger.kinds import GridState

Words = tuple[tuple[str, str | None], ...]
STATES: Final[tuple[str, ...]] = get_args(GridState)
_LEVEL = re.compile(r"\b(?:eea|energy emergency alert)[ -]?(?:\(eea\) ?)?(?:level )?([123])\b")
_OVER = re.compile(r"\b(?:terminat|no longer|exit|recall|ended|ending)")
_BLANKS = re.compile(r"[\s\-_–—]+")

PJM: Final[Words] = (
    ("post contingency local load relief", None),
    ("heavy load voltage schedule", None),
    ("light load voltage schedule", None),
    ("minimum generation", None),
    ("transmission loading relief", None),
    ("synchronized reserve event", None),
    ("shared reserve", None),
    ("special notice", None),
    ("manual load dump action", "load-shed"),
    ("load shed directive", "load-shed"),
    ("manual load dump warning", "eea2"),
    ("deploy all resources", "eea2"),
    ("voltage reduction action", "eea2"),
    ("pre emergency load management reduction", "max-gen"),
    ("emergency load management reduction", "eea2"),
    ("maximum generation emergency", "max-gen"),
    ("load management alert", "max-gen"),
    ("voltage reduction warning", "max-gen"),
    ("voltage reduction alert", "resource-alert"),
    ("primary reserve", "resource-alert"),
    ("unit startup notification", "resource-alert"),
    ("conservative operations", "conservative-operations"),
    ("hot weather alert", "weather-alert"),
    ("cold weather alert", "weather-alert"),
)
MISO: Final[Words] = (
    ("minimum generation", None),
    ("maximum generation warning", "max-gen"),
    ("maximum generation emergency warning", "max-gen"),
    ("maximum generation alert", "max-gen"),
    ("maximum generation emergency alert", "max-gen"),
    ("capacity advisory", "resource-alert"),
    ("conservative operations", "conservative-operations"),
    ("conservative system operations", "conservative-operations"),
    ("hot weather alert", "weather-alert"),
    ("cold weather alert", "weather-alert"),
    ("severe weather alert", "weather-alert"),
)
SPP: Final[Words] = (
    ("normal operation", "normal"),
    ("conservative operations", "conservative-operations"),
    ("resource advisory", "resource-alert"),
    ("resource alert", "resource-alert"),
    ("weather advisory", "weather-alert"),
    ("weather alert", "weather-alert"),
)
ERCOT: Final[Words] = (
    ("normal condition", "normal"),
    ("site failover", None),
    ("sced", None),
    ("dc tie", None),
    ("day ahead market", None),
    ("geomagnetic", None),
    ("voluntary conservation", "resource-alert"),
    ("conservation appeal", "resource-alert"),
    ("emergency notice", "conservative-operations"),
    ("reserve capacity shortage", "resource-alert"),
    ("physical responsive capability", "resource-alert"),
    ("weather", "weather-alert"),
    ("hurricane", "weather-alert"),
    ("transmission emergency", "conservative-operations"),
)
WORDS: Final[dict[str, Words]] = {"PJM": PJM, "MISO": MISO, "SWPP": SPP, "SWPW": SPP, "ERCO": ERCOT}
SHORT: Final = (
    ("mgmt", "management"),
    ("max gen ", "maximum generation "),
    ("maxgen ", "maximum generation "),
)


class NoMeaning(Malformed):
    """A wording that is not known."""


def plain(text: str) -> str:
    """A wording in small letters, with one blank for hyphens and line breaks, and short forms written out."""
    words = _BLANKS.sub(" ", text.lower()).strip()
    for short, whole in SHORT:
        words = f"{words} ".replace(short, whole).strip()
    return words


def meaning(words: Words, wording: str, given: Sequence[tuple[str, str]] = ()) -> str | None:
    """The state that a wording means, by what the user gives first; None where it is no condition of the
    grid. ``NoMeaning`` for a wording that is not known.
    """
    said = plain(wording)
    for phrase, state_given in given:
        if plain(phrase) in said:
            return None if state_given == NO_STATE else state_given
    level = level_of(said)
    if level is not None:
        return level
    for phrase, state in words:
        if phrase in said:
            return state
    raise NoMeaning(
        f"is worded in a way that has no meaning here; if it is a condition of the grid, give its state:"
        f' --alert "{wording[:60]}=eea1", one of {", ".join(STATES)}; if it is none: =none'
    )


def level_of(said: str) -> str | None:
    """The level of an energy emergency alert in plain words: the only one, or the one moved to."""
    levels = list(dict.fromkeys(_LEVEL.findall(said)))
    if levels and _OVER.search(said):
        raise Malformed(
            "tells of the end of an energy emergency; give the notice its end in a CSV file (--source csv)"
        )
    if len(levels) > 1:
        moved = re.findall(r"\bto (?:an? )?(?:eea|energy emergency alert) ?(?:level )?([123])\b", said)
        if len(moved) != 1:
            raise Malformed(f"names several levels of energy emergency: {', '.join(levels)}")
        levels = moved
    return f"eea{levels[0]}" if levels else None
