"""A few of a folder's tensors as pictures to look at, on one sheet, with their classes.

The drawing is imnet_data/pictures', and where the sheet goes the caller's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.permutation import Permutation
from imnet_data.pictures.sheet import contact_sheet
from imnet_data.sharding.entry import NO_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

    from imnet_data.tensors.reading import TensorShards


def drawn_numbers(
    shards: TensorShards, sample: int, *, seed: int = 0, part: str | None = None
) -> list[int]:
    """The numbers of some pictures, drawn by seed, in ascending order; all where there are fewer.

    Raises:
        UnknownPart: there is no such part.
    """
    numbers = range(len(shards)) if part is None else shards.images_of(part)
    drawn = Permutation(len(numbers), seed=seed).take(0, min(sample, len(numbers)))
    return sorted((numbers.start + drawn).tolist())


def tensor_sheet(shards: TensorShards, numbers: list[int], *, columns: int, title: str) -> Image:
    """Pictures of tensors with what was done to their values undone, each with its class and name.

    Raises:
        ValueError: there is no picture, or fewer than one column, or the images are torch's.
        TensorsUnreadable: a shard is not there, or not as it was written.
    """
    if shards.as_torch:
        raise ValueError("a sheet is drawn of numpy's arrays: open the folder without as_torch")
    side = max(*shards.image_shape[1:], 96)
    return contact_sheet(_pictures(shards, numbers), columns=columns, side_px=side, title=title)


def _pictures(shards: TensorShards, numbers: list[int]) -> Iterator[tuple[Image, str]]:
    from PIL import Image as Pillow  # noqa: PLC0415 - pillow only where something is drawn

    classes, normalisation = shards.classes, shards.normalisation
    for number in numbers:
        image, label, name = shards[number]
        picture = Pillow.fromarray(normalisation.undo(image))
        yield picture, f"{_shown(label, classes)}\n{name}"


def _shown(label: int, classes: list[str]) -> str:
    if label == NO_LABEL:
        return "no label"
    known = 0 <= label < len(classes)
    return f"{label} {classes[label]}" if known else f"{label}, which is no class"
