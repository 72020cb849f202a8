"""What a shard of a plan holds, as a small npz: where each image lies, its label, id and name.

Which shards there are is plan.py's, where the archives are now archive_table.py's.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, fields
from hashlib import blake2b
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

# The oldest that a zip can say, so that the same plan is the same bytes on any day.
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_COLUMNS: Final = {
    "archive": "<i4", "offset": "<i8", "size": "<i8", "label": "<i8", "image_id": "<i8",
    "names": "|u1", "name_len": "<i4", "members": "|u1", "member_len": "<i4",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlannedRows:
    """The images of a shard in their order, an array a column.

    `archive` counts in the plan's archives; `offset` and `size` are those of the image's bytes
    there. `names` are the images' names in UTF-8, one behind another, `name_len` their lengths.
    `members` are likewise the base names that stand with the images in their archives, and the
    paths of files below a folder; a length of -1 says that there is none.
    """

    archive: npt.NDArray[np.int32]
    offset: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    image_id: npt.NDArray[np.int64]
    names: npt.NDArray[np.uint8]
    name_len: npt.NDArray[np.int32]
    members: npt.NDArray[np.uint8]
    member_len: npt.NDArray[np.int32]

    @classmethod
    def of(
        cls, numbers: npt.NDArray[np.int64], names: Sequence[bytes], members: Sequence[bytes | None]
    ) -> PlannedRows:
        """Rows of numbers (archive, offset, size, label, id: five columns) with their texts."""
        archive, offset, size, label, image_id = numbers.T
        return cls(
            archive.astype("<i4"),
            offset.astype("<i8"),
            size.astype("<i8"),
            label.astype("<i8"),
            image_id.astype("<i8"),
            np.frombuffer(b"".join(names), np.uint8),
            np.array([len(name) for name in names], "<i4"),
            np.frombuffer(b"".join(filter(None, members)), np.uint8),
            np.array([-1 if one is None else len(one) for one in members], "<i4"),
        )

    def __len__(self) -> int:
        return len(self.archive)

    @property
    def images_bytes(self) -> int:
        """The bytes of all images where they lie."""
        return int(self.size.sum())

    @property
    def contents(self) -> str:
        """A fingerprint of the images and what is said of them, wherever they lie."""
        found = blake2b(digest_size=16)
        for column in (self.name_len, self.names, self.size, self.label, self.image_id):
            found.update(column.tobytes())
        return found.hexdigest()

    def texts(self) -> tuple[list[str], list[str | None]]:
        """The names, and the members."""
        return (
            [text or "" for text in _cut(self.names, self.name_len)],
            _cut(self.members, self.member_len),
        )

    def packed(self) -> bytes:
        """The npz: the same for the same rows."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for field in fields(self):
                array = io.BytesIO()
                np.lib.format.write_array(array, getattr(self, field.name), allow_pickle=False)
                member = zipfile.ZipInfo(f"{field.name}.npy", _LONG_AGO)
                member.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(member, array.getvalue())
        return out.getvalue()

    @classmethod
    def read(cls, data: bytes) -> PlannedRows:
        """The rows of an npz.

        Raises:
            ValueError: it is none of ours, or its columns do not fit one another.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as found:
                columns = [_checked(found[name], dtype) for name, dtype in _COLUMNS.items()]
        except (KeyError, OSError, zipfile.BadZipFile, zipfile.LargeZipFile) as error:
            raise ValueError(str(error)) from error
        rows = cls(*columns)
        long = {len(getattr(rows, name)) for name in _COLUMNS if name not in ("names", "members")}
        lengths = np.maximum(rows.member_len, 0)
        if len(long) != 1 or rows.name_len.min(initial=0) < 0 or rows.size.min(initial=0) < 0:
            raise ValueError("its columns are not alike")
        if rows.name_len.sum() != len(rows.names) or lengths.sum() != len(rows.members):
            raise ValueError("its names are cut short")
        return rows


def _checked(array: npt.NDArray[Any], dtype: str) -> npt.NDArray[Any]:
    if array.dtype != np.dtype(dtype) or array.ndim != 1:
        raise ValueError(f"a column is {array.dtype} and not {dtype}")
    return array


def _cut(blob: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int32]) -> list[str | None]:
    data = blob.tobytes()
    sizes: list[int] = lengths.tolist()
    ends = accumulate(max(size, 0) for size in sizes)
    return [
        None if size < 0 else data[end - size : end].decode("utf-8", "surrogatepass")
        for size, end in zip(sizes, ends, strict=True)
    ]
