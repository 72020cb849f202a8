"""Installing WordNet 3.0, or nltk's information contents, into a folder of nltk data.

Nothing is put there before it is checked; what was fetched and is not well is gone again.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import WordNetError, WordNetNotFetched, WordNetRefused
from imnet_data.progress import Progress, Silent
from imnet_data.words.checks import (
    fault_of_information,
    fault_of_wordnet,
    has_information,
    is_information,
    is_whole,
    is_wordnets,
)
from imnet_data.words.copies import completed, put
from imnet_data.words.found import forget
from imnet_data.words.information import information_content
from imnet_data.words.places import Place, corpus_folder, data_root, nltk_places, places
from imnet_data.words.sources import read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.words.sources import Files


@dataclass(frozen=True, slots=True)
class Installed:
    """Where a package is now, and whether it was there already."""

    package: str
    folder: str
    was_there: bool


@dataclass(frozen=True, slots=True)
class _Package:
    """One of nltk's packages: which files are its own, what is wrong with some, what they lack."""

    name: str
    is_own: Callable[[str], bool]
    fault: Callable[[Files], str | None]
    completed: Callable[[Files], Files]
    is_whole: Callable[[Place], bool]


_WORDNET = _Package("wordnet", is_wordnets, fault_of_wordnet, completed, is_whole)
_INFORMATION = _Package("wordnet_ic", is_information, fault_of_information, dict, has_information)
_PACKAGES: Final = {package.name: package for package in (_WORDNET, _INFORMATION)}


def install(
    package: str = "wordnet",
    *,
    source: str | None = None,
    root: str | None = None,
    progress: Progress | None = None,
) -> Installed:
    """Install `wordnet` or `wordnet_ic` as `ROOT/corpora/PACKAGE`, where it is not there yet.

    Args:
        package: `wordnet` (WordNet 3.0, 34 MB) or `wordnet_ic` (information contents).
        source: a folder, zip file or tar that holds it, or the URL of an nltk index; without one
            nltk's downloader fetches it from nltk's own.
        root: a folder of nltk data; without one the user's cache, where it is found again.
        progress: told of the download, in percent.

    Raises:
        WordNetRefused: what is there or came is no whole WordNet 3.0.
        WordNetNotFetched: the download failed.
        WordNetError: the folder cannot be written.
    """
    kind = _PACKAGES[package]
    folder = corpus_folder(os.path.abspath(root or data_root()), package)
    if kind.is_whole(Place("cache", folder)):
        return Installed(package, folder, was_there=True)
    if source is None and root is None and (known := _elsewhere(kind)) is not None:
        return Installed(package, known, was_there=True)
    files, came_from = _files(kind, source, progress or Silent())
    if (fault := kind.fault(files)) is not None:
        raise WordNetRefused(came_from, fault)
    try:
        put(kind.completed(files), folder, kind.is_whole)
    except OSError as error:
        raise WordNetError(f"{folder} cannot be written: {error.strerror or error}") from error
    forget()
    information_content.cache_clear()
    return Installed(package, folder, was_there=False)


def _elsewhere(kind: _Package) -> str | None:
    """Where the package is found already, so that nothing need be fetched."""
    if kind is _WORDNET:
        # Debian's is whole but for the two files that nltk_data.py makes when they are needed.
        known = (place for place in places() if is_whole(place, for_nltk=False))
    else:
        known = (place for place in nltk_places(kind.name) if kind.is_whole(place))
    return next((place.path for place in known), None)


def _files(kind: _Package, source: str | None, progress: Progress) -> tuple[Files, str]:
    if source is not None and "://" not in source:
        path = os.path.abspath(source)
        return read_files(path, kind.is_own), path
    with tempfile.TemporaryDirectory(prefix="imnet-data-") as folder:
        url = _fetch(kind.name, source, folder, progress)
        path = corpus_folder(folder, kind.name)
        fetched = f"{path}.zip" if os.path.exists(f"{path}.zip") else path
        try:
            return read_files(fetched, kind.is_own), url
        except WordNetRefused as refused:
            raise WordNetRefused(url, refused.reason) from refused


def _fetch(package: str, index: str | None, folder: str, progress: Progress) -> str:
    """Let nltk download a package into a folder; gives the address it came from."""
    import nltk.data  # noqa: PLC0415 - 0.5 s
    from nltk.downloader import Downloader  # noqa: PLC0415

    before = list(nltk.data.path)
    progress.begin(f"fetching {package}", 100, "percent")
    try:
        with warnings.catch_warnings():
            # nltk warns of indexes that have MD5 sums only; what comes is checked here anyway.
            warnings.simplefilter("ignore")
            downloader = Downloader(server_index_url=index, download_dir=folder)
            _follow(downloader.incr_download(package, folder), package, progress)
            return str(downloader.info(package).url)
    finally:
        progress.end()
        nltk.data.path[:] = before  # where nltk adds each folder that it downloads to


def _follow(messages: Iterator[Any], package: str, progress: Progress) -> None:
    from nltk.downloader import ErrorMessage, ProgressMessage  # noqa: PLC0415

    done = 0
    for message in messages:
        if isinstance(message, ErrorMessage):
            raise WordNetNotFetched(package, " ".join(str(message.message).split()))
        if isinstance(message, ProgressMessage) and int(message.progress) > done:
            progress.advance(int(message.progress) - done)
            done = int(message.progress)
    progress.advance(100 - done)
