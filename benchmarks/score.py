"""Scoring 50,000 x 1,000 logits, beside what one would write by hand with numpy and scikit-learn.

    python -m benchmarks.score
    python -m benchmarks.score --width 21841     a wide head: 4.4 GB in float32, never held whole

Times are CPU seconds, so that a busy machine does not spoil them. Reading is what it takes to go
through the file's bytes as numbers; what scoring takes beyond that is held against the peers, who
are given the same array in memory and make nothing but top-1 and top-5 of it. Peers that are not
installed are named as left out.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import imnet_data
from imnet_data.facts.validation import validation_labels
from imnet_data.scoring.predictions.reading import open_predictions
from imnet_data.scoring.truth import truth_of

if TYPE_CHECKING:
    from collections.abc import Callable

IMAGES = 50_000
_ROWS = 500


def seconds(job: Callable[[], object]) -> float:
    """The CPU seconds that a job takes, the least of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times)


def write_logits(path: Path, width: int) -> None:
    """Random logits, some rows at a time."""
    rng = np.random.default_rng(0)
    labels = validation_labels().astype(np.int64)
    header = {"descr": "<f4", "fortran_order": False, "shape": (IMAGES, width)}
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, IMAGES, _ROWS):
            part = rng.standard_normal((_ROWS, width), np.float32)
            if width == 1000:
                part[np.arange(_ROWS), labels[start : start + _ROWS]] += 4
            part.tofile(file)


def read(path: Path) -> None:
    """What every reader has to do: each batch in memory once."""
    with open_predictions(path) as predictions:
        for batch in predictions.batches():
            assert batch.scores is not None


def by_numpy(logits: Any) -> tuple[int, int]:
    """As it is written in a hundred notebooks."""
    labels = validation_labels()[:, None]
    best = np.argsort(-logits, axis=1)[:, :5]
    return int((best[:, :1] == labels).sum()), int((best == labels).any(axis=1).sum())


def by_partition(logits: Any) -> tuple[int, int]:
    """With numpy's partition in place of the sort."""
    labels = validation_labels()
    best = np.argpartition(-logits, 5, axis=1)[:, :5]
    first = logits.argmax(axis=1)
    return int((first == labels).sum()), int((best == labels[:, None]).any(axis=1).sum())


def by_sklearn(logits: Any) -> tuple[int, int]:
    """By scikit-learn's metrics."""
    from sklearn.metrics import accuracy_score, top_k_accuracy_score

    labels, classes = validation_labels().astype(int), np.arange(1000)
    top1 = accuracy_score(labels, logits.argmax(axis=1), normalize=False)
    top5 = top_k_accuracy_score(labels, logits, k=5, labels=classes, normalize=False)
    return int(top1), int(top5)


def by_torch(logits: Any) -> tuple[int, int]:
    """By torch's topk on one thread, as most evaluation scripts do."""
    import torch

    torch.set_num_threads(1)
    labels = torch.from_numpy(validation_labels().astype(np.int64))[:, None]
    best = torch.from_numpy(logits).topk(5, dim=1).indices
    return int((best[:, :1] == labels).sum()), int((best == labels).any(dim=1).sum())


PEERS = {
    "numpy argsort": ("numpy", by_numpy),
    "numpy argpartition": ("numpy", by_partition),
    "scikit-learn": ("sklearn", by_sklearn),
    "torch topk": ("torch", by_torch),
}


def race(path: Path) -> None:
    """Ours on the file, all figures; the peers on the array, two figures."""
    truth_of("val")  # the packaged labels are read once a process
    reading = seconds(lambda: read(path))
    scoring = seconds(lambda: imnet_data.score(path).top5)
    figures = seconds(lambda: imnet_data.score(path).as_json()) - scoring
    beyond = scoring - reading + figures
    print(f"reading the file          {reading:6.2f} s")
    print(f"top-1, top-5, calibration {scoring - reading:6.2f} s beyond reading")
    print(f"every other figure        {figures:6.2f} s")
    logits = np.load(path)
    score = imnet_data.score(path)
    assert score.top5 is not None
    for name, (module, peer) in PEERS.items():
        if find_spec(module) is None:
            print(f"{name:25} not installed, left out")
            continue
        assert peer(logits) == (score.top1.correct, score.top5.correct), name
        taken = seconds(lambda peer=peer: peer(logits))  # type: ignore[misc]
        print(f"{name:25} {taken:6.2f} s, {taken / beyond:.1f} times what all of ours takes")


def main() -> None:
    """Make the logits and score them."""
    parser = argparse.ArgumentParser(description="Scoring predictions.")
    parser.add_argument("--width", type=int, default=1000, help="outputs of the model")
    width = parser.parse_args().width
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "logits.npy"
        write_logits(path, width)
        if width == 1000:
            race(path)
            return
        taken = seconds(lambda: imnet_data.score(path))
        print(f"{path.stat().st_size / 1e9:.1f} GB scored in {taken:.2f} s of CPU")
        print(f"{peak_mb():.0f} MB is the most memory that the process had")


def peak_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
