"""The reader's files: what is read, and the state that is written after success."""

from __future__ import annotations

import contextlib
import mmap
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger.verifier.faults import Misshapen
from ledger.verifier.reader import State, format_state
from ledger.verifier.verdict import Verdict, refusal


def read_file(path: str) -> bytes | None:
    """A small file's bytes; None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read(1 << 26)
    except FileNotFoundError:
        return None


def read_receipts(paths: Sequence[str]) -> tuple[tuple[str, bytes], ...]:
    """Files of proofs of one record, with their names."""
    found = [(path, read_file(path)) for path in dict.fromkeys(paths)]
    for path, data in found:
        if data is None:
            raise Misshapen("malformed", "there is no such file", path)
    return tuple((path, data) for path, data in found if data is not None)


@contextlib.contextmanager
def opened(path: str) -> Iterator[Any]:
    """A file's bytes, as the system has them in memory."""
    with open(path, "rb") as file:
        try:
            data: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (ValueError, OSError):  # empty, or no regular file
            data = file.read()
        yield data


def say(lines: Iterable[str]) -> None:
    """Print lines; who stops reading them changes no exit code. ``OSError`` where they cannot be written."""
    import os

    try:
        for line in lines:
            print("".join(c if c.isprintable() else "?" for c in line))
        sys.stdout.flush()
    except OSError as why:
        # what is left in the buffer would be written, and fail, once more when the process ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(why, BrokenPipeError):
            raise


def remembered(found: Verdict, path: str, state: State) -> Verdict:
    """The verdict, with its state written; MALFORMED where that cannot be done, for the next verdict would
    rest on an older one.
    """
    try:
        write_state(path, state)
    except OSError as why:
        wrong = f"the bundle verifies, but the state cannot be written: {why.strerror or why}"
        return refusal(Misshapen("malformed", wrong, path))
    return found


def write_state(path: str, state: State) -> None:
    """Put a state in the place of the last, whole or not at all."""
    import os

    aside = f"{path}.{os.urandom(8).hex()}.new"  # cannot be guessed; mode x never goes through a link
    try:
        with open(aside, "xb") as file:
            file.write(format_state(state))
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(aside)
        raise
