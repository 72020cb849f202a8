"""Checking a finished set of shards against its manifest.

The archives that the images came from are not asked: imnet_data/verification looks at those.
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.cores import worth_processes
from imnet_data.errors import StoreFailed
from imnet_data.files.address import absolute, is_url, join
from imnet_data.progress import Silent
from imnet_data.sharding.folder_sums import digest_of, size_of
from imnet_data.sharding.manifest import MANIFEST, read_manifest
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed
from imnet_data.work.workers import is_cluster, several

if TYPE_CHECKING:
    from imnet_data.progress import Progress
    from imnet_data.sharding.manifest import Manifest
    from imnet_data.sharding.records import FileRecord
    from imnet_data.work.unit import Outcome
    from imnet_data.work.workers import Workers

# A process takes half a second to begin: this one reads so many bytes in that time.
_WORTH_A_PROCESS: Final = 400_000_000

# What differs, in the order in which it is told.
MISSING: Final = "missing"
SIZE: Final = "size"
DIGEST: Final = "sha256"
UNREADABLE: Final = "unreadable"
SURPLUS: Final = "surplus"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as the manifest says; `detail` is a part of a sentence."""

    name: str
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class ShardCheck:
    """What a check compared, and what differs; `digests` says whether contents were looked at."""

    folder: str
    shards: int
    samples: int
    size_bytes: int
    digests: bool
    differences: tuple[Difference, ...]

    @property
    def well(self) -> bool:
        """Whether everything is as the manifest says."""
        return not self.differences


def check_shards(
    folder: str | os.PathLike[str],
    *,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> ShardCheck:
    """Compare shards, in a folder or at a URL, with their manifest: files, sizes, SHA-256 digests.

    Of shards that were written without digests the sizes alone are compared. At a URL, everything
    is read from the store. `workers` are processes, by default one a core, or a cluster.

    Raises:
        ClusterError: the cluster is gone, or its workers do not see the folder as it is here.
        NoShards, ShardsUnfinished, ManifestUnreadable: there is nothing to compare with.
        StoreError, LoginNeeded, NeedsExtra: the store at a URL does not give it.
    """
    path = absolute(folder)
    manifest = read_manifest(path)
    files = [*(one for record in manifest.shards for one in record.files), *manifest.files]
    units = [FileUnit(join(path, one.name), one) for one in files]
    told = progress or Silent()
    to_read = sum(one.size_bytes for one in files if one.sha256 is not None)
    worth = worth_processes(to_read, _WORTH_A_PROCESS)
    if is_cluster(workers):
        workers.check_sees(unit.path for unit in units)
    told.begin("checking shards", sum(one.size_bytes for one in files), "bytes")
    found: list[Difference] = []
    with closing(outcomes(units, workers=several(workers, worth, most=len(files)))) as ended:
        for outcome in ended:
            found += _difference(outcome)
            assert isinstance(outcome.unit, FileUnit)
            told.advance(outcome.unit.expected.size_bytes)
    told.end()
    found += surplus(path, manifest, {one.name for one in files})
    places = {one.name: at for at, one in enumerate(files)}
    return ShardCheck(
        path,
        len(manifest.shards),
        sum(one.samples for one in manifest.shards),
        sum(one.file.size_bytes for one in manifest.shards),
        all(one.file.sha256 is not None for one in manifest.shards),
        tuple(sorted(found, key=lambda one: (places.get(one.name, len(files)), one.name))),
    )


@dataclass(frozen=True, slots=True)
class FileUnit:
    """One file to look at, with or without its contents."""

    path: str
    expected: FileRecord
    digest: bool = True

    def run(self) -> Difference | None:
        """Compare it; None where it is as it should be."""
        expected = self.expected
        try:
            size = size_of(self.path)
            if size is None:
                return self._differs(MISSING, "is not there")
            if size != expected.size_bytes:
                return self._differs(SIZE, f"{size:,} bytes, not {expected.size_bytes:,}")
            if expected.sha256 is None or not self.digest:
                return None
            digest = digest_of(self.path)
        except StoreFailed:  # which says nothing of the file
            raise
        except OSError as error:
            return self._differs(UNREADABLE, error.strerror or str(error))
        if digest != expected.sha256:
            return self._differs(DIGEST, f"SHA-256 {digest[:12]}…, not {expected.sha256[:12]}…")
        return None

    def _differs(self, kind: str, detail: str) -> Difference:
        return Difference(self.expected.name, kind, detail)


def _difference(outcome: Outcome[Difference | None]) -> list[Difference]:
    match outcome:
        case Done(result=found):
            return [] if found is None else [found]
        case Failed(error=error):
            raise error
    assert isinstance(outcome.unit, FileUnit)
    how = f"the process that read it {outcome.how}"
    return [Difference(outcome.unit.expected.name, UNREADABLE, how)]


def surplus(path: str, manifest: Manifest, known: set[str]) -> list[Difference]:
    """Files that a reader would take for shards of this set, or for an index of them."""
    endings: dict[str, set[str]] = {}
    for record in manifest.shards:
        for one in record.files:
            folder, _, name = one.name.rpartition("/")
            endings.setdefault(folder, set()).add(os.path.splitext(name)[1])
    known = known | endings.keys() | {MANIFEST}
    return [
        Difference(name, SURPLUS, "is not in the manifest")
        for folder, found in sorted(endings.items())
        for name in _listed(path, folder)
        if name not in known and os.path.splitext(name)[1] in found
    ]


def _listed(path: str, folder: str) -> list[str]:
    """The names in one of the set's folders, as records have them."""
    with suppress(OSError):
        names = sorted(_names(join(path, folder)))
        return [f"{folder}/{one}" if folder else one for one in names if not one.startswith(".")]
    return []


def _names(folder: str) -> list[str]:
    if not is_url(folder):
        return os.listdir(folder)
    from imnet_data.files.store import names  # noqa: PLC0415 - heavy

    return names(folder)
