"""``restore``: a book made again from an export, or the missing records of one that was put back from an old
copy, byte for byte (PROOF 3).

Everything is checked before any of it is the book's (``following``): against the heads records in the file,
and against every signed checkpoint at hand, the one exported beside the file (FILE.checkpoint, its signature
by the log's key where that is known) and the one that the key last signed. The checkpoint the key signed is
never touched, so a book that is behind it stays closed to new records until it has caught up. A section that
a later record states is erased is not put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from ledger import kinds
from ledger.app.book import config, keys, unfinished
from ledger.app.book.config import Config
from ledger.app.book.fork_guard import cannot_go_on, is_empty
from ledger.app.book.making import Stage, alone, stage_of
from ledger.app.host.files import forget_read_models, make_folder, staging, sync_directory
from ledger.app.host.progress import Progress
from ledger.app.maintenance.export_reader import Following, Item, items
from ledger.errors import Malformed, Refused, Tampered, VerificationFailed
from ledger.log.checkpoint import Checkpoint, parse_checkpoint
from ledger.store.open import store_folder
from ledger.store.port import Entry, Store
from ledger.verifier.faults import ProofError
from ledger.verifier.key_chain import key_walk
from ledger.verifier.keys import parse_vkey
from ledger.verifier.leaf import Leaf, read_leaf
from ledger.verifier.notes import parse_note, verified_by

CHUNK: Final = 1_000
STAGE: Final = "restoring"
BESIDE: Final = ".checkpoint"


class Restored(NamedTuple):
    """Result of a restore: the number of records restored, of all records now, and of those that a signed
    checkpoint vouches for.

    ``unchecked``: there was no verifier key to check its signature by. ``closed`` is the reason why no record
    can be added to the book as it is, None where one can. ``damaged`` names the documents that are not what
    was kept, or were not when they were backed up: they were not restored.
    """

    origin: str
    new: int
    size: int
    vouched: int
    unchecked: bool
    closed: str | None
    damaged: tuple[str, ...] = ()


class KeptCheckpoint(NamedTuple):
    """A signed checkpoint at hand; ``own`` is what the key itself remembers as signed."""

    checkpoint: Checkpoint
    note: bytes
    own: bool = False


class RestoreOptions(NamedTuple):
    """Options beside the file: the book's origin, the log's verifier key, and the path of the signing key."""

    origin: str | None = None
    vkey: str | None = None
    key_file: str | None = None


def restore_records(directory: Path, path: Path, given: RestoreOptions, progress: Progress) -> Restored:
    """Read exported JSON Lines into a new or empty book, or behind the records of the one that is there."""
    key_file, origin = given.key_file, given.origin
    key = keys.key_path(directory, key_file)
    notes = dict(_notes(path, key))
    settings = _settings(directory, origin, {name: note.checkpoint.origin for name, note in notes.items()})
    with new_or_held(directory, key) as held:
        if held is not None and not is_empty(held):
            before, rotations = held.size, registry_of(held)
            for item, _ in _new(held, settings.origin, path, notes.values(), progress):
                if isinstance(item.record.body, kinds.KeyRotated):
                    rotations.append(read_leaf(item.leaf))
            pinned = given.vkey or _vkey(key, settings)
            unchecked = check_signatures(settings, notes.values(), rotations, pinned)
            restore_into(RestoreTarget(directory, held, settings), path, notes.values(), progress)
            forget_read_models(directory)
            size = held.size
        else:
            before, pinned = 0, given.vkey
            if held is None:
                pinned = pinned or _vkey(key, settings)
            else:  # the key of an empty book, and what it signed, are of no other history
                notes = {name: note for name, note in notes.items() if not _is_of(held, note)}
            with staged(directory) as stage:
                with closing(store_folder(stage, settings.backend).create()) as fresh, fresh.writing():
                    restore_into(RestoreTarget(stage, fresh, settings), path, notes.values(), progress)
                    size = fresh.size
                    unchecked = check_signatures(settings, notes.values(), registry_of(fresh), pinned)
                if size == 0:
                    raise Malformed(f"{path.name}: holds no records; nothing was restored")
                put_in_place(stage, directory, settings)
    vouched = max((note.checkpoint.size for note in notes.values()), default=0)
    why = closed(directory, settings, key)
    return Restored(settings.origin, size - before, size, min(vouched, size), unchecked, why)


def check_signatures(
    settings: Config, notes: Iterable[KeptCheckpoint], registry: Sequence[Leaf], vkey: str | None
) -> bool:
    """True where a checkpoint could not be checked for want of a verifier key; ``VerificationFailed`` where
    one is signed by no key of the log.
    """
    foreign = [note for note in notes if not note.own]
    if vkey is None:
        return bool(foreign)
    try:
        walked = [parse_vkey(key) for key in key_walk(settings.origin, vkey, registry)]
        signed = [verified_by(parse_note(note.note), walked) for note in foreign]
    except ProofError as why:
        raise VerificationFailed(f"nothing was restored: {why}") from None
    if not all(signed):
        raise VerificationFailed(
            "nothing was restored: the checkpoint is signed by no key of the log, which is"
            f" {walked[-1].name}'s"
        )
    return False


def registry_of(store: Store) -> list[Leaf]:
    """The records of a store's registry, as the verifier reads them."""
    return list(map(read_leaf, store.read_stream(0, 0, None)))


