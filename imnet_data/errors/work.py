"""Running units of work."""

from __future__ import annotations

from imnet_data.errors.root import ImnetDataError


class WorkersDie(ImnetDataError):
    """The processes that are to do the work do not live long enough to begin it."""

    def __init__(self, how: str) -> None:
        self.how = how
        super().__init__(f"no worker lives long enough to begin: the process {how}")
