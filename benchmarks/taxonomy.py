"""Races the packaged noun graph against nltk's reader over the same WordNet 3.0.

    python benchmarks/taxonomy.py [--wordnet DIR]

DIR holds `corpora/wordnet` as nltk lays it out; without it nltk looks where it always does, and
without a WordNet only our own figures are printed. Every figure is the best of several rounds.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.taxonomy.graph import Graph

ROUNDS = 5
# One word that is a lemma, one with spaces, one inside many words, and one that is nowhere.
SEARCHES = ("dog", "hunting dog", "crane", "nake", "zzzz")

OURS_COLD = "from imnet_data.taxonomy.graph import Graph; g = Graph.load(); g.name(2084071)"
THEIRS_COLD = "from nltk.corpus import wordnet as wn; wn.ensure_loaded(); wn.synset('dog.n.01')"


@dataclass(frozen=True, slots=True)
class Line:
    """One job: our seconds, the peer's (None where there is none), and the most it may take."""

    job: str
    ours: float
    theirs: float | None
    aim: float | None = None

    def __str__(self) -> str:
        theirs = "-" if self.theirs is None else _time(self.theirs)
        ratio = "-" if self.theirs is None else f"{self.theirs / self.ours:,.0f} x"
        aim = "" if self.aim is None else f"{_time(self.aim)} {self._verdict()}"
        return f"{self.job:<44}{_time(self.ours):>11}{theirs:>12}{ratio:>11}  {aim}"

    def _verdict(self) -> str:
        return "met" if self.aim is None or self.ours <= self.aim else "MISSED"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds / 1e-6:.2f} us"


def best(job: Callable[[], object], times: int = 1) -> float:
    """Seconds for one run of a job: the best of several rounds of so many runs."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(times):
            job()
        rounds.append((time.perf_counter() - start) / times)
    return min(rounds)


def cold(statements: str, before: str) -> float:
    """Seconds for some statements in a new process, after others that are not counted."""
    code = (
        f"import time\n{before}\nstart = time.perf_counter()\n{statements}\n"
        "print(time.perf_counter() - start)"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(3)]
    return min(float(run.stdout) for run in runs)


def peer() -> Any | None:
    """nltk's reader, loaded, or None where nltk finds no WordNet 3.0."""
    warnings.simplefilter("ignore")
    from nltk.corpus import wordnet

    try:
        return wordnet if wordnet.get_version() == "3.0" else None
    except LookupError:
        return None


def _load_lines(*, with_peer: bool) -> list[Line]:
    theirs = cold(THEIRS_COLD, "import nltk") if with_peer else None
    with_import = cold(THEIRS_COLD, "") if with_peer else None
    return [
        Line(
            "load, cold, numpy or nltk already imported",
            cold(OURS_COLD, "import numpy"),
            theirs,
            0.1,
        ),
        Line("load, cold, import of numpy or nltk included", cold(OURS_COLD, ""), with_import),
    ]


def _closure_lines(graph: Graph, wn: Any | None) -> list[Line]:
    animal = graph.by_name("animal.n.01")
    assert animal is not None

    def theirs() -> object:
        assert wn is not None
        below = wn.synset("animal.n.01").closure(lambda s: s.hyponyms() + s.instance_hyponyms())
        return list(below)

    ours = best(lambda: graph.descendants(animal), 1000)
    with_ids = best(lambda: graph.at_or_under(animal), 1000)
    reading = best(theirs) if wn else None
    return [
        Line("closure of animal.n.01 (4,016 synsets)", ours, reading, 1e-4),
        Line("the same with itself, as a copy", with_ids, reading, 1e-4),
    ]


def _search_lines(graph: Graph, wn: Any | None) -> list[Line]:
    """nltk has no search: the peer is a scan of its lemma names, listed once beforehand."""
    names = list(wn.all_lemma_names(pos="n")) if wn else []

    def scan(text: str) -> Callable[[], object]:
        needle = text.replace(" ", "_")
        return lambda: (
            [wn.synsets(n, "n") for n in [x for x in names if needle in x][:50]] if wn else 0
        )

    return [
        Line(
            f"search {text!r}",
            best(lambda text=text: graph.search(text), 20),  # type: ignore[misc]
            best(scan(text)) if wn else None,
            5e-3,
        )
        for text in SEARCHES
    ]


def _pair_lines(graph: Graph, wn: Any | None) -> list[Line]:
    chance = random.Random(0)
    pairs = [tuple(int(chance.choice(graph.ids)) for _ in range(2)) for _ in range(300)]
    # nltk keeps what it has parsed, so that the best round finds every synset in its memory.
    theirs = [tuple(wn.synset_from_pos_and_offset("n", s) for s in p) for p in pairs] if wn else []

    def line(job: str, ours: Callable[[int, int], object], method: str) -> Line:
        reading = best(lambda: [getattr(a, method)(b) for a, b in theirs]) if wn else None
        seconds = best(lambda: [ours(a, b) for a, b in pairs])
        return Line(job, seconds / len(pairs), reading and reading / len(pairs))

    return [
        line("lowest common hypernyms of a pair", graph.lowest_common_hypernyms,
             "lowest_common_hypernyms"),
        line("path similarity of a pair", graph.path_similarity, "path_similarity"),
    ]  # fmt: skip


def _rows_line(graph: Graph) -> Line:
    from imnet_data.facts.class_lists import class_list

    ids = class_list("imagenet21k-fall11").ids
    return Line(
        "closure rows of fall11's 21,841 classes", best(lambda: graph.closure_rows(ids)), None
    )


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--wordnet", type=Path, help="an nltk data folder with corpora/wordnet in it"
    )
    options = parser.parse_args()
    if options.wordnet is not None:
        # Before nltk is imported, here and in the processes that load it cold.
        os.environ["NLTK_DATA"] = str(options.wordnet.resolve())
    wn = peer()

    from imnet_data.taxonomy.graph import Graph

    graph = Graph.load()
    lines = [
        *_load_lines(with_peer=wn is not None),
        *_closure_lines(graph, wn),
        *_search_lines(graph, wn),
        *_pair_lines(graph, wn),
        _rows_line(graph),
    ]
    if wn is None:
        print("nltk finds no WordNet 3.0: only our own figures. --wordnet DIR says where one is.\n")
    print(f"{'job':<44}{'imnet-data':>11}{'nltk':>12}{'ratio':>11}  aim")
    print("\n".join(map(str, lines)))


if __name__ == "__main__":
    main()
