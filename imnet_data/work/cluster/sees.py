"""Whether a cluster's workers see the files that are seen here: the same, at the same paths.

A worker that does not must never make of it that an archive is missing.
"""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from imnet_data.errors import ImnetDataError, WorkersSeeNot
from imnet_data.files.status import status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.work.cluster.connecting import Cluster

_PROBE: Final = ".imnet-data-probe-"
# A path with what is there: the size of a file, -1 for a folder; None for nothing, with why.
Seen = tuple[str, int | None, str]
_FOLDER: Final = -1


def check(cluster: Cluster, paths: Sequence[str], writes: Sequence[str]) -> None:
    """Make sure that each worker sees `paths` as they are here, and can write in `writes`.

    Raises:
        WorkersSeeNot: one does not.
        OSError: nothing can be written in one of `writes` here.
    """
    probes = [_probe(folder) for folder in dict.fromkeys(writes)]
    try:
        wanted = [seen(path) for path in dict.fromkeys([*paths, *probes])]
        for worker, answer in cluster.on_all(differences, wanted, probes).items():
            if not isinstance(answer, list):  # it ended while it was asked
                continue
            for path, reason in answer:
                folder = os.path.dirname(path) if path in probes else path
                raise WorkersSeeNot(folder, worker, reason)
    finally:
        for probe in probes:
            with suppress(OSError):
                os.unlink(probe)


def blame(cluster: Cluster, path: str, worker: str) -> WorkersSeeNot | None:
    """What a worker sees otherwise at a path than this process; None where it sees the same."""
    answer = cluster.on_all(differences, [seen(path)], []).get(worker)
    if isinstance(answer, list) and answer:
        return WorkersSeeNot(path, worker, answer[0][1])
    return None


def seen(path: str) -> Seen:
    """What is at a path for this process."""
    if os.path.isdir(path):
        return path, _FOLDER, ""
    try:
        return path, status(path).size, ""
    except FileNotFoundError:
        return path, None, "nothing is there"
    except OSError as error:
        return path, None, error.strerror or str(error)
    except ImnetDataError as error:  # of a store that this process has no key to
        return path, None, str(error)


def differences(wanted: Sequence[Seen], probes: Sequence[str]) -> list[tuple[str, str]]:
    """The paths at which this process, a worker's, sees something else, with how it differs."""
    found = []
    for path, theirs, _ in wanted:
        _, mine, why = seen(path)
        if mine != theirs:
            found.append((path, why or _how(mine, theirs)))
    return found or [(one, reason) for one in probes if (reason := _refused(one)) is not None]


def _how(mine: int | None, theirs: int | None) -> str:
    if theirs is None:
        return "something is there, and here is nothing"
    if _FOLDER in (mine, theirs):
        return "it is a folder" if mine == _FOLDER else "it is a file"
    return f"it has {mine:,} bytes, and here {theirs:,}"


def _probe(folder: str) -> str:
    path = os.path.join(folder, f"{_PROBE}{uuid.uuid4().hex}")
    with open(path, "xb"):
        return path


def _refused(probe: str) -> str | None:
    """Why nothing can be written beside a probe; None where it can."""
    path = f"{probe}-{uuid.uuid4().hex}"
    try:
        with open(path, "xb"):
            pass
        os.unlink(path)
    except OSError as error:
        return f"it cannot write there: {error.strerror}"
    return None