def _vkey(key: Path, settings: Config) -> str | None:
    """The verifier key of the signing key at hand."""
    return keys.read_key(key, settings.origin).vkey if key.exists() else None


def closed(directory: Path, settings: Config, key: Path) -> str | None:
    """Reason why no record can be added to a book as it is, None where one can."""
    with closing(store_folder(directory, settings.backend).open(write=False)) as store:
        why = cannot_go_on(store, settings, key)
    return None if why is None else str(why)


# --- records ------------------------------------------------------------------------------------------------


def _new(
    store: Store, origin: str, path: Path, notes: Iterable[KeptCheckpoint], progress: Progress
) -> Iterator[tuple[Item, Entry]]:
    total = path.stat().st_size
    with path.open("rb") as file:
        following = Following(store, origin, path.name, [note.checkpoint for note in notes])
        for item in following.new(items(file, path.name)):
            yield item, following.entry(item)
            if item.record.index % CHUNK == 0:
                progress(file.tell(), total)


class RestoreTarget(NamedTuple):
    """Target of a restore: a store, its folder, and the settings of its book."""

    directory: Path
    store: Store
    config: Config


def restore_into(
    target: RestoreTarget, path: Path, notes: Iterable[KeptCheckpoint], progress: Progress
) -> None:
    """Append what is new in batches, sealed at each checkpoint's size; sections recorded as erased are not
    kept, even after a crash.
    """
    store = target.store
    seal = store.last_seal()
    sealed = 0 if seal is None else seal.size
    by_size = {n.checkpoint.size: n.note for n in notes if n.checkpoint.size > sealed}
    batch: list[Entry] = []

    def flush() -> None:
        if batch:
            store.append(batch, store.size)
            batch.clear()
        if store.size in by_size:
            store.seal(by_size.pop(store.size))

    for item, entry in _new(store, target.config.origin, path, notes, progress):
        batch.append(entry)
        erases = isinstance(item.record.body, kinds.SectionErased)
        if erases:
            unfinished.begin(target.directory, {item.record.id: ()})
        if erases or len(batch) == CHUNK or entry.place + 1 in by_size:
            flush()
        if erases:
            unfinished.finish(target)
    flush()


# --- checkpoints at hand ------------------------------------------------------------------------------------


def _notes(path: Path, key: Path) -> Iterator[tuple[str, KeptCheckpoint]]:
    """The signed checkpoints at hand, by the name of their file."""
    for name, own in ((path.with_name(path.name + BESIDE), False), (keys.signed_path(key), True)):
        with suppress(FileNotFoundError):
            note = name.read_bytes()
            try:
                yield str(name), KeptCheckpoint(parse_checkpoint(note), note, own)
            except ProofError as why:
                raise (Tampered if own else Malformed)(f"{name}: is not a checkpoint: {why}") from None


def _settings(directory: Path, said: str | None, origins: dict[str, str]) -> Config:
    """Settings of the book: its own, else those given, else those its checkpoints name."""
    settings = None
    if (directory / config.NAME).exists():
        settings = config.read_config(directory)
    origin = settings.origin if settings else said or next(iter(origins.values()), None)
    if origin is None:
        raise Malformed(
            f"the book's origin is not known: add --origin NAME, or put its checkpoint beside the file, with"
            f" {BESIDE} after its name"
        )
    for name, other in {**origins, **({"--origin": said} if said else {})}.items():
        if other != origin:
            raise Refused(f"{name} is of {other}, this book is {origin}: nothing was restored")
    settings = settings or Config(origin)
    config.check_config(settings)
    return settings


def _is_of(store: Store, note: KeptCheckpoint) -> bool:
    return (note.checkpoint.size, note.checkpoint.root) == (store.size, store.forest.root())


# --- files --------------------------------------------------------------------------------------------------


@contextmanager
def new_or_held(directory: Path, key: Path) -> Iterator[Store | None]:
    """The store of a directory with its writer's lock held, None where there is none yet; ``Conflict`` while
    another makes or restores a book there.
    """
    with ExitStack() as held:
        store = None
        make_folder(directory)
        held.enter_context(alone(directory))
        kept = config.folder_of(directory)
        if kept.exists() and stage_of(directory, key) is not Stage.BEGUN:
            store = held.enter_context(closing(kept.open(write=True)))
            held.enter_context(store.writing())
        if not kept.in_files and (store is None or is_empty(store)):
            raise Malformed(
                f"{directory}: the records of this book are not in its folder: restore into a new folder, and"
                " then copy that book to where they are to be (wattledger copy)"
            )
        yield store


@contextmanager
def staged(directory: Path) -> Iterator[Path]:
    """A temporary folder in the book's directory for files that are not the book yet."""
    with staging(directory / STAGE) as stage:
        yield stage


def put_in_place(stage: Path, directory: Path, settings: Config) -> None:
    """Make the staged store the book's. The records come last: after a crash before that there is no book,
    and restore can be run again.
    """
    forget_read_models(directory)
    staged_store = store_folder(stage, settings.backend)
    staged_store.move_head(directory)
    if not (directory / config.NAME).exists():
        config.write_config(directory, settings)
    sync_directory(directory)
    staged_store.move_records(directory)
    sync_directory(directory)
