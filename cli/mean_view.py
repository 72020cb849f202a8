"""What the pixels of a subset's part measure, as text and as JSON."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count
from imnet_data.cli.fields import write_prose
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe
from imnet_data.tensors.normalisation import Normalisation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imnet_data.cli.screen import Screen
    from imnet_data.subsets.measured import Measured
    from imnet_data.tensors.statistics import Statistics

_CHANNELS = ("red", "green", "blue")
_COLUMNS = (
    Column("channel"),
    Column("mean", number=True, style="cyan"),
    Column("torch's", number=True, style="dim"),
    Column("std", number=True, style="cyan"),
    Column("image std", number=True, style="cyan"),
    Column("torch's", number=True, style="dim"),
)
_WHICH = (
    "std is that of all pixels together: with it their variance becomes 1, and --normalize "
    "dataset takes it. image std is the mean of each picture's own, which is smaller: torch's "
    "0.229, 0.224, 0.225 are such ones, of a sample of ImageNet's training images."
)


def write_measured(
    screen: Screen, subset: str, measured: Measured, *, per_pixel: str | None
) -> None:
    """A table of the figures beside torch's, which is which, and what is kept."""
    found = measured.statistics
    screen.line((f"{safe(subset)}, {found.part}", "bold"), (f": {_what(found)}", ""))
    screen.line((f"{_geometry(found.geometry)}; white is 1", ""))
    screen.line()
    write_table(screen, _COLUMNS, _rows(found))
    screen.line()
    write_prose(screen, _WHICH)
    if found.left_out:
        name, why = found.broken[0]
        many = count(found.left_out, "image that does not", "images that do not")
        write_prose(screen, f"left out: {many} decode, such as {safe(name)} ({safe(why)})")
    if per_pixel is not None:
        screen.line((f"wrote the mean of each pixel to {safe(per_pixel)}", ""))
    write_prose(screen, _kept(measured))


def measured_json(subset: str, measured: Measured, *, per_pixel: str | None) -> dict[str, Any]:
    """The same for other programs."""
    found = measured.statistics
    return {
        "subset": subset,
        "part": found.part,
        "images": found.images,
        "left_out": found.left_out,
        "broken": [{"image": name, "why": why} for name, why in found.broken],
        "sample": found.sample,
        "seed": None if found.sample is None else found.seed,
        "geometry": dict(found.geometry),
        "channels": list(_CHANNELS),
        "mean": list(found.mean),
        "std": list(found.std),
        "image_std": list(found.image_std),
        "mean_levels": [255 * one for one in found.mean],
        "per_pixel": per_pixel,
        "versions": dict(found.versions),
        "measured": _day(measured.made),
        "is_new": measured.is_new,
        "kept": measured.not_kept is None,
    }


def _rows(found: Statistics) -> list[list[str]]:
    torch = Normalisation.named("torch")
    figures = zip(
        _CHANNELS, found.mean, torch.mean, found.std, found.image_std, torch.std, strict=True
    )
    return [
        [channel, f"{mean:.4f}", f"{their:.3f}", f"{std:.4f}", f"{image:.4f}", f"{theirs:.3f}"]
        for channel, mean, their, std, image, theirs in figures
    ]


def _what(found: Statistics) -> str:
    if found.sample is None:
        return count(found.images, "image")
    return f"a sample of {count(found.images, 'image')} by seed {found.seed}"


def _geometry(said: Mapping[str, Any]) -> str:
    crop, how = said["crop_px"], f"{said['filter']}"
    match said["kind"]:
        case "crop":
            return f"short side {said['resize_px']}, centre crop {crop}, {how}"
        case "square":
            return f"resized to {crop} x {crop}, {how}"
    copies = count(said["copies"], "random crop", "random crops")
    return f"{copies} of {crop} an image by seed {said['seed']}, {how}"


def _kept(measured: Measured) -> str:
    if measured.not_kept is not None:
        return f"this is not kept: {measured.not_kept}"
    if measured.is_new:
        return "kept with the catalogue, where --normalize dataset finds it"
    return f"measured on {_day(measured.made)}, of these very images; --again measures anew"


def _day(made: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(made))
