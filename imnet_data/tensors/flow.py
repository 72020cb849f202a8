"""Batches of pictures through an engine: read ahead on threads, written behind on another.

What is read and what is written are make_shard.py's; memory holds a few batches, never a shard.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.reading import read
from imnet_data.errors import ArchiveChanged, ArchiveMissing, DamagedMember

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor, Future
    from typing import Any

    import numpy.typing as npt

    from imnet_data.archives.reading import Place
    from imnet_data.tensors.engines.engine import Engine

T = TypeVar("T")

# Tensors in one buffer, of which there are two, and pictures that fill it, at the most.
_BUFFER_BYTES: Final = 1 << 25
_PICTURES: Final = 128


@dataclass(frozen=True, slots=True)
class Readers:
    """How far ahead is read, in batches, and by how many threads.

    One thread keeps up with decoding on a core; a GPU decodes faster than one thread reads.
    """

    threads: int = 1
    batches: int = 2


@dataclass(frozen=True, slots=True)
class Flow:
    """Pictures on their way to tensors of `shape` (copies, 3, height, width) and `dtype` each.

    `check` is asked about the tensors of the pictures at the places `checked`: what is wrong with
    one, or None. `without` says why pictures at some places are not even tried; `trying` is told
    each place that is, one picture after another.
    """

    engine: Engine
    shape: tuple[int, int, int, int]
    dtype: np.dtype[Any]
    readers: Readers
    checked: frozenset[int]
    check: Callable[[str, bytes, npt.NDArray[Any]], str | None]
    without: Mapping[int, str] = field(default_factory=dict)
    trying: Callable[[int], None] | None = None

    def run(
        self,
        names: Sequence[str],
        places: Sequence[Place],
        put: Callable[[npt.NDArray[Any]], None],
    ) -> list[str | None]:
        """Hand all tensors to `put`, in order; gives what is wrong with each picture, or None.

        Tensors of pictures that are wrong are left out.

        Raises:
            ArchiveMissing, ArchiveChanged: an archive is not as the plan says.
            OSError: `put` raised it.
        """
        step = self._step()
        batches = [slice(at, min(at + step, len(names))) for at in range(0, len(names), step)]
        buffers = [np.empty((step * self.shape[0], *self.shape[1:]), self.dtype) for _ in range(2)]
        found: list[str | None] = []
        behind: deque[Future[None]] = deque()
        with (
            ThreadPoolExecutor(self.readers.threads) as reading,
            ThreadPoolExecutor(1) as writing,
        ):
            ahead = _ahead(
                reading, [(names[one], places[one]) for one in batches], self.readers.batches
            )
            for number, batch in enumerate(ahead):
                while len(behind) > 1:  # the buffer's last contents are written by then
                    behind.popleft().result()
                if self.trying is not None:
                    self.trying(number)
                made, wrong = self._made(batch, number * step, buffers[number % 2])
                found += wrong
                behind.append(writing.submit(put, made))
            while behind:
                behind.popleft().result()
        return found

    def _step(self) -> int:
        """Pictures a batch."""
        if self.trying is not None:
            return 1
        row = int(np.prod(self.shape)) * self.dtype.itemsize
        return max(1, min(_PICTURES, _BUFFER_BYTES // row))

    def _made(
        self, batch: Sequence[tuple[str, bytes | str]], first: int, buffer: npt.NDArray[Any]
    ) -> tuple[npt.NDArray[Any], list[str | None]]:
        """The tensors of a batch, in the buffer if none is wrong, and what is wrong with each."""
        copies = self.shape[0]
        batch = [(name, self.without.get(at, data)) for at, (name, data) in enumerate(batch, first)]
        pictures = [(name, data) for name, data in batch if isinstance(data, bytes)]
        out = buffer[: len(pictures) * copies]
        told = self.engine.fill(pictures, out) if pictures else []
        assert len(told) == len(pictures)
        read = [at for at, (_, data) in enumerate(batch, first) if isinstance(data, bytes)]
        for at, (place, (name, data)) in enumerate(zip(read, pictures, strict=True)):
            if place in self.checked and told[at] is None:
                told[at] = self.check(name, data, out[at * copies : (at + 1) * copies])
        well = np.repeat([why is None for why in told], copies)
        of_each = iter(told)
        wrong = [next(of_each) if isinstance(data, bytes) else data for _, data in batch]
        return (out if well.all() else out[well]), wrong


def _ahead(
    threads: Executor,
    batches: Sequence[tuple[Sequence[str], Sequence[Place]]],
    many: int,
) -> Iterator[list[tuple[str, bytes | str]]]:
    """The pictures of each batch, while so many further ones are being read."""
    coming: deque[Future[list[tuple[str, bytes | str]]]] = deque()
    for names, places in batches:
        coming.append(threads.submit(_read_batch, names, places))
        if len(coming) > many:
            yield coming.popleft().result()
    while coming:
        yield coming.popleft().result()


def _read_batch(names: Sequence[str], places: Sequence[Place]) -> list[tuple[str, bytes | str]]:
    return [(name, _read(place)) for name, place in zip(names, places, strict=True)]


def _read(place: Place) -> bytes | str:
    """A picture's bytes, or why it has none; an archive that is gone or changed is an error.

    No path is told: what was left out is part of what every machine writes alike.
    """
    try:
        return read(place)
    except DamagedMember as error:
        return f"its data is damaged in its archive: {error.reason}"
    except ArchiveMissing:
        if place.container != FOLDER:
            raise
        return "its file is not there"
    except ArchiveChanged:
        if place.container != FOLDER:
            raise
        return "its file has changed since it was indexed"
    except OSError as error:
        return f"it cannot be read: {error.strerror or error}"
