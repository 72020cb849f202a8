from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from imnet_data.errors import NoWordNet
from imnet_data.words import found
from imnet_data.words.places import places

from .tiny import nouns, write

_, CONTENT = nouns(["a thing"])
_, LATER = nouns(["a thing"], version="3.1")


def folders(machine: Path) -> dict[str, Path]:
    return {place.kind: Path(place.path) for place in places() if place.inside is None}


def test_without_a_wordnet_there_is_none_and_nothing_in_its_place(machine: Path) -> None:
    assert found.wordnet() is None
    assert found.others() == []
    with pytest.raises(NoWordNet, match=r"^no WordNet 3.0 was found$"):
        found.wordnet_or_error()


@pytest.mark.parametrize("kind", ["nltk", "cache", "system"])
def test_a_wordnet_is_found_at_every_place(machine: Path, kind: str) -> None:
    folder = write(folders(machine)[kind], CONTENT)
    there = found.wordnet_or_error().place
    assert (there.kind, there.path) == (kind, str(folder))


def test_a_zipped_wordnet_is_found_among_nltks_data(machine: Path) -> None:
    (machine / "nltk_data" / "corpora").mkdir(parents=True)
    with zipfile.ZipFile(machine / "nltk_data" / "corpora" / "wordnet.zip", "w") as archive:
        archive.writestr("wordnet/data.noun", CONTENT)
    there = found.wordnet_or_error()
    assert there.place.path.endswith("wordnet.zip")
    assert there.nouns == CONTENT


@pytest.mark.parametrize("version", ["3.1", "2.1", "30", "2022+"])
def test_another_version_is_told_and_the_next_place_is_read(machine: Path, version: str) -> None:
    _, other = nouns(["a thing"], version=version)
    wrong = write(folders(machine)["nltk"], other)
    assert found.wordnet() is None
    assert found.others() == [f"WordNet {version} in {wrong}"]
    with pytest.raises(NoWordNet, match=f"WordNet {version[:2]}"):
        found.wordnet_or_error()
    right = write(folders(machine)["system"], CONTENT)
    assert found.wordnet_or_error().place.path == str(right)
    assert found.others() == [f"WordNet {version} in {wrong}"]


@pytest.mark.parametrize("content", [b"", b"\x00" * 100])
def test_a_damaged_file_is_no_wordnet(machine: Path, content: bytes) -> None:
    folder = write(folders(machine)["nltk"], content)
    assert found.wordnet() is None
    assert found.others() == [f"a WordNet that names no version in {folder}"]


def test_what_cannot_be_read_is_told_with_the_reason(machine: Path) -> None:
    folder = folders(machine)["nltk"]
    (folder / "data.noun").mkdir(parents=True)
    (machine / "nltk_data" / "corpora" / "wordnet.zip").write_bytes(b"no zip file")
    assert found.wordnet() is None
    first, second = found.others()
    assert first == f"{folder} cannot be read: Is a directory"
    assert second.endswith("wordnet.zip cannot be read: File is not a zip file")


def test_a_wordnet_that_came_since_is_found_without_a_word(machine: Path) -> None:
    assert found.wordnet() is None
    write(folders(machine)["cache"], CONTENT)
    assert found.wordnet() is not None


def test_forget_looks_anew(machine: Path) -> None:
    folder = write(folders(machine)["cache"], CONTENT)
    assert found.wordnet() is not None
    (folder / "data.noun").unlink()
    assert found.wordnet() is not None
    found.forget()
    assert found.wordnet() is None
