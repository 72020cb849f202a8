"""What becomes of a pixel's value: scale, mean and deviation, as a table of 256 values a channel.

Where a mean comes from is mean.py's; no picture is decoded here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from imnet_data.errors import TensorOptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

Channels = Literal["RGB", "BGR"]
Three = tuple[float, float, float]

DTYPES: Final = ("float16", "bfloat16", "float32", "uint8")
"""What tensors are stored as. numpy has no bfloat16: its bits are kept as uint16."""

_STORED_AS: Final = {"float16": "<f2", "bfloat16": "<u2", "float32": "<f4", "uint8": "|u1"}
_GIVEN: Final = re.compile(r"(mean|std|scale|channels)=([^=]*?)(?:,|$)(?=\w+=|$)")


def stored_dtype(dtype: str) -> np.dtype[Any]:
    """The numpy dtype that keeps one of DTYPES.

    Raises:
        TensorOptionError: there is no such dtype.

    >>> stored_dtype("bfloat16")
    dtype('uint16')
    """
    import numpy as np  # noqa: PLC0415 - a heavy import: geometry is asked for without it

    if dtype not in _STORED_AS:
        raise TensorOptionError(f"there is no dtype {dtype!r}; there are {', '.join(DTYPES)}")
    return np.dtype(_STORED_AS[dtype])


@dataclass(frozen=True, slots=True)
class Normalisation:
    """Each value x of 0..255 becomes (x * scale - mean) / std.

    `channels` is the order in which they are written; `mean` and `std` are in the same order.
    A dtype of uint8 keeps x itself, in that order of channels.

    Raises:
        TensorOptionError: a number that is none, or a deviation that is not above 0.

    >>> Normalisation.named("tf").table("float32")[0, [0, 255]].tolist()
    [-1.0, 1.0]
    """

    name: str
    channels: Channels = "RGB"
    scale: float = 1.0
    mean: Three = (0.0, 0.0, 0.0)
    std: Three = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        if self.channels not in ("RGB", "BGR"):
            raise TensorOptionError(f"channels are RGB or BGR, not {self.channels!r}")
        object.__setattr__(self, "scale", float(self.scale))
        object.__setattr__(self, "mean", _three("mean", self.mean))
        object.__setattr__(self, "std", _three("std", self.std))
        if min(self.std) <= 0:
            raise TensorOptionError(f"a std is above 0, not {min(self.std):g}")
        if not math.isfinite(self.scale) or self.scale <= 0:
            raise TensorOptionError(f"a scale is above 0, not {self.scale:g}")

    @classmethod
    def named(cls, name: str) -> Normalisation:
        """One that models are known to be trained with: torch, caffe, tf or none.

        The figures are those of Keras' `imagenet_utils.preprocess_input`; `torch` is torchvision's,
        too. `none` leaves 0..255 as they are.

        Raises:
            TensorOptionError: there is none of that name.

        >>> Normalisation.named("caffe").channels
        'BGR'
        """
        if name not in _NAMED:
            known = ", ".join(_NAMED)
            raise TensorOptionError(f"there is no normalisation {name!r}; there are {known}")
        return _NAMED[name]

    @classmethod
    def of_text(cls, text: str) -> Normalisation:
        """One by name, or by figures: `mean=0.5,0.5,0.5,std=0.5,0.5,0.5`.

        One figure stands for all three channels. Where no figure is above 1 they are for pixels
        from 0 to 1, else for pixels from 0 to 255; `scale=0.00392` says by what a pixel of 0..255
        is multiplied first. `channels=BGR` writes blue first, and takes the figures in that order.

        Raises:
            TensorOptionError: it does not read.

        >>> Normalisation.of_text("mean=127.5,std=127.5").scale
        1.0
        """
        if "=" not in text:
            return cls.named(text)
        given = dict(_GIVEN.findall(text))
        if "mean" not in given or _GIVEN.sub("", text):
            raise TensorOptionError(f"{text!r} is not as in mean=0.5,0.5,0.5,std=0.5,0.5,0.5")
        mean, std = _figures("mean", given["mean"]), _figures("std", given.get("std", "1"))
        above_one = max(*map(abs, mean), *std) > 1
        scale = float(given["scale"]) if _is_number(given.get("scale")) else None
        if "scale" in given and scale is None:
            raise TensorOptionError(f"a scale is a number, not {given['scale']!r}")
        scale = scale if scale is not None else 1.0 if above_one else 1 / 255
        channels = given.get("channels", "RGB")
        return cls("given", channels, scale, mean, std)

    def as_json(self) -> dict[str, Any]:
        """Its name and figures."""
        said: dict[str, Any] = {"name": self.name, "channels": self.channels, "scale": self.scale}
        return said | {"mean": list(self.mean), "std": list(self.std)}

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Normalisation:
        """The normalisation that `as_json()` gave.

        Raises:
            TensorOptionError: it is none of ours.
        """
        try:
            return cls(**said)
        except (TypeError, ValueError) as error:
            raise TensorOptionError(f"this is no normalisation: {dict(said)}") from error

    def table(self, dtype: str) -> npt.NDArray[Any]:
        """What each of the 256 values of a channel becomes.

        Computed in double precision and rounded once, to nearest even.

        Returns:
            An array of shape (3, 256) of `stored_dtype(dtype)`, the channels as they are written.

        Raises:
            TensorOptionError: there is no such dtype, or values are too large for it.
        """
        import numpy as np  # noqa: PLC0415 - as above

        stored, values = stored_dtype(dtype), np.arange(256, dtype=np.float64)
        if dtype == "uint8":
            return np.tile(values.astype(stored), (3, 1))
        mean, std = np.array(self.mean)[:, None], np.array(self.std)[:, None]
        exact = (values * self.scale - mean) / std
        if np.abs(exact).max() > (65504 if dtype == "float16" else 3e38):
            raise TensorOptionError(f"the normalisation {self.name} gives values beyond {dtype}")
        return bfloat16_bits(exact) if dtype == "bfloat16" else exact.astype(stored)

    def undo(self, array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        """Pictures to look at, of tensors.

        Args:
            array: tensors of shape (…, 3, height, width), of a dtype that `table()` gives.

        Returns:
            RGB of shape (…, height, width, 3).

        >>> import numpy as np
        >>> Normalisation.named("caffe").undo(np.zeros((3, 1, 1), np.float16)).tolist()
        [[[124, 117, 104]]]
        """
        import numpy as np  # noqa: PLC0415 - as above

        return np.clip(np.nan_to_num(self.levels(array)).round(), 0, 255).astype(np.uint8)

    def levels(self, array: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Grey levels with their fractions; takes and gives shapes as `undo()` does."""
        import numpy as np  # noqa: PLC0415 - as above

        last = np.moveaxis(of_bits(array), -3, -1).astype(np.float64)
        if array.dtype != np.uint8:
            last = (last * self.std + self.mean) / self.scale
        return last[..., ::-1] if self.channels == "BGR" else last


