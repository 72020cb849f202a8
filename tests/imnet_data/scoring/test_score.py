"""Whole scores: files and arrays in every order, against small truths and the packaged ones."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import imnet_data
from imnet_data.errors import (
    ClassesOutside,
    ComparedInOtherOrder,
    ImagesMissing,
    ImagesUnknown,
    NoOrderFits,
    RestrictionNeedsScores,
    UnknownTruth,
    UnknownWidth,
)
from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.real import real_labels
from imnet_data.facts.validation import validation_labels
from imnet_data.scoring.orders import order_named, orders_for
from imnet_data.scoring.sentences import fault, remarks
from imnet_data.scoring.shares import Share
from imnet_data.scoring.truth import Truth, ilsvrc_classes, truth_of
from imnet_data.subsets.recipe import Recipe
from tests.imnet_data.subsets.cuts import catalogue_of
from tests.shapes.others import v2_files
from tests.shapes.writing import as_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FEW = 600


@pytest.fixture(scope="module")
def truth() -> Truth:
    """A truth of some hundreds of the validation images."""
    labels = validation_labels()[:FEW].tolist()
    names = [f"ILSVRC2012_val_{number:08d}" for number in range(1, FEW + 1)]
    return Truth.of_one_label(
        "few", "few images", ilsvrc_classes(), zip(names, labels, strict=True)
    )


def answers(right: float, seed: int = 0) -> Any:
    """Class indices for the truth, so many of them right."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random(FEW) < right, validation_labels()[:FEW], rng.integers(0, 1000, FEW))


def logits(width: int = 1000, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=(FEW, width)).astype(np.float32)


# -- the figures


def test_top_one_and_five_of_scores_are_what_a_sort_gives(truth: Truth) -> None:
    scores = logits()
    scores[np.arange(FEW), validation_labels()[:FEW]] += 3
    best = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    found = imnet_data.score(scores, against=truth)
    right = best == validation_labels()[:FEW, None]
    assert found.top1 == Share(int(right[:, 0].sum()), FEW)
    assert found.top5 == Share(int(right.any(axis=1).sum()), FEW)


def test_one_class_a_row_has_no_top_five(truth: Truth) -> None:
    found = imnet_data.score(answers(0.5), against=truth)
    assert found.top5 is None
    assert found.as_json()["top5"] is None
    assert found.as_json()["calibration"] is None


def test_real_accuracy_is_what_its_authors_code_gives() -> None:
    labels, starts = real_labels()
    rng = np.random.default_rng(1)
    predicted = np.where(
        rng.random(50_000) < 0.7, validation_labels(), rng.integers(0, 1000, 50_000)
    )
    sets = [labels[a:b].tolist() for a, b in pairwise(starts)]
    is_correct = [one in held for one, held in zip(predicted.tolist(), sets, strict=True) if held]
    found = imnet_data.score(predicted, against="real")
    assert found.top1 == Share(sum(is_correct), len(is_correct))
    assert found.unlabelled == 3_163
    assert found.as_json()["against"] == "real"


def test_a_wide_head_is_scored_by_its_thousand_columns(truth: Truth) -> None:
    wide = class_list("imagenet21k-google")
    classes = [i for i, one in enumerate(ilsvrc.classes()) if one.wnid in wide]
    columns = [wide.index(ilsvrc.classes()[i].wnid) for i in classes]
    scores = np.resize(logits(1009), (FEW, len(wide))).astype(np.float16)
    scores[:, columns] += logits()[:, classes] > 2
    found = imnet_data.score(scores, against=truth)
    best = np.array(classes)[scores[:, columns].argmax(axis=1)]
    expected = best == validation_labels()[:FEW]
    assert (found.order, found.top1.correct) == ("imagenet21k-google", int(expected.sum()))


def test_a_class_that_a_model_has_no_output_for_is_named() -> None:
    # The release of autumn 2011 lacks the teddy bear, and with it every list made of it.
    teddy = next(one for one in ilsvrc_classes() if one.wnid == "n04399382")
    truth = Truth.of_one_label("t", "t", ilsvrc_classes(), [("a", teddy.index), ("b", 0)])
    found = imnet_data.score(np.ones((2, 21_843), np.float32), against=truth)
    assert found.ordered.without == ("n04399382",)
    assert any("n04399382" in sentence for sentence in remarks(found))


