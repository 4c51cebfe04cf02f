"""Check 12: a report reads only what the bundle proves whole, and is the one that the manifest lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledger.verifier.bundle import Bundle
from ledger.verifier.checkpoints import Checkpoint
from ledger.verifier.faults import Misshapen, Missing, ProofError
from ledger.verifier.forest import ProvenStreams
from ledger.verifier.report_json import report_said
from ledger.verifier.sections import Sections

Reads = tuple[int, tuple[str, ...], tuple[str, ...], bool]
REPORTS: dict[str, Reads] = {
    "uptime": (1, ("grid", "operations"), (), False),
    "efficiency": (1, ("grid", "operations"), (), False),
    "power-use": (2, ("grid", "operations"), ("conditions",), False),
    "portfolio": (1, ("grid", "lease"), (), False),
    "dispatch-performance": (2, ("grid",), (), False),
    "protection": (2, ("grid", "operations"), (), False),
    "program-hours": (1, ("grid",), (), False),
    "intervals": (1, ("grid",), (), False),
    "flexibility": (1, ("grid", "operations"), (), False),
    "bridge": (1, ("grid", "operations", "lease"), (), False),
    "disturbances": (1, ("grid",), (), False),
    "ride-through": (1, ("grid",), (), False),
    "facility-changes": (1, ("grid",), (), False),
    "grid-states": (1, ("grid",), ("conditions",), False),
    "coincident-peaks": (1, ("grid",), ("conditions",), False),
    "directives": (1, ("grid",), (), False),
    "generator-hours": (1, ("grid",), (), False),
    "load-ramp": (1, ("grid",), (), False),
    "quarterly-load": (1, ("grid",), (), False),
    "energy-mix": (1, ("grid",), ("conditions",), False),
    "registration": (1, ("grid",), (), False),
    "registrant": (1, ("grid",), (), True),
    "commitments": (2, ("community",), (), False),
    "payments": (2, ("community",), (), False),
    "jobs": (2, ("community",), (), False),
    "benefit": (2, ("community",), (), False),
    "expenditures": (1, ("community",), (), True),
    "water": (1, ("grid", "community"), (), False),
    "lease-dates": (2, ("lease",), (), True),
    "incident": (4, ("grid", "operations"), ("conditions",), False),
    "actions": (1, ("operations",), (), False),
}
"""What each report reads: definition version, classes of its sites' streams, what it reads beyond them,
sections? (made by tools/bless).
"""
CLASSES = ("grid", "operations", "lease", "community")


def report_streams(
    classes: Sequence[str], beyond: Sequence[str], names: Iterable[str], sites: Sequence[str]
) -> list[str]:
    """The streams, of those that were opened, that a report reads: its classes for each site (none said:
    every site).

    ``beyond`` are ``fleet``, for what belongs to no single site, and ``conditions``, for the balancing
    authorities'.
    """
    opened = set(names)
    places = sorted({name.partition("/")[0] for name in opened})
    every = [
        *(sites or filter(is_site, places)),
        *(("fleet",) if "fleet" in beyond else ()),
        *(place for place in places if "conditions" in beyond and place.startswith("ba-")),
    ]
    wanted = [f"{place}/{name}" for place in every for name in CLASSES if name in classes]
    return [name for name in wanted if name in opened]


def is_site(place: str) -> bool:
    """Is a place of a stream's name a site?"""
    return place not in ("ledger", "fleet") and not place.startswith("ba-")


def check_reports(
    bundle: Bundle,
    forest: ProvenStreams,
    names: Iterable[str],
    checkpoint: Checkpoint,
    sections: Sections,
    missing: Missing,
) -> None:
    for said in bundle.reports:
        where, asked = f"report/{said['name']}.json", said["parameters"]
        if said["name"] not in REPORTS or REPORTS[said["name"]][0] != said["definition_version"]:
            why = (
                f"the report was made by definition {said['definition_version']} of {said['program']},"
                " which this verifier does not know"
            )
            missing.append(("report-version", where, why))
            continue
        _, classes, beyond, reads_sections = REPORTS[said["name"]]
        sites = {name.partition("/")[0] for name in names}
        if asked["known_at"] != checkpoint.size:
            why = (
                f"it is known at {asked['known_at']} records,"
                f" the bundle's checkpoint is over {checkpoint.size}"
            )
            raise ProofError("report-mismatch", why, where)
        for site in asked["sites"]:
            if site not in sites or not is_site(site):
                raise ProofError(
                    "report-mismatch", f"it is about {site[:80]!r}, which is no site of this log", where
                )
        for name in report_streams(classes, beyond, names, asked["sites"]):
            if name not in forest.proven or forest.proven[name].lo:
                raise ProofError(
                    "report-stream-missing",
                    f"it reads {name}, which the bundle does not hold from its beginning",
                    where,
                )
            if reads_sections and (
                kept := {leaf.place for leaf in forest.parsed[name]}
                & {index for index, _ in sections.withheld}
            ):
                raise ProofError(
                    "section-missing",
                    f"it reads sections of {name}; that of record {min(kept)} is kept back",
                    where,
                )
        _check_head(bundle, said, checkpoint.root.hex(), where)


def _check_head(bundle: Bundle, said: Mapping[str, Any], root: str, where: str) -> None:
    """The report must say of itself what the manifest says of it."""
    asked = said["parameters"]
    try:
        report = report_said(bundle, where)
        window, known_at = report["window"], report["known_at"]
        head = [report["report"], report["definition_version"], report["tzdata"], report["as_of"]]
        head += [window["start"], window["stop"], window["tz"], known_at["size"], known_at["root"]]
    except (ValueError, TypeError, KeyError) as why:
        raise Misshapen("malformed", f"is not a report in JSON: {why}", where) from None
    due = [said["name"], str(said["definition_version"]), said["tzdata"], asked["as_of"]]
    due += [asked["start"], asked["stop"], asked["tz"], str(asked["known_at"]), root]
    if head != due:
        raise ProofError("report-mismatch", "the report is not the one that the manifest lists", where)
