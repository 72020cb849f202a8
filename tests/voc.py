"""Bounding boxes as ImageNet writes them: XML in PASCAL VOC's form, one file an image."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable


def annotation(filename: str, objects: Iterable[str], *, width: int = 500) -> bytes:
    """An annotation, tag for tag as ImageNet's are."""
    return f"""<annotation>
\t<folder>val</folder>
\t<filename>{filename}</filename>
\t<source>
\t\t<database>ILSVRC_2012</database>
\t</source>
\t<size>
\t\t<width>{width}</width>
\t\t<height>375</height>
\t\t<depth>3</depth>
\t</size>
\t<segmented>0</segmented>
{"".join(objects)}</annotation>
""".encode()


def marked(
    category: str, xmin: int, ymin: int, xmax: int, ymax: int,
    *, truncated: int = 0, difficult: int = 0,
) -> str:  # fmt: skip
    """One object of an annotation."""
    return f"""\t<object>
\t\t<name>{escape(category)}</name>
\t\t<pose>Unspecified</pose>
\t\t<truncated>{truncated}</truncated>
\t\t<difficult>{difficult}</difficult>
\t\t<bndbox>
\t\t\t<xmin>{xmin}</xmin>
\t\t\t<ymin>{ymin}</ymin>
\t\t\t<xmax>{xmax}</xmax>
\t\t\t<ymax>{ymax}</ymax>
\t\t</bndbox>
\t</object>
"""
