"""A subset written out as shards: its parts' entries and what is said of it, handed to sharding.

How shards are written is imnet_data/sharding's, which knows neither subsets nor the catalogue.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from imnet_data.errors import UnknownPart
from imnet_data.sharding.write import write_shards
from imnet_data.subsets.lock import what_it_takes

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from imnet_data.progress import Progress
    from imnet_data.sharding.options import ShardOptions
    from imnet_data.sharding.report import ShardReport
    from imnet_data.subsets.subset import Subset


def shard_subset(
    subset: Subset,
    to: str | os.PathLike[str],
    *,
    parts: Sequence[str] | None = None,
    options: ShardOptions | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ShardReport:
    """Write a subset's parts, all of them where none is said, as shards into a folder.

    Raises:
        UnknownPart: the subset has no such part.
        ShardError, ArchiveError, WorkersDie: as in `write_shards()`.
    """
    chosen = list(dict.fromkeys(parts)) if parts else list(subset.parts)
    for part in chosen:
        if part not in subset.parts:
            raise UnknownPart(part, known=subset.parts)
    return write_shards(
        {part: subset.entries(part) for part in subset.parts if part in chosen},
        to,
        classes=subset.class_labels,
        options=options,
        about=about(subset),
        workers=workers,
        progress=progress,
    )


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
