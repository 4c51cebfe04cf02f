"""System calls of a traced run, in the order in which they took effect.

``strace -f -xx -y`` writes every string as hex and every descriptor with its path. A call that another thread
interrupts stands in two lines: what it sends counts from the first (the bytes may have left), what it makes
durable from the second (only then it has returned).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

STRACE: Final = shutil.which("strace")
NOT_RUN: Final = "not run: strace is not installed"
DATA: Final = ("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg")
SYNCS: Final = ("fsync", "fdatasync")
NAMES: Final = ("openat", "link", "linkat", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "rmdir")
GONE: Final = ("unlink", "unlinkat")
OTHERS: Final = (
    "ftruncate",
    "truncate",
    "lseek",
    "fallocate",
    "copy_file_range",
    "sendfile",
    "sync_file_range",
)
TRACED: Final = (*DATA, *SYNCS, *NAMES, *GONE, *OTHERS)
STRING_BYTES: Final = 131_072

_LINE: Final = re.compile(r"(\d+) +(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)")
_STRING: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_DESCRIPTOR: Final = re.compile(r"(-?\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")
_RESULT: Final = re.compile(r" = (-?\d+)(?:<((?:\\x[0-9a-f]{2})*)>)?[^=]*$")
UNFINISHED: Final = " <unfinished ...>"


class Call(NamedTuple):
    """One call that succeeded. ``begun`` is the number of calls that had ended when it began; ``path`` is
    that of its first descriptor, empty where the file had no name any more.
    """

    thread: int
    name: str
    path: str
    strings: tuple[bytes, ...]
    numbers: tuple[int, ...]
    flags: str
    result: int
    begun: int


def command(trace: Path, words: Sequence[str], *, more: Sequence[str] = ()) -> list[str]:
    """A command line that runs another one and writes its calls to a file."""
    assert STRACE is not None, NOT_RUN
    calls = ",".join(TRACED)
    return [
        *(STRACE, "-f", "-qq", "-xx", "-y", "-s", str(STRING_BYTES), "--seccomp-bpf", "-o", str(trace)),
        *("-e", f"trace={calls}", "-e", "signal=none", *more, *words),
    ]


def calls_of(trace: Path) -> Iterator[Call]:
    """The calls of a trace that succeeded; ``ValueError`` where a string was cut off."""
    begun: dict[int, tuple[str, int]] = {}
    ended = 0
    with trace.open() as lines:
        for line in lines:
            found = _LINE.match(line)
            if found is None:
                continue
            thread, name, rest = int(found[1]), found[2], found[3]
            if rest.endswith(UNFINISHED):
                text = rest.removesuffix(UNFINISHED)
                begun[thread] = (text, ended)
                if name in DATA:  # what is sent may arrive before the call returns
                    yield _call(thread, f"begun {name}", text + ") = 0", ended)
                continue
            first, since = begun.pop(thread, ("", ended)) if "resumed>" in line[:60] else ("", ended)
            result = _RESULT.search(rest)
            if result is None or int(result[1]) < 0:
                continue
            ended += 1
            yield _call(thread, name, first + rest, since)


def _call(thread: int, name: str, text: str, begun: int) -> Call:
    result = _RESULT.search(text)
    assert result is not None, "a call that ended has a result"
    arguments = text[: result.start()]
    if any(cut for _, cut in _STRING.findall(arguments)):
        raise ValueError(f"{name}: a string of more than {STRING_BYTES} bytes was cut off")
    strings = tuple(_bytes(one) for one, _ in _STRING.findall(arguments))
    descriptor = _DESCRIPTOR.search(arguments)
    path = "" if descriptor is None or descriptor[3] else _bytes(descriptor[2]).decode()
    if name == "openat":
        path = _bytes(result[2] or "").decode()
    bare = _DESCRIPTOR.sub("", _STRING.sub("", arguments)).rstrip(")")
    numbers = tuple(int(one) for one in re.findall(r"(?<![\w|])(\d+)(?![\w|])", bare))
    return Call(thread, name, path, strings, numbers, bare, int(result[1]), begun)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
