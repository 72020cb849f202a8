from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imnet_data.db.engine import writing
from imnet_data.db.findings import replace_compared_findings
from imnet_data.verification.codes import CODES, Severity
from imnet_data.verification.findings.chosen import Chosen
from tests.imnet_data.verification.looking import storage_of
from tests.imnet_data.verification.verified import ODD_NAMES, verified

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imnet_data.catalogue import Catalogue
    from imnet_data.demo.build import Demo
    from imnet_data.verification.findings.finding import Finding


@pytest.fixture(scope="module")
def catalogue(miniature: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    with verified(miniature, tmp_path_factory.mktemp("findings")) as (opened, _):
        yield opened


@pytest.fixture
def own(miniature: Demo, tmp_path: Path) -> Iterator[Catalogue]:
    """A catalogue that a test may change."""
    with verified(miniature, tmp_path) as (opened, _):
        yield opened


def codes(findings: Iterable[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def odd(demo: Demo, kind: str) -> str:
    return next(name for name, what in demo.odd.items() if what == kind)


def test_a_finding_says_what_was_found_of_what_and_where(
    catalogue: Catalogue, miniature: Demo
) -> None:
    name = odd(miniature, "truncated")
    (found,) = [one for one in catalogue.findings(codes=["truncated"]) if one.image == name]
    image = catalogue.image(name)
    assert (found.severity, found.known) == (Severity.BROKEN, False)
    assert (found.release, found.split, found.wnid) == ("ilsvrc2012", "train", image.wnid)
    assert (found.archive, found.member) == (image.archive, image.member)
    assert found.place == image.place
    assert found.message.startswith("It ends before its picture does: ")
    assert found.way_out == CODES["truncated"].way_out
    assert found.subject == name


def test_what_ilsvrc_was_published_with_is_known_and_a_note(catalogue: Catalogue) -> None:
    (png,) = catalogue.findings(codes=["wrong-extension"])
    assert (png.image, png.known, png.severity) == ("n02105855_2933", True, Severity.NOTE)
    assert "wrong-extension" in codes(catalogue.findings(codes=["note"]))
    assert codes(catalogue.findings(codes=["odd"])) == set()


def test_a_split_that_is_known_to_be_a_part_is_a_note(catalogue: Catalogue) -> None:
    short = [one for one in catalogue.findings(codes=["class-short"]) if one.split == "train"]
    assert [one.severity for one in short] == [Severity.NOTE]
    assert "24 of 1,000 classes" in short[0].message
    assert short[0].subject == "ilsvrc2012 train"


def test_findings_are_of_what_was_asked_alone(catalogue: Catalogue, miniature: Demo) -> None:
    truncated = odd(miniature, "truncated")
    wnid, _, _ = truncated.partition("_")
    broken = {one.image for one in catalogue.findings(codes=["broken"])}
    assert broken >= {truncated, odd(miniature, "empty")}
    assert {one.image for one in catalogue.findings(wnid, codes=["broken"])} == {truncated}
    assert list(catalogue.findings("dog.n.01", codes=["broken"])) == []
    assert list(catalogue.findings(split="val", codes=["broken"])) == []
    assert len(list(catalogue.findings(release="own", codes=["broken"]))) == len(ODD_NAMES)


def test_an_archives_findings_are_told_with_any_of_its_images(own: Catalogue) -> None:
    gone = next(one.path for one in own.archives() if "val" in one.splits)
    Path(gone).unlink()
    own.verify(workers=0)
    assert codes(own.findings(split="val", codes=["broken"])) == {"archive-missing"}
    assert codes(own.findings("dog.n.01", codes=["broken"])) == {"archive-missing"}
    assert "archive-missing" not in codes(own.findings(split="train"))
    assert "archive-missing" not in codes(own.findings("own:mine"))
    (missing,) = own.findings(codes=["archive-missing"])
    assert (missing.image, missing.archive, missing.split) == (None, gone, "val")


def test_what_was_found_of_other_bytes_is_not_told(own: Catalogue) -> None:
    assert codes(own.findings(codes=["broken"]))
    with closing(sqlite3.connect(own.path)) as connection:
        connection.execute("UPDATE archive SET signature = 'another'")
        connection.commit()
    assert codes(own.findings(codes=["broken"])) == set()
    assert own.findings().summary().broken_images == 0


def test_a_code_that_does_not_exist_is_refused_with_those_that_do(catalogue: Catalogue) -> None:
    with pytest.raises(ValueError, match=r"did you mean truncated\?; there are broken, odd, note"):
        catalogue.findings(codes=["trunkated"])


def test_an_image_counts_once_by_its_worst_finding(own: Catalogue, miniature: Demo) -> None:
    image = own.image(odd(miniature, "truncated"))
    before = own.findings().summary()
    archive = next(one.id for one in own.archives() if one.path == image.archive)
    rows = [("leak", image.id, archive, ""), ("duplicate", image.id, archive, "")]
    with writing(storage_of(own)) as connection:
        replace_compared_findings(connection, {"leak", "duplicate"}, rows)
    summary = own.findings().summary()
    counted = {(one.code, one.known): one.count for one in summary.sums}
    assert (counted["leak", False], counted["duplicate", False]) == (1, 1)
    assert summary.broken_images == before.broken_images == 2 + len(ODD_NAMES)
    assert (summary.odd_images, summary.known_images) == (0, 2)
    assert [one.severity for one in summary.sums if not one.known] == sorted(
        (one.severity for one in summary.sums if not one.known), key=list(Severity).index
    )
    assert sum(summary.broken_of.values()) == summary.broken_images


def test_known_oddities_fail_nobody_who_did_not_ask_for_notes(catalogue: Catalogue) -> None:
    summary = catalogue.findings().summary()
    assert summary.faults(Chosen.of(["cmyk", "wrong-extension", "odd"])) == 0
    assert summary.faults(Chosen.of(["empty"])) == 1
    assert summary.faults(Chosen.of(["broken"])) == 2 + len(ODD_NAMES)
    assert summary.faults(Chosen.of(["note"])) >= 4


def test_the_health_of_an_image_is_its_level_size_and_findings(
    catalogue: Catalogue, miniature: Demo
) -> None:
    health = catalogue.health(catalogue.image("n02105855_2933"))
    assert health.level == "decode"
    assert health.width_px is not None
    assert [(one.code, one.known) for one in health.findings] == [("wrong-extension", True)]
    plain = next(iter(catalogue.images("goldfish", release="ilsvrc2012")))
    assert catalogue.health(plain).findings == ()


def test_an_image_that_was_not_verified_has_no_level(tmp_path: Path, miniature: Demo) -> None:
    import imnet_data

    with imnet_data.open(tmp_path / "x.db", create=True) as fresh:
        fresh.index(miniature.val)
        health = fresh.health(next(iter(fresh.images())))
    assert (health.level, health.width_px, health.findings) == (None, None, ())


def test_a_class_has_the_health_of_all_below_it(catalogue: Catalogue, miniature: Demo) -> None:
    assert catalogue.class_health(catalogue["vehicle.n.01"]).broken_images == 1
    assert catalogue.class_health(catalogue["dog.n.01"]).broken_images == 0
    assert catalogue.class_health(catalogue["own:mine"]).broken_images == len(ODD_NAMES)
