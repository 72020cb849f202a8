"""Damage to photographs, a kind at a time, and programs that may notice it: verify.py's table.

cleanvision and imagededup take part where they are installed; the second needs torch.
"""

from __future__ import annotations

import contextlib
import gzip
import importlib
import importlib.util
import io
import random
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import simplejpeg
from PIL import Image

from imnet_data.verification.images.inspect import inspect
from imnet_data.verification.levels import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FEW = 8  # for who needs a folder and half a second for each picture
_HEAD = 700  # damage inside lies behind the usual tables


def _at(data: bytes, chance: random.Random, length: int) -> int:
    return chance.randrange(min(_HEAD, len(data) // 2), max(len(data) - length, _HEAD + 1))


def _over(data: bytes, chance: random.Random, new: bytes) -> bytes:
    at = _at(data, chance, len(new))
    return data[:at] + new + data[at + len(new) :]


def _dropped(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    at = _at(data, chance, 512)
    return data[:at] + data[at + 512 :]


def _spliced(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    other = chance.choice([one for one in others if one != data])
    return data[: len(data) // 2] + other[len(other) // 2 :]


def _flipped(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    at = _at(data, chance, 2)
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _converted(form: str, mode: str) -> Callable[[bytes, random.Random, Sequence[bytes]], bytes]:
    def convert(data: bytes, _: random.Random, __: Sequence[bytes]) -> bytes:
        file = io.BytesIO()
        with Image.open(io.BytesIO(data)) as image:
            image.convert(mode).save(file, form)
        return file.getvalue()

    return convert


KINDS: dict[str, Callable[[bytes, random.Random, Sequence[bytes]], bytes]] = {
    "clean (false alarms)": lambda data, _, __: data,
    "cut at a random place": lambda data, r, _: data[: r.randrange(4, len(data) - 1)],
    "last two bytes gone": lambda data, _, __: data[:-2],
    "second half zeroed": lambda data, _, __: data[: len(data) // 2] + bytes(len(data) // 2),
    "512 bytes dropped": _dropped,
    "512 bytes zeroed": lambda data, r, _: _over(data, r, bytes(512)),
    "4 KiB of random bytes": lambda data, r, _: _over(data, r, r.randbytes(4096)),
    "second half of another": _spliced,
    "one bit flipped": _flipped,
    "empty": lambda _, __, ___: b"",
    "a web page instead": lambda _, __, ___: b"<!DOCTYPE html><title>Not found</title>",
    "gzip-compressed": lambda data, _, __: gzip.compress(data, 1),
    "junk after the end": lambda data, r, _: data + r.randbytes(r.randrange(1, 5000)),
    "PNG named JPEG": _converted("PNG", "RGB"),
    "CMYK": _converted("JPEG", "CMYK"),
}


def ours(level: Level) -> Callable[[bytes], bool]:
    return lambda data: bool(inspect(data, member="a.JPEG", level=level).found)


def pillow_load(data: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            with Image.open(io.BytesIO(data)) as image:
                image.load()
        except Exception:  # noqa: BLE001 - whatever it is, the damage was noticed
            return True
    return False


def simplejpeg_strict(data: bytes) -> bool:
    try:
        simplejpeg.decode_jpeg(data, colorspace="GRAY", min_height=1, min_width=1, strict=True)
    except (ValueError, IndexError):
        return True
    return False


def cleanvision(data: bytes) -> bool:
    """Whether it ends with an error, or finds fault with the picture as nothing but one picture."""
    library = importlib.import_module("cleanvision")

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.jpg").write_bytes(data)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            try:
                lab = library.Imagelab(data_path=folder)
                lab.find_issues(n_jobs=1, verbose=False)
            except Exception:  # noqa: BLE001 - it gives up the whole folder
                return True
        flags = [name for name in lab.issues.columns if name.startswith("is_")]
        return bool(lab.issues[flags].to_numpy().any())


def imagededup(data: bytes) -> bool:
    """Whether it has no hash for the picture; it finds no fault otherwise."""
    methods = importlib.import_module("imagededup.methods")

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.jpg").write_bytes(data)
        hashing = methods.PHash(verbose=False)
        code = hashing.encode_image(image_file=Path(folder, "a.jpg"))
    return code is None


def detectors() -> dict[str, tuple[Callable[[bytes], bool], int | None]]:
    """Who looks, and at how many pictures of each kind at most: some need a folder for each."""
    found: dict[str, tuple[Callable[[bytes], bool], int | None]] = {
        "decode": (ours(Level.DECODE), None),
        "digest": (ours(Level.DIGEST), None),
        "simplejpeg": (simplejpeg_strict, None),
        "Pillow load()": (pillow_load, None),
    }
    for peer, needs, look in (
        ("cleanvision", ("cleanvision",), cleanvision),
        ("imagededup", ("imagededup", "torch"), imagededup),
    ):
        missing = [name for name in needs if importlib.util.find_spec(name) is None]
        if missing:
            print(f"{peer} does not take part: {' and '.join(missing)} not installed")
        else:
            found[peer] = (look, _FEW)
    return found


def table(pictures: Sequence[bytes], seed: int = 0) -> None:
    """Print how many of the pictures of each kind each program notices."""
    looking = detectors()
    print(f"\nnoticed of {len(pictures)} pictures (share of fewer with *)")
    print(f"{'':24}" + "".join(f"{name:>15}" for name in looking))
    for kind, damage in KINDS.items():
        chance = random.Random(f"{seed} {kind}")
        damaged = [damage(data, chance, pictures) for data in pictures]
        cells = []
        for look, most in looking.values():
            some = damaged[:most]
            noticed = sum(look(data) for data in some)
            is_all = len(some) == len(damaged)
            cells.append(f"{noticed:,}" if is_all else f"*{noticed / len(some):.0%}")
        print(f"{kind:24}" + "".join(f"{cell:>15}" for cell in cells), flush=True)
