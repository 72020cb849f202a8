"""What sharding is handed of a subset: its parts' entries, and what their manifest says of it.

How shards are written is imnet_data/sharding's, which knows neither subsets nor the catalogue.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from imnet_data.errors import UnknownPart
from imnet_data.subsets.lock import what_it_takes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.sharding.entry import Entry
    from imnet_data.subsets.subset import Subset


def entries_by_part(subset: Subset, parts: Sequence[str] | None) -> dict[str, Iterator[Entry]]:
    """The entries of some parts, of all where none is said, in the subset's own order of parts.

    Raises:
        UnknownPart: the subset has no such part.
    """
    chosen = parts or subset.parts
    for part in chosen:
        if part not in subset.parts:
            raise UnknownPart(part, known=subset.parts)
    return {part: subset.entries(part) for part in subset.parts if part in chosen}


def about(subset: Subset) -> dict[str, Any]:
    """What a manifest says of a subset: the same wherever its recipe is, and without a path."""
    taken = what_it_takes(subset.recipe).to_toml()
    recipe = subset.recipe.to_mapping()
    if subset.recipe.only_ids is not None:
        recipe["only_ids"] = {"digest": subset.recipe.only_ids.digest}
    return {
        "name": subset.name,
        "release": subset.release,
        "recipe": recipe,
        "recipe_fingerprint": sha256(taken.encode()).hexdigest(),
        "classes_fingerprint": subset.classes.fingerprint,
    }
