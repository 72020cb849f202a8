"""The engine of every machine: to the last bit what Pillow alone would give."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, ImageOps

from imnet_data.errors import NeedsExtra, OracleDisagrees, TensorOptionError
from imnet_data.tensors.engines import choice, decoding
from imnet_data.tensors.engines.engine import EngineSpec
from imnet_data.tensors.engines.oracle import Oracle, checked
from imnet_data.tensors.engines.resizing import cut
from imnet_data.tensors.geometry import Filter, Geometry
from imnet_data.tensors.normalisation import DTYPES, Normalisation, stored_dtype
from tests.imnet_data.tensors import kinds

TORCH = Normalisation.named("torch")
PLAIN = Normalisation.named("none")


def made(spec: EngineSpec, pictures: dict[str, bytes]) -> tuple[Any, list[str | None]]:
    side, copies = spec.geometry.out_px, spec.geometry.copies
    out = np.zeros((len(pictures) * copies, 3, side, side), stored_dtype(spec.dtype))
    with spec.open() as engine:
        return out, engine.fill(list(pictures.items()), out)


def uint8(geometry: Geometry, normalisation: Normalisation = PLAIN) -> EngineSpec:
    return EngineSpec("pillow", "cpu", geometry, normalisation, "uint8")


def by_torchvision_rules(data: bytes, resize: int, crop: int) -> Any:
    """What torchvision's pil_loader, Resize and CenterCrop do, in Pillow's own words."""
    with Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("RGB")
    width, height = picture.size
    if min(width, height) != resize:
        short, long = sorted(picture.size)
        sides = (resize, int(resize * long / short))
        size = sides if width <= height else sides[::-1]
        picture = picture.resize(size, Image.Resampling.BILINEAR)
    left, top = (round((side - crop) / 2.0) for side in picture.size)
    return np.asarray(picture.crop((left, top, left + crop, top + crop)))


@pytest.mark.filterwarnings("ignore:Palette images with Transparency")
@pytest.mark.parametrize(("resize", "crop"), [(64, 56), (50, 50)])
def test_every_kind_of_picture_is_as_torchvision_makes_it(resize: int, crop: int) -> None:
    pictures = kinds.all_kinds()

    out, wrong = made(uint8(Geometry(resize_px=resize, crop_px=crop)), pictures)

    assert wrong == [None] * len(pictures)
    for (name, data), tensor in zip(pictures.items(), out, strict=True):
        expected = by_torchvision_rules(data, resize, crop)
        assert (np.moveaxis(tensor, 0, -1) == expected).all(), name


# The short side decides whether a box of the crop is exact, and the shape in which order Pillow
# resizes: so sides and sizes of every kind, and both filters.
@given(
    width=st.integers(1, 160),
    height=st.integers(1, 160),
    resize=st.sampled_from([1, 16, 24, 32, 57, 64]),
    less=st.integers(0, 40),
    kind=st.sampled_from(Filter),
)
@settings(max_examples=80, deadline=None)
def test_a_crop_is_to_the_last_bit_what_resize_and_then_crop_give(
    width: int, height: int, resize: int, less: int, kind: Filter
) -> None:
    side = max(1, resize - less)
    geometry = Geometry(resize_px=resize, crop_px=side, filter=kind)
    picture = Image.fromarray(kinds.scene(width, height))
    (window,) = geometry.windows(width, height, "any")

    resampling = Image.Resampling[kind.name]
    whole = picture.resize(window.size, resampling) if picture.size != window.size else picture
    x, y = window.corner
    expected = np.asarray(whole.crop((x, y, x + side, y + side)))

    assert (np.asarray(cut(picture, window, side, kind)) == expected).all()


@pytest.mark.parametrize("kind", Filter)
def test_a_random_box_is_cut_before_it_is_resized(kind: Filter) -> None:
    geometry = Geometry("random", crop_px=40, copies=3, filter=kind)
    data = kinds.others()["png"]
    with Image.open(io.BytesIO(data)) as picture:
        windows = geometry.windows(*picture.size, "a")
        expected = [
            np.asarray(picture.crop(one.box).resize((40, 40), Image.Resampling[kind.name]))
            for one in windows
        ]

    out, _ = made(uint8(geometry), {"a": data})

    assert (np.moveaxis(out, 1, -1) == np.stack(expected)).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_is_what_the_oracle_gives(dtype: str) -> None:
    spec = EngineSpec(
        "pillow", "cpu", Geometry(resize_px=32, crop_px=24), Normalisation.named("caffe"), dtype
    )
    pictures = kinds.jpegs()
    out, _ = made(spec, pictures)

    oracle = Oracle(spec)
    for (name, data), tensor in zip(pictures.items(), out, strict=True):
        oracle.agree(name, data, tensor[None])
        expected = oracle.tensors(name, data)
        assert expected is not None
        assert expected.dtype == tensor.dtype
        assert (expected[0] == tensor).all()


@pytest.mark.parametrize("turn", range(1, 10))
def test_exif_turns_a_picture_only_if_asked(turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    picture = Image.fromarray(kinds.scene(40, 25))
    data = kinds.saved(picture, "JPEG", exif=exif)
    with Image.open(io.BytesIO(data)) as opened:
        upright = np.asarray(ImageOps.exif_transpose(opened))
        as_it_lies = np.asarray(opened)

    assert (np.asarray(decoding.decode(data, exif=True)) == upright).all()
    assert (np.asarray(decoding.decode(data)) == as_it_lies).all()


def broken() -> dict[str, bytes]:
    good, png = kinds.jpeg(151, 118), kinds.others()["png"]
    middle = len(good) // 2
    bomb = bytearray(kinds.jpeg(64, 64))
    at = bomb.index(b"\xff\xc0") + 5
    bomb[at : at + 4] = b"\xff\xf0\xff\xf0"
    large = b"IHDR" + struct.pack(">II", 30_000, 30_000) + png[24:29]
    return {
        "cut short": good[:middle],
        "without its end": good[:-2],
        "damaged within": good[:middle] + bytes(64) + good[middle + 64 :],
        "png cut short": png[: len(png) // 2],
        "empty": b"",
        "text": b"<html>404</html>",
        "start of a jpeg": b"\xff\xd8\xff\xe0",
        "a bomb": bytes(bomb),
        "a png bomb": png[:12] + large + struct.pack(">I", zlib.crc32(large)) + png[33:],
    }


def test_a_picture_that_is_not_whole_is_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever uses Pillow in the same process may have made it forgiving.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    good = kinds.jpeg(151, 118)
    pictures = {"first": good, **broken(), "last": good}

    out, wrong = made(uint8(Geometry(resize_px=32, crop_px=32)), pictures)

    assert [why is None for why in wrong] == [True, *[False] * (len(pictures) - 2), True]
    assert (out[0] == out[-1]).all()
    assert all("too many" in str(why) for why in wrong[-3:-1])
    assert out[0].any()
    assert all(why and "object" not in why for why in wrong[1:-1])
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_a_picture_that_would_become_too_large_is_refused() -> None:
    thread = kinds.saved(Image.new("RGB", (4000, 1)), "PNG")

    _, wrong = made(uint8(Geometry()), {"thread": thread})

    assert wrong == ["it would have 1,024,000 x 256 pixels when resized: too many"]


def test_harmless_oddities_of_a_jpeg_are_passed_over() -> None:
    good = kinds.jpeg(151, 118)
    padded = good[:-2] + bytes(40) + good[-2:]

    out, wrong = made(uint8(Geometry(resize_px=32, crop_px=32)), {"good": good, "padded": padded})

    assert wrong == [None, None]
    assert (out[0] == out[1]).all()


def test_without_libjpeg_turbo_pillow_decodes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_same_library", lambda: False)
    pictures = {**kinds.jpegs(), **broken()}

    _, wrong = made(uint8(Geometry(resize_px=32, crop_px=32)), pictures)

    assert [why is None for why in wrong] == [True] * len(kinds.jpegs()) + [False] * len(broken())


def test_without_arrow_a_jpeg_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    data = kinds.jpeg(151, 118)
    mapped = np.asarray(decoding.decode(data))
    monkeypatch.delattr(Image, "fromarrow", raising=False)  # as Pillow before 11.2 is

    assert (np.asarray(decoding.decode(data)) == mapped).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_oracle_finds_a_picture_of_which_one_pixel_is_off(dtype: str) -> None:
    spec = EngineSpec("pillow", "cpu", Geometry(resize_px=32, crop_px=32), TORCH, dtype)
    data = kinds.jpeg(151, 118)
    out, _ = made(spec, {"n1_1": data})
    oracle = Oracle(spec)
    oracle.agree("n1_1", data, out)

    # As far off as bfloat16, which has seven bits, can tell.
    wrong = (int(oracle.levels("n1_1", data)[0, 20, 9, 0]) + 8) % 256
    out[0, 0, 20, 9] = spec.normalisation.table(dtype)[0, wrong]

    with pytest.raises(OracleDisagrees, match="n1_1"):
        oracle.agree("n1_1", data, out)


def test_the_oracle_finds_colours_in_the_wrong_order_and_what_is_no_number() -> None:
    spec = EngineSpec("pillow", "cpu", Geometry(resize_px=32, crop_px=32), TORCH)
    data = kinds.jpeg(151, 118)
    out, _ = made(spec, {"n1_1": data})

    for wrong in (out[:, ::-1], np.full_like(out, np.nan), np.zeros_like(out)):
        with pytest.raises(OracleDisagrees):
            Oracle(spec).agree("n1_1", data, wrong)


def test_which_pictures_are_checked_depends_on_their_names_alone() -> None:
    names = [f"n02084071_{number}" for number in range(50)]

    first = {names[at] for at in checked(names)}
    turned = {names[::-1][at] for at in checked(names[::-1])}

    assert len(first) == 4
    assert turned == first
    assert checked(names[:2]) == [0, 1]


class Elsewhere:
    """A machine with or without DALI, and with so many GPUs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, dali: bool, gpus: int) -> None:
        monkeypatch.setattr(choice, "has_dali", lambda: dali)
        monkeypatch.setattr(choice, "gpus", lambda: gpus)


