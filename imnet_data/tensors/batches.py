"""What reading gives: one picture's tensor with its label and name, or several in a batch.

Where they come from is reading.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from imnet_data.errors import TensorOptionError
from imnet_data.tensors.normalisation import of_bits

if TYPE_CHECKING:
    import numpy.typing as npt


class Sample(NamedTuple):
    """A picture: `image` [3, H, W], its label (-1 for none), the image's name."""

    image: Any
    label: int
    name: str

    def as_float32(self) -> Any:
        """The image in float32, whatever it is stored as."""
        return as_float32(self.image)


class Batch(NamedTuple):
    """Pictures: `images` [N, 3, H, W], `labels` int64 [N], and their numbers in the folder.

    `numbers` is what `TensorShards.name()` and `[…]` take.
    """

    images: Any
    labels: Any
    numbers: npt.NDArray[np.int64]

    def as_float32(self) -> Any:
        """The images in float32, whatever they are stored as."""
        return as_float32(self.images)


def as_float32(images: Any) -> Any:
    """Images in float32: numpy's bits of bfloat16, float16 or uint8, or torch's tensors.

    >>> as_float32(np.array([0x3F80, 0xC000], np.uint16)).tolist()
    [1.0, -2.0]
    """
    if not isinstance(images, np.ndarray):
        return images.float()
    return of_bits(images).astype(np.float32, copy=False)


def to_numpy(stored: npt.NDArray[Any], dtype: str) -> npt.NDArray[Any]:
    """Stored images as numpy has them: bfloat16 by ml_dtypes if it is installed, else its bits."""
    if dtype != "bfloat16":
        return stored
    try:
        import ml_dtypes  # noqa: PLC0415 - few have it, and few tensors are bfloat16
    except ImportError:
        return stored
    return stored.view(ml_dtypes.bfloat16)


def to_torch(stored: npt.NDArray[Any], dtype: str) -> Any:
    """The same memory as a torch tensor; it has to be writable.

    Raises:
        TensorOptionError: torch is not installed.
    """
    try:
        import torch  # noqa: PLC0415 - only who asks for its tensors has it
    except ImportError as error:
        raise TensorOptionError("torch's tensors need torch: pip install torch") from error
    if dtype != "bfloat16":
        return torch.from_numpy(stored)
    return torch.from_numpy(stored.view(np.int16)).view(torch.bfloat16)
