"""In processes of their own: nltk keeps for good the WordNet that it read first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import imnet_data
from imnet_data.words.found import look_at
from imnet_data.words.places import CHOSEN, places
from tests.made_wordnet import make_debians, make_nltks

SHOW = """\
import warnings
warnings.simplefilter("error")
import imnet_data
dog = imnet_data.synset("dog.n.01").nltk
print(dog.name(), dog.offset(), dog.lemmas()[0].key(), sorted(dog.hypernyms())[0].name())
from nltk.corpus import wordnet
print(wordnet is dog._wordnet_corpus_reader)
"""
SHOWN = "dog.n.01 2084071 dog%1:05:00:: canine.n.02"


def python(code: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("NLTK_DATA", CHOSEN)}
    library = str(Path(imnet_data.__file__).parents[1])
    env = {**kept, "PYTHONPATH": library, "HOME": str(home), "XDG_CACHE_HOME": "", **more}
    return subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )


def test_a_wordnet_that_nltk_cannot_read_where_it_is_is_copied_once(
    made_wordnet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debians = make_debians(tmp_path / "wordnet", made_wordnet)
    old_umask = os.umask(0o002)  # what many accounts have, and nltk refuses to read
    try:
        done = python(SHOW, tmp_path, **{CHOSEN: str(debians)})
    finally:
        os.umask(old_umask)
    assert done.stdout.splitlines() == [SHOWN, "True"], done.stderr
    copy = tmp_path / ".cache" / "imnet-data" / "nltk_data" / "corpora" / "wordnet"
    assert {"lexnames", "index.sense", "data.noun"} <= {file.name for file in copy.iterdir()}
    assert [file.name for file in copy.parent.iterdir()] == ["wordnet"]
    # Found by itself now, with the first gone.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.delenv(CHOSEN)
    assert str(copy) in [place.path for place in places() if look_at(place).is_wanted]


def test_where_nltk_finds_another_version_first_it_is_read_beside(
    made_wordnet: Path, tmp_path: Path
) -> None:
    other = make_nltks(tmp_path / "nltk_data", made_wordnet)
    for file in other.glob("data.*"):
        file.write_bytes(file.read_bytes().replace(b"WordNet 3.0", b"WordNet 3.1", 1))
    make_nltks(tmp_path / ".cache" / "imnet-data" / "nltk_data", made_wordnet)
    done = python(SHOW, tmp_path)
    assert done.stdout.splitlines() == [SHOWN, "False"], done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="no file that is no folder")
def test_without_a_cache_that_can_be_written_the_copy_is_for_a_time(
    made_wordnet: Path, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    more = {CHOSEN: str(made_wordnet), "XDG_CACHE_HOME": "/dev/null"}
    done = python(SHOW, tmp_path, TMPDIR=str(tmp_path / "tmp"), **more)
    assert done.stdout.splitlines() == [SHOWN, "True"], done.stderr
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_wordnet_that_is_not_whole_is_told_with_what_it_lacks(
    made_wordnet: Path, tmp_path: Path
) -> None:
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "data.noun").symlink_to(made_wordnet / "data.noun")
    done = python(SHOW, tmp_path, **{CHOSEN: str(tmp_path / "alone")})
    last = done.stderr.splitlines()[-1]
    assert last.startswith("imnet_data.errors.NoWordNet: no WordNet 3.0 was found: ")
    assert "alone is not whole: it lacks index.noun, noun.exc, data.verb" in last
