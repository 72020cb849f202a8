"""The options of `subset create`, and the recipe that they come to.

What a recipe may say is imnet_data/subsets'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from imnet_data.cli.options import SPLITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imnet_data.subsets.recipe import Recipe

_OPTIONS = (
    click.option(
        "--recipe", "file", type=click.Path(dir_okay=False), metavar="FILE",
        help="A recipe in TOML, or a lock; options given with it go before what it says.",
    ),
    click.option(
        "--split", "splits", multiple=True, type=click.Choice(SPLITS, case_sensitive=False),
        help="Only this split; may be given several times.  [default: all]",
    ),
    click.option("--per-class", type=int, metavar="N", help="Draw N images of each class."),
    click.option("--fraction", type=float, metavar="F", help="Draw this share of each class."),
    click.option(
        "--seed", type=int, metavar="S",
        help="The draw's seed; the same seed draws the same images.  [default: 0]",
    ),
    click.option(
        "--holdout", type=float, metavar="F",
        help="Deal the images out to train and val, this share of them to val.",
    ),
    click.option(
        "--only-ids", type=click.Path(dir_okay=False), metavar="FILE",
        help="Only images that this file lists, such as Kaggle's train_cls.txt.",
    ),
    click.option(
        "--order", type=click.Choice(("wnid", "list")),
        help="Number the classes by wnid, or as their class list does.  [default: wnid]",
    ),
    click.option(
        "--merge", multiple=True, metavar="NAME=EXPR",
        help="Make one class of all that EXPR names; may be given several times.",
    ),
    click.option(
        "--superclasses", metavar="CUT",
        help="Make classes by cutting WordNet's tree: depth=7, count=20 or max_classes=50.",
    ),
    click.option(
        "--drop", multiple=True, metavar="CODES",
        help="Leave out images with these findings (codes or severities), beside broken ones.",
    ),
    click.option(
        "--keep", multiple=True, metavar="CODES",
        help="Keep images with these findings, such as truncated, or broken for all.",
    ),
    click.option(
        "--min-side", "min_side_px", type=int, metavar="PIXELS",
        help="Leave out images with a shorter side, as far as sides are known.",
    ),
)  # fmt: skip

# An option takes the place of what a recipe says, and of what it cannot stand beside.
_INSTEAD = (
    ("per_class", "fraction"), ("fraction", "per_class"),
    ("merge", "superclasses"), ("superclasses", "merge"),
    ("merge", "order"), ("superclasses", "order"),
)  # fmt: skip


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that a recipe is made of."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def recipe_of(name: str, expression: str | None, given: Mapping[str, Any]) -> Recipe:
    """The recipe of a file, if one is given, with what options say in the place of what it says.

    Raises:
        RecipeError: a value is none.
    """
    from imnet_data.subsets.lock import recipe_in  # noqa: PLC0415 - numpy
    from imnet_data.subsets.recipe import Recipe  # noqa: PLC0415 - likewise

    said: dict[str, Any] = {}
    if given["file"] is not None:
        said = recipe_in(given["file"], name=name).to_mapping()
    options = _said(given)
    for one, other in _INSTEAD:
        # Both in the options is for the recipe to refuse.
        if one in options and other not in options:
            said.pop(other, None)
    said |= options
    if expression is not None:
        said["classes"] = expression
    return Recipe.of_mapping(said | {"name": name}, file="the recipe")


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    """What options say, by a recipe's keys."""
    plain = (
        "per_class", "fraction", "seed", "holdout", "only_ids", "order", "min_side_px", "release",
    )  # fmt: skip
    said = {key: given[key] for key in plain if given[key] is not None}
    if given["splits"]:
        said["splits"] = list(given["splits"])
    if given["merge"]:
        said["merge"] = _merge(given["merge"])
    if given["superclasses"] is not None:
        said["superclasses"] = _cut(given["superclasses"])
    if given["drop"]:
        said["drop"] = list(dict.fromkeys(("broken", *_words(given["drop"]))))
    if given["keep"]:
        said["keep"] = _words(given["keep"])
    return said


def _merge(texts: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, expression in map(_merged, texts):
        if name in found:
            reason = f"{name!r} is made twice; write {name}='ONE | OTHER' for both together"
            raise click.BadParameter(reason, param_hint="'--merge'")
        found[name] = expression
    return found


def _merged(text: str) -> tuple[str, str]:
    name, sign, expression = text.partition("=")
    if not sign:
        raise click.BadParameter(f"{text!r} is no NAME=EXPR", param_hint="'--merge'")
    return name.strip(), expression.strip()


def _cut(text: str) -> dict[str, int]:
    from imnet_data.subsets.recipe_parts import Superclasses  # noqa: PLC0415 - not for --help

    try:
        return Superclasses.of(text).items()
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--superclasses'") from error


def _words(texts: tuple[str, ...]) -> list[str]:
    """Words that are given one by one, or with commas."""
    words = (word.strip() for text in texts for word in text.split(","))
    return list(dict.fromkeys(filter(None, words)))
