"""The program: what all commands share, and the one place where an error becomes a sentence.

Exit codes: 0 well, 1 faults were found or it failed, 2 usage, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from imnet_data._version import VERSION
from imnet_data.cli.failure import Failed, say
from imnet_data.cli.interrupts import INTERRUPTED
from imnet_data.cli.program import LazyGroup
from imnet_data.cli.session import DEFAULT, Session
from imnet_data.errors import ImnetDataError

if TYPE_CHECKING:
    from collections.abc import Sequence


class _ReaderGone(Exception):
    """What read our output stopped reading, as `head` does: it has what it wanted."""


class Program(LazyGroup):
    """The commands, with every error turned into its sentence and exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002 - its name is the same however it is started
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - click's signature
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002
        **extra: Any,
    ) -> Any:
        """Run a command line; gives the exit code where it is not to exit itself."""
        code = self._run(args, complete_var, windows_expand_args=windows_expand_args, **extra)
        if standalone_mode:
            sys.exit(code)
        return code

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for, up to the last byte of its output."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except ImnetDataError as error:
            from imnet_data.cli.advice import advice_on, exit_code_of  # noqa: PLC0415

            command = ctx.invoked_subcommand or ""
            advice = advice_on(error, ctx.obj, command)
            raise Failed(str(error), advice=advice, code=exit_code_of(error)) from error
        except BrokenPipeError:
            # Before click sees it, which would make an exit code of 1 of it.
            raise _ReaderGone from None
        return result

    def _run(self, args: Sequence[str] | None, complete_var: str | None, **extra: Any) -> int:
        try:
            code = super().main(args, "imnet-data", complete_var, standalone_mode=False, **extra)
        except _ReaderGone:
            _discard_output()
            return 0
        except (click.Abort, KeyboardInterrupt):
            say("imnet-data: interrupted")
            return INTERRUPTED
        except click.UsageError as error:
            _usage(error).show()
            return error.exit_code
        except Failed as error:
            error.show()
            return error.code
        except OSError as error:
            _discard_output()
            say(f"imnet-data: {_os_sentence(error)}")
            return 1
        return code if isinstance(code, int) else 0


def _usage(error: click.UsageError) -> Failed:
    sentence = error.format_message().rstrip(".")
    path = error.ctx.command_path if error.ctx is not None else "imnet-data"
    return Failed(sentence[:1].lower() + sentence[1:], advice=f"{path} --help")


def _os_sentence(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename is not None else reason


def _discard_output() -> None:
    """Let what is still buffered go nowhere, or Python fails over it once more on its way out."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # a stream without a file: nothing is buffered for one
        return


@click.group(
    cls=Program,
    examples=[
        "index ILSVRC2012_img_train.tar ILSVRC2012_img_val.tar",
        'images "dog - hunting_dog" --split train --sample 5',
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-c", "--catalogue", "path", metavar="PATH", envvar="IMNET_DATA_CATALOGUE", default=DEFAULT,
    help="The catalogue's file, or a database's postgresql://…; else $IMNET_DATA_CATALOGUE, "
    "else ./imagenet.db.",
)  # fmt: skip
@click.version_option(VERSION, prog_name="imnet-data", message="%(prog)s %(version)s")
@click.pass_context
def program(ctx: click.Context, path: str) -> None:
    """ImageNet on your disk, as a database.

    Index the archives you have, without unpacking them; then count, browse, draw and read images
    by what WordNet says they show.
    """
    source = ctx.get_parameter_source("path")
    named = source is not None and source.name in ("COMMANDLINE", "ENVIRONMENT")
    ctx.obj = Session(path, named)
