"""The figures, each against another way to come to it: counting by hand, published tables, nltk."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest

from imnet_data.facts.real import real_labels
from imnet_data.scoring import figures
from imnet_data.scoring.answers import Answers
from imnet_data.scoring.calibration import calibration
from imnet_data.scoring.confidence import Confidence
from imnet_data.scoring.hierarchy import Hierarchy, severity
from imnet_data.scoring.paired import exact_p, paired
from imnet_data.scoring.shares import Share
from imnet_data.scoring.superclasses import familiar, tree_cut
from imnet_data.scoring.truth import Truth, ilsvrc_classes, truth_of
from imnet_data.sharding.entry import ClassLabel
from imnet_data.subsets.recipe_parts import Superclasses
from imnet_data.taxonomy.graph import Graph

ALL = np.ones(50_000, np.bool_)


@pytest.fixture(scope="module")
def val() -> Truth:
    return truth_of("val")


@pytest.fixture(scope="module")
def real() -> Truth:
    return truth_of("real")


def first(truth: Truth, images: int) -> Truth:
    """The first images of a truth."""
    starts = truth.starts[: images + 1]
    return replace(
        truth, names=truth.names[:images], labels=truth.labels[: starts[-1]], starts=starts
    )


def answers_of(truth: Truth, *, right: float, ranks: int = 5, seed: int = 1) -> Answers:
    """Answers at random, of which about so many are right."""
    rng = np.random.default_rng(seed)
    size = len(truth)
    top = np.array([rng.permutation(1000)[:ranks] for _ in range(500)], np.int32)
    top = np.resize(top, (size, ranks))[rng.permutation(size)]
    planted = (rng.random(size) < right) & (truth.counts > 0)
    top[planted, 0] = truth.labels[truth.starts[:-1][planted]]
    return Answers(truth, top, np.ones(size, np.bool_))


# -- shares


@pytest.mark.parametrize(("correct", "total"), [(0, 10), (10, 10), (1, 3), (38065, 50000)])
def test_the_wilson_interval_is_where_a_score_test_begins_to_reject(
    correct: int, total: int
) -> None:
    z = NormalDist().inv_cdf(0.975)
    share = correct / total
    for end in Share(correct, total).interval():
        at_the_edge = abs(share - end) == pytest.approx(z * (end * (1 - end) / total) ** 0.5)
        assert at_the_edge or end in (0.0, 1.0)


def test_a_share_of_nothing_has_no_accuracy() -> None:
    assert Share(0, 0).as_json() == {"correct": 0, "total": 0, "accuracy": None}
    assert Share(0, 0).interval() == (0.0, 1.0)


# -- truths


def test_real_labels_are_as_published() -> None:
    labels, starts = real_labels()
    counts = np.diff(starts)
    assert (len(counts), int((counts == 0).sum()), int(counts.max())) == (50_000, 3_163, 9)
    assert labels[starts[8] : starts[10]].tolist() == [674, 332]
    assert (labels.min(), labels.max()) == (0, 999)


def test_an_image_with_several_labels_is_right_by_any_of_them(real: Truth) -> None:
    some = first(real, 5_000)
    predicted = np.random.default_rng(0).integers(0, 1000, 5_000)
    predicted[::2] = some.labels[some.starts[1::2] - 1]
    sets = [some.labels[a:b].tolist() for a, b in pairwise(some.starts)]
    by_hand = [one in held for one, held in zip(predicted.tolist(), sets, strict=True)]
    assert some.holds(predicted).tolist() == by_hand
    assert any(by_hand)


def test_images_without_a_label_are_no_part_of_the_total(real: Truth) -> None:
    assert answers_of(real, right=0.5).top1.total == 46_837


def test_labelled_images_are_sorted_by_name_and_those_without_a_label_do_not_count() -> None:
    truth = Truth.of_one_label("t", "t", ilsvrc_classes(), [("b", 3), ("c", -1), ("a", 1)])
    assert truth.names == ["a", "b", "c"]
    assert truth.only.tolist() == [1, 3, -1]
    answers = Answers(truth, np.array([[1], [2], [-1]], np.int32), np.ones(3, np.bool_))
    assert answers.top1 == Share(1, 2)


# -- counts


def test_top_five_is_not_known_of_fewer_ranks(val: Truth) -> None:
    assert answers_of(val, right=0.5, ranks=4).top5 is None


@pytest.mark.parametrize("name", ["val", "real"])
def test_top_one_and_five_are_what_counting_gives(
    name: str, request: pytest.FixtureRequest
) -> None:
    truth = first(request.getfixturevalue(name), 4_000)
    answers = answers_of(truth, right=0.7)
    sets = [set(truth.labels[a:b].tolist()) for a, b in pairwise(truth.starts)]
    scored = [(held, row) for held, row in zip(sets, answers.top.tolist(), strict=True) if held]
    assert answers.top1 == Share(sum(row[0] in held for held, row in scored), len(scored))
    assert answers.top5 == Share(sum(bool(held & set(row)) for held, row in scored), len(scored))


def test_the_classes_figures_add_up(val: Truth) -> None:
    answers = answers_of(val, right=0.6)
    classes = figures.by_class(answers)
    assert [one.label.index for one in classes] == list(range(1000))
    assert sum(one.top1.correct for one in classes) == answers.top1.correct
    assert {one.top1.total for one in classes} == {50}
    assert sum(one.predicted for one in classes) == 50_000


def test_confusions_are_the_commonest_pairs_and_name_both_cranes(val: Truth) -> None:
    answers = answers_of(val, right=1.0)
    bird, machine = 134, 517
    cranes = np.flatnonzero(val.only == bird)
    answers.top[cranes[:7], 0] = machine
    answers.top[np.flatnonzero(val.only == machine)[:3], 0] = bird
    first, second = figures.confusions(answers, 5)
    assert (first.truth.wnid, first.answer.wnid) == ("n02012849", "n03126707")
    assert (first.images, first.of, second.images) == (7, 50, 3)
    assert first.truth.name != first.answer.name


def test_every_class_is_in_exactly_one_superclass(val: Truth) -> None:
    for groups in (familiar(val.classes), tree_cut(val.classes, Superclasses.of("depth=6"))):
        held = Counter(at for group in groups for at in group.classes)
        assert held == Counter(range(1000))
    names = {group.name: len(group.classes) for group in familiar(val.classes)}
    assert (names["dogs"], names["birds"]) == (118, 59)


def test_an_answer_within_the_superclass_counts_there(val: Truth) -> None:
    answers = answers_of(val, right=1.0)
    beagle, basset, bus = 162, 161, 779
    places = np.flatnonzero(val.only == beagle)
    answers.top[places[:10], 0] = basset
    answers.top[places[10:15], 0] = bus
    dogs = next(
        one for one in figures.by_group(answers, familiar(val.classes)) if one.group.name == "dogs"
    )
    assert (dogs.top1.correct, dogs.within.correct) == (5_900 - 15, 5_900 - 5)


# -- how far off


def test_heights_are_those_of_the_devkits_graph() -> None:
    wnids = [one.wnid or "" for one in ilsvrc_classes()]
    hierarchy = Hierarchy(wnids)
    graph = Graph.load()
    held = {int(a) for a in graph.closure_rows(np.array([int(w[1:]) for w in wnids]))[:, 0]}
    assert len(held) == 1_860  # as many synsets as the devkit's meta.mat has

    @cache
    def height(synset: int) -> int:
        return max((height(c) + 1 for c in graph.children(synset) if c in held), default=0)

    rng = np.random.default_rng(3)
    for a, b in rng.integers(0, 1000, (40, 2)).tolist():
        common = _above(graph, wnids[a]) & _above(graph, wnids[b])
        assert hierarchy.height(a, b) == min(map(height, common))
    assert hierarchy.root_height == height(1740)


def _above(graph: Graph, wnid: str) -> set[int]:
    synset = int(wnid[1:])
    return {synset, *graph.ancestors(synset).tolist()}


def test_a_dog_for_a_dog_is_a_smaller_mistake_than_a_bus(val: Truth) -> None:
    beagle, basset, bus = 162, 161, 779
    milder, worse = answers_of(val, right=1.0), answers_of(val, right=1.0)
    places = np.flatnonzero(val.only == beagle)
    milder.top[places, 0] = basset
    worse.top[places, 0] = bus
    mild, bad = severity(milder), severity(worse)
    assert mild is not None
    assert bad is not None
    assert (mild.errors, mild.same_parent, bad.same_parent) == (50, 50, 0)
    assert mild.over_errors is not None
    assert bad.over_errors is not None
    assert mild.over_errors < bad.over_errors <= bad.root_height
    assert mild.over_all == pytest.approx(mild.over_errors * 50 / 50_000)


def test_without_mistakes_there_is_no_severity_of_them(val: Truth) -> None:
    found = severity(answers_of(val, right=1.0))
    assert found is not None
    assert (found.errors, found.over_errors, found.over_all) == (0, None, 0.0)


def test_classes_of_ones_own_have_no_severity() -> None:
    classes = (ClassLabel(0, None, "own:rex"), ClassLabel(1, "n02084071", "dog.n.01"))
    truth = Truth.of_one_label("t", "t", classes, [("a", 0), ("b", 1)])
    answers = Answers(truth, np.array([[1], [0]], np.int32), np.ones(2, np.bool_))
    assert severity(answers) is None
    assert [one.name for one in familiar(classes)] == ["dogs", "everything else"]


# -- how sure


def test_the_calibration_error_is_the_weighted_distance_of_its_bins() -> None:
    rng = np.random.default_rng(5)
    sure = rng.random(4_000)
    right = rng.random(4_000) < sure**2
    found = calibration(sure, right, "softmax")
    assert found is not None
    by_hand = 0.0
    for at in range(15):
        held = (sure > at / 15) & (sure <= (at + 1) / 15)
        by_hand += abs(right[held].sum() - sure[held].sum()) / 4_000
    assert found.error == pytest.approx(by_hand)
    assert sum(one.images for one in found.bins) == 4_000


@pytest.mark.parametrize("kept", [np.arange(8), np.array([1, 4, 6])])
@pytest.mark.parametrize("kind", ["softmax", "probabilities"])
def test_how_sure_is_the_best_classs_probability_among_those_that_count(
    kept: np.ndarray, kind: str
) -> None:
    rng = np.random.default_rng(6)
    logits = rng.normal(size=(50, 8)).astype(np.float32) * 3
    whole = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    given = logits if kind == "softmax" else whole
    best = kept[given[:, kept].argmax(axis=1)].astype(np.int32)
    confidence = Confidence(50, kept.astype(np.intp), 8)
    rows = rng.permutation(50)
    confidence.add(given[rows], best[rows], rows)
    expected = whole[np.arange(50), best] / whole[:, kept].sum(axis=1)
    assert confidence.kind == kind
    assert confidence.of_images == pytest.approx(expected, rel=1e-5)


def test_scores_that_are_now_probabilities_and_now_not_tell_nothing() -> None:
    confidence = Confidence(2, np.arange(2), 2)
    confidence.add(np.array([[0.5, 0.5]]), np.array([0], np.int32), np.array([0]))
    confidence.add(np.array([[5.0, 0.5]]), np.array([0], np.int32), np.array([1]))
    assert confidence.of_images is None


# -- two models


def test_mcnemars_p_is_the_binomial_tail() -> None:
    # R: binom.test(5, 20)$p.value; and of two far apart, which no float of 0.5 ** n would give.
    assert exact_p(5, 15) == pytest.approx(0.04138947, rel=1e-6)
    assert exact_p(400, 1_600) < 1e-100
    assert exact_p(1_000, 1_010) == pytest.approx(0.8408, abs=2e-4)


def test_two_models_are_compared_where_both_have_answers(val: Truth) -> None:
    this, other = answers_of(val, right=0.8), answers_of(val, right=0.7, seed=2)
    other.given[1_000:] = False
    found = paired(this, other)
    a, b = this.first_right[:1_000], other.first_right[:1_000]
    assert (found.this.correct, found.other.correct) == (int(a.sum()), int(b.sum()))
    assert found.difference == pytest.approx(a.mean() - b.mean())
    low, high = found.interval()
    spread = (a.astype(float) - b).std() / 1_000**0.5
    assert (low, high) == pytest.approx(
        (found.difference - 1.959964 * spread, found.difference + 1.959964 * spread)
    )
    assert found.p_value < 1e-4
