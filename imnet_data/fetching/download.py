"""One file, fetched whole over several connections, whatever happens on the way.

What is fetched, and what becomes of it, is fetch.py's.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from imnet_data.errors import LinkExpired, LoginNeeded, PartUnknown
from imnet_data.fetching.credentials import shown
from imnet_data.fetching.journal import GRAIN_BYTES
from imnet_data.fetching.partial import Partial, journal_path
from imnet_data.fetching.remembered import remembering
from imnet_data.fetching.run import Run, Scope
from imnet_data.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.fetching.rate import Limiter
    from imnet_data.fetching.remote import Probe, Remote
    from imnet_data.fetching.transport import Transport
    from imnet_data.progress import Progress


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that came, or as much of it as was `wanted`.

    `path` is its finished name, or its `.part` while it is not `whole`. `chunk_digests` are the
    first 16 bytes of the SHA-256 of each `grain` bytes, zeros where a chunk is not here; they and
    the checksums are missing of a file that `was_there`. `size` and `fetched_bytes` are in bytes.
    """

    path: str
    size: int
    whole: bool
    md5: str | None
    sha256: str | None
    chunk_digests: bytes
    grain: int
    fetched_bytes: int
    retries: int
    seconds: float
    was_there: bool = False


class Download:
    """A download of one file to `target`; `target.part` and its journal lie beside it meanwhile.

    With `wanted`, pairs of byte offsets, only the chunks that hold those are fetched, and the file
    stays a `.part`; a later download without it fetches the rest. `restart` throws away what is
    there.
    """

    def __init__(
        self,
        remote: Remote,
        target: str,
        transport: Transport,
        *,
        connections: int = 8,
        limiter: Limiter | None = None,
        progress: Progress | None = None,
        wanted: Sequence[tuple[int, int]] | None = None,
        restart: bool = False,
    ) -> None:
        self.remote = remote
        self.target = target
        self.transport = transport
        self.connections = max(1, connections)
        self.limiter = limiter
        self.progress = progress or Silent()
        self.wanted = wanted
        self.restart = restart
        self._run: Run | None = None
        self._retries_before = transport.retries

    @property
    def retries(self) -> int:
        """How often something was tried again so far."""
        return self.transport.retries - self._retries_before

    @property
    def rate(self) -> float:
        """Bytes a second over the last ten seconds; 0 before it begins."""
        return 0.0 if self._run is None else self._run.rate

    def run(self) -> Downloaded:
        """Fetch it, or what is missing of it.

        On Ctrl-C, as on any error, what came stays, and the same download goes on with it.

        Raises:
            SourceError: the source does not give it, or gives something else.
            LoginNeeded: the source wants a login.
            WrongChecksum: it is not what was published; it stays a `.part`.
            PartTaken: another process is at it.
            PartUnknown: a file is in the way that is not ours.
            DiskFull: there is no room.
            NotWritten: it cannot be written.
        """
        began = time.monotonic()
        if self.remote.size is not None and self._is_there(self.remote.size):
            return self._was_there(began)  # without a word to the source
        probe = self._probe()
        if self._is_there(probe.size):
            return self._was_there(began)
        partial = Partial.open(
            self.target, probe, restart=self.restart, has_checksum=bool(self.remote.checksums)
        )
        try:
            return self._complete(partial, probe, began)
        finally:
            partial.close()

    def _probe(self) -> Probe:
        try:
            return self.transport.probe(self.remote)
        except LoginNeeded as error:
            # A signed link carries its own leave, so that one which worked has run out.
            if urlsplit(self.remote.url).query and os.path.exists(journal_path(self.target)):
                raise LinkExpired(shown(self.remote.url), status=403) from error
            raise

    def _is_there(self, size: int) -> bool:
        """Whether a finished file is there, of the right size; one of another is not ours."""
        if self.restart or not os.path.exists(self.target):
            return False
        found = os.path.getsize(self.target)
        if found != size:
            raise PartUnknown(self.target, f"has {found:,} bytes, where {size:,} are to come")
        with suppress(FileNotFoundError):  # what a crash at the very end may have left
            os.unlink(journal_path(self.target))
        return True

    def _was_there(self, began: float) -> Downloaded:
        size, seconds = os.path.getsize(self.target), time.monotonic() - began
        return Downloaded(
            path=self.target,
            size=size,
            whole=True,
            md5=None,
            sha256=None,
            chunk_digests=b"",
            grain=GRAIN_BYTES,
            fetched_bytes=0,
            retries=self.retries,
            seconds=seconds,
            was_there=True,
        )

    def _complete(self, partial: Partial, probe: Probe, began: float) -> Downloaded:
        """Fetch what is missing, and give the file its name if it is whole then."""
        scope = Scope.of(partial.journal, self.wanted)
        if scope.is_whole:
            partial.reserve()
        self._run = Run(
            self.remote,
            probe,
            remembering(self.transport, partial.path),
            partial,
            scope,
            limiter=self.limiter,
            progress=self.progress,
        )
        found = self._run.until_right(self.connections if probe.ranges else 1)
        digests, grain = partial.journal.digests(), partial.journal.head.grain
        if scope.is_whole:
            partial.finish()
        return Downloaded(
            path=self.target if scope.is_whole else partial.path,
            size=probe.size,
            whole=scope.is_whole,
            md5=found.get("md5"),
            sha256=found.get("sha256"),
            chunk_digests=digests,
            grain=grain,
            fetched_bytes=self._run.fetched_bytes,
            retries=self.retries,
            seconds=time.monotonic() - began,
        )
