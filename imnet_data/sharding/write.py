"""Shards of entries: the folder claimed, what goes into each planned, and all of it written.

Which images, with which labels, comes in as entries; the catalogue is not known here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import NothingToShard, ShardOptionError
from imnet_data.progress import Silent
from imnet_data.sharding.formats import format_of
from imnet_data.sharding.manifest import Asked
from imnet_data.sharding.options import ShardOptions
from imnet_data.sharding.plan import plan_part, read_by
from imnet_data.sharding.set_writer import SetWriter
from imnet_data.sharding.targets import target_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

    from imnet_data.progress import Progress
    from imnet_data.sharding.entry import ClassLabel, Entry
    from imnet_data.sharding.formats import Format
    from imnet_data.sharding.plan import ShardPlan
    from imnet_data.sharding.report import ShardReport
    from imnet_data.sharding.shard_folder import ShardFolder
    from imnet_data.work.workers import Workers

_PART: Final = re.compile(r"[A-Za-z0-9_]+")


def write_shards(
    parts: Mapping[str, Iterable[Entry]],
    to: str | os.PathLike[str],
    *,
    classes: Sequence[ClassLabel],
    options: ShardOptions | None = None,
    about: Mapping[str, Any] | None = None,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> ShardReport:
    """Write each part's entries as shards into `to`, a folder or a URL, and a manifest last.

    The same entries and options give the same bytes, on any machine and with any number of
    `workers` (by default one a core), and on a cluster whose workers see the archives, and a folder
    `to`, at the same paths. A run that was stopped goes on where it stood when it is
    asked for the same; of a finished set, what is missing is written again. `about` says what the
    entries are (`name`, `fingerprint`, …, in JSON's types): it goes into the manifest, and a
    folder whose shards have another is refused.

    Raises:
        ShardOptionError: the options contradict one another, or a part cannot be called so.
        NothingToShard: there is no entry.
        NameTwice: two entries of a part have the same name.
        ShardsDiffer, FolderInUse, ShardsTaken: the folder has something else, or is written to.
        NoRoomForShards, ShardNotWritten: the disk is full, or cannot be written.
        ShardLost, WorkersDie: a process that wrote went down.
        ClusterError: the cluster is gone, or its workers are not such as the work needs.
        ArchiveError: an archive is missing, has changed or is damaged.
        LoginNeeded: the store at a URL wants keys.
    """
    check_parts(parts)
    asked = Asked(about or {}, list(parts), options or ShardOptions(), classes)
    told = progress or Silent()
    form = format_of(asked)

    def planned(folder: ShardFolder) -> list[ShardPlan]:
        return _planned(parts, folder, asked, form, told)

    target = target_of(to, asked.options.format, told.notice)
    run = SetWriter(
        target, form, workers=workers, progress=told, reads=read_by, digest=asked.options.digest
    )
    with run.claimed():
        return run.write(asked, planned)


def _planned(
    parts: Mapping[str, Iterable[Entry]],
    folder: ShardFolder,
    asked: Asked,
    form: Format,
    progress: Progress,
) -> list[ShardPlan]:
    plans: list[ShardPlan] = []
    for part, entries in parts.items():
        progress.begin(f"planning {part}", None, "images")
        plans += plan_part(
            part, entries, folder.work, options=asked.options, form=form, progress=progress
        )
        progress.end()
    return plans


def check_parts(parts: Mapping[str, object]) -> None:
    """That shards can be named after each part, and that there is one.

    Raises:
        ShardOptionError, NothingToShard: they cannot, or there is none.
    """
    for part in parts:
        if not _PART.fullmatch(part):
            raise ShardOptionError(f"no part can be called {part!r}: shards are named after it")
    if not parts:
        raise NothingToShard(["no part"])
