"""Predictions in arrays: every type, container and layout that they are saved in."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
import safetensors.numpy

from imnet_data.errors import NoPredictions, NotPredictions
from imnet_data.scoring.predictions import open_predictions
from imnet_data.scoring.predictions.batch import Kind
from tests.imnet_data.scoring.batches import joined

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

SCORES = np.random.default_rng(2).standard_normal((7, 1000)).astype(np.float32)
NAMES = [f"{i}.jpg" for i in range(7)]


def read(source: Any) -> tuple[Kind, list[str] | None, NDArray[Any]]:
    with open_predictions(source) as predictions:
        return predictions.kind, *joined(predictions)


@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f4", "<f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_of_any_float_and_layout(tmp_path: Path, dtype: str, order: Literal["C", "F"]) -> None:
    np.save(tmp_path / "x.npy", np.array(SCORES, dtype, order=order))
    kind, names, rows = read(tmp_path / "x.npy")
    assert (kind, names) == (Kind.SCORES, None)
    assert rows.dtype == (np.float64 if dtype == "<f8" else np.float32)
    assert (rows == SCORES.astype(dtype)).all()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_stored_and_deflated_with_names(tmp_path: Path, save: Callable[..., None]) -> None:
    save(tmp_path / "x.npz", labels=np.arange(7), filenames=np.array(NAMES), logits=SCORES)
    kind, names, rows = read(tmp_path / "x.npz")
    assert (kind, names) == (Kind.SCORES, NAMES)
    assert (rows == SCORES).all()


def test_safetensors_with_names_in_its_metadata_or_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    safetensors.numpy.save_file({"probs": SCORES}, path, metadata={"names": json.dumps(NAMES)})
    kind, names, rows = read(path)
    assert (kind, names) == (Kind.SCORES, NAMES)
    assert (rows == SCORES).all()
    raw = np.array([list(name.encode().ljust(9, b"\0")) for name in NAMES], np.uint8)
    safetensors.numpy.save_file({"x": SCORES.astype(np.float16), "names": raw}, path)
    assert read(path)[1] == NAMES


def test_bfloat16_is_read_bit_for_bit(tmp_path: Path) -> None:
    bits = (SCORES.view(np.uint32) >> 16).astype("<u2")
    wanted = (bits.astype(np.uint32) << 16).view(np.float32)
    header = {"logits": {"dtype": "BF16", "shape": [7, 1000], "data_offsets": [0, bits.nbytes]}}
    head = json.dumps(header).encode()
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(head).to_bytes(8, "little") + head + bits.tobytes())
    assert (read(path)[2] == wanted).all()
    # As numpy saves an array of ml_dtypes' type.
    np.save(tmp_path / "x.npy", bits.view("V2"))
    assert (read(tmp_path / "x.npy")[2] == wanted).all()


def test_whole_numbers_are_classes_and_ranks_unless_two_are_alike() -> None:
    assert read(np.array([65, 970]))[0] == Kind.CLASS
    assert read(np.array([65.0, np.nan]))[2].tolist() == [[65], [-1]]
    assert read(np.array([[65], [970]]))[0] == Kind.CLASS
    kind, _, rows = read(np.array([[65, 3], [970, 2]]))
    assert (kind, rows.tolist()) == (Kind.RANKED, [[65, 3], [970, 2]])
    assert read(np.array([[1, 0, 0], [0, 1, 0]]))[0] == Kind.SCORES
    assert read(np.array(["n01440764", "great white shark"]))[2].tolist() == [[0], [2]]


REFUSED = {
    "three dimensions": (np.zeros((2, 2, 2)), "2 x 2 x 2; rows x classes"),
    "complex numbers": (
        np.zeros((2, 3), complex),
        "complex128, which is neither a class nor a score",
    ),
}


@pytest.mark.parametrize(("array", "told"), REFUSED.values(), ids=REFUSED)
def test_arrays_that_are_none_are_refused(array: NDArray[Any], told: str) -> None:
    with pytest.raises(NotPredictions, match=told):
        open_predictions(array)


def test_lists_and_arrays_by_their_keys_are_read_as_they_would_be_from_a_file() -> None:
    assert read([65, 970])[2].tolist() == [[65], [970]]
    found = read({"filenames": ["a.jpg", "b.jpg"], "logits": np.eye(2)})
    assert (found[0], found[1], found[2].tolist()) == (
        Kind.SCORES, ["a.jpg", "b.jpg"], [[1, 0], [0, 1]],
    )  # fmt: skip
    with pytest.raises(NotPredictions):
        open_predictions([[1, 2], [3]])
    with pytest.raises(TypeError, match="arrays, and no int"):
        open_predictions(65)  # type: ignore[arg-type]


def test_no_rows_are_no_predictions() -> None:
    with pytest.raises(NoPredictions):
        open_predictions(np.empty((0, 1000)))


def test_pickled_objects_are_refused_and_never_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(NotPredictions, match="pickled objects, which can run code"):
        open_predictions(tmp_path / "x.npy")
    np.savez(tmp_path / "x.npz", logits=SCORES, names=np.array(NAMES, object))
    with pytest.raises(NotPredictions, match=r"names\.npy: it holds pickled objects"):
        open_predictions(tmp_path / "x.npz")
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as file:
        file.writestr("archive/data.pkl", b"")
    with pytest.raises(NotPredictions, match=r"torch\.save"):
        open_predictions(tmp_path / "x.pt")


def test_arrays_of_other_names_are_told() -> None:
    with pytest.raises(NotPredictions, match="3 names and 2 rows"):
        open_predictions(np.zeros((2, 3)), names=["a", "b", "c"])


def test_several_arrays_without_a_known_key_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", u=SCORES, v=SCORES)
    with pytest.raises(NotPredictions, match=r"\(u, v\) none is called logits"):
        open_predictions(tmp_path / "x.npz")


@pytest.mark.parametrize("kind", ["npy", "npz", "safetensors"])
def test_damage_is_told_in_a_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.{kind}"
    if kind == "npy":
        np.save(path, SCORES)
        path.write_bytes(path.read_bytes()[:-100])
    elif kind == "npz":
        np.savez(path, SCORES)
        data = bytearray(path.read_bytes())
        data[5000] ^= 1
        path.write_bytes(data)
    else:
        safetensors.numpy.save_file({"logits": SCORES}, path)
        path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(NotPredictions, match=r"cut short|CRC|incomplete"):
        read(path)
