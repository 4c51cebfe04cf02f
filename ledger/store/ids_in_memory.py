"""The questions of the port about ids, for stores that hold all of them in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property


class IdsInMemory:
    """Answers from two dictionaries, which are empty until the store fills them."""

    @cached_property
    def _ids(self) -> dict[bytes, int]:
        """The index of each id."""
        return {}

    @cached_property
    def _superseders(self) -> dict[bytes, int]:
        """The index of the correction of each id that is corrected."""
        return {}

    def indexes(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Indexes of the records with these ids."""
        return {id_: self._ids[id_] for id_ in ids if id_ in self._ids}

    def superseders(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Those of these ids that are corrected, with the index of the correction."""
        return {id_: self._superseders[id_] for id_ in ids if id_ in self._superseders}

    def corrections(self) -> Iterator[tuple[bytes, int]]:
        """Every corrected id with its corrector's index."""
        return iter(sorted(self._superseders.items()))
