from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import NoAddress, RegistryRefused, UnknownPublished
from imnet_data.fetching.registry import Registry
from imnet_data.layouts.published_names import published_release

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "archives.toml"


def load(own: Path, text: str) -> Registry:
    own.write_text(text)
    return Registry.load({"IMNET_DATA_REGISTRY": str(own)})


@pytest.fixture
def packaged(tmp_path: Path) -> Registry:
    return Registry.load({"XDG_CONFIG_HOME": str(tmp_path)})


def test_what_is_packaged_has_a_file_name_and_a_checksum_or_is_told_apart(
    packaged: Registry,
) -> None:
    parts = [part for release in packaged.releases.values() for part in release.parts.values()]
    assert len(parts) >= 16
    for part in parts:
        assert re.fullmatch(r"[\w.{}-]+", part.file)
        assert part.is_per_class or part.url is None or part.md5 or part.sha256
        assert part.url is None or packaged.source_of(part.url).login != "unknown"


def test_a_published_name_tells_the_same_release_to_the_registry_and_to_the_indexer(
    packaged: Registry,
) -> None:
    """Or the same file would be another release when it was brought by hand."""
    for release in packaged.releases.values():
        for part in release.parts.values():
            if not part.is_per_class:
                assert published_release([part.file]) == part.release


def test_without_a_part_a_release_is_fetched_in_its_usual_ones(packaged: Registry) -> None:
    assert [one.part for one in packaged.parts("ILSVRC2012")] == ["train", "val"]
    assert [one.part for one in packaged.parts("imagenette")] == ["full"]
    assert [one.part for one in packaged.parts("winter21", by_class=True)] == ["synset"]


@pytest.mark.parametrize(
    ("what", "part", "found"),
    [
        ("ilsvrc2012", "Validation", "val"),
        ("ilsvrc2012", "bbox-train", "bbox_train"),
        ("imagenetv2", "threshold0.7", "threshold0_7"),
        ("imagenetv2", "top_images", "top-images"),
    ],
)
def test_a_part_is_found_however_it_is_written(
    packaged: Registry, what: str, part: str, found: str
) -> None:
    assert [one.part for one in packaged.parts(what, [part, part])] == [found]


def test_an_unknown_release_or_part_is_answered_with_those_that_are_known(
    packaged: Registry,
) -> None:
    with pytest.raises(UnknownPublished, match="ilsvrc2012, fall11"):
        packaged.parts("ilsvrc2013")
    with pytest.raises(UnknownPublished, match="full, px320, px160"):
        packaged.parts("imagenette", ["px80"])


def test_what_nobody_publishes_any_more_says_so(packaged: Registry) -> None:
    (whole,) = packaged.parts("fall11")
    with pytest.raises(NoAddress, match="fall11 whole"):
        _ = whole.address


def test_a_mirror_keeps_the_published_size_and_checksum(own: Path, packaged: Registry) -> None:
    registry = load(
        own,
        """
        [ilsvrc2012.val]
        url = "https://mirror.example.org:8443/val.tar"
        [sources."mirror.example.org:8443"]
        login = "required"
        terms = "https://mirror.example.org/terms"
        """,
    )
    (mine,) = registry.parts("ilsvrc2012", ["val"])
    (published,) = packaged.parts("ilsvrc2012", ["val"])
    assert mine.url == "https://mirror.example.org:8443/val.tar"
    assert (mine.file, mine.size, mine.md5) == (published.file, published.size, published.md5)
    source = registry.source_of(mine.address)
    assert (source.login, source.terms) == ("required", "https://mirror.example.org/terms")
    assert registry.source_of("https://mirror.example.org/val.tar").login == "unknown"


def test_a_release_of_ones_own_is_fetched_whole_by_its_name(own: Path) -> None:
    registry = load(own, '[pets.cats]\nurl = "s3://bucket/cats.tar"\nbytes = 10\n')
    (cats,) = registry.parts("pets")
    assert (cats.file, cats.size, cats.release) == ("cats.tar", 10, "pets")
    assert registry.releases["pets"].is_own
    assert not registry.releases["ilsvrc2012"].is_own


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a.b]\nurl = 'no address'", "[a.b] url is to be a URL"),
        ("[a.b]\nfile = '../../.ssh/id'", "[a.b] file is to be the name of a file"),
        ("[a.b]\nurl = 'https://h/f.tar'\nmd5 = 'abc'", "md5 is to be 32"),
        ("[a.b]\nurl = 'https://h/f.tar'\nbytes = '5 GB'", "bytes is to be a number"),
        ("[a.b]\nurl = 'https://h/f.tar'\nsha512 = 'abc'", "has sha512; known there: file, url"),
        ("['../a'.b]\nurl = 'https://h/{wnid}.tar'", "'../a' is no name"),
        ("[a.b]\nurl = 'https://h/x/..'", "neither a file's name nor a URL with one"),
        ("[a.b]\nurl = 'https://h/'", "neither a file's name nor a URL with one"),
        ("[ilsvrc2012]\ndefault = ['valid']", "'valid' that it lacks"),
        ("[sources.h]\nlogin = 'yes'", "login is to be one of none, maybe, required"),
        ("[a.b\n", "at line 1"),
    ],
)
def test_a_file_that_says_something_else_is_refused_with_its_place(
    own: Path, text: str, words: str
) -> None:
    with pytest.raises(RegistryRefused, match=re.escape(words)) as caught:
        load(own, text)
    assert str(own) in str(caught.value)


def test_a_file_that_was_named_and_is_not_there_is_no_empty_one(own: Path) -> None:
    with pytest.raises(RegistryRefused, match="No such file"):
        Registry.load({"IMNET_DATA_REGISTRY": str(own)})
