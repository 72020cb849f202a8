"""What the browser knows at one moment: the classes, how they hang, how many images they have.

Read once, in a thread; every key is answered from this, and none asks the database.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from imnet_data.wnid import FIRST_OWN_ID, from_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.catalogue import Catalogue
    from imnet_data.scope import Scope
    from imnet_data.synsets import Synset
    from imnet_data.tally import Counts

ROOT = 1740  # entity.n.01, above every noun

Path = tuple[int, ...]


class World:
    """WordNet, and the catalogue's classes and counts where there is one.

    `is_whole` says whether all is read: a catalogue comes a moment after WordNet.
    """

    def __init__(
        self,
        scope: Scope,
        catalogue: Catalogue | None = None,
        counts: Counts | None = None,
        *,
        is_whole: bool = True,
    ) -> None:
        self.scope = scope
        self.catalogue = catalogue
        self.is_whole = is_whole
        # Kept, because the scope looks for changes in the catalogue whenever it is asked for one.
        self.resolver = scope.resolver
        self.graph = scope.graph
        self._counts = counts

    @property
    def has_images(self) -> bool:
        """Whether there are images to count; without them it is classes that are counted."""
        return self._counts is not None

    @cached_property
    def images(self) -> int:
        """How many images there are, those without a label among them."""
        held = 0 if self._counts is None else sum(map(self.in_all, self.roots))
        return held + self.unlabelled

    @property
    def unlabelled(self) -> int:
        """How many of them have no label, and so stand nowhere in the tree."""
        return 0 if self._counts is None else self._counts.unlabelled

    @cached_property
    def classes(self) -> int:
        """How many classes have images; without a catalogue, how many nouns there are."""
        return len(self.graph) if self._counts is None else self._counts.classes

    # -- one class

    def synset(self, synset: int) -> Synset:
        """A class as the library has it."""
        return self.scope.synset(synset)

    def name(self, synset: int) -> str:
        """`dog.n.01`, or `own:rex`."""
        return self.resolver.name(synset)

    def wnid(self, synset: int) -> str | None:
        """`n02084071`; None for an own class."""
        return None if synset >= FIRST_OWN_ID else from_id(synset)

    def own(self, synset: int) -> int:
        """Images of exactly this class."""
        return 0 if self._counts is None else self._counts.of(synset)

    def in_all(self, synset: int) -> int:
        """Images of this class and all below it; without a catalogue, how many classes."""
        if self._counts is not None:
            return self._counts.at_or_under(synset)
        below = 0 if synset >= FIRST_OWN_ID else len(self.graph.descendants(synset))
        return 1 + below

    # -- how they hang

    @cached_property
    def roots(self) -> tuple[int, ...]:
        """The root of all nouns, and own classes that hang nowhere, by name."""
        return (ROOT, *sorted(self.resolver.own.children(None), key=self.name))

    def parents(self, synset: int) -> tuple[int, ...]:
        """What stands directly above a class."""
        return self.resolver.parents(synset)

    def children(self, synset: int, *, with_images: bool = False) -> list[int]:
        """What stands directly below a class, by name; with images at or under it, if so asked."""
        below = self.resolver.children(synset)
        return sorted(filter(self.in_all, below) if with_images else below, key=self.name)

    def has_children(self, synset: int, *, with_images: bool = False) -> bool:
        """Whether anything stands below it."""
        below = self.resolver.children(synset)
        return any(map(self.in_all, below)) if with_images else bool(below)

    def paths(self, synset: int) -> list[Path]:
        """Every way down to a class from a root, both ends included, the shortest first."""
        if synset < FIRST_OWN_ID:
            found: Sequence[Path] = self.graph.paths_to_root(synset)
        else:
            above = [path for parent in self.parents(synset) for path in self.paths(parent)]
            found = [(*path, synset) for path in above or [()]]
        return sorted(found, key=len)
