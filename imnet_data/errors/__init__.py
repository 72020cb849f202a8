"""Every error that imnet-data raises, with the facts a caller needs as attributes.

A module a stage; advice on what to type next is the command line's (cli/main.py).

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
    ├── WorkersDie               the processes that are to do the work cannot begin it
    ├── NeedsExtra               an optional package is not installed
    └── DemoError                the demo's folder holds something else
"""

from __future__ import annotations

from imnet_data.errors.archives import (
    ArchiveChanged,
    ArchiveError,
    ArchiveMissing,
    ArchiveTaken,
    DamagedMember,
    NotAnArchive,
    SeekIndexMissing,
    UnknownArchive,
)
from imnet_data.errors.catalogue import (
    CatalogueBusy,
    CatalogueError,
    CatalogueFailed,
    CatalogueReadOnly,
    CatalogueTooNew,
    CatalogueTooOld,
    NoCatalogue,
    NotACatalogue,
)
from imnet_data.errors.fetching import (
    AddressRefused,
    ClassesNotThere,
    CredentialsRefused,
    DiskFull,
    FetchError,
    GatedDataset,
    LinkExpired,
    LoginNeeded,
    NoAddress,
    NotTarOfTars,
    NotTheFile,
    NotWritten,
    PartTaken,
    PartUnknown,
    RangeRefused,
    RegistryRefused,
    RemoteChanged,
    SourceError,
    SourceFailed,
    UnknownPublished,
    WrongChecksum,
)
from imnet_data.errors.other import (
    DemoError,
    NeedsExtra,
)
from imnet_data.errors.queries import (
    AmbiguousImage,
    AmbiguousRelease,
    QueryError,
    UnknownImage,
    UnknownRelease,
)
from imnet_data.errors.root import ImnetDataError
from imnet_data.errors.taxonomy import (
    BadClassName,
    ClassCycle,
    ClassInUse,
    ClassTaken,
    ExpressionError,
    LabelError,
    OwnClassError,
    TaxonomyError,
    UnknownName,
)
from imnet_data.errors.words import (
    NoInformationContent,
    NoWordNet,
    WordNetError,
    WordNetNotFetched,
    WordNetRefused,
)
from imnet_data.errors.work import (
    WorkersDie,
)

__all__ = [
    "AddressRefused",
    "AmbiguousImage",
    "AmbiguousRelease",
    "ArchiveChanged",
    "ArchiveError",
    "ArchiveMissing",
    "ArchiveTaken",
    "BadClassName",
    "CatalogueBusy",
    "CatalogueError",
    "CatalogueFailed",
    "CatalogueReadOnly",
    "CatalogueTooNew",
    "CatalogueTooOld",
    "ClassCycle",
    "ClassInUse",
    "ClassTaken",
    "ClassesNotThere",
    "CredentialsRefused",
    "DamagedMember",
    "DemoError",
    "DiskFull",
    "ExpressionError",
    "FetchError",
    "GatedDataset",
    "ImnetDataError",
    "LabelError",
    "LinkExpired",
    "LoginNeeded",
    "NeedsExtra",
    "NoAddress",
    "NoCatalogue",
    "NoInformationContent",
    "NoWordNet",
    "NotACatalogue",
    "NotAnArchive",
    "NotTarOfTars",
    "NotTheFile",
    "NotWritten",
    "OwnClassError",
    "PartTaken",
    "PartUnknown",
    "QueryError",
    "RangeRefused",
    "RegistryRefused",
    "RemoteChanged",
    "SeekIndexMissing",
    "SourceError",
    "SourceFailed",
    "TaxonomyError",
    "UnknownArchive",
    "UnknownImage",
    "UnknownName",
    "UnknownPublished",
    "UnknownRelease",
    "WordNetError",
    "WordNetNotFetched",
    "WordNetRefused",
    "WorkersDie",
    "WrongChecksum",
]
