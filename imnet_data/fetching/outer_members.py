"""The outer members of a tar of tars at its source, found by asking for one header after another.

A member's size says where the next header stands, so that they are a chain: one request each, and
none of them twice, since what was met is kept in a list beside the partial file.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import compressed_kind
from imnet_data.archives.tars import headers
from imnet_data.archives.tars.headers import BLOCK, BadHeader, Header, padded
from imnet_data.archives.tars.partial import (
    Members,
    OuterMember,
    end_line,
    list_path,
    member_line,
    read_list,
    version_line,
    whole_line,
)
from imnet_data.archives.text import text_of
from imnet_data.errors import NotTarOfTars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imnet_data.fetching.remote import Probe

    # The bytes of a file from one byte up to another.
    ReadRange = Callable[[int, int], bytes]

_LONGEST_RECORD: Final = 1 << 20  # a longer pax or GNU name record is damage, not a name
# So many members without a tar among them, and the archive is no tar of tars: one of images has
# 50,000 of them, and each would be a request.
_OTHERS_FIRST: Final = 16


def version_of(probe: Probe) -> str:
    """What tells a published file from a later one at the same address."""
    return json.dumps([probe.size, probe.etag, probe.last_modified])


class MemberList:
    """The list beside a partial file, as it is while the outer members are walked.

    For another version of the published file the walk begins anew. What is there whole stays so:
    whether it may be gone on with is decided before (partial.py). Without the file nothing is.
    """

    def __init__(self, part: str, version: str) -> None:
        self._path = list_path(part)
        self.members = Members(version)
        lines: list[str] = []
        if os.path.exists(self._path):
            with open(self._path, encoding="utf-8") as file:
                lines = file.readlines()
        found = read_list(lines)
        if found is not None and found.version == version:
            self.members = found
        if found is not None and os.path.exists(part):
            self.members.whole = found.whole
        else:
            self.members.whole.clear()
        self._write_anew()

    def met(self, member: OuterMember) -> None:
        """Keep a member that was met."""
        self.members.listed.append(member)
        self._add(member_line(member))

    def ended(self, tail: bytes) -> None:
        """Keep that no further member comes."""
        self.members.tail = tail
        self._add(end_line(tail))

    def note_whole(self, members: Iterable[OuterMember]) -> None:
        """Keep that members are there whole; their bytes are safe on the disk before."""
        fresh = {one.data for one in members} - self.members.whole
        self.members.whole |= fresh
        self._add("".join(map(whole_line, sorted(fresh))))

    def close(self) -> None:
        """Close the file; what was met stays in it."""
        self._file.close()

    def _add(self, lines: str) -> None:
        self._file.write(lines)
        self._file.flush()

    def _write_anew(self) -> None:
        """The list without a line that a kill cut off, and open to be added to."""
        members = self.members
        lines = [version_line(members.version), *map(member_line, members.listed)]
        lines += [] if members.tail is None else [end_line(members.tail)]
        lines += map(whole_line, sorted(members.whole))
        fresh = f"{self._path}.tmp"
        self._file = open(fresh, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the list
        self._add("".join(lines))
        os.fsync(self._file.fileno())
        os.replace(fresh, self._path)


class OuterWalk:
    """A walk along the outer headers, from where an earlier one stood; iterate `members()`.

    `url` is what sentences call the file, `size` its bytes.
    """

    def __init__(self, read: ReadRange, url: str, size: int, kept: MemberList) -> None:
        self._read = read
        self._url = url
        self._size = size
        self._kept = kept

    def members(self) -> Iterator[OuterMember]:
        """The outer members, those kept from before first; each new one costs a request.

        Raises:
            NotTarOfTars: it is no tar, or a tar without tars in it.
            FetchError: the source fails.
        """
        members = self._kept.members
        self._check(members)
        yield from list(members.listed)
        while not members.at_end:
            member = self._next(members.position)
            if member is not None:
                self._kept.met(member)
            self._check(members)
            if member is not None:
                yield member

    def _check(self, members: Members) -> None:
        """That it is a tar of tars, as far as can be told from its first members."""
        met = len(members.listed)
        if not members.tars and (met >= _OTHERS_FIRST or (met and members.at_end)):
            raise NotTarOfTars(self._url, "there are no tars in it")

    def _next(self, start: int) -> OuterMember | None:
        """The member whose first header is at a byte; None at the end."""
        pending: dict[str, bytes] = {}
        head = b""
        while True:
            block = self._block(start + len(head))
            if len(block) < BLOCK or block == headers.ZERO_BLOCK:
                self._end(block, start)
                return None
            header = self._parsed(block, start)
            head += block
            if header.kind not in headers.RECORDS:
                return self._whole(_member(start, header, head, pending))
            payload = self._record(header, start + len(head))
            _take_record(pending, header.kind, payload[: header.size])
            head += payload

    def _whole(self, member: OuterMember) -> OuterMember:
        if member.data + member.size > self._size:
            raise NotTarOfTars(self._url, f"it ends in the middle of {member.name}")
        return member

    def _block(self, position: int) -> bytes:
        stop = min(position + BLOCK, self._size)
        return self._read(position, stop) if position < stop else b""

    def _end(self, block: bytes, start: int) -> None:
        if start == 0:
            raise NotTarOfTars(self._url, "it is empty")
        self._kept.ended(block)

    def _parsed(self, block: bytes, start: int) -> Header:
        try:
            header = headers.parse(block)
            reason = "" if header.sound else "a header that does not agree with its checksum"
        except BadHeader as bad:
            reason = str(bad)
        if not reason:
            return header
        packed = compressed_kind(block) if start == 0 else None
        if packed is not None:
            raise NotTarOfTars(self._url, f"it is compressed ({packed})")
        if start == 0:
            raise NotTarOfTars(self._url, "it does not begin with a tar header")
        raise NotTarOfTars(self._url, f"it is damaged at byte {start:,} ({reason})")

    def _record(self, header: Header, data: int) -> bytes:
        stop = data + padded(header.size)
        if header.size > _LONGEST_RECORD or stop > self._size:
            raise NotTarOfTars(self._url, f"it is damaged at byte {data:,} (a name of a megabyte)")
        return self._read(data, stop)


def _take_record(pending: dict[str, bytes], kind: int, payload: bytes) -> None:
    if kind == headers.LONG_NAME:
        pending["path"] = payload.split(b"\0", 1)[0]
    elif kind == headers.PAX:
        pending.update(headers.pax_records(payload))


def _member(start: int, header: Header, head: bytes, pending: dict[str, bytes]) -> OuterMember:
    """The member of a header, with what the records before it say of its name and size."""
    name, size = header.name, header.size
    if "path" in pending:
        name = text_of(pending["path"])
    if "size" in pending:
        size = int(pending["size"])
    if header.kind in headers.WITHOUT_DATA:
        size = 0
    return OuterMember(start, start + len(head), size, headers.from_the_top(name), head)
