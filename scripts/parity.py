"""The tables of docs/parity.md: each engine's pictures beside Pillow's, in grey levels.

What is allowed is imnet_data/tensors/engines/oracle.py's; scripts/check_parity starts this.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.errors import PictureRefused
from imnet_data.tensors.engines.choice import has_dali
from imnet_data.tensors.engines.engine import EngineName, EngineSpec
from imnet_data.tensors.engines.oracle import Oracle, bound_of
from imnet_data.tensors.geometry import Filter, Geometry
from imnet_data.tensors.normalisation import DTYPES, Normalisation, of_bits, stored_dtype
from tests.imnet_data.tensors import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray


PLAIN: Final = Normalisation.named("none")
EDGE: Final = 3
TOGETHER: Final = 32
WRONG: Final = "Further off than the oracle allows:"
OURS: Final[tuple[EngineName, ...]] = ("pillow", "dali") if has_dali() else ("pillow",)
SHAPES: Final[dict[str, Callable[[Filter], Geometry]]] = {
    "256, centre 224": lambda kind: Geometry(filter=kind),
    "224, centre 224": lambda kind: Geometry(resize_px=224, filter=kind),
    "square of 224": lambda kind: Geometry("square", filter=kind),
    "random box to 224": lambda kind: Geometry("random", filter=kind),
}


@dataclass
class Off:
    """How far some pictures are off."""

    pictures: int = 0
    most: float = 0.0
    inner: float = 0.0
    total: float = 0.0
    left_out: list[str] = field(default_factory=list)

    def add(self, off: NDArray[Any]) -> None:
        """One more picture's differences, of shape (height, width, 3)."""
        self.pictures += 1
        self.most = max(self.most, float(off.max()))
        self.inner = max(self.inner, float(off[EDGE:-EDGE, EDGE:-EDGE].max()))
        self.total += float(off.mean())

    def cells(self) -> str:
        """The cells of a row."""
        mean = self.total / max(self.pictures, 1)
        return f"{self.most:.0f} | {self.inner:.0f} | {mean:.4f}"


def batches(pictures: dict[str, bytes]) -> Iterator[list[tuple[str, bytes]]]:
    """Some pictures at a time."""
    rows = list(pictures.items())
    for at in range(0, len(rows), TOGETHER):
        yield rows[at : at + TOGETHER]


def expected(geometry: Geometry, pictures: dict[str, bytes]) -> dict[str, NDArray[Any]]:
    """Pillow's grey levels of each picture that it decodes."""
    oracle = Oracle(EngineSpec("pillow", "cpu", geometry, PLAIN, "uint8"))
    found = {}
    for name, data in pictures.items():
        with suppress(PictureRefused):
            found[name] = oracle.levels(name, data)[0]
    return found


def levels_off(fill: Any, pictures: dict[str, bytes], wanted: dict[str, NDArray[Any]]) -> Off:
    """Grey levels between what is filled in and what is wanted."""
    found = Off()
    for some in batches(pictures):
        out = np.zeros((len(some), 3, 224, 224), np.uint8)
        told = fill(some, out)
        for (name, _), tensor, why in zip(some, out, told, strict=True):
            if why is not None:
                found.left_out.append(name)
            elif name in wanted:
                found.add(np.abs(np.moveaxis(tensor, 0, -1).astype(int) - wanted[name]))
    return found


def by_torchvision(geometry: Geometry) -> Any:
    """What torchvision's v2 transforms make of decoded tensors; it draws its own random boxes."""
    import torch  # noqa: PLC0415 - few have it
    from torchvision.io import ImageReadMode, decode_image  # noqa: PLC0415
    from torchvision.transforms import InterpolationMode, v2  # noqa: PLC0415

    torch.set_num_threads(1)
    kind = InterpolationMode(str(geometry.filter))
    sides = (224, 224) if geometry.kind == "square" else geometry.resize_px
    steps = [v2.Resize(sides, kind, antialias=True), v2.CenterCrop(224)]
    transform = v2.Compose(steps)

    def fill(some: list[tuple[str, bytes]], out: NDArray[Any]) -> list[str | None]:
        told: list[str | None] = []
        for (_, data), row in zip(some, out, strict=True):
            try:
                tensor = torch.frombuffer(bytearray(data), dtype=torch.uint8)
                row[:] = transform(decode_image(tensor, ImageReadMode.RGB)).numpy()
                told.append(None)
            except RuntimeError as error:
                told.append(str(error))
        return told

    return fill


