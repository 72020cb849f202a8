"""Names, expressions and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.errors.root import ImnetDataError, either

if TYPE_CHECKING:
    from collections.abc import Sequence


class TaxonomyError(ImnetDataError, ValueError):
    """A name or an expression that the taxonomy cannot answer."""


class UnknownName(TaxonomyError):
    """No synset, lemma, class list or own class has this name."""

    def __init__(
        self,
        name: str,
        *,
        kind: str = "synset or word",
        close: Sequence[str] = (),
        known: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.kind = kind
        self.close = tuple(close)
        self.known = tuple(known)
        hint = f"; did you mean {either(self.close)}?" if self.close else ""
        held = f"; known: {', '.join(self.known)}" if self.known else ""
        super().__init__(f"no {kind} is called {name!r}{hint}{held}")


class ExpressionError(TaxonomyError):
    """A class expression that does not parse; `position` counts characters from 0."""

    def __init__(self, reason: str, *, expression: str, position: int) -> None:
        self.reason = reason
        self.expression = expression
        self.position = position
        where = f"\n  {expression}\n  {' ' * position}^" if expression.strip() else ""
        super().__init__(f"{reason}{where}")


class OwnClassError(TaxonomyError):
    """A class of one's own that cannot be made, hung or removed; `name` is without `own:`."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        super().__init__(sentence)


class BadClassName(OwnClassError):
    """A name that no class of one's own can have."""

    def __init__(self, name: str, reason: str) -> None:
        self.reason = reason
        super().__init__(name, f"no class of your own can be called {name!r}: {reason}")


class ClassTaken(OwnClassError):
    """A class is there already whose name, `existing`, is the same but for case and spaces."""

    def __init__(self, name: str, *, existing: str) -> None:
        self.existing = existing
        apart = "" if name == existing else f", and {name!r} differs in case or spaces alone"
        super().__init__(name, f"there is a class own:{existing} already{apart}")


class ClassCycle(OwnClassError):
    """It would lie under itself: `chain` leads from its new parent up to it."""

    def __init__(self, name: str, *, chain: Sequence[str]) -> None:
        self.chain = tuple(chain)
        above = " under ".join(f"own:{link}" for link in self.chain)
        reason = f", which is below it: {above}" if len(self.chain) > 1 else " itself"
        under = f" own:{self.chain[0]}" if len(self.chain) > 1 else ""
        super().__init__(name, f"own:{name} cannot hang under{under}{reason}")


class ClassInUse(OwnClassError):
    """It cannot be removed: it has `images`, or the own classes `below` hang under it."""

    def __init__(self, name: str, *, images: int, below: Sequence[str]) -> None:
        self.images = images
        self.below = tuple(below)
        held = [f"{images:,} image{'' if images == 1 else 's'}"] if images else []
        if below:
            held.append(f"{', '.join(f'own:{one}' for one in self.below)} under it")
        super().__init__(name, f"own:{name} is not removed: it has {' and '.join(held)}")


class LabelError(ImnetDataError, ValueError):
    """A class number outside its order, or a class that is not in it."""
