"""NVIDIA's engine on its CPU device: the code that a GPU runs, but for the decoder's device."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("nvidia.dali")
pytest.importorskip("nvidia.nvimgcodec")

from PIL import Image

from imnet_data.errors import EngineFailed, OracleDisagrees
from imnet_data.tensors.engines.engine import EngineSpec
from imnet_data.tensors.engines.oracle import Oracle
from imnet_data.tensors.geometry import Filter, Geometry
from imnet_data.tensors.normalisation import Normalisation, of_bits, stored_dtype
from tests.imnet_data.tensors import kinds

SMALL = Geometry(resize_px=64, crop_px=56)


def spec_of(
    geometry: Geometry = SMALL, normalisation: str = "torch", dtype: str = "float16"
) -> EngineSpec:
    return EngineSpec("dali", "cpu", geometry, Normalisation.named(normalisation), dtype)


def made(spec: EngineSpec, pictures: dict[str, bytes]) -> tuple[Any, list[str | None]]:
    side, copies = spec.geometry.out_px, spec.geometry.copies
    out = np.zeros((len(pictures) * copies, 3, side, side), stored_dtype(spec.dtype))
    with spec.open() as engine:
        return out, engine.fill(list(pictures.items()), out)


@pytest.mark.parametrize("kind", Filter)
@pytest.mark.parametrize("shape", ["crop", "square", "random"])
def test_every_kind_of_picture_is_as_pillow_makes_it_but_for_rounding(
    shape: Any, kind: Filter
) -> None:
    copies = 2 if shape == "random" else 1
    spec = spec_of(Geometry(shape, 64, 56, filter=kind, copies=copies))
    pictures = kinds.all_kinds()

    out, wrong = made(spec, pictures)

    assert wrong == [None] * len(pictures)
    oracle = Oracle(spec)
    for at, (name, data) in enumerate(pictures.items()):
        oracle.agree(name, data, out[at * copies : (at + 1) * copies])


@pytest.mark.parametrize("name", ["torch", "caffe", "tf", "none"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "uint8"])
def test_a_tensor_is_the_table_s_within_a_step_of_its_dtype(name: str, dtype: str) -> None:
    pictures = kinds.jpegs()
    levels, _ = made(spec_of(normalisation=name, dtype="uint8"), pictures)
    out, _ = made(spec_of(normalisation=name, dtype=dtype), pictures)
    table = Normalisation.named(name).table(dtype)
    wanted = np.stack([table[one][levels[:, one]] for one in range(3)], axis=1)

    off = np.abs(of_bits(out).astype(np.float64) - of_bits(wanted).astype(np.float64))
    step = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-20, "uint8": 0.0}[dtype]

    # Near zero what is left of a subtraction has the rounding of what was subtracted.
    size = np.abs(of_bits(wanted).astype(np.float64))
    assert (off <= step * np.maximum(size, size.max() / 4)).all()


def test_a_bad_picture_is_named_and_the_others_are_made() -> None:
    good = kinds.jpeg(151, 118)
    pictures = {"first": good, "cut": good[:600], "text": b"<html>", "none": b"", "last": good}

    out, wrong = made(spec_of(), pictures)

    assert [why is None for why in wrong] == [True, False, False, False, True]
    assert (out[0] == out[4]).all()
    assert out[0].any()


def test_a_batch_of_bad_pictures_alone_is_no_fault_of_the_machine() -> None:
    _, wrong = made(spec_of(), {"cut": kinds.jpeg(151, 118)[:600]})

    assert wrong[0] is not None


def test_a_decoder_that_decodes_nothing_is_a_fault_of_the_machine() -> None:
    with spec_of().open() as engine:
        without_backends(engine)
        with pytest.raises(EngineFailed, match="no picture"):
            engine.fill([("n1_1", kinds.jpeg(64, 48))], np.zeros((1, 3, 56, 56), np.float16))


def without_backends(engine: Any) -> None:
    """As nvImageCodec is where its libraries do not fit the machine: None for everything."""
    decoder = engine._decoder
    codec = decoder._codec
    decoder._decoder = codec.Decoder(device_id=codec.NVIMGCODEC_DEVICE_CPU_ONLY)


def test_a_picture_of_one_colour_is_refused_unless_it_is_one() -> None:
    data, black = kinds.jpeg(64, 48), kinds.jpegs()["jpeg, black"]
    with spec_of().open() as engine:
        lying(engine)
        wrong = engine.fill([("n1_1", data), ("n1_2", black)], np.zeros((2, 3, 56, 56), np.float16))

    assert wrong[0] is not None
    assert "one even colour" in wrong[0]
    assert wrong[1] is None


def lying(engine: Any) -> None:
    """As a hardware decoder that calls black pictures decoded."""
    decode = engine._decoder.decode
    engine._decoder.decode = lambda some: [np.zeros_like(one) for one in decode(some)]


def test_the_same_bytes_whatever_is_beside_a_picture() -> None:
    pictures = {f"{name} {turn}": data for turn in range(4) for name, data in kinds.jpegs().items()}
    spec = spec_of(Geometry("random", crop_px=40, copies=3))
    backwards = dict(reversed(pictures.items()))

    out, _ = made(spec, pictures)
    turned, _ = made(spec, backwards)
    with spec.open() as engine:
        alone = np.zeros((3, 3, 40, 40), np.float16)
        for at, one in enumerate(pictures.items()):
            if at % 7 == 0:
                engine.fill([one], alone)
                assert (alone == out[at * 3 : at * 3 + 3]).all()

    for at in range(len(pictures)):
        there = len(pictures) - 1 - at
        assert (out[at * 3 : at * 3 + 3] == turned[there * 3 : there * 3 + 3]).all()


def test_exif_turns_a_picture_only_if_asked() -> None:
    data = kinds.jpegs()["jpeg, turned by exif"]
    turned = spec_of(Geometry("square", crop_px=32, exif=True))
    plain = spec_of(Geometry("square", crop_px=32))

    for spec in (turned, plain):
        out, _ = made(spec, {"n1_1": data})
        Oracle(spec).agree("n1_1", data, out)


def test_the_oracle_finds_a_tensor_that_is_three_grey_levels_too_dark() -> None:
    spec, data = spec_of(), kinds.jpeg(151, 118)
    out, _ = made(spec, {"n1_1": data})

    with pytest.raises(OracleDisagrees, match="n1_1"):
        Oracle(spec).agree("n1_1", data, out - np.float16(0.05))


def test_a_gpu_that_is_not_there_is_told() -> None:
    with pytest.raises(EngineFailed, match="cuda:99"):
        EngineSpec("dali", "cuda:99", SMALL, Normalisation.named("torch")).open()


def test_a_picture_that_would_become_too_large_is_refused() -> None:
    thread = kinds.saved(Image.new("RGB", (4000, 1)), "PNG")

    _, wrong = made(spec_of(Geometry()), {"thread": thread})

    assert wrong == ["it would have 1,024,000 x 256 pixels when resized: too many"]
