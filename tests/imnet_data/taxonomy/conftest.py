"""The packaged graph, and nltk's WordNet 3.0 where this machine has one."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver

# No deadline: a busy machine is no fault of the code, and benchmarks/ measures.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")

# Debian's wordnet-base; it lacks two of the files that nltk's reader wants.
DEBIAN = Path("/usr/share/wordnet")


@pytest.fixture(scope="session")
def graph() -> Graph:
    return Graph.load()


@pytest.fixture(scope="session")
def resolver(graph: Graph) -> Resolver:
    return Resolver(graph)


@pytest.fixture(scope="session")
def wordnet(tmp_path_factory: pytest.TempPathFactory, graph: Graph) -> Iterator[Any]:
    """nltk's own reader, over the WordNet 3.0 that nltk finds or that Debian installed."""
    import nltk.data

    path = list(nltk.data.path)
    if not _found():
        if not (DEBIAN / "data.noun").exists():
            pytest.skip("nltk finds no WordNet, and Debian's wordnet-base is not installed")
        root = tmp_path_factory.mktemp("nltk_data")
        _lay_out(root / "corpora" / "wordnet", graph)
        nltk.data.path.insert(0, str(root))
    try:
        yield _reader()
    finally:
        nltk.data.path[:] = path


def _found() -> bool:
    import nltk.data

    for resource in ("corpora/wordnet", "corpora/wordnet.zip"):
        try:
            nltk.data.find(resource)
        except LookupError:
            continue
        return True
    return False


def _reader() -> Any:
    from nltk.corpus import wordnet as reader

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        version = reader.get_version()
    if version != "3.0":
        pytest.skip(f"the WordNet that nltk finds is {version}, not 3.0")
    return reader


def _lay_out(folder: Path, graph: Graph) -> None:
    """Debian's files as nltk wants them: copied, with lexnames, and an index.sense, empty."""
    folder.mkdir(parents=True)
    for part in ("adj", "adv", "noun", "verb"):
        for name in (f"data.{part}", f"index.{part}", f"{part}.exc"):
            shutil.copyfile(DEBIAN / name, folder / name)
    shutil.copyfile(DEBIAN / "cntlist.rev", folder / "cntlist.rev")
    (folder / "index.sense").touch()
    nouns = sorted({graph.lexname(int(synset)) for synset in graph.ids})
    names = ["adj.all", "adj.pert", "adv.all", *nouns, *["verb.any"] * 15, "adj.ppl"]
    lines = (f"{i:02d}\t{name}\t1\n" for i, name in enumerate(names))
    (folder / "lexnames").write_text("".join(lines))