def bfloat16_bits(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint16]:
    """The bits of the nearest bfloat16, ties to even.

    >>> import numpy as np
    >>> [hex(bits) for bits in bfloat16_bits(np.array([1.0, -2.0]))]
    ['0x3f80', '0xc000']
    """
    import numpy as np  # noqa: PLC0415 - as above

    # Rounded to odd first: rounding to nearest twice is not the same as rounding once.
    near = values.astype(np.float32)
    over = np.abs(near.astype(np.float64)) > np.abs(values)
    towards_zero = np.where(over, np.nextafter(near, np.float32(0)), near)
    bits = towards_zero.view(np.uint32) | (towards_zero.astype(np.float64) != values)
    rounded: npt.NDArray[np.uint16] = ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)
    return rounded


def of_bits(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The values of an array as it is stored: float32 for the bits of bfloat16, else itself."""
    import numpy as np  # noqa: PLC0415 - as above

    if array.dtype.name not in ("uint16", "bfloat16"):
        return array
    return (array.view(np.uint16).astype(np.uint32) << 16).view(np.float32)


def _three(what: str, given: object) -> Three:
    figures = tuple(map(float, given)) if isinstance(given, tuple | list) else ()
    if len(figures) != 3 or not all(map(math.isfinite, figures)):
        raise TensorOptionError(f"a {what} is three numbers, not {given}")
    return figures[0], figures[1], figures[2]


def _figures(what: str, text: str) -> Three:
    parts = text.split(",")
    if len(parts) not in (1, 3) or not all(map(_is_number, parts)):
        raise TensorOptionError(f"a {what} is one number or three, not {text!r}")
    figures = [float(part) for part in parts] * (3 // len(parts))
    return figures[0], figures[1], figures[2]


def _is_number(text: str | None) -> bool:
    try:
        return text is not None and math.isfinite(float(text))
    except ValueError:
        return False


_NAMED: Final = {
    "torch": Normalisation(
        "torch", scale=1 / 255, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)
    ),
    "caffe": Normalisation("caffe", "BGR", mean=(103.939, 116.779, 123.68)),
    "tf": Normalisation("tf", scale=1 / 127.5, mean=(1.0, 1.0, 1.0)),
    "none": Normalisation("none"),
}
