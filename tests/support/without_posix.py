"""The command line as on a system that is not POSIX: no locks, no modes, no folder that opens, no open file that
is renamed.

    python -m tests.support.without_posix ARGUMENT...
    python -m tests.support.without_posix < COMMANDS

The second runs several commands, a JSON list of lists of words, and prints a list of exit code and output of each.
Windows has none of these. Names that libraries look at to learn about Linux (``uname``, ``sysconf``) stay.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "syslog")
OF_OS = [
    "O_DIRECTORY",
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "O_CLOEXEC",
    "O_SYNC",
    "fchmod",
    "fchown",
    "chown",
    "lchown",
    "pread",
    "pwrite",
    "preadv",
    "pwritev",
    "fdatasync",
    "geteuid",
    "getuid",
    "getegid",
    "getgid",
    "getgroups",
    "setsid",
    "fork",
    "mkfifo",
    "mknod",
    "statvfs",
    "fstatvfs",
    "sendfile",
    "posix_fadvise",
    "posix_fallocate",
    "pathconf",
    "nice",
    "sync",
]
SIGNALS = ["SIGHUP", "SIGKILL", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE", "SIGTSTP"]

_open, _replace, _rename = os.open, os.replace, os.rename


def _opened(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
    if Path(os.fsdecode(path)).is_dir():
        raise PermissionError(13, "Permission denied", path)
    return _open(path, flags, mode, **more)


def _is_open(path: Any) -> bool:
    wanted = os.path.realpath(path)
    held = (f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd"))
    return any(os.path.realpath(link) == wanted for link in held)


def _moving(move: Any) -> Any:
    def moved(source: Any, target: Any) -> None:
        if _is_open(source) or _is_open(target):
            raise PermissionError(13, "The process cannot access the file because it is being used", source)
        move(source, target)

    return moved


def hide() -> None:
    """Take away what only POSIX has."""
    for module in MODULES:
        sys.modules[module] = None  # type: ignore[assignment]  # importing it fails
    for name in OF_OS:
        if hasattr(os, name):
            delattr(os, name)
    for name in SIGNALS:
        delattr(signal, name)
    os.supports_effective_ids.clear()
    os.open, os.replace, os.rename = _opened, _moving(_replace), _moving(_rename)
    shutil._use_fd_functions = False  # type: ignore[attr-defined]  # as it finds where POSIX is not


if __name__ == "__main__":
    import socket  # noqa: F401  # loaded before, as parts of it look at the system
    import subprocess  # noqa: F401
    import tempfile  # noqa: F401

    from click.testing import CliRunner

    hide()
    from ledger.app.cli.main import main

    if sys.argv[1:]:
        main(prog_name="wattledger")
    commands = [CliRunner().invoke(main, words) for words in json.load(sys.stdin)]
    print(json.dumps([(done.exit_code, done.output) for done in commands]))
