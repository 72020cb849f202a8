"""`imnet-data browse`: the classes and their images, full screen."""

from __future__ import annotations

import click

from imnet_data.cli.failure import Failed
from imnet_data.cli.help import Command
from imnet_data.cli.session import Session, pass_session


@click.command("browse", cls=Command, examples=["browse", "browse dog.n.01"])
@click.argument("synset", required=False)
@pass_session
@click.pass_context
def command(ctx: click.Context, session: Session, *, synset: str | None) -> None:
    """Walk WordNet's tree full screen, look at the pictures, and cut while you look.

    Starts at SYNSET, else at the root. `?` shows every key. What is marked in (Space) and out (x)
    becomes a class expression, which `s` saves as a subset or a recipe, and which is printed when
    you quit: imnet-data images "$(imnet-data browse)". Without a catalogue it shows WordNet alone.
    """
    from imnet_data.cli.browse import run, seat  # noqa: PLC0415 - not for --help

    if (reason := seat.why_not()) is not None:
        words = ["tree"] if synset is None else ["tree", synset]
        raise Failed(reason, advice=session.line(*words), code=2)
    try:
        expression = run.run(session, synset)
    except run.Crashed as crashed:
        ctx.exit(crashed.code)
    if expression:
        click.echo(expression)
