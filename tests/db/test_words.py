"""The words of the catalogue's classes: found in either database."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from imnet_data.db.engine import open_storage, reading, writing
from imnet_data.db.tables import synset
from imnet_data.db.words import synsets_by_words, words_of_own

if TYPE_CHECKING:
    from pathlib import Path

WORDS = [
    "dog, domestic dog, Canis familiaris",
    "hot dog, hotdog, red hot",
    "frank, frankfurter, hotdog, hot dog, weenie",
    "100% wool_cloth",
    words_of_own("own:black_dog"),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A catalogue with some classes, in a file or on a server."""
    if request.param == "sqlite":
        made = str(tmp_path / "imagenet.db")
    else:
        made = str(request.getfixturevalue("postgres").database())
    with closing(open_storage(made, create=True)) as storage, writing(storage) as connection:
        rows = [{"id": at, "name": f"n{at}", "words": said} for at, said in enumerate(WORDS)]
        connection.execute(synset.insert(), rows)
    return made


def found(place: str, query: str) -> list[int]:
    with closing(open_storage(place)) as storage, reading(storage) as connection:
        return synsets_by_words(connection, query)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("dog", [0, 1, 2, 4]),
        ("DOG canis", [0]),
        ("dog black", [4]),
        ("cat", []),
        ("%", []),
        ("dog'); DROP TABLE synset; --", []),
    ],
)
def test_synsets_are_found_that_have_all_words(place: str, query: str, ids: list[int]) -> None:
    if query == "%" and not place.startswith("postgresql"):
        ids = [3]  # a file is searched for the characters; in full text only words are searched for
    assert found(place, query) == ids


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_on_a_server_words_have_forms_and_queries_operators(place: str) -> None:
    assert found(place, "dogs") == [0, 1, 2, 4]
    assert found(place, "dog -hot") == [0, 4]
    assert found(place, '"red hot" or frankfurters') == [1, 2]
