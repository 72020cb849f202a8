"""A plan in its folder: which images each shard has and what is to become of them.

It is all that another machine needs beside the archives. Making one is write_plan.py's.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from imnet_data._version import VERSION
from imnet_data.errors import NoPlan, PlanNeedsArchives, PlanUnreadable, TensorOptionError
from imnet_data.sharding.entry import ClassLabel
from imnet_data.tensors.archive_table import archive_of_json, found_again, missing_archives
from imnet_data.tensors.options import TensorOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imnet_data.tensors.archive_table import PlannedArchive

PLAN: Final = "plan.json"
SEEK_INDEXES: Final = "seek"
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class PlannedShard:
    """One shard of a plan: its npz, the images in it, their bytes, and fingerprints of both.

    `contents` is over what is in it, wherever the archives lie, `sha256` over the npz.
    """

    part: str
    number: int
    images: int
    images_bytes: int
    contents: str
    sha256: str

    @property
    def stem(self) -> str:
        """The name of its files without the ending."""
        return f"{self.part}-{self.number:06d}"

    @property
    def file(self) -> str:
        """Its npz in the plan's folder."""
        return f"{self.stem}.npz"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that lies in `folder`.

    `subset` says what the images are, in JSON's types: a name, fingerprints, the catalogue's UUID.
    `left_out` are images that findings keep out: part, key and code of each. Where the archives
    lie changes no byte that is made of it, and stands in no fingerprint.
    """

    folder: str
    subset: Mapping[str, Any]
    classes: tuple[ClassLabel, ...]
    options: TensorOptions
    parts: tuple[str, ...]
    shards: tuple[PlannedShard, ...]
    left_out: tuple[tuple[str, str, str], ...]
    archives: tuple[PlannedArchive, ...]

    @property
    def images(self) -> int:
        """The images of all parts."""
        return sum(shard.images for shard in self.shards)

    @property
    def fingerprint(self) -> str:
        """A SHA-256 over all that decides the bytes, but for the engine."""
        said = {**self.asked(), "contents": [[one.stem, one.contents] for one in self.shards]}
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def asked(self) -> dict[str, Any]:
        """What was asked for, in JSON's types, before it is known which images that are."""
        return {
            "subset": dict(self.subset),
            "options": self.options.as_json(),
            "parts": list(self.parts),
            "classes": [
                {"index": one.index, "wnid": one.wnid, "name": one.name} for one in self.classes
            ],
        }

    def with_archives(self, folder: str | os.PathLike[str]) -> Plan:
        """The same plan with its archives as they lie under another folder.

        Raises:
            PlanNeedsArchives: some are not there, by name and size.
            PlanArchiveAmbiguous: two files may be the same archive.
        """
        found = found_again(self.archives, os.fspath(folder), plan=self.folder)
        return replace(self, archives=tuple(found))

    def check_archives(self) -> None:
        """That every archive is where the plan says, and as large.

        Raises:
            PlanNeedsArchives: some are not.
        """
        missing = missing_archives(self.archives)
        if missing:
            raise PlanNeedsArchives(self.folder, missing, looked_in=None)

    def readable_archives(self) -> list[PlannedArchive]:
        """The archives, with the paths of their seek indexes."""
        return [
            archive if archive.seek_index is None else replace(
                archive, seek_index=os.path.join(self.folder, SEEK_INDEXES, archive.seek_index)
            )
            for archive in self.archives
        ]  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """As `plan.json` has it."""
        asked = self.asked()
        return {
            "plan_version": _VERSION,
            "made_by": f"imnet-data {VERSION}",
            "fingerprint": self.fingerprint,
            "subset": asked["subset"],
            "options": asked["options"],
            "parts": {part: self._part(part) for part in self.parts},
            "left_out": [list(one) for one in self.left_out],
            "archives": [archive.as_json() for archive in self.archives],
            "classes": asked["classes"],
        }

    def _part(self, part: str) -> dict[str, Any]:
        shards = [shard for shard in self.shards if shard.part == part]
        return {
            "images": sum(shard.images for shard in shards),
            "left_out": self.left_out_of(part),
            "shards": [{"file": one.file, **_but(asdict(one), "part", "number")} for one in shards],
        }

    def left_out_of(self, part: str) -> dict[str, int]:
        """How many images of a part findings keep out, by code."""
        codes = [code for of, _, code in self.left_out if of == part]
        return {code: codes.count(code) for code in dict.fromkeys(codes)}

    @classmethod
    def read(cls, folder: str | os.PathLike[str]) -> Plan:
        """The plan of a folder.

        Raises:
            NoPlan: there is none.
            PlanUnreadable: it is damaged, of a later version, or not whole.
        """
        path = os.path.abspath(os.fspath(folder))
        try:
            with open(os.path.join(path, PLAN), encoding="utf-8") as file:
                found = json.load(file)
            if found["plan_version"] != _VERSION:
                raise PlanUnreadable(path, "it was written by a later version of imnet-data")
            plan = _of_json(path, found)
        except (FileNotFoundError, NotADirectoryError):
            raise NoPlan(path) from None
        except (ValueError, TensorOptionError) as error:
            raise PlanUnreadable(path, str(error)) from None
        except (KeyError, TypeError, AttributeError, RecursionError):
            raise PlanUnreadable(path, "it does not hold what a plan does") from None
        if plan.fingerprint != found["fingerprint"]:
            raise PlanUnreadable(path, "it was changed since it was written")
        missing = [one for one in plan.files if not os.path.exists(os.path.join(path, one))]
        if missing:
            raise PlanUnreadable(path, f"{missing[0]} is missing: was all of it copied?")
        return plan

    @property
    def files(self) -> list[str]:
        """The files beside `plan.json`."""
        indexes = [one.seek_index for one in self.archives if one.seek_index is not None]
        shards = [shard.file for shard in self.shards]
        return [*shards, *(f"{SEEK_INDEXES}/{index}" for index in indexes)]


def has_plan(folder: str) -> bool:
    """Whether a plan is in a folder."""
    return os.path.isfile(os.path.join(folder, PLAN))


def _of_json(folder: str, found: Mapping[str, Any]) -> Plan:
    parts: Mapping[str, Any] = found["parts"]
    return Plan(
        folder,
        dict(found["subset"]),
        tuple(ClassLabel(one["index"], one["wnid"], one["name"]) for one in found["classes"]),
        TensorOptions.of_json(found["options"]),
        tuple(parts),
        tuple(one for part, said in parts.items() for one in _shards(part, said["shards"])),
        tuple((str(part), str(key), str(code)) for part, key, code in found["left_out"]),
        tuple(map(archive_of_json, found["archives"])),
    )


def _shards(part: str, found: Sequence[Mapping[str, Any]]) -> list[PlannedShard]:
    if not part.replace("_", "").isalnum():
        raise ValueError(f"{part!r} is no name of a part")
    return [
        PlannedShard(
            part, number, int(one["images"]), int(one["images_bytes"]), str(one["contents"]),
            str(one["sha256"]),
        )
        for number, one in enumerate(found)
    ]  # fmt: skip


def _but(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}
