"""The classes that labels count, as files beside the shards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.sharding.manifest import encoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.sharding.entry import ClassLabel


def class_files(classes: Sequence[ClassLabel]) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the lists of classes.

    `classes.txt` has a wnid a line, or the name where there is none, from label 0 on: what timm
    calls a class map. `classes.json` maps each label to wnid and name, as Keras's class index does.
    """
    ordered = sorted(classes, key=lambda one: one.index)
    yield "classes.txt", "".join(f"{_line(one)}\n" for one in ordered).encode()
    table = {str(one.index): [one.wnid or _line(one), one.name] for one in ordered}
    yield "classes.json", encoded(table)


def _line(one: ClassLabel) -> str:
    """A class in one line, whatever a user called it."""
    return one.wnid or " ".join(one.name.split())
