"""Score a Hugging Face model on images that stay in their archives.

    pip install imnet-data torch transformers
    imnet-data index /data/ILSVRC2012_img_val.tar
    python score_hugging_face.py google/vit-base-patch16-224 --to vit.npz

The images are read straight from the catalogue's archives; the model's scores and the images'
names are written to one file, which `imnet-data score vit.npz` reads as well.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.utils.data import DataLoader
from transformers import AutoImageProcessor, AutoModelForImageClassification

import imnet_data
from imnet_data.facts import ilsvrc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL.Image import Image


def main(words: Sequence[str] | None = None) -> imnet_data.Score:
    """Read the command line, run the model, score what it said."""
    parser = argparse.ArgumentParser(description="Score a Hugging Face model.")
    parser.add_argument("model", help="a model's name on the hub, or a folder that holds one")
    parser.add_argument("--catalogue", default="imagenet.db")
    parser.add_argument("--subset", default="ilsvrc2012")
    parser.add_argument("--part", default="val")
    parser.add_argument("--to", default="predictions.npz", help="where the scores are written")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--workers", type=int, default=0, help="processes that read and decode")
    asked = parser.parse_args(words)
    with imnet_data.open(asked.catalogue) as catalogue:
        subset = catalogue.subset(asked.subset)
        model = AutoModelForImageClassification.from_pretrained(asked.model)
        names, scores = predict(model, asked.model, subset, asked)
        np.savez(asked.to, names=np.array(names), logits=scores)
        truth = subset.truth(asked.part)
    order = "index" if is_in_index_order(model.config.id2label) else "auto"
    found = imnet_data.score(asked.to, against=truth, order=order)
    tell(found)
    return found


def predict(
    model: torch.nn.Module, name: str, subset: imnet_data.Subset, asked: argparse.Namespace
) -> tuple[list[str], np.ndarray]:
    """The images' names, and the model's scores of each, shape (images, classes)."""
    processor = AutoImageProcessor.from_pretrained(name)

    def prepared(picture: Image) -> torch.Tensor:
        return processor(picture, return_tensors="pt")["pixel_values"][0]

    dataset = subset.dataset(asked.part, transform=prepared)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = model.to(device).eval()
    batches = DataLoader(dataset, batch_size=asked.batch, num_workers=asked.workers)
    with torch.inference_mode():
        found = [model(pixel_values=pixels.to(device)).logits.cpu() for pixels, _ in batches]
    return [dataset.name(i) for i in range(len(dataset))], torch.cat(found).float().numpy()


def is_in_index_order(id2label: Mapping[int, str]) -> bool:
    """Whether a model's own labels are ILSVRC's, in the order of the class index.

    A model whose labels say nothing ("LABEL_0") is left to the order doctor.
    """
    labels = [id2label[i] for i in range(len(id2label))]
    return labels == [one.words for one in ilsvrc.classes()]


def tell(found: imnet_data.Score) -> None:
    """Print the figure, and what another order would give where that one fits."""
    print(f"{found.top1.percent()} top-1: {found.top1.correct:,} of {found.total:,}")
    if found.ordered.better is not None:
        print(f"the order {found.ordered.better.order} fits, not {found.order}")


if __name__ == "__main__":
    main()
