"""An image's bounding boxes, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.cli.fields import write_field
from imnet_data.cli.screen import cells
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.cli.screen import Screen
    from imnet_data.records import Box


def boxes_json(boxes: Sequence[Box]) -> list[dict[str, Any]]:
    """Boxes for other programs: sides in pixels, and the size of the image they were drawn in."""
    return [
        {
            "wnid": box.wnid,
            "name": box.name,
            "xmin": box.xmin,
            "ymin": box.ymin,
            "xmax": box.xmax,
            "ymax": box.ymax,
            "image_width": box.image_width,
            "image_height": box.image_height,
            "truncated": box.truncated,
            "difficult": box.difficult,
        }
        for box in boxes
    ]


def write_boxes(screen: Screen, boxes: Sequence[Box]) -> None:
    """Write a line a box, in columns; nothing where there is none."""
    if not boxes:
        return
    label = "boxes"
    for line in _lines(boxes):
        write_field(screen, label, [line])
        label = ""
    width, height = boxes[0].image_width, boxes[0].image_height
    if width is not None and height is not None:
        write_field(screen, "", [(f"in pixels of {width:,} x {height:,}", "dim")])


def _lines(boxes: Sequence[Box]) -> Iterator[str]:
    names = [safe(box.name) or "(no class)" for box in boxes]
    widest = max(map(cells, names))
    digits = max(len(str(side)) for box in boxes for side in _sides(box))
    wnids = any(box.wnid for box in boxes)
    for name, box in zip(names, boxes, strict=True):
        xmin, xmax, ymin, ymax = (str(side).rjust(digits) for side in _sides(box))
        words = [name + " " * (widest - cells(name))]
        if wnids:
            words.append((box.wnid or "").ljust(9))
        words.append(f"x {xmin} to {xmax}  y {ymin} to {ymax}")
        words += [what for what in ("truncated", "difficult") if getattr(box, what)]
        yield "  ".join(words)


def _sides(box: Box) -> tuple[int, int, int, int]:
    return box.xmin, box.xmax, box.ymin, box.ymax
