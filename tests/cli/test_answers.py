"""stats, archives, tree, show, search, classes: what they answer, as text and as JSON."""

from __future__ import annotations

import csv
import io
import re
import shutil
from typing import TYPE_CHECKING

from imnet_data.facts import ilsvrc
from tests.cli.conftest import answer, run

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.demo.build import Demo


def test_stats_have_the_keys_that_other_tools_rely_on(catalogue: Path, demo: Demo) -> None:
    held = answer("stats", catalogue=catalogue)
    assert (held["images"], held["synsets"], held["unlabelled"]) == (212, 24, 20)
    images = {split: amount["images"] for split, amount in held["splits"].items()}
    assert images == {"train": 144, "val": 48, "test": 20}
    assert sum(amount["bytes"] for amount in held["splits"].values()) == held["bytes"]
    train = next(a for a in held["archives"] if a["path"] == str(demo.train))
    assert (train["release"], train["layout"]) == ("ilsvrc2012", "ilsvrc-train")
    assert (train["images"], train["bytes"]) == (144, held["splits"]["train"]["bytes"])
    text = run("stats", catalogue=catalogue).stdout
    assert "212 images, 24 classes" in text
    assert "20 without a label" in text


def test_an_archive_that_is_gone_is_missing_and_can_be_removed_or_found_again(
    demo: Demo, tmp_path: Path
) -> None:
    db = tmp_path / "db" / "x.db"
    db.parent.mkdir()
    old, new = tmp_path / "old.tar", tmp_path / "new.tar"
    shutil.copy(demo.val, old)
    run("index", old, catalogue=db)
    old.rename(new)
    assert "missing" in run("archives", "list", catalogue=db).stdout
    done = run("archives", "relocate", old, new, catalogue=db)
    assert done.stdout == f"now at {new}\n"
    (listed,) = answer("archives", "list", catalogue=db)
    assert (listed["path"], listed["state"], listed["images"]) == (str(new), "whole", 48)
    done = run("archives", "remove", new, catalogue=db)
    assert done.stdout == f"removed {new}: 48 images gone\n"
    assert new.exists()
    assert answer("archives", "list", catalogue=db) == []


def test_an_archive_cannot_be_relocated_to_another_file(demo: Demo, tmp_path: Path) -> None:
    old = tmp_path / "old.tar"
    shutil.copy(demo.val, old)
    run("index", old, catalogue=tmp_path / "x.db")
    done = run("archives", "relocate", old, demo.train, catalogue=tmp_path / "x.db")
    assert done.exit_code == 1
    assert "has changed since it was indexed" in done.stderr


def test_removing_an_archive_keeps_the_images_that_another_one_holds(
    demo: Demo, tmp_path: Path
) -> None:
    copy = tmp_path / "ILSVRC2012_img_val_copy.tar"
    shutil.copy(demo.val, copy)
    run("index", demo.val, copy, catalogue=tmp_path / "x.db")
    (first, _) = answer("archives", "list", catalogue=tmp_path / "x.db")
    name = answer("images", "--limit", "1", catalogue=tmp_path / "x.db")[0]["name"]
    (other,) = answer("show", name, catalogue=tmp_path / "x.db")["alternates"]
    assert other["archive"] != first["path"]
    done = run("archives", "remove", first["path"], catalogue=tmp_path / "x.db")
    assert done.stdout.endswith(": 0 images gone, 48 kept, which other archives hold too\n")


def test_a_tree_counts_own_and_all_and_says_which_other_parents_a_class_has(
    catalogue: Path,
) -> None:
    root = answer("tree", "carnivore", "--depth", "3", catalogue=catalogue)
    assert {"wnid", "name", "images", "subtree_images", "children"} <= set(root)
    assert (root["name"], root["images"], root["subtree_images"]) == ("carnivore.n.01", 0, 48)
    canine = next(child for child in root["children"] if child["name"] == "canine.n.02")
    dog = next(child for child in canine["children"] if child["name"] == "dog.n.01")
    assert (dog["wnid"], dog["subtree_images"]) == ("n02084071", 32)
    assert dog["also_under"] == ["domestic_animal.n.01"]
    text = run("tree", "carnivore", "--depth", "3", catalogue=catalogue).stdout
    assert "also under domestic_animal.n.01" in text
    assert "without images" in text
    assert "wolf" not in text
    assert "wolf" in run("tree", "carnivore", "--all", catalogue=catalogue).stdout


def test_what_is_reached_on_two_ways_is_shown_once_and_then_marked() -> None:
    lines = run("tree", "physical_entity", "--depth", "4").stdout.splitlines()
    first, again = [line for line in lines if " agent.n.03 " in line]
    assert first.endswith("also under substance.n.07")
    assert again.endswith("shown above")
    assert len([line for line in lines if " drug.n.01 " in line]) == 1


def test_what_was_cut_off_by_the_depth_is_shown_where_there_is_room() -> None:
    # A dog is seven levels down as a chordate, and two as a domestic animal.
    lines = run("tree", "animal", "--depth", "7").stdout.splitlines()
    assert len([line for line in lines if " dog.n.01 " in line]) == 2
    assert len([line for line in lines if " toy_dog.n.01 " in line]) == 1


def test_every_class_below_is_shown_once_in_full_however_many_ways_lead_to_it() -> None:
    heading, top, *below = run("tree", "mammal", "--depth", "30").stdout.splitlines()
    in_full = [line for line in below if not line.endswith("shown above")]
    assert len(in_full) < len(below)
    assert top.split()[-1] == f"{len(in_full) + 1:,}"
    assert heading.split() == ["synset", "wnid", "classes"]


