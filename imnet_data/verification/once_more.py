"""Looking once more at what was looked at: which images, and what that says of what was known.

Reading them is walk.py's and spans.py's, as at the first time.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any, Final

from imnet_data.db import again
from imnet_data.db.engine import writing
from imnet_data.verification.levels import Level
from imnet_data.verification.spans import Looked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from imnet_data.db.engine import Storage
    from imnet_data.db.findings import Within
    from imnet_data.db.inspections import InspectionRow

ALTERED: Final = "altered"


def begin(
    storage: Storage, images: Any, *, within: Within, level: Level, whole: Collection[int]
) -> str:
    """Mark what is to be looked at once more, or go on with what the same question left marked.

    `images` is a SELECT, None for all; `whole` are the archives that are asked for as wholes, whose
    own bytes are compared once more. Gives a sentence where an earlier run goes on, else ''.
    """
    asked = _asked(within, level)
    with writing(storage) as connection:
        before = again.run(connection)
        if before is not None and before[0] == asked:
            left = again.count_marked(connection, images)
            if left:
                began = time.strftime("%Y-%m-%d %H:%M", time.localtime(before[1]))
                return f"going on with the run that began at {began}: {left:,} images are left"
        again.mark(connection, images)
        again.forget_archives(connection, whole)
        again.note_run(connection, asked)
    return ""


def end(storage: Storage) -> None:
    """Note that all was looked at once more, so that the next time begins with the first image."""
    with writing(storage) as connection:
        again.end_run(connection)


def weighed(looked: Looked, before: Mapping[int, InspectionRow]) -> tuple[Looked, dict[int, bytes]]:
    """What is to be recorded of what was seen now, by what had been recorded of the same place.

    Where the bytes are the same, what a deeper level saw of them still holds, and stands. With the
    images whose bytes are others, by id, and the digest that they had: that stays recorded, at no
    deeper level than it tells, so that they are looked at until they are put right.
    """
    weighed, altered = Looked(), dict[int, bytes]()
    deeper: set[int] = set()
    for row in looked.rows:
        image_id, stamp, level, *_, digest, _ = row
        now = row
        if digest is not None and (old := _read_before(before, image_id, stamp)) is not None:
            depth, first = abs(old[2]), old[7]
            if first != digest:
                altered[image_id] = first or b""
                now = (image_id, stamp, Level.DIGEST.value, *row[3:7], first, None)
            elif depth > level:
                deeper.add(image_id)
                now = (image_id, stamp, depth, *old[3:])
        weighed.rows.append(now)
    weighed.images = [one for one in looked.images if one not in deeper]
    weighed.found = [one for one in looked.found if one[1] not in deeper]
    return weighed, altered


def _read_before(
    before: Mapping[int, InspectionRow], image_id: int, stamp: int
) -> InspectionRow | None:
    """What had been recorded of an image's bytes in the same place of the same file."""
    old = before.get(image_id)
    return None if old is None or old[1] != stamp or old[7] is None else old


def _asked(within: Within, level: Level) -> str:
    """What was asked for, in so few words that it can be kept and held against another."""
    parts = (
        within.split,
        *(None if ids is None else sorted(ids) for ids in (within.synsets, within.release_ids)),
    )
    return f"{level.label} {hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"
