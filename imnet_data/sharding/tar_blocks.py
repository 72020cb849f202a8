"""A tar's blocks as they are written: plain headers that say nothing but a name and a size.

No date, owner or host, so that the same members are the same bytes everywhere. Reading is
imnet_data/archives'.
"""

from __future__ import annotations

from typing import Final

from imnet_data.archives.tars.headers import BLOCK

END: Final = bytes(2 * BLOCK)

_MIDDLE: Final = b"0000644\0" + b"0000000\0" * 2  # mode, owner, group
_BEHIND_SIZE: Final = b"00000000000\0"  # the time
_BEHIND_SUM: Final = b"0" + bytes(100) + b"ustar\x0000" + bytes(64) + b"0000000\0" * 2 + bytes(167)
_SUM: Final = sum(_MIDDLE) + sum(_BEHIND_SIZE) + 8 * ord(" ") + sum(_BEHIND_SUM)
_FORM: Final = b"%b" + _MIDDLE + b"%b" + _BEHIND_SIZE + b"%06o\0 " + _BEHIND_SUM
_LARGEST: Final = 0o77777777777


_ZEROS: Final = [bytes(-size % BLOCK) for size in range(BLOCK)]


def header(name: bytes, size: int) -> bytes:
    """The header of a member of at most 100 bytes of name.

    From 8 GiB on its size is in binary, as GNU's tar writes it and all others read it.
    """
    if not 0 < len(name) <= 100:
        raise ValueError(f"{name!r} needs more than a plain header")
    length = b"%011o\0" % size if size <= _LARGEST else b"\x80" + size.to_bytes(11, "big")
    check = _SUM + sum(name) + sum(length)
    return _FORM % (name.ljust(100, b"\0"), length, check)


def padding(size: int) -> bytes:
    """The zeros that follow so many bytes of data, up to a whole block."""
    return _ZEROS[size % BLOCK]


def member(name: bytes, data: bytes) -> bytes:
    """A small member as a whole: header, data, padding."""
    return b"%b%b%b" % (header(name, len(data)), data, _ZEROS[len(data) % BLOCK])
