"""Other releases, each in its own structure; their pictures are their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.facts import ilsvrc
from imnet_data.facts.validation import validation_labels

from .pictures import TENCH, Picture, classes_of, picture
from .shape import (
    BY_CLASSES,
    BY_FILE,
    BY_FOLDER,
    BY_FOLDERS,
    BY_NAMES,
    BY_TARS,
    Shape,
    told,
)
from .writing import as_tar, as_tar_gz, as_tree, as_zip, flat, in_class_folders, tar_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .writing import Files


def full_release(release: str) -> tuple[Picture, ...]:
    """Two classes of a full release, one of them none of ILSVRC's."""
    return tuple(
        picture(f"{wnid}_{number}", "none", wnid, release=release)
        for wnid in (TENCH, "n02084071")
        for number in (10026, 7)
    )


def full_release_files(release: str, top: str = "") -> Files:
    held = full_release(release)
    return {
        f"{top}{wnid}.tar": tar_of(flat(one for one in held if one.wnid == wnid))
        for wnid in sorted({one.wnid or "" for one in held})
    }


def imagenette_pictures() -> tuple[Picture, ...]:
    """Both splits hold pictures of ILSVRC's train and of its val."""
    found: list[Picture] = []
    for wnid in classes_of("imagenette"):
        of_class = ilsvrc.by_wnid()[wnid].class_index
        numbers = (validation_labels() == of_class).nonzero()[0][:2] + 1
        for split, number, serial in zip(("train", "val"), (3014, 9001), numbers, strict=True):
            names = (f"{wnid}_{number}", f"ILSVRC2012_val_{serial:08d}")
            found += [picture(name, split, wnid, release="imagenette") for name in names]
    return tuple(found)


def imagenette_files() -> Files:
    files = {
        f"imagenette2-160/{one.split}/{one.wnid}/{one.name}.JPEG": one.data
        for one in imagenette_pictures()
    }
    return files | {"imagenette2-160/noisy_imagenette.csv": b"path,noisy_labels_0\n"}


def v2_pictures() -> tuple[Picture, ...]:
    """Folders by class index; as texts, 10 comes before 2."""
    wnids = [one.wnid for one in ilsvrc.classes()]
    return tuple(
        picture(f"{index}/{index * 7919:040x}.jpeg", "none", wnids[index], release="v2")
        for index in (0, 2, 10, 999)
    )


def v2_files() -> Files:
    top = "imagenetv2-matched-frequency-format-val"
    return {f"{top}/{one.name}": one.data for one in v2_pictures()}


def variant(release: str, classes: str, names: tuple[str, ...]) -> tuple[Picture, ...]:
    """Pictures in class folders under names of their own, as ImageNet-A, -R and -Sketch have."""
    return tuple(
        picture(f"{wnid}/{name}", "none", wnid, release=release)
        for wnid in classes_of(classes)
        for name in names
    )


A = variant("a", "imagenet-a", ("0.000116_digital clock _ digital clock_0.865662.jpg",))
R = variant("r", "imagenet-r", ("art_0.jpg", "cartoon_11.jpg"))
SKETCH = variant("sketch", "ilsvrc2012", ("sketch_0.JPEG", "sketch_12.JPEG"))
# ImageNet-O's pictures are of other classes, and lie in the folder of the one they pass for.
OUT = tuple(
    picture(f"n02640242_{at}", "none", wnid, release="o")
    for at, wnid in enumerate(classes_of("ilsvrc2012"))
)


def resized_pictures() -> tuple[Picture, ...]:
    """imagenet21k_resized: its small classes have no split."""
    wnids = classes_of("imagenet21k-p-fall11")
    return tuple(
        picture(f"{wnid}_{number}", split, wnid, release="21k")
        for split, wnid, number in (
            ("train", wnids[0], 6590), ("train", wnids[1], 12), ("val", wnids[0], 33),
            ("val", wnids[1], 44), ("none", "n00004475", 6), ("none", "n00006024", 7),
        )
    )  # fmt: skip


