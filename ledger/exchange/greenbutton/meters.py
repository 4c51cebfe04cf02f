"""The meter reading of each block of readings in a Green Button feed, by the links of its entries, and the
meaning of its ReadingType.

The standard has one place for each resource: ``.../UsagePoint/01/MeterReading/01/IntervalBlock/0173`` belongs
to ``.../MeterReading/01``. Some utilities name blocks otherwise and use the block's other links or the meter
reading's ``related`` links instead; a feed with one meter reading may have no links at all. Where a block
could belong to two meter readings or types, the importer chooses none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.exchange.greenbutton.feed import QUALITY_CODES, FeedEntry, integer

BLOCKS: Final = "/IntervalBlock"
METER_READINGS: Final = "MeterReading/"
READING_TYPES: Final = "ReadingType/"
WATT_HOURS: Final = 72
NONE: Final = 0
DELTAS: Final = 4
NOT_STATED: Final = -1
ENERGY: Final = 12
ELECTRICITY: Final = (NONE, 1, 2, 26)
"""CommodityKind of electricity: not stated, secondary, primary and transmission metered."""
SUMS: Final = (NONE, 12, 26)
"""DataQualifierKind of a plain interval value: not stated, normal, sum."""
FLOWS: Final = {1: "delivered", 19: "received"}
"""Direction of a meter by its FlowDirectionKind: forward to the customer, reverse from the customer."""
FLOW_WORDS: Final = {1: "forward: delivered to the customer", 19: "reverse: received from the customer"}

# Names of the ESPI codes (espi.xsd of REQ.21) that utilities use for other things than interval energy.
_COMMODITIES: Final = {
    3: "communication",
    7: "natural gas",
    8: "propane",
    9: "potable water",
    10: "steam",
} | {
    11: "waste water",
    12: "heating fluid",
    13: "cooling fluid",
    14: "nonpotable water",
    18: "carbon dioxide",
}
_KINDS: Final = {3: "currency", 4: "current", 8: "demand", 16: "funds", 37: "power", 38: "power factor"} | {
    45: "tariff rate",
    54: "voltage",
    58: "volume",
    150: "bill of the last period",
    151: "bill to date",
    155: "volumetric flow",
}
_QUALIFIERS: Final = {2: "average", 4: "excess", 5: "high threshold", 7: "low threshold", 8: "maximum"} | {
    9: "minimum",
    11: "nominal",
    16: "second maximum",
    17: "second minimum",
    23: "third maximum",
    24: "fourth maximum",
    25: "fifth maximum",
}
_FLOWS: Final = {
    2: "lagging",
    3: "leading",
    4: "net: forward less reverse",
    20: "total: forward and reverse",
} | {
    8: "quadrants 1 and 4",
    10: "quadrants 2 and 3",
    21: "total by phase",
}
_SERVICES: Final = {1: "gas", 2: "water", 3: "time", 4: "heat", 5: "refuse", 6: "sewerage", 7: "rates"} | {
    8: "television license",
    9: "internet",
}


class BlockLinks(NamedTuple):
    """The links of an IntervalBlock, "" where it has none."""

    self_link: str
    up_link: str
    related: frozenset[str] = frozenset()

    @property
    def links(self) -> tuple[str, ...]:
        """All of them."""
        return self.self_link, self.up_link, *self.related


class Meters:
    """The usage points, meter readings and reading types of a feed, by their links."""

    def __init__(self) -> None:
        self.types: dict[str, FeedEntry] = {}
        self._meters: dict[str, FeedEntry] = {}
        self._points: dict[str, FeedEntry] = {}
        self._ambiguous: set[str] = set()

    def take(self, entry: FeedEntry) -> None:
        """Keep an entry of the feed."""
        link = entry.self_link or f"without link, line {entry.line}"
        if entry.content == "ReadingType":
            self.types[link] = entry
        elif entry.content == "UsagePoint":
            self._points[link] = entry
        elif entry.content == "MeterReading":
            first = self._meters.setdefault(link, entry)
            if (first.up_link, first.related, first.title) != (entry.up_link, entry.related, entry.title):
                self._ambiguous.add(link)

    @property
    def several(self) -> bool:
        """True where the feed has named more than one meter reading so far."""
        return len(self._meters) > 1

    def is_ambiguous(self, owner: str) -> bool:
        """True where two different MeterReading entries have this link."""
        return owner in self._ambiguous

    def owner(self, block: BlockLinks) -> str | None:
        """The link of the meter reading that a block belongs to; "" if the block has no links, None if a
        later entry may tell.
        """
        if not any(block.links):
            return ""
        for link in block.links:
            owner, found, _ = link.partition(BLOCKS)
            if link in self._meters or (found and owner.rpartition("/")[0].endswith("MeterReading")):
                return owner
        own = {link for link in block.links if link and link not in self.types}
        related = [link for link, meter in self._meters.items() if not meter.related.isdisjoint(own)]
        return related[0] if len(related) == 1 else None

    def owner_at_end(self, block: BlockLinks) -> str | None:
        """The same once the feed has been read: the only meter reading of a feed owns every block; None if
        there are several and no link tells which.
        """
        owner = self.owner(block)
        if not owner and self.several:
            return None
        if owner is None:
            return next(iter(self._meters), block.self_link.partition(BLOCKS)[0])
        return owner

    def type_of(self, owner: str, blocks: Iterable[BlockLinks]) -> FeedEntry | None:
        """The reading type of a meter reading: the one that it or all its blocks are related to, or the
        feed's only one, unless it is related to one that the feed does not have.
        """
        meter = self._meters.get(owner)
        for related in ((meter.related,) if meter else (), (block.related for block in blocks)):
            found = {link for links in related for link in self.types if link in links}
            if len(found) == 1:
                return self.types[found.pop()]
        if self.several and meter is not None and any(READING_TYPES in link for link in meter.related):
            return None
        return next(iter(self.types.values())) if len(self.types) == 1 else None

    def point_of(self, owner: str) -> FeedEntry | None:
        """The usage point of a meter reading, None where the feed has none or no link tells which."""
        meter = self._meters.get(owner)
        own = {owner} if meter is None else {owner, meter.up_link, *meter.related} - {""}
        for link, point in sorted(self._points.items(), key=lambda item: -len(item[0])):
            if link in own or any(each.startswith(f"{link}/") for each in own) or own & point.related:
                return point
        return next(iter(self._points.values())) if len(self._points) == 1 else None

    def is_named(self, owner: str, block: BlockLinks, name: str) -> bool | None:
        """True where a name chooses a block: by the end of its meter reading's link, its usage point's link
        or the link of its own type, or by the title of the first two; None if a later entry may tell.
        """
        name = name.strip("/")
        if READING_TYPES in name and any(READING_TYPES in link for link in block.related):
            return any(_ends(link, name) for link in block.related)
        if _ends(owner, name):
            return True
        if METER_READINGS in name:
            return False
        meter, point = self._meters.get(owner), self.point_of(owner)
        if any(entry is not None and entry.title == name for entry in (meter, point)):
            return True
        places = (owner.rpartition("/MeterReading")[0], "" if point is None else point.self_link)
        if "UsagePoint/" in name and any(_ends(place, name) for place in places):
            return True
        return False if meter is not None and self._points else None

    def service_fault(self, owner: str) -> str:
        """The fault in the service of a meter reading's usage point, "" if it is electricity."""
        point = self.point_of(owner)
        if point is None:
            return ""
        try:
            service = integer(point.fields, "serviceKind", NONE)
        except Malformed as why:
            return f"UsagePoint {why}"
        if service == NONE:
            return ""
        return f"UsagePoint {_coded('service kind', service, _SERVICES)} is not electricity (0)"

    def titled(self, owner: str) -> str:
        """A meter reading as a message names it: its link, its title and its usage point's title."""
        entries = (self._meters.get(owner), self.point_of(owner))
        titles = dict.fromkeys(entry.title for entry in entries if entry is not None and entry.title)
        return " ".join((owner, *map(repr, titles)))


