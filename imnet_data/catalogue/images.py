"""Images, by question and by name: a part of the catalogue.

The work is query.py's and image_rows.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.catalogue.itself import Opened
from imnet_data.errors import AmbiguousImage, UnknownImage
from imnet_data.image_rows import rows_named
from imnet_data.query import ImageQuery
from imnet_data.splits import Split
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from imnet_data.records import Box, Image


class ImagesPart(Opened):
    """Questions for images."""

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
            return ImageQuery(self._whole).where(expression, split=split, release=release)

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
