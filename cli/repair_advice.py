"""What to type next where an archive could not be mended: one line a kind of error."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from imnet_data import errors
from imnet_data.cli.fetch_advice import advice_on_fetch

if TYPE_CHECKING:
    from imnet_data.cli.session import Session


def advice_on_repair(  # noqa: PLR0911 - a table
    error: errors.RepairError | errors.FetchError, session: Session
) -> str | None:
    """A command, or a few words with one, that helps after a repair failed."""
    match error:
        case errors.FetchError():
            return _on_a_fetch(error, session)
        case errors.NoSource(path=path):
            return (
                f"{session.line('repair', path, '--source')} URL, with the address of the same file"
            )
        case errors.FolderUnmendable(path=path):
            return f"{session.line('index', path)}, once its broken files are replaced by hand"
        case errors.OnlyPart():
            return "the fetch that brought it once more: it looks at what is there, and mends it"
        case errors.AsFetched():
            return "nothing needs to be done: subsets and shards leave its broken images out"
        case errors.ArchiveReadOnly():
            return "the same command where it can be written, as a user who may"
        case errors.WhereUnknown(source=source, path=path) if "compressed" not in str(error):
            deeper = f"{session.line('verify', '--level', 'decode')}, which finds broken images"
            return f"{deeper}; where there are none: {_anew(source, path, session)}"
    return _anew(error.source, error.path, session)


def _on_a_fetch(error: errors.FetchError, session: Session) -> str | None:
    match error:
        case errors.DiskFull(path=path):
            more = session.line("doctor", os.path.dirname(path))
            return f"the same command once there is room; {more} says more"
        case errors.LinkExpired() | errors.SourceFailed(status=404 | 410):
            return "the same command with --source URL, a fresh address of the same file"
        case errors.PartUnknown(path=path):
            return f"the same command once {shlex.quote(path)} is moved away"
        case errors.NotWritten():
            return "the same command where it can be written, as a user who may"
    return advice_on_fetch(error, session)


def _anew(source: str | None, path: str, session: Session) -> str:
    """The command that fetches an archive whole, in the place of the one that is there."""
    if source is None:
        return f"{session.line('fetch')} URL --to {shlex.quote(os.path.dirname(path))} --restart"
    return session.line("fetch", source, "--to", os.path.dirname(path), "--restart")
