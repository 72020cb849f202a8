"""What the doctor says: one thing looked at, what was found there, and what to do about it.

How it is drawn is cli/doctor_view.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from imnet_data.errors import CatalogueFailed, NotACatalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

State = Literal["well", "note", "trouble"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    `advice` is what to do, in words or as a line to type; `command` are the words of an imnet-data
    command to type, without the program and its catalogue, and `blank` what the user puts behind
    them. `aside`: of no interest to a reader as long as it is well.
    """

    section: str
    what: str
    state: State
    found: str
    advice: str = ""
    command: tuple[str, ...] = ()
    blank: str = ""
    aside: bool = False


def guarded(section: str, what: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What a look finds; where it fails, that is a finding too, and no exception."""
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001 - one thing that cannot be told hides no other
        yield Finding(section, what, "note", f"could not be looked at: {reason(error)}")


def reason(error: BaseException) -> str:
    """An error in a few words; one of a catalogue's without the path that it names."""
    if isinstance(error, NotACatalogue | CatalogueFailed):
        return error.reason
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__


def damaged(what: str, found: str) -> Finding:
    """A fault of a catalogue that no command mends: what it knows, it learnt from the archives."""
    return Finding(
        "catalogue", what, "trouble", found,
        "restore a copy of it, or index the archives into a new one, with -c and another path",
    )  # fmt: skip
