"""What the catalogue keeps of a file to know it again: its date here, its version in a store.

That of a folder is its scan's, over all files in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imnet_data.files.status import Status


def signature_of(status: Status) -> str:
    """A file's version in one word: what stands behind a space in the catalogue is another thing.

    >>> from imnet_data.files.status import Status
    >>> signature_of(Status(7, "2026-11-22 10:00:00+00:00"))
    '2026-11-22T10:00:00+00:00'
    """
    return "T".join(status.version.split()) or "-"
