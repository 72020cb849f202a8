"""Plans for tensors, and tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.amounts import count
from imnet_data.errors.root import ImnetDataError, either
from imnet_data.errors.sharding import told_differences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class TensorError(ImnetDataError):
    """Tensors that cannot be planned, made or read."""


class TensorOptionError(TensorError, ValueError):
    """Options that no tensors can be made with."""


class PlanError(TensorError):
    """A plan that cannot be used; `folder` is where it lies."""

    def __init__(self, folder: str, sentence: str) -> None:
        self.folder = folder
        super().__init__(sentence)


class NoPlan(PlanError):
    """No plan is there."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder, f"no plan is in {folder}: it has no plan.json")


class PlanUnreadable(PlanError):
    """A plan is there that does not read, or is not whole."""

    def __init__(self, folder: str, reason: str) -> None:
        self.reason = reason
        super().__init__(folder, f"the plan in {folder} does not read: {reason}")


class PlanDiffers(PlanError):
    """Another plan is there; `differences` maps what differs to (there, asked)."""

    def __init__(self, folder: str, differences: Mapping[str, tuple[object, object]]) -> None:
        self.differences = dict(differences)
        super().__init__(folder, f"{folder} has another plan: {told_differences(self.differences)}")


class PlanNeedsArchives(PlanError):
    """Archives that the plan names are not where it says; `missing` are their paths."""

    def __init__(self, folder: str, missing: Sequence[str], *, looked_in: str | None) -> None:
        self.missing = tuple(missing)
        self.looked_in = looked_in
        several = len(self.missing) > 1
        was = "where they were" if several else "where it was"
        where = was if looked_in is None else f"under {looked_in}"
        many = count(len(self.missing), "archive of the plan is", "archives of the plan are")
        such = f", such as {self.missing[0]}" if several else f": {self.missing[0]}"
        super().__init__(folder, f"{many} not {where}, or of another size{such}")


class PlanArchiveAmbiguous(PlanError):
    """Several files may be one of the plan's archives; `found` are their paths."""

    def __init__(self, folder: str, archive: str, found: Sequence[str]) -> None:
        self.archive = archive
        self.found = tuple(found)
        super().__init__(
            folder,
            f"{archive} may be {' or '.join(self.found[:2])}: they have its name and size",
        )


class DevicesDiffer(TensorError):
    """Devices of several kinds, whose bytes would differ; `devices` maps each to what it is."""

    def __init__(self, devices: Mapping[str, str]) -> None:
        self.devices = dict(devices)
        told = ", ".join(f"{device} is {kind}" for device, kind in self.devices.items())
        super().__init__(f"the devices are not alike, and would not give the same bytes: {told}")


class NothingToMeasure(TensorError):
    """No image of a part could be counted; `left_out` are those that do not decode."""

    def __init__(self, part: str, *, left_out: int) -> None:
        self.part = part
        self.left_out = left_out
        why = f": none of {count(left_out, 'image')} decodes" if left_out else ""
        super().__init__(f"there is nothing to measure in {part}{why}")


class NoStatistics(TensorError):
    """What a part of a subset measures, at a geometry (in JSON's terms), is not known."""

    def __init__(self, subset: str, part: str, geometry: Mapping[str, object]) -> None:
        self.subset = subset
        self.part = part
        self.geometry = dict(geometry)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        return f"the mean of {self.subset}, {self.part} was not measured at this geometry yet"


class StatisticsOutdated(NoStatistics):
    """It was measured, and the part has other images since."""

    def _sentence(self) -> str:
        return (
            f"the mean of {self.subset}, {self.part} was measured, and its images are others by now"
        )


class TensorFolderError(TensorError):
    """A folder of tensors that does not read; `folder` is its path."""

    def __init__(self, folder: str, sentence: str) -> None:
        self.folder = folder
        super().__init__(sentence)


class NotTensors(TensorFolderError):
    """Shards are there, and they hold no tensors."""

    def __init__(self, folder: str, form: str) -> None:
        self.form = form
        super().__init__(folder, f"the shards in {folder} are of the format {form}, not tensors")


class TensorsUnreadable(TensorFolderError):
    """A shard of tensors, or the file beside it, is not there or not as it was written."""

    def __init__(self, folder: str, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(folder, f"{file} in {folder} does not read: {reason}")


class PictureRefused(TensorError):
    """A picture that no tensor is made of; `reason` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class EngineError(TensorError):
    """What turns pictures into tensors cannot, whatever the picture."""


class EngineFailed(EngineError):
    """An engine does not start, or went down."""

    def __init__(self, engine: str, device: str, reason: str) -> None:
        self.engine = engine
        self.device = device
        self.reason = reason
        super().__init__(f"the engine {engine} fails on {device}: {reason}")


class NoSuchDevice(EngineError, ValueError):
    """A GPU that is not there; `there` are those that are."""

    def __init__(self, device: str, *, there: Sequence[str]) -> None:
        self.device = device
        self.there = tuple(there)
        told = f"there is {either(self.there)}" if self.there else "there is no GPU of NVIDIA's"
        super().__init__(f"there is no device {device}: {told}")


class OracleDisagrees(EngineError):
    """An engine's picture is another than Pillow's; `difference` is in grey levels.

    It is that of the pixel that is furthest off, or the mean over all with `mean`.
    """

    def __init__(
        self, name: str, *, engine: str, difference: float, bound: float, mean: bool = False
    ) -> None:
        self.name = name
        self.engine = engine
        self.difference = difference
        self.bound = bound
        self.mean = mean
        what = "in the mean" if mean else "at one pixel"
        super().__init__(
            f"{name} as {engine} makes it is {difference:.3g} grey levels off Pillow's picture "
            f"{what}, and at most {bound:.3g} are expected"
        )
