"""What names and counts mean at this moment: the graph, the own classes, the tally.

Works without a catalogue too: then nothing has images, and WordNet is all there is.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.errors import TaxonomyError, UnknownRelease
from imnet_data.synsets import Synset
from imnet_data.tally import Tally
from imnet_data.taxonomy.evaluation import evaluate
from imnet_data.taxonomy.expression import Chain, Name
from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver
from imnet_data.taxonomy.own import OwnClass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.query import ImageQuery
    from imnet_data.taxonomy.evaluation import ClassSet
    from imnet_data.taxonomy.expression import Node, Operator


class Scope:
    """A resolver and a tally that go together, read again where the catalogue has changed.

    `own` are the own classes that are known where there is no catalogue.
    """

    def __init__(
        self,
        storage: Storage | None,
        images_of: Callable[..., ImageQuery] | None = None,
        *,
        own: Sequence[OwnClass] = (),
    ) -> None:
        self.graph = Graph.load()
        self._storage = storage
        self._images_of = images_of
        self._own = own
        self._tally: Tally | None = None
        self._resolver: Resolver | None = None

    @property
    def tally(self) -> Tally:
        """The counts as they are now, read again where the catalogue has changed."""
        if self._storage is None:
            return self._empty
        # Imported here: WordNet alone is browsed without sqlalchemy, a third of a second.
        from imnet_data.db import selects  # noqa: PLC0415
        from imnet_data.db.engine import reading  # noqa: PLC0415

        with reading(self._storage) as connection:
            changes = selects.changes(connection)
            if self._tally is None or self._tally.changes != changes:
                own = [
                    OwnClass(class_id, name.removeprefix("own:"), parent)
                    for class_id, name, parent in selects.own_classes(connection)
                ]
                self._tally = Tally(
                    selects.counts(connection),
                    releases=selects.releases(connection),
                    own=own,
                    changes=changes,
                )
                self._resolver = None
        return self._tally

    @property
    def resolver(self) -> Resolver:
        """Names, read against WordNet and this catalogue's own classes."""
        tally = self.tally
        if self._resolver is None:
            self._resolver = Resolver(self.graph, tally.own, self._images_at_or_under)
        return self._resolver

    def classes(self, expression: str) -> ClassSet:
        """The classes of an expression.

        Raises:
            ExpressionError, UnknownName: it does not parse, or a name is unknown.
        """
        return evaluate(expression, self.resolver)

    def synset(self, synset_id: int) -> Synset:
        """The synset of an id."""
        return Synset(synset_id, self)

    def named(self, name: str) -> Synset:
        """The synset of a name: a wnid, `dog.n.01`, a word (its first sense), `own:NAME`.

        Raises:
            UnknownName: nothing has that name.
            TaxonomyError: it is a class list's.
        """
        found = self.resolver.resolve(name)
        if found.synset is None:
            raise TaxonomyError(f"{found.name} is a list of classes, where one class is asked for")
        return self.synset(found.synset)

    def release_id(self, name: str) -> int:
        """The id of a release.

        Raises:
            UnknownRelease: the catalogue has none of that name.
        """
        tally = self.tally
        for release_id, known in tally.releases.items():
            if known == name:
                return release_id
        raise UnknownRelease(name, known=sorted(tally.releases.values()))

    def own_images(self, synset_id: int) -> int:
        """Images of exactly one class."""
        return self.tally.images_of(np.array([synset_id], np.int64))

    def subtree_images(self, synset_id: int) -> int:
        """Images at or under a synset."""
        return self.tally.images_of(self.resolver.at_or_under(synset_id))

    def images_of(
        self,
        synset: Synset,
        *,
        split: str | None = None,
        release: str | None = None,
        below: bool = True,
    ) -> ImageQuery:
        """The images at or under a synset, or of exactly that class."""
        if self._images_of is None:
            raise TypeError("there is no catalogue here: open one to ask for images")
        expression: Node = Name(synset.name)
        if not below and (children := synset.children):
            less: list[tuple[Operator, Node]] = [("-", Name(child.name)) for child in children]
            expression = Chain(expression, tuple(less))
        return self._images_of(str(expression), split=split, release=release)

    def _images_at_or_under(self, synset_id: int) -> int:
        assert self._resolver is not None
        return self.tally.images_of(self._resolver.at_or_under(synset_id))

    @cached_property
    def _empty(self) -> Tally:
        return Tally([], releases={}, own=self._own, changes=0)
