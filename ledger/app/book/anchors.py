"""Anchors: what third parties attest of a book's checkpoints (cosignatures of witnesses, RFC 3161
responses), kept in its folder ``anchors``.

Beside them ``SHA256SUMS`` lists what was kept, as sha256sum writes and checks it, because nothing else in the
book shows that one was changed or is gone. While one is replaced it is not listed, so that a crash at any
point leaves none that is listed wrongly.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ledger.app.host.files import PRIVATE, own_folder, write_durably
from ledger.errors import Malformed
from ledger.store import portable

FOLDER: Final = "anchors"
SUMS: Final = "SHA256SUMS"
DELIVERIES: Final = "anchored.json"
"""The file that records which checkpoints were sent to which destination (``app/anchor``)."""
NAMES: Final = re.compile(r"([0-9]{1,16})\.(tsr|cosignatures)")
_LINE: Final = re.compile(rf"([0-9a-f]{{64}})  ({NAMES.pattern})")


def keep_anchor(directory: Path, name: str, make: Callable[[Path], bytes | None]) -> Path:
    """Keep an anchor under a name and list it; ``make`` gives its bytes from the path of the one that is
    there, None to leave that as it is.
    """
    folder = directory / FOLDER
    own_folder(folder)
    path = folder / name
    with _locked(folder):
        data = make(path)
        if data is not None:
            others = {other: digest for other, digest in sums(folder).items() if other != name}
            _list(folder, others)
            write_durably(path, data, PRIVATE)
            _list(folder, others | {name: hashlib.sha256(data).hexdigest()})
    return path


def sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each anchor that is listed; ``Malformed`` where the list is damaged."""
    path = folder / SUMS
    try:
        lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return {}
    found = [_LINE.fullmatch(line) for line in lines]
    if not all(found):
        raise Malformed(f"{path} is damaged: each line is a SHA-256 and the name of an anchor")
    return {line[2]: line[1] for line in found if line}


@contextmanager
def looking(folder: Path) -> Iterator[None]:
    """Hold the folder unchanged while it is read."""
    if not folder.is_dir() or portable.DIRECTORY is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY | portable.DIRECTORY)
    try:
        with suppress(OSError):  # not every file system has locks
            portable.lock(descriptor, wait=True, shared=True)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    portable.check_writable()
    descriptor = os.open(folder, os.O_RDONLY | (portable.DIRECTORY or 0))
    try:
        portable.lock(descriptor, wait=True)
        yield
    finally:
        os.close(descriptor)


def _list(folder: Path, listed: Mapping[str, str]) -> None:
    if listed or (folder / SUMS).exists():
        lines = [f"{digest}  {name}\n" for name, digest in sorted(listed.items())]
        write_durably(folder / SUMS, "".join(lines).encode(), PRIVATE)
