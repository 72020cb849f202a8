"""The catalogue's image rows turned into names and records, and names into rows.

Which rows are asked for is query.py's.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, Any

from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.reading import Place
from imnet_data.archives.text import file_in
from imnet_data.box_rows import BoxRows
from imnet_data.db import selects
from imnet_data.db.engine import reading
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.validation import validation_labels
from imnet_data.files.status import exists as there
from imnet_data.layouts.image_names import ILSVRC2012, read_name, rebuilt_name
from imnet_data.layouts.placement import UNLABELLED, MemberTemplate, class_wnid_of
from imnet_data.records import Image
from imnet_data.splits import Split
from imnet_data.upkeep import list_archives
from imnet_data.wnid import to_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.scope import Scope
    from imnet_data.upkeep import ArchiveInfo


class ImageRows:
    """Reads rows of one catalogue; its archives are looked up once, until it changes."""

    def __init__(self, storage: Storage, scope: Scope) -> None:
        self._storage = storage
        self._scope = scope
        self.boxes = BoxRows(storage, scope)
        self._archives: dict[int, ArchiveInfo] = {}
        self._archives_as_of = -1

    def names(self, rows: Iterable[Sequence[Any]]) -> Iterator[str]:
        """The names of image rows."""
        releases = self._scope.tally.releases
        for _, release, synset, split, number, _, _, _, _, name in rows:
            yield name or rebuilt_name(releases[release], split, synset, number)

    def images(self, rows: Sequence[Sequence[Any]], *, with_boxes: bool = False) -> Iterator[Image]:
        """Records of image rows; one whose file is gone gets its next place that is there."""
        releases = self._scope.tally.releases
        archives = self._archives_now()
        copies = any(archive.alternates for archive in archives.values())
        # Asked once a batch: a file system across a network takes a millisecond to answer.
        exists = cache(there)
        boxes = self.boxes.of_rows(rows) if with_boxes else repeat(None)
        for row, name, marked in zip(rows, self.names(rows), boxes, strict=False):
            image_id, release, synset, split, _, archive_id, offset, size, member, _ = row
            wnid = class_wnid_of(synset)
            archive = archives[archive_id]
            inside = member or MemberTemplate(archive.template).rebuild(wnid, name)
            image = Image(
                id=image_id,
                name=name,
                wnid=wnid or None,
                synset=self._scope.synset(synset) if synset != UNLABELLED else None,
                release=releases[release],
                split=Split(split).label,
                size=size,
                archive=archive.path,
                member=inside,
                place=_place(archive, inside, offset, size),
                boxes=marked,
            )
            if copies and not exists(image.place.path):
                others = (one for one in self.alternates(image) if one.size == size)
                image = next((one for one in others if exists(one.place.path)), image)
            yield image

    def places(self, rows: Sequence[Sequence[Any]], names: Iterable[str]) -> Iterator[Place]:
        """Where the bytes of image rows are, without making records; else as `images()`."""
        return self.placing()(rows, names)

    def placing(self) -> Callable[[Sequence[Sequence[Any]], Iterable[str]], Iterator[Place]]:
        """`places()` for one batch after another, with the archives as they are now for all.

        To look whether they have changed costs as much as a hundred images do.
        """
        archives = self._archives_now()
        copies = any(archive.alternates for archive in archives.values())
        exists = cache(there)

        @cache
        def of_class(archive_id: int, synset: int) -> str:
            template = MemberTemplate(archives[archive_id].template)
            return template.rebuild(class_wnid_of(synset), "{name}")

        def places(rows: Sequence[Sequence[Any]], names: Iterable[str]) -> Iterator[Place]:
            for row, name in zip(rows, names, strict=True):
                _, _, synset, _, _, archive_id, offset, size, member, _ = row
                inside = member or of_class(archive_id, synset).replace("{name}", name)
                place = _place(archives[archive_id], inside, offset, size)
                if copies and not exists(place.path):
                    place = next(self.images([row])).place
                yield place

        return places

    def alternates(self, image: Image) -> list[Image]:
        """The same image at its other places, whether something is there now or not."""
        archives = self._archives_now()
        wnid = image.wnid or ""
        found = []
        with reading(self._storage) as connection:
            rows = selects.alternates_of(connection, image.id)
        for archive_id, offset, member, size in rows:
            archive = archives[archive_id]
            inside = member or MemberTemplate(archive.template).rebuild(wnid, image.name)
            place = _place(archive, inside, offset, size)
            if place != image.place:
                found.append(
                    replace(image, size=size, archive=archive.path, member=inside, place=place)
                )
        return found

    def _archives_now(self) -> dict[int, ArchiveInfo]:
        """The archives by id, read again where the catalogue has changed."""
        changes = self._scope.tally.changes
        if self._archives_as_of != changes:
            self._archives = {archive.id: archive for archive in list_archives(self._storage)}
            self._archives_as_of = changes
        return self._archives


def _place(archive: ArchiveInfo, member: str, offset: int, size: int) -> Place:
    """Where the bytes are: in the tar, or in a file of their own."""
    if archive.is_folder:
        path = file_in(archive.path, member)
        return Place(path, offset, size, size, container=FOLDER)
    base = member.rpartition("/")[2]
    return Place(
        archive.path,
        offset,
        size,
        archive.file_size,
        base,
        archive.container,
        archive.seek_index,
    )


def rows_named(connection: Any, name: str) -> tuple[list[tuple[Any, ...]], str]:
    """The rows that a name as people write it may mean, and the key's name that it stands for."""
    exact = selects.images_by_name(connection, name)
    parsed = read_name(name.replace("\\", "/").rpartition("/")[2])
    # A name that is stored in one release may be rebuilt from its number in another.
    if parsed is None or (exact and parsed.stem != name):
        return exact, name
    synset = UNLABELLED
    if parsed.wnid is not None:
        synset = to_id(parsed.wnid)
    elif parsed.series is Split.VAL and 0 < parsed.number <= len(validation_labels()):
        synset = int(class_list(ILSVRC2012).ids[validation_labels()[parsed.number - 1]])
    found = exact or selects.images_by_name(connection, parsed.stem)
    found += selects.images_by_key(connection, synset_id=synset, number=parsed.number)
    return found, parsed.stem
