"""Tensors as torch has them: the file's own memory, and no warning. Runs where torch is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from imnet_data import TensorShards
from imnet_data.tensors.normalisation import Normalisation

from .folders import make, stored

if TYPE_CHECKING:
    from pathlib import Path

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "uint8"])
def test_batches_are_tensors_of_the_dtype_that_share_the_file(tmp_path: Path, dtype: str) -> None:
    made = make(tmp_path, dtype=dtype)
    with TensorShards(tmp_path, as_torch=True) as shards:
        batch = next(shards.batches(3))
        assert batch.images.dtype == getattr(torch, dtype)
        assert batch.labels.tolist() == made.labels[:3].tolist()
        wanted = stored(made.levels[:3], dtype, Normalisation.named("torch"))
        bits = batch.images.view(torch.uint8).numpy()
        np.testing.assert_array_equal(bits, wanted.view(np.uint8))
        assert shards[1].image.data_ptr() == batch.images[1].data_ptr()
        assert next(shards.batches(3, shuffle=True)).as_float32().dtype == torch.float32


def test_what_is_written_to_a_tensor_never_reaches_the_file(tmp_path: Path) -> None:
    make(tmp_path)
    before = (tmp_path / "train-000000.safetensors").read_bytes()
    with TensorShards(tmp_path, as_torch=True) as shards:
        shards[0].image.zero_()
    assert (tmp_path / "train-000000.safetensors").read_bytes() == before


def test_torchs_numbers_and_marks_choose_pictures(tmp_path: Path) -> None:
    made = make(tmp_path)
    with TensorShards(tmp_path) as shards:
        assert shards[torch.tensor([7, 2])].numbers.tolist() == [7, 2]
        assert shards[torch.tensor(4)].name == made.names[4]
        assert shards[torch.arange(12) == 3].numbers.tolist() == [3]


def test_torchs_loader_reads_it_with_workers(tmp_path: Path) -> None:
    made = make(tmp_path)
    shards = TensorShards(tmp_path, as_torch=True)
    loader = torch.utils.data.DataLoader(shards, batch_size=5, num_workers=2)
    images, labels, names = zip(*loader, strict=True)
    assert torch.cat(images).shape == (12, 3, 8, 8)
    assert torch.cat(labels).tolist() == made.labels.tolist()
    assert [name for some in names for name in some] == made.names
    shards.close()
