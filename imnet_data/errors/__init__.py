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
    │   ├── CatalogueTaken       one is to be copied to where something is
    │   ├── CopyDiffers          what was copied is not what came there
    │   ├── CatalogueFailed      the database itself failed: a damaged file, a server's fault
    │   │   └── CatalogueFull    there is no room left where it lies
    │   ├── BadCatalogueAddress  a URL that names no catalogue (also ValueError)
    │   └── ServerError          a server that does not serve its catalogue
    │       ├── ServerUnreachable    nothing answers at its address
    │       ├── ServerLoginRefused   it does not let this account in
    │       ├── NoDatabase           it has no such database, or no such schema in it
    │       ├── RightsMissing        the role may not do this
    │       ├── ConnectionLost       the connection broke while it was used
    │       └── StatementCancelled   it ended a statement
    ├── ArchiveError
    │   ├── ArchiveMissing       the path does not exist
    │   ├── NotAnArchive         a file of a kind that cannot be indexed
    │   ├── ArchiveChanged       the bytes are no longer what the catalogue says
    │   │   └── ArchiveReplaced      another object came into its place while it was read
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
    ├── SubsetError (also ValueError)
    │   ├── RecipeError          a recipe's key or value that is none
    │   ├── UnknownSubset        no subset of that name
    │   ├── SubsetTaken          a subset of that name is there already
    │   ├── ImageListError       a file that was to list images, and does not
    │   └── LockError            a lock that does not read
    │       └── NotLocked        no lock is kept of a built-in subset
    ├── RepairError              an archive that cannot be mended
    │   ├── NoSource             nothing tells where it was fetched from
    │   ├── FolderUnmendable     it is a folder, whose files came from no one place
    │   ├── OnlyPart             only some of it was fetched: fetching looks after it
    │   ├── WhereUnknown         nothing tells which of its bytes are wrong
    │   ├── AsFetched            its source has the very same bytes
    │   ├── NoRanges             its source gives whole files alone
    │   ├── SourceDiffers        its source has another file by now
    │   ├── StillWrong           with what was fetched again it would not be right either
    │   └── ArchiveReadOnly      it cannot be written here
    ├── StoreError               something about an object store
    │   ├── StoreRefused         an address that no store is known for (also ValueError)
    │   ├── ObjectMissing        nothing is there (also FileNotFoundError)
    │   ├── ObjectThere          something is, that was to be made new (also FileExistsError)
    │   ├── ObjectChanged        another is there than the one that was opened (also OSError)
    │   └── StoreFailed          it does not answer, or answers with an error (also OSError)
    ├── VerificationError
    │   └── NotVerified          no image was looked at so deep as a question needs
    ├── ShardError
    │   ├── ShardOptionError     options that no shards can be written with (also ValueError)
    │   ├── UnknownPart          a part that the subset has not got (also ValueError)
    │   ├── NothingToShard       no image is among what was to be written
    │   ├── NameTwice            two images of a part have the same name
    │   └── ShardFolderError
    │       ├── NoShards         no set of shards is in the folder
    │       ├── ManifestUnreadable   the manifest there does not read
    │       ├── ShardsUnfinished the shards there were begun and not finished
    │       ├── ShardsDiffer     other shards are there, or were begun
    │       ├── FolderInUse      files are there that are no shards of ours
    │       ├── ShardsTaken      another process writes there
    │       ├── ShardNotWritten  a file cannot be written
    │       ├── NoRoomForShards  the disk has not the room
    │       └── ShardLost        the process that wrote a shard went down over it
    ├── TensorError
    │   ├── TensorOptionError    options that no tensors can be made with (also ValueError)
    │   ├── PlanError            a plan for tensors that cannot be used
    │   │   ├── NoPlan           no plan is in the folder
    │   │   ├── PlanUnreadable   the plan there does not read, or is not whole
    │   │   ├── PlanDiffers      another plan is there
    │   │   ├── PlanNeedsArchives    archives that it names are not there
    │   │   └── PlanArchiveAmbiguous several files may be one of them
    │   ├── DevicesDiffer        GPUs of several kinds, whose bytes would differ
    │   ├── NothingToMeasure     no image of a part could be counted
    │   ├── NoStatistics         the mean of a part was not measured
    │   │   └── StatisticsOutdated   it was, and the part has other images since
    │   ├── PictureRefused       a picture that no tensor is made of
    │   ├── EngineError          what makes tensors cannot, whatever the picture
    │   │   ├── EngineFailed     an engine does not start, or went down
    │   │   ├── NoSuchDevice     a GPU that is not there (also ValueError)
    │   │   └── OracleDisagrees  an engine's picture is another than Pillow's
    │   └── TensorFolderError    a folder of tensors that does not read
    │       ├── NotTensors       the shards there hold no tensors
    │       └── TensorsUnreadable    a file there is not as it was written
    ├── ScoringError
    │   ├── UnknownTruth         nothing to score against has that name (also ValueError)
    │   ├── UnknownOrder         no order of classes has that name (also ValueError)
    │   ├── NoOrderFits          none of the known orders gives more than chance
    │   └── PredictionsError
    │       ├── NotPredictions   a file that reads as no predictions
    │       ├── NoPredictions    it holds none
    │       ├── RowsAtFault      rows with NaN, or with another number of fields
    │       ├── ImagesUnknown    it names images that there are no labels of
    │       ├── ImagesTwice      images with several rows
    │       ├── ImagesMissing    images without a row
    │       ├── ImagesTooMany    rows without names, and not as many as images
    │       ├── UnknownClasses   names of classes that none has, or several
    │       ├── ClassesOutside   class numbers that the order has not got
    │       ├── RestrictionNeedsScores   classes, where only scores tell what is asked for
    │       ├── ComparedInOtherOrder     what is compared with is in another order
    │       └── UnknownWidth     as many scores a row as no known order has
    ├── DatasetError
    │   └── ImageNotRead         an image cannot be read or does not decode, while training
    ├── ClusterError
    │   ├── NoScheduler          nothing answers as a scheduler at an address
    │   ├── SchedulerLost        one that was there answers no more
    │   ├── ClusterNotStarted    a cluster of one's own does not start
    │   ├── NoWorkers            a scheduler without workers, or without one that has a GPU
    │   ├── ClusterDiffers       a worker has another version of something than this process
    │   ├── WorkersSeeNot        a worker does not find what lies at a path here
    │   └── ClusterFailed        a worker cannot even begin
    ├── WorkersDie               the processes that are to do the work cannot begin it
    ├── NeedsExtra               an optional package is not installed
    └── DemoError                the demo's folder holds something else
