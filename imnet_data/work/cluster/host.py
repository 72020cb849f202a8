"""The process that a cluster of one's own lives in: says its address, and ends with its parent.

Which cluster it is, is kinds.py's; who starts this process, starting.py's.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, cast

from imnet_data.work.cluster.kinds import made

if TYPE_CHECKING:
    from imnet_data.work.cluster.names import Kind


def main(kind: str, workers: int) -> None:
    """Start the cluster, write one line of JSON about it, and keep it until standard input ends."""
    # What else writes to standard output must not come between.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as told:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            with made(cast("Kind", kind), workers) as address:
                print(json.dumps({"address": address}), file=told, flush=True)
                sys.stdin.read()
        except Exception as error:  # noqa: BLE001 - the parent raises it
            print(json.dumps({"error": _sentence(error)}), file=told)


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text or type(error).__name__
