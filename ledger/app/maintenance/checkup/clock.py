"""Checks of time: the machine's clock, and the rules of local time."""

from __future__ import annotations

from collections.abc import Iterator

from ledger import calendar
from ledger.app.book.batch import CLOCK_TOLERANCE_US
from ledger.app.book.config import NAME
from ledger.app.host.clock import check_not_ahead
from ledger.app.maintenance.checkup.check import BookFolder, Opened, Trouble
from ledger.errors import Refused

_SET = "set the clock right, or keep it so: systemd-timesyncd, chrony or ntpd"


def against_log(opened: Opened) -> Iterator[Trouble]:
    """The clock is neither behind the newest record nor a year ahead of all that is known."""
    book = opened.book
    if not book.store.size:
        return
    last = book.rec_at(book.store.size - 1)
    now_us, last_us = book.surroundings.now_us(), calendar.rec_us(last)
    if last_us - now_us > CLOCK_TOLERANCE_US:
        yield Trouble(
            f"the clock says {calendar.format_rec(now_us)}, and the newest record is of {last}: records are refused",
            f"{_SET}; where the clock is right, record with --accept-clock",
        )
    try:
        check_not_ahead(book.surroundings, last_us, (book.directory / NAME, opened.place.key))
    except Refused as why:
        yield Trouble(str(why), _SET)


def kept_right(place: BookFolder) -> Iterator[Trouble]:
    """Something keeps the clock right."""
    if place.host.synchronized is False:
        yield Trouble(
            "the kernel says that nothing synchronizes the clock: the times of records may be off",
            _SET,
            is_finding=False,
        )


def zones(opened: Opened) -> Iterator[Trouble]:
    """This program knows the rules of local time that reports were issued with."""
    own = calendar.tzdata_release()
    if opened.tzdata > own:
        yield Trouble(
            f"a report was issued with the tz database {opened.tzdata}, and this program has {own}: local times and"
            " figures may differ",
            "install the newer wattledger that issued it",
        )
