"""The pictures that the shapes hold: a few classes of ILSVRC 2012, and of other releases.

Nothing opens them when they are indexed, so their content is a text that tells whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.validation import validation_labels
from tests.factory import filled

TENCH, GOLDFISH, CRANE_BIRD, CRANE_MACHINE = "n01440764", "n01443537", "n02012849", "n03126707"
WNIDS = (TENCH, GOLDFISH, CRANE_BIRD, CRANE_MACHINE, "n03710637", "n03710721")
# As tars have them: in no order. The first goes by a number that sorts before the second as text.
NUMBERS = (10026, 7, 293, 18)
TEST_NUMBERS = (3, 99_999, 100_000)


@dataclass(frozen=True)
class Picture:
    """One image: its key's name, its split, its class (None without a label), its bytes."""

    name: str
    split: str
    wnid: str | None
    data: bytes


def picture(name: str, split: str, wnid: str | None, *, release: str = "ilsvrc2012") -> Picture:
    # No two of the same size: a picture in another's place would show by that alone.
    return Picture(name, split, wnid, filled(f"{release} {split} {name}", 300 + len(name) * 7))


@cache
def train() -> tuple[Picture, ...]:
    return tuple(picture(f"{wnid}_{number}", "train", wnid) for wnid in WNIDS for number in NUMBERS)


@cache
def val() -> tuple[Picture, ...]:
    """Two of each class, by the labels that are published for their numbers."""
    labels = validation_labels()
    numbers = {
        int(at) + 1: wnid
        for wnid in WNIDS
        for at in (labels == ilsvrc.by_wnid()[wnid].class_index).nonzero()[0][:2]
    }
    return tuple(
        picture(f"ILSVRC2012_val_{number:08d}", "val", wnid)
        for number, wnid in sorted(numbers.items())
    )


@cache
def test() -> tuple[Picture, ...]:
    return tuple(picture(f"ILSVRC2012_test_{n:08d}", "test", None) for n in TEST_NUMBERS)


def ilsvrc2012() -> tuple[Picture, ...]:
    return (*train(), *val(), *test())


def classes_of(name: str, count: int = 3) -> tuple[str, ...]:
    """Some classes of a packaged list."""
    return class_list(name).wnids[:count]
