"""Making the layout that an archive was recognised as, with what it has to know of classes."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from imnet_data.archives.containers import open_scan
from imnet_data.archives.kinds import PARQUET, stem_of
from imnet_data.archives.members import is_image
from imnet_data.archives.texts import Text, pieces
from imnet_data.errors import UnknownName
from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.validation import validation_labels
from imnet_data.indexing.label_files import LabelFiles
from imnet_data.layouts import layout_names as known
from imnet_data.layouts.boxes import BoxesLayout
from imnet_data.layouts.class_folders import ClassFoldersLayout, is_index
from imnet_data.layouts.devkit import DevkitLayout
from imnet_data.layouts.image_names import ILSVRC2012
from imnet_data.layouts.imagenet import ImageNetLayout
from imnet_data.layouts.samples import SamplesLayout
from imnet_data.layouts.tiny_imagenet import TinyImageNetLayout
from imnet_data.splits import Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.indexing.discover import Source
    from imnet_data.layouts.placement import Layout
    from imnet_data.layouts.recognise import Reading
    from imnet_data.taxonomy.graph import Graph

# The class lists of the releases whose classes are published; others are not judged.
_PUBLISHED = {ILSVRC2012: "ilsvrc2012", "fall11": "imagenet21k-fall11"}


class LayoutMaker:
    """Makes layouts; one for a whole indexing run.

    `labels` is what the user said of label numbers: a packaged list's name, or a file's path.
    """

    def __init__(self, graph: Graph, labels: str | None = None) -> None:
        self._graph = graph
        self._label_files = LabelFiles(graph, labels)

    def published(self, release: str) -> frozenset[int] | None:
        """The synset ids of a release's published classes, or None where they are not known."""
        if release not in _PUBLISHED:
            return None
        return frozenset(class_list(_PUBLISHED[release]).ids.tolist())

    def maker(
        self, reading: Reading, source: Source, *, forced_split: Split | None
    ) -> Callable[[Callable[[str], int]], Layout]:
        """Makes the layout of a reading, each time anew, knowing what the side files say.

        They are read once, and before any image, wherever in the archive they lie.
        """
        texts: list[Text] | None = None

        def made(own: Callable[[str], int]) -> Layout:
            nonlocal texts
            layout = self.make(reading, own, forced_split=forced_split, source=source)
            if texts is None:
                texts = list(_needed(layout, source))
            for text in texts:
                layout.learn(text)
            return layout

        return made

    def make(
        self,
        reading: Reading,
        own: Callable[[str], int],
        *,
        forced_split: Split | None,
        source: Source | None = None,
    ) -> Layout:
        """The layout of a reading; `own` gives a user's own class its id, made where it is new.

        Beside `source`, where it is given, lies what label numbers mean.
        """
        if reading.layout in known.SHARDS:
            return self._samples(reading, own, forced_split, source)
        if reading.layout in (known.CLASS_FOLDERS, known.CLASS_INDICES):
            return self._class_folders(reading, own, forced_split)
        if reading.layout == known.TINY_IMAGENET:
            return TinyImageNetLayout(
                reading.split, is_noun=self._graph.__contains__, forced_split=forced_split
            )
        if reading.layout == known.DEVKIT:
            return self._devkit()
        images = self._imagenet(reading, forced_split)
        holds_boxes = reading.layout in (known.KAGGLE, known.BOXES)
        return BoxesLayout(images) if holds_boxes else images

    def _class_folders(
        self, reading: Reading, own: Callable[[str], int], forced_split: Split | None
    ) -> ClassFoldersLayout:
        by_index = reading.layout == known.CLASS_INDICES
        return ClassFoldersLayout(
            reading.release,
            reading.split,
            depth=reading.depth,
            has_splits=reading.has_splits,
            is_noun=self._graph.__contains__,
            by_name=self._by_class_index if by_index else self._by_name,
            own=own,
            forced_split=forced_split,
        )

    def _imagenet(self, reading: Reading, forced_split: Split | None) -> ImageNetLayout:
        return ImageNetLayout(
            reading.release,
            reading.split,
            is_noun=self._graph.__contains__,
            validation=self._validation,
            published=self.published(reading.release),
            forced_split=forced_split,
        )

    def _samples(
        self,
        reading: Reading,
        own: Callable[[str], int],
        forced_split: Split | None,
        source: Source | None,
    ) -> SamplesLayout:
        split = reading.split
        if source is not None and split is Split.NONE:
            split = self._label_files.split(source) or split
        return SamplesLayout(
            reading.release,
            split,
            is_noun=self._graph.__contains__,
            validation=self._validation,
            stem=stem_of(os.path.basename(source.path)) if source else "",
            by_row=source is not None and source.kind == PARQUET,
            order=self._label_files.order(source, reading) if source else None,
            own=own,
            published=self.published(reading.release),
            forced_split=forced_split,
        )

    def _devkit(self) -> DevkitLayout:
        indices = {one: held.class_index for one, held in ilsvrc.by_ilsvrc2012_id().items()}
        return DevkitLayout(
            labels=validation_labels().tolist(),
            indices=indices,
            wnids=class_list(ILSVRC2012).wnids,
        )

    def _by_name(self, name: str) -> int | None:
        """The synset of a full synset name; a bare word is nobody's name here."""
        try:
            return self._graph.by_name(name)
        except UnknownName:
            return None

    def _by_class_index(self, name: str) -> int | None:
        """The synset of a folder whose name is a class index, as ImageNet-V2's are."""
        if is_index(name):
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


def _needed(layout: Layout, source: Source) -> Iterator[Text]:
    """The side files of an archive that a layout's labels hang on."""
    if not layout.learns:
        return
    with open_scan(
        source.path, source.kind, wanted=lambda base: is_image(base) or layout.needs(base)
    ) as scan:
        for part in pieces(scan):
            if isinstance(part, Text):
                yield part
