"""How each reader is called: it gives a part's images, as bytes or as pixels, with their labels.

What they must be is compare.py's.
"""

# ruff: noqa: PLC0415 - each is loaded where it is asked for, in a process of its own

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Samples = Iterator[tuple[bytes, int | str]]

BYTES: Final = "bytes"
PIXELS: Final = "pixels"
_PICTURES: Final = ("jpg", "png")
_LABELLED: Final = ("train", "val")
_ALL: Final = ("train", "val", "test")


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: its package, the format it reads, how, of which parts, and what can be compared.

    It gives a label's number, or the name of a class where it has numbers of its own.
    """

    package: str
    format: str
    read: Callable[[Path, str], Samples]
    parts: tuple[str, ...] = _LABELLED
    compares: str = BYTES


def shards(folder: Path, part: str) -> list[str]:
    """The tars of a part."""
    return [str(path) for path in sorted(folder.glob(f"{part}-*.tar"))]


def picture(sample: dict[str, Any]) -> Any:
    """The image of a sample, whatever its ending."""
    return next(sample[one] for one in _PICTURES if sample.get(one) is not None)


def webdataset(folder: Path, part: str) -> Samples:
    """Its pipeline, undecoded."""
    import webdataset as wds

    for sample in wds.WebDataset(shards(folder, part), shardshuffle=False):
        yield picture(sample), int(sample.get("cls", b"-1"))


def wids(folder: Path, part: str) -> Samples:
    """By its index of the part, at random."""
    import wids

    found = wids.ShardListDataset(str(folder / f"index-{part}.json"), transformations=[])
    for at in range(len(found) - 1, -1, -1):
        sample = {key.lstrip("."): value for key, value in found[at].items()}
        yield picture(sample).read(), int(sample["cls"].read()) if "cls" in sample else -1


def hf_webdataset(folder: Path, part: str) -> Samples:
    """The `webdataset` builder of datasets, streamed and undecoded, with a column for the PNG.

    It infers columns from the first samples, and would find no picture in one of another format.
    """
    from datasets import Features, Image, Value, load_dataset

    said = {"ilsvrc_index": "int64", "label": "int64", "name": "string", "wnid": "string"}
    columns: dict[str, Any] = {name: Image(decode=False) for name in _PICTURES}
    columns["json"] = {name: Value(kind) for name, kind in said.items()}
    columns |= {name: Value("string") for name in ("__key__", "__url__")}
    if part != "test":
        columns["cls"] = Value("int64")
    found = load_dataset(
        "webdataset", data_files={part: shards(folder, part)}, split=part, streaming=True,
        features=Features(columns),
    )  # fmt: skip
    for sample in found:
        yield picture(sample)["bytes"], sample.get("cls", -1)


def hf_parquet(folder: Path, part: str) -> Samples:
    """The folder by its card alone, undecoded."""
    from datasets import Image, load_dataset

    split = "validation" if part == "val" else part
    found = load_dataset(str(folder), split=split).cast_column("image", Image(decode=False))
    names = found.features["label"].names
    assert len(names) == len(set(names)) == 1000, names[:3]
    for sample in found:
        yield sample["image"]["bytes"], sample["label"]


def hf_imagefolder(folder: Path, part: str) -> Samples:
    """The `imagefolder` builder of datasets, undecoded."""
    from datasets import Image, load_dataset

    # It calls the split by the folder's name.
    (found,) = load_dataset("imagefolder", data_dir=str(folder / part)).values()
    names = getattr(found.features.get("label"), "names", None)
    for sample in found.cast_column("image", Image(decode=False)):
        one = sample["image"]
        data = one["bytes"] or Path(one["path"]).read_bytes()
        yield data, names[sample["label"]] if names else -1


def timm_wds(folder: Path, part: str) -> Samples:
    """The `wds` reader of timm reader, by `_info.json`; it decodes."""
    import numpy as np
    from timm.data import create_dataset

    found = create_dataset(
        "wds/made", root=str(folder), split=part, is_training=False, batch_size=1,
        input_key="jpg;png",
    )  # fmt: skip
    for image, label in found:
        yield np.asarray(image.convert("RGB")).tobytes(), int(label)


def timm_folder(folder: Path, part: str) -> Samples:
    """The folder reader of timm, with `classes.txt` as the map of classes."""
    from timm.data import create_dataset

    found = create_dataset("", root=str(folder / part), class_map=str(folder / "classes.txt"))
    for file, label in found.reader:
        yield file.read(), label


def timm_tar(folder: Path, part: str) -> Samples:
    """The reader of timm for a tar of tars."""
    from timm.data.readers.reader_image_in_tar import ReaderImageInTar

    (path,) = folder.glob(f"*_{part}.tar")
    found = ReaderImageInTar(str(path), class_map=str(folder / "classes.txt"), cache_tarinfo=False)
    for file, label in found:
        yield file.read(), int(label)


def torchvision_folder(folder: Path, part: str) -> Samples:
    """ImageFolder of torchvision, with a loader that gives the bytes."""
    from torchvision.datasets import ImageFolder

    found = ImageFolder(str(folder / part), loader=lambda path: Path(path).read_bytes())
    for data, label in found:
        yield data, found.classes[label]


def dali(folder: Path, part: str) -> Samples:
    """DALI's reader with the `.idx` beside each tar, on the processor."""
    import numpy as np
    from nvidia.dali import Pipeline, fn
    from nvidia.dali.types import DALIDataType

    paths = shards(folder, part)
    wanted = ["jpg;png", "cls"] if part != "test" else ["jpg;png"]
    made = Pipeline(batch_size=1, num_threads=1, device_id=None)
    with made:
        found = fn.readers.webdataset(
            name="reader", paths=paths, index_paths=[f"{one[:-4]}.idx" for one in paths],
            ext=wanted, dtypes=[DALIDataType.UINT8] * len(wanted),
            missing_component_behavior="error",
        )  # fmt: skip
        made.set_outputs(*(found if isinstance(found, list | tuple) else [found]))
    made.build()
    for _ in range(made.epoch_size("reader")):
        image, *label = [np.asarray(one.at(0)).tobytes() for one in made.run()]
        yield image, int(label[0]) if label else -1