"""

from __future__ import annotations

from imnet_data.errors.archives import (
    ArchiveChanged,
    ArchiveError,
    ArchiveMissing,
    ArchiveReplaced,
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
    CatalogueFull,
    CatalogueReadOnly,
    CatalogueTooNew,
    CatalogueTooOld,
    NoCatalogue,
    NotACatalogue,
)
from imnet_data.errors.catalogue_server import (
    BadCatalogueAddress,
    ConnectionLost,
    NoDatabase,
    RightsMissing,
    ServerError,
    ServerLoginRefused,
    ServerUnreachable,
    StatementCancelled,
)
from imnet_data.errors.cluster import (
    ClusterDiffers,
    ClusterError,
    ClusterFailed,
    ClusterNotStarted,
    NoScheduler,
    NoWorkers,
    SchedulerLost,
    WorkersSeeNot,
)
from imnet_data.errors.copying import CatalogueTaken, CopyDiffers
from imnet_data.errors.dataset import DatasetError, ImageNotRead
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
from imnet_data.errors.mending import (
    ArchiveReadOnly,
    AsFetched,
    FolderUnmendable,
    NoRanges,
    NoSource,
    OnlyPart,
    RepairError,
    SourceDiffers,
    StillWrong,
    WhereUnknown,
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
from imnet_data.errors.scoring import (
    ClassesOutside,
    ComparedInOtherOrder,
    ImagesMissing,
    ImagesTooMany,
    ImagesTwice,
    ImagesUnknown,
    NoOrderFits,
    NoPredictions,
    NotPredictions,
    PredictionsError,
    RestrictionNeedsScores,
    RowsAtFault,
    ScoringError,
    UnknownClasses,
    UnknownOrder,
    UnknownTruth,
    UnknownWidth,
)
from imnet_data.errors.sharding import (
    FolderInUse,
    ManifestUnreadable,
    NameTwice,
    NoRoomForShards,
    NoShards,
    NothingToShard,
    ShardError,
    ShardFolderError,
    ShardLost,
    ShardNotWritten,
    ShardOptionError,
    ShardsDiffer,
    ShardsTaken,
    ShardsUnfinished,
    UnknownPart,
)
from imnet_data.errors.stores import (
    ObjectChanged,
    ObjectMissing,
    ObjectThere,
    StoreError,
    StoreFailed,
    StoreRefused,
)
from imnet_data.errors.subsets import (
    ImageListError,
    LockError,
    NotLocked,
    RecipeError,
    SubsetError,
    SubsetTaken,
    UnknownSubset,
)
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
from imnet_data.errors.tensors import (
    DevicesDiffer,
    EngineError,
    EngineFailed,
    NoPlan,
    NoStatistics,
    NoSuchDevice,
    NothingToMeasure,
    NotTensors,
    OracleDisagrees,
    PictureRefused,
    PlanArchiveAmbiguous,
    PlanDiffers,
    PlanError,
    PlanNeedsArchives,
    PlanUnreadable,
    StatisticsOutdated,
    TensorError,
    TensorFolderError,
    TensorOptionError,
    TensorsUnreadable,
)
from imnet_data.errors.verification import NotVerified, VerificationError
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
    "ArchiveReadOnly",
    "ArchiveReplaced",
    "ArchiveTaken",
    "AsFetched",
    "BadCatalogueAddress",
    "BadClassName",
    "CatalogueBusy",
    "CatalogueError",
    "CatalogueFailed",
    "CatalogueFull",
    "CatalogueReadOnly",
    "CatalogueTaken",
    "CatalogueTooNew",
    "CatalogueTooOld",
    "ClassCycle",
    "ClassInUse",
    "ClassTaken",
    "ClassesNotThere",
    "ClassesOutside",
    "ClusterDiffers",
    "ClusterError",
    "ClusterFailed",
    "ClusterNotStarted",
    "ComparedInOtherOrder",
    "ConnectionLost",
    "CopyDiffers",
    "CredentialsRefused",
    "DamagedMember",
    "DatasetError",
    "DemoError",
    "DevicesDiffer",
    "DiskFull",
    "EngineError",
    "EngineFailed",
    "ExpressionError",
    "FetchError",
    "FolderInUse",
    "FolderUnmendable",
    "GatedDataset",
    "ImageListError",
    "ImageNotRead",
    "ImagesMissing",
    "ImagesTooMany",
    "ImagesTwice",
    "ImagesUnknown",
    "ImnetDataError",
    "LabelError",
    "LinkExpired",
    "LockError",
    "LoginNeeded",
    "ManifestUnreadable",
    "NameTwice",
    "NeedsExtra",
    "NoAddress",
    "NoCatalogue",
    "NoDatabase",
    "NoInformationContent",
    "NoOrderFits",
    "NoPlan",
    "NoPredictions",
    "NoRanges",
    "NoRoomForShards",
    "NoScheduler",
    "NoShards",
    "NoSource",
    "NoStatistics",
    "NoSuchDevice",
    "NoWordNet",
    "NoWorkers",
    "NotACatalogue",
    "NotAnArchive",
    "NotLocked",
    "NotPredictions",
    "NotTarOfTars",
    "NotTensors",
    "NotTheFile",
    "NotVerified",
    "NotWritten",
    "NothingToMeasure",
    "NothingToShard",
    "ObjectChanged",
    "ObjectMissing",
    "ObjectThere",
    "OnlyPart",
    "OracleDisagrees",
    "OwnClassError",
    "PartTaken",
    "PartUnknown",
    "PictureRefused",
    "PlanArchiveAmbiguous",
    "PlanDiffers",
    "PlanError",
    "PlanNeedsArchives",
    "PlanUnreadable",
    "PredictionsError",
    "QueryError",
    "RangeRefused",
    "RecipeError",
    "RegistryRefused",
    "RemoteChanged",
    "RepairError",
    "RestrictionNeedsScores",
    "RightsMissing",
    "RowsAtFault",
    "SchedulerLost",
    "ScoringError",
    "SeekIndexMissing",
    "ServerError",
    "ServerLoginRefused",
    "ServerUnreachable",
    "ShardError",
    "ShardFolderError",
    "ShardLost",
    "ShardNotWritten",
    "ShardOptionError",
    "ShardsDiffer",
    "ShardsTaken",
    "ShardsUnfinished",
    "SourceDiffers",
    "SourceError",
    "SourceFailed",
    "StatementCancelled",
    "StatisticsOutdated",
    "StillWrong",
    "StoreError",
    "StoreFailed",
    "StoreRefused",
    "SubsetError",
    "SubsetTaken",
    "TaxonomyError",
    "TensorError",
    "TensorFolderError",
    "TensorOptionError",
    "TensorsUnreadable",
    "UnknownArchive",
    "UnknownClasses",
    "UnknownImage",
    "UnknownName",
    "UnknownOrder",
    "UnknownPart",
    "UnknownPublished",
    "UnknownRelease",
    "UnknownSubset",
    "UnknownTruth",
    "UnknownWidth",
    "VerificationError",
    "WhereUnknown",
    "WordNetError",
    "WordNetNotFetched",
    "WordNetRefused",
    "WorkersDie",
    "WorkersSeeNot",
    "WrongChecksum",
]

# In a traceback an error is called by the name that it is imported by.
for _name in __all__:
    globals()[_name].__module__ = __name__
