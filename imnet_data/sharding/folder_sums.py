"""Size and digest of what a record names: a file, here or in a store, or a folder of files as one.

Comparing them with a manifest is check.py's.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Final

from imnet_data.errors import ObjectMissing
from imnet_data.files.address import is_url
from imnet_data.files.opened import pieces_of
from imnet_data.files.status import status

if TYPE_CHECKING:
    from collections.abc import Iterable


# Ranges of a stored file that are asked for at once: 32 MB in all.
_RANGE: Final = 8 << 20
_AT_ONCE: Final = 4


def size_of(path: str) -> int | None:
    """The bytes of a file, or of all files of a folder together; None where there is neither.

    Raises:
        StoreFailed, LoginNeeded: of a URL, where the store does not tell.
    """
    if is_url(path):
        try:
            return status(path).size
        except ObjectMissing:
            return None
    try:
        with os.scandir(path) as found:
            return sum(one.stat(follow_symlinks=False).st_size for one in found)
    except NotADirectoryError:
        return os.stat(path).st_size
    except OSError:
        return None


def digest_of(path: str) -> str:
    """The SHA-256 of a file, or of a folder's listing with the SHA-256 of each file.

    Raises:
        OSError: it cannot be read.
    """
    if is_url(path):
        return _digest_in_store(path)
    if not os.path.isdir(path):
        return digest_of_file(path)
    return digest_of_listing((name, digest_of_file(f"{path}/{name}")) for name in os.listdir(path))


def digest_of_file(path: str) -> str:
    """The SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_in_store(url: str) -> str:
    digest = hashlib.sha256()
    for piece in pieces_of(url, _RANGE, at_once=_AT_ONCE):
        digest.update(piece)
    return digest.hexdigest()


def digest_of_listing(digests: Iterable[tuple[str, str]]) -> str:
    """The SHA-256 of names with digests, sorted and in the lines that `sha256sum *` prints."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()
