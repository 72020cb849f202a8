"""Object stores, and what lies in them.

Those that are a system's error as well are caught as what a file's error is.
"""

from __future__ import annotations

from imnet_data.errors.root import ImnetDataError


class StoreError(ImnetDataError):
    """Something about an object store; `url` is the object or the folder."""

    def __init__(self, url: str, sentence: str) -> None:
        self.url = url
        super().__init__(sentence)


class StoreRefused(StoreError, ValueError):
    """An address that nothing is read from or written to; `reason` says why."""

    def __init__(self, url: str, reason: str) -> None:
        self.reason = reason
        super().__init__(url, f"{url} cannot be used: {reason}")


class ObjectMissing(StoreError, FileNotFoundError):
    """Nothing is there; `bucket` is named where the store says that it is what is missing."""

    def __init__(self, url: str, *, bucket: str | None = None) -> None:
        self.bucket = bucket
        super().__init__(url, f"there is no bucket {bucket}" if bucket else f"there is no {url}")


class ObjectThere(StoreError, FileExistsError):
    """Something is there already that was to be made new."""

    def __init__(self, url: str) -> None:
        super().__init__(url, f"{url} is there already")


class ObjectChanged(StoreError, OSError):
    """Another object is there than the one that was opened."""

    def __init__(self, url: str) -> None:
        super().__init__(url, f"{url} was replaced while it was read")


class StoreFailed(StoreError, OSError):
    """The store does not answer, or answers with an error; `passing`, if it may pass.

    `status` is HTTP's, where it is known; `tries` how often it was asked.
    """

    def __init__(
        self,
        url: str,
        reason: str,
        *,
        status: int | None = None,
        passing: bool = False,
        tries: int = 1,
    ) -> None:
        self.reason = reason
        self.status = status
        self.passing = passing
        self.tries = tries
        often = f", {tries} times in a row" if tries > 1 else ""
        super().__init__(url, f"{url}: {reason}{often}")
