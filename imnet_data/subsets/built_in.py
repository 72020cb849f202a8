"""The recipes that come with imnet-data, by name: a subset of each is there without being made.

They are data, in recipes/; a recipe of one's own is read by Recipe.of_file().
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from imnet_data.subsets.recipe import Recipe

# Named here and not looked for in the folder, so that importing reads nothing.
BUILT_IN: Final = (
    "ilsvrc2012",
    "ilsvrc2012-1pct",
    "ilsvrc2012-10pct",
    "imagenet12k",
    "imagenet21k-p",
    "imagenet21k-p-fall11",
    "imagenette",
    "imagewoof",
    "mini-imagenet",
    "tiny-imagenet",
)

_HUNDRED: Final = re.compile(r"(imagenet|in|ilsvrc(2012)?)[-_]?(1k[-_]?)?100\Z", re.IGNORECASE)


def built_in(name: str) -> Recipe | None:
    """The built-in recipe of a name, or None.

    >>> built_in("ilsvrc2012").splits
    ('train', 'val', 'test')
    """
    return _read(name) if name in BUILT_IN else None


def why_not(name: str) -> str:
    """Why no recipe of a name that people know is built in; '' where there is nothing to say.

    >>> why_not("imagenet-100")[:47]
    'at least four sets of 100 classes go by that na'
    """
    if _HUNDRED.match(name) is None:
        return ""
    return (
        "at least four sets of 100 classes go by that name, and none of them has a published list "
        "here; give the wnids of yours as the classes of a recipe"
    )


@cache
def _read(name: str) -> Recipe:
    text = files("imnet_data.subsets").joinpath("recipes", f"{name}.toml").read_text("utf-8")
    return Recipe.of_toml(text, file=name)
