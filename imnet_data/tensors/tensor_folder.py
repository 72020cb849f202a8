"""What is known of a finished folder of tensors, without a look at a tensor.

Reading them is reading.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.errors import ManifestUnreadable, NotTensors, UnknownPart
from imnet_data.files.address import absolute
from imnet_data.sharding.manifest import read_manifest
from imnet_data.tensors.asked import FORMAT
from imnet_data.tensors.geometry import Geometry
from imnet_data.tensors.normalisation import Normalisation, stored_dtype

if TYPE_CHECKING:
    import os

    from imnet_data.sharding.manifest import Manifest


class TensorFolder:
    """A folder of tensor shards, or a set of them at a URL, as its manifest has it.

    Raises:
        NoShards, ShardsUnfinished, ManifestUnreadable: no finished shards are in the folder.
        NotTensors: they hold pictures, not tensors.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = absolute(folder)
        self.manifest: Manifest = read_manifest(self.folder)
        self.options: dict[str, Any] = self.manifest.asked["options"]
        """What they were asked for as: engine, versions and device among it."""
        if self.options.get("format") != FORMAT:
            raise NotTensors(self.folder, str(self.options.get("format")))
        self._rows = {part: sum(one.samples for one in records)
                      for part, records in self.manifest.parts.items()}  # fmt: skip
        try:
            self._look()
        except (KeyError, TypeError, ValueError):
            reason = "it does not hold what one of tensors does"
            raise ManifestUnreadable(self.folder, reason) from None

    def __len__(self) -> int:
        """The pictures in it: images, times the copies of each."""
        return sum(self._rows.values())

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that were written, such as `train`."""
        return tuple(self._rows)

    def images_of(self, part: str) -> range:
        """The numbers of a part's pictures, which lie one behind another.

        Raises:
            UnknownPart: there is no such part.
        """
        if part not in self._rows:
            raise UnknownPart(part, known=self.parts)
        before = list(self._rows)[: list(self._rows).index(part)]
        first = sum(self._rows[one] for one in before)
        return range(first, first + self._rows[part])

    @property
    def classes(self) -> list[str]:
        """The classes' names (`chihuahua.n.03`) in the order that labels count."""
        return [one["name"] for one in self.manifest.asked["classes"]]

    @property
    def wnids(self) -> list[str | None]:
        """The classes' wnids in the same order; None for a merged or an own class."""
        return [one["wnid"] for one in self.manifest.asked["classes"]]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of a picture."""
        channels, height, width = self.options["shape"]
        return channels, height, width

    @property
    def dtype(self) -> str:
        """What pictures are stored as: `float16`, `bfloat16`, `float32` or `uint8`."""
        return str(self.options["dtype"])

    @property
    def copies(self) -> int:
        """How many pictures there are of each image, one behind another."""
        return int(self.options.get("copies", 1))

    @property
    def normalisation(self) -> Normalisation:
        """What was done with pixel values; of `uint8`, what is to be done with them."""
        return Normalisation.of_json(self.options["normalisation"])

    @property
    def geometry(self) -> Geometry:
        """What pictures were resized and cut to."""
        return Geometry.of_json(self.options["geometry"])

    @property
    def subset(self) -> str:
        """The name of the subset that they were made of."""
        return str(self.manifest.asked["subset"]["name"])

    @property
    def catalogue(self) -> str:
        """The UUID of the catalogue that `image_ids` are of."""
        return str(self.manifest.asked["subset"]["catalogue"])

    def _look(self) -> None:
        """That each of these can be told; whoever edits a manifest is to hear of it at once."""
        _ = self.classes, self.wnids, self.image_shape, self.dtype, self.copies
        _ = self.normalisation, self.geometry, self.subset, self.catalogue
        stored_dtype(self.dtype)
