"""What stands in one shard of tensors: its header and shapes, labels, values, the names beside it.

Its file as such (size, digest) is check.py's.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.amounts import count, some
from imnet_data.tensors.mapped import MappedTensors
from imnet_data.tensors.safetensors_file import SAFETENSORS_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

# What is wrong, or odd, in one word.
HEADER: Final = "header"
LABELS: Final = "labels"
VALUES: Final = "values"
NAMES: Final = "names"
PLAN: Final = "plan"
CONSTANT: Final = "constant"

# The bits of a float's exponent: all of them are set in what is no number, or without end.
_EXPONENT: Final[dict[str, np.unsignedinteger[Any]]] = {
    "float16": np.uint16(0x7C00), "bfloat16": np.uint16(0x7F80), "float32": np.uint32(0x7F80_0000),
}  # fmt: skip
# Pictures at a time: 5 MB of float16, so that what is computed of them stays in the cache.
_TOGETHER: Final = 16
_NAMED: Final = 3
_GLANCE: Final = 64


@dataclass(frozen=True, slots=True)
class Expected:
    """What a shard is to hold: rows of a shape and dtype, labels below `classes`, by a plan."""

    rows: int
    image_shape: tuple[int, int, int]
    dtype: str
    classes: int
    plan: str
    sidecar: str
    sha256: str | None


@dataclass(slots=True)
class Contents:
    """What was found: (word, a part of a sentence); `odd` is what may be right."""

    wrong: list[tuple[str, str]] = field(default_factory=list)
    odd: list[tuple[str, str]] = field(default_factory=list)


def look(path: str, expected: Expected, *, deep: bool) -> Contents:
    """Look at a shard; when `deep`, at every value."""
    found = Contents()
    names = _look_beside(path, expected, found)
    mapped = _opened(path, expected, found)
    if mapped is None:
        return found
    plan = mapped.metadata.get("plan")
    if plan != expected.plan:
        found.wrong.append(
            (PLAN, f"was made by the plan {str(plan)[:12]}, not {expected.plan[:12]}")
        )
    labels = mapped.arrays["labels"]
    out = np.flatnonzero((labels < -1) | (labels >= expected.classes))
    if len(out):
        detail = f"{count(len(out), 'label')} that {_is(out)} no class, such as {labels[out[0]]}"
        found.wrong.append((LABELS, detail))
    if deep:
        _look_at_values(mapped.arrays["images"], expected.dtype, names, found)
    return found


def _opened(path: str, expected: Expected, found: Contents) -> MappedTensors | None:
    """The shard's arrays, if it is a file of tensors and these are of the right shapes."""
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - for few

    try:
        # Its maker's own rules first: holes, bytes behind the end, keys that come twice.
        with safe_open(path, framework="np") as file:
            slices = {key: file.get_slice(key) for key in file.keys()}  # noqa: SIM118 - no mapping
            held = {key: (one.get_dtype(), tuple(one.get_shape())) for key, one in slices.items()}
            slices.clear()
        mapped = MappedTensors(path)
    except (SafetensorError, ValueError, OSError) as error:
        found.wrong.append((HEADER, f"is no file of tensors: {error}"))
        return None
    n = expected.rows
    wanted = {
        "labels": ("I64", (n,)),
        "image_ids": ("I64", (n,)),
        "images": (SAFETENSORS_NAMES[expected.dtype], (n, *expected.image_shape)),
    }
    if held != wanted:
        found.wrong.append((HEADER, f"holds {_shapes(held)}, not {_shapes(wanted)}"))
        return None
    return mapped


def _look_beside(path: str, expected: Expected, found: Contents) -> list[str] | None:
    """The names beside a shard, if they are as many as it has rows; what is missing is told."""
    beside = os.path.join(os.path.dirname(path), expected.sidecar)
    try:
        with open(beside, encoding="utf-8") as file:
            said = json.load(file)
        names: list[str] = said["names"]
        rows, sha256, plan = len(names), said["sha256"], said["plan"]
    except OSError:
        return None  # it is told of that file itself
    except (ValueError, KeyError, TypeError):
        found.wrong.append((NAMES, f"{expected.sidecar} beside it does not read"))
        return None
    if rows != expected.rows or said.get("rows") != rows:
        found.wrong.append((NAMES, f"{expected.sidecar} beside it names {count(rows, 'picture')}"))
        return None
    if plan != expected.plan or (expected.sha256 is not None and sha256 != expected.sha256):
        found.wrong.append((NAMES, f"{expected.sidecar} beside it is of another shard"))
        return None
    return names


def _look_at_values(
    images: npt.NDArray[Any], dtype: str, names: list[str] | None, found: Contents
) -> None:
    exponent = _EXPONENT.get(dtype)
    bits = images.view(images.dtype if exponent is None else exponent.dtype)
    endless: list[int] = []
    constant: list[int] = []
    for first in range(0, len(bits), _TOGETHER):
        block = bits[first : first + _TOGETHER].reshape(-1, 3, bits.shape[-1] * bits.shape[-2])
        if exponent is not None:
            wrong = ((block & exponent) == exponent).any(axis=(1, 2))
            endless += (first + np.flatnonzero(wrong)).tolist()
        constant += [first + at for at in _of_one_colour(block)]
    if endless:
        which = _named(endless, names)
        found.wrong.append((VALUES, f"values that are no numbers in {which}"))
    if constant:
        which = _named(constant, names)
        found.odd.append((CONSTANT, f"one colour and nothing else in {which}"))


def _of_one_colour(pictures: npt.NDArray[Any]) -> list[int]:
    """Which of some pictures, [N, 3, pixels], have one value a channel."""
    # Most are told apart by their first pixels.
    same = (pictures[..., :_GLANCE] == pictures[..., :1]).all(axis=(1, 2))
    return [
        at for at in np.flatnonzero(same).tolist() if (pictures[at] == pictures[at, :, :1]).all()
    ]


def _named(rows: list[int], names: list[str] | None) -> str:
    told = [f"row {row}" if names is None else names[row] for row in rows[:_NAMED]]
    return f"{count(len(rows), 'picture')}: {some(told, len(rows))}"


def _shapes(held: Mapping[str, tuple[str, tuple[int, ...]]]) -> str:
    return ", ".join(f"{key} {dtype}{list(shape)}" for key, (dtype, shape) in sorted(held.items()))


def _is(some_of: npt.NDArray[np.intp]) -> str:
    return "is" if len(some_of) == 1 else "are"
