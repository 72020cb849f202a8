"""What shards say of an image, and what it is taken for: its key, its split, its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imnet_data.archives.members import Run, Said
from imnet_data.archives.names import Names
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.validation import validation_labels
from imnet_data.layouts.label_orders import LabelOrder, order_of_release, packaged_order
from imnet_data.layouts.samples import SamplesLayout
from imnet_data.splits import Split
from imnet_data.taxonomy.graph import Graph
from imnet_data.wnid import FIRST_OWN_ID

if TYPE_CHECKING:
    from imnet_data.layouts.placement import LabelNotes

TENCH, GOLDFISH = 1440764, 1443537
CLASSES = class_list("ilsvrc2012").ids.tolist()
OWN = {"rex": FIRST_OWN_ID}


def layout_of(
    release: str = "shapes",
    split: Split = Split.TRAIN,
    *,
    order: LabelOrder | None = None,
    by_row: bool = False,
    forced: Split | None = None,
) -> SamplesLayout:
    return SamplesLayout(
        release,
        split,
        is_noun=Graph.load().__contains__,
        validation=[CLASSES[label] for label in validation_labels().tolist()],
        stem="shard-000007",
        by_row=by_row,
        order=order,
        own=OWN.__getitem__,
        forced_split=forced,
    )


def placed(
    layout: SamplesLayout, base: str, said: Said | None = None, *, directory: str = "", row: int = 9
) -> tuple[int, Split, int, str]:
    """Class, split, number and stored name of one image."""
    run = Run(directory, Names([base]), [row], [100], None, None if said is None else [said])
    (group,) = layout.place(run)
    assert group.names is not None
    assert list(group.bases) == [base]
    assert (group.offsets, group.sizes) == ([row], [100])
    return group.synset, group.split, group.numbers[0], group.names[0]


def labels(layout: SamplesLayout) -> LabelNotes:
    assert layout.notes.labels is not None
    return layout.notes.labels


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("n01440764_7.jpg", None),
        ("000012.jpg", Said(name="n01440764_7.JPEG")),
        ("000012.jpg", Said(name="train/n01440764/n01440764_7.JPEG")),
        ("n01440764_7_n01440764.JPEG", Said(0, name="n01440764_7_n01440764.JPEG")),
        ("n01440764_7.jpg", Said(name="another name.jpg")),
    ],
)
def test_a_picture_of_imagenets_has_its_key_wherever_its_name_stands(
    base: str, said: Said | None
) -> None:
    # Even in a shard of unknown split: under this name it is of ILSVRC2012's train split.
    layout = layout_of("ilsvrc2012", Split.NONE)
    assert placed(layout, base, said) == (TENCH, Split.TRAIN, 7, "")


def test_a_validation_picture_has_its_published_label() -> None:
    layout = layout_of("ilsvrc2012", Split.NONE, order=order_of_release("ilsvrc2012"))
    said = Said(65, name="ILSVRC2012_val_00000001.JPEG")
    assert placed(layout, "000001.jpg", said) == (1751748, Split.VAL, 1, "")
    assert labels(layout).disagreeing == 0


def test_a_test_picture_has_no_label_whatever_is_said() -> None:
    layout = layout_of("ilsvrc2012", Split.TEST, order=order_of_release("ilsvrc2012"))
    for label in (-1, 5):
        said = Said(label, name="ILSVRC2012_test_00000003.JPEG")
        assert placed(layout, "2.jpg", said) == (0, Split.TEST, 3, "")


def test_timms_22k_keeps_its_own_split() -> None:
    order = order_of_release("imagenet-22k-wds")
    layout = layout_of("imagenet-22k-wds", Split.VAL, order=order)
    said = Said(0, wnid="n00004475")
    assert placed(layout, "n00004475_15899.jpg", said) == (4475, Split.VAL, 15899, "")
    assert labels(layout).disagreeing == 0


@pytest.mark.parametrize(
    "said", [Said(1, name="n01440764_7.JPEG"), Said(0, "n01443537", "n01440764_7.JPEG")]
)
def test_a_label_of_another_class_than_the_name_is_told_and_the_name_followed(said: Said) -> None:
    layout = layout_of("ilsvrc2012", order=packaged_order("ilsvrc2012"))
    assert placed(layout, "1.jpg", said)[0] == TENCH
    assert labels(layout).disagreeing == 1
    assert labels(layout).example == ("n01440764_7", TENCH, GOLDFISH)


def test_without_a_name_the_wnid_says_the_class_and_then_the_number() -> None:
    layout = layout_of(order=packaged_order("ilsvrc2012"))
    assert placed(layout, "1.jpg", Said(5, "n01443537"))[0] == GOLDFISH
    assert placed(layout, "1.jpg", Said(1))[0] == GOLDFISH
    assert placed(layout, "1.jpg", Said(0, name="n01443537/x.jpg"))[0] == GOLDFISH
    assert placed(layout, "1.jpg", Said(0), directory="a/n01443537")[0] == GOLDFISH


def test_a_number_alone_is_no_label_and_is_told() -> None:
    layout = layout_of()
    assert [placed(layout, "1.jpg", Said(label))[0] for label in (1, 999, -1)] == [0, 0, 0]
    assert labels(layout).without_order == 2  # -1 says that there is none


def test_a_number_beyond_its_order_is_no_label_and_is_told() -> None:
    layout = layout_of(order=packaged_order("imagenette"))
    assert placed(layout, "1.jpg", Said(10))[0] == 0
    assert placed(layout, "1.jpg", Said(10**30))[0] == 0
    assert labels(layout).beyond == 2


def test_a_class_of_ones_own_is_made_when_it_is_met() -> None:
    order = LabelOrder("classes.txt", (0, TENCH, 0), ("rex", None, None))
    layout = layout_of(order=order)
    assert [placed(layout, "1.jpg", Said(label))[0] for label in range(3)] == [
        FIRST_OWN_ID, TENCH, 0,
    ]  # fmt: skip


def test_pictures_of_ones_own_are_called_by_the_path_they_had_else_by_shard_and_member() -> None:
    """Keys and base names come again in other shards; taken for keys they would hide pictures."""
    layout = layout_of(order=packaged_order("ilsvrc2012"))
    assert placed(layout, "1.jpg", Said(0, name="cats/tom.jpg"))[3] == "cats/tom.jpg"
    assert placed(layout, "1.jpg", Said(0, name="/d/n01440764/tom.jpg"))[3] == "n01440764/tom.jpg"
    assert placed(layout, "1.jpg", Said(0, name="tom.jpg"))[3] == "shard-000007/1.jpg"
    assert placed(layout, "1.jpg", directory="x")[3] == "shard-000007/x/1.jpg"
    rows = layout_of(by_row=True)
    assert placed(rows, "tom.jpg", Said(name="tom.jpg"), row=41)[3] == "shard-000007/41"


def test_a_split_that_is_asked_for_holds_for_all() -> None:
    layout = layout_of("ilsvrc2012", Split.TRAIN, forced=Split.NONE)
    assert placed(layout, "n01440764_7.jpg")[:3] == (TENCH, Split.NONE, 7)
    said = Said(name="ILSVRC2012_val_00000001.JPEG")
    assert placed(layout, "1.jpg", said) == (1751748, Split.NONE, 0, "ILSVRC2012_val_00000001")


def test_images_of_a_run_come_in_their_order_parted_where_the_class_changes() -> None:
    names = ["n01440764_1.jpg", "n01440764_2.jpg", "n01443537_3.jpg", "n01440764_4.jpg"]
    run = Run("", Names(names), [10, 20, 30, 40], [1, 2, 3, 4], None, [Said()] * 4)
    groups = list(layout_of().place(run))
    assert [(group.synset, group.offsets) for group in groups] == [
        (TENCH, [10, 20]), (GOLDFISH, [30]), (TENCH, [40]),
    ]  # fmt: skip
