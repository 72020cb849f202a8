"""The journal tells what is here, and nothing that a crash left half-written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.fetching.journal import Head, Journal, NotAJournal, bytes_noted, digest_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = Head(size=10_500, etag='"v1"', last_modified=None, grain=1000)


def made(path: Path, chunks: list[int]) -> Path:
    journal = Journal.create(str(path), HEAD)
    for chunk in chunks:
        journal.add(chunk, digest_of(b"%d" % chunk))
    journal.close()
    return path


def read(path: Path) -> Journal:
    journal = Journal.open(str(path))
    journal.close()
    return journal


def test_what_was_added_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    journal = read(made(tmp_path / "j", [3, 0, 10]))
    assert journal.head == HEAD
    assert [chunk for chunk in range(11) if journal.has(chunk)] == [0, 3, 10]
    assert journal.digest(3) == digest_of(b"3")
    assert journal.bytes_here == 1000 + 1000 + 500
    assert list(journal.missing()) == [(1000, 3000), (4000, 10_000)]
    assert journal.has_range(10_000, 10_500)
    assert not journal.has_range(999, 1001)
    assert bytes_noted(str(tmp_path / "j")) == (10_500, 2500)


@given(cut=st.integers(0, 200), junk=st.binary(max_size=60))
def test_a_torn_tail_costs_the_torn_records_alone(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes
) -> None:
    path = made(tmp_path_factory.mktemp("torn") / "j", list(range(8)))
    text = path.read_bytes()
    start = len(text) - 8 * 24
    kept = text[: max(start, len(text) - cut)]
    path.write_bytes(kept + junk)
    whole = (len(kept) - start) // 24
    journal = read(path)
    here = [chunk for chunk in range(11) if journal.has(chunk)]
    assert here[:whole] == list(range(whole))
    # A record that was cut and filled up again cannot be told from one that was never cut.
    assert set(here) <= set(range(8))
    later = Journal.open(str(path))
    later.add(9, digest_of(b"9"))
    later.close()
    assert read(path).has(9)


def test_zeros_that_a_power_cut_left_for_records_are_none(tmp_path: Path) -> None:
    path = made(tmp_path / "j", [4])
    with path.open("ab") as file:
        file.write(bytes(24 * 5))
    journal = read(path)
    assert [chunk for chunk in range(11) if journal.has(chunk)] == [4]


def test_a_chunk_that_was_fetched_again_has_its_later_digest(tmp_path: Path) -> None:
    path = made(tmp_path / "j", [4])
    journal = Journal.open(str(path))
    journal.forget(4)
    assert not journal.has(4)
    assert journal.bytes_here == 0
    journal.add(4, digest_of(b"anew"))
    journal.close()
    assert read(path).digest(4) == digest_of(b"anew")


@pytest.mark.parametrize("text", [b"", b"something else", b"imnet-data journal 1\n\x05\0\0\0"])
def test_another_file_is_no_journal(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "j").write_bytes(text)
    with pytest.raises(NotAJournal):
        Journal.open(str(tmp_path / "j"))
    assert not os.path.exists(tmp_path / "j.new")


def test_a_head_with_a_flipped_bit_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "j", [])
    text = bytearray(path.read_bytes())
    text[-3] ^= 1
    path.write_bytes(text)
    with pytest.raises(NotAJournal):
        Journal.open(str(path))
