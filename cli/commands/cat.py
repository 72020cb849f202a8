"""`imnet-data cat`: one image's exact bytes."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import click

from imnet_data.amounts import size
from imnet_data.cli.failure import Failed, say
from imnet_data.cli.help import Command
from imnet_data.cli.options import release_option, split_option
from imnet_data.cli.session import Session, pass_session


@click.command("cat", cls=Command, examples=["cat n02105855_2933 -o sheepdog.png"])
@click.argument("image")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
    help="Write to this file rather than to standard output.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@split_option("The split to look in, where several have an image of that name.")
@release_option("The release to look in, where several have an image of that name.")
@pass_session
def command(
    session: Session, *, image: str, output: Path | None, force: bool, split: str | None,
    release: str | None,
) -> None:  # fmt: skip
    """Write one image's exact bytes."""
    with session.catalogue() as catalogue:
        found = catalogue.image(image, split=split, release=release)
        if output is None and sys.stdout.isatty():
            raise Failed(
                f"{found.name} is {size(found.size)} of binary data, and a terminal shows text",
                advice=session.line("cat", image, "-o", "FILE"),
            )
        data = found.read()
    if output is None:
        sys.stdout.buffer.write(data)
        return
    _write(output, data, replace=force)
    say(f"{output}: {len(data):,} bytes")


def _write(path: Path, data: bytes, *, replace: bool) -> None:
    """Write a file whole or not at all.

    Raises:
        Failed: it exists and is not to be replaced, or is a folder.
    """
    if path.is_dir():
        raise Failed(f"{path} is a folder", advice="-o with the path of a file")
    if os.path.lexists(path) and not replace:
        raise Failed(f"{path} exists already", advice="the same with --force, which replaces it")
    try:
        fd, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial")
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o666 & ~_umask())  # mkstemp's own is 0600
        Path(partial).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(partial).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
