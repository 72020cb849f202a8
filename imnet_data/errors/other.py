"""What belongs to no stage."""

from __future__ import annotations

from imnet_data.errors.root import ImnetDataError


class NeedsExtra(ImnetDataError):
    """A package of one of imnet-data's extras is not installed."""

    def __init__(self, package: str, *, extra: str, purpose: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(f"{purpose} needs {package}: pip install 'imnet-data[{extra}]'")


class DemoError(ImnetDataError):
    """A demo that cannot be written into a folder, because of what `reason` says is there."""

    def __init__(self, folder: str, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(f"no demo is written to {folder}: {reason}")
