"""Putting WordNet's files into a folder of nltk data: whole or not at all, whoever else does too.

What nltk 3.10 asks of the folder is kept: no links, nothing that other accounts may write.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

from imnet_data.lasting import sync
from imnet_data.words.checks import MADE, NAMES
from imnet_data.words.places import Place
from imnet_data.words.sense_index import lexnames, sense_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.words.sources import Files

_FOLDER_MODE = 0o755
_FILE_MODE = 0o644


def completed(files: Files) -> Files:
    """WordNet's files with the two that nltk wants and Debian lacks."""
    names, senses = MADE
    made = {} if names in files else {names: lexnames()}
    return files | made | ({} if senses in files else {senses: sense_index(files)})


def files_of(place: Place) -> Files:
    """WordNet's files at a place where one was found.

    Raises:
        OSError, zipfile.BadZipFile: they cannot be read.
    """
    files = {}
    for name in NAMES:
        with suppress(FileNotFoundError):
            files[name] = place.read(name)
    return files


def put(files: Files, folder: str, is_well: Callable[[Place], bool]) -> None:
    """Write files as a folder, in one step; one that is there and well stays as it is.

    Raises:
        OSError: the folder cannot be written.
    """
    above = os.path.dirname(folder)
    _make(above)
    part = tempfile.mkdtemp(prefix=".part-", dir=above)
    try:
        for name, content in files.items():
            _write(os.path.join(part, name), content)
        os.chmod(part, _FOLDER_MODE)
        _rename(part, folder, is_well)
        sync(above)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _rename(part: str, folder: str, is_well: Callable[[Place], bool]) -> None:
    try:
        os.rename(part, folder)
    except OSError:
        if not os.path.lexists(folder):
            raise
        # Another process was first: with the same files, and readers of its own by now.
        if is_well(Place("cache", folder)):
            return
        aside = tempfile.mkdtemp(prefix=".part-", dir=os.path.dirname(folder))
        try:
            os.rename(folder, os.path.join(aside, "old"))
            os.rename(part, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _make(folder: str) -> None:
    """A folder and all above it; the new ones not writable for others, whatever the umask."""
    if os.path.isdir(folder):
        return
    _make(os.path.dirname(folder))
    try:
        os.mkdir(folder)
    except FileExistsError:
        return
    os.chmod(folder, _FOLDER_MODE)


def _write(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(path, _FILE_MODE)