def _ends(link: str, name: str) -> bool:
    return bool(name) and f"/{link}".endswith(f"/{name}")


class ValueMeaning(NamedTuple):
    """The meaning of values under a ReadingType: the power of ten of Wh, their length and quality where they
    state none, their ESPI flow direction, the line of the type.
    """

    power_of_ten: int
    interval_s: int | None
    quality: int
    flow: int = NONE
    line: int = 0


def meaning(entry: FeedEntry) -> tuple[ValueMeaning, list[str]]:
    """The meaning of a reading type and the notes on it; ``Malformed`` names everything that makes its values
    something else than interval energy of electricity in Wh.

    A type may leave out commodity, kind and dataQualifier (0 or absent: not applicable); a code that is
    stated must be that of metered electric energy. A flow other than forward (1) or reverse (19), such as net
    (4) or total (20), has no meter direction of this ledger and is refused. Source: NAESB REQ.21 ESPI 4.0,
    espi.xsd.
    """
    fields = entry.fields
    unit = integer(fields, "uom")
    behavior = integer(fields, "accumulationBehaviour", NONE)
    commodity = integer(fields, "commodity", NONE)
    kind = integer(fields, "kind", NONE)
    qualifier = integer(fields, "dataQualifier", NONE)
    power = integer(fields, "powerOfTenMultiplier", 0)
    flow = integer(fields, "flowDirection", NONE)
    quality = integer(fields, "defaultQuality", NOT_STATED)
    length = integer(fields, "intervalLength", 0)
    faults = []
    if unit != WATT_HOURS:
        faults.append(f"uom {unit} is not watt-hours; only 72 (Wh) is read")
    if behavior not in (NONE, DELTAS):
        faults.append(f"accumulationBehaviour {behavior} is not interval data; only 4 (delta) is read")
    if commodity not in ELECTRICITY:
        faults.append(f"{_coded('commodity', commodity, _COMMODITIES)} is not electricity (1, 2 or 26)")
    if kind not in (NONE, ENERGY):
        faults.append(f"{_coded('kind', kind, _KINDS)} is not energy (12)")
    if qualifier not in SUMS:
        faults.append(f"{_coded('dataQualifier', qualifier, _QUALIFIERS)} is not normal (12) or a sum (26)")
    if flow not in (NONE, *FLOWS):
        faults.append(
            f"{_coded('flowDirection', flow, _FLOWS)} is neither 1 (forward) nor 19 (reverse); ask for"
            " readings of one direction"
        )
    if not -12 <= power <= 12:
        faults.append(f"powerOfTenMultiplier must be from -12 to 12: {power}")
    if quality not in (NOT_STATED, *QUALITY_CODES):
        faults.append(f"defaultQuality must be an ESPI code, 0 or 7 to 19: {quality}")
    if faults:
        raise Malformed("; ".join(faults))
    notes = []
    if behavior == NONE:
        notes.append(
            "its accumulationBehaviour is not stated; each value is read as the energy of its interval"
        )
    return ValueMeaning(power, length or None, quality, flow, entry.line), notes


def _coded(name: str, code: int, words: Mapping[int, str]) -> str:
    return f"{name} {code} ({words[code]})" if code in words else f"{name} {code}"
