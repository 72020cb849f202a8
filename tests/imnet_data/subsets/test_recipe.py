from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.errors import ExpressionError, RecipeError
from imnet_data.subsets.recipe import Recipe
from imnet_data.subsets.recipe_parts import OnlyIds, Superclasses

if TYPE_CHECKING:
    from pathlib import Path

AS_IN_THE_GUIDE = """
name = "pets"
release = "ilsvrc2012"
classes = "dog | cat"
order = "wnid"
splits = ["training", "val"]
per_class = 100
seed = 7
holdout = 0.1
drop = ["broken", "tiny"]
keep = ["truncated"]
min_side_px = 64
only_ids = "train_cls.txt"
[merge]
living = "organism"
artefact = "artifact.n.01 - instrumentality.n.03"
"""


def test_every_key_of_a_recipe_file_is_read() -> None:
    recipe = Recipe.of_toml(AS_IN_THE_GUIDE)
    assert recipe == Recipe(
        "pets",
        release="ilsvrc2012",
        classes="dog | cat",
        splits=("train", "val"),
        per_class=100,
        seed=7,
        holdout=0.1,
        drop=("broken", "tiny"),
        keep=("truncated",),
        min_side_px=64,
        only_ids=OnlyIds("train_cls.txt"),
        merge={"living": "organism", "artefact": "artifact.n.01 - instrumentality.n.03"},
    )
    assert list(recipe.merge) == ["living", "artefact"]


def test_a_list_of_images_is_looked_for_beside_the_recipe(tmp_path: Path) -> None:
    file = tmp_path / "pets.toml"
    file.write_text('only_ids = "lists/mine.txt"\n')
    recipe = Recipe.of_file(file, name="pets")
    assert recipe.only_ids == OnlyIds(str(tmp_path / "lists" / "mine.txt"))


storable = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
names = st.from_regex(r"[a-z0-9][a-z0-9_.+-]{0,20}", fullmatch=True)
quoted = st.builds(lambda text: '"x' + text.replace('"', '""') + '"', storable)
expressions = st.sampled_from(["dog | cat", "@tiny-imagenet"]) | quoted
class_names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="/\\"),
    min_size=1,
    max_size=30,
).filter(lambda text: text == text.strip() and not text.startswith("."))
shares = st.floats(0, 1, exclude_min=True, exclude_max=True)
whole = st.integers(1, 2**63 - 1)
unique: dict[str, Any] = {"unique": True, "max_size": 4}


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    said: dict[str, Any] = {
        "about": draw(storable),
        "release": draw(st.none() | storable.filter(lambda text: text.strip() not in ("", "*"))),
        "classes": draw(
            st.none() | expressions | st.lists(storable, min_size=1, **unique).map(tuple)
        ),
        "splits": tuple(
            draw(st.lists(st.sampled_from(["none", "train", "val", "test"]), **unique))
        ),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "holdout": draw(st.none() | shares),
        "drop": tuple(draw(st.lists(st.sampled_from(["broken", "odd", "tiny"]), **unique))),
        "keep": tuple(draw(st.lists(st.sampled_from(["note", "cmyk"]), **unique))),
        "min_side_px": draw(st.none() | whole),
        "only_ids": draw(
            st.none() | st.builds(OnlyIds, storable.filter(bool), st.none() | storable)
        ),
    }
    if said["release"] is not None:
        others = st.lists(names, **unique)
        said["or_releases"] = tuple(draw(others))
    said |= draw(
        st.fixed_dictionaries({"per_class": whole})
        | st.fixed_dictionaries({"fraction": shares | st.just(1.0)})
        | st.just({})
    )
    cuts = st.sampled_from(["depth", "count", "max_classes"])
    said |= draw(
        st.fixed_dictionaries({"merge": st.dictionaries(class_names, expressions, max_size=4)})
        | st.builds(
            lambda key, n, least: {"superclasses": Superclasses(**{key: n}, min_classes=least)},
            cuts, whole, whole,
        )
    )  # fmt: skip
    if said["splits"] == ("test",):
        said["holdout"] = None  # the two are refused together
    return Recipe(draw(names), **said)


@settings(max_examples=25)
@given(recipes())
def test_a_recipe_comes_back_from_toml_and_json_as_it_was(recipe: Recipe) -> None:
    for back in (
        Recipe.of_toml(recipe.to_toml()),
        Recipe.of_mapping(json.loads(json.dumps(recipe.to_mapping()))),
    ):
        assert back == recipe
        assert list(back.merge) == list(recipe.merge)


