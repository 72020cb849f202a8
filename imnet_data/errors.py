"""Every error that imnet-data raises, with the facts a caller needs as attributes.

Not the place for advice on what to type next: that is the command line's (cli/main.py).

    ImnetDataError
    ├── TaxonomyError (also ValueError)
    │   ├── UnknownName          no synset, lemma, class list or class of that name
    │   ├── ExpressionError      a class expression that does not parse, with the place
    │   └── OwnClassError        a class of one's own that cannot be made, hung or removed
    │       ├── BadClassName     a name that no class of one's own can have
    │       ├── ClassTaken       a class of that name is there already
    │       ├── ClassCycle       it would lie under itself
    │       └── ClassInUse       it has images, or classes under it
    ├── LabelError (also ValueError)   a class number outside its order, a class that is not in it
    ├── CatalogueError
    │   ├── NoCatalogue          no catalogue at this path
    │   ├── NotACatalogue        a file, but not a catalogue of ours
    │   ├── CatalogueTooNew      written by a later version of imnet-data
    │   ├── CatalogueTooOld      needs an upgrade that this account cannot write
    │   ├── CatalogueReadOnly    a change was asked of a catalogue that can only be read
    │   ├── CatalogueBusy        another process is writing
    │   └── CatalogueFailed      the database itself failed: disk full, damaged file
    ├── ArchiveError
    │   ├── ArchiveMissing       the path does not exist
    │   ├── NotAnArchive         a file of a kind that cannot be indexed
    │   ├── ArchiveChanged       the bytes are no longer what the catalogue says
    │   ├── DamagedMember        the data of one member does not decode
    │   ├── SeekIndexMissing     what a compressed tar is read with is not there
    │   ├── ArchiveTaken         the path is another archive's in the catalogue already
    │   └── UnknownArchive       no archive of that path in the catalogue
    ├── QueryError (also ValueError)
    │   ├── AmbiguousRelease     several releases hold what was asked for
    │   ├── UnknownRelease       no release of that name in the catalogue
    │   ├── UnknownImage         no image of that name
    │   └── AmbiguousImage       several images of that name
    ├── WordNetError
    │   ├── NoWordNet            no WordNet 3.0 was found
    │   ├── NoInformationContent no such file of nltk's wordnet_ic
    │   ├── WordNetRefused       what was to be installed is no whole WordNet 3.0
    │   └── WordNetNotFetched    nltk's downloader failed
    ├── NeedsExtra               an optional package is not installed
    └── DemoError                the demo's folder holds something else
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ImnetDataError(Exception):
    """The root: `except ImnetDataError` catches whatever this package raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as it is: a worker's error would else be made anew from its sentence alone."""
        return _as_it_was, (type(self), self.args), self.__dict__


def _as_it_was(kind: type[ImnetDataError], args: tuple[object, ...]) -> ImnetDataError:
    error = kind.__new__(kind)
    error.args = args
    return error


# -- names, expressions, labels


class TaxonomyError(ImnetDataError, ValueError):
    """A name or an expression that the taxonomy cannot answer."""


