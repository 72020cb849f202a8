"""Random archives for property tests: every kind of member, in every form, tars inside tars."""

from __future__ import annotations

import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest import mock

from hypothesis import strategies as st

from imnet_data.archives.tars import scan as tar
from tests.factory import Member, filled, tar_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

_PART = st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1)
_SUFFIX = st.sampled_from([".JPEG", ".JPEG", ".JPEG", ".jpg", ".PNG", ".txt", ".tar", ""])
_KIND = st.sampled_from([tarfile.REGTYPE] * 6 + [tarfile.AREGTYPE, tarfile.CONTTYPE])
_WITHOUT_DATA = st.sampled_from([tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE])
_FORM = st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])


@st.composite
def _names(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        return f"n02084071_{draw(st.integers(0, 99999))}.JPEG"
    start = draw(st.sampled_from(["", "", "./", "/"]))
    parts = draw(st.lists(_PART, min_size=1, max_size=3))
    return start + "/".join(parts) + draw(st.sampled_from(["", "", "x" * 120])) + draw(_SUFFIX)


@st.composite
def _files(draw: st.DrawFn) -> Member:
    name, form = draw(_names()), draw(_FORM)
    if form == tarfile.USTAR_FORMAT and len(name.encode()) > 100:
        form = tarfile.GNU_FORMAT
    records = {"mtime": "1.5"} if form == tarfile.PAX_FORMAT and draw(st.booleans()) else {}
    if draw(st.integers(0, 7)) == 0:
        return Member(name, b"", draw(_WITHOUT_DATA), form, records, "elsewhere.jpg")
    size = draw(st.sampled_from([0, 1, 511, 512, 513, 1000, 9000]))
    return Member(name, filled("content", size), draw(_KIND), form, records)


@st.composite
def _inner_tars(draw: st.DrawFn, depth: int) -> Member:
    name = draw(st.sampled_from(["n02084071.tar", "./folder/N02084071.TAR", "y" * 110 + ".tar"]))
    inside = draw(members(depth=depth - 1))
    end = draw(st.sampled_from([b"", bytes(512), bytes(1024), bytes(10240)]))
    return Member(name, tar_bytes(inside, end=end))


def members(*, depth: int = 0, most: int = 8) -> st.SearchStrategy[list[Member]]:
    """Members of an archive; with a depth, tars among them that hold more."""
    one = st.one_of(_files(), _inner_tars(depth)) if depth else _files()
    return st.lists(one, max_size=most)


@contextmanager
def strides(batch: int, ahead: int) -> Iterator[None]:
    """Scan with small batches and windows, so that small archives meet their edges."""
    with mock.patch.multiple(tar, _BATCH=batch, _AHEAD=ahead):
        yield


BATCHES = st.sampled_from([1, 2, 3, 2048])
WINDOWS = st.sampled_from([512, 1024, 4096, 1 << 17])
