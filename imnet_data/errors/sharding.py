"""Writing shards, and checking them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.errors.root import ImnetDataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ShardError(ImnetDataError):
    """Shards that cannot be written, gone on with or checked."""


class ShardOptionError(ShardError, ValueError):
    """Options that no shards can be written with."""


class UnknownPart(ShardError, ValueError):
    """A part that the subset has not got; `known` are those that it has."""

    def __init__(self, part: str, *, known: Sequence[str]) -> None:
        self.part = part
        self.known = tuple(known)
        super().__init__(f"there is no part {part!r}; there are {', '.join(self.known)}")


class NothingToShard(ShardError):
    """No image is among what was to be written."""

    def __init__(self, parts: Sequence[str]) -> None:
        self.parts = tuple(parts)
        super().__init__(f"there is no image to write: none is in {', '.join(self.parts)}")


class NameTwice(ShardError):
    """Two images of a part have the same name, and would be one sample."""

    def __init__(self, part: str, name: str) -> None:
        self.part = part
        self.name = name
        super().__init__(f"two images of {part} are called {name!r}")


class ShardFolderError(ShardError):
    """A folder that shards were to be written to or checked in; `folder` is its path."""

    def __init__(self, folder: str, sentence: str) -> None:
        self.folder = folder
        super().__init__(sentence)


class NoShards(ShardFolderError):
    """No set of shards is there."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder, f"no shards are in {folder}: it has no manifest.json")


class ManifestUnreadable(ShardFolderError):
    """The manifest of a folder's shards does not read."""

    def __init__(self, folder: str, reason: str) -> None:
        self.reason = reason
        super().__init__(folder, f"the manifest of {folder} does not read: {reason}")


class ShardsUnfinished(ShardFolderError):
    """Shards were begun there, and not all of them are written."""

    def __init__(self, folder: str, *, finished: int) -> None:
        self.finished = finished
        super().__init__(
            folder, f"the shards in {folder} are not finished: {finished:,} written so far"
        )


def told_differences(differences: Mapping[str, tuple[object, object]]) -> str:
    """What was asked for there and here, of what differs; of a fingerprint only that it does.

    >>> told_differences({"seed": (0, 1), "the list of classes": ("another", "another")})
    'seed is 0 there, and 1 here; the list of classes is another'
    """
    return "; ".join(
        f"{what} is {there}" if there == asked else f"{what} is {there} there, and {asked} here"
        for what, (there, asked) in differences.items()
    )


class ShardsDiffer(ShardFolderError):
    """Other shards are there, or were begun; `differences` maps what differs to (there, asked)."""

    def __init__(self, folder: str, differences: Mapping[str, tuple[object, object]]) -> None:
        self.differences = dict(differences)
        super().__init__(folder, f"{folder} has other shards: {told_differences(self.differences)}")


class FolderInUse(ShardFolderError):
    """Files are there that are no shards of ours."""

    def __init__(self, folder: str, *, example: str) -> None:
        self.example = example
        super().__init__(folder, f"{folder} holds something else already, such as {example}")


class ShardsTaken(ShardFolderError):
    """Another process writes shards there; `holder` says which, where that is known."""

    def __init__(self, folder: str, *, holder: str | None = None) -> None:
        self.holder = holder
        told = (
            f"{folder} is being written by {holder}"
            if holder
            else (f"another process writes shards to {folder}")
        )
        super().__init__(folder, told)


class ShardNotWritten(ShardFolderError):
    """A file of the shards, `path`, cannot be written."""

    def __init__(self, folder: str, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(folder, f"{path} cannot be written: {reason}")


class NoRoomForShards(ShardFolderError):
    """The disk has not the room: `needed` bytes are still to come, and `missing` do not fit."""

    def __init__(self, folder: str, *, needed: int, missing: int) -> None:
        self.needed = needed
        self.missing = missing
        super().__init__(
            folder,
            f"there is no room for the shards in {folder}: {needed:,} bytes are still to come, "
            f"and {missing:,} are missing",
        )


class ShardLost(ShardFolderError):
    """The process that wrote a shard, `name`, went down over it, as `how` says."""

    def __init__(self, folder: str, name: str, how: str) -> None:
        self.name = name
        self.how = how
        super().__init__(folder, f"{name} is not written: the process that was at it {how}")
