from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import WordNetError, WordNetNotFetched, WordNetRefused
from imnet_data.progress import Silent
from imnet_data.words import glosses
from imnet_data.words.checks import is_whole
from imnet_data.words.install import Installed, install
from imnet_data.words.places import Place
from tests.made_wordnet import GLOSSES, make_debians, make_nltks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BROWN = b"wnver::x\n1740n 12 ROOT\n2084071n 3\n"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Steps(Silent):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[int] = []

    def advance(self, n: int) -> None:
        self.told.append(n)


@pytest.fixture
def cache(machine: Path) -> Path:
    return machine / "cache" / "imnet-data" / "nltk_data" / "corpora"


@pytest.fixture
def server(machine: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """A folder that is served over HTTP, and the address of the nltk index in it."""
    # nltk 3.10 fetches from public addresses alone, and this one is our own.
    if find_spec("nltk.pathsec") is not None:
        monkeypatch.setattr("nltk.pathsec.ENFORCE", False)
    folder = machine / "served"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield folder, f"http://127.0.0.1:{http.server_port}/index.xml"
        finally:
            http.shutdown()
            thread.join()


def zipped(source: Path, to: Path, name: str = "wordnet") -> Path:
    """A zip file as nltk has them, with all files in a folder of the package's name."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in source.iterdir():
            archive.write(file, f"{name}/{file.name}")
    return to


def publish(served: tuple[Path, str], package: str = "wordnet") -> None:
    """Write the index of what is served, as nltk's own is."""
    folder, index = served
    file = folder / f"{package}.zip"
    with zipfile.ZipFile(file) as archive:
        unzipped = sum(member.file_size for member in archive.infolist())
    md5 = hashlib.md5(file.read_bytes()).hexdigest()
    url = index.replace("index.xml", file.name)
    (folder / "index.xml").write_text(
        f'<nltk_data><packages><package id="{package}" name="x" subdir="corpora" url="{url}" '
        f'size="{file.stat().st_size}" unzipped_size="{unzipped}" checksum="{md5}" unzip="0"/>'
        "</packages><collections/></nltk_data>"
    )


@pytest.mark.parametrize("shape", ["folder", "above", "zip", "tar"])
def test_a_wordnet_is_installed_from_a_folder_a_zip_file_or_a_tar(
    made_wordnet: Path, machine: Path, cache: Path, shape: str
) -> None:
    source = {"folder": made_wordnet, "above": made_wordnet.parent}.get(shape, machine / "x")
    if shape == "zip":
        source = zipped(made_wordnet, machine / "wordnet.zip")
    elif shape == "tar":
        source = machine / "WordNet-3.0.tar.gz"
        with tarfile.open(source, "w:gz", compresslevel=1) as tar:
            tar.add(made_wordnet.parent, "WordNet-3.0")
    done = install(source=str(source))
    assert done == Installed("wordnet", str(cache / "wordnet"), was_there=False)
    assert is_whole(Place("cache", done.folder))
    gloss = glosses.gloss(2099267)
    assert gloss == GLOSSES[2099267]
    assert install() == Installed("wordnet", done.folder, was_there=True)


def test_a_wordnet_is_fetched_by_nltks_downloader(
    made_wordnet: Path, cache: Path, server: tuple[Path, str]
) -> None:
    zipped(made_wordnet, server[0] / "wordnet.zip")
    publish(server)
    steps = Steps()
    done = install(source=server[1], progress=steps)
    assert done == Installed("wordnet", str(cache / "wordnet"), was_there=False)
    assert is_whole(Place("cache", done.folder))
    assert sum(steps.told) == 100
    assert os.listdir(cache) == ["wordnet"]
    import nltk.data

    assert len(nltk.data.path) == 1


def test_information_contents_are_fetched_likewise(
    machine: Path, cache: Path, server: tuple[Path, str]
) -> None:
    (machine / "x").mkdir()
    (machine / "x" / "ic-brown.dat").write_bytes(BROWN)
    zipped(machine / "x", server[0] / "wordnet_ic.zip", "wordnet_ic")
    publish(server, "wordnet_ic")
    done = install("wordnet_ic", source=server[1])
    assert (cache / "wordnet_ic" / "ic-brown.dat").read_bytes() == BROWN
    assert install("wordnet_ic") == Installed("wordnet_ic", done.folder, was_there=True)


def test_another_version_that_was_fetched_is_refused_and_gone(
    made_wordnet: Path, machine: Path, cache: Path, server: tuple[Path, str]
) -> None:
    shutil.copytree(made_wordnet, machine / "x")
    nouns = (machine / "x" / "data.noun").read_bytes()
    (machine / "x" / "data.noun").write_bytes(nouns.replace(b"WordNet 3.0", b"WordNet 3.1", 1))
    zipped(machine / "x", server[0] / "wordnet.zip")
    publish(server)
    with pytest.raises(WordNetRefused, match=r"wordnet\.zip: it is WordNet 3\.1, and ImageNet's"):
        install(source=server[1])
    assert not cache.exists()


def test_a_download_that_breaks_off_or_is_not_there_is_told(
    made_wordnet: Path, cache: Path, server: tuple[Path, str]
) -> None:
    folder, index = server
    with pytest.raises(WordNetNotFetched, match="404"):
        install(source=index)
    file = zipped(made_wordnet, folder / "wordnet.zip")
    publish(server)
    file.write_bytes(file.read_bytes()[:1_000_000])
    # nltk before 3.10 takes what comes, so that it is found out here.
    with pytest.raises(WordNetError, match=r"could not be fetched: .*size|zip: it cannot be read"):
        install(source=index)
    with pytest.raises(WordNetNotFetched):
        install(source=index.replace("http:", "gopher:"))
    assert not cache.exists()


def test_nothing_is_installed_from_what_is_no_wordnet(machine: Path, cache: Path) -> None:
    (machine / "a.zip").write_bytes(b"PK no zip")
    (machine / "b.tar").write_bytes(b"no tar" * 999)
    (machine / "empty").mkdir()
    for name, reason in {
        "none": "nothing is there",
        "empty": "it holds no WordNet: there is no data.noun",
        "a.zip": "it cannot be read: File is not a zip file",
        "b.tar": "it is no folder, zip file or tar",
    }.items():
        with pytest.raises(WordNetRefused) as raised:
            install(source=str(machine / name))
        assert raised.value.reason == reason
    assert not cache.exists()


@pytest.mark.parametrize("kind", ["nltk_data/corpora/wordnet", "wordnet-base"])
def test_nothing_is_fetched_where_a_whole_wordnet_is_found(
    made_wordnet: Path, machine: Path, cache: Path, kind: str
) -> None:
    if kind == "wordnet-base":
        make_debians(machine / kind, made_wordnet)
    else:
        make_nltks(machine / "nltk_data", made_wordnet)
    assert install() == Installed("wordnet", str(machine / kind), was_there=True)
    assert not cache.exists()


def test_a_folder_that_is_not_whole_is_replaced(made_wordnet: Path, cache: Path) -> None:
    (cache / "wordnet").mkdir(parents=True)
    (cache / "wordnet" / "data.noun").write_bytes(b"half")
    done = install(source=str(made_wordnet))
    assert not done.was_there
    assert is_whole(Place("cache", done.folder))
    assert os.listdir(cache) == ["wordnet"]


def test_another_folder_of_nltk_data_can_be_named(made_wordnet: Path, machine: Path) -> None:
    done = install(source=str(made_wordnet), root=str(machine / "mine"))
    assert done.folder == str(machine / "mine" / "corpora" / "wordnet")


def test_a_folder_that_cannot_be_written_is_told(made_wordnet: Path) -> None:
    with pytest.raises(WordNetError, match="cannot be written: Not a directory"):
        install(source=str(made_wordnet), root="/dev/null")


def install_again(source: str, root: str) -> bool:
    return is_whole(Place("cache", install(source=source, root=root).folder))


def test_two_processes_may_install_at_once(made_wordnet: Path, machine: Path) -> None:
    with get_context("spawn").Pool(2) as pool:
        both = [(str(made_wordnet), str(machine / "mine"))] * 2
        assert pool.starmap(install_again, both) == [True, True]
    assert os.listdir(machine / "mine" / "corpora") == ["wordnet"]
