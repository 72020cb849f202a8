"""Synsets, expressions and classes of one's own: a part of the catalogue.

The work is scope.py's and own_classes.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data import own_classes
from imnet_data.catalogue.itself import Opened
from imnet_data.db.words import synsets_by_words
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.synsets import Synset
    from imnet_data.taxonomy.evaluation import ClassSet


class ClassesPart(Opened):
    """Synsets by name, and classes of one's own."""

    def __getitem__(self, name: str) -> Synset:
        """The synset of a name: a wnid, `dog.n.01`, a word (its first sense), or `own:NAME`.

        Raises:
            UnknownName: nothing has that name.
        """
        with storage_errors():
            return self.scope.named(name)

    def classes(self, expression: str) -> ClassSet:
        """The classes of an expression such as `dog - hunting_dog` or `@ilsvrc2012 & animal`.

        Raises:
            ExpressionError, UnknownName: it does not parse, or a name is unknown.
        """
        with storage_errors():
            return self.scope.classes(expression)

    def classes_with_words(self, query: str) -> list[Synset]:
        """The classes with images, and those above them, that have these words among theirs.

        In PostgreSQL a word is found in all its forms, and `or`, `-word` and `"two words"` are
        understood; in a file a word is found wherever it stands.
        """
        with self.reading() as connection:
            found = synsets_by_words(connection, query)
        with storage_errors():
            return [self.scope.synset(synset_id) for synset_id in found]

    def own_classes(self) -> list[Synset]:
        """The classes of one's own, by name."""
        with storage_errors():
            held = self.scope.resolver.own.classes.values()
        return [self.scope.synset(own.id) for own in sorted(held, key=lambda own: own.name)]

    def add_class(self, name: str, *, parent: str | Synset | None = None) -> Synset:
        """Make a class of one's own, before or without images of it; `own:` may stand before it.

        Raises:
            BadClassName, ClassTaken: it cannot be called so.
            UnknownName: there is no such parent.
        """
        return self.add_classes([name], parent=parent)[0]

    def add_classes(
        self, names: Sequence[str], *, parent: str | Synset | None = None
    ) -> list[Synset]:
        """Make several classes of one's own under one parent; all of them, or none.

        Raises:
            BadClassName, ClassTaken, UnknownName: as in `add_class()`.
        """
        above = None if parent is None else str(parent)
        with storage_errors():
            made = own_classes.add(self._storage, self.scope, names, parent=above)
        return list(map(self.scope.synset, made))

    def set_parent(self, name: str | Synset, parent: str | Synset | None) -> Synset:
        """Hang a class of one's own, with all below it, under a synset or an own class.

        None hangs it nowhere.

        Raises:
            UnknownName: there is no such class, or no such parent.
            ClassCycle: the parent lies under the class, or is it.
        """
        above = None if parent is None else str(parent)
        with storage_errors():
            return self.scope.synset(own_classes.hang(self._storage, self.scope, str(name), above))

    def remove_class(self, name: str | Synset) -> str:
        """Remove a class of one's own that has neither images nor classes under it.

        Returns what it was called, as in `own:rex`.

        Raises:
            UnknownName: there is no such class.
            ClassInUse: it has images, or classes under it.
        """
        with storage_errors():
            return own_classes.remove(self._storage, self.scope, str(name))

    def releases(self) -> dict[str, int]:
        """Images a release, by name."""
        with storage_errors():
            tally = self.scope.tally
        return tally.by_release(tally.mask(None, split=None, release_id=None))
