"""The options of what tensors are to be made: the same for `plan` and `preprocess`, written once.

`mean` shares those about geometry.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click

from imnet_data.sharding.options import ORDERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.subsets.subset import Subset
    from imnet_data.tensors.geometry import Geometry
    from imnet_data.tensors.normalisation import Normalisation
    from imnet_data.tensors.options import TensorOptions

    Command = Callable[..., Any]

# Those of imnet_data/tensors/, which would load numpy here.
_FILTERS: Final = ("bilinear", "bicubic")
_DTYPES: Final = ("float16", "bfloat16", "float32", "uint8")
_RESIZE, _CROP = 256, 224

_OF_GEOMETRY: Final = (
    click.option(
        "--resize", type=click.IntRange(min=1), metavar="PX",
        help=f"What the short side is resized to.  [default: {_RESIZE}, or 8/7 of --crop if more]",
    ),
    click.option(
        "--crop", type=click.IntRange(min=1), metavar="PX",
        help=f"The side of the square that is cut from the centre.  [default: {_CROP}]",
    ),
    click.option(
        "--square", type=click.IntRange(min=1), metavar="PX",
        help="Instead: the whole picture resized to a square.",
    ),
    click.option(
        "--filter", "filter_name", type=click.Choice(_FILTERS), default="bilinear",
        show_default=True, help="How pixels are resized; both are antialiased, as Pillow's.",
    ),
    click.option("--exif", is_flag=True, help="Turn pictures as their EXIF says, first."),
)  # fmt: skip

_OF_PLAN: Final = (
    click.option(
        "--random-crops", type=click.IntRange(min=1), metavar="K",
        help="Instead: K crops of each image, of random size and shape, drawn by --seed.",
    ),
    click.option(
        "--normalize", default="torch", metavar="HOW", show_default=True,
        help="torch, caffe, tf, none; dataset, for what `mean` measured; or mean=R,G,B,std=R,G,B.",
    ),
    click.option(
        "--dtype", type=click.Choice(_DTYPES), default="float16", show_default=True,
        help="What tensors are stored as; uint8 is stored as it is, with mean and std beside it.",
    ),
    click.option(
        "--per-shard", type=click.IntRange(min=1), default=1024, metavar="N", show_default=True,
        help="Images a shard.",
    ),
    click.option(
        "--order", type=click.Choice(ORDERS), default="shuffled", show_default=True,
        help="Shuffled once, the same way everywhere, or class by class.",
    ),
    click.option(
        "--seed", type=int, default=0, metavar="S", show_default=True,
        help="Another seed shuffles, and crops, in another way.",
    ),
    click.option(
        "--part", "parts", multiple=True, metavar="P",
        help="Only this part of the subset, such as train; may be given again.  [default: all]",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GeometryChoice:
    """What was typed about geometry; None where nothing was."""

    resize: int | None
    crop: int | None
    square: int | None
    filter_name: str
    exif: bool

    def geometry(self) -> Geometry:
        """The geometry that was chosen, without random crops."""
        from imnet_data.tensors.geometry import Filter, Geometry  # noqa: PLC0415 - for few

        more: dict[str, Any] = {"filter": Filter(self.filter_name), "exif": self.exif}
        if self.square is not None:
            self._refuse("--square", resize=True)
            return Geometry("square", crop_px=self.square, **more)
        crop = self.crop or _CROP
        # Of a larger crop alone, nobody means that black borders are added.
        resize = self.resize or max(_RESIZE, round(crop * _RESIZE / _CROP) if self.crop else 0)
        return Geometry("crop", resize_px=resize, crop_px=crop, **more)

    def random(self, copies: int, seed: int) -> Geometry:
        """As many random crops an image."""
        from imnet_data.tensors.geometry import Filter, Geometry  # noqa: PLC0415 - for few

        self._refuse("--random-crops", resize=True, crop=False)
        return Geometry(
            "random", crop_px=self.crop or _CROP, filter=Filter(self.filter_name), copies=copies,
            seed=seed, exif=self.exif,
        )  # fmt: skip

    def _refuse(self, option: str, *, resize: bool, crop: bool = True) -> None:
        others = {"--resize": resize and self.resize, "--crop": crop and self.crop}
        others["--square"] = option != "--square" and self.square
        for other, given in others.items():
            if given:
                raise click.UsageError(f"{option} and {other} are two ways to cut: give one")


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """What was typed about the tensors that are to be made."""

    geometry: GeometryChoice
    random_crops: int | None
    normalize: str
    dtype: str
    per_shard: int
    order: str
    seed: int
    parts: tuple[str, ...]

    def options(self, subset: Subset) -> TensorOptions:
        """The options for a subset, whose own mean may be among them.

        Raises:
            TensorOptionError: an option is none.
            NoStatistics, StatisticsOutdated: the subset's mean was not measured as it is now.
        """
        from imnet_data.tensors.options import TensorOptions  # noqa: PLC0415 - numpy

        geometry = (
            self.geometry.geometry()
            if self.random_crops is None
            else self.geometry.random(self.random_crops, self.seed)
        )
        return TensorOptions(
            geometry, self._normalisation(subset), self.dtype, self.per_shard, self.order, self.seed
        )

    def _normalisation(self, subset: Subset) -> Normalisation:
        from imnet_data.tensors.normalisation import Normalisation  # noqa: PLC0415 - for few

        if self.normalize != "dataset":
            return Normalisation.of_text(self.normalize)
        # Random crops are not measured: the centre crop of the same side stands for them.
        part = "train" if "train" in subset.parts else subset.parts[0]
        return subset.statistics(self.geometry.geometry(), part).normalisation()


PLAN_NAMES: Final = {*GeometryChoice.__dataclass_fields__, *PlanChoice.__dataclass_fields__}
"""The parameters that plan_options() adds."""


def geometry_options(command: Command) -> Command:
    """`--resize`, `--crop`, `--square`, `--filter`, `--exif`: the command gets a `geometry`."""
    names = tuple(GeometryChoice.__dataclass_fields__)

    @wraps(command)
    def with_geometry(*args: Any, **kwargs: Any) -> Any:
        chosen = GeometryChoice(**{name: kwargs.pop(name) for name in names})
        return command(*args, geometry=chosen, **kwargs)

    return _with(with_geometry, _OF_GEOMETRY)


def plan_options(command: Command) -> Command:
    """Those, and all else that a plan says: the command gets a `choice`."""
    names = [name for name in PlanChoice.__dataclass_fields__ if name != "geometry"]

    @wraps(command)
    def with_choice(*args: Any, geometry: GeometryChoice, **kwargs: Any) -> Any:
        chosen = PlanChoice(geometry, **{name: kwargs.pop(name) for name in names})
        return command(*args, choice=chosen, **kwargs)

    # The inner one first: what stands last is listed first in the help.
    return geometry_options(_with(with_choice, _OF_PLAN))


def _with(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
