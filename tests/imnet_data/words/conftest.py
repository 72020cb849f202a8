"""Nltk over the made WordNet, folders of nltk data, and a machine with nothing but them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.taxonomy.graph import Graph
from imnet_data.words import found
from imnet_data.words.places import CHOSEN
from tests.made_wordnet import make_nltks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def graph() -> Graph:
    return Graph.load()


@pytest.fixture(scope="session")
def nltks(made_wordnet: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """nltk's reader over the made WordNet, whose graph is the true one."""
    import nltk.data
    from nltk.corpus.reader import WordNetCorpusReader

    root = tmp_path_factory.mktemp("nltk_data")
    folder = make_nltks(root, made_wordnet)
    path = list(nltk.data.path)
    nltk.data.path.insert(0, str(root))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader = WordNetCorpusReader(nltk.data.FileSystemPathPointer(str(folder)), None)
    reader.synset("dog.n.01")  # opens the nouns, while nltk may
    nltk.data.path[:] = path
    return reader


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine with no WordNet: a home, and one folder of nltk data in it, both empty."""
    import nltk.data

    monkeypatch.delenv(CHOSEN)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("imnet_data.words.places._SYSTEM", str(tmp_path / "wordnet-base"))
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path / "nltk_data")])
    found.forget()
    yield tmp_path
    found.forget()
