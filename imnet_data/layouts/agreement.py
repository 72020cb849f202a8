"""What the archives of one tree are, told together: one folder of it tells what another is.

Each by itself is recognise.py's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from imnet_data.layouts.layout_names import CLASS_FOLDERS, TINY_IMAGENET
from imnet_data.layouts.recognise import Reading, own_release
from imnet_data.layouts.survey import tree_depth
from imnet_data.splits import split_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imnet_data.layouts.survey import Survey

    _Pair = tuple[Reading, Survey]


def agree(readings: Sequence[Reading], surveys: Sequence[Survey]) -> list[Reading]:
    """Readings of the split folders of each tree, made to tell one story.

    A tree whose `val` holds pictures of ILSVRC's train split is somebody's own cut, and then its
    `train` is too: neither may pass for ILSVRC2012's. Where one is Tiny-ImageNet's, all are: its
    test folder says nothing by itself.
    """
    trees: dict[str, list[_Pair]] = defaultdict(list)
    for reading, survey in zip(readings, surveys, strict=True):
        trees[_tree(survey)].append((reading, survey))
    own = {tree for tree, pairs in trees.items() if _is_own_cut(pairs)}
    tiny = {
        tree
        for tree, pairs in trees.items()
        if any(reading.layout == TINY_IMAGENET for reading, _ in pairs)
    }
    agreed = []
    for reading, survey in zip(readings, surveys, strict=True):
        if survey.split_hint is None:
            agreed.append(reading)
        elif _tree(survey) in tiny:
            agreed.append(_as_tiny(reading))
        elif _tree(survey) in own:
            agreed.append(_as_own_cut(reading, survey))
        else:
            agreed.append(reading)
    return agreed


def _tree(survey: Survey) -> str:
    """The folder that the splits of the archive's tree stand in."""
    folder = PurePath(survey.path).parent
    return str(folder.parent if split_word(folder.name) else folder)


def _is_own_cut(pairs: Iterable[_Pair]) -> bool:
    return any(
        reading.layout == CLASS_FOLDERS and survey.split_hint is not None and survey.contradictions
        for reading, survey in pairs
    )


def _as_own_cut(reading: Reading, survey: Survey) -> Reading:
    if reading.layout == CLASS_FOLDERS or reading.why == "as asked" or survey.split_hint is None:
        return reading
    why = "its splits are not ILSVRC2012's own"
    depth, has_splits = tree_depth(survey.folders)
    return Reading(
        CLASS_FOLDERS,
        own_release(survey),
        survey.split_hint,
        why,
        depth,
        has_splits,
        layout_why=why,
    )


def _as_tiny(reading: Reading) -> Reading:
    if reading.layout != CLASS_FOLDERS:
        return reading
    told = {"layout": TINY_IMAGENET, "layout_why": "by the folders beside it"}
    if reading.why == "by its folder's name":
        told |= {"release": TINY_IMAGENET, "why": "by the folders beside it"}
    return replace(reading, **told)  # type: ignore[arg-type]