def tables_of(pictures: dict[str, bytes]) -> tuple[str, list[str]]:
    """A Markdown table of all engines, and sentences on what they left out or got wrong."""
    lines = [
        "| engine | filter | resize, cut | most | most inside | mean |",
        "|---|---|---|---:|---:|---:|",
    ]
    notes: dict[str, None] = {}
    for kind, (shape, make) in product(Filter, SHAPES.items()):
        geometry = make(kind)
        wanted = expected(geometry, pictures)
        for name in OURS:
            spec = EngineSpec(name, "cpu", geometry, PLAIN, "uint8")
            bound = bound_of(spec)
            with spec.open() as engine:
                off = levels_off(engine.fill, pictures, wanted)
            lines.append(f"| {name} | {kind} | {shape} | {off.cells()} |")
            notes |= dict.fromkeys(f"{name} left out {one}." for one in off.left_out)
            if (off.inner if bound.edge else off.most) > bound.most:
                notes[f"{WRONG} {name}, {kind}, {shape}: more than {bound.most:g}."] = None
        if find_spec("torchvision") and geometry.kind != "random":
            off = levels_off(by_torchvision(geometry), pictures, wanted)
            lines.append(f"| torchvision v2 | {kind} | {shape} | {off.cells()} |")
            notes |= dict.fromkeys(f"torchvision v2 left out {one}." for one in off.left_out)
    return "\n".join(lines), list(notes)


def steps_off(
    engine: EngineName, dtype: str, name: str, pictures: dict[str, bytes]
) -> tuple[float, int]:
    """How far tensors are from the table's values: in grey levels, and in steps of the dtype."""
    normalisation = Normalisation.named(name)
    made = {}
    for one in ("uint8", dtype):
        spec = EngineSpec(engine, "cpu", Geometry(), normalisation, one)
        out = np.zeros((len(pictures), 3, 224, 224), stored_dtype(one))
        with spec.open() as opened:
            opened.fill(list(pictures.items()), out)
        made[one] = out
    table, levels = normalisation.table(dtype), made["uint8"]
    wanted = np.stack([table[one][levels[:, one]] for one in range(3)], axis=1)
    std = np.array(normalisation.std)[:, None, None] / normalisation.scale
    off = np.abs(of_bits(made[dtype]).astype(np.float64) - of_bits(wanted).astype(np.float64))
    bits = np.dtype(f"i{made[dtype].itemsize}")
    steps = np.abs(made[dtype].view(bits).astype(np.int64) - wanted.view(bits).astype(np.int64))
    return float((off * std).max()), int(steps[np.abs(of_bits(wanted)) > 0.1].max(initial=0))


def after_normalisation(pictures: dict[str, bytes]) -> str:
    """A Markdown table of what normalising adds."""
    lines = [
        "| engine | dtype | normalisation | most, in grey levels | most, in steps of the dtype |",
        "|---|---|---|---:|---:|",
    ]
    for engine in OURS:
        for dtype in DTYPES[:3]:
            for name in ("torch", "caffe"):
                levels, steps = steps_off(engine, dtype, name, pictures)
                lines.append(f"| {engine} | {dtype} | {name} | {levels:.5f} | {steps} |")
    return "\n".join(lines)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--photos", type=Path, help="a folder of JPEGs of one's own")
    arguments = parser.parse_args()
    for engine, is_there in (("dali", has_dali()), ("torchvision", bool(find_spec("torchvision")))):
        if not is_there:
            print(f"{engine} is not installed and is left out", file=sys.stderr)
    sets = {"Made pictures": kinds.all_kinds()}
    if arguments.photos:
        files = sorted(path for path in arguments.photos.rglob("*") if _is_picture(path))
        sets["Photographs"] = {str(at): path.read_bytes() for at, path in enumerate(files)}
    found: list[str] = []
    for title, pictures in sets.items():
        table, notes = tables_of(pictures)
        print(f"## {title}: {len(pictures)}\n\n{table}\n")
        print("\n".join(notes) + "\n" if notes else "", flush=True)
        found += [one for one in notes if one.startswith(WRONG)]
    print(f"## After normalisation\n\n{after_normalisation(kinds.all_kinds())}")
    return 1 if found else 0


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in (".jpg", ".jpeg", ".png")


if __name__ == "__main__":
    sys.exit(main())
