"""Which kind of file it is, by its first bytes, and the table that reads it.

What the rows mean is the tables'; what is made of them reading.py's.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

from imnet_data.errors import NoPredictions, NotPredictions
from imnet_data.scoring.predictions.arrays import ArrayTable, names_in_metadata
from imnet_data.scoring.predictions.json_rows import JsonTable
from imnet_data.scoring.predictions.npy import Unreadable, read_npy, read_npz
from imnet_data.scoring.predictions.opened import damage_told
from imnet_data.scoring.predictions.parquet_rows import ParquetTable
from imnet_data.scoring.predictions.safetensors import read_safetensors
from imnet_data.scoring.predictions.text_rows import TextTable

if TYPE_CHECKING:
    from imnet_data.labels import ClassOrder
    from imnet_data.scoring.predictions.opened import Opened
    from imnet_data.scoring.predictions.table import Table

# Kinds of file that people take for predictions, and what to save instead.
_INSTEAD: Final = "save the logits as .npz or .safetensors"
_OTHERS: Final = {
    b"\x80\x02": f"it is a pickle, which can run code: {_INSTEAD}",
    b"\x80\x03": f"it is a pickle, which can run code: {_INSTEAD}",
    b"\x80\x04": f"it is a pickle, which can run code: {_INSTEAD}",
    b"\x80\x05": f"it is a pickle, which can run code: {_INSTEAD}",
    b"\x89HDF": f"it is HDF5: {_INSTEAD}",
    b"\xff\xfe": "it is text in UTF-16; UTF-8 is read",
    b"\xff\xd8\xff": "it is a picture",
    b"\x89PNG": "it is a picture",
    b"%PDF": "it is a PDF",
    b"<!": "it is a page of HTML",
    b"<html": "it is a page of HTML",
    b"\xfd7zXZ": "it is compressed by xz; of text, gzip is read",
    b"BZh": "it is compressed by bzip2; of text, gzip is read",
    b"\x28\xb5\x2f\xfd": "it is compressed by zstd; of text, gzip is read",
}


def table_of(opened: Opened, classes: ClassOrder) -> Table:
    """The table that a file holds.

    Raises:
        NotPredictions: it is of none of the known kinds, or does not read as it.
        NoPredictions: it is empty.
        NeedsExtra: it is Parquet, and pyarrow is not installed.
    """
    if not opened.size_bytes:
        raise NoPredictions(opened.source)
    with damage_told(opened.source):
        try:
            table = _of_arrays(opened, classes)
        except Unreadable as error:
            raise NotPredictions(opened.source, str(error)) from error
        return table or _of_text(opened, classes)


def _of_arrays(opened: Opened, classes: ClassOrder) -> Table | None:
    """A file whose first bytes are those of a format for arrays or columns; None for another."""
    head, source = opened.head, opened.source
    if head.startswith(b"\x93NUMPY"):
        return ArrayTable(source, {"": read_npy(opened.path)}, classes)
    if head.startswith(b"PK"):
        return _of_zip(opened, classes)
    if head.startswith(b"PAR1"):
        return ParquetTable(opened, classes)
    if _is_safetensors(opened):
        arrays, metadata = read_safetensors(opened.path)
        return ArrayTable(source, arrays, classes, names_in_metadata(metadata))
    return None


def _of_text(opened: Opened, classes: ClassOrder) -> Table:
    for start, reason in _OTHERS.items():
        if opened.head.startswith(start):
            raise NotPredictions(opened.source, reason)
    with opened.text() as file:
        first = file.read(4096)
    if "\0" in first:
        reason = "its gzip holds no text" if opened.is_gzip else "it is of no known kind"
        raise NotPredictions(opened.source, reason)
    if first.lstrip().startswith("{") or (first.lstrip().startswith("[") and _is_json(first)):
        return JsonTable(opened, classes)
    return TextTable(opened, classes)


def _is_json(start: str) -> bool:
    """Whether lines in brackets are JSON's, rather than lists as numpy prints them."""
    return "," in start or "\n" not in start.strip()


def _of_zip(opened: Opened, classes: ClassOrder) -> Table:
    arrays = read_npz(opened.path)
    if arrays:
        return ArrayTable(opened.source, arrays, classes)
    with zipfile.ZipFile(opened.path) as file:
        names = file.namelist()
    if any(name.endswith("data.pkl") for name in names):
        reason = f"it is a file of torch.save, a pickle, which can run code: {_INSTEAD}"
        raise NotPredictions(opened.source, reason)
    raise NotPredictions(opened.source, "it is a zip without arrays (.npy)")


def _is_safetensors(opened: Opened) -> bool:
    """Eight bytes of the header's length, then its JSON."""
    length = int.from_bytes(opened.head[:8], "little")
    return opened.head[8:9] == b"{" and 0 < length <= opened.size_bytes
