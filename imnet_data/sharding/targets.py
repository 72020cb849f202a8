"""Where a set of shards goes: a folder of this machine, or a URL.

What is written is the formats'; how a URL is written to is store.py's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, cast

from imnet_data.errors import ShardOptionError
from imnet_data.files.address import absolute, is_url
from imnet_data.sharding.folder_files import PARTIAL, work_folder
from imnet_data.sharding.folder_sums import size_of
from imnet_data.sharding.formats import OF_CLASSES
from imnet_data.sharding.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.sharding.packed import Packed
    from imnet_data.sharding.records import ShardRecord
    from imnet_data.work.unit import Unit

_MANY: Final = 1 << 16


class Target(Protocol):
    """Where a set goes; `folder` is where it is written first, `name` what users call it."""

    @property
    def folder(self) -> str:
        """The folder of this machine."""
        ...

    @property
    def name(self) -> str:
        """What is told of it."""
        ...

    @property
    def workers(self) -> int:
        """How many processes may write to it."""
        ...

    @property
    def is_shared(self) -> bool:
        """Whether the folder is where it goes, so that workers elsewhere have to see it."""
        ...

    def begin(self) -> None:
        """Get ready, with the folder claimed."""
        ...

    def size(self, name: str) -> int | None:
        """The bytes of a file of the set; None where it is not there as it was written."""
        ...

    def send(self, name: str) -> None:
        """Take a small file from the folder."""
        ...

    def unit(self, unit: Unit[ShardRecord] | Packed) -> Unit[ShardRecord]:
        """What writes a shard, and brings it where it goes; packed where no folder is shared."""
        ...

    def room(self, whole: int, at_once: int) -> int:
        """The bytes that the folder has to take, of all and of what is under way at once."""
        ...

    def close(self) -> None:
        """The set is finished."""
        ...

    def leave(self) -> None:
        """Nothing more is written for now, whether the set is finished or not."""
        ...


def target_of(
    to: str | os.PathLike[str], form: str, notice: Callable[[str], None] = lambda _: None
) -> Target:
    """The target that an argument names; `file://` is a folder too.

    Raises:
        ShardOptionError: the format is for folders alone.
    """
    address = absolute(to)
    if not is_url(address):
        return Folder(address)
    if form in OF_CLASSES:
        raise ShardOptionError(f"a {form} is written to a folder of this machine, not to a URL")
    return Store(address, notice)


@dataclass(frozen=True)
class Folder:
    """A folder of this machine: what is written there is where it goes."""

    folder: str
    workers: int = _MANY
    is_shared: bool = True

    @property
    def name(self) -> str:
        """Its path."""
        return self.folder

    def begin(self) -> None:
        """Nothing."""

    def size(self, name: str) -> int | None:
        """The bytes of a file, or of all files of a class folder."""
        return size_of(os.path.join(self.folder, name))

    def send(self, name: str) -> None:
        """Nothing: it is there."""

    def unit(self, unit: Unit[ShardRecord] | Packed) -> Unit[ShardRecord]:
        """The unit itself."""
        return cast("Unit[ShardRecord]", unit)

    def room(self, whole: int, _at_once: int) -> int:
        """All of it, but for what a run that was stopped has reserved."""
        work = work_folder(self.folder)
        begun = sum(
            os.stat(os.path.join(work, name)).st_blocks * 512
            for name in os.listdir(work)
            if name.endswith(PARTIAL)
        )
        return whole - begun

    def close(self) -> None:
        """Nothing."""

    def leave(self) -> None:
        """Nothing."""
