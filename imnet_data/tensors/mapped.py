"""One file of tensors mapped into memory: its header read, its arrays views of the file.

The safetensors package's own reader copies what it gives to numpy: 64 pictures of 3 x 224 x 224 in
float16 take it 8 ms, a view 1 us. Which file, and what its numbers mean, is reading.py's.
"""

from __future__ import annotations

import json
import math
import mmap
import os
import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

# The format's own bound on a header.
_HEADER_BYTES: Final = 100_000_000
_DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "F16": np.dtype("<f2"), "BF16": np.dtype("<u2"), "F32": np.dtype("<f4"), "U8": np.dtype("|u1"),
    "I64": np.dtype("<i8"),
}  # fmt: skip


class MappedTensors:
    """The arrays of a file, by name; they cannot be written unless it is mapped as `private`.

    What is written to arrays of a private mapping stays in this process: torch has no tensors that
    cannot be written, and warns of arrays that cannot be. The file's descriptor is held for as
    long as an array of it is in use. bfloat16 comes as the uint16 of its bits.

    Raises:
        OSError: the file cannot be opened.
        ValueError: its header is not as the format has it, or does not agree with its size.
    """

    def __init__(self, path: str, *, private: bool = False) -> None:
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            start, header = _header(file, size)
            self._mapping = _mapped(file.fileno(), private=private)
        self.metadata: Mapping[str, str] = header.pop("__metadata__", {})
        if not isinstance(self.metadata, dict):
            raise ValueError("its metadata is no table")  # noqa: TRY004 - as of the header below
        self.arrays: dict[str, npt.NDArray[Any]] = {}
        end = start
        for name, said in header.items():
            self.arrays[name], last = self._array(name, said, start, size)
            end = max(end, last)
        if end != size:
            raise ValueError(f"it has {size:,} bytes, and its header describes {end:,}")

    def _array(
        self, name: str, said: Mapping[str, Any], start: int, size: int
    ) -> tuple[npt.NDArray[Any], int]:
        """An array, and the byte of the file where it ends."""
        try:
            dtype = _DTYPES[said["dtype"]]
            shape, (first, last) = tuple(map(int, said["shape"])), map(int, said["data_offsets"])
            count = math.prod(shape)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise ValueError(f"its header says of {name!r} what cannot be read") from None
        if min((*shape, first)) < 0 or last - first != count * dtype.itemsize:
            raise ValueError(f"its header's {name!r} has a shape that is not of its bytes")
        if start + last > size:
            raise ValueError(f"it ends before {name!r} does: it has {size:,} bytes")
        flat = np.frombuffer(self._mapping, dtype, count, start + first)
        return flat.reshape(shape), start + last


def _header(file: Any, size: int) -> tuple[int, dict[str, Any]]:
    """Where the data begins, and the header."""
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(_HEADER_BYTES, size - 8):
        raise ValueError("it is no file of tensors, or was cut off")
    try:
        header = json.loads(file.read(length))
    except RecursionError:
        raise ValueError("its header is nested without end") from None
    if not isinstance(header, dict):
        raise ValueError("its header is no table")  # noqa: TRY004 - of a file, not of an argument
    return 8 + length, header


def _mapped(fd: int, *, private: bool) -> mmap.mmap:
    access = mmap.ACCESS_COPY if private else mmap.ACCESS_READ
    if sys.version_info >= (3, 13):
        # Else each mapping holds a descriptor, and a process has about a thousand of those.
        return mmap.mmap(fd, 0, access=access, trackfd=False)
    return mmap.mmap(fd, 0, access=access)
