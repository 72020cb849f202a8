"""Mapping a file of tensors: as the safetensors package reads it, and no crash over any header."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from imnet_data.tensors.mapped import MappedTensors

if TYPE_CHECKING:
    from pathlib import Path

ARRAYS = {
    "images": np.arange(24, dtype=np.float16).reshape(2, 3, 2, 2),
    "labels": np.array([4, -1]),
    "levels": np.arange(5, dtype=np.uint8),
    "empty": np.empty((0, 3), np.float32),
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mapped") / "some.safetensors"
    save_file(ARRAYS, path, metadata={"plan": "7f"})
    return path


def test_arrays_are_those_that_the_package_reads(file: Path) -> None:
    mapped, known = MappedTensors(str(file)), load_file(file)
    assert mapped.metadata == {"plan": "7f"}
    assert mapped.arrays.keys() == known.keys()
    for name, array in known.items():
        np.testing.assert_array_equal(mapped.arrays[name], array)
        assert mapped.arrays[name].dtype == array.dtype
        assert not mapped.arrays[name].flags.writeable


def test_what_is_written_to_a_private_mapping_stays_out_of_the_file(file: Path) -> None:
    MappedTensors(str(file), private=True).arrays["labels"][:] = 7
    assert MappedTensors(str(file)).arrays["labels"].tolist() == [4, -1]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 400), text=st.binary(min_size=1, max_size=6))
def test_a_header_that_was_spoilt_is_an_error_or_gives_arrays_within_the_file(
    file: Path, tmp_path: Path, at: int, text: bytes
) -> None:
    data = file.read_bytes()
    spoilt = tmp_path / "spoilt.safetensors"
    spoilt.write_bytes((data[:at] + text + data[at + len(text) :])[: len(data)])
    try:
        arrays = MappedTensors(str(spoilt)).arrays
    except ValueError:
        return
    for array in arrays.values():
        assert len(array.tobytes()) == array.nbytes


@pytest.mark.parametrize(
    "header",
    [
        b"[" * 100_000,
        b'{"a":1}',
        b'{"__metadata__":3}',
        b'{"a":{"dtype":"F16","shape":[-2],"data_offsets":[0,-4]}}',
        b'{"a":{"dtype":"F16","shape":[1e999],"data_offsets":[0,4]}}',
        b'{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4000]}}',
    ],
)
def test_headers_that_are_none_are_errors(tmp_path: Path, header: bytes) -> None:
    file = tmp_path / "bad.safetensors"
    file.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(ValueError, match=r"header|metadata"):
        MappedTensors(str(file))
