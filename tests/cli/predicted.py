"""Files of predictions as the examples of `score` name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import imnet_data
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.ilsvrc import by_wnid
from imnet_data.facts.validation import validation_labels

if TYPE_CHECKING:
    from pathlib import Path


def write_predictions(folder: Path) -> None:
    """All of val by number, Imagenette's images of it by scores, the demo's of Imagenette."""
    labels = validation_labels().tolist()
    names = [f"ILSVRC2012_val_{number:08d}.JPEG" for number in range(1, len(labels) + 1)]
    rows = zip(names, labels, strict=True)
    text = "image,label\n" + "".join(f"{name},{label}\n" for name, label in rows)
    (folder / "predictions.csv").write_text(text)
    easy = {by_wnid()[wnid].class_index for wnid in class_list("imagenette").wnids}
    kept = [at for at, label in enumerate(labels) if label in easy]
    logits = np.eye(1000, dtype=np.float16)[[labels[at] for at in kept]]
    np.savez(folder / "logits.npz", names=np.array(names)[kept], logits=logits)
    with imnet_data.open(folder / "imagenet.db") as catalogue:
        truth = catalogue.subset("imagenette").truth("val")
    mine = zip(truth.names, truth.only.tolist(), strict=True)
    (folder / "mine.csv").write_text("".join(f"{name},{label}\n" for name, label in mine))
