"""Who does the work: this process, processes of this machine, or a cluster's.

Running units on them is run.py's; a cluster is cluster/'s, and loaded where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeGuard

if TYPE_CHECKING:
    from imnet_data.work.cluster.connecting import Cluster

# A number of processes, 0 for this one alone; or a cluster that is connected.
Workers: TypeAlias = "int | Cluster"


def is_cluster(workers: Workers | None) -> TypeGuard[Cluster]:
    """Whether the work goes to a cluster.

    >>> is_cluster(2), is_cluster(None)
    (False, False)
    """
    return workers is not None and not isinstance(workers, int)


def number_of(workers: Workers) -> int:
    """How many units are at work at once: processes here, or threads of a cluster's workers.

    >>> number_of(2), number_of(0)
    (2, 0)
    """
    return workers if isinstance(workers, int) else workers.threads


def several(workers: Workers | None, worth: int, *, most: int | None = None) -> Workers:
    """What `outcomes()` is given where work is worth so many processes and nobody asked for others.

    One process would only be waited for by this one, which does it then: 0. With `most`, there are
    no more than that. A cluster stays as it is.

    >>> several(None, 3), several(8, 3), several(8, 3, most=2), several(1, 3)
    (3, 8, 2, 0)
    """
    if workers is not None and not isinstance(workers, int):
        return workers
    count = worth if workers is None else workers
    if most is not None:
        count = min(count, most)
    return count if count > 1 else 0
