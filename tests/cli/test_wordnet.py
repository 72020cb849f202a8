from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from imnet_data.words import found
from imnet_data.words.places import CHOSEN
from tests.cli.conftest import answer, on_terminal, run
from tests.made_wordnet import GLOSSES

if TYPE_CHECKING:
    from pathlib import Path

RETRIEVER = "flat-coated_retriever.n.01"


@pytest.fixture
def later_version(made_wordnet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a WordNet 3.1 alone."""
    folder = tmp_path / "WordNet-3.1"
    shutil.copytree(made_wordnet, folder)
    nouns = (folder / "data.noun").read_bytes().replace(b"WordNet 3.0", b"WordNet 3.1", 1)
    (folder / "data.noun").write_bytes(nouns)
    monkeypatch.setenv(CHOSEN, str(folder))
    found.forget()
    return folder


def test_the_status_names_the_wordnet_that_is_read(wordnet_here: Path) -> None:
    status = answer("wordnet", "status")
    assert (status["version"], status["path"]) == ("3.0", str(wordnet_here))
    (place,) = status["places"]
    assert (place["kind"], place["version"], place["found"]) == ("chosen", "3.0", "WordNet 3.0")
    assert f"WordNet 3.0, {wordnet_here}" in run("wordnet", "status").stdout


def test_the_status_without_a_wordnet_names_every_place_and_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CHOSEN)
    monkeypatch.setenv("NLTK_DATA", str(tmp_path / "nltk_data"))
    found.forget()
    status = answer("wordnet", "status")
    found.forget()
    paths = [place["path"] for place in status["places"]]
    assert "/usr/share/wordnet" in paths
    assert {place["kind"] for place in status["places"]} == {"nltk", "cache", "system"}
    monkeypatch.setenv(CHOSEN, str(tmp_path))
    assert answer("wordnet", "status")["version"] is None
    assert "imnet-data wordnet install" in run("wordnet", "status").stdout


def test_a_class_is_shown_with_its_gloss_and_examples(wordnet_here: Path) -> None:
    shown = answer("show", "dog.n.01")
    definition, _, example = GLOSSES[2084071].partition('; "')
    assert (shown["gloss"], shown["examples"]) == (definition, [example.strip('"')])
    lines = run("show", "dog.n.01").stdout.splitlines()
    assert lines[3:5] == [definition, f"“{example.strip(chr(34))}”"]


def test_in_place_of_a_gloss_stands_what_to_type() -> None:
    assert answer("show", "dog.n.01")["gloss"] is None
    text = run("show", "dog.n.01").stdout
    assert "No gloss: there is no WordNet 3.0 here." in text
    assert "  imnet-data wordnet install\n" in text


def test_another_version_is_told_in_place_of_a_gloss(later_version: Path) -> None:
    assert answer("show", "dog.n.01")["gloss"] is None
    assert f"WordNet 3.1 in {later_version}" in run("show", "dog.n.01").stdout
    (place,) = answer("wordnet", "status")["places"]
    assert (place["version"], place["found"]) == ("3.1", "WordNet 3.1")


def test_a_search_finds_words_in_glosses_after_those_in_lemmas(wordnet_here: Path) -> None:
    (hit,) = answer("search", "liver-colored coat")
    assert (hit["name"], hit["rank"]) == (RETRIEVER, "gloss")
    assert hit["matched"].startswith("… shiny black or liver-colored coat")
    assert hit["gloss"] == GLOSSES[2099267]
    hits = answer("search", "shiny")
    ranks = [hit["rank"] for hit in hits]
    assert (ranks[0], ranks[-1], hits[-1]["name"]) == ("prefix", "gloss", RETRIEVER)
    assert "gloss" not in ranks[:-1]


def test_a_class_found_by_lemma_and_gloss_is_shown_once(wordnet_here: Path) -> None:
    names = [hit["name"] for hit in answer("search", "dog", "--limit", "2000")]
    assert len(names) == len(set(names))


def test_a_plural_is_searched_and_shown_as_its_singular_and_that_is_said() -> None:
    done = run("search", "dogs", "--limit", "2")
    assert done.stdout.splitlines()[1].split()[:2] == ["n02084071", "dog.n.01"]
    assert done.stderr.startswith("dogs: read as dog\n")
    done = run("show", "Sea snakes", "--json")
    assert '"sea_snake.n.01"' in done.stdout
    assert done.stderr.splitlines() == ["Sea snakes: read as sea snake"]
    # A plural that is a word of its own stays it.
    assert (
        run("show", "glasses").stderr == "" or "read as glass" not in run("show", "glasses").stderr
    )


def test_an_expression_takes_no_plural_but_says_what_was_meant(catalogue: Path) -> None:
    done = run("images", "dogs", catalogue=catalogue)
    assert done.exit_code == 1
    assert "did you mean dog" in done.stderr


def test_a_wordnet_is_installed_from_a_folder_and_then_there(
    made_wordnet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "cache" / "imnet-data" / "nltk_data" / "corpora" / "wordnet"
    done = run("wordnet", "install", "--from", made_wordnet)
    assert done.stdout == f"WordNet 3.0: now there, {folder}\n"
    assert answer("wordnet", "install") == {
        "package": "wordnet", "path": str(folder), "was_there": True,
    }  # fmt: skip
    monkeypatch.delenv(CHOSEN)
    monkeypatch.setenv("NLTK_DATA", str(tmp_path / "none"))
    found.forget()
    assert answer("wordnet", "status")["places"][-2]["found"] == "WordNet 3.0"
    found.forget()


def test_installed_elsewhere_it_says_how_it_is_found(made_wordnet: Path, tmp_path: Path) -> None:
    done = run("wordnet", "install", "--from", made_wordnet, "--to", tmp_path / "my data")
    assert f"NLTK_DATA='{tmp_path}/my data'" in done.stdout


def test_what_is_refused_and_what_cannot_be_fetched_say_why_and_what_to_type(
    later_version: Path,
) -> None:
    done = run("wordnet", "install", "--from", later_version)
    assert done.exit_code == 1
    sentence, advice = done.stderr.splitlines()
    assert re.fullmatch(
        r"imnet-data: nothing is installed from .*: it is WordNet 3\.1, .*", sentence
    )
    assert "apt install wordnet-base" in advice
    # An address that answers nobody, and that nltk 3.10 asks for nothing.
    done = run("wordnet", "install", "--from", "http://127.0.0.1:9/index.xml")
    assert done.exit_code == 1
    sentence, advice = done.stderr.splitlines()
    assert sentence.startswith("imnet-data: wordnet could not be fetched: ")
    assert "wordnet install --from PATH" in advice


def test_similarities_are_shown_by_every_measure_at_hand() -> None:
    found = answer("wordnet", "similarity", "dog.n.01", "cat.n.01")
    assert found["similarity"] == pytest.approx(
        {"path": 0.2, "lch": 2.0281, "wup": 0.8571}, abs=1e-4
    )
    assert found["common"] == ["carnivore.n.01"]
    done = run("wordnet", "similarity", "dog.n.01", "cat.n.01")
    assert "wup          0.8571" in done.stdout
    assert "imnet-data wordnet install --ic" in done.stderr
    done = run("wordnet", "similarity", "dog.n.01", "cat.n.01", "--measure", "res")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "imnet-data: no information content is called 'ic-brown.dat'",
        "try: imnet-data wordnet install --ic",
    ]


def test_answers_fit_a_terminal(wordnet_here: Path) -> None:
    likeness = ("wordnet", "similarity", "dog.n.01", "cat.n.01")
    for words in (likeness, ("search", "liver-colored"), ("show", "dog.n.01")):
        drawn = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(*words))
        assert max(map(len, drawn.splitlines())) <= 80