def test_the_engine_is_dali_only_where_it_and_a_gpu_are(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    for dali, gpus in ((False, 0), (False, 2), (True, 0), (True, 2)):
        Elsewhere(monkeypatch, dali=dali, gpus=gpus)
        found[dali, gpus] = choice.choose()

    pillow = ("pillow", ("cpu",))
    assert found.pop((True, 2)) == ("dali", ("cuda:0", "cuda:1"))
    assert set(found.values()) == {pillow}


def test_devices_are_those_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    Elsewhere(monkeypatch, dali=True, gpus=3)

    assert choice.choose("auto", "cuda:0,2") == ("dali", ("cuda:0", "cuda:2"))
    assert choice.choose("dali", "cpu") == ("dali", ("cpu",))
    assert choice.choose("auto", "cpu") == ("pillow", ("cpu",))
    with pytest.raises(ValueError, match="cuda:7: there is cuda:0, cuda:1 or cuda:2"):
        choice.choose("dali", "cuda:7")


@pytest.mark.parametrize(
    ("engine", "device"),
    [("torch", "auto"), ("pillow", "cuda:0"), ("dali", "gpu"), ("dali", "cpu,cuda:0"),
     ("auto", "cuda:0,0"), ("auto", "cuda:-1"), ("auto", "")],
)  # fmt: skip
def test_engines_and_devices_that_do_not_go_together_are_refused(engine: str, device: str) -> None:
    with pytest.raises(TensorOptionError):
        choice.choose(engine, device)


def test_what_a_gpu_needs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Elsewhere(monkeypatch, dali=False, gpus=1)

    with pytest.raises(NeedsExtra, match=r"pip install 'imnet-data\[gpu\]'"):
        choice.choose("auto", "cuda:0")
