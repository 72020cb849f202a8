"""What is known of a shard that is written: its record, in the work folder and in the manifest."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file: its name in the folder, its bytes, and its SHA-256 if it was taken."""

    name: str
    size_bytes: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """A finished shard.

    Its `file` may be a folder of files, counted as one. `contents` is the plan's fingerprint of
    what is in it: names, sizes and labels in their order.
    `images_bytes` are the images' own, without what lies around them. `beside` are files that
    belong to it, such as an index. `left_out` counts images that were to be in it and are not.
    """

    part: str
    samples: int
    images_bytes: int
    contents: str
    file: FileRecord
    beside: tuple[FileRecord, ...] = ()
    left_out: int = 0

    @property
    def files(self) -> tuple[FileRecord, ...]:
        """The shard's own file, and those that belong to it."""
        return (self.file, *self.beside)

    def as_json(self) -> dict[str, Any]:
        """As records and manifests have it."""
        beside = [asdict(one) for one in self.beside]
        return {
            **asdict(self.file),
            "samples": self.samples,
            "images_bytes": self.images_bytes,
            "contents": self.contents,
            **({"beside": beside} if beside else {}),
            **({"left_out": self.left_out} if self.left_out else {}),
        }


def read_record(part: str, found: dict[str, Any]) -> ShardRecord:
    """A record out of JSON.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    return ShardRecord(
        part,
        int(found["samples"]),
        int(found["images_bytes"]),
        str(found["contents"]),
        read_file_record(found),
        tuple(map(read_file_record, found.get("beside", ()))),
        int(found.get("left_out", 0)),
    )


def read_file_record(found: dict[str, Any]) -> FileRecord:
    """A file's record out of JSON; it lies in the folder, or in a folder of one part there.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    name, sha256 = str(found["name"]), found["sha256"]
    part, slash, rest = name.rpartition("/")
    steps = {part, rest} if slash else {rest}
    if steps & {"", ".", ".."} or "/" in part or "\\" in name or "\0" in name:
        raise ValueError(f"{name!r} is no name of a file in the folder")
    return FileRecord(name, int(found["size_bytes"]), None if sha256 is None else str(sha256))
