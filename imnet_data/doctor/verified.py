"""Whether what is indexed was ever verified; what verification found is `imnet-data verify`'s.

Whether the archives are there at all is archives.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.db import inspections
from imnet_data.db.engine import reading
from imnet_data.doctor.finding import Finding
from imnet_data.storage import storage_errors
from imnet_data.verification.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from imnet_data.doctor.catalogue import Opened

_SECTION = "archives"
_WHY = "see whether every image is whole"


def findings(held: Opened) -> Iterator[Finding]:
    """How many archives were verified, how deep the least deep of them, and which never are."""
    if held.storage is None or not held.archives:
        return
    with storage_errors(), reading(held.storage) as connection:
        times = inspections.archive_times(connection)
    # An image is looked at in its own place: of an archive of further copies none ever is.
    of_copies = [row for row in held.archives if row.alternates and not row.images]
    others = [row for row in held.archives if row.images or not row.alternates]
    levels = [Level(times[row.id][0]) for row in others if row.id in times]
    if not levels:
        yield Finding(_SECTION, "verified", "note", "none of them yet", _WHY, command=("verify",))
    elif len(levels) < len(others):
        found = f"{len(levels):,} of {len(others):,}{_but_for(of_copies)}"
        yield Finding(_SECTION, "verified", "note", found, _WHY, command=("verify",))
    else:
        deeper = "" if min(levels) is max(Level) else " or deeper"
        found = f"all of them{_but_for(of_copies)}, at level {min(levels).label}{deeper}"
        yield Finding(_SECTION, "verified", "well", found)


def _but_for(of_copies: Sequence[Any]) -> str:
    if not of_copies:
        return ""
    return f" but {len(of_copies):,}, of further copies alone, which verify does not look at"
