"""Names of a zip's members as text: UTF-8, the old code page 437, or a field of their own.

What stands for bytes that are neither is text.py's.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from imnet_data.archives.tars.headers import from_the_top
from imnet_data.archives.text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

UTF8: Final = 0x800  # the flag that says so
_UNICODE_PATH = 0x7075


def path_of(raw: bytes, *, utf8: bool, backslashes: bool, extra: bytes = b"") -> str:
    r"""A member's path as it stands in a header.

    Without the flag for UTF-8, names are code page 437 by the standard; macOS writes UTF-8 all the
    same, and a name of 437 that happens to be sound UTF-8 is a rare thing. `backslashes` are
    separators where Windows wrote the archive.

    >>> path_of(b"n02084071\\caf\x82.jpg", utf8=False, backslashes=True)
    'n02084071/café.jpg'
    """
    raw = _unicode_path(raw, extra) or raw
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = text_of(raw) if utf8 else raw.decode("cp437")
    text = text.partition("\0")[0]
    return from_the_top(text.replace("\\", "/") if backslashes else text)


def may_be(raw: bytes, extra: bytes, base: str) -> bool:
    """Whether a member's local header, which may say less than the list, bears this base name."""
    plain = base.encode()
    if raw == plain or raw.endswith((b"/" + plain, b"\\" + plain)):
        return True
    return any(
        path_of(raw, utf8=utf8, backslashes=backslashes, extra=extra).rpartition("/")[2] == base
        for utf8 in (True, False)
        for backslashes in (False, True)
    )


def fields_of(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a header's extra bytes: each one's number and content."""
    at = 0
    while at + 4 <= len(extra):
        stop = at + 4 + int.from_bytes(extra[at + 2 : at + 4], "little")
        yield int.from_bytes(extra[at : at + 2], "little"), extra[at + 4 : stop]
        at = stop


def _unicode_path(raw: bytes, extra: bytes) -> bytes | None:
    """The name in a field of its own, as Info-ZIP writes it, where it is this name's still."""
    if not extra:
        return None
    for number, content in fields_of(extra):
        if number == _UNICODE_PATH and content[:1] == b"\x01":
            same = int.from_bytes(content[1:5], "little") == zlib.crc32(raw)
            return content[5:] if same else None
    return None
