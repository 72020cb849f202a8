"""The names of images in the files that people keep lists in, some thousands at a time.

What a name stands for is image_list.py's.
"""

from __future__ import annotations

import csv
import json
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, TextIO

from imnet_data.archives.text import from_disk
from imnet_data.errors import ImageListError

if TYPE_CHECKING:
    from collections.abc import Iterator

# The columns and keys that lists have their images' names in; a column's title in any case.
_NAME_KEYS: Final = (
    "name", "imageid", "image_id", "image", "file_name", "filename", "file", "path", "key", "id",
)  # fmt: skip
_CHUNK: Final = 1 << 21
_ROWS: Final = 50_000
# A list of paths has short lines; what has longer ones is something else.
_LONGEST: Final = 1 << 16


def names_in(path: str) -> Iterator[list[str]]:
    """The names in a list of images, in its order, as they are written there.

    A name a line, with the number that may follow it (Kaggle's `train_cls.txt`); CSV or TSV with
    the names in a column that is called so, or else in the first; or a JSON object a line.

    Raises:
        ImageListError: it cannot be read, or is no such list.
    """
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            for names in _names(path, _lines(file, path)):
                yield names if all(map(str.isascii, names)) else list(map(from_disk, names))
    except OSError as error:
        raise ImageListError(path, f"it cannot be read: {error.strerror or error}") from error


def _lines(file: TextIO, path: str) -> Iterator[list[str]]:
    """The file's lines, some thousands at a time; a blank one is ''."""
    while lines := file.readlines(_CHUNK):
        if max(map(len, lines)) > _LONGEST or "\0" in "".join(lines):
            raise ImageListError(path, "it is no text of lines")
        yield list(map(str.strip, lines))


def _names(path: str, chunks: Iterator[list[str]]) -> Iterator[list[str]]:
    first = next(chunks, [])
    chunks = chain([first], chunks)
    suffix = path.lower().rpartition(".")[2]
    sign = next(filter(None, first), "")[:1]
    if suffix in ("csv", "tsv"):
        return _in_table(path, chunks, "," if suffix == "csv" else "\t")
    if sign == "{":
        return _in_objects(path, chunks)
    if sign == "[":
        raise ImageListError(path, "it is one list in JSON; a name a line is wanted", line=1)
    return _in_text(chunks)


def _in_text(chunks: Iterator[list[str]]) -> Iterator[list[str]]:
    for lines in chunks:
        yield lines if all(lines) else list(filter(None, lines))


def _in_table(path: str, chunks: Iterator[list[str]], delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(chain.from_iterable(chunks), delimiter=delimiter)
    column = None
    try:
        while batch := list(islice(rows, _ROWS)):
            if column is None:
                titles = [title.strip().lower() for title in next(filter(None, batch), [])]
                named = [titles.index(key) for key in _NAME_KEYS if key in titles]
                column = named[0] if named else 0
                batch = batch[1:] if named else batch
            yield [row[column].strip() for row in batch if row]
    except IndexError:
        raise ImageListError(path, "a line has fewer columns", line=rows.line_num) from None
    except csv.Error as error:
        raise ImageListError(path, str(error), line=rows.line_num) from error


def _in_objects(path: str, chunks: Iterator[list[str]]) -> Iterator[list[str]]:
    number = 0
    for lines in chunks:
        names = []
        for line in lines:
            number += 1
            if line:
                try:
                    names.append(_name_in(json.loads(line)))
                except (ValueError, RecursionError) as error:
                    raise ImageListError(path, str(error), line=number) from error
        yield names


def _name_in(found: Any) -> str:
    if not isinstance(found, dict):
        raise ValueError("an object is wanted")  # noqa: TRY004 - as what json raises
    for key in _NAME_KEYS:
        if isinstance(found.get(key), str):
            return str(found[key])
    raise ValueError(f"an object with one of {', '.join(_NAME_KEYS)} is wanted")
