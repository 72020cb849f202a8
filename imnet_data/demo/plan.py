"""Which images a demo holds: real classes, real forms of name, and a few odd images among them.

Nothing is drawn or written here; the same arguments give the same plan everywhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from imnet_data.facts import ilsvrc
from imnet_data.facts.validation import validation_labels
from imnet_data.layouts.image_names import serial_name
from imnet_data.splits import Split

# Of several branches, so that `dog - hunting_dog`, `animal`, `vehicle` and `fruit` all have an
# answer; with the two classes called crane and the two called maillot.
WNIDS: Final = (
    "n01440764",  # tench
    "n01443537",  # goldfish
    "n01843383",  # toucan
    "n02012849",  # crane, the bird
    "n02085620",  # Chihuahua
    "n02088364",  # beagle, a hunting dog
    "n02099601",  # golden retriever, a hunting dog
    "n02105855",  # Shetland sheepdog
    "n02123045",  # tabby
    "n02123394",  # Persian cat
    "n02279972",  # monarch
    "n02676566",  # acoustic guitar
    "n02690373",  # airliner
    "n02701002",  # ambulance
    "n03126707",  # crane, the machine
    "n03201208",  # dining table
    "n03376595",  # folding chair
    "n03417042",  # garbage truck
    "n03452741",  # grand piano
    "n03710637",  # maillot
    "n03710721",  # maillot, tank suit
    "n04285008",  # sports car
    "n07747607",  # orange
    "n07753592",  # banana
)

VALIDATION_PER_CLASS: Final = 2
TEST_IMAGES: Final = 20
_TEST_SERIES = 100_000
_HIGHEST_NUMBER = 30_000  # numbers of the real train images seldom go higher

# The kinds of odd image, each in a class of its own; ImageNet has all of them, and the PNG and the
# CMYK picture bear the very names that they have there.
_ODD: Final = (
    ("png", "n02105855", 2933),
    ("cmyk", "n03710637", 5125),
    ("grey", "n02123045", None),
    ("truncated", "n03417042", None),
    ("rotated", "n02690373", None),
    ("empty", "n07753592", None),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One image to make: its key, its class (None for a test image) and what is odd about it."""

    name: str
    wnid: str | None
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Plan:
    """The images of a demo, split by split, in the order of their archives."""

    train: dict[str, tuple[Picture, ...]]
    val: tuple[Picture, ...]
    test: tuple[Picture, ...]


def plan(images_per_class: int, seed: int) -> Plan:
    """The images of a demo.

    Raises:
        ValueError: fewer than one image a class.
    """
    if images_per_class < 1:
        raise ValueError(f"a demo has at least one image a class, not {images_per_class}")
    train = {wnid: _train(wnid, images_per_class, seed) for wnid in WNIDS}
    return Plan(train, _validation(seed), _test(seed))


def _train(wnid: str, count: int, seed: int) -> tuple[Picture, ...]:
    """The images of one class, in the random order that ImageNet's own class tars have."""
    numbers = _random(seed, wnid).sample(range(2, max(_HIGHEST_NUMBER, 20 * count)), count)
    kinds = dict.fromkeys(numbers, "plain")
    for kind, odd_wnid, number in _ODD:
        if odd_wnid == wnid:
            at = count // 2
            if number is not None and number not in numbers:
                numbers[at] = number
            kinds[number or numbers[at]] = kind
    return tuple(Picture(f"{wnid}_{number}", wnid, kinds[number]) for number in numbers)


def _validation(seed: int) -> tuple[Picture, ...]:
    """Numbers whose published label is one of our classes, in the order of their numbers."""
    labels = validation_labels()
    chosen: dict[int, str] = {}
    for wnid in WNIDS:
        index = ilsvrc.by_wnid()[wnid].class_index
        numbers = [int(at) + 1 for at in (labels == index).nonzero()[0]]
        chosen |= dict.fromkeys(
            _random(seed, f"val {wnid}").sample(numbers, VALIDATION_PER_CLASS), wnid
        )
    return tuple(
        Picture(serial_name(Split.VAL, number), chosen[number]) for number in sorted(chosen)
    )


def _test(seed: int) -> tuple[Picture, ...]:
    numbers = _random(seed, "test").sample(range(1, _TEST_SERIES + 1), TEST_IMAGES)
    return tuple(Picture(serial_name(Split.TEST, number), None) for number in sorted(numbers))


def _random(seed: int, what: str) -> random.Random:
    return random.Random(f"{seed} {what}")  # noqa: S311 - a choice to repeat, no secret
