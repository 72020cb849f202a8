"""The formats that shards are written in: each a module of its own, loaded when it is asked for.

A format says what an entry costs, writes one shard as a unit, and adds files for its readers; the
order, the cuts, the folder and the manifest are the same for all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from imnet_data.sharding.manifest import Asked
    from imnet_data.sharding.plan import ShardPlan
    from imnet_data.sharding.records import ShardRecord
    from imnet_data.sharding.rows import Rows, Tables
    from imnet_data.work.unit import Unit

# By name, the module whose `form_of(asked)` it is.
FORMATS: Final = {
    "webdataset": "imnet_data.sharding.webdataset",
    "parquet": "imnet_data.sharding.parquet",
    "folder": "imnet_data.sharding.folder",
    "tar": "imnet_data.sharding.class_tars",
}
# Those that go by classes: nothing is shuffled there, and no size or number cuts them.
OF_CLASSES: Final = frozenset({"folder", "tar"})

# Where a part is cut: at a size or number, behind each class, nowhere.
BY_SIZE: Final = "size"
BY_CLASS: Final = "class"
UNCUT: Final = "uncut"


class Planned(Protocol):
    """What a set of shards has to know of each that is to be written; `stem` names its file."""

    @property
    def part(self) -> str:
        """The part that it is of."""
        ...

    @property
    def stem(self) -> str:
        """The name of its file, without the ending."""
        ...

    @property
    def count(self) -> int:
        """Images that are to be in it."""
        ...

    @property
    def size_bytes(self) -> int:
        """What its file will have."""
        ...

    @property
    def images_bytes(self) -> int:
        """What the images have where they lie."""
        ...

    @property
    def contents(self) -> str:
        """A fingerprint of what is in it."""
        ...


P_contra = TypeVar("P_contra", bound=Planned, contravariant=True)


class Writes(Protocol[P_contra]):
    """How planned shards become files.

    `ending` is that of a shard's own file, with its dot.
    """

    @property
    def ending(self) -> str:
        """The ending of a shard's file."""
        ...

    def pieces(self, shard: P_contra, folder: str) -> Sequence[Unit[int]]:
        """What is to be done before the shard's unit, each giving the images' bytes it copied."""
        ...

    def unit(self, shard: P_contra, folder: str, *, digest: bool) -> Unit[ShardRecord]:
        """What writes a shard: whole or not at all, with its record last."""
        ...

    def side_files(self, parts: Mapping[str, Sequence[ShardRecord]]) -> Iterator[tuple[str, bytes]]:
        """Names and contents of what readers of the whole set want beside the shards."""
        ...

    def notes(self, parts: Mapping[str, Sequence[ShardRecord]]) -> Iterator[str]:
        """What whoever reads the set has to be told, a sentence each."""
        ...


class Cuts(Protocol):
    """How the ordered entries of a part are cut into shards.

    `fixed_bytes` is what a shard takes beside its entries; `cut` is one of the three above.
    """

    @property
    def cut(self) -> str:
        """Where a part is cut."""
        ...

    @property
    def fixed_bytes(self) -> int:
        """Bytes of a shard without entries."""
        ...

    def stems(self, plans: Sequence[ShardPlan]) -> list[str]:
        """The names of a part's shards, without their ending."""
        ...

    def costs(self, rows: Rows, tables: Tables) -> npt.NDArray[np.int64]:
        """The bytes that each of some entries takes in a shard; what it is cut by."""
        ...


class Format(Cuts, Writes["ShardPlan"], Protocol):
    """What a format's module makes of what was asked for."""


class CutBySize:
    """What most formats have in common: shards of a size or a number of images, and no more."""

    cut = BY_SIZE
    fixed_bytes = 0

    def stems(self, plans: Sequence[ShardPlan]) -> list[str]:
        """`train-000000` and so on."""
        return [f"{plan.part}-{plan.number:06d}" for plan in plans]

    def pieces(self, _shard: ShardPlan, _folder: str) -> Sequence[Unit[int]]:
        """Nothing: a shard is written at once."""
        return ()

    def notes(self, _parts: Mapping[str, Sequence[ShardRecord]]) -> Iterator[str]:
        """Nothing: readers are told all in the files."""
        return iter(())


def format_of(asked: Asked) -> Format:
    """The format that was asked for."""
    module: Any = import_module(FORMATS[asked.options.format])
    found: Format = module.form_of(asked)
    return found
