"""The way through the demo: what is said before, between and after its commands."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.amounts import count
from imnet_data.cli.fields import write_prose
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.cli.screen import Screen
    from imnet_data.demo.build import Demo

_ODD: Final = {
    "png": "a PNG, though named .JPEG",
    "cmyk": "CMYK rather than RGB",
    "grey": "one channel rather than three",
    "truncated": "a JPEG that breaks off",
    "rotated": "on its side, as its EXIF tag says",
    "empty": "no byte at all",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the walk, and why one would type it."""

    why: str
    words: tuple[str, ...]

    @property
    def finds_faults(self) -> bool:
        """Whether it is to end with 1, for the demo has faults."""
        return "verify" in self.words


def describe(screen: Screen, demo: Demo) -> None:
    """Say what was made."""
    parts = [f"{count(n, 'image')} in {split}" for split, n in demo.counts.items()]
    write_prose(
        screen, f"A miniature ImageNet is in {safe(str(demo.folder))}: {', '.join(parts)}, "
        f"of {len(demo.wnids)} classes.",
    )  # fmt: skip
    write_prose(
        screen, f"{len(demo.odd)} of the train images are odd, as some of the real ones are:"
    )
    width = max(map(len, demo.odd), default=0)
    for name, kind in demo.odd.items():
        screen.line((f"  {name.ljust(width)}  ", ""), (_ODD.get(kind, kind), "dim"))


def steps(demo: Demo) -> Iterator[Step]:
    """The commands, in the order in which one needs them."""
    for why, *words in (
        ("Index the archives: nothing is unpacked, the catalogue is one file.",
         "index", str(demo.folder)),
        ("What is in it?", "stats"),
        ("Browse by meaning.", "tree", "carnivore", "--depth", "3"),
        ("Two classes are called crane; they are never merged.", "show", "crane.n.05"),
        ("Draw images by a class expression; the seed draws the same ones everywhere.",
         "images", "dog - hunting_dog", "--split", "train", "--sample", "3", "--seed", "1"),
        ("Where do an image's bytes lie?", "show", "n02105855_2933"),
        # No image's extension on it, or the next run would index it.
        ("Read them there.",
         "cat", "n02105855_2933", "-o", str(demo.folder / "sheepdog.out"), "--force"),
        ("Is every image whole? Two are planted that are not.", "verify", "--level", "decode"),
        ("Cut Imagenette out of it; what is broken is left out.", "subset", "show", "imagenette"),
    ):  # fmt: skip
        yield Step(why, (*_head(demo), *words))


def announce(screen: Screen, step: Step) -> None:
    """Show a command as one types it."""
    screen.line()
    screen.line((f"# {step.why}", "dim"))
    screen.line((f"$ {shlex.join(['imnet-data', *step.words])}", "bold"))
    screen.flush()


def part(screen: Screen, demo: Demo) -> None:
    """Say what to try next."""
    screen.line()
    screen.line(("Next, try:", "bold"))
    for words in (
        ("browse", "dog"),
        ("search", "maillot"),
        ("images", "@ilsvrc2012 & vehicle", "--format", "jsonl"),
        ("classes", "imagenette"),
        ("subset", "create", "pets", "dog | cat", "--per-class", "3"),
        ("shard", "imagenette", "--to", f"{demo.folder}.shards"),
        ("preprocess", "imagenette", "--to", f"{demo.folder}.tensors"),
    ):
        screen.line((f"  {shlex.join(['imnet-data', *_head(demo), *words])}", ""))
    screen.line(("or, in Python:", "bold"))
    screen.line(("  import imnet_data", ""))
    screen.line((f"  catalogue = imnet_data.open({_head(demo)[1]!r})", ""))
    screen.line(('  catalogue.images("fruit", split="val").first().open().show()', ""))


def _head(demo: Demo) -> tuple[str, str]:
    return ("-c", str(demo.folder / "imagenet.db"))
