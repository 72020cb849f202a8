"""Kaggle's tree: `ILSVRC/{Annotations,Data,ImageSets}/CLS-LOC` and the lists beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.facts import ilsvrc

from . import pictures as of
from .writing import as_tar_gz, as_tree, as_zip, flat, in_class_folders

if TYPE_CHECKING:
    from pathlib import Path

    from .pictures import Picture
    from .writing import Files


def annotation(one: Picture) -> bytes:
    """A box of the whole picture, as ImageNet's XMLs tell it."""
    return (
        f"<annotation>\n\t<folder>{one.wnid}</folder>\n\t<filename>{one.name}</filename>\n"
        "\t<source>\n\t\t<database>ILSVRC_2012</database>\n\t</source>\n"
        "\t<size>\n\t\t<width>500</width>\n\t\t<height>375</height>\n\t\t<depth>3</depth>\n"
        "\t</size>\n\t<segmented>0</segmented>\n"
        f"\t<object>\n\t\t<name>{one.wnid}</name>\n\t\t<pose>Unspecified</pose>\n"
        "\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n\t\t<bndbox>\n"
        "\t\t\t<xmin>13</xmin>\n\t\t\t<ymin>22</ymin>\n\t\t\t<xmax>442</xmax>\n"
        "\t\t\t<ymax>344</ymax>\n\t\t</bndbox>\n\t</object>\n</annotation>\n"
    ).encode()


def boxed() -> list[Picture]:
    """Those with boxes: of train some, of val all."""
    return [one for one in of.train() if one.name.endswith("_7")] + list(of.val())


def annotation_files(head: str) -> Files:
    return {
        f"{head}{f'train/{one.wnid}' if one.split == 'train' else 'val'}/{one.name}.xml": (
            annotation(one)
        )
        for one in boxed()
    }


def files() -> Files:
    """`ILSVRC/`, its members in the order of their paths, so that the boxes come first."""
    lists = {
        "train_cls.txt": "".join(
            f"{one.wnid}/{one.name} {at}\n" for at, one in enumerate(of.train(), 1)
        ),
        "train_loc.txt": "",
        "val.txt": "".join(f"{one.name} {at}\n" for at, one in enumerate(of.val(), 1)),
        "test.txt": "".join(f"{one.name} {at}\n" for at, one in enumerate(of.test(), 1)),
    }
    data = "ILSVRC/Data/CLS-LOC/"
    files = annotation_files("ILSVRC/Annotations/CLS-LOC/")
    files |= in_class_folders(of.train(), f"{data}train/")
    files |= flat(of.val(), f"{data}val/") | flat(of.test(), f"{data}test/")
    files |= {f"ILSVRC/ImageSets/CLS-LOC/{name}": text.encode() for name, text in lists.items()}
    return dict(sorted(files.items()))


def lists() -> Files:
    """What stands beside `ILSVRC/` in Kaggle's zip."""
    rows = "".join(f"{one.name},{one.wnid} 13 22 442 344 \n" for one in boxed())
    words = "".join(f"{wnid} {ilsvrc.by_wnid()[wnid].words}\n" for wnid in of.WNIDS)
    return {
        "LOC_sample_submission.csv": b"ImageId,PredictionString\n",
        "LOC_synset_mapping.txt": words.encode(),
        "LOC_val_solution.csv": f"ImageId,PredictionString\n{rows}".encode(),
    }


def tree(folder: Path) -> Path:
    return as_tree(folder / "kaggle", files() | lists())


def zipped(folder: Path) -> Path:
    path = folder / "imagenet-object-localization-challenge.zip"
    return as_zip(path, files() | lists())


def deflated(folder: Path) -> Path:
    return as_zip(folder / "renamed.zip", files() | lists(), deflated=True)


def tar_gz(folder: Path) -> Path:
    return as_tar_gz(folder / "imagenet_object_localization_patched2019.tar.gz", files())


def cls_loc_2017(folder: Path) -> Path:
    return as_tar_gz(folder / "ILSVRC2017_CLS-LOC.tar.gz", files())