def test_what_is_as_by_default_is_not_written() -> None:
    assert Recipe("pets").to_toml() == 'name = "pets"\n'
    assert Recipe("pets", drop=()).to_toml() == 'name = "pets"\ndrop = []\n'


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ("per_clas = 3", "per_clas", "did you mean per_class"),
        ("classes = 3", "classes", "an expression, or a list of classes' names"),
        ("classes = []", "classes", "one at least"),
        ('classes = ["dog", "dog"]', "classes", "twice"),
        ('classes = "dog |"', "classes", "a name is missing after '|'"),
        ('order = "alphabet"', "order", "wnid, list"),
        ('order = "list"', "order", "one class list"),
        ('splits = ["trian"]', "splits", "none, train, val, test"),
        ('splits = "train"', "splits", "a list of splits"),
        ("per_class = 0", "per_class", "from 1 up"),
        ("per_class = true", "per_class", "from 1 up"),
        ("per_class = 1.5", "per_class", "from 1 up"),
        ("fraction = 10", "fraction", "between 0 and 1"),
        ("fraction = nan", "fraction", "a number is wanted"),
        ("per_class = 3\nfraction = 0.1", "fraction", "one of the two"),
        ("seed = -1", "seed", "from 0 up"),
        ("seed = 9223372036854775808", "seed", "from 0 up"),
        ("holdout = 1", "holdout", "between 0 and 1"),
        ('drop = ["brokn"]', "drop", "broken, odd, note"),
        ('drop = ["archive-missing"]', "drop", "none of"),
        ("release = []", "release", "name one"),
        ('release = "*"', "release", "name one"),
        ("only_ids = 3", "only_ids", "a text is wanted"),
        ('only_ids = {digest = "x"}', "only_ids", "table of path and digest"),
        ("superclasses = {depth = 3, count = 4}", "superclasses", "one of depth, count"),
        ("superclasses = {deep = 3}", "superclasses", "depth, count, max_classes"),
        ("superclasses = {depth = 0}", "superclasses", "depth: a whole number"),
        ('superclasses = {depth = 3}\n[merge]\na = "dog"', "superclasses", "merge"),
        ('order = "list"\nclasses = "@imagenette"\n[merge]\na = "dog"', "order", "merge"),
        ('[merge]\n"a/b" = "dog"', "merge", "no name of a class"),
        ('[merge]\na = "dog & "', "merge", "a name is missing"),
        ('name = "a b"', "name", "letters, digits"),
        ('name = "../x"', "name", "letters, digits"),
    ],
)
def test_a_wrong_key_or_value_is_told_with_file_key_and_what_is_allowed(
    line: str, key: str, said: str
) -> None:
    text = line if line.startswith("name") else f'name = "pets"\n{line}'
    with pytest.raises(RecipeError) as caught:
        Recipe.of_toml(text, file="pets.toml")
    assert (caught.value.file, caught.value.key) == ("pets.toml", key)
    assert said in caught.value.reason
    assert str(caught.value).startswith(f"pets.toml: {key}: ")


def test_an_expression_that_does_not_parse_is_the_cause() -> None:
    with pytest.raises(RecipeError) as caught:
        Recipe("pets", classes="(dog")
    assert isinstance(caught.value.__cause__, ExpressionError)


@pytest.mark.parametrize("text", ["name = ", "\x00", "name = 'a'\nname = 'b'"])
def test_what_is_no_toml_is_told(text: str) -> None:
    with pytest.raises(RecipeError, match=r"x\.toml: is no TOML"):
        Recipe.of_toml(text, file="x.toml")


def test_a_file_that_cannot_be_read_or_is_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        Recipe.of_file(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    with pytest.raises(RecipeError, match="UTF-8"):
        Recipe.of_file(tmp_path / "latin.toml")
    (tmp_path / "nameless.toml").write_text("seed = 3\n")
    with pytest.raises(RecipeError, match="it has no name"):
        Recipe.of_file(tmp_path / "nameless.toml")


@pytest.mark.parametrize("text", ["", "7", "depth", "depth=x", "depth=3,count=2", "depth=-1"])
def test_a_cut_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"wanted|cut"):
        Superclasses.of(text)
