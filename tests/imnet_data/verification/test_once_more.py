"""Everything looked at once more: what a disk lost without a trace is found, and stays found."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.origins import Origin
from imnet_data.progress import Silent
from imnet_data.verification import recording, walk
from imnet_data.verification.levels import Level
from tests.imnet_data.indexing.trees import TENCH
from tests.imnet_data.verification.making import jpeg
from tests.imnet_data.verification.planted import PACKINGS, PLANTED, files, pack_tar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        yield opened


def found(catalogue: Catalogue) -> dict[str, list[str]]:
    """The codes of each image of which something broken was found."""
    codes: dict[str, list[str]] = {}
    for one in catalogue.findings(codes=["broken"]):
        if one.image is not None:
            codes.setdefault(one.image, []).append(one.code)
    return codes


def rot(path: Path, at: int) -> None:
    """Flip a bit as a disk does: neither the file's size nor its time tells."""
    status = path.stat()
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def density_of(catalogue: Catalogue, name: str) -> int:
    """A byte of an image in its archive that no decoder looks at: the density of its pixels."""
    place = catalogue.image(name).place
    return place.offset + 15


@pytest.mark.parametrize("packing", ["tar", "zip"])
def test_a_flipped_bit_that_every_decoder_passes_over_is_found_and_stays_found(
    packing: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = PACKINGS[packing](tmp_path, files())
    catalogue.index(path)
    before = catalogue.verify(level="decode", workers=0)
    name = f"{TENCH}_0"
    at = density_of(catalogue, name)
    rot(path, at)
    assert catalogue.verify(level="decode", workers=0).looked_at == 0
    report = catalogue.verify(level="decode", workers=0, again=True)
    assert (report.looked_at, report.unchanged) == (16, 0)
    assert report.codes == before.codes | {"altered": 1}
    catalogue.verify(level="digest", workers=0, again=True)
    assert found(catalogue)[name] == ["altered"]
    rot(path, at)  # put right, the image is as it was
    catalogue.verify(level="decode", workers=0)
    assert name not in found(catalogue)


def test_what_a_deeper_level_saw_of_the_same_bytes_still_stands(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    catalogue.index(pack_tar(tmp_path, files()))
    before = catalogue.verify(level="decode", workers=0)
    report = catalogue.verify(level="digest", workers=0, again=True)
    assert (report.looked_at, report.codes) == (16, before.codes)
    assert catalogue.verify(level="decode", workers=0).unchanged == 16


def test_with_an_expression_only_its_images_are_looked_at_again(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    catalogue.index(pack_tar(tmp_path, files()))
    catalogue.verify(level="decode", workers=0)
    assert catalogue.verify(TENCH, level="digest", workers=0, again=True).looked_at == 8
    assert catalogue.verify(level="decode", workers=0).unchanged == 16


class _Stops(Silent):
    """Interrupts a run after so many images, and remembers what it was told."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.told: list[str] = []
        self._reads = False

    def begin(self, what: str, total: int | None, unit: str) -> None:
        self._reads = unit == "images"
        del what, total

    def advance(self, n: int) -> None:
        self.left -= n * self._reads
        if self.left <= 0:
            raise KeyboardInterrupt

    def notice(self, sentence: str) -> None:
        self.told.append(sentence)


def test_an_interrupted_run_goes_on_and_the_next_one_begins_anew(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walk._IMAGES, Level.DIGEST, 2)
    monkeypatch.setattr(recording, "_FLUSH_S", 0)
    catalogue.index(pack_tar(tmp_path, files()))
    before = catalogue.verify(level="decode", workers=0)
    cut = catalogue.verify(level="digest", workers=0, again=True, progress=_Stops(6))
    assert (cut.interrupted, cut.looked_at, cut.codes) == (True, 6, before.codes)
    image = catalogue.image(f"{TENCH}_7")
    assert catalogue.health(image).level == "decode"  # what is known of it stays known
    told = _Stops(1000)
    rest = catalogue.verify(level="digest", workers=0, again=True, progress=told)
    assert (rest.looked_at, rest.unchanged) == (10, 6)
    assert [one.endswith(": 10 images are left") for one in told.told] == [True]
    told = _Stops(1000)
    anew = catalogue.verify(level="digest", workers=0, again=True, progress=told)
    assert (anew.looked_at, told.told) == (16, [])


def test_another_question_does_not_pass_for_the_one_that_was_interrupted(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    catalogue.index(pack_tar(tmp_path, files()))
    catalogue.verify(level="digest", workers=0)
    catalogue.verify(TENCH, level="digest", workers=0, again=True, progress=_Stops(1))
    assert catalogue.verify(level="digest", workers=0, again=True).looked_at == 16


def test_an_archive_with_images_left_is_not_passed_by_as_unchanged(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walk._IMAGES, Level.DIGEST, 2)
    catalogue.index(pack_tar(tmp_path, files()))
    catalogue.verify(level="digest", workers=0)
    catalogue.verify(TENCH, level="digest", workers=0, again=True, progress=_Stops(2))
    report = catalogue.verify(level="digest", workers=0, changed_only=True)
    assert 0 < report.looked_at < 8


@pytest.mark.parametrize("asked", [None, TENCH])
def test_a_checksum_is_compared_once_more_where_the_whole_archive_is_asked_for(
    asked: str | None, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = pack_tar(tmp_path, files())
    catalogue.index(path)
    checksum = f"md5:{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}"
    catalogue.note_origin(path, Origin("https://host.example.org/train.tar", checksum, None))
    assert "archive-checksum" not in catalogue.verify(level="digest", workers=0).codes
    rot(path, 300)  # in a header's padding, where no image is
    report = catalogue.verify(asked, level="digest", workers=0, again=True)
    assert ("archive-checksum" in report.codes) is (asked is None)


@pytest.mark.parametrize(("level", "changed_only"), [("quick", False), ("digest", True)])
def test_what_again_does_not_go_with_is_refused(
    catalogue: Catalogue, level: str, changed_only: bool
) -> None:
    with pytest.raises(ValueError, match="again"):
        catalogue.verify(level=level, changed_only=changed_only, again=True)


def test_planted_faults_are_found_as_at_first(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.index(pack_tar(tmp_path, files()))
    catalogue.verify(level="decode", workers=0)
    catalogue.verify(level="decode", workers=0, again=True)
    codes = {one.image: one.code for one in catalogue.findings() if one.image is not None}
    assert codes == PLANTED


def test_repair_takes_an_altered_image_from_a_copy_that_is_told_of(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    members = {f"{TENCH}/{TENCH}_{n}.JPEG": jpeg(n) for n in range(2)}
    for shelf in ("first", "second"):
        (tmp_path / shelf).mkdir()
        catalogue.index(pack_tar(tmp_path / shelf, members), release="own", split="train")
    catalogue.verify(level="digest", workers=0)
    name = f"{TENCH}_1"
    rot(tmp_path / "first" / "train.tar", density_of(catalogue, name))
    report = catalogue.verify(level="digest", workers=0, again=True)
    assert report.whole_copies == {str(tmp_path / "second" / "train.tar"): 1}
    assert found(catalogue) == {name: ["altered"]}
    catalogue.repair()
    assert found(catalogue) == {}
    assert catalogue.image(name).read() == jpeg(1)
