"""The reader's files: what is read, and the state that is written after success."""

from __future__ import annotations

import contextlib
import mmap
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger.verifier.faults import BadOption
from ledger.verifier.policy import Policy, parse_policy
from ledger.verifier.reader import State, format_state, parse_state

LARGEST = 1 << 26
"""The most bytes that are read of a file that the reader brings beside the bundle."""


def read_state(path: str) -> State | None:
    """The reader's state; None where there is no file, for it is written after the first success."""
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST)
    except FileNotFoundError:
        return None
    except OSError as why:
        raise _unreadable("--state", path, why) from None
    try:
        return parse_state(data)
    except BadOption as wrong:
        wrong.where = path
        raise


def read_policy(path: str) -> Policy:
    """The reader's policy, whatever editor saved it."""
    text = read_brought("--policy", path).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    try:
        return parse_policy(text)
    except BadOption as wrong:
        wrong.where = path + wrong.where.removeprefix("policy")
        raise


def read_receipts(paths: Sequence[str]) -> tuple[tuple[str, bytes], ...]:
    """Files of proofs of one record, with their names."""
    return tuple((path, read_brought("--receipt", path)) for path in dict.fromkeys(paths))


def read_brought(option: str, path: str) -> bytes:
    """A small file that the reader named; ``BadOption`` where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST)
    except OSError as why:
        raise _unreadable(option, path, why) from None


@contextlib.contextmanager
def opened(path: str) -> Iterator[Any]:
    """A bundle's bytes, as the system has them in memory; ``BadOption`` where the file cannot be read."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(open(path, "rb"))
            try:
                data: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except (ValueError, OSError):  # empty, or no regular file
                data = file.read()
        except OSError as why:
            raise _unreadable("BUNDLE", path, why) from None
        yield data


def _unreadable(option: str, path: str, why: OSError) -> BadOption:
    return BadOption(option, f"cannot be read: {why.strerror or why}", path)


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


def remember(path: str, state: State) -> None:
    """Write what was verified; ``BadOption`` where that cannot be done, for the next verdict would rest on an
    older state.
    """
    try:
        write_state(path, state)
    except OSError as why:
        wrong = f"the bundle verifies, but the state cannot be written: {why.strerror or why}"
        raise BadOption("--state", wrong, path) from None


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