class UnknownName(TaxonomyError):
    """No synset, lemma, class list or own class has this name."""

    def __init__(
        self,
        name: str,
        *,
        kind: str = "synset or word",
        close: Sequence[str] = (),
        known: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.kind = kind
        self.close = tuple(close)
        self.known = tuple(known)
        hint = f"; did you mean {_either(self.close)}?" if self.close else ""
        held = f"; known: {', '.join(self.known)}" if self.known else ""
        super().__init__(f"no {kind} is called {name!r}{hint}{held}")


class ExpressionError(TaxonomyError):
    """A class expression that does not parse; `position` counts characters from 0."""

    def __init__(self, reason: str, *, expression: str, position: int) -> None:
        self.reason = reason
        self.expression = expression
        self.position = position
        super().__init__(f"{reason}\n  {expression}\n  {' ' * position}^")


class OwnClassError(TaxonomyError):
    """A class of one's own that cannot be made, hung or removed; `name` is without `own:`."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        super().__init__(sentence)


class BadClassName(OwnClassError):
    """A name that no class of one's own can have."""

    def __init__(self, name: str, reason: str) -> None:
        self.reason = reason
        super().__init__(name, f"no class of your own can be called {name!r}: {reason}")


class ClassTaken(OwnClassError):
    """A class is there already whose name, `existing`, is the same but for case and spaces."""

    def __init__(self, name: str, *, existing: str) -> None:
        self.existing = existing
        apart = "" if name == existing else f", and {name!r} differs in case or spaces alone"
        super().__init__(name, f"there is a class own:{existing} already{apart}")


class ClassCycle(OwnClassError):
    """It would lie under itself: `chain` leads from its new parent up to it."""

    def __init__(self, name: str, *, chain: Sequence[str]) -> None:
        self.chain = tuple(chain)
        above = " under ".join(f"own:{link}" for link in self.chain)
        reason = f", which is below it: {above}" if len(self.chain) > 1 else " itself"
        under = f" own:{self.chain[0]}" if len(self.chain) > 1 else ""
        super().__init__(name, f"own:{name} cannot hang under{under}{reason}")


class ClassInUse(OwnClassError):
    """It cannot be removed: it has `images`, or the own classes `below` hang under it."""

    def __init__(self, name: str, *, images: int, below: Sequence[str]) -> None:
        self.images = images
        self.below = tuple(below)
        held = [f"{images:,} image{'' if images == 1 else 's'}"] if images else []
        if below:
            held.append(f"{', '.join(f'own:{one}' for one in self.below)} under it")
        super().__init__(name, f"own:{name} is not removed: it has {' and '.join(held)}")


class LabelError(ImnetDataError, ValueError):
    """A class number outside its order, or a class that is not in it."""


# -- the catalogue


class CatalogueError(ImnetDataError):
    """A catalogue that cannot be opened, read or written; `location` is its path or URL."""

    def __init__(self, location: str, sentence: str) -> None:
        self.location = location
        super().__init__(sentence)


class NoCatalogue(CatalogueError):
    """There is no catalogue at this path."""

    def __init__(self, location: str) -> None:
        super().__init__(location, f"there is no catalogue at {location}")


class NotACatalogue(CatalogueError):
    """The file is something else."""

    def __init__(self, location: str, reason: str) -> None:
        self.reason = reason
        super().__init__(location, f"{location} is not an imnet-data catalogue: {reason}")


class CatalogueTooNew(CatalogueError):
    """The catalogue was written by a later version of imnet-data."""

    def __init__(self, location: str, *, schema: str, known: str) -> None:
        self.schema = schema
        self.known = known
        super().__init__(
            location,
            f"{location} was written by a newer imnet-data "
            f"(schema {schema}; this one knows up to {known})",
        )


class CatalogueTooOld(CatalogueError):
    """The catalogue needs an upgrade, and it cannot be written from here."""

    def __init__(self, location: str, *, schema: str, known: str) -> None:
        self.schema = schema
        self.known = known
        super().__init__(
            location,
            f"{location} has the older schema {schema} and cannot be upgraded to {known} "
            "because it cannot be written from this account",
        )


class CatalogueReadOnly(CatalogueError):
    """A change was asked of a catalogue that can only be read."""

    def __init__(self, location: str) -> None:
        super().__init__(location, f"{location} can only be read from this account")


class CatalogueBusy(CatalogueError):
    """Another process is writing; `holder` says which."""

    def __init__(self, location: str, *, holder: str) -> None:
        self.holder = holder
        super().__init__(location, f"{location} is being written by {holder}")


class CatalogueFailed(CatalogueError):
    """The database itself failed, with its own words in `reason`."""

    def __init__(self, location: str, reason: str) -> None:
        self.reason = reason
        super().__init__(location, f"{location}: {reason}")


# -- archives


class ArchiveError(ImnetDataError):
    """An archive that cannot be read; `path` is where it was looked for."""

    def __init__(self, path: str, sentence: str) -> None:
        self.path = path
        super().__init__(sentence)


class ArchiveMissing(ArchiveError):
    """The path does not exist."""

    def __init__(self, path: str) -> None:
        super().__init__(path, f"{path} does not exist")


class NotAnArchive(ArchiveError):
    """A file of a kind that cannot be indexed."""

    def __init__(self, path: str, reason: str) -> None:
        self.reason = reason
        super().__init__(path, f"{path} is no archive that can be indexed: {reason}")


class ArchiveChanged(ArchiveError):
    """The bytes are no longer what the catalogue says."""

    def __init__(self, path: str, reason: str) -> None:
        self.reason = reason
        super().__init__(path, f"{path} has changed since it was indexed: {reason}")


class DamagedMember(ArchiveError):
    """The data of one member, an image's most often, does not decode; the others may be well."""

    def __init__(self, path: str, member: str, reason: str) -> None:
        self.member = member
        self.reason = reason
        super().__init__(path, f"the data of {member} in {path} is damaged: {reason}")


class SeekIndexMissing(ArchiveError):
    """What a compressed tar is read with, written when it was indexed, is not there, or damaged."""

    def __init__(self, path: str, reason: str) -> None:
        self.reason = reason
        super().__init__(path, f"{path} cannot be read without its seek index: {reason}")


class ArchiveTaken(ArchiveError):
    """The path is another archive's in the catalogue already; `old` is the one it was meant for."""

    def __init__(self, path: str, *, old: str) -> None:
        self.old = old
        super().__init__(path, f"{path} is an archive of its own in the catalogue already")


class UnknownArchive(ArchiveError):
    """The catalogue has no archive of that path."""

    def __init__(self, path: str) -> None:
        super().__init__(path, f"the catalogue has no archive {path}")


# -- queries


class QueryError(ImnetDataError, ValueError):
    """A query that cannot be answered as it stands."""


class AmbiguousRelease(QueryError):
    """Several releases hold what was asked for; `images` maps each to its number of images."""

    def __init__(self, images: Mapping[str, int]) -> None:
        self.images = dict(images)
        held = ", ".join(f"{name} ({n:,})" for name, n in self.images.items())
        super().__init__(f"several releases hold such images: {held}")


class UnknownRelease(QueryError):
    """The catalogue has no release of that name."""

    def __init__(self, name: str, *, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        held = f"it has {', '.join(self.known)}" if self.known else "it is empty"
        super().__init__(f"the catalogue has no release {name!r}; {held}")


class UnknownImage(QueryError):
    """No image of that name is in the catalogue."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the catalogue has no image called {name!r}")


class AmbiguousImage(QueryError):
    """Several images have that name; `found` lists where, as `release/split`."""

    def __init__(self, name: str, *, found: Sequence[str]) -> None:
        self.name = name
        self.found = tuple(found)
        super().__init__(f"several images are called {name!r}: in {', '.join(self.found)}")


# -- WordNet's words


class WordNetError(ImnetDataError):
    """WordNet's own files are not there, or not as they must be."""


class NoWordNet(WordNetError):
    """No WordNet 3.0 was found; `others` are sentences on what was found in its place."""

    def __init__(self, others: Sequence[str] = ()) -> None:
        self.others = tuple(others)
        found = f": {'; '.join(self.others)}" if self.others else ""
        super().__init__(f"no WordNet 3.0 was found{found}")


class NoInformationContent(WordNetError):
    """No file of that name is in nltk's wordnet_ic; `known` are those that are."""

    def __init__(self, name: str, *, known: Sequence[str] = ()) -> None:
        self.name = name
        self.known = tuple(known)
        held = f"; known: {', '.join(self.known)}" if self.known else ""
        super().__init__(f"no information content is called {name!r}{held}")


class WordNetRefused(WordNetError):
    """What was to be installed from `source` is not what it must be."""

    def __init__(self, source: str, reason: str) -> None:
        self.source = source
        self.reason = reason
        super().__init__(f"nothing is installed from {source}: {reason}")


class WordNetNotFetched(WordNetError):
    """nltk's downloader failed, with its own words in `reason`."""

    def __init__(self, package: str, reason: str) -> None:
        self.package = package
        self.reason = reason
        super().__init__(f"{package} could not be fetched: {reason}")


# -- everything else


class NeedsExtra(ImnetDataError):
    """A package of one of imnet-data's extras is not installed."""

    def __init__(self, package: str, *, extra: str, purpose: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(f"{purpose} needs {package}: pip install 'imnet-data[{extra}]'")


class DemoError(ImnetDataError):
    """A demo that cannot be written into a folder, because of what `reason` says is there."""

    def __init__(self, folder: str, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(f"no demo is written to {folder}: {reason}")


def _either(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} or {names[-1]}"
