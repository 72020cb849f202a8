"""Shards and tables of images, where a name or a number beside each picture says its class.

ImageNet's own name, wherever it stands, gives the key and the class as it does in ImageNet's tars,
and is what the number is then checked against; a number alone means nothing without its order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.archives.members import Said
from imnet_data.archives.samples import is_side
from imnet_data.layouts.image_names import ILSVRC2012, read_name
from imnet_data.layouts.imagenet import ImageNetLayout, folder_wnid
from imnet_data.layouts.placement import UNLABELLED, LabelNotes, Placed
from imnet_data.splits import Split
from imnet_data.wnid import to_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imnet_data.archives.members import Run
    from imnet_data.layouts.label_orders import LabelOrder

_NOTHING = Said()


class SamplesLayout(ImageNetLayout):
    """Images of WebDataset shards and of Hugging Face's Parquet files.

    `stem` is the file's name without its ending: images that bear no name of their own are called
    by it and by their member (with `by_row`, their row). `order` is what the label numbers mean,
    None where that is not known; `own` gives a user's own class its id, made where it is new.
    """

    def __init__(
        self,
        release: str,
        split: Split,
        *,
        is_noun: Callable[[int], bool],
        validation: Sequence[int],
        stem: str,
        by_row: bool,
        order: LabelOrder | None,
        own: Callable[[str], int],
        published: frozenset[int] | None = None,
        forced_split: Split | None = None,
    ) -> None:
        super().__init__(
            release,
            split,
            is_noun=is_noun,
            validation=validation,
            published=published,
            forced_split=forced_split,
        )
        if release == ILSVRC2012 and forced_split is None:
            # Whatever shard a picture is in: what is named by class is of the train split.
            self._class_split = Split.TRAIN
        self._stem = stem
        self._by_row = by_row
        self._order = order
        self._own = own
        self.notes.labels = self._labels = LabelNotes(order.name if order else None)

    def reads(self, base: str) -> bool:
        """Whether a member says something of the image beside it."""
        return is_side(base)

    def place(self, run: Run) -> Iterator[Placed]:
        """The run's images with their class, split and key."""
        group: Placed | None = None
        said = run.said or [_NOTHING] * len(run.names)
        numbered = zip(run.names, run.offsets, run.sizes, said, strict=True)
        for base, offset, size, told in numbered:
            synset, split, number, name = self._place_sample(run.directory, base, offset, told)
            if group is None or (group.synset, group.split) != (synset, split):
                if group is not None:
                    self._check(group)
                    yield group
                names: list[str] = []
                bases: list[str] = []
                group = Placed(run.directory, synset, split, [], names, bases, [], [])
            group.numbers.append(number)
            names.append(name)
            bases.append(base)
            group.offsets.append(offset)
            group.sizes.append(size)
        if group is not None:
            self._check(group)
            yield group

    def _place_sample(
        self, directory: str, base: str, offset: int, told: Said
    ) -> tuple[int, Split, int, str]:
        """Class, split, number and stored name of one image."""
        folder, _, named = (told.name or base).replace("\\", "/").rpartition("/")
        parsed = read_name(named)
        if parsed is None and told.name:
            parsed = read_name(base)
        if parsed is not None:
            placed = self._place_named(parsed, None)
            if placed[0] != UNLABELLED:
                self._compare(placed[0], told, parsed.stem)
            return placed
        synset = self._class_of(folder or directory, told)
        if folder:
            wnid = folder_wnid(folder)
            return synset, self._split, 0, f"{wnid or folder.strip('/')}/{named}"
        inside = f"{directory}/{base}" if directory else base
        return synset, self._split, 0, f"{self._stem}/{offset if self._by_row else inside}"

    def _class_of(self, folder: str, told: Said) -> int:
        """The class of an image whose own name says none: its folder's, else what is said."""
        wnid = folder_wnid(folder) or told.wnid
        if wnid is None:
            return self._numbered(told.label)
        synset = self._noun(wnid)
        if synset != UNLABELLED:
            self._compare(synset, told, told.name or self._stem)
        return synset

    def _numbered(self, label: int | None) -> int:
        """The class of a label number, where the order is known."""
        if label is None or label < 0:  # -1 is Hugging Face's word for no label
            return UNLABELLED
        order = self._order
        if order is None:
            self._labels.without_order += 1
            return UNLABELLED
        if label >= len(order.ids):
            self._labels.beyond += 1
            return UNLABELLED
        own = order.own[label] if order.own else None
        return order.ids[label] if own is None else self._own(own)

    def _compare(self, synset: int, told: Said, name: str) -> None:
        """Count an image whose label is of another class than its name."""
        said = [] if told.wnid is None else [to_id(told.wnid)]
        order, label = self._order, told.label
        if order is not None and label is not None and 0 <= label < len(order.ids):
            said.append(order.ids[label])
        other = next((one for one in said if one not in (UNLABELLED, synset)), None)
        if other is not None:
            self._labels.disagreeing += 1
            if self._labels.example is None:
                self._labels.example = (name, synset, other)
