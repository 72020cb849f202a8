"""What a scheduler is asked of itself; it runs there."""

from __future__ import annotations

from typing import Any

from imnet_data.work.cluster.versions import versions


def about(dask_scheduler: Any = None) -> tuple[dict[str, str], float | None]:
    """Its versions, and after how many seconds it gives up a worker that is not heard of."""
    lives_s = dask_scheduler.worker_ttl
    return versions(), None if lives_s is None else float(lives_s)
