"""How worker processes begin: never by fork, and without the script that started them.

What they do then is processes.py's.
"""

from __future__ import annotations

import copy
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
from contextlib import contextmanager
from multiprocessing import util
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import BaseContext

# Never fork: the caller may have threads, and a lock that one of them holds stays locked.
_METHODS = multiprocessing.get_all_start_methods()
_BASE: Any = multiprocessing.get_context("forkserver" if "forkserver" in _METHODS else "spawn")
_PROCESS: Any = _BASE.Process

_hiding = threading.Lock()


class _Worker(_PROCESS):  # type: ignore[misc]
    """A process that does not import the caller's script.

    Python would have each worker import it, to find there what was defined there: a script without
    `if __name__ == "__main__":` then starts all over in each, and one that imports torch at its top
    costs seconds and a gigabyte a worker. No unit is ever defined there.
    """

    @staticmethod
    def _Popen(process: Any) -> Any:  # noqa: N802 - Python's own hook
        with _without_script():
            return _PROCESS._Popen(process)  # noqa: SLF001 - likewise


@contextmanager
def _without_script() -> Iterator[None]:
    with _hiding:
        script = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = script


# A socket's address has at most 107 bytes, of which multiprocessing takes 32 below its folder.
_LONGEST_FOLDER = 75


def _keep_addresses_short() -> None:
    """Have multiprocessing's sockets in /tmp where $TMPDIR is deep, as it is in jobs of a cluster.

    Its server that forks workers could not begin there, and no worker would.
    """
    config = multiprocessing.current_process()._config  # type: ignore[attr-defined] # noqa: SLF001
    if "tempdir" in config or len(os.fsencode(tempfile.gettempdir())) <= _LONGEST_FOLDER:
        return
    config["tempdir"] = folder = tempfile.mkdtemp(prefix="pymp-", dir="/tmp")
    util.Finalize(None, shutil.rmtree, args=(folder, True), exitpriority=-100)


def worker_context() -> BaseContext:
    """What multiprocessing starts workers by."""
    _keep_addresses_short()
    context: Any = copy.copy(_BASE)
    context.Process = _Worker
    return context  # type: ignore[no-any-return]


def allow_children() -> None:
    """Let this process, a daemon as multiprocessing has it, start others.

    It refuses daemons that, for it could not end what they start; workers end with whoever started
    them (pool.py).
    """
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined] # noqa: SLF001
