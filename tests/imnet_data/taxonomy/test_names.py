from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.errors import TaxonomyError, UnknownName
from imnet_data.facts.class_lists import class_list
from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver
from imnet_data.taxonomy.own import OwnClass, OwnClasses

DOG, CAT, ANIMAL = 2084071, 2121620, 15388
BIRD_CRANE, MACHINE_CRANE = 2012849, 3126707
OWN = 100_000_000


@pytest.mark.parametrize(
    "name", ["n02084071", "N02084071", "dog.n.01", "DOG.N.1", "domestic dog.n.01", " Dog ", "dog"]
)
def test_a_synset_is_found_however_written(resolver: Resolver, graph: Graph, name: str) -> None:
    found = resolver.resolve(name)
    assert (found.synset, found.name) == (DOG, "dog.n.01")
    assert found.ids.tolist() == graph.at_or_under(DOG).tolist()


def test_a_word_is_its_first_sense_and_the_others_are_named(resolver: Resolver) -> None:
    notice = resolver.resolve("dog").notice
    assert str(notice) == (
        "dog: read as dog.n.01 (n02084071); other senses: "
        "frump.n.01, dog.n.03, cad.n.01, frank.n.02, pawl.n.01 and 1 more"
    )
    assert notice is not None
    assert len(notice.others) == 6


@pytest.mark.parametrize("name", ["dog.n.01", "n02084071", "goldfish", "@ilsvrc2012"])
def test_what_can_only_be_read_one_way_has_no_notice(resolver: Resolver, name: str) -> None:
    assert resolver.resolve(name).notice is None


def test_a_first_sense_without_images_names_the_one_probably_meant(graph: Graph) -> None:
    counts = {MACHINE_CRANE: 1300, BIRD_CRANE: 1400}
    resolver = Resolver(graph, images=lambda synset: counts.get(synset, 0))
    found = resolver.resolve("crane")
    assert found.name == "crane.n.01"
    assert found.notice is not None
    assert found.notice.meant == BIRD_CRANE
    assert str(found.notice) == (
        "crane: read as crane.n.01 (n10914447), which has no images; "
        "crane.n.05 (n02012849) has 1,400: write crane.n.05"
    )


def test_images_never_change_what_a_word_means(graph: Graph) -> None:
    with_images = Resolver(graph, images=lambda synset: int(synset == MACHINE_CRANE))
    assert with_images.resolve("crane").synset == Resolver(graph).resolve("crane").synset


@pytest.mark.parametrize("counts", [{}, {10914447: 5, MACHINE_CRANE: 1300}])
def test_no_sense_is_suggested_needlessly(graph: Graph, counts: dict[int, int]) -> None:
    resolver = Resolver(graph, images=lambda synset: counts.get(synset, 0))
    notice = resolver.resolve("crane").notice
    assert notice is not None
    assert notice.meant is None
    assert "other senses: " in str(notice)


def test_a_class_list_is_its_members_alone(resolver: Resolver) -> None:
    found = resolver.resolve("@ImageNette")
    assert (found.name, found.synset) == ("@imagenette", None)
    assert set(found.ids.tolist()) == set(class_list("imagenette").ids.tolist())


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("labardor_retriever", "did you mean labrador_retriever"),
        ("dogs", "did you mean dog"),
        ("dog.n.08", "no synset is called 'dog.n.08'; did you mean dog.n.01 or dog.n.07?"),
        ("goldfish.n.02", "did you mean goldfish.n.01?"),
        ("run.v.01", "the taxonomy has no verbs"),
        ("labardor.n.01", "did you mean labrador.n.01"),
        ("n02084072", "no noun of WordNet 3.0 is called 'n02084072'"),
        ("n00000000", "no noun of WordNet 3.0"),
        ("@imagnette", "no class list is called 'imagnette'; did you mean imagenette"),
        ("@qqqq", "known: "),
        ("own:rex", "no class of your own is called 'rex'"),
        ("dog-cat", "did you mean dog - cat"),
        ("", "no synset or word"),
        ("qqqqqqqq", "no synset or word is called 'qqqqqqqq'"),
    ],
)
def test_an_unknown_name_says_what_is_close(resolver: Resolver, name: str, sentence: str) -> None:
    with pytest.raises(UnknownName) as caught:
        resolver.resolve(name)
    assert sentence in str(caught.value)


@given(st.text(max_size=30))
def test_any_text_is_resolved_or_refused_as_an_unknown_name(name: str) -> None:
    with suppress(UnknownName):
        assert len(Resolver(Graph.load()).resolve(name).ids) > 0


REX, PUP, ALIEN = OWN + 7, OWN + 2, OWN + 3


@pytest.fixture
def own(graph: Graph) -> Resolver:
    classes = [
        OwnClass(REX, "Rex", DOG),
        OwnClass(PUP, "rex's pup (1)", REX),
        OwnClass(ALIEN, "Zorgon"),
    ]
    return Resolver(graph, own=classes)


def test_own_classes_lie_under_the_synsets_their_parents_reach(own: Resolver, graph: Graph) -> None:
    assert own.at_or_under(ANIMAL).tolist() == [*graph.at_or_under(ANIMAL).tolist(), PUP, REX]
    assert own.at_or_under(CAT).max() < OWN
    assert own.at_or_under(REX).tolist() == [PUP, REX]
    assert own.at_or_under(ALIEN).tolist() == [ALIEN]


def test_own_classes_know_everything_above_them(own: Resolver, graph: Graph) -> None:
    above = set(graph.ancestors(DOG).tolist()) | {DOG}
    assert set(own.own.ancestors(PUP)) == above | {REX}
    assert own.own.ancestors(ALIEN) == []


@pytest.mark.parametrize("name", ["own:Rex", "own:rex", "OWN: rex"])
def test_an_own_class_is_written_own_name(own: Resolver, name: str) -> None:
    found = own.resolve(name)
    assert (found.synset, found.name) == (REX, "own:Rex")


def test_an_own_class_never_takes_a_words_meaning(graph: Graph) -> None:
    own = Resolver(graph, own=[OwnClass(OWN, "dog")])
    assert own.resolve("dog").synset == DOG
    assert own.resolve("own:dog").synset == OWN


def test_own_names_that_differ_in_case_alone_must_be_written_exactly(graph: Graph) -> None:
    own = Resolver(graph, own=[OwnClass(OWN, "Cat"), OwnClass(OWN + 1, "cat")])
    assert own.resolve("own:cat").synset == OWN + 1
    with pytest.raises(UnknownName, match="Cat or cat"):
        own.resolve("own:CAT")


def test_a_word_that_is_only_an_own_class_is_hinted_at(own: Resolver) -> None:
    with pytest.raises(UnknownName, match="did you mean own:Zorgon"):
        own.resolve("zorgon")
    with pytest.raises(UnknownName, match="did you mean Rex"):
        own.resolve("own:Rexx")


@pytest.mark.parametrize(
    "classes",
    [
        [OwnClass(OWN, "a", OWN)],
        [OwnClass(OWN, "a", OWN + 1), OwnClass(OWN + 1, "b", OWN)],
        [OwnClass(OWN, "a", OWN + 9)],
        [OwnClass(OWN, "a", 5)],
    ],
)
def test_own_classes_that_hang_wrongly_are_refused(graph: Graph, classes: list[OwnClass]) -> None:
    with pytest.raises(TaxonomyError):
        OwnClasses(graph, classes)


def test_an_own_class_cannot_have_a_synsets_id() -> None:
    with pytest.raises(ValueError, match="below 100000000"):
        OwnClass(DOG, "rex")
