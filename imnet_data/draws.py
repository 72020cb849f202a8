"""Drawing images by seed: which places of the order of keys, and which ids stand there.

What is drawn from, and how much, is query.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.db import selects
from imnet_data.permutation import Permutation

if TYPE_CHECKING:
    import numpy.typing as npt

    from imnet_data.tally import Tally


def ids_drawn(
    connection: Any, tally: Tally, rows: npt.NDArray[np.intp], n: int, seed: str
) -> list[int]:
    """The ids of n images drawn from the tally's rows, in drawn order."""
    sizes = tally.images[rows]
    ends = np.cumsum(sizes)
    if not len(ends):
        return []
    ranks = Permutation(int(ends[-1]), seed=seed).take(0, n)
    where = np.searchsorted(ends, ranks, side="right")
    places = ranks - (ends - sizes)[where]
    order = np.argsort(where, kind="stable")
    ids = np.zeros(len(ranks), np.int64)
    bounds = np.flatnonzero(np.diff(where[order], prepend=-1)).tolist()
    for start, stop in zip(bounds, [*bounds[1:], len(order)], strict=True):
        drawn = order[start:stop]
        at = int(where[drawn[0]])
        ids[drawn] = selects.ids_at(
            connection, tally.group(int(rows[at])), places[drawn].tolist(), size=int(sizes[at])
        )
    found: list[int] = ids.tolist()
    return found
