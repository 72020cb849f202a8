"""The catalogue's box rows turned into records, by the keys of the images that they are of.

What images there are is image_rows.py's.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from imnet_data.db.boxes import BoxKey, BoxRow, boxes_of
from imnet_data.db.engine import reading
from imnet_data.layouts.image_names import read_name
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.records import Box
from imnet_data.splits import Split
from imnet_data.wnid import from_id, to_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.records import Image
    from imnet_data.scope import Scope


class BoxRows:
    """Reads the boxes of one catalogue."""

    def __init__(self, storage: Storage, scope: Scope) -> None:
        self._storage = storage
        self._scope = scope
        # Of 15,000 boxes of a thousand classes each name is looked up once.
        self._noun = lru_cache(maxsize=None)(self._wnid_and_name)

    def of_rows(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Box, ...]]:
        """The boxes of each of some image rows."""
        keys = [
            BoxKey.of(release, split, synset, number, name)
            for _, release, synset, split, number, _, _, _, _, name in rows
        ]
        return self._of_keys(keys)

    def of_image(self, image: Image) -> tuple[Box, ...]:
        """The boxes of an image, by its key: it may come from an earlier opening, or a pickle.

        Raises:
            UnknownRelease: the catalogue has none of its release.
        """
        release, split = self._scope.release_id(image.release), Split.of(image.split)
        keys = [BoxKey.of(release, split, UNLABELLED, 0, image.name)]
        parsed = read_name(image.name)
        if parsed is not None:
            synset = to_id(image.wnid) if image.wnid is not None else UNLABELLED
            keys.append(BoxKey.of(release, split, synset, parsed.number, ""))
        return next(filter(None, self._of_keys(keys)), ())

    def _of_keys(self, keys: Sequence[BoxKey]) -> list[tuple[Box, ...]]:
        with reading(self._storage) as connection:
            found = boxes_of(connection, keys)
        return [tuple(map(self._box, rows)) if rows else () for rows in found]

    def _box(self, row: BoxRow) -> Box:
        category, label, xmin, ymin, xmax, ymax, width, height, truncated, difficult = row
        wnid, name = self._noun(category) if category != UNLABELLED else (None, label or "")
        return Box(
            wnid,
            name,
            xmin,
            ymin,
            xmax,
            ymax,
            width,
            height,
            bool(truncated),
            bool(difficult),
        )

    def _wnid_and_name(self, category: int) -> tuple[str | None, str]:
        return from_id(category), self._scope.graph.name(category)
