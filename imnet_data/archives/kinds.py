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
FILE: Final = "file"  # a list of boxes by itself

COMPRESSED_TARS: Final = frozenset({TAR_GZIP, TAR_BZIP2, TAR_XZ, TAR_ZSTD})

# Of these an image is a byte range of a file, and `offset` that range's first byte. Of the others
# `offset` is the container's own address, and reading decodes.
DIRECT: Final = frozenset({TAR, FOLDER, ZIP})

_ENDINGS: Final = (
    ".tar", ".zip", ".parquet", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz",
    ".tar.zst", ".tzst",
)  # fmt: skip


_MAGICS: Final = {
    b"\x1f\x8b": TAR_GZIP,
    b"BZh": TAR_BZIP2,
    b"\xfd7zXZ\0": TAR_XZ,
    b"\x28\xb5\x2f\xfd": TAR_ZSTD,
}
# pzstd and others begin with a frame to be skipped, whose number's first byte is one of sixteen.
_SKIPPED: Final = b"\x2a\x4d\x18"


def compressed_kind(start: bytes) -> str | None:
    """The compressed tar that a file may be which begins so; None where it is not compressed."""
    for magic, kind in _MAGICS.items():
        if start.startswith(magic):
            return kind
    return TAR_ZSTD if start[1:4] == _SKIPPED and start[0] & 0xF0 == 0x50 else None


def is_archive_name(name: str) -> bool:
    """Whether a file's name says that it is an archive of its own, and no part of a folder.

    >>> is_archive_name("ILSVRC2012_img_val.tar"), is_archive_name("._a.tgz")
    (True, False)
    """
    return name.lower().endswith(_ENDINGS) and not name.startswith(".")


def is_list_name(name: str) -> bool:
    """Whether a file is one of Kaggle's lists of boxes, which are indexed by themselves.

    >>> is_list_name("LOC_val_solution.csv"), is_list_name("LOC_synset_mapping.txt")
    (True, False)
    """
    return name in ("LOC_train_solution.csv", "LOC_val_solution.csv")


def stem_of(name: str) -> str:
    """An archive's file name without its ending.

    >>> stem_of("imagenetv2-top-images.tar.gz"), stem_of("val")
    ('imagenetv2-top-images', 'val')
    """
    for ending in sorted(_ENDINGS, key=len, reverse=True):
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name
