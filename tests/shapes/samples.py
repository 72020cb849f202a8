"""Shards as timm and Hugging Face publish them: WebDataset and Parquet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imnet_data.facts import ilsvrc

from . import pictures as of
from .writing import as_tar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .pictures import Picture
    from .writing import Files


def sample(one: Picture, *, label: bool = True) -> Files:
    """A sample as timm writes it: `.jpg`, `.cls`, `.json`."""
    index = ilsvrc.by_wnid()[one.wnid].class_index if one.wnid else -1
    said = {"label": index, "filename": f"{one.wnid}/{one.name}.JPEG", "width": 500, "height": 375}
    files = {f"{one.name}.jpg": one.data}
    if label:
        files[f"{one.name}.cls"] = str(index).encode()
    return files | {f"{one.name}.json": json.dumps(said).encode()}


def webdataset(folder: Path) -> Path:
    folder = folder / "imagenet-1k-wds"
    folder.mkdir()
    half = len(of.train()) // 2
    for name, held in {
        "imagenet1k-train-0000": of.train()[:half],
        "imagenet1k-train-0001": of.train()[half:],
        "imagenet1k-validation-00": of.val(),
        "imagenet1k-test-00": of.test(),
    }.items():
        files: Files = {}
        for one in held:
            files |= sample(one, label=one.wnid is not None)
        as_tar(folder / f"{name}.tar", files)
    return folder


def parquet(folder: Path) -> Path:
    folder = folder / "imagenet-1k" / "data"
    folder.mkdir(parents=True)
    for name, held in {
        "train-00000-of-00002": of.train()[::2],
        "train-00001-of-00002": of.train()[1::2],
        "validation-00000-of-00001": of.val(),
        "test-00000-of-00001": of.test(),
    }.items():
        write_parquet(folder / f"{name}.parquet", held)
    return folder.parent


def write_parquet(path: Path, held: Iterable[Picture]) -> None:
    """As the hub has ILSVRC/imagenet-1k: the class stands behind each name once more."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [one.words for one in ilsvrc.classes()]
    features: dict[str, object] = {
        "image": {"_type": "Image"},
        "label": {"names": names, "_type": "ClassLabel"},
    }
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    schema = pa.schema([("image", image), ("label", pa.int64())]).with_metadata(
        {"huggingface": json.dumps({"info": {"features": features}})}
    )
    rows = [
        {
            "image": {"bytes": one.data, "path": f"{one.name}{_suffix(one)}.JPEG"},
            "label": ilsvrc.by_wnid()[one.wnid].class_index if one.wnid else -1,
        }
        for one in held
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, row_group_size=5)


def _suffix(one: Picture) -> str:
    return f"_{one.wnid}" if one.wnid else ""
