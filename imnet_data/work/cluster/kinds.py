"""The clusters that can be started: on this machine, by Slurm, on Kubernetes.

They are started in host.py's process, and live for as long as it does.
"""

from __future__ import annotations

import tempfile
import threading
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.work.cluster.names import Kind

_SETTINGS: Final[dict[str, Any]] = {
    # The default of five minutes is how long a worker that froze would hold its units up.
    "distributed.scheduler.worker-ttl": "30 s",
    "distributed.worker.profile.enabled": False,
    # Nobody looks at a page of a cluster that lives as long as a command.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}

_KEEP_S: Final = 5.0


@contextmanager
def made(kind: Kind, workers: int) -> Iterator[str]:
    """A running cluster's address, for as long as the context lasts.

    Raises:
        RuntimeError: a package is missing that it takes.
    """
    import dask  # noqa: PLC0415 - in this process alone

    make = {"local": _local, "slurm": _slurm, "kubernetes": _kubernetes}[kind]
    with dask.config.set(_SETTINGS), make(workers) as cluster:
        yield str(cluster.scheduler_address)


@contextmanager
def _local(workers: int) -> Iterator[Any]:
    from distributed import LocalCluster  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory(prefix="imnet-data-", ignore_cleanup_errors=True) as folder,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            # Units run in children of the workers, whose memory is bounded there.
            memory_limit=0,
            local_directory=folder,
        ) as cluster,
    ):
        yield cluster


@contextmanager
def _slurm(workers: int) -> Iterator[Any]:
    """As dask-jobqueue's own configuration file says: queue, account, time, memory, interface."""
    jobqueue = _package("dask_jobqueue", "dask-jobqueue")
    with jobqueue.SLURMCluster() as cluster, _kept(cluster, workers):
        yield cluster


@contextmanager
def _kubernetes(workers: int) -> Iterator[Any]:
    """As dask-kubernetes' own configuration file says; its operator must run in the cluster."""
    operator = _package("dask_kubernetes.operator", "dask-kubernetes")
    with operator.KubeCluster(n_workers=workers) as cluster:
        yield cluster


@contextmanager
def _kept(cluster: Any, workers: int) -> Iterator[None]:
    """So many workers, and others for those whose jobs end: by their time limit, or cancelled.

    Dask looks for those that are missing when it is asked for a number, and at no other time.
    """
    ended = threading.Event()

    def keep() -> None:
        cluster.scale(workers)
        while not ended.wait(_KEEP_S):
            cluster.scale(workers)

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _package(module: str, package: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise RuntimeError(f"it needs {package}: pip install {package}") from None
