"""Whether what was fetched again is right, before anything of the archive is written.

By the digests of its parts and the whole file's checksum; where neither is known, by the images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from imnet_data.amounts import count
from imnet_data.archives.kinds import DEFLATED_ZIP, TAR
from imnet_data.archives.tars.headers import BLOCK, heads
from imnet_data.archives.zips.members import check_header_before, header_room, read_member
from imnet_data.errors import ArchiveError, SourceDiffers, StillWrong
from imnet_data.fetching.journal import GRAIN_BYTES, digest_of
from imnet_data.progress import job
from imnet_data.verification.codes import BROKEN_IMAGE_CODES
from imnet_data.verification.images.inspect import inspect
from imnet_data.verification.levels import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from imnet_data.archives.reading import Place
    from imnet_data.mending.laid_over import LaidOver
    from imnet_data.mending.plan import Item
    from imnet_data.progress import Progress

    # Rows of images with where each is, and its digest where that is known.
    Held = Iterable[tuple[Sequence[Any], Place, bytes | None]]

_NAMES: Final = {"sha256": "SHA-256", "md5": "MD5"}


def check(item: Item, laid: LaidOver, images: Callable[[], Held], progress: Progress) -> None:
    """Raise unless the archive would be right with what was fetched laid over it.

    `images` gives those that lie in the ranges; they are looked at where nothing else tells.

    Raises:
        SourceDiffers: what came is of another file.
        StillWrong: it is not, and the archive would be wrong all the same.
    """
    _check_parts(item, laid)
    if item.source is not None and item.source.checksum is not None:
        _check_whole(item, laid, progress)
    elif not item.is_proven:
        _check_end(item, laid)
        _check_images(item, laid, images())


def _check_parts(item: Item, laid: LaidOver) -> None:
    """Hold each part that was fetched against its digest, as it was when the file was fetched."""
    source, digests = item.source, item.digests
    if source is None or digests is None:
        return
    for start, stop in item.ranges:
        for at in range(start, stop, GRAIN_BYTES):
            if digest_of(laid.read_at(min(GRAIN_BYTES, stop - at), at)) != digests.of(
                at // GRAIN_BYTES
            ):
                reason = f"its bytes from {at:,} on are others than when it was fetched"
                raise SourceDiffers(item.archive.path, reason, source=source.url)


def _check_whole(item: Item, laid: LaidOver, progress: Progress) -> None:
    assert item.source is not None
    assert item.source.checksum is not None
    algorithm, expected = item.source.checksum
    name = _NAMES.get(algorithm, algorithm)
    with job(progress, f"{name} of the mended file", item.size, "bytes"):
        found = laid.checksum(algorithm, progress.advance)
    if found != expected:
        reason = f"its {name} would be {found}, and should be {expected}"
        raise StillWrong(item.archive.path, reason, source=item.source.url)


def _check_end(item: Item, laid: LaidOver) -> None:
    """Of a file that is cut off: what was fetched must begin with its last bytes as they are."""
    start, stop = item.ranges[-1]
    held = laid.below_at(min(GRAIN_BYTES, stop - start), start)
    if item.is_cut and laid.read_at(len(held), start) != held:
        assert item.source is not None
        reason = "its bytes before the break are others"
        raise SourceDiffers(item.archive.path, reason, source=item.source.url)


def _check_images(item: Item, laid: LaidOver, images: Held) -> None:
    """Every broken image must be whole then, and every other one be the same as it was."""
    assert item.source is not None
    path, url = item.archive.path, item.source.url
    broken = 0
    for row, place, digest in images:
        try:
            data = _read(laid, place)
        except ArchiveError as error:
            raise SourceDiffers(path, str(error), source=url) from error
        seen = inspect(data, member=place.member or "", level=Level.DECODE)
        if row[0] in item.damage.ids:
            broken += any(one.code in BROKEN_IMAGE_CODES for one in seen.found)
        elif digest is not None and digest != seen.digest:
            reason = f"{place.member} is another picture there"
            raise SourceDiffers(path, reason, source=url)
    if broken:
        are = count(broken, "image is", "images are")
        raise StillWrong(path, f"{are} broken at its source, too", source=url)


def _read(laid: LaidOver, place: Place) -> bytes:
    """An image's bytes as they would be then."""
    if place.container == DEFLATED_ZIP:
        return read_member(laid.read_at, place)
    room = BLOCK if place.container == TAR else header_room(place.offset)
    data = laid.read_at(room + place.size, place.offset - room)
    if place.container != TAR:
        check_header_before(laid.read_at, place, data[:room])
    elif not heads(data[:room], place.member or "", place.size):
        raise ArchiveError(place.path, f"{place.member} is not at byte {place.offset:,} there")
    return data[room:]
