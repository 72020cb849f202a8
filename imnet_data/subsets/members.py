"""Which images a recipe takes in a catalogue: streamed in the order of keys, a class at a time.

What is left out of them afterwards is exclusions.py's, what they are used for subset.py's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from imnet_data.db import selects
from imnet_data.db import subsets as stored
from imnet_data.db.engine import reading
from imnet_data.storage import storage_errors
from imnet_data.subsets import draw
from imnet_data.subsets.holdout import Sides, same_bytes
from imnet_data.subsets.names import names_in_group
from imnet_data.subsets.stretch import Stretch
from imnet_data.verification.inspected import Inspected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from imnet_data.db.engine import Connection, Storage
    from imnet_data.db.groups import Group
    from imnet_data.splits import Split
    from imnet_data.subsets.frame import Frame, Held


class _Ranked(NamedTuple):
    """Images by id with their ranks, two arrays that run in parallel."""

    ids: npt.NDArray[np.int64]
    ranks: npt.NDArray[np.uint64]


class Members:
    """The images that a recipe takes, drawn and dealt out to parts, before exclusions.

    They are those of the classes and splits that the catalogue had when this was made. Memory:
    16 bytes an image of the largest class while it is drawn from, and the rows of some thousands
    at a time.
    """

    def __init__(self, storage: Storage, frame: Frame) -> None:
        self.frame = frame
        self._storage = storage
        self._recipe = frame.recipe
        self._is_drawn = self._recipe.per_class is not None or self._recipe.fraction is not None
        self._by_class: defaultdict[tuple[int, Split], list[Held]] = defaultdict(list)
        self._by_group: dict[Group, Held] = {}
        for held in frame.held():
            self._by_class[held.label, held.split].append(held)
            self._by_group[held.group] = held
        self._highest: dict[tuple[int, Split], int] = {}
        self._last_ranked: tuple[Group, _Ranked] | None = None
        self._dealer: Sides | None = None

    def stretches(self, part: str | None = None) -> Iterator[Stretch]:
        """The images of a part, or of all, in the order of keys: class, split, number, name.

        Where a class is dealt out to two parts, they take turns every some thousands.
        """
        for together in self.together(part):
            yield from together

    def together(self, part: str | None = None) -> Iterator[list[Stretch]]:
        """The same, with stretches of several parts that lie among one another in one list."""
        with storage_errors(), reading(self._storage) as connection:
            for held in self._by_group.values():
                if part not in (None, *self.frame.parts_of(held.split)):
                    continue
                for rows in self._rows(connection, held):
                    dealt = self._dealt(connection, held, rows)
                    yield [one for one in dealt if len(one) and part in (None, one.part)]

    def count(self, part: str | None = None) -> int:
        """How many these are; no row is read unless it hangs on names."""
        if self.frame.listed is None and self._recipe.holdout is None:
            return self._wanted_in(part)
        return self._counted.total() if part is None else self._counted[part]

    @cached_property
    def _counted(self) -> Counter[str]:
        """The images of every part, gone through once: a holdout's parts lie among one another."""
        counted: Counter[str] = Counter()
        for stretch in self.stretches():
            counted[stretch.part] += len(stretch)
        return counted

    @property
    def count_at_most(self) -> int:
        """How many they would be if the recipe's list of images had all of them."""
        return self._wanted_in(None)

    def keys_if_drawn(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]]
    ) -> list[bytes | None]:
        """The keys of those image rows, of any classes, that are among these; None for others."""
        found: list[bytes | None] = []
        for row in rows:
            held = self._by_group.get(stored.group_of(row))
            keys = () if held is None else self._drawn(connection, held, [row]).keys
            found.append(keys[0] if keys else None)
        return found

    def among(self, ids: Sequence[int]) -> Iterator[Stretch]:
        """Those of some images, by id, that are among these: a stretch each."""
        with storage_errors(), reading(self._storage) as connection:
            for rows in selects.rows_by_id(connection, ids):
                for row in rows:
                    held = self._by_group.get(stored.group_of(row))
                    dealt = () if held is None else self._dealt(connection, held, [row])
                    yield from filter(len, dealt)

    @property
    def same_bytes(self) -> int:
        """Images that a holdout keeps together with others of their bytes; known when dealt."""
        return 0 if self._dealer is None else self._dealer.same_bytes

    # -- how

    def _rows(self, connection: Connection, held: Held) -> Iterator[Sequence[tuple[Any, ...]]]:
        """A group's rows, those that are not drawn left out where that saves reading them."""
        if not self._is_drawn:
            return selects.group_rows(connection, held.group)
        highest = self._highest_of(connection, held)
        # A class is one group mostly, and then its ranks were found only now.
        last = self._last_ranked
        ranked = last[1] if last and last[0] == held.group else self._ranked(connection, held)
        return selects.rows_by_id(
            connection, ranked.ids[draw.up_to(ranked.ranks, highest)].tolist()
        )

    def _dealt(
        self, connection: Connection, held: Held, rows: Sequence[tuple[Any, ...]]
    ) -> Sequence[Stretch]:
        """Those of a group's rows that are drawn, dealt out to their parts."""
        stretch = self._drawn(connection, held, rows)
        if len(self.frame.parts_of(held.split)) == 1:
            return [stretch]
        return self._sides(connection).deal(stretch)

    def _drawn(
        self, connection: Connection, held: Held, rows: Sequence[tuple[Any, ...]]
    ) -> Stretch:
        """Those of a group's rows that are drawn."""
        part, *_ = self.frame.parts_of(held.split)
        names = self._names(held, [(row[4], row[9]) for row in rows])
        keys = draw.keys_of(self.frame.release, held.split.label, names)
        stretch = Stretch(held.label, part, held.group, rows, names, keys)
        if self.frame.listed is not None:
            stretch = stretch.take(self.frame.listed.has(names))
        if self._is_drawn:
            ranks = draw.ranks(stretch.keys, seed=self._recipe.seed)
            stretch = stretch.take(draw.up_to(ranks, self._highest_of(connection, held)))
        return stretch

    def _highest_of(self, connection: Connection, wanted: Held) -> int:
        """The highest rank that is drawn of a class in a split, which may be several groups."""
        at = (wanted.label, wanted.split)
        if at not in self._highest:
            found = [self._ranked(connection, held).ranks for held in self._by_class[at]]
            self._highest[at] = draw.highest_drawn(found, self._wanted(sum(map(len, found))))
        return self._highest[at]

    def _ranked(self, connection: Connection, held: Held) -> _Ranked:
        """The images of a group that may be drawn, in the order of keys."""
        ids, ranks = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
        for rows in stored.group_keys(connection, held.group):
            names = self._names(held, [row[1:] for row in rows])
            some = np.array([row[0] for row in rows], np.int64)
            if self.frame.listed is not None:
                chosen = np.flatnonzero(self.frame.listed.has(names))
                some, names = some[chosen], [names[at] for at in chosen.tolist()]
            keys = draw.keys_of(self.frame.release, held.split.label, names)
            ids.append(some)
            ranks.append(draw.ranks(keys, seed=self._recipe.seed))
        found = _Ranked(np.concatenate(ids), np.concatenate(ranks))
        self._last_ranked = (held.group, found)
        return found

    def _names(self, held: Held, numbered: Sequence[tuple[int, str]]) -> list[str]:
        return names_in_group(self.frame.release, held.split, held.group.synset, numbered)

    def _wanted(self, images: int) -> int:
        return draw.wanted(images, per_class=self._recipe.per_class, fraction=self._recipe.fraction)

    def _wanted_in(self, part: str | None) -> int:
        return sum(
            self._wanted(sum(one.images for one in held))
            for (_, split), held in self._by_class.items()
            if part in (None, *self.frame.parts_of(split))
        )

    def _sides(self, connection: Connection) -> Sides:
        """What a holdout deals by; looked up once."""
        if self._dealer is None:
            assert self._recipe.holdout is not None
            same = same_bytes(connection, self, Inspected(self._storage))
            self._dealer = Sides(self._recipe.holdout, seed=self._recipe.seed, same=same)
        return self._dealer
