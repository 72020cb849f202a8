"""Looking after a user's own classes: making them, hanging them into WordNet, removing them.

What names mean is taxonomy/'s; the rows are db/own_classes.py's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imnet_data.db import own_classes as rows
from imnet_data.db import writer
from imnet_data.db.engine import writing
from imnet_data.errors import BadClassName, ClassCycle, ClassInUse, ClassTaken
from imnet_data.indexing.synsets import SynsetRows
from imnet_data.taxonomy.lemmas import as_lemma
from imnet_data.taxonomy.own import OwnClass, OwnClasses
from imnet_data.wnid import FIRST_OWN_ID, is_wnid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imnet_data.db.engine import Connection, Storage
    from imnet_data.scope import Scope
    from imnet_data.taxonomy.graph import Graph

_PREFIX = "own:"


def bare(name: str) -> str:
    """A class's name without the `own:` that may stand before it.

    >>> bare("own:rex"), bare(" Rex ")
    ('rex', 'Rex')
    """
    text = name.strip()
    return text[len(_PREFIX) :].strip() if text.lower().startswith(_PREFIX) else text


def add(
    storage: Storage, scope: Scope, names: Sequence[str], *, parent: str | None = None
) -> list[int]:
    """Make own classes, all of them or none, under a parent where one is named; gives their ids.

    Raises:
        BadClassName, ClassTaken: a name cannot be given.
        UnknownName: there is no such parent.
    """
    # Names are read inside the claim: nobody else changes the classes until it ends.
    with writer.claim(storage, "imnet-data classes add"):
        held = list(scope.resolver.own.classes.values())
        above = None if parent is None else scope.named(parent).id
        accepted = list(_accepted(names, held, scope.graph))
        with writing(storage) as connection:
            made = []
            for name in accepted:
                class_id = rows.add_own_class(connection, f"{_PREFIX}{name}")
                rows.set_parent(connection, class_id, above)
                made.append(OwnClass(class_id, name, above))
            _write(connection, scope.graph, [*held, *made])
    return [own.id for own in made]


def hang(storage: Storage, scope: Scope, name: str, parent: str | None) -> int:
    """Hang an own class, with all below it, under another parent or nowhere; gives its id.

    Raises:
        UnknownName: there is no such class, or no such parent.
        ClassCycle: the parent lies under the class, or is it.
    """
    with writer.claim(storage, "imnet-data classes parent"):
        own = scope.resolver.own
        moved = own.by_name(bare(name))
        above = None if parent is None else scope.named(parent).id
        _check_no_cycle(own, moved, above)
        classes = own.classes | {moved.id: replace(moved, parent=above)}
        with writing(storage) as connection:
            rows.set_parent(connection, moved.id, above)
            _write(connection, scope.graph, classes.values())
    return moved.id


def remove(storage: Storage, scope: Scope, name: str) -> str:
    """Remove an own class that has no images and no classes under it; gives its stored name.

    Raises:
        UnknownName: there is no such class.
        ClassInUse: it has images, or classes under it.
    """
    with writer.claim(storage, "imnet-data classes remove"):
        own = scope.resolver.own
        gone = own.by_name(bare(name))
        kept = [other for other in own.classes.values() if other.id != gone.id]
        below = sorted(other.name for other in kept if other.parent == gone.id)
        with writing(storage) as connection:
            images = rows.images_of(connection, gone.id)
            if images or below:
                raise ClassInUse(gone.name, images=images, below=below)
            rows.remove_own_class(connection, gone.id)
            _write(connection, scope.graph, kept)
    return f"{_PREFIX}{gone.name}"


def _write(connection: Connection, graph: Graph, classes: Iterable[OwnClass]) -> None:
    """Bring synsets and closure to what these classes are; the classes' own rows are there."""
    own = OwnClasses(graph, classes)
    parents = {one.parent for one in own.classes.values() if one.parent is not None}
    SynsetRows(graph).add(connection, parents)
    rows.write_pairs(
        connection,
        [(above, one) for one in sorted(own.classes) for above in (*own.ancestors(one), one)],
    )
    rows.drop_unused_synsets(connection)


def _check_no_cycle(own: OwnClasses, moved: OwnClass, parent: int | None) -> None:
    chain: list[str] = []
    while parent is not None and parent >= FIRST_OWN_ID:
        link = own.classes[parent]
        chain.append(link.name)
        if link.id == moved.id:
            raise ClassCycle(moved.name, chain=chain)
        parent = link.parent


def _accepted(names: Iterable[str], held: Iterable[OwnClass], graph: Graph) -> Iterator[str]:
    """The names as they are stored, each checked against those held and those before it."""
    taken = {as_lemma(own.name): own.name for own in held}
    for given in names:
        name = bare(given)
        reason = _objection(name, graph)
        if reason is not None:
            raise BadClassName(name, reason)
        if (existing := taken.get(as_lemma(name))) is not None:
            raise ClassTaken(name, existing=existing)
        taken[as_lemma(name)] = name
        yield name


def _objection(name: str, graph: Graph) -> str | None:
    """Why no own class can have a name, or None where one can."""
    noun = graph.by_name(name)
    meant = "" if noun is None else graph.wnid(noun)
    objections = {
        "it is empty": not name,
        "it has signs that cannot be shown": not name.isprintable(),
        "no folder can be called so": "/" in name or name in (".", ".."),
        "names with @ are published lists of classes": name.startswith("@"),
        "own: stands before it already": name.lower().startswith(_PREFIX),
        "it is a wnid, which means a class of WordNet": is_wnid(name.lower()),
        f"it means a class of WordNet, {meant}": noun is not None,
    }
    return next((reason for reason, holds in objections.items() if holds), None)
