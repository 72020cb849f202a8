from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.errors import ImageListError
from imnet_data.layouts.image_names import read_name
from imnet_data.subsets.image_list import ImageList, Named
from imnet_data.subsets.listed_keys import keys_of
from imnet_data.subsets.recipe_parts import OnlyIds

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["n01440764_10026", "n01440764_18", "n02105855_2933", "ILSVRC2012_val_00000293"]

FORMATS = {
    "train_cls.txt": "".join(
        f"{name[:9]}/{name} {at}\n" for at, name in enumerate(NAMES, 1)
    ),
    "1percent.txt": "".join(f"{name}.JPEG\n" for name in NAMES),
    "windows.txt": "\ufeff" + "\r\n".join(f"train\\{name}.JPEG" for name in NAMES),
    "paths.txt": "\n".join(f"/data/train/x/{name}.JPEG 17" for name in NAMES),
    "hub.txt": "\n".join(f"{name}_n01440764.JPEG" for name in NAMES),
    "LOC_train_solution.csv": "ImageId,PredictionString\n"
    + "".join(f"{name},n01440764 13 22 477 309 \n" for name in NAMES),
    "column.csv": "label,filename\n" + "".join(f'3,"{name}.JPEG"\n' for name in NAMES),
    "plain.csv": "".join(f"{name}.JPEG,3\n" for name in NAMES),
    "tabs.tsv": "split\timage\n" + "".join(f"train\t{name}\n" for name in NAMES),
    "lines.jsonl": "".join(f'{{"split": "train", "name": "{name}"}}\n' for name in NAMES),
    "coco.jsonl": "".join(f'{{"id": 3, "file_name": "a/{name}.JPEG"}}\n' for name in NAMES),
}  # fmt: skip


def listed(at: Path, text: str, name: str = "list.txt") -> ImageList:
    path = at / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return ImageList.read(path)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_lists_the_same_images_with_the_same_digest(tmp_path: Path, name: str) -> None:
    found = listed(tmp_path, FORMATS[name], name)
    assert found.count == len(NAMES)
    assert found.has([*NAMES, "n01440764_1002", "n01440764_180", "ILSVRC2012_test_00000293"]
                     ).tolist() == [True] * 4 + [False] * 3  # fmt: skip
    shuffled = [f"{name}\n" for name in reversed(NAMES)]
    assert found.digest == listed(tmp_path, "".join(shuffled * 2)).digest
    assert found.digest != listed(tmp_path, "".join(shuffled[1:])).digest


def test_what_the_copy_lacks_is_counted_and_the_first_are_named_as_written(tmp_path: Path) -> None:
    text = "".join(f"n01440764/n01440764_{n} {n}\n" for n in range(1, 101)) + "odd one.jpg\n"
    found = listed(tmp_path, text)
    found.has([f"n01440764_{n}" for n in range(1, 91)])
    found.has([f"n01440764_{n}" for n in range(500, 600)])
    assert found.absent(2) == Named(11, ("n01440764/n01440764_91", "n01440764/n01440764_92"))
    found.has(["cats/odd one.jpg"])
    assert found.absent(20).count == 10


def test_names_that_stand_there_twice_are_counted_and_named_once(tmp_path: Path) -> None:
    found = listed(
        tmp_path, "n01440764_1\nn01440764/n01440764_1.JPEG 4\na.jpg\nb.jpg\na.jpg\na.jpg"
    )
    assert found.count == 3
    assert found.repeated() == Named(3, ("n01440764_1", "a.jpg"))
    assert listed(tmp_path, "a.jpg\n").repeated() == Named(0, ())


