"""The checksum of a whole file, computed while it comes: it follows the first byte that is missing.

What was here before is read again on the way, and a chunk that the disk has spoilt since is fetched
again. Whether the checksum is the published one is the download's to say.
"""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

from imnet_data.fetching.journal import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from imnet_data.fetching.partial import Partial


class Checksum:
    """Reads chunks in order as they come, in a thread of its own."""

    def __init__(
        self,
        partial: Partial,
        algorithms: Iterable[str],
        *,
        chunks: Sequence[int],
        unsure: bytearray,
        on_spoilt: Callable[[int], None],
        on_end: Callable[[], None],
    ) -> None:
        """Make ready to read `chunks`, in order.

        Args:
            partial: where they are.
            algorithms: such as `sha256`; none to look at unsure chunks alone.
            chunks: their numbers.
            unsure: a 1 a chunk that was here before, and whose digest is compared.
            on_spoilt: hears of a chunk that is not what it was, and is no longer here.
            on_end: hears of the end, also of one by an error.
        """
        self._partial = partial
        self._hashes = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
        self._chunks = chunks
        self._unsure = unsure
        self._on_spoilt = on_spoilt
        self._on_end = on_end
        self._come = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="checksum", daemon=True)
        self.error: BaseException | None = None
        self.done = False
        self.spoilt = 0
        self.at = -1  # the chunk that is next
        self._read_count = 0

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def came(self, chunk: int) -> None:
        """A chunk is here now; called by whoever wrote it."""
        if chunk == self.at:
            with self._come:
                self._come.notify()

    def stop(self) -> None:
        """Read no more."""
        with self._come:
            self._stopped = True
            self._come.notify()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until it has read all, or was stopped; gives whether its thread has ended."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def left_bytes(self) -> int:
        """About how many bytes it has yet to read."""
        return (len(self._chunks) - self._read_count) * self._partial.journal.head.grain

    def hexdigests(self) -> dict[str, str]:
        """The checksums, by the name of their algorithm, once all is read."""
        return {name: one.hexdigest() for name, one in self._hashes.items()}

    def _run(self) -> None:
        try:
            buffer = memoryview(bytearray(self._partial.journal.head.grain))
            for chunk in self._chunks:
                self.at = chunk
                if not self._read(chunk, buffer):
                    return
                self._read_count += 1
            self.done = True
        except BaseException as error:  # noqa: BLE001 - it is raised where the download waits
            self.error = error
        finally:
            self._on_end()

    def _read(self, chunk: int, buffer: memoryview) -> bool:
        """Take a chunk in when it is here and right; gives whether to go on."""
        start, stop = self._partial.journal.head.extent(chunk)
        data = buffer[: stop - start]
        while self._wait(chunk):
            if self._hashes or self._unsure[chunk]:
                self._partial.read(start, data)
            if self._unsure[chunk] and not self._is_sure(chunk, data):
                continue
            for one in self._hashes.values():
                one.update(data)
            return True
        return False

    def _is_sure(self, chunk: int, data: memoryview) -> bool:
        self._unsure[chunk] = 0
        if digest_of(data) == self._partial.journal.digest(chunk):
            return True
        self.spoilt += 1
        self._partial.journal.forget(chunk)
        self._on_spoilt(chunk)
        return False

    def _wait(self, chunk: int) -> bool:
        """Wait until a chunk is here; gives whether it is."""
        journal = self._partial.journal
        if journal.has(chunk) and not self._stopped:
            return True
        with self._come:
            while not journal.has(chunk) and not self._stopped:
                # Told in vain if the last word came before `at` was set: so not for ever.
                self._come.wait(0.2)
            return not self._stopped
