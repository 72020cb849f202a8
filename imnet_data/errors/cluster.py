"""Work on a cluster: reaching one, and its workers being such as the work needs."""

from __future__ import annotations

from imnet_data.errors.root import ImnetDataError


class ClusterError(ImnetDataError):
    """A cluster that cannot do the work."""


class NoScheduler(ClusterError):
    """Nothing that answers at `address` is a Dask scheduler, for the `reason` given."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(f"no Dask scheduler is reached at {address or repr(address)}: {reason}")


class SchedulerLost(ClusterError):
    """A scheduler that was there answers no more, or gave the work up."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(f"the scheduler at {address} is gone, or gave the work up")


class ClusterNotStarted(ClusterError):
    """A cluster of one's own, of this `kind`, that did not start."""

    def __init__(self, kind: str, reason: str) -> None:
        self.kind = kind
        self.reason = reason
        super().__init__(f"no cluster of kind {kind} could be started: {reason}")


class NoWorkers(ClusterError):
    """A scheduler without workers, or with none that has a GPU where one is needed."""

    def __init__(self, address: str, *, gpu: bool = False) -> None:
        self.address = address
        self.gpu = gpu
        of = " that has the resource GPU" if gpu else ""
        super().__init__(f"the scheduler at {address} has no worker{of}")


class ClusterDiffers(ClusterError):
    """A `worker` has another version of a package than this process; None where it has none."""

    def __init__(self, worker: str, package: str, theirs: str | None, ours: str) -> None:
        self.worker = worker
        self.package = package
        self.theirs = theirs
        self.ours = ours
        has = f"no {package}" if theirs is None else f"{package} {theirs}"
        super().__init__(f"{worker} has {has}, and here is {ours}")


class WorkersSeeNot(ClusterError):
    """A `worker` does not find at `path` what lies there for this process."""

    def __init__(self, path: str, worker: str, reason: str) -> None:
        self.path = path
        self.worker = worker
        self.reason = reason
        super().__init__(f"the worker {worker} does not see {path} as it is here: {reason}")


class ClusterFailed(ClusterError):
    """A worker could not even begin, for the `reason` given."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"a worker of the cluster could not begin: {reason}")
