"""Parquet in the schema of ILSVRC/imagenet-1k, with a card that Hugging Face's datasets reads.

The same bytes everywhere with one version of pyarrow; another may write them otherwise.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.archives.tars.headers import BLOCK
from imnet_data.extras import needed
from imnet_data.sharding.endings import LOOKED_AT
from imnet_data.sharding.formats import CutBySize
from imnet_data.sharding.manifest import keep_record
from imnet_data.sharding.payload import Payloads
from imnet_data.sharding.picture_names import path_of_table
from imnet_data.sharding.shard_file import new_shard_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from imnet_data.archives.reading import Place
    from imnet_data.sharding.entry import ClassLabel, Entry
    from imnet_data.sharding.manifest import Asked
    from imnet_data.sharding.plan import ShardPlan
    from imnet_data.sharding.records import ShardRecord
    from imnet_data.sharding.rows import Rows, Tables
    from imnet_data.sharding.shard_file import ShardFile

# As Hugging Face writes tables of images: one image is read by decoding a hundred.
_ROW_GROUP: Final = 100
# About what a row takes beside image and path: a label, lengths, its share of the page headers.
_ROW_BYTES: Final = 16
# Hugging Face's names of splits, where they are other than ours.
_SPLITS: Final = {"val": "validation"}
_FULL_ENDING: Final = len("_n00000000.JPEG")


class Parquet(CutBySize):
    """The format; see formats.py."""

    ending = ".parquet"
    fixed_bytes = 4096

    def __init__(self, name: str, classes: Sequence[ClassLabel]) -> None:
        needed("pyarrow.parquet", extra="parquet")
        self._name = name
        self._classes = _distinct(classes)

    def stems(self, plans: Sequence[ShardPlan]) -> list[str]:
        """`train-00000-of-00012` and so on."""
        of = len(plans)
        return [f"{split_of(one.part)}-{one.number:05d}-of-{of:05d}" for one in plans]

    def costs(self, rows: Rows, _tables: Tables) -> npt.NDArray[np.int64]:
        """Image, path and little more; what a table is in the end, only pyarrow knows."""
        costs: npt.NDArray[np.int64] = (
            rows.rows["size"] + rows.rows["name_len"].astype(np.int64) + _FULL_ENDING + _ROW_BYTES
        )
        return costs

    def unit(self, shard: ShardPlan, folder: str, *, digest: bool) -> ParquetUnit:
        """What writes a shard."""
        return ParquetUnit(shard, folder, self._classes, digest)

    def side_files(self, parts: Mapping[str, Sequence[ShardRecord]]) -> Iterator[tuple[str, bytes]]:
        """The data set's card: which files are of which split, so that a folder is all it takes."""
        lines = ["---", "configs:", "- config_name: default", "  data_files:"]
        for part, records in parts.items():
            if records:
                split = split_of(part)
                lines += [f"  - split: {split}", f"    path: {split}-*.parquet"]
        lines += ["---", "", f"# {' '.join(self._name.split())}", "", _SAID, ""]
        yield "README.md", "\n".join(lines).encode()


_SAID: Final = (
    "Images and labels in the schema of `ILSVRC/imagenet-1k`: `image` (the file's bytes, and its\n"
    "name with the wnid behind it) and `label`, which counts the classes in `classes.txt`;\n"
    "-1 is no label."
)


def form_of(asked: Asked) -> Parquet:
    """The format, with the names of the classes in their order.

    Raises:
        NeedsExtra: pyarrow is not installed.
    """
    ordered = sorted(asked.classes, key=lambda one: one.index)
    return Parquet(str(asked.subset.get("name", "images")), ordered)


def split_of(part: str) -> str:
    """What Hugging Face calls a part.

    >>> split_of("val"), split_of("train")
    ('validation', 'train')
    """
    return _SPLITS.get(part, part)


def _distinct(classes: Sequence[ClassLabel]) -> tuple[str, ...]:
    """The classes' names; ClassLabel wants no two alike, so such have their wnids behind them."""
    often = Counter(one.name for one in classes)
    return tuple(
        one.name if often[one.name] == 1 else f"{one.name} ({one.wnid or one.index})"
        for one in classes
    )


@dataclass(frozen=True, slots=True)
class ParquetUnit:
    """One table to write."""

    shard: ShardPlan
    folder: str
    classes: tuple[str, ...]
    digest: bool

    def run(self) -> ShardRecord:
        """Write the table, and last the record that it is there."""
        shard = self.shard
        pa, pq = needed("pyarrow", extra="parquet"), needed("pyarrow.parquet", extra="parquet")
        schema = _schema(pa, self.classes)
        payloads = Payloads()
        entries = shard.entries()
        name = f"{shard.stem}.parquet"
        with new_shard_file(self.folder, name, digest=self.digest) as out:
            sink = pa.PythonFile(_Sink(out), mode="w")
            with pq.ParquetWriter(sink, schema, **_WRITTEN) as writer:
                while some := list(islice(entries, _ROW_GROUP)):
                    writer.write_table(_table(pa, schema, some, payloads), _ROW_GROUP)
        record = shard.record(out.record(name))
        keep_record(self.folder, record)
        return record


# Pictures do not shrink, and the least and the greatest of them say nothing; paths are all unlike.
_WRITTEN: Final[dict[str, Any]] = {
    "compression": {"image.bytes": "NONE", "image.path": "SNAPPY", "label": "SNAPPY"},
    "use_dictionary": ["label"],
    "write_statistics": ["image.path", "label"],
    "store_schema": True,
    "version": "2.6",
    "data_page_version": "1.0",
}


class _Sink:
    """What pyarrow writes to: the shard's file, which takes bytes in their order."""

    closed = False

    def __init__(self, out: ShardFile) -> None:
        self._out = out

    def write(self, data: Any) -> int:
        """Append."""
        piece = memoryview(data)
        self._out.put(piece)
        return len(piece)

    def tell(self) -> int:
        """The byte that comes next."""
        return self._out.position

    def writable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is not."""
        return False

    def seekable(self) -> bool:
        """It is not."""
        return False

    def flush(self) -> None:
        """Nothing: the file is, at its end."""

    def close(self) -> None:
        """Nothing: the shard's file ends itself."""


def _schema(pa: Any, classes: Sequence[str]) -> Any:
    features = {
        "image": {"_type": "Image"},
        "label": {"names": list(classes), "_type": "ClassLabel"},
    }
    said = json.dumps({"info": {"features": features}}).encode()
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    return pa.schema([("image", image), ("label", pa.int64())], metadata={b"huggingface": said})


def _table(pa: Any, schema: Any, entries: Sequence[Entry], payloads: Payloads) -> Any:
    images = [_bytes_of(entry.place, payloads) for entry in entries]
    paths = [
        path_of_table(entry.name, entry.wnid, entry.label, bytes(image[:LOOKED_AT]))
        for entry, image in zip(entries, images, strict=True)
    ]
    columns = [pa.array(images, pa.binary()), pa.array(paths, pa.string())]
    image = pa.StructArray.from_arrays(columns, fields=list(schema.field("image").type))
    labels = pa.array([entry.label for entry in entries], pa.int64())
    return pa.table([image, labels], schema=schema)


def _bytes_of(place: Place, payloads: Payloads) -> memoryview:
    buffer = memoryview(bytearray(BLOCK + place.size))
    payloads.read_into(place, buffer)
    return buffer[BLOCK:]
