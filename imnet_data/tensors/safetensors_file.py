"""One shard as a safetensors file, written as a stream: images first, what stands before them last.

The format is https://github.com/huggingface/safetensors: eight bytes with the header's length, a
header in JSON, and the tensors one behind another without a hole. make_shard.py fills them.
"""

from __future__ import annotations

import json
import os
import struct
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.lasting import written_whole
from imnet_data.sharding.folder_files import sync_folder, temporary
from imnet_data.sharding.records import FileRecord
from imnet_data.tensors.normalisation import stored_dtype

if TYPE_CHECKING:
    import hashlib
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

_ALIGNED: Final = 4096
_LENGTH: Final = struct.Struct("<Q")
SAFETENSORS_NAMES: Final = {"float16": "F16", "bfloat16": "BF16", "float32": "F32", "uint8": "U8"}
_READ_AT_ONCE: Final = 1 << 22
# What is written lies in the system's memory; brought to the disk now and then, the end of a shard
# doesn't wait for all of it.
_SYNC_EACH: Final = 1 << 26


@dataclass(frozen=True, slots=True)
class Form:
    """What a shard's file is like: `rows` tensors at the most, each of `shape` and `dtype`.

    `about` is what its header says of them.

    >>> form = Form(4, (3, 2, 2), "uint8", {"format": "x"})
    >>> form.images_at, form.size_bytes
    (4096, 4144)
    """

    rows: int
    shape: tuple[int, int, int]
    dtype: str
    about: Mapping[str, str]

    @property
    def row_bytes(self) -> int:
        """The bytes of one tensor."""
        return int(np.prod(self.shape)) * stored_dtype(self.dtype).itemsize

    @property
    def images_at(self) -> int:
        """Where the images begin, a multiple of 4096 however many rows are left out in the end.

        So they can be mapped, or read past the system's memory, by the page; labels, ids and header
        stand right before them, and the padding is between the header's text and the labels.
        """
        least = _LENGTH.size + len(self._header(self.rows)) + 16 * self.rows
        return least + -least % _ALIGNED

    @property
    def size_bytes(self) -> int:
        """The bytes of the file with all its rows."""
        return self.images_at + self.rows * self.row_bytes

    def front(self, labels: npt.NDArray[np.int64], image_ids: npt.NDArray[np.int64]) -> bytes:
        """All that stands before the images, for the rows that there are."""
        header = self._header(len(labels))
        room = self.images_at - _LENGTH.size - 16 * len(labels)
        assert len(header) <= room, "the header grew"
        padded = header + b" " * (room - len(header))
        numbers = labels.astype("<i8").tobytes() + image_ids.astype("<i8").tobytes()
        return _LENGTH.pack(len(padded)) + padded + numbers

    def _header(self, rows: int) -> bytes:
        ids, images = 8 * rows, 16 * rows
        end = images + rows * self.row_bytes
        said = {
            "__metadata__": dict(self.about),
            "labels": _tensor("I64", [rows], 0, ids),
            "image_ids": _tensor("I64", [rows], ids, images),
            "images": _tensor(SAFETENSORS_NAMES[self.dtype], [rows, *self.shape], images, end),
        }
        return json.dumps(said, separators=(",", ":")).encode()


def _tensor(dtype: str, shape: list[int], start: int, stop: int) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


@contextmanager
def new_file(folder: str, name: str, form: Form) -> Iterator[TensorFile]:
    """A shard's file to fill; at the end it is on the disk, after an error it is not there.

    Its room is reserved first: a disk without it says so before the first image is decoded.

    Raises:
        OSError: it cannot be written.
    """
    with written_whole(os.path.join(folder, name), beside=temporary(folder, name)) as file:
        _reserve(file.fileno(), form.size_bytes)
        yield TensorFile(file.fileno(), name, form)
    sync_folder(folder)


class TensorFile:
    """Takes the images of a shard in their order, and at the end what is said of them."""

    def __init__(self, fd: int, name: str, form: Form) -> None:
        self._fd = fd
        self._name = name
        self._form = form
        self._at = form.images_at
        self._synced = self._at
        self._digest = sha256()
        self._front = b""

    def expect(self, labels: npt.NDArray[np.int64], image_ids: npt.NDArray[np.int64]) -> None:
        """What is said of the images if none is left out: then they are hashed as they come."""
        self._front = self._form.front(labels, image_ids)
        self._digest.update(self._front)

    def put(self, images: npt.NDArray[np.generic]) -> None:
        """Append images, of shape (rows, 3, height, width)."""
        view = images.reshape(-1).view(np.uint8).data
        self._digest.update(view)
        done = 0
        while done < len(view):
            done += os.pwrite(self._fd, view[done:], self._at + done)
        self._at += len(view)
        if self._at - self._synced >= _SYNC_EACH:
            self._synced = self._at
            os.fdatasync(self._fd)

    def finish(self, labels: npt.NDArray[np.int64], image_ids: npt.NDArray[np.int64]) -> FileRecord:
        """Write what stands before the images, cut off what was reserved too much."""
        assert self._at == self._form.images_at + len(labels) * self._form.row_bytes
        front = self._form.front(labels, image_ids)
        os.pwrite(self._fd, front, 0)
        os.ftruncate(self._fd, self._at)
        digest = self._digest if front == self._front else self._hashed_again()
        return FileRecord(self._name, self._at, digest.hexdigest())

    def _hashed_again(self) -> hashlib._Hash:
        """The digest of the file as it is: an image was left out, so that its front is another."""
        digest = sha256()
        at = 0
        while data := os.pread(self._fd, _READ_AT_ONCE, at):
            digest.update(data)
            at += len(data)
        return digest


def _reserve(fd: int, size_bytes: int) -> None:
    """Take the room of a file on its disk, where the system knows how to."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(fd, 0, size_bytes)
