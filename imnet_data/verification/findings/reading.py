"""Findings read from the catalogue, one after another however many there are.

Counting them is summary.py's, writing them down the reports'.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from imnet_data.db import findings as stored
from imnet_data.db import inspections
from imnet_data.db.engine import reading
from imnet_data.layouts.placement import UNLABELLED, class_wnid_of
from imnet_data.splits import Split
from imnet_data.storage import storage_errors
from imnet_data.upkeep import list_archives
from imnet_data.verification.class_checks import PARTIAL
from imnet_data.verification.codes import CODES, FROM_BYTES, Severity
from imnet_data.verification.findings.finding import Finding
from imnet_data.verification.findings.known import is_known
from imnet_data.verification.findings.summary import Summary
from imnet_data.verification.inspected import Inspected
from imnet_data.verification.naming import name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.db.findings import Within
    from imnet_data.image_rows import ImageRows
    from imnet_data.records import Image
    from imnet_data.scope import Scope
    from imnet_data.verification.findings.chosen import Chosen

_BATCH = 1_000
_SPLITS = {int(split): split.label for split in Split}
_BEFORE_IMAGE = len(stored.FINDING_COLUMNS)


class Standing(NamedTuple):
    """A finding that holds for the bytes that the catalogue has now, as numbers.

    `image` is the image's row, None where it is of an archive or of a class.
    """

    code: str
    detail: str
    severity: Severity
    known: bool
    archive: int | None
    release: int | None
    split: int | None
    synset: int | None
    image: Sequence[Any] | None


class Findings:
    """The findings of what was asked, by code, then archive and image; iterate over them.

    They are read anew each time, so that a million of them are never held.
    """

    def __init__(
        self,
        storage: Storage,
        scope: Scope,
        rows: ImageRows,
        *,
        within: Within = stored.EVERYWHERE,
        chosen: Chosen | None = None,
    ) -> None:
        self._storage = storage
        self._scope = scope
        self._rows = rows
        self._within = within
        self._chosen = chosen

    def __iter__(self) -> Iterator[Finding]:
        sentences = _Sentences(self._storage, self._scope, self._rows)
        standing = self.standing()
        while batch := list(islice(standing, _BATCH)):
            yield from sentences.of(batch)

    def summary(self, *, examples: int = 1, unreached: Collection[int] = ()) -> Summary:
        """How many there are, by code and by image, with some of each; none else is kept.

        `unreached` are archives, by id, whose images nobody can look at now.
        """
        sentences = _Sentences(self._storage, self._scope, self._rows)
        summary = Summary(unreached)
        for one in self.standing():
            counted = summary.count(one)
            if len(counted.examples) < examples:
                counted.examples += sentences.of([one])
        return summary

    def of_image(self, image_id: int) -> list[Finding]:
        """Those of one image, whatever else was asked for."""
        with storage_errors(), reading(self._storage) as connection:
            rows = stored.findings_of_image(connection, image_id)
        sentences = _Sentences(self._storage, self._scope, self._rows)
        return list(sentences.of(list(self._that_stand(rows))))

    def only(self, chosen: Chosen) -> Findings:
        """Those of them that have some codes or severities."""
        return Findings(self._storage, self._scope, self._rows, within=self._within, chosen=chosen)

    def inspected(self) -> Inspected:
        """What is known of the images besides."""
        return Inspected(self._storage)

    def archive_times(self) -> dict[int, tuple[int, int]]:
        """When archives were verified last, by id: the level, and seconds since 1970."""
        with storage_errors(), reading(self._storage) as connection:
            return inspections.archive_times(connection)

    def standing(self) -> Iterator[Standing]:
        """The same findings as numbers, which cost a tenth."""
        codes = None if self._chosen is None else self._chosen.names
        with storage_errors(), reading(self._storage) as connection:
            yield from self._that_stand(stored.findings(connection, codes, within=self._within))

    def _that_stand(self, rows: Iterable[Sequence[Any]]) -> Iterator[Standing]:
        inspected = Inspected(self._storage)
        releases = self._scope.tally.releases
        for row in rows:
            one = self._standing(row, inspected, releases)
            if one is not None:
                yield one

    def _standing(
        self, row: Sequence[Any], inspected: Inspected, releases: dict[int, str]
    ) -> Standing | None:
        code, detail, image_id, archive, release, split, synset, stamp = row[:_BEFORE_IMAGE]
        image = None if image_id is None else row[_BEFORE_IMAGE:]
        known = False
        if image is not None:
            # What the stamp does not fit was found of other bytes, and says nothing of these.
            if image[0] is None or (stamp is not None and not inspected.fits(image, stamp)):
                return None
            _, release, synset, split, *_ = image
            if code in FROM_BYTES:
                name = name_of(image, releases)
                known = is_known(releases[release], _SPLITS[split], name, code)
        severity = Severity.NOTE if known or _is_part(code, detail) else CODES[code].severity
        if self._chosen is not None and not self._chosen.takes(code, severity):
            return None
        return Standing(code, detail, severity, known, archive, release, split, synset, image)


class _Sentences:
    """Findings as people read them; what they name is looked up once."""

    def __init__(self, storage: Storage, scope: Scope, rows: ImageRows) -> None:
        self._archives = {archive.id: archive for archive in list_archives(storage)}
        self._resolver = scope.resolver
        self._releases = scope.tally.releases
        self._rows = rows
        self._classes: dict[int, tuple[str | None, str | None]] = {}

    def of(self, batch: Sequence[Standing]) -> Iterator[Finding]:
        """The findings of some rows, in their order."""
        images = self._rows.images([one.image for one in batch if one.image is not None])
        for one in batch:
            if one.image is not None:
                yield self._of_image(one, next(images))
            elif one.archive is not None:
                yield self._of_archive(one, one.archive)
            else:
                yield self._finding(one)

    def _of_image(self, one: Standing, image: Image) -> Finding:
        return self._finding(
            one, image=image.name, archive=image.archive, member=image.member, place=image.place
        )

    def _of_archive(self, one: Standing, archive_id: int) -> Finding:
        archive = self._archives.get(archive_id)
        if archive is None:  # taken out since
            return self._finding(one)
        split = archive.splits[0] if len(archive.splits) == 1 else None
        return self._finding(one, archive=archive.path, release=archive.release, split=split)

    def _finding(self, one: Standing, **facts: Any) -> Finding:
        code = CODES[one.code]
        wnid, class_name = self._class_of(one.synset or UNLABELLED)
        about = {
            "release": self._releases.get(one.release or 0),
            "split": None if one.split is None else _SPLITS[one.split],
            "wnid": wnid,
            "class_name": class_name,
        }
        return Finding(
            code=one.code,
            severity=one.severity,
            message=_sentence(code.message, one.detail),
            way_out=code.way_out,
            known=one.known,
            **(about | facts),
        )

    def _class_of(self, synset: int) -> tuple[str | None, str | None]:
        """The wnid and the name of a class."""
        if synset not in self._classes:
            name = None if synset == UNLABELLED else self._resolver.name(synset)
            self._classes[synset] = class_wnid_of(synset) or None, name
        return self._classes[synset]


def _is_part(code: str, detail: str) -> bool:
    """Whether a class is short of images because the copy is known to be a part."""
    return code == "class-short" and detail.startswith(PARTIAL)


def _sentence(message: str, detail: str) -> str:
    detail = detail.removeprefix(PARTIAL)
    return f"{message.removesuffix('.')}: {detail}" if detail else message
