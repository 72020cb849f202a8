"""Units that do nothing, and units as verification has them, run by several engines.

They stand in a module of their own since workers import it; the races are scale.py's.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.work.unit import Unit
    from imnet_data.work.workers import Workers

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Nothing:
    """A unit whose work is none: what is left is what handing it over costs."""

    number: int

    def run(self) -> int:
        return self.number


@contextmanager
def engine(name: str, workers: int) -> Iterator[Workers]:
    """So many workers of an engine: this machine's processes, or those of a Dask cluster."""
    if name == "local":
        yield workers
        return
    import imnet_data

    with imnet_data.Cluster(kind="local", workers=workers) as cluster:
        yield cluster


def seconds_of(units: Sequence[Unit[Any]], name: str, workers: int) -> float:
    """What some units take on an engine of ours, once its workers have run a few."""
    few = 8 * workers
    start = 0.0
    with (
        engine(name, workers) as made,
        closing(outcomes(chain(units[:few], units), workers=made)) as ended,
    ):
        for done, outcome in enumerate(ended, 1):
            assert isinstance(outcome, Done), outcome
            if done == few:
                start = time.perf_counter()
    return time.perf_counter() - start


def _run(unit: Unit[R]) -> R:
    return unit.run()


@contextmanager
def _plain_dask(workers: int) -> Iterator[Any]:
    """Dask's own workers, as its documentation starts them: no child, no deadline, no bound."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def seconds_of_map(units: Sequence[Unit[Any]], workers: int) -> float:
    """The peer: `Client.map` over the same units, all of them handed over at once."""
    with _plain_dask(workers) as client:
        client.gather(client.map(_run, units[: 8 * workers], pure=False))
        start = time.perf_counter()
        client.gather(client.map(_run, units, pure=False))
        return time.perf_counter() - start


def seconds_of_bag(units: Sequence[Unit[Any]], workers: int) -> float:
    """The peer: a `dask.bag`, in four partitions a worker, as its documentation advises."""
    from dask import bag

    with _plain_dask(workers) as client:
        client.gather(client.map(_run, units[: 8 * workers], pure=False))
        start = time.perf_counter()
        bag.from_sequence(units, npartitions=4 * workers).map(_run).compute(scheduler=client)
        return time.perf_counter() - start
