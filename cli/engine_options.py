"""Options that say where the work is done: by processes here, or on a Dask cluster.

`preprocess` has engines of its own, which decode: there the one option takes both kinds.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import click

from imnet_data.cli.progress import progress
from imnet_data.work.cluster.names import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imnet_data.work.workers import Workers

    Command = Callable[..., Any]

Decoder = Literal["auto", "dali", "pillow"]

_WHERE: Final = ("local", "dask")
_DECODERS: Final = get_args(Decoder)
_KINDS: Final = get_args(Kind)

_REACHED: Final[tuple[Callable[[Command], Command], ...]] = (
    click.option(
        "--scheduler", metavar="ADDRESS",
        help="The Dask scheduler that runs already, such as tcp://head:8786; implies dask.",
    ),
    click.option(
        "--cluster", "cluster", type=click.Choice(_KINDS),
        help="The cluster to start for this command, of --workers workers; implies dask.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What was typed about where the work is done, and by which decoder where there are several."""

    is_dask: bool
    scheduler: str | None
    cluster: Kind | None
    decoder: Decoder = "auto"

    @classmethod
    def of(
        cls, engines: Sequence[str], scheduler: str | None, cluster: Kind | None
    ) -> EngineChoice:
        """What these words come to; `engines` are what --engine was given, of either kind.

        Raises:
            click.UsageError: they do not go together.
        """
        where = [one for one in engines if one in _WHERE]
        decoders: list[Any] = [one for one in engines if one not in _WHERE]
        for several in (where, decoders):
            if len(set(several)) > 1:
                raise click.UsageError(f"--engine {several[0]} and --engine {several[1]}: give one")
        if scheduler is not None and cluster is not None:
            raise click.UsageError("--scheduler names a cluster that runs: leave --cluster out")
        if where[:1] == ["local"] and (scheduler or cluster):
            option = "--scheduler" if scheduler else "--cluster"
            raise click.UsageError(f"{option} is for --engine dask")
        is_dask = where[:1] == ["dask"] or scheduler is not None or cluster is not None
        return cls(is_dask, scheduler, cluster, decoders[0] if decoders else "auto")

    @contextmanager
    def workers(self, number: int | None) -> Iterator[Workers | None]:
        """The workers to hand to the library: the number that was typed, or a connected cluster.

        Raises:
            ClusterError, NeedsExtra: the cluster cannot be reached or started.
        """
        if not self.is_dask:
            yield number
            return
        from imnet_data.work.cluster.connecting import Cluster  # noqa: PLC0415 - for few

        with ExitStack() as held:
            with progress() as told:
                cluster = Cluster(
                    self.scheduler, kind=self.cluster or "local", workers=number, progress=told
                )
                held.enter_context(cluster)
            yield cluster

    def check(self, number: int | None) -> None:
        """Make sure that so many workers can be asked for.

        Raises:
            click.UsageError: they cannot.
        """
        if not self.is_dask:
            return
        if self.scheduler is not None and number is not None:
            raise click.UsageError("--workers: the scheduler has the workers that it has")
        if self.cluster in ("slurm", "kubernetes") and number is None:
            raise click.UsageError(f"--cluster {self.cluster} takes --workers N: how many to start")
        if number == 0:
            raise click.UsageError("--workers 0 is this process alone, and no cluster")


def engine_options(command: Command) -> Command:
    """`--engine`, `--scheduler`, `--cluster`: the command gets an `engine`."""
    option = click.option(
        "--engine", "engines", type=click.Choice(_WHERE), callback=_one,
        help="Where the work is done: by processes here, or on a Dask cluster.  [default: local]",
    )  # fmt: skip
    return _with_engine(command, option)


def both_engine_options(command: Command) -> Command:
    """The same where `--engine` says, too, what decodes; it may be given once for each."""
    option = click.option(
        "--engine", "engines", type=click.Choice((*_DECODERS, *_WHERE)), multiple=True,
        help="What decodes and resizes: dali, or pillow, which every machine has; and where: "
        "local, or dask for a Dask cluster. May be given once for each.  [default: auto, local]",
    )  # fmt: skip
    return _with_engine(command, option)


def _one(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _with_engine(command: Command, option: Callable[[Command], Command]) -> Command:
    @wraps(command)
    def with_engine(
        *args: Any, engines: Sequence[str], scheduler: str | None, cluster: Kind | None, **more: Any
    ) -> Any:
        chosen = EngineChoice.of(engines, scheduler, cluster)
        chosen.check(more.get("workers"))
        return command(*args, engine=chosen, **more)

    made: Command = with_engine
    for one in (*reversed(_REACHED), option):
        made = one(made)
    return made
