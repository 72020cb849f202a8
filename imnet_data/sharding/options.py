"""How a set of shards is asked for: everything that changes its bytes, and nothing else.

Where they go and who writes them are write.py's arguments.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from imnet_data.errors import ShardOptionError
from imnet_data.sharding.formats import FORMATS, OF_CLASSES

SHUFFLED: Final = "shuffled"
CLASS: Final = "class"
ORDERS: Final = (SHUFFLED, CLASS)
DEFAULT_SHARD_BYTES: Final = 256_000_000
# Smaller ones would be mostly headers, and there would be a file an image.
SMALLEST_SHARD_BYTES: Final = 16_384


@dataclass(frozen=True, slots=True)
class ShardOptions:
    """The options of a set of shards.

    A shard is at most `shard_size_bytes` long (256 MB where nothing is said; an image that is
    larger by itself has one of its own), or has `per_shard` images. `order` is `shuffled` or
    `class`; another `seed` shuffles otherwise. With `digest` the manifest has a SHA-256 a shard.
    The formats `folder` and `tar` go by classes and are not cut. `link` makes hard links of images
    that are files already, where a folder is written.

    Raises:
        ShardOptionError: an option is none of these, or two contradict one another.

    >>> ShardOptions(per_shard=1000).shard_size_bytes is None
    True
    """

    format: str = "webdataset"
    shard_size_bytes: int | None = None
    per_shard: int | None = None
    order: str = SHUFFLED
    seed: int = 0
    digest: bool = True
    link: bool = False

    def __post_init__(self) -> None:
        _one_of("format", self.format, tuple(FORMATS))
        _one_of("order", self.order, ORDERS)
        if self.link and self.format != "folder":
            raise ShardOptionError(f"a {self.format} has no links: they are for a folder")
        if self.format in OF_CLASSES:
            self._not_cut()
            return
        if self.per_shard is not None and self.shard_size_bytes is not None:
            raise ShardOptionError("a shard has a number of images or a size: give one of the two")
        if self.per_shard is None and self.shard_size_bytes is None:
            object.__setattr__(self, "shard_size_bytes", DEFAULT_SHARD_BYTES)
        if self.per_shard is not None and self.per_shard < 1:
            raise ShardOptionError(f"a shard has at least 1 image, not {self.per_shard}")
        if self.shard_size_bytes is not None and self.shard_size_bytes < SMALLEST_SHARD_BYTES:
            raise ShardOptionError(
                f"a shard has at least {SMALLEST_SHARD_BYTES:,} bytes, not "
                f"{self.shard_size_bytes:,}"
            )

    def as_json(self) -> dict[str, Any]:
        """The options by name, as a manifest has them: all that changes bytes."""
        return {name: value for name, value in asdict(self).items() if name != "link"}

    def _not_cut(self) -> None:
        if self.per_shard is not None or self.shard_size_bytes is not None:
            raise ShardOptionError(f"a {self.format} is not cut into shards: it takes no size")
        object.__setattr__(self, "order", CLASS)


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ShardOptionError(f"there is no {option} {value!r}; there are {', '.join(known)}")
