"""A subset's images with their labels, and ImageNet-V2's, as predictions are scored against them.

What is made of them is imnet_data/scoring's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imnet_data.errors import UnknownTruth
from imnet_data.errors.root import either
from imnet_data.facts import ilsvrc
from imnet_data.scoring.truth import Truth, ilsvrc_classes
from imnet_data.splits import Split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imnet_data.records import Image
    from imnet_data.subsets.subset import Subset

V2: Final = "v2"
_V2_RELEASES: Final = "imagenetv2-"


def truth_of_subset(subset: Subset, part: str | None) -> Truth:
    """The images of a part with the subset's own labels; None for its `val`, or its only part.

    Raises:
        UnknownTruth: it has no such part, several and none called val, or no labels.
    """
    if part is None:
        part = _usual_part(subset)
    if part not in subset.parts:
        reason = f"{subset.name} has no part {part!r}; it has {either(subset.parts)}"
        raise UnknownTruth(subset.name, reason)
    words = f"the part {part} of {subset.name}"
    found = Truth.of_one_label(subset.name, words, subset.class_labels, _labelled(subset, part))
    if not len(found.labels):
        raise UnknownTruth(subset.name, f"{words} has no image with a label")
    return found


def only_v2(releases: Iterable[str]) -> str:
    """The one release of ImageNet-V2 among those of a catalogue.

    Raises:
        UnknownTruth: there is none, or there are several.
    """
    found = sorted(filter(is_v2, releases))
    if not found:
        raise UnknownTruth(V2, "no release of ImageNet-V2 is in the catalogue")
    if len(found) > 1:
        reason = f"the catalogue has several releases of ImageNet-V2: name {either(found)}"
        raise UnknownTruth(V2, reason)
    return found[0]


def is_v2(release: str) -> bool:
    """Whether a release is one of ImageNet-V2's three."""
    return release.startswith(_V2_RELEASES)


def truth_of_v2(release: str, images: Iterable[Image]) -> Truth:
    """A release of ImageNet-V2: its images with ILSVRC's class indices."""
    known = ilsvrc.by_wnid()
    labelled = (
        (image.name, known[image.wnid].class_index) for image in images if image.wnid in known
    )
    return Truth.of_one_label(release, f"the release {release}", ilsvrc_classes(), labelled)


def _usual_part(subset: Subset) -> str:
    if Split.VAL.label in subset.parts:
        return Split.VAL.label
    if len(subset.parts) == 1:
        return subset.parts[0]
    raise UnknownTruth(subset.name, f"{subset.name} has no part val: say {either(subset.parts)}")


def _labelled(subset: Subset, part: str) -> list[tuple[str, int]]:
    stretches = list(subset.stretches(part))
    names = [name for stretch in stretches for name in stretch.names]
    if len(set(names)) < len(names):  # a user's own train and val may use a name twice
        names = [f"{one.split.label}/{name}" for one in stretches for name in one.names]
    labels = (one.label for one in stretches for _ in one.names)
    return list(zip(names, labels, strict=True))
