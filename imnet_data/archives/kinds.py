"""The kinds of container by name, as the catalogue stores them, and the file names they go by.

How each is scanned and read is its own module's; containers.py tells which one a file is.
"""

from __future__ import annotations

from typing import Final

TAR: Final = "tar"
FOLDER: Final = "folder"
ZIP: Final = "zip"
DEFLATED_ZIP: Final = "zip-deflated"
TAR_GZIP: Final = "tar.gz"
TAR_BZIP2: Final = "tar.bz2"
TAR_XZ: Final = "tar.xz"
TAR_ZSTD: Final = "tar.zst"
PARQUET: Final = "parquet"

COMPRESSED_TARS: Final = frozenset({TAR_GZIP, TAR_BZIP2, TAR_XZ, TAR_ZSTD})

# Of these an image is a byte range of a file, and `offset` that range's first byte. Of the others
# `offset` is the container's own address, and reading decodes.
DIRECT: Final = frozenset({TAR, FOLDER, ZIP})

_ENDINGS: Final = (
    ".tar", ".zip", ".parquet", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz",
    ".tar.zst", ".tzst",
)  # fmt: skip


def is_archive_name(name: str) -> bool:
    """Whether a file's name says that it is an archive of its own, and no part of a folder.

    >>> is_archive_name("ILSVRC2012_img_val.tar"), is_archive_name("._a.tgz")
    (True, False)
    """
    return name.lower().endswith(_ENDINGS) and not name.startswith(".")


def stem_of(name: str) -> str:
    """An archive's file name without its ending.

    >>> stem_of("imagenetv2-top-images.tar.gz"), stem_of("val")
    ('imagenetv2-top-images', 'val')
    """
    for ending in sorted(_ENDINGS, key=len, reverse=True):
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name
