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
    from collections.abc import Iterator

    from imnet_data.doctor.catalogue import Opened

_SECTION = "archives"
_WHY = "see whether every image is whole"


def findings(held: Opened) -> Iterator[Finding]:
    """How many archives were verified, and how deep the least deep of them."""
    if held.storage is None or not held.archives:
        return
    with storage_errors(), reading(held.storage) as connection:
        times = inspections.archive_times(connection)
    levels = [Level(times[row.id][0]) for row in held.archives if row.id in times]
    if not levels:
        yield Finding(_SECTION, "verified", "note", "none of them yet", _WHY, command=("verify",))
    elif len(levels) < len(held.archives):
        found = f"{len(levels):,} of {len(held.archives):,}"
        yield Finding(_SECTION, "verified", "note", found, _WHY, command=("verify",))
    else:
        deeper = "" if min(levels) is max(Level) else " or deeper"
        found = f"all of them, at level {min(levels).label}{deeper}"
        yield Finding(_SECTION, "verified", "well", found)
