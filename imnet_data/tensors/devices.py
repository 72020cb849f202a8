"""Which process works on which device, and what the devices are.

What an engine does with one is engines/'s.
"""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imnet_data.errors import DevicesDiffer, NoWorkers, WorkersDie
from imnet_data.tensors.engines.engine import CPU
from imnet_data.tensors.flow import Readers
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imnet_data.tensors.engines.engine import Engine, EngineSpec
    from imnet_data.work.cluster.connecting import Cluster


@dataclass(frozen=True, slots=True)
class Described:
    """What made tensors: part of what a shard says of itself, and the same wherever it is made.

    `device` says what kind of device it is, never which of several.
    """

    engine: str
    device: str
    rule: str
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DescribeUnit:
    """An engine to be opened and asked what it is."""

    spec: EngineSpec

    def run(self) -> Described:
        """Ask it."""
        with self.spec.open() as engine:
            return described_by(engine)


def described_by(engine: Engine) -> Described:
    """What an open engine is."""
    return Described(engine.name, engine.device, engine.rule, dict(engine.versions))


def check_alike(expected: Described, found: Described) -> None:
    """That this process's engine is as that of the others which make tensors.

    Raises:
        DevicesDiffer: its bytes would be others.
    """
    if found != expected:
        host = socket.gethostname()
        raise DevicesDiffer(
            {"what is asked for": _told(expected, found), host: _told(found, expected)}
        )


def _told(one: Described, other: Described) -> str:
    """What one is, as far as it says how it differs from the other."""
    if (one.engine, one.device) != (other.engine, other.device):
        return f"{one.device} with {one.engine}"
    versions = {"rule": one.rule, **one.versions}
    others = {"rule": other.rule, **other.versions}
    differing = [
        f"{name} {versions[name]}" for name in versions if others.get(name) != versions[name]
    ]
    return f"{one.device} with {', '.join(differing)}"


def described_on(spec: EngineSpec, cluster: Cluster, *, gpu: bool) -> Described:
    """What the engine is on all workers of a cluster, or on those that have a GPU.

    Workers that come later are looked at with the first shard that they make.

    Raises:
        DevicesDiffer: it is not the same on all of them.
        NoWorkers: there are none.
        NeedsExtra, TensorError, WorkersDie: it cannot be opened there.
    """
    from imnet_data.work.cluster.everywhere import outcomes_everywhere  # noqa: PLC0415 - for few

    found: dict[str, Described] = {}
    for worker, outcome in outcomes_everywhere(
        DescribeUnit(spec), cluster=cluster, gpu=gpu
    ).items():
        match outcome:
            case Done(result=result):
                found[worker] = result
            case Failed(error=error):
                raise error
            case lost:
                raise WorkersDie(lost.how)
    if not found:
        raise NoWorkers(cluster.address, gpu=gpu)
    first, *others = found
    for other in others:
        if found[other] != found[first]:
            one, another = found[first], found[other]
            raise DevicesDiffer({first: _told(one, another), other: _told(another, one)})
    return found[first]


def described(spec: EngineSpec, devices: Sequence[str]) -> Described:
    """What the engine is on all of some devices.

    A GPU is asked in a process of its own, for what asks it keeps some of its memory.

    Raises:
        DevicesDiffer: they are of several kinds.
        NeedsExtra, TensorError: the engine cannot be opened.
    """
    units = [DescribeUnit(replace(spec, device=device)) for device in devices]
    found: dict[str, Described] = {}
    with closing(outcomes(units, workers=0 if CPU in devices else 1)) as ended:
        for outcome in ended:
            assert isinstance(outcome.unit, DescribeUnit)
            match outcome:
                case Done(result=result):
                    found[outcome.unit.spec.device] = result
                case Failed(error=error):
                    raise error
                case lost:
                    raise WorkersDie(lost.how)
    first = found[devices[0]]
    if any(one != first for one in found.values()):
        raise DevicesDiffer({device: one.device for device, one in found.items()})
    return first


def readers_of(device: str) -> Readers:
    """How far ahead of a device is read."""
    return Readers() if device == CPU else Readers(threads=4, batches=4)


# The device that this process has taken, and the lock that says so for as long as it lives.
_taken: dict[str, tuple[str, int]] = {}


def own_device(devices: Sequence[str], locks: str) -> str:
    """The device of this process: the first that no other process has taken.

    A process that ends leaves its device to the one that takes its place.
    """
    if len(devices) == 1:
        return devices[0]
    if locks not in _taken:
        _taken[locks] = _take(devices, locks)
    return _taken[locks][0]


def _take(devices: Sequence[str], locks: str) -> tuple[str, int]:
    for device in devices:
        lock = os.open(os.path.join(locks, device.replace(":", "-")), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        return device, lock
    raise WorkersDie(f"found every device taken: {', '.join(devices)}")
