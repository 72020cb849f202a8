"""WordNet's files as they come: a folder, nltk's zip file, or a tar of Princeton's.

Reads them and knows no more of them than their names; whether they are whole is checks.py's.
"""

from __future__ import annotations

import os
import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from imnet_data.errors import WordNetRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Files = dict[str, bytes]

# Where WordNet's files lie below a folder that people name: Princeton's, nltk's, and itself.
_BELOW = ("", "dict", "wordnet", "corpora/wordnet", "wordnet_ic", "corpora/wordnet_ic")


def read_files(path: str, is_wanted: Callable[[str], bool]) -> Files:
    """The wanted files at a path, by their names without folders.

    Raises:
        WordNetRefused: there is nothing at the path, it is damaged, or it is of another kind.
    """
    if not os.path.exists(path):
        raise WordNetRefused(path, "nothing is there")
    try:
        if os.path.isdir(path):
            return dict(_in_folder(path, is_wanted))
        if path.endswith(".zip"):
            return dict(_in_zip(path, is_wanted))
        return dict(_in_tar(path, is_wanted))
    except tarfile.ReadError as error:
        raise WordNetRefused(path, "it is no folder, zip file or tar") from error
    except (OSError, BadZipFile, EOFError, tarfile.TarError) as error:
        raise WordNetRefused(path, f"it cannot be read: {error}") from error


def _in_folder(path: str, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    for folder in (os.path.join(path, below) for below in _BELOW):
        names = list(filter(is_wanted, os.listdir(folder))) if os.path.isdir(folder) else []
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                yield name, file.read()
        if names:
            return


def _in_zip(path: str, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    with ZipFile(path) as archive:
        for member in archive.infolist():
            name = PurePosixPath(member.filename).name
            if not member.is_dir() and is_wanted(name):
                yield name, archive.read(member)


def _in_tar(path: str, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            name = PurePosixPath(member.name).name
            if member.isfile() and is_wanted(name):
                stream = archive.extractfile(member)
                assert stream is not None
                with stream:
                    yield name, stream.read()
