"""``wattledger`` without its start: a command is a fork of one process that has loaded the program.

Each command is a process of its own, with the arguments, directory, environment, standard streams and exit
code that it was given or ends with. What is not as in a shell is only that its modules are there already. A
start takes several times as long as most commands, and the pages run a thousand.

    with forked_program() as folder:    # holds an executable ``wattledger``, to be put on the PATH
    subprocess.run([program(), "status"])    # the one of this process, which ``stop`` ends

A signal to the caller does not reach the fork: what is killed or limited runs as ``python -m ledger.app``.
"""

from __future__ import annotations

import _socket
import gc
import importlib
import io
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from array import array
from atexit import _run_exitfuncs
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

OURS: Final = ("ledger", "projections", "wattledger")
LIBRARIES: Final = (
    "cryptography.hazmat.primitives.serialization",
    "docx",
    "openpyxl",
    "sqlite_utils.cli",
    "tomlkit",
    "typst",
    "xlsxwriter",
)
"""What commands import when they need it, of libraries that start no thread."""
ADDRESS: Final = "address"
OTHER: Final = "sqlite-utils"
"""A command of a library that pages show: it reads pandas where that is there, for longer than it runs."""
CALLER: Final = """#!{python} -IS
import sys
sys.path[:] = {places!r}
import _socket, posix
caller = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
caller.connect({address!r})
caller.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, {streams!r})])
words = [word.encode("utf-8", "surrogateescape") for word in sys.argv]
told = [posix.getcwdb(), *map(b"=".join, posix.environ.items()), b"", *words]
caller.sendall(b"".join(part + bytes(1) for part in told))
caller.shutdown(_socket.SHUT_WR)
posix._exit(caller.recv(1)[0])
"""
"""What ``forked_program.c`` does, where there is no C compiler: a start of Python took a third of a command.
Imports what Python was built with, and one module from the folder where it is: to look for it through the
standard library took a third of the time.
"""
_PROGRAM: Final = ExitStack()


@contextmanager
def forked_program() -> Iterator[Path]:
    """The folder of an executable ``wattledger`` that is answered as long as the context is open."""
    with tempfile.TemporaryDirectory() as name:
        folder, address = Path(name) / "bin", Path(name) / ADDRESS
        folder.mkdir()
        write_caller(folder / "wattledger", address, shutil.which("cc"))
        (folder / OTHER).symlink_to("wattledger")
        command = [sys.executable, "-m", __name__, str(address)]
        one = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}  # openpyxl loads numpy where it is there
        root = Path(__file__).resolve().parents[2]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=root, env=os.environ | one) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
            yield folder
            server.communicate()  # it ends when its input does, also if we are killed


def write_caller(caller: Path, address: Path, compiler: str | None) -> None:
    """Make the executable that calls the process at an address."""
    source = Path(__file__).with_suffix(".c")
    command = [str(compiler), "-O1", f'-DADDRESS="{address}"', "-o", str(caller), str(source)]
    if compiler is None or subprocess.run(command, check=False).returncode:
        caller.write_text(_caller(address))
        caller.chmod(0o755)


def _caller(address: Path) -> str:
    found = getattr(_socket, "__file__", None)  # none where it is a part of Python
    return CALLER.format(
        python=sys.executable,
        places=[str(Path(found).parent)] if found else [],
        address=str(address),
        streams=array("i", [0, 1, 2]).tobytes(),
    )


@cache
def program() -> str:
    """An executable ``wattledger`` for all tests of this process."""
    return str(_PROGRAM.enter_context(forked_program()) / "wattledger")


def stop() -> None:
    """End what ``program`` started."""
    _PROGRAM.close()
    program.cache_clear()


def serve(address: str) -> None:
    """Answer callers until standard input ends."""
    _load()
    gc.collect()
    gc.freeze()
    heard, rings = socket.socketpair()
    heard.setblocking(False)
    rings.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(rings.fileno())
    callers: dict[int, socket.socket] = {}
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen(64)
        print("ready", flush=True)
        while True:
            ready = select.select([server.fileno(), heard.fileno(), 0], [], [])[0]
            if heard.fileno() in ready:
                heard.recv(4096)
                _answer(callers)
            if server.fileno() in ready:
                caller = server.accept()[0]
                if child := os.fork():
                    callers[child] = caller
                else:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    for other in (server, heard, rings, *callers.values()):
                        other.close()
                    _be(caller)
            if 0 in ready:
                return


def _load() -> None:
    for name in OURS:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            with suppress(ImportError):  # of a library that is not installed: the command will say so
                importlib.import_module(module.name)
    sys.modules["pandas"] = None  # type: ignore[assignment]  # not for sqlite-utils
    for name in LIBRARIES:
        importlib.import_module(name)
    del sys.modules["pandas"]
    if threading.active_count() > 1:
        raise RuntimeError("a thread is running, which a fork would not have")


def _answer(callers: dict[int, socket.socket]) -> None:
    """Tell the callers of children that have ended their exit codes, as a shell counts them."""
    while callers:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        code = os.waitstatus_to_exitcode(status)
        with callers.pop(child) as caller:
            caller.send(bytes([code if code >= 0 else 128 - code]))


def _be(caller: socket.socket) -> NoReturn:
    """Be the program that a caller called."""
    code: Any = 1
    try:
        _, streams, _, _ = socket.recv_fds(caller, 1, 3)
        with caller.makefile("rb") as told:
            about, _, words = told.read().removesuffix(b"\0").partition(b"\0\0")
        place, *variables = about.split(b"\0")
        sys.argv = [os.fsdecode(word) for word in words.split(b"\0")]
        caller.close()
        for stream, number in zip(streams, range(3), strict=True):
            os.dup2(stream, number)
            os.close(stream)
        _open_streams()
        os.chdir(place)
        os.environ.clear()
        os.environb.update(variable.partition(b"=")[::2] for variable in variables)
        if os.path.basename(sys.argv[0]) == OTHER:
            importlib.import_module("sqlite_utils.cli").cli(prog_name=OTHER)
        else:
            importlib.import_module("ledger.app.__main__").run()
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # what Python calls at its own end
        _run_exitfuncs()
        for output in (sys.stdout, sys.stderr):
            output.flush()
    except BaseException:
        code = 120  # as Python's own end says it
    os._exit(code or 0)


def _open_streams() -> None:
    """Open Python's standard streams again as its start does, on what they are now."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        raw = io.FileIO(number, "w" if number else "r", closefd=False)
        raw.name = old.name
        buffer = io.BufferedWriter(raw) if number else io.BufferedReader(raw)
        text = io.TextIOWrapper(buffer, old.encoding, old.errors, line_buffering=name == "stderr")
        setattr(sys, name, text)


if __name__ == "__main__":
    serve(sys.argv[1])
