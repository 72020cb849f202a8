from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imnet_data.words.checks import NEEDED, fault_of_information, fault_of_wordnet, is_wordnets
from imnet_data.words.sources import Files, read_files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def files(made_wordnet: Path) -> Files:
    return read_files(str(made_wordnet), is_wordnets)


def test_a_whole_wordnet_has_no_fault(files: Files) -> None:
    assert fault_of_wordnet(files) is None


@pytest.mark.parametrize("missing", NEEDED)
def test_a_file_that_is_missing_is_named(files: Files, missing: str) -> None:
    fault = fault_of_wordnet({name: files[name] for name in files if name != missing})
    assert fault is not None
    assert missing in fault


@pytest.mark.parametrize("part", ["noun", "verb", "adj", "adv"])
def test_another_version_is_named(files: Files, part: str) -> None:
    name = f"data.{part}"
    other = files[name].replace(b"WordNet 3.0", b"WordNet 3.1", 1)
    assert fault_of_wordnet(files | {name: other}) == (
        "it is WordNet 3.1, and ImageNet's classes are numbered by 3.0"
    )


def test_one_noun_out_of_place_is_a_fault(files: Files) -> None:
    nouns = files["data.noun"].replace(b"\n02084071 05", b"\n02084070 05")
    assert fault_of_wordnet(files | {"data.noun": nouns}) == (
        "1 of 82,115 nouns are not where WordNet 3.0 has them"
    )


def test_a_byte_too_many_is_a_fault_for_all_that_follows(files: Files) -> None:
    at = files["data.noun"].index(b"\n02084071")
    nouns = files["data.noun"][:at] + b" " + files["data.noun"][at:]
    fault = fault_of_wordnet(files | {"data.noun": nouns})
    assert fault is not None
    assert fault.endswith("nouns are not where WordNet 3.0 has them")


@pytest.mark.parametrize("kept", [2000, 9_000_000])
def test_nouns_that_are_cut_off_are_a_fault(files: Files, kept: int) -> None:
    assert fault_of_wordnet(files | {"data.noun": files["data.noun"][:kept]}) is not None
    whole_lines = files["data.noun"][:kept].rpartition(b"\n")[0] + b"\n"
    assert fault_of_wordnet(files | {"data.noun": whole_lines}) is not None


def test_an_index_that_is_cut_off_is_a_fault(files: Files) -> None:
    half = files["index.noun"][:2_000_000].rpartition(b"\n")[0] + b"\n"
    fault = fault_of_wordnet(files | {"index.noun": half})
    assert fault is not None
    assert fault.startswith("index.noun has ")


def test_information_contents_are_for_the_nouns_of_3_0() -> None:
    good = {"ic-x.dat": b"wnver::x\n1740n 12 ROOT\n2084071n 3\n1740v 4 ROOT\n"}
    assert fault_of_information(good) is None
    assert fault_of_information({}) == "it holds no information content: there is no ic-*.dat"
    for other in (b"wnver::x\n1741n 12 ROOT\n", b"wnver::x\n", b"<html>no such page</html>\n"):
        assert fault_of_information({"ic-x.dat": other}) == (
            "ic-x.dat is not for the nouns of WordNet 3.0"
        )
