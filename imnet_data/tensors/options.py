"""How tensors are asked for: everything that changes their bytes but the engine that makes them.

Which images they are made of is the plan's (plan.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import TensorOptionError
from imnet_data.sharding.options import ORDERS, SHUFFLED
from imnet_data.tensors.geometry import Geometry, one_of
from imnet_data.tensors.normalisation import DTYPES, Normalisation, stored_dtype

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PER_SHARD: Final = 1024


@dataclass(frozen=True, slots=True)
class TensorOptions:
    """The options of a plan.

    `per_shard` counts images, of which each gives `geometry.copies` tensors. `order` is `shuffled`
    or `class`; another `seed` shuffles otherwise. `dtype` is one of `normalisation.DTYPES`; uint8
    is stored as it is, its mean and std with it.

    Raises:
        TensorOptionError: an option is none of these.

    >>> TensorOptions().bytes_per_image
    301072
    """

    geometry: Geometry = field(default_factory=Geometry)
    normalisation: Normalisation = field(default_factory=lambda: Normalisation.named("torch"))
    dtype: str = "float16"
    per_shard: int = DEFAULT_PER_SHARD
    order: str = SHUFFLED
    seed: int = 0

    def __post_init__(self) -> None:
        one_of("dtype", self.dtype, DTYPES)
        one_of("order", self.order, ORDERS)
        if self.per_shard < 1:
            raise TensorOptionError(f"a shard has at least 1 image, not {self.per_shard}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one tensor: channels, height, width."""
        return (3, self.geometry.out_px, self.geometry.out_px)

    @property
    def row_bytes(self) -> int:
        """The bytes of one tensor."""
        return 3 * self.geometry.out_px**2 * stored_dtype(self.dtype).itemsize

    @property
    def bytes_per_image(self) -> int:
        """What an image takes in a shard, with label and id, all its copies."""
        return self.geometry.copies * (self.row_bytes + 16)

    def as_json(self) -> dict[str, Any]:
        """The options by name."""
        return {
            "geometry": self.geometry.as_json(),
            "normalisation": self.normalisation.as_json(),
            "dtype": self.dtype,
            "per_shard": self.per_shard,
            "order": self.order,
            "seed": self.seed,
        }

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> TensorOptions:
        """The options that `as_json()` gave.

        Raises:
            TensorOptionError: they are none of ours.
            KeyError: one is not there.
        """
        return cls(
            Geometry.of_json(said["geometry"]),
            Normalisation.of_json(said["normalisation"]),
            str(said["dtype"]),
            int(said["per_shard"]),
            str(said["order"]),
            int(said["seed"]),
        )
