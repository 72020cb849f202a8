import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from imnet_data.taxonomy import glosses

HEADER = "  1 This software and database is being provided to you, the LICENSEE, by\n" * 3
DEFINITION = 'the thing (a thing); as such; "it is the thing"; "a second thing"'


@pytest.fixture
def nltk_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An nltk that looks for its data in one empty folder alone."""
    import nltk.data

    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    glosses.forget()
    yield tmp_path
    glosses.forget()


def nouns(version: str) -> tuple[int, bytes]:
    """A data.noun of one synset, and that synset's id: the byte at which its record starts."""
    head = f"{HEADER}  9 WordNet {version} Copyright 2006 by Princeton University.\n"
    synset = len(head)
    return synset, f"{head}{synset:08d} 03 n 01 thing 0 000 | {DEFINITION}  \n".encode()


def write(root: Path, content: bytes) -> None:
    folder = root / "corpora" / "wordnet"
    folder.mkdir(parents=True)
    (folder / "data.noun").write_bytes(content)


def test_without_a_wordnet_the_gloss_is_none(nltk_path: Path) -> None:
    assert glosses.gloss(2084071) is None
    assert glosses.examples(2084071) == ()
    assert not glosses.available()


def test_a_wordnet_3_0_gives_definition_and_examples(nltk_path: Path) -> None:
    synset, content = nouns("3.0")
    write(nltk_path, content)
    assert glosses.available()
    assert glosses.gloss(synset) == "the thing (a thing); as such"
    assert glosses.examples(synset) == ("it is the thing", "a second thing")


def test_a_zipped_wordnet_is_read_too(nltk_path: Path) -> None:
    synset, content = nouns("3.0")
    (nltk_path / "corpora").mkdir()
    with zipfile.ZipFile(nltk_path / "corpora" / "wordnet.zip", "w") as archive:
        archive.writestr("wordnet/data.noun", content)
    assert glosses.gloss(synset) == "the thing (a thing); as such"


@pytest.mark.parametrize("version", ["3.1", "2.1", "30"])
def test_another_version_is_refused(nltk_path: Path, version: str) -> None:
    synset, content = nouns(version)
    write(nltk_path, content)
    assert glosses.gloss(synset) is None
    assert not glosses.available()


@pytest.mark.parametrize("content", [b"", b"\x00" * 100])
def test_a_damaged_file_is_no_wordnet(nltk_path: Path, content: bytes) -> None:
    write(nltk_path, content)
    assert glosses.gloss(2084071) is None


@pytest.mark.parametrize("synset", [-1, 0, 3, 10**9])
def test_an_id_that_starts_no_record_has_no_gloss(nltk_path: Path, synset: int) -> None:
    write(nltk_path, nouns("3.0")[1])
    assert glosses.gloss(synset) is None


def test_forget_finds_a_wordnet_that_was_installed_since(nltk_path: Path) -> None:
    synset, content = nouns("3.0")
    assert glosses.gloss(synset) is None
    write(nltk_path, content)
    glosses.forget()
    assert glosses.gloss(synset) is not None
