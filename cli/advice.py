"""What to type next after an error of the library: one command a kind of error."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from imnet_data import errors
from imnet_data.cli import preprocess_advice
from imnet_data.cli.catalogue_advice import advice_on_catalogue
from imnet_data.cli.cluster_advice import advice_on_a_cluster
from imnet_data.cli.fetch_advice import advice_on_fetch
from imnet_data.cli.repair_advice import advice_on_repair
from imnet_data.cli.scoring_advice import advice_on_scoring
from imnet_data.cli.shard_advice import advice_on_shards
from imnet_data.cli.subset_advice import advice_on_subsets

if TYPE_CHECKING:
    from imnet_data.cli.session import Session
    from imnet_data.errors import ImnetDataError


def exit_code_of(error: ImnetDataError) -> int:
    """2 for what is wrong however things stand, 1 for what is not there or not well."""
    unreadable = isinstance(
        error, errors.ExpressionError | errors.BadClassName | errors.AddressRefused
    )
    unreadable |= isinstance(error, errors.RecipeError) and error.key is not None
    return 2 if unreadable and not isinstance(error.__cause__, errors.UnknownName) else 1


def advice_on(  # noqa: C901, PLR0911, PLR0912 - a table
    error: ImnetDataError, session: Session, command: str
) -> str | None:
    """A command, or a few words with one, that helps after an error; `command` is what failed."""
    if isinstance(error, errors.RecipeError) and isinstance(error.__cause__, errors.TaxonomyError):
        error = error.__cause__
    if isinstance(error, errors.TaxonomyError):
        return _on_a_name(error, session)
    if isinstance(error, errors.CatalogueError):
        return advice_on_catalogue(error, session)
    if isinstance(error, errors.ClusterError):
        return advice_on_a_cluster(error, command)
    if isinstance(error, errors.TensorError) or (
        command in preprocess_advice.COMMANDS and isinstance(error, errors.ShardError)
    ):
        return preprocess_advice.advice_on_tensors(error, session, command)
    if isinstance(error, errors.ShardError) or (
        command == "shard" and isinstance(error, errors.DamagedMember)
    ):
        return advice_on_shards(error, session)
    if isinstance(error, errors.ArchiveError):
        return _on_an_archive(error, session, command)
    if isinstance(error, errors.SubsetError):
        return advice_on_subsets(error, session)
    if isinstance(error, errors.QueryError):
        return _on_a_query(error, session, command)
    if isinstance(error, errors.WordNetError):
        return _on_wordnet(error)
    if isinstance(error, errors.RepairError) or (
        command == "repair" and isinstance(error, errors.FetchError)
    ):
        return advice_on_repair(error, session)
    if isinstance(error, errors.ScoringError):
        return advice_on_scoring(error, session)
    if isinstance(error, errors.NotVerified):
        return session.line("verify", "--level", error.level)
    if isinstance(error, errors.FetchError):
        return advice_on_fetch(error, session)
    if isinstance(error, errors.StoreError):
        return _on_a_store(error)
    return "imnet-data demo ANOTHER-FOLDER" if isinstance(error, errors.DemoError) else None


def _on_a_name(error: errors.TaxonomyError, session: Session) -> str | None:
    if isinstance(error, errors.OwnClassError):
        return _on_an_own_class(error, session)
    unknown = error.__cause__ if isinstance(error, errors.ExpressionError) else error
    if not isinstance(unknown, errors.UnknownName):
        return "imnet-data images --help, which shows how classes are written"
    if "class list" in unknown.kind:
        return "imnet-data classes, which names the packaged lists"
    if "of your own" in unknown.kind:
        return session.line("classes", "list")
    word = unknown.name.partition(".n.")[0].removeprefix("own:")
    best = unknown.close[0].partition(".n.")[0] if unknown.close else word
    return session.line("search", best)


def _on_an_own_class(error: errors.OwnClassError, session: Session) -> str | None:
    match error:
        case errors.ClassTaken():
            return session.line("classes", "list")
        case errors.ClassCycle(chain=chain):
            return session.line("classes", "parent", chain[0], "none")
        case errors.ClassInUse(images=0, below=below):
            return session.line("classes", "parent", below[0], "none")
        case errors.ClassInUse():
            return f"{session.line('archives', 'remove')} PATH, of the archive that holds them"
    return "imnet-data classes add --help, which says what a name may be"


def _on_an_archive(error: errors.ArchiveError, session: Session, command: str) -> str | None:
    path = shlex.quote(error.path)
    match error:
        case errors.ArchiveTaken(old=old):
            remove = session.line("archives", "remove", shlex.quote(old))
            return f"{remove}; its images move to their other copies"
        case errors.ArchiveMissing() if command not in ("index", "archives"):
            return f"{session.line('archives', 'relocate')} OLD NEW, if it was moved"
        case errors.ArchiveChanged() | errors.SeekIndexMissing():
            return f"{session.line('index')} {path}"
        case errors.DamagedMember() if error.path.endswith(".zip"):
            return f"unzip -tq {path}, which tells whether more of it is damaged"
        case errors.UnknownArchive():
            return session.line("archives", "list")
    return None


def _on_a_store(error: errors.StoreError) -> str | None:
    match error:
        case errors.StoreFailed(passing=False, tries=1):
            return "the same command, once its address and its settings are right"
        case errors.StoreFailed() | errors.ObjectChanged():
            return "the same command when it answers again, which goes on from there"
    return None


def _on_a_query(error: errors.QueryError, session: Session, command: str) -> str | None:
    match error:
        case errors.AmbiguousRelease(images=images):
            most = max(images, key=lambda name: images[name])
            one = f"the same with --release {shlex.quote(most)}"
            # A subset has images of one release.
            return one if command == "subset" else f"{one}, or --release '*' for all of them"
        case errors.AmbiguousImage(found=found):
            release, _, split = found[0].rpartition("/")
            return f"the same with --release {shlex.quote(release)} --split {split}"
        case errors.UnknownRelease():
            return session.line("stats")
        case errors.UnknownImage() if command != "images":
            return session.line("images", "--limit", "5")
    return None


def _on_wordnet(error: errors.WordNetError) -> str:
    match error:
        case errors.NoInformationContent(known=known):
            return f"--ic {shlex.quote(known[0])}" if known else "imnet-data wordnet install --ic"
        case errors.NoWordNet():
            return "imnet-data wordnet install"
    return (
        "imnet-data wordnet install --from PATH, with WordNet 3.0 from "
        "https://wordnet.princeton.edu/download, or: apt install wordnet-base"
    )
