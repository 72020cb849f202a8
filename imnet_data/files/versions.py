"""What stores call the version of an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# In the order of how much they say; a date is all that some have.
_NAMES: Final = (
    "generation", "ETag", "etag", "md5Hash", "md5", "checksum",
    "LastModified", "last_modified", "mtime", "updated", "created",
)  # fmt: skip


def version_of(about: Mapping[str, Any]) -> str:
    """The version, in what fsspec's file systems tell of an object; empty where they tell none."""
    return plain(next((str(about[name]) for name in _NAMES if about.get(name)), ""))


def plain(tag: str) -> str:
    """An ETag without its quotes, which some listings leave out and some answers have.

    >>> plain('"d41d8cd9"'), plain("d41d8cd9")
    ('d41d8cd9', 'd41d8cd9')
    """
    return tag.removeprefix('"').removesuffix('"')
