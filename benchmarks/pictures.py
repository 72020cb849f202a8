"""Pictures that weigh and compress like ImageNet's, in every container that can be indexed.

110 KB of noisy JPEG on average. A few are encoded; the others have the data of one turned round, so
that no compressor sees anything twice. They are no longer pictures, which nothing here looks at.
"""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_ENCODED = 64
_HEAD = 700  # bytes of a JPEG's tables, left as they are
_XZ_BLOCK = 24 << 20  # of `xz -T0` at its own level
_ZSTD_FRAME = 8 << 20  # of pzstd at its own level
_ROW_GROUP = 100  # of the datasets library


def encoded(count: int, *, coarse: tuple[int, int] = (48, 64)) -> list[bytes]:
    """JPEGs of 110 KB that look like nothing: so many (rows, columns) of colour, and noise."""
    import simplejpeg
    from PIL import Image

    rng = np.random.default_rng(0)
    made = []
    for at in range(count):
        base = Image.fromarray(rng.integers(0, 256, (*coarse, 3), np.uint8))
        smooth = np.asarray(base.resize((500, 375), Image.Resampling.BICUBIC)).astype(np.int64)
        noisy = smooth + rng.normal(0, 14, (375, 500, 1)).astype(np.int64)
        pixels = np.clip(noisy, 0, 255).astype(np.uint8)
        made.append(simplejpeg.encode_jpeg(pixels, quality=88 + at % 6, colorsubsampling="420"))
    return made


def pictures(count: int) -> Iterator[tuple[str, bytes]]:
    """So many, with their paths, in a hundred to a class."""
    known = encoded(_ENCODED)
    for at in range(count):
        data = known[at % _ENCODED]
        turned = np.roll(np.frombuffer(data[_HEAD:], np.uint8), at * 37).tobytes()
        wnid = f"n{2084071 + at // 100:08d}"
        yield f"train/{wnid}/{wnid}_{at}.JPEG", data[:_HEAD] + turned


def write_tar(path: Path, count: int) -> None:
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in pictures(count):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def write_folder(path: Path, count: int) -> None:
    for name, data in pictures(count):
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def write_zip(path: Path, count: int, method: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in pictures(count):
            archive.writestr(name, data)


def write_deflated_zip(path: Path, count: int) -> None:
    write_zip(path, count, zipfile.ZIP_DEFLATED)


def write_parquet(path: Path, count: int) -> None:
    """As Hugging Face's imagenet-1k is written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = list(pictures(count))
    images = [{"bytes": data, "path": name.rpartition("/")[2]} for name, data in rows]
    table = pa.table({"image": images, "label": [at // 100 for at in range(count)]})
    pq.write_table(table, path, row_group_size=_ROW_GROUP)


def _compressed(pack: Callable[[bytes], bytes], piece: int) -> Callable[[Path, int], None]:
    def write(path: Path, count: int) -> None:
        plain = path.with_suffix(".plain")
        write_tar(plain, count)
        with plain.open("rb") as tar, path.open("wb") as file:
            while data := tar.read(piece):
                file.write(pack(data))
        plain.unlink()

    return write


def write_gzip(path: Path, count: int) -> None:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    _compressed(packer.compress, 1 << 20)(path, count)
    with path.open("ab") as file:
        file.write(packer.flush())


def write_zstd(path: Path, count: int) -> None:
    from imnet_data.archives.compressed.zstd import library

    _compressed(library().compress, _ZSTD_FRAME)(path, count)


def write_bzip2(path: Path, count: int) -> None:
    packer = bz2.BZ2Compressor()
    _compressed(packer.compress, 1 << 20)(path, count)
    with path.open("ab") as file:
        file.write(packer.flush())


WRITERS: dict[str, tuple[str, Callable[[Path, int], None]]] = {
    "tar": ("a.tar", write_tar),
    "folder": ("a", write_folder),
    "zip": ("a.zip", write_zip),
    "zip-deflated": ("deflated.zip", write_deflated_zip),
    "tar.gz": ("a.tar.gz", write_gzip),
    "tar.bz2": ("a.tar.bz2", write_bzip2),
    "tar.xz": ("a.tar.xz", _compressed(partial(lzma.compress, preset=1), _XZ_BLOCK)),
    "tar.zst": ("a.tar.zst", write_zstd),
    "parquet": ("a.parquet", write_parquet),
}
