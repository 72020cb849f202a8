"""Every shape that ImageNet comes in, small and in its true structure."""

from __future__ import annotations

from .ilsvrc2012 import ILSVRC2012
from .others import OTHERS
from .shape import Shape

__all__ = ["ILSVRC2012", "SHAPES", "Shape"]

SHAPES = ILSVRC2012 + OTHERS
