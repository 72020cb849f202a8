"""subset create, list, show, check, diff, lock, export-list, remove."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import answer, run

if TYPE_CHECKING:
    from imnet_data.demo.build import Demo


@pytest.fixture(scope="module")
def filled(catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with a subset of cats and dogs; nobody writes to it."""
    path = Path(shutil.copy(catalogue, tmp_path_factory.mktemp("filled") / "imagenet.db"))
    words = ("pets", "dog | cat", "--split", "train", "--per-class", 3, "--seed", 7)
    done = run("subset", "create", *words, catalogue=path)
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture
def db(filled: Path, tmp_path: Path) -> Path:
    """The same, to write to."""
    return Path(shutil.copy(filled, tmp_path / "x.db"))


def test_what_was_made_is_told_kept_and_found_again(db: Path) -> None:
    words = ("half", "dog", "--fraction", 0.5, "--split", "train", "--holdout", 0.25)
    done = run("subset", "create", *words, catalogue=db)
    assert done.exit_code == 0
    assert "half: 12 images of 118 classes of ilsvrc2012" in done.stdout
    assert "identical ones may be on both sides: run imnet-data verify" in done.stderr
    assert "114 synsets are without images here" in done.stderr
    shown = answer("subset", "show", "half", catalogue=db)
    assert sum(part["images"] for part in shown["parts"].values()) == 12
    assert shown["recipe"]["fraction"] == 0.5
    assert len(shown["classes"]) == 118
    listed = {one["name"]: one["is_built_in"] for one in answer("subset", "list", catalogue=db)}
    assert (listed["half"], listed["pets"], listed["ilsvrc2012"]) == (False, False, True)
    assert "pets " in run("subset", "list", catalogue=db).stdout
    assert run("subset", "remove", "half", catalogue=db).stdout == "removed half\n"
    assert run("subset", "show", "half", catalogue=db).exit_code == 1


def test_a_lock_makes_the_same_subset_on_another_machine(
    filled: Path, demo: Demo, tmp_path: Path
) -> None:
    done = run("subset", "lock", "pets", "--to", "pets.json", catalogue=filled)
    assert done.stdout == "wrote pets.json\n"
    assert run("subset", "lock", "pets", catalogue=filled).stdout == Path("pets.json").read_text()
    elsewhere = tmp_path / "elsewhere.db"
    run("index", shutil.copy(demo.train, tmp_path), catalogue=elsewhere)
    made = run("subset", "create", "theirs", "--recipe", "pets.json", catalogue=elsewhere)
    assert made.exit_code == 0, made.output
    words = ("subset", "check", "theirs", "--lock", "pets.json")
    done = run(*words, catalogue=elsewhere)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (
        0, "theirs is what its lock says: 18 images",
    )  # fmt: skip
    other = run("subset", "create", "more", "--recipe", "pets.json", "--per-class", 4,
                catalogue=elsewhere)  # fmt: skip
    assert other.exit_code == 0
    done = run("subset", "check", "more", "--lock", "pets.json", catalogue=elsewhere)
    assert done.exit_code == 1
    assert "per_class is 4 here, and 3 in the lock" in done.stdout
    assert "6 images are here and not in the lock: train/n0" in done.stdout
    found = json.loads(
        run("subset", "check", "more", "--lock", "pets.json", "--json", catalogue=elsewhere).stdout
    )
    assert [one["kind"] for one in found["differences"]] == ["recipe", "surplus"]
    assert len(found["differences"][1]["images"]) == 6


def test_a_recipe_in_toml_with_options_before_it(db: Path) -> None:
    Path("pets.toml").write_text('classes = "dog"\nsplits = ["train"]\nper_class = 2\nseed = 3\n')
    made = answer("subset", "create", "toml", "--recipe", "pets.toml", "--seed", 4, catalogue=db)
    assert (made["images"], made["recipe"]["seed"], made["recipe"]["per_class"]) == (8, 4, 2)


def test_images_are_listed_as_only_ids_reads_them(db: Path) -> None:
    plain = run("subset", "export-list", "pets", catalogue=db).stdout
    assert len(plain.splitlines()) == 18
    for form in ("txt", "csv", "jsonl"):
        path = Path(f"list.{form}")
        path.write_text(run("subset", "export-list", "pets", "--format", form, catalogue=db).stdout)
        name = f"by-{form}"
        run("subset", "create", name, "--only-ids", path, "--split", "train", catalogue=db)
        assert run("subset", "export-list", name, catalogue=db).stdout == plain
    (row, *_) = csv.DictReader(io.StringIO(Path("list.csv").read_text()))
    assert set(row) == {"name", "release", "split", "part", "label", "wnid"}
    assert json.loads(Path("list.jsonl").read_text().splitlines()[0])["part"] == "train"


