"""A tar of tars of which some inner tars were fetched: the list beside it of what is there.

The file has its full size and every byte at its place, with holes where nothing was fetched. Who
fetches them is imnet_data/fetching's business, and reading them partial_scan.py's.
"""

from __future__ import annotations

import json
import os
import zlib
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from imnet_data.archives.tars.headers import padded

if TYPE_CHECKING:
    from collections.abc import Iterable

# Beside the file that is still being fetched, `NAME.part`.
PART: Final = ".part"
LISTED: Final = ".members"
JOURNAL: Final = ".journal"


@dataclass(frozen=True, slots=True)
class OuterMember:
    """A member of the outer tar: its first header's byte, its data's first byte, its size.

    `head` are the bytes between `start` and `data`: its header, and the records before it.
    """

    start: int
    data: int
    size: int
    name: str
    head: bytes = field(repr=False)

    @property
    def after(self) -> int:
        """The byte behind it, where the next header stands."""
        return self.data + padded(self.size)

    @property
    def is_tar(self) -> bool:
        """Whether its name is a tar's."""
        return self.name.lower().endswith(".tar")


@dataclass(slots=True)
class Members:
    """The outer members met so far, in the archive's order.

    `version` is what tells the published file from a later one; `whole` holds the first data byte
    of those that are there whole; `tail` is the block that ends the archive, once it was met.
    """

    version: str
    listed: list[OuterMember] = field(default_factory=list)
    whole: set[int] = field(default_factory=set)
    tail: bytes | None = None

    @property
    def position(self) -> int:
        """The byte where the next header stands, or the end."""
        return self.listed[-1].after if self.listed else 0

    @property
    def known(self) -> list[tuple[int, bytes]]:
        """The bytes that were fetched on the way: where they start, and they themselves."""
        heads = [(one.start, one.head) for one in self.listed]
        return [*heads, (self.position, self.tail)] if self.tail else heads

    @property
    def at_end(self) -> bool:
        """Whether no member comes after the last."""
        return self.tail is not None

    @property
    def tars(self) -> list[OuterMember]:
        """The members that are tars by their names."""
        return [one for one in self.listed if one.is_tar]


def list_path(part: str) -> str:
    """Where the list of a partial tar's outer members is."""
    return part + LISTED


def finished_path(path: str) -> str:
    """What a file that is still being fetched will be called; any other path as it is.

    >>> finished_path("data/ILSVRC2012_img_train.tar.part")
    'data/ILSVRC2012_img_train.tar'
    """
    return path.removesuffix(PART)


def is_unfinished(path: str) -> bool:
    """Whether a path is a download's that has not come to its end."""
    return path.endswith(PART) and os.path.exists(path + JOURNAL)


def members_of(path: str) -> Members | None:
    """The list beside a partial tar; None where there is none, or it is another kind of file."""
    if not path.endswith(PART):
        return None
    with suppress(FileNotFoundError), open(list_path(path), encoding="utf-8") as lines:
        return read_list(lines)
    return None


def version_line(version: str) -> str:
    """The list's first line."""
    return _line("members", version)


def member_line(member: OuterMember) -> str:
    """The line of a member that was met."""
    return _line("met", member.start, member.data, member.size, member.name, _packed(member.head))


def whole_line(data: int) -> str:
    """The line that says that the member is there whole whose data begins at a byte."""
    return _line("whole", data)


def end_line(tail: bytes) -> str:
    """The line that says that no further member comes; `tail` is the block that said so."""
    return _line("end", _packed(tail))


def _line(*values: object) -> str:
    return json.dumps(values) + "\n"


def _packed(block: bytes) -> str:
    return b64encode(zlib.compress(block)).decode()  # zlib keeps a checksum, too


def _unpacked(text: str) -> bytes:
    return zlib.decompress(b64decode(text))


def read_list(lines: Iterable[str]) -> Members | None:
    """What the lines of a list say, up to one that was cut off in the middle."""
    members = None
    for line in lines:
        try:
            members = _taken_in(members, line)
        except (ValueError, TypeError, zlib.error):
            break
    return members


def _taken_in(members: Members | None, line: str) -> Members:
    """The members with what one more line says.

    Raises:
        ValueError, TypeError, zlib.error: it is no line of a list.
    """
    if not line.endswith("\n"):
        raise ValueError("a line that was cut off")
    kind, *values = json.loads(line)
    if members is None:
        if kind != "members":
            raise ValueError("no list of members")
        return Members(*values)
    if kind == "met":
        start, data, size, name, head = values
        members.listed.append(OuterMember(start, data, size, name, _unpacked(head)))
    elif kind == "whole":
        members.whole.update(values)
    elif kind == "end":
        members.tail = _unpacked(*values)
    else:
        raise ValueError(f"a line of an unknown kind: {kind}")
    return members
