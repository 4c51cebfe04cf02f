"""Kinds about emergency directives: the instructions of a grid operator or utility to a site, and the site's
response (class grid, DOMAIN 4).
"""

from typing import ClassVar, Literal

from msgspec import UNSET

from ledger.fields import Instant, Natural, Slug, Text, Unset
from ledger.kinds.base import Fact

Authority = Literal[
    "doe-202c",
    "sb6",
    "pjm-backup-generator",
    "pjm-non-firm",
    "tariff",
    "interconnection",
    "site-condition",
    "other",
]


class DirectiveReceived(Fact, frozen=True, kw_only=True):
    """An emergency instruction reaches the site: ``authority`` is the rule that it is based on, ``order`` its
    number under that rule. ``target_w`` is the load to reduce to, 0 for all off; ``backup_w`` is the load to
    move to backup generation. ``blocks`` is the agreed order of cut; ``dispatch`` is the dispatch under which
    blocks are curtailed for it.
    """

    site: Slug
    directive: Slug
    issuer: Text
    channel: Literal["phone", "hotline", "scada", "openadr", "email", "portal", "other"]
    authority: Authority
    order: Text | Unset = UNSET
    issued: Instant
    instruction: Literal["curtail", "deploy-backup", "curtail-or-deploy"]
    target_w: Natural | Unset = UNSET
    backup_w: Natural | Unset = UNSET
    allowed_s: Natural | Unset = UNSET
    blocks: tuple[Slug, ...] | Unset = UNSET
    dispatch: Slug | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-14T17:31Z sandersville directive-received directive=e1 issuer=ERCOT channel=hotline"
        " authority=sb6 issued=2026-07-14T17:30Z instruction=curtail target=0W allowed=30min blocks=[m1]"
    )


class DirectiveAcknowledged(Fact, frozen=True, kw_only=True):
    """The site confirms to the issuer that it has the instruction; ``by`` is a role, never a person's
    name.
    """

    directive: Slug
    by: Text | Unset = UNSET

    example: ClassVar[str] = (
        '2026-07-14T17:33Z sandersville directive-acknowledged directive=e1 by="shift lead"'
    )


class BreakerOpened(Fact, frozen=True, kw_only=True):
    """A breaker of a block is opened for a directive; ``opened_by`` tells who opened it."""

    directive: Slug
    block: Slug
    breaker: Text
    opened_by: Literal["operator", "utility", "protection"]

    example: ClassVar[str] = (
        "2026-07-14T17:41Z sandersville breaker-opened directive=e1 block=m1 breaker=52-3 opened_by=operator"
    )


class DirectiveComplied(Fact, frozen=True, kw_only=True):
    """The site complies with the instruction in full, at the load given."""

    directive: Slug
    load_w: Natural | Unset = UNSET

    example: ClassVar[str] = "2026-07-14T17:52Z sandersville directive-complied directive=e1 load=0W"


class DirectiveLifted(Fact, frozen=True, kw_only=True):
    """The issuer ends the instruction."""

    directive: Slug

    example: ClassVar[str] = "2026-07-14T20:05Z sandersville directive-lifted directive=e1"
