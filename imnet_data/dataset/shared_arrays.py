"""Arrays that every process which gets them maps instead of copying: forked ones and spawned ones.

What stands in them is for who makes them.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from multiprocessing import context, reduction
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    Array = npt.NDArray[Any]

_ALIGNED = 64  # of each array's first byte


class SharedArrays:
    """Some arrays of one dimension, not to be written to.

    Pickled for a process that is being spawned they go as an open file without a name, which is
    written once for all of them, and of which the kernel keeps one copy: sixteen workers of a
    loader that had a copy each of 14 million rows would take six gigabytes. Pickled for anything
    else they go as they are, and say so by their size.
    """

    def __init__(self, *arrays: Array) -> None:
        self._arrays = arrays
        self._file: int | None = None

    def __getitem__(self, at: int) -> Array:
        return self._arrays[at]

    def __iter__(self) -> Iterator[Array]:
        return iter(self._arrays)

    def __reduce__(self) -> tuple[Any, ...]:
        if context.get_spawning_popen() is None:
            return SharedArrays, self._arrays
        if self._file is None:
            self._file = _written(self._arrays)
            weakref.finalize(self, os.close, self._file)
        shapes = [(array.dtype, len(array)) for array in self._arrays]
        return _mapped, (reduction.DupFd(self._file), shapes)


def _written(arrays: Sequence[Array]) -> int:
    """A file of these arrays, one behind the other, that is gone when nobody has it open."""
    if hasattr(os, "memfd_create"):
        fd = os.memfd_create("imnet-data")
    else:
        with tempfile.TemporaryFile(buffering=0) as unnamed:
            fd = os.dup(unnamed.fileno())
    try:
        with os.fdopen(fd, "wb", closefd=False) as file:
            for array in arrays:
                file.write(np.ascontiguousarray(array).data)
                file.write(bytes(-array.nbytes % _ALIGNED))
    except BaseException:
        os.close(fd)
        raise
    return fd


def _mapped(received: Any, shapes: Sequence[tuple[np.dtype[Any], int]]) -> SharedArrays:
    fd = received.detach()
    try:
        size = os.fstat(fd).st_size
        buffer = mmap.mmap(fd, size, access=mmap.ACCESS_READ) if size else b""
    finally:
        os.close(fd)
    arrays, at = [], 0
    for dtype, count in shapes:
        arrays.append(np.frombuffer(buffer, dtype, count, at))
        at += -(-count * dtype.itemsize // _ALIGNED) * _ALIGNED
    return SharedArrays(*arrays)
