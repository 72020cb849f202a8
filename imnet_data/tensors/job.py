"""What every shard of a run has in common, in a file that each worker reads once.

A unit that carried it would have 22,000 archives and classes to bring along, 13,900 times.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from imnet_data.tensors.archive_table import archive_of_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imnet_data.tensors.archive_table import PlannedArchive

JOB: Final = "job"  # without an ending, so that it is no shard's record


@dataclass(frozen=True, slots=True)
class Job:
    """A plan's archives as they can be read here, and what every shard's header says.

    `plan` is the plan's folder, `fingerprint` its own.
    """

    plan: str
    fingerprint: str
    archives: tuple[PlannedArchive, ...]
    about: Mapping[str, str]

    def write(self, path: str) -> None:
        """Keep it for the processes that write."""
        said = {
            "plan": self.plan,
            "fingerprint": self.fingerprint,
            "archives": [archive.as_json() for archive in self.archives],
            "about": dict(self.about),
        }
        with open(path, "w", encoding="ascii") as file:
            json.dump(said, file)


def read_job(path: str) -> Job:
    """The job of a run, read anew where it has changed."""
    return _read(path, os.stat(path).st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: str, _: int) -> Job:
    with open(path, encoding="ascii") as file:
        said = json.load(file)
    archives = tuple(map(archive_of_json, said["archives"]))
    return Job(said["plan"], said["fingerprint"], archives, said["about"])
