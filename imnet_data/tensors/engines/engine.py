"""What an engine is, and how a process is told which to open.

Which engine suits a machine is choice.py's; how one decodes and resizes is its own file's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from imnet_data.cores import usable_cores
from imnet_data.errors import TensorOptionError
from imnet_data.tensors.normalisation import stored_dtype

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from imnet_data.tensors.geometry import Geometry
    from imnet_data.tensors.normalisation import Normalisation

EngineName = Literal["dali", "pillow"]

CPU: Final = "cpu"
# Beside one GPU more have nothing to do; other GPUs of the machine have processes of their own.
_MOST_THREADS: Final = 16
MOST_PIXELS: Final = 89_478_485
"""No picture of more is decoded or made: Pillow warns of a decompression bomb from there on."""


class Engine(Protocol):
    """Pictures' bytes in, tensors out; open one by `EngineSpec.open()`, close it by `with`.

    `rule` names how pixels come about: engines of the same name, rule, versions and device give the
    same bytes, whatever is decoded beside a picture and in whatever order.
    """

    @property
    def name(self) -> str:
        """`dali` or `pillow`."""

    @property
    def device(self) -> str:
        """`cpu`, or the GPU's own name, such as `NVIDIA H100`."""

    @property
    def rule(self) -> str:
        """How pictures are decoded and resized, in a word or two and a number."""

    @property
    def versions(self) -> Mapping[str, str]:
        """The packages that have a part in it, by name."""

    def fill(
        self, pictures: Sequence[tuple[str, bytes]], out: npt.NDArray[Any]
    ) -> list[str | None]:
        """Decode, resize, cut and normalise some pictures.

        Args:
            pictures: (name, bytes) of each; random boxes depend on the name.
            out: what is written to, of shape (len(pictures) * copies, 3, height, width) and of
                `stored_dtype()` of the spec's dtype, in pixels; the copies of a picture lie
                beside one another.

        Returns:
            What is wrong with each picture, or None; the rows of a wrong one say nothing.

        Raises:
            EngineFailed: the engine itself failed, and not over one picture.
        """

    def close(self) -> None:
        """Give back what the engine holds; twice does no harm."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """An engine to open, in this process or another.

    `device` is `cpu` or `cuda:N`; `threads` is how many a DALI engine decodes with, 0 for one a
    core of the machine that it is opened on (Pillow's has one: several processes are its way).

    Raises:
        TensorOptionError: there is no such engine, device or dtype.

    >>> from imnet_data.tensors.geometry import Geometry
    >>> from imnet_data.tensors.normalisation import Normalisation
    >>> spec = EngineSpec("pillow", "cpu", Geometry(), Normalisation.named("torch"))
    >>> with spec.open() as engine:
    ...     engine.name
    'pillow'
    """

    engine: EngineName
    device: str
    geometry: Geometry
    normalisation: Normalisation
    dtype: str = "float16"
    threads: int = 1

    def __post_init__(self) -> None:
        stored_dtype(self.dtype)
        if self.engine not in ("dali", "pillow"):
            raise TensorOptionError(f"there is no engine {self.engine!r}; there are dali, pillow")
        if self.engine == "pillow" and self.device != CPU:
            raise TensorOptionError(f"the engine pillow runs on the cpu, not on {self.device}")
        device_number(self.device)

    def open(self) -> Engine:
        """Start the engine.

        Raises:
            NeedsExtra: DALI is not installed.
            EngineFailed: it does not start on this device.
        """
        if self.engine == "pillow":
            from imnet_data.tensors.engines.pillow_engine import (  # noqa: PLC0415 - numpy, PIL
                PillowEngine,
            )

            return PillowEngine(self)
        from imnet_data.tensors.engines.dali_engine import DaliEngine  # noqa: PLC0415 - DALI

        threads = self.threads or min(usable_cores(), _MOST_THREADS)
        return DaliEngine(replace(self, threads=threads))


def device_number(device: str) -> int | None:
    """The number of a GPU, None for the CPU.

    Raises:
        TensorOptionError: it names neither.

    >>> device_number("cuda:1")
    1
    """
    if device == CPU:
        return None
    kind, _, number = device.partition(":")
    if kind != "cuda" or not (number.isascii() and number.isdigit()):
        raise TensorOptionError(f"there is no device {device!r}; there are cpu, cuda:0, cuda:1, …")
    return int(number)
