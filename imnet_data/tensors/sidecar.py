"""What lies beside a shard of tensors: the names of its rows, and what was left out, with why."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import TensorsUnreadable
from imnet_data.files.address import join
from imnet_data.files.opened import read_whole

if TYPE_CHECKING:
    from imnet_data.sharding.records import FileRecord

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class NotMade:
    """An image of the plan that is not in its shard; `why` is a part of a sentence."""

    name: str
    image_id: int
    why: str


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A shard's sidecar, written when the shard is whole.

    `names` has a name a row: of an image with several copies it stands as often. `plan` and
    `contents` are the fingerprints of the plan, and of what it has for this shard.
    """

    part: str
    shard: int
    plan: str
    contents: str
    copies: int
    names: tuple[str, ...]
    left_out: tuple[NotMade, ...]
    file: str
    size_bytes: int
    sha256: str

    def encoded(self) -> bytes:
        """As the file has it: a line a row, to be looked at and compared."""
        said: dict[str, Any] = {
            "sidecar_version": _VERSION,
            **asdict(self),
            "rows": len(self.names),
        }
        return (json.dumps(said, indent=0) + "\n").encode()


def sidecar_name(file: str) -> str:
    """The name of a shard's sidecar.

    >>> sidecar_name("train-000000.safetensors")
    'train-000000.json'
    """
    return f"{file.removesuffix('.safetensors')}.json"


def sidecar_of(record: FileRecord, **said: Any) -> Sidecar:
    """The sidecar of a file that is written."""
    assert record.sha256 is not None
    return Sidecar(**said, file=record.name, size_bytes=record.size_bytes, sha256=record.sha256)


def left_out_beside(folder: str, name: str) -> list[NotMade]:
    """What a shard's sidecar says was left out.

    Raises:
        TensorsUnreadable: it is not there, or none of ours.
        StoreFailed, LoginNeeded, NeedsExtra: the store at a URL does not give it.
    """
    try:
        found = json.loads(read_whole(join(folder, name)))["left_out"]
        return [NotMade(str(one["name"]), int(one["image_id"]), str(one["why"])) for one in found]
    except FileNotFoundError:
        raise TensorsUnreadable(folder, name, "it is not there") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise TensorsUnreadable(folder, name, "it is no sidecar of a shard") from None
