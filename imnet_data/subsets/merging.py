"""Classes made by merging others: every class goes to one of them, or to none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imnet_data.errors import RecipeError
from imnet_data.tally import among

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Ids = npt.NDArray[np.int64]


def merged(
    recipe_name: str, parts: Mapping[str, Ids], taking_part: Ids, name_of: Callable[[int], str]
) -> list[tuple[str, tuple[int, ...]]]:
    """The merged classes in their order, each with its members among those that take part.

    Raises:
        RecipeError: two share a member, which is named; or one has none.
    """
    owner = np.full(len(taking_part), -1, np.int64)
    names = list(parts)
    found = []
    for at, (name, ids) in enumerate(parts.items()):
        mine = among(taking_part, ids)
        shared = np.flatnonzero(mine & (owner >= 0))
        if len(shared):
            other = names[owner[shared[0]]]
            reason = (
                f"it shares {name_of(int(taking_part[shared[0]]))} with {other}"
                f"{_and_more(len(shared) - 1)}; take it away from one of them, with ' - '"
            )
            raise RecipeError(recipe_name, f"merge.{name}", reason)
        if not mine.any():
            raise RecipeError(recipe_name, f"merge.{name}", "none of the classes is of these")
        owner[mine] = at
        found.append((name, tuple(taking_part[mine].tolist())))
    return found


def _and_more(count: int) -> str:
    return f" and {count:,} more" if count else ""
