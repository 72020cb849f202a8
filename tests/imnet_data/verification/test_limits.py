"""What a verification could not see, and what it does for those who wait for it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

import imnet_data
from imnet_data.db.engine import writing
from imnet_data.db.tables import writer
from imnet_data.origins import Origin
from imnet_data.progress import Silent
from imnet_data.verification import renewing
from imnet_data.verification.codes import Severity
from imnet_data.verification.findings.reading import Standing
from imnet_data.verification.findings.summary import Summary
from imnet_data.verification.levels import Level
from imnet_data.verification.report import VerifyReport
from imnet_data.verification.verdict import Verdict
from tests.imnet_data.indexing.trees import TENCH
from tests.imnet_data.verification.looking import storage_of
from tests.imnet_data.verification.making import jpeg
from tests.imnet_data.verification.planted import files, pack_tar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.catalogue import Catalogue

_URL = "https://host.example.org/train.tar"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        yield opened


def packed(folder: Path, members: dict[str, bytes]) -> Path:
    folder.mkdir()
    return pack_tar(folder, members)


def test_another_host_cannot_take_the_catalogue_while_a_large_archive_is_hashed(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "_EVERY_S", 0.0)
    path = packed(tmp_path / "a", {f"{TENCH}/{TENCH}_1.JPEG": jpeg(1)})
    catalogue.index(path)
    checksum = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    catalogue.note_origin(path, Origin(_URL, checksum, None))
    seen: list[int] = []

    class Ages(Silent):
        at = ""

        def begin(self, what: str, total: int | None, unit: str) -> None:
            self.at = what
            with writing(storage_of(catalogue)) as connection:
                connection.execute(update(writer).values(seen=0))

        def end(self) -> None:
            if self.at == "checksums of whole files":
                with catalogue.reading() as connection:
                    seen.extend(connection.scalars(select(writer.c.seen)))

    catalogue.verify(level="digest", workers=0, progress=Ages())
    assert len(seen) == 1
    assert seen[0] > 0


def test_archives_without_a_checksum_and_copies_elsewhere_are_told_from_digest_on(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    members = {f"{TENCH}/{TENCH}_{n}.JPEG": jpeg(n) for n in range(3)}
    for folder in ("a", "b"):
        catalogue.index(packed(tmp_path / folder, members), release="own", split="train")
    report = catalogue.verify()
    assert Verdict.of(report, report.summary).limits() == []
    report = catalogue.verify(level="digest", workers=0)
    assert (report.untold, report.copies) == (2, 3)
    assert catalogue.verify(TENCH, level="digest", workers=0).copies == 3
    assert catalogue.verify(split="val", level="digest", workers=0).copies == 0
    path = tmp_path / "a" / "train.tar"
    checksum = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    catalogue.note_origin(path, Origin(_URL, checksum, None))
    report = catalogue.verify(level="digest", workers=0)
    untold, copies = Verdict.of(report, report.summary).limits()
    assert untold.startswith("No published checksum is known of 1 archive: nothing tells whether")
    assert copies == "3 further copies of these images, in other places, were not looked at."


def test_what_is_broken_out_of_reach_takes_nothing_from_what_is_right_in_reach(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    gone = packed(tmp_path / "a", files())
    catalogue.index(gone, release="own", split="train")
    kept = {f"{TENCH}/{TENCH}_9{n}.JPEG": jpeg(n + 60) for n in range(4)}
    catalogue.index(packed(tmp_path / "b", kept), release="own", split="train")
    catalogue.verify(level="decode", workers=0)
    gone.unlink()
    report = catalogue.verify(level="decode", workers=0)
    verdict = Verdict.of(report, report.summary)
    assert (verdict.right, verdict.broken, verdict.out_of_reach) == (4, 5, 16)


def test_the_deepest_level_is_that_of_all_archives_together(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    first = {f"{TENCH}/{TENCH}_1.JPEG": jpeg(1)}
    catalogue.index(packed(tmp_path / "a", first), release="own")
    catalogue.verify(level="decode", workers=0)
    assert catalogue.verify().deepest is Level.DECODE
    second = {f"{TENCH}/{TENCH}_2.JPEG": jpeg(2)}
    catalogue.index(packed(tmp_path / "b", second), release="own")
    assert catalogue.verify().deepest is Level.QUICK


def test_a_code_with_two_severities_is_counted_once_with_both() -> None:
    summary = Summary()
    for severity in (Severity.ODD, Severity.NOTE, Severity.NOTE):
        summary.count(Standing("class-short", "", severity, False, None, 1, 1, 1, None))
    assert VerifyReport(Level.QUICK, summary=summary).codes == {"class-short": 3}
