"""Tars of class tars, as ILSVRC's training images come, large enough to have chunks between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from tests.factory import Member, Span, spans, tar_bytes

# Two dogs, a cat and things, in the order in which their tars lie in the archive.
DOGS = ("n02085620", "n02099601")
WNIDS = ("n01440764", "n02085620", "n02099601", "n02123045", "n03000684", "n03028079")
IMAGES = 24
SIZE = 110_000


@dataclass(frozen=True)
class TarOfTars:
    """The archive's bytes, and where the inner tars lie in it."""

    data: bytes
    spans: list[Span]

    def inner(self, wnid: str) -> Span:
        return next(one for one in self.spans if wnid in one.member.name)


def class_tar(wnid: str, *, images: int = IMAGES, size: int = SIZE) -> bytes:
    """A tar of pictures of one class; what is in them is noise, another one in each."""
    noise = np.random.default_rng(int(wnid[1:]))
    return tar_bytes(
        Member(f"{wnid}_{number}.JPEG", noise.bytes(size + number)) for number in range(images)
    )


@cache
def tar_of_tars(wnids: tuple[str, ...] = WNIDS) -> TarOfTars:
    """2.6 MB a class, so that each lies in two or three chunks and shares those at its ends."""
    members = [Member(f"{wnid}.tar", class_tar(wnid)) for wnid in wnids]
    return TarOfTars(tar_bytes(members), spans(members))
