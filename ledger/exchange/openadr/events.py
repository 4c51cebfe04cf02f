"""OpenADR 3.1.0 in: the events of a VTN for a site as dispatches; alerts as conditions of its balancing
authority; reports as readings.

A file is one object (program, event, report) or a list of them, such as a poll of ``GET /events``. Each run
of an event's intervals that asks for the same power is one dispatch, named after the event:

- ``DISPATCH_SETPOINT``: dispatch-notified, reduce-to, kW of its ``payloadDescriptor``
- ``DISPATCH_SETPOINT_RELATIVE``: dispatch-notified, reduce-by, as ``--relative`` states: OpenADR 3.1.0
  calls it the relative change of consumption, so that less load is a negative number (``change``), yet its
  enumeration allows numbers from 0 on only, so that programs write a reduction as a positive one
  (``reduce-by``). No event states which it is, so without the option none is recorded. An increase calls for
  nothing that is recorded here
- ``IMPORT_CAPACITY_LIMIT``: dispatch-notified, reduce-to
- ``SIMPLE`` 1, 2, 3: dispatch-notified, reduce-to the level of a firm-service-level program; 0 calls for
  nothing
- a type of an operator's own: dispatch-notified, as ``--setpoint TYPE=MODE[:UNIT]`` states
- ``ALERT_...``: grid-condition-declared, as ``--alert TYPE=STATE`` states

Everything else (prices, levels, instructions, export limits) has no meaning here: it is counted in a note,
and never guessed. An event that asks for load but cannot be read (no unit, another unit than KW, no class, a
malformed time) is a Problem. Packed values divide their interval evenly. ``at`` is the event's
createdDateTime, else what is given; ``modificationDateTime`` is its ``external_version``. An event that is
called off (``times``) has no dispatch and no alert: its records are cancelled or retracted. Two polls become
amendments, cancellations and corrected alerts by comparison with the book (``Listing``). The USAGE of a
report is read by ``usage_reports``.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from ledger.errors import Malformed, Problem
from ledger.exchange.openadr.event_fields import object_type, stated_units
from ledger.exchange.openadr.event_options import EventOptions, check_options
from ledger.exchange.openadr.events_file import EventsFile
from ledger.exchange.reading import PROBLEM_LIMIT, Reading, too_many
from ledger.records.strict_json import parse_json

SIZE_LIMIT: Final = 64 * 1024 * 1024


def read(data: bytes, source: str, options: EventOptions) -> Reading:
    """Dispatches, conditions and readings of a file, with notes on what was passed over."""
    if len(data) > SIZE_LIMIT:
        raise Malformed(f"{source}: has {len(data):,} bytes; an import has at most {SIZE_LIMIT:,}")
    check_options(options)
    try:
        whole = parse_json(data, decimals=True)
    except Malformed as why:
        return Reading((), (Problem(source, 0, str(why), data[:200].decode("utf-8", "replace")),))
    file = EventsFile(source, hashlib.sha256(data).hexdigest(), options)
    objects = whole if isinstance(whole, list) else [whole]
    stated = dict(options.units) | units_of(objects)
    file.options = options._replace(units=stated)
    for value in objects:
        file.read(value)
        if too_many(file.problems, source):
            break
    named_events = all(
        object_type(value) == "EVENT" and isinstance(value.get("id"), str) for value in objects
    )
    file.complete = isinstance(whole, list) and named_events and len(file.problems) < PROBLEM_LIMIT
    return file.reading()


def units_stated(data: bytes) -> dict[tuple[str, str], str]:
    """The units that the program objects of a file state; none for a file that cannot be read."""
    try:
        whole = parse_json(data, decimals=True) if b"rogramName" in data else None
    except Malformed:
        return {}
    return units_of(whole if isinstance(whole, list) else [whole])


def units_of(objects: Any) -> dict[tuple[str, str], str]:
    """The units that program objects state for payloads, by (program id, payload type)."""
    found: dict[tuple[str, str], str] = {}
    for value in objects if isinstance(objects, list) else ():
        if object_type(value) == "PROGRAM" and isinstance(value.get("id"), str):
            for kind, unit in stated_units(value):
                found[value["id"], kind] = unit
    return found