def test_probabilities_are_not_put_through_a_softmax(truth: Truth) -> None:
    scores = logits().astype(np.float64) * 4
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    of_shares = imnet_data.score(shares, against=truth).calibration
    of_scores = imnet_data.score(scores, against=truth).calibration
    assert of_shares is not None
    assert of_scores is not None
    assert (of_shares.of, of_scores.of) == ("probabilities", "softmax")
    assert of_shares.error == pytest.approx(of_scores.error)


def test_classes_that_were_ruled_out_are_no_answers(truth: Truth) -> None:
    scores = logits()
    kept = np.flatnonzero(np.arange(1000) % 300 == 0)  # four: no fifth is ever right
    scores[:, kept] += 2
    masked = np.full_like(scores, -np.inf)
    masked[:, kept] = scores[:, kept]
    found = imnet_data.score(masked, against=truth)
    labels = validation_labels()[:FEW]
    best = kept[scores[:, kept].argmax(axis=1)]
    assert found.top1.correct == int((best == labels).sum())
    assert found.top5 == Share(int(np.isin(labels, kept).sum()), FEW)
    assert found.calibration is not None
    shares = np.exp(scores[:, kept].astype(float))
    sure = shares.max(axis=1) / shares.sum(axis=1)
    held = sum(one.images * (one.mean_confidence or 0) for one in found.calibration.bins)
    assert held == pytest.approx(sure.sum())
    # Of a restricted model whole rows may be ruled out: wrong, and not sure of anything.
    dogs = imnet_data.score(masked, against=truth, classes="imagewoof")
    assert dogs.top1.correct == 0
    assert dogs.calibration is not None
    assert dogs.calibration.error == 0


# -- orders


@pytest.mark.parametrize("name", [one.name for one in orders_for(1000)][1:])
def test_a_wrong_order_is_found_out_and_never_corrected_in_silence(truth: Truth, name: str) -> None:
    order = order_named(name, 1000)
    number_of = np.argsort(order.to_index)
    scores = np.zeros((FEW, 1000), np.float32)
    scores[np.arange(FEW), number_of[answers(0.6)]] = 1
    found = imnet_data.score(scores, against=truth)
    assert found.top1.correct < 0.2 * FEW
    assert found.ordered.better is not None
    assert (found.order, found.ordered.better.order) == ("index", name)
    by_itself = imnet_data.score(scores, against=truth, order="auto")
    assert (by_itself.order, by_itself.ordered.how) == (name, "found")
    assert by_itself.top1 == found.ordered.better.top1
    assert by_itself.top1.correct == int((answers(0.6) == validation_labels()[:FEW]).sum())


def test_auto_looks_up_the_best_anew_where_other_columns_count(truth: Truth) -> None:
    scores = logits(1001)
    scores[np.arange(FEW), validation_labels()[:FEW]] += 4  # the background class is the last
    found = imnet_data.score(scores, against=truth, order="auto")
    assert found.order == "background-last"
    assert found.as_json() | {"order_by": "", "orders": ""} == imnet_data.score(
        scores, against=truth, order="background-last"
    ).as_json() | {"order_by": "", "orders": ""}


def test_a_model_that_guesses_is_in_no_order(truth: Truth) -> None:
    with pytest.raises(NoOrderFits):
        imnet_data.score(logits(), against=truth, order="auto")
    found = imnet_data.score(logits(), against=truth)
    assert (found.is_at_fault, found.ordered.at_chance) == (False, True)
    assert len(found.ordered.tried) > 1


def test_numbers_outside_the_order_are_an_error_only_where_no_other_fits(truth: Truth) -> None:
    found = imnet_data.score(answers(0.8) + 1, against=truth)
    assert found.ordered.better is not None
    assert found.ordered.better.order == "background-first"
    with pytest.raises(ClassesOutside, match=r"outside 0\.\.999"):
        imnet_data.score(answers(0.0) + 5_000_000, against=truth)


def test_a_row_without_an_answer_is_wrong_and_no_number_outside(truth: Truth) -> None:
    some = np.where(np.arange(FEW) < 10, -1, answers(0.2))
    found = imnet_data.score(some, against=truth)
    assert found.top1 == Share(int((some == validation_labels()[:FEW]).sum()), FEW)


def test_a_few_images_that_are_right_are_not_called_chance(truth: Truth) -> None:
    for against, right in (("val", 1), ("real", 0)):  # the first image has no label in ReaL
        one = {"names": truth.names[:1], "labels": [65]}
        found = imnet_data.score(one, against=against, partial=True)
        assert found.top1 == Share(right, right)
        assert (found.ordered.at_chance, fault(found)) == (False, None)


