from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nltk.data
import pytest

import imnet_data
from imnet_data.words.places import CHOSEN, data_root, nltk_roots, places

ASK = """\
import sys
from imnet_data.words.places import nltk_roots
ours = nltk_roots()
assert "nltk" not in sys.modules
import nltk.data
print([ours, nltk.data.path] if ours != nltk.data.path else "the same")
"""


@pytest.mark.parametrize(
    "more",
    [{}, {"NLTK_DATA": f"~/mine{os.pathsep}{os.pathsep}/theirs"}, {"APPENGINE_RUNTIME": "x"}],
)
def test_nltks_search_path_is_told_without_nltk(more: dict[str, str]) -> None:
    library = str(Path(imnet_data.__file__).parents[1])
    kept = {k: v for k, v in os.environ.items() if k != "NLTK_DATA"}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env={**kept, "PYTHONPATH": library, **more},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "the same\n", done.stderr


def test_a_search_path_that_a_program_has_changed_is_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nltk.data, "path", ["/elsewhere"])
    assert nltk_roots() == ["/elsewhere"]


def test_nltks_data_comes_before_the_cache_and_that_before_debians(machine: Path) -> None:
    assert [place.path.removeprefix(f"{machine}/") for place in places()] == [
        "nltk_data/corpora/wordnet",
        "nltk_data/corpora/wordnet.zip",
        "cache/imnet-data/nltk_data/corpora/wordnet",
        "wordnet-base",
    ]


def test_a_chosen_folder_is_the_only_place(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOSEN, str(machine / "mine"))
    assert [(place.kind, place.path) for place in places()] == [("chosen", str(machine / "mine"))]


@pytest.mark.parametrize(
    ("cache", "root"),
    [("/big/cache", "/big/cache"), ("", "/home/me/.cache"), ("relative", "/home/me/.cache")],
)
def test_the_cache_is_where_xdg_says(
    cache: str, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    assert data_root() == f"{root}/imnet-data/nltk_data"