def litdata_parquet(folder: Path, part: str) -> Samples:
    """The streaming data set of litdata over Parquet as it is."""
    from litdata import StreamingDataset, index_parquet_dataset
    from litdata.streaming.item_loader import ParquetLoader

    split = "validation" if part == "val" else part
    alone = folder.parent / f"litdata-{part}"
    shutil.rmtree(alone, ignore_errors=True)
    alone.mkdir()
    for path in folder.glob(f"{split}-*.parquet"):
        shutil.copy(path, alone)
    index_parquet_dataset(str(alone), num_workers=1)
    found = StreamingDataset(str(alone), item_loader=ParquetLoader())
    for at in range(len(found)):
        sample = found[at]
        image, label = sample if isinstance(sample, list) else (sample["image"], sample["label"])
        yield image["bytes"], int(label)


READERS: Final = {
    "webdataset": Reader("webdataset", "webdataset", webdataset, _ALL),
    "wids": Reader("wids", "webdataset", wids, _ALL),
    "datasets, webdataset": Reader("datasets", "webdataset", hf_webdataset, _ALL),
    "datasets, parquet": Reader("datasets", "parquet", hf_parquet, _ALL),
    "datasets, imagefolder": Reader("datasets", "folder", hf_imagefolder, _ALL),
    "timm, wds": Reader("timm", "webdataset", timm_wds, compares=PIXELS),
    "timm, folder": Reader("timm", "folder", timm_folder),
    "timm, tar": Reader("timm", "tar", timm_tar, ("train",)),
    "torchvision, ImageFolder": Reader("torchvision", "folder", torchvision_folder),
    "DALI, webdataset": Reader("nvidia-dali-cuda130", "webdataset", dali, _ALL),
    "litdata, parquet": Reader("litdata", "parquet", litdata_parquet, _ALL),
}