def test_an_order_nearly_like_the_right_one_is_told_too() -> None:
    # The two lists of ImageNet-21K-P number 98 % of the thousand classes alike.
    right = order_named("imagenet21k-p-winter21", None)
    numbers = np.zeros(1000, np.int64)
    numbers[right.to_index[right.columns]] = right.columns
    answered = numbers[validation_labels()]
    found = imnet_data.score(answered, order="imagenet21k-p-fall11")
    assert found.top1.accuracy is not None
    assert found.top1.accuracy > 0.9
    assert found.ordered.better is not None
    assert found.ordered.better.order == "imagenet21k-p-winter21"
    assert (fault(found) or "").startswith("The order imagenet21k-p-winter21 fits better than")


def test_a_width_that_nobody_has_is_told_with_those_that_some_have(truth: Truth) -> None:
    with pytest.raises(UnknownWidth, match="21,843"):
        imnet_data.score(logits(999), against=truth)


def test_classes_by_wnid_are_in_no_order(truth: Truth, tmp_path: Path) -> None:
    wnids = [one.wnid for one in ilsvrc.classes()]
    path = tmp_path / "named.csv"
    rows = zip(truth.names, answers(0.5).tolist(), strict=True)
    path.write_text("image,class\n" + "".join(f"{n}.JPEG,{wnids[c]}\n" for n, c in rows))
    found = imnet_data.score(path, against=truth, order="ilsvrc-id")
    assert found.top1.correct == int((answers(0.5) == validation_labels()[:FEW]).sum())
    assert (found.order, found.ordered.how) == ("names", "file")


# -- parts, restrictions, comparisons


