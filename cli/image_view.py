"""All about one image, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.cli import health_view
from imnet_data.cli.boxes_view import boxes_json, write_boxes
from imnet_data.cli.fields import write_field
from imnet_data.cli.images_view import image_json, offset_of
from imnet_data.cli.text import safe, words
from imnet_data.facts import ilsvrc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.cli.screen import Screen
    from imnet_data.records import Box, Image
    from imnet_data.verification.findings.health import ImageHealth


def as_json(
    image: Image, alternates: Sequence[Image], boxes: Sequence[Box], health: ImageHealth
) -> dict[str, Any]:
    """An image for other programs; `alternates` are further places that hold a copy."""
    known = ilsvrc.by_wnid().get(image.wnid or "")
    name = image.synset.name if image.synset is not None else None
    return {
        "kind": "image",
        **image_json(image, name),
        "ilsvrc_class_index": known.class_index if known else None,
        "ilsvrc2012_id": known.ilsvrc2012_id if known else None,
        "boxes": boxes_json(boxes),
        "alternates": [
            {
                "archive": other.place.path, "container": other.place.container,
                "offset": offset_of(other), "size": other.size, "member": other.member,
            }
            for other in alternates
        ],
        **health_view.image_json(health),
    }  # fmt: skip


def write(
    screen: Screen,
    image: Image,
    alternates: Sequence[Image],
    boxes: Sequence[Box],
    health: ImageHealth,
) -> None:
    """Write an image for people."""
    screen.line((safe(image.name), "bold"))
    screen.line()
    write_facts(screen, image, alternates, boxes, health)


def write_facts(
    screen: Screen,
    image: Image,
    alternates: Sequence[Image],
    boxes: Sequence[Box],
    health: ImageHealth,
) -> None:
    """Write what `write()` does, below the image's name."""
    facts = as_json(image, alternates, boxes, health)
    if image.synset is None:
        write_field(screen, "class", ["none: this image has no label"])
    else:
        write_field(
            screen, "class", [safe(image.synset.name), *([image.wnid] if image.wnid else [])]
        )
        write_field(screen, "words", [safe(words(image.synset.lemmas))])
    if facts["ilsvrc_class_index"] is not None:
        write_field(screen, "ILSVRC", [
            f"class index {facts['ilsvrc_class_index']}", f"ILSVRC2012_ID {facts['ilsvrc2012_id']}",
        ])  # fmt: skip
    write_boxes(screen, boxes)
    write_field(screen, "release", [safe(image.release)])
    write_field(screen, "split", [image.split])
    _write_where(screen, image, "archive")
    for other in alternates:
        _write_where(screen, other, "also in")
    health_view.write_image(screen, health)


def _write_where(screen: Screen, image: Image, label: str) -> None:
    start = offset_of(image)
    where = f"decoded from a {image.place.container}" if start is None else f"from byte {start:,}"
    write_field(screen, label, [safe(image.archive)])
    write_field(screen, "", [safe(image.member)])
    write_field(screen, "", [f"{image.size:,} bytes", where])
