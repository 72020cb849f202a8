"""Reading images out of containers that have to be decoded, or looked into, by their own address.

Direct ones, nearly all, are reading.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.archives.kinds import COMPRESSED_TARS, DEFLATED_ZIP, PARQUET, ZIP

if TYPE_CHECKING:
    from imnet_data.archives.reading import Place


def read(place: Place) -> bytes:
    """The bytes of a place in a zip, a compressed tar or a Parquet file.

    Raises:
        ArchiveMissing, ArchiveChanged: as in reading.py.
    """
    raise NotImplementedError(place.container, (COMPRESSED_TARS, DEFLATED_ZIP, PARQUET, ZIP))
