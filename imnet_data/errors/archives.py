"""Archives and what lies in them."""

from __future__ import annotations

from imnet_data.errors.root import ImnetDataError


class ArchiveError(ImnetDataError):
    """An archive that cannot be read; `path` is where it was looked for."""

    def __init__(self, path: str, sentence: str) -> None:
        self.path = path
        super().__init__(sentence)


class ArchiveMissing(ArchiveError):
    """The path does not exist."""

    def __init__(self, path: str) -> None:
        super().__init__(path, f"{path} does not exist")


class NotAnArchive(ArchiveError):
    """A file of a kind that cannot be indexed."""

    def __init__(self, path: str, reason: str) -> None:
        self.reason = reason
        super().__init__(path, f"{path} is no archive that can be indexed: {reason}")


class ArchiveChanged(ArchiveError):
    """The bytes are no longer what the catalogue says."""

    def __init__(self, path: str, reason: str) -> None:
        self.reason = reason
        super().__init__(path, f"{path} has changed since it was indexed: {reason}")


class ArchiveReplaced(ArchiveChanged):
    """Another object came into an archive's place in a store, while it was open."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "another object came into its place while it was read")


class DamagedMember(ArchiveError):
    """The data of one member, an image's most often, does not decode; the others may be well."""

    def __init__(self, path: str, member: str, reason: str) -> None:
        self.member = member
        self.reason = reason
        super().__init__(path, f"the data of {member} in {path} is damaged: {reason}")


class SeekIndexMissing(ArchiveError):
    """What a compressed tar is read with, written when it was indexed, is not there, or damaged."""

    def __init__(self, path: str, reason: str) -> None:
        self.reason = reason
        super().__init__(path, f"{path} cannot be read without its seek index: {reason}")


class ArchiveTaken(ArchiveError):
    """The path is another archive's in the catalogue already; `old` is the one it was meant for."""

    def __init__(self, path: str, *, old: str) -> None:
        self.old = old
        super().__init__(path, f"{path} is an archive of its own in the catalogue already")


class UnknownArchive(ArchiveError):
    """The catalogue has no archive of that path."""

    def __init__(self, path: str) -> None:
        super().__init__(path, f"the catalogue has no archive {path}")
