"""What two locks differ in, told to the image as far as it can be.

`theirs` is the lock that is checked against, `ours` the one of the catalogue at hand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.amounts import count, some
from imnet_data.splits import Split
from imnet_data.subsets.lock import what_it_takes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.subsets.lock import Lock
    from imnet_data.subsets.sketch import Member

NAMED: Final = 5
"""So many images or classes are told by name in a sentence."""
NO_CLASS: Final = "(no class)"


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class's images in a part: by the lock, and here."""

    name: str
    part: str
    locked: int
    here: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a subset is not what its lock says.

    `kind` is one of `release`, `recipe`, `classes`, `missing`, `surplus`, `size`, `class`, `part`,
    `content`, `excluded` and `many`. `images` are those that it is of, as `split/name`, where they
    are known; `classes` the classes whose numbers differ, where the images are not known.
    """

    kind: str
    sentence: str
    images: tuple[str, ...] = ()
    classes: tuple[ClassCount, ...] = ()


def differences(theirs: Lock, ours: Lock) -> list[Difference]:
    """Everything that differs; [] where the subset is what the lock says."""
    found = [*_recipe(theirs, ours), *_classes(theirs, ours)]
    if theirs.release != ours.release:
        told = f"it is of {ours.release} here, and of {theirs.release} in the lock"
        return [Difference("release", told), *found]
    if theirs.fingerprint != ours.fingerprint:
        found += _images(theirs, ours)
    elif _by_part(theirs) != _by_part(ours):
        found.append(Difference("part", "the same images are in other parts"))
    elif None not in (theirs.content, ours.content) and theirs.content != ours.content:
        told = "names and sizes are the same, and the bytes of some image are not"
        found.append(Difference("content", told))
    return [*found, *_excluded(theirs, ours)]


def _by_part(lock: Lock) -> dict[str, str]:
    return {name: part.fingerprint for name, part in lock.parts.items() if part.images}


# -- what they are made by


def _recipe(theirs: Lock, ours: Lock) -> Iterator[Difference]:
    one, other = what_it_takes(theirs.recipe), what_it_takes(ours.recipe)
    locked, here = one.to_mapping(), other.to_mapping()
    for key in dict.fromkeys((*locked, *here)):
        if locked.get(key) != here.get(key):
            told = f"{key} is {_said(here.get(key))} here, and {_said(locked.get(key))} in the lock"
            yield Difference("recipe", told)


def _said(value: object) -> str:
    text = "not said" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _classes(theirs: Lock, ours: Lock) -> Iterator[Difference]:
    if theirs.classes_fingerprint == ours.classes_fingerprint:
        return
    locked = [one.name for one in theirs.classes]
    here = [one.name for one in ours.classes]
    for names, others, told in (
        (locked, here, "missing here"),
        (here, locked, "not in the lock"),
    ):
        lacking = [name for name in names if name not in set(others)]
        if lacking:
            many = count(len(lacking), "class is", "classes are")
            yield Difference("classes", f"{many} {told}: {_some(lacking)}")
    if sorted(locked) != sorted(here):
        return
    for at, (name, other) in enumerate(zip(locked, here, strict=True)):
        if name != other:
            told = f"class {at} is {other} here, and {name} in the lock"
            yield Difference("classes", f"the classes stand in another order: {told}")
            return
    yield Difference("classes", "classes of the same names are made of other synsets")


# -- images


def _images(theirs: Lock, ours: Lock) -> Iterator[Difference]:
    gone, come, whole = theirs.sketch.without(ours.sketch).read()
    if not whole:
        yield _many(theirs, ours)
        return
    changed, gone, come = _paired(gone, come)
    yield from _told("missing", "missing here", gone)
    yield from _told("surplus", "here and not in the lock", come)
    resized = [one for one, other in changed if one.size != other.size]
    if resized:
        yield from _told("size", "of another size here", resized)
    moved = [one for one, other in changed if one.label != other.label]
    if moved:
        yield from _told("class", "in another class here", moved)


def _paired(
    gone: Sequence[Member], come: Sequence[Member]
) -> tuple[list[tuple[Member, Member]], list[Member], list[Member]]:
    """Those that are the same image as another one, and what is left of both."""
    named = [Counter((one.split, one.name) for one in members) for members in (gone, come)]
    # A name that was cut short may be that of several images.
    once = {key for key, times in named[0].items() if times == named[1][key] == 1}
    ours = {(one.split, one.name): one for one in come}
    pairs = [(one, ours[one.split, one.name]) for one in gone if (one.split, one.name) in once]
    locked = {one.line for one, _ in pairs}
    here = {other.line for _, other in pairs}
    return (
        pairs,
        [one for one in gone if one.line not in locked],
        [one for one in come if one.line not in here],
    )


def _told(kind: str, how: str, members: Sequence[Member]) -> Iterator[Difference]:
    if not members:
        return
    images = sorted(f"{Split(one.split).label}/{one.name}" for one in members)
    many = count(len(images), "image is", "images are")
    yield Difference(kind, f"{many} {how}: {_some(images)}", tuple(images))


def _many(theirs: Lock, ours: Lock) -> Difference:
    """What is told where more differ than the sketch can name: the classes' numbers."""
    counts = tuple(one for one in _counts(theirs, ours) if one.locked != one.here)
    lacking = sum(max(one.locked - one.here, 0) for one in counts)
    beyond = sum(max(one.here - one.locked, 0) for one in counts)
    told = f"{lacking:,} fewer and {beyond:,} more, counted a class"
    if not counts:
        told = "as many in each class, but not the same"
    return Difference("many", f"more images differ than can be named: {told}", classes=counts)


def _counts(theirs: Lock, ours: Lock) -> Iterator[ClassCount]:
    locked = {one.name: one.images for one in theirs.classes}
    here = {one.name: one.images for one in ours.classes}
    for part in dict.fromkeys((*theirs.parts, *ours.parts)):
        of_class = [0, 0]
        for name in dict.fromkeys((*locked, *here)):
            pair = [of.get(name, {}).get(part, 0) for of in (locked, here)]
            of_class = [of_class[0] + pair[0], of_class[1] + pair[1]]
            yield ClassCount(name, part, *pair)
        all_of = [lock.parts[part].images if part in lock.parts else 0 for lock in (theirs, ours)]
        yield ClassCount(NO_CLASS, part, all_of[0] - of_class[0], all_of[1] - of_class[1])


# -- what is left out


def _excluded(theirs: Lock, ours: Lock) -> Iterator[Difference]:
    locked, here = dict(theirs.excluded), dict(ours.excluded)
    for names, others, told in (
        (locked, here, "left out by the lock and not here"),
        (here, locked, "left out here and not by the lock"),
    ):
        head = f"{theirs.release}/"
        images = [key.removeprefix(head) for key in names if key not in others]
        if images:
            codes = ", ".join(sorted({code for key, code in names.items() if key not in others}))
            many = count(len(images), "image is", "images are")
            sentence = f"{many} {told} ({codes}): {_some(images)}"
            yield Difference("excluded", sentence, tuple(images))


def _some(names: Sequence[str]) -> str:
    return some(names[:NAMED], len(names))
