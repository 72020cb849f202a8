"""Whether a catalogue opens, is sound, and agrees with itself. It is looked at and never changed.

Its archives are archives.py's.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imnet_data.amounts import size
from imnet_data.db import archives as rows
from imnet_data.db import engine, health, writer
from imnet_data.db.addresses import is_url, shown
from imnet_data.db.tables import SCHEMA
from imnet_data.doctor import server
from imnet_data.doctor.finding import Finding, damaged, guarded, reason
from imnet_data.doctor.recount import recount
from imnet_data.errors import CatalogueError, CatalogueTooNew, NoCatalogue, NotACatalogue
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from imnet_data.db.engine import Storage
    from imnet_data.progress import Progress

_SECTION = "catalogue"

# A quick look reads the whole of a file up to this size, at some 100 MB a second; of a larger one
# every table but the images', and of these a few rows.
_READ_WHOLE_BYTES = 32_000_000
_SAMPLE = 64
# Free pages are used again; only what is much, and much of the file, is worth a word.
_FREE_BYTES = 100_000_000


@dataclass(slots=True)
class Opened:
    """A catalogue under examination: `storage` is None, and `error` says why, if it won't open.

    `path` is as it may be shown: a URL has no password. `archives` are its archives' rows where its
    schema is the one known here.
    """

    path: str
    storage: Storage | None = None
    error: CatalogueError | None = None
    schema: str = ""
    archives: Sequence[Any] = ()
    is_written: bool = False
    """Whether a living process writes to it now."""
    is_on_server: bool = False
    """Whether it is a database, and no file of this machine."""

    @property
    def is_readable(self) -> bool:
        """Whether its tables are there to be asked."""
        return self.error is None and self.schema == SCHEMA


@contextmanager
def opened(path: str) -> Iterator[Opened]:
    """The catalogue at a path or URL, as far as it opens."""
    held = Opened("the catalogue", is_on_server=is_url(path))
    try:
        with storage_errors():
            held.path = shown(path) if held.is_on_server else os.path.abspath(path)
            held.storage = engine.open_to_look(path)
            with engine.reading(held.storage):
                held.schema = engine.schema_of(held.storage)
            if held.is_readable:
                claimed = writer.last_claim(held.storage)
                held.is_written = claimed is not None and claimed[1]
                with engine.reading(held.storage) as connection:
                    held.archives = rows.list_archives(connection)
    except CatalogueError as error:
        held.error = error
    try:
        yield held
    finally:
        if held.storage is not None:
            held.storage.close()


def findings(held: Opened, *, deep: bool, progress: Progress) -> Iterator[Finding]:
    """What is known of it; `deep` reads every page and counts every image."""
    if isinstance(held.error, NoCatalogue):
        yield Finding(
            _SECTION, held.path, "note", "there is none yet", "make one",
            command=("index",), blank="PATH...",
        )  # fmt: skip
        return
    if (storage := held.storage) is None or held.error is not None:
        yield _unusable(held)
        return
    look = _database if held.is_on_server else _file
    yield from guarded(_SECTION, held.path, lambda: look(held))
    yield from _schema(held)
    if not held.is_readable:
        return
    yield from guarded(_SECTION, "writers", lambda: _writers(held))
    if held.is_on_server:
        yield from guarded(_SECTION, "server", lambda: server.findings(storage))
        # Each of its transactions sees one moment, whoever writes meanwhile.
        yield from _sound(held, deep=deep, progress=progress)
        return
    before = health.file_state(held.path)
    for finding in _sound(held, deep=deep, progress=progress):
        # Without a log of its own SQLite reads the file as if nobody wrote: what a writer moves
        # meanwhile looks torn.
        if finding.state == "trouble" and health.file_state(held.path) != before:
            yield replace(
                finding, state="note", advice="", command=("doctor",),
                found="it was written to while it was looked at",
            )  # fmt: skip
        else:
            yield finding


def _unusable(held: Opened) -> Finding:
    words = reason(held.error) if held.error is not None else "it cannot be opened"
    words = words.removeprefix(f"{held.path} ")
    if isinstance(held.error, NotACatalogue):
        return Finding(
            _SECTION, held.path, "trouble", f"no catalogue: {words}",
            "-c with a catalogue's path; if this was one, restore a copy of it",
        )  # fmt: skip
    if held.is_on_server:
        return Finding(
            _SECTION, held.path, "trouble", words,
            "see whether `psql` with the same URL comes further; the next command says more",
            command=("stats",),
        )  # fmt: skip
    if "malformed" in words:
        return damaged(held.path, words)
    return Finding(
        _SECTION, held.path, "trouble", words, "see who may read it and its folder, and ask again"
    )


def _database(held: Opened) -> Iterator[Finding]:
    assert held.storage is not None
    yield _used(held, server.described(held.storage) if held.is_readable else "opens")


def _file(held: Opened) -> Iterator[Finding]:
    assert held.storage is not None
    with storage_errors(), engine.reading(held.storage) as connection:
        pages = health.pages(connection)
    yield _used(held, size(os.path.getsize(held.path)))
    yield _free_pages(held.path, pages)
    log = health.log_bytes(held.path)
    if log and not held.is_written:
        yield Finding(
            _SECTION, "log", "note",
            f"{size(log)} beside it, from a process that is at work or was killed",
            "nothing: the next command that writes takes it in; keep both files together",
        )  # fmt: skip


def _used(held: Opened, found: str) -> Finding:
    """What it holds, and whether it may be written."""
    assert held.storage is not None
    if held.is_readable:
        # Where the counts cannot be read, their own line says so.
        with suppress(CatalogueError), storage_errors(), engine.reading(held.storage) as connection:
            totals = health.totals(connection)
            found += f", {totals.counted[0]:,} images, {totals.classes:,} classes"
    if held.storage.writable:
        return Finding(_SECTION, held.path, "well", f"{found}; it can be written")
    return Finding(
        _SECTION, held.path, "note", f"{found}; it can only be read from this account",
        "to index, " + (
            "as a role that may write to its tables; "
            if held.is_on_server else "-c with a path in a folder of your own; "
        ) + "to ask it, nothing",
    )  # fmt: skip


def _free_pages(path: str, pages: health.Pages) -> Finding:
    free = pages.free * pages.page_bytes
    found = f"{size(free)} of it are free"
    if free > _FREE_BYTES and pages.free * 4 > pages.pages:
        return Finding(
            _SECTION, "free pages", "note", f"{found}, and will be used again",
            f"sqlite3 {path} VACUUM, to have them back now",
        )  # fmt: skip
    return Finding(_SECTION, "free pages", "well", found, aside=True)


def _schema(held: Opened) -> Iterator[Finding]:
    assert held.storage is not None
    if held.schema == SCHEMA:
        yield Finding(_SECTION, "schema", "well", f"{held.schema}, the newest known here")
    elif held.schema > SCHEMA:
        error = CatalogueTooNew(held.path, schema=held.schema, known=SCHEMA)
        yield Finding(_SECTION, "schema", "trouble", str(error), "pip install --upgrade imnet-data")
    elif held.storage.writable:
        yield Finding(
            _SECTION, "schema", "note",
            f"{held.schema}, and {SCHEMA} is known here; the next command that opens it brings it "
            "there, and till then the rest of it is not looked at",
            "bring it there, and ask again", command=("stats",),
        )  # fmt: skip
    else:
        yield Finding(
            _SECTION, "schema", "trouble",
            f"{held.schema}, and {SCHEMA} is needed, for which it has to be written",
            "once, as a user who may write to it", command=("stats",),
        )  # fmt: skip


def _writers(held: Opened) -> Iterator[Finding]:
    assert held.storage is not None
    with storage_errors():
        claimed = writer.last_claim(held.storage)
    if claimed is None:
        yield Finding(_SECTION, "writers", "well", "nobody is writing")
        return
    who, lives = claimed
    if lives:
        yield Finding(_SECTION, "writers", "note", f"{who} is writing now", "wait for it to end")
    else:
        yield Finding(
            _SECTION, "writers", "note", f"{who} was killed while it wrote",
            "nothing: the next command that writes takes over",
        )  # fmt: skip


def _sound(held: Opened, *, deep: bool, progress: Progress) -> Iterator[Finding]:
    if not held.is_on_server:
        yield from guarded(_SECTION, "file", lambda: _pages(held, deep=deep, progress=progress))
    else:
        yield from guarded(_SECTION, "rows", lambda: _rows(held, deep=deep))
    yield from guarded(_SECTION, "counts", lambda: _counts(held))
    if deep:
        yield from guarded(_SECTION, "recount", lambda: _recount(held, progress))


def _rows(held: Opened, *, deep: bool) -> Iterator[Finding]:
    """A server looks after its own pages; that some rows are found by their key can be seen."""
    assert held.storage is not None
    with storage_errors(), engine.reading(held.storage) as connection:
        seen, missed = health.stray_rows(connection, _SAMPLE)
    if missed:
        yield damaged("rows", f"{missed} of {seen} image rows are missing from their index")
    elif seen:
        yield Finding(
            _SECTION, "rows", "well",
            f"{seen} image rows, evenly spread, are found by their keys"
            + ("" if deep else "; --deep counts all"),
        )  # fmt: skip


def _recount(held: Opened, progress: Progress) -> Iterator[Finding]:
    assert held.storage is not None
    try:
        yield from recount(held.storage, progress)
    except CatalogueError as error:
        yield damaged("recount", f"broke off: {reason(error)}")


def _pages(held: Opened, *, deep: bool, progress: Progress) -> Iterator[Finding]:
    assert held.storage is not None
    file_bytes = os.path.getsize(held.path)
    whole = deep or file_bytes <= _READ_WHOLE_BYTES
    if whole and file_bytes > _READ_WHOLE_BYTES:
        progress.notice(f"reading all of the catalogue, {size(file_bytes)}")
    try:
        with storage_errors(), engine.reading(held.storage) as connection:
            if whole:
                faults = health.all_faults(connection, indexes=deep)
                found = "every page is sound" + (", every index complete" if deep else "")
            else:
                faults = health.small_faults(connection)
                seen, missed = health.stray_rows(connection, _SAMPLE)
                if missed:
                    faults.append(f"{missed} of {seen} image rows are missing from their index")
                found = (
                    f"the small tables are sound, and {seen} image rows, evenly spread; "
                    "--deep reads all of it"
                )
    except CatalogueError as error:
        faults = [reason(error)]
    if faults:
        yield damaged("file", f"damaged: {'; '.join(faults)}")
    else:
        yield Finding(_SECTION, "file", "well", found)


def _counts(held: Opened) -> Iterator[Finding]:
    assert held.storage is not None
    try:
        with storage_errors(), engine.reading(held.storage) as connection:
            totals = health.totals(connection)
    except CatalogueError as error:
        yield damaged("counts", f"cannot be read: {reason(error)}")
        return
    if totals.counted == totals.archived:
        images, held_bytes = totals.counted
        yield Finding(
            _SECTION, "counts", "well",
            f"classes and archives agree on {images:,} images of {size(held_bytes)}",
        )  # fmt: skip
    else:
        yield damaged(
            "counts",
            f"{totals.counted[0]:,} images of {totals.counted[1]:,} bytes by class, "
            f"{totals.archived[0]:,} of {totals.archived[1]:,} by archive",
        )
