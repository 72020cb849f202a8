"""What to type next after an error of writing or checking shards."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from imnet_data import errors

if TYPE_CHECKING:
    from imnet_data.cli.session import Session

_ELSEWHERE: Final = "the same with --to ANOTHER-FOLDER"
_AGAIN: Final = "the same command once that is mended, which goes on from there"
_ADVICE: Final[dict[type[errors.ShardError], str]] = {
    errors.ShardsDiffer: _ELSEWHERE,
    errors.FolderInUse: _ELSEWHERE,
    errors.ShardsTaken: "the same command when that is done",
    errors.NoRoomForShards: _AGAIN,
    errors.ShardNotWritten: _AGAIN,
    errors.ShardLost: "the same command with fewer --workers, which goes on from there",
    errors.ShardsUnfinished: "the command that wrote them once more, which goes on from there",
    errors.ManifestUnreadable: "the command that wrote them, with --to ANOTHER-FOLDER",
}


def advice_on_shards(  # noqa: PLR0911 - a table
    error: errors.ShardError | errors.DamagedMember, session: Session
) -> str | None:
    """A command, or a few words with one."""
    match error:
        case errors.ShardsTaken(holder=str()):
            return "the same command when that is done, or 15 minutes after it was last heard of"
        case errors.NoShards(folder=folder):
            return f"{session.line('shard')} SUBSET --to {shlex.quote(folder)}"
        case errors.UnknownPart(known=[first, *_]):
            return f"the same with --part {shlex.quote(first)}"
        case errors.ShardOptionError():
            return "imnet-data shard --help"
        case errors.NothingToShard():
            return session.line("subset", "list")
        case errors.DamagedMember():
            found = session.line("verify", "--level", "digest")
            return f"{found}, and then the same command: what is broken is left out"
    return _ADVICE.get(type(error))
