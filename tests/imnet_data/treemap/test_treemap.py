from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from imnet_data.scope import Scope
from imnet_data.tally import Tally
from imnet_data.taxonomy.own import OwnClass
from imnet_data.treemap.branches import Branches, branches
from imnet_data.treemap.page import page

_DOG, _PUPPY_DOG, _CAT = 2084071, 2087046, 2121620  # dog.n.01, toy_dog.n.01, cat.n.01
_ODD = "</script><script>alert(1)</script>\u202e"


def tree_of(images: dict[int, int], own: tuple[OwnClass, ...] = ()) -> Branches:
    rows = [(synset, 1, 0, count, count) for synset, count in images.items()]
    tally = Tally(rows, releases={1: "mine"}, own=own, changes=0)
    scope = Scope(None, own=own)
    scope.__dict__["_empty"] = tally
    return branches(scope)


def path_of(tree: Branches, name: str) -> list[str]:
    place = tree.names.index(name)
    path = []
    while place >= 0:
        path.append(tree.names[place])
        place = tree.parents[place]
    return path[::-1]


def test_each_image_is_drawn_once_though_dogs_have_two_parents() -> None:
    tree = tree_of({_DOG: 5, _PUPPY_DOG: 3, _CAT: 4})
    assert tree.drawn()[0] == tree.in_all[0] == sum(tree.own) == 12
    dog = tree.names.index("dog.n.01")
    assert (tree.own[dog], tree.in_all[dog], tree.drawn()[dog]) == (5, 8, 8)
    domestic = tree.names.index("domestic_animal.n.01")
    assert (tree.in_all[domestic], tree.drawn()[domestic]) == (8, 0)  # the dogs are elsewhere
    assert tree.also[dog] == [domestic]
    assert path_of(tree, "dog.n.01")[-2:] == ["canine.n.02", "dog.n.01"]


def test_parents_come_before_their_children() -> None:
    tree = tree_of({_DOG: 1, _CAT: 1})
    assert tree.parents[0] == -1
    assert all(parent < place for place, parent in enumerate(tree.parents))


def test_own_classes_and_images_without_a_label_have_their_places() -> None:
    rex = OwnClass(100_000_000, "rex", _DOG)
    thing = OwnClass(100_000_001, "thing")
    tree = tree_of({0: 7, _DOG: 1, rex.id: 2, thing.id: 4}, (rex, thing))
    assert tree.drawn()[0] == 14
    assert path_of(tree, "own:rex")[-2:] == ["dog.n.01", "own:rex"]
    assert path_of(tree, "own:thing") == ["all images", "your own classes", "own:thing"]
    assert tree.own[tree.names.index("without a label")] == 7
    assert tree.classes == 3


class _Scripts(HTMLParser):
    """The scripts of a page, by kind, and its policy."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.policy = ""
        self._kind: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not {"src", "href"} & given.keys()  # nothing from elsewhere
        if tag == "script":
            self._kind = given.get("type") or "script"
            self.found.append((self._kind, ""))
        if given.get("http-equiv"):
            self.policy = given["content"] or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._kind = None

    def handle_data(self, data: str) -> None:
        if self._kind is not None:
            self.found[-1] = (self._kind, self.found[-1][1] + data)


def read(text: str) -> tuple[_Scripts, dict[str, Any]]:
    parser = _Scripts()
    parser.feed(text)
    parser.close()
    (data, script) = parser.found
    assert (data[0], script[0]) == ("application/json", "script")
    return parser, json.loads(data[1])


def test_a_page_runs_its_own_script_and_no_other_whatever_a_class_is_called() -> None:
    own = OwnClass(100_000_000, _ODD)
    text = "".join(page(tree_of({_DOG: 1, own.id: 1}, (own,)), where=_ODD))
    parser, tree = read(text)
    script = parser.found[1][1]
    mark = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert re.search(r"script-src 'sha256-([^']+)'", parser.policy)[1] == mark  # type: ignore[index]
    assert "own:</script><script>alert(1)</script>\\u202e" in tree["names"]
    assert "alert(1)</script>" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("images", [{}, {0: 3}])
def test_a_catalogue_without_classes_has_a_page_too(images: dict[int, int]) -> None:
    _, tree = read("".join(page(tree_of(images), where="x.db")))
    assert tree["all"] == tree["own"] == [0] or sum(tree["own"]) == 3
