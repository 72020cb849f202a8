"""The checks of one image: what was seen of it, judged code by code.

Each gives the finding's detail, or None where all is well; its sentence is in codes.py.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from imnet_data.verification.codes import CHECKS, CODES, FROM_BYTES, check
from imnet_data.verification.images.bounds import UNUSUAL_PIXELS
from imnet_data.verification.images.pictures import GREY_MODES, format_of, promised_format

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.verification.images.seen import Seen

_SHORTEST_SIDE_PX: Final = 32
_ANY_SIDE_PX: Final = 9000  # no two such sides make an unusual number of pixels
_GZIP: Final = b"\x1f\x8b\x08"


@check("empty")
def _empty(seen: Seen) -> str | None:
    return None if seen.data else ""


@check("not-an-image")
def _not_an_image(seen: Seen) -> str | None:
    if seen.format is not None or not seen.data or seen.data.startswith(_GZIP):
        return None
    if not seen.data.strip(b"\0"):
        return f"{len(seen.data):,} zero bytes"
    return f"it begins with {_shown(seen.data[:16])}"


def _shown(start: bytes) -> str:
    text = start.decode("ascii", "replace")
    return f'"{text.strip()}"' if text.isascii() and text.isprintable() else start[:8].hex(" ")


@check("truncated")
def _truncated(seen: Seen) -> str | None:
    return seen.truncated


@check("corrupt")
def _corrupt(seen: Seen) -> str | None:
    return seen.corrupt


@check("gzip-compressed")
def _gzip_compressed(seen: Seen) -> str | None:
    if not seen.data.startswith(_GZIP):
        return None
    try:
        start = zlib.decompressobj(31).decompress(seen.data[:4096], 64)
    except zlib.error:
        return ""
    inner = format_of(start)
    return f"a {inner} lies in it" if inner else ""


@check("decoder-crashed")
def _decoder_crashed(seen: Seen) -> str | None:
    return seen.crashed


@check("junk-after-end")
def _junk_after_end(seen: Seen) -> str | None:
    # In damaged data the first end marker may be a chance one.
    if seen.end is None or seen.end >= len(seen.data) or seen.corrupt is not None:
        return None
    junk = seen.data[seen.end :]
    what = "zero bytes" if not junk.strip(b"\0") else "bytes"
    return f"{len(junk):,} {what}"


@check("wrong-extension")
def _wrong_extension(seen: Seen) -> str | None:
    promised = promised_format(seen.member)
    if promised is None or seen.format is None or promised == seen.format:
        return None
    return f"{seen.format}, not {promised}"


@check("cmyk")
def _cmyk(seen: Seen) -> str | None:
    return "" if seen.mode == "CMYK" else None


@check("huge")
def _huge(seen: Seen) -> str | None:
    if seen.too_large is None and seen.pixels <= UNUSUAL_PIXELS:
        return None
    size = f"{seen.width} x {seen.height} pixels" if seen.pixels else ""
    return ", ".join(filter(None, (size, seen.too_large)))


@check("tiny")
def _tiny(seen: Seen) -> str | None:
    if not seen.width or not seen.height or min(seen.width, seen.height) >= _SHORTEST_SIDE_PX:
        return None
    return f"{seen.width} x {seen.height} pixels"


@check("grey")
def _grey(seen: Seen) -> str | None:
    return "" if seen.mode in GREY_MODES else None


@check("exif-broken")
def _exif_broken(seen: Seen) -> str | None:
    return seen.exif.fault if seen.exif is not None and seen.exif.fault else None


@check("exif-rotated")
def _exif_rotated(seen: Seen) -> str | None:
    if seen.exif is None or seen.exif.orientation == 1:
        return None
    return f"orientation {seen.exif.orientation}"


# What the archive does not give is not here to be looked at, nor what the bytes were before.
_CHECKS: Final[tuple[tuple[str, Callable[[Seen], str | None]], ...]] = tuple(
    (code, CHECKS[code])
    for code in CODES
    if code in FROM_BYTES - {"moved", "unreadable", "altered"}
)


def judged(seen: Seen) -> list[tuple[str, str]]:
    """(code, detail) of every check that finds something, in the order of CODES."""
    if _is_plain(seen):
        return []
    found = []
    for code, look_at in _CHECKS:
        detail = look_at(seen)
        if detail is not None:
            found.append((code, detail))
    return found


def _is_plain(seen: Seen) -> bool:
    """Whether no check can find anything, as in nearly all: asking each takes 1 % of a decode."""
    return (
        seen.format == "JPEG"
        and seen.mode == "RGB"
        and seen.end == len(seen.data)
        and seen.member.endswith((".JPEG", ".jpg"))
        and _SHORTEST_SIDE_PX <= (seen.width or 0) <= _ANY_SIDE_PX
        and _SHORTEST_SIDE_PX <= (seen.height or 0) <= _ANY_SIDE_PX
        and seen.exif is None
        and seen.truncated is None
        and seen.corrupt is None
        and seen.crashed is None
        and seen.too_large is None
    )
