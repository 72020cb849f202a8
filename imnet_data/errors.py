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
    ├── FetchError
    │   ├── UnknownPublished     no registered release or part of that name (also ValueError)
    │   ├── NoAddress            it is registered, and nobody publishes it any more
    │   ├── AddressRefused       an address that nothing is fetched from as it stands
    │   ├── RegistryRefused      the user's own registry file does not read
    │   ├── LoginNeeded          the source wants a login, and none is set, or it was refused
    │   │   └── GatedDataset     a hub's dataset whose terms are to be accepted first
    │   ├── CredentialsRefused   a login is set that cannot be used as it stands
    │   ├── SourceError          a source that does not give what was asked of it
    │   │   ├── SourceFailed     it does not answer, or answers with an error, again and again
    │   │   ├── NotTheFile       something else came, such as a page to log in on
    │   │   ├── RangeRefused     it did not give the part of the file that was asked for
    │   │   ├── RemoteChanged    the file there is another one than when it was begun
    │   │   └── LinkExpired      the address worked, and does no longer
    │   ├── WrongChecksum        it came whole, and is not what was published
    │   ├── NotTarOfTars         its classes cannot be fetched by themselves
    │   ├── ClassesNotThere      none of the classes asked for is in it
    │   ├── PartTaken            another process fetches the same file
    │   ├── PartUnknown          a file of that name is there, and we did not begin it
    │   └── NotWritten           what came cannot be written
    │       └── DiskFull         there is no room for it, or no leave to take it
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


# -- fetching


class FetchError(ImnetDataError):
    """Something that cannot be fetched, or not as it stands."""


class UnknownPublished(FetchError, ValueError):
    """The registry has nothing of this name; `known` are those that it has."""

    def __init__(self, name: str, *, kind: str, known: Sequence[str]) -> None:
        self.name = name
        self.kind = kind
        self.known = tuple(known)
        super().__init__(f"there is no {kind} {name!r}; there are {', '.join(self.known)}")


class NoAddress(FetchError):
    """It is registered without an address: nobody is known to publish it."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no address is known for {name}: it is no longer published")


class AddressRefused(FetchError, ValueError):
    """An address that nothing is fetched from as it stands; `reason` says why."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(f"nothing is fetched from {address}: {reason}")


class RegistryRefused(FetchError):
    """The user's own registry file at `path` does not read."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"the registry file {path} cannot be used: {reason}")


class LoginNeeded(FetchError):
    """A source wants a login; `given` says whether one was sent, and refused.

    `page` is where its terms are accepted, None where it is not known; `setting` what to set where
    the login is not one of ours, such as a store's own keys.
    """

    def __init__(
        self,
        host: str,
        *,
        page: str | None = None,
        given: bool = False,
        setting: str | None = None,
    ) -> None:
        self.host = host
        self.page = page
        self.given = given
        self.setting = setting
        refused = "did not take the login that is set" if given else "wants a login"
        where = f"; its terms are accepted at {page}" if page else ""
        super().__init__(f"{host} {refused}{where}")


class GatedDataset(LoginNeeded):
    """A hub's dataset, `name`, that goes to those alone who accepted its terms at `page`."""

    def __init__(self, name: str, *, page: str, given: bool) -> None:
        super().__init__(name, page=page, given=given, setting="HF_TOKEN=…")
        self.name = name
        then = (
            "with the account whose token is set (HF_TOKEN)"
            if given
            else "then set HF_TOKEN to an access token of the account that did"
        )
        self.args = (f"{name} is given to those who accept its terms: do so at {page}, {then}",)


class CredentialsRefused(FetchError):
    """A login, from `origin`, that cannot be used as it stands; `fix` is a command that helps."""

    def __init__(self, origin: str, reason: str, *, fix: str | None = None) -> None:
        self.origin = origin
        self.reason = reason
        self.fix = fix
        super().__init__(f"{origin} is not used: {reason}")


class SourceError(FetchError):
    """A source that does not give what was asked of it; `url` is without what is secret in it."""

    def __init__(self, url: str, sentence: str) -> None:
        self.url = url
        super().__init__(sentence)


class SourceFailed(SourceError):
    """It does not answer, or answers with an error; `status` is HTTP's, None without an answer."""

    def __init__(
        self, url: str, reason: str, *, status: int | None = None, tries: int | None = None
    ) -> None:
        self.reason = reason
        self.status = status
        self.tries = tries
        often = f", {tries} times in a row" if tries is not None and tries > 1 else ""
        super().__init__(url, f"{url} cannot be fetched: {reason}{often}")


class NotTheFile(SourceError):
    """Something else came in its place, as `what` says; `title` is the page's own, where known."""

    def __init__(self, url: str, what: str, *, title: str | None = None) -> None:
        self.what = what
        self.title = title
        named = f", titled {title!r}" if title else ""
        super().__init__(url, f"{url} gives {what}{named}, and not the file")


class RangeRefused(SourceError):
    """It did not give the part of the file that was asked for."""

    def __init__(self, url: str, reason: str) -> None:
        self.reason = reason
        super().__init__(url, f"{url} does not give the part that was asked for: {reason}")


class RemoteChanged(SourceError):
    """The file there is another one than when it was begun: `what` was `before`, is `now`."""

    def __init__(self, url: str, *, what: str, before: object, now: object) -> None:
        self.what = what
        self.before = before
        self.now = now
        super().__init__(
            url, f"{url} has changed since its download began: its {what} was {before}, is {now}"
        )


class LinkExpired(SourceError):
    """The address worked when the download began, and does no longer."""

    def __init__(self, url: str, *, status: int) -> None:
        self.status = status
        super().__init__(url, f"the link to {url} has expired, or is withdrawn (HTTP {status})")


class WrongChecksum(FetchError):
    """It came whole and is not what was published; what came is kept at `path`."""

    def __init__(self, path: str, *, algorithm: str, expected: str, found: str) -> None:
        self.path = path
        self.algorithm = algorithm
        self.expected = expected
        self.found = found
        super().__init__(
            f"what came is not what was published: the {algorithm} of {path} is {found}, "
            f"and should be {expected}"
        )


class NotTarOfTars(FetchError):
    """Classes were asked for of a file that is no tar of class tars."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"the classes in {url} cannot be fetched by themselves: {reason}")


class ClassesNotThere(FetchError):
    """None of the classes of `expression` is in what was to be fetched, which `where` names."""

    def __init__(self, expression: str, where: str) -> None:
        self.expression = expression
        self.where = where
        super().__init__(f"{where} has no class of {expression!r}")


class PartTaken(FetchError):
    """Another process fetches the same file; `holder` says which."""

    def __init__(self, path: str, *, holder: str) -> None:
        self.path = path
        self.holder = holder
        super().__init__(f"{path} is being fetched by {holder}")


class PartUnknown(FetchError):
    """A file is at `path` that this download did not make, and would write over."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} is there already, and {reason}")


class NotWritten(FetchError):
    """What came cannot be written at `path`, or read again."""

    def __init__(self, path: str, reason: str, *, doing: str = "written") -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} cannot be {doing}: {reason}")


class DiskFull(NotWritten):
    """There is no room at `path` for the `needed` bytes still to come, or no leave to take it."""

    def __init__(self, path: str, *, needed: int, reason: str) -> None:
        self.needed = needed
        super().__init__(path, f"{reason}; {needed:,} bytes are still to come")


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