def resized_files() -> Files:
    folders = {"train": "imagenet21k_train", "val": "imagenet21k_val"}
    return {
        f"imagenet21k_resized/{folders.get(one.split, 'imagenet21k_small_classes')}/"
        f"{one.wnid}/{one.name}.JPEG": one.data
        for one in resized_pictures()
    }


def tiny_pictures() -> tuple[Picture, ...]:
    wnids = classes_of("tiny-imagenet")
    train = [(f"{wnid}_{n}", "train", wnid) for wnid in wnids for n in (0, 1, 499)]
    val = [(f"val_{n}", "val", wnids[n % 3]) for n in (0, 1, 2, 9999)]
    test = [(f"test_{n}", "test", None) for n in (0, 9999)]
    return tuple(picture(*one, release="tiny") for one in (*train, *val, *test))


def tiny_files() -> Files:
    files: Files = {}
    for one in tiny_pictures():
        inner = f"{one.wnid}/images" if one.split == "train" else "images"
        files[f"tiny-imagenet-200/{one.split}/{inner}/{one.name}.JPEG"] = one.data
    return dict(sorted((files | tiny_lists()).items()))


def tiny_lists() -> Files:
    """The lists; val's stands behind its pictures in the order of names."""
    val = "".join(
        f"{one.name}.JPEG\t{one.wnid}\t0\t32\t44\t62\n"
        for one in tiny_pictures()
        if one.split == "val"
    )
    files = {
        "val/val_annotations.txt": val,
        "wnids.txt": "".join(f"{wnid}\n" for wnid in classes_of("tiny-imagenet")),
        "words.txt": "n00001740\tentity\n",
    }
    for wnid in classes_of("tiny-imagenet"):
        rows = [one for one in tiny_pictures() if one.wnid == wnid and one.split == "train"]
        files[f"train/{wnid}/{wnid}_boxes.txt"] = "".join(
            f"{one.name}.JPEG\t0\t10\t63\t58\n" for one in rows
        )
    return {f"tiny-imagenet-200/{name}": text.encode() for name, text in files.items()}


def _written(name: str, files: Callable[[], Files], *, how: Callable[[Path, Files], Path],
             below: str = "") -> Callable[[Path], Path]:  # fmt: skip
    """Writes files under a name; `below` is the folder of them that is then indexed."""
    return lambda folder: how(folder / name, files()) / below


