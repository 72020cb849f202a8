"""Mending: what of an archive cannot be fetched again and put in its place."""

from __future__ import annotations

from imnet_data.errors.root import ImnetDataError


class RepairError(ImnetDataError):
    """An archive, at `path`, that cannot be mended; `source` is where it could be fetched anew.

    Nothing of it was changed.
    """

    def __init__(self, path: str, sentence: str, *, source: str | None = None) -> None:
        self.path = path
        self.source = source
        super().__init__(sentence)


class NoSource(RepairError):
    """Nobody knows where it came from."""

    def __init__(self, path: str) -> None:
        super().__init__(path, f"nothing tells where {path} was fetched from")


class FolderUnmendable(RepairError):
    """It is a folder: its files came from no one place."""

    def __init__(self, path: str) -> None:
        super().__init__(path, f"{path} is a folder, and nothing tells where its files came from")


class OnlyPart(RepairError):
    """Only some of it was fetched; going on with that fetch mends it, too."""

    def __init__(self, path: str, *, source: str | None = None) -> None:
        super().__init__(
            path, f"only a part of {path} was fetched: fetching looks after it", source=source
        )


class WhereUnknown(RepairError):
    """Something in it is wrong, and nothing tells where."""

    def __init__(self, path: str, *, source: str | None = None, decoded: bool = False) -> None:
        reason = "no digests of its parts are known, and no broken image says where"
        if decoded:
            reason = "no digests of its parts are known, and it is compressed as a whole"
        super().__init__(
            path, f"nothing tells which bytes of {path} are wrong: {reason}", source=source
        )


class AsFetched(RepairError):
    """Its bytes are those that its source has, so that no other will come."""

    def __init__(self, path: str, *, source: str | None = None) -> None:
        super().__init__(
            path, f"{path} has the very bytes that its source has: they were so published",
            source=source,
        )  # fmt: skip


class NoRanges(RepairError):
    """Its source gives whole files alone."""

    def __init__(self, path: str, *, source: str) -> None:
        super().__init__(
            path, f"{source} gives the whole file or nothing, and no part of it", source=source
        )


class SourceDiffers(RepairError):
    """Its source has another file by now; `reason` says what differs."""

    def __init__(self, path: str, reason: str, *, source: str) -> None:
        self.reason = reason
        super().__init__(
            path, f"{source} does not have the file that {path} is: {reason}", source=source
        )


class StillWrong(RepairError):
    """With what was fetched again it would still not be what it must be; `reason` says why."""

    def __init__(self, path: str, reason: str, *, source: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"its damaged parts were fetched again, and {path} would still be wrong: {reason}; "
            "it is as it was",
            source=source,
        )


class ArchiveReadOnly(RepairError):
    """It cannot be written here."""

    def __init__(self, path: str, reason: str, *, source: str | None = None) -> None:
        self.reason = reason
        super().__init__(path, f"{path} cannot be written: {reason}", source=source)
