"""Drawing images by seed: which places of the order of keys, and which ids stand there.

What is drawn from, and how much, is query.py's.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.db.places_in_order import ids_at
from imnet_data.permutation import Permutation

if TYPE_CHECKING:
    import numpy.typing as npt

    from imnet_data.tally import Tally


def ids_drawn(
    connection: Any,
    tally: Tally,
    rows: npt.NDArray[np.intp],
    n: int,
    seed: str,
    *,
    start: int = 0,
) -> list[int]:
    """The ids of n images drawn from the tally's rows, in drawn order; the first `start` not."""
    sizes = tally.images[rows]
    ends = np.cumsum(sizes)
    if not len(ends):
        return []
    ranks = Permutation(int(ends[-1]), seed=seed).take(start, start + n)
    where = np.searchsorted(ends, ranks, side="right")
    places = ranks - (ends - sizes)[where]
    order = np.argsort(where, kind="stable")
    starts = np.flatnonzero(np.diff(where[order], prepend=-1))
    drawn_rows = where[order[starts]]
    groups = tally.groups(rows[drawn_rows])
    asked = places[order].tolist()
    bounds = [*starts.tolist(), len(order)]
    parts = [asked[start:stop] for start, stop in pairwise(bounds)]
    wanted = zip(groups, sizes[drawn_rows].tolist(), parts, strict=True)
    ids = np.zeros(len(ranks), np.int64)
    ids[order] = ids_at(connection, wanted)
    found: list[int] = ids.tolist()
    return found
