"""Optional packages, imported where they are needed and nowhere before.

What each reads or does is its user's business; pyproject.toml says which versions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from imnet_data.errors import NeedsExtra

if TYPE_CHECKING:
    from types import ModuleType

# What cannot be done without an extra, as the subject of a sentence.
_PURPOSES: Final = {
    "cluster": "working on a cluster",
    "containers": "reading compressed tars",
    "gpu": "the engine dali",
    "hub": "fetching from the Hugging Face hub",
    "parquet": "reading and writing Parquet",
    "postgres": "a catalogue in PostgreSQL",
    "remote": "reading and writing object stores",
}


def purpose(extra: str) -> str:
    """What cannot be done without an extra, as the subject of a sentence.

    >>> purpose("postgres")
    'a catalogue in PostgreSQL'
    """
    return _PURPOSES.get(extra, extra)


def needed(module: str, *, extra: str) -> ModuleType:
    """An optional module, imported.

    Raises:
        NeedsExtra: it is not installed; the sentence says what to install.

    >>> needed("json", extra="parquet").__name__
    'json'
    """
    try:
        return import_module(module)
    except ImportError as error:
        # What `backports` brings are packages of their own.
        package = module if module.startswith("backports.") else module.partition(".")[0]
        raise NeedsExtra(package, extra=extra, purpose=purpose(extra)) from error
