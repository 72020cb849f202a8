"""What ILSVRC 2012 was published with."""

import pytest

from imnet_data.facts import ilsvrc
from imnet_data.verification.codes import CODES, Severity
from imnet_data.verification.findings import known
from imnet_data.verification.findings.known import is_known


@pytest.mark.parametrize(
    ("split", "name", "code"),
    [
        ("train", "n02105855_2933", "wrong-extension"),
        ("train", "n03710637_5125", "cmyk"),
        ("val", "ILSVRC2012_val_00019877", "cmyk"),
        ("train", "n04152593_17460", "exif-broken"),
    ],
)
def test_a_published_oddity_is_known(split: str, name: str, code: str) -> None:
    assert is_known("ilsvrc2012", split, name, code)


@pytest.mark.parametrize(
    ("release", "split", "name", "code"),
    [
        ("ilsvrc2012", "train", "n02105855_2933", "truncated"),
        ("ilsvrc2012", "val", "n02105855_2933", "wrong-extension"),
        ("fall11", "train", "n02105855_2933", "wrong-extension"),
        ("ilsvrc2012", "train", "n02105855_2934", "wrong-extension"),
    ],
)
def test_another_fault_image_split_or_release_is_not(
    release: str, split: str, name: str, code: str
) -> None:
    assert not is_known(release, split, name, code)


def test_all_22_cmyk_pictures_of_the_training_set_are_known_and_nothing_known_is_broken() -> None:
    listed = known._known()
    assert sum(split == "train" and code == "cmyk" for split, _, code in listed) == 22
    for split, name, code in listed:
        assert CODES[code].severity is not Severity.BROKEN
        assert split == "val" or name.partition("_")[0] in ilsvrc.by_wnid()
