"""Size and digest of what a record names: a file, or a folder of files as one.

Comparing them with a manifest is check.py's.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def size_of(path: str) -> int | None:
    """The bytes of a file, or of all files of a folder together; None where there is neither."""
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
    if not os.path.isdir(path):
        return digest_of_file(path)
    return digest_of_listing((name, digest_of_file(f"{path}/{name}")) for name in os.listdir(path))


def digest_of_file(path: str) -> str:
    """The SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of_listing(digests: Iterable[tuple[str, str]]) -> str:
    """The SHA-256 of names with digests, sorted and in the lines that `sha256sum *` prints."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()
