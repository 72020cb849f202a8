"""What to type next after an error of a recipe, a subset or a list of images."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from imnet_data import errors

if TYPE_CHECKING:
    from imnet_data.cli.session import Session


def advice_on_subsets(  # noqa: PLR0911 - a table
    error: errors.SubsetError, session: Session
) -> str | None:
    """A command, or a few words with one."""
    match error:
        case errors.UnknownSubset(close=[best, *_]):
            return session.line("subset", "show", shlex.quote(best))
        case errors.UnknownSubset():
            return session.line("subset", "list")
        case errors.SubsetTaken(is_built_in=False, name=name):
            remove = session.line("subset", "remove", shlex.quote(name))
            return f"the same with another name, or first {remove}"
        case errors.SubsetTaken():
            return "the same with another name"
        case errors.ImageListError():
            return "the same with a file that has an image's name on each line"
        case errors.NotLocked(name=name):
            return f"{session.line('subset', 'lock', shlex.quote(name))} --to FILE, which keeps one"
        case errors.LockError():
            return f"{session.line('subset', 'lock')} NAME --to FILE, which writes one"
        case errors.RecipeError(__cause__=OSError()):
            return "the same with the path of a recipe in TOML, or of a lock"
        case errors.RecipeError():
            return "imnet-data subset create --help, which shows what a recipe says"
    return None
