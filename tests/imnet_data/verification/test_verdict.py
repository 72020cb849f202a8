from __future__ import annotations

from typing import Any

import pytest

from imnet_data.verification.levels import Level
from imnet_data.verification.verdict import Verdict


def said(level: Level, images: int, looked_at: int, **more: Any) -> str:
    return " ".join(Verdict(level, images, looked_at, **more).sentences())


def test_decoding_tells_what_is_right_odd_and_broken() -> None:
    assert said(Level.DECODE, 30, 20, unchanged=10, broken=4, odd=1, known=3) == (
        "22 images are right, 1 is odd, 3 are odd in known ways, 4 are broken."
    )
    assert said(Level.DECODE, 1, 1) == "1 image is right, none is broken."


def test_a_digest_says_that_pixels_were_not_decoded() -> None:
    text = said(Level.DIGEST, 30, 30, broken=1)
    assert text.startswith("29 images begin and end as they should, 1 is broken.")
    assert "No pixels were decoded" in text
    assert " right" not in text


@pytest.mark.parametrize("earlier", [{}, {"broken": 2, "known": 1}])
def test_a_quick_run_speaks_of_its_sample_and_calls_no_image_right(earlier: dict[str, int]) -> None:
    text = said(Level.QUICK, 1281167, 3512, **earlier)
    assert text.startswith("The headers of a sample, 3,512 of 1,281,167 images, are all where")
    assert "No image was read or decoded." in text
    assert " right" not in text
    earlier_said = "Earlier runs looked deeper: 1 is odd in a known way, 2 are broken."
    assert (earlier_said in text) is bool(earlier)


def test_headers_that_moved_are_a_quick_runs_own_finding() -> None:
    text = said(Level.QUICK, 100, 50, broken=3, moved=3)
    assert "are where, but for 3, the catalogue says" in text
    assert "Earlier" not in text


def test_images_that_could_not_be_looked_at_are_never_right() -> None:
    text = said(Level.DECODE, 30, 10, out_of_reach=20, archive_faults=1)
    assert text.startswith("10 images are right, none is broken. 20 images are out of reach")
    assert "1 fault in archives." in text
    assert "None of 30 images" in said(Level.DECODE, 30, 0, out_of_reach=30)


def test_nothing_asked_and_a_run_that_was_interrupted_are_told() -> None:
    assert said(Level.DECODE, 0, 0) == "No image is among these."
    interrupted = Verdict(Level.DECODE, 30, 10, is_interrupted=True).sentences()
    assert interrupted == [
        "10 images are right, none is broken.",
        "The run was interrupted: this is what is known so far.",
    ]
