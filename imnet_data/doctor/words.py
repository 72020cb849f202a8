"""Whether there is a WordNet 3.0: glosses, examples and similarity come from one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.doctor.finding import Finding
from imnet_data.words.found import others, wordnet

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTION = "wordnet"


def findings() -> Iterator[Finding]:
    """The first WordNet 3.0, else what lies in its place."""
    found = wordnet()
    if found is not None:
        yield Finding(_SECTION, "WordNet 3.0", "well", found.place.path)
        return
    instead = "; ".join(others())
    words = f"no WordNet 3.0, but {instead}" if instead else "not found"
    yield Finding(
        _SECTION, "WordNet 3.0", "note", f"{words}; glosses and examples are missing, nothing else",
        command=("wordnet", "install"),
    )  # fmt: skip
