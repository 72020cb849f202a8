"""Tars made by hand: plain ones through tarfile, and the odd forms that tarfile won't write."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imnet_data.archives.members import IMAGE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

BLOCK = 512
END = bytes(2 * BLOCK)

# Fields of a header: where they stand, and how wide they are.
NAME, SIZE, CHECKSUM, KIND, PREFIX = (0, 100), (124, 12), (148, 8), (156, 1), (345, 155)


@dataclass(frozen=True)
class Member:
    """A member to write; `records` are pax records of its own, `form` is one of tarfile's."""

    name: str
    data: bytes = field(default=b"", repr=False)
    kind: bytes = tarfile.REGTYPE
    form: int = tarfile.GNU_FORMAT
    records: Mapping[str, str] = field(default_factory=dict)
    link: str = ""


@dataclass(frozen=True)
class Span:
    """Where a member lies: `start` is its first record's byte, `data` to `end` its content."""

    member: Member
    start: int
    data: int
    end: int


def tar_bytes(members: Iterable[Member], *, end: bytes = END) -> bytes:
    """An archive of these members; `end` is what stands behind the last."""
    return b"".join(map(blocks_of, members)) + end


def flat(names: Iterable[str], *, size: int = 700, end: bytes = END) -> bytes:
    """An archive of members that hold their own name over and over, for `size` bytes."""
    return tar_bytes((Member(name, filled(name, size)) for name in names), end=end)


def filled(name: str, size: int) -> bytes:
    """Content that tells whose it is."""
    text = (name + "\n").encode("utf-8", "surrogateescape")
    return (text * (size // len(text) + 1))[:size]


def blocks_of(member: Member) -> bytes:
    """A member as it stands in an archive: its records, its header, its data, padded."""
    info = tarfile.TarInfo(member.name)
    info.type, info.linkname = member.kind, member.link
    info.size = len(member.data)
    info.pax_headers = dict(member.records)
    head = info.tobuf(member.form, "utf-8", "surrogateescape")  # type: ignore[arg-type]
    return head + padded(member.data)


def padded(data: bytes) -> bytes:
    """Data filled up to whole blocks."""
    return data + bytes(-len(data) % BLOCK)


def spans(members: Sequence[Member]) -> list[Span]:
    """Where the members of `tar_bytes(members)` lie."""
    found, at = [], 0
    for member in members:
        whole = len(blocks_of(member))
        data = at + whole - len(padded(member.data))
        found.append(Span(member, at, data, data + len(member.data)))
        at += whole
    return found


def header(name: str, size: int = 0, *, kind: bytes = tarfile.REGTYPE) -> bytes:
    """One plain header block."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.USTAR_FORMAT)


def patched(
    block: bytes, place: tuple[int, int], value: bytes, *, resum: bool = True, signed: bool = False
) -> bytes:
    """A header block with one field changed, its checksum made right again if asked."""
    start, width = place
    block = block[:start] + value.ljust(width, b"\0") + block[start + width :]
    return summed(block, signed=signed) if resum else block


def summed(block: bytes, *, signed: bool = False) -> bytes:
    """A header block with the checksum that its bytes give."""
    body = block[:148] + b" " * 8 + block[156:]
    total = sum(byte - 256 if signed and byte > 127 else byte for byte in body)
    return block[:148] + b"%06o\0 " % (total & 0o777777) + block[156:]


def base256(number: int) -> bytes:
    """A size field as GNU tar writes it from 8 GiB up."""
    return b"\x80" + number.to_bytes(11, "big")


def truth(data: bytes, *, under: str = "", base: int = 0) -> tuple[list[tuple[str, int, int]], int]:
    """What tarfile finds, tars inside it included: members of an image's name, and how many others.

    Each is its path, the byte of its data in the outermost file, and its size.
    """
    images: list[tuple[str, int, int]] = []
    others = 0
    with tarfile.open(fileobj=io.BytesIO(data), ignore_zeros=True) as tar:
        for info in tar:
            name = _normal(info.name)
            at = base + info.offset_data
            inner = data[info.offset_data : info.offset_data + info.size]
            if info.isfile() and name.lower().endswith(".tar") and _opens(inner):
                deeper, ignored = truth(inner, under=f"{under}{name}/", base=at)
                images += deeper
                others += ignored
            elif info.isfile() and not info.issparse() and _is_image(name):
                images.append((under + name, at, info.size))
            elif not info.isdir():
                others += 1
    return images, others


def _normal(name: str) -> str:
    while name.startswith(("./", "/")):
        name = name.removeprefix("./").lstrip("/")
    return name


def _is_image(name: str) -> bool:
    base = name.rpartition("/")[2]
    return base.lower().endswith(IMAGE_SUFFIXES) and not base.startswith("._")


def _opens(data: bytes) -> bool:
    try:
        tarfile.open(fileobj=io.BytesIO(data)).close()
    except tarfile.TarError:
        return False
    return bool(data)
