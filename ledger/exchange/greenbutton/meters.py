"""Which meter reading of a Green Button feed a block of readings is of, as the links of its entries say, and
what its ReadingType means.

The standard has one place for each thing: ``.../MeterReading/01/IntervalBlock/0173`` is of
``.../MeterReading/01``. Utilities also name blocks otherwise, and let the block's other links or the meter
reading's ``related`` links say it, or, where a feed has one meter reading, nothing at all. Of two meter
readings or types that a block may be of none is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.exchange.greenbutton.feed import QUALITY_LIMIT, Entry, integer

BLOCKS: Final = "/IntervalBlock"
WATT_HOURS: Final = 72
NONE: Final = 0
DELTAS: Final = 4
FORWARD: Final = 1
NOT_STATED: Final = -1


class Block(NamedTuple):
    """The links of an IntervalBlock, "" where it has none."""

    self_link: str
    up_link: str
    related: frozenset[str] = frozenset()

    @property
    def links(self) -> tuple[str, ...]:
        """All of them."""
        return self.self_link, self.up_link, *self.related


class Meters:
    """The meter readings and reading types of a feed, by their links."""

    def __init__(self) -> None:
        self.types: dict[str, Entry] = {}
        self._meters: dict[str, Entry] = {}

    def take(self, entry: Entry) -> None:
        """An entry of the feed."""
        if entry.content == "ReadingType":
            self.types[entry.self_link or f"without link, line {entry.line}"] = entry
        elif entry.content == "MeterReading":
            self._meters[entry.self_link] = entry

    @property
    def several(self) -> bool:
        """Has the feed named more than one meter reading so far?"""
        return len(self._meters) > 1

    def owner(self, block: Block) -> str | None:
        """The link of the meter reading that a block is of; "" if no link says it and none can, None if an
        entry that follows may.
        """
        if not any(block.links):
            return ""
        for link in block.links:
            owner, found, _ = link.partition(BLOCKS)
            if link in self._meters or (found and owner.rpartition("/")[0].endswith("MeterReading")):
                return owner
        for link, meter in self._meters.items():
            if not meter.related.isdisjoint(block.links):
                return link
        return None

    def owner_at_end(self, block: Block) -> str | None:
        """The same when the feed has been read: a feed's only meter reading has all blocks; None if it has
        several, and no link says which.
        """
        owner = self.owner(block)
        if owner is None and not self.several:
            return next(iter(self._meters), block.self_link.partition(BLOCKS)[0])
        return owner

    def type_of(self, owner: str, blocks: Iterable[Block]) -> Entry | None:
        """The reading type of a meter reading: the one that it or all its blocks are related to, or the
        feed's only one.
        """
        meter = self._meters.get(owner)
        for related in ((meter.related,) if meter else (), (block.related for block in blocks)):
            found = {link for links in related for link in self.types if link in links}
            if len(found) == 1:
                return self.types[found.pop()]
        return next(iter(self.types.values())) if len(self.types) == 1 else None

    def titled(self, owner: str) -> str:
        """A meter reading as it is named in a message."""
        meter = self._meters.get(owner)
        return f"{owner} {meter.title!r}" if meter is not None and meter.title else owner


class Kind(NamedTuple):
    """What a ReadingType says of its values: the power of ten of Wh, their length and quality where they say
    none.
    """

    power_of_ten: int
    interval_s: int | None
    quality: int


def meaning(said: Entry) -> tuple[Kind, list[str]]:
    """What a reading type says, and what is to be said of it; ``Malformed`` where its values are no interval
    energy in Wh.
    """
    unit = integer(said.fields, "uom")
    behaviour = integer(said.fields, "accumulationBehaviour", NONE)
    power = integer(said.fields, "powerOfTenMultiplier", 0)
    direction = integer(said.fields, "flowDirection", NONE)
    quality = integer(said.fields, "defaultQuality", NOT_STATED)
    length = integer(said.fields, "intervalLength", 0)
    if unit != WATT_HOURS:
        raise Malformed(f"uom {unit} is not watt-hours; only 72 (Wh) is read")
    if behaviour not in (NONE, DELTAS):
        raise Malformed(f"accumulationBehaviour {behaviour} is not interval data; only 4 (delta) is read")
    if not -12 <= power <= 12:
        raise Malformed(f"powerOfTenMultiplier must be from -12 to 12: {power}")
    if not NOT_STATED <= quality <= QUALITY_LIMIT:
        raise Malformed(f"defaultQuality must be an ESPI code from 0 to {QUALITY_LIMIT}: {quality}")
    notes = []
    if behaviour == NONE:
        notes.append(
            "its accumulationBehaviour is not stated; each value is read as the energy of its interval"
        )
    if direction not in (NONE, FORWARD):
        notes.append(
            f"its flowDirection is {direction}, not 1 (forward): check that the meter is recorded with that"
            " direction"
        )
    return Kind(power, length or None, quality), notes
