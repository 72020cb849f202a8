"""Score a timm model on images that stay in their archives.

    pip install imnet-data torch torchvision timm
    imnet-data index /data/ILSVRC2012_img_val.tar
    python score_timm.py resnet50.a1_in1k --to resnet50.npz

The images are read straight from the catalogue's archives; the model's scores and the images'
names are written to one file, which `imnet-data score resnet50.npz` reads as well.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np
import timm
import torch
from torch.utils.data import DataLoader

import imnet_data

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> imnet_data.Score:
    """Read the command line, run the model, score what it said."""
    parser = argparse.ArgumentParser(description="Score a timm model.")
    parser.add_argument("model", help="a model's name in timm")
    parser.add_argument("--catalogue", default="imagenet.db")
    parser.add_argument("--subset", default="ilsvrc2012")
    parser.add_argument("--part", default="val")
    parser.add_argument("--to", default="predictions.npz", help="where the scores are written")
    parser.add_argument("--random", action="store_true", help="without its weights, to try it out")
    asked = parser.parse_args(words)
    model = timm.create_model(asked.model, pretrained=not asked.random).eval()
    with imnet_data.open(asked.catalogue) as catalogue:
        subset = catalogue.subset(asked.subset)
        names, scores = predict(model, subset, asked.part)
        np.savez(asked.to, names=np.array(names), logits=scores)
        truth = subset.truth(asked.part)
    # timm's heads of 1,000 classes are in class-index order; of a wider one, `index` is the order
    # of the list that has as many classes, and ILSVRC's are picked out.
    found = imnet_data.score(asked.to, against=truth)
    print(f"{found.top1.percent()} top-1: {found.top1.correct:,} of {found.total:,}")
    return found


def predict(
    model: torch.nn.Module, subset: imnet_data.Subset, part: str
) -> tuple[list[str], np.ndarray]:
    """The images' names, and the model's scores of each, shape (images, classes)."""
    config = timm.data.resolve_data_config({}, model=model)
    dataset = subset.dataset(part, transform=timm.data.create_transform(**config))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = model.to(device)
    with torch.inference_mode():
        found = [model(pixels.to(device)).cpu() for pixels, _ in DataLoader(dataset, 64)]
    return [dataset.name(i) for i in range(len(dataset))], torch.cat(found).float().numpy()


if __name__ == "__main__":
    main()
