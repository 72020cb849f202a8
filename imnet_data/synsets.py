"""A synset as people use it: its words, its place in WordNet, and its images in a catalogue.

The graph itself is taxonomy/'s; this binds it to one catalogue's counts and own classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data import wnid as wnids
from imnet_data.taxonomy import glosses

if TYPE_CHECKING:
    from imnet_data.query import ImageQuery
    from imnet_data.scope import Scope


class Synset:
    """A class: a noun synset of WordNet 3.0, or a user's own class.

    Made by `catalogue["dog.n.01"]`. Two are equal where their id is. An own class has no wnid, and
    its name is `own:NAME`.
    """

    __slots__ = ("_scope", "id")

    def __init__(self, synset_id: int, scope: Scope) -> None:
        self.id = synset_id
        self._scope = scope

    @property
    def is_own(self) -> bool:
        """Whether it is a user's own class."""
        return self.id >= wnids.FIRST_OWN_ID

    @property
    def wnid(self) -> str | None:
        """'n' and the offset in WordNet 3.0, as in `n02084071`; None for an own class."""
        return None if self.is_own else wnids.from_id(self.id)

    @property
    def name(self) -> str:
        """The name as nltk gives it, as in `dog.n.01`, or `own:NAME`."""
        return self._scope.resolver.name(self.id)

    @property
    def lemmas(self) -> tuple[str, ...]:
        """Its words, in WordNet's order and spelling; an own class has its name."""
        return (self.name[4:],) if self.is_own else self._scope.graph.lemmas(self.id)

    @property
    def gloss(self) -> str | None:
        """Its definition, where nltk finds a WordNet 3.0; else None."""
        return None if self.is_own else glosses.gloss(self.id)

    @property
    def lexname(self) -> str | None:
        """The lexicographer's file, as in `noun.animal`; None for an own class."""
        return None if self.is_own else self._scope.graph.lexname(self.id)

    # -- its place

    @property
    def parents(self) -> tuple[Synset, ...]:
        """What it is a kind or an instance of: its hypernyms, both kinds."""
        if self.is_own:
            parent = self._scope.resolver.own.classes[self.id].parent
            return () if parent is None else (self._other(parent),)
        return tuple(map(self._other, self._scope.graph.parents(self.id)))

    @property
    def children(self) -> tuple[Synset, ...]:
        """Its kinds and instances: hyponyms, then the own classes that hang here."""
        own = tuple(
            klass.id
            for klass in self._scope.resolver.own.classes.values()
            if klass.parent == self.id
        )
        nouns = () if self.is_own else self._scope.graph.children(self.id)
        return tuple(map(self._other, nouns + own))

    @property
    def ancestors(self) -> tuple[Synset, ...]:
        """Everything above it, without itself, by id."""
        if self.is_own:
            return tuple(map(self._other, self._scope.resolver.own.ancestors(self.id)))
        return tuple(map(self._other, self._scope.graph.ancestors(self.id).tolist()))

    @property
    def descendants(self) -> tuple[Synset, ...]:
        """Everything below it, without itself, by id; nothing twice."""
        below = self._scope.resolver.at_or_under(self.id).tolist()
        return tuple(self._other(synset) for synset in below if synset != self.id)

    def paths_to_root(self) -> list[tuple[Synset, ...]]:
        """Every way down from the root to it, both ends included."""
        if not self.is_own:
            paths = self._scope.graph.paths_to_root(self.id)
            return [tuple(map(self._other, path)) for path in paths]
        above = [path for parent in self.parents for path in parent.paths_to_root()]
        return [(*path, self) for path in above or [()]]

    @property
    def depth(self) -> int:
        """Steps of the shortest way from the root."""
        return min(len(path) for path in self.paths_to_root()) - 1

    def lowest_common_hypernyms(self, other: Synset) -> tuple[Synset, ...]:
        """The deepest synsets that are at or above both, as nltk gives them.

        Raises:
            ValueError: one of the two is an own class.
        """
        self._both_nouns(other)
        found = self._scope.graph.lowest_common_hypernyms(self.id, other.id)
        return tuple(map(self._other, found))

    def similarity(self, other: Synset) -> float:
        """Path similarity, 1 / (1 + steps of the shortest way between the two), as in nltk.

        Raises:
            ValueError: one of the two is an own class.
        """
        self._both_nouns(other)
        return self._scope.graph.path_similarity(self.id, other.id)

    # -- its images

    @property
    def own_images(self) -> int:
        """Images of exactly this class, over all releases and splits."""
        return self._scope.own_images(self.id)

    @property
    def subtree_images(self) -> int:
        """Images of this class and all below; none twice, however many ways lead there."""
        return self._scope.subtree_images(self.id)

    def images(self, *, split: str | None = None, release: str | None = None) -> ImageQuery:
        """The images of this class and all below it, as `catalogue.images()` gives them."""
        return self._scope.images_of(self, split=split, release=release)

    def _other(self, synset_id: int) -> Synset:
        return Synset(synset_id, self._scope)

    def _both_nouns(self, other: Synset) -> None:
        for synset in (self, other):
            if synset.is_own:
                raise ValueError(f"{synset.name} is an own class, and has no place among nouns")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Synset)
            and other.id == self.id
            and (not self.is_own or other.name == self.name)
        )

    def __hash__(self) -> int:
        return hash(self.id)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Synset {self.name}{'' if self.is_own else f' {self.wnid}'}>"
