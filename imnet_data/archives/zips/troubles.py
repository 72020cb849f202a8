"""Members of a zip that cannot be read in place: counted by the reason, with what unpacks them.

Faults of the archive's own structure are told where they are met.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Final, NamedTuple

from imnet_data.archives.kinds import stem_of
from imnet_data.archives.members import Fault
from imnet_data.archives.zips.directory import DEFLATED, STORED

if TYPE_CHECKING:
    from imnet_data.archives.members import Findings
    from imnet_data.archives.zips.directory import Entries

ENCRYPTED: Final = 0x1  # the flag that says so
_AES = 99
_BY_UNZIP: Final = {1: "Shrink", 6: "Implode", 9: "Deflate64", 12: "bzip2"}
_BY_7Z: Final = {
    14: "LZMA", 20: "Zstandard", 93: "Zstandard", 95: "xz", 96: "JPEG", 98: "PPMd",
}  # fmt: skip


class Reason(NamedTuple):
    """What is wrong with a member, as what follows "it is", and what to do about it."""

    what: str
    advice: str


MISPLACED: Final = Reason(
    "not where its list of contents says", "it is damaged, or bytes of it are missing"
)


class Troubles:
    """Members that could not be taken, as one fault a reason that is kept up to date."""

    def __init__(self, findings: Findings) -> None:
        self._faults = findings.faults
        self._known: dict[Reason, tuple[int, int, str]] = {}  # place of the fault, count, first

    def add(self, reason: Reason, path: str) -> None:
        """Count a member by what is wrong with it."""
        place, count, first = self._known.get(reason, (len(self._faults), 0, path))
        count += 1
        self._known[reason] = place, count, first
        who, where = f"{first} is", ""
        if count > 1:
            who, where = f"{count:,} members are", f", the first of them {first}"
        fault = Fault(f"{who} {reason.what}{where}; {reason.advice}", severe=True)
        self._faults[place : place + 1] = [fault]


def reason_of(entries: Entries, at: int, archive: str) -> Reason:
    """Why an entry's member cannot be read from an archive at a path."""
    record = entries.records[at]
    method = int(record["method"])
    if record["flags"] & ENCRYPTED:
        by_7z = method == _AES or method in _BY_7Z
        return Reason("encrypted", _unpack_first(archive, by_7z=by_7z))
    if method not in (STORED, DEFLATED):
        name = {**_BY_UNZIP, **_BY_7Z}.get(method, f"method {method}")
        by_7z = method not in _BY_UNZIP
        return Reason(f"compressed by {name}", _unpack_first(archive, by_7z=by_7z))
    if record["disk"]:
        return Reason("in another part of the archive", f"join them first: {joining(archive)}")
    if method == STORED and entries.packed[at] != entries.sizes[at]:
        return Reason("damaged", "its list of contents gives two sizes for what is not compressed")
    return MISPLACED


def _unpack_first(archive: str, *, by_7z: bool) -> str:
    return f"unpack the archive and index the folder: {unpacking(archive, by_7z=by_7z)}"


def unpacking(archive: str, *, by_7z: bool = False, member: str = "") -> str:
    """The command that unpacks an archive, or one member of it, into a folder beside it."""
    folder, name = os.path.split(archive)
    stem = stem_of(name)
    beside = os.path.join(folder, stem if stem != name else f"{name}-unpacked")
    if by_7z:
        return f"7z x {shlex.quote(archive)} {shlex.quote('-o' + beside)}"
    only = f" {shlex.quote(member)}" if member else ""
    return f"unzip {shlex.quote(archive)}{only} -d {shlex.quote(beside)}"


def joining(archive: str) -> str:
    """The command that makes one archive of its parts."""
    whole = os.path.join(os.path.dirname(archive), f"whole-{os.path.basename(archive)}")
    return f"zip -s 0 {shlex.quote(archive)} --out {shlex.quote(whole)}"
