"""An archive's faults, and where its scan stands, as texts that the catalogue keeps."""

from __future__ import annotations

import json

from imnet_data.archives.members import Fault, Level, Position


def position_to_text(position: Position) -> str:
    """A scan's position as the catalogue keeps it."""
    levels = [[level.path, level.end, level.after] for level in position.levels]
    return json.dumps([position.offset, levels])


def position_from_text(text: str) -> Position:
    """The position that `position_to_text` wrote."""
    offset, levels = json.loads(text)
    return Position(offset, tuple(Level(*level) for level in levels))


def faults_to_text(faults: list[Fault]) -> str:
    """Faults as the catalogue keeps them: one a line, severe ones marked."""
    return json.dumps([[fault.sentence, fault.severe] for fault in faults]) if faults else ""


def faults_from_text(text: str) -> list[Fault]:
    """The faults that `faults_to_text` wrote."""
    return [Fault(sentence, severe) for sentence, severe in json.loads(text)] if text else []
