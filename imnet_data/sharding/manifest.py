"""The manifest of a finished set of shards, and the records of one that is under way.

It says what was asked for, what was written and how to check it; no path, date or host.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from imnet_data._version import VERSION
from imnet_data.errors import ManifestUnreadable, NoShards, ShardsUnfinished
from imnet_data.files.address import is_url, join
from imnet_data.files.opened import read_whole
from imnet_data.sharding.folder_files import WORK, work_folder, write_whole
from imnet_data.sharding.records import read_file_record, read_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imnet_data.sharding.entry import ClassLabel
    from imnet_data.sharding.options import ShardOptions
    from imnet_data.sharding.records import FileRecord, ShardRecord

MANIFEST: Final = "manifest.json"
_VERSION: Final = 1
_RECORD: Final = ".json"
BEGUN: Final = "begun"  # without an ending, so that it is no shard's record


class AskedFor(Protocol):
    """What a set was asked for as, whatever stage writes it."""

    @property
    def classes(self) -> Sequence[ClassLabel]:
        """The classes that labels count."""
        ...

    def as_json(self) -> dict[str, Any]:
        """`subset`, `options`, `parts` and `classes`, as a manifest has them."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What a set of shards was asked for as: whoever asks for the same gets the same bytes.

    `subset` is what its maker says of it: at least a name, and a fingerprint where there is one.
    """

    subset: Mapping[str, Any]
    parts: Sequence[str]
    options: ShardOptions
    classes: Sequence[ClassLabel]

    def as_json(self) -> dict[str, Any]:
        """As the manifest has it."""
        return {
            "subset": dict(self.subset),
            "options": self.options.as_json(),
            "parts": list(self.parts),
            "classes": [asdict(one) for one in self.classes],
        }


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished set: what was asked for (in JSON's terms), the shards a part, the other files."""

    asked: dict[str, Any]
    parts: dict[str, list[ShardRecord]]
    files: list[FileRecord]

    @property
    def shards(self) -> list[ShardRecord]:
        """The shards of all parts."""
        return [record for records in self.parts.values() for record in records]


def write_manifest(folder: str, manifest: Manifest) -> None:
    """Write it, as the last thing of a set."""
    asked = manifest.asked
    found = {
        "manifest_version": _VERSION,
        "made_by": f"imnet-data {VERSION}",
        "subset": asked["subset"],
        "options": asked["options"],
        "parts": {part: _part(records) for part, records in manifest.parts.items()},
        "files": [asdict(one) for one in manifest.files],
        "classes": asked["classes"],
    }
    write_whole(folder, MANIFEST, encoded(found))


def _part(records: list[ShardRecord]) -> dict[str, Any]:
    return {
        "samples": sum(one.samples for one in records),
        "images_bytes": sum(one.images_bytes for one in records),
        "size_bytes": sum(one.file.size_bytes for one in records),
        "shards": [one.as_json() for one in records],
    }


def read_manifest(folder: str) -> Manifest:
    """The manifest of a folder, or of a set at a URL.

    Raises:
        NoShards: there is none.
        ShardsUnfinished: the shards were begun and not finished.
        ManifestUnreadable: it is damaged, or of a later version.
        StoreFailed, LoginNeeded, NeedsExtra: the store at a URL does not give it.
    """
    try:
        found = json.loads(read_whole(join(folder, MANIFEST)))
        if found["manifest_version"] != _VERSION:
            raise ManifestUnreadable(folder, "it was written by a later version of imnet-data")
        parts = {
            part: [read_record(part, one) for one in held["shards"]]
            for part, held in found["parts"].items()
        }
        asked = {key: found[key] for key in ("subset", "options", "classes")}
        files = [read_file_record(one) for one in found["files"]]
        _check_counts(folder, found["parts"], parts)
    except (FileNotFoundError, NotADirectoryError):
        finished = _finished(folder)
        if finished is not None:
            raise ShardsUnfinished(folder, finished=finished) from None
        raise NoShards(folder) from None
    except ValueError as error:
        raise ManifestUnreadable(folder, str(error)) from None
    except (KeyError, TypeError, AttributeError, RecursionError):
        raise ManifestUnreadable(folder, "it does not hold what a manifest does") from None
    return Manifest({**asked, "parts": list(parts)}, parts, files)


def _finished(folder: str) -> int | None:
    """How many shards of a set that was begun are finished; None where none was."""
    if not is_url(folder):
        return len(kept_records(folder)) if is_begun(folder) else None
    from imnet_data.files.store import names  # noqa: PLC0415 - heavy

    begun = names(join(folder, WORK))
    return sum(name.endswith(_RECORD) for name in begun) if BEGUN in begun else None


def _check_counts(folder: str, told: dict[str, Any], parts: dict[str, list[ShardRecord]]) -> None:
    for part, records in parts.items():
        samples = sum(one.samples for one in records)
        if told[part]["samples"] != samples:
            raise ManifestUnreadable(
                folder, f"it counts {told[part]['samples']:,} samples of {part}, and its shards "
                f"have {samples:,}"
            )  # fmt: skip


def is_begun(folder: str) -> bool:
    """Whether shards were begun in a folder, and not finished."""
    return os.path.exists(os.path.join(work_folder(folder), BEGUN))


def keep_begun(folder: str, asked: dict[str, Any]) -> None:
    """Write down what was asked for, before the first shard."""
    write_whole(folder, f"{WORK}/{BEGUN}", encoded(asked))


def read_begun(folder: str) -> dict[str, Any] | None:
    """What was asked for when the shards of a folder were begun; None where none were."""
    try:
        with open(os.path.join(work_folder(folder), BEGUN), encoding="utf-8") as file:
            found: dict[str, Any] = json.load(file)
    except (OSError, ValueError):
        return None
    return found


def keep_record(folder: str, record: ShardRecord) -> None:
    """Write down that a shard is finished, as the last thing of it."""
    found = {"part": record.part, **record.as_json()}
    # Its shard is on the disk by now: if the record is lost, the shard is written once more.
    write_whole(folder, record_name(record), encoded(found), lasting=False)


def record_name(record: ShardRecord) -> str:
    """Where a shard's record lies in the folder; a shard may be a folder of a part's."""
    return f"{WORK}/{record.file.name.replace('/', '%2F')}{_RECORD}"


def kept_records(folder: str) -> dict[str, ShardRecord]:
    """The finished shards of a set that is under way, by the names of their files."""
    records: dict[str, ShardRecord] = {}
    for name in sorted(os.listdir(work_folder(folder))):
        if name.endswith(_RECORD):
            try:
                with open(os.path.join(work_folder(folder), name), encoding="utf-8") as file:
                    found = json.load(file)
                record = read_record(found["part"], found)
            except (ValueError, KeyError, TypeError):
                continue  # it is as good as not there: its shard is written again
            records[record.file.name] = record
    return records


def encoded(found: Any) -> bytes:
    """What stands in a file of JSON, of these and those that readers want."""
    return (json.dumps(found, indent=1) + "\n").encode()
