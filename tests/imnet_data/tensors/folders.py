"""Small folders of tensors with known values, as `preprocess` writes them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.sharding.entry import ClassLabel
from imnet_data.sharding.folder_sums import digest_of_file
from imnet_data.sharding.manifest import Manifest, write_manifest
from imnet_data.sharding.records import FileRecord, ShardRecord
from imnet_data.tensors.geometry import Geometry
from imnet_data.tensors.normalisation import Normalisation, bfloat16_bits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

SIDE = 8
PLAN = "ab" * 32
CLASSES = (
    ClassLabel(0, "n02084071", "dog.n.01"),
    ClassLabel(1, "n02121620", "cat.n.01"),
    ClassLabel(2, None, "mascot"),
)
_SAFETENSORS = {"float16": "F16", "bfloat16": "BF16", "float32": "F32", "uint8": "U8"}


@dataclass
class Made:
    """A folder of tensors, and what stands in it."""

    folder: Path
    levels: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    names: list[str]
    shards: dict[str, list[ShardRecord]] = field(default_factory=dict)

    def file(self, number: int) -> Path:
        """The file of a shard."""
        records = [one for some in self.shards.values() for one in some]
        return self.folder / records[number].file.name


def make(
    folder: Path,
    *,
    parts: Mapping[str, list[int]] | None = None,
    dtype: str = "float16",
    normalisation: Normalisation | None = None,
    levels: npt.NDArray[np.uint8] | None = None,
) -> Made:
    """A folder whose parts have shards of so many pictures; values and labels are random."""
    parts = parts or {"train": [5, 4], "val": [3]}
    normalisation = normalisation or Normalisation.named("torch")
    folder.mkdir(parents=True, exist_ok=True)
    total = sum(map(sum, parts.values()))
    rng = np.random.default_rng(7)
    if levels is None:
        levels = rng.integers(0, 256, (total, 3, SIDE, SIDE), np.uint8)
    labels = rng.integers(-1, len(CLASSES), total)
    made = Made(folder, levels, labels, [f"image_{at}" for at in range(total)])
    at = 0
    for part, sizes in parts.items():
        made.shards[part] = []
        for number, size in enumerate(sizes):
            rows = slice(at, at + size)
            made.shards[part].append(_shard(made, (part, number), rows, dtype, normalisation))
            at += size
    work = folder / ".unfinished"
    work.mkdir()
    write_manifest(str(folder), Manifest(_asked(dtype, normalisation, parts), made.shards, []))
    work.rmdir()
    return made


def stored(
    levels: npt.NDArray[np.uint8], dtype: str, normalisation: Normalisation
) -> npt.NDArray[Any]:
    """Levels as they are stored: worked out here without the lookup table that engines use."""
    if dtype == "uint8":
        return levels
    mean, std = (np.array(one)[:, None, None] for one in (normalisation.mean, normalisation.std))
    exact = (levels * normalisation.scale - mean) / std
    return bfloat16_bits(exact) if dtype == "bfloat16" else exact.astype(dtype)


def rewrite(file: Path, arrays: Mapping[str, npt.NDArray[Any]], *, dtype: str = "F16") -> None:
    """Write a file of tensors, the images' first byte at a multiple of 4096."""
    header: dict[str, Any] = {"__metadata__": {"plan": PLAN}}
    end = 0
    for name, array in arrays.items():
        kind = "I64" if array.dtype == np.int64 else dtype
        offsets = [end, end + array.nbytes]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": offsets}
        end += array.nbytes
    text = json.dumps(header).encode()
    before = sum(array.nbytes for name, array in arrays.items() if name != "images")
    text += b" " * (-(8 + len(text) + before) % 4096)
    blobs = [array.tobytes() for array in arrays.values()]
    file.write_bytes(b"".join([len(text).to_bytes(8, "little"), text, *blobs]))


def _shard(
    made: Made, of: tuple[str, int], rows: slice, dtype: str, normalisation: Normalisation
) -> ShardRecord:
    part, number = of
    file = made.folder / f"{part}-{number:06}.safetensors"
    labels = made.labels[rows]
    images = stored(made.levels[rows], dtype, normalisation)
    ids = np.arange(rows.start, rows.stop, dtype=np.int64) + 100
    arrays = {"labels": labels, "image_ids": ids, "images": images}
    rewrite(file, arrays, dtype=_SAFETENSORS[dtype])
    record = FileRecord(file.name, file.stat().st_size, digest_of_file(str(file)))
    sidecar = file.with_suffix(".json")
    sidecar.write_text(
        json.dumps(
            {
                "sidecar_version": 1, "part": part, "shard": number, "file": file.name,
                "sha256": record.sha256, "plan": PLAN, "rows": len(labels), "copies": 1,
                "names": made.names[rows], "left_out": [],
            }
        )
    )  # fmt: skip
    beside = FileRecord(sidecar.name, sidecar.stat().st_size, digest_of_file(str(sidecar)))
    return ShardRecord(part, len(labels), 1000, "00", record, (beside,))


def _asked(
    dtype: str, normalisation: Normalisation, parts: Mapping[str, list[int]]
) -> dict[str, Any]:
    return {
        "subset": {"name": "pets", "catalogue": "c0ffee"},
        "options": {
            "format": "safetensors", "plan": PLAN, "dtype": dtype, "shape": [3, SIDE, SIDE],
            "copies": 1, "geometry": Geometry(resize_px=SIDE, crop_px=SIDE).as_json(),
            "normalisation": normalisation.as_json(),
        },
        "parts": list(parts),
        "classes": [asdict(one) for one in CLASSES],
    }  # fmt: skip
