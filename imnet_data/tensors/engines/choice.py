"""Which engine and devices suit this machine, and what was asked for.

Nothing is opened here: whether a device works is told when an engine opens it.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from imnet_data.errors import NeedsExtra, NoSuchDevice, TensorOptionError
from imnet_data.tensors.engines.cuda_driver import gpus
from imnet_data.tensors.engines.engine import CPU, EngineName, device_number

AUTO: Final = "auto"
ENGINES: Final = (AUTO, "dali", "pillow")
CUDA: Final = "cuda"  # every GPU here, or the one that a cluster's worker has


def choose(engine: str = AUTO, device: str = AUTO) -> tuple[EngineName, tuple[str, ...]]:
    """The engine's name and its devices, one a process.

    `auto` is DALI on every GPU where both are there. Else it is Pillow, because on a CPU both are
    about as fast (benchmarks/preprocess.py), and Pillow is exact and needs nothing installed.

    Args:
        engine: `auto`, `dali` or `pillow`.
        device: `auto`, `cpu`, or GPUs such as `cuda:0` or `cuda:0,1`; `cuda` is all of them.

    Raises:
        TensorOptionError: there is no such engine or device, or the two do not go together.
        NeedsExtra: DALI is asked for, and not installed.
        NoSuchDevice: a GPU is asked for that is not there.

    >>> choose("pillow")
    ('pillow', ('cpu',))
    """
    if engine not in ENGINES:
        raise TensorOptionError(f"there is no engine {engine!r}; there are {', '.join(ENGINES)}")
    asked = _devices(device)
    on_gpu = asked is not None and asked != (CPU,)
    if engine == "pillow" and on_gpu:
        raise TensorOptionError(f"the engine pillow runs on the cpu, not on {device}")
    if engine == "pillow" or (engine == AUTO and not on_gpu and not _is_worth_dali(asked)):
        return "pillow", (CPU,)
    if not has_dali():
        purpose = "making tensors on a GPU" if on_gpu else "the engine dali"
        raise NeedsExtra("nvidia-dali-cuda130", extra="gpu", purpose=purpose)
    return "dali", _there(asked)


def choose_on_workers(
    engine: str = AUTO, device: str = AUTO, *, have_gpus: bool
) -> tuple[EngineName, str]:
    """The engine's name and the device of each worker of a cluster, of which some may `have_gpus`.

    Which GPU a worker has is its own CUDA_VISIBLE_DEVICES to say: it is the first that it sees.

    Raises:
        TensorOptionError: there is no such engine or device, or the two do not go together.

    >>> choose_on_workers(have_gpus=False), choose_on_workers(have_gpus=True)
    (('pillow', 'cpu'), ('dali', 'cuda:0'))
    """
    if engine not in ENGINES:
        raise TensorOptionError(f"there is no engine {engine!r}; there are {', '.join(ENGINES)}")
    if device not in (AUTO, CPU, CUDA):
        raise TensorOptionError(
            f"a worker of a cluster has a GPU of its own: the device is {CUDA}, not {device}"
        )
    if engine == "pillow" and device == CUDA:
        raise TensorOptionError(f"the engine pillow runs on the cpu, not on {device}")
    if device == CUDA or (device == AUTO and engine != "pillow" and have_gpus):
        return "dali", "cuda:0"
    return "dali" if engine == "dali" else "pillow", CPU


def _is_worth_dali(asked: tuple[str, ...] | None) -> bool:
    return asked is None and has_dali() and gpus() > 0


def _there(asked: tuple[str, ...] | None) -> tuple[str, ...]:
    """The devices asked for, all there; every GPU, or the CPU without one, if none was."""
    found = tuple(f"cuda:{number}" for number in range(gpus()))
    if asked is None:
        return found or (CPU,)
    if asked == (CUDA,):
        if not found:
            raise NoSuchDevice(CUDA, there=found)
        return found
    for device in asked:
        if device != CPU and device not in found:
            raise NoSuchDevice(device, there=found)
    return asked


def _devices(text: str) -> tuple[str, ...] | None:
    """`cuda:0,1` and `cuda:0,cuda:1` are two GPUs; None where nothing is asked for."""
    if text == AUTO:
        return None
    if text == CUDA:
        return (CUDA,)
    named = [f"cuda:{one}" if one.isdecimal() else one for one in text.split(",")]
    for one in named:
        device_number(one)
    if len(set(named)) != len(named) or (CPU in named and len(named) > 1):
        raise TensorOptionError(f"{text!r} is not as in cpu, cuda:0 or cuda:0,1")
    return tuple(named)


def has_dali() -> bool:
    """Whether DALI and the decoder that it brings are installed."""
    try:
        found = find_spec("nvidia.dali"), find_spec("nvidia.nvimgcodec")
    except ModuleNotFoundError:
        return False
    return None not in found
