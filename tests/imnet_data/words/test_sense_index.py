from __future__ import annotations

from pathlib import Path

import pytest

from imnet_data.words.checks import is_wordnets
from imnet_data.words.sense_index import PARTS, lexnames, sense_index
from imnet_data.words.sources import read_files

DEBIAN = Path("/usr/share/wordnet")


def files(**contents: str) -> dict[str, bytes]:
    """A WordNet of these records and index lines; data_adj is data.adj."""
    empty = {f"{kind}.{part}": b"" for kind in ("data", "index") for part in PARTS}
    head = "  1 a licence  \n"
    given = {name.replace("_", "."): f"{head}{text}".encode() for name, text in contents.items()}
    return empty | given


def test_keys_are_made_of_lemma_kind_file_and_lex_id_with_number_and_count() -> None:
    made = sense_index(files(
        data_noun="00001740 05 n 02 Dog 0 domestic_dog 1 000 | a pet | of sorts  \n"
        "00001930 13 n 01 dog a 000 | a sausage  \n",
        index_noun="dog n 2 1 @ 2 0 00001930 00001740  \ndomestic_dog n 1 0 1 0 00001740  \n",
    ) | {"cntlist.rev": b"dog%1:05:00:: 1 42\n"})  # fmt: skip
    assert made.decode().splitlines() == [
        "dog%1:05:00:: 00001740 2 42",
        "dog%1:13:10:: 00001930 1 0",
        "domestic_dog%1:05:01:: 00001740 1 0",
    ]


def test_a_satellite_names_its_head_and_no_place_of_the_adjective() -> None:
    made = sense_index(files(
        data_adj="00001740 00 a 01 inclined(p) 2 001 & 00001930 a 0000 | tending  \n"
        "00001930 00 s 01 given(p) 0 001 & 00001740 a 0000 | tending, too  \n",
        index_adj="given a 1 1 & 1 1 00001930  \ninclined a 1 1 & 1 0 00001740  \n",
    ) | {"cntlist.rev": b"given%5:00:00:inclined(p):02 1 7\n"})  # fmt: skip
    assert made.decode().splitlines() == [
        "given%5:00:00:inclined:02 00001930 1 7",
        "inclined%3:00:02:: 00001740 1 0",
    ]


def test_of_two_spellings_of_a_word_in_one_synset_the_first_has_the_sense() -> None:
    made = sense_index(files(
        data_noun="00001740 06 n 02 DDC 0 ddc 1 000 | a drug  \n",
        index_noun="ddc n 1 0 1 0 00001740  \n",
    ))  # fmt: skip
    assert made == b"ddc%1:06:00:: 00001740 1 0\n"


@pytest.mark.skipif(
    not (DEBIAN / "index.sense").exists(), reason="Debian's wordnet-sense-index is not installed"
)
def test_the_index_made_is_debians_byte_for_byte() -> None:
    theirs = read_files(str(DEBIAN), is_wordnets)
    assert sense_index(theirs) == theirs["index.sense"]


def test_the_lexicographer_files_are_45_numbered_in_order() -> None:
    lines = [line.split("\t") for line in lexnames().decode().splitlines()]
    assert [int(number) for number, _, _ in lines] == list(range(45))
    assert lines[44] == ["44", "adj.ppl", "3"]
    assert {name.partition(".")[0]: part for _, name, part in lines} == {
        part: str(number) for part, number in PARTS.items()
    }
