"""Names that the user gives, read with a word on standard error where they could mean another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.cli.failure import say

if TYPE_CHECKING:
    from imnet_data.scope import Scope
    from imnet_data.synsets import Synset


def synset_named(scope: Scope, name: str) -> Synset:
    """The synset of a name; a word of several senses is its first, and the others are said.

    Raises:
        UnknownName: nothing has that name, or it is a class list's.
    """
    found = scope.resolver.resolve(name)
    if found.notice is not None:
        say(str(found.notice))
    return scope.named(name) if found.synset is None else scope.synset(found.synset)
