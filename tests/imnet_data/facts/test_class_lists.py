import pytest

from imnet_data.errors import LabelError, UnknownName
from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list, names
from imnet_data.taxonomy.graph import Graph
from imnet_data.wnid import from_id, is_wnid

# As published: the name of a list promises its number of classes.
SIZES = {
    "ilsvrc2012": 1000,
    "imagenet-a": 200,
    "imagenet-r": 200,
    "imagenet12k": 11_821,
    "imagenet21k-fall11": 21_841,
    "imagenet21k-google": 21_843,
    "imagenet21k-p-fall11": 11_221,
    "imagenet21k-p-winter21": 10_450,
    "imagenet22k-microsoft": 21_842,
    "imagenette": 10,
    "imagewoof": 10,
    "mini-imagenet": 100,
    "tiny-imagenet": 200,
}


def test_every_list_is_packaged_with_as_many_classes_as_published() -> None:
    assert {name: len(class_list(name)) for name in names()} == SIZES


@pytest.mark.parametrize("name", SIZES)
def test_a_list_holds_each_synset_once_and_numbers_it_by_its_place(name: str, graph: Graph) -> None:
    found = class_list(name)
    assert all(map(is_wnid, found.wnids))
    assert [from_id(synset) for synset in found.ids.tolist()] == list(found.wnids)
    assert [found.index(wnid) for wnid in found.wnids] == list(range(len(found)))
    assert all(synset in graph for synset in found.ids)


def test_a_lists_own_order_is_kept_where_it_is_not_sorted() -> None:
    tiny = class_list("tiny-imagenet")
    assert tiny.wnids[:2] == ("n02124075", "n04067472")
    assert list(tiny.wnids) != sorted(tiny.wnids)


def test_microsofts_order_starts_with_ilsvrcs_class_indices() -> None:
    wnids = [one.wnid for one in ilsvrc.classes()]
    assert list(class_list("imagenet22k-microsoft").wnids[:1000]) == wnids


def test_names_are_case_blind_and_a_list_is_read_once() -> None:
    assert class_list(" ILSVRC2012 ") is class_list("ilsvrc2012")


def test_an_unknown_list_names_what_there_is() -> None:
    with pytest.raises(UnknownName, match="did you mean imagenette"):
        class_list("imagenete")
    with pytest.raises(UnknownName, match="known: ilsvrc2012, imagenet-a"):
        class_list("zzz")


@pytest.mark.parametrize("name", ["../archives", "", "ilsvrc2012.txt"])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(UnknownName):
        class_list(name)


def test_a_class_that_is_not_in_the_list_has_no_index() -> None:
    assert "n04399382" not in class_list("imagenet21k-fall11")
    with pytest.raises(LabelError, match="n04399382 is not among the 21,841 classes"):
        class_list("imagenet21k-fall11").index("n04399382")


def test_the_ids_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        class_list("imagenette").ids[0] = 1