@pytest.mark.parametrize(
    ("line", "image", "is_listed"),
    [
        ("dog/1.jpg", "dog/1.jpg", True),
        ("train/dog/1.jpg", "dog/1.jpg", True),
        ("./dog/1.jpg", "dog/1.jpg", True),
        ("dog\\1.jpg", "dog/1.jpg", True),
        ("dog/1", "dog/1.jpg", True),
        ("1.jpg", "dog/1.jpg", True),
        ("1", "dog/1.jpg", True),
        ("dog/1.jpg", "dog/1", True),
        ("dog/1.jpg 3", "dog/1.jpg", True),
        ("my dog 1.jpg", "my dog 1.jpg", True),
        ("holiday 1", "holiday 1", True),
        ("holiday 1", "holiday", False),
        ("cat/1.jpg", "dog/1.jpg", False),
        ("dog/1.jpg", "hotdog/1.jpg", False),
        ("og/1.jpg", "dog/1.jpg", False),
        ("dog/1.jpg", "1.png", False),
        ("dog/1.jpg", "dog/1.png", False),
        ("1.jpg", "dog/11.jpg", False),
        ("n01440764_007.JPEG", "n01440764_007", True),
        ("n01440764_007.JPEG", "n01440764_7", False),
        ("n01440764_12345678901.JPEG", "n01440764_12345678901", True),
        ("caf\udce9.jpg", "caf\uefe9.jpg", True),
    ],
)
def test_other_names_count_as_the_end_of_a_path(
    tmp_path: Path, line: str, image: str, is_listed: bool
) -> None:
    assert listed(tmp_path, f"{line}\n").has([image]).tolist() == [is_listed]


known_names = st.builds(
    lambda wnid, number, tail: f"n{wnid:08d}_{number}{tail}",
    st.integers(0, 99_999_999),
    st.integers(0, 10**10 - 1),
    st.sampled_from(["", ".JPEG", "_n01440764"]),
)  # fmt: skip
any_names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=30)
@given(st.lists(known_names | any_names, max_size=12))
def test_names_get_the_same_keys_alone_and_together(names: list[str]) -> None:
    together = keys_of(names).tolist()
    assert together == [keys_of([name])[0] for name in names]
    for name, key in zip(names, together, strict=True):
        parsed = read_name(name)
        if parsed is not None and parsed.wnid is not None and parsed.plain:
            assert key == int(parsed.wnid[1:]) << 34 | parsed.number


def test_a_long_list_is_read_in_parts_without_losing_any(tmp_path: Path) -> None:
    drawn = random.Random(3).sample(range(10**7), 90_000)
    names = [f"n{1440764 + n % 900:08d}_{n}" for n in drawn]
    found = listed(tmp_path, "".join(f"{name[:9]}/{name} {at}\n" for at, name in enumerate(names)))
    assert found.count == len(names)
    assert found.has(names[::-1]).all()
    assert found.absent() == Named(0, ())


def test_a_recipes_digest_refuses_a_list_of_other_images(tmp_path: Path) -> None:
    found = listed(tmp_path, "a.jpg\nb.jpg\n")
    assert ImageList.of(OnlyIds(found.path, found.digest)).count == 2
    listed(tmp_path, "a.jpg\nc.jpg\n")
    with pytest.raises(ImageListError, match="other images"):
        ImageList.of(OnlyIds(found.path, found.digest))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("empty.txt", "\n  \n", "empty"),
        ("list.json", '["a.jpg"]', "a name a line"),
        ("broken.jsonl", '{"name": "a"}\n{"name": ', "in line 2"),
        ("other.jsonl", '{"name": "a"}\n{"title": "b"}\n', "name, imageid"),
        ("mixed.jsonl", '{"name": "a"}\nb.jpg\n', "in line 2"),
        ("short.csv", "label,image\n3,a.jpg\n4\n", "in line 3"),
        ("picture.txt", "\x89PNG\0\0\n", "no text"),
        ("one_line.txt", "a" * 70_000, "no text"),
    ],
)
def test_what_is_no_list_of_images_is_told_with_its_line(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(ImageListError, match=said):
        listed(tmp_path, text, name)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImageListError, match="cannot be read"):
        ImageList.read(tmp_path / "none.txt")
    with pytest.raises(ImageListError, match="cannot be read"):
        ImageList.read(tmp_path)
