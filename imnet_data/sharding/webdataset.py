"""WebDataset's shards, with the indexes that wids, timm and DALI's readers want.

Per sample: the image as it is, `.cls` with the subset's own index, `.json` with the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as _text
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.archives.tars.headers import BLOCK
from imnet_data.sharding.endings import ending_of
from imnet_data.sharding.folder_files import write_whole
from imnet_data.sharding.formats import CutBySize
from imnet_data.sharding.keys import key_of
from imnet_data.sharding.manifest import encoded, keep_record
from imnet_data.sharding.shard_file import new_shard_file
from imnet_data.sharding.tar_blocks import END, header, member, padding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from imnet_data.sharding.entry import Entry
    from imnet_data.sharding.manifest import Asked
    from imnet_data.sharding.plan import ShardPlan
    from imnet_data.sharding.records import ShardRecord
    from imnet_data.sharding.rows import Rows, Tables
    from imnet_data.sharding.shard_file import ShardFile

# A name of so many bytes has a .json of one block, however it is escaped.
_SHORT_NAME: Final = 60


class WebDataset(CutBySize):
    """The format; see formats.py."""

    ending = ".tar"
    fixed_bytes = len(END)

    def costs(self, rows: Rows, tables: Tables) -> npt.NDArray[np.int64]:
        """Three headers, or two for an image without a label, and what is behind them."""
        sizes = rows.rows["size"]
        labelled = tables.labels()[rows.rows["kind"]] >= 0
        costs: npt.NDArray[np.int64] = (
            BLOCK + sizes + -sizes % BLOCK + 2 * BLOCK * labelled + 2 * BLOCK
        )
        kinds = list(tables.kinds)
        for at in np.flatnonzero(rows.rows["name_len"] > _SHORT_NAME).tolist():
            row = rows.rows[at]
            name = rows.texts[at][: int(row["name_len"])].decode("utf-8", "surrogatepass")
            said = _said(name, *kinds[int(row["kind"])])
            costs[at] += len(said) + len(padding(len(said))) - BLOCK
        return costs

    def unit(self, shard: ShardPlan, folder: str, *, digest: bool) -> WebDatasetUnit:
        """What writes a shard."""
        return WebDatasetUnit(shard, folder, digest)

    def side_files(self, parts: Mapping[str, Sequence[ShardRecord]]) -> Iterator[tuple[str, bytes]]:
        """Wids' index, one a part, and timm's `_info.json`."""
        held = {part: records for part, records in parts.items() if records}
        for part, records in held.items():
            # wids reads all that one index names as one data set: no two parts in one.
            name = "index.json" if len(held) == 1 else f"index-{part}.json"
            yield name, encoded(_wids_index(part, records))
        yield "_info.json", encoded({"splits": {p: _timm_split(p, r) for p, r in held.items()}})


def form_of(_asked: Asked) -> WebDataset:
    """The format; it needs to know nothing of what was asked for."""
    return WebDataset()


@dataclass(frozen=True, slots=True)
class WebDatasetUnit:
    """One shard to write."""

    shard: ShardPlan
    folder: str
    digest: bool

    def run(self) -> ShardRecord:
        """Write the tar, DALI's index of it, and last the record that both are there."""
        shard = self.shard
        lines = [f"v1.2 {shard.count}"]
        name = f"{shard.stem}.tar"
        with new_shard_file(self.folder, name, digest=self.digest) as out:
            lines += [_write_sample(out, entry) for entry in shard.entries()]
            out.put(END)
        written = out.record(name)
        assert written.size_bytes == shard.size_bytes, "the plan says another size"
        index = write_whole(self.folder, f"{shard.stem}.idx", "\n".join([*lines, ""]).encode())
        record = shard.record(written, index)
        keep_record(self.folder, record)
        return record


def _write_sample(out: ShardFile, entry: Entry) -> str:
    """Write an image and what is said of it; gives its line in DALI's index."""
    key = key_of(entry.name)
    label, size = entry.label, entry.place.size
    head = _ImageHead(key, size)
    out.put_image(entry.place, head)
    at = out.position
    line = f"{head.ending} {at - size} {size} {key}.{head.ending}"
    behind = padding(size)
    if label >= 0:
        said = b"%d" % label
        line += f" cls {at + len(behind) + BLOCK} {len(said)} {key}.cls"
        behind += member(f"{key}.cls".encode(), said)
    said = _said(entry.name, label, entry.wnid, entry.ilsvrc_index)
    line += f" json {at + len(behind) + BLOCK} {len(said)} {key}.json"
    out.put(behind + member(f"{key}.json".encode(), said))
    return line


class _ImageHead:
    """Makes the header of an image, named by its first bytes; `ending` is known after that."""

    __slots__ = ("_key", "_size", "ending")

    def __init__(self, key: str, size: int) -> None:
        self._key = key
        self._size = size
        self.ending = ""

    def __call__(self, start: bytes) -> bytes:
        self.ending = ending_of(start)
        return header(f"{self._key}.{self.ending}".encode(), self._size)


def _said(name: str, label: int, wnid: str | None, ilsvrc_index: int | None) -> bytes:
    """A sample's `.json`: the same keys of the same types everywhere, for who infers a schema."""
    index = -1 if ilsvrc_index is None else ilsvrc_index
    said = f'{{"ilsvrc_index":{index},"label":{label},"name":{_text(name)},"wnid":"{wnid or ""}"}}'
    return said.encode()


def _wids_index(part: str, records: Sequence[ShardRecord]) -> dict[str, Any]:
    shards = [
        {"url": one.file.name, "nsamples": one.samples, "filesize": one.file.size_bytes}
        for one in records
    ]
    return {
        "__kind__": "wids-shard-index-v1",
        "wids_version": 1,
        "name": part,
        "shardlist": shards,
    }


def _timm_split(part: str, records: Sequence[ShardRecord]) -> dict[str, Any]:
    return {
        "name": part,
        "num_samples": sum(one.samples for one in records),
        "filenames": [one.file.name for one in records],
        "shard_lengths": [one.samples for one in records],
    }
