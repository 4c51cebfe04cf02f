"""Green Button feeds written entry by entry, as utilities write them, and what the reader makes of them."""

from __future__ import annotations

from ledger.exchange.greenbutton import reader
from ledger.exchange.greenbutton.reader import FeedOptions
from ledger.exchange.reading import Reading
from ledger.kinds import IntervalsRecorded

START = 1_294_012_800  # 2011-01-03T00:00:00Z
HOUR = 3600
WATT_HOURS = "<uom>72</uom><accumulationBehaviour>4</accumulationBehaviour>"
CHICAGO = "/User/9/UsagePoint/01/MeterReading"


def entry(content: str, self_link: str = "", up: str = "", related: tuple[str, ...] = ()) -> str:
    links_of = (("self", self_link), ("up", up), *(("related", link) for link in related))
    links = "".join(f'<link rel="{rel}" href="{href}"/>' for rel, href in links_of if href)
    return f"<entry>{links}<content>{content}</content></entry>"


def of_type(fields: str = WATT_HOURS, link: str = "/ReadingType/07") -> str:
    return entry(f'<ReadingType xmlns="http://naesb.org/espi">{fields}</ReadingType>', link)


def meter(link: str, *related: str, more: str = "", up: str = "", title: str = "") -> str:
    text = entry(f'<MeterReading xmlns="http://naesb.org/espi"/>{more}', link, up, related)
    return text.replace("<entry>", f"<entry><title>{title}</title>") if title else text


def block(*readings: str, interval: str = "") -> str:
    return f'<IntervalBlock xmlns="http://naesb.org/espi">{interval}{"".join(readings)}</IntervalBlock>'


def reading(value: object, start_s: int = START, more: str = "") -> str:
    time = f"<timePeriod><duration>{HOUR}</duration><start>{start_s}</start></timePeriod>"
    return f"<IntervalReading>{more}{time}<value>{value}</value></IntervalReading>\n"


def point(link: str, *related: str, title: str = "", service: int = 0) -> str:
    content = f"<ServiceCategory><kind>{service}</kind></ServiceCategory>"
    text = entry(f'<UsagePoint xmlns="http://naesb.org/espi">{content}</UsagePoint>', link, related=related)
    return text.replace("<entry>", f"<entry><title>{title}</title>")


def read(*entries: str, meter: str = "main", direction: str | None = None) -> Reading:
    text = f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'
    directions = {} if direction is None else {meter.partition("=")[0]: ((0, direction),)}
    return reader.read(text.encode(), "feed.xml", FeedOptions.of("s1", meter, directions))


def taken(found: Reading) -> list[tuple[str, tuple[int, ...]]]:
    return [
        (claim.at, claim.body.values) for claim in found.claims if isinstance(claim.body, IntervalsRecorded)
    ]


def problems_of(found: Reading) -> list[str]:
    return [problem.message for problem in found.problems]
