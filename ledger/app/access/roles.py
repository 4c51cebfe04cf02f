"""Rights: one table of roles (docs/design/trust.md). Everything that is not listed is refused.

| role | appends | corrects | reads | administers |
|---|---|---|---|---|
| agent | listed kinds at listed sites | - | - | - |
| engineer | every kind | with a reason | everything | - |
| admin | - | - | everything | tokens and keys |
| auditor | - | - | everything | - |
| utility | answers to its own dispatches | - | class grid of its sites | - |
| commissioner | - | - | class community of its county | - |
| tenant | answers to dispatches | - | class lease of its own sites | - |

Proofs, reports and streams follow from the classes that a role reads: a report is made from the streams that
it declares, so whoever may read these may read the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from ledger import kinds
from ledger.errors import no_such
from ledger.kinds import CLASSES, KINDS

ALL_KINDS: Final = frozenset(kind.name for kind in KINDS if kind.claimable)
ANSWERS: Final = frozenset(
    kinds.BY_BODY[body].name
    for body in (kinds.DispatchAcknowledged, kinds.DispatchDeclined, kinds.DispatchDisputed)
)
_ACKNOWLEDGES: Final = frozenset((kinds.BY_BODY[kinds.DispatchAcknowledged].name,))


class Role(NamedTuple):
    """A role: the kinds it may record, whether it may correct, the classes it may read and whether with their
    sections, whether it administers, and the scope words that each of its tokens must have.
    """

    name: str
    what: str
    appends: frozenset[str] = frozenset()
    corrects: bool = False
    classes: tuple[str, ...] = ()
    sections: bool = False
    administers: bool = False
    needs: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        """May the role read anything at all?"""
        return bool(self.classes)


ROLES: Final = (
    Role("agent", "a machine that records listed kinds at listed sites", ALL_KINDS, needs=("site", "kind")),
    Role("engineer", "records, corrects and reads everything", ALL_KINDS, True, CLASSES, True),
    Role("admin", "grants and revokes tokens; reads everything", frozenset(), False, CLASSES, True, True),
    Role("auditor", "reads and verifies everything", classes=CLASSES),
    Role("utility", "reads class grid of its sites and answers its dispatches", ANSWERS, classes=("grid",),
         needs=("utility",)),
    Role("commissioner", "reads the commitments to its county", classes=("community",), needs=("county",)),
    Role("tenant", "reads its own lease and acknowledges dispatches", _ACKNOWLEDGES, classes=("lease",),
         sections=True, needs=("tenant",)),
)  # fmt: skip
BY_NAME: Final[Mapping[str, Role]] = {role.name: role for role in ROLES}


def role_named(name: str) -> Role:
    """The role of a name; ``Malformed`` with the nearest one."""
    if name not in BY_NAME:
        raise no_such("role", name, BY_NAME)
    return BY_NAME[name]
