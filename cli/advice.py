"""What to type next after an error of the library: one command a kind of error."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from imnet_data import errors

if TYPE_CHECKING:
    from imnet_data.cli.session import Session
    from imnet_data.errors import ImnetDataError


def exit_code_of(error: ImnetDataError) -> int:
    """2 for what is wrong however things stand, 1 for what is not there or not well."""
    unreadable = isinstance(error, errors.ExpressionError)
    return 2 if unreadable and not isinstance(error.__cause__, errors.UnknownName) else 1


def advice_on(error: ImnetDataError, session: Session, command: str) -> str | None:
    """A command, or a few words with one, that helps after an error; `command` is what failed."""
    if isinstance(error, errors.TaxonomyError):
        return _on_a_name(error, session)
    if isinstance(error, errors.CatalogueError):
        return _on_the_catalogue(error, session)
    if isinstance(error, errors.ArchiveError):
        return _on_an_archive(error, session, command)
    if isinstance(error, errors.QueryError):
        return _on_a_query(error, session, command)
    if isinstance(error, errors.DemoError):
        return "imnet-data demo ANOTHER-FOLDER"
    return None


def _on_a_name(error: errors.TaxonomyError, session: Session) -> str | None:
    unknown = error.__cause__ if isinstance(error, errors.ExpressionError) else error
    if not isinstance(unknown, errors.UnknownName):
        return "imnet-data images --help, which shows how classes are written"
    if "class list" in unknown.kind:
        return "imnet-data classes, which names the packaged lists"
    word = unknown.name.partition(".n.")[0].removeprefix("own:")
    best = unknown.close[0].partition(".n.")[0] if unknown.close else word
    return session.line("search", best)


def _on_the_catalogue(error: errors.CatalogueError, session: Session) -> str | None:
    advice = {
        errors.NoCatalogue: f"{session.line('index')} PATH…, which makes one, or -c with its path",
        errors.NotACatalogue: "-c with a catalogue's path, or one where nothing is yet",
        errors.CatalogueTooNew: "pip install --upgrade imnet-data",
        errors.CatalogueTooOld: f"{session.line('stats')}, as a user who may write to it",
        errors.CatalogueReadOnly: "-c with a path in a folder of your own",
        errors.CatalogueBusy: "the same command when that is done",
    }
    return advice.get(type(error))


def _on_an_archive(error: errors.ArchiveError, session: Session, command: str) -> str | None:
    path = shlex.quote(error.path)
    match error:
        case errors.ArchiveTaken(old=old):
            remove = session.line("archives", "remove", shlex.quote(old))
            return f"{remove}; its images move to their other copies"
        case errors.ArchiveMissing() if command not in ("index", "archives"):
            return f"{session.line('archives', 'relocate')} OLD NEW, if it was moved"
        case errors.ArchiveChanged():
            return f"{session.line('index')} {path}"
        case errors.UnknownArchive():
            return session.line("archives", "list")
    return None


def _on_a_query(error: errors.QueryError, session: Session, command: str) -> str | None:
    match error:
        case errors.AmbiguousRelease(images=images):
            most = max(images, key=lambda name: images[name])
            return f"the same with --release {shlex.quote(most)}, or --release '*' for all of them"
        case errors.AmbiguousImage(found=found):
            release, _, split = found[0].rpartition("/")
            return f"the same with --release {shlex.quote(release)} --split {split}"
        case errors.UnknownRelease():
            return session.line("stats")
        case errors.UnknownImage() if command != "images":
            return session.line("images", "--limit", "5")
    return None
