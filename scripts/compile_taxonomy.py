"""Compile WordNet 3.0's nouns (wordnet30_nouns.tsv.xz) into the arrays that are packaged.

Run after a change here: `python scripts/compile_taxonomy.py`. The same source gives the same
bytes, so that a test can compare what is packaged with what this script makes.
"""

from __future__ import annotations

import argparse
import lzma
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HERE = Path(__file__).resolve().parent
_SOURCE = _HERE / "wordnet30_nouns.tsv.xz"
_TARGET = _HERE.parent / "imnet_data" / "taxonomy" / "arrays"

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Noun:
    """One line of the source."""

    id: int
    lexname: str
    lemmas: tuple[str, ...]
    senses: tuple[int, ...]
    hypernyms: tuple[int, ...]
    instance_hypernyms: tuple[int, ...]

    @property
    def parents(self) -> tuple[int, ...]:
        """Every synset directly above, the plain hypernyms first, as nltk walks them."""
        return self.hypernyms + self.instance_hypernyms


def read(source: Path) -> list[Noun]:
    """The nouns of a source file, in ascending order of id."""
    with lzma.open(source, "rt", encoding="utf-8") as lines:
        next(lines)  # the heading
        return sorted(map(_noun, lines), key=lambda noun: noun.id)


def _noun(line: str) -> Noun:
    offset, lexname, lemmas, senses, hypernyms, instances = line.rstrip("\n").split("\t")
    return Noun(
        id=int(offset),
        lexname=lexname,
        lemmas=tuple(lemmas.split()),
        senses=tuple(map(int, senses.split())),
        hypernyms=tuple(map(int, hypernyms.split())),
        instance_hypernyms=tuple(map(int, instances.split())),
    )


def compile_arrays(nouns: Sequence[Noun]) -> dict[str, Array]:
    """Every packaged array by its file's name; packaged.py in taxonomy/ says what each is."""
    return {**_edges(nouns), **_depths(nouns), **_texts(nouns), **_senses(nouns)}


def _edges(nouns: Sequence[Noun]) -> dict[str, Array]:
    place = {noun.id: i for i, noun in enumerate(nouns)}
    parents = [[place[p] for p in noun.parents] for noun in nouns]
    children: list[list[int]] = [[] for _ in nouns]
    for i, above in enumerate(parents):
        for p in above:
            children[p].append(i)
    closure: list[list[int]] = [[] for _ in nouns]
    for i in range(len(nouns)):
        for a in _reach(i, parents):
            closure[a].append(nouns[i].id)
    return {
        "ids": np.array([noun.id for noun in nouns], "<i4"),
        "parents": _flat(parents, "<i4"),
        "parent_counts": _counts(parents, "u1"),
        "hypernym_counts": _counts([noun.hypernyms for noun in nouns], "u1"),
        "children": _flat(children, "<i4"),
        "child_counts": _counts(children, "<u2"),
        "closure": _flat(closure, "<i4"),
        "closure_counts": _counts(closure, "<i4"),
    }


def _reach(start: int, edges: Sequence[Sequence[int]]) -> set[int]:
    """Everything that edges lead to from a place, without the place itself."""
    seen: set[int] = set()
    todo = list(edges[start])
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo.extend(edges[at])
    return seen


def _depths(nouns: Sequence[Noun]) -> dict[str, Array]:
    """The shortest and the longest way to the root, in edges (nltk's min_depth and max_depth)."""
    by_id = {noun.id: noun for noun in nouns}
    known: dict[int, tuple[int, int]] = {}

    def depths(noun: Noun) -> tuple[int, int]:
        if noun.id not in known:
            above = [depths(by_id[p]) for p in noun.parents]
            shortest = 1 + min(d[0] for d in above) if above else 0
            longest = 1 + max(d[1] for d in above) if above else 0
            known[noun.id] = (shortest, longest)
        return known[noun.id]

    both = np.array([depths(noun) for noun in nouns], "u1")
    return {"min_depths": both[:, 0].copy(), "max_depths": both[:, 1].copy()}


def _texts(nouns: Sequence[Noun]) -> dict[str, Array]:
    """Each synset's own lemmas, its name's sense number, and its lexicographer file."""
    lexnames = sorted({noun.lexname for noun in nouns})
    code = {name: i for i, name in enumerate(lexnames)}
    lemmas = [" ".join(noun.lemmas).encode() for noun in nouns]
    return {
        "lemma_text": _text(lemmas),
        "lemma_lengths": _counts(lemmas, "<u2"),
        "name_senses": np.array([noun.senses[0] for noun in nouns], "u1"),
        "lexname_codes": np.array([code[noun.lexname] for noun in nouns], "u1"),
        "lexnames": _text([" ".join(lexnames).encode()]),
    }


def _senses(nouns: Sequence[Noun]) -> dict[str, Array]:
    """Every lower-case lemma in byte order, with the ids of its senses, the first sense first."""
    numbered: dict[bytes, dict[int, int]] = defaultdict(dict)
    for noun in nouns:
        for lemma, sense in zip(noun.lemmas, noun.senses, strict=True):
            numbered[lemma.lower().encode()][sense] = noun.id
    for word, senses in numbered.items():
        if sorted(senses) != list(range(1, len(senses) + 1)):
            raise SystemExit(f"{word.decode()}: its senses are not 1 to {len(senses)}")
    words = sorted(numbered)
    senses_in_order = [[numbered[word][n] for n in sorted(numbered[word])] for word in words]
    lines = [word + b"\n" for word in words]
    return {
        "word_text": _text(lines),
        "word_lengths": _counts(lines, "u1"),
        "senses": _flat(senses_in_order, "<i4"),
        "sense_counts": _counts(senses_in_order, "u1"),
    }


def _flat(rows: Iterable[Sequence[int]], dtype: str) -> Array:
    return np.array([value for row in rows for value in row], dtype)


def _counts(rows: Iterable[Sequence[int] | bytes], dtype: str) -> Array:
    return np.array([len(row) for row in rows], dtype)


def _text(pieces: Iterable[bytes]) -> Array:
    return np.frombuffer(b"".join(pieces), "u1")


def main() -> None:
    """Compile, write, and say how large it has become."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=_SOURCE)
    parser.add_argument("--target", type=Path, default=_TARGET)
    options = parser.parse_args()
    arrays = compile_arrays(read(options.source))
    options.target.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(options.target / f"{name}.npy", array, allow_pickle=False)
    total = sum(array.nbytes for array in arrays.values())
    print(f"{len(arrays)} arrays, {total / 1e6:.1f} MB, in {options.target}")


if __name__ == "__main__":
    main()
