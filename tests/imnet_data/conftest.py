"""Nltk's own WordNet 3.0, to compare with, where this machine has one; and a cluster to work on."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.words.sense_index import lexnames
from tests.dask_cluster import dask_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.work.cluster.connecting import Cluster

# Debian's wordnet-base; it lacks two of the files that nltk's reader wants.
DEBIAN = Path("/usr/share/wordnet")


@pytest.fixture(scope="session")
def wordnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """nltk's own reader, over the WordNet 3.0 that nltk finds or that Debian installed."""
    import nltk.data

    path = list(nltk.data.path)
    if not _found():
        if not (DEBIAN / "data.noun").exists():
            pytest.skip("nltk finds no WordNet, and Debian's wordnet-base is not installed")
        root = tmp_path_factory.mktemp("nltk_data")
        _lay_out(root / "corpora" / "wordnet")
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


def _lay_out(folder: Path) -> None:
    """Debian's files as nltk wants them: copied, with lexnames, and an index.sense, empty."""
    folder.mkdir(parents=True)
    for part in ("adj", "adv", "noun", "verb"):
        for name in (f"data.{part}", f"index.{part}", f"{part}.exc"):
            shutil.copyfile(DEBIAN / name, folder / name)
    shutil.copyfile(DEBIAN / "cntlist.rev", folder / "cntlist.rev")
    (folder / "index.sense").touch()
    (folder / "lexnames").write_bytes(lexnames())


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Two workers of a Dask cluster, one of which says that it has a GPU; nobody harms them."""
    from imnet_data.work.cluster.connecting import Cluster

    with dask_cluster(workers=1) as dask:
        dask.add_worker("--resources", "GPU=1", CUDA_VISIBLE_DEVICES="7")
        with Cluster(dask.address) as connected:
            connected.client.wait_for_workers(2, timeout=60)
            yield connected
