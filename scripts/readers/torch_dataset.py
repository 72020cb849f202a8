"""Our dataset under torch's own DataLoader: forked and spawned workers, shuffled, in batches.

    python scripts/readers/torch_dataset.py CATALOGUE

Wants torch and torchvision. Every image of the subset ilsvrc2012 must come once, with its bytes and
its label, whatever starts the workers; torchvision's transforms and torch's own subsets must work.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import imnet_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.dataset.dataset import ImageDataset

# By name: neither is among what the project is checked with.
torch: Any = import_module("torch")
data: Any = import_module("torch.utils.data")
transforms: Any = import_module("torchvision.transforms")

_BATCH = 16


def checked(dataset: ImageDataset, expected: dict[bytes, int], **how: Any) -> str:
    """Read everything through a DataLoader; gives what went wrong, or nothing."""
    found: dict[bytes, int] = {}
    count = 0
    for batch in data.DataLoader(dataset, batch_size=_BATCH, shuffle=True, collate_fn=list, **how):
        for content, label in batch:
            found[content] = label
            count += 1
    if count != len(dataset):
        return f"{count} images of {len(dataset)}"
    return "" if found == expected else "other bytes or labels"


def transformed(dataset: ImageDataset) -> str:
    """What torchvision's usual transform makes, and torch's subset and split of it."""
    crop = transforms.RandomResizedCrop(64)
    dataset.transform = transforms.Compose([crop, transforms.ToTensor()])
    half, _ = data.random_split(data.Subset(dataset, range(20)), [10, 10])
    images, labels = next(iter(data.DataLoader(half, batch_size=10, num_workers=2)))
    if images.shape != (10, 3, 64, 64):
        return f"a batch of {tuple(images.shape)}"
    return "" if labels.dtype == torch.int64 else f"labels of {labels.dtype}"


def told(dataset: ImageDataset) -> str:
    """A broken image of a worker is an error that names it."""
    try:
        list(data.DataLoader(dataset, batch_size=_BATCH, collate_fn=list, num_workers=2))
    except imnet_data.ImnetDataError as error:
        return "" if "try: imnet-data" in str(error) else f"no advice: {error}"
    return "no error of a broken image"


def main() -> int:
    """Print a line a check; 1 where one went wrong."""
    with imnet_data.open(sys.argv[1]) as catalogue:
        subset = catalogue.subset("ilsvrc2012")
        of_bytes = subset.dataset(loader=bytes)
        expected = {catalogue.image(entry.name, split="train").read(): entry.label
                    for entry in subset.entries("train")}  # fmt: skip
        val = subset.dataset("val")
        train = subset.dataset()
    ways: dict[str, Callable[[], str]] = {
        "in this process": partial(checked, of_bytes, expected),
        **{
            f"2 workers by {method}": partial(
                checked, of_bytes, expected, num_workers=2, multiprocessing_context=method
            )
            for method in ("fork", "spawn", "forkserver")
        },
        "workers that stay": partial(
            checked, of_bytes, expected, num_workers=2, persistent_workers=True
        ),
        "torchvision's transforms": partial(transformed, val),
        "a broken image": partial(told, train),
    }
    failed = 0
    for name, check in ways.items():
        wrong = check()
        failed += bool(wrong)
        print(f"{name:26}{wrong or 'well'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
