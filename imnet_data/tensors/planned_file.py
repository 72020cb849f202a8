"""How the planned shards of tensors become files: what sharding's writer wants to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.tensors.make_shard import TensorUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imnet_data.sharding.records import ShardRecord
    from imnet_data.tensors.devices import Described
    from imnet_data.tensors.engines.engine import EngineSpec
    from imnet_data.tensors.plan import PlannedShard
    from imnet_data.work.unit import Unit


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A shard of the plan with the size that its file will have."""

    shard: PlannedShard
    size_bytes: int

    @property
    def part(self) -> str:
        """The part that it is of."""
        return self.shard.part

    @property
    def stem(self) -> str:
        """The name of its file, without the ending."""
        return self.shard.stem

    @property
    def count(self) -> int:
        """Images that are to be in it."""
        return self.shard.images

    @property
    def images_bytes(self) -> int:
        """What the images have where they lie."""
        return self.shard.images_bytes

    @property
    def contents(self) -> str:
        """A fingerprint of what is in it."""
        return self.shard.contents


@dataclass(slots=True)
class TensorShardsWritten:
    """How planned shards become files; see sharding/formats.py.

    `spec` is set when the plan is known, which may be made after the folder is claimed, and then
    `by`, where workers elsewhere are to open an engine of the same kind.
    """

    devices: tuple[str, ...]
    job: str
    locks: str
    spec: EngineSpec | None = None
    by: Described | None = None
    ending: str = ".safetensors"

    def pieces(self, _shard: PlannedFile, _folder: str) -> Sequence[Unit[int]]:
        """Nothing: a shard is made at once."""
        return ()

    def unit(self, shard: PlannedFile, folder: str, *, digest: bool) -> TensorUnit:
        """What makes a shard."""
        assert digest
        assert self.spec is not None
        return TensorUnit(
            shard.shard, self.job, folder, self.spec, self.devices, self.locks, by=self.by
        )

    def side_files(self, _parts: Mapping[str, object]) -> Iterator[tuple[str, bytes]]:
        """None but those about classes."""
        return iter(())

    def notes(self, _parts: Mapping[str, Sequence[ShardRecord]]) -> Iterator[str]:
        """None: the report has them."""
        return iter(())
