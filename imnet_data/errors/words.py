"""WordNet's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.errors.root import ImnetDataError

if TYPE_CHECKING:
    from collections.abc import Sequence


class WordNetError(ImnetDataError):
    """WordNet's own files are not there, or not as they must be."""


class NoWordNet(WordNetError):
    """No WordNet 3.0 was found; `others` are sentences on what was found in its place."""

    def __init__(self, others: Sequence[str] = ()) -> None:
        self.others = tuple(others)
        found = f": {'; '.join(self.others)}" if self.others else ""
        super().__init__(f"no WordNet 3.0 was found{found}")


class NoInformationContent(WordNetError):
    """No file of that name is in nltk's wordnet_ic; `known` are those that are."""

    def __init__(self, name: str, *, known: Sequence[str] = ()) -> None:
        self.name = name
        self.known = tuple(known)
        held = f"; known: {', '.join(self.known)}" if self.known else ""
        super().__init__(f"no information content is called {name!r}{held}")


class WordNetRefused(WordNetError):
    """What was to be installed from `source` is not what it must be."""

    def __init__(self, source: str, reason: str) -> None:
        self.source = source
        self.reason = reason
        super().__init__(f"nothing is installed from {source}: {reason}")


class WordNetNotFetched(WordNetError):
    """nltk's downloader failed, with its own words in `reason`."""

    def __init__(self, package: str, reason: str) -> None:
        self.package = package
        self.reason = reason
        super().__init__(f"{package} could not be fetched: {reason}")
