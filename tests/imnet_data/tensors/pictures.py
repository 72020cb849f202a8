"""Small pictures in a tar, entries of them, and tensors made of them."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from imnet_data.tensors.geometry import Geometry
from imnet_data.tensors.options import TensorOptions
from imnet_data.tensors.preprocess import RunOptions, preprocess
from imnet_data.tensors.write_plan import PlanSource, write_plan
from tests.imnet_data.sharding.made import CLASSES, WNIDS, packed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from imnet_data.sharding.entry import Entry
    from imnet_data.tensors.plan import Plan
    from imnet_data.tensors.report import TensorReport

SMALL = Geometry("crop", resize_px=18, crop_px=16)
OPTIONS = TensorOptions(SMALL, per_shard=8)


@cache
def jpeg(seed: int) -> bytes:
    """A picture that is no one else's, 24 x 20 pixels."""
    noise = np.random.default_rng(seed).integers(0, 256, (5, 6, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).resize((24, 20), Image.Resampling.BICUBIC).save(out, "JPEG")
    return out.getvalue()


def images(count: int = 20, *, broken: tuple[int, ...] = ()) -> dict[str, bytes]:
    """Pictures by name, class after class; some of them cut short."""
    names = [f"{WNIDS[at * 3 // count]}_{at}" for at in range(count)]
    return {name: jpeg(at)[: 200 if at in broken else None] for at, name in enumerate(names)}


def entries_in(path: Path, found: Mapping[str, bytes]) -> list[Entry]:
    """The pictures as a tar at that path, with ids from 100 on."""
    from dataclasses import replace

    made = packed(path, dict(found))
    return [replace(one, image_id=100 + at) for at, one in enumerate(made)]


def planned(
    to: Path, entries: list[Entry], *, options: TensorOptions = OPTIONS, **about: Any
) -> Plan:
    """A plan of one part."""
    said = {"name": "made", "catalogue": "a-uuid", **about}
    return write_plan(PlanSource({"train": entries}, CLASSES, said), to, options=options)


def tensors(
    plan: Plan, to: Path | str, *, workers: int = 1, archives: str | None = None
) -> TensorReport:
    """The tensors of a plan, by Pillow."""
    options = RunOptions("pillow", "cpu", workers, archives)
    return preprocess(plan, to, options=options)


def written(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
