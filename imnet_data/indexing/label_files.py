"""What shards' label numbers mean and which split they are, as the files beside them tell it.

What class names stand for is layouts/label_orders.py's.
"""

from __future__ import annotations

import json
import os
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.kinds import PARQUET
from imnet_data.archives.parquet.columns import class_label_names
from imnet_data.errors import StoreFailed, UnknownName
from imnet_data.facts import class_lists
from imnet_data.files.address import is_url
from imnet_data.files.folders import entries
from imnet_data.files.opened import open_file
from imnet_data.layouts.label_orders import order_of_names, order_of_release, packaged_order
from imnet_data.splits import Split, split_word
from imnet_data.taxonomy.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.indexing.discover import Source
    from imnet_data.layouts.label_orders import LabelOrder
    from imnet_data.layouts.recognise import Reading

# Lists of classes as people keep them beside shards: one class a line, or JSON.
_LISTS: Final = ("classes.txt", "synsets.txt", "wnids.txt", "labels.txt", "LOC_synset_mapping.txt")
_JSONS: Final = (
    "_info.json", "info.json", "dataset_info.json", "dataset_infos.json", "class_to_idx.json",
    "imagenet_class_index.json", "id2label.json", "classes.json",
)  # fmt: skip
_NAME_KEYS: Final = ("classes", "class_names", "wnids", "synsets", "class_to_idx", "id2label")
# Where a data set's folder keeps its shards in a folder of their own, its files lie above it.
_INSIDE: Final = frozenset({"data", "shards", "default"})
_LARGEST = 1 << 24


class LabelFiles:
    """Looks beside shards, once a folder; one for a whole indexing run.

    `asked` is a packaged list's name or the path of a list of classes, said by the user.
    """

    def __init__(self, graph: Graph, asked: str | None) -> None:
        self._graph = graph
        self._asked = None if asked is None else asked_order(asked, graph)
        self._beside = cache(_beside)

    def order(self, source: Source, reading: Reading) -> LabelOrder | None:
        """What the label numbers of an archive mean, or None where nothing tells it.

        As asked; else as the file itself says, or what lies beside it; else as its release is
        published.
        """
        if self._asked is not None:
            return self._asked
        names = _own_names(source)
        where = f"the class names in {os.path.basename(source.path)}"
        if names is None:
            names, where = self._beside(os.path.dirname(source.path))
        found = names and order_of_names(names, self._graph, where=where)
        return found or order_of_release(reading.release)

    def split(self, source: Source) -> Split | None:
        """The split that timm's `_info.json` beside a shard says it is of."""
        folder, base = os.path.split(source.path)
        for name in _JSONS[:2]:
            splits = _dict(_dict(_read_json(os.path.join(folder, name))).get("splits"))
            for split, described in splits.items():
                files = _dict(described).get("filenames")
                if isinstance(files, list) and base in files and split_word(split):
                    return split_word(split)
        return None


def asked_order(asked: str, graph: Graph) -> LabelOrder:
    """The order of a packaged list by its name, or of a file of classes by its path.

    Raises:
        UnknownName: it is neither.
    """
    name = asked.removeprefix("@")
    if name.lower() not in class_lists.names() and os.path.isfile(asked):
        found = names_in_file(asked)
        order = found and order_of_names(found, graph, where=os.path.basename(asked))
        if not order:
            raise UnknownName(asked, kind="class list")
        return order
    return packaged_order(name)


def check_labels(asked: str) -> None:
    """That what the user said of label numbers is a list of classes.

    Raises:
        UnknownName: it is none.
    """
    asked_order(asked, Graph.load())


def asked_as(asked: str) -> str:
    """What the user said, so that the same said again reads the same.

    >>> asked_as("@ImageNet12k")
    'imagenet12k'
    """
    name = asked.removeprefix("@").strip().lower()
    if name not in class_lists.names() and os.path.isfile(asked):
        return f"{os.path.abspath(asked)} {os.stat(asked).st_mtime_ns}"
    return name


def names_in_file(path: str) -> tuple[str, ...] | None:
    """The class names in a file, in the order of their numbers; None where it has none."""
    if path.lower().endswith(".json"):
        return _names_in(_read_json(path))
    try:
        lines = _text(path).splitlines()
    except StoreFailed:
        raise
    except OSError:
        return None
    while lines and not lines[-1].strip():
        lines.pop()
    return tuple(line.strip() for line in lines) or None


def _own_names(source: Source) -> tuple[str, ...] | None:
    """The class names that a Parquet file's own metadata has."""
    if source.kind != PARQUET:
        return None
    from imnet_data.archives.parquet.scan import ParquetScan  # noqa: PLC0415 - pyarrow: for few

    with closing(ParquetScan(source.path, names_only=True)) as scan:
        return scan.class_names


def _beside(folder: str) -> tuple[tuple[str, ...] | None, str]:
    """The class names in a file beside shards, and which file that is."""
    is_file = _is_file_far() if is_url(folder) else os.path.isfile
    for path in _candidates(folder):
        if is_file(path):
            names = names_in_file(path)
            if names:
                return names, os.path.basename(path)
    return None, ""


def _is_file_far() -> Callable[[str], bool]:
    """Tells whether an object is there; a folder of a store is listed once for all."""

    @cache
    def names(folder: str) -> frozenset[str]:
        return frozenset(one.name for one in entries(folder) if not one.is_folder)

    return lambda path: os.path.basename(path) in names(os.path.dirname(path))


def _candidates(folder: str) -> Iterator[str]:
    yield from (os.path.join(folder, name) for name in (*_JSONS, *_LISTS))
    base = os.path.basename(folder).lower()
    if base in _INSIDE or split_word(base):
        above = os.path.dirname(folder)
        yield from (os.path.join(above, name) for name in (*_JSONS, *_LISTS))


def _names_in(found: Any) -> tuple[str, ...] | None:
    """Class names in what a JSON file holds: a list of them, names to numbers or back, features."""
    if isinstance(found, list):
        return tuple(found) if found and all(isinstance(name, str) for name in found) else None
    if not isinstance(found, dict) or not found:
        return None
    numbered = _by_number(found)
    if numbered is not None:
        return numbered
    for key in _NAME_KEYS:
        names = _names_in(found[key]) if isinstance(found.get(key), list | dict) else None
        if names:
            return names
    return class_label_names(found, "label")


def _by_number(found: dict[str, Any]) -> tuple[str, ...] | None:
    """The names of `{"n01440764": 0}`, `{"0": "tench"}` or `{"0": ["n01440764", "tench"]}`."""
    names: dict[int, str] = {}
    for key, value in found.items():
        if isinstance(value, int) and not isinstance(value, bool):
            names[value] = key
        elif key.isascii() and key.isdigit():
            name = value[0] if isinstance(value, list) and value else value
            names[int(key)] = name if isinstance(name, str) else ""
    whole = len(names) == len(found) and names.keys() == set(range(len(names)))
    return tuple(names[at] for at in range(len(names))) if whole else None


def _text(path: str) -> str:
    with closing(open_file(path)) as file:
        return file.read_at(_LARGEST, 0).decode("utf-8", "replace")


def _read_json(path: str) -> Any:
    try:
        return json.loads(_text(path))
    except StoreFailed:
        raise
    except (OSError, ValueError, RecursionError):
        return None


def _dict(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
