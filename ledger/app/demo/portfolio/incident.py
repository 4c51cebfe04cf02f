"""An incident that was first blamed on the wrong breaker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ledger.app.demo.portfolio.dispatches import STORM
from ledger.app.demo.portfolio.sites import Site
from ledger.app.demo.portfolio.telling import DAY, Line, fact, local_s

TRIP, OPENING, CLOSING = (f"019bf4e0-0000-8000-8000-00000000000{n}" for n in (1, 2, 3))


def storm_trip(site: Site) -> Iterator[Line]:
    """A breaker trips during the storm's second call. The shift blames the AI hall's breaker, which is open;
    eight days later the relay log shows that a mining block's tripped first and the other followed through
    its interlock.
    """
    if site.slug != "norcross":
        return
    day, review = STORM[0] + DAY, STORM[0] + 10 * DAY
    tripped, opened = local_s(day, 6, 10, site.tz), local_s(day, 6, 14, site.tz)
    outage = "outage=storm-trip outage_class=forced-u1 outside_management_control=false"
    said = "incident=storm-trip"
    yield fact(
        site, tripped, f'outage-started block=ai1 {outage} derate=4MW cause="breaker 52-4 tripped" id={TRIP}'
    )
    yield fact(
        site, opened, f'incident-opened {said} summary="breaker 52-4 of the AI hall tripped" id={OPENING}'
    )
    yield fact(
        site,
        opened + 300,
        f'incident-observation-added {said} text="52-4 stands open, feed A of ai1 is down"'
        ' observer="shift lead"',
    )
    yield fact(site, local_s(day, 6, 50, site.tz), "outage-ended outage=storm-trip")
    closed = local_s(day, 9, 30, site.tz)
    yield fact(
        site,
        closed,
        f'incident-closed {said} cause="breaker 52-4 tripped, reason unknown" actions=["52-4 closed again"]'
        f" id={CLOSING}",
    )
    found = local_s(review - DAY, 15, 0, site.tz)
    why = 'reason="relay log: 52-1 tripped first, its interlock opened 52-4"'
    yield fact(
        site,
        tripped,
        f'outage-started block=m1 {outage} derate=11MW cause="breaker 52-1 tripped" corrects=[{TRIP}] {why}',
        found - tripped,
    )
    yield fact(
        site,
        opened,
        f'incident-opened {said} summary="breaker 52-1 of block m1 tripped" corrects=[{OPENING}] {why}',
        found - opened,
    )
    yield fact(
        site,
        closed,
        f'incident-closed {said} cause="loose terminal in the trip circuit of breaker 52-1"'
        f' actions=["terminal tightened"] corrects=[{CLOSING}] {why}',
        found - closed,
    )
    meeting = local_s(review, 9, 0, site.tz)
    for action, what, owner, due_on in (
        ("torque", "torque check of all breakers", "electrical lead", "2026-03-15"),
        ("relay-log", "relay log on the screen of the shift desk", "site manager", "2026-08-31"),
    ):
        yield fact(
            site,
            meeting + 1800,
            f'incident-action-agreed {said} action={action} what="{what}" owner="{owner}" due_on={due_on}',
        )
    yield fact(
        site,
        local_s(date(2026, 3, 12), 14, 0, site.tz),
        f'incident-action-done {said} action=torque result="2 of 14 were loose"',
    )
