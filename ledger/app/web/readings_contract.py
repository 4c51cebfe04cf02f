"""Routes that agents at meters and machines post to."""

from __future__ import annotations

from typing import Final

from ledger.app.web import answers
from ledger.app.web.api import readings
from ledger.app.web.routes import API, JSON, OCTETS, WRITING, Right, Route, RouteParameter

READINGS_ROUTES: Final = (
    Route(
        "POST",
        f"{API}/readings/{{format}}",
        "postReadings",
        "Record the readings of a meter's or miners' document, all or none, as import does.",
        Right.APPEND,
        readings.post_readings,
        (
            RouteParameter(
                "format",
                "the format of the document, as of import",
                in_path=True,
                required=True,
                choices=tuple(readings.FORMATS),
                example="miners",
            ),
            RouteParameter("site", "the site that it is about", required=True, example="s1"),
            RouteParameter("meter", "csv, greenbutton: the meter, which is on record"),
            RouteParameter("block", "miners: the block of the devices"),
            RouteParameter("dialect", "csv: the layout of the file"),
            RouteParameter("at", "the instant of the readings where the document states none; else now"),
            RouteParameter("hold", "miners: how long a value holds, such as 15min"),
            RouteParameter("dry_run", "true decides everything and records nothing", form="flag"),
        ),
        ((JSON, None), ("text/csv", None), ("application/xml", None), (OCTETS, None)),
        schema=(answers.RecordedClaim, answers.RecordedClaims, answers.TriedClaims),
        statuses=(200, 201),
        errors=WRITING,
    ),
)
