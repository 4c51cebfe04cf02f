"""Lists of named things that stand each in a module of its own: it is loaded when the thing is asked for.

A program of many reports and commands starts with the one it was asked for; loading all of them took longer
than most answers. The names and their order are known without loading anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from importlib import import_module
from typing import Final, TypeVar, overload

Thing = TypeVar("Thing")


class LoadedByName(MutableMapping[str, Thing]):
    """Name -> thing, in the order of the names; a thing that is put in stands beside those of the list."""

    def __init__(self, names: Sequence[str], load: Callable[[str], Thing]) -> None:
        self._load = load
        self._found: dict[str, Thing | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Thing:
        found = self._found[name]
        if found is None:
            found = self._found[name] = self._load(name)
        return found

    def __setitem__(self, name: str, thing: Thing) -> None:
        self._found[name] = thing

    def __delitem__(self, name: str) -> None:
        del self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class LoadedInOrder(Sequence[Thing]):
    """The things of a list by name, in its order."""

    def __init__(self, by_name: Mapping[str, Thing]) -> None:
        self._by_name: Final = by_name

    @overload
    def __getitem__(self, index: int) -> Thing: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Thing]: ...

    def __getitem__(self, index: int | slice) -> Thing | Sequence[Thing]:
        return tuple(self._by_name.values())[index]

    def __iter__(self) -> Iterator[Thing]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)


def from_module(module: str, name: str, form: type[Thing]) -> Thing:
    """The value of a name in a module, which must be of a type."""
    found = getattr(import_module(module), name)
    assert isinstance(found, form), f"{module}.{name} is a {form.__name__}"
    return found
