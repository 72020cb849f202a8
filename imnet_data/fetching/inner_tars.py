"""Some of the tars in a tar at its source: found by the outer headers, and fetched by themselves.

Which classes those are is classes.py's; completing the file is any download's of it.
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.errors import ClassesNotThere, NotTarOfTars, RangeRefused
from imnet_data.fetching.classes import How
from imnet_data.fetching.credentials import shown
from imnet_data.fetching.outer_members import MemberList, OuterWalk, version_of
from imnet_data.fetching.partial import Partial, not_written
from imnet_data.fetching.transport import read_range
from imnet_data.layouts.imagenet import folder_wnid

if TYPE_CHECKING:
    from imnet_data.archives.tars.partial import OuterMember
    from imnet_data.fetching.claim import Claim
    from imnet_data.fetching.classes import ClassChoice
    from imnet_data.fetching.download import Downloaded
    from imnet_data.fetching.remote import Probe, Remote
    from imnet_data.fetching.transport import Transport


@dataclass(frozen=True, slots=True)
class FoundTars:
    """What of a tar of tars is to be fetched: the tars of the classes, and what is missing.

    `size_bytes` is that of the tars that are not here yet; `met` counts all tars that were met.
    """

    probe: Probe
    wanted: tuple[OuterMember, ...]
    here: int
    size_bytes: int
    met: int
    missing: tuple[str, ...]

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """The bytes of the wanted tars, from and up to."""
        return [(one.data, one.data + one.size) for one in self.wanted]


class InnerTars:
    """Some of the tars in a tar at its source: `look()` finds them, `fetch()` gets them.

    They come to lie in `target.part`, each at its own place, so that the rest can be fetched later
    and no byte twice.
    """

    def __init__(
        self,
        remote: Remote,
        target: str,
        transport: Transport,
        choice: ClassChoice,
        how: How | None = None,
    ) -> None:
        self._remote = remote
        self._target = target
        self._transport = transport
        self._choice = choice
        self._how = how or How()

    def look(self) -> FoundTars:
        """Find the classes' tars, by a request a tar up to the last of them.

        Raises:
            NotTarOfTars: it is a file of another kind.
            ClassesNotThere: it has none of them.
            RangeRefused: the source gives whole files alone.
            RemoteChanged, PartTaken, PartUnknown: what is there of it cannot be gone on with.
            FetchError: as the transport.
        """
        probe = self._transport.probe(self._remote)
        if not probe.ranges:
            raise RangeRefused(shown(self._remote.url), "it gives whole files alone")
        with (
            self._opened(probe, restart=self._how.restart) as partial,
            closing(MemberList(partial.path, version_of(probe))) as kept,
        ):
            try:
                return self._walk(probe, kept, partial.claim)
            except (NotTarOfTars, ClassesNotThere):
                if not partial.journal.bytes_here:
                    partial.discard()  # nothing was begun, and nothing will be
                raise

    def _opened(self, probe: Probe, *, restart: bool = False) -> Partial:
        """The file as this process's alone, and seen to be of the version that is there now."""
        has_checksum = bool(self._remote.checksums)
        return Partial.open(self._target, probe, restart=restart, has_checksum=has_checksum)

    def _keep(self, found: FoundTars) -> None:
        """Note that the tars are here, so that they can be indexed."""
        with (
            self._opened(found.probe) as partial,
            closing(MemberList(partial.path, version_of(found.probe))) as kept,
        ):
            has = partial.journal.has_range
            kept.note_whole(one for one in found.wanted if has(one.data, one.data + one.size))
            if os.path.getsize(partial.path) < found.probe.size:
                # As long as the whole: what is indexed now must be found in the same file later.
                with not_written(partial.path):
                    os.truncate(partial.path, found.probe.size)

    def fetch(self, found: FoundTars) -> Downloaded:
        """Fetch the tars that were found; the file stays a `.part` unless it is whole with them.

        Raises:
            FetchError: as `Download.run()`.
        """
        download = self._how.download(
            self._remote, self._target, self._transport, wanted=found.ranges
        )
        done = download.run()
        if not done.whole:
            self._keep(found)
        return done

    def _walk(self, probe: Probe, kept: MemberList, claim: Claim) -> FoundTars:
        def read(start: int, stop: int) -> bytes:
            claim.beat()
            return read_range(self._transport, self._remote, probe, start, stop)

        walk = OuterWalk(read, shown(self._remote.url), probe.size, kept)
        left = set(self._choice.wnids)
        wanted = []
        progress = self._how.progress
        # Of a release with known classes the walk ends behind the last one. Else a class that is
        # not in the file is only known at its end.
        progress.begin("finding the classes", self._choice.published, "tars")
        try:
            for member in walk.members():
                progress.advance(member.is_tar)
                wnid = folder_wnid(member.name) if member.is_tar else None
                if wnid in left:
                    left.remove(wnid)
                    wanted.append(member)
                if not left:
                    break
        finally:
            progress.end()
        if not wanted:
            raise ClassesNotThere(self._choice.expression, shown(self._remote.url))
        whole = kept.members.whole
        fresh = [one for one in wanted if one.data not in whole]
        return FoundTars(
            probe,
            tuple(wanted),
            here=len(wanted) - len(fresh),
            size_bytes=sum(one.size for one in fresh),
            met=len(kept.members.tars),
            missing=tuple(sorted(left)),
        )
