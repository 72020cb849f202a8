"""A synset as people use it: its words, its place in WordNet, and its images in a catalogue.

The graph itself is taxonomy/'s; this binds it to one catalogue's counts and own classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from imnet_data import wnid as wnids
from imnet_data.errors import TaxonomyError
from imnet_data.splits import Split
from imnet_data.words import glosses

if TYPE_CHECKING:
    from imnet_data.query import ImageQuery
    from imnet_data.scope import Scope
    from imnet_data.words.similarity import InformationContent, Measure


class SplitCount(NamedTuple):
    """Images of a class in one release and split: its `own`, and `in_all` with those below it."""

    release: str
    split: str
    own: int
    in_all: int


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
        """Its definition, where there is a WordNet 3.0; else None, as for an own class."""
        return None if self.is_own else glosses.gloss(self.id)

    @property
    def examples(self) -> tuple[str, ...]:
        """Its example sentences, where there is a WordNet 3.0 that gives some."""
        return () if self.is_own else glosses.examples(self.id)

    @property
    def nltk(self) -> Any:
        """The same as nltk's Synset, for what only nltk knows: meronyms, derivations, verbs.

        The first one takes two to six seconds, as nltk reads the whole of WordNet.

        Raises:
            NoWordNet: there is no WordNet 3.0, or none that is whole.
            TaxonomyError: it is an own class.
        """
        from imnet_data.words.nltk_data import nltk_synset  # noqa: PLC0415 - seldom needed

        self._are_nouns(self)
        return nltk_synset(self.id)

    @property
    def lexname(self) -> str | None:
        """The lexicographer's file, as in `noun.animal`; None for an own class."""
        return None if self.is_own else self._scope.graph.lexname(self.id)

    # -- its place

    @property
    def parents(self) -> tuple[Synset, ...]:
        """What it is a kind or an instance of: its hypernyms, both kinds."""
        return tuple(map(self._other, self._scope.resolver.parents(self.id)))

    @property
    def children(self) -> tuple[Synset, ...]:
        """Its kinds and instances: hyponyms, then the own classes that hang here."""
        return tuple(map(self._other, self._scope.resolver.children(self.id)))

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
            TaxonomyError: one of the two is an own class.
        """
        self._are_nouns(self, other)
        found = self._scope.graph.lowest_common_hypernyms(self.id, other.id)
        return tuple(map(self._other, found))

    def similarity(
        self,
        other: Synset,
        *,
        measure: Measure = "path",
        ic: InformationContent | str | None = None,
    ) -> float:
        """How alike two synsets are, figure for figure as in nltk; the more, the more alike.

        Args:
            other: the synset beside which this one is put.
            measure: `path` (1 / (1 + steps of the shortest way)), `lch` (Leacock-Chodorow), `wup`
                (Wu-Palmer); or, over an information content, `res` (Resnik), `lin` (Lin), `jcn`
                (Jiang-Conrath).
            ic: a file of nltk's wordnet_ic, as in `ic-brown.dat`, or a content as nltk reads one.

        Raises:
            TaxonomyError: one of the two is an own class.
            NoInformationContent: there is no such file.
            ValueError: there is no such measure, or it wants an `ic` and is given none.
        """
        from imnet_data.words import similarity  # noqa: PLC0415 - only where it is asked for

        self._are_nouns(self, other)
        graph = self._scope.graph
        if measure not in similarity.MEASURES:
            raise ValueError(f"no measure {measure!r}: it is {', '.join(similarity.MEASURES)}")
        if measure not in similarity.BY_CONTENT:
            return similarity.by_graph(measure, graph, self.id, other.id)
        if ic is None:
            raise ValueError(f"{measure} wants an information content, as in ic='ic-brown.dat'")
        if isinstance(ic, str):
            from imnet_data.words.information import information_content  # noqa: PLC0415 - nltk

            ic = information_content(ic)
        return similarity.by_content(measure, graph, self.id, other.id, ic)

    # -- its images

    @property
    def own_images(self) -> int:
        """Images of exactly this class, over all releases and splits."""
        return self._scope.own_images(self.id)

    @property
    def subtree_images(self) -> int:
        """Images of this class and all below; none twice, however many ways lead there."""
        return self._scope.subtree_images(self.id)

    @property
    def counts(self) -> list[SplitCount]:
        """Images a release and split, of those that have any at or under this class."""
        tally = self._scope.tally
        mask = tally.mask(self._scope.resolver.at_or_under(self.id), split=None, release_id=None)
        counted: dict[tuple[str, int], list[int]] = {}
        columns = (tally.release_ids, tally.splits, tally.synsets, tally.images)
        rows = zip(*(column[mask].tolist() for column in columns), strict=True)
        for release, split, synset, images in rows:
            sums = counted.setdefault((tally.releases[release], split), [0, 0])
            sums[0] += images if synset == self.id else 0
            sums[1] += images
        return [
            SplitCount(release, Split(split).label, *sums)
            for (release, split), sums in sorted(counted.items())
        ]

    @property
    def class_lists(self) -> dict[str, int]:
        """Its position, from 0, in each packaged class list that has it.

        >>> from imnet_data import wordnet
        >>> wordnet.synset("tench").class_lists["imagenette"]
        0
        """
        from imnet_data.facts.class_lists import class_list, names  # noqa: PLC0415 - 0.1 s once

        wnid = self.wnid or ""
        lists = map(class_list, names())
        return {listed.name: listed.index(wnid) for listed in lists if wnid in listed}

    def images(
        self, *, split: str | None = None, release: str | None = None, below: bool = True
    ) -> ImageQuery:
        """The images of this class and all below it, as `catalogue.images()` gives them.

        Without `below`, those of exactly this class.
        """
        return self._scope.images_of(self, split=split, release=release, below=below)

    def _other(self, synset_id: int) -> Synset:
        return Synset(synset_id, self._scope)

    @staticmethod
    def _are_nouns(*synsets: Synset) -> None:
        for synset in synsets:
            if synset.is_own:
                raise TaxonomyError(f"{synset.name} is an own class, and has no place among nouns")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled, it is a synset without a catalogue: it must not take the whole graph along."""
        from imnet_data import wordnet  # noqa: PLC0415 - wordnet.py makes synsets

        return wordnet.synset_of, (self.id, self.name[4:] if self.is_own else None)

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
