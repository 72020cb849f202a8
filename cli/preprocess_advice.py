"""What to type next after an error of planning, making or reading tensors."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Final

from imnet_data import errors
from imnet_data.cli.shard_advice import advice_on_shards

if TYPE_CHECKING:
    from imnet_data.cli.session import Session

COMMANDS: Final = frozenset({"plan", "preprocess", "mean"})
_ELSEWHERE: Final = "the same with --to ANOTHER-FOLDER"
_ADVICE: Final[dict[type[errors.ImnetDataError], str]] = {
    errors.PlanUnreadable: "copying the plan's folder once more, or another plan",
    errors.PlanDiffers: _ELSEWHERE,
    errors.PlanNeedsArchives: "the same with --archives DIR, the folder that they lie in here",
    errors.PlanArchiveAmbiguous: "the same with --archives a folder that has one of them alone",
    errors.OracleDisagrees: "the same with --engine pillow",
    errors.EngineFailed: "the same with --engine pillow",
    errors.NotTensors: "imnet-data shard check DIR",
    errors.ManifestUnreadable: "the command that wrote them, with --to ANOTHER-FOLDER",
}


def advice_on_tensors(  # noqa: PLR0911 - a table
    error: errors.ImnetDataError, session: Session, command: str
) -> str | None:
    """A command, or a few words with one."""
    match error:
        case errors.NoPlan(folder=folder):
            to = "PLAN" if os.path.exists(folder) else shlex.quote(folder)
            return f"{session.line('plan')} SUBSET --to {to}"
        case errors.NoShards(folder=folder):
            return f"{session.line('preprocess')} SUBSET --to {shlex.quote(folder)}"
        case errors.NoStatistics():
            return session.line("mean", error.subset, "--part", error.part, *_measured_by(error))
        case errors.TensorsUnreadable(folder=folder):
            return f"imnet-data preprocess check {shlex.quote(folder)}"
        case errors.NothingToMeasure(left_out=left_out):
            return session.line("verify") if left_out else session.line("stats")
        case errors.NoSuchDevice() | errors.DevicesDiffer():
            return _another_device(error)
        case errors.TensorOptionError() | errors.ShardOptionError():
            return f"imnet-data {command} --help"
    if type(error) in _ADVICE:
        return _ADVICE[type(error)]
    if isinstance(error, errors.ShardError | errors.DamagedMember):
        return advice_on_shards(error, session)
    return None


def _another_device(error: errors.NoSuchDevice | errors.DevicesDiffer) -> str:
    if isinstance(error, errors.NoSuchDevice):
        return "the same with --device cpu"
    if all(device.startswith("cuda:") for device in error.devices):
        return "the same with --device cuda:0"
    return "the same on a cluster whose workers are alike, or with --device cpu"


def _measured_by(error: errors.NoStatistics) -> list[str]:
    """The options that measure at the geometry that was wanted; those that are usual left out."""
    said = {"kind": "crop", "resize_px": 256, "crop_px": 224, "filter": "bilinear", "exif": False}
    wanted = {key: value for key, value in error.geometry.items() if said.get(key) != value}
    side = "--square" if error.geometry["kind"] == "square" else "--crop"
    names = {"resize_px": "--resize", "crop_px": side, "filter": "--filter"}
    options = [word for key in names if key in wanted for word in (names[key], str(wanted[key]))]
    if side == "--square" and "crop_px" not in wanted:
        options += [side, "224"]
    return [*options, *(["--exif"] if "exif" in wanted else [])]
