"""The orders of classes that are known, each held against another source of the same."""

from __future__ import annotations

import numpy as np
import pytest

from imnet_data.errors import UnknownOrder
from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list
from imnet_data.labels import ClassIndex, ClassOrder
from imnet_data.scoring.orders import (
    NO_ANSWER,
    OTHER,
    known_widths,
    order_named,
    order_of_columns,
    orders_for,
)

TINY = ClassOrder.make("tiny-imagenet", class_list("tiny-imagenet").wnids)


def test_ilsvrc_ids_are_the_devkits() -> None:
    one_based = order_named("ilsvrc-id", 1001).to_index
    for one in ilsvrc.classes():
        assert one_based[one.ilsvrc2012_id] == one.class_index
    assert one_based[0] == -1
    assert (order_named("ilsvrc-id-0", 1000).to_index == one_based[1:]).all()


def test_folders_of_numbers_are_sorted_as_text() -> None:
    order = order_named("text", 1000)
    folders = sorted(str(i) for i in range(1000))
    assert order.to_index.tolist() == [int(folder) for folder in folders]
    assert order.to_index[:4].tolist() == [0, 1, 10, 100]
    ids = sorted(str(i) for i in range(1, 1001))
    by_id = ilsvrc.by_ilsvrc2012_id()
    wanted = [by_id[int(folder)].class_index for folder in ids]
    assert order_named("ilsvrc-id-text", 1000).to_index.tolist() == wanted


@pytest.mark.parametrize(
    ("name", "width", "held"),
    [
        ("imagenet21k-fall11", 21_841, 999),
        ("timm-21k", 21_843, 999),
        ("timm-22k-ms", 21_842, 1000),
        ("timm-12k", 11_821, 993),
        ("timm-21k-miil", 11_221, 991),
        ("imagenet21k-p-winter21", 10_450, 991),
        ("index", 21_843, 999),
        ("index", 10_450, 991),
    ],
)
def test_wider_heads_are_mapped_onto_the_thousand_by_wnid(name: str, width: int, held: int) -> None:
    order = order_named(name, width)
    wnids = class_list(order.name).wnids
    assert (order.width, len(order.columns)) == (width, held)
    for column in order.columns[:: len(order.columns) // 50].tolist():
        assert ClassIndex.of(wnids[column]).value == order.to_index[column]


def test_microsofts_first_thousand_are_the_class_indices() -> None:
    assert (order_named("microsoft", 21_842).to_index[:1000] == np.arange(1000)).all()


def test_a_background_class_is_none_of_the_classes() -> None:
    first, last = order_named("index-1", 1001), order_named("background-last", 1001)
    assert first.name == "background-first"
    assert first.classes_of(np.array([0, 1, 1000, 1001])).tolist() == [OTHER, 0, 999, OTHER]
    assert last.classes_of(np.array([0, 999, 1000, -1])).tolist() == [0, 999, OTHER, NO_ANSWER]


def test_every_order_maps_each_class_at_most_once() -> None:
    for order in orders_for(None):
        assert len(set(order.to_index[order.columns].tolist())) == len(order.columns)
        assert not order.to_index.flags.writeable


def test_a_subset_has_its_own_orders_and_ilsvrcs_restricted_to_it() -> None:
    own = order_named("index", 200, TINY)
    assert own.to_index.tolist() == list(range(200))
    of_ilsvrc = order_named("index", 1000, TINY)
    assert of_ilsvrc.name == "ilsvrc2012"
    for column in of_ilsvrc.columns.tolist():
        assert TINY.wnid(of_ilsvrc.to_index[column]) == ClassIndex(column).wnid
    # Its list is not sorted; folders are.
    by_folder = order_named("wnid", 200, TINY)
    assert [TINY.wnid(i) for i in by_folder.to_index] == sorted(TINY.wnids)


def test_own_classes_are_sorted_by_their_folders() -> None:
    classes = ClassOrder.make("pets", ("n02084071", "own:ant", "own:zebra"))
    assert order_named("folders", 3, classes).to_index.tolist() == [1, 0, 2]


def test_columns_that_are_titled_are_an_order() -> None:
    order = order_of_columns(["n01443537", "n02084071", "n01440764"])
    assert order.to_index.tolist() == [1, -1, 0]


def test_an_unknown_name_tells_those_of_the_width() -> None:
    with pytest.raises(UnknownOrder, match=r"of 1,001 classes .*'caffee'; .*background-first"):
        order_named("caffee", 1001)
    # Three lists have 200 classes: none of them is the usual one.
    with pytest.raises(UnknownOrder, match="imagenet-a"):
        order_named("index", 200)


def test_every_published_width_is_known() -> None:
    assert set(known_widths()) >= {1000, 1001, 21_841, 21_842, 21_843, 11_821, 10_450, 11_221}
    assert orders_for(999) == ()
