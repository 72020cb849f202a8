"""The catalogue and its file."""

from __future__ import annotations

from imnet_data.errors.root import ImnetDataError


class CatalogueError(ImnetDataError):
    """A catalogue that cannot be opened, read or written; `location` is its path or URL."""

    def __init__(self, location: str, sentence: str) -> None:
        self.location = location
        super().__init__(sentence)


class NoCatalogue(CatalogueError):
    """There is no catalogue at this path."""

    def __init__(self, location: str) -> None:
        super().__init__(location, f"there is no catalogue at {location}")


class NotACatalogue(CatalogueError):
    """The file is something else."""

    def __init__(self, location: str, reason: str) -> None:
        self.reason = reason
        super().__init__(location, f"{location} is not an imnet-data catalogue: {reason}")


class CatalogueTooNew(CatalogueError):
    """The catalogue was written by a later version of imnet-data."""

    def __init__(self, location: str, *, schema: str, known: str) -> None:
        self.schema = schema
        self.known = known
        super().__init__(
            location,
            f"{location} was written by a newer imnet-data "
            f"(schema {schema}; this one knows up to {known})",
        )


class CatalogueTooOld(CatalogueError):
    """The catalogue needs an upgrade, and it cannot be written from here."""

    def __init__(self, location: str, *, schema: str, known: str) -> None:
        self.schema = schema
        self.known = known
        super().__init__(
            location,
            f"{location} has the older schema {schema} and cannot be upgraded to {known} "
            "because it cannot be written from this account",
        )


class CatalogueReadOnly(CatalogueError):
    """A change was asked of a catalogue that can only be read."""

    def __init__(self, location: str) -> None:
        super().__init__(location, f"{location} can only be read from this account")


class CatalogueBusy(CatalogueError):
    """Another process is writing; `holder` says which."""

    def __init__(self, location: str, *, holder: str) -> None:
        self.holder = holder
        super().__init__(location, f"{location} is being written by {holder}")


class CatalogueFailed(CatalogueError):
    """The database itself failed, with its own words in `reason`."""

    def __init__(self, location: str, reason: str) -> None:
        self.reason = reason
        super().__init__(location, f"{location}: {reason}")


class CatalogueFull(CatalogueFailed):
    """There is no room left where the database lies."""
