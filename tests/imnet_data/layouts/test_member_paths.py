"""What a catalogue stores of member paths gives every path back, through a real layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.layouts.imagenet import ImageNetLayout
from imnet_data.layouts.placement import MemberTemplate, class_wnid_of, name_at
from imnet_data.splits import Split

from .looks import GOLDFISH, TENCH, run_of

if TYPE_CHECKING:
    from imnet_data.archives.members import Run


def paths(runs: list[Run], release: str) -> list[str]:
    """The members' paths as a catalogue gives them back: stored ones, else the template's."""
    layout = ImageNetLayout(
        release, Split.TRAIN, is_noun=lambda _: True, validation=(1443537, 1440764)
    )
    template = None
    found = []
    for run in runs:
        for placed in layout.place(run):
            wnid = class_wnid_of(placed.synset)
            if template is None:
                path = f"{run.directory}/{placed.bases[0]}".removeprefix("/")
                template = MemberTemplate.of(path, wnid, name_at(placed, 0, release))
            stored = template.members(placed, release) or [None] * len(placed.bases)
            found += [
                member or template.rebuild(wnid, name_at(placed, at, release))
                for at, member in enumerate(stored)
            ]
    return found


FOLDERS = ["", "train", f"{TENCH}.tar", TENCH, f"{TENCH}_10/{TENCH}", "a {name}/b", "{wnid}"]
BASES = st.builds(
    lambda wnid, number, tail: f"{wnid}_{number}{tail}",
    st.sampled_from([TENCH, GOLDFISH]),
    st.sampled_from(["1", "10", "007", "999999999999"]),
    st.sampled_from([".JPEG", f"_{TENCH}.JPEG", ".jpg"]),
) | st.sampled_from(["x.jpg", "ILSVRC2012_val_0000001.JPEG", "{name}.jpg"])
RUNS = st.lists(
    st.builds(run_of, st.sampled_from(FOLDERS), st.lists(BASES, min_size=1, max_size=4)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=100)
@given(runs=RUNS, release=st.sampled_from(["ilsvrc2012", "fall11"]))
def test_every_members_path_comes_back_whatever_the_first_one_was(
    runs: list[Run], release: str
) -> None:
    assert paths(runs, release) == [
        f"{run.directory}/{base}".removeprefix("/") for run in runs for base in run.names
    ]


def test_a_folder_that_bears_its_first_pictures_name_keeps_it_for_the_others() -> None:
    bases = [f"{TENCH}_1.JPEG", f"{TENCH}_2.JPEG"]
    folder = f"{TENCH}_10/{TENCH}"
    assert paths([run_of(folder, bases)], "fall11") == [f"{folder}/{base}" for base in bases]


def test_a_regular_archive_stores_no_member_path_and_no_name() -> None:
    template = MemberTemplate.of(f"{TENCH}.tar/{TENCH}_7.JPEG", TENCH, f"{TENCH}_7")
    layout = ImageNetLayout("fall11", Split.NONE, is_noun=lambda _: True, validation=())
    for wnid in (TENCH, GOLDFISH):
        (placed,) = layout.place(run_of(f"{wnid}.tar", [f"{wnid}_1.JPEG", f"{wnid}_2.JPEG"]))
        assert placed.names is None
        assert template.members(placed, "fall11") is None
