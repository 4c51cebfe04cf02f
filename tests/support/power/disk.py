"""A disk as the calls of a run leave it: what is durable, and the pieces that are only on their way.

A piece is what a disk keeps or loses as a whole: a sector of a write, a change of a file's length, a change
of names. ``fsync`` of a file makes its own pieces durable, of a folder the names in it; nothing else does.
That is POSIX's word, which is harder than what any one file system does: no name comes with its file, and no
order is kept.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.power.calls import DATA, SYNCS, Call

SECTOR: Final = 512
FOLDER: Final = -1
"""The number of a name's file where it is a folder."""


class Piece(NamedTuple):
    """What may be kept or lost. ``file`` is the number of a file, ``data`` None where its length becomes
    ``offset``; a change of names has the names in ``names``, each with its file's number or None, and the
    folder whose sync keeps it.
    """

    serial: int
    call: int
    file: int
    offset: int = 0
    data: bytes | None = None
    names: tuple[tuple[str, int | None], ...] = ()
    folder: str = ""


class Disk:
    """The files below a folder. ``left_out`` are endings of names whose bytes nobody relies on."""

    def __init__(self, root: str, left_out: tuple[str, ...] = ()) -> None:
        self.root, self.left_out = root, left_out
        self.kept: dict[int, bytes] = {}
        self.names: dict[str, int] = {root: FOLDER}
        self.pieces: list[Piece] = []
        self.now: dict[str, int] = {root: FOLDER}
        self._offsets: dict[str, int] = {}
        self._lengths: dict[int, int] = {}
        self.versions: dict[int, int] = {}
        self._ended = self._serial = 0

    def take(self, call: Call) -> bool:
        """Let a call happen; True where it changed a file of ours, or what of it is durable."""
        if call.name.startswith("begun "):
            return False
        self._ended += 1
        act = getattr(self, f"_{call.name}", None)
        if act is not None:
            return bool(act(call))
        if call.name not in DATA and any(map(self._is_ours, (call.path, *map(_text, call.strings)))):
            raise ValueError(f"{call.name} of {call.path} is not understood")
        return False

    def _is_ours(self, path: str) -> bool:
        if not (path == self.root or path.startswith(self.root + "/")):
            return False
        return not path.endswith(self.left_out) if self.left_out else True

    # --- data -----------------------------------------------------------------------------------------------

    def _add(self, file: int, offset: int, data: bytes | None = None) -> None:
        self._serial += 1
        self.pieces.append(Piece(self._serial, self._ended, file, offset, data))

    def _put(self, file: int, offset: int, data: bytes) -> None:
        start, stop = offset, offset + len(data)
        while start < stop:
            end = min(stop, (start // SECTOR + 1) * SECTOR)
            self._add(file, start, data[start - offset : end - offset])
            start = end
        self._lengths[file] = max(self._lengths.get(file, 0), stop)

    def _pwrite64(self, call: Call) -> bool:
        if not self._is_ours(call.path):
            return False
        self._put(self.now[call.path], call.numbers[-1], call.strings[-1][: call.result])
        return True

    def _write(self, call: Call) -> bool:
        if not self._is_ours(call.path):
            return False
        offset = self._offsets.get(call.path, 0)
        self._put(self.now[call.path], offset, b"".join(call.strings)[: call.result])
        self._offsets[call.path] = offset + call.result
        return True

    _writev = _write

    def _lseek(self, call: Call) -> bool:
        if self._is_ours(call.path):
            self._offsets[call.path] = call.result
        return False

    def _ftruncate(self, call: Call) -> bool:
        if not self._is_ours(call.path):
            return False
        file = self.now[call.path]
        self._add(file, call.numbers[-1])
        self._lengths[file] = call.numbers[-1]
        return True

    def _fsync(self, call: Call) -> bool:
        if not self._is_ours(call.path) or call.path not in self.now:
            return False
        number = self.now[call.path]
        early = [p for p in self.pieces if p.call <= call.begun]
        if number == FOLDER:
            mine = [p for p in early if p.names and p.folder == call.path]
            for piece in mine:
                _rename(self.names, piece)
        else:
            mine = [p for p in early if not p.names and p.file == number]
            self._keep(number, mine)
        done = {piece.serial for piece in mine}
        self.pieces = [piece for piece in self.pieces if piece.serial not in done]
        return True

    def _keep(self, number: int, pieces: Collection[Piece]) -> None:
        if pieces:
            self.kept[number] = content(self.kept.get(number, b""), pieces)
            self.versions[number] = self.versions.get(number, 0) + 1

    def write_back(self, endings: tuple[str, ...]) -> None:
        """Let the bytes of files that are never synced come to the disk, as they do within a minute."""
        for name, number in self.now.items():
            if name.endswith(endings):
                self._keep(number, [p for p in self.pieces if not p.names and p.file == number])
                self.pieces = [p for p in self.pieces if p.names or p.file != number]

    _fdatasync = _fsync

    # --- names ----------------------------------------------------------------------------------------------

    def _change(self, *names: tuple[str, int | None]) -> None:
        self._serial += 1
        folder = os.path.dirname(names[0][0])
        piece = Piece(self._serial, self._ended, FOLDER, names=names, folder=folder)
        self.pieces.append(piece)
        _rename(self.now, piece)

    def _openat(self, call: Call) -> bool:
        path = call.path
        if not self._is_ours(path):
            return False
        self._offsets[path] = 0
        if path not in self.now:
            if "O_CREAT" not in call.flags:
                raise ValueError(f"{path} was opened and nobody made it")
            self.kept[len(self.kept)] = b""
            self._change((path, len(self.kept) - 1))
            return True
        if "O_TRUNC" in call.flags and self.now[path] != FOLDER:
            self._add(self.now[path], 0)
            return True
        return False

    def _mkdir(self, call: Call) -> bool:
        path = _text(call.strings[0])
        if self._is_ours(path):
            self._change((path, FOLDER))
            return True
        return False

    def _rmdir(self, call: Call) -> bool:
        return self._unlink(call)

    def _unlink(self, call: Call) -> bool:
        path = _absolute(call)
        if self._is_ours(path) and path in self.now:
            self._change((path, None))
            return True
        return False

    _unlinkat = _unlink

    def _rename(self, call: Call) -> bool:
        old, new = _text(call.strings[0]), _text(call.strings[1])
        if not self._is_ours(old):
            return False
        if self.now[old] == FOLDER:
            raise ValueError(f"{old}: the renaming of a folder is not understood")
        self._offsets[new] = self._offsets.get(old, 0)
        self._change((new, self.now[old]), (old, None))
        return True

    def _link(self, call: Call) -> bool:
        old, new = _text(call.strings[0]), _text(call.strings[1])
        if self._is_ours(old):
            self._change((new, self.now[old]))
            return True
        return False

    # --- states ---------------------------------------------------------------------------------------------

    def files(self, pieces: Iterable[Piece]) -> tuple[dict[str, tuple[int, tuple[Piece, ...]]], list[str]]:
        """Files by name, each as its number and the pieces of it that were kept, and the folders, once a
        choice of pieces was kept.
        """
        names, mine = dict(self.names), dict[int, list[Piece]]()
        for piece in pieces:
            if piece.names:
                _rename(names, piece)
            else:
                mine.setdefault(piece.file, []).append(piece)
        there = {name: number for name, number in names.items() if self._stands(names, name)}
        files = {name: (n, tuple(mine.get(n, ()))) for name, n in there.items() if n != FOLDER}
        return files, [name for name, n in there.items() if n == FOLDER and name != self.root]

    def length(self, number: int) -> int:
        """Length of a file as the program has it."""
        return self._lengths.get(number, 0)

    def _stands(self, names: Collection[str], name: str) -> bool:
        while name != self.root:
            if name not in names:
                return False
            name = os.path.dirname(name)
        return self.root in names


def content(kept: bytes, pieces: Iterable[Piece], length: int = 0) -> bytes:
    """Bytes of a file of which these pieces came to the disk too."""
    data = bytearray(kept)
    for piece in pieces:
        if piece.data is None:
            if piece.offset < len(data):
                del data[piece.offset :]
            else:
                data.extend(bytes(piece.offset - len(data)))
            continue
        if piece.offset > len(data):
            data.extend(bytes(piece.offset - len(data)))
        data[piece.offset : piece.offset + len(piece.data)] = piece.data
    if length > len(data):
        data.extend(bytes(length - len(data)))
    return bytes(data)


def differences(disk: Disk, root: Path) -> list[str]:
    """Files that are not as the model has them once everything is kept; none, where the model is right."""
    files, _ = disk.files(disk.pieces)
    modelled = {name: content(disk.kept[number], pieces) for name, (number, pieces) in files.items()}
    real = {str(p): p.read_bytes() for p in root.rglob("*") if p.is_file() and disk._is_ours(str(p))}
    return sorted(name for name in modelled.keys() | real.keys() if modelled.get(name) != real.get(name))


def _rename(names: dict[str, int], piece: Piece) -> None:
    for name, number in piece.names:
        if number is None:
            names.pop(name, None)
        else:
            names[name] = number


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def _absolute(call: Call) -> str:
    path = _text(call.strings[0])
    return path if path.startswith("/") else f"{call.path}/{path}"


assert set(SYNCS) <= {name[1:] for name in vars(Disk)}, "every sync is understood"
