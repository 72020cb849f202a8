"""What is to be fetched, and what its source says of it.

How the bytes come is a transport's business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imnet_data.fetching.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Remote:
    """One file to fetch: where it is, and what is published of it.

    `name` is the file's name once it is here, `size` is in bytes, `md5` and `sha256` are in hex.

    >>> Remote("https://host.example.org/a.tar?key=s3cret", "a.tar", size=10_240).name
    'a.tar'
    """

    url: str = field(repr=False)  # it may hold a signature
    name: str
    size: int | None = None
    md5: str | None = None
    sha256: str | None = None
    credentials: Credentials | None = field(default=None, repr=False)

    @property
    def checksums(self) -> dict[str, str]:
        """The published checksums, in lower-case hex, by the name of their algorithm."""
        held = {"md5": self.md5, "sha256": self.sha256}
        return {name: value.strip().lower() for name, value in held.items() if value}


@dataclass(frozen=True, slots=True)
class Probe:
    """What a source says of a file before the first byte: `size` in bytes, and its version.

    `ranges` is whether it answers for a part of the file; `url` is where redirects led.
    """

    size: int
    etag: str | None = None
    last_modified: str | None = None
    ranges: bool = True
    url: str = field(default="", repr=False)
