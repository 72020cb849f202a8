"""What a subset's images are streamed in: some thousands of one class, split and part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.splits import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from imnet_data.db.groups import Group


@dataclass(frozen=True, slots=True)
class Stretch:
    """Images of one class, split and part, in the order of their keys; the lists run in parallel.

    `label` is the subset's own index, -1 for images without a class; `rows` are of
    `selects.IMAGE_COLUMNS`, and `keys` are `release/split/name` in UTF-8.
    """

    label: int
    part: str
    group: Group
    rows: Sequence[tuple[Any, ...]]
    names: Sequence[str]
    keys: Sequence[bytes]

    @property
    def split(self) -> Split:
        """The split that they are of."""
        return Split(self.group.split)

    @property
    def synset(self) -> int:
        """The id of their own class, 0 for none."""
        return self.group.synset

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, mask: npt.NDArray[np.bool_], part: str | None = None) -> Stretch:
        """Those of a mask, in another part if one is named."""
        chosen = np.flatnonzero(mask).tolist()
        return Stretch(
            self.label,
            part or self.part,
            self.group,
            [self.rows[at] for at in chosen],
            [self.names[at] for at in chosen],
            [self.keys[at] for at in chosen],
        )
