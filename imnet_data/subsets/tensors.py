"""What a subset does for tensors: a part of Subset.

The work is imnet_data/tensors', loaded by those who ask for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imnet_data.errors import UnknownPart

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.progress import Progress
    from imnet_data.subsets.measured import Measured
    from imnet_data.subsets.subset import Subset
    from imnet_data.tensors.geometry import Geometry
    from imnet_data.tensors.mean import MeanOptions
    from imnet_data.tensors.options import TensorOptions
    from imnet_data.tensors.plan import Plan
    from imnet_data.tensors.statistics import Statistics
    from imnet_data.work.workers import Workers


class TensorsPart:
    """What its pixels measure, and the plan of its tensors."""

    _storage: Storage

    def mean(
        self,
        part: str = "train",
        *,
        options: MeanOptions | None = None,
        again: bool = False,
        workers: Workers | None = None,
        progress: Progress | None = None,
    ) -> Measured:
        """The mean of a part's pixels a channel, and both deviations, exactly; kept for later.

        Every image is decoded, resized and cut as `options` say, and counted in whole numbers: the
        same to the last bit for any number of `workers` (by default one a core) and on a `Cluster`.
        What was measured before, of these images with these options, is given back unless asked
        for `again`.

        Raises:
            UnknownPart: it has no such part.
            NothingToMeasure: no image of it decodes.
            ArchiveError, WorkersDie, ClusterError: the images cannot be read.
        """
        from imnet_data.subsets import measured  # noqa: PLC0415 - few subsets need it
        from imnet_data.tensors.mean import MeanOptions  # noqa: PLC0415 - likewise

        return measured.mean(
            self._of(part), self._storage, part, options or MeanOptions(),
            again=again, workers=workers, progress=progress,
        )  # fmt: skip

    def statistics(
        self,
        geometry: Geometry | None = None,
        part: str = "train",
        *,
        progress: Progress | None = None,
    ) -> Statistics:
        """What `mean()` measured at a geometry: of all images, else of the largest sample.

        It is given only while the part has the very images that were measured, which are gone
        through for that by name and size.

        Raises:
            UnknownPart: it has no such part.
            NoStatistics: nothing was measured at that geometry.
            StatisticsOutdated: it was, and the part has other images since.
        """
        from imnet_data.subsets import measured  # noqa: PLC0415 - few subsets need it
        from imnet_data.tensors.geometry import Geometry  # noqa: PLC0415 - likewise

        return measured.stored(
            self._of(part), self._storage, part, geometry or Geometry(), progress=progress
        )

    def plan(
        self,
        to: str | os.PathLike[str],
        *,
        parts: Sequence[str] | None = None,
        options: TensorOptions | None = None,
        progress: Progress | None = None,
    ) -> Plan:
        """Write a plan for tensors of its images, or of those of some parts, into the folder `to`.

        With the plan and the archives `imnet_data.tensors.preprocess.preprocess()` makes them, on
        another machine too: it asks no catalogue.

        Raises:
            UnknownPart: it has no such part.
            PlanError, ShardError, ArchiveError: as in `write_plan()`.
        """
        from imnet_data.subsets.planned import plan_source  # noqa: PLC0415 - few subsets need it
        from imnet_data.tensors.write_plan import write_plan  # noqa: PLC0415

        source = plan_source(cast("Subset", self), self._storage, parts)
        return write_plan(source, to, options=options, progress=progress)

    def _of(self, part: str) -> Subset:
        """The subset that this is a part of, if it has a part of that name."""
        subset = cast("Subset", self)
        if part not in subset.parts:
            raise UnknownPart(part, known=subset.parts)
        return subset
