"""What to type next after an error of a cluster."""

from __future__ import annotations

import shlex
from typing import Final

from imnet_data import errors

_AGAIN: Final = "what was done is kept, and goes on from there"


def advice_on_a_cluster(  # noqa: PLR0911 - a table
    error: errors.ClusterError, command: str
) -> str | None:
    """A command, or a few words with one; `command` is what failed."""
    match error:
        case errors.NoScheduler(address=address):
            port = address.rpartition(":")[2]
            return f"dask scheduler --port {port if port.isdigit() else 8786}, where it is to run"
        case errors.SchedulerLost():
            return f"the same command once it runs again: {_AGAIN}"
        case errors.NoWorkers(gpu=True, address=address):
            worker = f"dask worker {shlex.quote(address)} --nthreads 1 --resources GPU=1"
            return f"CUDA_VISIBLE_DEVICES=0 {worker}, one for each GPU"
        case errors.NoWorkers(address=address):
            return f"dask worker {shlex.quote(address)} --nworkers auto, on the machines that work"
        case errors.ClusterDiffers(package="imnet-data", theirs=None):
            return "pip install 'imnet-data[cluster]' where that runs"
        case errors.ClusterDiffers(package="Python"):
            return "an environment there with the same Python"
        case errors.ClusterDiffers(package=package, ours=ours):
            return f"pip install {package}=={ours} where that runs, and starting it again"
        case errors.WorkersSeeNot():
            return "archives and folders that lie at the same path on every host, or in a store"
        case errors.ClusterNotStarted(kind="slurm"):
            return "imnet-data " + command + " --scheduler ADDRESS, of a scheduler started by hand"
    return None
