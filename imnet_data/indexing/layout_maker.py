"""Making the layout that an archive was recognised as, with what it has to know of classes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from imnet_data.errors import UnknownName
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.validation import validation_labels
from imnet_data.layouts.class_folders import ClassFoldersLayout
from imnet_data.layouts.image_names import ILSVRC2012
from imnet_data.layouts.imagenet import ImageNetLayout
from imnet_data.layouts.recognise import CLASS_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.layouts.placement import Layout
    from imnet_data.layouts.recognise import Reading
    from imnet_data.splits import Split
    from imnet_data.taxonomy.graph import Graph

# The class lists of the releases whose classes are published; others are not judged.
_PUBLISHED = {ILSVRC2012: "ilsvrc2012", "fall11": "imagenet21k-fall11"}


class LayoutMaker:
    """Makes layouts; one for a whole indexing run."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def published(self, release: str) -> frozenset[int] | None:
        """The synset ids of a release's published classes, or None where they are not known."""
        if release not in _PUBLISHED:
            return None
        return frozenset(class_list(_PUBLISHED[release]).ids.tolist())

    def make(
        self, reading: Reading, own: Callable[[str], int], *, forced_split: Split | None
    ) -> Layout:
        """The layout of a reading; `own` gives a user's own class its id, made where it is new."""
        if reading.layout == CLASS_FOLDERS:
            return ClassFoldersLayout(
                reading.release,
                reading.split,
                depth=reading.depth,
                has_splits=reading.has_splits,
                is_noun=self._graph.__contains__,
                by_name=self._by_class_index if _is_v2(reading) else self._by_name,
                own=own,
                forced_split=forced_split,
            )
        return ImageNetLayout(
            reading.release,
            reading.split,
            is_noun=self._graph.__contains__,
            validation=self._validation,
            published=self.published(reading.release),
            forced_split=forced_split,
        )

    def _by_name(self, name: str) -> int | None:
        """The synset of a full synset name; a bare word is nobody's name here."""
        try:
            return self._graph.by_name(name)
        except UnknownName:
            return None

    def _by_class_index(self, name: str) -> int | None:
        """The synset of an ImageNet-V2 folder, whose name is a class index."""
        if name.isascii() and name.isdigit() and int(name) < len(self._ilsvrc2012):
            return self._ilsvrc2012[int(name)]
        return self._by_name(name)

    @cached_property
    def _ilsvrc2012(self) -> list[int]:
        """The 1000 classes as synset ids, in the order of class indices."""
        ids: list[int] = class_list(ILSVRC2012).ids.tolist()
        return ids

    @cached_property
    def _validation(self) -> list[int]:
        """The class of each validation image, as a synset id."""
        return [self._ilsvrc2012[index] for index in validation_labels().tolist()]


def _is_v2(reading: Reading) -> bool:
    """Whether its folders are class indices, as ImageNet-V2's are; its text order is not theirs."""
    return reading.release.startswith("imagenetv2")
