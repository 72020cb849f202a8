"""A catalogue on a server, and what can stand between it and us."""

from __future__ import annotations

from imnet_data.errors.catalogue import CatalogueError


class BadCatalogueAddress(CatalogueError, ValueError):
    """A URL that names no catalogue; what it says of a password is not repeated."""

    def __init__(self, location: str, reason: str) -> None:
        self.reason = reason
        super().__init__(location, f"{location} names no catalogue: {reason}")


class ServerError(CatalogueError):
    """A server that has or had a catalogue, and does not serve it; `reason` has its words."""

    sentence = "{location} failed: {reason}"

    def __init__(self, location: str, reason: str) -> None:
        self.reason = reason
        super().__init__(location, self.sentence.format(location=location, reason=reason))


class ServerUnreachable(ServerError):
    """No server answers at this address, or it takes nobody now."""

    sentence = "{location} cannot be reached: {reason}"


class ServerLoginRefused(ServerError):
    """The server does not let this account in."""

    sentence = "{location} lets nobody in like this: {reason}"


class NoDatabase(ServerError):
    """The server has no such database, or the database no such schema."""

    sentence = "{location} is not there: {reason}"


class RightsMissing(ServerError):
    """The role may not do this."""

    sentence = "{location} does not let this role do that: {reason}"


class ConnectionLost(ServerError):
    """The connection broke while the catalogue was used."""

    sentence = "the connection to {location} was lost: {reason}"


class StatementCancelled(ServerError):
    """The server ended a statement: an administrator's word or a time limit's."""

    sentence = "{location} ended a statement: {reason}"
