"""From a noun's form to its base: "dogs" to dog, and "mice" to mouse where there is a WordNet.

WordNet's morphy, as nltk does it: the exceptions of noun.exc, else rules on endings. Never used to
read a class expression, which must mean the same with a WordNet and without.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from imnet_data.words.found import wordnet

if TYPE_CHECKING:
    from imnet_data.words.found import Found

# nltk's, in its order; the endings of WordNet's morphy(7WN).
_ENDINGS = (
    ("s", ""),
    ("ses", "s"),
    ("ves", "f"),
    ("xes", "x"),
    ("zes", "z"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("men", "man"),
    ("ies", "y"),
)


def base_forms(word: str) -> tuple[str, ...]:
    """The nouns that a word may be a form of, itself first where it is one; case-blind.

    Irregular forms need a WordNet 3.0; regular ones do not.

    >>> base_forms("dogs"), base_forms("Sea snakes"), base_forms("glasses"), base_forms("xyzzys")
    (('dog',), ('sea_snake',), ('glasses', 'glass'), ())
    """
    from imnet_data.taxonomy.graph import Graph  # noqa: PLC0415 - its names ask candidates()
    from imnet_data.taxonomy.lemmas import as_lemma  # noqa: PLC0415

    senses = Graph.load().senses
    lemma = as_lemma(word)
    forms = dict.fromkeys([lemma, *candidates(lemma)])
    return tuple(form for form in forms if senses(form))


def candidates(lemma: str) -> list[str]:
    """What a lemma's base may be, whether there is such a noun or not."""
    found = wordnet()
    exceptions = {} if found is None else _exceptions(found)
    if lemma in exceptions:
        return list(exceptions[lemma])
    return [lemma.removesuffix(old) + new for old, new in _ENDINGS if lemma.endswith(old)]


@cache
def _exceptions(found: Found) -> dict[str, tuple[str, ...]]:
    try:
        lines = found.place.read("noun.exc").decode().splitlines()
    except (OSError, BadZipFile, UnicodeDecodeError):  # a data.noun alone, put there by hand
        return {}
    return {form: tuple(bases) for form, *bases in map(str.split, filter(str.strip, lines))}
