"""WordNet as nltk's own objects: a WordNet 3.0 that nltk reads, copied to where it can if need be.

Only `Synset.nltk` needs it: glosses, words and similarities do without.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from typing import Any
from zipfile import BadZipFile

from imnet_data.errors import NoWordNet
from imnet_data.words.checks import fault_of_wordnet, is_whole
from imnet_data.words.copies import completed, files_of, put
from imnet_data.words.found import WANTED, Found, wordnet_or_error
from imnet_data.words.places import Place, corpus_folder, data_root

_kept: dict[Found, Any] = {}


def nltk_synset(synset: int) -> Any:
    """A noun as nltk's Synset.

    Raises:
        NoWordNet: there is no WordNet 3.0, or none that is whole.
    """
    return reader().synset_from_pos_and_offset("n", synset)


def reader() -> Any:
    """The reader that nltk has, `nltk.corpus.wordnet`, if that is 3.0; else another of its class.

    The first call takes two to six seconds, as nltk's reader does.

    Raises:
        NoWordNet: there is no WordNet 3.0, or none that is whole.
    """
    found = wordnet_or_error()
    if found not in _kept:
        _kept.clear()
        _kept[found] = _reader(found)
    return _kept[found]


def reads_our_data() -> None:
    """Let nltk look for its data in our cache, too, after all other places."""
    _let_nltk_read(data_root())


def _reader(found: Found) -> Any:
    if found.place.kind == "nltk" and (nltks := _nltks_own()) is not None:
        return nltks
    root = _root_of_a_copy(found)
    _let_nltk_read(root)
    nltks = _nltks_own()
    return _reader_at(root) if nltks is None else nltks


def _nltks_own() -> Any:
    """The reader that nltk has, or None where it finds another WordNet, none, or refuses it."""
    from nltk.corpus import wordnet  # noqa: PLC0415 - 0.5 s

    # nltk 3.10 warns of what it refuses; a file that lacks is an OSError or a LookupError.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return wordnet if wordnet.get_version() == WANTED else None
        except (LookupError, OSError, ValueError, BadZipFile):
            return None


def _reader_at(root: str) -> Any:
    from nltk.corpus.reader import WordNetCorpusReader  # noqa: PLC0415
    from nltk.data import FileSystemPathPointer  # noqa: PLC0415

    # nltk warns that it was given no translations.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return WordNetCorpusReader(FileSystemPathPointer(corpus_folder(root)), None)


def _root_of_a_copy(found: Found) -> str:
    """A folder of nltk data with the WordNet that was found: our cache, made now if need be."""
    root = data_root()
    if is_whole(Place("cache", corpus_folder(root))):
        return root
    try:
        files = files_of(found.place)
    except (OSError, BadZipFile) as error:
        raise NoWordNet([f"{found.place.path} cannot be read: {error}"]) from error
    fault = fault_of_wordnet(files)
    if fault is not None:
        raise NoWordNet([f"{found.place.path} is not whole: {fault}"])
    whole = completed(files)
    try:
        put(whole, corpus_folder(root), is_whole)
    except OSError:
        # A home that cannot be written: a copy for as long as this process lives.
        root = tempfile.mkdtemp(prefix="imnet-data-")
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        put(whole, corpus_folder(root), is_whole)
    return root


def _let_nltk_read(root: str) -> None:
    import nltk.data  # noqa: PLC0415

    if root not in nltk.data.path and os.path.isdir(root):
        nltk.data.path.append(root)
