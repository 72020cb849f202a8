"""The tensors of a safetensors file, read a few rows at a time.

The official reader refuses what is malformed; the rows are read here, for it maps the whole file
and has no bfloat16 for numpy.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Final

import numpy as np

from imnet_data.scoring.predictions.npy import Raw, Stored, Unreadable, opened_at

_TYPES: Final = {
    "BF16": "<u2", "F16": "<f2", "F32": "<f4", "F64": "<f8", "I8": "<i1", "I16": "<i2",
    "I32": "<i4", "I64": "<i8", "U8": "<u1", "U16": "<u2", "U32": "<u4", "U64": "<u8",
}  # fmt: skip


def read_safetensors(path: str) -> tuple[dict[str, Stored], dict[str, str]]:
    """The tensors by their names, and the file's metadata."""
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - seldom needed

    try:
        with safe_open(path, framework="numpy"):
            pass
    except SafetensorError as error:
        reason = f"it does not read as safetensors, and may be cut short: {error}"
        raise Unreadable(reason) from error
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    metadata: dict[str, str] = header.pop("__metadata__", {})
    tensors: dict[str, Stored] = {}
    for name, told in header.items():
        if told["dtype"] in _TYPES:
            start = 8 + length + told["data_offsets"][0]
            tensors[name] = Raw(
                tuple(told["shape"]),
                np.dtype(_TYPES[told["dtype"]]),
                told["dtype"] == "BF16",
                partial(opened_at, path, start),
            )
    return tensors, metadata
