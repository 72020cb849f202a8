"""A cluster that work can be given to: reached or started, looked over, and left again.

Submitting units is submitting.py's, starting a cluster of one's own starting.py's.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final, get_args

from imnet_data.errors import ClusterDiffers, ClusterFailed, NoScheduler, NoWorkers, SchedulerLost
from imnet_data.extras import needed
from imnet_data.progress import Silent, job
from imnet_data.work.cluster import sees
from imnet_data.work.cluster.names import Kind
from imnet_data.work.cluster.on_scheduler import about
from imnet_data.work.cluster.quiet import quiet
from imnet_data.work.cluster.starting import started
from imnet_data.work.cluster.versions import difference, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import TracebackType
    from typing import Self

    from imnet_data.progress import Progress

_CONNECT_S: Final = 8.0
_ANSWER_S: Final = 60.0
# How long a scheduler of somebody else's may be without workers: those of some come with the work.
_WAIT_S: Final = 60.0
_LOOK_S: Final = 0.2
# A scheduler that waits longer for a worker which froze holds its units up for as long.
_LONG_S: Final = 60.0
_KNOWN_S: Final = 2.0
_WAITED_FOR: Final[dict[Kind | None, str]] = {
    None: "a worker to come to the scheduler",
    "slurm": "Slurm to start a job: squeue --me",
    "kubernetes": "a pod to start: kubectl get pods",
}


class Cluster:
    """A Dask cluster, to be given as `workers` to what takes them; connected as a context.

    With the address of a scheduler, such as `tcp://head:8786`, the one that runs there. Without,
    one is started for as long as the context lasts: `local` on this machine, `slurm` or
    `kubernetes` as dask-jobqueue and dask-kubernetes are configured here. `workers` is how many
    are started; of `local` by default one a core, each of one thread.

    Raises:
        ValueError: there is no such kind; `workers` are asked of a scheduler that has its own, or
            not said where they must be.

    Entered, it raises NeedsExtra (the extra `cluster` is not installed) and ClusterError: no
    scheduler, no workers, or workers with other versions than this process.

    >>> with imnet_data.Cluster("tcp://head:8786") as cluster:  # doctest: +SKIP
    ...     catalogue.verify(level="decode", workers=cluster)
    >>> Cluster("tcp://head:8786").address
    'tcp://head:8786'
    """

    def __init__(
        self,
        scheduler: str | None = None,
        *,
        kind: Kind = "local",
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        if kind not in get_args(Kind):
            raise ValueError(f"a cluster is of kind {', '.join(get_args(Kind))}, not {kind!r}")
        if scheduler is not None and (workers is not None or kind != "local"):
            raise ValueError("a scheduler that runs has the workers that it has")
        if scheduler is None and kind != "local" and workers is None:
            raise ValueError(f"how many workers a cluster of kind {kind} is to have is not said")
        if workers is not None and workers < 1:
            raise ValueError(f"a cluster has 1 worker or more, not {workers}")
        self.address = scheduler or ""
        self._kind: Kind | None = kind if scheduler is None else None
        self._asked = workers
        self._progress = progress or Silent()
        self._held = ExitStack()
        self._client: Any = None
        self._seen: set[str] = set()
        self._known: tuple[float, dict[str, dict[str, Any]]] = (-_KNOWN_S, {})

    # -- being connected

    def __enter__(self) -> Self:
        needed("distributed", extra="cluster")
        with ExitStack() as held, job(self._progress, "reaching the cluster", None, "workers"):
            held.enter_context(quiet())
            if self._kind is not None:
                one = held.enter_context(started(self._kind, self._asked))
                self.address, self._asked = one.address, one.workers
            self._client = _connected(self.address)
            held.callback(self._leave)
            self._wait_for_workers()
            self._look_over()
            self._held = held.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    def _leave(self) -> None:
        client, self._client = self._client, None
        client.close(timeout=_CONNECT_S)

    @property
    def client(self) -> Any:
        """Dask's client of it.

        Raises:
            RuntimeError: it is not connected: a Cluster is used as a context.
        """
        if self._client is None:
            raise RuntimeError("a Cluster is connected within `with`")
        return self._client

    @property
    def is_queued(self) -> bool:
        """Whether its workers begin when a batch system lets them, and are started anew."""
        return self._kind in ("slurm", "kubernetes")

    # -- its workers

    def workers_now(self, *, gpu: bool = False) -> dict[str, dict[str, Any]]:
        """What the scheduler says of each worker, by address; what it said just now may do.

        Raises:
            SchedulerLost: it answers no more.
        """
        at, known = self._known
        if time.monotonic() - at >= _KNOWN_S:
            try:
                known = dict(self.client.scheduler_info(n_workers=-1)["workers"])
            except (OSError, TimeoutError, KeyError) as error:
                raise SchedulerLost(self.address) from error
            self._known = time.monotonic(), known
        return {at: one for at, one in known.items() if not gpu or one["resources"].get("GPU")}

    @property
    def threads(self) -> int:
        """How many units its workers do at once, of those workers that it has now."""
        return sum(one["nthreads"] for one in self.workers_now().values())

    def on_all(
        self, function: Callable[..., Any], *arguments: object, wait_s: float = _ANSWER_S
    ) -> dict[str, Any]:
        """What each worker answers, by its address; an error that it raises is its answer.

        Raises:
            ClusterFailed: one answers nothing for so long.
        """
        try:
            answers: dict[str, Any] = self.client.sync(
                self.client._run,  # noqa: SLF001 - run() itself waits for ever
                function,
                *arguments,
                on_error="return",
                callback_timeout=wait_s,
            )
        except (OSError, TimeoutError) as error:
            raise ClusterFailed("it does not answer") from error
        return answers

    def check_sees(self, paths: Iterable[str], *, writes: Sequence[str] = ()) -> None:
        """Make sure that every worker sees what is at `paths` as it is here, once of each path.

        `writes` are folders in which each is to see what is written here, and may write itself.

        Raises:
            WorkersSeeNot: one does not.
        """
        new = set(paths) - self._seen
        if new or writes:
            sees.check(self, sorted(new), list(writes))
            self._seen |= new

    # -- looking it over

    def _wait_for_workers(self) -> None:
        """Until those that were asked for are there; of another's scheduler, until one is.

        Those of a batch system come when it lets them: work begins with the first.
        """
        wanted = self._asked if self._kind == "local" and self._asked else 1
        until = time.monotonic() + _WAIT_S
        told = False
        while len(self._client.scheduler_info(n_workers=-1)["workers"]) < wanted:
            if not self.is_queued and time.monotonic() > until:
                raise NoWorkers(self.address)
            if not told and self._kind != "local":
                self._progress.notice(f"waiting for {_WAITED_FOR[self._kind]}")
                told = True
            time.sleep(_LOOK_S)

    def _look_over(self) -> None:
        try:
            theirs, lives_s = self._client.run_on_scheduler(about)
        except ImportError:
            raise self._differs("the scheduler", "imnet-data", "") from None
        # The scheduler decodes no picture.
        ours = {name: versions()[name] for name in ("imnet-data", "Python", "distributed")}
        if other := difference(theirs, ours):
            raise self._differs("the scheduler", *other[:2])
        for worker, answer in self.on_all(versions).items():
            if isinstance(answer, ImportError):
                raise self._differs(f"the worker {worker}", "imnet-data", "")
            if isinstance(answer, Exception):  # it ended while it was asked
                continue
            if other := difference(answer, versions()):
                raise self._differs(f"the worker {worker}", *other[:2])
        if lives_s is None or lives_s > _LONG_S:
            self._progress.notice(_long_lived(self.address, lives_s))

    def _differs(self, worker: str, package: str, theirs: str) -> ClusterDiffers:
        return ClusterDiffers(worker, package, theirs or None, versions()[package])


def _connected(address: str) -> Any:
    import distributed  # noqa: PLC0415 - 0.7 s, for those who work on a cluster

    client: Any = distributed.Client.__new__(distributed.Client)
    with ExitStack() as unmade:
        unmade.callback(_forgotten, client)
        try:
            client.__init__(address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError):
            reason = f"nothing answered within {_CONNECT_S:g} s"
        except (ValueError, RuntimeError, ImportError, TypeError) as error:
            reason = str(error).partition("\n")[0]
        else:
            unmade.pop_all()
            return client
    raise NoScheduler(address, reason)


def _forgotten(client: Any) -> None:
    """End one that reached nobody, or was interrupted before it did.

    By itself it would try for 16 s to take its leave when it is collected, and then write a
    traceback to the terminal.
    """
    client.status = "closed"
    with suppress(AttributeError):  # it did not even come to a loop of its own
        client._loop_runner.stop()  # noqa: SLF001 - there is no other way to it


def _long_lived(address: str, lives_s: float | None) -> str:
    how = "never given up" if lives_s is None else f"given up after {lives_s:g} s only"
    return (
        f"a worker that freezes is {how} by the scheduler at {address}; "
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL=30s, set where it is started, makes that 30 s"
    )
