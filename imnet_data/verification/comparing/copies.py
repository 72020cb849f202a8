"""Images that share their bytes, a group at a time, however many images there are.

What sharing them means, a harmless copy or a leak, is compare.py's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data.db import comparisons
from imnet_data.fetching.journal import DIGEST_BYTES
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.verification.some_together import some_together
from imnet_data.verification.stamps import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imnet_data.db.engine import Connection

# Files without a byte are broken, and no copies of one another.
_OF_NOTHING: Final = hashlib.sha256().digest()[:DIGEST_BYTES]
_IDS_AT_A_TIME: Final = 5_000

# The same bytes so many times, in so many classes, are no photograph that was filed twice: a host's
# "this photo is no longer available". Real pictures of ILSVRC are there two or three times.
PLACEHOLDER_IMAGES: Final = 10
PLACEHOLDER_CLASSES: Final = 3


@dataclass(frozen=True, slots=True)
class Copy:
    """An image that was looked at: its row of selects.IMAGE_COLUMNS, its digest and its look."""

    row: tuple[Any, ...]
    digest: bytes | None
    look: int | None

    @property
    def id(self) -> int:
        """The image's id."""
        return int(self.row[0])

    @property
    def release(self) -> int:
        """The id of its release."""
        return int(self.row[1])

    @property
    def synset(self) -> int:
        """The id of its class, 0 where it has none."""
        return int(self.row[2])

    @property
    def split(self) -> int:
        """Its split's number."""
        return int(self.row[3])

    @property
    def key(self) -> tuple[int, int, int, int, str]:
        """What copies are ordered by: release, split, class, number, name."""
        _, release, synset, split, number, *_, name = self.row
        return release, split, synset, number, name


def same_bytes(connection: Connection) -> Iterator[list[Copy]]:
    """Images of the same bytes, each group in the order of keys, groups in that of digests.

    What was learnt of other bytes than the catalogue has now is left out.
    """
    signatures = comparisons.signatures(connection)
    groups = comparisons.repeated_digests(connection, but=_OF_NOTHING)
    for several in some_together(groups, len, least=_IDS_AT_A_TIME):
        yield from _looked_up(connection, several, signatures)


def copies_of(
    connection: Connection, ids: Iterable[int], signatures: dict[int, str]
) -> dict[int, Copy]:
    """Those of some images, by id, of which something is known of the bytes that they have now."""
    found = {}
    for row, seen, digest, look in comparisons.inspected_images(connection, list(ids)):
        if fits(row, seen, signatures):
            found[row[0]] = Copy(row, digest, look)
    return found


def _looked_up(
    connection: Connection, groups: Sequence[Sequence[int]], signatures: dict[int, str]
) -> Iterator[list[Copy]]:
    known = copies_of(connection, (one for ids in groups for one in ids), signatures)
    for ids in groups:
        copies = sorted((known[one] for one in ids if one in known), key=lambda copy: copy.key)
        if len(copies) > 1:
            yield copies


def is_placeholder(copies: Sequence[Copy]) -> bool:
    """Whether images of the same bytes are so many, in so many classes, that none is a picture."""
    classes = {copy.synset for copy in copies} - {UNLABELLED}
    return len(copies) >= PLACEHOLDER_IMAGES and len(classes) >= PLACEHOLDER_CLASSES
