"""Images with their place: class, split, key, and where the bytes lie.

The layouts make them out of runs of members; indexing hands them to the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imnet_data import wnid
from imnet_data.layouts.image_names import rebuilt_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.archives.members import Fault, Run
    from imnet_data.archives.texts import Text
    from imnet_data.splits import Split

# The synset id of an image whose class cannot be told; no WordNet synset has this offset.
UNLABELLED = 0


@dataclass(slots=True)
class Placed:
    """Images of one folder that share a class and a split; the lists run in parallel.

    `names` is None where every name is rebuilt from its number, and holds '' in the single places
    where it is. `tail` is what follows the name in every base name where that is the same text.
    """

    directory: str
    synset: int
    split: Split
    numbers: list[int]
    names: list[str] | None
    bases: Sequence[str]
    offsets: list[int]
    sizes: list[int]
    tail: str | None = None


@dataclass(slots=True)
class LabelNotes:
    """How the label numbers of shards were read, and how many images they did not go with.

    `order` names what the numbers were taken to count, None where that is not known: then
    `without_order` counts the images that have a number and nothing else. `beyond`: the number is
    none of that order. `disagreeing`: it, or the wnid beside it, is of another class than the
    image's name; `example` is the first such name, and the synset ids that name and label say.
    """

    order: str | None = None
    without_order: int = 0
    beyond: int = 0
    disagreeing: int = 0
    example: tuple[str, int, int] | None = None


@dataclass(slots=True)
class Notes:
    """What a layout met that its user should hear of, as counts of images.

    `mislaid`: in the folder of another class than the one published for their name.
    `unknown`: under a wnid that is no noun of WordNet 3.0, by wnid.
    `foreign`: of a class that their release does not publish.

    Of others: `agreeing` validation labels of a devkit that are the packaged ones, and `numbered`
    classes of one's own whose name could be a class index.
    """

    mislaid: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    foreign: int = 0
    agreeing: int = 0
    numbered: int = 0
    labels: LabelNotes | None = None


class Layout:
    """One way of laying images out: it gives each run of images its place."""

    notes: Notes
    learns = False
    """Whether labels hang on side files, so that they are read before any image."""
    faults: Sequence[Fault] = ()
    """What is wrong with the side files that were learnt from."""

    def needs(self, base: str) -> bool:  # noqa: ARG002 - for layouts that need any
        """Whether labels hang on the side file of a base name."""
        return False

    def learn(self, text: Text) -> None:
        """Take in a side file that is needed, wherever it lies in the archive."""

    def reads(self, base: str) -> bool:  # noqa: ARG002 - for layouts that read any
        """Whether the layout reads the side file of a base name, such as an XML of boxes."""
        return False

    def place(self, run: Run) -> Iterator[Placed]:
        """The run's images with their class, split and key; every one of them, in order."""
        raise NotImplementedError


class MemberTemplate:
    """How an archive's member paths follow from class and name, so that they need not be stored.

    >>> template = MemberTemplate.of("n01440764.tar/n01440764_7.JPEG", "n01440764", "n01440764_7")
    >>> template.text, template.rebuild("n01443537", "n01443537_12")
    ('{wnid}.tar/{name}.JPEG', 'n01443537.tar/n01443537_12.JPEG')
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def of(cls, path: str, class_wnid: str, name: str) -> MemberTemplate:
        """The template that one image of an archive shows."""
        if "{" in path:
            return cls("")
        # The last occurrence alone: a folder may bear this one image's name, and others lie in it.
        before, found, after = path.rpartition(name) if name else ("", "", path)
        text = f"{before}{{name}}{after}" if found else path
        return cls(text.replace(class_wnid, "{wnid}") if class_wnid else text)

    def rebuild(self, class_wnid: str, name: str) -> str:
        """The member path of an image of this class and name."""
        return self.text.replace("{wnid}", class_wnid).replace("{name}", name)

    def members(self, placed: Placed, release: str) -> list[str | None] | None:
        """The member paths that the template does not give, None where it does; None for none."""
        class_wnid = class_wnid_of(placed.synset)
        head = f"{placed.directory}/" if placed.directory else ""
        if placed.tail is not None and placed.names is None:
            name = rebuilt_name(release, placed.split, placed.synset, placed.numbers[0])
            if self.rebuild(class_wnid, name) == head + placed.bases[0]:
                return None
        members: list[str | None] = []
        for at, base in enumerate(placed.bases):
            path = head + base
            rebuilt = self.rebuild(class_wnid, name_at(placed, at, release))
            members.append(None if rebuilt == path else path)
        return members if any(members) else None


def name_at(placed: Placed, at: int, release: str) -> str:
    """The name of one of the images, stored or rebuilt."""
    if placed.names is not None and placed.names[at]:
        return placed.names[at]
    return rebuilt_name(release, placed.split, placed.synset, placed.numbers[at])


def class_wnid_of(synset_id: int) -> str:
    """The wnid of a class as text, '' for a user's own class and for none."""
    return wnid.from_id(synset_id) if 0 < synset_id < wnid.FIRST_OWN_ID else ""