def test_two_subsets_are_compared(db: Path) -> None:
    run("subset", "create", "dogs", "dog", "--split", "train", catalogue=db)
    done = run("subset", "diff", "pets", "dogs", catalogue=db)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "12 images in both")
    assert "only in pets: 6 images (train 6) and 7 classes" in done.stdout
    found = answer("subset", "diff", "pets", "dogs", catalogue=db)
    assert found["only"]["dogs"]["images"] == 12
    assert found["only"]["pets"]["by_class"] == {"tabby.n.01": 3, "persian_cat.n.01": 3}
    same = run("subset", "diff", "pets", "pets", catalogue=db)
    assert same.stdout == "pets and pets are the same: 18 images\n"


@pytest.mark.parametrize(
    ("words", "code", "sentence", "advice"),
    [
        (["create", "pets", "dog"], 1, "already called pets", "subset remove pets"),
        (["create", "imagenette", "dog"], 1, "a built-in subset is called", "another name"),
        (["create", "x", "dgo"], 1, "no synset or word is called 'dgo'", "search"),
        (["create", "x", "dog", "--per-class", "0"], 2, "per_class: a whole number", "--help"),
        (["create", "x", "--keep", "nix"], 2, "keep: 'nix' is none of", "subset create --help"),
        (["create", "x", "--merge", "nix"], 2, "no NAME=EXPR", "subset create --help"),
        (["create", "x", "--merge", "a=dog", "--merge", "a=cat"], 2, "'a' is made twice", "--help"),
        (["create", "x", "dog", "--merge", "a=cat"], 2, "none of the classes is of", "--help"),
        (["create", "x", "--split", "test", "--holdout", ".1"], 2, "test images alone", "--help"),
        (["create", "x", "--superclasses", "7"], 2, "is no cut", "subset create --help"),
        (["create", "x", "--recipe", "nix.toml"], 1, "nix.toml: cannot be read", "path of a rec"),
        (["create", "x", "dog", "--release", "nix"], 1, "has no release 'nix'", "stats"),
        (["show", "petz"], 1, "did you mean pets", "subset show pets"),
        (["show", "imagenet-100"], 1, "at least four sets", "subset list"),
        (["check", "imagenette"], 1, "no lock of it is kept here", "subset lock imagenette --to"),
        (["check", "pets", "--lock", "none.json"], 1, "cannot be read", "subset lock NAME --to"),
        (["export-list", "pets", "--part", "val"], 2, "no part 'val'; it has train", "--help"),
        (["remove", "imagenette"], 1, "a built-in subset", ""),
        (["lock", "pets", "--to", "nix/x.json"], 1, "it cannot be written", ""),
    ],
)
def test_what_cannot_be_is_a_sentence_the_next_thing_to_type_and_an_exit_code(
    filled: Path, words: list[str], code: int, sentence: str, advice: str
) -> None:
    done = run("subset", *words, catalogue=filled)
    assert (done.exit_code, done.stdout) == (code, "")
    failure, advised = done.stderr.partition("\ntry: ")[::2]
    assert sentence in failure
    assert advice in (advised or done.stderr)


@pytest.mark.parametrize(
    ("says", "option", "key", "gone"),
    [
        ("per_class = 3", ["--fraction", 0.5], "fraction", "per_class"),
        ("fraction = 0.5", ["--per-class", 1], "per_class", "fraction"),
        ("superclasses = {depth = 3}", ["--merge", "pets=dog | cat"], "merge", "superclasses"),
    ],
)
def test_an_option_takes_the_place_of_what_it_cannot_stand_beside(
    db: Path, says: str, option: list[object], key: str, gone: str
) -> None:
    Path("x.toml").write_text(says)
    made = answer("subset", "create", "x", "--recipe", "x.toml", *option, catalogue=db)
    assert key in made["recipe"]
    assert gone not in made["recipe"]


def test_classes_are_not_missed_where_only_test_images_are_asked_for(db: Path) -> None:
    made = answer("subset", "create", "x", "--split", "test", catalogue=db)
    assert made["images"] == 20
    assert made["remarks"] == []


def test_several_releases_are_named_and_what_is_advised_works(tmp_path: Path, db: Path) -> None:
    name = "imagenette2-160/train/n02102040/n02102040_9000.JPEG"
    with tarfile.open(tmp_path / "imagenette2-160.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    assert run("index", tmp_path / "imagenette2-160.tar", catalogue=db).exit_code == 0
    done = run("subset", "create", "x", "dog", catalogue=db)
    assert done.exit_code == 1
    assert done.stderr.endswith("try: the same with --release ilsvrc2012\n")
