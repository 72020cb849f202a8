"""What a run of preprocess() did, and what it had to leave out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.sharding.manifest import read_manifest
from imnet_data.tensors.sidecar import left_out_beside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imnet_data.sharding.report import ShardReport
    from imnet_data.tensors.devices import Described
    from imnet_data.tensors.plan import Plan
    from imnet_data.tensors.sidecar import NotMade


@dataclass(frozen=True, slots=True)
class TensorReport:
    """A finished folder of tensors.

    `shards` counts rows as samples: of an image with several copies each is one. `left_out` are
    images of the plan that could not be decoded, with their parts; `by_findings` counts those that
    the subset had left out before, a part by code.
    """

    shards: ShardReport
    plan: str
    by: Described
    images: int
    left_out: tuple[tuple[str, NotMade], ...]
    by_findings: Mapping[str, Mapping[str, int]]

    @property
    def loss(self) -> float:
        """The fraction of the plan's images that could not be decoded, 0 to 1."""
        return len(self.left_out) / self.images if self.images else 0.0


def report_of(shards: ShardReport, plan: Plan, by: Described) -> TensorReport:
    """The report of a set that is written.

    Raises:
        TensorsUnreadable: a sidecar does not read.
    """
    left_out = [
        (record.part, one)
        for record in read_manifest(shards.folder).shards
        if record.left_out
        for one in left_out_beside(shards.folder, record.beside[0].name)
    ]
    return TensorReport(
        shards,
        plan.fingerprint,
        by,
        plan.images,
        tuple(left_out),
        {part: plan.left_out_of(part) for part in plan.parts},
    )
