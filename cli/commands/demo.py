"""`imnet-data demo`: a miniature ImageNet, and the main job done on it."""

from __future__ import annotations

from pathlib import Path

import click

from imnet_data.cli import demo_walk
from imnet_data.cli.help import Command
from imnet_data.cli.screen import Screen
from imnet_data.demo.build import build_demo


@click.command("demo", cls=Command, examples=["demo"])
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default="imnet-demo")
@click.pass_context
def command(ctx: click.Context, folder: Path) -> None:
    """Make a miniature ImageNet and try everything on it.

    It has ImageNet's true structure in a megabyte: a train tar of class tars, a flat val tar, a
    test tar, and some images that are odd in the ways that the real ones are. Then each step is
    shown as one types it, before its output. DIR is ./imnet-demo if not given; run it again as
    often as you like.
    """
    made = build_demo(folder)
    screen = Screen()
    demo_walk.describe(screen, made)
    root = ctx.find_root().command
    for step in demo_walk.steps(made):
        demo_walk.announce(screen, step)
        code = root.main(list(step.words), standalone_mode=False)
        if code and not step.finds_faults:
            ctx.exit(code)
    demo_walk.part(screen, made)
