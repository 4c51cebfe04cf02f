"""Checks of the disk: whether what is synced stays, whether locks hold, and whether there is room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ledger.app.maintenance.checkup.check import BookFolder, Trouble
from ledger.app.maintenance.checkup.host import free_bytes

NETWORK: Final = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|coda|glusterfs|lustre|gfs2?|ocfs2|beegfs|davfs2?"
    r"|fuse\.(sshfs|ceph|glusterfs|s3fs|gcsfuse|rclone|mount-s3|davfs2?|juicefs|grpcfuse|blobfuse2?)"
)
"""Types of file systems on other machines: SQLite's write-ahead log needs memory that all processes share, and
many of these keep no locks between machines.
"""
IN_MEMORY: Final = frozenset(["tmpfs", "ramfs"])
UNSAFE: Final = frozenset(["nobarrier", "barrier=0", "volatile"])
"""Options of mounts with which a sync returns before the disk has the bytes."""
NO_SYNC: Final = ("eatmydata", "nosync")
"""Libraries that make a sync do nothing, for tests of others."""
LEAST_BYTES: Final = 64 << 20
_MOVE: Final = "wattledger backup FILE, then restore FILE into a folder on a disk of this machine"


def durability(place: BookFolder) -> Iterator[Trouble]:
    """What is synced must outlast a power loss."""
    mount = place.host.mount_of(place.directory)
    if mount is not None:
        for option in sorted(mount.options & UNSAFE):
            yield Trouble(
                f"{mount.place} is mounted with {option}: a power loss loses records that were acknowledged",
                f"remove {option} from the mount options and mount it again",
            )
        if mount.type in IN_MEMORY:
            yield Trouble(
                f"{mount.place} is {mount.type}, kept in memory: a restart of the machine loses the book",
                _MOVE,
                is_finding=False,
            )
    for name in NO_SYNC:
        if name in place.host.preload:
            yield Trouble(
                f"the library {name} is loaded before all others: nothing that is synced reaches the disk",
                "run wattledger without it (LD_PRELOAD, /etc/ld.so.preload)",
            )


def file_system(place: BookFolder) -> Iterator[Trouble]:
    """A book lies on a disk of its machine."""
    mount = place.host.mount_of(place.directory)
    if mount is not None and NETWORK.fullmatch(mount.type):
        yield Trouble(
            f"{place.directory} is on {mount.place}, a network file system ({mount.type}): writers on two machines"
            " may both hold the lock, and the write-ahead log breaks",
            _MOVE,
        )


def room(place: BookFolder) -> Iterator[Trouble]:
    """The disk has room for a second copy of the database, as an erasure or a backup on it needs."""
    size = sum(file.stat().st_size for file in place.directory.glob(place.store.name + "*"))
    free, need = free_bytes(place.directory), max(LEAST_BYTES, size)
    if free is not None and free < need:
        yield Trouble(
            f"{free // 1_000_000:,} MB are free, and a book of this size needs {need // 1_000_000:,} MB to go on",
            f"make room on the disk of {place.directory}; records that do not fit are refused, none is lost",
        )
