"""What archives would be indexed as, and why, without a catalogue: a first look and no more.

The look is identify.py's; indexing takes the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.errors import ArchiveError, StoreFailed
from imnet_data.indexing.discover import Source, discover
from imnet_data.indexing.identify import Asked, identify
from imnet_data.layouts.recognise import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Guess:
    """An archive with what it would be indexed as; `reading` is None where `refusal` says why."""

    path: str
    kind: str
    reading: Reading | None = None
    refusal: str | None = None


def preview(paths: Sequence[str], asked: Asked) -> list[Guess]:
    """What is at the paths, archive by archive in the order in which they would be indexed."""
    guesses: list[Guess] = []
    for path in paths:
        try:
            found = discover(path)
        except (ArchiveError, StoreFailed) as error:
            guesses.append(Guess(path, "", refusal=str(error)))
            continue
        if not found:
            guesses.append(Guess(path, "", refusal=f"{path} holds neither images nor archives"))
        guesses += _identified(found, asked)
    return guesses


def _identified(group: Sequence[Source], asked: Asked) -> Iterable[Guess]:
    readable = [source for source in group if source.refusal is None]
    found = dict(zip((one.path for one in readable), identify(readable, group, asked), strict=True))
    for source in group:
        told = found.get(source.path)
        if isinstance(told, Reading):
            yield Guess(source.path, source.kind, told)
        else:
            yield Guess(source.path, source.kind, refusal=_refusal(source, told))


def _refusal(source: Source, error: Exception | None) -> str:
    if source.refusal is not None:
        return source.refusal
    return str(error) if isinstance(error, ArchiveError) else f"{source.path}: {error}"
