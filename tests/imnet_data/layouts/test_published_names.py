"""The releases that names of archives, folders and repositories tell."""

from __future__ import annotations

import pytest

from imnet_data.layouts.published_names import (
    published_release,
    repository_name,
    repository_release,
)


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("ILSVRC2012_img_train.tar", "ilsvrc2012"),
        ("ILSVRC2017_CLS-LOC.tar.gz", "ilsvrc2012"),
        ("imagenet-object-localization-challenge.zip", "ilsvrc2012"),
        ("imagenet_object_localization_patched2019.tar.gz", "ilsvrc2012"),
        ("LOC_val_solution.csv", "ilsvrc2012"),
        ("ILSVRC2012_bbox_train_v2.tar.gz", "ilsvrc2012"),
        ("bboxes_annotations.tar.gz", "fall11"),
        ("fall11_whole.tar", "fall11"),
        ("winter21_whole.tar.gz", "winter21"),
        ("imagenet21k_resized.tar.gz", "imagenet21k_resized"),
        ("imagenetv2-threshold0.7.tar.gz", "imagenetv2-threshold0.7"),
        ("ImageNet-Sketch.zip", "imagenet-sketch"),
        ("imagenet-a.tar", "imagenet-a"),
        # Faces blurred: other pictures under the same names, and never ILSVRC2012's own.
        ("val_blurred.tar.gz", "ilsvrc2012-blurred"),
        ("train_blurred.tar.gz", "ilsvrc2012-blurred"),
        ("imagenet-1k", None),
        ("imagenet-animals.tar", None),
        ("train.tar", None),
    ],
)
def test_a_release_is_told_by_the_name_it_is_published_under(
    name: str, release: str | None
) -> None:
    assert published_release([name]) == release


@pytest.mark.parametrize(
    ("path", "release"),
    [
        ("/d/imagenet1k-validation-00.tar", "ilsvrc2012"),
        ("/d/imagenet-1k/data/train-00000-of-00294.parquet", "ilsvrc2012"),
        ("/d/imagenet-1k-wds/train/0000.tar", "ilsvrc2012"),
        ("/c/hub/datasets--ILSVRC--imagenet-1k/snapshots/" + "49e2" * 10 + "/data/x.parquet",
         "ilsvrc2012"),
        ("/d/imagenet22k-train-0000.tar", "imagenet-22k-wds"),
        ("/d/imagenet-12k-wds/imagenet12k-train-0001.tar", "imagenet-12k-wds"),
        ("/d/imagenet_w21-train-0000.tar", "imagenet-w21-wds"),
        ("/d/imagenette/data/0000.parquet", "imagenette"),
        # A folder further up that merely bears such a name says nothing.
        ("/imagenet-1k/mine/shards/0000.tar", None),
        ("/d/pets/0000.tar", None),
    ],
)  # fmt: skip
def test_a_shards_release_is_told_by_the_repository_it_lies_in(
    path: str, release: str | None
) -> None:
    assert repository_release(path) == release


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/home/me/pets/data/train-00000-of-00002.parquet", "pets"),
        ("/home/me/pets/train/0000.tar", "pets"),
        ("/home/me/pets/0000.tar", "pets"),
        ("/0000.tar", "0000"),
    ],
)
def test_shards_of_ones_own_are_called_like_their_folder(path: str, name: str) -> None:
    assert repository_name(path) == name
