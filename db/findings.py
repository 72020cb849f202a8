"""What verification found: put in, taken out, counted and read, by the million.

What a code means is imnet_data/verification's; what was learnt image by image is inspections.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, or_, select

from .batches import put_in, streamed
from .ids import among, marks, parts
from .selects import IMAGE_COLUMNS
from .sql import cursor
from .tables import finding, image, inspection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

_INTO = "INSERT INTO finding (code, image, archive, release, split, synset, detail) VALUES "

# What a row of `findings()` has before the image's columns, which are null where it has no image.
# `stamp` is that of the image's inspection: what it does not fit was found of other bytes.
FINDING_COLUMNS = (
    finding.c.code,
    finding.c.detail,
    finding.c.image.label("found_image"),
    finding.c.archive.label("found_archive"),
    finding.c.release.label("found_release"),
    finding.c.split.label("found_split"),
    finding.c.synset.label("found_synset"),
    inspection.c.stamp,
)


@dataclass(frozen=True, slots=True)
class Within:
    """What findings are asked of: None does not restrict.

    Classes, releases and split are the image's own, or the class's that the finding is of; a
    finding of an archive is asked for by `archives` alone.
    """

    synsets: Collection[int] | None = None
    release_ids: Collection[int] | None = None
    split: int | None = None
    archives: Collection[int] | None = None


EVERYWHERE = Within()


# -- putting in


def replace_image_findings(
    connection: Connection,
    image_ids: Sequence[int],
    codes: Collection[str],
    found: Iterable[tuple[str, int, int, str]],
) -> None:
    """Put in (code, image, archive, detail) in the place of what these codes said of the images."""
    deleting = cursor(connection)
    for part in parts(image_ids):
        deleting.execute(
            f"DELETE FROM finding WHERE image IN ({marks(part)}) "  # noqa: S608 - marks alone
            f"AND code IN ({marks([*codes])})",
            [*part, *codes],
        )
    _insert(
        connection,
        (
            (code, image_id, archive_id, None, None, None, detail)
            for code, image_id, archive_id, detail in found
        ),
    )


def replace_archive_findings(
    connection: Connection,
    archive_id: int,
    codes: Collection[str],
    found: Iterable[tuple[str, str]],
) -> None:
    """Put in (code, detail) in the place of what these codes said of an archive as a whole."""
    connection.execute(
        delete(finding).where(
            finding.c.archive == archive_id,
            finding.c.image.is_(None),
            finding.c.code.in_(codes),
        )
    )
    _insert(connection, ((code, None, archive_id, None, None, None, text) for code, text in found))


def replace_class_findings(
    connection: Connection,
    codes: Collection[str],
    found: Iterable[tuple[str, int, int, int, str]],
) -> None:
    """Put in (code, release, split, synset, detail) in the place of what these codes said."""
    connection.execute(
        delete(finding).where(
            finding.c.image.is_(None), finding.c.archive.is_(None), finding.c.code.in_(codes)
        )
    )
    _insert(
        connection,
        (
            (code, None, None, release_id, split, synset_id, detail)
            for code, release_id, split, synset_id, detail in found
        ),
    )


def replace_compared_findings(
    connection: Connection,
    codes: Collection[str],
    found: Iterable[tuple[str, int, int, str]],
) -> None:
    """Put in (code, image, archive, detail) in the place of everything that these codes said.

    `found` may read the same connection: it is asked for some hundreds at a time.
    """
    connection.execute(delete(finding).where(finding.c.code.in_(codes)))
    _insert(
        connection,
        (
            (code, image_id, archive_id, None, None, None, detail)
            for code, image_id, archive_id, detail in found
        ),
    )


def _insert(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    put_in(cursor(connection), _INTO, rows)


# -- reading


def findings(
    connection: Connection, codes: Collection[str] | None = None, *, within: Within = EVERYWHERE
) -> Iterator[Row[Any]]:
    """Findings by code, archive and image: FINDING_COLUMNS, then selects.IMAGE_COLUMNS."""
    columns = (*FINDING_COLUMNS, *IMAGE_COLUMNS)
    statement = _joined(select(*columns), codes, within).order_by(
        finding.c.code,
        finding.c.archive.nulls_first(),
        finding.c.image.nulls_first(),
        finding.c.id,
    )
    for part in streamed(connection, statement):
        yield from part


def findings_of_image(connection: Connection, image_id: int) -> list[Row[Any]]:
    """The findings of one image, as `findings()` gives them."""
    columns = (*FINDING_COLUMNS, *IMAGE_COLUMNS)
    statement = _joined(select(*columns), None, EVERYWHERE).where(finding.c.image == image_id)
    return list(connection.execute(statement.order_by(finding.c.code, finding.c.id)))


def image_codes(connection: Connection, codes: Collection[str]) -> Iterator[tuple[int, str]]:
    """(image, code) of every image that has a finding of these codes."""
    statement = select(finding.c.image, finding.c.code).where(
        finding.c.code.in_(codes), finding.c.image.is_not(None)
    )
    for part in streamed(connection, statement):
        yield from ((row[0], row[1]) for row in part)


def count_by_code(connection: Connection, *, within: Within = EVERYWHERE) -> dict[str, int]:
    """How many findings of each code there are."""
    if within == EVERYWHERE:
        statement = select(finding.c.code, func.count()).group_by(finding.c.code)
    else:
        statement = _joined(select(finding.c.code, func.count()), None, within)
        statement = statement.group_by(finding.c.code)
    return {row[0]: row[1] for row in connection.execute(statement)}


def count_images(
    connection: Connection,
    codes: Collection[str],
    *,
    within: Within = EVERYWHERE,
    without: Collection[tuple[int, str]] = (),
) -> int:
    """How many images have a finding of these codes, other than the (image, code) of `without`."""
    statement = _joined(select(func.count(func.distinct(finding.c.image))), codes, within)
    statement = statement.where(finding.c.image.is_not(None))
    for image_id, code in without:
        statement = statement.where(~and_(finding.c.image == image_id, finding.c.code == code))
    return int(connection.execute(statement).scalar_one())


def _joined(statement: Select[Any], codes: Collection[str] | None, within: Within) -> Select[Any]:
    joined = statement.select_from(
        finding.outerjoin(image, image.c.id == finding.c.image).outerjoin(
            inspection, inspection.c.image == finding.c.image
        )
    )
    if codes is not None:
        joined = joined.where(finding.c.code.in_(codes))
    return joined if within == EVERYWHERE else joined.where(_inside(within))


def _inside(within: Within) -> ColumnElement[bool]:
    of_image = _of_class(within, image.c.synset, image.c.release, image.c.split)
    of_class = _of_class(within, finding.c.synset, finding.c.release, finding.c.split)
    of_archive: list[ColumnElement[bool]] = [
        finding.c.image.is_(None),
        finding.c.archive.is_not(None),
    ]
    if within.archives is not None:
        of_archive.append(among(finding.c.archive, within.archives))
    return or_(
        and_(finding.c.image.is_not(None), *of_image),
        and_(finding.c.image.is_(None), finding.c.archive.is_(None), *of_class),
        and_(*of_archive),
    )


def _of_class(
    within: Within,
    synset: ColumnElement[int],
    release: ColumnElement[int],
    split: ColumnElement[int],
) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if within.synsets is not None:
        chosen.append(among(synset, within.synsets))
    if within.release_ids is not None:
        chosen.append(among(release, within.release_ids))
    if within.split is not None:
        chosen.append(split == within.split)
    return chosen


# -- taking out


def forget_class_findings(connection: Connection, release_id: int) -> None:
    """Take out what was said of a release's classes: the numbers of their images change."""
    connection.execute(
        delete(finding).where(
            finding.c.image.is_(None),
            finding.c.archive.is_(None),
            finding.c.release == release_id,
        )
    )


def forget_archive_findings(connection: Connection, archive_id: int) -> None:
    """Take out what was said of an archive and of the images that had their place in it."""
    connection.execute(delete(finding).where(finding.c.archive == archive_id))
