"""An open Parquet file of images: which columns hold the pictures and what is said of them.

Rows are scan.py's (one after another) and rows.py's (one at random).
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.samples import LABEL_KEYS, NAME_KEYS, WNID_KEYS
from imnet_data.errors import ArchiveMissing, NeedsExtra, NotAnArchive, StoreError
from imnet_data.extras import needed
from imnet_data.files.address import is_url
from imnet_data.files.as_stream import Stream
from imnet_data.files.opened import open_file as opened_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MAGIC: Final = b"PAR1"
_FOOTER: Final = 8  # the footer's length in four bytes, and the magic again

_IMAGE_KEYS: Final = ("image", "img", "jpg", "jpeg", "png", "webp", "picture", "photo")
_READ_AHEAD = 1 << 18  # bytes read at once; without it a whole column of a row group is
_REQUESTED = 1 << 22  # likewise, where each read waits for a store

# A leaf of the schema: the path to it, as in ("image", "bytes").
Leaf = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where an image's bytes stand in a row, and what the row says of it; None where nothing."""

    image: Leaf
    path: Leaf | None = None
    label: Leaf | None = None
    wnid: Leaf | None = None
    name: Leaf | None = None

    @property
    def sayings(self) -> list[Leaf]:
        """All but the bytes."""
        return [leaf for leaf in (self.path, self.label, self.wnid, self.name) if leaf]


def check(path: str) -> None:
    """That a file which begins as Parquet does can be indexed.

    Raises:
        NotAnArchive: it cannot, with the reason; it may be that pyarrow is not installed.
    """
    try:
        with open_file(path) as file:
            columns_of(path, file.schema_arrow)
    except NeedsExtra as error:
        raise NotAnArchive(path, str(error)) from None


def open_file(path: str) -> Any:
    """An open `pyarrow.parquet.ParquetFile`, which reads no more than it is asked for.

    Raises:
        NotAnArchive: it is truncated or damaged.
        NeedsExtra: pyarrow is not installed.
    """
    parquet = needed("pyarrow.parquet", extra="parquet")
    arrow = needed("pyarrow", extra="parquet")
    try:
        if is_url(path):
            source = Stream(opened_file(path))
            return parquet.ParquetFile(source, pre_buffer=False, buffer_size=_REQUESTED)
        return parquet.ParquetFile(path, pre_buffer=False, buffer_size=_READ_AHEAD)
    except FileNotFoundError:
        raise ArchiveMissing(path) from None
    except StoreError:
        raise
    except (OSError, arrow.ArrowException) as error:
        raise NotAnArchive(path, _reason(path, error)) from None


def _reason(path: str, error: Exception) -> str:
    with closing(opened_file(path)) as file:
        end = file.read_at(_FOOTER, max(file.size - _FOOTER, 0))
    if end[4:] != MAGIC:
        return "it is a Parquet file that ends before its footer: the download is not complete"
    return f"its Parquet footer is damaged ({first_line(error)})"


def first_line(error: Exception) -> str:
    """What an error of pyarrow says, in one line."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def columns_of(path: str, schema: Any) -> Columns:
    """The columns of an Arrow schema that this program reads.

    Raises:
        NotAnArchive: there is none of images.
    """
    types = needed("pyarrow", extra="parquet").types
    top = {field.name: field.type for field in schema}
    pictures: dict[str, tuple[Leaf, Leaf | None]] = {
        name: found for name, kind in top.items() if (found := _picture(name, kind, types))
    }
    if not pictures:
        held = ", ".join(top) or "none"
        raise NotAnArchive(path, f"no column of this Parquet file holds images (columns: {held})")
    chosen = next((key for key in _IMAGE_KEYS if key in pictures), next(iter(pictures)))
    leaves = {
        leaf[-1]: (leaf, kind) for leaf, kind in _leaves(top, types) if leaf[0] not in pictures
    }
    image, named = pictures[chosen]

    def first(keys: Sequence[str], fits: Callable[[Any], bool]) -> Leaf | None:
        return next(
            (leaves[key][0] for key in keys if key in leaves and fits(leaves[key][1])), None
        )

    def is_text(kind: Any) -> bool:
        return bool(types.is_string(kind) or types.is_large_string(kind))

    return Columns(
        image,
        path=named,
        label=first(LABEL_KEYS, types.is_integer),
        wnid=first(WNID_KEYS, is_text),
        name=first(NAME_KEYS, is_text),
    )


def _picture(name: str, kind: Any, types: Any) -> tuple[Leaf, Leaf | None] | None:
    """The leaves of bytes and path of a column of images, or None if it is none."""
    if _is_binary(kind, types):
        return (name,), None
    if types.is_struct(kind):
        fields = {kind.field(i).name: kind.field(i).type for i in range(kind.num_fields)}
        if "bytes" in fields and _is_binary(fields["bytes"], types):
            return (name, "bytes"), (name, "path") if "path" in fields else None
    return None


def _is_binary(kind: Any, types: Any) -> bool:
    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _leaves(top: dict[str, Any], types: Any) -> Iterator[tuple[Leaf, Any]]:
    """Columns, behind those that stand in a struct such as a WebDataset's `json`."""
    for name, kind in top.items():
        if types.is_struct(kind):
            for i in range(kind.num_fields):
                yield (name, kind.field(i).name), kind.field(i).type
    for name, kind in top.items():
        if not types.is_struct(kind):
            yield (name,), kind


def class_names(schema: Any, label: Leaf | None) -> tuple[str, ...] | None:
    """The names that Hugging Face's metadata gives to the label column's numbers, in order."""
    raw = (schema.metadata or {}).get(b"huggingface")
    try:
        found = json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return None
    return class_label_names(found, label[-1] if label else None)


def class_label_names(features: Any, label: str | None) -> tuple[str, ...] | None:
    """The names of a ClassLabel in Hugging Face's description of a data set.

    That of the feature called `label`; of the only one where none is called so.

    >>> found = {"features": {"y": {"_type": "ClassLabel", "names": ["cat", "dog"]}}}
    >>> class_label_names(found, "label")
    ('cat', 'dog')
    """
    met = dict(_class_labels(features, ""))
    if label in met:
        return met[label]
    return next(iter(met.values())) if len(met) == 1 else None


def _class_labels(found: Any, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not isinstance(found, dict):
        return
    names = found.get("names")
    if found.get("_type") == "ClassLabel" and isinstance(names, list):
        yield name, tuple(map(str, names))
        return
    for key, value in found.items():
        yield from _class_labels(value, key)
