"""What a plan for tensors is handed of a subset: entries, folders, and what findings leave out.

How plans are written is imnet_data/tensors', which knows neither subsets nor the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.db.engine import catalogue_uuid
from imnet_data.storage import storage_errors
from imnet_data.subsets.sharded import about, entries_by_part
from imnet_data.tensors.write_plan import PlanSource
from imnet_data.upkeep import list_archives

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.subsets.subset import Subset


def plan_source(subset: Subset, storage: Storage, parts: Sequence[str] | None) -> PlanSource:
    """What a plan of some parts is made of, of all parts where none is said.

    Raises:
        UnknownPart: the subset has no such part.
    """
    entries = entries_by_part(subset, parts)
    with storage_errors():
        uuid = catalogue_uuid(storage)
        folders = [one.path for one in list_archives(storage) if one.is_folder]
    lock = subset.locked
    said = {"lock_fingerprint": None if lock is None else lock.fingerprint, "catalogue": uuid}
    left_out = [one for one in subset.excluded if one.part in entries]
    return PlanSource(
        entries,
        subset.class_labels,
        about(subset) | said,
        folders,
        [(one.part, one.image, one.code) for one in left_out],
    )
