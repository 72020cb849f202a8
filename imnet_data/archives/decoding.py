"""Reading images out of containers that have to be decoded, or looked into, by their own address.

Direct ones, nearly all, are reading.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.archives.kinds import COMPRESSED_TARS, DEFLATED_ZIP, PARQUET, ZIP
from imnet_data.archives.opened import importing

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.archives.reading import Place


def read(place: Place) -> bytes:
    """The bytes of a place in a zip, a compressed tar or a Parquet file.

    Raises:
        ArchiveMissing, ArchiveChanged: as in reading.py.
        DamagedMember, SeekIndexMissing: the image cannot be decoded.
    """
    return _reader(place.container)(place)


def _reader(container: str) -> Callable[[Place], bytes]:
    """What reads a kind of container; each needs modules that few others do."""
    with importing:
        if container in (ZIP, DEFLATED_ZIP):
            from imnet_data.archives.zips import reading as zip_reading  # noqa: PLC0415

            return zip_reading.read
        if container == PARQUET:
            from imnet_data.archives.parquet import rows as parquet_rows  # noqa: PLC0415

            return parquet_rows.read
        assert container in COMPRESSED_TARS
        from imnet_data.archives.compressed import tars  # noqa: PLC0415

        return tars.read
