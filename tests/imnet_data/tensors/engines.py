"""Engines for worker processes, which import this module and so nothing of pytest's.

They run as Pillow's, on any device, or go down over some pictures.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from imnet_data.tensors.engines.engine import EngineSpec
from imnet_data.tensors.engines.pillow_engine import PillowEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np


class DeviceSpec(EngineSpec):
    """An engine that runs on any device by the processor."""

    def open(self) -> PillowEngine:
        """Open it."""
        assert self.device in ("cuda:0", "cuda:1")
        return PillowEngine(self)


class Crashing(PillowEngine):
    """Takes its process with it over pictures of some names."""

    def fill(self, pictures: Sequence[tuple[str, bytes]], out: np.ndarray[Any, Any]) -> Any:
        """As Pillow does, or not at all."""
        if any(name.endswith("_4") for name, _ in pictures):
            os.abort()
        return super().fill(pictures, out)


class CrashingSpec(EngineSpec):
    """Opens that one."""

    def open(self) -> Crashing:
        """Open it."""
        return Crashing(self)


class OnWorker(PillowEngine):
    """Says which GPU it was given, or which process on a CPU."""

    def __init__(self, spec: EngineSpec) -> None:
        super().__init__(spec)
        gpu = "cuda" in spec.device
        on = f"GPU {os.environ['CUDA_VISIBLE_DEVICES']}" if gpu else f"the CPU of {os.getppid()}"
        self.device = on


class OnWorkerSpec(EngineSpec):
    """Opens that one."""

    def open(self) -> OnWorker:
        """Open it."""
        return OnWorker(self)