def test_a_part_is_scored_when_asked_for_and_says_so(truth: Truth, tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    path.write_text(
        "".join(f"{n},{c}\n" for n, c in zip(truth.names[:50], answers(1.0), strict=False))
    )
    with pytest.raises(ImagesMissing, match="550 of 600"):
        imnet_data.score(path, against=truth)
    found = imnet_data.score(path, against=truth, partial=True)
    assert (found.top1, found.missing, found.is_partial) == (Share(50, 50), 550, True)


def test_a_restricted_model_answers_with_the_best_of_the_classes_left(truth: Truth) -> None:
    kept = [i for i, one in enumerate(ilsvrc.classes()) if one.wnid in class_list("imagenet-r")]
    scores = logits()
    images = np.isin(validation_labels()[:FEW], kept)
    best = np.array(kept)[scores[:, kept].argmax(axis=1)]
    found = imnet_data.score(scores, against=truth, classes="imagenet-r")
    right = (best == validation_labels()[:FEW])[images]
    assert found.top1 == Share(int(right.sum()), int(images.sum()))
    assert not found.is_partial
    with pytest.raises(RestrictionNeedsScores):
        imnet_data.score(answers(0.5), against=truth, classes="imagenet-r")


def test_of_some_classes_only_their_images_need_a_row(truth: Truth, tmp_path: Path) -> None:
    kept = [i for i, one in enumerate(ilsvrc.classes()) if one.wnid in class_list("imagenet-r")]
    asked = np.flatnonzero(np.isin(validation_labels()[:FEW], kept))
    for rows, partial in ((asked, False), (asked[:-1], True)):
        names = np.array([truth.names[at] for at in rows])
        np.savez(tmp_path / "some.npz", names=names, logits=logits()[rows])
        if partial:
            with pytest.raises(ImagesMissing, match="1 of "):
                imnet_data.score(tmp_path / "some.npz", against=truth, classes="imagenet-r")
        found = imnet_data.score(
            tmp_path / "some.npz", against=truth, classes="imagenet-r", partial=partial
        )
        assert (found.total, found.is_partial) == (len(rows), partial)


def test_two_models_are_compared_and_another_order_is_not_passed_over(truth: Truth) -> None:
    found = imnet_data.score(answers(0.9), against=truth, compare=answers(0.6, seed=4))
    assert found.compared is not None
    assert found.compared.other == imnet_data.score(answers(0.6, seed=4), against=truth).top1
    assert found.compared.p_value < 1e-6
    with pytest.raises(ComparedInOtherOrder, match="background-first fits"):
        imnet_data.score(answers(0.9), against=truth, compare=answers(0.6) + 1)


# -- what a catalogue holds


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[imnet_data.Catalogue]:
    """Three classes' train images, and two releases of ImageNet-V2."""
    folder = tmp_path_factory.mktemp("scored")
    classes = {wnid: range(1, 21) for wnid in ("n01440764", "n01443537", "n02012849")}
    with catalogue_of(folder, classes) as made:
        as_tree(folder, v2_files())
        made.index(folder / "imagenetv2-matched-frequency-format-val")
        yield made


def test_a_model_fine_tuned_on_a_subset_is_scored_by_its_holdout(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    recipe = Recipe(
        name="three", classes="n01440764 | n01443537 | n02012849", holdout=0.2, release="ilsvrc2012"
    )
    subset = catalogue.create_subset(recipe).subset
    dataset = subset.dataset("val")
    names = np.array([dataset.name(i) for i in range(len(dataset))])
    scores = np.eye(3, dtype=np.float32)[dataset.targets]
    np.savez(tmp_path / "own.npz", names=names, logits=scores)
    found = imnet_data.score(tmp_path / "own.npz", against="three", catalogue=catalogue)
    assert found.top1 == Share(len(dataset), len(dataset))
    assert [one.label.wnid for one in found.classes] == list(subset.classes.order.wnids)
    train = subset.truth("train")
    with pytest.raises(ImagesUnknown):
        imnet_data.score(tmp_path / "own.npz", against=train)


def test_a_model_of_a_thousand_classes_is_restricted_to_a_subsets(
    catalogue: imnet_data.Catalogue,
) -> None:
    recipe = Recipe(
        name="two", classes="n01440764 | n02012849", splits=("train",), release="ilsvrc2012"
    )
    truth = catalogue.create_subset(recipe).subset.truth()
    columns = [0, 134]
    scores = np.random.default_rng(0).normal(size=(len(truth), 1000)).astype(np.float32)
    found = imnet_data.score(scores, against=truth)
    best = scores[:, columns].argmax(axis=1)
    assert found.top1.correct == int((best == truth.only).sum())


def test_v2_is_the_one_release_of_it_or_one_is_to_be_named(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    truth = catalogue.truth("v2")
    assert [ilsvrc.classes()[at].wnid for at in truth.only.tolist()] == [
        one.wnid for one in ilsvrc.classes() if one.class_index in (0, 2, 10, 999)
    ] or sorted(truth.only.tolist()) == [0, 2, 10, 999]
    path = tmp_path / "v2.csv"
    names = [name.rpartition("val/")[2] for name in v2_files()]
    path.write_text("".join(f"{name},{name.partition('/')[0]}\n" for name in names))
    found = imnet_data.score(path, against="v2", catalogue=catalogue)
    assert found.top1 == Share(4, 4)
    assert found.truth.name == "imagenetv2-matched-frequency"
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG")
    as_tree(tmp_path, {"imagenetv2-top-images-format-val/0/a.jpeg": buffer.getvalue()})
    catalogue.index(tmp_path / "imagenetv2-top-images-format-val")
    with pytest.raises(UnknownTruth, match="name imagenetv2-matched-frequency or imagenetv2-top"):
        catalogue.truth("v2")
    assert len(catalogue.truth("imagenetv2-top-images")) == 1


def test_labels_of_a_catalogue_need_one() -> None:
    with pytest.raises(UnknownTruth, match="come from a catalogue"):
        imnet_data.score(answers(0.5), against="pets")


def test_a_part_without_labels_is_no_truth(catalogue: imnet_data.Catalogue) -> None:
    subset = catalogue.subset("ilsvrc2012")
    with pytest.raises(UnknownTruth, match="no image with a label"):
        subset.truth("test")


def test_the_packaged_truths_are_val_and_real_alone() -> None:
    with pytest.raises(UnknownTruth):
        truth_of("v2")


def test_images_of_one_name_in_two_splits_are_told_apart(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG")
    files = {
        f"mine/{split}/rex/{n}.jpg": buffer.getvalue() for split in ("train", "val") for n in (1, 2)
    }
    as_tree(tmp_path, files)
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index(tmp_path / "mine", release="mine")
        recipe = Recipe(name="all", release="mine", splits=("train", "val"), holdout=0.001)
        names = list(catalogue.create_subset(recipe).subset.truth("train").names)
    assert names == ["train/rex/1.jpg", "train/rex/2.jpg", "val/rex/1.jpg", "val/rex/2.jpg"]
