"""Replies made once for all who ask the same."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ledger.app.web.pages.shared import key_of
from ledger.app.web.routes import ApiCall, Reply
from ledger.app.web.shared_replies import KEPT, SharedReplies


def call(principal: str = "local", size: int = 9, **arguments: Any) -> ApiCall:
    """As much of a call as decides whether two are the same."""
    return cast(
        ApiCall,
        SimpleNamespace(
            route=SimpleNamespace(name="pageHome"),
            arguments=arguments,
            principal=SimpleNamespace(name=principal, token=None),
            service=SimpleNamespace(head=SimpleNamespace(size=size)),
        ),
    )


class Maker:
    """Makes replies, and counts them."""

    def __init__(self, *, fails: bool = False) -> None:
        self.made, self._fails = 0, fails

    async def __call__(self) -> Reply:
        self.made += 1
        await asyncio.sleep(0)
        if self._fails:
            raise ValueError("no")
        return Reply(b"%d" % self.made)


def test_ten_screens_that_ask_the_same_are_given_one_page() -> None:
    async def asked() -> set[Reply]:
        shared, maker = SharedReplies(), Maker()
        return set(
            await asyncio.gather(*(shared.reply(key_of(call(site=("s1",))), maker) for _ in range(10)))
        )

    assert asyncio.run(asked()) == {Reply(b"1")}


def test_another_reader_another_question_and_a_longer_log_are_given_their_own() -> None:
    async def asked() -> int:
        shared, maker = SharedReplies(), Maker()
        for one in (call(), call("auditor"), call(sort="site"), call(size=10)):
            await shared.reply(key_of(one), maker)
        return maker.made

    assert asyncio.run(asked()) == 4


def test_a_failure_is_not_kept() -> None:
    async def asked() -> Reply:
        shared = SharedReplies()
        with pytest.raises(ValueError, match="no"):
            await shared.reply(key_of(call()), Maker(fails=True))
        await asyncio.sleep(0)
        return await shared.reply(key_of(call()), Maker())

    assert asyncio.run(asked()) == Reply(b"1")


def test_who_goes_away_does_not_take_the_page_from_the_others() -> None:
    async def asked() -> Reply:
        shared, maker = SharedReplies(), Maker()
        first = asyncio.ensure_future(shared.reply(key_of(call()), maker))
        await asyncio.sleep(0)
        first.cancel()
        return await shared.reply(key_of(call()), maker)

    assert asyncio.run(asked()) == Reply(b"1")


def test_old_replies_are_let_go() -> None:
    async def asked() -> int:
        shared, maker = SharedReplies(), Maker()
        for size in (*range(KEPT + 1), 0):
            await shared.reply(key_of(call(size=size)), maker)
        return maker.made

    assert asyncio.run(asked()) == KEPT + 2
