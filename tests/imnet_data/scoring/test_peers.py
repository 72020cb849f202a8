"""The same figures as the field's own code gives: scikit-learn's metrics, timm's ReaL evaluator.

They need scikit-learn, and for ReaL torch and timm.
"""

from __future__ import annotations

import importlib.util
import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import imnet_data
from imnet_data.facts.real import real_labels
from imnet_data.facts.validation import validation_labels

if TYPE_CHECKING:
    from types import ModuleType

metrics = pytest.importorskip("sklearn.metrics")

SIZE = 50_000


@pytest.fixture(scope="module")
def logits() -> Any:
    """Random logits, of which some put the truth among the best."""
    rng = np.random.default_rng(7)
    scores = rng.standard_normal((SIZE, 1000), np.float32)
    scores[np.arange(SIZE), validation_labels()] += rng.random(SIZE, np.float32) * 6
    return scores


def test_scikit_learn_counts_the_same(logits: Any) -> None:
    logits, labels = logits[:10_000], validation_labels()[:10_000].astype(int)
    found = imnet_data.score(logits, partial=True)
    top1 = metrics.accuracy_score(labels, logits.argmax(axis=1), normalize=False)
    top5 = metrics.top_k_accuracy_score(
        labels, logits, k=5, labels=np.arange(1000), normalize=False
    )
    assert found.top5 is not None
    assert (found.top1.correct, found.top5.correct) == (int(top1), int(top5))


def test_timms_real_evaluator_gives_the_same(logits: Any, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    labels, starts = real_labels()
    lists = [labels[a:b].tolist() for a, b in pairwise(starts)]
    (tmp_path / "real.json").write_text(json.dumps(lists))
    names = [f"ILSVRC2012_val_{number:08d}.JPEG" for number in range(1, SIZE + 1)]
    theirs = _timms().RealLabelsImagenet(names, real_json=tmp_path / "real.json")
    theirs.add_result(torch.from_numpy(logits))
    found = imnet_data.score(logits, against="real")
    assert found.top5 is not None
    assert (found.top1.accuracy, found.top5.accuracy) == pytest.approx(
        (theirs.get_accuracy(k=1) / 100, theirs.get_accuracy(k=5) / 100), abs=1e-12
    )


def _timms() -> ModuleType:
    """The evaluator's file alone: the whole of timm wants torchvision."""
    found = importlib.util.find_spec("timm")
    if found is None or found.origin is None:
        pytest.skip("timm is not installed")
    path = Path(found.origin).parent / "data" / "real_labels.py"
    spec = importlib.util.spec_from_file_location("timms_real_labels", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
