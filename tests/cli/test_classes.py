"""classes list, add, parent, remove: a user's own classes from one end to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import answer, on_terminal, run
from tests.db.processes import DROP, outcome, public_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A catalogue of a folder of two own classes, and one of WordNet's."""
    for image in ("rex/1.jpg", "rex/2.jpg", "whiskers/1.jpg", "n02084071/1.jpg"):
        (tmp_path / "pets" / image).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pets" / image).write_bytes(image.encode())
    path = tmp_path / "x.db"
    run("index", tmp_path / "pets", catalogue=path)
    return path


def test_a_class_that_was_hung_under_dog_is_a_dog_everywhere(db: Path) -> None:
    done = run("classes", "parent", "rex", "dog", catalogue=db)
    assert done.stdout == "own:rex is under dog.n.01 (n02084071)\n"
    assert done.stderr.startswith("dog: read as dog.n.01")
    (rex, whiskers) = answer("classes", "list", catalogue=db)
    assert rex == {"name": "own:rex", "parent": "dog.n.01", "images": 2, "subtree_images": 2}
    assert whiskers["parent"] is None
    tree = answer("tree", "dog", catalogue=db)
    assert (tree["images"], tree["subtree_images"]) == (1, 3)
    assert "own:rex" in {child["name"] for child in tree["children"]}
    assert "own:rex" not in {own["name"] for own in answer("tree", catalogue=db)["own_classes"]}
    assert run("images", "dog", "--count", catalogue=db).stdout == "3\n"
    assert run("images", "dog - own:rex", "--count", catalogue=db).stdout == "1\n"
    assert answer("search", "rex", catalogue=db)[0]["subtree_images"] == 2
    shown = answer("show", "own:rex", catalogue=db)
    assert shown["hypernyms"] == ["dog.n.01"]
    assert [len(path) for path in shown["paths"]] == [15, 10]
    assert "own:rex" in answer("show", "dog.n.01", catalogue=db)["hyponyms"]
    assert answer("stats", catalogue=db)["synsets"] == 3


def test_a_class_is_made_hung_moved_and_removed(db: Path) -> None:
    done = run("classes", "add", "own:tom", "kitty", "--parent", "cat.n.01", catalogue=db)
    assert done.stdout == (
        "made own:tom, under cat.n.01 (n02121620)\nmade own:kitty, under cat.n.01 (n02121620)\n"
    )
    assert "keeps meaning pool.n.07: write own:kitty" in done.stderr
    run("classes", "parent", "kitty", "own:tom", catalogue=db)
    done = run("classes", "parent", "kitty", "none", catalogue=db)
    assert done.stdout == "own:kitty is under no other class\n"
    assert run("classes", "remove", "Kitty", "tom", catalogue=db).stdout == (
        "removed own:kitty\nremoved own:tom\n"
    )
    names = [row["name"] for row in answer("classes", "list", catalogue=db)]
    assert names == ["own:rex", "own:whiskers"]


@pytest.mark.parametrize(
    ("words", "code", "sentence", "advice"),
    [
        (["add", "dog.n.01"], 2, "it means a class of WordNet, n02084071", "classes add --help"),
        (["add", "REX"], 1, "own:rex already, and 'REX' differs in case", "classes list"),
        (["add", "a", "--parent", "dogg"], 1, "no synset or word is called 'dogg'", "search doggy"),
        (["parent", "rex", "own:nix"], 1, "no class of your own is called 'nix'", "classes list"),
        (["parent", "nix", "dog.n.01"], 1, "no class of your own is called 'nix'", "classes list"),
        (["parent", "rex", "@imagenette"], 1, "is a list of classes", "images --help"),
        (["parent", "rex", "own:rex"], 1, "cannot hang under itself", "classes parent rex none"),
        (["remove", "rex"], 1, "it has 2 images", "archives remove"),
        (["remove", "mother"], 1, "it has own:child under it", "classes parent child none"),
        (["parent", "mother", "own:child"], 1, "own:child under own:mother", "parent child none"),
        (["--json", "list"], 2, "options of 'classes list' stand behind it", "classes --help"),
        (["imagenette", "imagewoof"], 2, "unexpected extra argument", "classes --help"),
    ],
)
def test_what_cannot_be_is_a_sentence_the_next_thing_to_type_and_an_exit_code(
    db: Path, words: list[str], code: int, sentence: str, advice: str
) -> None:
    run("classes", "add", "mother", catalogue=db)
    run("classes", "add", "child", "--parent", "own:mother", catalogue=db)
    before = answer("classes", "list", catalogue=db)
    done = run("classes", *words, catalogue=db)
    assert (done.exit_code, done.stdout) == (code, "")
    *_, failure, advised = done.stderr.splitlines()
    assert failure.startswith("imnet-data: ")
    assert sentence in failure
    assert advised.startswith("try: ")
    assert advice in advised
    assert answer("classes", "list", catalogue=db) == before


def test_a_catalogue_that_can_only_be_read_says_so() -> None:
    script = (
        "from imnet_data.cli.main import program\n"
        "words = ['-c', path, 'classes', 'add']\n"
        "program.main([*words, '@'], standalone_mode=False)\n"  # loads all that is needed
        "sys.stderr = sys.stdout\n"
        f"{DROP}"
        "print(program.main([*words, 'tom'], standalone_mode=False))\n"
    )
    with public_folder() as folder:
        (folder / "pets" / "rex").mkdir(parents=True)
        (folder / "pets" / "rex" / "1.jpg").write_bytes(b"rex")
        run("index", folder / "pets", catalogue=folder / "x.db")
        folder.chmod(0o555)
        told = outcome(script, folder / "x.db").splitlines()
    assert told == [
        f"imnet-data: {folder}/x.db can only be read from this account",
        "try: -c with a path in a folder of your own",
        "1",
    ]


def test_help_tells_of_the_lists_and_of_the_commands_that_go_before_a_list_of_their_name(
    db: Path,
) -> None:
    shown = run("classes", "--help").stdout
    assert "imnet-data classes [OPTIONS] [LIST] | COMMAND [ARGS]..." in shown
    assert all(word in shown for word in ("--format", "--json", "add ", "parent ", "remove "))
    assert run("classes", "imagenette", "-h").stdout == shown
    assert run("classes", "list", catalogue=db).stdout.startswith("class ")
    assert "--parent" in run("classes", "add", "--help").stdout


def test_without_a_class_of_ones_own_the_list_is_empty_and_says_how_to_make_one(
    catalogue: Path,
) -> None:
    assert answer("classes", "list", catalogue=catalogue) == []
    done = run("classes", "list", catalogue=catalogue)
    assert "classes add NAME makes one" in done.stderr


def test_the_list_fits_the_terminal(db: Path) -> None:
    run("classes", "add", "long " * 30, "--parent", "dog.n.01", catalogue=db)
    lines = on_terminal("-c", db, "classes", "list", NO_COLOR="1").splitlines()
    assert max(map(len, lines)) == 80
    assert any("…" in line and "dog.n.01" in line for line in lines)
