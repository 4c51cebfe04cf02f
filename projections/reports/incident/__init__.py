"""Incident: what happened, in what order, what we believed and when, what corrected it, and what it took.

The timeline of an incident is every record of its site's grid and operations streams from its opening until
it was closed (or the window's end), with later ones about it (notes, actions), with the starts of outages
that led to it, and with the records linked to it, whenever they were so, also those in such streams of the
other sites asked for and in the grid streams of balancing authorities. A link goes on to the record that
corrected the one it names. Of a site and window without an incident: every such record of the site in the
window, with the records linked to its incidents that were open then. Order is (at, index). After the
timelines follows one line for each incident as a whole, of kind impact.

clock      = at - opening of the incident, as T+mm:ss
delay      = rec - at, in whole seconds rounded down: how much later it was taken into the log than it was
             so; negative for what was said beforehand
standing   = holds; corrected or retracted: believed from rec until another record took its place, shown in
             its own place; correction: took the place of others
why        = the reason that was given for the correction or retraction, on both lines
state      = how the thing that the record is about stands after it, from all that was so before and holds;
             null for a fact that begins or ends nothing, and for what holds no more
evidence   = the source document's hash, else its reference
done       = when an action that was agreed was done by the window's end; null while it is open
then       = with --beside, of each record: unknown, holds, corrected or retracted, as known then; and a
             second line for the incident as a whole, from what was known then

Definition 4 tells directives, generator runs, excursions and changes of dispatches in words; they stood as
their fields. Definition 3 tells what was believed: corrected and retracted records were left out, so a
review could not see what the shift went by. It adds the line of the incident as a whole, with its impact,
and what was agreed after it. Definition 2 added linked grid conditions, and records linked to the incidents
of a site.

Impact:
"""

from __future__ import annotations

from typing import Final

from projections.engine.report import Parameter, Report, needs_the_log
from projections.figures import incident_impact
from projections.reports.incident.columns import COLUMNS
from projections.reports.incident.first_screen import lead, plain
from projections.reports.incident.pictures import pictures
from projections.reports.incident.rows import asking
from projections.rows.incidents import INCIDENT
from projections.rows.meters import METER, METER_DAY

REPORT: Final = Report(
    name="incident",
    definition_version=4,
    title="Timeline of an incident",
    packs=("operations",),
    classes=("grid", "operations"),
    row_kinds=(INCIDENT, METER, METER_DAY, *incident_impact.ROW_KINDS),
    columns=COLUMNS,
    keys=1,
    compute=needs_the_log,
    definition=(__doc__ or "") + (incident_impact.__doc__ or "").partition("\n\n")[2],
    asking=asking,
    cites=("index", "corrected_by", "corrects", "records"),
    conditions=True,
    matched=("incident", "id", "known_records"),
    parameters=(
        Parameter("incident", "The incident that the report is about."),
        Parameter(
            "beside",
            "Set what was known earlier (the first N records, or by an instant) beside what is known now.",
            shows=("then",),
        ),
    ),
    pictures=pictures,
    lead=lead,
    first=("seq", "incident", "clock", "at", "standing", "told", "why"),
    plain=plain,
)
