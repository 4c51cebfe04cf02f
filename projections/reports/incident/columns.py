"""Columns of the report incident: those of a record, and those of an incident as a whole."""

from __future__ import annotations

from typing import Final

from projections.engine.report import Column, partial_row_of

IMPACT: Final = "impact"
COLUMNS: Final = (
    Column("seq", "Step", "place in the timeline, from 1", unit=""),
    Column("incident", "Incident", "the incident; null for a site's timeline", unit=""),
    Column("at", "At", "when it was so; of an incident as a whole, its opening", unit=""),
    Column("rec", "Taken", "when the ledger took it", unit=""),
    Column("delay_s", "Delay", "rec - at, in whole seconds rounded down", unit="s"),
    Column("stream", "Stream", "the stream of the record, or of the incident as a whole", unit=""),
    Column("kind", "Kind", "the kind of fact; impact for the incident as a whole", unit=""),
    Column("summary", "Summary", "the fact as it was said; of an incident as a whole, in words", unit=""),
    Column("about", "About", "the thing it begins, changes or ends", unit=""),
    Column(
        "state", "State after", "how that thing stands after it; null where it is over or nothing", unit=""
    ),
    Column("evidence", "Evidence", "hash or reference of the source", unit=""),
    Column("id", "Id", "the record's id", unit=""),
    Column("index", "Index", "the record's place in the log", unit=""),
    Column("clock", "T", "at - opening, as T+mm:ss; null for a site's timeline", unit=""),
    Column("told", "What", "what it says, in words", unit=""),
    Column("since_s", "Since opening", "at - opening; null for a site's timeline", unit="s", shown="min"),
    Column("standing", "Standing", "holds, correction, corrected or retracted", unit=""),
    Column("why", "Why", "the reason given for the correction or retraction", unit=""),
    Column(
        "believed_until", "Believed until", "when the ledger took what corrected or retracted it", unit=""
    ),
    Column("corrected_by", "Corrected by", "index of the record that corrected or retracted it", unit=""),
    Column("corrects", "Corrects", "indexes of the records that it corrects or retracts", unit=""),
    Column("then", "Known then", "with --beside: unknown, holds, corrected or retracted then", unit=""),
    Column("owner", "Owner", "who sees to an action that was agreed", unit=""),
    Column("due_on", "Due", "the day by which it is to be done", unit=""),
    Column("done", "Done", "when it was done; null while it is open", unit=""),
    Column("known_records", "Known records", "with --beside: how many records the impact is of", unit=""),
    Column("onset", "Onset", "first start of its outages, at the latest its opening", unit=""),
    Column("restored", "Restored", "end of the last of its outages; null while one goes on", unit=""),
    Column("detect_s", "Time to detect", "opening - onset", unit="s", shown="min"),
    Column("restore_s", "Time to restore", "restored - onset", unit="s", shown="min"),
    Column("out_s", "Out", "time in which any power was lost", unit="s", shown="min"),
    Column("lost_w", "Power lost", "the most that was lost at a time", unit="W"),
    Column("lost_wh", "Energy lost", "lost power x time", unit="Wh"),
    Column(
        "hashrate_lost_ghs",
        "Hashrate lost",
        "just before the onset, less the least until restored",
        unit="GH/s",
    ),
    Column("outages", "Outages", "its outages", unit=""),
    Column("blocks", "Blocks", "blocks that lost power", unit=""),
    Column("dispatches", "Dispatches", "dispatches in progress meanwhile", unit=""),
    Column("firm_blocks", "Firm blocks", "blocks of firm service that lost power", unit=""),
    Column(
        "cost_cents",
        "Penalties",
        "penalties of these dispatches, as settled; null where none is",
        unit="cent",
    ),
    Column("cause", "Cause", "the cause that it was closed with; null while it is open", unit=""),
    Column("actions", "Actions", "actions that were agreed", unit=""),
    Column("actions_open", "Open actions", "those of them that are not done", unit=""),
    Column("records", "Records", "indexes of the records that tell the impact", unit=""),
)
cells_of: Final = partial_row_of(COLUMNS)  # a record has no impact, an incident as a whole no record
