"""Names of files as text that can be stored, whatever bytes they are.

File systems and tars hold bytes. Those that are no UTF-8 become characters of Unicode's private
use area, U+EF80 to U+EFFF (as in MirOS' OPTU encoding): Python's own way, lone surrogates, is
refused by databases, JSON readers and terminals.
"""

from __future__ import annotations

from imnet_data.files.address import is_url, join

_TO_TEXT = {0xDC00 + byte: 0xEF00 + byte for byte in range(0x80, 0x100)}
_TO_DISK = {stored: surrogate for surrogate, stored in _TO_TEXT.items()}


def text_of(raw: bytes) -> str:
    r"""A name's bytes as text.

    >>> ascii(text_of("caf\xe9".encode("latin-1")))
    "'caf\\uefe9'"
    """
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return from_disk(raw.decode("utf-8", "surrogateescape"))


def from_disk(path: str) -> str:
    """A path as Python's `os` gives it, as text that can be stored."""
    return path if path.isascii() else path.translate(_TO_TEXT)


def to_disk(text: str) -> str:
    """The path for Python's `os` of a text that `from_disk` or `text_of` gave."""
    return text if text.isascii() else text.translate(_TO_DISK)


def file_in(folder: str, member: str) -> str:
    """The address of a file in a folder, by the text that `from_disk` gave of its way there.

    >>> file_in("/data/val", "n02084071/a.jpg"), file_in("s3://b/val", "n02084071/a.jpg")
    ('/data/val/n02084071/a.jpg', 's3://b/val/n02084071/a.jpg')
    """
    return join(folder, member if is_url(folder) else to_disk(member))
