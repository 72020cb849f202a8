"""Arrays on disk that are read a few rows at a time: .npy, by itself or in an .npz.

Which of a file's arrays holds what is arrays.py's question.
"""

from __future__ import annotations

import math
import os
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

import numpy as np
from numpy.lib import format as npy_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray


class Unreadable(Exception):
    """Why an array is not read; made into an error with the file's name by its reader."""


class Stored(Protocol):
    """An array on disk: `dtype` is numpy's, with bfloat16 as float32, which it is read as."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """What its elements are, once read."""

    def pieces(self, rows: int) -> Iterator[NDArray[Any]]:
        """So many rows at a time, in order."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Rows one after the other in a stream that `open` gives anew, from the first byte on."""

    shape: tuple[int, ...]
    stored: np.dtype[Any]
    bfloat16: bool
    open: Callable[[], AbstractContextManager[IO[bytes]]]

    @property
    def dtype(self) -> np.dtype[Any]:
        """What its elements are, once read."""
        return np.dtype(np.float32) if self.bfloat16 else self.stored

    def pieces(self, rows: int) -> Iterator[NDArray[Any]]:
        """So many rows at a time, in order."""
        row_bytes = math.prod(self.shape[1:]) * self.stored.itemsize
        with self.open() as file:
            for first in range(0, self.shape[0], rows):
                count = min(rows, self.shape[0] - first)
                data = bytearray(count * row_bytes)
                if _read_into(file, data) != len(data):
                    raise Unreadable("it is cut short")
                piece = np.frombuffer(data, self.stored).reshape(count, *self.shape[1:])
                yield as_float32(piece) if self.bfloat16 else piece
            # Past the end: a member of a zip is checked there.
            file.read(1)


@dataclass(frozen=True, slots=True)
class ByColumn:
    """An array whose columns stand one after the other (Fortran's order), mapped."""

    path: str
    stored: np.dtype[Any]
    shape: tuple[int, ...]
    offset: int

    @property
    def dtype(self) -> np.dtype[Any]:
        """What its elements are."""
        return self.stored

    def pieces(self, rows: int) -> Iterator[NDArray[Any]]:
        """So many rows at a time, in order."""
        mapped = np.memmap(self.path, self.stored, "r", self.offset, self.shape, order="F")
        for first in range(0, self.shape[0], rows):
            yield np.array(mapped[first : first + rows])


def as_float32(bits: NDArray[Any]) -> NDArray[np.float32]:
    """The values of bfloat16, given as two bytes each.

    >>> as_float32(np.array([0x3F80, 0xC000], "<u2"))
    array([ 1., -2.], dtype=float32)
    """
    wide = bits.view("<u2").astype("<u4")
    wide <<= 16
    return wide.view("<f4")


def read_npy(path: str) -> Stored:
    """The array of an .npy file."""
    with open(path, "rb") as file:
        shape, by_column, dtype = _header(file)
        offset = file.tell()
    if math.prod(shape) * dtype.itemsize > os.path.getsize(path) - offset:
        raise Unreadable("it is cut short")
    if by_column:
        return ByColumn(path, dtype, shape, offset)
    return _raw(shape, dtype, partial(opened_at, path, offset))


@contextmanager
def opened_at(path: str, start: int) -> Iterator[IO[bytes]]:
    """A file that stands at one of its bytes."""
    with open(path, "rb") as file:
        file.seek(start)
        yield file


def read_npz(path: str) -> dict[str, Stored]:
    """The arrays of an .npz file by their keys; those of other members are left out."""
    try:
        with zipfile.ZipFile(path) as file:
            members = [one for one in file.namelist() if one.endswith(".npy")]
        return {one.removesuffix(".npy"): _member(path, one) for one in members}
    except zipfile.BadZipFile as error:
        raise Unreadable(f"it does not read as a zip, and may be cut short: {error}") from error


def _member(path: str, member: str) -> Stored:
    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with zipfile.ZipFile(path) as whole, whole.open(member) as file:
            _header(file)
            yield file

    with zipfile.ZipFile(path) as whole, whole.open(member) as file:
        try:
            shape, by_column, dtype = _header(file)
        except Unreadable as error:
            raise Unreadable(f"{member}: {error}") from error
        if math.prod(shape) * dtype.itemsize > whole.getinfo(member).file_size:
            raise Unreadable(f"{member}: it is cut short")
    if by_column:
        raise Unreadable(
            f"{member} is stored by columns, which is not read from an npz: "
            "save numpy.ascontiguousarray(…), or an .npy"
        )
    return _raw(shape, dtype, opened)


def _raw(
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    opened: Callable[[], AbstractContextManager[IO[bytes]]],
) -> Raw:
    # ml_dtypes' bfloat16 is written as two bytes of no type.
    bfloat16 = dtype.kind == "V" and dtype.itemsize == 2
    return Raw(shape, np.dtype("<u2") if bfloat16 else dtype, bfloat16, opened)


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether columns come first, and type; the file then stands at the first element."""
    try:
        version = npy_format.read_magic(cast("Any", file))
        read = {
            (1, 0): npy_format.read_array_header_1_0,
            (2, 0): npy_format.read_array_header_2_0,
        }.get(version)
        if read is None:
            raise Unreadable(f"it is .npy of version {version[0]}.{version[1]}")
        shape, by_column, dtype = read(cast("Any", file))
    except (ValueError, EOFError) as error:
        raise Unreadable(str(error)) from error
    if dtype.hasobject:
        raise Unreadable("it holds pickled objects, which can run code: save numbers or texts")
    return shape, by_column and len(shape) > 1, dtype


def _read_into(file: IO[bytes], data: bytearray) -> int:
    view, at = memoryview(data), 0
    while at < len(data):
        try:
            got = cast("Any", file).readinto(view[at:])
        except zipfile.BadZipFile as error:
            raise Unreadable(str(error)) from error
        if not got:
            break
        at += got
    return at
