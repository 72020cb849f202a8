"""The catalogue as people use it: open it, index into it, ask it for synsets and images.

Counting and drawing are query.py's, names scope.py's, archives' upkeep upkeep.py's.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from imnet_data import origins, own_classes, upkeep
from imnet_data._version import VERSION
from imnet_data.db import engine
from imnet_data.errors import AmbiguousImage, UnknownImage
from imnet_data.image_rows import ImageRows, rows_named
from imnet_data.indexing.identify import Asked
from imnet_data.indexing.index import IndexRun
from imnet_data.query import ImageQuery
from imnet_data.scope import Scope
from imnet_data.splits import Split
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.indexing.report import IndexReport
    from imnet_data.origins import Origin
    from imnet_data.progress import Progress
    from imnet_data.records import Box, Image
    from imnet_data.synsets import Synset
    from imnet_data.taxonomy.evaluation import ClassSet
    from imnet_data.upkeep import ArchiveInfo, Stats


def open_catalogue(path: str | os.PathLike[str], *, create: bool = False) -> Catalogue:
    """Open a catalogue, or with `create` make one where there is none.

    Raises:
        NoCatalogue: there is no file at this path.
        NotACatalogue, CatalogueTooNew, CatalogueTooOld: the file cannot be used.
        CatalogueReadOnly: it is to be made where nothing can be written.
    """
    location = os.path.abspath(os.fspath(path))
    with storage_errors():
        storage = engine.open_storage(location, create=create, made_by=f"imnet-data {VERSION}")
    return Catalogue(storage)


class Catalogue:
    """An open catalogue; close it, or use it in a `with`.

    Reading is safe from several threads and processes at once; indexing is for one at a time.
    """

    def __init__(self, storage: engine.Storage) -> None:
        self._storage = storage
        self.scope = Scope(storage, self.images)
        self.rows = ImageRows(storage, self.scope)

    # -- the thing itself

    @property
    def path(self) -> str:
        """Where the catalogue is."""
        return self._storage.location

    @property
    def writable(self) -> bool:
        """Whether this account can change it."""
        return self._storage.writable

    @property
    def uuid(self) -> str:
        """What tells this catalogue from any other, wherever it is moved to."""
        with storage_errors():
            return engine.catalogue_uuid(self._storage)

    def close(self) -> None:
        """Close it; queries made from it end."""
        self._storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Catalogue {self.path}>"

    # -- indexing and archives

    def index(
        self,
        paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        *,
        release: str | None = None,
        split: str | None = None,
        layout: str | None = None,
        labels: str | None = None,
        progress: Progress | None = None,
        wait_s: float = 30.0,
    ) -> IndexReport:
        """Index archives and folders; what stands in the catalogue unchanged costs nothing.

        `labels` says what the label numbers of shards count, where nothing in them does: the name
        of a packaged class list, or the path of a file of classes in their order.

        Raises:
            UnknownName: `labels` is neither.
            CatalogueReadOnly: it can only be read from here.
            CatalogueBusy: somebody else still writes after `wait_s` seconds.
            ValueError: there is no such split or layout.
        """
        from imnet_data.layouts.layout_names import LAYOUTS  # noqa: PLC0415 - for its names alone

        if layout is not None and layout not in LAYOUTS:
            raise ValueError(f"no layout is called {layout!r}; there are {', '.join(LAYOUTS)}")
        several = [paths] if isinstance(paths, str | os.PathLike) else paths
        asked = Asked(release, layout, None if split is None else Split.of(split), labels)
        with storage_errors():
            run = IndexRun(self._storage, asked, progress=progress, wait_s=wait_s)
            return run.run([os.fspath(path) for path in several])

    def archives(self) -> list[ArchiveInfo]:
        """Every indexed archive, in the order in which they were indexed."""
        with storage_errors():
            return upkeep.list_archives(self._storage)

    def remove_archive(self, path: str | os.PathLike[str]) -> int:
        """Take an archive and its images out; images that have another place move there.

        Returns how many moved. The archive's file is left alone.

        Raises:
            UnknownArchive: the catalogue has no archive of that path.
        """
        with storage_errors():
            return upkeep.remove(self._storage, os.fspath(path))

    def relocate(self, old: str | os.PathLike[str], new: str | os.PathLike[str]) -> list[str]:
        """Tell where archives are now: an archive's path, or a folder's that holds several.

        Returns the new paths.

        Raises:
            UnknownArchive: no archive is at or below the old path.
            ArchiveMissing, ArchiveChanged: the new path is not there, or is another file.
        """
        with storage_errors():
            return upkeep.relocate(self._storage, os.fspath(old), os.fspath(new))

    def note_origin(self, path: str | os.PathLike[str], origin: Origin) -> None:
        """Keep where an archive was fetched from and what its bytes were, without logins.

        It is forgotten when another file is indexed at its path.

        Raises:
            UnknownArchive: the catalogue has no archive of that path.
        """
        with storage_errors():
            origins.note(self._storage, os.fspath(path), origin)

    def origin(self, path: str | os.PathLike[str]) -> Origin | None:
        """Where an archive was fetched from and what its bytes were; None where it is not known.

        Raises:
            UnknownArchive: the catalogue has no archive of that path.
        """
        with storage_errors():
            return origins.origin_of(self._storage, os.fspath(path))

    def stats(self) -> Stats:
        """What the catalogue holds, in numbers."""
        with storage_errors():
            return upkeep.stats(self._storage, self.scope.tally)

    # -- synsets

    def __getitem__(self, name: str) -> Synset:
        """The synset of a name: a wnid, `dog.n.01`, a word (its first sense), or `own:NAME`.

        Raises:
            UnknownName: nothing has that name.
        """
        with storage_errors():
            return self.scope.named(name)

    def classes(self, expression: str) -> ClassSet:
        """The classes of an expression such as `dog - hunting_dog` or `@ilsvrc2012 & animal`.

        Raises:
            ExpressionError, UnknownName: it does not parse, or a name is unknown.
        """
        with storage_errors():
            return self.scope.classes(expression)

    def own_classes(self) -> list[Synset]:
        """The classes of one's own, by name."""
        with storage_errors():
            held = self.scope.resolver.own.classes.values()
        return [self.scope.synset(own.id) for own in sorted(held, key=lambda own: own.name)]

    def add_class(self, name: str, *, parent: str | Synset | None = None) -> Synset:
        """Make a class of one's own, before or without images of it; `own:` may stand before it.

        Raises:
            BadClassName, ClassTaken: it cannot be called so.
            UnknownName: there is no such parent.
        """
        return self.add_classes([name], parent=parent)[0]

    def add_classes(
        self, names: Sequence[str], *, parent: str | Synset | None = None
    ) -> list[Synset]:
        """Make several classes of one's own under one parent; all of them, or none.

        Raises:
            BadClassName, ClassTaken, UnknownName: as in `add_class()`.
        """
        above = None if parent is None else str(parent)
        with storage_errors():
            made = own_classes.add(self._storage, self.scope, names, parent=above)
        return list(map(self.scope.synset, made))

    def set_parent(self, name: str | Synset, parent: str | Synset | None) -> Synset:
        """Hang a class of one's own, with all below it, under a synset or an own class.

        None hangs it nowhere.

        Raises:
            UnknownName: there is no such class, or no such parent.
            ClassCycle: the parent lies under the class, or is it.
        """
        above = None if parent is None else str(parent)
        with storage_errors():
            return self.scope.synset(own_classes.hang(self._storage, self.scope, str(name), above))

    def remove_class(self, name: str | Synset) -> str:
        """Remove a class of one's own that has neither images nor classes under it.

        Returns what it was called, as in `own:rex`.

        Raises:
            UnknownName: there is no such class.
            ClassInUse: it has images, or classes under it.
        """
        with storage_errors():
            return own_classes.remove(self._storage, self.scope, str(name))

    def releases(self) -> dict[str, int]:
        """Images a release, by name."""
        with storage_errors():
            tally = self.scope.tally
        return tally.by_release(tally.mask(None, split=None, release_id=None))

    # -- images

    def images(
        self,
        expression: str | None = None,
        *,
        split: str | None = None,
        release: str | None = None,
    ) -> ImageQuery:
        """The images of a class expression; all of them without one.

        A query over several releases asks for one by its name when it is answered, or for `*`.

        Raises:
            ExpressionError, UnknownName, UnknownRelease: as in `ImageQuery.where()`.
            ValueError: there is no such split.
        """
        with storage_errors():
            return ImageQuery(self).where(expression, split=split, release=release)

    def image(self, name: str, *, split: str | None = None, release: str | None = None) -> Image:
        """The image of a name; folders before it and ImageNet's extension do not matter.

        Raises:
            UnknownImage, UnknownRelease: there is none.
            AmbiguousImage: several releases or splits have one of that name.
        """
        wanted = None if split is None else Split.of(split)
        if release is not None:
            with storage_errors():
                self.scope.release_id(release)  # raises where there is none of that name
        with self.reading() as connection:
            rows, key = rows_named(connection, name)
        found = [
            image
            for image in self.rows.images(rows)
            if image.name == key
            and release in (None, image.release)
            and (wanted is None or image.split == wanted.label)
        ]
        if not found:
            raise UnknownImage(name)
        if len(found) > 1:
            raise AmbiguousImage(name, found=[f"{one.release}/{one.split}" for one in found])
        return found[0]

    def alternates(self, image: Image) -> list[Image]:
        """The other places of an image: further copies of it that were indexed, each as a record.

        A copy may differ in size from the image that the catalogue keeps.
        """
        with storage_errors():
            return self.rows.alternates(image)

    def boxes(self, image: Image) -> tuple[Box, ...]:
        """The bounding boxes of an image, as the archive indexed first has them; () for none.

        For the boxes of many images, `images(…).with_boxes()`.

        Raises:
            UnknownRelease: the catalogue has none of the image's release.
        """
        with storage_errors():
            return self.rows.boxes.of_image(image)

    # -- for query.py

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """One read transaction."""
        with storage_errors(), engine.reading(self._storage) as connection:
            yield connection
