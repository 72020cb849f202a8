"""What verification knows of one image: how deep it was looked at, its size, what was found.

Of many images, findings.py and inspected.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.db import inspections, selects
from imnet_data.db.engine import reading
from imnet_data.storage import storage_errors
from imnet_data.verification.inspected import Inspected
from imnet_data.verification.levels import Level

if TYPE_CHECKING:
    from imnet_data.db.engine import Storage
    from imnet_data.verification.findings.finding import Finding
    from imnet_data.verification.findings.reading import Findings


@dataclass(frozen=True, slots=True)
class ImageHealth:
    """What is known of an image's present bytes.

    `level` is `quick`, `digest` or `decode`, None where it was not looked at: then `findings` may
    still say something, as of a header that moved. Its size is in pixels, None where it is not
    known.
    """

    level: str | None
    width_px: int | None
    height_px: int | None
    findings: tuple[Finding, ...]


def health_of(storage: Storage, findings: Findings, image_id: int) -> ImageHealth:
    """The health of one image, by its id."""
    inspected = Inspected(storage)
    with storage_errors(), reading(storage) as connection:
        (rows,) = selects.rows_by_id(connection, [image_id])
        stamp, level = inspections.known(connection, image_id, image_id).get(image_id, (None, 0))
    (size,) = inspected.sizes(rows)
    width, height = size or (None, None)
    is_of_these_bytes = stamp is not None and inspected.fits(rows[0], stamp)
    return ImageHealth(
        level=Level(abs(level)).label if is_of_these_bytes else None,
        width_px=width,
        height_px=height,
        findings=tuple(findings.of_image(image_id)),
    )
