"""A piece of an object that came: whole, or an error."""

from __future__ import annotations

from imnet_data.errors import StoreFailed


def whole(url: str, data: bytes, size: int) -> bytes:
    """The bytes, if they are as many as were asked for.

    Raises:
        StoreFailed: they are not; the connection may have broken.
    """
    if len(data) != size:
        reason = f"{len(data):,} bytes came for {size:,}"
        raise StoreFailed(url, reason, passing=len(data) < size)
    return data