TINY_FOLDERS = "by the folders beside it"
OTHERS = (
    Shape(
        "fall11", _written("fall11_whole.tar", lambda: full_release_files("fall11"), how=as_tar),
        "fall11", full_release("fall11"), told(("tar", "full-release", BY_TARS, BY_FILE)),
    ),
    Shape(
        "fall11, class tars in a folder",
        _written("classes", lambda: full_release_files("fall11"), how=as_tree),
        "fall11", full_release("fall11"), told(("tar", "full-release", BY_NAMES, BY_CLASSES)),
    ),
    Shape(
        "winter21",
        _written("winter21_whole.tar.gz",
                 lambda: full_release_files("winter21", "winter21_whole/"), how=as_tar_gz),
        "winter21", full_release("winter21"),
        told(("tar.gz", "full-release", BY_TARS, BY_FILE)),
    ),
    Shape(
        "Imagenette tree",
        _written("data", imagenette_files, how=as_tree, below="imagenette2-160"),
        "imagenette", imagenette_pictures(),
        told(("folder", "class-folders", BY_FOLDERS, BY_FOLDER)),
    ),
    Shape(
        "Imagenette tgz", _written("imagenette2-160.tgz", imagenette_files, how=as_tar_gz),
        "imagenette", imagenette_pictures(),
        told(("tar.gz", "class-folders", BY_FOLDERS, BY_FILE)),
    ),
    Shape(
        "ImageNet-V2 tree", _written("v2", v2_files, how=as_tree),
        "imagenetv2-matched-frequency", v2_pictures(),
        told(("folder", "class-indices", "by its folders, which are numbers", BY_FOLDER)),
    ),
    Shape(
        "ImageNet-V2 tar.gz",
        _written("imagenetv2-matched-frequency.tar.gz", v2_files, how=as_tar_gz),
        "imagenetv2-matched-frequency", v2_pictures(),
        told(("tar.gz", "class-indices", "by its folders, which are numbers", BY_FILE)),
    ),
    Shape(
        "ImageNet-A",
        _written("imagenet-a.tar", lambda: {"imagenet-a/README.txt": b"read"}
                 | flat(A, "imagenet-a/", ""), how=as_tar),
        "imagenet-a", A, told(("tar", "class-folders", BY_FOLDERS, BY_FILE)),
    ),
    Shape(
        "ImageNet-O",
        _written("imagenet-o.tar", lambda: in_class_folders(OUT, "imagenet-o/"), how=as_tar),
        "imagenet-o", OUT, told(("tar", "class-folders", BY_FOLDERS, BY_FILE)),
    ),
    Shape(
        "ImageNet-R",
        _written("imagenet-r.tar", lambda: {"imagenet-r/README.txt": b"read"}
                 | flat(R, "imagenet-r/", ""), how=as_tar),
        "imagenet-r", R, told(("tar", "class-folders", BY_FOLDERS, BY_FILE)),
    ),
    Shape(
        "ImageNet-Sketch zip",
        _written("ImageNet-Sketch.zip", lambda: flat(SKETCH, "sketch/", ""), how=as_zip),
        "imagenet-sketch", SKETCH, told(("zip", "class-folders", BY_FOLDERS, BY_FILE)),
    ),
    Shape(
        "ImageNet-Sketch tree", _written("sketch", lambda: flat(SKETCH, "", ""), how=as_tree),
        "imagenet-sketch", SKETCH, told(("folder", "class-folders", BY_FOLDERS, BY_NAMES)),
    ),
    Shape(
        "imagenet21k_resized tree", _written("data", resized_files, how=as_tree,
                                             below="imagenet21k_resized"),
        "imagenet21k_resized", resized_pictures(),
        told(("folder", "class-folders", BY_FOLDERS, BY_FOLDER)),
    ),
    Shape(
        "imagenet21k_resized tar.gz",
        _written("imagenet21k_resized.tar.gz", resized_files, how=as_tar_gz),
        "imagenet21k_resized", resized_pictures(),
        told(("tar.gz", "class-folders", BY_FOLDERS, BY_FILE)),
    ),
    Shape(
        "Tiny-ImageNet zip",
        _written("tiny-imagenet-200.zip", tiny_files,
                 how=lambda path, files: as_zip(path, files, deflated=True)),
        "tiny-imagenet", tiny_pictures(),
        told(("zip-deflated", "tiny-imagenet", "by its val_annotations.txt", BY_FILE)),
    ),
    Shape(
        "Tiny-ImageNet tar",
        _written("renamed.tar", lambda: tiny_lists() | tiny_files(), how=as_tar),
        "tiny-imagenet", tiny_pictures(),
        told(("tar", "tiny-imagenet", "by its val_annotations.txt", BY_FILE)),
    ),
    Shape(
        "Tiny-ImageNet tree",
        lambda folder: as_tree(folder, tiny_files()).joinpath("tiny-imagenet-200").rename(
            folder / "data"
        ),
        "tiny-imagenet", tiny_pictures(),
        told(
            ("folder", "tiny-imagenet", "by its lists of boxes", "by its files' names"),
            ("folder", "tiny-imagenet", "by its val_annotations.txt", "by its files' names"),
            ("folder", "tiny-imagenet", TINY_FOLDERS, TINY_FOLDERS),
        ),
    ),
)  # fmt: skip
