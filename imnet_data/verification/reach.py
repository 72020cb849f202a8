"""Which archives' images can be looked at, and which need not be: what is wrong is put down here.

What is looked at in an archive's file is archive_checks.py's.
"""

from __future__ import annotations

import os
from math import inf
from typing import TYPE_CHECKING, Final

from imnet_data.db import again, inspections
from imnet_data.db.engine import reading
from imnet_data.files.status import is_folder, status
from imnet_data.verification.archives.checks import check_archives
from imnet_data.verification.codes import FROM_ARCHIVES
from imnet_data.verification.levels import Level
from imnet_data.verification.some_together import some_together
from imnet_data.verification.walk import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.db.stretches import Held
    from imnet_data.progress import Progress
    from imnet_data.upkeep import ArchiveInfo
    from imnet_data.verification.recording import Recorder
    from imnet_data.work.workers import Workers

MISSING, CHANGED, TRUNCATED = "archive-missing", "archive-changed", "archive-truncated"

# Archives whose bytes are compared before it is written down which were: a minute or two of a disk.
_BATCH_BYTES: Final = 16 << 30


def archives_in_reach(
    storage: Storage,
    archives: Sequence[ArchiveInfo],
    signatures: Mapping[int, str],
    *,
    level: Level,
    workers: Workers,
    progress: Progress,
    recorder: Recorder,
) -> dict[int, Target]:
    """The archives whose images can be looked at, by id."""
    targets: dict[int, Target] = {}
    least = _BATCH_BYTES if level >= Level.DIGEST else inf
    for batch in some_together(archives, lambda info: info.file_size, least=least):
        found = check_archives(storage, batch, level=level, progress=progress, workers=workers)
        said = {at: [(one.code, one.detail) for one in held] for at, held in found.items()}
        for info in batch:
            if info.seek_index is not None and not os.path.exists(info.seek_index):
                trouble = "its seek index is not there, and without it no image can be read"
                said[info.id].append((CHANGED, trouble))
        recorder.note_archives(FROM_ARCHIVES, said)
        reached = {
            info.id: Target(info, signatures[info.id])
            for info in batch
            if _is_in_reach(info, {code for code, _ in said[info.id]})
        }
        if level >= Level.DIGEST:
            recorder.note_level(reached.values(), Level.DIGEST)
        targets |= reached
    return targets


def paths_of(archives: Iterable[ArchiveInfo]) -> list[str]:
    """The files that reading archives takes, of those archives that are there."""
    there = [info for info in archives if info.is_there]
    indexes = [info.seek_index for info in there if info.seek_index is not None]
    return [info.path for info in there] + indexes


def settled(
    storage: Storage, targets: Mapping[int, Target], held: Mapping[int, Held], level: Level
) -> list[int]:
    """The archives that were verified so deep to their last image, and have not changed since."""
    found = []
    with reading(storage) as connection:
        levels = inspections.archive_levels(connection)
        for archive_id, target in targets.items():
            signature, deepest = levels.get(archive_id, ("", 0))
            if signature != target.signature or deepest < level or archive_id not in held:
                continue
            # An archive's own bytes are compared first, and its images looked at in order.
            first, last = held[archive_id].first_id, held[archive_id].last_id
            known = inspections.known(connection, last, last).get(last, (0, 0))
            seen = known[1] >= level and not again.has_marked(connection, first, last)
            if level == Level.QUICK or seen:
                found.append(archive_id)
    return found


def _is_in_reach(info: ArchiveInfo, codes: set[str]) -> bool:
    """Whether an archive's images can be read where they were indexed, by what is wrong with it."""
    if MISSING in codes:
        return False
    if info.is_folder:
        return is_folder(info.path)  # each file in it stands by itself
    if TRUNCATED in codes:  # as it was when it was indexed, or since
        return status(info.path).size == info.file_size
    return CHANGED not in codes