def test_the_whole_tree_tells_of_own_classes_and_images_without_label(
    catalogue: Path, tmp_path: Path
) -> None:
    whole = answer("tree", catalogue=catalogue)
    assert (whole["name"], whole["subtree_images"], whole["unlabelled"]) == ("entity.n.01", 192, 20)
    for klass in ("rex", "n02084071"):
        (tmp_path / "pets" / klass).mkdir(parents=True)
        (tmp_path / "pets" / klass / "1.png").write_bytes(b"x")
    run("index", tmp_path / "pets", catalogue=tmp_path / "x.db")
    whole = answer("tree", catalogue=tmp_path / "x.db")
    assert whole["subtree_images"] == 1
    (own,) = whole["own_classes"]
    assert (own["name"], own["wnid"], own["images"]) == ("own:rex", None, 1)
    assert "own:rex" in run("tree", catalogue=tmp_path / "x.db").stdout
    (hit,) = answer("search", "rex", "--limit", "1", catalogue=tmp_path / "x.db")
    assert (hit["name"], hit["subtree_images"]) == ("own:rex", 1)


def test_a_class_is_shown_with_its_place_its_images_and_its_numbers(catalogue: Path) -> None:
    shown = answer("show", "crane.n.05", catalogue=catalogue)
    assert (shown["wnid"], shown["name"], shown["lemmas"]) == ("n02012849", "crane.n.05", ["crane"])
    assert "gloss" in shown
    assert shown["hypernyms"] == ["wading_bird.n.01"]
    assert shown["hyponyms"] == ["whooping_crane.n.01"]
    assert (shown["images"], shown["subtree_images"]) == (8, 8)
    assert shown["counts"] == [
        {"release": "ilsvrc2012", "split": "train", "images": 6, "subtree_images": 6},
        {"release": "ilsvrc2012", "split": "val", "images": 2, "subtree_images": 2},
    ]
    one = ilsvrc.by_wnid()["n02012849"]
    assert shown["ilsvrc_class_index"] == one.class_index == 134
    assert shown["ilsvrc2012_id"] == one.ilsvrc2012_id
    text = run("show", "crane.n.05", catalogue=catalogue).stdout
    assert f"class index 134 (of 0..999, by wnid), ILSVRC2012_ID {one.ilsvrc2012_id} " in text


def test_every_way_to_the_root_is_shown() -> None:
    assert [len(path) for path in answer("show", "dog.n.01")["paths"]] == [14, 9]
    text = run("show", "dog.n.01").stdout
    assert len(re.findall(r"\bentity\.n\.01 ", text)) == 2
    assert "images" not in text  # there is no catalogue to count in


def test_an_image_is_shown_with_its_place(catalogue: Path, demo: Demo) -> None:
    shown = answer("show", "n02105855_2933", catalogue=catalogue)
    assert (shown["kind"], shown["synset"]) == ("image", "shetland_sheepdog.n.01")
    assert shown["archive"] == str(demo.train)
    assert shown["member"] == "n02105855.tar/n02105855_2933.JPEG"
    text = run("show", "n02105855_2933", catalogue=catalogue).stdout
    assert f"{shown['size']:,} bytes, from byte {shown['offset']:,}" in text


def test_an_image_cannot_be_shown_without_a_catalogue() -> None:
    done = run("show", "n02105855_2933")
    assert done.exit_code == 1
    assert "there is no catalogue" in done.stderr


def test_a_search_finds_every_sense_and_says_where_the_images_are(catalogue: Path) -> None:
    hits = answer("search", "crane", "--limit", "5", catalogue=catalogue)
    counts = {hit["name"]: hit["subtree_images"] for hit in hits}
    assert counts["crane.n.04"] == counts["crane.n.05"] == 8
    assert counts["crane.n.01"] == 0
    done = run("search", "crane", "--limit", "2", catalogue=catalogue)
    assert len(done.stdout.splitlines()) == 3
    assert "--limit" in done.stderr
    assert run("search", "xyzzyx", "--json").exit_code == 1


def test_a_class_list_numbers_its_classes_in_its_own_order_with_ilsvrcs_beside() -> None:
    rows = answer("classes", "@tiny-imagenet")
    assert (rows[0]["index"], rows[0]["wnid"]) == (0, "n02124075")
    assert (rows[0]["ilsvrc_class_index"], rows[0]["ilsvrc2012_id"]) == (285, 8)
    text = run("classes", "imagenet12k", "--format", "csv").stdout
    read = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["index"]) for row in read] == list(range(11_821))
    other = next(row for row in read if not row["ilsvrc_class_index"])
    assert other["words"]
    assert not other["ilsvrc2012_id"]
    lists = {row["list"]: row["classes"] for row in answer("classes")}
    assert (lists["ilsvrc2012"], lists["imagenette"]) == (1000, 10)


def test_the_thousand_have_the_devkits_words_and_both_numbers() -> None:
    rows = answer("classes", "ilsvrc2012")
    assert [row["index"] for row in rows] == [row["ilsvrc_class_index"] for row in rows]
    assert sorted(row["ilsvrc2012_id"] for row in rows) == list(range(1, 1001))
    cranes = [row for row in rows if row["words"] == "crane"]
    assert [row["index"] for row in cranes] == [134, 517]
